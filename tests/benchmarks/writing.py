"""Writing a blank template, and a marked copy of a report on the same template: in this process, no reading in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.clock import now
from pipelines.intake import read_one
from pipelines.judging import judge
from pipelines.marked import write_marked_copy
from pipelines.returned import Handback
from pipelines.stamp import Key, load_key
from pipelines.template import write_template
from schemas.finding import Finding
from schemas.submission import Arrival
from tests.benchmarks.desk import MARKS, ROUND, UNIT, Desk


def template_writer(desk: Desk, path: Path) -> Callable[[], None]:
    """Writes the unit's blank template."""
    unit, round_ = desk.plan.unit(UNIT), desk.plan.round(ROUND)
    stamp = _key(desk).stamp(desk.plan.id, ROUND, UNIT, desk.plan.version)
    return lambda: write_template(desk.plan, unit, round_, path, stamp=stamp)


def copy_writer(desk: Desk, path: Path) -> Callable[[], None]:
    """Writes the marked copy of the filled report. Raises ValueError where that has fewer marks than it should."""
    handback = _handback(desk)
    marked = {finding.cell for finding in handback.findings if finding.cell}
    if len(handback.findings) < MARKS or not marked:
        raise ValueError(f"only {len(handback.findings)} findings")
    stamp = _key(desk).stamp(desk.plan.id, ROUND, UNIT, desk.plan.version)
    return lambda: write_marked_copy(handback, path, stamp=stamp)


def _handback(desk: Desk) -> Handback:
    content = desk.file.read_bytes()
    arrival = Arrival("0" * 64, now(), desk.file.name, "")
    reading = read_one(content, arrival, lambda _: desk.plan, _key(desk))
    if reading.submission is None:
        raise ValueError(f"{desk.file} names no unit: {reading.refused}")
    (judged,) = judge(desk.plan, ROUND, [(reading.submission, reading.findings)])
    findings: tuple[Finding, ...] = judged.findings
    round_ = desk.plan.round(ROUND)
    return Handback(desk.plan, round_, desk.plan.unit(UNIT), reading.submission, judged.verdict, findings, round_.due)


def _key(desk: Desk) -> Key:
    key = load_key(desk.home, create=False)
    if key is None:
        raise ValueError("the home has no key")
    return key
