"""The office's control workbook (sổ điều hành), written with what is decided now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines import __version__
from pipelines.clock import now
from pipelines.dataset import Connection
from pipelines.governing import decisions_known
from pipelines.key_evidence import stamping_key
from pipelines.outbox import Published, Register, publish, unless_unchanged
from pipelines.plans import Plans
from pipelines.stamp import Key
from pipelines.store import Home
from pipelines.template import write_template
from schemas.control import CONTROL_ROUND, CONTROL_UNIT, control_plan, rows_as_typed
from schemas.decisions import Decisions
from schemas.handback import Entries, Place
from schemas.plan import Plan

NAME = "so-dieu-hanh.xlsx"


def issue_control(connection: Connection, home: Home, plan_id: str | None, out: Path | None = None) -> list[Path]:
    """Writes each plan's control workbook as things are now; returns the paths. All active plans where none is named.

    `out`: where it is written instead of `outbox/<plan>/dieu_hanh/so-dieu-hanh.xlsx`; of one plan only. One that says
    what it would say is left as it is. Raises UnknownName, PlanFaults, OSError; ValueError for `out` with many plans.
    """
    plans = Plans(home.prepare())
    chosen = [plans.base(plan_id)] if plan_id else plans.active()
    if out is not None and len(chosen) != 1:
        raise ValueError("one file for several plans")
    key = stamping_key(home)
    register = Register(home.outputs, home.root)
    written = []
    for plan in chosen:
        plans.keep(plan)
        published = write_control(connection, home, plan, key, register, out)
        written.append(published.path if published else control_path(home, plan))
    return written


def control_path(home: Home, plan: Plan) -> Path:
    """Where a plan's control workbook is published."""
    return home.round_folder(plan.id, CONTROL_ROUND) / NAME


def write_control(
    connection: Connection, home: Home, plan: Plan, key: Key, register: Register, out: Path | None = None
) -> Published | None:
    """Publishes a plan's control workbook, stamped, with the decisions known now; None where it says just this.

    `plan`: as its tables say. Raises OSError.
    """
    control = control_plan(plan)
    stamp = key.stamp(control.id, CONTROL_ROUND, CONTROL_UNIT, control.version)
    entries = control_entries(plan, decisions_known(connection, plan, now()))

    def write(beside: Path) -> None:
        unit, round_ = control.unit(CONTROL_UNIT), control.round(CONTROL_ROUND)
        write_template(control, unit, round_, beside, stamp=stamp, entries=entries)

    if out is not None:
        return publish(out, write)
    said = hashlib.sha256(repr(sorted(entries.values.items())).encode()).hexdigest()
    return unless_unchanged(register, control_path(home, plan), f"{__version__}:{stamp}:{said}", write)


def control_entries(plan: Plan, decisions: Decisions) -> Entries:
    """What stands in the workbook: every decision as it would be typed, nothing marked.

    `plan`: the plan governed, as its tables say.
    """
    typed = rows_as_typed(plan, decisions)
    return Entries(dict(_cells(typed)), rows={sheet: len(rows) + 10 for sheet, rows in typed.items()})


def _cells(typed: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[Place, Any]]:
    for sheet, rows in typed.items():
        for n, row in enumerate(rows, 1):
            for name, value in row.items():
                if value is not None:
                    yield (sheet, str(n), name), value
