"""Part IV: what is overdue, units first, then indicators unit by unit; and the organisations behind, for an annex."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.documents.result_report.blocks import Annex, Block, Heading, Table, Text, bullets, figures
from pipelines.documents.result_report.wording import day, goal, number, raised, rate
from pipelines.documents.tables import TableColumn, TableRow
from schemas.consolidation import Consolidation
from schemas.results import IndicatorTotal, OrganisationIndicator, UnitIndicator

BEHIND = "Các tổ chức chưa đạt mục tiêu của chỉ tiêu đã quá hạn"


def overdue(result: Consolidation) -> list[Block]:
    """Overdue units with their sentences, and the indicators past their own deadline with what is missing."""
    blocks: list[Block] = [Heading(1, "Nội dung quá hạn, còn thiếu"), Heading(2, "Đơn vị quá hạn nộp báo cáo")]
    blocks.append(_units(result))
    blocks.append(Heading(2, "Chỉ tiêu quá thời hạn"))
    past = past_deadline(result)
    if not past:
        return [*blocks, Text("Không có chỉ tiêu nào quá thời hạn mà chưa hoàn thành.")]
    return [*blocks, *bullets(f"{_said(result, total)}." for total in past), *_indicators(result, past)]


def past_deadline(result: Consolidation) -> tuple[IndicatorTotal, ...]:
    """The rates of the province that are past their own deadline and not complete."""
    return tuple(i for i in result.indicators if i.kind == "rate" and _past(result, i) and i.state != "hoan_thanh")


def _past(result: Consolidation, indicator: IndicatorTotal) -> bool:
    return indicator.deadline is not None and indicator.deadline < result.as_of and indicator.units_expected > 0


def _units(result: Consolidation) -> Block:
    late = sorted((u for u in result.units if u.state == "qua_han"), key=lambda u: -u.days_overdue)
    if not late:
        return Text("Không có đơn vị nào quá hạn nộp báo cáo.")
    columns = (
        TableColumn("STT", 1.2, "centre"),
        TableColumn("Đơn vị", 5.0),
        TableColumn("Hạn nộp", 2.2, "centre"),
        TableColumn("Quá hạn (ngày)", 1.7, "centre"),
        TableColumn("Tình trạng", 6.6),
    )
    rows = [TableRow((n, u.unit.name, u.due, u.days_overdue, u.note)) for n, u in enumerate(late, 1)]
    return Table("Đơn vị quá hạn nộp báo cáo", columns, tuple(rows))


def _said(result: Consolidation, total: IndicatorTotal) -> str:
    behind = sum(i.indicator == total.id and i.state == "qua_han" for i in result.by_unit)
    silent = total.units_expected - total.units_reported
    parts = [f"{number(behind)} đơn vị chưa đạt"] if behind else []
    parts += [f"{number(silent)} đơn vị chưa có số liệu"] if silent else []
    days = (result.as_of - total.deadline).days if total.deadline else 0
    said = " và ".join(parts) or "toàn tỉnh chưa đạt"
    return f"{raised(total.label)} ({total.id}, hạn {day(total.deadline)}, đã qua {number(days)} ngày): {said}"


def _indicators(result: Consolidation, past: Sequence[IndicatorTotal]) -> list[Table]:
    names = {u.unit.code: u.unit.name for u in result.units}
    rows: list[TableRow] = []
    for total in past:
        behind = sorted((i for i in result.by_unit if _behind(i, total)), key=lambda i: -i.missing)
        if behind:
            rows.append(TableRow((f"{total.id}. {total.label}",), heading=True))
        rows += [
            TableRow((n, names.get(i.unit, i.unit), i.numerator, i.denominator, rate(i.rate), i.missing))
            for n, i in enumerate(behind, 1)
        ]
    if not rows:
        return []
    columns = (
        TableColumn("STT", 1.2, "centre"),
        TableColumn("Đơn vị", 7.0),
        figures("Đã thực hiện", 2.0),
        figures("Tổng số", 2.0),
        figures("Tỷ lệ", 2.0),
        figures("Còn thiếu", 2.0),
    )
    return [Table("Các đơn vị chưa đạt chỉ tiêu đã quá hạn", columns, tuple(rows))]


def _behind(figure: UnitIndicator, total: IndicatorTotal) -> bool:
    return figure.indicator == total.id and figure.state == "qua_han"


def organisations_behind(result: Consolidation) -> Annex:
    """Every organisation short of the target of an indicator past its deadline; one row for each unit."""
    rows: list[TableRow] = []
    for total in past_deadline(result):
        short = [o for o in result.by_organisation if o.indicator == total.id and _short(o, total)]
        if short:
            count = f"{number(len(short))} tổ chức, còn thiếu {number(sum(o.missing for o in short))}"
            rows.append(TableRow((f"{total.id}. {total.label} (hạn {day(total.deadline)}): {count}",), heading=True))
        rows += _by_unit(result, short)
    if not rows:
        return Annex(BEHIND, (Text("Không có tổ chức nào trong các báo cáo đang được tính.", "note"),))
    columns = (
        TableColumn("Đơn vị", 5.5),
        TableColumn("Số tổ chức", 1.5, "centre"),
        figures("Còn thiếu", 1.7),
        TableColumn("Tổ chức (đã thực hiện/tổng số, tỷ lệ)", 17.0),
    )
    targets = ", ".join(dict.fromkeys(goal(t.target) for t in past_deadline(result) if t.target is not None))
    note = Text(f"Mục tiêu: {targets}. Không kể các đơn vị chưa có báo cáo được chấp nhận.", "note")
    return Annex(BEHIND, (Table("", columns, tuple(rows), small=True), note))


def _by_unit(result: Consolidation, short: Sequence[OrganisationIndicator]) -> list[TableRow]:
    rows = []
    for status in result.units:
        own = [o for o in short if o.unit == status.unit.code]
        if own:
            said = "; ".join(
                f"{o.organisation.name} ({number(o.numerator)}/{number(o.denominator)}, {rate(o.rate)})" for o in own
            )
            rows.append(TableRow((status.unit.name, len(own), sum(o.missing for o in own), said)))
    return rows


def _short(figure: OrganisationIndicator, total: IndicatorTotal) -> bool:
    """Whether an organisation is short of the target, compared in whole numbers."""
    return figure.denominator > 0 and figure.numerator * 100 < round((total.target or 0) * 100) * figure.denominator
