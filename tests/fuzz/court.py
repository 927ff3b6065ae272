"""Files judged as a night judges them: read by children, told apart, parsed and checked together with a neighbour."""

from __future__ import annotations

import re
import signal
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from pipelines.intake import Reading, read_files
from pipelines.judging import judge
from schemas.finding import Finding, FindingCode
from schemas.judged import Judged
from schemas.submission import Arrival, Verdict
from tests.fuzz.desks import Desk
from tests.nights import EVENING

PATIENCE = 300
"""Seconds for one batch, reading, judging and all."""
_OF_ITS_OWN_DOING = re.compile(r"\((quá \d+ giây|quá giới hạn bộ nhớ|tiến trình đọc đã ngừng .*|PanicException.*)\)")


@dataclass(frozen=True)
class Mutant:
    """A changed report. `done`: by what, so that it can be made again."""

    content: bytes
    done: str


@dataclass(frozen=True)
class Tried:
    """What became of one mutant. `judged`: where it names its unit. `fault`: what must never be (a traceback)."""

    mutant: Mutant
    verdict: Verdict | None
    findings: tuple[Finding, ...]
    judged: Judged | None = None
    fault: str = ""

    @property
    def stopped(self) -> str:
        """How its reader came to an end, where it did not come to a verdict of its own."""
        return next((f.message for f in self.findings if f.code is FindingCode.READER_FAILED), "")


@dataclass(frozen=True)
class Batch:
    """What became of some mutants that lay beside an honest report. `faults`: what must never be."""

    tried: tuple[Tried, ...]
    neighbour_changed: bool
    faults: tuple[str, ...] = ()
    hung: bool = False
    culprits: tuple[Mutant, ...] = ()


class Hung(Exception):
    """A batch that came to no end."""


def try_batch(desk: Desk, mutants: Sequence[Mutant]) -> Batch:
    """Judges the mutants, the honest report in their midst. Where that fails, each by itself, to find the one."""
    middle = len(mutants) // 2
    files = [m.content for m in (*mutants[:middle], *mutants[middle:])]
    files.insert(middle, desk.neighbour)
    try:
        with _patience():
            outcomes = outcomes_of(desk, files)
    except Exception as fault:  # noqa: BLE001 - any exception is what is looked for
        if len(mutants) < 2:
            told = "".join(traceback.format_exception(fault))
            return Batch((), False, (told,), isinstance(fault, Hung), tuple(mutants))
        parts = [(mutant, try_batch(desk, [mutant])) for mutant in mutants]
        tried = tuple(one for _, batch in parts for one in batch.tried)
        changed = any(batch.neighbour_changed for _, batch in parts)
        faults = tuple(f"{mutant.done}\n{told}" for mutant, batch in parts for told in batch.faults)
        hung = any(batch.hung for _, batch in parts)
        culprits = tuple(mutant for _, batch in parts for mutant in batch.culprits)
        return Batch(tried, changed, faults or ("only together:\n" + traceback.format_exc(),), hung, culprits)
    theirs = outcomes.pop(middle)
    tried = tuple(_tried(mutant, *outcome) for mutant, outcome in zip(mutants, outcomes, strict=True))
    faults = tuple(f"{one.mutant.done}\n{one.fault}" for one in tried if one.fault)
    culprits = tuple(one.mutant for one in tried if one.fault)
    return Batch(tried, _shown(theirs) != _honest(desk), faults, culprits=culprits)


Outcome = tuple[Reading, Judged | None]


def outcomes_of(desk: Desk, files: Sequence[bytes]) -> list[Outcome]:
    """Each file read, and judged where it names its unit."""
    arrivals = [Arrival(sha256(file).hexdigest(), EVENING, f"{n}.xlsx", "") for n, file in enumerate(files)]
    readings = read_files(list(zip(files, arrivals, strict=True)), {desk.plan.id: desk.plan}.get, desk.key)
    batch = [(r.submission, r.findings) for r in readings if r.submission is not None]
    rounds = dict.fromkeys(submission.identity.round for submission, _ in batch)
    judged = {
        one.submission.arrival.source_name: one
        for round_id in rounds
        for one in judge(desk.plan, round_id, [(s, found) for s, found in batch if s.identity.round == round_id])
    }
    return [(reading, judged.get(arrival.source_name)) for reading, arrival in zip(readings, arrivals, strict=True)]


@cache
def _honest(desk: Desk) -> object:
    """What is said of the neighbour where nobody lies beside it."""
    (alone,) = outcomes_of(desk, [desk.neighbour])
    shown = _shown(alone)
    assert alone[1] is not None
    assert alone[1].verdict == "accepted", alone[1].findings
    return shown


def _shown(outcome: Outcome) -> object:
    """Everything that is said of a file, save the name that it has in its batch."""
    reading, judged = outcome
    if reading.submission is None or judged is None:
        return reading.refused
    frames = {sheet: frame.to_csv() for sheet, frame in judged.parsed.frames.items()}
    submission = reading.submission
    return submission.identity, submission.tables, submission.outside, judged.verdict, judged.findings, frames


def _tried(mutant: Mutant, reading: Reading, judged: Judged | None) -> Tried:
    if judged is not None:
        return Tried(mutant, judged.verdict, judged.findings, judged)
    found = tuple(finding for _, findings in reading.refused for finding in findings)
    failed = next((f.message for f in found if f.code is FindingCode.READER_FAILED), "")
    ours = bool(failed) and _OF_ITS_OWN_DOING.search(failed) is None
    fault = failed if ours else "" if found else "no verdict, and no reason"
    return Tried(mutant, "unusable", found, fault=fault)


@contextmanager
def _patience() -> Iterator[None]:
    """A batch that takes too long is broken off, where the system can."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def give_up(*_: object) -> None:
        raise Hung(f"no end after {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
