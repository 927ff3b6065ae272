"""What a person waits for: cold commands, and a watch that is warm."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.store import CHECKOUT
from tests.benchmarks.desk import NOW, UNIT, Desk

IMPORTS = "import pandas, pandera.pandas"
_LONGEST = 60.0
_PAUSE = 0.002


def imports() -> None:
    """A Python that imports what checking rests on, and nothing else."""
    _run([sys.executable, "-c", IMPORTS], (0,))


def check(desk: Desk) -> Callable[[], None]:
    """`tonghop check` on the filled report, which is rejected."""
    command = [sys.executable, "-m", "pipelines", "--home", str(desk.home.root), "check", str(desk.file)]
    return lambda: _run(command, (1,))


@contextmanager
def watch(desk: Desk) -> Iterator[Callable[[], float]]:
    """A watch under way that has answered one file; each call drops another: seconds until copy and receipt are there.

    The answer to the one before has been left time to settle. Raises RuntimeError where there is none.
    """
    options = ["--home", str(desk.home.root), "watch", "--publish-after", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "pipelines", *options], cwd=CHECKOUT, env=_environment(), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        numbers = itertools.count()

        def drop() -> float:
            return _answered(desk, desk.variant(next(numbers)), process)

        try:
            drop()
            yield drop
        finally:
            process.terminate()
            process.stdout.close()


def _answered(desk: Desk, content: bytes, process: subprocess.Popen[bytes]) -> float:
    start = time.perf_counter()
    (desk.home.inbox / f"{UNIT}.xlsx").write_bytes(content)
    while len(desk.answers(content)) < 2:
        time.sleep(_PAUSE)
        if time.perf_counter() - start > _LONGEST or process.poll() is not None:
            raise RuntimeError("the watch gave no answer")
    seconds = time.perf_counter() - start
    while (desk.home.inbox / f"{UNIT}.xlsx").exists():
        time.sleep(_PAUSE)
    return seconds


def _run(command: list[str], codes: tuple[int, ...]) -> None:
    done = subprocess.run(command, cwd=CHECKOUT, env=_environment(), capture_output=True, check=False)
    if done.returncode not in codes:
        raise RuntimeError(f"{command}: {done.returncode}\n{done.stderr.decode(errors='replace')}")


def _environment() -> dict[str, str]:
    return {**os.environ, "TONGHOP_NOW": NOW, "PYTHONUTF8": "1", "PYTHONPATH": str(Path(CHECKOUT))}
