"""Verdicts against what a unit sent before: corrections that take something back, and parts that contradict each other.

Submissions are compared in the order of their arrival, each with what gave its sheets just before it arrived (accepted
and not withdrawn by then), those of the same night included. What that was is kept in the archive, so a rebuild gives
the same findings whatever has arrived since.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from pipelines.booked import booked
from pipelines.conflicts import conflicts
from pipelines.corrections import changed_cells, correction_warnings
from pipelines.dataset import Connection, ensure_sheets, read
from pipelines.judging import in_order
from pipelines.merge import reported
from pipelines.parts import Part, filled_by, replaces
from schemas.changes import CellChange
from schemas.finding import Finding
from schemas.judged import Judged
from schemas.plan import Plan, Sheet
from schemas.reported import Reported
from schemas.submission import ACCEPTED, Arrival
from schemas.verdict import verdict_of

Pinned = Callable[[str], Mapping[str, str] | None]
"""SHA-256 → what that submission was compared with when it got its verdict; None: it has none yet."""
Order = tuple[datetime, bool, datetime, str]

_KNOWN = """
SELECT s.sha256, s.unit, s.received_at, s.file_time, s.source_name, s.verdict,
    (SELECT list(f.sheet) FROM filled AS f WHERE f.sha256 = s.sha256) AS filled
FROM submissions AS s
WHERE s.plan = $plan AND s.round = $round AND list_contains($units, s.unit)
"""
_WITHDRAWN = "SELECT sha256, min(withdrawn_at) AS at FROM withdrawals GROUP BY sha256"


def compare(connection: Connection, judged: Sequence[tuple[Plan, Judged]], pinned: Pinned) -> list[Judged]:
    """The same submissions with the findings and the verdicts that follow from what was there before them.

    Each comes with the plan it was judged under. Order is kept.
    """
    if not judged:
        return []
    withdrawn = {row["sha256"]: row["at"] for row in read(connection, _WITHDRAWN)}
    compared: dict[str, Judged] = {}
    for plan in versions_of(judged):
        ensure_sheets(connection, plan)

    def place(one: tuple[Plan, Judged]) -> tuple[str, str]:
        return one[0].id, one[1].submission.identity.round

    for (plan_id, round_id), group in groupby(sorted(judged, key=place), key=place):
        batch = sorted(group, key=lambda one: _order(one[1].submission.arrival))
        before = _Before(connection, plan_id, round_id, batch, withdrawn)
        for plan, one in batch:
            done = _compared(plan, one, before, pinned(one.submission.sha256))
            before.add(plan, done)
            compared[one.submission.sha256] = done
    return [compared[one.submission.sha256] for _, one in judged]


def versions_of(judged: Iterable[tuple[Plan, Judged]]) -> list[Plan]:
    """The plans they were judged under, each version once; a control plan has the version of the plan it governs."""
    return list({(plan.id, plan.version): plan for plan, _ in judged}.values())


@dataclass(frozen=True, slots=True)
class _Version:
    """A version of a unit's report that is known already."""

    order: Order
    accepted: bool
    part: Part


class _Before:
    """What was there before: the versions in the dataset, and those of the batch once they have their verdict."""

    def __init__(
        self,
        connection: Connection,
        plan_id: str,
        round_id: str,
        batch: Sequence[tuple[Plan, Judged]],
        withdrawn: Mapping[str, datetime],
    ) -> None:
        self._connection, self._withdrawn = connection, withdrawn
        self._versions: defaultdict[str, list[_Version]] = defaultdict(list)
        self._read: dict[tuple[str, str], Reported] = {}
        fresh = {one.submission.sha256 for _, one in batch}
        units = sorted({one.submission.identity.unit for _, one in batch})
        known = {"plan": plan_id, "round": round_id, "units": units}
        for row in read(connection, _KNOWN, known):
            if row["sha256"] not in fresh:
                filled = None if row["filled"] is None else frozenset(row["filled"])
                arrival = Arrival(row["sha256"], row["received_at"], row["source_name"], "", row["file_time"])
                self._know(row["unit"], arrival, row["verdict"] in ACCEPTED, filled)
        self._read_ahead(batch)

    def add(self, plan: Plan, judged: Judged) -> None:
        """Knows one more."""
        unit = judged.submission.identity.unit
        self._know(unit, judged.submission.arrival, judged.accepted, filled_by(plan, judged))

    def given(self, judged: Judged, sheets: Iterable[str]) -> dict[str, str]:
        """Sheet id → SHA-256 of the version that gave it just before this one arrived, where there was one."""
        arrival = judged.submission.arrival
        earlier = [
            version.part
            for version in self._versions[judged.submission.identity.unit]
            if version.accepted
            and version.order < _order(arrival)
            and not self._gone(version.part.sha256, arrival.received_at)
        ]
        newest = {sheet: next((p for p in reversed(earlier) if p.gives(sheet)), None) for sheet in sheets}
        return {sheet: part.sha256 for sheet, part in newest.items() if part is not None}

    def part(self, unit: str, sha: str) -> Part:
        """A version by its name, with its number among those known now. Raises KeyError."""
        for number, version in enumerate(self._versions[unit], 1):
            if version.part.sha256 == sha:
                return replace(version.part, version=number)
        raise KeyError(sha)

    def knows(self, unit: str, sha: str) -> bool:
        """Whether that version is one of the unit's that have their verdict."""
        return any(version.part.sha256 == sha for version in self._versions[unit])

    def sheet(self, plan: Plan, sheet: Sheet, sha: str) -> Reported:
        """One sheet as that version gave it."""
        if (sha, sheet.id) not in self._read:
            self._read |= booked(self._connection, plan, [sheet], [sha])
        return self._read[sha, sheet.id]

    def _know(self, unit: str, arrival: Arrival, accepted: bool, filled: frozenset[str] | None) -> None:
        part = Part(0, arrival.sha256, arrival.source_name, filled)
        self._versions[unit].append(_Version(_order(arrival), accepted, part))
        self._versions[unit].sort(key=lambda version: version.order)

    def _gone(self, sha: str, by: datetime) -> bool:
        at = self._withdrawn.get(sha)
        return at is not None and at <= by

    def _read_ahead(self, batch: Sequence[tuple[Plan, Judged]]) -> None:
        """What may be compared, a sheet of all units at a time: of the batch, and what the dataset has before it."""
        sent = Counter(one.submission.identity.unit for _, one in batch)
        again = {unit for unit, count in sent.items() if count + len(self._versions[unit]) > 1}
        for plan in versions_of(batch):
            own = [one for p, one in batch if p.version == plan.version and one.accepted]
            own = [one for one in own if one.submission.identity.unit in again]
            sheets = [sheet.id for sheet in plan.sheets]
            named = {sha for one in own for sha in self.given(one, sheets).values()}
            for sheet in plan.sheets if own else ():
                self._read |= {(sha, sheet.id): given for sha, given in reported(sheet, own).items()}
            if named:
                self._read |= booked(self._connection, plan, plan.sheets, named)


def _compared(plan: Plan, judged: Judged, before: _Before, pinned: Mapping[str, str] | None) -> Judged:
    """One submission with what follows from the versions before it; one that has errors is left as it is."""
    if not judged.accepted:
        return judged
    filled = filled_by(plan, judged)
    own = [sheet for sheet in plan.sheets if _reports(judged, sheet, filled)]
    since = before.given(judged, [sheet.id for sheet in own]) if pinned is None else dict(pinned)
    unit = judged.submission.identity.unit
    against = [(sheet, since[sheet.id]) for sheet in own if before.knows(unit, since.get(sheet.id, ""))]
    found = _conflicts(plan, judged, before, against, filled) if filled is not None else []
    found = found or _warnings(plan, judged, before, against)
    findings = in_order([*judged.findings, *found], judged.submission)
    return replace(judged, findings=findings, verdict=verdict_of(findings), since=since)


def _reports(judged: Judged, sheet: Sheet, filled: frozenset[str] | None) -> bool:
    return sheet.id in judged.submission.tables if filled is None else sheet.id in filled


def _conflicts(
    plan: Plan, judged: Judged, before: _Before, against: Sequence[tuple[Sheet, str]], filled: frozenset[str]
) -> list[Finding]:
    """What another part fills with other values, unless this file replaces that part; forms are each file's own."""
    identity = judged.submission.identity
    unit = plan.unit(identity.unit)
    found: list[Finding] = []
    for sheet, sha in against:
        other = before.part(unit.code, sha)
        if sheet.kind != "form" and not replaces(plan, filled, other, unit, identity.round):
            theirs, ours = (before.sheet(plan, sheet, name) for name in (sha, judged.submission.sha256))
            found += conflicts(unit.code, sheet, theirs, ours, other)
    return found


def _warnings(plan: Plan, judged: Judged, before: _Before, against: Sequence[tuple[Sheet, str]]) -> list[Finding]:
    """What this correction takes back: counts that went down, cells that are blank now."""
    changes: list[CellChange] = []
    for sheet, sha in against:
        theirs, ours = (before.sheet(plan, sheet, name) for name in (sha, judged.submission.sha256))
        changes += changed_cells(plan, sheet, theirs, ours)
    return correction_warnings(plan, judged.submission.identity.unit, changes)


def _order(arrival: Arrival) -> Order:
    """As `sql/what_counts.sql` numbers versions."""
    time = arrival.file_time
    return (arrival.received_at, time is not None, time or arrival.received_at, arrival.sha256)
