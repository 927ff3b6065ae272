"""Units that report in parts: which version gives which sheet, and what is still missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from pipelines.dataset import Connection, read
from pipelines.parts import Gathered, Part, gathered
from schemas.plan import Plan, Round

_PARTS = """
SELECT v.unit, v.version, v.sha256, v.source_name, v.accepted AND v.withdrawn IS NULL AS standing,
    (SELECT list(f.sheet) FROM filled AS f WHERE f.sha256 = v.sha256) AS filled
FROM versions($plan, $round, $moment) AS v
ORDER BY v.unit, v.version
"""
_ANY = "SELECT count(*) AS parts FROM filled"


def reports_in_parts(connection: Connection, plan: Plan, round_: Round, moment: datetime) -> dict[str, Gathered]:
    """Unit → its report as put together; only units of which some version is a part."""
    if not read(connection, _ANY)[0]["parts"]:
        return {}
    known = {"plan": plan.id, "round": round_.id, "moment": moment}
    standing: defaultdict[str, list[Part]] = defaultdict(list)
    in_parts = set()
    for row in read(connection, _PARTS, known):
        filled = None if row["filled"] is None else frozenset(row["filled"])
        if filled is not None:
            in_parts.add(row["unit"])
        if row["standing"]:
            standing[row["unit"]].append(Part(row["version"], row["sha256"], row["source_name"], filled))
    return {
        unit: gathered(plan, plan.unit(unit), round_.id, standing[unit])
        for unit in sorted(in_parts)
        if plan.has_unit(unit)
    }


def tabs(plan: Plan, sheets: Iterable[str]) -> str:
    """Sheets in words: `M0 Bìa, M1 Học tập`."""
    return ", ".join(plan.sheet(sheet).tab for sheet in sheets)


def numbers(versions: Iterable[int]) -> str:
    """Versions in words: `1, 3`."""
    return ", ".join(str(version) for version in versions)
