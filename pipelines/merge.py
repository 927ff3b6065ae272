"""Judged submissions → the dataset, in one transaction: who sent what, the verdicts, every accepted row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from pipelines.dataset import Connection, ensure_sheets, insert, read, stored_fields, table_name
from schemas.finding import Finding
from schemas.judged import Judged
from schemas.parsed import DTYPES, KEY
from schemas.plan import FieldType, Plan, Sheet
from schemas.submission import Arrival

_ARROW: dict[FieldType, pa.DataType] = {
    "count": pa.int64(),
    "yes_no": pa.bool_(),
    "date": pa.date32(),
    "text": pa.string(),
    "choice": pa.string(),
}
_SUBMISSIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("sha256", "plan", "round", "unit")),
        ("received_at", pa.string()),
        *(
            (name, pa.string())
            for name in ("source_name", "folder", "verdict", "template_version", "plan_version", "file_time")
        ),
    ]
)
_FINDINGS = pa.schema(
    [
        ("sha256", pa.string()),
        ("position", pa.int32()),
        *((name, pa.string()) for name in ("code", "severity", "sheet", "cell", "field", "value", "message", "rule")),
    ]
)


def known_submissions(connection: Connection) -> set[str]:
    """The SHA-256 of every submission that has its verdict."""
    return {row["sha256"] for row in read(connection, "SELECT sha256 FROM submissions")}


def merge(connection: Connection, plan: Plan, batch: Sequence[Judged]) -> None:
    """Books the verdicts of one plan's submissions, with all accepted rows: all of the batch or nothing.

    A submission that is booked already is left as it is.
    """
    known = known_submissions(connection)
    fresh = [judged for judged in batch if judged.submission.sha256 not in known]
    if not fresh:
        return
    ensure_sheets(connection, plan)
    connection.begin()
    try:
        insert(connection, "submissions", pa.Table.from_pylist([_booked(j) for j in fresh], _SUBMISSIONS))
        insert(connection, "findings", pa.Table.from_pylist(list(_listed(fresh)), _FINDINGS))
        for sheet in plan.sheets:
            insert(connection, table_name(plan, sheet), _rows(sheet, [j for j in fresh if j.accepted]))
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def book_unusable(connection: Connection, refused: Iterable[tuple[Arrival, Sequence[Finding]]]) -> None:
    """Books files that name no unit, with the reason."""
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


def _rows(sheet: Sheet, accepted: Sequence[Judged]) -> pa.Table:
    """All accepted rows of a sheet as Arrow, with their provenance."""
    fields = stored_fields(sheet)
    frames = []
    for judged in accepted:
        frame = judged.parsed.frames.get(sheet.id)
        if frame is None or frame.empty:
            continue
        tab = judged.submission.tables[sheet.id].tab
        frames.append(frame.assign(sha256=judged.submission.sha256, tab=tab, excel_row=frame.index))
    schema = pa.schema(
        [
            ("sha256", pa.string()),
            ("tab", pa.string()),
            ("excel_row", pa.int32()),
            ("organisation", pa.string()),
            *((f.id, _ARROW[f.type]) for f in fields),
        ]
    )
    if not frames:
        return schema.empty_table()
    stacked = pd.concat(frames, ignore_index=True).rename(columns={KEY: "organisation"})
    for field in fields:
        if field.id not in stacked:  # the submission was judged under a plan version without this field
            stacked[field.id] = pd.Series([None] * len(stacked), dtype=DTYPES[field.type])
    return pa.Table.from_pandas(stacked, schema=schema, preserve_index=False, safe=False)
