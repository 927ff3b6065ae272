"""The moments at which a run may be killed, named, so that a test can kill a real process at each of them.

`TONGHOP_FAULT=<point>[:<n>[:<what>]]` arms one: the n-th time (1) a process passes it, it is killed as by a power cut
(`kill`), or met by a full disk (`disk`). Without the variable a point costs one comparison and does nothing.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from enum import StrEnum

VARIABLE = "TONGHOP_FAULT"


class FaultPoint(StrEnum):
    """Where. Each names what has just been done, or is half done."""

    BYTES_BESIDE = "archive.bytes-beside"
    BYTES_KEPT = "archive.bytes-kept"
    NOTE_BESIDE = "archive.note-beside"
    PLAN_BESIDE = "archive.plan-beside"
    TAKEN_IN = "night.taken-in"
    JUDGED = "night.judged"
    PINNED = "night.pinned"
    BOOKING = "merge.booking"
    BOOKED = "merge.booked"
    MERGED = "night.merged"
    OUTPUT_BESIDE = "outbox.written-beside"
    OUTPUT_RENAMED = "outbox.renamed"
    OUTPUT_RECORDED = "outbox.recorded"
    COPY_ANSWERED = "answers.copy-written"
    ANSWERED = "night.answered"
    LEAVING = "inbox.leaving"
    LEFT_INBOX = "night.left-inbox"
    CONSOLIDATED = "night.consolidated"
    PUBLISHING = "publishing.file-written"
    TABLES_COPIED = "publishing.tables-copied"
    EDITED_KEPT = "letters.edited-kept"
    ASIDE = "letters.set-aside"
    PUBLISHED = "night.published"
    WITHDRAWAL_BESIDE = "withdraw.beside"
    WITHDRAWN = "withdraw.noted"
    REBUILT_BESIDE = "rebuild.beside"
    KEY_BESIDE = "key.beside"
    BACKUP_BESIDE = "backup.beside"
    RESTORED_BESIDE = "restore.beside"
    RESTORED_HALF = "restore.half"


Passing = Callable[[FaultPoint], None]
"""Told of each point that is passed."""


class Fault:
    """What is to happen at one point, the n-th time it is passed."""

    def __init__(self, told: str) -> None:
        """`told`: as in the variable. Raises ValueError where no point is called so."""
        point, _, rest = told.partition(":")
        number, _, what = rest.partition(":")
        self._point, self._left, self._what = FaultPoint(point), int(number or 1), what or "kill"

    def __call__(self, point: FaultPoint) -> None:
        """Counts a passing. Raises OSError (no space left) where it is armed so; does not return where it kills."""
        self._left -= point is self._point
        if point is not self._point or self._left != 0:
            return
        if self._what == "disk":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


_passing: Passing | None = Fault(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


def arm(passing: Passing | None) -> None:
    """From now on each point that this process passes is told to `passing`."""
    global _passing  # noqa: PLW0603 - the points of a process are the process's
    _passing = passing


def reached(point: FaultPoint) -> None:
    """Says that a point is passed: nothing happens, unless something is armed."""
    if _passing is not None:
        _passing(point)
