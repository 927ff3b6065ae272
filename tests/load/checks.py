"""What must hold after a crowd was answered. Every miss is a sentence; none: nothing was lost, nothing got in."""

from __future__ import annotations

import hashlib
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from pipelines.answers import RECEIPTS, UNREADABLE
from pipelines.archive import Archive
from pipelines.dataset import open_dataset, quoted, read, stored_fields
from pipelines.demo.figures import Value
from pipelines.store import Home
from schemas.plan import NO, ROWS, YES, Indicator, Plan, Sheet, Term
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
        rows = read(connection, "SELECT sha256, unit, verdict FROM submissions")
        found = read(connection, "SELECT sha256, string_agg(DISTINCT code, ' ') AS codes FROM findings GROUP BY sha256")
    booked = {row["sha256"]: (row["unit"], row["verdict"]) for row in rows}
    codes = {row["sha256"]: row["codes"] for row in found}
    wanted = {drop.sha256: (drop.unit, drop.verdict) for drop in crowd.drops if drop.report}
    kinds = {drop.sha256: f"{drop.name} ({drop.kind})" for drop in crowd.drops}
    for sha in sorted(booked.keys() | wanted.keys()):
        if booked.get(sha) != wanted.get(sha):
            yield f"{kinds.get(sha, sha)}: {booked.get(sha)}, not {wanted.get(sha)}; {codes.get(sha, '')}"


def _sentences(home: Home, crowd: Crowd, _: Mapping[str, Any]) -> Iterator[str]:
    """Each hostile file is told just what is wrong with it."""
    with open_dataset(home.dataset, read_only=True) as connection:
        rows = read(connection, "SELECT sha256, source_name, code, message FROM unusable")
    told = {(row["sha256"], row["source_name"]): row for row in rows}
    answers = _answers(home)[UNREADABLE, ""]
    for drop in (d for d in crowd.drops if not d.report):
        row = told.get((drop.sha256, drop.name))
        if drop.archived and (row is None or row["code"] not in drop.codes):
            yield f"{drop.name} ({drop.kind}): {row and row['code']}"
        for path in (path for path in answers if _is_of(path, drop)):
            text = path.read_text(encoding="utf-8-sig")
            if drop.says not in text or (row is not None and row["message"] not in text):
                yield f"{drop.name} ({drop.kind}): {text}"


def _rows(home: Home, crowd: Crowd, _: Mapping[str, Any]) -> Iterator[str]:
    """The dataset holds every accepted report as it was typed, cell for cell, and no row of any other file."""
    with open_dataset(home.dataset, read_only=True) as connection:
        for plan in crowd.plans:
            own = {d.sha256: d for d in crowd.drops if d.plan == plan.id and d.accepted}
            for sheet in plan.sheets:
                stored: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
                for row in read(connection, f"SELECT * FROM {quoted(plan.id)}.{quoted(sheet.id)}"):
                    stored[row["sha256"]][row["organisation"]] = row
                yield from (f"{sheet.id}: a row of {sha[:12]}" for sha in stored if sha not in own)
                for sha, drop in own.items():
                    yield from _differences(plan, sheet, drop, stored[sha])


def _differences(plan: Plan, sheet: Sheet, drop: Drop, stored: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    assert drop.report is not None
    typed = drop.report.sheets.get(sheet.id, {})
    blank = {o.code for o in plan.organisations(plan.unit(drop.unit))} if sheet.kind == "org" else set()
    if stored.keys() - blank != typed.keys() - blank:
        yield f"{drop.name}, {sheet.id}: rows {sorted(stored)}, typed {sorted(typed)}"
    for key, row in stored.items():
        for field in (f for f in stored_fields(sheet) if not f.prefill):
            wanted = _as_stored(typed.get(key, {}).get(field.id))
            if row[field.id] != wanted:
                yield f"{drop.name}, {sheet.id}.{key}.{field.id}: {row[field.id]!r}, typed {wanted!r}"


def _as_stored(value: Value | None) -> Value | bool | None:
    return {YES: True, NO: False}.get(value, value) if isinstance(value, str) else value


def _counting(_: Home, crowd: Crowd, said: Mapping[str, Any]) -> Iterator[str]:
    """Of every unit the right version counts, and of no other unit any."""
    counting = crowd.counting()
    for plan in crowd.plans:
        for unit in said[plan.id]["units"]:
            wanted = counting.get((plan.id, unit["code"]))
            if unit["sha256"] != (wanted and wanted.sha256):
                yield f"{unit['code']}: {unit['state']}, {unit['sha256']} counts, not {wanted and wanted.name}"


def _totals(_: Home, crowd: Crowd, said: Mapping[str, Any]) -> Iterator[str]:
    """What is said of the province and of every unit is the sum of what was typed into the versions that count."""
    for plan in crowd.plans:
        own = {unit: drop for (plan_id, unit), drop in crowd.counting().items() if plan_id == plan.id}
        told = {sheet for drop in own.values() if drop.report for sheet in drop.report.sheets}
        for indicator in (i for i in plan.indicators if i.sheets and i.sheets <= told):
            totals = [t for t in said[plan.id]["indicators"] if t["id"] == indicator.id]
            yield from _wrong(plan, indicator, "all units", totals, list(own.values()))
            cells = {c["unit"]: c for c in said[plan.id]["by_unit"] if c["indicator"] == indicator.id}
            for unit, drop in own.items():
                if drop.report and indicator.sheets <= drop.report.sheets.keys():  # else the unit is not asked
                    yield from _wrong(plan, indicator, unit, [cells[unit]], [drop])


def _wrong(
    plan: Plan, indicator: Indicator, where: str, told: Sequence[Mapping[str, Any]], drops: Sequence[Drop]
) -> Iterator[str]:
    below = _sum(plan, indicator.denominator, drops) - _sum(plan, indicator.denominator_minus, drops)
    wanted = (_sum(plan, indicator.numerator, drops), below if indicator.kind == "rate" else None)
    for one in told:
        if (one["numerator"], one["denominator"]) != wanted:
            yield f"{indicator.id} of {where}: {one['numerator']} of {one['denominator']}, typed {wanted}"


def _sum(plan: Plan, terms: Sequence[Term], drops: Sequence[Drop]) -> int:
    return sum(_typed(plan, term, drop) for term in terms for drop in drops)


def _typed(plan: Plan, term: Term, drop: Drop) -> int:
    """What a file adds to a term: the sum of a count, how often yes was chosen, or how many rows it has."""
    assert drop.report is not None
    rows = drop.report.sheets.get(term.sheet, {})
    if term.field == ROWS:
        org = plan.sheet(term.sheet).kind == "org"
        return len(plan.organisations(plan.unit(drop.unit))) if org else len(rows)
    values = [row.get(term.field) for row in rows.values()]
    return sum(value if isinstance(value, int) else value == YES for value in values)


CHECKS: Mapping[str, Check] = {
    "every file is answered by name": _answered,
    "the archive holds every file": _archived,
    "the inbox is empty": _inbox_empty,
    "verdicts are as made": _verdicts,
    "hostile files get their own sentence": _sentences,
    "accepted rows are as typed": _rows,
    "the right version counts": _counting,
    "totals are the sums of what was typed": _totals,
}
"""By name; each is handed the home, the crowd and what is said of the plans, and yields what is wrong."""
