"""A second process, which runs commands of the real command line when it is told to, one after another.

It starts once for many tests. It can be stopped (SIGSTOP) in the middle of a command, at one of the points of
`pipelines.fault_points`, and sent on; or killed there, as by a power cut.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import dataset_file, fault_points
from pipelines.clock import VARIABLE as CLOCK
from pipelines.fault_points import FaultPoint
from pipelines.store import CHECKOUT, Home
from tests.watches import until


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


class SecondProcess:
    """The process, and the command it is at."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.second_process"],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONWARNINGS": "error"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    @property
    def pid(self) -> int:
        """Its id."""
        return self.process.pid

    def begin(
        self, home: Home, *arguments: str, now: str, stop_at: FaultPoint | None = None, patience: float | None = None
    ) -> None:
        """Begins a command; returns at once, or when it stands still at `stop_at`.

        `patience`: seconds for which it waits for a dataset that another process has open.
        """
        told = {"home": str(home.root), "arguments": arguments, "now": now, "stop_at": stop_at, "patience": patience}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        if stop_at is not None:
            until(self._stands_still, lambda: f"{arguments} at {stop_at}")

    def goes_on(self) -> None:
        """Sends it on from where it stands still."""
        self.process.send_signal(signal.SIGCONT)

    def ended(self) -> Ended:
        """Waits for the end of the command."""
        assert self.process.stdout is not None
        return Ended(**json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        """Ends it, wherever it stands."""
        self.process.kill()
        self.process.communicate()

    def _stands_still(self) -> bool:
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        assert self.process.poll() is None
        assert self.process.stdout is not None
        if select.select([self.process.stdout], [], [], 0)[0]:
            raise AssertionError(f"it never stood still: {self.ended()}")
        return stat.rpartition(")")[2].split()[0] == "T"


@contextmanager
def second_process() -> Iterator[SecondProcess]:
    """A second process that is gone at the end."""
    other = SecondProcess()
    try:
        yield other
    finally:
        other.close()


class _Standstill:
    """Stops the process the first time it passes a point."""

    def __init__(self, point: str) -> None:
        self._point: str | None = point

    def __call__(self, point: FaultPoint) -> None:
        if point == self._point:
            self._point = None
            os.kill(os.getpid(), signal.SIGSTOP)


def _carried_out(told: Mapping[str, Any]) -> dict[str, Any]:
    from typer.testing import CliRunner

    from pipelines.cli import app

    fault_points.arm(_Standstill(told["stop_at"]) if told["stop_at"] else None)
    dataset_file._PATIENCE = told["patience"] or 5.0
    environment = {"TONGHOP_HOME": told["home"], CLOCK: told["now"]}
    done = CliRunner().invoke(app, told["arguments"], env=environment, prog_name="tonghop")
    unexpected = f"{done.exception!r}" if done.exception and not isinstance(done.exception, SystemExit) else ""
    return {"code": done.exit_code, "stdout": done.stdout, "stderr": done.stderr + unexpected}


def main() -> None:
    """Carries out commands as they are told, a line each, until there are no more."""
    from pipelines.intake import kept_warm

    answers = sys.stdout
    with kept_warm():
        for line in sys.stdin:
            print(json.dumps(_carried_out(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
