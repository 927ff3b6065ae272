"""`Tổng quan`: the page a leader reads first and signs: who reported, what is to be done, what is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.charts import submissions, unit_states
from pipelines.report.follow_up import GROUP, STATE, progress_cells
from pipelines.report.groups import Counting, write_groups
from pipelines.report.indicator_tables import section, write_indicators, write_volumes
from pipelines.report.letterhead import write_letterhead, write_signatures
from pipelines.report.page import Page
from pipelines.report.to_do import write_tasks
from pipelines.report.wording import accepted, expected, rate_of, reporting, unit_state_style
from schemas.results import UNIT_STATES, UnitState, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter import Workbook

    from pipelines.report.chart_figures import ChartFigures
    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation

WIDTHS = (7, 48, 12, 12, 11, 10, 12.5, 19, 9, 37)
"""Characters; together a page wide at four fifths of the size on screen."""
_CHART_COLUMN = 3
_STATES_WIDTH, _SUBMISSIONS_WIDTH = 330, 470
_ROW_PIXELS = 28


def overview_page(workbook: Workbook, styles: Styles, result: Consolidation) -> Page:
    """The overview, still empty: it is the first page, and written last (`write_overview`)."""
    return Page(workbook, styles, result, "Tổng quan", "", head=False)


def write_overview(page: Page, figures: ChartFigures) -> None:
    """Letterhead, headline, tasks, units by state, indicators, groups and volumes with their charts, room to sign."""
    for col, width in enumerate(WIDTHS):
        page.sheet.set_column(col, col, width)
    row = write_letterhead(page)
    page.sheet.repeat_rows(row - 2, row - 1)
    page.merge((row, 0), (row, len(WIDTHS) - 1), headline(page.result), page.styles.headline)
    page.sheet.set_row_pixels(row, 44)
    row = write_tasks(page, row + 1, [sheet.get_name() for sheet in page.workbook.worksheets()])
    states, row = _states(page, row + 1, figures)
    first_break = row
    rates_at, row = write_indicators(page, row + 1, WIDTHS)
    row = write_groups(page, row + 1, figures, _counting(page.result, states))
    page.sheet.set_h_pagebreaks([first_break, row])
    row = write_volumes(page, row + 1, rates_at)
    write_signatures(page, row + 1)


def _counting(result: Consolidation, states: Mapping[UnitState, int]) -> Counting:
    """How a group's units are counted: by the labels that stand in the rows `states` (0-based) of the overview."""
    labels = {state: f"$A${row + 1}" for state, row in states.items()}
    return Counting(progress_cells(result, GROUP), progress_cells(result, STATE), labels)


def headline(result: Consolidation) -> str:
    """The state of the round in one sentence."""
    whole = expected(result.units)
    done, _ = reporting(result, "reporting")
    on_time, _ = reporting(result, "on_time")
    if not whole:
        return "Không có đơn vị nào phải báo cáo trong kỳ này."
    counts = result.state_counts()
    rate = rate_of(done, whole)
    return (
        f"Đến hết ngày {result.as_of:%d/%m/%Y}, {done}/{whole} đơn vị đã có báo cáo được chấp nhận"
        f" ({percent(rate or 0)}), trong đó {on_time} đơn vị đúng hạn; {counts['qua_han']} đơn vị quá hạn"
        f"{result.end_of_headline()}"
    )


def _states(page: Page, row: int, figures: ChartFigures) -> tuple[dict[UnitState, int], int]:
    """Units by state, counted on the sheet of progress. Returns the row of each state, and the next row."""
    s, result = page.styles, page.result
    head = section(page, row, "1. Tình hình nộp báo cáo")
    first = head + 3
    rows: dict[UnitState, int] = {state: first + n for n, state in enumerate(UNIT_STATES)}
    last = first + len(rows) - 1
    counts = result.state_counts()
    page.merge((head, 0), (head, 1), "Đơn vị", s.header)
    page.put(head, 2, "Số đơn vị", s.header)
    for state, at in rows.items():
        page.merge((at, 0), (at, 1), UNIT_STATES[state], unit_state_style(s, state))
        page.formula(at, 2, f"=COUNTIF({progress_cells(result, STATE)},A{at + 1})", counts[state], s.count)
    _sums(page, head, rows)
    for at in range(head, last + 4):
        page.sheet.set_row_pixels(at, _ROW_PIXELS)
    if result.units:
        height = (last + 4 - head) * _ROW_PIXELS
        place = (head, _CHART_COLUMN)
        unit_states(page, place, (first, last), list(counts.values()), (_STATES_WIDTH, height))
        submissions(page, place, figures, (_SUBMISSIONS_WIDTH, height), _STATES_WIDTH)
    named = " + ".join(f"{counts[state]} {label.lower()}" for state, label in UNIT_STATES.items())
    page.note(last + 4, f"Trạng thái cộng lại bằng số đơn vị: {named} = {len(result.units)} đơn vị.")
    return rows, last + 5


def _sums(page: Page, head: int, rows: Mapping[UnitState, int]) -> None:
    """Expected and accepted units above the states, their sum and the two rates below."""
    s, result = page.styles, page.result
    cell = {state: f"C{at + 1}" for state, at in rows.items()}
    first, last = min(rows.values()), max(rows.values())
    whole, done, total = expected(result.units), accepted(result.units), f"SUM(C{first + 1}:C{last + 1})"
    on_time = result.state_counts()["dung_han"]
    asked_cell = f"C{head + 2}"
    lines = (
        (head + 1, "Phải báo cáo (không kể đơn vị được miễn)", f"={total}-{cell['mien']}", whole),
        (head + 2, "Đã được chấp nhận (đúng hạn và trễ hạn)", f"={cell['dung_han']}+{cell['tre_han']}", done),
        (last + 1, "Cộng các trạng thái", f"={total}", len(result.units)),
    )
    for row, label, formula, value in lines:
        page.merge((row, 0), (row, 1), label, s.total_label)
        page.formula(row, 2, formula, value, s.total_count)
    for row, label, part, value in (
        (last + 2, "Tỷ lệ nộp báo cáo (NB)", f"C{head + 3}", done),
        (last + 3, "Tỷ lệ nộp đúng hạn", cell["dung_han"], on_time),
    ):
        page.merge((row, 0), (row, 1), label, s.total_label)
        page.quotient(row, 2, (part, asked_cell), rate_of(value, whole), s.total_percent)
