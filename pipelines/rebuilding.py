"""The dataset again, from the archive alone: every verdict under the plan version it was first given under."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from pipelines.archive import Archive, Note
from pipelines.comparing import compare
from pipelines.dataset import open_dataset
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


def rebuild(home: Home, plans: Plans, progress: Callable[[int, int], None]) -> int:
    """Writes a new dataset beside the old one and puts it in its place; returns how many files it read.

    The caller holds the run lock. Raises ArchiveDamaged, UnknownName (a plan version is gone) or OSError.
    """
    archive = Archive(home.archive)
    notes = archive.notes()
    fresh = home.dataset.with_suffix(".new")
    for leftover in (fresh, fresh.with_name(fresh.name + ".wal")):
        leftover.unlink(missing_ok=True)
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
    with open_dataset(fresh) as connection:
        book_withdrawals(connection, ((n.sha256, w.at, w.reason) for n in notes for w in n.withdrawals))
        compared = compare(connection, judged, since.__getitem__)
        for plan in {plan.version: plan for plan, _ in judged}.values():
            merge(connection, plan, [one for one in compared if one.plan_version == plan.version])
        book_unusable(connection, refused)
    fresh.replace(home.dataset)
    return len(notes)


def _judged_under(note: Note, submission: Submission, plans: Plans, archive: Archive) -> Plan:
    """The version its verdict was given under; for a file that has none yet, the present one, from now on."""
    if note.plan_version is not None:
        return plans.kept(submission.identity.plan, note.plan_version)
    plan = plans.get(submission.identity.plan)
    plans.keep(plan)
    archive.pin_plan(note.sha256, plan.version)
    return plan
