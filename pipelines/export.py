"""The province-wide dataset for other programs: Parquet or CSV files, and the published DuckDB copy.

What is exported is what counts at a moment, one table a sheet, with unit and organisation names and provenance, and
the list of all submissions. Personal fields that are not stored cannot be exported.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

import pyarrow as pa

from pipelines.dataset import Connection, quoted, stored_fields, table_name
from pipelines.outbox import publish
from schemas.plan import Plan, Round, Sheet

Format = Literal["parquet", "csv"]
FORMATS: dict[str, Format] = {"parquet": "parquet", "csv": "csv"}
SUBMISSIONS = "nop_bao_cao"
_FORMULA_LIKE = r"^[=+@\t\r-]"
_OLDER_TOOLS = "v1.4.0"
"""The storage version of the published copy: tools older than DuckDB 2 can open it."""


def export_files(
    connection: Connection,
    plan: Plan,
    rounds: tuple[Round, ...],
    moment: datetime,
    folder: Path,
    form: Format,
) -> list[Path]:
    """Writes `<folder>/<table>.<format>`, one file a sheet and `nop_bao_cao`; returns what it wrote. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, query in _queries(connection, plan, rounds, moment):
        path = folder / f"{name}.{form}"
        options = "FORMAT parquet" if form == "parquet" else "FORMAT csv, HEADER"
        rows = query if form == "parquet" else _inert(connection, query)
        written.append(publish(path, partial(_copy, connection, rows, options)).path)
    return written


def _copy(connection: Connection, rows: str, options: str, path: Path) -> None:
    connection.execute(f"COPY ({rows}) TO '{_literal(str(path))}' ({options})")


def export_duckdb(connection: Connection, plan: Plan, rounds: tuple[Round, ...], moment: datetime, path: Path) -> None:
    """Writes the same tables into a DuckDB file at `path`, which must not exist yet."""
    connection.execute(f"ATTACH '{_literal(str(path))}' AS copy (STORAGE_VERSION '{_OLDER_TOOLS}')")
    try:
        for name, query in _queries(connection, plan, rounds, moment):
            connection.execute(f"CREATE TABLE copy.main.{quoted(name)} AS {query}")
    finally:
        connection.execute("DETACH copy")


def _queries(connection: Connection, plan: Plan, rounds: tuple[Round, ...], moment: datetime) -> list[tuple[str, str]]:
    _register_units(connection, plan)
    until = f"TIMESTAMPTZ '{moment.isoformat()}'"
    calls = [(r, f"'{_literal(plan.id)}', '{_literal(r.id)}', {until}") for r in rounds]
    filled = {s.id for r in rounds for s in plan.sheets_of_round(r.id)}
    sheets = [(s.id, _sheet_query(plan, s, calls)) for s in plan.sheets if s.id in filled]
    submissions = " UNION ALL ".join(
        "SELECT v.plan, v.round, v.unit, u.name AS unit_name, v.version, v.verdict, v.received_at, v.source_name, "
        "v.sha256, v.withdrawn, coalesce(c.version = v.version, false) AS counts "
        f"FROM versions({call}) AS v LEFT JOIN counting({call}) AS c ON c.unit = v.unit "
        "LEFT JOIN plan_units AS u ON u.code = v.unit"
        for _, call in calls
    )
    return [*sheets, (SUBMISSIONS, f"{submissions} ORDER BY round, unit, version")]


def _sheet_query(plan: Plan, sheet: Sheet, calls: list[tuple[Round, str]]) -> str:
    fields = ", ".join(f"s.{quoted(f.id)}" for f in stored_fields(sheet))
    parts = " UNION ALL ".join(
        "SELECT c.plan, c.round, c.unit, u.name AS unit_name, s.organisation, o.name AS organisation_name, "
        f"{fields}, c.version, c.source_name, s.tab, s.excel_row, s.sha256 "
        f"FROM counting({call}) AS c JOIN {table_name(plan, sheet)} AS s ON s.sha256 = c.sha256 "
        "LEFT JOIN plan_units AS u ON u.code = c.unit LEFT JOIN plan_units AS o ON o.code = s.organisation"
        for _, call in calls
    )
    return f"{parts} ORDER BY round, unit, excel_row"


def _register_units(connection: Connection, plan: Plan) -> None:
    units = pa.table({"code": [u.code for u in plan.units], "name": [u.name for u in plan.units]})
    connection.register("arriving_units", units)
    connection.execute("CREATE OR REPLACE TEMP TABLE plan_units AS SELECT * FROM arriving_units")
    connection.unregister("arriving_units")


def _inert(connection: Connection, query: str) -> str:
    """The query with text that a spreadsheet would take for a formula kept as text by a leading apostrophe."""
    described = connection.execute(f"DESCRIBE {query}").fetchall()
    columns = []
    for name, kind, *_ in described:
        column = quoted(name)
        text = f"CASE WHEN regexp_matches({column}, '{_FORMULA_LIKE}') THEN '''' || {column} ELSE {column} END"
        columns.append(f"{text} AS {column}" if kind == "VARCHAR" else column)
    return f"SELECT {', '.join(columns)} FROM ({query})"


def _literal(text: str) -> str:
    return text.replace("'", "''")
