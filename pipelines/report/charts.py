"""The four charts of the overview, native to Excel: they follow the cells they are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines import styles as palette
from pipelines.report.chart_figures import ACCEPTED, DUE, EXPECTED, SENT
from pipelines.report.wording import NOT_APPLICABLE, STATE_BARS, reporting
from schemas.results import UNIT_STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.report.chart_figures import ChartFigures
    from pipelines.report.page import Page, Place

Rows = tuple[int, int]
"""The first and the last row a chart is drawn from, 0-based."""
Size = tuple[int, int]
"""Width and height in pixels."""

_FEW = 2
"""Bars that would fill a chart if they were not kept apart."""
_FONT = {"name": palette.FONT, "size": 10, "color": palette.INK}
_THIN = {"color": palette.RULE_LINE, "width": 0.5}


def unit_states(page: Page, place: Place, rows: Rows, counts: Sequence[int], size: Size) -> None:
    """How many units are in each state: columns in the colours of the states. Labels in column A, counts in C."""
    chart = page.workbook.add_chart({"type": "column"})
    series = _series(page, rows, 0, 2)
    series["points"] = [{"fill": {"color": STATE_BARS[state]}} for state in UNIT_STATES]
    series["data_labels"] = {"value": True, "num_format": "0", "font": _FONT | {"bold": True}}
    series["gap"] = 60
    chart.add_series(series)
    chart.set_x_axis({"num_font": _FONT, "line": _THIN, "major_tick_mark": "none"})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0, "max": max(*counts, 1) * 1.2})
    _finish(page, chart, "Số đơn vị theo trạng thái", place, size)


def completion(page: Page, place: Place, rows: Rows, rates: Sequence[float | None], size: Size) -> None:
    """Completion by indicator, with its coverage. Ids and labels in columns A and B, rates in E."""
    done, whole = reporting(page.result, "reporting")
    title = f"Tỷ lệ hoàn thành theo chỉ tiêu ({done}/{whole} đơn vị đã có số liệu)"
    _rate_bars(page, title, place, rows, rates, size, categories=(0, 1))


def group_rates(page: Page, place: Place, rows: Rows, rates: Sequence[float | None], size: Size) -> None:
    """The reporting rate by group of units. Labels in column B, rates in E."""
    _rate_bars(page, "Tỷ lệ nộp báo cáo theo nhóm đơn vị", place, rows, rates, size, categories=(1, 1))


def submissions(page: Page, place: Place, figures: ChartFigures, size: Size, left: int) -> None:
    """How many units had sent something, and had an accepted report, day by day; the due day as a bar.

    `left`: pixels to leave free at the left.
    """
    if figures.days is None:
        return
    lines = page.workbook.add_chart({"type": "line"})
    for column, name, look in (
        (EXPECTED, "Số đơn vị phải báo cáo", {"color": palette.NEUTRAL_BAR, "width": 1.25, "dash_type": "dash"}),
        (SENT, "Đã gửi báo cáo", {"color": palette.BAR_COLOUR, "width": 1.75}),
        (ACCEPTED, "Đã được chấp nhận", {"color": palette.GOOD_BAR, "width": 2.75}),
    ):
        lines.add_series(_of_days(figures, column) | {"name": name, "line": look})
    due = page.result.round.due
    chart = lines
    if figures.due and due is not None:
        chart = page.workbook.add_chart({"type": "column"})
        marked = {"name": f"Hạn nộp {due:%d/%m/%Y}", "fill": {"color": palette.BAD_BAR}, "gap": 300}
        chart.add_series(_of_days(figures, DUE) | marked)
        chart.combine(lines)
    days = {"date_axis": True, "num_format": "dd/mm", "num_font": _FONT, "line": _THIN, "major_tick_mark": "outside"}
    length = figures.days[1] - figures.days[0] + 1
    chart.set_x_axis(days | {"major_unit": max(1, -(-length // 10)), "major_unit_type": "days"})
    chart.set_y_axis(
        {
            "min": 0,
            "num_format": "0",
            "num_font": _FONT,
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": _THIN},
        }
    )
    chart.show_blanks_as("gap")
    _finish(page, chart, "Số đơn vị nộp báo cáo theo ngày (cộng dồn)", place, size, left)
    chart.set_legend({"position": "bottom", "font": _FONT})


def _of_days(figures: ChartFigures, column: int) -> dict[str, Any]:
    first, last = figures.days or (0, 0)
    return {
        "categories": [figures.tab, first, 0, last, 0],
        "values": [figures.tab, first, column, last, column],
    }


def _rate_bars(
    page: Page,
    title: str,
    place: Place,
    rows: Rows,
    rates: Sequence[float | None],
    size: Size,
    categories: tuple[int, int],
) -> None:
    chart = page.workbook.add_chart({"type": "bar"})
    series = _series(page, rows, categories[1], 4)
    series["fill"] = {"color": palette.BAR_COLOUR}
    series["gap"] = 45 if len(rates) > _FEW else 200
    series["data_labels"] = {
        "value": True,
        "num_format": palette.PERCENT_FORMAT,
        "font": _FONT,
        "custom": [{"value": NOT_APPLICABLE} if rate is None else None for rate in rates],
    }
    chart.add_series(series)
    chart.set_y_axis({"reverse": True, "num_font": _FONT, "line": _THIN, "major_tick_mark": "none"})
    known = [rate for rate in rates if rate is not None]
    chart.set_x_axis(
        {
            "min": 0,
            "max": max([1.0, *known]) * 1.1,
            "visible": False,
            "major_gridlines": {"visible": False},
        }
    )
    _finish(page, chart, title, place, size)


def _series(page: Page, rows: Rows, category_col: int, value_col: int) -> dict[str, Any]:
    first, last = rows
    return {
        "categories": [page.tab, first, category_col, last, category_col],
        "values": [page.tab, first, value_col, last, value_col],
    }


def _finish(page: Page, chart: Any, title: str, place: Place, size: Size, left: int = 0) -> None:
    chart.set_title({"name": title, "overlay": False, "name_font": _FONT | {"size": 12, "bold": True}})
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": size[0], "height": size[1]})
    options = {"x_offset": 12 + left, "object_position": 2, "description": title}
    page.sheet.insert_chart(place[0], place[1], chart, options)
