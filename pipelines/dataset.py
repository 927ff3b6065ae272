"""The province-wide dataset: one DuckDB file, a cache of what the archive says. Its tables, and how rows are read.

The plan's sheets are tables `<plan>.<sheet>` with a column for each stored field and the provenance columns
`PROVENANCE`. DuckDB locks its file against every other process: a second opener gets `DatasetInUse`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.parts import must_give
from schemas.plan import Field, FieldType, Plan, Sheet

Connection = duckdb.DuckDBPyConnection
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
_SQL = Path(__file__).parent / "sql"
_PATIENCE = 5.0
"""Seconds."""


class DatasetInUse(RuntimeError):
    """Another process has the DuckDB file open."""


class DatasetDamaged(RuntimeError):
    """The DuckDB file cannot be opened; the text (Vietnamese) names the remedy: it is a cache."""


@contextmanager
def open_dataset(path: Path | None, *, read_only: bool = False) -> Iterator[Connection]:
    """The dataset, with its tables and macros in place; None: an empty one in memory.

    Raises DatasetInUse where another process keeps the file, DatasetDamaged where it cannot be opened.
    """
    connection = _connected(path, read_only=read_only)
    try:
        connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
        if not read_only:
            for script in ("tables.sql", "what_counts.sql"):
                connection.execute((_SQL / script).read_text(encoding="utf-8"))
        yield connection
    finally:
        connection.close()


def _connected(path: Path | None, *, read_only: bool) -> Connection:
    """A connection; another process is given a few seconds, for a watch has the file open only while it answers."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return duckdb.connect(str(path) if path else ":memory:", read_only=read_only)
        except duckdb.Error as fault:
            if "lock" not in str(fault).lower() and "being used" not in str(fault).lower():
                reason = str(fault).partition("\n")[0]
                raise DatasetDamaged(
                    f"Không mở được kho dữ liệu; chạy “tonghop rebuild” để dựng lại. ({reason})"
                ) from fault
            if time.monotonic() >= end:
                raise DatasetInUse(
                    "Kho dữ liệu đang được một lần chạy khác dùng. Chờ lần chạy đó xong rồi thử lại."
                ) from fault
        time.sleep(0.05)


def ensure_sheets(connection: Connection, plan: Plan) -> None:
    """Makes the plan's tables, and the columns that a newer version of the plan has added; says what is asked."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(plan.id)}")
    there = _columns_there(connection, plan)
    for sheet in plan.sheets:
        columns = PROVENANCE | {f.id: _TYPES[f.type] for f in stored_fields(sheet)}
        if columns.keys() <= there.get(sheet.id, set()):
            continue
        name = table_name(plan, sheet)
        defined = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({defined})")
        for column, kind in columns.items():
            connection.execute(f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {quoted(column)} {kind}")
    say_what_is_asked(connection, plan)


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


def _columns_there(connection: Connection, plan: Plan) -> dict[str, set[str]]:
    """The columns of the plan's tables by sheet id: asking costs a hundredth of what adding them in vain does."""
    there: dict[str, set[str]] = {}
    asked = "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = $plan AND NOT internal"
    for row in read(connection, f"{asked} AND database_name = current_database()", {"plan": plan.id}):
        there.setdefault(row["table_name"], set()).add(row["column_name"])
    return there


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
