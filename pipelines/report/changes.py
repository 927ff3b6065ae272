"""`Thay đổi`: everything that is different from an earlier day, and what it did to the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.page import HEAD_ROWS, Page, Styled, Value
from pipelines.report.tables import Sections
from pipelines.report.wording import NOT_APPLICABLE, coverage, grouped, signed, unit_state_style
from pipelines.styles import RULE_LINE
from schemas.progress import EVENTS, Event, FieldChange, Progress, StateChange, TotalChange
from schemas.results import UNIT_STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation

TAB = "Thay đổi"
NO_EARLIER = "Chưa có lần tổng hợp trước để so sánh."
NOTHING_NEW = "không có gì thay đổi: không có tệp mới hay tệp rút, không trạng thái, số liệu hay quyết định nào khác."
FIRST_ROW = HEAD_ROWS + 1
MOST_UNITS = 8
"""Units named where a figure has changed; of the others the number is said."""
_WIDTHS = (5.5, 14, 40, 18, 18, 12, 12, 46, 12, 12, 30)


def write_changes(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """`Thay đổi`: events, states, decisions, and the figures that moved, against the day `result.progress.since`."""
    page = Page(workbook, styles, result, TAB, "NHỮNG THAY ĐỔI SO VỚI LẦN TỔNG HỢP TRƯỚC")
    sections = Sections(page, FIRST_ROW, _WIDTHS)
    progress = result.progress
    if progress is None or progress.nothing:
        told = NO_EARLIER if progress is None else f"{_days(result, progress)}: {NOTHING_NEW}"
        sections.say(told)
        return
    page.put(HEAD_ROWS - 1, 0, _compared(result, progress), styles.page_subject)
    _events(sections, progress)
    _states(sections, progress)
    if not result.scope or progress.decisions:
        _decisions(sections, progress)
    if not result.scope or progress.totals:
        _totals(sections, progress)
    _fields(sections, progress, f"của {result.scope}" if result.scope else "toàn tỉnh")
    sections.keep(HEAD_ROWS)


def _days(result: Consolidation, progress: Progress) -> str:
    return f"Đến hết ngày {result.as_of:%d/%m/%Y} so với hết ngày {progress.since:%d/%m/%Y}"


def _compared(result: Consolidation, progress: Progress) -> str:
    kinds = {kind: sum(event.kind == kind for event in progress.events) for kind in EVENTS}
    told = ", ".join(f"{EVENTS[kind].lower()} {grouped(n)}" for kind, n in kinds.items() if n)
    return (
        f"{_days(result, progress)}: "
        f"{grouped(len(progress.events))} sự việc{f' ({told})' if told else ''}, "
        f"{grouped(len(progress.states))} đơn vị đổi trạng thái, {grouped(len(progress.fields))} số liệu thay đổi."
    )


def _events(sections: Sections, progress: Progress) -> None:
    s = sections.page.styles
    described = (
        ("STT", s.text_centre),
        ("Mã đơn vị", s.text),
        ("Đơn vị", s.name),
        ("Thời điểm", s.datetime),
        ("Sự việc", s.text_centre),
        ("Bản số", s.text_centre),
        ("Trước đó đang tính bản số", s.text_centre),
        ("Tệp", s.name),
        ("Nay được tính", s.text_centre),
        ("Số ô thay đổi", s.count),
        ("Lý do", s.name),
    )
    rows = [_event(s, n, event) for n, event in enumerate(progress.events, 1)]
    sections.add(f"Sự việc: {grouped(len(rows))}", described, rows, "Không có tệp nào đến hay rút")


def _event(s: Styles, number: int, event: Event) -> Sequence[Value | Styled]:
    colour = {"rejected": s.bad, "withdrawn": s.warn}.get(event.kind, s.good)
    return (
        number,
        event.unit.code,
        event.unit.name,
        event.at,
        Styled(EVENTS[event.kind], colour),
        event.version,
        event.since,
        event.source_name,
        event.counts,
        event.cells,
        event.reason,
    )


def _states(sections: Sections, progress: Progress) -> None:
    s = sections.page.styles
    described = (
        ("STT", s.text_centre),
        ("Mã đơn vị", s.text),
        ("Đơn vị", s.name),
        ("Trạng thái trước", s.text_centre),
        ("Trạng thái nay", s.text_centre),
    )
    rows = [_state(s, n, change) for n, change in enumerate(progress.states, 1)]
    sections.add(f"Đơn vị đổi trạng thái: {grouped(len(rows))}", described, rows, "Không đơn vị nào đổi trạng thái")


def _state(s: Styles, number: int, change: StateChange) -> Sequence[Value | Styled]:
    before = (
        Styled("Chưa có tên", s.neutral)
        if change.before is None
        else Styled(UNIT_STATES[change.before], unit_state_style(s, change.before))
    )
    after = Styled(UNIT_STATES[change.after], unit_state_style(s, change.after))
    return number, change.unit.code, change.unit.name, before, after


def _decisions(sections: Sections, progress: Progress) -> None:
    s = sections.page.styles
    described = (("STT", s.text_centre), ("Mới hay thôi", s.text_centre), ("Nội dung", s.name), ("Số văn bản", s.text))
    rows = [
        (n, Styled("mới", s.good) if d.taken else Styled("thôi", s.warn), d.words, d.document)
        for n, d in enumerate(progress.decisions, 1)
    ]
    title = f"Quyết định điều hành: {grouped(len(rows))}"
    sections.add(title, described, rows, "Không có quyết định nào khác trước")


def _totals(sections: Sections, progress: Progress) -> None:
    s = sections.page.styles
    described = (
        ("STT", s.text_centre),
        ("Ký hiệu", s.text_centre),
        ("Chỉ tiêu", s.name),
        ("Đã thực hiện, trước", s.count),
        ("Đã thực hiện, nay", s.count),
        ("Tổng số, trước", s.count),
        ("Tổng số, nay", s.count),
        ("Số đơn vị có số liệu", s.text_centre),
        ("Tỷ lệ trước", s.percent_centre),
        ("Tỷ lệ nay", s.percent_centre),
        ("Chênh lệch (điểm %)", _difference(s, "[$-42A]+0.0#;[$-42A]-0.0#;0")),
    )
    rows = [_total(n, change) for n, change in enumerate(progress.totals, 1)]
    sections.add(f"Chỉ tiêu toàn tỉnh thay đổi: {grouped(len(rows))}", described, rows, "Không chỉ tiêu nào khác trước")


def _total(number: int, change: TotalChange) -> Sequence[Value | Styled]:
    before, after = change.before, change.after
    old = None if before is None else before.rate
    points = None if old is None or after.rate is None else (after.rate - old) * 100
    return (
        number,
        after.id,
        after.label,
        None if before is None else before.numerator,
        after.numerator,
        None if before is None else before.denominator,
        after.denominator,
        f"{coverage(before) if before else NOT_APPLICABLE} → {coverage(after)}",
        NOT_APPLICABLE if old is None else old,
        NOT_APPLICABLE if after.rate is None else after.rate,
        points,
    )


def _fields(sections: Sections, progress: Progress, whose: str) -> None:
    s = sections.page.styles
    described = (
        ("STT", s.text_centre),
        ("Biểu", s.text),
        ("Số liệu", s.name),
        ("Trước", s.count),
        ("Nay", s.count),
        ("Chênh lệch", _difference(s, "[$-42A]+#,##0;[$-42A]-#,##0;0")),
        ("Số đơn vị", s.count),
        ("Đơn vị làm thay đổi", s.name),
    )
    rows = [_field(n, change) for n, change in enumerate(progress.fields, 1)]
    title = f"Số liệu {whose} thay đổi: {grouped(len(rows))} (cột có/không: số dòng “có”)"
    sections.add(title, described, rows, "Không số liệu nào khác trước")


def _field(number: int, change: FieldChange) -> Sequence[Value | Styled]:
    label = f"{change.field.group}: {change.field.label}" if change.field.group else change.field.label
    difference = change.after - change.before
    return (
        number,
        change.sheet.tab,
        label,
        change.before,
        change.after,
        difference,
        len(change.units),
        moved(change),
    )


def moved(change: FieldChange) -> str:
    """Which units moved a figure: `703: +12; 705: −3 và 4 đơn vị khác: +20`. The differences add up."""
    differences = [(unit.code, after - before) for unit, before, after in change.units]
    named = differences if len(differences) <= MOST_UNITS else differences[:MOST_UNITS]
    said = "; ".join(f"{code}: {signed(difference)}" for code, difference in named)
    rest = differences[len(named) :]
    if not rest:
        return said
    return f"{said} và {grouped(len(rest))} đơn vị khác: {signed(sum(difference for _, difference in rest))}"


def _difference(s: Styles, number_format: str) -> Format:
    return s.make(
        num_format=number_format, align="right", valign="vcenter", border=1, border_color=RULE_LINE, bold=True
    )
