"""The dataset again, from the archive alone: every verdict under the plan version it was first given under."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from pipelines.archive import Archive, ArchiveDamaged, Note, refusals_of
from pipelines.clock import now
from pipelines.comparing import compare, versions_of
from pipelines.dataset import Connection, log_of, open_dataset, put_in_place
from pipelines.decided import put_in_force
from pipelines.fault_points import FaultPoint, reached
from pipelines.intake import read_archived
from pipelines.judging import judge
from pipelines.losses import check_before_rebuild
from pipelines.merge import book_unusable, book_withdrawals, merge
from pipelines.plans import Plans, awaits_plan
from pipelines.stamp import BadKey, Key, load_key
from pipelines.store import Home
from schemas.finding import Finding
from schemas.judged import Judged
from schemas.plan import Plan
from schemas.submission import Arrival, Submission

Batches = defaultdict[tuple[str, str, str], list[tuple[Submission, Sequence[Finding]]]]
Told = Callable[[int, int], None]
Refused = Sequence[tuple[Arrival, Sequence[Finding]]]


def rebuild(home: Home, plans: Plans, progress: Told, *, force: bool = False) -> int:
    """Writes a new dataset beside the old one and puts it in its place; returns how many files it rests on.

    Where the archive has lost something that is known, the old one stays; `force`: the loss is put up with.

    What has its verdict is read again under the plan version pinned then; what was refused is refused, unread. After
    it, under the plans as the office's decisions put them in force, what a run that died has left without either. The
    caller holds the run lock. Raises ArchiveDamaged, UnknownName (a plan version is gone), DatasetInUse or OSError.
    """
    if not force:
        check_before_rebuild(home)
    notes = _whole(home) if force else Archive(home.archive).notes()
    undecided = [note for note in notes if not note.is_decided]
    fresh = _beside(home)
    with _empty(fresh) as connection:
        known = len(notes) - len(undecided)
        book_decided(home, connection, plans, notes, lambda n, _: progress(n, len(notes)))
        put_in_force(plans, connection, now())
        _decide(home, connection, plans, undecided, lambda n, _: progress(known + n, len(notes)))
    reached(FaultPoint.REBUILT_BESIDE)
    put_in_place(fresh, home.dataset)
    return len(notes)


def _whole(home: Home) -> tuple[Note, ...]:
    """The notes whose bytes are there, as they were, and those of files that are refused unread."""
    archive = Archive(home.archive)

    def is_there(note: Note) -> bool:
        if note.is_decided and note.plan_version is None:
            return True
        try:
            return bool(archive.bytes_of(note.sha256)) or note.size == 0
        except ArchiveDamaged:
            return False

    return tuple(filter(is_there, archive.notes()))


def rebuild_aside(home: Home, plans: Plans, path: Path, progress: Told) -> int:
    """Writes what the archive has decided into a new dataset at `path`, and nothing else; returns what is undecided.

    Raises what `rebuild` raises.
    """
    notes = Archive(home.archive).notes()
    with _empty(path) as connection:
        book_decided(home, connection, plans, notes, progress)
    return sum(not note.is_decided for note in notes)


def book_decided(home: Home, connection: Connection, plans: Plans, notes: Sequence[Note], progress: Told) -> None:
    """Books what the notes say is decided: withdrawals, refusals, verdicts."""
    book_withdrawals(connection, ((n.sha256, w.at, w.reason) for n in notes for w in n.withdrawals))
    book_unusable(connection, [one for note in notes for one in note.refused()])
    judged, refused = _judged(home, connection, plans, [n for n in notes if n.plan_version is not None], progress)
    _book(connection, judged)
    book_unusable(connection, refused)


def sweep_half_built(home: Home) -> None:
    """Removes what a rebuild that was killed has left beside the dataset. The caller holds the run lock."""
    for leftover in (_beside(home), log_of(_beside(home))):
        leftover.unlink(missing_ok=True)


def _beside(home: Home) -> Path:
    return home.dataset.with_suffix(".new")


def _empty(path: Path) -> AbstractContextManager[Connection]:
    for leftover in (path, log_of(path)):
        leftover.unlink(missing_ok=True)
    return open_dataset(path)


def _decide(home: Home, connection: Connection, plans: Plans, notes: Sequence[Note], progress: Told) -> None:
    """Judges what has no verdict, and has the archive keep it; files of a plan that is faulty just now have to wait.

    Without a key nothing is kept of what is refused: with it, it may be ours.
    """
    archive = Archive(home.archive)
    judged, refused = _judged(home, connection, plans, notes, progress)
    for plan, one in judged:
        plans.keep(plan)
        archive.pin_plan(one.submission.sha256, plan.version, one.since, one.submission.arrival)
    _book(connection, judged)
    faulty = plans.faulty().keys()
    refused = [(arrival, findings) for arrival, findings in refused if not awaits_plan(findings, faulty)]
    if refused and load_key(home, create=False) is not None:
        for arrival, findings in refused:
            archive.pin_refusal(arrival.sha256, refusals_of(arrival, findings))
    book_unusable(connection, refused)


def _judged(
    home: Home, connection: Connection, plans: Plans, notes: Sequence[Note], progress: Told
) -> tuple[list[tuple[Plan, Judged]], Refused]:
    """Reads, judges and compares archived files; what is refused of them."""
    if not notes:
        return [], ()
    key = _key(home, notes)
    submissions, refused = read_archived(Archive(home.archive), notes, plans.find, plans.kept, key, progress)
    by_sha = {note.sha256: note for note in notes}
    batches: Batches = defaultdict(list)
    for submission, findings in submissions:
        plan = _plan_of(by_sha[submission.sha256], submission, plans)
        batches[plan.id, plan.version, submission.identity.round].append((submission, findings))
    judged: list[tuple[Plan, Judged]] = []
    for (plan_id, version, round_id), batch in batches.items():
        plan = plans.at(plan_id, version)
        judged += [(plan, one) for one in judge(plan, round_id, batch)]
    compared = compare(connection, judged, lambda sha: by_sha[sha].since)
    return [(plan, one) for (plan, _), one in zip(judged, compared, strict=True)], refused


def _key(home: Home, notes: Sequence[Note]) -> Key:
    """The key; none is needed for what has its verdict. Raises BadKey."""
    try:
        return load_key(home, create=False) or Key.unknown()
    except BadKey:
        if all(note.plan_version is not None for note in notes):
            return Key.unknown()
        raise


def _plan_of(note: Note, submission: Submission, plans: Plans) -> Plan:
    """The version its verdict was given under; for a file that has none yet, the present one, from now on."""
    plan_id = submission.identity.plan
    return plans.get(plan_id) if note.plan_version is None else plans.kept(plan_id, note.plan_version)


def _book(connection: Connection, judged: Sequence[tuple[Plan, Judged]]) -> None:
    for plan in versions_of(judged):
        merge(connection, plan, [one for p, one in judged if (p.id, p.version) == (plan.id, plan.version)])
