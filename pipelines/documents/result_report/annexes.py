"""The annexes: units, units × indicators, organisations behind, lists of what is named, sources."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.documents.result_report.blocks import Annex, Table, Text, figures
from pipelines.documents.result_report.gathered import choices, counted, named_lists
from pipelines.documents.result_report.overdue import organisations_behind
from pipelines.documents.result_report.wording import PENDING, PROVINCE, moment, number, raised, rate, value_words
from pipelines.documents.tables import TableColumn, TableRow
from pipelines.documents.wording import DASH
from schemas.consolidation import Consolidation
from schemas.plan import Field
from schemas.results import UNIT_STATES, DataRow, IndicatorTotal, SheetRows, UnitIndicator, UnitStatus

_ACROSS = 12
"""As many indicators stand side by side on one page."""
_SHA_DIGITS = 12


def annexes(result: Consolidation) -> list[Annex]:
    """All annexes in order; lists of named rows between organisations and sources."""
    named = [_named_rows(result, t) for t in named_lists(result)]
    return [_units(result), _matrix(result), organisations_behind(result), *named, _sources(result)]


def _units(result: Consolidation) -> Annex:
    columns = (
        TableColumn("STT", 1.2, "centre"),
        TableColumn("Đơn vị", 5.2),
        TableColumn("Trạng thái", 2.2, "centre"),
        TableColumn("Hạn nộp", 2.1, "centre"),
        TableColumn("Nộp lần đầu", 2.8, "centre"),
        TableColumn("Được chấp nhận", 2.8, "centre"),
        TableColumn("Trễ hạn (ngày)", 1.3, "centre"),
        TableColumn("Quá hạn (ngày)", 1.4, "centre"),
        TableColumn("Ghi chú", 7.0),
    )
    rows: list[TableRow] = []
    number_of = 0
    for group in dict.fromkeys(u.group for u in result.units):
        rows.append(TableRow((group,), heading=True))
        for status in (u for u in result.units if u.group == group):
            number_of += 1
            rows.append(TableRow(_unit(number_of, status)))
    counts = result.state_counts()
    states = "; ".join(f"{label.lower()} {number(counts[state])}" for state, label in UNIT_STATES.items())
    note = Text(f"Cộng {number(len(result.units))} đơn vị: {states}.", "note")
    return Annex("Tình hình nộp báo cáo của từng đơn vị", (Table("", columns, tuple(rows), small=True), note))


def _unit(number_of: int, u: UnitStatus) -> tuple[str | int, ...]:
    due = DASH if u.due is None else f"{u.due:%d/%m/%Y}"
    late, past = u.days_late or DASH, u.days_overdue or DASH
    state = UNIT_STATES[u.state]
    return (number_of, u.unit.name, state, due, moment(u.first_submitted_at), moment(u.accepted_at), late, past, u.note)


def _matrix(result: Consolidation) -> Annex:
    title = "Kết quả của từng đơn vị theo chỉ tiêu"
    if not any(i.units_expected for i in result.indicators):
        return Annex(title, (Text("Không có đơn vị nào phải báo cáo chỉ tiêu nào trong kỳ.", "note"),))
    if not any(i.units_reported for i in result.indicators):
        return Annex(title, (Text("Chưa có đơn vị nào có số liệu.", "note"),))
    tables = []
    for kind, caption in (("rate", "Tỷ lệ thực hiện"), ("volume", "Khối lượng")):
        shown = [i for i in result.indicators if i.kind == kind]
        parts = (shown[start : start + _ACROSS] for start in range(0, len(shown), _ACROSS))
        tables += [_matrix_table(result, caption, part) for part in parts]
    note = Text(
        f"“{PENDING}”: đơn vị chưa có báo cáo được chấp nhận; “{DASH}”: không áp dụng, được miễn, hoặc tổng số bằng 0. "
        "Dòng nhóm và dòng toàn tỉnh là tổng số đã thực hiện chia tổng số phải thực hiện, không phải trung bình các "
        "tỷ lệ; “*”: số liệu một phần, chưa đủ các đơn vị.",
        "note",
    )
    return Annex(title, (*tables, note))


def _matrix_table(result: Consolidation, caption: str, shown: Sequence[IndicatorTotal]) -> Table:
    columns = (TableColumn("Đơn vị", 5.0), *(figures(f"{i.id}. {i.label}", 1.65) for i in shown))
    of_group = {(t.group, t.id): t for t in result.by_group}
    of_unit = {(i.unit, i.indicator): i for i in result.by_unit}
    rows = [TableRow((PROVINCE, *(_total(i) for i in shown)), strong=True)]
    for group in dict.fromkeys(u.group for u in result.units):
        rows.append(TableRow((group, *(_total(of_group.get((group, i.id))) for i in shown)), strong=True))
        for status in (u for u in result.units if u.group == group):
            cells = (_cell(i, of_unit.get((status.unit.code, i.id)), status) for i in shown)
            rows.append(TableRow((status.unit.name, *cells)))
    return Table(caption, columns, tuple(rows), small=True)


def _total(total: IndicatorTotal | None) -> str:
    if total is None or not total.units_expected:
        return DASH
    if total.numerator is None:
        return PENDING
    figure = number(total.numerator) if total.kind == "volume" else rate(total.rate)
    return f"{figure}*" if total.partial and figure != DASH else figure


def _cell(total: IndicatorTotal, figure: UnitIndicator | None, status: UnitStatus) -> str:
    if figure is None or figure.state == "khong_ap_dung":
        return DASH
    if figure.state == "chua_bao_cao" or (figure.numerator is None and status.accepted_at is None):
        return PENDING
    return number(figure.numerator) if total.kind == "volume" else rate(figure.rate)


def _named_rows(result: Consolidation, table: SheetRows) -> Annex:
    """A list whose rows matter, grouped by its first choice; texts as they were written."""
    sheet, rows = table.sheet, counted(table)
    if not rows:
        return Annex(sheet.title, (Text("Chưa có trường hợp nào được ghi.", "note"),))
    choice = next((f for f in sheet.fields if f.type == "choice" and f.stored), None)
    fields = [f for f in sheet.fields if f.stored and f is not choice]
    columns = (
        TableColumn("STT", 10.0, "centre"),
        *(TableColumn(f.label, _share(f), "left" if f.type in ("text", "choice") else "centre") for f in fields),
        TableColumn("Đơn vị báo cáo", 28.0),
    )
    lines: list[TableRow] = []
    for value in (*choices(result, choice, rows), "") if choice else ("",):
        chosen = [r for r in rows if choice is None or str(r.values.get(choice.id) or "") == value]
        if choice and chosen:
            label = raised(value or "không ghi")
            lines.append(TableRow((f"{label}: {number(len(chosen))}",), heading=True))
        lines += [TableRow(_named_row(n, row, fields)) for n, row in enumerate(chosen, 1)]
    return Annex(sheet.title, (Table("", columns, tuple(lines), small=True),))


def _share(field: Field) -> float:
    least = {"date": 19, "yes_no": 13}.get(field.type, 10)
    return float(min(max(field.width, least), 40))


def _named_row(n: int, row: DataRow, fields: Sequence[Field]) -> tuple[str | int, ...]:
    return (n, *(value_words(row.values.get(f.id)) for f in fields), row.unit.name)


def _sources(result: Consolidation) -> Annex:
    counting = [s for s in result.sources if s.counts]
    received = (
        f"Đã nhận {number(len(result.sources))} bản báo cáo; số liệu trong báo cáo này lấy từ {number(len(counting))} "
        "bản đang được tính dưới đây. Mã kiểm tra: 12 ký tự đầu của SHA-256 của tệp; toàn bộ các bản, các dòng và các "
        "ô số liệu có trong bảng tổng hợp."
    )
    columns = (
        TableColumn("STT", 1.2, "centre"),
        TableColumn("Đơn vị", 7.0),
        TableColumn("Tệp", 7.5),
        TableColumn("Phiên bản", 1.6, "centre"),
        TableColumn("Thời điểm nhận", 3.2, "centre"),
        TableColumn("Mã kiểm tra", 3.4, "centre"),
    )
    rows = [
        TableRow((n, s.unit.name, s.source_name, s.version, moment(s.received_at), s.sha256[:_SHA_DIGITS]))
        for n, s in enumerate(counting, 1)
    ]
    if not rows:
        refused = f" Đã nhận {number(len(result.sources))} bản, đều chưa được chấp nhận hoặc đã rút."
        none = "Chưa có báo cáo nào được tính." + (refused if result.sources else "")
        return Annex("Nguồn số liệu", (Text(none, "note"),))
    return Annex("Nguồn số liệu", (Text(received, "note"), Table("", columns, tuple(rows), small=True)))
