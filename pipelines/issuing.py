"""Plan → the blank workbooks in the outbox, one for each unit and round, each with its stamp."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines import __version__
from pipelines.outbox import Register, unless_unchanged
from pipelines.plans import Plans, unit_named
from pipelines.stamp import Key, load_key
from pipelines.store import Home
from pipelines.template import write_template
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

    A template that says what it would say is left as it is. Raises UnknownName, PlanFaults or OSError.
    """
    plans = Plans(home.prepare())
    key = load_key(home, create=True)
    if key is None:
        raise RuntimeError("a key was to be made")
    register = Register(home.outputs, home.root)
    jobs = [
        (plan, round_, unit)
        for plan, round_ in plans.rounds(plan_id, round_id)
        for unit in ([unit_named(plan, unit_code)] if unit_code else plan.reporting_units)
    ]
    written = []
    for n, (plan, round_, unit) in enumerate(jobs):
        progress("Viết biểu mẫu", n, len(jobs))
        plans.keep(plan)
        written.append(_issue(home, register, key, plan, round_, unit))
    progress("Viết biểu mẫu", len(jobs), len(jobs))
    return written


def _issue(home: Home, register: Register, key: Key, plan: Plan, round_: Round, unit: Unit) -> Path:
    path = home.round_folder(plan.id, round_.id) / FOLDER / f"{unit.code}.xlsx"
    stamp = key.stamp(plan.id, round_.id, unit.code, plan.version)
    published = unless_unchanged(
        register,
        path,
        f"{__version__}:{stamp}",
        lambda beside: write_template(plan, unit, round_, beside, stamp=stamp),
    )
    return published.path if published else path
