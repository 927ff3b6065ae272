"""Plan → the blank workbooks in the outbox, one for each unit and round, each with its stamp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipelines import __version__
from pipelines.decided import govern
from pipelines.key_evidence import stamping_key
from pipelines.outbox import Register, unless_unchanged
from pipelines.plans import Plans, unit_named
from pipelines.stamp import Key
from pipelines.store import Home, run_lock
from pipelines.template import write_template
from schemas.decisions import Decisions
from schemas.plan import Plan, Round, Unit

FOLDER = "mau"


def issue_templates(
    home: Home,
    plan_id: str | None,
    round_id: str | None,
    unit_code: str | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> list[Path]:
    """Writes `outbox/<plan>/<round>/mau/<unit>.xlsx`; returns the paths, in the order of plans, rounds and units.

    Units are as they are in force today, each with its own last day on time. Where none is named, units that are
    excused by the office from the whole round, or are no more, get none. A template that says what it would say is
    left as it is. Raises UnknownName, PlanFaults, Busy beside a run, or OSError.
    """
    with run_lock(home.prepare(), "ghi biểu mẫu", brief=True):
        return _issue_all(home, plan_id, round_id, unit_code, progress)


def _issue_all(
    home: Home,
    plan_id: str | None,
    round_id: str | None,
    unit_code: str | None,
    progress: Callable[[str, int, int], None],
) -> list[Path]:
    plans = Plans(home)
    govern(home, plans)
    key = stamping_key(home)
    register = Register(home.outputs, home.root)
    jobs = [
        (plan, round_, unit)
        for plan, round_ in _rounds(plans, plan_id, round_id)
        for unit in ([unit_named(plan, unit_code)] if unit_code else _asked(plan, round_, plans.decisions(plan.id)))
    ]
    written = []
    for n, (plan, round_, unit) in enumerate(jobs):
        progress("Viết biểu mẫu", n, len(jobs))
        plans.keep(plan)
        extension = plans.decisions(plan.id).extension(unit.code, round_.id)
        due = replace(round_, due=extension.due) if extension else round_
        written.append(_issue(home, register, key, plan, due, unit))
    progress("Viết biểu mẫu", len(jobs), len(jobs))
    return written


def _rounds(plans: Plans, plan_id: str | None, round_id: str | None) -> list[tuple[Plan, Round]]:
    """The rounds that are meant, as they are in force."""
    found = [(plans.get(base.id), round_) for base, round_ in plans.rounds(plan_id, round_id)]
    return [(plan, plan.round(round_.id)) for plan, round_ in found]


def _asked(plan: Plan, round_: Round, decisions: Decisions) -> list[Unit]:
    """The units that get a template unasked: those the plan itself exempts may report all the same."""
    gone = {change.unit for change in decisions.unit_changes if change.kind in ("merged", "dissolved")}
    return [
        unit
        for unit in plan.reporting_units
        if not decisions.exemption(unit.code, round_.id) and not (unit.code in gone and unit.reports == "exempt")
    ]


def _issue(home: Home, register: Register, key: Key, plan: Plan, round_: Round, unit: Unit) -> Path:
    path = home.round_folder(plan.id, round_.id) / FOLDER / f"{unit.code}.xlsx"
    stamp = key.stamp(plan.id, round_.id, unit.code, plan.template_version(unit.code))
    due = round_.due.isoformat() if round_.due else ""
    published = unless_unchanged(
        register,
        path,
        f"{__version__}:{stamp}:{due}",
        lambda beside: write_template(plan, unit, round_, beside, stamp=stamp),
    )
    return published.path if published else path
