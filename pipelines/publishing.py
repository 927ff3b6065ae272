"""A consolidation → the outbox: workbooks, letters, the report, the status page, and the published dataset.

Each file is written beside and renamed, and only where it says something new. Those that tell of a day are kept under
`lich-su/<as-of>/` too.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from pipelines.clock import today
from pipelines.dataset import Connection, log_of
from pipelines.documents import reminder_files, reminder_names, result_report_digest, write_result_report
from pipelines.export import EDITION, export_duckdb, export_files
from pipelines.fault_points import FaultPoint, reached
from pipelines.hand_edited import set_aside, unless_unchanged_or_kept
from pipelines.outbox import Published, Register, unless_unchanged
from pipelines.report import group_labels, narrowed, report_digest, slug, with_subordinates, write_report
from pipelines.status_page import found_links, page_digest, write_page
from pipelines.store import Home
from schemas.consolidation import Consolidation
from schemas.plan import Plan

WORKBOOK = "tong-hop.xlsx"
REPORT = "bao-cao-ket-qua.docx"
PAGE = "tinh-hinh.html"
HISTORY = "lich-su"
LETTERS = "don-doc"
OF_GROUPS, OF_UNITS = "theo-nhom", "theo-don-vi"
DATASET = "du-lieu.duckdb"
TABLES = "du-lieu"

Progress = Callable[[str, int, int], None]
"""Told (what is being done, how many are done, how many there are)."""


@dataclass(frozen=True, slots=True)
class _Book:
    """A workbook: its name below the round's folder, and the consolidation it shows."""

    name: str
    result: Consolidation


class Publisher:
    """Publishes consolidations of one home. Everything it writes is returned, or left where nothing is new."""

    def __init__(self, connection: Connection, home: Home, register: Register, progress: Progress) -> None:
        self._connection, self._home, self._register = connection, home, register
        self._progress = progress

    def publish(self, base: Plan, result: Consolidation, moment: datetime) -> list[Published]:
        """Writes what has changed of a round; returns that. `base`: the plan as its own tables say.

        The day's copies go to `lich-su/<as-of>/`. What is newest is replaced unless a later day has been published
        already: consolidating a past day does not turn it back. A day that has not come (the machine's clock was wrong
        once) holds nothing up. Raises OSError.
        """
        folder = round_folder(self._home, result.plan.id, result.round.id)
        kept = folder / HISTORY / result.as_of.isoformat()
        later = any(result.as_of < day <= today() for day in published_days(folder))
        written = [] if later else list(self._newest(base, result, folder, moment))
        fresh = {p.path for p in written if p is not None and not p.diverted}
        written += self._of_the_day(result, folder, kept, fresh)
        return [published for published in written if published is not None]

    def _newest(self, base: Plan, result: Consolidation, folder: Path, moment: datetime) -> Iterator[Published | None]:
        books = list(_books(result))
        for n, book in enumerate(books):
            self._progress("Ghi bảng tổng hợp", n, len(books))
            yield self._book(folder / book.name, book.result)
            reached(FaultPoint.PUBLISHING)
        yield from self._letters(base, result, folder / LETTERS)
        yield self._report(result, folder)
        links = found_links(result, folder, {label: _of_group(label) for label in group_labels(result)})
        yield self._page(result, folder / PAGE, links)
        yield from _publish_dataset(self._connection, self._register, result, moment, folder)

    def _of_the_day(
        self, result: Consolidation, folder: Path, kept: Path, fresh: Container[Path]
    ) -> list[Published | None]:
        """The day's own copies; `fresh`: what was written just now, and says the same."""
        written: list[Published | None] = []
        for name, digest, write in (
            (WORKBOOK, report_digest(result), partial(write_report, result)),
            (REPORT, result_report_digest(result), partial(write_result_report, result)),
        ):
            copy = partial(shutil.copyfile, folder / name) if folder / name in fresh else write
            written.append(unless_unchanged(self._register, kept / name, digest, copy))
        return [*written, self._page(result, kept / PAGE, {name: name for name in (WORKBOOK, REPORT)})]

    def _book(self, path: Path, result: Consolidation) -> Published | None:
        return unless_unchanged(self._register, path, report_digest(result), partial(write_report, result))

    def _report(self, result: Consolidation, folder: Path) -> Published | None:
        write = partial(write_result_report, result)
        return unless_unchanged_or_kept(self._register, folder / REPORT, result_report_digest(result), write)

    def _page(self, result: Consolidation, path: Path, links: Mapping[str, str]) -> Published | None:
        digest = page_digest(result, links)
        return unless_unchanged(self._register, path, digest, lambda beside: write_page(result, beside, links))

    def _letters(self, base: Plan, result: Consolidation, folder: Path) -> Iterator[Published | None]:
        """The letters wanted now; those that are wanted no more are put aside."""
        files = reminder_files(result)
        for file in files:
            yield unless_unchanged_or_kept(self._register, folder / file.name, file.digest, file.write)
        if folder.is_dir():
            set_aside(folder, reminder_names(base) | reminder_names(result.plan), {file.name for file in files})


def round_folder(home: Home, plan_id: str, round_id: str) -> Path:
    """Where a round's outputs are."""
    return home.outbox / plan_id / round_id


def published_days(folder: Path) -> list[date]:
    """The days whose workbook is kept in `lich-su/`."""
    days = []
    for path in (folder / HISTORY).glob("*/" + WORKBOOK):
        try:
            days.append(date.fromisoformat(path.parent.name))
        except ValueError:
            continue
    return sorted(days)


def book_of(home: Home, result: Consolidation) -> Path:
    """The workbook that says this: the newest, or that of its day where a later one has been published."""
    folder = round_folder(home, result.plan.id, result.round.id)
    later = any(result.as_of < day <= today() for day in published_days(folder))
    return folder / HISTORY / result.as_of.isoformat() / WORKBOOK if later else folder / WORKBOOK


def day_before(home: Home, plan_id: str, round_id: str, as_of: date) -> date | None:
    """The last day before `as_of` of which something was published."""
    return max((day for day in published_days(round_folder(home, plan_id, round_id)) if day < as_of), default=None)


def _books(result: Consolidation) -> Iterator[_Book]:
    """The province's workbook; once somebody has sent something, one a group and one a unit with organisations."""
    yield _Book(WORKBOOK, result)
    if not result.sources:
        return
    for label in group_labels(result):
        members = [u.unit.code for u in result.units if u.group == label]
        yield _Book(_of_group(label), narrowed(result, members, label))
    for unit in with_subordinates(result):
        yield _Book(f"{OF_UNITS}/{unit.code}.xlsx", narrowed(result, [unit.code], unit.name))


def _of_group(label: str) -> str:
    return f"{OF_GROUPS}/{slug(label)}.xlsx"


def _publish_dataset(
    connection: Connection, register: Register, result: Consolidation, moment: datetime, folder: Path
) -> list[Published | None]:
    """The copies that other programs may open: rewritten only when another submission counts or was sent.

    The one that is recorded comes last: a run that was killed before writes all of them again.
    """
    said = ";".join(f"{s.sha256}:{s.version}:{s.counts}:{s.verdict}" for s in result.sources)
    digest = f"{EDITION}:{result.plan.version}:{said}"
    rounds = (result.round,)
    target = folder / DATASET
    if register.is_current(target, digest):
        return []
    with suppress(OSError):  # what a reader of the former copy has left would keep the new one from opening
        log_of(target).unlink(missing_ok=True)
    tables = export_files(connection, result.plan, rounds, moment, folder / TABLES, "parquet")
    reached(FaultPoint.TABLES_COPIED)
    copy = unless_unchanged(
        register, target, digest, lambda path: export_duckdb(connection, result.plan, rounds, moment, path)
    )
    return [copy, *(Published(path) for path in tables)]
