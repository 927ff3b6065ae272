"""Commands in processes of their own that need not start anew: forked from one that has everything imported.

Each is a process like any other: it runs the command line, starts its reading children, and really dies of SIGKILL.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import fault_points
from pipelines.clock import VARIABLE as CLOCK
from pipelines.fault_points import Fault, FaultPoint
from pipelines.store import CHECKOUT, Home


@dataclass(frozen=True)
class Ended:
    """How a command ended: `code`, or the negative number of the signal that killed it; the points it passed."""

    code: int
    said: str
    seconds: float
    passed: Mapping[str, int]

    @property
    def killed(self) -> bool:
        """Whether it died of SIGKILL."""
        return self.code == -signal.SIGKILL


class Stable:
    """Runs commands, one at a time, each in a fork of a process that is kept ready."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crashes.stable"],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, home: Home, *arguments: str, now: str, fault: str = "", kill_after: float | None = None) -> Ended:
        """Runs a command to its end. `fault`: as `TONGHOP_FAULT` says it; `kill_after`: seconds."""
        told = {"home": str(home.root), "arguments": arguments, "now": now, "fault": fault, "kill_after": kill_after}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """Ends the process that is kept ready."""
        self._process.communicate()


@contextmanager
def stable() -> Iterator[Stable]:
    """A stable that is closed at the end."""
    kept = Stable()
    try:
        yield kept
    finally:
        kept.close()


class _Counted:
    """Writes down each point that is passed, then lets the fault happen."""

    def __init__(self, path: Path, fault: str) -> None:
        self._path, self._fault = path, Fault(fault) if fault else None

    def __call__(self, point: FaultPoint) -> None:
        with self._path.open("a", encoding="ascii") as file:
            file.write(f"{point.value}\n")
        if self._fault is not None:
            self._fault(point)


def _command(told: Mapping[str, Any], said: Path, passed: Path) -> None:
    """In the fork: becomes the command. Does not return."""
    from pipelines.__main__ import main

    with said.open("wb") as file, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ[CLOCK] = told["now"]
    fault_points.arm(_Counted(passed, told["fault"]))
    sys.argv = ["tonghop", "--home", told["home"], *told["arguments"]]
    code: object = 70
    try:
        main()
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)


def _carried_out(told: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    said, passed = folder / "said.txt", folder / "passed.txt"
    for path in (said, passed):
        path.write_bytes(b"")
    begun = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _command(told, said, passed)
    status = _waited(pid, told["kill_after"])
    return {
        "code": os.waitstatus_to_exitcode(status),
        "said": said.read_text(encoding="utf-8", errors="replace"),
        "seconds": time.monotonic() - begun,
        "passed": Counter(passed.read_text(encoding="ascii").split()),
    }


def _waited(pid: int, kill_after: float | None) -> int:
    if kill_after is not None:
        end = time.monotonic() + kill_after
        while time.monotonic() < end:
            gone, status = os.waitpid(pid, os.WNOHANG)
            if gone:
                return status
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def main() -> None:
    """Imports what commands need, and carries them out as they are told, a line each."""
    from pipelines.cli import control, keeping, key, work  # noqa: F401

    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            print(json.dumps(_carried_out(json.loads(line), Path(folder))), flush=True)


if __name__ == "__main__":
    main()
