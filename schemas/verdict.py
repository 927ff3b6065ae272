"""The verdict on a submission, from its findings. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.finding import Finding
from schemas.submission import Verdict


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Rejected with any error, accepted with warnings with any finding, else accepted."""
    severities = {f.severity for f in findings}
    if "error" in severities:
        return "rejected"
    return "accepted_with_warnings" if severities else "accepted"
