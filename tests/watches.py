"""Watches that tests run: the real command in a process of its own, and one in this process that follows a script."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from pipelines.cli.faults import sentence_of
from pipelines.clock import VARIABLE as CLOCK
from pipelines.store import CHECKOUT, Home
from pipelines.watching import Pace, Watch

PATIENCE = 90.0
"""Seconds after which a test gives up waiting; nothing is asserted about speed."""
EVENING = "2022-05-09T22:00:00+07:00"


class Watching:
    """A `tonghop watch` in a process of its own; `said`: its lines so far."""

    def __init__(self, home: Home, *options: str, dies_after: str | None = None) -> None:
        module = ["tests.mortal_watch", dies_after] if dies_after else ["pipelines"]
        command = [sys.executable, "-m", *module, "--home", str(home.root), "watch", *options]
        environment = {**os.environ, CLOCK: EVENING, "PYTHONUTF8": "1", "PYTHONWARNINGS": "error"}
        self.home = home
        self.said: list[str] = []
        self.process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        self._reading = Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            self.said.extend(iter(lines.readline, ""))

    @property
    def text(self) -> str:
        """Everything it has said."""
        return "".join(self.said)

    def hears(self, words: str, times: int = 1) -> None:
        """Waits until it has said so, that often."""
        self.until(lambda: self.text.count(words) >= times, f"“{words}”")

    def until(self, holds: Callable[[], bool], what: str = "") -> None:
        """Waits until something holds."""
        until(holds, lambda: f"{what}\n{self.text}")

    def ends(self) -> int:
        """Its exit code."""
        code = self.process.wait(PATIENCE)
        self._reading.join(PATIENCE)
        return code

    def stop(self, how: int = signal.SIGINT) -> int:
        """Asks it to stop, as Ctrl-C or a service does; its exit code."""
        self.process.send_signal(how)
        return self.ends()


def until(holds: Callable[[], bool], what: Callable[[], str] = str) -> None:
    """Waits until something holds; fails where it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain for {what()}"
        time.sleep(0.05)


@contextmanager
def watching(home: Home, *options: str, dies_after: str | None = None) -> Iterator[Watching]:
    """A watch that is under way, and gone at the end of the test."""
    watch = Watching(home, *options, dies_after=dies_after)
    try:
        watch.hears("Đang theo dõi hộp nhận")
        yield watch
    finally:
        if watch.process.poll() is None:
            watch.process.kill()
            watch.ends()


class Scripted:
    """A waker that does the next step of a script at each wait, and stops the watch when there is none left."""

    how = "kịch bản"

    def __init__(self, steps: Iterator[Callable[[], object]], stop: Event, *, polls: bool) -> None:
        self.polls = polls
        self._steps, self._stop = steps, stop
        self.waits: list[float] = []

    def wait(self, seconds: float) -> bool:
        """The next step, at once."""
        self.waits.append(seconds)
        step = next(self._steps, None)
        if step is None:
            self._stop.set()
        else:
            step()
        return True


def watched(
    home: Home, *steps: Callable[[], object], every: float = 30.0, publish_after: float = 0.0, polls: bool = False
) -> list[str]:
    """What a watch in this process says that goes through the steps, with a look after each."""
    stop, said = Event(), list[str]()
    waker = Scripted(iter(steps), stop, polls=polls)
    Watch(home, Pace(every, publish_after), waker, stop, said.append, sentence_of).run(lambda: None)
    return said


def copied_slowly(content: bytes, target: Path, pieces: int, pause: float) -> None:
    """Copies into a file piece by piece, closing it after each, as a slow share does."""
    size = -(-len(content) // pieces)
    for start in range(0, len(content), size):
        with target.open("ab") as file:
            file.write(content[start : start + size])
        time.sleep(pause)
