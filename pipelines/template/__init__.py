"""A plan, a unit and a round → the workbook the unit fills in. `schemas.layout` says where everything stands.

No macros: what the province would reject is shown by plain formulas that Excel 2010, LibreOffice and WPS
understand, with cached values that are right for the blank workbook; in a filled one the totals have theirs, and what
else is calculated has none until a program opens it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter.exceptions import FileCreateError

from pipelines.styles import not_written
from pipelines.template.book import open_book
from pipelines.template.guide import write_guide
from pipelines.template.hidden import write_lists, write_meta
from pipelines.template.page import write_page
from pipelines.template.self_check import write_self_check

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlsxwriter import Workbook

    from pipelines.styles import Styles
    from schemas.handback import Entries
    from schemas.plan import Plan, Round, Unit

    Front = Callable[[Workbook, Styles], None]

__all__ = ["write_template"]


def write_template(
    plan: Plan,
    unit: Unit,
    round_: Round,
    path: Path,
    *,
    stamp: str,
    entries: Entries | None = None,
    front: Front | None = None,
    version: str = "",
) -> None:
    """Write the workbook of a unit and round to `path`; the same arguments give the same bytes.

    Sheets: the guide, one sheet per sheet of the plan that applies, the self-check, and the veryHidden
    `_lists` and `_meta`. Without `entries` it is blank; with them it is a marked copy: filled, coloured, commented.
    `front` writes a sheet before all others. `version`: the template version to name in `_meta`, where the stamp is
    of an older one. Raises OSError where `path` cannot be written, KeyError for an entry without a place.
    """
    book = open_book(plan, unit, round_, path, entries, version)
    if front is not None:
        front(book.workbook, book.styles)
    write_guide(book, first=front is None)
    for page in book.pages:
        write_page(book, page)
    write_self_check(book)
    write_lists(book)
    write_meta(book, stamp)
    try:
        book.workbook.close()
    except FileCreateError as fault:
        raise not_written(path, fault) from fault
