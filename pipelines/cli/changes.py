"""The command `changes`: what is different in a round from an earlier day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from rich.table import Table

from pipelines.cli.asking import asked
from pipelines.cli.faults import Refused
from pipelines.cli.options import console, pieces
from pipelines.clock import earlier, past_or_present, today
from pipelines.consolidate import consolidate
from pipelines.plans import Plans
from pipelines.published import changes_json
from pipelines.spoken_text import json_text
from pipelines.store import Home
from schemas.consolidation import Consolidation
from schemas.plan import Unit
from schemas.progress import EVENTS, Event, FieldChange, Progress
from schemas.results import UNIT_STATES, IndicatorTotal, percent

MOST_UNITS = 4
"""Units that are named where a field has changed; of the others only the number is said."""


def show_changes(plan_id: str | None, round_id: str | None, since: date, as_of: date | None, *, as_json: bool) -> None:
    """`tonghop changes`: one round; the first active one where none is named.

    Raises UnknownName, FutureDay, NotEarlier where `since` is not before the day, and Refused.
    """
    day = past_or_present(as_of) if as_of is not None else today()
    home = Home.locate()
    rounds = Plans(home).rounds(plan_id, round_id)
    if not rounds:
        raise Refused("Không có kế hoạch nào đang hoạt động. Nêu kế hoạch bằng --plan.")
    plan, round_ = rounds[0]
    with asked(home) as connection:
        result = consolidate(connection, plan, round_, day, earlier(since, day))
    assert result.progress is not None
    if as_json:
        print(json_text(changes_json(result, result.progress)))
        return
    _show(result, result.progress)
    if len(rounds) > 1:
        others = ", ".join(f"--plan {p.id} --round {r.id}" for p, r in rounds[1:])
        console().print(f"Kỳ khác đang hoạt động: {others}")


def _show(result: Consolidation, progress: Progress) -> None:
    out = console()
    title = f"Kế hoạch {result.plan.settings.number}, {result.round.label} ({result.round.id})"
    days = f"đến hết {result.as_of:%d/%m/%Y} so với hết {progress.since:%d/%m/%Y}"
    out.print(pieces((title, "bold"), f", {days}"))
    if progress.nothing:
        out.print("Không có gì thay đổi: không có tệp đến hay rút, không trạng thái, số liệu hay quyết định nào khác.")
        return
    for table in _tables(progress):
        if table.row_count:
            out.print(table)
    counts = {kind: sum(event.kind == kind for event in progress.events) for kind in EVENTS}
    told = [f"{EVENTS[kind].lower()} {n}" for kind, n in counts.items() if n]
    out.print(f"Cộng {len(progress.events)} sự việc{': ' + ', '.join(told) if told else ''}.")


def _tables(progress: Progress) -> Iterable[Table]:
    yield _table(
        "Sự việc",
        ("Lúc", "Đơn vị", "Sự việc", "Bản số", "Được tính", "Nội dung", "Tệp"),
        [
            (
                f"{e.at:%d/%m/%Y %H:%M}",
                _named(e.unit),
                EVENTS[e.kind],
                str(e.version),
                "có" if e.counts else "không",
                _words(e),
                e.source_name,
            )
            for e in progress.events
        ],
    )
    yield _table(
        "Trạng thái đơn vị",
        ("Đơn vị", "Trước", "Sau"),
        [(_named(s.unit), UNIT_STATES[s.before] if s.before else "–", UNIT_STATES[s.after]) for s in progress.states],
    )
    yield _table(
        "Chỉ tiêu toàn tỉnh",
        ("Ký hiệu", "Chỉ tiêu", "Trước", "Sau", "Đơn vị trước", "Đơn vị sau"),
        [
            (t.after.id, t.after.label, _total(t.before), _total(t.after), _coverage(t.before), _coverage(t.after))
            for t in progress.totals
        ],
    )
    yield _table(
        "Số liệu toàn tỉnh",
        ("Biểu", "Trường", "Trước", "Sau", "Chênh", "Đơn vị làm thay đổi"),
        [
            (f.sheet.tab, f.field.label, _number(f.before), _number(f.after), _signed(f.after - f.before), _moved(f))
            for f in progress.fields
        ],
    )
    yield _table(
        "Quyết định của cơ quan tổng hợp",
        ("", "Nội dung", "Văn bản"),
        [("mới" if d.taken else "thôi", d.words, d.document) for d in progress.decisions],
    )


def _table(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for header in headers:
        table.add_column(header, overflow="fold", justify="right" if header in ("Bản số", "Chênh") else "left")
    for row in rows:
        table.add_row(*row)
    return table


def _words(event: Event) -> str:
    """What a version changed, what stands in place of a rejected one, why one was withdrawn."""
    if event.kind == "corrected":
        return f"đổi {event.cells} ô so với bản số {event.since}"
    if event.kind == "rejected" and event.since:
        return f"trước đó đã có bản số {event.since}"
    return event.reason


def _moved(change: FieldChange) -> str:
    """`703 +5, 708 −2 và 3 đơn vị khác`."""
    named = [f"{unit.code} {_signed(after - before)}" for unit, before, after in change.units]
    rest = len(named) - MOST_UNITS
    return ", ".join(named) if rest <= 1 else f"{', '.join(named[:MOST_UNITS])} và {rest} đơn vị khác"


def _named(unit: Unit) -> str:
    return f"{unit.name} ({unit.code})"


def _total(total: IndicatorTotal | None) -> str:
    if total is None or total.numerator is None:
        return "–"
    whole = "" if total.denominator is None else f" / {_number(total.denominator)}"
    rate = "" if total.rate is None else f" ({percent(total.rate)})"
    return f"{_number(total.numerator)}{whole}{rate}"


def _coverage(total: IndicatorTotal | None) -> str:
    return f"{total.units_reported}/{total.units_expected}" if total else "–"


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _signed(value: int) -> str:
    return f"{'+' if value > 0 else '−'}{_number(abs(value))}"
