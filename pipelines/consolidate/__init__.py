"""DuckDB → plain result tables: states, rates with coverage, overdue days, every counted row and its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipelines.clock import end_of_day
from pipelines.consolidate.changes import changes
from pipelines.consolidate.declared import declarations
from pipelines.consolidate.indicators import indicator_tables
from pipelines.consolidate.listings import counted_rows, listed_findings, sources
from pipelines.consolidate.organisations import by_organisation
from pipelines.consolidate.progress import progress
from pipelines.consolidate.signs import signs
from pipelines.consolidate.states import unit_statuses
from pipelines.dataset import Connection, ensure_sheets
from pipelines.governing import decisions_known
from pipelines.known import Known, known_by
from schemas.consolidation import Consolidation
from schemas.decisions import Decisions
from schemas.governing import in_force
from schemas.plan import Plan, Round

__all__ = ["changes", "consolidate"]


def consolidate(
    connection: Connection, plan: Plan, round_: Round, as_of: date, since: date | None = None
) -> Consolidation:
    """What was known of a round at the end of the day `as_of` (Asia/Ho_Chi_Minh), and what is new from that of `since`.

    `plan`, `round_`: as the plan's tables say. Those of the result are in force: with the decisions of the newest
    control workbook that had arrived by then, and the units as they are on that day.
    Sources: plan 70-KH/TU as read in the plan's tables; states and rates as docs/decisions say.
    """
    before = _of_day(*_in_force(connection, plan, round_, since), since) if since is not None else None
    known, decisions = _in_force(connection, plan, round_, as_of)
    result = _of_day(known, decisions, as_of)
    return replace(
        result, signs=signs(known, result.rows), progress=progress(connection, before, result) if before else None
    )


def _in_force(connection: Connection, base: Plan, round_: Round, as_of: date) -> tuple[Known, Decisions]:
    moment = end_of_day(as_of)
    decisions = decisions_known(connection, base, moment)
    plan = in_force(base, decisions, as_of)
    ensure_sheets(connection, plan)
    return known_by(connection, plan, plan.round(round_.id), moment), decisions


def _of_day(known: Known, decisions: Decisions, as_of: date) -> Consolidation:
    units = unit_statuses(known, as_of, decisions)
    tables = indicator_tables(known, as_of, units, decisions)
    rows = counted_rows(known)
    return Consolidation(
        plan=known.plan,
        round=known.round,
        as_of=as_of,
        units=units,
        indicators=tables.province,
        by_group=tables.groups,
        by_unit=tables.units,
        rows=rows,
        findings=listed_findings(known),
        sources=sources(known),
        declarations=declarations(known, rows),
        by_single=tables.singles,
        by_organisation=by_organisation(known.plan, known.round, rows),
        decisions=decisions,
    )
