"""Honest reports changed at random: each ends in a verdict, and none changes what is said of another.

300 changed files here, always the same; `python -m tests.fuzz` tries as many as one likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.intake import Submitted
from schemas.judged import Judged
from schemas.plan import Plan
from tests.fuzz import court
from tests.fuzz.court import Mutant, try_batch
from tests.fuzz.desks import desks
from tests.fuzz.kinds import KINDS, batches, drawn
from tests.fuzz.nights import try_night, undisturbed
from tests.fuzz.tally import Tally, table
from tests.fuzz.typed_kind import cell_mutants, layout_mutants

SEED, SIZE = 20_221_123, 34
MINI, KH70 = desks()
few = settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=HealthCheck)


def judged(tally: Tally, mutants: list[Mutant], desk: object = MINI) -> Tally:
    tally.add(try_batch(KH70 if desk is KH70 else MINI, mutants), len(mutants))
    assert tally.good, "\n".join(tally.wrong)
    return tally


@pytest.mark.parametrize("kind", ["bytes", "xml", "words"])
def test_100_changed_files_each_end_in_a_verdict(kind: str) -> None:
    tally = Tally(every=1 if kind == "bytes" else 4)
    for _, mutants in batches(kind, SEED, 100, SIZE):
        judged(tally, mutants)
    assert tally.cases == sum(tally.verdicts.values()) == 100
    assert tally.verdicts["unusable"] > 10
    assert tally.compared > 0, "some were accepted, and read by a second reader"


def test_files_of_the_large_plan_end_in_a_verdict() -> None:
    tally = Tally()
    for desk, mutants in batches("xml", SEED, 8, 1):
        if desk is KH70:
            judged(tally, mutants, desk)
    assert tally.cases == 1


@few
@given(st.lists(cell_mutants(MINI), min_size=1, max_size=8))
def test_whatever_is_typed_ends_in_a_verdict(mutants: list[Mutant]) -> None:
    judged(Tally(every=3), mutants)


@few
@given(st.lists(layout_mutants(MINI), min_size=1, max_size=8))
def test_however_the_sheets_are_laid_out_it_ends_in_a_verdict(mutants: list[Mutant]) -> None:
    judged(Tally(every=3), mutants)


def test_a_night_with_mutants_of_every_kind_answers_each_and_changes_no_neighbour() -> None:
    mutants = [mutant for kind in KINDS for _, made in batches(kind, SEED, 4, 4) for mutant in made]
    night = try_night(MINI, mutants)
    assert night.faults == ()
    assert night.theirs == undisturbed(MINI)


def test_the_same_seed_makes_the_same_cases() -> None:
    for kind in KINDS:
        once, again = (list(batches(kind, 7, 4, 2)) for _ in range(2))
        assert [m.done for _, made in once for m in made] == [m.done for _, made in again for m in made]
        if kind != "hostile":  # whose zips know the hour
            assert once == again
    assert [m.content for m in drawn(cell_mutants(MINI), "a", 3)] != [
        m.content for m in drawn(cell_mutants(MINI), "b", 3)
    ]


def test_a_traceback_is_told_with_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The court itself: what it looks for, it finds, and by whose doing."""
    mutants = [Mutant(MINI.reports[0], "honest"), Mutant(MINI.reports[1], "the one")]
    the_one, judge_all = sha256(mutants[1].content).hexdigest(), court.judge

    def judge(plan: Plan, round_id: str, batch: Sequence[Submitted]) -> list[Judged]:
        if any(submission.sha256 == the_one for submission, _ in batch):
            raise ZeroDivisionError
        return judge_all(plan, round_id, batch)

    monkeypatch.setattr(court, "judge", judge)
    tally = Tally()
    tally.add(try_batch(MINI, mutants), 2)
    assert (tally.tracebacks, tally.culprits) == (1, [mutants[1]])
    assert tally.wrong[0].startswith("the one\n")
    assert "ZeroDivisionError" in tally.wrong[0]
    assert not tally.good
    assert "1" in table({"bytes": tally})
