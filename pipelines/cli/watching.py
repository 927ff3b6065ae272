"""`tonghop watch`: answers each file as it lands."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from pipelines.cli.faults import sentence_of
from pipelines.clock import now
from pipelines.spoken_text import spoken
from pipelines.store import Home
from pipelines.watching import Pace, Watch
from pipelines.watching.waking import waker_for

_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")


def watch_inbox(*, poll: bool, every: float, publish_after: float) -> None:
    """Watches until Ctrl-C or SIGTERM, then ends after the batch in hand. Raises Busy, OSError, BadClock."""
    home = Home.locate().prepare()
    now()  # a clock that cannot be read is said before anything else
    with _stopped_by_signals() as stop:
        waker = waker_for(home.inbox, stop, poll=poll)
        watch = Watch(home, Pace(every, publish_after), waker, stop, say, sentence_of)
        watch.run(lambda: _welcome(home, waker.how, publish_after))
    say("Đã dừng theo dõi. Tệp còn trong hộp nhận sẽ được nhận ở lần sau.")


def say(line: str) -> None:
    """A line with its moment on standard output; a log that cannot be written does not end a watch."""
    try:
        print(f"{now():%d/%m/%Y %H:%M:%S}  {spoken(line)}", flush=True)
    except BrokenPipeError:  # whoever read our output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, UnicodeError):
        return


def _welcome(home: Home, how: str, publish_after: float) -> None:
    say(f"Đang theo dõi hộp nhận {home.inbox}: {how}.")
    workbooks = f"ghi lại khi hộp nhận yên {publish_after:g} giây" if publish_after else "để lệnh tonghop run ghi"
    say(f"Trả lời nằm trong {home.outbox}; bảng tổng hợp {workbooks}. Dừng: Ctrl+C.")


@contextmanager
def _stopped_by_signals() -> Iterator[Event]:
    """An event that Ctrl-C, SIGTERM and (Windows) Ctrl-Break set; a second one breaks off at once."""
    stop = Event()

    def on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
