"""What the oracle knows before it reckons: the plan's CSV files, the drops of `dap-an.json`, the office's decisions.

It shares no line with the program, and never opens a workbook or runs a check. That a drop is wrong it knows from the
scenario's `kind`. What the office decided it takes from what was typed into the last control workbook: choices begin
with a code, ` – ` stands behind it. Changes of units (sheet D4) it does not know; the demo has none.

A row is declared by the value `tinh_trang`, a whole sheet by the same under the key `""`.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

REJECTED = {"wrong"}
NOT_A_REPORT = {"no_workbook", "control"}
NO_NEW_VERSION = {"identical"}
CONTROL = "control"
DECLARED, NOT_APPLICABLE = "tinh_trang", "Không áp dụng"

Rows = list[dict[str, str]]
Typed = dict[str, dict[str, dict[str, Any]]]
"""Sheet id → row key → field id → what was typed."""


@dataclass(frozen=True)
class Version:
    """One distinct report of a unit: its number among the unit's reports (1-based), and what was typed."""

    number: int
    night: date
    accepted: bool
    file: str
    sha256: str
    values: Typed

    def declares(self, sheet_id: str, key: str = "") -> str | None:
        """What a row is declared to be: by itself, else by its whole sheet."""
        rows = self.values.get(sheet_id, {})
        said = rows.get(key, {}).get(DECLARED) or rows.get("", {}).get(DECLARED)
        return str(said) if said else None


@dataclass(frozen=True)
class Decided:
    """What the office has typed for one round: days with the number of the document that says so.

    `extensions`: by unit; `spared`: (unit, sheet id) of sheets a unit need not fill, with the document; `exempt`:
    units that need not report at all; `deadlines`: by indicator; `late`: the day by which late reports are asked for;
    `due`: of a round the plan left open; `contacts`: unit → (office, telephone).
    """

    extensions: dict[str, tuple[date, str]] = field(default_factory=dict)
    spared: dict[tuple[str, str], str] = field(default_factory=dict)
    exempt: dict[str, str] = field(default_factory=dict)
    deadlines: dict[str, tuple[date, str]] = field(default_factory=dict)
    late: tuple[date, str] | None = None
    due: tuple[date, str] | None = None
    contacts: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def documents(self) -> list[str]:
        """The number of every document that is named."""
        dated = [*self.extensions.values(), *self.deadlines.values(), *filter(None, (self.late, self.due))]
        return [document for _, document in dated] + [*self.spared.values(), *self.exempt.values()]


@dataclass(frozen=True)
class World:
    """All the oracle knows: the plan's tables, a round, the drops, the decisions, and the day it is asked about."""

    units: Rows
    groups: dict[str, str]
    sheets: dict[str, dict[str, str]]
    fields: Rows
    indicators: Rows
    round_id: str
    round_label: str
    due: date | None
    as_of: date
    versions: dict[str, list[Version]]
    in_parts: bool
    decided: Decided

    @property
    def reporting(self) -> Rows:
        """The units that report, in the plan's order."""
        return [u for u in self.units if u["reports"] != "no"]

    def unit(self, code: str) -> dict[str, str]:
        """A unit or an organisation."""
        (found,) = (u for u in self.units if u["code"] == code)
        return found

    def group(self, unit: dict[str, str]) -> str:
        """The label of a unit's group."""
        return self.groups[unit["kind"]]

    def organisations(self, unit: str) -> list[str]:
        """The organisations a unit reports for: those below it, else itself."""
        return [u["code"] for u in self.units if u["parent"] == unit] or [unit]

    def due_of(self, unit: str) -> date | None:
        """The last day on time for a unit."""
        return self.decided.extensions.get(unit, (self.due, ""))[0]

    def accepted(self, unit: str) -> list[Version]:
        """The accepted reports of a unit, oldest first."""
        return [v for v in self.versions.get(unit, []) if v.accepted]

    def gives(self, version: Version, sheet_id: str) -> bool:
        """Whether a report speaks for a sheet: any does, unless offices report in parts."""
        typed = any(row for row in version.values.get(sheet_id, {}).values())
        return not self.in_parts or typed or self.sheets[sheet_id]["kind"] == "form"

    def whole(self, unit: str, versions: list[Version]) -> bool:
        """Whether these reports together speak for every sheet the unit must fill."""
        own = self.unit(unit)
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

    def all_rows(self, unit: str, sheet_id: str) -> dict[str, dict[str, Any]]:
        """What was typed on a sheet of the report that counts, row by row under its key, declared or not."""
        version = self.counting(unit, sheet_id)
        if version is None or not self.applies(self.unit(unit), sheet_id):
            return {}
        typed = version.values.get(sheet_id, {})
        keys = [key for key in typed if key]
        if self.sheets[sheet_id]["kind"] == "org":
            keys = self.organisations(unit)
        return {key: typed.get(key, {}) for key in keys}

    def keyed_rows(self, unit: str, sheet_id: str) -> dict[str, dict[str, Any]]:
        """The rows that count: those that do not apply are left out."""
        version = self.counting(unit, sheet_id)
        rows = self.all_rows(unit, sheet_id)
        return {k: row for k, row in rows.items() if version and version.declares(sheet_id, k) != NOT_APPLICABLE}

    def rows(self, unit: str, sheet_id: str) -> list[dict[str, Any]]:
        """The same rows without their keys."""
        return list(self.keyed_rows(unit, sheet_id).values())

    def wanted(self, unit: dict[str, str], indicator: dict[str, str]) -> bool:
        """Whether the plan and the office want a figure of a unit: its sheets are the unit's, and it is not spared.

        A unit that fills a sheet it is spared gives its figures like any other.
        """
        sheets = sheets_of(indicator)
        spared = any((unit["code"], s) in self.decided.spared and not self.rows(unit["code"], s) for s in sheets)
        return all(self.applies(unit, s) for s in sheets) and not spared

    def declined(self, unit: dict[str, str], indicator: dict[str, str]) -> bool:
        """Whether a unit declared a whole sheet of an indicator not applicable."""
        givers = ((self.counting(unit["code"], sheet), sheet) for sheet in sheets_of(indicator))
        return any(version and version.declares(sheet) == NOT_APPLICABLE for version, sheet in givers)

    def applies(self, unit: dict[str, str], sheet_id: str) -> bool:
        """Whether a unit fills a sheet in this round."""
        sheet = self.sheets[sheet_id]
        rounds, to = items(sheet["rounds"]), items(sheet["applies_to"])
        return (not rounds or self.round_id in rounds) and (not to or unit["kind"] in to or unit["code"] in to)

    def stored(self, sheet_id: str) -> Rows:
        """The fields of a sheet that the dataset keeps."""
        return [f for f in self.fields if f["sheet"] == sheet_id and f["stored"] != "no"]


def world(folder: Path, answers: Path, as_of: date, round_id: str = "ket_qua") -> World:
    """The plan of a folder, and everything dropped until the end of a day."""
    rounds = {row["id"]: row for row in read(folder / "rounds.csv")}
    sheets = {row["id"]: row for row in read(folder / "sheets.csv")}
    filled = {s for s, row in sheets.items() if not row["rounds"] or round_id in items(row["rounds"])}
    settings = {row["key"]: row["value"] for row in read(folder / "settings.csv")}
    drops = [d for d in json.loads(answers.read_text("utf-8"))["drops"] if date.fromisoformat(d["night"]) <= as_of]
    decided = _decided(drops, round_id, {row["code"]: s for s, row in sheets.items()})
    due = day(rounds[round_id]["due"]) or (decided.due[0] if decided.due else None)
    return World(
        units=read(folder / "units.csv"),
        groups={r["value"]: r["label"] for r in read(folder / "choices.csv") if r["list"] == "unit_kind"},
        sheets=sheets,
        fields=read(folder / "fields.csv"),
        indicators=[row for row in read(folder / "indicators.csv") if sheets_of(row) <= filled],
        round_id=round_id,
        round_label=rounds[round_id]["label"],
        due=due,
        as_of=as_of,
        versions=_versions(drops),
        in_parts=round_id in items(settings.get("parts", "")),
        decided=decided,
    )


def sheets_of(indicator: dict[str, str]) -> set[str]:
    """The sheets an indicator rests on."""
    terms = (t for part in ("numerator", "denominator", "denominator_minus") for t in items(indicator[part]))
    return {term.split(".")[0] for term in terms}


def read(path: Path) -> Rows:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def items(text: str) -> list[str]:
    """The parts of a list in a CSV cell."""
    return [item for item in text.split(";") if item]


def day(text: str | None) -> date | None:
    """A day as ISO text; None for none."""
    return date.fromisoformat(text) if text else None


def _versions(drops: list[dict[str, Any]]) -> dict[str, list[Version]]:
    versions: dict[str, list[Version]] = {}
    for drop in drops:
        if drop["kind"] in NOT_A_REPORT | NO_NEW_VERSION:
            continue
        of_unit = versions.setdefault(drop["unit"], [])
        night, accepted = date.fromisoformat(drop["night"]), drop["kind"] not in REJECTED
        of_unit.append(Version(len(of_unit) + 1, night, accepted, drop["file"], drop["sha256"], drop["values"]))
    return versions


def _decided(drops: list[dict[str, Any]], round_id: str, sheet_ids: dict[str, str]) -> Decided:
    """What the last control workbook says of a round; nothing of what an earlier one said."""
    books = [drop["values"] for drop in drops if drop["kind"] == CONTROL]
    if not books:
        return Decided()
    said = {sheet: list(rows.values()) for sheet, rows in books[-1].items()}
    of_round = {name: [r for r in said.get(name, []) if _code(r["ky"]) == round_id] for name in ("gia_han", "mien")}
    dates = {_code(r["noi_dung"]): (_date(r["ngay"]), r["so_van_ban"]) for r in said["thoi_han"] if r.get("ngay")}
    return Decided(
        extensions={_code(r["don_vi"]): (_date(r["han_moi"]), r["so_van_ban"]) for r in of_round["gia_han"]},
        spared={
            (_code(r["don_vi"]), sheet_ids[_code(r["bieu"])]): r["so_van_ban"]
            for r in of_round["mien"]
            if r.get("bieu")
        },
        exempt={_code(r["don_vi"]): r["so_van_ban"] for r in of_round["mien"] if not r.get("bieu")},
        deadlines={key.split()[-1]: said for key, said in dates.items() if key.startswith("Chỉ tiêu ")},
        late=dates.get(f"Nộp bù {round_id}"),
        due=dates.get(f"Kỳ {round_id}"),
        contacts={
            _code(r["don_vi"]): (r.get("noi_nhan", ""), r.get("dien_thoai", ""))
            for r in said.get("lien_he", [])
            if r.get("noi_nhan") or r.get("dien_thoai")
        },
    )


def _code(choice: str) -> str:
    return choice.split(" – ", maxsplit=1)[0]


def _date(typed: str) -> date:
    return date.fromisoformat(typed)
