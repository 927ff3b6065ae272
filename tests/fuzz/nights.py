"""Whole nights with mutants in the inbox: archived, judged, booked, answered and published, as in use."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipelines.clock import VARIABLE as CLOCK
from pipelines.dataset import open_dataset
from pipelines.dataset import read as rows_of
from pipelines.intake import arrivals
from pipelines.intake.guard import FILE_LIMIT
from pipelines.nightly import Outcome, Request, run_night
from pipelines.published import status_json
from pipelines.stamp import VARIABLE as SECRET_KEY
from pipelines.store import Home
from tests.fuzz.court import Mutant
from tests.fuzz.desks import Desk
from tests.homes import MINI
from tests.nights import EVENING
from tests.reports import SECRET

NEIGHBOUR = "CQ"


@dataclass(frozen=True)
class Night:
    """What is left of a night. `theirs`: all that is said of the neighbour, and where; `faults`: what must never be."""

    outcome: Outcome
    theirs: object
    faults: tuple[str, ...]


def try_night(desk: Desk, mutants: Sequence[Mutant]) -> Night:
    """One night over the plan `mini`, the mutants and an honest report in its inbox."""
    with TemporaryDirectory(prefix="tonghop-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv(CLOCK, EVENING.isoformat())
        patch.setenv(SECRET_KEY, SECRET)
        for wait in ("SECOND_LOOK", "_JUST_NOW", "_STILL_COPYING"):
            patch.setattr(arrivals, wait, 0.0)
        home = _home(Path(folder) / "nha", desk, mutants)
        outcome = run_night(Request(home, desk.plan.id, desk.round, as_of=date(2022, 5, 9)))
        return Night(outcome, _said_of_neighbour(home, desk, outcome), tuple(_faults(home, outcome, mutants)))


@cache
def undisturbed(desk: Desk) -> object:
    """All that is said of the neighbour where nobody else reports."""
    return try_night(desk, ()).theirs


def _home(root: Path, desk: Desk, mutants: Sequence[Mutant]) -> Home:
    shutil.copytree(MINI, root / "plans" / "mini")
    home = Home(root).prepare()
    (home.inbox / "bao-cao.xlsx").write_bytes(desk.neighbour)
    for n, mutant in enumerate(mutants):
        (home.inbox / f"la-{n:03}.xlsx").write_bytes(mutant.content)
    return home


def _said_of_neighbour(home: Home, desk: Desk, outcome: Outcome) -> object:
    (unit,) = (u for u in status_json(outcome.results[0])["units"] if u["code"] == NEIGHBOUR)
    with open_dataset(home.dataset) as connection:
        booked = [
            rows_of(connection, f"SELECT * FROM {desk.plan.id}.{sheet} WHERE organisation = '{NEIGHBOUR}'")
            for sheet in ("bia", "hoc_tap")
        ]
    answers = sorted(p.name for p in home.outbox.rglob("*") if p.is_file() and NEIGHBOUR in p.parts)
    return unit, booked, answers


def _faults(home: Home, outcome: Outcome, mutants: Sequence[Mutant]) -> list[str]:
    found = []
    stays = {f"la-{n:03}.xlsx" for n, mutant in enumerate(mutants) if len(mutant.content) > FILE_LIMIT}
    left = sorted(p.name for p in home.inbox.rglob("*") if p.is_file() and p.name not in stays)
    if left:
        found.append(f"left in the inbox: {left}; held: {outcome.held}")
    answered = [p for p in home.outbox.rglob("*") if {"phieu-tiep-nhan", "khong-doc-duoc"} & set(p.parts)]
    files = len({mutant.content for mutant in mutants}) + 1
    answers = sum(p.is_file() for p in answered)
    if answers < files:
        found.append(f"{files} files, {answers} answers")
    if not files <= sum(outcome.verdicts.values()) <= len(mutants) + 1:
        found.append(f"{files} files, verdicts {dict(outcome.verdicts)}")
    return found
