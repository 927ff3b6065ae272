"""Part I: who has reported, when, and who has not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.documents.result_report.blocks import Block, Heading, Table, Text, bullets
from pipelines.documents.result_report.gathered import groups
from pipelines.documents.result_report.wording import PROVINCE, day, lowered, named, number, rate
from pipelines.documents.tables import TableColumn, TableRow
from schemas.consolidation import Consolidation
from schemas.decisions import Basis
from schemas.plan import IndicatorKind
from schemas.results import UNIT_STATES, UnitState, UnitStatus

_SEE = "xem Phụ lục 1"


def submitting(result: Consolidation) -> list[Block]:
    """The state of reporting in a few sentences, a table by group, and what the office has decided for units."""
    blocks: list[Block] = [Heading(1, "Tình hình nộp báo cáo"), Text(_due(result))]
    if not result.units:
        return [*blocks, Text("Kế hoạch chưa có đơn vị nào trong danh mục đơn vị báo cáo.")]
    blocks += [Text(_reported(result)), *bullets(_by_state(result)), _table(result)]
    decided = _decided(result)
    if decided:
        blocks += [Text("Các trường hợp đã có văn bản cho phép, điều chỉnh:"), *bullets(decided)]
    return blocks


def expected(units: Iterable[UnitStatus]) -> int:
    """How many units a report is expected of: all but the exempt."""
    return sum(u.state != "mien" for u in units)


def accepted(units: Iterable[UnitStatus]) -> int:
    """How many units have an accepted report, on time or late."""
    return sum(u.state in ("dung_han", "tre_han") for u in units)


def _due(result: Consolidation) -> str:
    if result.round.due is None:
        return "Kế hoạch chưa ấn định thời hạn nộp báo cáo của kỳ này."
    set_by = next((d.basis for d in result.decisions.round_dues if d.round == result.round.id), None)
    basis = f" (theo {_document(set_by)})" if set_by else ""
    passed = (result.as_of - result.round.due).days
    since = f"; đến ngày {day(result.as_of)} đã quá thời hạn {number(passed)} ngày" if passed > 0 else ""
    return f"Thời hạn nộp báo cáo: chậm nhất ngày {day(result.round.due)}{basis}{since}."


def _reported(result: Consolidation) -> str:
    whole = expected(result.units)
    exempt = len(result.units) - whole
    until = f"Tính đến hết ngày {day(result.as_of)}"
    if not whole:
        return f"{until}, không có đơn vị nào phải báo cáo trong kỳ này: cả {number(exempt)} đơn vị được miễn."
    done, done_rate = _share(result, "reporting")
    on_time, on_time_rate = _share(result, "on_time")
    spared = f"; {number(exempt)} đơn vị được miễn báo cáo" if exempt else ""
    if not done:
        return (
            f"{until}, chưa có đơn vị nào trong {number(whole)} đơn vị phải báo cáo có báo cáo được chấp nhận{spared}."
        )
    if on_time == whole:
        return f"{until}, cả {number(whole)} đơn vị phải báo cáo đã có báo cáo được chấp nhận, đều đúng hạn{spared}."
    all_of = "cả " if done == whole else ""
    return (
        f"{until}, {all_of}{number(done)}/{number(whole)} đơn vị đã có báo cáo được chấp nhận ({rate(done_rate)}), "
        f"trong đó {number(on_time)} đơn vị nộp đúng hạn ({rate(on_time_rate)} số đơn vị phải báo cáo){spared}."
    )


def _share(result: Consolidation, kind: IndicatorKind) -> tuple[int, float | None]:
    """How many have reported (or reported on time), as the plan's own indicator says, else as the states say."""
    for total in result.indicators:
        if total.kind == kind and total.numerator is not None:
            return total.numerator, total.rate
    done = sum(u.state == "dung_han" for u in result.units) if kind == "on_time" else accepted(result.units)
    whole = expected(result.units)
    return done, done / whole if whole else None


def _by_state(result: Consolidation) -> list[str]:
    """One line for each state that needs a word, with the units named."""
    said: dict[UnitState, str] = {
        "tre_han": "Trễ hạn",
        "qua_han": "Quá hạn, chưa có báo cáo được chấp nhận",
        "loi": "Đã nộp nhưng còn lỗi, chưa được chấp nhận (chưa hết hạn)",
        "chua_den_han": "Chưa nộp, chưa đến hạn" if result.round.due else "Chưa nộp",
        "mien": "Được miễn báo cáo",
    }
    lines = []
    for state, words in said.items():
        units = [u for u in result.units if u.state == state]
        if units:
            names = [u.unit.name + _days(u) for u in units]
            lines.append(f"{words} ({number(len(units))} đơn vị): {named(names, _SEE)}.")
    return lines


def _days(status: UnitStatus) -> str:
    if status.extension and status.state in ("loi", "chua_den_han"):
        return f" (gia hạn đến {day(status.due)})"
    days = {"tre_han": status.days_late, "qua_han": status.days_overdue}.get(status.state, 0)
    return f" ({number(days)} ngày)" if days else ""


def _decided(result: Consolidation) -> list[str]:
    lines = [
        f"{u.unit.name}: gia hạn {_from(u)}đến ngày {day(u.extension.due)} theo {_document(u.extension.basis)}."
        for u in result.units
        if u.extension
    ]
    lines += [
        f"{u.unit.name}: miễn báo cáo kỳ này theo {_document(u.exemption.basis)}." for u in result.units if u.exemption
    ]
    lines += [
        f"{result.plan.unit(e.unit).name}: miễn biểu {result.plan.sheet(e.sheet).tab} theo {_document(e.basis)}."
        for e in result.decisions.exemptions
        if e.sheet and e.round == result.round.id and result.plan.has_unit(e.unit)
    ]
    lines += [f"{u.unit.name}: {lowered(u.note)}" for u in result.units if u.departure]
    labels = {i.id: i.label for i in result.indicators}
    return lines + [
        f"Chỉ tiêu {d.indicator} ({labels[d.indicator]}): thời hạn {day(d.deadline)} theo {_document(d.basis)}."
        for d in result.decisions.deadlines
        if d.indicator in labels
    ]


def _from(status: UnitStatus) -> str:
    return f"từ ngày {day(status.original_due)} " if status.original_due else ""


def _document(basis: Basis) -> str:
    """What a decision rests on, in words: `văn bản số 12-CV/BTG, lý do: bão lũ`."""
    number_of = f"văn bản số {basis.document}" if basis.document else "sổ điều hành"
    return f"{number_of}, lý do: {basis.reason}" if basis.reason else number_of


def _table(result: Consolidation) -> Table:
    titles = ("Phải báo cáo", "Được chấp nhận", *UNIT_STATES.values())
    columns = (
        TableColumn("Nhóm đơn vị", 4.3),
        *(TableColumn(title, 1.4, "centre") for title in titles),
        TableColumn("Tỷ lệ nộp", 1.8, "centre"),
    )
    rows = [TableRow(_row(PROVINCE, result.units), strong=True)]
    rows += [TableRow(_row(group, [u for u in result.units if u.group == group])) for group in groups(result)]
    return Table("Tình hình nộp báo cáo theo nhóm đơn vị (số đơn vị)", columns, tuple(rows), small=True)


def _row(label: str, units: Sequence[UnitStatus]) -> tuple[str | int, ...]:
    done, whole = accepted(units), expected(units)
    states = [sum(u.state == state for u in units) for state in UNIT_STATES]
    return (label, whole, done, *states, rate(done / whole if whole else None))
