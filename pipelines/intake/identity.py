"""Whose report a file is: read from its `_meta` sheet, held against the plan, the stamp and the folder it lay in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from pipelines.intake.texts import plain
from schemas.catalogue import say
from schemas.control import CONTROL_UNIT, base_id
from schemas.finding import Finding, FindingCode, shown
from schemas.layout import META, META_KEYS
from schemas.plan import Plan
from schemas.submission import Identity, RawSheet, RawWorkbook

if TYPE_CHECKING:
    from pipelines.stamp import Key

PlanOf = Callable[[str], Plan | None]
_TOLD_TWICE = {
    "plan": "kế hoạch",
    "round": "kỳ",
    "unit": "đơn vị",
    "template_version": "phiên bản biểu mẫu",
    "stamp": "dấu",
}
"""What both the sheet and the file's properties say, as fields of an Identity and in words."""


def identify(
    raw: RawWorkbook, plan_of: PlanOf, key: Key | None, folder: str, day: date
) -> Identity | tuple[Finding, ...]:
    """The identity a file carries, or why it cannot be trusted. `plan_of` gives a plan by its id.

    `folder` is the inbox folder it came in (`""`: the inbox itself), `day` the day (Vietnam) on which it did. Without a
    key (a machine that has no store) a stamp is taken as it is, for nobody there can verify it.
    """
    named = named_in(raw)
    if named is None or not named.plan:
        return (say(FindingCode.NO_STAMP),)
    plan = plan_of(named.plan)
    if plan is None:
        return (say(FindingCode.UNKNOWN_PLAN, value=named.plan),)
    identity = _as_the_plan_spells(named, plan)
    fault = (
        _unknown(identity, plan)
        or _contradicted(raw, identity)
        or _stamp_fault(identity, plan, key, day)
        or folder_fault(plan, identity.unit, folder)
    )
    return identity if fault is None else (fault,)


def named_in(raw: RawWorkbook) -> Identity | None:
    """What the file says: `_meta` by name, else by its keys; the custom properties only where no such sheet is left."""
    for sheet in sorted(raw.sheets, key=lambda s: s.name.strip().casefold() != META):
        told = _keyed(sheet)
        if {"plan", "round", "unit"} <= told.keys():
            return _identity(told)
        if sheet.name.strip().casefold() == META and told:
            return _identity(told)
    return _by_properties(raw)


def _by_properties(raw: RawWorkbook) -> Identity | None:
    properties = {name.strip().casefold(): plain(value) for name, value in raw.properties.items()}
    return _identity(properties) if properties.get("plan") else None


def _keyed(sheet: RawSheet) -> dict[str, str]:
    keys = {plain(value): row for (row, col), value in sheet.cells.items() if col == 1}
    return {key: plain(sheet.cells.get((keys[key], 2))) for key in META_KEYS if key in keys}


def _identity(told: Mapping[str, str]) -> Identity:
    plan, round_id, unit, template_version, stamp = (told.get(key, "") for key in META_KEYS)
    return Identity(plan, round_id, unit, template_version, stamp)


def _as_the_plan_spells(identity: Identity, plan: Plan) -> Identity:
    """Letters of a unit code in the plan's own case, as its stamp was made."""
    same = [u.code for u in plan.reporting_units if u.code.casefold() == identity.unit.casefold()]
    return replace(identity, unit=same[0]) if same else identity


def _unknown(identity: Identity, plan: Plan) -> Finding | None:
    if not identity.round or not identity.unit:
        return say(FindingCode.NO_STAMP)
    if identity.round not in {r.id for r in plan.rounds}:
        return say(FindingCode.UNKNOWN_ROUND, value=identity.round)
    if not plan.has_unit(identity.unit):
        return say(FindingCode.UNKNOWN_UNIT, value=identity.unit)
    return None


def _contradicted(raw: RawWorkbook, identity: Identity) -> Finding | None:
    """The file's properties say another thing than its sheet; what either has lost contradicts nothing."""
    properties = _by_properties(raw)
    for name in _TOLD_TWICE if properties is not None else ():
        here, there = getattr(identity, name), getattr(properties, name)
        if here and there and here.casefold() != there.casefold():
            words = f"{_TOLD_TWICE[name]} là “{shown(here)}” ở trang ẩn “{META}”"
            return say(FindingCode.WRONG_STAMP, detail=f"{words}, là “{shown(there)}” ở thuộc tính của tệp")
    return None


def _stamp_fault(identity: Identity, plan: Plan, key: Key | None, day: date) -> Finding | None:
    if plan.settings.stamp == "optional":
        return None
    if not identity.stamp:
        return say(FindingCode.NO_STAMP, unit=identity.unit)
    verdict = "ours" if key is None else key.verify(identity, day)
    if verdict == "ours":
        return None
    former = key.former_of(identity) if key and verdict == "expired" else None
    if former is not None:
        return say(FindingCode.EXPIRED_STAMP, unit=identity.unit, detail=f"{former.until:%d/%m/%Y}")
    detail = f"{identity.plan}, {identity.round}, {identity.unit}"
    return say(FindingCode.WRONG_STAMP, unit=identity.unit, detail=detail)


def folder_fault(plan: Plan, unit: str, folder: str) -> Finding | None:
    """A folder of another unit; the office's control workbook belongs into the inbox itself or its own folder.

    A folder that is nobody's may hold any unit's report, but never the control workbook.
    """
    lay_in = folder.strip().casefold()
    if base_id(plan.id) is not None:
        theirs = [folder] if lay_in not in ("", CONTROL_UNIT.casefold()) else []
    else:
        codes = (*(u.code for u in plan.reporting_units), CONTROL_UNIT)
        theirs = [code for code in codes if code.casefold() == lay_in and code != unit]
    if not theirs:
        return None
    whose = "sổ điều hành" if base_id(plan.id) is not None else f"tệp của đơn vị {unit}"
    where = f"thư mục của đơn vị {theirs[0]}" if theirs[0] != CONTROL_UNIT else "thư mục dành cho sổ điều hành"
    return say(FindingCode.WRONG_FOLDER, unit=unit, value=unit, choices=whose, detail=where)
