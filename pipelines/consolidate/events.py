"""What happened to the reports of a round in the days after an earlier day: versions sent, versions withdrawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipelines.booked import booked
from pipelines.clock import end_of_day
from pipelines.corrections import changed_cells
from pipelines.dataset import Connection, read
from schemas.consolidation import Consolidation
from schemas.plan import Plan
from schemas.progress import Event
from schemas.results import Source
from schemas.submission import ACCEPTED

_WITHDRAWN = """
SELECT sha256, min(withdrawn_at) AS at, min_by(reason, withdrawn_at) AS reason
FROM withdrawals
WHERE list_contains($shas, sha256)
GROUP BY sha256
"""
_SINCE = "SELECT sha256, sheet, since FROM predecessors WHERE list_contains($shas, sha256)"

_Predecessors = Mapping[str, Mapping[str, str]]
"""SHA-256 → sheet → the SHA-256 of the version that gave the sheet just before."""


def events(connection: Connection, result: Consolidation, since: date) -> tuple[Event, ...]:
    """Everything that arrived or was withdrawn after the day `since`, up to the day of the consolidation.

    In the order in which it happened. A file that was withdrawn in the same days stands there twice.
    """
    begin, end = end_of_day(since), end_of_day(result.as_of)
    withdrawn = _withdrawn(connection, result.sources)
    arrived = [source for source in result.sources if begin < source.received_at <= end]
    corrections = _Corrections(connection, result, arrived)
    of_unit: defaultdict[str, list[Source]] = defaultdict(list)
    for source in result.sources:
        of_unit[source.unit.code].append(source)
    found = [_sent(source, corrections, of_unit[source.unit.code], withdrawn) for source in arrived]
    for source in result.sources:
        at, reason = withdrawn.get(source.sha256, (None, ""))
        if at is not None and begin < at <= end:
            of_file = (source.version, at, source.source_name, source.sha256)
            found.append(Event("withdrawn", source.unit, *of_file, counts=False, reason=reason))
    order = {unit.code: n for n, unit in enumerate(result.plan.units)}
    return tuple(sorted(found, key=lambda e: (e.at, order[e.unit.code], e.version, e.kind == "withdrawn")))


def _withdrawn(connection: Connection, sources: tuple[Source, ...]) -> dict[str, tuple[datetime, str]]:
    """SHA-256 → when, and why."""
    rows = read(connection, _WITHDRAWN, {"shas": [source.sha256 for source in sources]})
    return {row["sha256"]: (row["at"], row["reason"]) for row in rows}


def _sent(
    source: Source,
    corrections: _Corrections,
    versions: Sequence[Source],
    withdrawn: Mapping[str, tuple[datetime, str]],
) -> Event:
    of_file = (source.unit, source.version, source.received_at, source.source_name, source.sha256, source.counts)
    if source.verdict not in ACCEPTED:
        return Event("rejected", *of_file, since=_standing_before(source, versions, withdrawn))
    before = corrections.since(source)
    if before is None:
        return Event("new", *of_file)
    return Event("corrected", *of_file, since=before, cells=corrections.cells(source))


def _standing_before(
    source: Source, versions: Sequence[Source], withdrawn: Mapping[str, tuple[datetime, str]]
) -> int | None:
    """The newest accepted version of the unit that was there, and not withdrawn, when this one arrived."""
    earlier = [
        other.version
        for other in versions
        if other.version < source.version
        and other.verdict in ACCEPTED
        and not (other.sha256 in withdrawn and withdrawn[other.sha256][0] <= source.received_at)
    ]
    return max(earlier, default=None)


class _Corrections:
    """The accepted versions among those that arrived, against what gave their sheets before; read all at once."""

    def __init__(self, connection: Connection, result: Consolidation, arrived: list[Source]) -> None:
        self._plan: Plan = result.plan
        self._versions = {source.sha256: source.version for source in result.sources}
        self._before: dict[str, dict[str, str]] = {}
        rows: list[dict[str, Any]] = read(connection, _SINCE, {"shas": [source.sha256 for source in arrived]})
        for row in rows:
            if row["since"] in self._versions:
                self._before.setdefault(row["sha256"], {})[row["sheet"]] = row["since"]
        named = {row["sheet"] for row in rows}
        self._sheets = [sheet for sheet in result.plan.sheets if sheet.id in named]
        shas = {*self._before, *(since for of in self._before.values() for since in of.values())}
        self._given = booked(connection, result.plan, self._sheets, shas) if shas else {}

    def since(self, source: Source) -> int | None:
        """The version it was compared with (of several the newest)."""
        return max((self._versions[sha] for sha in self._before.get(source.sha256, {}).values()), default=None)

    def cells(self, source: Source) -> int:
        """How many cells it changed."""
        before = self._before[source.sha256]
        return sum(
            len(
                changed_cells(
                    self._plan, sheet, self._given[before[sheet.id], sheet.id], self._given[source.sha256, sheet.id]
                )
            )
            for sheet in self._sheets
            if sheet.id in before
        )
