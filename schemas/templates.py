"""Which version a unit's template has: that of the plan's tables, unless a decision of the office has changed it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from schemas.governing import base_version, touches
from schemas.plan import Plan


def with_templates(base: Plan, plan: Plan) -> Plan:
    """The plan in force, knowing the templates that differ from those of its own tables (`base`).

    So a template that no decision touches stays good, and so does one whose unit changed earlier than others did.
    """
    changed = [unit.code for unit in plan.reporting_units if touches(base, plan, unit.code)]
    return replace(plan, templates={code: _version(plan, code) for code in changed})


def _version(plan: Plan, code: str) -> str:
    """`<base version>.<6 hex digits>` of what the unit's template says of the unit and its organisations."""
    unit = plan.unit(code)
    seen = (unit.name, unit.kind, [(own.code, own.name) for own in plan.organisations(unit)])
    return f"{base_version(plan.version)}.{hashlib.sha256(repr(seen).encode()).hexdigest()[:6]}"
