"""What can be done to a filled report, each by one word: the verbs of `tests/submissions/*/*/case*.toml`.

An edit is a table with one verb, and `sheet` where it concerns one sheet:

    type             {address = value}: typed (`=…` a formula never calculated, `#…!` an error)
    text             {address = value}: text, whatever it looks like
    formula          {address = ["4+4", 8]}: calculated and saved
    clear            [addresses]
    number           {address = 44687}: a number, in the style of one: a date loses its format
    font             {address = "font"}
    insert_rows, insert_columns, delete_rows, delete_columns    [numbers or letters]: before them; these
    move_column      ["J", "C"]: J goes where C stands, the others give way
    unvalidated, split_validations    true: the sheet loses its validations; says each of them cell by cell
    merge            ["C10:D10"]: merged, and what stood under it stays
    hide_rows, thin_rows, hide_columns    [numbers or letters];   hide  true: the whole sheet
    rename, copy     "new name";   remove  true;   place  3 (its new position, from 1)
    add              {address = value}: a sheet more, with that in it
    identity         {unit = "XX"}: what `_meta` and the file's properties say
    stamped_by       "secret": the stamp that another key makes of what the file says
    stamp_in_capitals, anonymous    true: the stamp's letters; neither `_meta` nor properties
    password         true: the sheet is protected with one
    part             "xl/media/anh.png": the file has a part more
    epoch_1904       true: days are counted from 1904, as old Macintosh workbooks do
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from pipelines.stamp import Key
from schemas.layout import META, META_KEYS
from schemas.submission import cell_name
from tests.worksheets import FIRST_DAY, FIRST_DAY_1904, Workbook, column_number, place, tag

Edit = Mapping[str, Any]
PROPERTIES = "docProps/custom.xml"


def edited(content: bytes, edits: Sequence[Edit]) -> bytes:
    """The report with those edits made, in order. Raises KeyError for an unknown verb or sheet."""
    if not edits:
        return content
    book = Workbook(content)
    for edit in edits:
        (verb,) = edit.keys() - {"sheet"}
        VERBS[verb](book, edit.get("sheet", ""), edit[verb])
    return book.saved()


def identity_of(content: bytes) -> dict[str, str]:
    """What the file says of itself."""
    said = {named.get("name"): named[0].text or "" for named in ET.fromstring(Workbook(content).parts[PROPERTIES])}
    return {key: said[key] for key in META_KEYS}


def _type(book: Workbook, tab: str, values: Mapping[str, Any]) -> None:
    days = book.date_styles
    for address, value in values.items():
        styled = book.sheet(tab).cell(address).get("s") in days
        book.sheet(tab).write(address, value, "" if styled else days[0])


def _text(book: Workbook, tab: str, values: Mapping[str, str]) -> None:
    for address, value in values.items():
        book.sheet(tab).write_text(address, value)


def _formula(book: Workbook, tab: str, values: Mapping[str, tuple[str, Any]]) -> None:
    for address, (formula, result) in values.items():
        book.sheet(tab).write_formula(address, formula, result)


def _number(book: Workbook, tab: str, values: Mapping[str, float]) -> None:
    for address, value in values.items():
        book.sheet(tab).cell(address).attrib.pop("s", None)
        book.sheet(tab).write(address, value)


def _clear(book: Workbook, tab: str, addresses: list[str]) -> None:
    for address in addresses:
        book.sheet(tab).write(address, None)


def _font(book: Workbook, tab: str, fonts: Mapping[str, str]) -> None:
    for address, font in fonts.items():
        cell = book.sheet(tab).cell(address)
        cell.set("s", book.in_font(cell.get("s", "0"), font))


def _insert_rows(book: Workbook, tab: str, before: list[int]) -> None:
    book.sheet(tab).moved(lambda row: row + sum(row >= b for b in before), _same)


def _insert_columns(book: Workbook, tab: str, before: list[str]) -> None:
    numbers = [column_number(letters) for letters in before]
    book.sheet(tab).moved(_same, lambda column: column + sum(column >= b for b in numbers))


def _delete_rows(book: Workbook, tab: str, gone: list[int]) -> None:
    book.sheet(tab).moved(lambda row: None if row in gone else row - sum(row > g for g in gone), _same)


def _delete_columns(book: Workbook, tab: str, gone: list[str]) -> None:
    numbers = [column_number(letters) for letters in gone]
    book.sheet(tab).moved(
        _same, lambda column: None if column in numbers else column - sum(column > g for g in numbers)
    )


def _move_column(book: Workbook, tab: str, ends: tuple[str, str]) -> None:
    start, end = map(column_number, ends)

    def target(column: int) -> int:
        if column == start:
            return end
        return column + (end <= column < start) - (start < column <= end)

    book.sheet(tab).moved(_same, target)


def _same(number: int) -> int:
    return number


def _unvalidated(book: Workbook, tab: str, _: bool) -> None:
    assert book.sheet(tab).drop("dataValidations"), f"{tab}: no validations"


def _split_validations(book: Workbook, tab: str, _: bool) -> None:
    for validation in book.sheet(tab).root.iter(tag("dataValidation")):
        validation.set("sqref", " ".join(_cells_of(validation.get("sqref", ""))))


def _cells_of(ranges: str) -> Iterator[str]:
    for text in ranges.split():
        first, _, last = text.partition(":")
        (top, left), (bottom, right) = place(first), place(last or first)
        yield from (cell_name(row, col) for row in range(top, bottom + 1) for col in range(left, right + 1))


def _merge(book: Workbook, tab: str, areas: list[str]) -> None:
    (merges,) = book.sheet(tab).root.iter(tag("mergeCells"))
    for area in areas:
        ET.SubElement(merges, tag("mergeCell"), ref=area)


def _hide_rows(book: Workbook, tab: str, rows: list[int]) -> None:
    for row in book.sheet(tab).rows:
        if int(row.get("r", "0")) in rows:
            row.set("hidden", "1")


def _thin_rows(book: Workbook, tab: str, rows: list[int]) -> None:
    for row in book.sheet(tab).rows:
        if int(row.get("r", "0")) in rows:
            row.set("ht", "0.1")
            row.set("customHeight", "1")


def _hide_columns(book: Workbook, tab: str, columns: list[str]) -> None:
    numbers = [str(column_number(letters)) for letters in columns]
    book.sheet(tab).moved(_same, _same)  # a width for each column
    for column in book.sheet(tab).root.iter(tag("col")):
        if column.get("min") in numbers:
            column.set("hidden", "1")


def _hide(book: Workbook, tab: str, _: bool) -> None:
    book.entry(tab).set("state", "hidden")


def _rename(book: Workbook, tab: str, name: str) -> None:
    book.entry(tab).set("name", name)


def _remove(book: Workbook, tab: str, _: bool) -> None:
    book.entry(tab)
    book.remove(tab)


def _add(book: Workbook, tab: str, values: Mapping[str, Any]) -> None:
    book.add(tab)
    _type(book, tab, values)


def _identity(book: Workbook, _: str, said: Mapping[str, str]) -> None:
    properties = ET.fromstring(book.parts[PROPERTIES])
    for key, value in said.items():
        book.sheet(META).write_text(f"B{1 + META_KEYS.index(key)}", value)
        for named in properties:
            if named.get("name") == key:
                named[0].text = value
    book.parts[PROPERTIES] = ET.tostring(properties, encoding="utf-8")


def _stamped_by(book: Workbook, _: str, secret: str) -> None:
    told = {named.get("name"): named[0].text or "" for named in ET.fromstring(book.parts[PROPERTIES])}
    _identity(book, "", {"stamp": Key(secret.encode()).stamp(*(told[key] for key in META_KEYS[:4]))})


def _stamp_in_capitals(book: Workbook, _: str, __: bool) -> None:
    for named in ET.fromstring(book.parts[PROPERTIES]):
        if named.get("name") == "stamp":
            _identity(book, "", {"stamp": (named[0].text or "").upper()})


def _anonymous(book: Workbook, _: str, __: bool) -> None:
    book.remove(META)
    properties = ET.fromstring(book.parts[PROPERTIES])
    properties[:] = []
    book.parts[PROPERTIES] = ET.tostring(properties, encoding="utf-8")


def _epoch_1904(book: Workbook, _: str, __: bool) -> None:
    days = set(book.date_styles)
    shift = (FIRST_DAY_1904 - FIRST_DAY).days
    for tab in book.tabs:
        for _address, cell in book.sheet(tab).cells():
            value = cell.find(tag("v"))
            if cell.get("s") in days and value is not None and value.text:
                value.text = str(int(value.text) - shift)
    asked = book.root.find(tag("workbookPr"))
    assert asked is not None
    asked.set("date1904", "1")


def _password(book: Workbook, tab: str, _: bool) -> None:
    (protection,) = book.sheet(tab).root.iter(tag("sheetProtection"))
    protection.set("password", "CC1A")


def _part(book: Workbook, _: str, name: str) -> None:
    book.parts[name] = b"\x89PNG\r\n"


VERBS: Mapping[str, Callable[[Workbook, str, Any], None]] = {
    "type": _type,
    "text": _text,
    "formula": _formula,
    "number": _number,
    "clear": _clear,
    "font": _font,
    "insert_rows": _insert_rows,
    "insert_columns": _insert_columns,
    "delete_rows": _delete_rows,
    "delete_columns": _delete_columns,
    "move_column": _move_column,
    "unvalidated": _unvalidated,
    "split_validations": _split_validations,
    "merge": _merge,
    "hide_rows": _hide_rows,
    "thin_rows": _thin_rows,
    "hide_columns": _hide_columns,
    "hide": _hide,
    "rename": _rename,
    "copy": Workbook.copy,
    "remove": _remove,
    "place": Workbook.move,
    "add": _add,
    "identity": _identity,
    "stamped_by": _stamped_by,
    "stamp_in_capitals": _stamp_in_capitals,
    "anonymous": _anonymous,
    "password": _password,
    "part": _part,
    "epoch_1904": _epoch_1904,
}
