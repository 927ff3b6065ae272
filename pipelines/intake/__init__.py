"""The stage that takes files in: archived first, then read in a child process, then told apart by unit and table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipelines.archive import Archive, Note
from pipelines.clock import local_day
from pipelines.intake.arrivals import Changing, Held, Inbox, Steadiness, Waiting, leave_inbox, read_waiting
from pipelines.intake.guard import FILE_LIMIT
from pipelines.intake.identity import PlanOf, folder_fault, identify
from pipelines.intake.isolation import NoReaders, Outcome, Progress, ReaderStopped, kept_warm, read_each
from pipelines.intake.opening import read_named
from pipelines.intake.tables import find_tables
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.submission import Arrival, Identity, RawWorkbook, Submission
from schemas.system_fault import reason_of

if TYPE_CHECKING:
    from pipelines.stamp import Key
    from schemas.plan import Plan

__all__ = [
    "FILE_LIMIT",
    "Held",
    "Inbox",
    "NoReaders",
    "ReaderStopped",
    "Reading",
    "Steadiness",
    "TakenIn",
    "Waiting",
    "kept_warm",
    "leave_inbox",
    "read_archived",
    "read_files",
    "read_named",
    "read_one",
    "take_in",
]

Submitted = tuple[Submission, tuple[Finding, ...]]
Refused = tuple[Arrival, tuple[Finding, ...]]
Known = Mapping[str, tuple[str, str]]
"""The plan and the unit whose report a file is, by SHA-256."""
Kept = Callable[[str, str], "Plan"]
"""A version of a plan as the archive keeps it, by the plan's id and that version."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one file. `submission` None: it names no unit that can be trusted.

    `findings`: on the shape of its tables. `refused`: the arrivals that cannot be used, each with the reason; beside a
    submission these are earlier arrivals of the same bytes, in a wrong folder.
    """

    submission: Submission | None
    findings: tuple[Finding, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """One look at the inbox.

    `arrived`: every file that was archived now, or is owed its answer, in order of arrival, one an inbox file;
    `repeated`: those of them whose bytes had their verdict before. `submissions`: the new files that name their unit,
    with the findings on their tables' shape; `unusable`: arrivals of bytes that do not, or lay in another unit's
    folder, or were refused by a run that died. `refused`: what could not be opened or is past the size limit; it is not
    archived and stays in the inbox, so it is said again at every look. `held`: left for the next run. `files`: what
    `leave_inbox` takes away.
    """

    arrived: tuple[Arrival, ...]
    repeated: tuple[Arrival, ...]
    submissions: tuple[Submitted, ...]
    unusable: tuple[Refused, ...]
    refused: tuple[Refused, ...]
    held: tuple[Held, ...]
    files: Mapping[str, tuple[Waiting, ...]]

    def leave_inbox(self) -> int:
        """Takes the archived files out of the inbox, as the last step of a run; how many went."""
        files = [file for same in self.files.values() for file in same]
        return len(files) - len(leave_inbox(files))


def take_in(
    inbox: Inbox,
    plan_of: PlanOf,
    key: Key | None,
    known: Known | None = None,
    progress: Progress | None = None,
    kept: Kept | None = None,
    owed: Iterable[Note] = (),
) -> TakenIn:
    """Archives every waiting file, then reads those that have no verdict yet (`known`: those that have).

    `owed`: files that a run that died has archived and no more than that; they may be gone from the inbox by now.

    What a run that died had decided stays so: an arrival it refused is refused, and a file whose verdict it had pinned
    is read by that version of the plan (`kept`). `progress` is told how many are read, and of how many. Raises OSError
    where the archive cannot be written.
    """
    archive = Archive(inbox.home.archive)
    known = known or {}
    found, held = inbox.look()
    arrived: list[Arrival] = []
    refused: list[Refused] = []
    notes: dict[str, Note] = {}
    files: dict[str, tuple[Waiting, ...]] = {}
    for file in found:
        put = _put(archive, file, inbox.now)
        if isinstance(put, Held):
            held.append(put)
        elif isinstance(put, Finding):
            refused.append((_nameless(file), (put,)))
        else:
            note, arrival = put
            notes[note.sha256] = note
            arrived.append(arrival)
            files[note.sha256] = (*files.get(note.sha256, ()), file)
    owed = tuple(owed)
    gone = {note.sha256: note for note in owed if note.sha256 not in notes}
    notes |= gone
    arrived = [*(arrival for note in gone.values() for arrival in note.arrivals), *arrived]
    fresh = [note for sha, note in notes.items() if sha not in known and note.eligible]
    submissions, unusable = _sorted_out(_read(archive, fresh, _plans_for(plan_of, kept), key, progress))
    unbooked = {note.sha256 for note in owed}
    before = tuple(
        one for note in notes.values() for one in note.refused() if one[0] in arrived or note.sha256 in unbooked
    )
    unusable = (*before, *unusable)
    settled = {arrival for arrival, _ in unusable}
    again = [a for a in arrived if a not in settled and a != notes[a.sha256].judged]
    unusable = (*unusable, *_misplaced(again, {**known, **_owners(submissions)}, plan_of))
    settled = {arrival for arrival, _ in unusable}
    repeated = tuple(a for a in arrived if a.sha256 in known and a not in settled)
    return TakenIn(tuple(arrived), repeated, submissions, unusable, tuple(refused), tuple(held), files)


def read_archived(
    archive: Archive,
    notes: Iterable[Note],
    plan_of: PlanOf,
    kept: Kept,
    key: Key | None,
    progress: Progress | None = None,
) -> tuple[tuple[Submitted, ...], tuple[Refused, ...]]:
    """Reads archived files again: submissions, and arrivals refused now, in the order of the notes.

    A file whose verdict was given under a plan version is read by that one (`kept`), any other by the present one.
    Its stamp was verified then, and is not again: a rebuild needs no key for it.
    """
    return _sorted_out(_read(archive, list(notes), _plans_for(plan_of, kept), key, progress))


def read_files(
    files: Sequence[tuple[bytes, Arrival]], plan_of: PlanOf, key: Key | None, progress: Progress | None = None
) -> list[Reading]:
    """Reads files that are not archived, in child processes like any other. One reading a file, in order."""
    outcomes = read_each(((arrival.sha256, content) for content, arrival in files), len(files), progress)
    return [
        _reading(outcome, (arrival,), plan_of, key) for (_, outcome), (_, arrival) in zip(outcomes, files, strict=True)
    ]


def read_one(content: bytes, arrival: Arrival, plan_of: PlanOf, key: Key | None) -> Reading:
    """`read_files` for one."""
    return read_files([(content, arrival)], plan_of, key)[0]


def _put(archive: Archive, file: Waiting, seen_at: datetime) -> tuple[Note, Arrival] | Finding | Held:
    """Puts one file into the archive, or says why not."""
    if file.fault is not None:
        return file.fault
    if file.size > FILE_LIMIT:
        size, limit = file.size // 1024**2, FILE_LIMIT // 1024**2
        return say(FindingCode.TOO_LARGE, detail=f"{size} MiB, tối đa {limit} MiB")
    try:
        content = read_waiting(file)
    except Changing:
        return Held(file.path, "tệp vừa thay đổi trong lúc đọc; sẽ nhận ở lần chạy sau")
    except OSError as error:
        return say(FindingCode.NOT_A_FILE, detail=reason_of(error))
    sha = hashlib.sha256(content).hexdigest()
    arrival = Arrival(sha, file.received_at, file.name, file.folder, file.file_time, seen_at)
    note = archive.put(content, arrival)
    return note, note.same(arrival) or arrival


def _owners(submissions: Iterable[Submitted]) -> dict[str, tuple[str, str]]:
    return {s.sha256: (s.identity.plan, s.identity.unit) for s, _ in submissions}


def _misplaced(arrivals: Iterable[Arrival], owners: Known, plan_of: PlanOf) -> Iterator[Refused]:
    """More arrivals of known reports that lay in another unit's folder: whoever put them there has reported nothing."""
    for arrival in arrivals:
        plan_id, unit = owners.get(arrival.sha256, ("", ""))
        plan = plan_of(plan_id) if plan_id else None
        fault = folder_fault(plan, unit, arrival.folder) if plan is not None else None
        if fault is not None:
            yield arrival, (fault,)


def _nameless(file: Waiting) -> Arrival:
    """A file that is not archived has no bytes to be named by: the digest of its place stands in.

    It is met again every night, so its own time names it, even one that a clock ahead of ours gave: one note a thing.
    """
    stand_in = hashlib.sha256(f"{file.folder}/{file.name}".encode()).hexdigest()
    return Arrival(stand_in, file.file_time or file.received_at, file.name, file.folder)


def _plans_for(plan_of: PlanOf, kept: Kept | None) -> Callable[[Note], PlanOf]:
    """By which plans a file is read: the version its verdict is pinned to, else the present one."""

    def plans_for(note: Note) -> PlanOf:
        version = note.plan_version
        return plan_of if version is None or kept is None else lambda plan_id: kept(plan_id, version)

    return plans_for


def _read(
    archive: Archive,
    notes: Sequence[Note],
    plans_for: Callable[[Note], PlanOf],
    key: Key | None,
    progress: Progress | None,
) -> Iterator[Reading]:
    contents = ((note.sha256, archive.bytes_of(note.sha256)) for note in notes)
    by_sha = {note.sha256: note for note in notes}
    for sha, outcome in read_each(contents, len(notes), progress):
        note = by_sha[sha]
        verified = note.plan_version is not None
        yield _reading(outcome, note.eligible, plans_for(note), None if verified else key)


def _reading(outcome: Outcome, arrivals: Sequence[Arrival], plan_of: PlanOf, key: Key | None) -> Reading:
    """Of several arrivals of the same bytes the first in a right folder counts: a misplaced file may be moved."""
    if not isinstance(outcome, RawWorkbook):
        return Reading(None, (), tuple((arrival, outcome) for arrival in arrivals))
    refused: list[Refused] = []
    for arrival in arrivals:
        identity = identify(outcome, plan_of, key, arrival.folder, local_day(arrival.received_at))
        if not isinstance(identity, Identity):
            refused.append((arrival, identity))
            continue
        plan = plan_of(identity.plan)
        assert plan is not None
        found = find_tables(outcome, plan, identity)
        submission = Submission(arrival, identity, found.tables, found.outside, outcome.epoch_1904)
        return Reading(submission, found.findings, tuple(refused))
    return Reading(None, (), tuple(refused))


def _sorted_out(readings: Iterable[Reading]) -> tuple[tuple[Submitted, ...], tuple[Refused, ...]]:
    submissions: list[Submitted] = []
    refused: list[Refused] = []
    for reading in readings:
        refused += reading.refused
        if reading.submission is not None:
            submissions.append((reading.submission, reading.findings))
    submissions.sort(key=lambda s: (s[0].arrival.received_at, s[0].sha256))
    return tuple(submissions), tuple(refused)
