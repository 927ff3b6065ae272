"""Canaries: words that stand nowhere else, typed into every field of a report and wherever else a clerk can write.

Where one of them comes up again shows which way what a clerk types can take. Nothing here knows a plan: a new field of
a new plan has its canary.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Literal

import duckdb
import openpyxl
from openpyxl.comments import Comment

from pipelines.demo.clerk import fill
from pipelines.demo.figures import Report, Value
from schemas.plan import Field, Plan, Sheet

Kind = Literal["typed", "misplaced", "not stored", "beside", "tab", "comment", "property"]
"""Free text in its field; a name where no text belongs; a field that is not stored; text outside the tables; the name
of a tab; a comment; a property of the file, or what is printed above its pages."""


@dataclass(frozen=True, slots=True)
class Canary:
    """What stands nowhere else, in every way it may be written. `where`: `sheet.field`, or what it was written into."""

    kind: Kind
    unit: str
    where: str
    forms: tuple[str, ...]

    def sings_in(self, content: bytes) -> bool:
        """Whether it stands in there, whatever the letters are stored as."""
        return any(written in content for form in self.forms for written in _stored(form))

    @property
    def sheet(self) -> str:
        """The sheet of its field."""
        return self.where.partition(".")[0]


def name_for(seed: str) -> str:
    """A word like a name, always the same for a seed."""
    return "Zq" + "".join(chr(ord("a") + byte % 26) for byte in _digest(seed)[:10])


def with_canaries(plan: Plan, report: Report, version: str) -> tuple[Report, list[Canary]]:
    """The report with a canary in each free text, and in each field that is not stored whatever its type.

    No two versions have the same ones.
    """
    canaries = []
    for sheet in plan.sheets_for(plan.unit(report.unit), "ket_qua"):
        if not report.sheets.get(sheet.id):
            report = report.with_sheet(sheet.id, {"1": _row(plan, sheet)})
        for key in report.sheets[sheet.id]:
            for field in (f for f in sheet.fields if not f.prefill and (f.type == "text" or not f.stored)):
                value, forms = _written(field, f"{version} {report.unit} {key} {sheet.id}.{field.id}")
                report = report.with_value(sheet.id, key, field.id, value)
                kind: Kind = "typed" if field.stored else "not stored"
                canaries.append(Canary(kind, report.unit, f"{sheet.id}.{field.id}", forms))
    return report, canaries


def with_misplaced(plan: Plan, report: Report) -> tuple[Report, list[Canary]]:
    """The report with a name in each field that takes none; a telephone number as a number, where it takes text."""
    canaries = []
    for sheet in plan.sheets_for(plan.unit(report.unit), "ket_qua"):
        key = next(iter(report.sheets[sheet.id]))
        for field in (f for f in sheet.fields if not f.prefill):
            where = f"{sheet.id}.{field.id}"
            word = name_for(f"misplaced {report.unit} {where}")
            number = 100_000_000 + int.from_bytes(_digest(word)[:3], "big")
            if field.type != "text":
                report = report.with_value(sheet.id, key, field.id, f"Nguyễn Thị {word}")
                kind: Kind = "misplaced" if field.stored else "not stored"
                canaries.append(Canary(kind, report.unit, where, (word,)))
            elif not field.stored:
                report = report.with_value(sheet.id, key, field.id, number)
                canaries.append(Canary("not stored", report.unit, where, (str(number),)))
    return report, canaries


def write_report(template: Path, target: Path, report: Report) -> list[Canary]:
    """Fills a template as a clerk does who also writes beside the tables, into comments, tabs and properties."""
    fill(template, target, report)
    book = openpyxl.load_workbook(target)
    names = {
        kind: name_for(f"{target.name} {kind}") for kind in ("beside", "tab", "comment", "creator", "last", "page")
    }
    book.properties.creator = f"Trần Văn {names['creator']}"
    book.properties.lastModifiedBy = f"Trần Văn {names['last']}"
    filled = book.worksheets[2]
    filled.oddHeader.center.text = f"Lê Thị {names['page']}"
    filled.cell(6, 5).comment = Comment(f"Hỏi anh {names['comment']}, 0913 552 741", names["comment"])
    list_of_names = book.create_sheet(f"Danh sách {names['tab']}")
    list_of_names["B3"] = f"Phạm Văn {names['beside']}, sinh ngày 02/09/1975"
    hidden = book.create_sheet("tạm")
    hidden.sheet_state = "hidden"
    hidden["A1"] = f"Phạm Văn {names['beside']}"
    book.save(target)
    kinds: dict[str, Kind] = {"beside": "beside", "tab": "tab", "comment": "comment"}
    return [Canary(kinds.get(k, "property"), report.unit, f"{target.name} {k}", (w,)) for k, w in names.items()]


def texts_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """All that is written in a file: its bytes, its parts where it is a zip, its columns where it holds tables."""
    content = path.read_bytes()
    yield "bytes", content
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as package:
            for name in package.namelist():
                yield name, name.encode() + b"\n" + package.read(name)
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            columns = "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal"
            for schema, table, column in connection.sql(columns).fetchall():
                rows = connection.sql(f'SELECT "{column}" FROM "{schema}"."{table}"').fetchall()
                yield f"{schema}.{table}.{column}", "\n".join(str(row[0]) for row in rows).encode()
    elif path.suffix == ".parquet":
        table = duckdb.sql(f"FROM read_parquet('{path.as_posix()}')")
        for n, column in enumerate(table.columns):
            yield column, "\n".join(str(row[n]) for row in table.fetchall()).encode()


def found_in(texts: Iterable[tuple[str, bytes]], canaries: Sequence[Canary]) -> Iterator[tuple[Canary, str]]:
    """Which canaries stand in which parts of a file."""
    written = (re.escape(one) for canary in canaries for form in canary.forms for one in _stored(form))
    any_of_them = re.compile(b"|".join(written))
    for part, content in texts:
        if any_of_them.search(content):
            yield from ((canary, part) for canary in canaries if canary.sings_in(content))


def _stored(form: str) -> tuple[bytes, bytes]:
    return form.encode(), form.encode("utf-16-le")


def _written(field: Field, seed: str) -> tuple[Value, tuple[str, ...]]:
    """A value of a field's type that stands nowhere else, and how it may come up again."""
    digest = _digest(seed)
    number = 100_000_000 + int.from_bytes(digest[:3], "big")
    if field.type == "date":
        day = date(2001, 1, 1) + timedelta(days=int.from_bytes(digest[:2], "big") % 7000)
        return day, (day.isoformat(), f"{day:%d/%m/%Y}")
    if field.type == "count":
        return number, (str(number),)
    if not field.stored:
        return f"0{number} ", (str(number),)
    word = name_for(seed)
    return f"Nguyễn Thị {word}", (word,)


def _row(plan: Plan, sheet: Sheet) -> dict[str, Value]:
    """A right row of a list in which the clerk had nothing to report."""
    values: dict[str, Value] = {"text": "x", "count": 1, "date": date(2022, 4, 20), "yes_no": "có"}
    return {f.id: plan.values(f.choices)[0] if f.type == "choice" else values[f.type] for f in sheet.fields}


def _digest(seed: str) -> bytes:
    return hashlib.sha256(seed.encode()).digest()
