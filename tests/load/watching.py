"""A real `tonghop watch` over an inbox into which a crowd is dropped."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.answers import RECEIPTS, UNREADABLE
from pipelines.store import Home
from tests.load.dropped import Crowd, drop_into
from tests.load.hostile import SLOW
from tests.load.measured import Peaks, watched_over
from tests.watches import Watching

_PATIENCE = 150.0
"""Seconds without any answer after which a watch is given up."""


@dataclass(frozen=True)
class Watched:
    """Seconds until the first answer, until there were as many as files that seem whole, and until the last.

    A file that seems to be half copied is left alone for a minute. Besides: processor seconds, and memory.
    """

    first: float
    whole: float
    last: float
    cpu: float
    peaks: Peaks


def watch_observed(home: Home, crowd: Crowd, tell: Callable[[str, int, int], None]) -> Watched:
    """Starts a watch, drops the crowd, waits for the last answer, and stops the watch.

    It is given up where there was no new answer for a long time; the checks then say what is missing.
    """
    before = os.times()
    watch = Watching(home, "--publish-after", "0")
    try:
        watch.hears("Đang theo dõi hộp nhận")
        with watched_over(watch.process.pid) as peaks:
            drop_into(home.inbox, crowd.drops)
            start = changed = time.monotonic()
            slow = sum(drop.kind.removeprefix("hostile: ") in SLOW for drop in crowd.drops)
            first, whole, done = 0.0, 0.0, 0
            while done < len(crowd.drops) and time.monotonic() - changed < _PATIENCE:
                time.sleep(0.1)
                now = _answers(home)
                if now > done:
                    changed, done = time.monotonic(), now
                    first = first or changed - start
                    if done >= len(crowd.drops) - slow:
                        whole = whole or changed - start
                    tell("answered", done, len(crowd.drops))
    finally:
        code = watch.stop(signal.SIGINT)
    after = os.times()
    if code:
        raise ValueError(f"the watch ended with {code}\n{watch.text}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Watched(first, whole, changed - start, cpu, peaks)


def _answers(home: Home) -> int:
    notes = sum(1 for _ in (home.outbox / UNREADABLE).glob("*.txt"))
    return notes + sum(1 for _ in home.outbox.glob(f"*/*/{RECEIPTS}/*/*.xlsx"))
