"""One worksheet of the consolidated workbook: its head, its cells, how it prints. Text stays text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from pipelines.clock import TIMEZONE
from pipelines.report.wording import NOT_APPLICABLE
from pipelines.styles import DATA_BAR, WORKBOOK_OPTIONS, cell_text, footer_text, row_pixels

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation

LONGEST_TAB = 31
HEAD_ROWS = 4
"""Rows taken by the head of every sheet; tables start at this row (0-based)."""
NOTHING = "Chưa có số liệu"
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"

Place = tuple[int, int]
"""A row and a column, both 0-based."""
Value = str | int | float | bool | date | None


@dataclass(frozen=True)
class Styled:
    """A value that brings its own format instead of its column's."""

    value: Value
    style: Format


@dataclass(frozen=True)
class Column:
    """A column of a table: its header, its width in characters, the format of its cells, whether they wrap."""

    title: str
    width: float
    style: Format
    wraps: bool = True


def tab_name(wanted: str, taken: Iterable[str]) -> str:
    """A worksheet name Excel takes: no forbidden sign, at most 31 characters, not one of `taken`."""
    plain = "".join("-" if sign in "[]:*?/\\" else sign for sign in wanted).strip("' ") or "Trang"
    used = {name.casefold() for name in taken}
    name, copy = plain[:LONGEST_TAB], 2
    while name.casefold() in used:
        tail = f" ({copy})"
        name, copy = plain[: LONGEST_TAB - len(tail)] + tail, copy + 1
    return name


class Book(Workbook):  # type: ignore[misc,unused-ignore]
    """A workbook that knows its pages, so that each can be finished when all of it is written."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), WORKBOOK_OPTIONS)
        self.pages: list[Page] = []

    def finish(self) -> None:
        """The right-hand head and the printed range of every page; nothing is written after it."""
        for page in self.pages:
            page.finish()


class Page:
    """A worksheet being written. Rows and columns are 0-based."""

    def __init__(
        self,
        workbook: Workbook,
        styles: Styles,
        result: Consolidation,
        tab: str,
        title: str,
        *,
        head: bool = True,
    ) -> None:
        """Adds the worksheet with its head: the office, the title, and plan, round and day.

        `head`: False for a page that writes a head of its own.
        """
        self.workbook, self.styles, self.result = workbook, styles, result
        self.tab = tab_name(tab, (sheet.get_name() for sheet in workbook.worksheets()))
        self.sheet = workbook.add_worksheet(self.tab)
        self.last_row = self.last_col = 0
        self._head = head
        self._print_setup()
        if isinstance(workbook, Book):
            workbook.pages.append(self)
        if head:
            superior, office = issuing(result)
            self.put(0, 0, f"{superior} – {office}", styles.page_office)
            self.put(1, 0, titled(title, result.scope.upper()), styles.page_title)
            self.put(2, 0, subject(result), styles.page_subject)
            self.sheet.set_row_pixels(1, 26)

    def finish(self) -> None:
        """Puts the Party's name above the last column, and prints from the first cell to the last that was written."""
        if self._head:
            self.put(0, self.last_col, PARTY, self.styles.page_party)
        self.sheet.print_area(0, 0, self.last_row, self.last_col)

    def _reach(self, row: int, col: int) -> None:
        self.last_row, self.last_col = max(self.last_row, row), max(self.last_col, col)

    def _print_setup(self) -> None:
        sheet = self.sheet
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        plan = footer_text(self.result.plan.settings.number)
        font = '&"Times New Roman,Regular"&9'
        sheet.set_footer(
            f"&L{font}Kế hoạch số {plan} – đến hết ngày {self.result.as_of:%d/%m/%Y}&C{font}&A&R{font}Trang &P/&N"
        )
        sheet.hide_gridlines(2)

    def note(self, row: int, text: str, col: int = 0) -> None:
        """A small line of explanation that runs on to the right."""
        self.put(row, col, text, self.styles.page_note)

    def put(self, row: int, col: int, value: Value, style: Format) -> None:
        """Writes one value: text as text, moments in local time, yes/no in words, nothing as a framed cell."""
        self._reach(row, col)
        if value is None or value == "":
            self.sheet.write_blank(row, col, None, style)
        elif isinstance(value, bool):
            self.sheet.write_string(row, col, "có" if value else "không", style)
        elif isinstance(value, int | float):
            self.sheet.write_number(row, col, value, style)
        elif isinstance(value, date):
            self._put_date(row, col, value, style)
        else:
            self.sheet.write_string(row, col, cell_text(value), style)

    def _put_date(self, row: int, col: int, value: date, style: Format) -> None:
        if value.year < 1900:
            self.sheet.write_string(row, col, f"{value:%d/%m}/{value.year:04}", style)
            return
        local = value.astimezone(TIMEZONE).replace(tzinfo=None) if isinstance(value, datetime) else value
        self.sheet.write_datetime(row, col, local, style)

    def merge(self, first: Place, last: Place, text: str, style: Format) -> None:
        """One cell over several; a single cell where `first` is `last`. Its text stays text."""
        if first != last:
            self.sheet.merge_range(*first, *last, "", style)
            self._reach(*last)
        self.put(*first, text, style)

    def formula(self, row: int, col: int, text: str, value: float | str, style: Format) -> None:
        """Writes a formula of ours with the value it has now."""
        self._reach(row, col)
        self.sheet.write_formula(row, col, text, style, value)

    def quotient(self, row: int, col: int, cells: tuple[str, str], rate: float | None, style: Format) -> None:
        """Writes one cell divided by another as a formula; a dash where there is nothing to divide by."""
        part, whole = cells
        self.formula(row, col, f'=IF(N({whole})=0,"{NOT_APPLICABLE}",{part}/{whole})', _or_dash(rate), style)

    def rate_bars(self, first: Place, last: Place) -> None:
        """Shows the rates of some cells as bars too, all on the scale from 0 to 100 %."""
        bar = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": DATA_BAR}
        scale = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
        self.sheet.conditional_format(*first, *last, bar | scale)

    def link(self, place: Place, tab: str, cell: str, text: str, style: Format) -> None:
        """A cell that leads to a cell of another page of this workbook."""
        self._reach(*place)
        quoted = tab.replace("'", "''")
        self.sheet.write_url(*place, f"internal:'{quoted}'!{cell}", style, cell_text(text))

    def header(self, row: int, columns: Sequence[Column]) -> None:
        """The header row of a table, and the widths of its columns."""
        for col, column in enumerate(columns):
            self.sheet.set_column(col, col, column.width)
            self.put(row, col, column.title, self.styles.header)
        self.fit(row, [(column.title, column.width * 0.9) for column in columns])

    def body(self, row: int, columns: Sequence[Column], rows: Iterable[Sequence[Value | Styled]]) -> int:
        """The rows of a table from `row` down. Returns the row after the last."""
        for cells in rows:
            wrapping: list[tuple[object, float]] = []
            for col, (column, cell) in enumerate(zip(columns, cells, strict=True)):
                value = cell.value if isinstance(cell, Styled) else cell
                self.put(row, col, value, cell.style if isinstance(cell, Styled) else column.style)
                if column.wraps:
                    wrapping.append((value, column.width))
            self.fit(row, wrapping)
            row += 1
        return row

    def fit(self, row: int, cells: Iterable[tuple[object, float]]) -> None:
        """Makes a row high enough for its wrapped texts."""
        pixels = row_pixels(cells)
        if pixels:
            self.sheet.set_row_pixels(row, pixels)

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[Value | Styled]], frozen: int, empty: str = NOTHING
    ) -> None:
        """The sheet's only table: header repeated on every printed page, `frozen` columns kept in sight, a filter.

        A table without rows says so in a line of its own.
        """
        self.header(HEAD_ROWS, columns)
        end = self.body(HEAD_ROWS + 1, columns, rows)
        if not rows:
            end = self.nothing(HEAD_ROWS + 1, len(columns), empty)
        self.keep(HEAD_ROWS, HEAD_ROWS, frozen)
        self.sheet.autofilter(HEAD_ROWS, 0, end - 1, len(columns) - 1)

    def keep(self, first_row: int, last_row: int, frozen: int) -> None:
        """Keeps the head in sight down to `last_row`, and repeats `first_row`..`last_row` on every printed page."""
        self.sheet.freeze_panes(last_row + 1, frozen)
        self.sheet.repeat_rows(first_row, last_row)

    def nothing(self, row: int, width: int, text: str = NOTHING) -> int:
        """A framed line in place of rows. Returns the row after it."""
        self.merge((row, 0), (row, width - 1), text, self.styles.soft)
        return row + 1


def _or_dash(rate: float | None) -> float | str:
    return NOT_APPLICABLE if rate is None else rate


def issuing(result: Consolidation) -> tuple[str, str]:
    """Who issues a page, in capitals: the committee, and the office without the committee's name."""
    settings = result.plan.settings
    return settings.issuer.upper(), settings.office_alone.upper()


def titled(title: str, scope: str) -> str:
    """A title with whom it is about, where the workbook is not the province's."""
    return f"{title} – {scope}" if scope else title


def subject(result: Consolidation) -> str:
    """Which plan and round a sheet is about, and up to which day."""
    return (
        f"Kế hoạch số {result.plan.settings.number} · Kỳ báo cáo: {result.round.label} · "
        f"Số liệu đến hết ngày {result.as_of:%d/%m/%Y}"
    )
