"""A folder of CSV tables → `Plan`, or every fault at once with table, row and column."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import pandera.errors

from schemas.plan import (
    Choice,
    Field,
    Indicator,
    Plan,
    Round,
    RuleSpec,
    Settings,
    Sheet,
    Term,
    Unit,
)
from schemas.plan_fault import PlanFault, PlanFaults
from schemas.plan_links import link_faults, params_of, parts
from schemas.system_fault import reason_of, reason_of_text, remedy_of
from schemas.tables import TABLES

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema


def load_plan(folder: Path) -> Plan:
    """The plan in a folder of CSV files. Raises PlanFaults with everything that is wrong."""
    frames, faults = _read(folder)
    for table, frame in frames.items():
        faults += _table_faults(table, frame)
    spoilt = {(f.table, f.row) for f in faults}
    if len(frames) == len(TABLES):
        faults += [f for f in link_faults(frames) if (f.table, f.row) not in spoilt or f.row is None]
    if faults:
        raise PlanFaults(folder.name, faults)
    return _plan(frames)


def plan_texts(folder: Path) -> dict[str, str]:
    """The tables of a plan folder as they stand, keyed by name: what the archive keeps of a plan version."""
    return {table: (folder / f"{table}.csv").read_text(encoding="utf-8-sig") for table in TABLES}


def _read(folder: Path) -> tuple[dict[str, pd.DataFrame], list[PlanFault]]:
    frames: dict[str, pd.DataFrame] = {}
    faults = []
    for table in TABLES:
        path = folder / f"{table}.csv"
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                frames[table], uneven = _frame(table, file)
            faults += uneven
        except FileNotFoundError:
            faults.append(PlanFault(table, None, None, f"thiếu tệp {table}.csv trong thư mục kế hoạch"))
        except (ValueError, OSError, csv.Error) as fault:
            faults.append(PlanFault(table, None, None, f"không đọc được tệp {table}.csv: {_why(fault)}"))
    return frames, faults


def _why(fault: ValueError | OSError | csv.Error) -> str:
    """Why a table cannot be read, and what to do about it."""
    if isinstance(fault, OSError):
        return f"{reason_of(fault)}. {remedy_of(fault)}"
    own = isinstance(fault, _NoTable)
    return f"{fault if own else reason_of_text(fault)}. Lưu lại dạng CSV UTF-8."


class _NoTable(ValueError):
    """A file that holds no table; the text (Vietnamese) says why."""


def _frame(table: str, file: Iterable[str]) -> tuple[pd.DataFrame, list[PlanFault]]:
    """A table as text, its index the line each row begins on; blank rows are left out. Raises csv.Error, ValueError."""
    reader = csv.reader(file, strict=True)
    columns = next(reader, None)
    if not columns:
        raise _NoTable("tệp rỗng")
    if len(columns) == 1 and ";" in columns[0]:
        raise _NoTable(
            "các cột cách nhau bằng dấu “;”, phải bằng dấu phẩy; mở bằng LibreOffice Calc và lưu CSV với dấu phẩy"
        )
    if repeated := [c for c in columns if columns.count(c) > 1]:
        raise _NoTable(f"cột “{repeated[0]}” có hai lần")
    rows: dict[int, list[str]] = {}
    faults = []
    line = reader.line_num + 1
    for row in reader:
        if any(row):
            if len(row) == len(columns):
                rows[line] = row
            else:
                message = f"dòng có {len(row)} ô, bảng có {len(columns)} cột; ô có dấu phẩy phải đặt trong ngoặc kép"
                faults.append(PlanFault(table, line, None, message))
        line = reader.line_num + 1
    return pd.DataFrame(list(rows.values()), index=list(rows), columns=columns, dtype=str), faults


def _table_faults(table: str, frame: pd.DataFrame) -> list[PlanFault]:
    try:
        _model(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return _unique([fault for error in errors.schema_errors for fault in _faults_of(table, error)])
    return []


@cache
def _model(table: str) -> DataFrameSchema:
    """A table's model without its types: every cell is text as it is read, and pandera would look at each to see it."""
    schema = TABLES[table].to_schema()
    for column in schema.columns.values():
        column.dtype = None
    return schema


def _faults_of(table: str, error: pandera.errors.SchemaError) -> list[PlanFault]:
    reason = error.reason_code.name if error.reason_code else ""
    if reason == "COLUMN_NOT_IN_DATAFRAME":
        column = str(error.failure_cases)
        return [PlanFault(table, 1, column, "thiếu cột này; thêm cột vào dòng tiêu đề")]
    if reason == "COLUMN_NOT_IN_SCHEMA":
        column = str(error.failure_cases)
        return [PlanFault(table, 1, column, "cột lạ; xoá cột này")]
    column = str(error.schema.name)
    check = error.check
    wanted = getattr(check, "description", None) or error.schema.description or "giá trị hợp lệ"
    cases = error.failure_cases
    if reason == "SERIES_CONTAINS_DUPLICATES":
        cases = cases[cases.duplicated("failure_case")]  # the first of them is in its place
    return [
        PlanFault(table, int(row), column, f"“{value}” không hợp lệ: cần {wanted}")
        for row, value in zip(cases["index"], cases["failure_case"], strict=True)
    ]


def _unique(faults: list[PlanFault]) -> list[PlanFault]:
    seen: dict[tuple[int | None, str | None], PlanFault] = {}
    for fault in faults:
        seen.setdefault((fault.row, fault.column), fault)
    return list(seen.values())


def _plan(frames: Mapping[str, pd.DataFrame]) -> Plan:
    rows = {table: cast("list[dict[str, str]]", frame.to_dict("records")) for table, frame in frames.items()}
    fields = [_field(row) for row in rows["fields"]]
    choices: dict[str, list[Choice]] = {}
    for row in rows["choices"]:
        choices.setdefault(row["list"], []).append(Choice(**row))
    return Plan(
        settings=_settings({row["key"]: row["value"] for row in rows["settings"]}),
        rounds=tuple(
            Round(r["id"], r["label"], _date(r["due"]), r["active"] == "yes", r["clause"]) for r in rows["rounds"]
        ),
        sheets=tuple(_sheet(row, fields) for row in rows["sheets"]),
        choices={name: tuple(entries) for name, entries in choices.items()},
        rules=tuple(
            RuleSpec(**{**r, "params": params_of(r["params"])}) for r in cast("list[dict[str, Any]]", rows["rules"])
        ),
        indicators=tuple(_indicator(row) for row in rows["indicators"]),
        units=tuple(Unit(**row) for row in cast("list[dict[str, Any]]", rows["units"])),
        version=_version(rows),
    )


def _settings(values: Mapping[str, str]) -> Settings:
    return Settings(
        id=values["id"],
        number=values["number"],
        title=values["title"],
        issued_on=date.fromisoformat(values["issued_on"]),
        issuer=values["issuer"],
        office=values["office"],
        place=values["place"],
        stamp="optional" if values["stamp"] == "optional" else "required",
        active=values["active"] == "yes",
        parts=parts(values.get("parts", "")),
    )


def _field(row: dict[str, Any]) -> Field:
    yes = {name: row[name] == "yes" for name in ("required", "stored")}
    return Field(**{**row, **yes, "width": int(row["width"])})


def _sheet(row: dict[str, Any], fields: list[Field]) -> Sheet:
    return Sheet(
        id=row["id"],
        code=row["code"],
        label=row["label"],
        title=row["title"],
        kind=row["kind"],
        clause=row["clause"],
        rounds=parts(row["rounds"]),
        applies_to=parts(row["applies_to"]),
        rows=int(row["rows"] or 200),
        fields=tuple(f for f in fields if f.sheet == row["id"]),
    )


def _indicator(row: dict[str, Any]) -> Indicator:
    def terms(cell: str) -> tuple[Term, ...]:
        return tuple(Term(*term.split(".", 1)) for term in parts(cell))

    return Indicator(
        id=row["id"],
        label=row["label"],
        kind=row["kind"],
        numerator=terms(row["numerator"]),
        denominator=terms(row["denominator"]),
        denominator_minus=terms(row["denominator_minus"]),
        target=int(row["target"]) if row["target"] else None,
        deadline=_date(row["deadline"]),
        clause=row["clause"],
    )


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _version(rows: Mapping[str, list[dict[str, str]]]) -> str:
    whole = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()[:12]
