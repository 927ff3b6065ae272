"""What check hands on: a submission with its typed frames, all its findings and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.finding import Finding
from schemas.parsed import Parsed
from schemas.submission import ACCEPTED, Submission, Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A submission that has its verdict, given under `plan_version`.

    `since`: per sheet id it reports on, the SHA-256 of the submission that gave that sheet just before it arrived: what
    it was compared with. Empty for the first, and for one that has errors of its own.
    """

    parsed: Parsed
    verdict: Verdict
    findings: tuple[Finding, ...]
    plan_version: str
    since: Mapping[str, str] = field(default_factory=dict)

    @property
    def submission(self) -> Submission:
        """The submission itself."""
        return self.parsed.submission

    @property
    def accepted(self) -> bool:
        """Whether it may count."""
        return self.verdict in ACCEPTED
