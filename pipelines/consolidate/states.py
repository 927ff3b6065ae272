"""Unit × round: who reported, when, and in which of the six states."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pipelines.clock import local_day
from pipelines.consolidate.gathering import numbers, reports_in_parts, tabs
from pipelines.consolidate.standing import Standing, excused_words, reported_words, standing
from pipelines.known import Known
from pipelines.parts import Gathered
from schemas.decisions import NO_DECISIONS, Decisions
from schemas.plan import Plan
from schemas.results import UnitState, UnitStatus

_TIMELINE = """
SELECT
    t.*,
    (SELECT count(*) FROM findings f WHERE f.sha256 = t.newest_sha256 AND f.severity = 'error') AS errors,
    (SELECT count(*) FROM findings f WHERE f.sha256 = t.newest_sha256 AND f.severity = 'warning') AS warnings
FROM timeliness($plan, $round, $moment) AS t
"""


def unit_statuses(known: Known, as_of: date, decisions: Decisions = NO_DECISIONS) -> tuple[UnitStatus, ...]:
    """Every reporting unit of the plan in its order, each in exactly one state on the day `as_of`.

    `known`: with plan and round as they are in force that day; `decisions`: those known then.
    """
    plan = known.plan
    timelines = {row["unit"]: row for row in known.read(_TIMELINE)}
    in_parts = reports_in_parts(known)
    return tuple(
        _status(
            plan,
            standing(unit, known.round, decisions, as_of),
            as_of,
            timelines.get(unit.code),
            in_parts.get(unit.code),
        )
        for unit in plan.reporting_units
    )


def _status(
    plan: Plan, one: Standing, as_of: date, timeline: dict[str, Any] | None, in_parts: Gathered | None
) -> UnitStatus:
    first = timeline["first_submitted_at"] if timeline else None
    accepted = timeline["accepted_at"] if timeline else None
    due = one.due
    overdue = max((as_of - due).days, 0) if due and not accepted else 0
    late = max((local_day(accepted) - due).days, 0) if due and accepted else 0
    begun = in_parts is not None and bool(in_parts.parts) and timeline is not None and timeline["newest_accepted"]
    state = _state(one, accepted is not None, first is not None and not begun, late, overdue)
    if accepted and timeline and timeline["counting_version"] is None:
        note = _taken_over(due, accepted, late)
    else:
        plain = _note(state, due, first, accepted, late, overdue, timeline)
        note = _of_parts(plan, due, overdue, in_parts, plain)
    return UnitStatus(
        unit=one.unit,
        group=plan.group(one.unit),
        state=state,
        due=due,
        first_submitted_at=first,
        accepted_at=accepted,
        days_late=late,
        days_overdue=overdue if state == "qua_han" else 0,
        version=timeline["counting_version"] if timeline else None,
        sha256=timeline["counting_sha256"] if timeline else None,
        errors=timeline["errors"] if timeline else 0,
        warnings=timeline["warnings"] if timeline else 0,
        note=_with_decisions(plan, one, state, note, accepted),
        missing=in_parts.missing if in_parts and in_parts.parts else (),
        original_due=one.original_due,
        extension=one.extension,
        exemption=one.exemption,
        departure=one.departure,
    )


def _state(one: Standing, accepted: bool, faulty: bool, late: int, overdue: int) -> UnitState:
    if accepted:
        return "tre_han" if late else "dung_han"
    if one.excused:
        return "mien"
    if overdue:
        return "qua_han"
    return "loi" if faulty else "chua_den_han"


def _with_decisions(plan: Plan, one: Standing, state: UnitState, note: str, accepted: datetime | None) -> str:
    if state == "mien":
        return excused_words(plan, one)
    return f"{note} {reported_words(plan, one, local_day(accepted) if accepted else None)}".rstrip()


def _of_parts(plan: Plan, due: date | None, overdue: int, in_parts: Gathered | None, note: str) -> str:
    """The note on a report in parts: which files give which sheets, and what is still missing."""
    if in_parts is None or not in_parts.parts:
        return note
    given = "; ".join(
        f"{tabs(plan, in_parts.sheets_of(part.version))} từ bản số {part.version} (tệp “{part.source_name}”)"
        for part in in_parts.counting()
    )
    if in_parts.missing:
        deadline = f"hạn {due:%d/%m/%Y}" if due else "kế hoạch chưa ấn định hạn"
        late = f"quá hạn {overdue} ngày, " if overdue else ""
        return f"Mới có một phần: {given}. Còn thiếu {tabs(plan, in_parts.missing)}; {late}{deadline}."
    if len(in_parts.counting()) == 1:
        return note
    return f"{note} Báo cáo gộp từ các bản số {numbers(p.version for p in in_parts.counting())}: {given}."


def _taken_over(due: date | None, accepted: datetime, late: int) -> str:
    """The note on a merged unit whose figures the receiving unit reports now."""
    delay = f", trễ {late} ngày (hạn {due:%d/%m/%Y})" if due and late else ""
    taken = "Số liệu nay tính theo báo cáo của đơn vị nhận sáp nhập."
    return f"Đã nộp, được chấp nhận ngày {local_day(accepted):%d/%m/%Y}{delay}. {taken}"


def _note(
    state: UnitState,
    due: date | None,
    first: datetime | None,
    accepted: datetime | None,
    late: int,
    overdue: int,
    timeline: dict[str, Any] | None,
) -> str:
    deadline = f"hạn {due:%d/%m/%Y}" if due else "kế hoạch chưa ấn định hạn"
    if accepted and timeline:
        counting = f"Đang tính bản số {timeline['counting_version']}"
        arrived = local_day(timeline["counting_at"])
        counting += f" (nhận ngày {arrived:%d/%m/%Y})." if arrived != local_day(accepted) else "."
        if timeline["newest_version"] != timeline["counting_version"]:
            counting += f" Bản mới nhất (số {timeline['newest_version']}) không được tính."
        if state == "tre_han" and first and due and local_day(first) <= due:
            return (
                f"Nộp lần đầu đúng hạn ({local_day(first):%d/%m/%Y}) nhưng có lỗi; "
                f"bản được chấp nhận đến ngày {local_day(accepted):%d/%m/%Y}, trễ {late} ngày. {counting}"
            )
        return (f"Trễ {late} ngày ({deadline}). " if late else "") + counting
    if first and timeline:
        only = (
            "Bản được chấp nhận đã được rút, chưa có bản thay" if timeline["withdrawn"] else "Mới chỉ có bản bị trả lại"
        )
        since = f"{only} (nộp lần đầu ngày {local_day(first):%d/%m/%Y})"
        return f"{since}; {f'quá hạn {overdue} ngày, ' if overdue else ''}{deadline}."
    return f"Chưa nộp; quá hạn {overdue} ngày ({deadline})." if overdue else f"Chưa nộp; {deadline}."
