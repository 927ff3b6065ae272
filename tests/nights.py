"""The cases of `tests/submissions` taken in and judged, as on any night."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines.clock import TIMEZONE
from pipelines.clock import VARIABLE as CLOCK
from pipelines.intake import Inbox, isolation, read_one, take_in
from pipelines.judging import judge
from pipelines.nightly import Kept, Night, Request
from pipelines.stamp import VARIABLE as SECRET_KEY
from pipelines.store import Home
from schemas.control import control_plan
from schemas.finding import Finding
from schemas.judged import Judged
from schemas.plan import Plan
from schemas.submission import Arrival, Submission, Verdict
from tests.cases import Case
from tests.files import MAKERS, ONLY_POSIX, POSIX
from tests.mortal_reader import mortal_reader
from tests.reports import KEY, PLAN, SECRET, content, plan_as_it_is, plans_of

EVENING = datetime(2022, 5, 9, 22, 0, tzinfo=TIMEZONE)
Answers = Mapping[str, tuple[Verdict | None, tuple[Finding, ...]]]
"""By the id of the case: its verdict (None: it names no unit), and all its findings."""


def answers(cases: Sequence[Case], folder: Path) -> Answers:
    """What is said of each case's last file. What this system cannot hold (FIFOs elsewhere) is left out."""
    templates = folder / "mau"
    templates.mkdir()
    alone = [case for case in cases if len(case.sent) == 1 and (POSIX or case.last.file not in ONLY_POSIX)]
    kept = {parts: Kept() for parts in (False, True)}
    following = {
        case.id: _after_others(case, folder / case.id, templates, kept[case.last.parts])
        for case in cases
        if len(case.sent) > 1
    }
    return {**_each_alone(alone, folder / "each-alone", templates), **following}


def judged_alone(made: bytes, plan: Plan | None = None) -> Judged:
    """One report, read and judged by itself (the plan kh70_2022 where none is given).

    Its stamp is taken as it is. Raises AssertionError where it names no unit.
    """
    plan = plan or plan_as_it_is()
    arrival = Arrival(sha256(made).hexdigest(), EVENING, "báo cáo.xlsx", "")
    reading = read_one(made, arrival, {plan.id: plan}.get, None)
    assert reading.submission is not None, [f.message for _, found in reading.refused for f in found]
    (judged,) = judge(plan, reading.submission.identity.round, [(reading.submission, reading.findings)])
    return judged


def _each_alone(cases: Sequence[Case], folder: Path, templates: Path) -> Answers:
    """All in one inbox; none follows another."""
    home = Home(folder).prepare()
    named = dict(_dropped(case, home.inbox, templates) for case in cases)
    plans = {plan.id: plan for plan in (plan_as_it_is(), control_plan(plan_as_it_is()))}
    with pytest.MonkeyPatch.context() as patch:
        if POSIX:
            patch.setattr(isolation, "reader", mortal_reader)
        taken = take_in(Inbox(home, EVENING), plans.get, KEY)
    assert taken.held == ()
    rounds: defaultdict[tuple[str, str], list[tuple[Submission, tuple[Finding, ...]]]] = defaultdict(list)
    for submission, findings in taken.submissions:
        rounds[submission.identity.plan, submission.identity.round].append((submission, findings))
    said: dict[str, tuple[Verdict | None, tuple[Finding, ...]]] = {}
    for (plan_id, round_id), batch in rounds.items():
        for judged in judge(plans[plan_id], round_id, batch):
            said[named[judged.submission.arrival.source_name]] = (judged.verdict, judged.findings)
    for arrival, unusable in (*taken.unusable, *taken.refused):
        said[named[arrival.source_name]] = (None, unusable)
    return said


def _dropped(case: Case, inbox: Path, templates: Path) -> tuple[str, str]:
    """Puts a case's file into the inbox; its name there, and the case's id."""
    name = case.last.name or f"{case.id}.xlsx"
    path = inbox / case.last.folder / name
    path.parent.mkdir(exist_ok=True)
    assert not path.exists(), f"{case.id}: {name} is another case's"
    if case.last.file:
        MAKERS[case.last.file](path)
    else:
        path.write_bytes(content(case.last, templates, case.id))
    return name, case.id


def _after_others(case: Case, folder: Path, templates: Path, kept: Kept) -> tuple[Verdict, tuple[Finding, ...]]:
    """A home of its own, into which the unit drops one file after the other."""
    home = Home(folder).prepare()
    for n, sent in enumerate(case.sent, 1):
        made = content(sent, templates, f"{case.id} {n}")
        (home.inbox / f"bản {n}.xlsx").write_bytes(made)
    if case.last.parts:
        shutil.copytree(plans_of(templates), home.root / "plans")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CLOCK, EVENING.isoformat())
        patch.setenv(SECRET_KEY, SECRET)
        night = Night(Request(home, PLAN.name, case.last.round), kept=kept)
        night.steadiness = None
        night.take_in()
        night.judge()
    judged = sorted(night._judged, key=lambda one: one.submission.arrival.source_name)
    assert len(judged) == len(case.sent)
    assert all(one.accepted for one in judged[:-1]), [f.message for one in judged[:-1] for f in one.findings]
    return judged[-1].verdict, judged[-1].findings
