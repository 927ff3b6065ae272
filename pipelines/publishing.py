"""A consolidation → the outbox: the workbook, its copy for the day, and the published dataset."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from pipelines.clock import today
from pipelines.dataset import Connection
from pipelines.export import EDITION, export_duckdb, export_files
from pipelines.outbox import Published, Register, unless_unchanged
from pipelines.report import report_digest, write_report
from pipelines.store import Home
from schemas.consolidation import Consolidation

WORKBOOK = "tong-hop.xlsx"
HISTORY = "lich-su"
DATASET = "du-lieu.duckdb"
TABLES = "du-lieu"


def round_folder(home: Home, plan_id: str, round_id: str) -> Path:
    """Where a round's outputs are."""
    return home.outbox / plan_id / round_id


def publish_round(
    connection: Connection, home: Home, register: Register, result: Consolidation, moment: datetime
) -> list[Published]:
    """Writes what has changed; returns that.

    The day's copy goes to `lich-su/<as-of>/`. The newest workbook and the published dataset are replaced unless a
    later day has been published already: consolidating a past day does not turn them back. A day that has not come
    (the machine's clock was wrong once) holds nothing up. Raises OSError.
    """
    folder = round_folder(home, result.plan.id, result.round.id)
    digest = report_digest(result)
    later = any(result.as_of < day <= today() for day in published_days(folder))
    books = [folder / HISTORY / result.as_of.isoformat() / WORKBOOK]
    if not later:
        books.insert(0, folder / WORKBOOK)
    written = [unless_unchanged(register, book, digest, lambda p: write_report(result, p)) for book in books]
    if not later:
        written += _publish_dataset(connection, register, result, moment, folder)
    return [published for published in written if published is not None]


def published_days(folder: Path) -> list[date]:
    """The days whose workbook is kept in `lich-su/`."""
    days = []
    for path in (folder / HISTORY).glob("*/" + WORKBOOK):
        try:
            days.append(date.fromisoformat(path.parent.name))
        except ValueError:
            continue
    return sorted(days)


def _publish_dataset(
    connection: Connection, register: Register, result: Consolidation, moment: datetime, folder: Path
) -> list[Published | None]:
    """The copies that other programs may open: rewritten only when another submission counts or was sent."""
    said = ";".join(f"{s.sha256}:{s.version}:{s.counts}:{s.verdict}" for s in result.sources)
    digest = f"{EDITION}:{result.plan.version}:{said}"
    rounds = (result.round,)
    target = folder / DATASET
    if register.is_current(target, digest):
        return []
    copy = unless_unchanged(
        register, target, digest, lambda path: export_duckdb(connection, result.plan, rounds, moment, path)
    )
    tables = export_files(connection, result.plan, rounds, moment, folder / TABLES, "parquet")
    return [copy, *(Published(path) for path in tables)]
