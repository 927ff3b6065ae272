"""What a marked copy is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schemas.finding import Finding
from schemas.plan import Plan, Round, Unit
from schemas.submission import Submission, Verdict


@dataclass(frozen=True, slots=True)
class Handback:
    """A submission with its verdict, to be handed back.

    `due`: the last day on time, None where none is set. `handed_in` False: it was only checked, so nothing is received.
    """

    plan: Plan
    round: Round
    unit: Unit
    submission: Submission
    verdict: Verdict
    findings: tuple[Finding, ...]
    due: date | None
    handed_in: bool = True

    @property
    def errors(self) -> int:
        """How many findings reject it."""
        return sum(f.severity == "error" for f in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings ask to look again."""
        return len(self.findings) - self.errors
