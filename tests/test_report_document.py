"""The consolidated workbook as an official document: its head, its totals, its charts, and nothing Excel stops at."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Xml

import openpyxl
import pytest

from pipelines.report import narrowed, write_report
from pipelines.report.chart_figures import MOST_DAYS, day_by_day
from pipelines.report.letterhead import DOTS
from pipelines.report.overview import headline
from pipelines.report.to_do import NOTHING_TO_DO, tasks
from schemas.plan_file import load_plan
from schemas.results import UNIT_STATES, IndicatorState, IndicatorTotal, UnitStatus
from tests.test_report import PLAN_FOLDER, empty, find, realistic
from tests.xlsx_package import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.consolidation import Consolidation
    from schemas.plan import Plan

DONE: IndicatorState = "hoan_thanh"
FONT = "Times New Roman"
OVERVIEW, PROGRESS, RATES, FRACTIONS = "Tổng quan", "Tiến độ nộp", "Tỷ lệ hoàn thành", "Tử số, mẫu số"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(PLAN_FOLDER)


@pytest.fixture(scope="module")
def province(plan: Plan) -> Consolidation:
    return realistic(plan)


@pytest.fixture(scope="module")
def path(province: Consolidation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("document") / "tong-hop.xlsx"
    write_report(province, path)
    return path


@pytest.fixture(scope="module")
def book(path: Path) -> Any:
    return openpyxl.load_workbook(path, data_only=True)


@pytest.fixture(scope="module")
def formulas(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def short(result: Consolidation) -> Consolidation:
    """The same without its long tables."""
    rows = tuple(replace(table, rows=()) for table in result.rows)
    return replace(result, rows=rows, findings=(), sources=(), by_organisation=())


def exempt(result: Consolidation) -> Consolidation:
    """Every unit exempt."""

    def unit(u: UnitStatus) -> UnitStatus:
        nothing = replace(u, state="mien", due=None, first_submitted_at=None, accepted_at=None, version=None)
        return replace(nothing, sha256=None, days_late=0, days_overdue=0, errors=0, note="Được miễn.")

    def total(i: IndicatorTotal) -> IndicatorTotal:
        counted = 0 if i.kind in ("reporting", "on_time") else None
        none = replace(i, numerator=counted, denominator=counted, rate=None, lower_bound=None, days_overdue=0)
        return replace(none, state=None if i.kind == "volume" else "khong_ap_dung", units_reported=0, units_expected=0)

    return replace(
        short(result),
        units=tuple(unit(u) for u in result.units),
        indicators=tuple(total(i) for i in result.indicators),
        by_group=tuple(total(i) for i in result.by_group),
        by_unit=(),
    )


def full(result: Consolidation) -> Consolidation:
    """Every unit on time, every rate 100 %."""
    done = datetime(2022, 5, 9, 3, tzinfo=UTC)

    def total(i: IndicatorTotal) -> IndicatorTotal:
        units = sum(not i.group or u.group == i.group for u in result.units)
        whole = units if i.kind in ("reporting", "on_time") else units * 10
        sums = replace(i, numerator=whole, denominator=None if i.kind == "volume" else whole, days_overdue=0)
        covered = replace(sums, units_reported=units, units_expected=units)
        return replace(covered, rate=None if i.kind == "volume" else 1.0, state=None if i.kind == "volume" else DONE)

    prompt = [replace(u, first_submitted_at=done, accepted_at=done, days_late=0) for u in result.units]
    units = [replace(u, state="dung_han", days_overdue=0, errors=0) for u in prompt]
    figures = [
        replace(f, numerator=10, denominator=None if f.indicator.startswith("KL") else 10, days_overdue=0)
        for f in result.by_unit
    ]
    return replace(
        short(result),
        units=tuple(units),
        indicators=tuple(total(i) for i in result.indicators),
        by_group=tuple(total(i) for i in result.by_group),
        by_unit=tuple(
            replace(f, rate=1.0 if f.denominator else None, state=DONE if f.denominator else None) for f in figures
        ),
    )


def one_group(result: Consolidation) -> Consolidation:
    """What one group's workbook shows."""
    group = result.units[0].group
    return narrowed(result, [u.unit.code for u in result.units if u.group == group], group)


def overlong(result: Consolidation) -> Consolidation:
    """A province with texts that no cell holds."""
    return replace(short(result), units=tuple(replace(u, note="ă\n" * 40_000) for u in result.units))


PROVINCES: dict[str, Callable[[Consolidation], Consolidation]] = {
    "as it is": lambda result: result,
    "nothing known": lambda result: empty(result.plan),
    "all exempt": exempt,
    "all done": full,
    "one group": one_group,
    "long texts": overlong,
}


@pytest.mark.parametrize("kind", PROVINCES)
def test_nothing_in_the_file_stops_excel(province: Consolidation, kind: str, tmp_path: Path) -> None:
    write_report(PROVINCES[kind](province), tmp_path / "t.xlsx")
    assert faults(tmp_path / "t.xlsx") == []


BREAKS = {
    "merged cells overlap": (r'(<mergeCell ref="[^"]+"/>)', r"\1\1"),
    "leads to": (r"location=\"[^\"]+\"", "location=\"'Không có'!A1\""),
    "no cached value": (r"</f><v>[^<]*</v>", "</f>"),
    "names no sheet": (r"<f>COUNTIF\('Tiến độ nộp'!", "<f>COUNTIF('Tiến độ'!"),
    "out of order": (r"(<mergeCells.*</mergeCells>)(.*)(<pageMargins)", r"\2\1\3"),
    "format 9999": (r' s="\d+"', ' s="9999"'),
    "not well-formed": (r"<sheetData>", "<sheetData>&"),
}


@pytest.mark.parametrize("said", BREAKS)
def test_what_would_stop_excel_is_seen(path: Path, said: str, tmp_path: Path) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "t.xlsx", "w") as broken:
        for name in whole.namelist():
            part = whole.read(name)
            if name == sheet:
                part = re.sub(*BREAKS[said], part.decode(), count=1, flags=re.DOTALL).encode()
            broken.writestr(name, part)
    assert any(said in fault for fault in faults(tmp_path / "t.xlsx"))


def test_the_first_page_has_the_head_of_a_party_document(book: Any) -> None:
    sheet = book[OVERVIEW]
    said = [[c.value for c in row if c.value] for row in sheet.iter_rows(max_row=7)]
    assert said == [
        ["TỈNH UỶ TÂY NINH", "ĐẢNG CỘNG SẢN VIỆT NAM"],
        ["BAN TUYÊN GIÁO"],
        ["*"],
        ["Số ……-BC/……", "Tây Ninh, ngày …… tháng …… năm 2022"],
        [],
        ["BÁO CÁO TỔNG HỢP"],
        ["Kết quả thực hiện Kế hoạch số 70-KH/TU"],
    ]
    party, dated = find(sheet, "ĐẢNG CỘNG SẢN VIỆT NAM"), find(sheet, "Tây Ninh, ngày …… tháng …… năm 2022")
    assert party.font.b
    assert party.font.u == "single"
    assert dated.font.i
    signed = [c.value for row in sheet.iter_rows(min_row=sheet.max_row - 3) for c in row if c.value]
    assert signed == [
        *("NGƯỜI LẬP BIỂU", "LÃNH ĐẠO BAN TUYÊN GIÁO", "(Ký, ghi rõ họ tên)", "(Ký, ghi rõ họ tên)"),
        *(DOTS * 5, DOTS * 5),
    ], "room to sign, and nobody's name"


def test_every_other_page_has_a_short_form_of_it(book: Any) -> None:
    for sheet in book.worksheets[1:]:
        first = [c.value for c in sheet[1] if c.value]
        assert first == ["TỈNH UỶ TÂY NINH – BAN TUYÊN GIÁO", "ĐẢNG CỘNG SẢN VIỆT NAM"], sheet.title


def test_a_narrowed_workbook_says_whose_it_is(province: Consolidation, tmp_path: Path) -> None:
    part = short(one_group(province))
    write_report(part, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)
    assert find(book[OVERVIEW], f"Kết quả thực hiện Kế hoạch số 70-KH/TU – {part.scope}")
    for sheet in book.worksheets[1:]:
        assert str(sheet["A2"].value).endswith(part.scope.upper()), sheet.title
    assert part.scope in book.properties.title


def test_properties_say_what_it_is_and_up_to_which_day(book: Any) -> None:
    said = book.properties
    assert "70-KH/TU" in said.title
    assert (said.creator, said.category) == ("Ban Tuyên giáo Tỉnh uỷ", "Báo cáo tổng hợp")
    assert "Số liệu đến hết ngày 15/05/2022" in said.description
    assert said.created == said.modified == datetime(2022, 5, 15)  # noqa: DTZ001


def test_one_font_everywhere(path: Path) -> None:
    with zipfile.ZipFile(path) as parts:
        styles = Xml.fromstring(parts.read("xl/styles.xml"))
        drawn = [Xml.fromstring(parts.read(n)) for n in parts.namelist() if n.startswith("xl/charts/chart")]
    named = {e.get("val") for e in styles.iter() if e.tag.endswith("}name") and e.get("val")}
    assert named == {FONT}
    assert {e.get("typeface") for chart in drawn for e in chart.iter(f"{A}latin")} == {FONT}


def test_every_page_prints_all_of_it_on_a4(book: Any) -> None:
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_area.replace("$", "") == f"'{sheet.title}'!{sheet.dimensions}", sheet.title
        assert "Trang &P/&N" in sheet.oddFooter.right.text


def test_the_states_are_counted_where_the_units_stand(book: Any, formulas: Any, province: Consolidation) -> None:
    sheet, counts = formulas[OVERVIEW], province.state_counts()
    units = len(province.units)
    for state, label in UNIT_STATES.items():
        row = find(sheet, label).row
        assert sheet.cell(row, 3).value == f"=COUNTIF('{PROGRESS}'!$E$6:$E${5 + units},A{row})"
        assert book[OVERVIEW].cell(row, 3).value == counts[state]
    shown = [cell.value for cell in formulas[PROGRESS]["E"][5:]]
    assert shown == [UNIT_STATES[u.state] for u in province.units]
    assert find(sheet, "Cộng các trạng thái").row


def test_totals_are_sums_over_the_units(book: Any, formulas: Any, province: Consolidation) -> None:
    sheet, shown = formulas[FRACTIONS], book[FRACTIONS]
    labels = ["Toàn tỉnh", *dict.fromkeys(u.group for u in province.units)]
    totals = {(i.group or "Toàn tỉnh", i.id): i for i in (*province.indicators, *province.by_group)}
    ids = {c.column: str(c.value).split(" ")[0] for c in sheet[5] if c.column > 3 and c.value}
    for label in labels:
        row = find(sheet, label).row
        for col, indicator in ids.items():
            total = totals[label, indicator]
            wanted = [total.numerator, total.denominator] if total.kind == "rate" else [total.numerator]
            for cell, value in enumerate(wanted, col):
                assert str(sheet.cell(row, cell).value).startswith("=SUM(")
                assert shown.cell(row, cell).value == (value or 0)
                assert _summed(shown, sheet.cell(row, cell).value) == (value or 0)


def _summed(shown: Any, formula: str) -> int:
    inside = formula.removeprefix("=SUM(").removesuffix(")")
    ranges = [shown[part] for part in inside.split(",")]
    cells = [c for r in ranges for row in (r if isinstance(r, tuple) else ((r,),)) for c in row]
    return sum(c.value or 0 for c in cells)


def test_rates_of_groups_and_province_are_quotients(formulas: Any, province: Consolidation) -> None:
    sheet = formulas[RATES]
    for label in ("Toàn tỉnh", *dict.fromkeys(u.group for u in province.units)):
        row = find(sheet, label).row
        cells = [c.value for c in sheet[row] if c.column > 3 and c.value not in ("–", "chưa báo cáo")]
        assert cells
        assert all(str(c).startswith((f"=IF('{FRACTIONS}'!", f"='{FRACTIONS}'!")) for c in cells), label


def test_four_native_charts_follow_cells(path: Path) -> None:
    with zipfile.ZipFile(path) as parts:
        charts = [Xml.fromstring(parts.read(n)) for n in parts.namelist() if n.startswith("xl/charts/chart")]
    assert len(charts) == 4
    for chart in charts:
        series = list(chart.iter(f"{C}ser"))
        assert series
        for one in series:
            drawn = [one.find(f"{C}{axis}//{C}f") for axis in ("cat", "val")]
            assert all(f is not None and f.text and "!" in f.text for f in drawn)
            assert one.find(f"{C}val//{C}pt/{C}v") is not None, "drawn before anything is calculated"
    names = [e.text for chart in charts for e in chart.iter(f"{C}v") if e.text]
    assert "Hạn nộp 10/05/2022" in names


def test_the_days_are_counted_up_to_the_states(province: Consolidation) -> None:
    days = day_by_day(province)
    assert [d.day for d in days] == [days[0].day + timedelta(days=n) for n in range(len(days))]
    assert days[-1].day == province.as_of
    assert days[-1].accepted == sum(u.state in ("dung_han", "tre_han") for u in province.units)
    accepted = [d.accepted or 0 for d in days]
    assert accepted == sorted(accepted)


def test_of_a_long_time_only_the_days_around_a_change_are_listed(province: Consolidation) -> None:
    later = replace(province, as_of=date(2024, 5, 15))
    days, daily = day_by_day(later), {d.day: d for d in day_by_day(province)}
    assert len(days) < MOST_DAYS
    assert days[-1].day == date(2024, 5, 15)
    assert province.round.due in {d.day for d in days}
    known = {d.day: d for d in days}
    assert all(known[day] == daily[day] for day in known.keys() & daily.keys())
    kept = sorted(known)
    for before, after in pairwise(kept):
        if (after - before).days > 1:
            assert (known[before].sent, known[before].accepted) == (known[after].sent, known[after].accepted)


def test_days_to_come_up_to_the_due_day_are_blank(province: Consolidation) -> None:
    days = day_by_day(replace(province, as_of=date(2022, 5, 8)))
    assert days[-1].day == date(2022, 5, 10)
    assert [(d.sent, d.accepted) for d in days if d.day > date(2022, 5, 8)] == [(None, None)] * 2


def test_the_next_steps_name_whom_and_lead_to_their_page(book: Any, province: Consolidation) -> None:
    sheet = book[OVERVIEW]
    listed = tasks(province)
    overdue = [u.unit.name for u in province.units if u.state == "qua_han"]
    assert listed[0].number == len(overdue)
    assert all(name in listed[0].words for name in overdue)
    for task in listed:
        row = find(sheet, task.words).row
        assert sheet.cell(row, 1).value == task.number
        assert task.tab in book.sheetnames
        assert sheet.cell(row, 10).hyperlink.location == f"'{task.tab}'!A1"


def test_before_the_due_day_the_days_left_are_said(province: Consolidation) -> None:
    waiting = tuple(replace(u, state="chua_den_han", days_overdue=0, errors=0) for u in province.units)
    early = replace(province, units=waiting, as_of=date(2022, 5, 1), indicators=())
    assert [t.words for t in tasks(early)] == ["đơn vị chưa nộp báo cáo; hạn nộp 10/05/2022, còn 9 ngày"]
    assert tasks(early)[0].number == len(waiting)


def test_a_full_province_has_nothing_to_do(province: Consolidation, tmp_path: Path) -> None:
    done = full(province)
    write_report(done, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)[OVERVIEW]
    assert find(sheet, NOTHING_TO_DO)
    assert headline(done) == (
        "Đến hết ngày 15/05/2022, 29/29 đơn vị đã có báo cáo được chấp nhận (100,0 %), trong đó 29 đơn vị đúng hạn; "
        "0 đơn vị quá hạn."
    )


def test_where_all_are_exempt_there_are_dashes(province: Consolidation, tmp_path: Path) -> None:
    write_report(exempt(province), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)[OVERVIEW]
    assert find(sheet, "Không có đơn vị nào phải báo cáo trong kỳ này.")
    for label in ("Tỷ lệ nộp báo cáo (NB)", "Tỷ lệ nộp đúng hạn"):
        assert sheet.cell(find(sheet, label).row, 3).value == "–"


def test_numbers_are_written_the_vietnamese_way(formulas: Any) -> None:
    written = {c.number_format for sheet in formulas for row in sheet.iter_rows() for c in row if c.value is not None}
    grouped = {f for f in written if "#,##0" in f}
    shares = {f for f in written if "%" in f}
    assert all("[$-42A]" in f for f in grouped | shares)
    assert shares == {'[>=1][$-42A]0.0\\ %;[>=0.9995]"99,9 %";[$-42A]0.0\\ %'}
