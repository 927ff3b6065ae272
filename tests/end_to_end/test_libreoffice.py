"""LibreOffice opens, fills and saves the real templates; what it saves is taken as it was meant."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.clock import VARIABLE as CLOCK
from pipelines.demo.clerk import fill
from pipelines.demo.figures import Effort, Report, report
from pipelines.issuing import issue_templates
from pipelines.nightly import Outcome, Request, run_night
from pipelines.plans import Plans
from pipelines.published import status_json
from pipelines.store import Home
from schemas.plan import NO, YES
from tests.homes import PLAN, ROUND
from tests.oracle import expected

DAY = date(2022, 5, 10)
UNITS = ("CQ-BDV", "703")
"""A board without subordinates, and a city with many."""
SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("fill_with_uno.py")


def _missing() -> str:
    if shutil.which("soffice") is None:
        return "LibreOffice (soffice) is not installed"
    if not Path(SYSTEM_PYTHON).exists():
        return f"there is no {SYSTEM_PYTHON}"
    if subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode:
        return f"python3-uno is not installed: {SYSTEM_PYTHON} has no module uno"
    return ""


pytestmark = [pytest.mark.libreoffice, pytest.mark.skipif(bool(_missing()), reason=_missing() or "all there")]


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    plan = Plans(Home.locate()).get(PLAN)
    return {code: report(plan, plan.unit(code), DAY, Effort(studied=0.7)) for code in UNITS}


@pytest.fixture(scope="module")
def blanks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, Path]]:
    home = Home(tmp_path_factory.mktemp("phat") / "nha").prepare()
    return home, {unit: issue_templates(home, PLAN, ROUND, unit)[0] for unit in UNITS}


def taken_in(blanks: tuple[Home, dict[str, Path]], files: Mapping[str, Path], root: Path) -> Outcome:
    """A night over these files, in a home of its own that has the same key."""
    home = Home(root).prepare()
    shutil.copy(blanks[0].secret_key, home.secret_key)
    for unit, path in files.items():
        (home.inbox / unit).mkdir()
        shutil.copyfile(path, home.inbox / unit / "báo cáo.xlsx")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CLOCK, f"{DAY}T22:00:00+07:00")
        return run_night(Request(home, PLAN, ROUND))


@pytest.fixture(scope="module")
def typed(
    blanks: tuple[Home, dict[str, Path]], reports: dict[str, Report], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The templates filled through LibreOffice's own interface."""
    desk = tmp_path_factory.mktemp("soffice")
    jobs: list[str] = []
    files = {}
    for unit, filled in reports.items():
        values, files[unit] = desk / f"{unit}.json", desk / f"{unit}.xlsx"
        values.write_text(json.dumps(filled.sheets, ensure_ascii=False, default=_as_date), encoding="utf-8")
        jobs += [str(blanks[1][unit]), str(values), str(files[unit])]
    command = [SYSTEM_PYTHON, str(SCRIPT), str(desk / "ho-so"), *jobs]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240, env=_plain_environment())
    assert done.returncode == 0, done.stderr
    return files


def _as_date(value: date) -> dict[str, str]:
    return {"date": value.isoformat()}


def _plain_environment() -> dict[str, str]:
    """Without the virtual environment, which is another Python's."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def test_what_libreoffice_typed_is_taken(
    blanks: tuple[Home, dict[str, Path]], typed: dict[str, Path], reports: dict[str, Report], tmp_path: Path
) -> None:
    says_what_was_typed(taken_in(blanks, typed, tmp_path / "nha"), reports)


def test_what_libreoffice_only_saved_again_is_taken(
    blanks: tuple[Home, dict[str, Path]], reports: dict[str, Report], tmp_path: Path
) -> None:
    desk, saved = tmp_path / "ban", tmp_path / "luu"
    for unit, filled in reports.items():
        fill(blanks[1][unit], desk / f"{unit}.xlsx", filled)
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'ho-so').as_uri()}", "--headless", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(saved), *(str(p) for p in sorted(desk.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    says_what_was_typed(taken_in(blanks, {u: saved / f"{u}.xlsx" for u in UNITS}, tmp_path / "nha"), reports)


def says_what_was_typed(outcome: Outcome, reports: Mapping[str, Report]) -> None:
    """Both accepted without a remark, and every row as it was typed."""
    (result,) = outcome.results
    assert [(f.unit.code, f.finding.code, f.finding.cell) for f in result.findings] == []
    assert outcome.verdicts["accepted"] == len(UNITS)
    states = {u["code"]: u["state"] for u in status_json(result)["units"]}
    assert {unit: states[unit] for unit in UNITS} == dict.fromkeys(UNITS, "dung_han")
    for table in result.rows:
        sheet = table.sheet
        for unit, filled in reports.items():
            rows = [row for row in table.rows if row.unit.code == unit]
            wanted = filled.sheets.get(sheet.id, {})
            assert len(rows) == len(wanted), (unit, sheet.id)
            for row, (key, values) in zip(rows, wanted.items(), strict=True):
                if sheet.kind == "org":
                    assert row.organisation is not None
                    assert row.organisation.code == key
                told = {f: _typed(v) for f, v in row.values.items() if v is not None and not sheet.field(f).prefill}
                assert told == {f: v for f, v in values.items() if sheet.field(f).stored}, (unit, sheet.id, key)


def _typed(value: Any) -> Any:
    return (YES if value else NO) if isinstance(value, bool) else value


def test_figures_are_the_oracles(
    blanks: tuple[Home, dict[str, Path]], typed: dict[str, Path], reports: dict[str, Report], tmp_path: Path
) -> None:
    outcome = taken_in(blanks, typed, tmp_path / "nha")
    drops = [
        {"night": DAY.isoformat(), "unit": u, "kind": "right", "file": u, "sha256": u, "values": filled.sheets}
        for u, filled in reports.items()
    ]
    answers = tmp_path / "dap-an.json"
    answers.write_text(json.dumps({"drops": drops}, default=date.isoformat), encoding="utf-8")
    oracle = expected(Path(__file__).parents[2] / "schemas" / "plans" / PLAN, answers, DAY)
    said = {(c["unit"], c["indicator"]): c for c in status_json(outcome.results[0])["by_unit"]}
    for place, figures in oracle["by_unit"].items():
        assert {f: said[place][f] for f in figures} == figures, place
