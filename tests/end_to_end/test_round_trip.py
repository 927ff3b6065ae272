"""A wrong report → its marked copy → mended in LibreOffice, only where it is marked → accepted: ten kinds of wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipelines.clock import VARIABLE as CLOCK
from pipelines.nightly import Outcome, Request, run_night
from pipelines.published import status_json
from pipelines.stamp import VARIABLE as SECRET_KEY
from pipelines.store import Home
from schemas.finding import FindingCode
from schemas.layout import TO_MEND_TAB
from tests.cases import ROUND, Sent, right_values
from tests.edits import Edit
from tests.reports import PLAN, SECRET, content

C = FindingCode
COVER, CONFERENCE, STUDY, TRAINING, LAUNCH = "B0 Bìa", "B1 Hội nghị", "B2 Học tập", "B5 Kế hoạch", "B8 Phát động"
SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("mend_with_uno.py")


@dataclass(frozen=True)
class Wrong:
    """A report with one kind of wrong: what must be found, and what the clerk then types, by tab and cell."""

    edits: tuple[Edit, ...]
    errors: tuple[FindingCode, ...]
    mended: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


WRONGS: dict[str, Wrong] = {
    "CQ-BDV": Wrong(({"sheet": STUDY, "clear": ["D10"]},), (C.MISSING_VALUE,), {STUDY: {"D10": 25}}),
    "CQ-BTG": Wrong(({"sheet": STUDY, "type": {"D10": "khoảng 25"}},), (C.NOT_A_COUNT,), {STUDY: {"D10": 25}}),
    "BCS-UBND": Wrong(({"sheet": STUDY, "type": {"D10": 30}},), (C.SUM_AT_MOST,), {STUDY: {"D10": 25}}),
    "BCS-TAND": Wrong(
        ({"sheet": COVER, "type": {"C16": "đầu tháng 5"}},), (C.NOT_A_DATE,), {COVER: {"C16": date(2022, 5, 6)}}
    ),
    "BCS-VKSND": Wrong(
        ({"sheet": STUDY, "type": {"F10": "học ở chi bộ"}},),
        (C.NOT_A_CHOICE,),
        {STUDY: {"F10": "sinh hoạt chi bộ"}},
    ),
    "DD-HDND": Wrong(
        ({"sheet": STUDY, "delete_columns": ["F"]},), (C.COLUMN_MISSING,), {STUDY: {"F10": "sinh hoạt chi bộ"}}
    ),
    "DD-MTTQ": Wrong(
        ({"sheet": LAUNCH, "remove": True},), (C.SHEET_MISSING,), {LAUNCH: {"C10": "không", "E10": 1, "F10": "không"}}
    ),
    "DD-LDLD": Wrong(({"sheet": TRAINING, "type": {"D10": "#REF!"}},), (C.ERROR_CELL,), {TRAINING: {"D10": 3}}),
    "DD-HND": Wrong(
        ({"sheet": LAUNCH, "type": {"G10": "Không phát sinh"}},), (C.DECLARED_AND_FILLED,), {LAUNCH: {"G10": None}}
    ),
    "DD-HPN": Wrong(
        (
            {"sheet": STUDY, "text": {"D10": "25.000"}},
            {"sheet": STUDY, "move_column": ["G", "C"]},
            {"sheet": STUDY, "insert_rows": [1, 1]},
            {"sheet": STUDY, "rename": "Học tập quý II"},
        ),
        (C.TWO_READINGS,),
        {STUDY: {"D10": 25}},
    ),
    "DD-CCB": Wrong(
        ({"sheet": CONFERENCE, "type": {"D10": date(2022, 10, 4)}},),
        (C.DAY_MONTH_SWAPPED,),
        {CONFERENCE: {"D10": date(2022, 4, 10)}},
    ),
    "TD": Wrong(({"sheet": STUDY, "type": {"D14": "cộng nháp 40"}},), (C.OUTSIDE_TABLE,)),
}
"""By unit."""


def _missing() -> str:
    if shutil.which("soffice") is None:
        return "LibreOffice (soffice) is not installed"
    if not Path(SYSTEM_PYTHON).exists():
        return f"there is no {SYSTEM_PYTHON}"
    if subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode:
        return f"python3-uno is not installed: {SYSTEM_PYTHON} has no module uno"
    return ""


pytestmark = [pytest.mark.libreoffice, pytest.mark.skipif(bool(_missing()), reason=_missing() or "all there")]


@dataclass(frozen=True)
class RoundTrip:
    """Both nights, the copies between them, and the cells that LibreOffice showed as marked, by unit and tab."""

    first: Outcome
    copies: Mapping[str, Path]
    marked: Mapping[str, Mapping[str, list[str]]]
    second: Outcome


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> RoundTrip:
    """All reports there and back again."""
    desk = tmp_path_factory.mktemp("ban-viet")
    home = Home(tmp_path_factory.mktemp("vong") / "nha").prepare()
    for unit, wrong in WRONGS.items():
        sent = content(Sent(wrong.edits, unit=unit), desk, unit)
        (home.inbox / f"{unit}.xlsx").write_bytes(sent)
    first = night(home, "2022-05-08")
    folder = home.outbox / PLAN.name / ROUND / "tra-lai"
    copies = {path.parent.name: path for path in folder.glob("*/*.xlsx")}
    marked = mended(copies, desk)
    for unit in copies:
        shutil.copyfile(desk / f"{unit}.sua.xlsx", home.inbox / f"{unit}.xlsx")
    return RoundTrip(first, copies, marked, night(home, "2022-05-09"))


def night(home: Home, day: str) -> Outcome:
    """A night at 22:00, run directly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CLOCK, f"{day}T22:00:00+07:00")
        patch.setenv(SECRET_KEY, SECRET)
        return run_night(Request(home, PLAN.name, ROUND))


def mended(copies: Mapping[str, Path], desk: Path) -> dict[str, dict[str, list[str]]]:
    """Mends every copy in LibreOffice, into `<unit>.sua.xlsx`; the marked cells of each."""
    jobs: list[str] = []
    for unit, copy in copies.items():
        values = desk / f"{unit}.json"
        values.write_text(json.dumps(WRONGS[unit].mended, ensure_ascii=False, default=_as_date), encoding="utf-8")
        jobs += [str(copy), str(values), str(desk / f"{unit}.sua.xlsx")]
    command = [SYSTEM_PYTHON, str(SCRIPT), str(desk / "ho-so"), *jobs]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        env={**plain, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    return {Path(target).name.partition(".")[0]: cells for target, cells in json.loads(done.stdout).items()}


def _as_date(value: date) -> dict[str, str]:
    return {"date": value.isoformat()}


def findings(outcome: Outcome, unit: str) -> list[tuple[str, FindingCode]]:
    """(severity, code) of everything found in a unit's newest report."""
    listed = [f for f in outcome.results[0].findings if f.unit.code == unit]
    newest = max(source.version for source in outcome.results[0].sources if source.unit.code == unit)
    return [(f.finding.severity, f.finding.code) for f in listed if f.version == newest]


@pytest.mark.parametrize("unit", WRONGS)
def test_it_was_rejected_for_that_and_nothing_else(trip: RoundTrip, unit: str) -> None:
    found = findings(trip.first, unit)
    assert tuple(code for severity, code in found if severity == "error") == WRONGS[unit].errors
    assert {u["code"]: u["state"] for u in status_json(trip.first.results[0])["units"]}[unit] == "loi"


@pytest.mark.parametrize("unit", WRONGS)
def test_the_clerk_mended_what_was_marked(trip: RoundTrip, unit: str) -> None:
    """The marks are where the links of "Cần sửa" lead; nothing beside them was touched."""
    front = load_workbook(trip.copies[unit])[TO_MEND_TAB]
    links = [cell.hyperlink for row in front.iter_rows() for cell in row if cell.hyperlink]
    linked = {link.location.replace("'", "") for link in links if link.location}
    marked = {f"{tab}!{cell}" for tab, cells in trip.marked.get(unit, {}).items() for cell in cells}
    mended = {f"{tab}!{cell}" for tab, cells in WRONGS[unit].mended.items() for cell in cells}
    assert mended <= marked
    assert not marked or linked & marked, (linked, marked)


@pytest.mark.parametrize("unit", WRONGS)
def test_it_is_accepted_without_a_remark(trip: RoundTrip, unit: str) -> None:
    assert findings(trip.second, unit) == []
    said = {u["code"]: (u["state"], u["version"]) for u in status_json(trip.second.results[0])["units"]}
    assert said[unit] == ("dung_han", 2)


@pytest.mark.parametrize("unit", WRONGS)
def test_the_rest_came_back_as_it_was_typed(trip: RoundTrip, unit: str) -> None:
    mended = set(WRONGS[unit].mended)
    values = right_values(Sent(unit=unit))
    for table in trip.second.results[0].rows:
        if table.sheet.tab in mended and table.sheet.tab == LAUNCH:
            continue  # its answers are the clerk's new ones
        rows = [row for row in table.rows if row.unit.code == unit]
        for row, (key, typed) in zip(rows, values.get(table.sheet.id, {}).items(), strict=True):
            told = {name: value for name, value in row.values.items() if value is not None and name in typed}
            expected = {name: {"có": True, "không": False}.get(str(value), value) for name, value in typed.items()}
            if unit == "DD-CCB" and table.sheet.tab == CONFERENCE:
                expected["ngay_to_chuc"] = date(2022, 4, 10)
            assert told == expected, (unit, table.sheet.id, key)


def test_there_are_ten_kinds_of_wrong() -> None:
    assert len({code for wrong in WRONGS.values() for code in wrong.errors}) >= 10
