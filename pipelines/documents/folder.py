"""The folder `don-doc/`: which files are wanted there, what each says, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipelines.documents.annex import annex, annex_digest, write_annex
from pipelines.documents.messages import messages_digest, write_messages
from pipelines.documents.reminder import reminder_digest, reminders, write_reminder
from schemas.consolidation import Consolidation
from schemas.plan import Plan, Unit

MESSAGES, ANNEX = "tin-nhan.txt", "phu-luc.docx"


@dataclass(frozen=True, slots=True)
class ReminderFile:
    """A file wanted in the folder: its name there, the digest of what it says, and its writer (given a path)."""

    name: str
    digest: str
    write: Callable[[Path], None]


def reminder_files(result: Consolidation) -> tuple[ReminderFile, ...]:
    """The files wanted now: a letter and a message for each overdue unit, the annex where anything is owed."""
    owing = reminders(result)
    files = [
        ReminderFile(letter_name(r.unit), reminder_digest(r, result), partial(write_reminder, r, result)) for r in owing
    ]
    if owing:
        files.append(ReminderFile(MESSAGES, messages_digest(result), partial(write_messages, result)))
    if not annex(result).empty:
        files.append(ReminderFile(ANNEX, annex_digest(result), partial(write_annex, result)))
    return tuple(files)


def reminder_names(plan: Plan) -> frozenset[str]:
    """Every name that may be wanted in the folder, so that what is wanted no more can be put aside."""
    return frozenset([MESSAGES, ANNEX, *(letter_name(unit) for unit in plan.reporting_units)])


def letter_name(unit: Unit) -> str:
    """`cong-van-710.docx`."""
    return f"cong-van-{unit.code}.docx"
