"""What is mended while reading is said, once each, and a plain right report has nothing to say."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pipelines.intake.tables import find_tables
from pipelines.intake.workbook import read_workbook
from schemas.finding import Finding
from schemas.layout import DECLARED, GUIDE_TAB, OWN_SHEET, SELF_CHECK_TAB, SELF_CHECK_TITLE, column_name
from schemas.submission import Concealed, RawWorkbook
from tests.intake_sheets import (
    IDENTITY,
    OLD,
    PLAN,
    Cells,
    blank,
    blank_file,
    blank_sheets,
    find,
    moved,
    place,
    read,
    said,
)

ORG, LIST, FORM = place("hoc_tap"), place("kho_khan"), place("bia")
DATES = place("phat_dong")
TAB = ORG.sheet.tab


@pytest.fixture
def sheets() -> dict[str, Cells]:
    return blank_sheets()


def only(sheets: dict[str, Cells]) -> Finding:
    (finding,) = read(sheets)[1]
    assert finding.severity == "warning"
    return finding


def raw_of(content: bytes) -> RawWorkbook:
    raw = read_workbook(content)
    assert isinstance(raw, RawWorkbook), raw
    return raw


def findings_of(content: bytes) -> tuple[Finding, ...]:
    return find_tables(raw_of(content), PLAN, IDENTITY).findings


def filled_by_openpyxl(epoch_1904: bool = False) -> bytes:
    """A report as a program would fill it: numbers, dates, choices, a row of a list, the cover."""
    book = openpyxl.load_workbook(io.BytesIO(blank_file()))
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    for cell, value in (("C10", 125), ("D10", 100), ("F10", "hội nghị riêng"), ("G10", date(2022, 4, 28))):
        book[TAB][cell] = value
    book[LIST.sheet.tab]["C10"], book[LIST.sheet.tab]["D10"] = "kiến nghị", "Cấp thêm tài liệu"
    book[FORM.sheet.tab][FORM.address("703", "nguoi_lap")] = "Trần Thị A"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_a_right_report_has_nothing_to_be_mended() -> None:
    assert find_tables(blank(), PLAN, IDENTITY).findings == ()
    assert find_tables(blank(), PLAN, IDENTITY).outside == ()
    assert findings_of(filled_by_openpyxl()) == ()


@pytest.mark.libreoffice
def test_a_right_report_saved_by_libreoffice_has_nothing_to_be_mended(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "a.xlsx").write_bytes(filled_by_openpyxl())
    profile = f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "ra"), "a.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    found = find_tables(raw_of((tmp_path / "ra" / "a.xlsx").read_bytes()), PLAN, IDENTITY)
    assert (found.findings, found.outside) == ((), ())
    assert found.tables["hoc_tap"].records[0].cells["ngay_hoan_thanh"].value == date(2022, 4, 28)


def test_an_old_template(sheets: dict[str, Cells]) -> None:
    (finding,) = find(sheets, OLD).findings
    assert (finding.code, finding.severity, finding.sheet, finding.value) == (
        "OLD_TEMPLATE",
        "warning",
        None,
        "0123456",
    )
    assert PLAN.version[:7] in finding.message
    (finding,) = find(sheets, replace(OLD, template_version="")).findings
    assert finding.value == "không ghi"


def test_a_renamed_sheet(sheets: dict[str, Cells]) -> None:
    renamed = {("Tờ 2" if tab == TAB else tab): cells for tab, cells in sheets.items()}
    finding = only(renamed)
    assert (finding.code, finding.sheet, finding.cell, finding.value) == ("SHEET_RENAMED", "Tờ 2", None, TAB)


@pytest.mark.parametrize("tab", ["B2 Ho\u0323c ta\u0323\u0302p", " B2 Học tập", "b2 học tập"])
def test_a_name_that_reads_the_same_is_no_other_name(sheets: dict[str, Cells], tab: str) -> None:
    assert said({(tab if old == TAB else old): cells for old, cells in sheets.items()}) == []


def test_sheets_in_another_order(sheets: dict[str, Cells]) -> None:
    order = list(sheets)
    order.insert(2, order.pop(order.index("B5 Kế hoạch")))
    finding = only({tab: sheets[tab] for tab in order})
    assert (finding.code, finding.sheet, finding.cell) == ("SHEETS_REORDERED", None, None)
    assert "(“B5 Kế hoạch” nay đứng sau “B0 Bìa”)" in finding.message


def test_the_first_sheet_and_a_reversed_file(sheets: dict[str, Cells]) -> None:
    order = [tab for tab in sheets if tab != TAB]
    assert f"“{TAB}” nay đứng đầu biểu" in only({tab: sheets[tab] for tab in [TAB, *order]}).message
    assert "và 8 chỗ khác" in only({tab: sheets[tab] for tab in reversed(sheets)}).message


def test_other_sheets_may_stand_anywhere(sheets: dict[str, Cells]) -> None:
    order = [SELF_CHECK_TAB, *(tab for tab in sheets if tab not in {SELF_CHECK_TAB, GUIDE_TAB}), GUIDE_TAB]
    assert said({tab: sheets[tab] for tab in order}) == []


@pytest.mark.parametrize(
    ("down", "right", "words"),
    [
        (2, 0, "(chèn 2 dòng phía trên bảng)"),
        (0, 1, "(chèn 1 cột bên trái)"),
        (2, 1, "(chèn 2 dòng phía trên bảng, chèn 1 cột bên trái)"),
        (-2, 0, "(xoá 2 dòng phía trên bảng)"),
    ],
)
def test_a_moved_table(sheets: dict[str, Cells], down: int, right: int, words: str) -> None:
    sheets[TAB] = moved(sheets[TAB], lambda r, c: (r + down, c + right) if r + down > 0 else None)
    finding = only(sheets)
    assert (finding.code, finding.sheet, finding.cell) == ("TABLE_MOVED", TAB, None)
    assert words in finding.message


@pytest.mark.parametrize("layout", [ORG, LIST, FORM])
def test_a_blank_column_slipped_into_a_table(sheets: dict[str, Cells], layout: object) -> None:
    tab = layout.sheet.tab  # type: ignore[attr-defined]
    sheets[tab] = moved(sheets[tab], lambda r, c: (r, c + (c > 2)))
    assert "(chèn 1 cột trống vào giữa bảng)" in only(sheets).message


def test_a_column_that_lost_its_id_is_missing_and_no_blank_column(sheets: dict[str, Cells]) -> None:
    del sheets[TAB][9, 5]
    assert [code for code, _, _ in said(sheets)] == ["COLUMN_MISSING"]


def test_columns_in_another_order(sheets: dict[str, Cells]) -> None:
    swap = {3: 6, 4: 3, 5: 4, 6: 5}
    sheets[TAB] = moved(sheets[TAB], lambda r, c: (r, swap.get(c, c)))
    finding = only(sheets)
    assert (finding.code, finding.sheet, finding.cell) == ("COLUMNS_REORDERED", TAB, None)
    assert "(“Tổng số đảng viên” nay đứng sau “Hình thức học tập tại cơ sở”)" in finding.message


def test_the_self_check_is_gone(sheets: dict[str, Cells]) -> None:
    del sheets[SELF_CHECK_TAB]
    finding = only(sheets)
    assert (finding.code, finding.sheet) == ("SELF_CHECK_LOST", None)


def test_the_self_check_under_another_name(sheets: dict[str, Cells]) -> None:
    assert SELF_CHECK_TITLE in sheets[SELF_CHECK_TAB].values()
    assert said({("Soát lỗi" if tab == SELF_CHECK_TAB else tab): cells for tab, cells in sheets.items()}) == []


def test_the_guide_may_go_or_be_renamed(sheets: dict[str, Cells]) -> None:
    sheets[GUIDE_TAB][1, 1] = OWN_SHEET
    assert said({("Đọc trước" if tab == GUIDE_TAB else tab): cells for tab, cells in sheets.items()}) == []
    del sheets[GUIDE_TAB]
    assert said(sheets) == []


def test_lost_validations_are_counted_over_the_file() -> None:
    bare = {TAB: 3 * len(ORG.keys), LIST.sheet.tab: 0}
    rest = tuple(
        replace(s, validated=tuple(v for v in s.validated if s.name != TAB or v[1] > 5)) for s in blank().sheets
    )
    (finding,) = find_tables(replace(blank(), sheets=rest), PLAN, IDENTITY).findings
    assert (finding.code, finding.sheet, finding.value) == ("VALIDATION_LOST", None, str(bare[TAB]))
    assert f"{bare[TAB]} ô đã mất" in finding.message
    assert f"trang “{TAB}” {bare[TAB]} ô" in finding.message


def test_a_single_cell_pasted_over_is_counted() -> None:
    first = (10, 3, 10, 3)

    def torn(v: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
        return [(11, 3, v[2], 3)] if v[:2] == first[:2] else [v]

    rest = [replace(s, validated=tuple(r for v in s.validated for r in torn(v))) for s in blank().sheets]
    changed = [s if s.name == TAB else old for s, old in zip(rest, blank().sheets, strict=True)]
    (finding,) = find_tables(replace(blank(), sheets=tuple(changed)), PLAN, IDENTITY).findings
    assert finding.value == "1"


def test_a_program_that_writes_no_validation_gets_one_warning() -> None:
    bare = tuple(replace(sheet, validated=()) for sheet in blank().sheets)
    (finding,) = find_tables(replace(blank(), sheets=bare), PLAN, IDENTITY).findings
    assert finding.code == "VALIDATION_LOST"
    assert "và 5 trang khác" in finding.message


def test_rows_that_a_clerk_added_never_had_a_validation() -> None:
    sheets = blank_sheets()
    tab, end = LIST.sheet.tab, LIST.last_row + 1
    sheets[tab] = cells = moved(sheets[tab], lambda r, c: (r + (r >= end), c))
    cells[end, 3], cells[end, 4] = "kiến nghị", "thêm một dòng"
    raw = tuple(replace(sheet, cells=sheets[sheet.name], concealed=Concealed()) for sheet in blank().sheets)
    found = find_tables(replace(blank(), sheets=raw), PLAN, IDENTITY)
    assert found.findings == ()
    assert [r.row for r in found.tables["kho_khan"].records] == [end]


def test_days_counted_from_1904() -> None:
    content = filled_by_openpyxl(epoch_1904=True)
    raw = raw_of(content)
    assert raw.epoch_1904
    found = find_tables(raw, PLAN, IDENTITY)
    (finding,) = found.findings
    assert (finding.code, finding.severity, finding.sheet) == ("EPOCH_1904", "warning", None)
    assert f"ví dụ ô G10, trang “{TAB}”: 28/04/2022" in finding.message
    assert found.tables["hoc_tap"].records[0].cells["ngay_hoan_thanh"].value == date(2022, 4, 28)


def test_1904_does_not_matter_where_no_day_stands() -> None:
    assert find_tables(replace(blank(), epoch_1904=True), PLAN, IDENTITY).findings == ()


def test_lost_fields_are_named_in_the_table(sheets: dict[str, Cells]) -> None:
    sheets[TAB] = moved(sheets[TAB], lambda r, c: None if c == 4 else (r, c - (c > 4)))
    del sheets[FORM.sheet.tab][FORM.row("703", "dien_thoai"), 1]
    tables, _ = read(sheets)
    assert tables["hoc_tap"].lost == ("du_hoi_nghi",)
    assert tables["bia"].lost == ("dien_thoai",)
    assert tables["kho_khan"].lost == ()


def test_an_older_template_may_not_have_had_the_column(sheets: dict[str, Cells]) -> None:
    sheets[TAB] = moved(sheets[TAB], lambda r, c: None if c == 4 else (r, c - (c > 4)))
    old, missing = find(sheets, OLD).findings
    assert (old.code, missing.code) == ("OLD_TEMPLATE", "COLUMN_MISSING")
    assert "biểu mẫu phiên bản cũ đã dùng có thể chưa có cột này" in missing.message
    assert "phiên bản cũ" not in only_error(sheets).message


def only_error(sheets: dict[str, Cells]) -> Finding:
    (finding,) = read(sheets)[1]
    assert finding.severity == "error"
    return finding


def test_a_column_of_a_former_plan_is_no_silence(sheets: dict[str, Cells]) -> None:
    cells = sheets[TAB]
    cells[6, 40], cells[9, 40] = "Số buổi học bù", "so_buoi_hoc_bu"
    assert [f.code for f in find(sheets, OLD).findings] == ["OLD_TEMPLATE"]
    cells[10, 40] = 3.0
    found = find(sheets, OLD)
    assert [(f.code.value, f.severity) for f in found.findings] == [
        ("OLD_TEMPLATE", "warning"),
        ("COLUMN_UNKNOWN", "error"),
    ]
    assert [(c.tab, c.cell, c.value) for c in found.outside] == [(TAB, "AN10", "3")]


@pytest.mark.parametrize(
    ("written", "header"),
    [("du_hoi_ngi", None), ("cot_moi", "Hoc tai hoi nghi truc tuyen"), ("Du_Hoi_Nghi", "x")],
)
def test_a_misspelt_column_is_not_read_but_offered(sheets: dict[str, Cells], written: str, header: str | None) -> None:
    cells = sheets[TAB]
    cells[9, 4], cells[10, 4] = written, 7.0
    if header is not None:
        cells[6, 4] = header
    tables, (unknown, missing) = read(sheets)
    assert (unknown.code, unknown.cell, missing.code) == ("COLUMN_UNKNOWN", "D9", "COLUMN_MISSING")
    assert "Có phải cột “Học tại hội nghị trực tuyến”? " in unknown.message
    assert "du_hoi_nghi" not in tables["hoc_tap"].records[0].cells


def test_an_old_template_has_no_column_for_declarations(sheets: dict[str, Cells]) -> None:
    col = ORG.column(DECLARED)
    sheets[TAB] = {(r, c): v for (r, c), v in sheets[TAB].items() if c != col and (r, c) != (4, 1)}
    tables, findings = read(sheets)
    assert findings == [], column_name(col)
    assert tables["hoc_tap"].declared is None
