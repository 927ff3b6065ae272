"""What the office had decided about a plan by a moment: the control workbook that counted then, from the dataset."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipelines.dataset import Connection, ensure_sheets, read, table_name
from schemas.control import CONTROL_ROUND, control_plan, decisions_in
from schemas.decisions import NO_DECISIONS, Decisions
from schemas.plan import Plan

_ANY = "SELECT count(*) AS n FROM submissions WHERE plan = $plan"
_DECIDING = "SELECT sha256, version, source_name, received_at FROM deciding($plan, $round, $moment)"


def decisions_known(connection: Connection, plan: Plan, moment: datetime) -> Decisions:
    """The decisions of the newest control workbook that was accepted, and not withdrawn, by that moment.

    `plan`: the plan governed, as its tables say or in force. Where there is none yet: `NO_DECISIONS`.
    """
    control = control_plan(plan)
    if not read(connection, _ANY, {"plan": control.id})[0]["n"]:
        return NO_DECISIONS
    known = read(connection, _DECIDING, {"plan": control.id, "round": CONTROL_ROUND, "moment": moment})
    if not known:
        return NO_DECISIONS
    (newest,) = known
    return replace(decisions_of(connection, plan, newest["sha256"]), **newest)


def decisions_of(connection: Connection, plan: Plan, sha256: str) -> Decisions:
    """What one accepted control workbook decides, whether it is in force or not. `plan`: as for `decisions_known`."""
    control = control_plan(plan)
    ensure_sheets(connection, control)
    rows = {
        sheet.id: read(
            connection,
            f"SELECT * FROM {table_name(control, sheet)} WHERE sha256 = $sha ORDER BY excel_row",
            {"sha": sha256},
        )
        for sheet in control.sheets
    }
    return decisions_in(plan, rows)
