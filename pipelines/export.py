"""The province-wide dataset for other programs: Parquet or CSV files, and the published DuckDB copy.

What is exported is what counts at a moment, one table a sheet, with unit and organisation names and provenance, the
list of all submissions, and of everything that was declared. Personal fields that are not stored cannot be exported.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

import pyarrow as pa

from pipelines.dataset import Connection, ensure_sheets, quoted, stored_fields, table_name
from pipelines.known import known_by
from pipelines.outbox import publish
from pipelines.spoken_text import breaks, unspeakable
from schemas.plan import Plan, Round, Sheet

Format = Literal["parquet", "csv"]
FORMATS: dict[str, Format] = {"parquet": "parquet", "csv": "csv"}
SUBMISSIONS = "nop_bao_cao"
DECLARATIONS = "khai_bao"
EDITION = 2
"""Raised whenever the shape of the tables changes, so that published ones are written again."""
_FORMULA_LIKE = r"""((?:^|[,;|\t\r\n])[\p{Z}\p{C}"]*)('*[=+@＝＋－＠-])"""
"""What a spreadsheet may take for a formula: at the start of a text and, since lists are separated by commas on one
machine and by semicolons on another, behind all that may end a cell. Blanks of any kind, controls, invisible signs and
quotation marks may stand before it."""
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
    """Writes `<folder>/<table>.<format>`: one file a sheet, `nop_bao_cao`, `khai_bao`. Returns what it wrote.

    Raises OSError.
    """
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
    ensure_sheets(connection, plan)
    _register_units(connection, plan)
    for round_ in rounds:
        known_by(connection, plan, round_, moment)
    until = f"TIMESTAMPTZ '{moment.isoformat()}'"
    calls = [(r, f"'{_literal(plan.id)}', '{_literal(r.id)}', {until}") for r in rounds]
    filled = [s for s in plan.sheets if any(s in plan.sheets_of_round(r.id) for r in rounds)]
    sheets = [(s.id, _sheet_query(plan, s, calls)) for s in filled]
    declared = " UNION ALL ".join(_declared_query(plan, s, call) for s in filled for _, call in calls)
    return [
        *sheets,
        (SUBMISSIONS, _submissions_query(calls)),
        (DECLARATIONS, f"{declared} ORDER BY round, unit, sheet, organisation NULLS FIRST"),
    ]


def _submissions_query(calls: list[tuple[Round, str]]) -> str:
    """Every submission; it counts where the unit's report is whole and some sheet is taken from it."""
    submissions = " UNION ALL ".join(
        "SELECT v.plan, v.round, v.unit, u.name AS unit_name, v.version, v.verdict, v.received_at, v.source_name, "
        "v.sha256, v.withdrawn, "
        f"coalesce(c.version = v.version, false) OR v.sha256 IN (SELECT sha256 FROM put_together({call})) AS counts "
        f"FROM known AS v LEFT JOIN counting({call}) AS c ON c.unit = v.unit "
        "LEFT JOIN plan_units AS u ON u.code = v.unit "
        f"WHERE (v.plan, v.round, v.known_by) = ({call})"
        for _, call in calls
    )
    return f"{submissions} ORDER BY round, unit, version"


def _sheet_query(plan: Plan, sheet: Sheet, calls: list[tuple[Round, str]]) -> str:
    fields = ", ".join(f"s.{quoted(f.id)}" for f in stored_fields(sheet))
    parts = " UNION ALL ".join(
        "SELECT c.plan, c.round, c.unit, u.name AS unit_name, s.organisation, o.name AS organisation_name, s.declared, "
        f"{fields}, c.version, c.source_name, s.tab, s.excel_row, s.sha256 "
        f"FROM giving({call}, '{_literal(sheet.id)}') AS c JOIN {table_name(plan, sheet)} AS s ON s.sha256 = c.sha256 "
        "LEFT JOIN plan_units AS u ON u.code = c.unit LEFT JOIN plan_units AS o ON o.code = s.organisation"
        for _, call in calls
    )
    return f"{parts} ORDER BY round, unit, excel_row"


def _declared_query(plan: Plan, sheet: Sheet, call: str) -> str:
    """What was declared of one sheet: the whole (no organisation), and rows that say otherwise."""
    name = f"'{_literal(sheet.id)}'"
    giving = f"giving({call}, {name}) AS c LEFT JOIN plan_units AS u ON u.code = c.unit"
    columns = f"SELECT c.plan, c.round, c.unit, u.name AS unit_name, {name} AS sheet"
    file = "c.version, c.source_name, c.sha256"
    whole = f"declarations AS d ON d.sha256 = c.sha256 AND d.sheet = {name}"
    return (
        f"{columns}, NULL::VARCHAR AS organisation, NULL::VARCHAR AS organisation_name, d.declared, {file} "
        f"FROM {giving} JOIN {whole} "
        f"UNION ALL {columns}, s.organisation, o.name AS organisation_name, s.declared, {file} "
        f"FROM {giving} JOIN {table_name(plan, sheet)} AS s ON s.sha256 = c.sha256 LEFT JOIN {whole} "
        "LEFT JOIN plan_units AS o ON o.code = s.organisation "
        "WHERE s.declared IS NOT NULL AND s.declared IS DISTINCT FROM d.declared"
    )


def _register_units(connection: Connection, plan: Plan) -> None:
    units = pa.table({"code": [u.code for u in plan.units], "name": [u.name for u in plan.units]})
    connection.register("arriving_units", units)
    connection.execute("CREATE OR REPLACE TEMP TABLE plan_units AS SELECT * FROM arriving_units")
    connection.unregister("arriving_units")


def _inert(connection: Connection, query: str) -> str:
    """The query with one apostrophe more before whatever in a text a spreadsheet may take for a formula.

    Each text is `spoken`, for a table may be looked at in a terminal; Parquet and DuckDB hold it as it is.
    """
    broken = f"[{''.join(map(_coded, breaks()))}]"
    unseen = f"[{''.join(f'{_coded(first)}-{_coded(last)}' for first, last in unspeakable())}]"
    described = connection.execute(f"DESCRIBE {query}").fetchall()
    columns = []
    for name, kind, *_ in described:
        column = quoted(name)
        plain = f"regexp_replace({column}, '{broken}', ' ', 'g')"
        plain = f"regexp_replace({plain}, '{unseen}', '\N{REPLACEMENT CHARACTER}', 'g')"
        text = f"regexp_replace({plain}, '{_literal(_FORMULA_LIKE)}', '\\1''\\2', 'g')"
        columns.append(f"{text} AS {column}" if kind == "VARCHAR" else column)
    return f"SELECT {', '.join(columns)} FROM ({query})"


def _coded(letter: str) -> str:
    """A letter as DuckDB's regular expressions name it."""
    return f"\\x{{{ord(letter):x}}}"


def _literal(text: str) -> str:
    return text.replace("'", "''")
