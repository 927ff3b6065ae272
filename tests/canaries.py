"""Canaries: words that stand nowhere else, typed into every field of a report and wherever else a clerk can write.

Where one of them comes up again shows which way what a clerk types can take. Nothing here knows a plan: a new plan's
new field has its canary.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import duckdb
import openpyxl
from openpyxl.comments import Comment

from pipelines.demo.clerk import fill
from pipelines.demo.figures import Report
from schemas.plan import Field, Plan, Sheet

Kind = Literal["typed", "not stored", "beside", "property", "comment", "tab"]
"""Typed into a field; into one that is not stored; text outside the tables; …"""


@dataclass(frozen=True, slots=True)
class Canary:
    """A word that stands nowhere else. `where`: the field (`sheet.field`), or what else it was written into."""

    kind: Kind
    where: str
    word: str


def word_for(where: str) -> str:
    """A name's worth of letters, always the same for a place."""
    digest = hashlib.sha256(where.encode()).digest()
    return "Zq" + "".join(chr(ord("a") + byte % 26) for byte in digest[:10])


def number_for(where: str) -> str:
    """The digits of a telephone number, always the same for a place."""
    digest = hashlib.sha256(where.encode()).digest()
    return "09" + "".join(str(byte % 10) for byte in digest[:8])


def typed_text(sheet: Sheet) -> tuple[Field, ...]:
    """The fields into which a clerk writes freely: whatever a person's name or number may stand in."""
    return tuple(field for field in sheet.fields if field.type == "text" and not field.prefill)


def with_canaries(plan: Plan, report: Report, version: str) -> tuple[Report, list[Canary]]:
    """The report with a canary in every free text of every row, and those."""
    found: list[Canary] = []
    for sheet_id, rows in report.sheets.items():
        for key in rows:
            for field in typed_text(plan.sheet(sheet_id)):
                where = f"{sheet_id}.{field.id}"
                seed = f"{version} {where} {key}"
                word = word_for(seed) if field.stored else number_for(seed)
                report = report.with_value(sheet_id, key, field.id, f"Nguyễn Thị {word}" if field.stored else word)
                found.append(Canary("typed" if field.stored else "not stored", where, word))
    return report, found


def write_report(template: Path, target: Path, report: Report, version: str) -> list[Canary]:
    """Fills a template as a clerk does who also writes beside the tables, into comments, properties and tab names."""
    fill(template, target, report)
    workbook = openpyxl.load_workbook(target)
    canaries = {kind: Canary(kind, f"{kind} {version}", word_for(f"{kind} {version}")) for kind in _KINDS}
    creator, last, title = (word_for(f"{version} {name}") for name in ("creator", "last", "title"))
    workbook.properties.creator = f"Trần Văn {creator}"
    workbook.properties.lastModifiedBy = f"Trần Văn {last}"
    workbook.properties.title = title
    own = [Canary("property", name, word) for name, word in (("creator", creator), ("last", last), ("title", title))]
    for sheet in workbook.worksheets[1:3]:
        sheet.oddHeader.center.text = f"Lê Thị {canaries['property'].word}"
    cell = workbook.worksheets[2].cell(6, 5)
    cell.comment = Comment(f"Hỏi anh {canaries['comment'].word}", canaries["comment"].word)
    extra = workbook.create_sheet(f"Danh sách {canaries['tab'].word}")
    extra["B3"] = f"Phạm Văn {canaries['beside'].word}, sinh ngày 02/09/1975"
    hidden = workbook.create_sheet("an")
    hidden.sheet_state = "hidden"
    hidden["A1"] = f"Phạm Văn {canaries['beside'].word}"
    workbook.save(target)
    return [*canaries.values(), *own]


_KINDS: tuple[Kind, ...] = ("beside", "property", "comment", "tab")


def texts_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """All that is written in a file: its parts where it is a zip, its tables where it is one, and its bytes as well."""
    content = path.read_bytes()
    yield "", content
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as package:
            for name in package.namelist():
                yield name, name.encode() + b"\n" + package.read(name)
    elif path.suffix == ".duckdb":
        yield from tables_in(path)
    elif path.suffix == ".parquet":
        yield "rows", repr(duckdb.sql(f"FROM read_parquet('{path.as_posix()}')").fetchall()).encode()


def tables_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every table of a DuckDB file, each column as `schema.table.column`."""
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal"
        for schema, table, column in connection.sql(columns).fetchall():
            rows = connection.sql(f'SELECT "{column}" FROM "{schema}"."{table}"').fetchall()
            yield f"{schema}.{table}.{column}", "\n".join(str(row[0]) for row in rows).encode()
