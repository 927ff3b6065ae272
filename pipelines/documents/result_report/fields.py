"""The other figures of a sheet: sums of its counts, how many say yes, what was chosen, from when to when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from pipelines.documents.result_report.blocks import Table, Text, figures
from pipelines.documents.result_report.gathered import alone, choices, chosen, counted, rows_of_groups, total
from pipelines.documents.result_report.wording import PROVINCE, day, number
from pipelines.documents.tables import TableColumn, TableRow
from schemas.consolidation import Consolidation
from schemas.plan import Field, Indicator
from schemas.results import DataRow, SheetRows

_NO_CHOICE = "không ghi"
_MOST_GROUPS = 6
"""With more groups, a table of fields shows the province alone."""

Figure = Callable[[Sequence[DataRow]], int]


def field_tables(result: Consolidation, table: SheetRows, own: Sequence[Indicator]) -> list[Table]:
    """What the indicators of a sheet do not show by themselves. A list with counts is also shown by what was chosen."""
    rows = counted(table)
    if not rows:
        return []
    crossed = [f for f in table.sheet.fields if _crossed(table, f)]
    tables = [_by_choice(result, table, field, rows) for field in crossed]
    shown = alone(own) | {f.id for f in crossed}
    left = [f for f in table.sheet.fields if f.stored and f.id not in shown and (f.numeric or f.type == "choice")]
    others = "số liệu khác" if shown else "số liệu"
    title = f"Biểu {table.sheet.code}: {others} theo nhóm đơn vị"
    return [*tables, _by_group(result, table, left, title)] if left else tables


def date_line(table: SheetRows) -> list[Text]:
    """The earliest and the latest of each date on a sheet of organisations, in one sentence."""
    if table.sheet.kind != "org":
        return []
    said = []
    for field in (f for f in table.sheet.fields if f.type == "date" and f.stored):
        found = [value for row in counted(table) if isinstance(value := row.values.get(field.id), date)]
        if found:
            said.append(f"{field.label}: từ {day(min(found))} đến {day(max(found))} ({number(len(found))} tổ chức ghi)")
    return [Text("; ".join(said) + ".")] if said else []


def _crossed(table: SheetRows, field: Field) -> bool:
    """Whether a choice is shown against the counts of its list."""
    counts = any(f.type == "count" and f.stored for f in table.sheet.fields)
    return table.sheet.kind == "list" and counts and field.type == "choice"


def _by_choice(result: Consolidation, table: SheetRows, field: Field, rows: Sequence[DataRow]) -> Table:
    counts = [f for f in table.sheet.fields if f.stored and f.numeric]
    columns = [TableColumn(field.label, 4.8), figures("Số dòng", 1.5)]
    columns += [figures(f.label, 1.9) for f in counts]
    lines = [_line("Cộng", rows, counts, strong=True)]
    for value in (*choices(result, field, rows), ""):
        of_value = [row for row in rows if str(row.values.get(field.id) or "") == value]
        if value or of_value:
            lines.append(_line(value or _NO_CHOICE, of_value, counts))
    title = f"Biểu {table.sheet.code}: khối lượng phân theo “{field.label}”"
    return Table(title, tuple(columns), tuple(lines), small=len(columns) > 6)


def _line(label: str, rows: Sequence[DataRow], counts: Sequence[Field], *, strong: bool = False) -> TableRow:
    return TableRow((label, len(rows), *(total(rows, f) for f in counts)), strong=strong)


def _by_group(result: Consolidation, table: SheetRows, fields: Sequence[Field], title: str) -> Table:
    """Fields down, the province and its groups across."""
    rows = counted(table)
    across: dict[str, list[DataRow]] = {PROVINCE: list(rows)}
    parted = rows_of_groups(result, rows)
    if len(parted) <= _MOST_GROUPS:
        across |= parted
    columns = (TableColumn("Nội dung", 4.6), *(figures(label, 2.0) for label in across))
    of_rows = "Số tổ chức có số liệu" if table.sheet.kind == "org" else "Số dòng"
    lines = [_across(of_rows, len, across, strong=True)]
    lines += _figure_rows(result, table, fields, across)
    return Table(title, columns, tuple(lines), small=True)


def _figure_rows(
    result: Consolidation, table: SheetRows, fields: Sequence[Field], across: dict[str, list[DataRow]]
) -> list[TableRow]:
    lines: list[TableRow] = []
    every = across[PROVINCE]
    unit = "tổ chức" if table.sheet.kind == "org" else "dòng"
    for field in fields:
        label = f"{field.group}: {field.label}" if field.group else field.label
        if field.type == "choice":
            lines.append(TableRow((f"{label} (số {unit} chọn)",), heading=True))
            values = [*choices(result, field, every), *([""] if chosen(every, field)[""] else [])]
            lines += [_across(value or _NO_CHOICE, _choosing(field, value), across) for value in values]
        elif field.type == "yes_no":
            lines.append(_across(f"{label} (số {unit} “có”)", _summing(field), across))
        else:
            lines.append(_across(label, _summing(field), across))
    return lines


def _summing(field: Field) -> Figure:
    return lambda rows: total(rows, field)


def _choosing(field: Field, value: str) -> Figure:
    return lambda rows: chosen(rows, field)[value]


def _across(label: str, figure: Figure, across: dict[str, list[DataRow]], *, strong: bool = False) -> TableRow:
    return TableRow((label, *(figure(rows) for rows in across.values())), strong=strong)
