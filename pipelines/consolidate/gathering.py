"""Units that report in parts: which version gives which sheet, and what is still missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipelines.known import Known
from pipelines.parts import Gathered, Part, gathered
from schemas.plan import Plan

_PARTS = """
SELECT v.unit, v.version, v.sha256, v.source_name, v.accepted AND v.withdrawn IS NULL AS standing,
    (SELECT list(f.sheet) FROM filled AS f WHERE f.sha256 = v.sha256) AS filled
FROM known AS v
WHERE v.plan = $plan AND v.round = $round AND v.known_by = $moment
ORDER BY v.unit, v.version
"""
_ANY = "SELECT count(*) AS parts FROM filled"


def reports_in_parts(known: Known) -> dict[str, Gathered]:
    """Unit → its report as put together; only units of which some version is a part."""
    if not known.read(_ANY)[0]["parts"]:
        return {}
    standing: defaultdict[str, list[Part]] = defaultdict(list)
    in_parts = set()
    for row in known.read(_PARTS):
        filled = None if row["filled"] is None else frozenset(row["filled"])
        if filled is not None:
            in_parts.add(row["unit"])
        if row["standing"]:
            standing[row["unit"]].append(Part(row["version"], row["sha256"], row["source_name"], filled))
    return {
        unit: gathered(known.plan, known.plan.unit(unit), known.round.id, standing[unit])
        for unit in sorted(in_parts)
        if known.plan.has_unit(unit)
    }


def tabs(plan: Plan, sheets: Iterable[str]) -> str:
    """Sheets in words: `M0 Bìa, M1 Học tập`."""
    return ", ".join(plan.sheet(sheet).tab for sheet in sheets)


def numbers(versions: Iterable[int]) -> str:
    """Versions in words: `1, 3`."""
    return ", ".join(str(version) for version in versions)
