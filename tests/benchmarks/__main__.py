"""`python -m tests.benchmarks [--runs N] [--many N]`: measures, prints a table, ends with 1 where a limit is missed.

Everything is measured in turn, run after run, and medians are compared, so that a busy machine slows all alike.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pipelines.clock import VARIABLE as CLOCK
from tests.benchmarks import commands, reading, writing
from tests.benchmarks.desk import NOW, prepare

Seconds = Mapping[str, list[float]]


@dataclass(frozen=True)
class Limit:
    """`what` may cost at most `most` times what `beside` does; seconds, where `beside` is empty. None: only shown."""

    what: str
    beside: str
    most: float | None


LIMITS = (
    Limit("marked copy", "blank template", 3.0),
    Limit("check, cold", "bare imports", 2.5),
    Limit("watch, warm", "", 1.0),
    Limit("watch, warm", "check, cold", 0.5),
    Limit("blank template", "", None),
)


def main() -> int:
    """The benchmarks; 1 where a limit is missed."""
    arguments = _arguments()
    os.environ[CLOCK] = NOW
    with tempfile.TemporaryDirectory(prefix="tonghop-") as folder:
        desk = prepare(Path(folder) / "home")
        seconds: dict[str, list[float]] = {}
        with commands.watch(desk) as drop:
            steps: dict[str, Callable[[], float | None]] = {
                "blank template": writing.template_writer(desk, Path(folder) / "blank.xlsx"),
                "marked copy": writing.copy_writer(desk, Path(folder) / "copy.xlsx"),
                "bare imports": commands.imports,
                "check, cold": commands.check(desk),
                "watch, warm": drop,
            }
            for run in range(arguments.runs + 1):
                for name, step in steps.items():
                    taken = _timed(step)
                    if run:  # the first warms up caches and files
                        seconds.setdefault(name, []).append(taken)
                print(".", end="", flush=True, file=sys.stderr)
        print(file=sys.stderr)
        good = _show(seconds)
        if arguments.many:
            reading.show(desk, arguments.many)
    return 0 if good else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--runs", type=int, default=7, help="how often each is measured (default: 7)")
    parser.add_argument("--many", type=int, default=0, metavar="N", help="besides, N files read and judged at once")
    return parser.parse_args()


def _timed(step: Callable[[], float | None]) -> float:
    start = time.perf_counter()
    told = step()
    return time.perf_counter() - start if told is None else told


def _show(seconds: Seconds) -> bool:
    """Prints the table; whether every limit is kept."""
    if hasattr(os, "getloadavg"):
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, this run among it")
    row = "{:<16}{:>9}  {:<16}{:>9}{:>8}{:>8}  {}"
    print(row.format("", "seconds", "beside", "seconds", "ratio", "limit", ""))
    good = True
    for limit in LIMITS:
        measured = median(seconds[limit.what])
        beside = median(seconds[limit.beside]) if limit.beside else 1.0
        kept = limit.most is None or measured / beside <= limit.most
        good &= kept
        print(
            row.format(
                limit.what,
                f"{measured:.3f}",
                limit.beside or "(one second)",
                f"{beside:.3f}",
                f"{measured / beside:.2f}",
                "" if limit.most is None else f"{limit.most:.2f}",
                "" if limit.most is None else "ok" if kept else "MISSED",
            )
        )
    return good


if __name__ == "__main__":
    sys.exit(main())
