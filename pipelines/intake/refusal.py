"""How reading a file stops: with the finding that says why. Caught in this package, never seen outside it."""

from __future__ import annotations

from schemas.catalogue import say
from schemas.finding import Finding, FindingCode

_DETAIL_LIMIT = 400
"""Characters of a detail: names within a file may be as long as the file."""


class Refusal(Exception):
    """The file cannot be read any further."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def damaged(detail: str) -> Refusal:
    """The file is not whole, or can be read in two ways."""
    return Refusal(say(FindingCode.DAMAGED_FILE, detail=_cut(detail)))


def too_large(detail: str) -> Refusal:
    """The file goes past a limit that no honest report came near."""
    return Refusal(say(FindingCode.TOO_LARGE, detail=_cut(detail)))


def _cut(detail: str) -> str:
    return detail if len(detail) <= _DETAIL_LIMIT else detail[: _DETAIL_LIMIT - 1] + "…"
