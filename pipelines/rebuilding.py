"""The dataset again, from the archive alone: every verdict under the plan version it was first given under."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from pipelines.archive import Archive, Note
from pipelines.clock import now
from pipelines.comparing import compare, versions_of
from pipelines.dataset import Connection, open_dataset, put_in_place
from pipelines.decided import put_in_force
from pipelines.fault_points import FaultPoint, reached
from pipelines.intake import read_archived
from pipelines.judging import judge
from pipelines.merge import book_unusable, book_withdrawals, merge
from pipelines.plans import Plans
from pipelines.stamp import Key, load_key
from pipelines.store import Home
from schemas.finding import Finding
from schemas.judged import Judged
from schemas.plan import Plan
from schemas.submission import Submission

Batches = defaultdict[tuple[str, str, str], list[tuple[Submission, Sequence[Finding]]]]
Told = Callable[[int, int], None]


def rebuild(home: Home, plans: Plans, progress: Told) -> int:
    """Writes a new dataset beside the old one and puts it in its place; returns how many files it read.

    What has its verdict is read again under the plan version pinned then; after it, under the plans as the office's
    decisions put them in force, what a run that died has left without one. The caller holds the run lock. Raises
    ArchiveDamaged, UnknownName (a plan version is gone), DatasetInUse or OSError.
    """
    archive = Archive(home.archive)
    notes = archive.notes()
    fresh = home.dataset.with_suffix(".new")
    for leftover in (fresh, fresh.with_name(fresh.name + ".wal")):
        leftover.unlink(missing_ok=True)
    pinned = [note for note in notes if note.plan_version is not None]
    others = [note for note in notes if note.plan_version is None]
    with open_dataset(fresh) as connection:
        book_withdrawals(connection, ((n.sha256, w.at, w.reason) for n in notes for w in n.withdrawals))
        _read_again(home, connection, plans, pinned, lambda n, _: progress(n, len(notes)))
        put_in_force(plans, connection, now())
        _read_again(home, connection, plans, others, lambda n, _: progress(len(pinned) + n, len(notes)))
    reached(FaultPoint.REBUILT_BESIDE)
    put_in_place(fresh, home.dataset)
    return len(notes)


def _read_again(home: Home, connection: Connection, plans: Plans, notes: Sequence[Note], progress: Told) -> None:
    """Reads, judges and books archived files."""
    if not notes:
        return
    archive = Archive(home.archive)
    key = load_key(home, create=False) or Key.unknown()
    submissions, refused = read_archived(archive, notes, plans.find, plans.kept, key, progress)
    batches: Batches = defaultdict(list)
    for submission, findings in submissions:
        plan = _judged_under(archive.note(submission.sha256), submission, plans, archive)
        batches[plan.id, plan.version, submission.identity.round].append((submission, findings))
    judged: list[tuple[Plan, Judged]] = []
    for (plan_id, version, round_id), batch in batches.items():
        plan = plans.kept(plan_id, version)
        judged += [(plan, one) for one in judge(plan, round_id, batch)]
    since = {note.sha256: note.since for note in notes}
    compared = compare(connection, judged, since.__getitem__)
    for plan in versions_of(judged):
        own = [one for one in compared if (one.submission.identity.plan, one.plan_version) == (plan.id, plan.version)]
        merge(connection, plan, own)
    book_unusable(connection, refused)


def _judged_under(note: Note, submission: Submission, plans: Plans, archive: Archive) -> Plan:
    """The version its verdict was given under; for a file that has none yet, the present one, from now on."""
    if note.plan_version is not None:
        return plans.kept(submission.identity.plan, note.plan_version)
    plan = plans.get(submission.identity.plan)
    plans.keep(plan)
    archive.pin_plan(note.sha256, plan.version)
    return plan
