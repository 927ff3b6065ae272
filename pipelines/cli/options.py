"""How options are read, and what the commands share: the home, the console, progress on long work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from pipelines.spoken_text import spoken

Tell = Callable[[str, int, int], None]


def day_option(text: str) -> date:
    """A day as `2022-05-10` or `10/5/2022`. Raises BadParameter."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise typer.BadParameter(f"“{text}” không phải ngày; ghi 2022-05-10 hoặc 10/5/2022")


class PlainConsole(Console):
    """A console to which every text is a line of plain words: no markup, no emoji by name, nothing a terminal obeys.

    What is to be coloured is put together by `pieces`, or printed with a `style`.
    """

    def render_str(self, text: str, **how: Any) -> Text:
        """As Rich renders a text, a cell or a title, once the text is `spoken`."""
        return super().render_str(spoken(text), **how)


def console(*, err: bool = False) -> PlainConsole:
    """Where people are told things; where the output is not a terminal never in colours, and no line broken in two."""
    piped = not (sys.stderr if err else sys.stdout).isatty()
    width = 140 if piped else None
    return PlainConsole(stderr=err, highlight=False, markup=False, emoji=False, width=width, soft_wrap=piped)


def pieces(*parts: str | tuple[str, str]) -> Text:
    """A line put together from plain words, some of them (words, style); all of them are `spoken`."""
    return Text.assemble(*(spoken(part) if isinstance(part, str) else (spoken(part[0]), part[1]) for part in parts))


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
