"""The province-wide dataset: one DuckDB file, a cache of what the archive says. Its tables, and how rows are read.

The plan's sheets are tables `<plan>.<sheet>` with a column for each stored field and the provenance columns
`PROVENANCE`. How the file is opened, and what may go wrong with it: `pipelines.dataset_file`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipelines.dataset_file import (
    Connection,
    DatasetDamaged,
    DatasetInUse,
    columns_there,
    log_of,
    open_dataset,
    put_in_place,
    remove_half_made,
)
from pipelines.mergers import Accepted, Merger, taken_over
from pipelines.parts import must_give
from schemas.control import UNIT_CHANGES, base_id, control_id
from schemas.control.names import MERGED, code_of
from schemas.plan import Field, FieldType, Plan, Sheet

__all__ = [
    "Connection",
    "DatasetDamaged",
    "DatasetInUse",
    "log_of",
    "open_dataset",
    "put_in_place",
    "remove_half_made",
]
PROVENANCE = {
    "sha256": "VARCHAR",
    "tab": "VARCHAR",
    "excel_row": "INTEGER",
    "organisation": "VARCHAR",
    "declared": "VARCHAR",
}
_TYPES: dict[FieldType, str] = {
    "count": "BIGINT",
    "yes_no": "BOOLEAN",
    "date": "DATE",
    "text": "VARCHAR",
    "choice": "VARCHAR",
}
_ACCEPTED = "verdict IN ('accepted', 'accepted_with_warnings')"


def ensure_sheets(connection: Connection, plan: Plan) -> None:
    """Makes the plan's tables, and the columns that a newer version of the plan has added.

    Says, for this connection, what is asked of units that report in parts, and whose figures other units report now.
    """
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(plan.id)}")
    for sheet in plan.sheets:
        columns = PROVENANCE | {f.id: _TYPES[f.type] for f in stored_fields(sheet)}
        name = table_name(plan, sheet)
        if columns.keys() <= columns_there(connection, name):
            continue
        defined = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({defined})")
        for column, kind in columns.items():
            connection.execute(f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {quoted(column)} {kind}")
    say_what_is_asked(connection, plan)
    say_what_was_taken_over(connection, plan)


def say_what_is_asked(connection: Connection, plan: Plan) -> None:
    """The sheets of the units that report in parts; other units' reports are whole by themselves."""
    in_parts = (
        "SELECT DISTINCT round, unit FROM submissions "
        "WHERE plan = $plan AND sha256 IN (SELECT sha256 FROM filled) ORDER BY round, unit"
    )
    rounds = {r.id for r in plan.rounds}
    asked = []
    for row in read(connection, in_parts, {"plan": plan.id}):
        if row["round"] in rounds and plan.has_unit(row["unit"]):
            unit = plan.unit(row["unit"])
            required = must_give(plan, unit, row["round"])
            place = {"plan": plan.id, "round": row["round"], "unit": unit.code}
            sheets = plan.sheets_for(unit, row["round"])
            asked += [place | {"sheet": sheet.id, "required": sheet in required} for sheet in sheets]
    connection.execute("DELETE FROM asked WHERE plan = ?", [plan.id])
    if asked:
        insert(connection, "asked", pa.Table.from_pylist(asked))


def say_what_was_taken_over(connection: Connection, plan: Plan) -> None:
    """The reports that hold what units merged into others had reported, for every control workbook accepted so far."""
    connection.execute("DELETE FROM taken_over WHERE plan = ?", [plan.id])
    mergers = _mergers(connection, plan)
    if mergers:
        found = [
            {"plan": plan.id, "control": m.control, "unit": m.unit, "since": m.since, "sha256": sha}
            for m, sha in taken_over(mergers, _accepted(connection, plan))
        ]
        insert(connection, "taken_over", pa.Table.from_pylist(found))


def _mergers(connection: Connection, plan: Plan) -> list[Merger]:
    """What the control workbooks of a plan say of mergers; a control plan has none."""
    governed = {"plan": control_id(plan.id)}
    accepted = f"SELECT count(*) AS n FROM submissions WHERE plan = $plan AND {_ACCEPTED}"
    if base_id(plan.id) is not None or not read(connection, accepted, governed)[0]["n"]:
        return []
    table = f"{quoted(control_id(plan.id))}.{quoted(UNIT_CHANGES)}"
    sql = f"SELECT sha256, don_vi, vao_don_vi, tu_ngay FROM {table} WHERE loai = $merged"
    rows = read(connection, sql, {"merged": MERGED})
    return [Merger(r["sha256"], code_of(r["don_vi"]), code_of(r["vao_don_vi"]), r["tu_ngay"]) for r in rows]


def _accepted(connection: Connection, plan: Plan) -> list[Accepted]:
    """The plan's accepted reports, with the organisations they speak of."""
    organisations: dict[str, set[str]] = {}
    for sheet in (s for s in plan.sheets if s.kind == "org"):
        for row in read(connection, f"SELECT DISTINCT sha256, organisation FROM {table_name(plan, sheet)}"):
            organisations.setdefault(row["sha256"], set()).add(row["organisation"])
    accepted = f"SELECT sha256, unit FROM submissions WHERE plan = $plan AND {_ACCEPTED}"
    return [
        Accepted(row["sha256"], row["unit"], frozenset(organisations.get(row["sha256"], set()) - {row["unit"]}))
        for row in read(connection, accepted, {"plan": plan.id})
    ]


def stored_fields(sheet: Sheet) -> tuple[Field, ...]:
    """The fields of a sheet that may stand in a table."""
    return tuple(f for f in sheet.fields if f.stored)


def table_name(plan: Plan, sheet: Sheet) -> str:
    """The quoted name of a sheet's table."""
    return f"{quoted(plan.id)}.{quoted(sheet.id)}"


def quoted(identifier: str) -> str:
    """An SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def read(connection: Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries, with Python values (moments carry their offset)."""
    rows: list[dict[str, Any]] = connection.sql(sql, params=parameters).to_arrow_table().to_pylist()
    return rows


def insert(connection: Connection, table: str, rows: pa.Table) -> None:
    """Appends an Arrow table to a table of the dataset, column by name; nothing where there are no rows."""
    if rows.num_rows == 0:
        return
    connection.register("arriving", rows)
    try:
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM arriving")
    finally:
        connection.unregister("arriving")
