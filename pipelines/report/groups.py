"""The groups of units on the overview: how many have reported, and how far each group is with every indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_range_abs

from pipelines import styles as palette
from pipelines.report.charts import group_rates
from pipelines.report.indicator_tables import section
from pipelines.report.wording import ACCEPTED_STATES, accepted, expected, rate_of

if TYPE_CHECKING:
    from pipelines.report.chart_figures import ChartFigures
    from pipelines.report.page import Page
    from schemas.results import UnitState

_CHART_COLUMN, _CHART_WIDTH = 6, 535
_ROW_PIXELS, _HEAD_PIXELS, _GROUP_PIXELS, _LEAST_PIXELS = 20, 38, 36, 220
_HEADROOM = 1.2
"""The rate at the upper edge of a small column, so that a whole one does not touch the line above."""
_TITLES = ("STT", "Nhóm", "Đã được chấp nhận", "Phải báo cáo", "Tỷ lệ", "Các chỉ tiêu")


@dataclass(frozen=True, slots=True)
class Counting:
    """Where units are counted: the columns of their groups and states, and the cells that name the states."""

    groups: str
    states: str
    labels: Mapping[UnitState, str]

    def accepted(self, group: str) -> str:
        """How many units of the group named in a cell have an accepted report, as `wording.accepted` counts them."""
        of = [f"COUNTIFS({self.groups},{group},{self.states},{self.labels[s]})" for s in ACCEPTED_STATES]
        return f"={'+'.join(of)}"

    def expected(self, group: str) -> str:
        """How many a report is expected of, as `wording.expected` counts them."""
        exempt = f"COUNTIFS({self.groups},{group},{self.states},{self.labels['mien']})"
        return f"=COUNTIF({self.groups},{group})-{exempt}"


def write_groups(page: Page, row: int, figures: ChartFigures, counting: Counting) -> int:
    """The table of groups with their sum, and its chart. Returns the row after them."""
    s, result = page.styles, page.result
    head = section(page, row, "3. Nộp báo cáo theo nhóm đơn vị")
    for col, title in enumerate(_TITLES):
        page.put(head, col, title, s.header)
    page.sheet.set_row_pixels(head, _HEAD_PIXELS)
    groups = list(dict.fromkeys(u.group for u in result.units))
    if not groups:
        return page.nothing(head + 1, len(_TITLES))
    rates = []
    for at, group in enumerate(groups, head + 1):
        members = [u for u in result.units if u.group == group]
        done, whole = accepted(members), expected(members)
        rates.append(rate_of(done, whole))
        page.put(at, 0, at - head, s.text_centre)
        page.put(at, 1, group, s.name)
        page.formula(at, 2, counting.accepted(f"B{at + 1}"), done, s.count)
        page.formula(at, 3, counting.expected(f"B{at + 1}"), whole, s.count)
        page.quotient(at, 4, (f"C{at + 1}", f"D{at + 1}"), rates[-1], s.percent)
        _sparkline(page, at, figures, group)
        page.sheet.set_row_pixels(at, _GROUP_PIXELS)
    end = head + 1 + len(groups)
    _sum(page, head + 1, end)
    page.rate_bars((head + 1, 4), (end - 1, 4))
    height = _HEAD_PIXELS + _GROUP_PIXELS * len(groups) + _ROW_PIXELS
    spare = max(0, _LEAST_PIXELS - height)
    group_rates(page, (head, _CHART_COLUMN), (head + 1, end - 1), rates, (_CHART_WIDTH, height + spare))
    page.note(end + 1, f"Cột cuối: mỗi cột là tỷ lệ hoàn thành một chỉ tiêu (0–100 %); số liệu: “{figures.tab}”.")
    return end + 2 + -(-spare // _ROW_PIXELS)


def _sum(page: Page, first: int, row: int) -> None:
    s, units = page.styles, page.result.units
    done, whole = accepted(units), expected(units)
    page.merge((row, 0), (row, 1), "Cộng", s.total_label)
    for col, letter, value in ((2, "C", done), (3, "D", whole)):
        page.formula(row, col, f"=SUM({letter}{first + 1}:{letter}{row})", value, s.total_count)
    page.quotient(row, 4, (f"C{row + 1}", f"D{row + 1}"), rate_of(done, whole), s.total_percent)
    page.put(row, 5, None, s.total_label)


def _sparkline(page: Page, row: int, figures: ChartFigures, group: str) -> None:
    page.put(row, 5, None, page.styles.text_centre)
    at = figures.groups.get(group)
    if at is None or not figures.rates:
        return
    cells = f"'{figures.tab}'!{xl_range_abs(at, 1, at, figures.rates)}"
    page.sheet.add_sparkline(
        row, 5, {"range": cells, "type": "column", "min": 0, "max": _HEADROOM, "series_color": palette.BAR_COLOUR}
    )
