"""An oracle of its own: from the drops and their values to what a consolidation must say, in plain Python.

It shares no line with the program: what it knows stands in `tests.oracle_world`, what follows from it is reckoned here.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from tests.oracle_world import Rows, World, items, sheets_of, world

NIGHTLY = "T22:00:00+07:00"
_PARTS = ("numerator", "denominator", "denominator_minus")

Said = dict[str, Any]
Expected = dict[str, dict[Any, Said]]


def expected(plan_folder: Path, answers: Path, as_of: date, round_id: str = "ket_qua") -> Expected:
    """What the consolidation of a round must say at the end of a day.

    `{"units": {code: …}, "indicators": {id: …}, "groups": {(label, id): …}, "singles": {(unit, id): …}, "by_unit":
    {(unit, indicator): …}, "organisations": {(unit, organisation, indicator): …}}`, the inner keys as in
    `status --json`.
    """
    return expectations(world(plan_folder, answers, as_of, round_id))


def expectations(known: World) -> Expected:
    """The same of what is known."""
    units = {u["code"]: _unit(known, u) for u in known.reporting}
    measured = [i for i in known.indicators if i["kind"] in ("rate", "volume")]
    by_unit = {
        (u["code"], i["id"]): _unit_indicator(known, u, i)
        for u in known.reporting
        if units[u["code"]]["state"] != "mien"
        for i in measured
    }
    totals = _Totals(known, units, by_unit)
    members: dict[str, Rows] = {}
    for unit in known.reporting:
        members.setdefault(known.group(unit), []).append(unit)
    return {
        "units": units,
        "indicators": {i["id"]: totals.over(i, known.reporting) for i in known.indicators},
        "groups": {(group, i["id"]): totals.over(i, own) for group, own in members.items() for i in known.indicators},
        "singles": {(u["code"], i["id"]): totals.over(i, [u]) for u in known.reporting for i in known.indicators},
        "by_unit": by_unit,
        "organisations": _organisations(known),
    }


def counted(value: Any) -> int:
    """What a cell adds to a sum: a count, `có` as 1, a blank as nothing."""
    if value is None or value == "không":
        return 0
    return 1 if value == "có" else int(str(value).strip())


def _unit(known: World, unit: dict[str, str]) -> Said:
    code = unit["code"]
    versions, counting = known.versions.get(code, []), known.counting(code)
    first_accepted, due = known.accepted_on(code), known.due_of(code)
    late = overdue = 0
    if first_accepted is None and (unit["reports"] == "exempt" or code in known.decided.exempt):
        state = "mien"
    elif first_accepted is not None:
        late = _days_past(due, first_accepted)
        state = "tre_han" if late else "dung_han"
    else:
        overdue = _days_past(due, known.as_of)
        faulty = bool(versions) and not versions[-1].accepted
        state = "qua_han" if overdue else "loi" if faulty else "chua_den_han"
    return {
        "state": state,
        "due": due.isoformat() if due else None,
        "first_submitted_at": versions[0].night.isoformat() + NIGHTLY if versions else None,
        "accepted_at": first_accepted.isoformat() + NIGHTLY if first_accepted else None,
        "days_late": late,
        "days_overdue": overdue,
        "version": counting.number if counting else None,
        "sha256": counting.sha256 if counting else None,
    }


def _unit_indicator(known: World, unit: dict[str, str], indicator: dict[str, str]) -> Said:
    if not known.wanted(unit, indicator) or known.declined(unit, indicator):
        return _said(None, None, "khong_ap_dung", 0)
    if known.counting(unit["code"]) is None:
        return _said(None, None, "chua_bao_cao", 0)
    numerator = _total(known, unit["code"], indicator["numerator"])
    if indicator["kind"] == "volume":
        return _said(numerator, None, None, 0)
    whole, minus = (_total(known, unit["code"], indicator[part]) for part in _PARTS[1:])
    denominator = whole - minus
    return _said(numerator, denominator, *_state(known, indicator, numerator, denominator, complete=True))


class _Totals:
    """Indicators over several units."""

    def __init__(self, known: World, units: dict[str, Said], by_unit: dict[tuple[str, str], Said]) -> None:
        self._known, self._units, self._by_unit = known, units, by_unit

    def over(self, indicator: dict[str, str], members: Rows) -> Said:
        """An indicator over these units: sums over sums, with its coverage."""
        known = self._known
        applied = [u for u in members if all(known.applies(u, s) for s in sheets_of(indicator))]
        reporting = [u for u in applied if self._units[u["code"]]["state"] != "mien"]
        wanted = [u for u in reporting if known.wanted(u, indicator)]
        asked = [u for u in wanted if not known.declined(u, indicator)]
        reported = [u["code"] for u in asked if known.counting(u["code"])]
        deadline = _deadline(known, indicator)
        coverage = {
            "target": int(indicator["target"]) / 100 if indicator["target"] else None,
            "deadline": deadline.isoformat() if deadline else None,
            "units_reported": len(reported),
            "units_expected": len(asked),
        }
        if indicator["kind"] in ("reporting", "on_time"):
            return self._of_reports(indicator, [u["code"] for u in asked]) | coverage
        if not reported:
            none_asked = bool(applied) and not asked
            return _said(None, None, "khong_ap_dung" if none_asked else "chua_bao_cao", 0) | coverage
        figures = [self._by_unit[code, indicator["id"]] for code in reported]
        numerator = sum(figure["numerator"] for figure in figures)
        if indicator["kind"] == "volume":
            return _said(numerator, None, None, 0) | coverage
        denominator, complete = sum(figure["denominator"] for figure in figures), len(reported) == len(asked)
        return _said(numerator, denominator, *_state(known, indicator, numerator, denominator, complete)) | coverage

    def _of_reports(self, indicator: dict[str, str], asked: list[str]) -> Said:
        wanted = {"dung_han"} if indicator["kind"] == "on_time" else {"dung_han", "tre_han"}
        done = sum(self._units[code]["state"] in wanted for code in asked)
        return _said(done, len(asked), *_state(self._known, indicator, done, len(asked), complete=True))


def _organisations(known: World) -> dict[Any, Said]:
    """Rates over sheets of organisations, organisation by organisation."""
    found = {}
    rates = [i for i in known.indicators if i["kind"] == "rate"]
    for indicator in (i for i in rates if all(known.sheets[s]["kind"] == "org" for s in sheets_of(i))):
        for unit in known.reporting:
            tables = {sheet: known.keyed_rows(unit["code"], sheet) for sheet in sheets_of(indicator)}
            for code in known.organisations(unit["code"]):
                if all(code in rows for rows in tables.values()):
                    own = {sheet: [rows[code]] for sheet, rows in tables.items()}
                    done, whole, minus = (_of_rows(own, indicator[part]) for part in _PARTS)
                    found[unit["code"], code, indicator["id"]] = _said(done, whole - minus, None, 0)
    return found


def _state(
    known: World, indicator: dict[str, str], numerator: int, denominator: int, complete: bool
) -> tuple[str, int]:
    """The state of a rate and the days its deadline is past; `complete`: every unit has reported."""
    deadline = _deadline(known, indicator)
    overdue = _days_past(deadline, known.as_of)
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


def _total(known: World, unit: str, terms: str) -> int:
    """The sum of terms `sheet.field` over all rows of a unit."""
    return _of_rows({sheet: known.rows(unit, sheet) for sheet in {term.split(".")[0] for term in items(terms)}}, terms)


def _of_rows(tables: dict[str, list[dict[str, Any]]], terms: str) -> int:
    """The sum of terms over rows by sheet: counts, có as 1, `sheet.*` as the number of rows."""
    total = 0
    for term in items(terms):
        sheet, name = term.split(".")
        total += sum(1 if name == "*" else counted(row.get(name)) for row in tables[sheet])
    return total


def _deadline(known: World, indicator: dict[str, str]) -> date | None:
    if indicator["kind"] in ("reporting", "on_time"):
        return known.due
    if indicator["deadline"]:
        return date.fromisoformat(indicator["deadline"])
    return known.decided.deadlines.get(indicator["id"], (None, ""))[0]


def _days_past(limit: date | None, day: date) -> int:
    return max(0, (day - limit).days) if limit else 0
