"""The night, once: the stages of a run and their order. The flow, `run --direct` and the demo all run this.

    take_in → judge → merge → answer → leave_inbox → consolidate → publish

A file's bytes are archived before its verdict is booked, its answer is written after that, and only then does it leave
the inbox. Killed anywhere, the next run ends in the same state.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pipelines.answers import Answers
from pipelines.archive import Archive, ArchiveDamaged, refusals_of
from pipelines.clock import earlier, end_of_day, now, past_or_present, today
from pipelines.comparing import compare, versions_of
from pipelines.consolidate import consolidate
from pipelines.controlling import control_path, write_control
from pipelines.dataset import Connection, open_dataset, remove_half_made
from pipelines.decided import decided_words, put_in_force
from pipelines.durable import sweep
from pipelines.fault_points import FaultPoint, reached
from pipelines.governing import decisions_of
from pipelines.intake import Held, Inbox, Steadiness, TakenIn, take_in
from pipelines.judging import judge
from pipelines.key_evidence import stamping_key
from pipelines.losses import losses, noted_in
from pipelines.merge import book_unusable, known_submissions, merge
from pipelines.outbox import Register
from pipelines.owed import book_owed_withdrawal, unbooked
from pipelines.plans import Plans, awaits_plan
from pipelines.publishing import Publisher, day_before
from pipelines.rebuilding import rebuild, sweep_half_built
from pipelines.returned import VERDICT_WORDS
from pipelines.shelf import Shelf
from pipelines.stamp import Key
from pipelines.store import Home, run_lock
from schemas.consolidation import Consolidation
from schemas.control import base_id
from schemas.finding import Finding
from schemas.judged import Judged
from schemas.plan import Plan
from schemas.submission import Submission

Progress = Callable[[str, int, int], None]
"""Told (what is being done, how many are done, how many there are)."""

Batch = list[tuple[Submission, Sequence[Finding]]]


def quiet(what: str, done: int, total: int) -> None:
    """A progress that tells nobody."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to run: all active plans and rounds where none is named; `as_of` None: today.

    `since`: the day from whose end changes are shown; None: the last day before `as_of` that was published.
    """

    home: Home
    plan: str | None = None
    round: str | None = None
    as_of: date | None = None
    since: date | None = None


@dataclass(frozen=True)
class Kept:
    """What a process that runs batch after batch keeps between them: plans, and how long each file has stood still."""

    shelf: Shelf = field(default_factory=Shelf)
    steadiness: Steadiness = field(default_factory=Steadiness)


@dataclass
class Outcome:
    """What a night did, in numbers and paths.

    `decided`: a line (Vietnamese) on each control workbook taken in; `lost`: what the archive has lost, in words.
    `not_taken_in`: of what could not be used, the things that stay in the inbox: they are no files, or too large.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    decided: list[str] = field(default_factory=list)
    not_taken_in: int = 0
    identical: int = 0
    held: list[tuple[str, str]] = field(default_factory=list)
    faulty_plans: list[str] = field(default_factory=list)
    lost: str = ""
    results: list[Consolidation] = field(default_factory=list)
    published: list[Path] = field(default_factory=list)
    diverted: list[Path] = field(default_factory=list)


class Night:
    """One run. Each stage is a method without arguments; what they hand on stays in here.

    Raises UnknownName, PlanFaults, FutureDay or OSError for the operator; whatever a unit sent is never an exception.
    """

    ANSWERING = ("take_in", "judge", "merge", "answer", "leave_inbox")
    PUBLISHING = ("consolidate", "publish")
    STAGES = (*ANSWERING, *PUBLISHING)

    def __init__(
        self,
        request: Request,
        progress: Progress = quiet,
        kept: Kept | None = None,
        only: Container[Path] | None = None,
        *,
        owed: bool = True,
    ) -> None:
        """`only`: the files of the inbox to take in, all where it is None. `owed`: make up for runs that died."""
        self.home = request.home.prepare()
        self.progress = progress
        self.outcome = Outcome()
        self.plans = Plans(self.home, kept.shelf if kept else None)
        self.steadiness, self.only = kept.steadiness if kept else None, only
        self.owed = owed
        self.rounds = self.plans.rounds(request.plan, request.round)
        self.outcome.faulty_plans = list(self.plans.faulty())
        self.moment = now()
        self.as_of = past_or_present(request.as_of or today())
        self.since = earlier(request.since, self.as_of) if request.since else None
        self.register = Register(self.home.outputs, self.home.root)
        self._taken: TakenIn | None = None
        self._judged: list[Judged] = []
        self._judged_under: list[Plan] = []
        self._key: Key | None = None
        self._opened: Connection | None = None

    def take_in(self) -> str:
        """Archives what lies in the inbox, and reads what has no verdict yet. Raises BadKey before any of it."""
        self._key = stamping_key(self.home)
        self._ensure_dataset()
        with self._dataset() as connection:
            self._look_for_losses(connection)
            book_owed_withdrawal(self.home, connection)
            known = known_submissions(connection)
            owed = unbooked(self.home, connection) if self.owed else ()
            put_in_force(self.plans, connection, self.moment)
        inbox = Inbox(self.home, self.moment, self.steadiness, self.only)
        told = lambda n, of: self.progress("Đọc tệp", n, of)  # noqa: E731
        self._taken = take_in(inbox, self.plans.find, self._key, known, told, self.plans.kept, owed)
        self._taken = _without_faulty_plans(self._taken, frozenset(self.outcome.faulty_plans))
        self.outcome.held = [(held.path.name, held.reason) for held in self._taken.held]
        return f"{len(self._taken.arrived)} tệp trong hộp nhận, {len(self._taken.held)} tệp để lại"

    def judge(self) -> str:
        """Verdicts on everything new, under the plans as they are now; the archive keeps what they rested on.

        What a run that died has pinned is judged under that version again, so that the archive goes on saying so.
        “Now” is the beginning of the run: a control workbook among the files changes the units of a plan, and with
        them how reports are read, from the next run on. Dates, extensions and exemptions are no part of a verdict;
        they take effect in this run's consolidation.
        """
        archive = Archive(self.home.archive)
        batches: defaultdict[tuple[str, str, str], Batch] = defaultdict(list)
        for submission, findings in self.taken.submissions:
            plan = self.plans.at(submission.identity.plan, archive.note(submission.sha256).plan_version)
            batches[plan.id, plan.version, submission.identity.round].append((submission, findings))
        judged: list[tuple[Plan, Judged]] = []
        for (plan_id, version, round_id), batch in batches.items():
            plan = self.plans.at(plan_id, version)
            self.plans.keep(plan)
            judged += [(plan, one) for one in judge(plan, round_id, batch)]
        self._judged_under = versions_of(judged)
        with self._dataset() as connection:
            self._judged = compare(connection, judged, lambda sha: archive.note(sha).since)
        for one in self._judged:
            archive.pin_plan(one.submission.sha256, one.plan_version, one.since, one.submission.arrival)
            reached(FaultPoint.PINNED)
        for arrival, findings in self.taken.unusable:
            archive.pin_refusal(arrival.sha256, refusals_of(arrival, findings))
        self.outcome.verdicts = Counter(judged.verdict for judged in self._judged)
        self.outcome.verdicts["unusable"] = len(self.taken.unusable) + len(self.taken.refused)
        self.outcome.not_taken_in = len(self.taken.refused)
        return ", ".join(f"{n} {verdict}" for verdict, n in self.outcome.verdicts.items())

    def merge(self) -> str:
        """Books the verdicts and the accepted rows."""
        with self._dataset() as connection:
            for plan in self._judged_under:
                own = [
                    j for j in self._judged if (j.submission.identity.plan, j.plan_version) == (plan.id, plan.version)
                ]
                merge(connection, plan, own)
            self.outcome.decided = [self._decided(connection, one) for one in self._judged if _of_office(one)]
            book_unusable(connection, self.taken.unusable)
        return f"{sum(j.accepted for j in self._judged)} bản được nhập vào kho"

    def answer(self) -> str:
        """Writes the answer to every file in the inbox: a receipt and, where needed, its marked copy; or a note."""
        taken = self.taken
        unusable = {arrival for arrival, _ in taken.unusable}
        arrivals = [arrival for arrival in taken.arrived if arrival not in unusable]
        with self._dataset() as connection:
            answers = Answers(
                connection, self.plans, self.home, self.register, self.moment, key=self._key, fresh=self._fresh()
            )
            written = answers.write(
                arrivals, taken.unusable, taken.refused, lambda n, of: self.progress("Viết câu trả lời", n, of)
            )
        self.outcome.identical = answers.identical
        self.outcome.published += written
        return f"{len(written)} tệp trả lời"

    def leave_inbox(self) -> str:
        """Takes the answered files out of the inbox: the archive has them."""
        return f"{self.taken.leave_inbox()} tệp đã rời hộp nhận"

    def consolidate(self) -> str:
        """The result tables of every wanted round, as known at the end of the day."""
        with self._dataset() as connection:
            book_owed_withdrawal(self.home, connection)
            for n, (plan, round_) in enumerate(self.rounds):
                self.progress("Tổng hợp", n, len(self.rounds))
                since = self.since or day_before(self.home, plan.id, round_.id, self.as_of)
                self.outcome.results.append(consolidate(connection, plan, round_, self.as_of, since))
        return f"{len(self.outcome.results)} kỳ báo cáo"

    def publish(self) -> str:
        """Writes workbooks, letters, report, page and the published dataset, where they say something new."""
        with self._dataset() as connection:
            publisher = Publisher(connection, self.home, self.register, self.progress)
            for (plan, _), result in zip(self.rounds, self.outcome.results, strict=True):
                written = publisher.publish(plan, result, end_of_day(self.as_of))
                self.outcome.published += [p.path for p in written]
                self.outcome.diverted += [p.path for p in written if p.diverted]
            self._keep_control_workbooks_fresh(connection)
        return f"{len(self.outcome.published)} tệp kết quả"

    def _keep_control_workbooks_fresh(self, connection: Connection) -> None:
        """A control workbook that was written out says what is decided now: sent in again, it would undo nothing."""
        for plan in {plan.id: plan for plan, _ in self.rounds}.values():
            if self._key is not None and control_path(self.home, plan).is_file():
                written = write_control(connection, self.home, plan, self._key, self.register)
                self.outcome.published += [written.path] if written else []

    @property
    def taken(self) -> TakenIn:
        """What the first stage took in. Raises RuntimeError before it has run."""
        if self._taken is None:
            raise RuntimeError("take_in comes first")
        return self._taken

    def _decided(self, connection: Connection, judged: Judged) -> str:
        """A line on a control workbook that got its verdict."""
        submission = judged.submission
        plan = self.plans.base(base_id(submission.identity.plan) or "")
        line = f"Sổ điều hành của kế hoạch {plan.settings.number}, tệp “{submission.arrival.source_name}”: "
        if not judged.accepted:
            return line + f"{VERDICT_WORDS[judged.verdict].lower()}, chưa quyết định nào trong đó có hiệu lực"
        return line + decided_words(decisions_of(connection, plan, submission.sha256))

    def _fresh(self) -> dict[str, Submission]:
        """The submissions that were read in this run."""
        return {judged.submission.sha256: judged.submission for judged in self._judged}

    def _look_for_losses(self, connection: Connection) -> None:
        """What the archive has lost is said every night; a run stops only where there is no archive any more.

        Raises ArchiveDamaged.
        """
        lost = losses(self.home, connection) if self.owed else None
        if not lost:
            return
        if not noted_in(self.home.archive):
            raise ArchiveDamaged(
                f"{self.home.archive} trống, trong khi kho dữ liệu có {len(lost.notes)} tệp đã nhận: gắn lại ổ đĩa "
                "hoặc khôi phục thư mục đó từ bản sao lưu rồi chạy lại"
            )
        self.outcome.lost = lost.sentence

    def _ensure_dataset(self) -> None:
        """The dataset is a cache: where it is gone and the archive is not, it is made again before anything else."""
        remove_half_made(self.home.dataset)
        if not self.home.dataset.exists() and any(self.home.archive.glob("??/*.json")):
            stamping_key(self.home)  # with a wrong key, files without a verdict would be refused
            rebuild(self.home, self.plans, lambda n, of: self.progress("Dựng lại kho dữ liệu", n, of))

    @contextmanager
    def one_dataset(self) -> Iterator[Connection]:
        """The dataset, opened once for all stages that run inside: quicker than once a stage."""
        self._ensure_dataset()
        with open_dataset(self.home.dataset) as connection:
            self._opened = connection
            try:
                yield connection
            finally:
                self._opened = None

    def _dataset(self) -> AbstractContextManager[Connection]:
        return open_dataset(self.home.dataset) if self._opened is None else nullcontext(self._opened)


def _without_faulty_plans(taken: TakenIn, faulty: frozenset[str]) -> TakenIn:
    """Files of a plan whose tables are wrong just now stay in the inbox: it is not the unit that has to mend."""
    waiting = {arrival.sha256 for arrival, findings in taken.unusable if awaits_plan(findings, faulty)}
    reason = "kế hoạch của tệp này đang có lỗi; tệp được xét khi kế hoạch đã sửa"
    return replace(
        taken,
        arrived=tuple(a for a in taken.arrived if a.sha256 not in waiting),
        unusable=tuple(u for u in taken.unusable if u[0].sha256 not in waiting),
        held=(*taken.held, *(Held(file.path, reason) for sha in sorted(waiting) for file in taken.files.get(sha, ()))),
        files={sha: files for sha, files in taken.files.items() if sha not in waiting},
    )


def _of_office(judged: Judged) -> bool:
    """Whether it is a control workbook."""
    return base_id(judged.submission.identity.plan) is not None


_DONE = {
    "take_in": FaultPoint.TAKEN_IN,
    "judge": FaultPoint.JUDGED,
    "merge": FaultPoint.MERGED,
    "answer": FaultPoint.ANSWERED,
    "leave_inbox": FaultPoint.LEFT_INBOX,
    "consolidate": FaultPoint.CONSOLIDATED,
    "publish": FaultPoint.PUBLISHED,
}

Step = Callable[[str, Callable[[], str]], str]
"""Runs one stage, given its name: plainly, or as a Prefect task."""


RUNNING = "tổng hợp"
"""The purpose under which a night holds the store."""


def run_night(request: Request, progress: Progress = quiet, step: Step = lambda _, stage: stage()) -> Outcome:
    """One night under the run lock. Raises Busy where another run goes on, and what `Night` raises."""
    with run_lock(request.home, RUNNING):
        return run_held(request, progress, step)


def sweep_up(home: Home) -> None:
    """Removes what a run that was killed left half written; the caller holds the run lock."""
    for folder in (home.outbox, home.archive):
        sweep(folder)
    sweep(home.store, below=False)
    sweep_half_built(home)


def run_held(request: Request, progress: Progress = quiet, step: Step = lambda _, stage: stage()) -> Outcome:
    """One night, stage after stage; the caller holds the run lock. Raises what `Night` raises."""
    sweep_up(request.home)
    night = Night(request, progress)
    for name in Night.STAGES:
        step(name, getattr(night, name))
        reached(_DONE[name])
    return night.outcome
