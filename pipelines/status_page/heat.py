"""The heat map: units × rates, the province and the groups above their units. Every cell says its figure in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.status_page.palette import heat_step
from pipelines.status_page.wording import DASH, PENDING, coverage, rate_words
from schemas.layout import NOT_APPLICABLE

if TYPE_CHECKING:
    from schemas.consolidation import Consolidation
    from schemas.results import IndicatorTotal, UnitIndicator, UnitStatus


@dataclass(frozen=True, slots=True)
class HeatCell:
    """What a cell shows (`text`), its class, what is said beside it (`aside`, small), and whether it is overdue."""

    text: str
    look: str
    aside: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class HeatRow:
    """The cells of a unit, a group or the province, in the order of the columns."""

    name: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """`columns`: (id, label) of the rates; `groups`: a group's own row, then those of its units."""

    columns: tuple[tuple[str, str], ...]
    province: HeatRow
    groups: tuple[tuple[HeatRow, tuple[HeatRow, ...]], ...]


_UNASKED = HeatCell(DASH, "none", "không áp dụng")
_DECLARED = HeatCell(DASH, "none", "khai không áp dụng")
_PENDING = HeatCell(PENDING, "pending")


def heat_map(result: Consolidation) -> HeatMap:
    """The map of a round; without columns where the plan has no rates."""
    rates = [i for i in result.indicators if i.kind == "rate"]
    of_group = {(i.group, i.id): i for i in result.by_group}
    figures = {(i.unit, i.indicator): i for i in result.by_unit}
    declared = _declared(result)
    groups = []
    for group in dict.fromkeys(u.group for u in result.units):
        members = [u for u in result.units if u.group == group]
        rows = tuple(_unit_row(status, rates, figures, declared) for status in members)
        groups.append((_total_row(group, [of_group.get((group, i.id)) for i in rates]), rows))
    return HeatMap(
        columns=tuple((i.id, i.label) for i in rates),
        province=_total_row(result.scope or "Toàn tỉnh", rates),
        groups=tuple(groups),
    )


def _declared(result: Consolidation) -> frozenset[tuple[str, str]]:
    """(unit, indicator) where the unit has declared a whole sheet not applicable on which the indicator rests."""
    sheets = {i.id: i.sheets for i in result.plan.indicators}
    whole = [d for d in result.declarations if d.organisation is None and d.declared == NOT_APPLICABLE]
    return frozenset((d.unit.code, i) for d in whole for i, on in sheets.items() if d.sheet.id in on)


def _unit_row(
    status: UnitStatus,
    rates: Sequence[IndicatorTotal],
    figures: Mapping[tuple[str, str], UnitIndicator],
    declared: Set[tuple[str, str]],
) -> HeatRow:
    code = status.unit.code
    cells = (_DECLARED if (code, i.id) in declared else _unit_cell(status, figures.get((code, i.id))) for i in rates)
    return HeatRow(status.unit.name, tuple(cells))


def _unit_cell(status: UnitStatus, figure: UnitIndicator | None) -> HeatCell:
    if figure is None or status.state == "mien" or figure.state == "khong_ap_dung":
        return _UNASKED
    if figure.state == "chua_bao_cao":
        return _PENDING
    return _rate_cell(figure.rate, "", overdue=figure.state == "qua_han")


def _total_row(name: str, totals: Sequence[IndicatorTotal | None]) -> HeatRow:
    return HeatRow(name, tuple(_total_cell(total) for total in totals))


def _total_cell(total: IndicatorTotal | None) -> HeatCell:
    if total is None or total.state == "khong_ap_dung" or not total.units_expected:
        return _UNASKED
    if not total.units_reported:
        return _PENDING
    return _rate_cell(total.rate, f"{coverage(total)} đơn vị", overdue=total.state == "qua_han")


def _rate_cell(rate: float | None, aside: str, *, overdue: bool) -> HeatCell:
    if rate is None:
        return HeatCell(DASH, "none", aside or "tổng số bằng 0")
    return HeatCell(rate_words(rate), f"h{heat_step(rate)}", aside, overdue)
