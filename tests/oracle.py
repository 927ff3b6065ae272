"""An oracle of its own: from the drops and their values to what a consolidation must say, in plain Python.

It shares no line with the program: it reads the plan's CSV files with `csv` and the demo's `dap-an.json`, and
never opens a workbook or runs a check. That a drop is wrong it knows from the scenario's `kind`.

A row is declared by the value `tinh_trang`, a whole sheet by the same under the key `""`.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

REJECTED = {"wrong"}
NOT_A_REPORT = {"no_workbook"}
NO_NEW_VERSION = {"identical"}
NIGHTLY = "T22:00:00+07:00"
DECLARED, NOT_APPLICABLE = "tinh_trang", "Không áp dụng"

Rows = list[dict[str, str]]
Said = dict[str, Any]
Expected = dict[str, dict[Any, Said]]


@dataclass(frozen=True)
class Version:
    """One distinct report of a unit: its number among the unit's reports (1-based), and what was typed."""

    number: int
    night: date
    accepted: bool
    file: str
    sha256: str
    values: dict[str, dict[str, dict[str, Any]]]

    def declares(self, sheet_id: str, key: str = "") -> str | None:
        """What a row is declared to be: by itself, else by its whole sheet."""
        rows = self.values.get(sheet_id, {})
        said = rows.get(key, {}).get(DECLARED) or rows.get("", {}).get(DECLARED)
        return str(said) if said else None


@dataclass(frozen=True)
class World:
    """All the oracle knows: the plan's tables, a round, the drops, and the day it is asked about."""

    units: Rows
    sheets: dict[str, dict[str, str]]
    indicators: Rows
    round_id: str
    due: date | None
    as_of: date
    versions: dict[str, list[Version]]
    in_parts: bool

    def accepted(self, unit: str) -> list[Version]:
        """The accepted reports of a unit, oldest first."""
        return [v for v in self.versions.get(unit, []) if v.accepted]

    def gives(self, version: Version, sheet_id: str) -> bool:
        """Whether a report speaks for a sheet: any does, unless offices report in parts."""
        typed = any(row for row in version.values.get(sheet_id, {}).values())
        return not self.in_parts or typed or self.sheets[sheet_id]["kind"] == "form"

    def whole(self, unit: str, versions: list[Version]) -> bool:
        """Whether these reports together speak for every sheet the unit must fill."""
        (own,) = (u for u in self.units if u["code"] == unit)
        must = [s for s, sheet in self.sheets.items() if sheet["kind"] != "list" and self.applies(own, s)]
        return bool(versions) and all(any(self.gives(v, sheet) for v in versions) for sheet in must)

    def accepted_on(self, unit: str) -> date | None:
        """The night on which the unit's report was first accepted and whole."""
        accepted = self.accepted(unit)
        nights = (v.night for n, v in enumerate(accepted, 1) if self.whole(unit, accepted[:n]))
        return next(nights, None)

    def counting(self, unit: str, sheet_id: str = "") -> Version | None:
        """The newest accepted report of a unit (that speaks for a sheet), once they are whole."""
        accepted = self.accepted(unit)
        if not self.whole(unit, accepted):
            return None
        return next((v for v in reversed(accepted) if not sheet_id or self.gives(v, sheet_id)), None)

    def rows(self, unit: str, sheet_id: str) -> list[dict[str, Any]]:
        """What counts of a sheet, row by row; rows that do not apply are left out."""
        version = self.counting(unit, sheet_id)
        if version is None:
            return []
        typed = version.values.get(sheet_id, {})
        keys = [key for key in typed if key]
        if self.sheets[sheet_id]["kind"] == "org":
            keys = [u["code"] for u in self.units if u["parent"] == unit] or [unit]
        return [typed.get(key, {}) for key in keys if version.declares(sheet_id, key) != NOT_APPLICABLE]

    def asked(self, unit: dict[str, str], indicator: dict[str, str]) -> bool:
        """Whether a figure is expected: its sheets are the unit's, and it declared none of them inapplicable."""
        sheets = _sheets_of(indicator)
        givers = ((self.counting(unit["code"], sheet), sheet) for sheet in sheets)
        declined = any(version and version.declares(sheet) == NOT_APPLICABLE for version, sheet in givers)
        return all(self.applies(unit, sheet) for sheet in sheets) and not declined

    def applies(self, unit: dict[str, str], sheet_id: str) -> bool:
        """Whether a unit fills a sheet in this round."""
        sheet = self.sheets[sheet_id]
        rounds, to = _items(sheet["rounds"]), _items(sheet["applies_to"])
        return (not rounds or self.round_id in rounds) and (not to or unit["kind"] in to or unit["code"] in to)


def expected(plan_folder: Path, answers: Path, as_of: date, round_id: str = "ket_qua") -> Expected:
    """What the consolidation of a round must say at the end of a day.

    `{"units": {code: …}, "indicators": {id: …}, "by_unit": {(unit, indicator): …}}`, the inner keys as in
    `status --json`.
    """
    world = _world(plan_folder, answers, as_of, round_id)
    units = {u["code"]: _unit(world, u) for u in world.units if u["reports"] != "no"}
    by_unit = {
        (u["code"], i["id"]): _unit_indicator(world, u, i)
        for u in world.units
        if u["reports"] != "no"
        for i in world.indicators
        if i["kind"] in ("rate", "volume")
    }
    indicators = {i["id"]: _province(world, i, units, by_unit) for i in world.indicators}
    return {"units": units, "indicators": indicators, "by_unit": by_unit}


def counted_rows(plan_folder: Path, answers: Path, as_of: date, round_id: str = "ket_qua") -> dict[str, Rows]:
    """Sheet id → every row that counts at the end of a day, over the province; rows that do not apply are left out."""
    world = _world(plan_folder, answers, as_of, round_id)
    codes = [u["code"] for u in world.units if u["reports"] != "no"]
    return {sheet: [row for code in codes for row in world.rows(code, sheet)] for sheet in world.sheets}


def _world(folder: Path, answers: Path, as_of: date, round_id: str) -> World:
    rounds = {row["id"]: row for row in _read(folder / "rounds.csv")}
    sheets = {row["id"]: row for row in _read(folder / "sheets.csv")}
    filled = {s for s, row in sheets.items() if not row["rounds"] or round_id in _items(row["rounds"])}
    indicators = [row for row in _read(folder / "indicators.csv") if _sheets_of(row) <= filled]
    due = _day(rounds[round_id]["due"])
    settings = {row["key"]: row["value"] for row in _read(folder / "settings.csv")}
    in_parts = round_id in _items(settings.get("parts", ""))
    versions = _versions(json.loads(answers.read_text(encoding="utf-8"))["drops"], as_of)
    return World(_read(folder / "units.csv"), sheets, indicators, round_id, due, as_of, versions, in_parts)


def _versions(drops: list[dict[str, Any]], as_of: date) -> dict[str, list[Version]]:
    versions: dict[str, list[Version]] = {}
    for drop in drops:
        night = date.fromisoformat(drop["night"])
        if night > as_of or drop["kind"] in NOT_A_REPORT | NO_NEW_VERSION:
            continue
        of_unit = versions.setdefault(drop["unit"], [])
        accepted = drop["kind"] not in REJECTED
        number = len(of_unit) + 1
        of_unit.append(Version(number, night, accepted, drop["file"], drop["sha256"], drop["values"]))
    return versions


def _unit(world: World, unit: dict[str, str]) -> Said:
    versions = world.versions.get(unit["code"], [])
    counting = world.counting(unit["code"])
    first_accepted = world.accepted_on(unit["code"])
    late = overdue = 0
    if unit["reports"] == "exempt" and first_accepted is None:
        state = "mien"
    elif first_accepted is not None:
        late = _days_past(world.due, first_accepted)
        state = "tre_han" if late else "dung_han"
    else:
        overdue = _days_past(world.due, world.as_of)
        faulty = bool(versions) and not versions[-1].accepted
        state = "qua_han" if overdue else "loi" if faulty else "chua_den_han"
    return {
        "state": state,
        "due": world.due.isoformat() if world.due else None,
        "first_submitted_at": versions[0].night.isoformat() + NIGHTLY if versions else None,
        "accepted_at": first_accepted.isoformat() + NIGHTLY if first_accepted else None,
        "days_late": late,
        "days_overdue": overdue,
        "version": counting.number if counting else None,
        "sha256": counting.sha256 if counting else None,
    }


def _unit_indicator(world: World, unit: dict[str, str], indicator: dict[str, str]) -> Said:
    counting = world.counting(unit["code"])
    if not world.asked(unit, indicator):
        return _said(None, None, "khong_ap_dung", 0)
    if counting is None:
        return _said(None, None, "chua_bao_cao", 0)
    numerator = _total(world, unit["code"], indicator["numerator"])
    if indicator["kind"] == "volume":
        return _said(numerator, None, None, 0)
    whole, minus = (_total(world, unit["code"], indicator[part]) for part in ("denominator", "denominator_minus"))
    denominator = whole - minus
    return _said(numerator, denominator, *_state(world, indicator, numerator, denominator, complete=True))


def _province(
    world: World, indicator: dict[str, str], units: dict[str, Said], by_unit: dict[tuple[str, str], Said]
) -> Said:
    asked = [u for u in world.units if u["reports"] != "no" and units[u["code"]]["state"] != "mien"]
    asked = [u for u in asked if all(world.applies(u, s) for s in _sheets_of(indicator))]
    declined = [u for u in asked if not world.asked(u, indicator)]
    asked = [u for u in asked if u not in declined]
    reported = [u["code"] for u in asked if world.counting(u["code"])]
    target = int(indicator["target"]) / 100 if indicator["target"] else None
    deadline = _deadline(world, indicator)
    coverage = {
        "target": target,
        "deadline": deadline.isoformat() if deadline else None,
        "units_reported": len(reported),
        "units_expected": len(asked),
    }
    counts_units = indicator["kind"] in ("reporting", "on_time")
    if not reported and not counts_units:
        state = "khong_ap_dung" if declined and not asked else "chua_bao_cao"
        return _said(None, None, state, 0) | coverage
    if counts_units:
        wanted = {"dung_han"} if indicator["kind"] == "on_time" else {"dung_han", "tre_han"}
        numerator = sum(units[u["code"]]["state"] in wanted for u in asked)
        denominator: int | None = len(asked)
    else:
        numerator = sum(by_unit[code, indicator["id"]]["numerator"] for code in reported)
        parts = [by_unit[code, indicator["id"]]["denominator"] for code in reported]
        denominator = None if indicator["kind"] == "volume" else sum(parts)
    if denominator is None:
        return _said(numerator, None, None, 0) | coverage
    complete = len(reported) == len(asked)
    return _said(numerator, denominator, *_state(world, indicator, numerator, denominator, complete)) | coverage


def _state(
    world: World, indicator: dict[str, str], numerator: int, denominator: int, complete: bool
) -> tuple[str, int]:
    """The state of a rate and the days its deadline is past; `complete`: every unit has reported."""
    deadline = _deadline(world, indicator)
    overdue = _days_past(deadline, world.as_of)
    if denominator == 0 and complete:
        return "khong_ap_dung", 0
    if complete and numerator * 100 >= int(indicator["target"]) * denominator:
        return "hoan_thanh", 0
    if overdue:
        return "qua_han", overdue
    return ("dang_thuc_hien" if deadline else "khong_co_han"), 0


def _said(numerator: int | None, denominator: int | None, state: str | None, overdue: int) -> Said:
    rate = numerator / denominator if numerator is not None and denominator else None
    return {
        "numerator": numerator,
        "denominator": denominator,
        "rate": rate,
        "state": state,
        "days_overdue": overdue,
    }


def _total(world: World, unit: str, terms: str) -> int:
    """The sum of terms `sheet.field` over all rows: counts, có as 1, `sheet.*` as the number of rows."""
    total = 0
    for term in _items(terms):
        sheet, field = term.split(".")
        for row in world.rows(unit, sheet):
            total += 1 if field == "*" else _counted(row.get(field))
    return total


def _counted(value: Any) -> int:
    if value is None or value == "không":
        return 0
    return 1 if value == "có" else int(str(value).strip())


def _deadline(world: World, indicator: dict[str, str]) -> date | None:
    return world.due if indicator["kind"] in ("reporting", "on_time") else _day(indicator["deadline"])


def _days_past(limit: date | None, day: date) -> int:
    return max(0, (day - limit).days) if limit else 0


def _sheets_of(indicator: dict[str, str]) -> set[str]:
    terms = (t for part in ("numerator", "denominator", "denominator_minus") for t in _items(indicator[part]))
    return {term.split(".")[0] for term in terms}


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _items(text: str) -> list[str]:
    return [item for item in text.split(";") if item]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
