"""“Không phát sinh” and “Không áp dụng”: found for a row and for a whole sheet, and never taken for anything else."""

from __future__ import annotations

import pytest

from schemas.layout import (
    DECLARATION_ROW,
    DECLARED,
    LEGEND,
    NOT_APPLICABLE,
    NOTHING,
    SHEET_DECLARATION,
    SHEET_DECLARATION_LABEL,
    SheetLayout,
)
from schemas.submission import RawCell, RawSheet, RawWorkbook
from tests.intake_sheets import IDENTITY, PLAN, WHOLE_SHEET, Cells, blank_sheets, find, moved, place, read, said, totals

ORG, LIST, FORM = place("hoc_tap"), place("kho_khan"), place("bia")
TAB = ORG.sheet.tab
COLUMN = ORG.column(DECLARED)


@pytest.fixture
def sheets() -> dict[str, Cells]:
    """The template with its places for declarations."""
    sheets = blank_sheets()
    for layout in (ORG, LIST):
        sheets[layout.sheet.tab].update(declaration_row(layout))
    sheets[TAB][9, COLUMN] = DECLARED
    return sheets


def declaration_row(layout: SheetLayout) -> Cells:
    words = dict(enumerate(LEGEND[: layout.last_column - 3], start=4))
    own: Cells = {(DECLARATION_ROW, 1): SHEET_DECLARATION, (DECLARATION_ROW, 2): SHEET_DECLARATION_LABEL}
    return {**own, **{(DECLARATION_ROW, col): word for col, word in words.items()}}


def test_nothing_is_declared_in_a_blank_template(sheets: dict[str, Cells]) -> None:
    tables, findings = read(sheets)
    assert findings == []
    assert all(table.declared is None for table in tables.values())
    assert all(record.declared is None for record in tables["hoc_tap"].records)


def test_a_row_is_declared(sheets: dict[str, Cells]) -> None:
    sheets[TAB][11, COLUMN] = NOTHING
    sheets[TAB][12, COLUMN] = "  "
    tables, findings = read(sheets)
    assert findings == []
    records = tables["hoc_tap"].records
    assert [r.key for r in records] == list(ORG.keys)
    assert records[1].declared == RawCell(11, COLUMN, NOTHING)
    assert [r.declared for r in (records[0], records[2])] == [None, None]
    assert DECLARED not in records[1].cells


def test_any_text_is_handed_on_with_its_font(sheets: dict[str, Cells]) -> None:
    sheets[TAB][11, COLUMN], sheets[TAB][DECLARATION_ROW, 3] = "Kh«ng", "Kh«ng ¸p dông"
    encodings = {(11, COLUMN): "tcvn3", (DECLARATION_ROW, 3): "tcvn3", (10, 3): "vni"}
    sheets[TAB][10, 3] = "x"
    raw = tuple(
        RawSheet(tab, cells, encodings if tab == TAB else {}, WHOLE_SHEET, totals(cells))  # type: ignore[arg-type]
        for tab, cells in sheets.items()
    )
    from pipelines.intake.tables import find_tables

    table = find_tables(RawWorkbook(raw, {}), PLAN, IDENTITY).tables["hoc_tap"]
    assert table.declared == RawCell(DECLARATION_ROW, 3, "Kh«ng ¸p dông", "tcvn3")
    assert table.records[1].declared == RawCell(11, COLUMN, "Kh«ng", "tcvn3")
    assert table.records[0].cells["tong_dang_vien"].encoding == "vni"


@pytest.mark.parametrize("layout", [ORG, LIST])
def test_a_whole_sheet_is_declared(sheets: dict[str, Cells], layout: SheetLayout) -> None:
    sheets[layout.sheet.tab][DECLARATION_ROW, 3] = NOT_APPLICABLE
    tables, findings = read(sheets)
    assert findings == []
    assert tables[layout.sheet.id].declared == RawCell(DECLARATION_ROW, 3, NOT_APPLICABLE)
    assert len(tables[layout.sheet.id].records) == (len(ORG.keys) if layout is ORG else 0)


def test_the_declaration_is_found_wherever_it_was_moved(sheets: dict[str, Cells]) -> None:
    sheets[TAB][DECLARATION_ROW, 3] = NOTHING
    sheets[TAB] = moved(sheets[TAB], lambda r, c: (r + 3, c + 1 + (c > 2)))
    tables, findings = read(sheets)
    assert [f.code for f in findings] == ["TABLE_MOVED"]
    assert tables["hoc_tap"].declared == RawCell(DECLARATION_ROW + 3, 5, NOTHING)


@pytest.mark.parametrize("row", [12, 40])
def test_even_into_the_table_or_below_it(sheets: dict[str, Cells], row: int) -> None:
    sheets[TAB][DECLARATION_ROW, 3] = NOTHING
    last = ORG.last_row + 1
    to = {DECLARATION_ROW: row}
    shifted = moved(sheets[TAB], lambda r, c: (to.get(r, r + (row <= r <= last)), c))
    sheets[TAB] = shifted
    tables, findings = read(sheets)
    assert [f.code for f in findings] == []
    assert tables["hoc_tap"].declared == RawCell(row, 3, NOTHING)
    assert [r.key for r in tables["hoc_tap"].records] == list(ORG.keys)


def test_the_legends_words_are_no_choice_in_whatever_case(sheets: dict[str, Cells]) -> None:
    sheets[TAB].update({(4, 2): "CẢ BIỂU", (4, 3): " cần điền", (4, 4): "Lỗi:", (4, 5): "Xem lại"})
    tables, findings = read(sheets)
    assert (tables["hoc_tap"].declared, findings) == (None, [])


def test_the_first_of_two_is_the_choice_and_the_other_stands_outside(sheets: dict[str, Cells]) -> None:
    sheets[TAB].update({(4, 3): NOTHING, (4, 7): "ghi chú", (4, 1): SHEET_DECLARATION})
    found = find(sheets)
    assert found.tables["hoc_tap"].declared == RawCell(4, 3, NOTHING)
    assert [(f.code.value, f.cell, f.value) for f in found.findings] == [("OUTSIDE_TABLE", "G4", "ghi chú")]
    assert [(c.cell, c.value) for c in found.outside] == [("G4", "ghi chú")]


def test_a_number_in_its_place_is_handed_on(sheets: dict[str, Cells]) -> None:
    sheets[TAB][4, 3] = 5.0
    tables, findings = read(sheets)
    assert (tables["hoc_tap"].declared, findings) == (RawCell(4, 3, 5.0), [])


def test_two_columns_of_declarations(sheets: dict[str, Cells]) -> None:
    sheets[TAB][9, 40], sheets[TAB][11, 40] = DECLARED, NOTHING
    tables, (finding,) = read(sheets)
    assert (finding.code, finding.cell) == ("COLUMN_REPEATED", "AN9")
    assert "“Tình trạng”" in finding.message
    assert tables["hoc_tap"].records[1].declared is None


def test_lists_and_forms_have_no_declared_rows(sheets: dict[str, Cells]) -> None:
    sheets[LIST.sheet.tab].update({(9, 9): DECLARED, (6, 9): "Tình trạng", (10, 3): "kiến nghị", (10, 9): NOTHING})
    assert said(sheets) == [("COLUMN_UNKNOWN", "I9", "Tình trạng")]
    assert read(sheets)[0]["kho_khan"].records[0].declared is None
    sheets = blank_sheets()
    sheets[FORM.sheet.tab].update({(4, 1): SHEET_DECLARATION, (4, 3): NOTHING})
    tables, (finding,) = read(sheets)
    assert (finding.code, finding.cell, tables["bia"].declared) == ("OUTSIDE_TABLE", "C4", None)
