"""The moments at which a run may be killed, named, so that a test can kill a real process at each of them.

`TONGHOP_FAULT=<point>[:<n>[:<what>]]` arms one: the n-th time (1) a process passes it, it is killed as by a power cut
(`kill`), or met by a full disk (`disk`). Without the variable a point costs one comparison and does nothing.
"""

from __future__ import annotations

import errno
import os
import signal
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
    DATASET_COPIED = "publishing.dataset-copied"
    ASIDE = "letters.set-aside"
    PUBLISHED = "night.published"
    WITHDRAWN = "withdraw.noted"
    REBUILT_BESIDE = "rebuild.beside"
    KEY_BESIDE = "key.beside"
    BACKUP_BESIDE = "backup.beside"
    RESTORED_BESIDE = "restore.beside"
    RESTORED_HALF = "restore.half"


_armed, _, _rest = os.environ.get(VARIABLE, "").partition(":")
_left = int(_rest.partition(":")[0] or 1)
_what = _rest.partition(":")[2] or "kill"


def reached(point: FaultPoint) -> None:
    """Says that a point is passed. Where it is armed, the process ends, or OSError (no space left) is raised."""
    global _left  # noqa: PLW0603 - one process, one count
    if point != _armed:
        return
    _left -= 1
    if _left != 0:
        return
    if _what == "disk":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
