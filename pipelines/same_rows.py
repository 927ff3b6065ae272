"""Whether two datasets hold the same rows, table by table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from pipelines.dataset import Connection, quoted, read

_OTHER = "dataset_beside"
_COLUMNS = """
SELECT schema_name, table_name, column_name FROM duckdb_columns()
WHERE database_name = $database AND NOT internal ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A table whose rows are not the same: how many only the first dataset has, and how many only the other."""

    table: str
    only_here: int
    only_there: int


def differences(connection: Connection, other: Path) -> tuple[list[str], list[Difference]]:
    """All tables that either has, and those that differ. Rows are compared as often as they stand there.

    A table or column that one of them lacks counts as empty: a newer plan adds them before there are any rows.
    """
    connection.execute("ATTACH '{}' AS {} (READ_ONLY)".format(str(other).replace("'", "''"), quoted(_OTHER)))
    try:
        here = str(read(connection, "SELECT current_database() AS name")[0]["name"])
        mine, theirs = _columns(connection, here), _columns(connection, _OTHER)
        tables = sorted(mine.keys() | theirs.keys())
        found = []
        for table in tables:
            columns = sorted(mine[table] | theirs[table])
            one, two = _rows(here, table, columns, mine[table]), _rows(_OTHER, table, columns, theirs[table])
            counts = _only(connection, one, two), _only(connection, two, one)
            if any(counts):
                found.append(Difference(".".join(table).removeprefix("main."), *counts))
        return [".".join(table).removeprefix("main.") for table in tables], found
    finally:
        connection.execute(f"DETACH {quoted(_OTHER)}")


def _columns(connection: Connection, database: str) -> defaultdict[tuple[str, str], set[str]]:
    columns: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in read(connection, _COLUMNS, {"database": database}):
        columns[row["schema_name"], row["table_name"]].add(row["column_name"])
    return columns


def _rows(database: str, table: tuple[str, str], columns: list[str], there: set[str]) -> str:
    """The rows of a table with just these columns, those it lacks blank; none where there is no such table."""
    chosen = ", ".join(f"{quoted(c)}::VARCHAR" if c in there else f"NULL::VARCHAR AS {quoted(c)}" for c in columns)
    if not there:
        return f"SELECT {chosen} WHERE false"
    return f"SELECT {chosen} FROM {quoted(database)}.{quoted(table[0])}.{quoted(table[1])}"


def _only(connection: Connection, one: str, two: str) -> int:
    counted = read(connection, f"SELECT count(*) AS n FROM ({one} EXCEPT ALL {two})")
    return int(counted[0]["n"])
