"""The veryHidden sheets: the choice lists behind drop-downs, and the identity of the template."""

from __future__ import annotations

from pipelines.template.book import LISTS, Book
from pipelines.template.expressions import joined, joined_name, list_name
from schemas.layout import META, META_KEYS
from schemas.submission import column_name


def write_lists(book: Book) -> None:
    """One column a choice list: its id, its values under a defined name (`dm_<list>`), and all of them in one cell."""
    used = dict.fromkeys(f.choices for page in book.pages for f in page.inputs if f.type == "choice")
    if not used:
        return
    worksheet = book.workbook.add_worksheet(LISTS)
    for col, list_id in enumerate(used):
        values = book.plan.values(list_id)
        worksheet.write_string(0, col, list_id)
        for row, value in enumerate(values, start=1):
            worksheet.write_string(row, col, value)
        letter = column_name(col + 1)
        span = f"='{LISTS}'!${letter}$2:${letter}${len(values) + 1}"
        book.workbook.define_name(list_name(list_id), span)
        worksheet.write_string(len(values) + 1, col, joined(values))
        book.workbook.define_name(joined_name(list_id), f"='{LISTS}'!${letter}${len(values) + 2}")
    worksheet.protect()
    worksheet.very_hidden()


def write_meta(book: Book, stamp: str) -> None:
    """Whose template it is, as text: on `_meta` (A key, B value) and again as custom document properties."""
    values = (book.plan.id, book.round.id, book.unit.code, book.version, stamp)
    worksheet = book.workbook.add_worksheet(META)
    for row, (key, value) in enumerate(zip(META_KEYS, values, strict=True)):
        worksheet.write_string(row, 0, key, book.styles.key)
        worksheet.write_string(row, 1, value, book.styles.key)
        book.workbook.set_custom_property(key, value, "text")
    worksheet.protect()
    worksheet.very_hidden()
