"""How options are read, and what the commands share: the home, the console, progress on long work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Tell = Callable[[str, int, int], None]


def day_option(text: str) -> date:
    """A day as `2022-05-10` or `10/5/2022`. Raises BadParameter."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise typer.BadParameter(f"“{text}” không phải ngày; ghi 2022-05-10 hoặc 10/5/2022")


def console(*, err: bool = False) -> Console:
    """Where people are told things; never in colours where the output is not a terminal."""
    piped = not (sys.stderr if err else sys.stdout).isatty()
    return Console(stderr=err, highlight=False, width=140 if piped else None)


@contextmanager
def progress_bar() -> Iterator[Tell]:
    """A progress bar on the error stream, so that what a command prints stays clean; silent where no one watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    stream = console(err=True)
    with Progress(*columns, console=stream, transient=True, disable=not stream.is_terminal) as bar:
        tasks: dict[str, int] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        yield tell
