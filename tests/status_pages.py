"""Consolidations to draw status pages from: a province with everything in it, and the three plain ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from schemas.consolidation import Consolidation
from schemas.decisions import Basis, Extension
from schemas.plan import Indicator, Plan, Unit
from schemas.plan_file import load_plan
from schemas.progress import DecisionChange, Event, Progress, StateChange, TotalChange
from schemas.results import (
    IndicatorState,
    IndicatorTotal,
    UnitIndicator,
    UnitState,
    UnitStatus,
)
from schemas.signs import Evidence, Sign

PLAN_FOLDER = Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022"
AS_OF, DUE = date(2022, 5, 20), date(2022, 5, 10)
HOSTILE = '</script><script>document.title="hỏng"</script><img src=x onerror="document.title=1"> &amp; \x00\u202eđảo'
"""A name as nobody should have one."""
_MIXED: tuple[UnitState, ...] = ("dung_han",) * 3 + ("tre_han", "dung_han", "qua_han", "dung_han", "mien", "qua_han")


@cache
def plan() -> Plan:
    """The plan kh70_2022."""
    return load_plan(PLAN_FOLDER)


def mixed() -> Consolidation:
    """Units on time, late, overdue, returned and exempt; an extension, changes, signs."""
    made = province(lambda place: _MIXED[place % len(_MIXED)], AS_OF)
    units = list(made.units)
    longer = Extension("705", "ket_qua", date(2022, 5, 15), Basis("12-CV/BTG", "thiên tai"))
    units[1] = replace(units[1], due=longer.due, original_due=DUE, extension=longer)
    return replace(made, units=tuple(units), progress=_progress(made), signs=_signs(made))


def empty() -> Consolidation:
    """Nobody has sent anything, and it is not due yet."""
    return province(lambda _: "chua_den_han", date(2022, 4, 20))


def all_on_time() -> Consolidation:
    """Everybody has reported in time, and everything is done."""
    return province(lambda _: "dung_han", AS_OF, whole=True)


def all_exempt() -> Consolidation:
    """Nobody is asked."""
    return province(lambda _: "mien", AS_OF)


def hostile() -> Consolidation:
    """The mixed province with names, groups and notes that try to be markup."""
    made = mixed()
    first = made.units[5]
    unit = replace(first.unit, name=HOSTILE)
    units = list(made.units)
    units[5] = replace(first, unit=unit, group=HOSTILE, note=HOSTILE)
    progress = made.progress
    assert progress is not None
    events = tuple(replace(event, unit=unit, source_name=HOSTILE, reason=HOSTILE) for event in progress.events)
    round_ = replace(made.round, label=HOSTILE)
    return replace(made, units=tuple(units), progress=replace(progress, events=events), round=round_)


PROVINCES: Mapping[str, Callable[[], Consolidation]] = {
    "mixed": mixed,
    "empty": empty,
    "all_on_time": all_on_time,
    "all_exempt": all_exempt,
}


def every_link(result: Consolidation) -> dict[str, str]:
    """All keys a page knows, with spaces and Vietnamese in some of the paths."""
    links = {"tong-hop.xlsx": "tong-hop.xlsx", "bao-cao-ket-qua.docx": "bao-cao-ket-qua.docx"}
    links |= {"don-doc/phu-luc.docx": "don-doc/phu-luc.docx", "don-doc/tin-nhan.txt": "don-doc/tin-nhan.txt"}
    for place, group in enumerate(dict.fromkeys(u.group for u in result.units)):
        links[f"group:{group}"] = f"theo-nhom/nhom-{place}.xlsx"
    for status in result.units:
        code = status.unit.code
        if code.startswith("7"):
            links[f"unit:{code}"] = f"theo-don-vi/{code}.xlsx"
        if status.first_submitted_at:
            links[f"receipt:{code}"] = f"phieu-tiep-nhan/{code}/20220510-220000 Báo cáo #1 50% {code}.xlsx"
        if status.errors:
            links[f"marked:{code}"] = f"tra-lai/{code}/20220510-220000 Báo cáo {code}.xlsx"
        if status.state == "qua_han":
            links[f"letter:{code}"] = f"don-doc/cong-van-{code}.docx"
    return links


def province(state_of: Callable[[int], UnitState], as_of: date, *, whole: bool = False) -> Consolidation:
    """A round of the plan with each unit in the state said of its place. `whole`: every figure is 100 %."""
    asked = plan()
    round_ = asked.round("ket_qua")
    units = tuple(_status(asked, unit, state_of(n), n, as_of) for n, unit in enumerate(asked.reporting_units))
    indicators = asked.indicators_of_round(round_.id)
    by_unit = tuple(
        _figure(i, status, n + k, as_of, whole)
        for n, status in enumerate(units)
        for k, i in enumerate(indicators)
        if i.kind in ("rate", "volume") and status.state != "mien"
    )
    groups = dict.fromkeys(u.group for u in units)
    return Consolidation(
        plan=asked,
        round=round_,
        as_of=as_of,
        units=units,
        indicators=tuple(_total(i, "", units, by_unit, as_of) for i in indicators),
        by_group=tuple(
            _total(i, g, tuple(u for u in units if u.group == g), by_unit, as_of) for g in groups for i in indicators
        ),
        by_unit=by_unit,
        rows=(),
        findings=(),
        sources=(),
    )


def _status(asked: Plan, unit: Unit, state: UnitState, place: int, as_of: date) -> UnitStatus:
    late = place % 7 + 1 if state == "tre_han" else 0
    done, returned = state in ("dung_han", "tre_han"), state == "qua_han" and place % 2 == 1
    sent = datetime(2022, 5, 10, 15, tzinfo=UTC) + timedelta(days=late or -(place % 12))
    note = {
        "dung_han": "Đang tính bản số 1.",
        "tre_han": f"Trễ {late} ngày (hạn 10/05/2022). Đang tính bản số 1.",
        "qua_han": "Mới chỉ có bản bị trả lại." if returned else "Chưa nộp; quá hạn 10 ngày (hạn 10/05/2022).",
        "mien": "Được miễn theo công văn số 7-CV/BTG.",
    }.get(state, "Chưa nộp.")
    return UnitStatus(
        unit=unit,
        group=asked.group(unit),
        state=state,
        due=None if state == "mien" else DUE,
        first_submitted_at=sent if done or returned else None,
        accepted_at=sent if done else None,
        days_late=late,
        days_overdue=(as_of - DUE).days if state == "qua_han" else 0,
        version=1 if done else None,
        sha256=f"{place:064x}" if done else None,
        errors=2 if returned else 0,
        warnings=place % 3,
        note=note,
        original_due=DUE,
    )


def _figure(indicator: Indicator, status: UnitStatus, place: int, as_of: date, whole: bool) -> UnitIndicator:
    code = status.unit.code
    if status.accepted_at is None:
        return UnitIndicator(code, indicator.id, None, None, None, "chua_bao_cao", 0)
    done = 1000 if whole else 1000 - place % 5 * place * 7
    if indicator.kind == "volume":
        return UnitIndicator(code, indicator.id, done, None, None, None, 0)
    state, days = _state(indicator, done >= 1000, as_of)
    return UnitIndicator(code, indicator.id, done, 1000, done / 1000, state, days)


def _state(indicator: Indicator, complete: bool, as_of: date) -> tuple[IndicatorState, int]:
    if complete:
        return "hoan_thanh", 0
    if indicator.deadline is None:
        return "khong_co_han", 0
    days = (as_of - indicator.deadline).days
    return ("qua_han", days) if days > 0 else ("dang_thuc_hien", 0)


def _total(
    indicator: Indicator,
    group: str,
    units: tuple[UnitStatus, ...],
    by_unit: tuple[UnitIndicator, ...],
    as_of: date,
) -> IndicatorTotal:
    codes = {u.unit.code for u in units if u.state != "mien"}
    figures = [f for f in by_unit if f.indicator == indicator.id and f.unit in codes and f.numerator is not None]
    reported, numerator = len(figures), sum(f.numerator or 0 for f in figures)
    denominator = sum(f.denominator or 0 for f in figures)
    if indicator.kind in ("reporting", "on_time"):
        states = ("dung_han", "tre_han") if indicator.kind == "reporting" else ("dung_han",)
        reported = sum(u.accepted_at is not None for u in units)
        numerator, denominator = sum(u.state in states for u in units), len(codes)
    rated = indicator.kind != "volume" and denominator > 0
    state, days = _state(indicator, rated and numerator == denominator and reported == len(codes), as_of)
    if not reported:
        state, days = "chua_bao_cao", 0
    return IndicatorTotal(
        id=indicator.id,
        label=indicator.label,
        kind=indicator.kind,
        group=group,
        numerator=numerator if reported else None,
        denominator=denominator if reported and indicator.kind != "volume" else None,
        rate=numerator / denominator if rated and reported else None,
        target=None if indicator.target is None else indicator.target / 100,
        deadline=indicator.deadline,
        state=None if indicator.kind == "volume" and reported else state,
        days_overdue=days,
        units_reported=reported,
        units_expected=len(codes),
        lower_bound=0.5 if indicator.id == "CT3" and reported else None,
        lower_bound_units=2 if indicator.id == "CT3" and reported else 0,
    )


def _progress(made: Consolidation) -> Progress:
    first, second, third = (made.units[n].unit for n in (0, 3, 5))
    at = datetime(2022, 5, 20, 14, tzinfo=UTC)
    before = replace(made.indicators[0], numerator=1, denominator=2, rate=0.5, units_reported=3)
    return Progress(
        since=date(2022, 5, 19),
        events=(
            Event("new", second, 1, at, "a.xlsx", "a" * 64, counts=True),
            Event("corrected", first, 2, at, "b.xlsx", "b" * 64, counts=True, since=1, cells=1234),
            Event("rejected", third, 1, at, "c.xlsx", "c" * 64, counts=False),
            Event("withdrawn", first, 1, at, "d.xlsx", "d" * 64, counts=False, reason="gửi nhầm"),
        ),
        states=(StateChange(second, "qua_han", "tre_han"), StateChange(third, None, "qua_han")),
        totals=(TotalChange(before, made.indicators[0]), TotalChange(None, made.indicators[1])),
        decisions=(
            DecisionChange(taken=True, words="Gia hạn cho Huyện uỷ Tân Biên đến 15/05/2022", document="12-CV/BTG"),
        ),
    )


def _signs(made: Consolidation) -> tuple[Sign, ...]:
    where = (Evidence("703", "a.xlsx", 1, "B2 Học tập", "D7", "100"),)
    unit = made.units[0].unit
    return (
        Sign("repeated_figures", unit, "Ba tổ chức cùng có 40 đảng viên.", "Số liệu có chép lại không?", where),
        Sign("repeated_figures", made.units[3].unit, "Ba tổ chức giống nhau.", "Số liệu có chép lại không?", where),
        Sign("all_complete", unit, "Mọi tỷ lệ đều 100 %.", "Có kiểm tra thực tế chưa?", where),
    )
