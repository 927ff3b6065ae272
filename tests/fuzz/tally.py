"""What came of all cases of a kind, counted; and the table that shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.fuzz.court import Batch, Mutant
from tests.fuzz.nights import Night
from tests.fuzz.second_reader import Unread, differences

_VERDICTS = ("accepted", "accepted_with_warnings", "rejected", "unusable")


@dataclass
class Tally:
    """One kind. `wrong`: every case that ended as none may, with what was done to it; its file under `culprits`.

    `compared`: accepted mutants that a second reader read too; `unread`: those it did not read, by why; `stopped`:
    files that cost their child its life, or its time, by how. `every`: one in so many accepted mutants is compared.
    """

    every: int = 1
    cases: int = 0
    nights: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    tracebacks: int = 0
    hangs: int = 0
    changed_neighbours: int = 0
    lost_answers: int = 0
    accepted: int = 0
    compared: int = 0
    other_values: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    culprits: list[Mutant] = field(default_factory=list)

    def add(self, batch: Batch, cases: int) -> None:
        """Counts a batch of so many cases."""
        self.cases += cases
        self.tracebacks += len(batch.faults) - batch.hung
        self.hangs += batch.hung
        self.changed_neighbours += batch.neighbour_changed
        self.wrong += batch.faults
        self.culprits += batch.culprits
        for one in batch.tried:
            self.verdicts[str(one.verdict)] += 1
            self.codes.update({finding.code.value for finding in one.findings})
            if one.stopped:
                self.stopped[one.stopped] += 1
            if one.judged is not None and one.judged.accepted and self._is_turn():
                try:
                    other = differences(one.mutant.content, one.judged)
                except Unread as why:
                    self.unread[str(why).splitlines()[0][:90]] += 1
                    continue
                self.compared += 1
                self.other_values += bool(other)
                self.wrong += [f"{one.mutant.done}\n  {line}" for line in other]
                self.culprits += [one.mutant] if other else []

    def _is_turn(self) -> bool:
        self.accepted += 1
        return self.accepted % self.every == 0

    def add_night(self, night: Night, undisturbed: object) -> None:
        """Counts a whole night."""
        self.nights += 1
        self.lost_answers += bool(night.faults)
        self.changed_neighbours += night.theirs != undisturbed
        self.wrong += night.faults
        if night.theirs != undisturbed:
            self.wrong.append(f"the neighbour after a night:\n{night.theirs}\n{undisturbed}")

    @property
    def good(self) -> bool:
        """Whether every case ended as it may."""
        bad = (self.tracebacks, self.hangs, self.changed_neighbours, self.lost_answers, self.other_values)
        return not any(bad) and not self.wrong and sum(self.verdicts.values()) == self.cases


def table(tallies: Mapping[str, Tally]) -> str:
    """The table, and under it the codes that were met and the readers that were stopped."""
    head = ("kind", "cases", *_VERDICTS, "nights", "tracebacks", "hangs", "changed", "unanswered", "compared", "other")
    lines = [head, *(_line(kind, tally) for kind, tally in tallies.items())]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    rows = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    for kind, tally in tallies.items():
        rows.append(f"{kind}: " + ", ".join(f"{code} {n}" for code, n in tally.codes.most_common()))
        rows += [f"{kind}: {n} stopped their reader: {how}" for how, n in tally.stopped.most_common()]
        if tally.unread:
            rows.append(f"{kind}: {sum(tally.unread.values())} accepted files that openpyxl does not open")
            rows += [f"  {n}: {why}" for why, n in tally.unread.most_common(5)]
    return "\n".join(rows)


def _line(kind: str, tally: Tally) -> tuple[str, ...]:
    counts = (
        *(tally.cases, *(tally.verdicts[verdict] for verdict in _VERDICTS), tally.nights, tally.tracebacks),
        *(tally.hangs, tally.changed_neighbours, tally.lost_answers, tally.compared, tally.other_values),
    )
    return (kind, *map(str, counts))
