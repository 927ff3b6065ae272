"""What the catalogue is made of: entries, and the groups they are read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.finding import FindingCode, Severity


@dataclass(frozen=True, slots=True)
class Entry:
    """What a code says (Vietnamese). `sentence` and `remedy` may hold `{places}` that `say` fills.

    `severity` is the usual one; a rule of the plan brings its own. `name` is a heading of a few words. `meaning` and
    `example` (what a clerk did) stand only in the guide `docs/loi.md`, as whole sentences.
    """

    severity: Severity
    name: str
    meaning: str
    example: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Group:
    """Codes that concern one thing. `about` opens the group in the guide (Vietnamese)."""

    title: str
    about: str
    entries: Mapping[FindingCode, Entry]
