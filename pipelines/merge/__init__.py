"""Judged submissions → the dataset, in one transaction: who sent what, the verdicts, every accepted row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pyarrow as pa

from pipelines.dataset import Connection, ensure_sheets, insert, read, say_what_is_asked, table_name
from pipelines.fault_points import FaultPoint, reached
from pipelines.merge.rows import declared, placed, reported, sheet_rows
from pipelines.parts import filled_by
from schemas.finding import Finding
from schemas.judged import Judged
from schemas.plan import Plan, Sheet
from schemas.submission import Arrival

__all__ = ["book_unusable", "book_withdrawals", "known_submissions", "known_unusable", "merge", "reported"]


def _texts(*names: str) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in names])


_SUBMISSIONS = _texts(
    *("sha256", "plan", "round", "unit", "received_at", "source_name", "folder", "verdict"),
    *("template_version", "plan_version", "file_time"),
)
_FINDINGS = pa.schema(
    [
        ("sha256", pa.string()),
        ("position", pa.int32()),
        *((name, pa.string()) for name in ("code", "severity", "sheet", "cell", "field", "value", "message", "rule")),
    ]
)


_FILLED = _texts("sha256", "sheet")
_DECLARATIONS = _texts("sha256", "sheet", "declared", "tab", "cell")
_PREDECESSORS = _texts("sha256", "sheet", "since")
_PLACES = pa.schema([*_texts("sha256", "sheet", "tab", "field"), ("col", pa.int32()), ("row", pa.int32())])


def known_submissions(connection: Connection) -> dict[str, tuple[str, str]]:
    """The plan and the unit of every submission that has its verdict, by SHA-256."""
    rows = read(connection, "SELECT sha256, plan, unit FROM submissions")
    return {row["sha256"]: (row["plan"], row["unit"]) for row in rows}


def known_unusable(connection: Connection) -> set[str]:
    """The SHA-256 of every file of which some arrival was refused."""
    return {row["sha256"] for row in read(connection, "SELECT DISTINCT sha256 FROM unusable")}


def merge(connection: Connection, plan: Plan, batch: Sequence[Judged]) -> None:
    """Books the verdicts of one plan's submissions, with all accepted rows: all of the batch or nothing.

    A submission that is booked already is left as it is.
    """
    known = known_submissions(connection)
    fresh = [judged for judged in batch if judged.submission.sha256 not in known]
    if not fresh:
        return
    ensure_sheets(connection, plan)
    with _whole(connection):
        insert(connection, "submissions", pa.Table.from_pylist([_booked(j) for j in fresh], _SUBMISSIONS))
        insert(connection, "findings", pa.Table.from_pylist(list(_listed(fresh)), _FINDINGS))
        insert(connection, "filled", pa.Table.from_pylist(list(_filled(plan, fresh)), _FILLED))
        reached(FaultPoint.BOOKING)
        insert(connection, "predecessors", pa.Table.from_pylist(list(_compared(fresh)), _PREDECESSORS))
        for sheet in plan.sheets:
            _book_sheet(connection, plan, sheet, [j for j in fresh if j.accepted and _fills(plan, sheet, j)])
    reached(FaultPoint.BOOKED)
    say_what_is_asked(connection, plan)


def book_unusable(connection: Connection, refused: Iterable[tuple[Arrival, Sequence[Finding]]]) -> None:
    """Books files that name no unit, with the reason: all of them or none."""
    with _whole(connection):
        for arrival, findings in refused:
            for finding in findings:
                connection.execute(
                    "INSERT OR IGNORE INTO unusable VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        arrival.sha256,
                        arrival.received_at,
                        arrival.source_name,
                        arrival.folder,
                        finding.code.value,
                        finding.message,
                    ],
                )


def book_withdrawals(connection: Connection, withdrawals: Iterable[tuple[str, Any, str]]) -> None:
    """Books withdrawals: (SHA-256, moment, reason)."""
    for withdrawal in withdrawals:
        connection.execute("INSERT OR IGNORE INTO withdrawals VALUES (?, ?, ?)", list(withdrawal))


@contextmanager
def _whole(connection: Connection) -> Iterator[None]:
    """One transaction: committed at the end, or nothing of it where something is raised."""
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        with suppress(Exception):  # a commit that failed on a full disk has left no transaction to roll back
            connection.rollback()
        raise


def _book_sheet(connection: Connection, plan: Plan, sheet: Sheet, accepted: Sequence[Judged]) -> None:
    """The rows of accepted submissions, where their fields stood, and what the whole sheet was declared to be."""
    insert(connection, table_name(plan, sheet), sheet_rows(sheet, accepted))
    insert(connection, "places", pa.Table.from_pylist(list(placed(sheet, accepted)), _PLACES))
    insert(connection, "declarations", pa.Table.from_pylist(list(declared(sheet, accepted)), _DECLARATIONS))


def _fills(plan: Plan, sheet: Sheet, judged: Judged) -> bool:
    filled = filled_by(plan, judged)
    return filled is None or sheet.id in filled


def _filled(plan: Plan, batch: Sequence[Judged]) -> Iterable[dict[str, str]]:
    """The sheets that parts fill; a part that fills none is still no whole report."""
    for judged in batch:
        filled = filled_by(plan, judged)
        if filled is not None:
            for sheet in sorted(filled) or [""]:
                yield {"sha256": judged.submission.sha256, "sheet": sheet}


def _compared(batch: Sequence[Judged]) -> Iterable[dict[str, str]]:
    for judged in batch:
        if judged.accepted:
            for sheet, since in judged.since.items():
                yield {"sha256": judged.submission.sha256, "sheet": sheet, "since": since}


def _booked(judged: Judged) -> dict[str, Any]:
    submission, arrival = judged.submission, judged.submission.arrival
    return {
        "sha256": submission.sha256,
        "plan": submission.identity.plan,
        "round": submission.identity.round,
        "unit": submission.identity.unit,
        "received_at": arrival.received_at.isoformat(),
        "source_name": arrival.source_name,
        "folder": arrival.folder,
        "verdict": judged.verdict,
        "template_version": submission.identity.template_version,
        "plan_version": judged.plan_version,
        "file_time": arrival.file_time and arrival.file_time.isoformat(),
    }


def _listed(batch: Sequence[Judged]) -> Iterable[dict[str, Any]]:
    for judged in batch:
        for position, finding in enumerate(judged.findings):
            told = finding.published() | {"rule": finding.rule}
            yield {"sha256": judged.submission.sha256, "position": position, **told}
