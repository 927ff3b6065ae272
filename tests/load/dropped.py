"""What is dropped: each file with what was typed into it, and what must become of it."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.demo.figures import Report
from schemas.finding import FindingCode
from schemas.plan import Plan
from schemas.submission import Verdict

_AHEAD_NS = 2_000_000_000
"""How far ahead of the clock the first file's time lies: what renaming does to its other times then changes nothing."""


@dataclass(frozen=True)
class Drop:
    """One file of the crowd, as it lies ready.

    `kind`: a word for what it is. `report`: what was typed, of a file that names its unit. `verdict`: what it must
    get. `codes`, `says`: of a hostile file, the codes one of which it must be refused with, and words of its sentence.
    `archived` False: it cannot be taken in, and stays in the inbox.
    """

    path: Path
    folder: str
    kind: str
    sha256: str
    verdict: Verdict
    plan: str = ""
    round: str = ""
    report: Report | None = None
    codes: frozenset[FindingCode] = frozenset()
    says: str = ""
    archived: bool = True

    @property
    def name(self) -> str:
        """The name under which it arrives."""
        return self.path.name

    @property
    def unit(self) -> str:
        """The unit it names, if any."""
        return self.report.unit if self.report else ""

    @property
    def accepted(self) -> bool:
        """Whether it may count."""
        return self.verdict in ("accepted", "accepted_with_warnings")


@dataclass(frozen=True)
class Crowd:
    """All files in the order in which they are dropped, and the plans they report on."""

    plans: tuple[Plan, ...]
    drops: tuple[Drop, ...]

    def kinds(self) -> Counter[str]:
        """How many of each kind."""
        return Counter(drop.kind for drop in self.drops)

    def verdicts(self) -> Counter[str]:
        """The verdicts that a night must give: one for all arrivals of the same bytes, or each that names no unit."""
        reports = {drop.sha256: drop.verdict for drop in self.drops if drop.report}
        return Counter(reports.values()) + Counter(unusable=sum(not drop.report for drop in self.drops))

    def repeats(self) -> int:
        """How many reports came with the bytes of another."""
        reports = [drop.sha256 for drop in self.drops if drop.report]
        return len(reports) - len(set(reports))

    def counting(self) -> dict[tuple[str, str], Drop]:
        """Plan and unit → the version that must count: the accepted one whose bytes came last for the first time."""
        first: dict[str, Drop] = {}
        for drop in self.drops:
            first.setdefault(drop.sha256, drop)
        return {(drop.plan, drop.unit): drop for drop in first.values() if drop.report and drop.accepted}


def drop_into(inbox: Path, drops: Sequence[Drop]) -> None:
    """Moves all files into the inbox at once, whole, their times in the order of the crowd."""
    start = time.time_ns() + _AHEAD_NS
    for folder in {drop.folder for drop in drops}:
        (inbox / folder).mkdir(parents=True, exist_ok=True)
    for n, drop in enumerate(drops):
        moment = start + n * 1_000_000
        os.utime(drop.path, ns=(moment, moment), follow_symlinks=os.utime not in os.supports_follow_symlinks)
    for drop in drops:
        drop.path.rename(inbox / drop.folder / drop.name)
