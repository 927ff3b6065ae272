"""`tonghop watch`: the night's own stages for each file as it lands, and the consolidated workbooks in quiet moments.

Whatever happens, the next look finds what is left to do: the inbox itself says so. So events only save waiting.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from pipelines.clock import now
from pipelines.dataset import DatasetInUse
from pipelines.intake import Held, Inbox, ReaderStopped, Steadiness, Waiting, kept_warm
from pipelines.nightly import Kept, Night, Request, sweep_up
from pipelines.plans import Plans, UnknownName
from pipelines.shelf import Shelf
from pipelines.store import WATCHING, Busy, Home, run_lock, watch_lock
from pipelines.watching.telling import Spoken, told
from pipelines.watching.waking import Waker
from schemas.control import CONTROL_ROUND, control_id

_SOON = 1.0
"""Seconds until the next look where something is about to be ready: a held file, a lock, the end of a burst."""
_TROUBLED = 5.0
"""Seconds until the next try after a fault of the machine: a full disk, a share that is away."""
_AT_ONCE = 12
"""Files in one batch: of a hundred that land together, the first are answered before the last are read."""
_POLLED_FOR = 0.3
"""Seconds that even a closed zip must stand unchanged where nobody tells of changes."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the inbox is looked at without being asked, and how long it must be quiet before workbooks are written.

    Both in seconds; `publish_after` 0: workbooks are left to `tonghop run`.
    """

    every: float = 30.0
    publish_after: float = 60.0


class Watch:
    """One watch over a home's inbox.

    `say` is told lines (Vietnamese); `sentence` turns a fault into the operator's sentence, or None where it is a
    programming fault, which is raised.
    """

    def __init__(
        self,
        home: Home,
        pace: Pace,
        waker: Waker,
        stop: Event,
        say: Callable[[str], None],
        sentence: Callable[[Exception], str | None],
    ) -> None:
        self._home, self._pace, self._waker, self._stop = home, pace, waker, stop
        self._say, self._sentence = say, sentence
        self._kept = Kept(Shelf(), Steadiness(_POLLED_FOR if waker.polls else 0.0))
        self._spoken = Spoken(say)
        self._left: dict[Path, _Mark] = {}
        self._unpublished: set[tuple[str, str]] = set()
        self._next_look = self._quiet_since = 0.0
        self._woken = self._held_back = False
        self._owed = True

    def run(self, begun: Callable[[], None]) -> None:
        """Watches until `stop` is set; `begun` is called once it does. Raises Busy where another has this inbox."""
        with watch_lock(self._home), kept_warm():
            begun()
            self._guarded(self._begin)
            while not self._stop.is_set():
                self._guarded(self._look)
                self._guarded(self._publish_in_quiet)
                if not self._stop.is_set():
                    self._woken = self._waker.wait(self._until_next())

    def _begin(self) -> None:
        """Loads the plans; a watch that was killed may have left workbooks unwritten, and files half written."""
        rounds = Plans(self._home, self._kept.shelf).rounds(None, None)
        self._unpublished = {(plan.id, round_.id) for plan, round_ in rounds}
        self._quiet_since = time.monotonic()
        with run_lock(self._home, WATCHING, brief=True):
            sweep_up(self._home)

    def _guarded(self, step: Callable[[], None]) -> None:
        """A step whose faults are said once and met again later: nothing but a programming fault ends a watch."""
        try:
            step()
        except ReaderStopped:
            self._troubled("Tiến trình đọc tệp bị dừng từ bên ngoài.", _SOON)
        except Exception as fault:
            sentence = self._sentence(fault)
            if sentence is None:
                raise
            self._troubled(sentence, _SOON if isinstance(fault, Busy | DatasetInUse) else _TROUBLED)

    def _troubled(self, sentence: str, pause: float) -> None:
        if not self._stop.is_set():
            self._spoken.trouble(f"{sentence} Vẫn theo dõi và tự thử lại.")
            self._next_look = time.monotonic() + min(pause, self._pace.every)
            self._quiet_since = time.monotonic()

    def _look(self) -> None:
        """Answers what is ready, if that is more than was left lying at the last look; everything at a regular one."""
        regular = time.monotonic() >= self._next_look
        found, held = self._see()
        self._held_back = not all(one.forgotten for one in held)
        due = found if regular else self._new(found)
        if regular:
            self._spoken.all_looked_at_again()
        for start in range(0, len(due), _AT_ONCE):
            if not self._stop.is_set():
                held += self._answer(due[start : start + _AT_ONCE])
        there = {file.path: _mark(file) for file in (self._see()[0] if due else found)}
        self._left = {file.path: _mark(file) for file in found if there.get(file.path) == _mark(file)}
        if regular:
            self._next_look = time.monotonic() + self._pace.every
            self._spoken.trouble("")
        self._spoken.held(self._home.inbox, held, self._left)

    def _new(self, found: Sequence[Waiting]) -> list[Waiting]:
        """What did not lie there at the end of the last look, or not so."""
        return [file for file in found if self._left.get(file.path) != _mark(file)]

    def _see(self) -> tuple[list[Waiting], list[Held]]:
        """What lies in the inbox, without touching anything. Raises OSError where it cannot be looked into."""
        with os.scandir(self._home.inbox):
            pass
        return Inbox(self._home, now(), self._kept.steadiness).look()

    def _answer(self, files: Sequence[Waiting]) -> Sequence[Held]:
        """The night's stages up to the answers, for these files; returns what was held back."""
        with run_lock(self._home, WATCHING, brief=True):
            only = frozenset(file.path for file in files)
            night = Night(Request(self._home), kept=self._kept, only=only, owed=self._owed)
            self._owed = True  # until this batch is through
            with night.one_dataset() as connection:
                for stage in Night.ANSWERING:
                    getattr(night, stage)()
                lines = list(told(connection, self._home, night.taken))
            self._owed = False
        self._spoken.answers(lines)
        self._spoken.faulty(night.outcome.faulty_plans)
        active = {(plan.id, round_.id) for plan, round_ in night.rounds}
        self._unpublished |= {(plan, round_) for plan, round_ in active if _has_news(night, plan, round_)}
        self._quiet_since = time.monotonic()
        return night.taken.held

    def _publish_in_quiet(self) -> None:
        """Consolidates the rounds that have news, one at a time, and only while no file waits."""
        if not self._pace.publish_after or time.monotonic() < self._publish_at():
            return
        for plan_id, round_id in sorted(self._unpublished):
            if self._stop.is_set() or self._new(self._see()[0]):
                return
            try:
                self._publish(plan_id, round_id)
            except UnknownName as gone:  # the plan was edited since
                self._say(str(gone))
            self._unpublished.discard((plan_id, round_id))

    def _publish(self, plan_id: str, round_id: str) -> None:
        with run_lock(self._home, f"{WATCHING}, ghi bảng tổng hợp", brief=True):
            night = Night(Request(self._home, plan_id, round_id), kept=self._kept)
            with night.one_dataset():
                for stage in Night.PUBLISHING:
                    getattr(night, stage)()
        folder = self._home.round_folder(plan_id, round_id)
        for path in (p for p in night.outcome.published if p.parent == folder and p.suffix == ".xlsx"):
            beside = " (bản cũ đang có người mở nên ghi bên cạnh)" if path in night.outcome.diverted else ""
            self._say(f"Đã ghi bảng tổng hợp: {path.relative_to(self._home.root).as_posix()}{beside}")

    def _publish_at(self) -> float:
        return self._quiet_since + self._pace.publish_after

    def _until_next(self) -> float:
        times = [self._next_look]
        if self._woken or self._held_back:
            times.append(time.monotonic() + _SOON)
        if self._unpublished and self._pace.publish_after:
            times.append(self._publish_at())
        return max(0.01, min(times) - time.monotonic())


def _has_news(night: Night, plan_id: str, round_id: str) -> bool:
    """Whether a report of the round was taken in, or a control workbook, which concerns every round of its plan."""
    taken = {(s.identity.plan, s.identity.round) for s, _ in night.taken.submissions}
    return bool(taken & {(plan_id, round_id), (control_id(plan_id), CONTROL_ROUND)})


_Mark = tuple[int, int, str]


def _mark(file: Waiting) -> _Mark:
    """By what a file that was left lying is known again."""
    return (file.size, file.mtime_ns, file.fault.message if file.fault else "")
