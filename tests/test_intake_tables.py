"""Tables are found by what they say, wherever they stand, and nothing in or beside them is lost from sight."""

from __future__ import annotations

import pytest

from pipelines.intake.reading import OUTSIDE_LIMIT
from schemas.finding import HIDDEN
from schemas.submission import ErrorCell, UncachedFormula
from tests.intake_sheets import PLAN, UNIT, Cells, blank_sheets, moved, place, read, said

ORG, LIST, FORM = place("hoc_tap"), place("kho_khan"), place("bia")
FIRST_CODE, SECOND_CODE = ORG.keys[:2]


@pytest.fixture
def sheets() -> dict[str, Cells]:
    return blank_sheets()


def test_the_blank_template_has_every_table_and_no_finding(sheets: dict[str, Cells]) -> None:
    tables, findings = read(sheets)
    assert findings == []
    assert list(tables) == [s.id for s in PLAN.sheets_for(UNIT, "ket_qua")]
    assert [r.key for r in tables["hoc_tap"].records] == list(ORG.keys)
    assert tables["kho_khan"].records == ()
    assert tables["bia"].records[0].cells["ma_don_vi"].value == "703"
    assert all(c.value is None for r in tables["hoc_tap"].records for c in r.cells.values())


def test_values_stand_with_their_addresses(sheets: dict[str, Cells]) -> None:
    cells = sheets[ORG.sheet.tab]
    for address, value in (((10, 3), 120.0), ((10, 6), "khác"), ((11, 3), ErrorCell("#REF!")), ((11, 4), " \u200b")):
        cells[address] = value
    tables, findings = read(sheets)
    first, second = tables["hoc_tap"].records[:2]
    assert findings == []
    assert (first.key, first.row, first.cells["tong_dang_vien"].value) == (FIRST_CODE, 10, 120.0)
    assert (first.cells["hinh_thuc"].address, first.cells["hinh_thuc"].value) == ("F10", "khác")
    assert second.cells["tong_dang_vien"].value == ErrorCell("#REF!")
    assert second.cells["du_hoi_nghi"].value is None


def test_a_list_row_is_a_record_as_soon_as_one_field_holds_something(sheets: dict[str, Cells]) -> None:
    cells = sheets[LIST.sheet.tab]
    cells[10, 3], cells[12, 4], cells[13, 3], cells[209, 4] = "kiến nghị", "Cấp thêm tài liệu", " ", "cuối bảng"
    tables, findings = read(sheets)
    assert findings == []
    assert [(r.key, r.row) for r in tables["kho_khan"].records] == [("1", 10), ("3", 12), ("200", 209)]


def test_tab_rows_and_columns_may_have_moved(sheets: dict[str, Cells]) -> None:
    sheets[ORG.sheet.tab][10, 3] = 5.0
    sheets = {
        ("Trang của tôi" if tab == ORG.sheet.tab else tab): (
            moved(cells, lambda r, c: (r + 7, c + 3)) if tab == ORG.sheet.tab else cells
        )
        for tab, cells in sheets.items()
    }
    tables, findings = read(sheets)
    assert [(f.code.value, f.severity, f.sheet) for f in findings] == [
        ("SHEET_RENAMED", "warning", "Trang của tôi"),
        ("TABLE_MOVED", "warning", "Trang của tôi"),
    ]
    assert tables["hoc_tap"].tab == "Trang của tôi"
    assert tables["hoc_tap"].records[0].cells["tong_dang_vien"].address == "F17"


def test_columns_may_have_changed_places(sheets: dict[str, Cells]) -> None:
    sheets[ORG.sheet.tab][10, 3] = 5.0
    swap = {2: 5, 3: 4, 4: 3, 5: 2}
    sheets[ORG.sheet.tab] = moved(sheets[ORG.sheet.tab], lambda r, c: (r, swap.get(c, c)))
    tables, findings = read(sheets)
    assert [(f.code.value, f.severity) for f in findings] == [("COLUMNS_REORDERED", "warning")]
    assert tables["hoc_tap"].records[0].cells["tong_dang_vien"].address == "D10"


def test_organisations_are_matched_by_code_in_any_order(sheets: dict[str, Cells]) -> None:
    cells = sheets[ORG.sheet.tab]
    cells[10, 3], cells[11, 3] = 1.0, 2.0
    sheets[ORG.sheet.tab] = cells = moved(cells, lambda r, c: ({10: 11, 11: 10}.get(r, r), c))
    cells[11, 1] = float(FIRST_CODE)
    tables, findings = read(sheets)
    assert findings == []
    by_key = {r.key: r.cells["tong_dang_vien"] for r in tables["hoc_tap"].records}
    assert (by_key[FIRST_CODE].address, by_key[FIRST_CODE].value) == ("C11", 1.0)
    assert (by_key[SECOND_CODE].address, by_key[SECOND_CODE].value) == ("C10", 2.0)


def test_a_missing_sheet(sheets: dict[str, Cells]) -> None:
    del sheets[ORG.sheet.tab]
    assert said(sheets) == [("SHEET_MISSING", None, ORG.sheet.tab)]


def test_a_repeated_sheet_is_named_with_both_tabs(sheets: dict[str, Cells]) -> None:
    copied = {**sheets[ORG.sheet.tab], (10, 3): 9.0}
    sheets[ORG.sheet.tab][10, 3] = 8.0
    sheets = {"B2 Học tập (2)": copied, **sheets}
    tables, findings = read(sheets)
    (finding,) = findings
    assert (finding.code, finding.sheet) == ("SHEET_REPEATED", "B2 Học tập (2)")
    assert "“B2 Học tập”, “B2 Học tập (2)”" in finding.message
    assert tables["hoc_tap"].tab == "B2 Học tập"


def test_of_a_repeated_sheet_the_filled_one_is_read(sheets: dict[str, Cells]) -> None:
    sheets = {**sheets, "B2 Học tập (2)": {**sheets[ORG.sheet.tab], (10, 3): 9.0}}
    tables, findings = read(sheets)
    assert "SHEET_REPEATED" in [f.code for f in findings]
    assert tables["hoc_tap"].tab == "B2 Học tập (2)"


def test_a_table_that_lost_its_end_is_still_read(sheets: dict[str, Cells]) -> None:
    cells = sheets[ORG.sheet.tab]
    del cells[ORG.last_row + 1, 1]
    cells[ORG.last_row, 3] = 5.0
    tables, findings = read(sheets)
    assert [f.code for f in findings] == ["TABLE_NOT_CLOSED"]
    assert tables["hoc_tap"].records[-1].cells["tong_dang_vien"].value == 5.0


def test_a_missing_column_is_named_by_its_label(sheets: dict[str, Cells]) -> None:
    sheets[ORG.sheet.tab] = moved(sheets[ORG.sheet.tab], lambda r, c: None if c == 4 else (r, c - (c > 4)))
    _, findings = read(sheets)
    (finding,) = findings
    assert (finding.code, finding.field) == ("COLUMN_MISSING", "du_hoi_nghi")
    assert "thiếu cột “Học tại hội nghị trực tuyến”" in finding.message


def test_an_unknown_column_is_named_by_the_header_they_see(sheets: dict[str, Cells]) -> None:
    cells = sheets[ORG.sheet.tab]
    cells[9, 40], cells[6, 40], cells[7, 40] = "hoc_bu", "Học bù", "(9)"
    assert said(sheets) == []
    cells[12, 40] = 3.0
    assert said(sheets) == [("COLUMN_UNKNOWN", "AN9", "Học bù")]


def test_a_repeated_column(sheets: dict[str, Cells]) -> None:
    sheets[ORG.sheet.tab][9, 40] = "du_hoi_nghi"
    sheets[ORG.sheet.tab][10, 40] = 4.0
    _, findings = read(sheets)
    assert [(f.code.value, f.cell, f.field) for f in findings] == [("COLUMN_REPEATED", "AN9", "du_hoi_nghi")]


def test_a_missing_row_is_named(sheets: dict[str, Cells]) -> None:
    sheets[ORG.sheet.tab] = moved(sheets[ORG.sheet.tab], lambda r, c: None if r == 11 else (r, c))
    assert said(sheets) == [("ROW_MISSING", None, f"{ORG.names[1]} ({SECOND_CODE})")]


def test_a_row_of_another_unit_is_said_where_it_can_be_seen(sheets: dict[str, Cells]) -> None:
    cells = sheets[ORG.sheet.tab]
    end = ORG.last_row + 1
    sheets[ORG.sheet.tab] = cells = moved(cells, lambda r, c: (r + (r >= end), c))
    cells[end, 1], cells[end, 2] = "25630", "Đảng bộ xã Tân Bình"
    assert said(sheets) == []
    cells[end, 3] = 7.0
    assert said(sheets) == [("ROW_UNKNOWN", f"B{end}", "25630")]


def test_a_repeated_row(sheets: dict[str, Cells]) -> None:
    sheets[ORG.sheet.tab][11, 1] = FIRST_CODE
    assert said(sheets) == [
        ("ROW_REPEATED", "B11", f"{ORG.names[0]} ({FIRST_CODE})"),
        ("ROW_MISSING", None, f"{ORG.names[1]} ({SECOND_CODE})"),
    ]


def test_a_row_slipped_between_organisations_is_one_finding(sheets: dict[str, Cells]) -> None:
    sheets[ORG.sheet.tab] = cells = moved(sheets[ORG.sheet.tab], lambda r, c: (r + (r > 10), c))
    cells[11, 2], cells[11, 3], cells[11, 5] = "Tổng cộng", 900.0, UncachedFormula("=SUM(E10)")
    assert said(sheets) == [("OUTSIDE_TABLE", "B11", "dòng 11: Tổng cộng; 900; =SUM(E10)")]
    del cells[11, 2], cells[11, 5]
    assert said(sheets) == [("OUTSIDE_TABLE", "C11", "900")]


def test_a_row_slipped_into_a_list_is_a_record(sheets: dict[str, Cells]) -> None:
    sheets[LIST.sheet.tab] = cells = moved(sheets[LIST.sheet.tab], lambda r, c: (r + (r > 10), c))
    cells[11, 4] = "chèn thêm"
    tables, findings = read(sheets)
    assert findings == []
    assert [(r.key, r.row) for r in tables["kho_khan"].records] == [("2", 11)]


def test_what_stands_below_or_beside_a_table_is_said(sheets: dict[str, Cells]) -> None:
    cells = sheets[ORG.sheet.tab]
    below = ORG.last_row + 5
    cells[below, 3], cells[below, 4], cells[10, 30], cells[4, 30] = 12.0, "  ", "ghi chú", "trên đầu bảng"
    assert said(sheets) == [
        ("OUTSIDE_TABLE", "AD10", "ghi chú"),
        ("OUTSIDE_TABLE", f"C{below}", "12"),
        ("OUTSIDE_TABLE", "AD4", "trên đầu bảng"),
    ]


def test_an_organisation_that_was_renamed_is_not_guessed(sheets: dict[str, Cells]) -> None:
    cells = sheets[ORG.sheet.tab]
    row = ORG.row(FIRST_CODE, ORG.sheet.fields[0].id)
    cells[row, 2] = "Đảng bộ xã Khác"
    assert said(sheets) == [("PREFILL_CHANGED", f"B{row}", "Đảng bộ xã Khác")]


def test_a_column_slipped_in_without_an_id_is_outside(sheets: dict[str, Cells]) -> None:
    sheets[ORG.sheet.tab] = cells = moved(sheets[ORG.sheet.tab], lambda r, c: (r, c + (c > 2)))
    cells[10, 3] = 8.0
    assert said(sheets) == [("OUTSIDE_TABLE", "C10", "8")]


def test_the_same_beside_a_form(sheets: dict[str, Cells]) -> None:
    cells = sheets[FORM.sheet.tab]
    cells[10, 5] = "ghi thêm"
    assert said(sheets) == [("OUTSIDE_TABLE", "E10", HIDDEN)]


def test_thousands_of_cells_outside_make_no_thousands_of_findings(sheets: dict[str, Cells]) -> None:
    sheets[ORG.sheet.tab].update({(row, 3): 1.0 for row in range(100, 600)})
    findings = read(sheets)[1]
    assert len(findings) == OUTSIDE_LIMIT + 1
    assert "449 ô khác" in findings[-1].message


def test_a_form_that_lost_a_line_or_has_one_twice(sheets: dict[str, Cells]) -> None:
    cells = sheets[FORM.sheet.tab]
    row = FORM.row("703", "nguoi_lap")
    cells[row, 3] = "Trần Thị A"
    cells[FORM.row("703", "dien_thoai"), 1] = "nguoi_lap"
    tables, findings = read(sheets)
    assert [(f.code.value, f.value) for f in findings] == [
        ("ROW_REPEATED", "“Người lập báo cáo”"),
        ("ROW_MISSING", "“Điện thoại”"),
    ]
    assert tables["bia"].records[0].cells["nguoi_lap"].value == "Trần Thị A"


def test_a_form_without_its_value_column(sheets: dict[str, Cells]) -> None:
    del sheets[FORM.sheet.tab][9, 3]
    tables, findings = read(sheets)
    assert findings[0].code == "COLUMN_MISSING"
    assert tables["bia"].records == ()


def test_thousands_of_markers_cost_no_more_than_their_cells(sheets: dict[str, Cells]) -> None:
    """A hostile sheet must not hold up the process that reads all others."""
    sheets["x"] = {(row, col): "#end" if row % 2 else f"#{row}" for row in range(1, 2001) for col in range(1, 21)}
    sheets["y"] = dict.fromkeys(((row, 1) for row in range(1, 20_000)), f"#{ORG.sheet.id}")
    assert [code for code, _, _ in said(sheets)] == ["SHEET_REPEATED", "FOREIGN_SHEET"]
