"""Plans kept from run to run by a process that lives long."""

from __future__ import annotations

import hashlib
from pathlib import Path

from schemas.plan import Plan
from schemas.plan_fault import PlanFaults
from schemas.plan_file import load_plan
from schemas.tables import TABLES

_READ: dict[str, Plan] = {}
"""Sound plans that this process has read, by the digest of their tables: checking a plan costs more than reading it."""


class Shelf:
    """Plans kept from run to run by a process that lives long, each for as long as its tables hold the same bytes."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[str, Plan | PlanFaults]] = {}

    def load(self, folder: Path) -> Plan:
        """The plan in a folder as it is now. Raises PlanFaults where its tables are wrong."""
        tables = _digest(folder)
        kept = self._kept.get(folder)
        if kept is None or kept[0] != tables:
            kept = (tables, _READ.get(tables) or _plan_or_faults(folder))
            if _digest(folder) == tables:  # else it was edited while it was loaded
                self._kept[folder] = kept
                if isinstance(kept[1], Plan):
                    _READ[tables] = kept[1]
        if isinstance(kept[1], PlanFaults):
            raise kept[1].with_traceback(None)
        return kept[1]


def _plan_or_faults(folder: Path) -> Plan | PlanFaults:
    try:
        return load_plan(folder)
    except PlanFaults as faults:
        return faults


def _digest(folder: Path) -> str:
    """Of the eight tables as they lie in a folder; a missing or unreadable one counts as such."""
    digest = hashlib.sha256()
    for table in TABLES:
        try:
            content = (folder / f"{table}.csv").read_bytes()
        except OSError as fault:
            content = repr(fault).encode()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()
