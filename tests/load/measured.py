"""Runs the real program beside a watchman who reads how much memory it and its children take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from pipelines.clock import VARIABLE as CLOCK
from pipelines.store import CHECKOUT, Home
from tests.load.observed import memory

EVENING = "2022-05-09T22:00:00+07:00"
_EVERY = 0.1
MIB = 1024 * 1024


@dataclass
class Peaks:
    """The most that was seen, in bytes: of the program, of any one child, of all children together, of everything.

    Every figure counts resident pages; what processes share is counted in each. All are 0 where nobody tells.
    """

    parent: int = 0
    child: int = 0
    children: int = 0
    together: int = 0
    living: int = 0

    def look(self, pid: int) -> None:
        """Takes one look at a process and its descendants."""
        own, below = memory(pid), [memory(child) for child in _descendants(pid)]
        now = sum(one.get("VmRSS", 0) for one in below)
        self.parent = max(self.parent, own.get("VmRSS", 0))
        self.child = max([self.child, *(one.get("VmHWM", 0) for one in below)])
        self.children, self.living = max(self.children, now), max(self.living, len(below))
        self.together = max(self.together, now + own.get("VmRSS", 0))


@contextmanager
def watched_over(pid: int) -> Iterator[Peaks]:
    """The peaks of a process while this is open."""
    peaks, stop = Peaks(), Event()

    def look() -> None:
        while not stop.wait(_EVERY):
            peaks.look(pid)

    watchman = Thread(target=look, daemon=True)
    watchman.start()
    try:
        yield peaks
    finally:
        stop.set()
        watchman.join()


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from _descendants(child)


@dataclass(frozen=True)
class Ran:
    """One night as it ran. `cpu`: seconds of the program and of its children, by the system's own account."""

    code: int
    said: str
    seconds: float
    cpu: float
    peaks: Peaks
    stages: Sequence[dict[str, Any]] = field(default_factory=tuple)


def run_night_observed(home: Home, figures: Path, *options: str) -> Ran:
    """`tonghop run --direct` in a process of its own; its stages are measured in there."""
    figures.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.load.observed", str(figures), "--home", str(home.root), "run", "--direct"]
    command += options
    before, start = os.times(), time.monotonic()
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        with watched_over(process.pid) as peaks:
            said = process.stdout.read()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    lines = figures.read_text(encoding="utf-8").splitlines() if figures.is_file() else []
    stages = tuple(json.loads(line) for line in lines)
    for stage in stages:
        peaks.parent = max(peaks.parent, stage["peak"])
    return Ran(process.returncode, said, time.monotonic() - start, cpu, peaks, stages)


def ask(home: Home, *arguments: str) -> Any:
    """What a command of the program says in JSON. Raises ValueError where it fails."""
    command = [sys.executable, "-m", "pipelines", "--home", str(home.root), *arguments, "--json"]
    ran = subprocess.run(
        command, cwd=CHECKOUT, env=environment(), capture_output=True, encoding="utf-8", check=False, timeout=600
    )
    if ran.returncode:
        raise ValueError(f"{' '.join(arguments)}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}")
    return json.loads(ran.stdout)


def environment() -> dict[str, str]:
    """The clock stands in the evening before the round is due."""
    return {**os.environ, CLOCK: EVENING, "PYTHONUTF8": "1", "PYTHONWARNINGS": "error"}
