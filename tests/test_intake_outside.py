"""Everything outside the tables is kept and said: strangers' sheets, lost markers, numbers over the head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pipelines.intake import outside
from pipelines.intake.foreign import MARKERS_LOST
from pipelines.intake.guard import inspect
from pipelines.intake.outside import OutsideSheet, listed
from pipelines.intake.tables import Found, find_tables
from pipelines.intake.worksheet import formulas_above
from schemas.finding import HIDDEN, Finding
from schemas.layout import GUIDE_TAB, OWN_SHEET, SELF_CHECK_TAB, TO_MEND_TAB
from schemas.submission import ErrorCell, UncachedFormula
from tests.intake_sheets import IDENTITY, PLAN, Cells, blank, blank_file, blank_sheets, find, moved, place, read, said

ORG, LIST, FORM = place("hoc_tap"), place("kho_khan"), place("bia")
TAB = ORG.sheet.tab


@pytest.fixture
def sheets() -> dict[str, Cells]:
    return blank_sheets()


def kept(sheets: dict[str, Cells]) -> list[tuple[str, str, str]]:
    return [(c.tab, c.cell, c.value) for c in find(sheets).outside]


def only(sheets: dict[str, Cells]) -> Finding:
    (finding,) = read(sheets)[1]
    return finding


def test_a_sheet_of_the_clerks_own(sheets: dict[str, Cells]) -> None:
    sheets["Nháp"] = {(2, 3): 12.0, (1, 1): "  ", (4, 1): "cộng\n  cả huyện", (3, 1): ErrorCell("#REF!")}
    sheets["Trống"] = {(1, 1): " "}
    finding = only(sheets)
    assert (finding.code, finding.severity, finding.sheet, finding.cell, finding.value) == (
        "FOREIGN_SHEET",
        "warning",
        "Nháp",
        "C2",
        None,
    )
    assert kept(sheets) == [("Nháp", "C2", "12"), ("Nháp", "A3", "#REF!"), ("Nháp", "A4", "cộng cả huyện")]


def test_a_note_that_begins_like_a_marker_is_no_table(sheets: dict[str, Cells]) -> None:
    sheets["Tính nháp"] = {(1, 1): "cộng", (99, 9): 5.0, (2, 2): "#ghi chú"}
    assert said(sheets) == [("FOREIGN_SHEET", "A1", None)]
    assert [cell for _, cell, _ in kept(sheets)] == ["A1", "B2", "I99"]


def test_a_table_of_another_round_is_left_aside_but_said_where_it_is_filled(sheets: dict[str, Cells]) -> None:
    other = PLAN.sheet("danh_gia")
    cells: Cells = {
        (9, 1): "#danh_gia",
        (9, 3): other.fields[0].id,
        (10, 1): "25456",
        (10, 2): "Đảng bộ",
        (11, 1): "#end",
    }
    sheets[other.tab] = cells
    assert (said(sheets), kept(sheets)) == ([], [])
    cells[10, 3] = 5.0
    finding = only(sheets)
    assert (finding.code, finding.sheet, finding.cell) == ("FOREIGN_SHEET", other.tab, "C10")
    assert "biểu của kỳ khác" in finding.message
    assert kept(sheets) == [(other.tab, "C10", "5")]


@pytest.mark.parametrize(
    ("tab", "gone", "meant"),
    [("Huong dan", GUIDE_TAB, "trang “Hướng dẫn”"), ("Ghi chú", GUIDE_TAB, ""), ("Huong dan", "", "")],
)
def test_a_name_near_to_the_templates_own_is_offered(sheets: dict[str, Cells], tab: str, gone: str, meant: str) -> None:
    sheets.pop(gone, None)
    sheets[tab] = {(1, 1): "x"}
    finding = only(sheets)
    assert (finding.code, finding.sheet) == ("FOREIGN_SHEET", tab)
    assert (f"Có phải {meant}?" in finding.message) == bool(meant)
    assert ("Có phải" in finding.message) == bool(meant)


def test_the_templates_own_sheets_are_nobodys_matter(sheets: dict[str, Cells]) -> None:
    sheets[TO_MEND_TAB] = {(1, 1): OWN_SHEET, (5, 2): "Chưa điền"}
    sheets["Bản in"] = {(1, 1): f" {OWN_SHEET} ", (5, 2): 7.0}
    sheets["_nhan dang"] = sheets.pop("_meta")
    assert (said(sheets), kept(sheets)) == ([], [])


def found_with(tab: str, change: Callable[[Cells], Cells], formulas: frozenset[tuple[int, int]]) -> Found:
    """What is found in the template with one sheet changed."""
    sheets = (
        replace(s, cells=change(dict(s.cells)), formulas=formulas) if s.name == tab else s for s in blank().sheets
    )
    return find_tables(replace(blank(), sheets=tuple(sheets)), PLAN, IDENTITY)


def every_formula(tab: str) -> frozenset[tuple[int, int]]:
    """As `read_workbook` tells them where no marker row is left."""
    part = f"xl/worksheets/sheet{1 + [s.name for s in blank().sheets].index(tab)}.xml"
    return formulas_above(inspect(blank_file()).parts[part], 1000, set())


def test_a_sheet_that_lost_its_markers_keeps_what_was_filled() -> None:
    def change(cells: Cells) -> Cells:
        cells[10, 3], cells[11, 6] = 125.0, "hội nghị riêng"
        del cells[9, 1]
        return cells

    found = found_with(TAB, change, every_formula(TAB))
    (finding,) = found.findings
    assert (finding.code, finding.severity, finding.sheet, finding.value) == ("SHEET_MISSING", "error", None, TAB)
    assert MARKERS_LOST in finding.message
    values = [(c.cell, c.value) for c in found.outside if int(c.cell[1:]) >= 9]
    assert values == [("C10", "125"), ("F11", "hội nghị riêng")]


def test_a_list_that_lost_its_hidden_column_does_not_list_its_numbers() -> None:
    tab = LIST.sheet.tab

    def left(at: tuple[int, int]) -> tuple[int, int]:
        return at[0], at[1] - 1

    def change(cells: Cells) -> Cells:
        return {left(at): value for at, value in {**cells, (10, 3): "kiến nghị"}.items() if at[1] > 1}

    found = found_with(tab, change, frozenset(map(left, every_formula(tab))))
    assert [f.code for f in found.findings] == ["SHEET_MISSING"]
    assert [(c.cell, c.value) for c in found.outside if int(c.cell[1:]) >= 9] == [("B10", "kiến nghị")]


def test_a_misspelt_marker_is_offered(sheets: dict[str, Cells]) -> None:
    sheets[TAB][9, 1], sheets[TAB][10, 3] = "#hoc_tp", 125.0
    finding = only(sheets)
    assert finding.code == "SHEET_MISSING"
    assert f"Có phải trang “{TAB}” (dòng ẩn nhận dạng bảng ghi “#hoc_tp”)? " in finding.message
    assert (TAB, "C10", "125") in kept(sheets)


def test_a_misspelt_name_without_markers_is_offered_both_ways(sheets: dict[str, Cells]) -> None:
    cells = sheets.pop(TAB)
    sheets["B2 Hoc tap moi"] = {(10, 3): 125.0, **{at: v for at, v in cells.items() if at[0] != 9}}
    missing, foreign = read(sheets)[1]
    assert (missing.code, foreign.code, foreign.sheet) == ("SHEET_MISSING", "FOREIGN_SHEET", "B2 Hoc tap moi")
    assert "Có phải trang “B2 Hoc tap moi” (đã mất dòng ẩn nhận dạng bảng)?" in missing.message
    assert f"Có phải biểu “{TAB}”?" in foreign.message


def test_one_sheet_stands_for_one_missing_sheet(sheets: dict[str, Cells]) -> None:
    sheets.pop(TAB)
    sheets["B5 Kế hoạch"][9, 1] = "#hoc_tap1"
    findings = read(sheets)[1]
    assert [(f.code.value, f.value, "Có phải" in f.message) for f in findings] == [
        ("SHEET_MISSING", TAB, True),
        ("SHEET_MISSING", "B5 Kế hoạch", False),
    ]


def test_a_telephone_number_is_never_quoted(sheets: dict[str, Cells]) -> None:
    tab, row = FORM.sheet.tab, FORM.row("703", "dien_thoai")
    sheets[tab][row, 3] = "0912345678"
    copy = {at: value for at, value in sheets[tab].items() if at[1] > 1 and at[0] != 9}
    sheets["Tờ khai"] = copy
    del sheets[tab][9, 1]
    found = find(sheets)
    assert {c.value for c in found.outside} == {HIDDEN}
    assert {c.tab for c in found.outside} == {tab, "Tờ khai"}
    assert "0912345678" not in repr(found)


def test_a_second_copy_is_kept_too(sheets: dict[str, Cells]) -> None:
    sheets[TAB][10, 3] = 8.0
    sheets[FORM.sheet.tab][FORM.row("703", "nguoi_lap"), 3] = "Trần Thị B"
    sheets["B2 Học tập (2)"] = {**sheets[TAB], (10, 3): 9.0}
    sheets["B0 Bìa (2)"] = {**sheets[FORM.sheet.tab], (FORM.row("703", "nguoi_lap"), 3): "Trần Thị A"}
    assert [f.code for f in find(sheets).findings] == ["SHEET_REPEATED", "SHEET_REPEATED"]
    assert kept(sheets) == [("B2 Học tập (2)", "C10", "9"), ("B0 Bìa (2)", "C13", HIDDEN)]


def test_what_its_own_finding_names_is_kept_as_well(sheets: dict[str, Cells]) -> None:
    cells = sheets[TAB]
    end = ORG.last_row + 1
    sheets[TAB] = cells = moved(cells, lambda r, c: (r + 2 * (r >= end), c))
    cells[end, 1], cells[end, 2], cells[end, 3] = "25630", "Đảng bộ xã Tân Bình", 7.0
    cells[end + 1, 1], cells[end + 1, 3] = ORG.keys[0], 8.0
    cells[9, 40], cells[10, 40] = "tong_dang_vien", 9.0
    cells[9, 41], cells[10, 41] = "ghi_chu", "thêm"
    codes = [f.code.value for f in find(sheets).findings]
    assert codes == ["COLUMN_REPEATED", "COLUMN_UNKNOWN", "ROW_UNKNOWN", "ROW_REPEATED"]
    assert [(cell, value) for _, cell, value in kept(sheets)] == [
        ("AN10", "9"),
        ("AO10", "thêm"),
        (f"B{end}", "Đảng bộ xã Tân Bình"),
        (f"C{end}", "7"),
        (f"C{end + 1}", "8"),
    ]


def test_rows_below_the_table_are_said_once_each(sheets: dict[str, Cells]) -> None:
    below = ORG.last_row + 3
    sheets[TAB].update({(below, 2): "Xã mới", (below, 3): 120.0, (below, 4): 100.0, (below + 1, 3): 5.0})
    assert said(sheets) == [
        ("OUTSIDE_TABLE", f"B{below}", f"dòng {below}: Xã mới; 120; 100"),
        ("OUTSIDE_TABLE", f"C{below + 1}", "5"),
    ]
    assert [cell for _, cell, _ in kept(sheets)] == [f"B{below}", f"C{below}", f"D{below}", f"C{below + 1}"]


def test_findings_are_capped_but_cells_are_kept(sheets: dict[str, Cells], monkeypatch: pytest.MonkeyPatch) -> None:
    sheets[TAB].update({(row, 3): float(row) for row in range(100, 600)})
    assert len(kept(sheets)) == 500
    monkeypatch.setattr(outside, "CELLS_LIMIT", 10)
    assert kept(sheets)[8:] == [(TAB, "C108", "108"), (TAB, "C109", "109"), (TAB, "C110", "(và 489 ô khác)")]


def test_long_text_is_kept_on_one_line_and_cut_at_last() -> None:
    (cell,) = listed([OutsideSheet("A", {(1, 1): "dòng 1\n\tdòng 2 " + "x" * 2000})])
    assert cell.value.startswith("dòng 1 dòng 2 xxx")
    assert (len(cell.value), cell.value[-1]) == (outside.WORDS_LIMIT, "…")
    assert listed([]) == ()


def test_a_total_that_was_typed_over(sheets: dict[str, Cells]) -> None:
    raw = blank()
    cells = {
        **sheets[TAB],
        (8, 3): 120.0,
        (8, 4): "100 người",
        (8, 6): "cả huyện",
        (8, 5): UncachedFormula("=SUM(E10)"),
    }
    typed = replace(next(s for s in raw.sheets if s.name == TAB), cells=cells)
    typed = replace(typed, formulas=typed.formulas - {(8, 3), (8, 4)})
    changed = tuple(typed if s.name == TAB else s for s in raw.sheets)
    found = find_tables(replace(raw, sheets=changed), PLAN, IDENTITY)
    (finding,) = found.findings
    assert (finding.code, finding.severity, finding.cell) == ("OUTSIDE_TABLE", "error", "C8")
    assert finding.value == "dòng 8: 120; 100 người; cả huyện"
    assert [(c.cell, c.value) for c in found.outside] == [("C8", "120"), ("D8", "100 người"), ("F8", "cả huyện")]


@pytest.mark.parametrize("at", [(2, 4), (5, 3), (6, 4), (8, 7)])
def test_a_number_in_the_head_where_the_template_has_none(sheets: dict[str, Cells], at: tuple[int, int]) -> None:
    assert (8, 7) not in sheets[TAB]
    raw = blank()
    changed = tuple(replace(s, cells={**s.cells, at: 57.0}) if s.name == TAB else s for s in raw.sheets)
    (finding,) = find_tables(replace(raw, sheets=changed), PLAN, IDENTITY).findings
    assert (finding.code, finding.value) == ("OUTSIDE_TABLE", "57")


def test_words_and_column_numbers_in_the_head_are_the_templates(sheets: dict[str, Cells]) -> None:
    cells = sheets[TAB]
    cells[6, 3], cells[3, 4], cells[8, 2] = "Tổng ĐV", "sửa tiêu đề", "CỘNG CẢ HUYỆN"
    sheets[TAB] = cells = moved(cells, lambda r, c: None if c == 5 else (r, c - (c > 5)))
    assert [code for code, _, _ in said(sheets)] == ["COLUMN_MISSING"]


def test_the_head_of_a_form(sheets: dict[str, Cells]) -> None:
    sheets[FORM.sheet.tab][7, 3] = 5.0
    assert said(sheets) == [("OUTSIDE_TABLE", "C7", HIDDEN)]


def test_the_self_checks_own_numbers_are_no_strangers(sheets: dict[str, Cells]) -> None:
    sheets[SELF_CHECK_TAB][60, 3] = 5.0
    assert said(sheets) == []
