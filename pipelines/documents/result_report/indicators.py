"""Indicators of a sheet: a sentence each for the province, and a table over the groups of units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.documents.result_report.blocks import Table, Text, bullets, figures
from pipelines.documents.result_report.gathered import groups, provinces
from pipelines.documents.result_report.wording import PENDING, PROVINCE, coverage, day, goal, number, rate
from pipelines.documents.tables import TableColumn, TableRow, Value
from pipelines.documents.wording import DASH
from schemas.consolidation import Consolidation
from schemas.plan import Indicator, Sheet
from schemas.results import INDICATOR_STATES, IndicatorTotal

_ABOVE_WHOLE = "vượt 100 %, cần kiểm tra lại"


def indicator_lines(result: Consolidation, own: Sequence[Indicator]) -> list[Text]:
    """One line for each indicator: its figures, its goal and deadline, what is missing, how partial it is."""
    return bullets([f"{t.label} ({t.id}): {_said(t)}." for t in provinces(result, own)])


def _said(total: IndicatorTotal) -> str:
    if total.state == "khong_ap_dung":
        return "không áp dụng" + (", tổng số bằng 0" if total.denominator == 0 else "")
    if total.numerator is None:
        return "chưa có số liệu" + _goal(total)
    if total.kind == "volume":
        return number(total.numerator) + _partly(total)
    if total.rate is None:
        return f"{DASH} (tổng số bằng 0){_partly(total)}"
    above = f"; {_ABOVE_WHOLE}" if total.rate > 1 else ""
    figures = f"{number(total.numerator)}/{number(total.denominator)}, đạt {rate(total.rate)}"
    return figures + above + _partly(total) + _goal(total) + _at_least(total)


def _partly(total: IndicatorTotal) -> str:
    declined = f"; {number(total.units_not_applicable)} đơn vị khai không áp dụng" if total.units_not_applicable else ""
    covered = f"{number(total.units_reported)}/{number(total.units_expected)}"
    return (f" (một phần: {covered} đơn vị)" if total.partial else "") + declined


def _goal(total: IndicatorTotal) -> str:
    """Its state against target and deadline: `; mục tiêu 100 %, hạn 30/04/2022: quá hạn 20 ngày, còn thiếu 28`."""
    if total.target is None and total.deadline is None:
        return ""
    target = f"mục tiêu {goal(total.target)}" if total.target is not None else ""
    deadline = f"hạn {day(total.deadline)}" if total.deadline else "kế hoạch không ấn định hạn"
    return f"; {', '.join(part for part in (target, deadline) if part)}: {_state(total)}"


def _state(total: IndicatorTotal) -> str:
    words = {
        "hoan_thanh": "đã hoàn thành",
        "dang_thuc_hien": "đang thực hiện",
        "qua_han": f"quá hạn {number(total.days_overdue)} ngày",
        "khong_co_han": "chưa hoàn thành",
    }.get(total.state or "", "chưa có số liệu")
    lacking = max((total.denominator or 0) - (total.numerator or 0), 0)
    if total.state == "hoan_thanh" or total.numerator is None:
        return words
    if lacking:
        return f"{words}, còn thiếu {number(lacking)}"
    silent = total.units_expected - total.units_reported
    return f"{words}, còn thiếu số liệu của {number(silent)} đơn vị" if silent else words


def _at_least(total: IndicatorTotal) -> str:
    if total.lower_bound is None:
        return ""
    return (
        f"; ít nhất {rate(total.lower_bound)} nếu các đơn vị còn thiếu chưa làm gì "
        f"(tính theo tổng số đã biết từ báo cáo trước của {number(total.lower_bound_units)} đơn vị)"
    )


def summary_table(result: Consolidation) -> list[Table]:
    """All rates of the province in one table; nothing where none is asked of any unit."""
    columns = (
        TableColumn("Chỉ tiêu", 5.4),
        figures("Đã thực hiện", 1.6),
        figures("Tổng số", 1.6),
        figures("Tỷ lệ", 1.5),
        TableColumn("Mục tiêu", 1.4, "centre"),
        TableColumn("Thời hạn", 2.0, "centre"),
        TableColumn("Số đơn vị có số liệu", 1.9, "centre"),
        TableColumn("Trạng thái", 2.1),
    )
    rates = [t for t in result.indicators if t.kind == "rate"]
    asked = any(t.units_expected for t in rates)
    rows = [TableRow(_summary_row(t)) for t in rates]
    return [Table("Chỉ tiêu toàn tỉnh", columns, tuple(rows), small=True)] if asked else []


def _summary_row(t: IndicatorTotal) -> tuple[Value, ...]:
    target = DASH if t.target is None else goal(t.target)
    label = f"{t.id}. {t.label}"
    return (label, t.numerator, t.denominator, rate(t.rate), target, t.deadline, coverage(t), _state_cell(t))


def indicator_tables(result: Consolidation, sheet: Sheet, own: Sequence[Indicator]) -> list[Table]:
    """Rates by group with coverage and state, then volumes by group; nothing for indicators nobody has reported."""
    of_sheet = f"Biểu {sheet.code}: "
    totals = [t for t in provinces(result, own) if t.units_reported]
    rates = [t for t in totals if t.kind == "rate"]
    volumes = [t for t in totals if t.kind == "volume"]
    tables = [_rates(result, rates, of_sheet + "kết quả chỉ tiêu theo nhóm đơn vị")] if rates else []
    return [*tables, _volumes(result, volumes, of_sheet + "khối lượng theo nhóm đơn vị")] if volumes else tables


def _rates(result: Consolidation, rates: Sequence[IndicatorTotal], title: str) -> Table:
    bounded = any(t.lower_bound is not None for i in rates for t in _levels(result, i))
    columns = [
        TableColumn("Chỉ tiêu, nhóm đơn vị", 5.2),
        figures("Đã thực hiện", 1.6),
        figures("Tổng số", 1.6),
        figures("Tỷ lệ", 1.6),
        TableColumn("Số đơn vị có số liệu", 3.0, "centre"),
        *([figures("Tỷ lệ ít nhất", 1.6)] if bounded else []),
        TableColumn("Trạng thái", 3.4),
    ]
    rows: list[TableRow] = []
    for indicator in rates:
        rows.append(TableRow((f"{indicator.id}. {indicator.label}",), heading=True))
        rows += [_rate_row(total, bounded) for total in _levels(result, indicator)]
    return Table(title, tuple(columns), tuple(rows))


def _rate_row(total: IndicatorTotal, bounded: bool) -> TableRow:
    cells = [
        total.group or PROVINCE,
        total.numerator,
        total.denominator,
        rate(total.rate),
        coverage(total),
        *([rate(total.lower_bound)] if bounded else []),
        _state_cell(total),
    ]
    return TableRow(cells, strong=not total.group)


def _state_cell(total: IndicatorTotal) -> str:
    if total.state is None or not total.units_expected:
        return DASH
    words = INDICATOR_STATES[total.state]
    return f"{words} {number(total.days_overdue)} ngày" if total.state == "qua_han" else words


def _volumes(result: Consolidation, volumes: Sequence[IndicatorTotal], title: str) -> Table:
    columns = [TableColumn("Nhóm đơn vị", 4.6)]
    columns += [figures(f"{v.label} ({v.id})", 1.9) for v in volumes]
    columns.append(TableColumn("Số đơn vị có số liệu", 1.9, "centre"))
    levels = [_levels(result, v) for v in volumes]
    rows = [_volume_row(tuple(at)) for at in zip(*levels, strict=True)]
    return Table(title, tuple(columns), tuple(rows), small=len(columns) > 6)


def _volume_row(totals: tuple[IndicatorTotal, ...]) -> TableRow:
    first = totals[0]
    cells = [_volume_cell(t) for t in totals]
    covered = "; ".join(dict.fromkeys(coverage(t) for t in totals))
    return TableRow((first.group or PROVINCE, *cells, covered), strong=not first.group)


def _volume_cell(total: IndicatorTotal) -> str:
    waiting = total.numerator is None and total.units_expected > 0
    return PENDING if waiting else number(total.numerator)


def _levels(result: Consolidation, indicator: IndicatorTotal) -> list[IndicatorTotal]:
    """An indicator over the province, then over each group."""
    order = {group: n for n, group in enumerate(groups(result))}
    of_groups: Iterable[IndicatorTotal] = (t for t in result.by_group if t.id == indicator.id)
    return [indicator, *sorted(of_groups, key=lambda t: order.get(t.group, len(order)))]
