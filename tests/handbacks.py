"""Files as sent → what is handed back for them, and the marked copies as bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pipelines.clock import TIMEZONE
from pipelines.intake import read_files
from pipelines.judging import judge
from pipelines.marked import write_marked_copy
from pipelines.returned import Handback, Places
from schemas.control import control_plan
from schemas.handback import Place
from schemas.plan import Plan
from schemas.submission import Arrival
from tests.edits import Edit, edited
from tests.reports import KEY, plan_as_it_is

EVENING = datetime(2022, 5, 9, 22, 0, tzinfo=TIMEZONE)


def handed_back(files: Mapping[str, bytes], plan: Plan | None = None) -> dict[str, Handback]:
    """What each file is told, by its name; files that name no unit are left out. Judged together, as on any night.

    `plan` (kh70_2022 where none is given) is known with its control plan, as the home knows them.
    """
    wanted = plan or plan_as_it_is()
    known = {one.id: one for one in (wanted, control_plan(wanted))}
    arrivals = [
        (content, Arrival(hashlib.sha256(content).hexdigest(), EVENING, name, "")) for name, content in files.items()
    ]
    told: dict[str, Handback] = {}
    readings = read_files(arrivals, known.get, KEY)
    submitted = [(r.submission, r.findings) for r in readings if r.submission is not None]
    for there, round_ in [(one, round_) for one in known.values() for round_ in one.rounds]:
        batch = [pair for pair in submitted if (pair[0].identity.plan, pair[0].identity.round) == (there.id, round_.id)]
        for one in judge(there, round_.id, batch):
            submission = one.submission
            unit = there.unit(submission.identity.unit)
            name = submission.arrival.source_name
            told[name] = Handback(there, round_, unit, submission, one.verdict, one.findings, round_.due)
    return told


def marked_copy(told: Handback, path: Path) -> bytes:
    """Writes its marked copy, stamped as the night does."""
    stamp = KEY.stamp(told.plan.id, told.round.id, told.unit.code, told.plan.version)
    write_marked_copy(told, path, stamp=stamp)
    return path.read_bytes()


def places_of(told: Handback) -> Places:
    """From its file to its copy."""
    return Places(told.plan, told.unit, told.round, told.submission)


def retyped(copy: bytes, told: Handback, values: Mapping[Place, object]) -> bytes:
    """A marked copy in which a clerk types these values (None: clears the cell)."""
    places = places_of(told)
    edits: list[Edit] = []
    for place, value in values.items():
        tab, cell = places.address(place)
        edits.append({"sheet": tab, "clear": [cell]} if value is None else {"sheet": tab, "type": {cell: value}})
    return edited(copy, edits)
