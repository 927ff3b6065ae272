"""LibreOffice calculates every formula of the consolidated workbook to the value that was written beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from pipelines.report import write_report
from schemas.plan_file import load_plan
from tests.test_report import PLAN_FOLDER, realistic
from tests.test_report_document import PROVINCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.worksheet.worksheet import Worksheet

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) không có trên máy này"),
    pytest.mark.filterwarnings("ignore:Unable to read chart"),  # openpyxl, of one that LibreOffice wrote
]
KINDS = ("as it is", "all exempt", "all done", "one group")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workbook of each province, and in `out/` each as LibreOffice calculated it.

    The cached values are cut out first, so what comes back was calculated.
    """
    folder = tmp_path_factory.mktemp("cong-thuc")
    province = realistic(load_plan(PLAN_FOLDER))
    bare = folder / "bare"
    bare.mkdir()
    for kind in KINDS:
        write_report(PROVINCES[kind](province), folder / f"{kind}.xlsx")
        openpyxl.load_workbook(folder / f"{kind}.xlsx").save(bare / f"{kind}.xlsx")
    command = [str(SOFFICE), f"-env:UserInstallation={(folder / 'lo').as_uri()}", "--headless", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), *map(str, bare.glob("*.xlsx"))]
    subprocess.run(command, check=True, timeout=300, capture_output=True, env=os.environ | {"HOME": str(folder)})
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_every_cached_value_is_what_is_calculated(written: Path, kind: str) -> None:
    formulas = openpyxl.load_workbook(written / f"{kind}.xlsx")
    cached = openpyxl.load_workbook(written / f"{kind}.xlsx", data_only=True)
    calculated = openpyxl.load_workbook(written / "out" / f"{kind}.xlsx", data_only=True)
    places = [(sheet.title, place) for sheet in formulas.worksheets for place in _with_formula(sheet)]
    assert len(places) > 10
    wrong = {}
    for tab, place in places:
        said, got = cached[tab][place].value, calculated[tab][place].value
        if said != (pytest.approx(got) if isinstance(got, int | float) else got):
            wrong[f"{tab}!{place}"] = (formulas[tab][place].value, said, got)
    assert wrong == {}


def _with_formula(sheet: Worksheet) -> Iterator[str]:
    return (cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f")
