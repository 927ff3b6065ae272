"""The oracle's figures as outputs word them: counts `1.234`, rates `78,5 %`, days `10/05/2022`, names of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from tests.oracle import Expected, counted, expectations
from tests.oracle_world import Version, World, world

FOLDER = Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022"
DASH, PENDING, PROVINCE = "–", "chưa báo cáo", "Toàn tỉnh"
STATES = {
    "dung_han": "Đúng hạn",
    "tre_han": "Trễ hạn",
    "qua_han": "Quá hạn",
    "loi": "Có lỗi",
    "chua_den_han": "Chưa đến hạn",
    "mien": "Được miễn",
}
INDICATOR_STATES = {
    "hoan_thanh": "Hoàn thành",
    "dang_thuc_hien": "Đang thực hiện",
    "qua_han": "Quá hạn",
    "khong_co_han": "Không ấn định hạn",
    "khong_ap_dung": "Không áp dụng",
    "chua_bao_cao": "Chưa báo cáo",
}

ERRORS = {"708": 1, "DD-HND": 1, "DU-CA": 1, "710": 2}
"""How many mistakes the scenario's slip makes in the report of a unit that was sent back, counted by hand."""

Said = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What is so at the end of a day, with names to say it by."""

    known: World
    said: Expected

    @property
    def day(self) -> date:
        """The day."""
        return self.known.as_of

    @cached_property
    def names(self) -> dict[str, str]:
        """Code → name, of units and organisations."""
        return {u["code"]: u["name"] for u in self.known.units}

    @cached_property
    def codes(self) -> dict[str, str]:
        """Name → code of the units that report."""
        return {u["name"]: u["code"] for u in self.known.reporting}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Indicator id → label."""
        return {i["id"]: i["label"] for i in self.known.indicators}

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """Label → the codes of its units, in the plan's order."""
        found: dict[str, list[str]] = {}
        for unit in self.known.reporting:
            found.setdefault(self.known.group(unit), []).append(unit["code"])
        return found

    def of_kind(self, *kinds: str) -> list[str]:
        """The ids of the indicators of these kinds."""
        return [i["id"] for i in self.known.indicators if i["kind"] in kinds]

    def states(self, codes: list[str] | None = None) -> dict[str, int]:
        """How many of these units (all) are in each state."""
        states = [self.said["units"][c]["state"] for c in codes or self.said["units"]]
        return {state: states.count(state) for state in STATES}

    def in_state(self, *states: str) -> list[str]:
        """The units in these states."""
        return [code for code, unit in self.said["units"].items() if unit["state"] in states]

    def total(self, indicator: str, group: str = PROVINCE) -> Said:
        """An indicator over the province or a group."""
        return self.said["indicators"][indicator] if group == PROVINCE else self.said["groups"][group, indicator]

    def errors(self, unit: str) -> int:
        """How many errors the newest report of a unit has."""
        versions = self.known.versions.get(unit, [])
        return ERRORS[unit] if versions and not versions[-1].accepted else 0

    def warnings(self, unit: str) -> int:
        """How many warnings it has: counts typed as text, more copies handed out than received, and counts that are
        lower, or values that are gone, than in the accepted report before it."""
        versions = self.known.versions.get(unit, [])
        if not versions or not versions[-1].accepted:
            return 0
        newest, before = versions[-1], [v for v in versions[:-1] if v.accepted][-1:]
        found = sum(
            name == "ban_cap_phat" and counted(value) > counted(newest.values[sheet][key].get("ban_nhan"))
            for sheet, key, name, value in _typed(newest)
        )
        counts = {(f["sheet"], f["id"]) for f in self.known.fields if f["type"] == "count"}
        found += sum((sheet, name) in counts and isinstance(v, str) for sheet, _, name, v in _typed(newest))
        for sheet, key, name, value in (cell for v in before for cell in _typed(v)):
            now = newest.values.get(sheet, {}).get(key, {}).get(name)
            lower = (sheet, name) in counts and counted(now) < counted(value)
            if self.known.sheets[sheet]["kind"] == "org":
                found += lower or now is None
        return found

    def overdue(self, indicator: str | None = None) -> dict[tuple[str, str], Said]:
        """(unit, indicator) → figure, of units past the deadline of an indicator (any)."""
        late = {key: f for key, f in self.said["by_unit"].items() if f["state"] == "qua_han"}
        return {key: f for key, f in late.items() if indicator in (None, key[1])}

    def short(self, indicator: str, unit: str | None = None) -> dict[str, Said]:
        """The organisations (of a unit) that are not whole in an indicator."""
        own = {k: f for k, f in self.said["organisations"].items() if k[2] == indicator and unit in (None, k[0])}
        return {code: f for (_, code, _), f in own.items() if missing(f)}

    def tab(self, sheet: str) -> str:
        """`B2 Học tập`."""
        return f"{self.known.sheets[sheet]['code']} {self.known.sheets[sheet]['label']}"


def facts(answers: Path, day: date) -> Facts:
    """The facts of a day of the demo, reckoned once."""
    return _facts(answers, answers.stat().st_mtime_ns, day)


@cache
def _facts(answers: Path, _: int, day: date) -> Facts:
    known = world(FOLDER, answers, day)
    return Facts(known, expectations(known))


def _typed(version: Version) -> list[tuple[str, str, str, Any]]:
    """Every cell that was typed: sheet, row, field, value."""
    return [
        (s, key, name, v) for s, rows in version.values.items() for key, row in rows.items() for name, v in row.items()
    ]


def missing(figure: Said) -> int:
    """How many are still missing to the whole."""
    return max((figure["denominator"] or 0) - (figure["numerator"] or 0), 0)


def count(number: int | None) -> str:
    """`1.234`."""
    return DASH if number is None else f"{number:,}".replace(",", ".")


def rate(figure: Said) -> str:
    """`78,5 %`; only a whole is 100, only nothing is 0."""
    return share(figure["numerator"], figure["denominator"])


def share(part: int | None, whole: int | None) -> str:
    """The same of two counts."""
    if part is None or not whole:
        return DASH
    tenths = round(Fraction(1000 * part, whole))
    if 0 < part < whole:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths // 10},{tenths % 10} %"


def day_words(day: date | str | None) -> str:
    """`10/05/2022`."""
    found = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    return DASH if found is None else f"{found.day:02}/{found.month:02}/{found.year}"


def moment_words(moment: str | None) -> str:
    """`10/05/2022 22:00`."""
    return DASH if moment is None else f"{day_words(moment)} {moment[11:16]}"


def state_words(total: Said) -> str:
    """`Quá hạn 20 ngày`; a dash for a volume."""
    if total["state"] is None:
        return DASH
    return INDICATOR_STATES[total["state"]] + (f" {total['days_overdue']} ngày" if total["days_overdue"] else "")


def coverage(total: Said) -> str:
    """`27/29`."""
    return f"{total['units_reported']}/{total['units_expected']}"
