"""The consolidated workbook says what the consolidation says, in every cell, and nothing a clerk typed comes alive."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from pipelines.report import report_digest, write_report
from pipelines.report.changes import NO_EARLIER
from pipelines.report.decisions import NO_CONTROL
from pipelines.report.organisations import NO_FIGURES
from pipelines.report.overdue import overdue_indicators, overdue_units
from pipelines.report.page import tab_name
from pipelines.report.signs import NO_SIGNS
from schemas.consolidation import Consolidation
from schemas.finding import Finding, FindingCode
from schemas.plan_file import load_plan
from schemas.results import (
    UNIT_STATES,
    DataRow,
    IndicatorState,
    IndicatorTotal,
    ListedFinding,
    SheetRows,
    Source,
    UnitIndicator,
    UnitState,
    UnitStatus,
    percent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.plan import Field, Plan, Unit

PLAN_FOLDER = Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022"
AS_OF = date(2022, 5, 15)
STATES: tuple[UnitState, ...] = (
    *("dung_han",) * 16,
    *("tre_han",) * 5,
    *("qua_han",) * 4,
    "loi",
    "chua_den_han",
    "chua_den_han",
    "mien",
)
HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "http://x", "{=1}", "mailto:a@b", "@SUM(A1)", "-2+3")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(PLAN_FOLDER)


@pytest.fixture(scope="module")
def province(plan: Plan) -> Consolidation:
    return realistic(plan)


@pytest.fixture(scope="module")
def workbook_path(province: Consolidation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "tong-hop.xlsx"
    write_report(province, path)
    return path


@pytest.fixture(scope="module")
def workbook(workbook_path: Path) -> Any:
    return openpyxl.load_workbook(workbook_path, data_only=True)


def realistic(plan: Plan, seed: int = 70) -> Consolidation:
    """29 units in every state, random figures, fixed seed."""
    chance = random.Random(seed)
    states = list(STATES)
    chance.shuffle(states)
    units = tuple(_status(plan, u, s, chance) for u, s in zip(plan.reporting_units, states, strict=True))
    rounds = plan.round("ket_qua")
    by_unit = tuple(_unit_figures(plan, units, chance))
    groups = dict.fromkeys(u.group for u in units)
    indicators = plan.indicators_of_round(rounds.id)
    return Consolidation(
        plan=plan,
        round=rounds,
        as_of=AS_OF,
        units=units,
        indicators=tuple(_total(i, "", units, by_unit) for i in indicators),
        by_group=tuple(_total(i, g, units, by_unit) for g in groups for i in indicators),
        by_unit=by_unit,
        rows=tuple(SheetRows(s, tuple(_rows(plan, s, units, chance))) for s in plan.sheets_of_round(rounds.id)),
        findings=tuple(_findings(units)),
        sources=tuple(_sources(plan, units)),
    )


def _status(plan: Plan, unit: Unit, state: UnitState, chance: random.Random) -> UnitStatus:
    done = state in ("dung_han", "tre_han")
    late = chance.randint(1, 5) if state == "tre_han" else 0
    overdue = chance.randint(1, 5) if state == "qua_han" else 0
    arrived = datetime(2022, 5, 10, 9, 30, tzinfo=UTC) + timedelta(days=late or -chance.randint(0, 9))
    submitted = done or state == "loi" or overdue == 5
    notes = {
        "qua_han": "Đã gửi nhưng các bản gửi đều bị trả lại, chưa có bản nào được chấp nhận"
        if submitted
        else "Chưa gửi báo cáo",
        "loi": "Bản gửi ngày 14/05/2022 có lỗi, chờ gửi lại",
        "tre_han": f"Được chấp nhận sau hạn {late} ngày",
        "mien": "Được miễn theo quyết định của Ban Tuyên giáo Tỉnh uỷ",
    }
    return UnitStatus(
        unit=unit,
        group=plan.group(unit),
        state=state,
        due=None if state == "mien" else date(2022, 5, 10),
        first_submitted_at=arrived if submitted else None,
        accepted_at=arrived if done else None,
        days_late=late,
        days_overdue=overdue,
        version=chance.randint(1, 3) if done else None,
        sha256=f"{chance.getrandbits(256):064x}" if done else None,
        errors=0 if done or not submitted else chance.randint(1, 9),
        warnings=chance.randint(0, 3) if submitted else 0,
        note=notes.get(state, ""),
    )


def _unit_figures(plan: Plan, units: tuple[UnitStatus, ...], chance: random.Random) -> Iterator[UnitIndicator]:
    for status in units:
        for indicator in plan.indicators_of_round("ket_qua"):
            if indicator.kind not in ("rate", "volume"):
                continue
            code = status.unit.code
            if status.accepted_at is None:
                state: IndicatorState | None = "chua_bao_cao" if indicator.kind == "rate" else None
                yield UnitIndicator(code, indicator.id, None, None, None, state, 0)
            elif indicator.kind == "volume":
                yield UnitIndicator(code, indicator.id, chance.randint(0, 4000), None, None, None, 0)
            else:
                whole = 0 if chance.random() < 0.08 else chance.randint(20, 2500)
                part = whole if chance.random() < 0.4 else round(whole * chance.random())
                days = (AS_OF - indicator.deadline).days if indicator.deadline else 0
                short = part < whole
                state = "qua_han" if short and days > 0 else "dang_thuc_hien" if short else "hoan_thanh"
                if whole == 0:
                    state = "khong_ap_dung"
                rate = part / whole if whole else None
                yield UnitIndicator(code, indicator.id, part, whole, rate, state, days if state == "qua_han" else 0)


def _total(
    indicator: Any, group: str, units: tuple[UnitStatus, ...], by_unit: tuple[UnitIndicator, ...]
) -> IndicatorTotal:
    members = [u for u in units if not group or u.group == group]
    wanted = [u for u in members if u.state != "mien"]
    codes = {u.unit.code for u in members}
    mine = [f for f in by_unit if f.indicator == indicator.id and f.unit in codes and f.numerator is not None]
    if indicator.kind in ("reporting", "on_time"):
        good = ("dung_han",) if indicator.kind == "on_time" else ("dung_han", "tre_han")
        part, whole = sum(u.state in good for u in members), len(wanted)
        reported = sum(u.accepted_at is not None for u in members)
    else:
        part, whole, reported = sum(f.numerator or 0 for f in mine), sum(f.denominator or 0 for f in mine), len(mine)
    rate = part / whole if whole and indicator.kind != "volume" else None
    days = max(0, (AS_OF - indicator.deadline).days) if indicator.deadline else 0
    state: IndicatorState | None = None
    if indicator.kind != "volume":
        state = "khong_co_han" if indicator.deadline is None else "qua_han" if days and rate != 1 else "dang_thuc_hien"
    bound = indicator.kind == "rate" and not group and rate is not None
    return IndicatorTotal(
        id=indicator.id,
        label=indicator.label,
        kind=indicator.kind,
        group=group,
        numerator=part if reported else None,
        denominator=None if indicator.kind == "volume" or not reported else whole,
        rate=rate,
        target=indicator.target / 100 if indicator.target else None,
        deadline=indicator.deadline,
        state=state,
        days_overdue=days if state == "qua_han" else 0,
        units_reported=reported,
        units_expected=len(wanted),
        lower_bound=rate * 0.8 if bound and rate is not None else None,
        lower_bound_units=3 if bound else 0,
    )


def _rows(plan: Plan, sheet: Any, units: tuple[UnitStatus, ...], chance: random.Random) -> Iterator[DataRow]:
    for status in units:
        if status.accepted_at is None or not plan.applies(sheet, status.unit, "ket_qua"):
            continue
        bodies: tuple[Unit | None, ...] = plan.organisations(status.unit) if sheet.kind == "org" else (None,)
        for number, body in enumerate(bodies * (3 if sheet.kind == "list" else 1)):
            yield DataRow(
                unit=status.unit,
                organisation=body,
                values={f.id: _value(plan, f, chance) for f in sheet.fields if f.stored},
                source_name=f"Bao cao {status.unit.code} (sua lan {status.version}).xlsx",
                sha256=status.sha256 or "",
                version=status.version or 1,
                tab=sheet.tab,
                excel_row=12 + number,
            )


def _value(plan: Plan, field: Field, chance: random.Random) -> str | int | date | None:
    if not field.required and chance.random() < 0.2:
        return None
    if field.type == "count":
        return chance.randint(0, 1800)
    if field.type == "date":
        return date(2022, 4, chance.randint(6, 30))
    if field.type == "yes_no":
        return chance.choice(("có", "không"))
    if field.type == "choice":
        return chance.choice(plan.values(field.choices))
    return chance.choice(
        (
            "Toạ đàm, nói chuyện chuyên đề tại chi bộ",
            "Nguyễn Văn A, Phó Bí thư Thường trực",
            "Sinh hoạt dưới cờ",
            *HOSTILE,
        )
    )


def _findings(units: tuple[UnitStatus, ...]) -> Iterator[ListedFinding]:
    for status in units:
        for n in range(status.errors + status.warnings):
            severe = n < status.errors
            code = FindingCode.AT_MOST if severe else FindingCode.NUMBER_AS_TEXT
            message = (
                "Trang “B1 Hội nghị”, ô F12 (“Cán bộ dự hội nghị”): cán bộ dự hội nghị (125) vượt số được triệu tập"
                " (120). Kiểm tra lại các số này và sửa số sai."
            )
            finding = Finding(
                code,
                "error" if severe else "warning",
                message,
                status.unit.code,
                "B1 Hội nghị",
                f"F{12 + n}",
                "can_bo_du",
                HOSTILE[n % len(HOSTILE)],
            )
            name = f"Bao cao {status.unit.code}.xlsx"
            yield ListedFinding(status.unit, status.version or 1, name, not severe, "Cán bộ dự hội nghị", finding)


def _sources(plan: Plan, units: tuple[UnitStatus, ...]) -> Iterator[Source]:
    for status in units:
        if status.first_submitted_at:
            ok = status.accepted_at is not None
            yield Source(
                unit=status.unit,
                sha256=status.sha256 or "0" * 64,
                source_name=f"=Bao cao {status.unit.code}.xlsx",
                folder=status.unit.code,
                received_at=status.first_submitted_at,
                verdict=("accepted_with_warnings" if status.warnings else "accepted") if ok else "rejected",
                version=status.version or 1,
                counts=ok,
                reason="Bản mới nhất được chấp nhận" if ok else "Bị trả lại nên không được tính",
                template_version="a4bd22b95138",
                plan_version=plan.version,
            )


def empty(plan: Plan) -> Consolidation:
    """A round of which nothing at all is known."""
    sheets = tuple(SheetRows(s, ()) for s in plan.sheets_of_round("ket_qua"))
    return Consolidation(plan, plan.round("ket_qua"), AS_OF, (), (), (), (), sheets, (), ())


def column(sheet: Any, header: str) -> list[Any]:
    """The values below the first cell that says `header`, down to the last used row."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == header:
                return [sheet.cell(r, cell.column).value for r in range(cell.row + 1, sheet.max_row + 1)]
    raise AssertionError(f"{sheet.title}: no header {header}")


def find(sheet: Any, text: str) -> Any:
    """The first cell that says `text`."""
    return next(c for row in sheet.iter_rows() for c in row if c.value == text)


def test_sheets_stand_in_order_and_say_plan_round_and_day(workbook: Any, province: Consolidation) -> None:
    tabs = [table.sheet.tab for table in province.rows]
    assert workbook.sheetnames == [
        "Tổng quan", "Tiến độ nộp", "Quá hạn", "Tỷ lệ hoàn thành", "Theo tổ chức",
        "Thay đổi", "Dấu hiệu", "Quyết định điều hành", "Tử số, mẫu số", *tabs,
        "Không phát sinh, không áp dụng", "Lỗi và cảnh báo", "Nguồn số liệu", "Số liệu biểu đồ",
    ]  # fmt: skip
    filtered = {*workbook.sheetnames} - {"Thay đổi", "Quyết định điều hành", "Tử số, mẫu số", "Số liệu biểu đồ"}
    for sheet in workbook:
        head = " ".join(str(row[0].value) for row in sheet.iter_rows(max_row=8, max_col=1))
        assert "70-KH/TU" in head
        assert province.round.label in head
        assert "Số liệu đến hết ngày 15/05/2022" in head
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToHeight == 0
        assert "&P" in sheet.oddFooter.right.text
        if sheet.title in filtered:
            assert sheet.auto_filter.ref or sheet.tables, sheet.title
        if sheet.title in filtered - {"Tổng quan"}:
            assert sheet.print_title_rows
            assert sheet.freeze_panes


def test_progress_lists_every_unit_as_it_is(workbook: Any, province: Consolidation) -> None:
    sheet = workbook["Tiến độ nộp"]
    assert column(sheet, "Mã đơn vị") == [u.unit.code for u in province.units]
    assert column(sheet, "Trạng thái") == [UNIT_STATES[u.state] for u in province.units]
    assert column(sheet, "Trễ hạn (ngày)") == [u.days_late for u in province.units]
    assert column(sheet, "Quá hạn (ngày)") == [u.days_overdue for u in province.units]
    local = [u.accepted_at and (u.accepted_at + timedelta(hours=7)).replace(tzinfo=None) for u in province.units]
    assert column(sheet, "Được chấp nhận") == local
    assert column(sheet, "Ghi chú") == [u.note or None for u in province.units]


def test_overview_counts_add_up_and_name_the_rates(workbook: Any, province: Consolidation) -> None:
    sheet = workbook["Tổng quan"]
    counts = province.state_counts()
    for state, label in UNIT_STATES.items():
        cell = find(sheet, label)
        assert sheet.cell(cell.row, 3).value == counts[state]
    total = find(sheet, "Cộng các trạng thái")
    assert sheet.cell(total.row, 3).value == len(province.units) == 29
    assert any("21/28 đơn vị" in str(row[0].value) for row in sheet.iter_rows(max_col=1))
    for indicator in province.indicators:
        row = find(sheet, indicator.id).row
        if indicator.kind == "volume":
            assert sheet.cell(row, 3).value == indicator.numerator
            continue
        assert [sheet.cell(row, c).value for c in (3, 4)] == [indicator.numerator, indicator.denominator]
        assert sheet.cell(row, 5).value == pytest.approx(indicator.rate)
        assert sheet.cell(row, 9).value == f"{indicator.units_reported}/{indicator.units_expected}"
        partial = indicator.partial and indicator.kind == "rate"
        assert ("Một phần" in (sheet.cell(row, 10).value or "")) == partial
        assert ("ít nhất" in (sheet.cell(row, 10).value or "")) == (indicator.lower_bound is not None)


def test_overdue_stands_most_overdue_first(workbook: Any, province: Consolidation) -> None:
    sheet = workbook["Quá hạn"]
    units, indicators = overdue_units(province), overdue_indicators(province)
    days = [u.days_overdue for u in units]
    assert days == sorted(days, reverse=True)
    assert len(units) == 4
    first = find(sheet, "STT").row + 1
    assert [sheet.cell(first + n, 2).value for n in range(4)] == [u.unit.code for u in units]
    assert [sheet.cell(first + n, 6).value for n in range(4)] == days
    assert [sheet.cell(first + n, 12).value for n in range(4)] == [u.note for u in units]
    start = find(sheet, "Số tổ chức còn thiếu").row + 1
    written = [[sheet.cell(start + n, c).value for c in (2, 6, 7, 8, 9)] for n in range(len(indicators))]
    assert written == [[i.unit, i.days_overdue, i.numerator, i.denominator, i.missing] for i in indicators]
    assert indicators


def test_rates_by_unit_group_and_province(workbook: Any, province: Consolidation) -> None:
    sheet = workbook["Tỷ lệ hoàn thành"]
    columns = {str(c.value).split("\n")[0]: c.column for c in sheet[6] if c.value and "\n" in str(c.value)}
    rows = {sheet.cell(r, 2).value: r for r in range(7, sheet.max_row + 1)}
    states = {u.unit.code: u for u in province.units}
    for figure in province.by_unit:
        cell = sheet.cell(rows[figure.unit], columns[figure.indicator])
        if states[figure.unit].state == "mien":
            assert cell.value == "–"
        elif states[figure.unit].accepted_at is None:
            assert cell.value == "chưa báo cáo"
        elif figure.rate is None and figure.state is not None:
            assert cell.value == "–"
        else:
            assert cell.value == pytest.approx(figure.numerator if figure.state is None else figure.rate)
    for total in (*province.indicators, *province.by_group):
        if total.kind in ("rate", "volume"):
            row = find(sheet, total.group or "Toàn tỉnh").row
            said = total.numerator if total.kind == "volume" else total.rate
            value = sheet.cell(row, columns[total.id]).value
            missing = "–" if total.units_reported else "chưa báo cáo"
            assert value == (missing if said is None else pytest.approx(said))
            coverage = f"{total.units_reported}/{total.units_expected}"
            assert sheet.cell(row + 1, columns[total.id]).value == coverage


def test_every_row_of_every_form_with_its_totals(workbook: Any, province: Consolidation) -> None:
    for table in province.rows:
        sheet = workbook[table.sheet.tab]
        labels = {}
        for col in range(1, sheet.max_column + 1):
            labels[sheet.cell(7, col).value or sheet.cell(6, col).value] = col
        assert sheet.max_row == 7 + len(table.rows)
        for field in table.sheet.fields:
            if not field.stored:
                assert field.label not in labels
                continue
            col = labels[field.label]
            written = [sheet.cell(8 + n, col).value for n in range(len(table.rows))]
            written = [v.date() if isinstance(v, datetime) else v for v in written]
            assert written == [r.values[field.id] for r in table.rows]
            values = [r.values[field.id] for r in table.rows]
            if field.type == "count":
                assert sheet.cell(5, col).value == sum(v for v in values if isinstance(v, int))
            elif field.type == "yes_no":
                assert sheet.cell(5, col).value == values.count("có")
        assert [sheet.cell(8 + n, labels["Dòng"]).value for n in range(len(table.rows))] == [
            r.excel_row for r in table.rows
        ]


def test_booleans_are_said_and_counted_as_yes_and_no(plan: Plan, province: Consolidation, tmp_path: Path) -> None:
    table = next(t for t in province.rows if t.sheet.id == "phat_dong")
    rows = tuple(replace(r, values={**r.values, "so_ket_19_5": n % 2 == 0}) for n, r in enumerate(table.rows[:5]))
    write_report(replace(empty(plan), rows=(SheetRows(table.sheet, rows),)), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)[table.sheet.tab]
    col = find(sheet, "Đã sơ kết dịp 19/5").column
    assert [sheet.cell(r, col).value for r in (5, 8, 9)] == [3, "có", "không"]


def test_findings_and_sources_are_all_listed(workbook: Any, province: Consolidation) -> None:
    findings, sources = workbook["Lỗi và cảnh báo"], workbook["Nguồn số liệu"]
    assert column(findings, "Giá trị") == [f.finding.value for f in province.findings]
    assert column(findings, "Mã lỗi") == [f.finding.code.value for f in province.findings]
    assert column(sources, "SHA-256") == [s.sha256 for s in province.sources]
    assert column(sources, "Đang được tính") == ["có" if s.counts else "không" for s in province.sources]


def test_nothing_typed_becomes_a_formula_or_a_link(workbook_path: Path) -> None:
    live: Any = openpyxl.load_workbook(workbook_path)
    formulas, texts = [], set()
    for sheet in live:
        assert all(link.location and link.target is None for link in sheet._hyperlinks), "they lead inside the workbook"
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    formulas.append(cell.value)
                elif cell.value in HOSTILE:
                    texts.add(cell.value)
    assert formulas
    calls = ("SUBTOTAL", "COUNTIFS", "COUNTIF", "SUM", "IF", "N")
    assert {call for f in formulas for call in re.findall(r"([A-Z]+)\(", f)} <= {*calls}
    assert not [f for f in formulas if "|" in f or "http" in f]
    assert {"=1+1", "+cmd|' /C calc'!A0", "http://x", "{=1}"} <= texts


def test_text_too_long_or_broken_is_still_written(plan: Plan, province: Consolidation, tmp_path: Path) -> None:
    long = replace(province.units[0], note="ă" * 40_000)
    broken = replace(province.units[1], note="a\udcffb\x0bc\ufffe")
    old = replace(province.units[2], due=date(200, 2, 3))
    write_report(replace(empty(plan), units=(long, broken, old)), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Tiến độ nộp"]
    notes = column(sheet, "Ghi chú")
    assert len(notes[0]) == 32_767
    assert notes[0].endswith("…")
    assert notes[1].startswith("a?b")
    assert column(sheet, "Hạn nộp")[2] == "03/02/0200"


def test_an_empty_province_says_so(plan: Plan, tmp_path: Path) -> None:
    write_report(empty(plan), tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)
    nothing = {
        "Tổng quan": "Không có đơn vị nào phải báo cáo trong kỳ này.",
        "Quá hạn": "Không có đơn vị quá hạn",
        "Theo tổ chức": NO_FIGURES,
        "Thay đổi": NO_EARLIER,
        "Dấu hiệu": NO_SIGNS,
        "Quyết định điều hành": NO_CONTROL,
        "Không phát sinh, không áp dụng": "Không có đơn vị nào khai",
    }
    for sheet in book:
        wanted = nothing.get(sheet.title, "Chưa có số liệu")
        assert find(sheet, wanted), sheet.title


def test_no_overdue_units_is_said(province: Consolidation, tmp_path: Path) -> None:
    units = tuple(u for u in province.units if u.state != "qua_han")
    write_report(replace(province, units=units, by_unit=()), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Quá hạn"]
    assert find(sheet, "Không có đơn vị quá hạn")
    assert find(sheet, "Không có chỉ tiêu quá hạn")


def test_denominators_of_zero_give_a_dash(province: Consolidation, tmp_path: Path) -> None:
    nothing = replace(province.indicators[0], numerator=0, denominator=0, rate=None, state="khong_ap_dung")
    write_report(replace(province, indicators=(nothing,)), tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    row = find(book["Tổng quan"], nothing.id).row
    assert [book["Tổng quan"].cell(row, c).value for c in (3, 4)] == [0, 0]
    shown = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)
    assert shown["Tổng quan"].cell(row, 5).value == "–"
    assert book["Tỷ lệ hoàn thành"]["D7"].value == "–"


def test_the_same_result_gives_the_same_bytes(workbook_path: Path, province: Consolidation, tmp_path: Path) -> None:
    write_report(province, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == workbook_path.read_bytes()
    created = openpyxl.load_workbook(workbook_path).properties.created
    assert created == datetime(2022, 5, 15)  # noqa: DTZ001


def test_the_digest_changes_with_whatever_is_said(province: Consolidation) -> None:
    same = realistic(load_plan(PLAN_FOLDER))
    assert report_digest(same) == report_digest(province)
    row = province.rows[1].rows[0]
    other = replace(row, values={**row.values, "can_bo_du": 1_000_000})
    rows = (province.rows[0], replace(province.rows[1], rows=(other, *province.rows[1].rows[1:])), *province.rows[2:])
    changed = [
        replace(province, as_of=AS_OF + timedelta(days=1)),
        replace(province, units=province.units[1:]),
        replace(province, rows=rows),
        replace(province, findings=()),
        replace(province, sources=province.sources[:-1]),
    ]
    assert len({report_digest(r) for r in (province, *changed)}) == 6


def test_a_volume_that_does_not_apply_is_not_awaited(province: Consolidation, tmp_path: Path) -> None:
    waiting = next(u for u in province.units if u.state == "qua_han")
    figures = tuple(
        UnitIndicator(waiting.unit.code, "KL1", None, None, None, state, 0)
        for state in ("khong_ap_dung", "chua_bao_cao")
    )
    said = []
    for figure in figures:
        write_report(replace(province, units=(waiting,), by_unit=(figure,), by_group=()), tmp_path / "t.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["Tỷ lệ hoàn thành"]
        header: Any = next(c for c in sheet[6] if str(c.value).startswith("KL1\n"))
        row = next(r for r in range(7, sheet.max_row) if sheet.cell(r, 2).value == waiting.unit.code)
        said.append(sheet.cell(row, header.column).value)
    assert said == ["–", "chưa báo cáo"]


@pytest.mark.parametrize(
    ("rate", "words"), [(1.0, "100,0 %"), (0.9999, "99,9 %"), (0.0001, "0,1 %"), (0.0, "0,0 %"), (0.785, "78,5 %")]
)
def test_percent_is_never_rounded_into_all_or_nothing(rate: float, words: str) -> None:
    assert percent(rate) == words


def test_tab_names_fit_excel() -> None:
    assert tab_name("B1 Hội/nghị: [x]", []) == "B1 Hội-nghị- -x-"
    assert tab_name("a" * 40, ["A" * 31]) == "a" * 27 + " (2)"
    assert tab_name("''", []) == "Trang"
