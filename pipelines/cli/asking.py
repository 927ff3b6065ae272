"""Commands that only ask: status, history, plan check."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path

from rich.table import Table

from pipelines.cli.faults import Refused
from pipelines.cli.options import console, pieces
from pipelines.clock import now, past_or_present, today
from pipelines.consolidate import changes, consolidate
from pipelines.consolidate.listings import sources
from pipelines.dataset import Connection, ensure_sheets, open_dataset
from pipelines.decided import decided_words, put_in_force
from pipelines.known import known_by
from pipelines.plans import Plans, misnamed, round_named, unit_named
from pipelines.published import history_json, status_json
from pipelines.spoken_text import json_text
from pipelines.store import Home
from schemas.changes import Changes, Value
from schemas.consolidation import Consolidation
from schemas.control import CONTROL_UNIT, base_id, control_id
from schemas.decisions import Decisions
from schemas.finding import shown
from schemas.plan import NO, YES, Plan, Round
from schemas.plan_fault import PlanFaults
from schemas.plan_file import load_plan
from schemas.results import INDICATOR_STATES, UNIT_STATES, IndicatorTotal, Source, UnitState, percent

MOST_CHANGES = 20
"""Changed cells that `history` shows one by one."""

_COLOURS: dict[UnitState, str] = {
    "dung_han": "green",
    "tre_han": "yellow",
    "qua_han": "bold red",
    "loi": "red",
    "chua_den_han": "dim",
    "mien": "dim",
}
_VERDICTS = {
    "accepted": "chấp nhận",
    "accepted_with_warnings": "chấp nhận, có cảnh báo",
    "rejected": "trả lại",
    "unusable": "không dùng được",
}


def show_status(plan_id: str | None, round_id: str | None, as_of: date | None, *, as_json: bool) -> None:
    """`tonghop status`: one round; the first active one where none is named. Raises UnknownName, Refused."""
    home = Home.locate()
    if as_of is not None:
        past_or_present(as_of)
    rounds = Plans(home).rounds(plan_id, round_id)
    if not rounds:
        raise Refused("Không có kế hoạch nào đang hoạt động. Nêu kế hoạch bằng --plan.")
    plan, round_ = rounds[0]
    with asked(home) as connection:
        result = consolidate(connection, plan, round_, as_of or today())
    if as_json:
        print(json_text(status_json(result)))
        return
    _show_status(result)
    if len(rounds) > 1:
        others = ", ".join(f"--plan {p.id} --round {r.id}" for p, r in rounds[1:])
        console().print(f"Kỳ khác đang hoạt động: {others}")


def show_history(unit: str, plan_id: str | None, round_id: str | None, *, as_json: bool) -> None:
    """`tonghop history`: every version of a unit's reports, by round, then version. Raises UnknownName."""
    home = Home.locate()
    plans = Plans(home)
    bases = [plans.base(base_id(plan_id) or plan_id)] if plan_id else plans.active()
    found: list[tuple[Round, Source, Changes | None]] = []
    with asked(home) as connection:
        put_in_force(plans, connection, now())
        of_office = unit.strip().upper() == CONTROL_UNIT
        chosen = [plans.get(control_id(base.id) if of_office else base.id) for base in bases]
        concerned = [plan for plan in chosen if plan.has_unit(unit.strip().upper())]
        if not concerned:
            unit_named(chosen[0], unit)  # says what may have been meant
        if round_id is not None and not any(round_id == r.id for plan in concerned for r in plan.rounds):
            round_named(concerned[0], round_id)  # says what may have been meant
        for plan in concerned:
            code = unit_named(plan, unit).code
            ensure_sheets(connection, plan)
            for round_ in (r for r in plan.rounds if round_id in (None, r.id)):
                for source in sources(known_by(connection, plan, round_, now())):
                    if source.unit.code == code:
                        changed = changes(connection, plan, round_, source.unit, source.version)
                        found.append((round_, source, changed))
    if as_json:
        print(json_text([history_json(source, changed) for _, source, changed in found]))
        return
    if not found:
        who = "Văn phòng chưa gửi sổ điều hành nào." if of_office else f"Đơn vị {unit} chưa nộp bản nào."
        console().print(who)
        return
    console().print(_versions(found))
    for round_, _, changed in found:
        if changed is not None:
            _show_changes(round_, changed, unit)


def _versions(found: Sequence[tuple[Round, Source, Changes | None]]) -> Table:
    of_unit = found[0][1].unit
    table = Table(title=f"{of_unit.name} ({of_unit.code})", title_justify="left")
    for header in ("Kỳ", "Bản số", "Nhận lúc", "Tệp", "Kết quả", "Được tính", "Vì sao", "SHA-256"):
        table.add_column(header, overflow="fold")
    for round_, source, _ in found:
        table.add_row(
            round_.id,
            str(source.version),
            f"{source.received_at:%d/%m/%Y %H:%M}",
            source.source_name,
            _VERDICTS[source.verdict],
            "có" if source.counts else "không",
            source.reason,
            source.sha256[:12],
        )
    return table


def _show_changes(round_: Round, changed: Changes, unit: str) -> None:
    """What a version changed, where that is soon read; of more, only how many cells."""
    out = console()
    title = f"Kỳ {round_.id}, bản số {changed.version} so với bản số {changed.since}: {len(changed.cells)} ô thay đổi"
    if not changed.cells or len(changed.cells) > MOST_CHANGES:
        more = f" (xem từng ô: tonghop history {unit} --json)" if changed.cells else ""
        out.print(f"{title}{more}")
        return
    table = Table(title=title, title_justify="left")
    for header in ("Trang", "Ô", "Dòng", "Cột", "Trước", "Sau", "Cả đơn vị", "Toàn tỉnh"):
        table.add_column(header, overflow="fold")
    for change in changed.cells:
        table.add_row(
            change.tab,
            change.cell,
            change.organisation,
            change.label,
            _said(change.before),
            _said(change.after),
            _total(change.unit_before, change.unit_after),
            _total(change.province_before, change.province_after),
        )
    out.print(table)


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return "(trống)" if value is None else shown(value)


def _total(before: int | None, after: int | None) -> str:
    return "" if before is None or after is None else f"{before} → {after}"


def check_plan(name: str) -> int:
    """`tonghop plan check`: 0 and the plan in numbers. Raises PlanFaults with everything that is wrong, UnknownName."""
    folder = Path(name).resolve()
    plan = load_plan(folder) if (folder / "settings.csv").is_file() else Plans(Home.locate()).get(name)
    if (folder / "settings.csv").is_file() and plan.id != folder.name:
        raise PlanFaults(folder.name, [misnamed(folder.name, plan.id)])
    rates = sum(i.kind == "rate" for i in plan.indicators)
    console().print(f"Kế hoạch {plan.settings.number} ({plan.id}) hợp lệ, phiên bản {plan.version}.")
    console().print(
        f"{len(plan.rounds)} kỳ báo cáo, {len(plan.sheets)} biểu, {sum(len(s.fields) for s in plan.sheets)} trường, "
        f"{len(plan.rules)} quy tắc, {len(plan.indicators)} chỉ tiêu ({rates} tỷ lệ), "
        f"{len(plan.reporting_units)} đơn vị báo cáo, {len(plan.units) - len(plan.reporting_units)} tổ chức trực thuộc."
    )
    for round_ in plan.rounds:
        due = f"hạn {round_.due:%d/%m/%Y}" if round_.due else "kế hoạch chưa ấn định hạn"
        console().print(f"  {round_.id}: {round_.label}, {due}")
    return 0


def dataset_of(home: Home) -> Path | None:
    """The dataset, or None (an empty one) where nothing has ever arrived. Raises Refused where it has to be rebuilt."""
    if home.dataset.exists():
        return home.dataset
    if any(home.archive.glob("??/*.json")):
        raise Refused("Kho dữ liệu không còn nhưng kho lưu vẫn có tệp. Chạy “tonghop rebuild” rồi thử lại.")
    return None


def asked(home: Home) -> AbstractContextManager[Connection]:
    """The dataset for a command that only asks: it waits, saying so, while a run has it open.

    Raises what `dataset_of` and `open_dataset` raise.
    """
    return open_dataset(dataset_of(home), waiting=say_aside)


def say_aside(line: str) -> None:
    """A line on the error stream, beside what was asked for."""
    console(err=True).print(line, style="yellow")


def _show_status(result: Consolidation) -> None:
    out = console()
    out.print(pieces((_headline(result.plan, result.round), "bold"), f", số liệu đến hết {result.as_of:%d/%m/%Y}"))
    if result.decisions.version:
        out.print(_governed(result.decisions))
    units = Table(title="Đơn vị", title_justify="left")
    for header in ("Mã", "Đơn vị", "Trạng thái", "Nộp lần đầu", "Chấp nhận", "Bản", "Ghi chú"):
        units.add_column(header, overflow="fold")
    for s in result.units:
        state = pieces((UNIT_STATES[s.state], _COLOURS[s.state]))
        version = str(s.version or "–")
        units.add_row(s.unit.code, s.unit.name, state, _day(s.first_submitted_at), _day(s.accepted_at), version, s.note)
    out.print(units)
    counts = ", ".join(f"{UNIT_STATES[s].lower()} {n}" for s, n in result.state_counts().items())
    out.print(f"Cộng {len(result.units)} đơn vị: {counts}.")
    indicators = Table(title="Chỉ tiêu toàn tỉnh", title_justify="left")
    for header in ("Ký hiệu", "Chỉ tiêu", "Đạt / tổng", "Tỷ lệ", "Đơn vị", "Trạng thái"):
        indicators.add_column(header, overflow="fold")
    for total in result.indicators:
        indicators.add_row(*_indicator_cells(total))
    out.print(indicators)


def _governed(decisions: Decisions) -> str:
    """Which control workbook is in force, and what it decides."""
    received = f", nhận ngày {decisions.received_at:%d/%m/%Y}" if decisions.received_at else ""
    return f"Sổ điều hành bản số {decisions.version}{received}: {decided_words(decisions)}."


def _indicator_cells(total: IndicatorTotal) -> tuple[str, ...]:
    whole = "" if total.denominator is None else f" / {total.denominator}"
    counted = "–" if total.numerator is None else f"{total.numerator}{whole}"
    rate = "–" if total.rate is None else percent(total.rate)
    if total.partial and total.rate is not None:
        rate += " (một phần)"
    state = INDICATOR_STATES[total.state] if total.state else "–"
    late = f", {total.days_overdue} ngày" if total.days_overdue else ""
    coverage = f"{total.units_reported}/{total.units_expected}"
    return (total.id, total.label, counted, rate, coverage, state + late)


def _headline(plan: Plan, round_: Round) -> str:
    due = f"hạn {round_.due:%d/%m/%Y}" if round_.due else "chưa ấn định hạn"
    return f"Kế hoạch {plan.settings.number}, {round_.label} ({round_.id}), {due}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%d/%m/%Y}" if moment else "–"
