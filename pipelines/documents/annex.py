"""`phu-luc.docx`: one annex to all letters: who owes a report, and which indicators are behind their own deadlines.

It says dates and what is missing, not the day of the run nor days gone by: those would make it another document every
day, while nothing has changed. How many days it has been stands in the consolidated workbook.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.clock import local_day
from pipelines.documents.official import DOTS, OfficialDocument
from pipelines.documents.reminder import owed, reminders
from pipelines.documents.tables import TableColumn, TableRow, Value
from pipelines.documents.wording import DASH, count, day
from schemas.consolidation import Consolidation
from schemas.results import UNIT_STATES, UnitIndicator, UnitStatus, percent

EDITION = 1
"""Raised whenever the layout of the annex changes, so that it is written again."""
_SIZE = 11
_UNITS = (
    TableColumn("STT", 1.2, "centre"),
    TableColumn("Đơn vị", 5.4),
    TableColumn("Tình trạng", 2.6, "centre"),
    TableColumn("Hạn chung", 2.4, "centre"),
    TableColumn("Gia hạn đến (văn bản)", 4.0),
    TableColumn("Gửi lần đầu", 2.4, "centre"),
    TableColumn("Nội dung còn thiếu", 7.7),
)
_INDICATORS = (
    TableColumn("STT", 1.2, "centre"),
    TableColumn("Đơn vị", 6.2),
    TableColumn("Đã thực hiện", 2.3, "right"),
    TableColumn("Tổng số", 2.3, "right"),
    TableColumn("Còn thiếu", 2.2, "right"),
    TableColumn("Tỷ lệ", 2.0, "right"),
    TableColumn("Tổ chức còn thiếu (số còn thiếu)", 9.5),
)


@dataclass(frozen=True, slots=True)
class Annex:
    """All that the annex says. `owing`: units; `behind`: indicators, each with a heading row of its own."""

    note: str
    owing: tuple[tuple[Value, ...], ...]
    behind: tuple[tuple[str, tuple[tuple[Value, ...], ...]], ...]

    @property
    def empty(self) -> bool:
        """Whether nobody owes anything."""
        return not self.owing and not self.behind


def annex(result: Consolidation) -> Annex:
    """What the annex says of a consolidation: overdue and returned units, indicators past their own deadlines."""
    settings, year = result.plan.settings, result.as_of.year
    note = (
        f"(Kèm theo Công văn số {DOTS}-CV/{DOTS}, ngày {DOTS} tháng {DOTS} năm {year} của {settings.office} "
        f"về đôn đốc thực hiện Kế hoạch số {settings.number}, ngày {day(settings.issued_on)} của {settings.issuer})"
    )
    return Annex(note, _owing(result), _behind(result))


def annex_digest(result: Consolidation) -> str:
    """SHA-256 (hex) over what the annex says: no day of the run is in it."""
    return hashlib.sha256(repr((EDITION, result.round.label, annex(result))).encode()).hexdigest()


def write_annex(result: Consolidation, path: Path) -> None:
    """Writes the annex. Raises OSError."""
    said, settings = annex(result), result.plan.settings
    subject = f"đơn vị quá hạn, báo cáo bị trả lại và chỉ tiêu quá hạn – {result.round.label}"
    document = OfficialDocument(f"Phụ lục: {subject}", settings.office, result.as_of, landscape=True)
    document.title("Phụ lục", f"Tình hình {subject}", said.note)
    document.heading(f"Đơn vị quá hạn hoặc có báo cáo bị trả lại: {count(len(said.owing))}")
    _table(document, _UNITS, list(said.owing), "Không có đơn vị nào quá hạn hoặc có báo cáo bị trả lại.")
    document.heading(f"Chỉ tiêu quá thời hạn của từng đơn vị: {count(sum(len(rows) for _, rows in said.behind))}")
    rows: list[Sequence[Value] | TableRow] = []
    for heading, of_units in said.behind:
        rows += [TableRow([heading], heading=True), *of_units]
    _table(document, _INDICATORS, rows, "Không có chỉ tiêu nào quá thời hạn riêng.")
    document.save(path)


def _table(
    document: OfficialDocument,
    columns: Sequence[TableColumn],
    rows: Sequence[Sequence[Value] | TableRow],
    nothing: str,
) -> None:
    if rows:
        document.table(columns, rows, size=_SIZE)
    else:
        document.paragraph(nothing)


def _owing(result: Consolidation) -> tuple[tuple[Value, ...], ...]:
    """Overdue units with what they owe, then those whose report was returned before it is due."""
    overdue = {reminder.unit.code: owed(reminder) for reminder in reminders(result)}
    listed = [u for u in result.units if u.state == "qua_han"] + [u for u in result.units if u.state == "loi"]
    return tuple(
        (number, u.unit.name, UNIT_STATES[u.state], _original(u, result), _extended(u), _first(u), _missing(u, overdue))
        for number, u in enumerate(listed, 1)
    )


def _missing(status: UnitStatus, overdue: dict[str, str]) -> str:
    said = overdue.get(status.unit.code)
    if said is None:
        said = f"bản đã gửi còn {count(status.errors)} lỗi" if status.errors else "bản đã gửi bị trả lại"
    return said[:1].upper() + said[1:]


def _original(status: UnitStatus, result: Consolidation) -> date | None:
    return status.original_due or result.round.due


def _extended(status: UnitStatus) -> str:
    if status.extension is None:
        return DASH
    document = status.extension.basis.document
    return day(status.extension.due) + (f" ({document})" if document else "")


def _first(status: UnitStatus) -> date | None:
    return local_day(status.first_submitted_at) if status.first_submitted_at else None


def _behind(result: Consolidation) -> tuple[tuple[str, tuple[tuple[Value, ...], ...]], ...]:
    """Per indicator, in the plan's order, the units that have not reached it in time."""
    late = [i for i in result.by_unit if i.state == "qua_han"]
    documents = {d.indicator: d.basis.document for d in result.decisions.deadlines}
    tables = []
    for total in result.indicators:
        of_units = [i for i in late if i.indicator == total.id]
        if not of_units:
            continue
        by = f"thời hạn {day(total.deadline)}" if total.deadline else ""
        document = documents.get(total.id, "")
        target = f"chỉ tiêu {percent(total.target).replace(',0 ', ' ')}" if total.target is not None else ""
        basis = f"theo {document}" if document else ""
        heading = "; ".join(filter(None, [f"{total.id} – {total.label}", " ".join(filter(None, [by, basis])), target]))
        tables.append((heading, tuple(_line(result, number, i) for number, i in enumerate(of_units, 1))))
    return tuple(tables)


def _line(result: Consolidation, number: int, indicator: UnitIndicator) -> tuple[Value, ...]:
    rate = DASH if indicator.rate is None else percent(indicator.rate)
    unit = result.plan.unit(indicator.unit)
    short = [
        o.organisation.name if o.denominator == 1 else f"{o.organisation.name} ({count(o.missing)})"
        for o in result.by_organisation
        if (o.unit, o.indicator) == (indicator.unit, indicator.indicator)
        and o.missing
        and o.organisation.code != indicator.unit
    ]
    numbers = (indicator.numerator, indicator.denominator, indicator.missing)
    return (number, unit.name, *numbers, rate, "; ".join(short) or DASH)
