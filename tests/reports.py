"""A case's files as bytes: the unit's real template, as issued, filled with its right report, then edited."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from pipelines.stamp import Former, Key
from pipelines.template import write_template
from schemas.control import CONTROL_ROUND, control_plan
from schemas.layout import layout
from schemas.plan import Plan
from schemas.plan_file import load_plan
from tests.cases import ROUND, Sent, right_values
from tests.edits import Edit, edited

PLAN = Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022"
SECRET = "key"
FORMER = (Former(b"first key", date(2022, 4, 15)), Former(b"second key", date(2022, 5, 9)))
"""The keys before it. A case arrives in the evening of 9 May 2022: the second one's stamps are taken still."""
KEY = Key(SECRET.encode(), FORMER)
OLDER = "0123456789ab"
"""The version of the older plan."""


@cache
def plan_as_it_is() -> Plan:
    """The plan kh70_2022."""
    return load_plan(PLAN)


@cache
def plan_in_parts(folder: Path) -> Plan:
    """The same plan, its round reported in parts; its tables are put into a folder that is not there yet."""
    shutil.copytree(PLAN, folder)
    with (folder / "settings.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(f"parts,{ROUND}\n")
    return load_plan(folder)


def older_plan(without: tuple[str, ...]) -> Plan:
    """The plan as it was before those fields (`sheet.field`) came into it, and the rules that speak of them."""
    plan = plan_as_it_is()
    sheets = tuple(
        replace(sheet, fields=tuple(f for f in sheet.fields if f"{sheet.id}.{f.id}" not in without))
        for sheet in plan.sheets
    )
    rules = tuple(
        rule
        for rule in plan.rules
        if not any(f"{rule.sheet}.{name}" in without for names in rule.params.values() for name in names)
    )
    return replace(plan, sheets=sheets, rules=rules, version=OLDER)


def content(sent: Sent, folder: Path, mark: str) -> bytes:
    """The bytes of a report as sent; templates are made in a folder. No two marks give the same bytes."""
    return _unlike(edited(_right_report(folder, replace(sent, edits=(), name="", folder="")), sent.edits), mark)


@cache
def _right_report(folder: Path, sent: Sent) -> bytes:
    plan = _plan_of(sent, folder)
    unit, round_ = plan.unit(sent.unit), plan.round(sent.round)
    blank = folder / "mau.xlsx"
    write_template(plan, unit, round_, blank, stamp=KEY.stamp(plan.id, round_.id, unit.code, plan.version))
    edits: list[Edit] = []
    for sheet_id, rows in right_values(sent).items():
        sheet = plan.sheet(sheet_id)
        places, known = layout(plan, unit, sheet, round_.id), {field.id for field in sheet.fields}
        cells = {places.address(key, f): value for key, row in rows.items() for f, value in row.items() if f in known}
        edits.append({"sheet": sheet.tab, "type": cells})
    return edited(blank.read_bytes(), edits)


def plans_of(folder: Path) -> Path:
    """Where the plan in parts stands, once a report on it has been made there."""
    return folder / "plans"


def _plan_of(sent: Sent, folder: Path) -> Plan:
    if sent.round == CONTROL_ROUND:
        return control_plan(plan_as_it_is())
    if sent.parts:
        return plan_in_parts(plans_of(folder) / PLAN.name)
    return plan_as_it_is() if sent.older is None else older_plan(sent.older)


def _unlike(made: bytes, mark: str) -> bytes:
    """The same workbook in other bytes: a comment behind the zip."""
    text = mark.encode()
    return made[:-2] + len(text).to_bytes(2, "little") + text
