"""Units merged into others: which reports hold what a merged unit had reported, so that nothing counts twice. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Merger:
    """A unit that is part of another since a day, as the control workbook `control` (its SHA-256) says."""

    control: str
    unit: str
    into: str
    since: date


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted report: whose, and the subordinate organisations that it has rows of (`unit` itself is none)."""

    sha256: str
    unit: str
    organisations: frozenset[str]


def with_successors(mergers: Iterable[Merger]) -> tuple[Merger, ...]:
    """The mergers, and those that follow from them: a unit merged into one that is merged itself later."""
    direct = tuple(mergers)
    onward: defaultdict[tuple[str, str], list[Merger]] = defaultdict(list)
    for merger in direct:
        onward[merger.control, merger.unit].append(merger)
    found: dict[Merger, None] = {}
    ahead = list(direct)
    while ahead:
        merger = ahead.pop(0)
        if merger in found or merger.into == merger.unit:
            continue
        found[merger] = None
        ahead += [
            Merger(merger.control, merger.unit, further.into, max(merger.since, further.since))
            for further in onward[merger.control, merger.into]
        ]
    return tuple(found)


def taken_over(mergers: Iterable[Merger], accepted: Collection[Accepted]) -> Iterator[tuple[Merger, str]]:
    """Each merger with the SHA-256 of every report of the receiving unit that holds what the merged one reported.

    A report that has rows of its organisations holds it; of a unit without organisations there is nothing to be seen,
    and any report does.
    """
    reports = _by_unit(accepted)
    for merger in with_successors(mergers):
        own = frozenset().union(*(report.organisations for report in reports[merger.unit]))
        for report in reports[merger.into]:
            if not own or own & report.organisations:
                yield merger, report.sha256


def _by_unit(accepted: Iterable[Accepted]) -> Mapping[str, list[Accepted]]:
    reports: defaultdict[str, list[Accepted]] = defaultdict(list)
    for report in accepted:
        reports[report.unit].append(report)
    return reports
