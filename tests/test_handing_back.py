"""Marked copies of every kind of wrong submission: what they hold, what they say, and what becomes of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.returned import Handback
from pipelines.returned.doubtful import doubtful
from pipelines.returned.mended import IN_COPY
from schemas.catalogue.files import GROUP as FILES
from schemas.catalogue.identity import GROUP as IDENTITY
from schemas.catalogue.repairs import GROUP as REPAIRS
from schemas.catalogue.tables import GROUP as TABLES
from schemas.finding import FindingCode
from schemas.handback import Place
from schemas.layout import OWN_SHEET, TO_MEND_TAB
from tests.cases import Case, load_cases, right_values
from tests.handbacks import handed_back, marked_copy, places_of, retyped
from tests.reports import content

C = FindingCode
_NAMELESS = {*FILES.entries, *IDENTITY.entries}
CASES = {
    case.id: case
    for case in load_cases()
    if case.kind == "fail" and case.code not in _NAMELESS and len(case.sent) == 1 and not case.last.parts
    if case.id == f"fail-{case.code}" or case.code in {*TABLES.entries, *REPAIRS.entries}
}
"""The first case of each code, and all that concern the shape of a file."""
KEPT = {C.UNCACHED_FORMULA}
"""Has words of its own for the copy, and is refused there again."""
HEALED = IN_COPY.keys() - KEPT
AS_TEXT = {C.ERROR_CELL, C.UNCACHED_FORMULA}
"""Come back as text, so the copy may call them by another name."""
BLANK = {C.MISSING_VALUE, C.REQUIRED_WHEN, C.REQUIRED_WHEN_POSITIVE, C.REQUIRED_WHEN_COMPLETE}
"""What the copy says of a cell that was lost."""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Handback]:
    folder = tmp_path_factory.mktemp("gui")
    return handed_back({case.id: content(case.last, folder, case.id) for case in CASES.values()})


@pytest.fixture(scope="module")
def copies(sent: Mapping[str, Handback], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("tra-lai")
    return {name: marked_copy(one, folder / "ban.xlsx") for name, one in sent.items()}


@pytest.fixture(scope="module")
def dropped_back(copies: Mapping[str, bytes]) -> dict[str, Handback]:
    """The copies, dropped back as they are."""
    return handed_back(copies)


def test_of_a_cell_that_was_filled_in_already_nothing_is_left_to_do(copies: Mapping[str, bytes]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(copies["fail-PREFILL_CHANGED"]))[TO_MEND_TAB]
    words = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    assert "Bản này đã ghi lại giá trị điền sẵn: không phải làm gì thêm." in words
    assert "để trống dòng đó" not in words


@pytest.fixture(scope="module")
def mended(sent: Mapping[str, Handback], copies: Mapping[str, bytes]) -> dict[str, Handback]:
    """The copies with the right values typed into the marked cells, and into those that a broken rule compares."""
    return handed_back({name: retyped(copies[name], one, right_at(CASES[name], one)) for name, one in sent.items()})


def right_at(case: Case, told: Handback) -> dict[Place, Any]:
    """What the right report says at the marked cells; in the whole row where a rule was broken or the row was lost."""
    right, places = right_values(case.last), places_of(told)
    values: dict[Place, Any] = {}
    for finding in told.findings:
        for sheet, key, field in places.concerned(finding):
            row = right.get(sheet, {}).get(key)
            own = [f.id for f in places.layouts[sheet].sheet.fields if not f.prefill and f.stored]
            whole = finding.rule or finding.cell is None or row is None
            for name in own if whole and key else [field]:
                values[sheet, key, name] = (row or {}).get(name)
    for sheet, key, field in doubtful(places, told.findings):
        values[sheet, key, field] = right.get(sheet, {}).get(key, {}).get(field)
    return values


def at_cells(told: Handback) -> set[tuple[Place, FindingCode]]:
    """Findings at cells that the copy has."""
    places = places_of(told)
    return {(place, f.code) for f in told.findings if (place := places.place(f)) is not None}


ids = pytest.mark.parametrize("name", sorted(CASES))


@ids
def test_dropped_back_as_it_is_a_copy_has_the_findings_it_had(
    sent: Mapping[str, Handback], dropped_back: Mapping[str, Handback], name: str
) -> None:
    before, after = sent[name], dropped_back[name]
    lost = {
        place for f in before.findings if not places_of(before).place(f) for place in places_of(before).concerned(f)
    }
    lost |= doubtful(places_of(before), before.findings)
    kept = {(place, code) for place, code in at_cells(before) if code not in HEALED}
    again = {(place, code) for place, code in at_cells(after) if not (code in BLANK and place in lost)}
    as_text = {place for place, code in kept if code in AS_TEXT}
    assert {pair for pair in again if pair[0] not in as_text} == {pair for pair in kept if pair[0] not in as_text}
    assert {place for place, _ in again} == {place for place, _ in kept}
    assert [f.code for f in after.findings if places_of(after).place(f) is None] == [], "its shape is whole"


@ids
def test_mended_at_the_marked_cells_a_copy_is_accepted(mended: Mapping[str, Handback], name: str) -> None:
    assert [f.message for f in mended[name].findings] == []
    assert mended[name].verdict == "accepted"


@ids
def test_the_first_sheet_leads_to_every_cell_and_each_says_why(
    sent: Mapping[str, Handback], copies: Mapping[str, bytes], name: str
) -> None:
    told = sent[name]
    places = places_of(told)
    book = openpyxl.load_workbook(io.BytesIO(copies[name]))
    sheet = book.worksheets[0]
    assert (sheet.title, sheet["A1"].value, sheet["A1"].number_format) == (TO_MEND_TAB, OWN_SHEET, ";;;")
    assert book.active is sheet
    assert (sheet.page_setup.paperSize, bool(sheet.print_title_rows)) == (9, True)
    cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f"]
    linked = {tuple(c.hyperlink.location.replace("'", "").split("!")) for c in cells if c.hyperlink}
    assert linked >= {places.address(place) for f in told.findings for place in places.concerned(f)[:1]}
    for tab, cell in linked:
        assert book[tab][cell].coordinate == cell
    for finding in told.findings:
        for place in places.concerned(finding):
            tab, cell = places.address(place)
            comment = book[tab][cell].comment
            assert comment is not None, f"{tab}!{cell}"
            assert ("LỖI: " if finding.severity == "error" else "XEM LẠI: ") in comment.text
            assert "Cần làm: " in comment.text
    said = [str(c.value) for c in cells]
    assert any(f"{told.errors} lỗi phải sửa" in text for text in said) == bool(told.errors)
    for outside in told.submission.outside:
        assert " ".join(outside.value.split()) in said


def test_the_same_file_gives_the_same_copy(sent: Mapping[str, Handback], tmp_path: Path) -> None:
    told = sent["fail-AT_MOST"]
    assert marked_copy(told, tmp_path / "a.xlsx") == marked_copy(told, tmp_path / "b.xlsx")
