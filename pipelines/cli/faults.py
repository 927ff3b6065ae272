"""Faults that are the operator's to mend: one clear sentence on the error stream, exit 2, no traceback."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

from pipelines.spoken_text import spoken, spoken_lines
from schemas.system_fault import sentence_of_system

P = ParamSpec("P")


class Refused(Exception):
    """A command that cannot be carried out as asked; its text says why (Vietnamese)."""


def said_plainly(command: Callable[P, None]) -> Callable[P, None]:
    """A command whose expected faults become a sentence and exit code 2. Anything else is a programming fault."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KeyboardInterrupt:
            typer.secho("Đã dừng giữa chừng. Không tệp nào mất; chạy lại để làm nốt.", fg="yellow", err=True)
            raise typer.Exit(130) from None
        except BrokenPipeError:  # whoever read our output has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except Exception as fault:
            sentence = sentence_of(fault)
            if sentence is None:
                raise
            typer.secho(spoken_lines(sentence), fg="red", err=True)
            raise typer.Exit(2) from fault

    return wrapped


def sentence_of(fault: Exception) -> str | None:
    """What an expected fault says to the operator; None for anything else."""
    from pipelines.archive import ArchiveDamaged
    from pipelines.backup_file import BadBackup
    from pipelines.clock import BadClock, FutureDay, NotEarlier
    from pipelines.dataset import DatasetDamaged, DatasetInUse
    from pipelines.intake import NoReaders
    from pipelines.own_server import NoServer
    from pipelines.plans import UnknownName
    from pipelines.stamp import BadKey
    from pipelines.store import Busy
    from schemas.plan_fault import PlanFaults

    if isinstance(fault, PlanFaults):
        return f"Kế hoạch {fault}"
    told = Refused | BadBackup | UnknownName | Busy | DatasetInUse | DatasetDamaged | ArchiveDamaged | BadKey
    if isinstance(fault, told | NoReaders | NoServer | BadClock | FutureDay | NotEarlier):
        return str(fault)
    return spoken(sentence_of_system(fault)) if isinstance(fault, OSError) else None
