"""A marked copy is the template with the clerk's own values in it: as typed, coloured, commented."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook

from pipelines.intake.tables import find_tables
from pipelines.intake.workbook import read_workbook
from pipelines.styles import ERROR_FILL, INPUT_FILL, WARNING_FILL
from pipelines.template import write_template
from pipelines.template.marks import differs
from pipelines.template.values import Moment
from schemas.handback import Entries, Mark
from schemas.layout import DECLARED, FIRST_ROW, META, NOT_APPLICABLE, NOTHING, TO_MEND_TAB, SheetLayout, layout
from schemas.plan_file import load_plan
from schemas.submission import ErrorCell, Identity, RawValue, RawWorkbook, UncachedFormula

if TYPE_CHECKING:
    from xlsxwriter import Workbook as NewWorkbook

    from pipelines.styles import Styles

PLAN = load_plan(Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022")
UNIT, ROUND = PLAN.unit("703"), PLAN.round("ket_qua")
ORG = [o.code for o in PLAN.organisations(UNIT)]
STAMP = "0f" * 16
RED, AMBER, TINT = (f"FF{colour[1:]}" for colour in (ERROR_FILL, WARNING_FILL, INPUT_FILL))
COVER, CONFERENCE, STUDY, SPREAD, LAUNCH = "B0 Bìa", "B1 Hội nghị", "B2 Học tập", "B3 Tuyên truyền", "B8 Phát động"
LONG = "x" * 40_000
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
MOMENT = datetime.combine(date(2022, 4, 28), time(8, 30))


def _front(workbook: NewWorkbook, styles: Styles) -> None:
    workbook.add_worksheet(TO_MEND_TAB).write_string(1, 1, "Cần sửa", styles.title)


def _copy(path: Path, entries: Entries, **more: Any) -> Path:
    write_template(PLAN, UNIT, ROUND, path, stamp=STAMP, entries=entries, **more)
    return path


def _there(sheet: str, rows: int = 0) -> SheetLayout:
    return layout(PLAN, UNIT, PLAN.sheet(sheet), ROUND.id, rows)


def _read(path: Path) -> dict[str, dict[tuple[int, int], RawValue]]:
    """What intake reads, by tab."""
    raw = read_workbook(path.read_bytes())
    assert isinstance(raw, RawWorkbook), raw
    return {sheet.name: dict(sheet.cells) for sheet in raw.sheets}


AS_TYPED: dict[str, tuple[str, str, RawValue, RawValue]] = {
    # name: (sheet, field, value, what intake reads back)
    "a count": ("hoc_tap", "tong_dang_vien", 125, 125),
    "a fraction": ("hoc_tap", "tong_dang_vien", 12.5, 12.5),
    "more digits than sixteen": ("hoc_tap", "tong_dang_vien", 1.9999999999999998, 1.9999999999999998),
    "a number too large": ("hoc_tap", "tong_dang_vien", 10**400, str(10**400)),
    "infinity": ("hoc_tap", "tong_dang_vien", float("inf"), "inf"),
    "digits as text": ("hoc_tap", "tong_dang_vien", "1.250", "1.250"),
    "true": ("hoc_tap", "tong_dang_vien", True, True),
    "a day in a count": ("hoc_tap", "tong_dang_vien", date(2022, 4, 28), "28/04/2022"),
    "an error": ("hoc_tap", "tong_dang_vien", ErrorCell("#REF!"), "#REF!"),
    "a formula": ("hoc_tap", "tong_dang_vien", UncachedFormula("=A1+1"), "=A1+1"),
    "a time": ("hoc_tap", "ngay_hoan_thanh", time(8, 30), "08:30"),
    "a duration": ("hoc_tap", "ngay_hoan_thanh", timedelta(hours=26, seconds=5), "26:00:05"),
    "a day": ("hoc_tap", "ngay_hoan_thanh", date(2022, 4, 28), date(2022, 4, 28)),
    "a moment": ("hoc_tap", "ngay_hoan_thanh", MOMENT, MOMENT),
    "the first day there is": ("hoc_tap", "ngay_hoan_thanh", date(1900, 1, 1), date(1900, 1, 1)),
    "the day before it": ("hoc_tap", "ngay_hoan_thanh", date(1899, 12, 31), "31/12/1899"),
    "the last day there is": (
        "hoc_tap",
        "ngay_hoan_thanh",
        datetime.combine(date(9999, 12, 31), time()),
        date(9999, 12, 31),
    ),
    "a day as text": ("hoc_tap", "ngay_hoan_thanh", "28/04/2022", "28/04/2022"),
    "a day in a choice": ("hoc_tap", "hinh_thuc", date(2022, 4, 28), date(2022, 4, 28)),
    "what looks like a formula": ("hoc_tap", "hinh_thuc", '=HYPERLINK("http://x")', '=HYPERLINK("http://x")'),
    "what looks like a link": ("hoc_tap", "hinh_thuc", "http://x.vn", "http://x.vn"),
    "what looks like markup": ("hoc_tap", "hinh_thuc", "<r> a & <b></r>", "<r> a & <b></r>"),
    "spaces and a line break": ("hoc_tap", "hinh_thuc", "  a \n b ", "  a \n b "),
    "a text no cell can hold": ("hoc_tap", "hinh_thuc", LONG, LONG[:32_766] + "…"),
}


NOT_KEPT = ("more digits than sixteen", "the first day there is", "the last day there is")
"""What LibreOffice changes when it saves a workbook again."""
ROW_OF = {case: [c for c in AS_TYPED if AS_TYPED[c][1] == AS_TYPED[case][1]].index(case) for case in AS_TYPED}
"""Each in a row of its own."""


@pytest.fixture(scope="module")
def as_typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    values = {(sheet, ORG[ROW_OF[case]], field): value for case, (sheet, field, value, _) in AS_TYPED.items()}
    return _copy(tmp_path_factory.mktemp("ban") / "a.xlsx", Entries(values))


@pytest.fixture(scope="module")
def read_back(as_typed: Path) -> dict[str, dict[tuple[int, int], RawValue]]:
    return _read(as_typed)


@pytest.mark.parametrize("case", AS_TYPED)
def test_values_come_back_as_they_were_typed(read_back: Any, case: str) -> None:
    sheet, field, _, wanted = AS_TYPED[case]
    there = _there(sheet)
    found = read_back[there.sheet.tab][there.row(ORG[ROW_OF[case]], field), there.column(field)]
    assert found == wanted
    assert isinstance(found, type(wanted) if type(wanted) is not int else float)


def test_totals_are_what_the_formulas_give_and_other_results_are_left_to_the_reader(as_typed: Path) -> None:
    book = load_workbook(as_typed, data_only=True)
    study = book[STUDY]
    assert study["C8"].value == 125 + 12.5 + 1.9999999999999998
    assert study["H8"].value is None
    assert book["Kiểm tra"]["B4"].value is None
    assert load_workbook(as_typed)["Kiểm tra"]["B4"].value.startswith("=")


# ---- marks


def _marked(path: Path, values: dict[Any, RawValue], marks: dict[Any, Mark], **more: Any) -> Workbook:
    return load_workbook(_copy(path, Entries(values, marks, more.pop("rows", {})), **more))


FAULT = Mark("error", ("Không phải số nguyên.", "Giá trị tìm thấy: một trăm", "Ghi lại bằng chữ số."))
ODD = Mark("warning", ("Số ghi dưới dạng chữ.",))


def _conditions(sheet: Any, cell: str) -> list[tuple[str, str]]:
    """The formulas and colours laid over a cell, the first first."""
    rules = [(r.priority, r) for span in sheet.conditional_formatting if cell in span for r in span.rules]
    return [(r.formula[0], r.dxf.fill.bgColor.rgb) for _, r in sorted(rules, key=lambda pair: pair[0])]


def test_a_marked_cell_has_colour_comment_and_the_look_of_its_field(tmp_path: Path) -> None:
    count, day = ("hoc_tap", ORG[0], "tong_dang_vien"), ("hoc_tap", ORG[1], "ngay_hoan_thanh")
    book = _marked(tmp_path / "a.xlsx", {count: "một trăm", day: "5/5/2022"}, {count: FAULT, day: ODD})
    sheet = book[STUDY]
    assert sheet["C10"].fill.fgColor.rgb == RED
    assert sheet["C10"].comment.text == "\n".join(FAULT.paragraphs)
    assert sheet["C10"].comment.author == PLAN.settings.office
    assert (sheet["C10"].number_format, sheet["C10"].alignment.horizontal) == ("#,##0", "right")
    assert not sheet["C10"].protection.locked
    assert sheet["G11"].fill.fgColor.rgb == AMBER
    assert sheet["G11"].number_format == "dd/mm/yyyy"
    assert sheet["C11"].fill.fgColor.rgb == TINT
    assert sheet["C11"].comment is None


def test_the_tint_comes_back_after_the_live_colours(tmp_path: Path) -> None:
    count, odd = ("hoc_tap", ORG[0], "tong_dang_vien"), ("hoc_tap", ORG[1], "tong_dang_vien")
    values: dict[Any, RawValue] = {count: "một trăm", odd: "100"}
    book = _marked(tmp_path / "a.xlsx", values, {count: FAULT, odd: ODD})
    fault, warned = _conditions(book[STUDY], "C10"), _conditions(book[STUDY], "C11")
    assert fault[-1] == ('IF(ISTEXT($C10),NOT(EXACT($C10,"một trăm")),TRUE)', TINT)
    assert {colour for _, colour in fault[:-1]} > {RED}
    assert warned[0][1] == AMBER, "taken with a warning, it is not shown as an error"
    assert warned[-1][1] == TINT


def test_a_broken_rule_fades_when_it_holds(tmp_path: Path) -> None:
    (rule,) = (r.id for r in PLAN.rules if r.sheet == "tai_lieu")
    place = ("tai_lieu", ORG[2], "ban_cap_phat")
    book = _marked(tmp_path / "a.xlsx", {place: 9}, {place: Mark("error", ("Quá số đã nhận.",), (rule,))})
    sheet = book["B4 Tài liệu"]
    (check,) = (c.column_letter for c in sheet[9] if c.value == f"!{rule}")
    fading = _conditions(sheet, "D12")[-1]
    assert fading == (f"OR(AND(${check}12=0),AND(IF(ISNUMBER($D12),$D12<>9,TRUE),${check}12<>1))", TINT)


def test_cells_of_a_form_declarations_and_rows_beyond_the_plan_can_be_marked(tmp_path: Path) -> None:
    values: dict[Any, RawValue] = {
        ("bia", "703", "nguoi_lap"): "A",
        ("phat_dong", ORG[0], DECLARED): "khong ap dung",
        ("hoc_tap", "", DECLARED): NOTHING,
        ("tuyen_truyen", "205", "luc_luong"): "Công đoàn",
        ("tuyen_truyen", "205", "so_buoi"): -1,
    }
    marks = dict.fromkeys(values, FAULT) | {("bia", "703", "nguoi_duyet"): FAULT}
    book = _marked(tmp_path / "a.xlsx", values, marks, rows={"tuyen_truyen": 205})
    there = _there("tuyen_truyen", 205)
    wanted = {
        (COVER, "C13"): "A",
        (COVER, "C15"): None,
        (LAUNCH, "G10"): "khong ap dung",
        (STUDY, "C4"): NOTHING,
        (SPREAD, there.address("205", "luc_luong")): "Công đoàn",
        (SPREAD, there.address("205", "so_buoi")): -1,
    }
    for (tab, cell), value in wanted.items():
        assert book[tab][cell].value == value
        assert book[tab][cell].fill.fgColor.rgb == RED
        assert book[tab][cell].comment is not None
        assert _conditions(book[tab], cell)[-1][1] == TINT
    assert book[SPREAD].cell(there.last_row, 1).value == "205"
    assert book[SPREAD].cell(there.last_row + 1, 1).value == "#end"
    assert book[SPREAD]["E8"].value == f"=SUM(E10:E{there.last_row})"


def test_an_entry_without_a_place_is_said(tmp_path: Path) -> None:
    for place in (("hoc_tap", "99999", "tong_dang_vien"), ("hoc_tap", ORG[0], "khac"), ("bia", "", DECLARED)):
        with pytest.raises(KeyError):
            _copy(tmp_path / "a.xlsx", Entries({place: 1}))


def test_what_a_cell_no_longer_holds() -> None:
    assert differs("C1", None) == 'NOT(IFERROR(LEN(TRIM(SUBSTITUTE(C1,"\u00a0"," ")))=0,FALSE))'
    assert differs("C1", 'a "b"') == 'IF(ISTEXT(C1),NOT(EXACT(C1,"a ""b""")),TRUE)'
    assert differs("C1", True) == "IF(ISLOGICAL(C1),C1<>TRUE,TRUE)"
    assert differs("C1", 12.5) == "IF(ISNUMBER(C1),C1<>12.5,TRUE)"
    assert differs("C1", Moment(44679.0, "date")) == "IF(ISNUMBER(C1),C1<>44679,TRUE)"
    assert "ABS(C1-0.3)" in differs("C1", 0.1 + 0.2)
    assert f'AND(LEN(C1)=300,EXACT(LEFT(C1,100),"{"x" * 100}"))' in differs("C1", "x" * 300)
    assert 'AND(LEN(C1)=3,EXACT(LEFT(C1,1),"a"))' in differs("C1", "a\nb")
    assert "LEN" not in differs("C1", "😀" * 300), "Excel counts two letters where LibreOffice counts one"


# ---- the workbook around it


def test_front_is_first_and_shows_when_the_copy_is_opened(tmp_path: Path) -> None:
    book = _marked(tmp_path / "a.xlsx", {}, {}, front=_front)
    assert book.sheetnames[:2] == [TO_MEND_TAB, "Hướng dẫn"]
    assert book.active is book[TO_MEND_TAB]
    assert [s.title for s in book if s.sheet_view.tabSelected] == [TO_MEND_TAB]
    blank = tmp_path / "b.xlsx"
    write_template(PLAN, UNIT, ROUND, blank, stamp=STAMP)
    assert load_workbook(blank).active.title == "Hướng dẫn"


def test_an_older_version_can_be_named(tmp_path: Path) -> None:
    book = _marked(tmp_path / "a.xlsx", {}, {}, version="abc")
    assert {a.value: b.value for a, b in book[META].iter_rows(max_col=2)}["template_version"] == "abc"
    assert {p.name: p.value for p in book.custom_doc_props.props}["template_version"] == "abc"


def test_the_same_entries_give_the_same_bytes(tmp_path: Path) -> None:
    place = ("hoc_tap", ORG[0], "tong_dang_vien")
    entries = Entries({place: "x"}, {place: FAULT})
    first, second = (_copy(tmp_path / f"{n}.xlsx", entries, front=_front) for n in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_rows_are_tall_enough_for_what_was_typed(tmp_path: Path) -> None:
    place, other = ("tuyen_truyen", "1", "hinh_thuc"), ("tuyen_truyen", "2", "hinh_thuc")
    book = _marked(tmp_path / "a.xlsx", {place: "Nói chuyện chuyên đề " * 20, other: LONG}, {})
    rows = book[SPREAD].row_dimensions
    assert rows[10].height > 100
    assert 400 < rows[11].height < 409
    assert rows[12].height is None


# ---- dropped back


def test_a_copy_dropped_back_is_a_report_without_a_remark_on_its_shape(tmp_path: Path) -> None:
    filled, declared = ("hoc_tap", ORG[0], "tong_dang_vien"), ("phat_dong", ORG[0], DECLARED)
    whole, last = ("kiem_tra", "", DECLARED), ("tuyen_truyen", "205", "luc_luong")
    values: dict[Any, RawValue] = {filled: "một trăm", declared: NOT_APPLICABLE, whole: NOTHING, last: "Công đoàn"}
    marks = dict.fromkeys(values, FAULT)
    path = _copy(tmp_path / "a.xlsx", Entries(values, marks, {"tuyen_truyen": 205}), front=_front)
    raw = read_workbook(path.read_bytes())
    assert isinstance(raw, RawWorkbook)
    found = find_tables(raw, PLAN, Identity(PLAN.id, ROUND.id, UNIT.code, PLAN.version, STAMP))
    assert [(f.code, f.sheet, f.cell) for f in found.findings] == []
    tables = found.tables
    study = {r.key: r for r in tables["hoc_tap"].records}
    assert study[ORG[0]].cells["tong_dang_vien"].value == "một trăm"
    launch = {r.key: r for r in tables["phat_dong"].records}
    assert launch[ORG[0]].declared is not None
    assert launch[ORG[0]].declared.value == NOT_APPLICABLE
    assert tables["kiem_tra"].declared is not None
    assert tables["kiem_tra"].declared.value == NOTHING
    assert [r.key for r in tables["tuyen_truyen"].records] == ["205"]


@pytest.mark.libreoffice
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_calculates_a_copy_when_it_opens_it(as_typed: Path, read_back: Any, tmp_path: Path) -> None:
    command = [str(SOFFICE), f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(tmp_path), str(as_typed)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    saved = tmp_path / as_typed.name
    verdict = load_workbook(saved, data_only=True)["Kiểm tra"]["B4"].value
    assert verdict.startswith("CÒN ")
    again = _read(saved)[STUDY]
    inputs = {place for place in read_back[STUDY] if place[0] >= FIRST_ROW and 3 <= place[1] <= 8}
    lost_by_libreoffice = {(10 + ROW_OF[case], _there("hoc_tap").column(AS_TYPED[case][1])) for case in NOT_KEPT}
    assert {p: again.get(p) for p in inputs - lost_by_libreoffice} == {
        p: read_back[STUDY][p] for p in inputs - lost_by_libreoffice
    }
