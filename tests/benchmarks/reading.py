"""Reading and judging many files at once, against one: what a file costs in a full night."""

from __future__ import annotations

import hashlib
import time

from pipelines.clock import now
from pipelines.intake import read_files
from pipelines.judging import judge
from pipelines.stamp import load_key
from schemas.submission import Arrival
from tests.benchmarks.desk import ROUND, Desk


def show(desk: Desk, many: int) -> None:
    """Prints the cost of one file alone, and of each of many."""
    alone, together = _seconds(desk, 1), _seconds(desk, many)
    print(f"\nread and judged: 1 file {alone:.3f} s; {many} files {together:.3f} s, {together / many:.3f} s a file")


def _seconds(desk: Desk, files: int) -> float:
    contents = [desk.variant(number) for number in range(files)]
    arrivals = [Arrival(hashlib.sha256(content).hexdigest(), now(), "bao-cao.xlsx", "") for content in contents]
    key = load_key(desk.home, create=False)
    start = time.perf_counter()
    readings = read_files(list(zip(contents, arrivals, strict=True)), lambda _: desk.plan, key)
    batch = [(reading.submission, reading.findings) for reading in readings if reading.submission is not None]
    judged = judge(desk.plan, ROUND, batch)
    if len(judged) != files:
        raise ValueError(f"{len(judged)} of {files} files were judged")
    return time.perf_counter() - start
