"""What must hold after a crowd was answered. Every miss is a sentence; none: nothing was lost, nothing got in."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from pipelines.answers import RECEIPTS, UNREADABLE
from pipelines.archive import Archive
from pipelines.dataset import open_dataset, quoted, read, stored_fields
from pipelines.demo.figures import Value
from pipelines.store import Home
from schemas.plan import NO, YES, Plan, Sheet
from tests.load.dropped import Crowd, Drop

MOST_SAID = 20
Check = Callable[[Home, Crowd, Mapping[str, Any]], Iterator[str]]


def misses(home: Home, crowd: Crowd, said: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong, by the name of the check. `said`: what `status --json` says of each plan."""
    return {name: list(check(home, crowd, said)) for name, check in CHECKS.items()}


def _answered(home: Home, crowd: Crowd, _: Mapping[str, Any]) -> Iterator[str]:
    """Each file has an answer of its own that names it: a receipt, or a note."""
    answers = _answers(home)
    for drop in crowd.drops:
        start = (RECEIPTS, drop.unit) if drop.report else (UNREADABLE, "")
        found = [path for path in answers[start] if _is_of(path, drop)]
        if len(found) != 1:
            yield f"{drop.name} ({drop.kind}): {len(found)} answers"
        elif not _names(found[0], drop):
            yield f"{drop.name}: {found[0].name} does not name it"
    extra = sum(map(len, answers.values())) - len(crowd.drops)
    if extra:
        yield f"{extra} answers more than files"


def _answers(home: Home) -> Mapping[tuple[str, str], list[Path]]:
    """Every receipt and every note, by kind and unit."""
    answers: defaultdict[tuple[str, str], list[Path]] = defaultdict(list)
    for path in home.outbox.glob(f"*/*/{RECEIPTS}/*/*.xlsx"):
        answers[RECEIPTS, path.parent.name].append(path)
    answers[UNREADABLE, ""] += (home.outbox / UNREADABLE).glob("*.txt")
    return answers


def _is_of(path: Path, drop: Drop) -> bool:
    stem = drop.path.stem
    return f" {stem} " in f"{path.name} " and (not drop.archived or drop.sha256[:8] in path.name)


def _names(answer: Path, drop: Drop) -> bool:
    if answer.suffix == ".txt":
        return drop.name in answer.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(answer) as book:
        texts = book.read("xl/sharedStrings.xml").decode("utf-8")
    return escape(drop.name, quote=False) in texts and drop.sha256 in texts


def _archived(home: Home, crowd: Crowd, _: Mapping[str, Any]) -> Iterator[str]:
    """The archive holds the bytes of every file that could be taken in, and has booked each of its arrivals."""
    archive = Archive(home.archive)
    for drop in (d for d in crowd.drops if d.archived):
        try:
            content, note = archive.bytes_of(drop.sha256), archive.note(drop.sha256)
        except KeyError:
            yield f"{drop.name} ({drop.kind}): not in the archive"
            continue
        if hashlib.sha256(content).hexdigest() != drop.sha256:
            yield f"{drop.name}: other bytes in the archive"
        if sum((a.source_name, a.folder) == (drop.name, drop.folder) for a in note.arrivals) != 1:
            yield f"{drop.name}: not booked once, as it came"
    kept = sum(len(note.arrivals) for note in archive.notes())
    wanted = sum(drop.archived for drop in crowd.drops)
    if kept != wanted:
        yield f"{kept} arrivals are booked, {wanted} files came"


def _inbox_empty(home: Home, crowd: Crowd, _: Mapping[str, Any]) -> Iterator[str]:
    """Nothing is left but what cannot be taken in, and a file without a byte that is only a minute old."""
    left = {p.name for p in home.inbox.rglob("*") if p.is_symlink() or not p.is_dir()}
    may = {d.name for d in crowd.drops if not d.archived or d.sha256 == hashlib.sha256().hexdigest()}
    must = {d.name for d in crowd.drops if not d.archived}
    yield from (f"{name} is left in the inbox" for name in sorted(left - may))
    yield from (f"{name} has left the inbox, and no archive has it" for name in sorted(must - left))


def _verdicts(home: Home, crowd: Crowd, _: Mapping[str, Any]) -> Iterator[str]:
    """Each report got the verdict it was made for; nothing else got one."""
    with open_dataset(home.dataset, read_only=True) as connection:
        booked = {row["sha256"]: row for row in read(connection, "SELECT sha256, unit, verdict FROM submissions")}
        coded = read(connection, "SELECT sha256, code FROM findings ORDER BY sha256, position")
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for row in coded:
        codes[row["sha256"]].append(row["code"])
    for drop in (d for d in crowd.drops if d.report):
        row = booked.pop(drop.sha256, None) or {"verdict": None, "unit": drop.unit, "twin": True}
        if "twin" not in row and (row["verdict"], row["unit"]) != (drop.verdict, drop.unit):
            yield f"{drop.name} ({drop.kind}): {row['verdict']} of {row['unit']}, {Counter(codes[drop.sha256])}"
    named = {d.sha256 for d in crowd.drops if d.report}
    yield from (f"{sha[:12]}: a verdict for nobody's report" for sha in booked if sha not in named)
    missing = named - {d.sha256 for d in crowd.drops if d.report and d.sha256 not in named}
    del missing


CHECKS: Mapping[str, Check] = {}
