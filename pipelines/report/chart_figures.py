"""`Số liệu biểu đồ`: the figures that charts need and no other page shows: reports day by day, rates by group."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.clock import TIMEZONE
from pipelines.report.follow_up import ACCEPTED as ACCEPTED_AT
from pipelines.report.follow_up import SENT as SENT_AT
from pipelines.report.follow_up import STATE, progress_cells
from pipelines.report.page import HEAD_ROWS, Column, Page, Value
from pipelines.report.tables import filtered_table
from pipelines.report.wording import ACCEPTED_STATES, expected
from schemas.results import UNIT_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlsxwriter import Workbook

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation

TAB = "Số liệu biểu đồ"
SENT, ACCEPTED, EXPECTED, DUE = 1, 2, 3, 4
"""Columns of the table of days (0-based); the day stands in column 0."""
_WIDTHS = (44, 15, 15, 15, 15)
_NARROW = 10
MOST_DAYS = 62
"""Days that are listed one by one."""


@dataclass(frozen=True)
class ChartFigures:
    """Where on the page the figures stand: rows are 0-based, first and last; None where there are none.

    `groups`: the row of each group's rates, in the columns 1 to `rates`.
    """

    tab: str
    days: tuple[int, int] | None
    due: bool
    groups: dict[str, int] = field(default_factory=dict)
    rates: int = 0


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many units had sent something, and had an accepted report, at the end of a day; None for days to come."""

    day: date
    sent: int | None
    accepted: int | None


def day_by_day(result: Consolidation) -> list[DayCount]:
    """From the day of the first report (else the plan's own) to `as_of`, or to the due day where that is later.

    Exempt units are left out. The last day's accepted units are those that the states count. Of a long time only the
    days on which something changed, and those around them.
    """
    if not expected(result.units):
        return []
    asked = [u for u in result.units if u.state != "mien"]
    sent = _days(u.first_submitted_at for u in asked)
    accepted = _days(u.accepted_at for u in asked if u.state in ACCEPTED_STATES)
    first = min([*sent, *accepted], default=min(result.plan.settings.issued_on, result.as_of))
    last = max(result.as_of, result.round.due or result.as_of)
    counts = []
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        known = day <= result.as_of
        counts.append(
            DayCount(
                day,
                sum(d <= day for d in sent) if known else None,
                sum(d <= day for d in accepted) if known else None,
            )
        )
    return counts if len(counts) <= MOST_DAYS else _telling(counts, result.round.due)


def _telling(counts: Sequence[DayCount], due: date | None) -> list[DayCount]:
    """The first, the last, the due day, and those on either side of a change: lines between them stay true."""
    said = [(c.sent, c.accepted) for c in counts]
    ends = {0, len(counts) - 1}
    changed = {n for n in range(1, len(counts)) if said[n] != said[n - 1]}
    kept = ends | changed | {n - 1 for n in changed} | {n for n, c in enumerate(counts) if c.day == due}
    return [counts[n] for n in sorted(kept)]


def _days(moments: Iterable[datetime | None]) -> list[date]:
    return [moment.astimezone(TIMEZONE).date() for moment in moments if moment is not None]


def write_chart_figures(workbook: Workbook, styles: Styles, result: Consolidation) -> ChartFigures:
    """The last page of the workbook. Returns where its figures stand."""
    page = Page(workbook, styles, result, TAB, "SỐ LIỆU VẼ BIỂU ĐỒ")
    shown = list(dict.fromkeys(t.id for t in result.by_group if t.kind == "rate"))
    rate_of = {(t.group, t.id): t.rate for t in result.by_group}
    groups = [g for g in dict.fromkeys(u.group for u in result.units) if any((g, i) in rate_of for i in shown)]
    days = day_by_day(result)
    due = result.round.due
    whole = expected(result.units)
    page.put(HEAD_ROWS - 1, 0, "1. Số đơn vị đã gửi báo cáo đến hết từng ngày", styles.subtitle_plain)
    day_rows: list[tuple[Value, ...]] = [
        (d.day, d.sent, d.accepted, whole, whole if d.day == due else None) for d in days
    ]
    row = filtered_table(page, HEAD_ROWS, _day_columns(styles), day_rows, "Chưa có số liệu")
    for at, day in enumerate(days, HEAD_ROWS + 1):
        _count(page, at, day)
    page.put(row + 1, 0, "2. Tỷ lệ hoàn thành từng chỉ tiêu theo nhóm đơn vị", styles.subtitle_plain)
    group_rows: list[tuple[Value, ...]] = [(g, *(rate_of.get((g, i)) for i in shown)) for g in groups]
    filtered_table(page, row + 2, _group_columns(styles, shown), group_rows, "Chưa có số liệu")
    page.keep(HEAD_ROWS, HEAD_ROWS, 1)
    return ChartFigures(
        page.tab,
        (HEAD_ROWS + 1, HEAD_ROWS + len(days)) if days else None,
        any(d.day == due for d in days),
        {group: row + 3 + n for n, group in enumerate(groups)},
        len(shown),
    )


def _count(page: Page, row: int, day: DayCount) -> None:
    """The figures of a day as formulas that count the units whose moment lies before its end."""
    result, count = page.result, page.styles.count
    states = progress_cells(result, STATE)
    before = f'"<"&A{row + 1}+1'
    sent = f'=COUNTIFS({progress_cells(result, SENT_AT)},{before},{states},"<>{UNIT_STATES["mien"]}")'
    taken = [
        f'COUNTIFS({progress_cells(result, ACCEPTED_AT)},{before},{states},"{UNIT_STATES[state]}")'
        for state in ACCEPTED_STATES
    ]
    if day.sent is not None and day.accepted is not None:
        page.formula(row, SENT, sent, day.sent, count)
        page.formula(row, ACCEPTED, f"={'+'.join(taken)}", day.accepted, count)


def _day_columns(s: Styles) -> list[Column]:
    titles = ("Ngày", "Đã gửi", "Được chấp nhận", "Phải báo cáo", "Hạn nộp")
    return [
        Column(title, width, s.count if col else s.date)
        for col, (title, width) in enumerate(zip(titles, _WIDTHS, strict=True))
    ]


def _group_columns(s: Styles, shown: list[str]) -> list[Column]:
    widths = [*_WIDTHS[1:], *[_NARROW] * len(shown)]
    return [
        Column("Nhóm", _WIDTHS[0], s.name),
        *(Column(i, width, s.percent) for i, width in zip(shown, widths, strict=False)),
    ]
