"""What spans a plan's tables: every reference must point at something, every rule must fit its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import cast, get_args

import pandas as pd

from schemas.plan import NO, ROWS, YES, FieldType
from schemas.plan_fault import PlanFault, did_you_mean
from schemas.rules import NAMED
from schemas.tables import (
    OPTIONAL_SETTING_KEYS,
    RESERVED_FIELDS,
    RESERVED_PLANS,
    RESERVED_ROUNDS,
    RESERVED_SHEETS,
    RESERVED_UNITS,
    SETTING_KEYS,
    TABLES,
)

Row = dict[str, str]
Frames = Mapping[str, pd.DataFrame]
_LISTS = ("parts", "minus", "fields", "also", "values")
"""The parameters of rules that hold several fields or values; any other holds one value, commas and all."""
_TYPES = get_args(FieldType)


def parts(cell: str) -> tuple[str, ...]:
    """The items of a list cell, separated by `;`."""
    return tuple(cell.split(";")) if cell else ()


def params_of(cell: str) -> dict[str, tuple[str, ...]]:
    """`parts=a,b;limit=c` → {parts: (a, b), limit: (c,)}."""
    pairs = (pair.partition("=") for pair in cell.split(";"))
    return {key: tuple(value.split(",")) if key in _LISTS else (value,) for key, _, value in pairs}


def link_faults(frames: Frames) -> list[PlanFault]:
    """Every fault that needs more than one table, or more than one cell, to be seen."""
    if any(TABLES[table].to_schema().columns.keys() - set(frame.columns) for table, frame in frames.items()):
        return []  # a column is missing: its own table has said so
    tables = _Tables(frames)
    checks = (_settings, _rounds, _sheets, _fields, _choices, _rules, _indicators, _units)
    return [fault for check in checks for fault in check(tables)]


class _Tables:
    """The rows of each table with their line numbers, and the ids that others refer to."""

    def __init__(self, frames: Frames) -> None:
        self._rows = {
            table: list(zip(frame.index, cast("list[Row]", frame.to_dict("records")), strict=True))
            for table, frame in frames.items()
        }
        self.rounds = [r["id"] for _, r in self["rounds"]]
        self.sheets = {r["id"]: r for _, r in self["sheets"]}
        self.fields = {(r["sheet"], r["id"]): r for _, r in self["fields"]}
        self.lists = {r["list"] for _, r in self["choices"]}
        self.kinds = [r["value"] for _, r in self["choices"] if r["list"] == "unit_kind"]
        self.units = {r["code"]: r for _, r in self["units"]}

    def __getitem__(self, table: str) -> list[tuple[int, Row]]:
        return self._rows[table]

    def field_ids(self, sheet: str) -> list[str]:
        return [field for own, field in self.fields if own == sheet]


def _settings(tables: _Tables) -> Iterator[PlanFault]:
    given = {row["key"] for _, row in tables["settings"]}
    patterns = SETTING_KEYS | OPTIONAL_SETTING_KEYS
    for key in (k for k in SETTING_KEYS if k not in given):
        yield PlanFault("settings", None, "key", f"thiếu khoá “{key}”; thêm một dòng")
    for line, row in tables["settings"]:
        pattern = patterns.get(row["key"])
        if pattern is None:
            hint = did_you_mean(row["key"], list(patterns))
            yield PlanFault(
                "settings",
                line,
                "key",
                f"khoá “{row['key']}” không có.{hint} Các khoá: {', '.join(patterns)}",
            )
        elif row["key"] == "id" and row["value"] in RESERVED_PLANS:
            yield PlanFault("settings", line, "value", f"“{row['value']}” là tên hệ thống dùng riêng; đặt mã khác")
        elif not re.search(pattern, row["value"]) or (row["key"] == "issued_on" and not _is_date(row["value"])):
            yield PlanFault("settings", line, "value", f"“{row['value']}” không hợp lệ cho khoá “{row['key']}”")
        elif row["key"] == "parts":
            for name in parts(row["value"]):
                if name not in tables.rounds:
                    yield _unknown("settings", line, "value", "kỳ báo cáo", name, tables.rounds)


def _rounds(tables: _Tables) -> Iterator[PlanFault]:
    for line, row in tables["rounds"]:
        if row["id"] in RESERVED_ROUNDS:
            yield _reserved("rounds", line, row["id"])


def _sheets(tables: _Tables) -> Iterator[PlanFault]:
    for line, row in tables["sheets"]:
        if row["id"] in RESERVED_SHEETS:
            yield _reserved("sheets", line, row["id"])
        for name in parts(row["rounds"]):
            if name not in tables.rounds:
                yield _unknown("sheets", line, "rounds", "kỳ báo cáo", name, tables.rounds)
        known = [*tables.kinds, *tables.units]
        for name in parts(row["applies_to"]):
            if name not in known:
                yield _unknown("sheets", line, "applies_to", "loại đơn vị hay mã đơn vị", name, known)
        if not tables.field_ids(row["id"]):
            yield PlanFault("sheets", line, "id", f"biểu “{row['id']}” không có trường nào trong bảng fields")
        if len(f"{row['code']} {row['label']}") > 31:
            yield PlanFault("sheets", line, "label", "ký hiệu và tên trang dài quá 31 ký tự; rút ngắn tên")


def _fields(tables: _Tables) -> Iterator[PlanFault]:
    seen = set()
    for line, row in tables["fields"]:
        if row["id"] in RESERVED_FIELDS:
            yield _reserved("fields", line, row["id"])
        if row["sheet"] not in tables.sheets:
            yield _unknown("fields", line, "sheet", "biểu", row["sheet"], list(tables.sheets))
        if (row["sheet"], row["id"]) in seen:
            yield PlanFault("fields", line, "id", f"trường “{row['id']}” của biểu “{row['sheet']}” bị lặp")
        seen.add((row["sheet"], row["id"]))
        if row["type"] == "choice" and row["choices"] not in tables.lists:
            yield _unknown("fields", line, "choices", "danh mục", row["choices"], sorted(tables.lists))
        if row["type"] != "choice" and row["choices"]:
            yield PlanFault("fields", line, "choices", "chỉ trường kiểu choice mới có danh mục; để trống ô này")


def _choices(tables: _Tables) -> Iterator[PlanFault]:
    seen = set()
    for line, row in tables["choices"]:
        key = (row["list"], row["value"].casefold())
        if key in seen:
            yield PlanFault("choices", line, "value", f"mục “{row['value']}” của danh mục “{row['list']}” bị lặp")
        seen.add(key)


def _rules(tables: _Tables) -> Iterator[PlanFault]:
    for line, row in tables["rules"]:
        if row["sheet"] not in tables.sheets:
            yield _unknown("rules", line, "sheet", "biểu", row["sheet"], list(tables.sheets))
        elif row["rule"] not in NAMED:
            yield _unknown("rules", line, "rule", "quy tắc", row["rule"], list(NAMED))
        else:
            for message in _params_faults(tables, row):
                yield PlanFault("rules", line, "params", message)


def _params_faults(tables: _Tables, row: Row) -> Iterator[str]:
    rule, params = NAMED[row["rule"]], params_of(row["params"])
    allowed = (*rule.params, *rule.optional)
    for name in (n for n in params if n not in allowed):
        hint = did_you_mean(name, list(allowed))
        yield f"quy tắc {rule.name} không có tham số “{name}”.{hint} Các tham số: {', '.join(allowed)}"
    for name in (n for n in params if len(re.findall(rf"(^|;){n}=", row["params"])) > 1):
        yield f"tham số “{name}” bị lặp; mỗi tham số viết một lần"
    for name in (n for n in rule.params if n not in params):
        yield f"quy tắc {rule.name} thiếu tham số “{name}”"
    for name in rule.fields_in:
        wanted = ("count",) if name in rule.counts else ("text", "choice") if name in rule.texts else ()
        for field in params.get(name, ()):
            yield from _field_fault(tables, row["sheet"], field, *wanted)
    if rule.name == "same_as" and {"sheet", "other"} <= params.keys():
        yield from _other_sheet_fault(tables, row["sheet"], params["sheet"][0], params["other"][0])
    if "from" in rule.params:
        yield from _days_faults(tables, row["sheet"], params, arrival=rule.name == "between_dates")
    if "equals" in rule.params and "when" in params and "equals" in params:
        yield from _equals_fault(tables, row["sheet"], params["when"][0], params["equals"][0])


def _days_faults(tables: _Tables, sheet: str, params: Mapping[str, tuple[str, ...]], *, arrival: bool) -> Iterator[str]:
    for field in params.get("field", ()):
        if (sheet, field) in tables.fields:
            yield from _field_fault(tables, sheet, field, "date")
    for end in (params[name][0] for name in ("from", "to") if name in params):
        if not _is_date(end) and not (arrival and end == "arrival"):
            or_arrival = ", cũng không phải “arrival”" if arrival else ""
            yield f"“{end}” không phải ngày dạng 2022-04-06{or_arrival}"
    first, last = (params.get(name, ("",))[0] for name in ("from", "to"))
    if _is_date(first) and _is_date(last) and first > last:
        yield f"khoảng ngày trống: {first} muộn hơn {last}"


def _other_sheet_fault(tables: _Tables, sheet: str, other: str, field: str) -> Iterator[str]:
    if other not in tables.sheets:
        yield f"không có biểu “{other}”.{did_you_mean(other, list(tables.sheets))}"
    elif other == sheet:
        yield f"biểu “{sheet}” không đối chiếu với chính nó được; dùng quy tắc khác"
    elif {tables.sheets[other]["kind"], tables.sheets[sheet]["kind"]} & {"list"}:
        yield f"chỉ đối chiếu từng dòng được giữa các biểu có dòng theo tổ chức; “{other}” hoặc “{sheet}” là biểu list"
    elif tables.sheets[other]["kind"] != tables.sheets[sheet]["kind"]:
        yield f"biểu “{other}” phải cùng kiểu với biểu “{sheet}” thì mới đối chiếu từng dòng được"
    else:
        yield from _field_fault(tables, other, field, "count")


def _field_fault(tables: _Tables, sheet: str, field: str, *wanted: str) -> Iterator[str]:
    """No such field, or a field of none of the types `wanted`, if any; a type that is none has its own fault."""
    found = tables.fields.get((sheet, field))
    if found is None:
        known = tables.field_ids(sheet)
        yield f"biểu “{sheet}” không có trường “{field}”.{did_you_mean(field, known)} Các trường: {', '.join(known)}"
    elif wanted and found["type"] not in wanted and found["type"] in _TYPES:
        yield f"trường “{field}” phải là kiểu {' hoặc '.join(wanted)}, đang là {found['type']}"


def _equals_fault(tables: _Tables, sheet: str, when: str, value: str) -> Iterator[str]:
    field = tables.fields.get((sheet, when))
    if field is None:
        return
    if field["type"] == "yes_no":
        known = [YES, NO]
    elif field["type"] == "choice":
        known = [r["value"] for _, r in tables["choices"] if r["list"] == field["choices"]]
    elif field["type"] not in _TYPES:
        return
    else:
        yield f"trường “{when}” của tham số when phải là kiểu yes_no hoặc choice, đang là {field['type']}"
        return
    if value not in known:
        yield f"“{value}” không phải giá trị của trường “{when}”. Các giá trị: {', '.join(known)}"


def _indicators(tables: _Tables) -> Iterator[PlanFault]:
    for line, row in tables["indicators"]:
        wants = {"rate": (True, True), "volume": (True, False)}.get(row["kind"], (False, False))
        for column, wanted in zip(("numerator", "denominator"), wants, strict=True):
            if bool(row[column]) != wanted:
                verb = "phải có" if wanted else "không có"
                yield PlanFault("indicators", line, column, f"chỉ tiêu kiểu {row['kind']} {verb} ô này")
        if row["kind"] == "rate" and not row["target"]:
            yield PlanFault("indicators", line, "target", "chỉ tiêu kiểu rate phải có mục tiêu, ví dụ 100")
        for column in ("numerator", "denominator", "denominator_minus"):
            for term in parts(row[column]):
                for message in _term_fault(tables, term):
                    yield PlanFault("indicators", line, column, message)


def _term_fault(tables: _Tables, term: str) -> Iterator[str]:
    sheet, _, field = term.partition(".")
    if sheet not in tables.sheets:
        yield f"không có biểu “{sheet}”.{did_you_mean(sheet, list(tables.sheets))} Viết dạng biểu.trường"
    elif field != ROWS:
        found = tables.fields.get((sheet, field))
        if found is None:
            yield f"biểu “{sheet}” không có trường “{field}”.{did_you_mean(field, tables.field_ids(sheet))}"
        elif found["type"] not in ("count", "yes_no") and found["type"] in _TYPES:
            yield f"trường “{term}” phải là kiểu count hoặc yes_no, đang là {found['type']}"
        elif found["stored"] != "yes":
            yield f"trường “{term}” không được lưu (stored = no) nên không tính được"


def _units(tables: _Tables) -> Iterator[PlanFault]:
    for line, row in tables["units"]:
        if row["code"] in RESERVED_UNITS:
            yield _reserved("units", line, row["code"], "code")
        if row["kind"] not in tables.kinds:
            yield _unknown("units", line, "kind", "loại đơn vị (danh mục unit_kind)", row["kind"], tables.kinds)
        parent = tables.units.get(row["parent"])
        if row["reports"] == "no" and parent is None:
            yield _unknown("units", line, "parent", "đơn vị cấp trên", row["parent"], list(tables.units))
        elif row["reports"] == "no" and parent and parent["reports"] == "no":
            yield PlanFault("units", line, "parent", f"đơn vị cấp trên “{row['parent']}” không phải đơn vị báo cáo")
        elif row["reports"] != "no" and row["parent"] not in ("", row["code"]):
            text = "đơn vị báo cáo không có cấp trên trong bảng này; để trống, hoặc ghi chính mã của đơn vị"
            yield PlanFault("units", line, "parent", text)


def _reserved(table: str, line: int, name: str, column: str = "id") -> PlanFault:
    return PlanFault(table, line, column, f"“{name}” là tên hệ thống dùng riêng; đặt mã khác")


def _unknown(table: str, line: int, column: str, what: str, name: str, known: list[str]) -> PlanFault:
    return PlanFault(table, line, column, f"không có {what} “{name}”.{did_you_mean(name, known)}")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
