"""What check hands on: a submission with its typed frames, all its findings and its verdict."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.finding import Finding
from schemas.parsed import Parsed
from schemas.submission import ACCEPTED, Submission, Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A submission that has its verdict, given under `plan_version`."""

    parsed: Parsed
    verdict: Verdict
    findings: tuple[Finding, ...]
    plan_version: str

    @property
    def submission(self) -> Submission:
        """The submission itself."""
        return self.parsed.submission

    @property
    def accepted(self) -> bool:
        """Whether it may count."""
        return self.verdict in ACCEPTED
