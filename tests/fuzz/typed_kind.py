"""Anything that can be typed into a report, and anything that can be done to the sheets it stands on (Hypothesis)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from schemas.layout import END
from schemas.submission import column_name
from tests.edits import VERBS
from tests.fuzz.court import Mutant
from tests.fuzz.desks import Desk
from tests.fuzz.xml_words import NUMBERS, TEXTS
from tests.fuzz.zips import timeless
from tests.worksheets import Workbook, tag

Typed = tuple[str, Any]
"""How a cell is written, and what."""
Change = Callable[[Workbook], None]

_CONTROLS = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)))
_LETTERS = st.characters(exclude_categories=("Cs",), exclude_characters=_CONTROLS)
"""Every character that XML can hold."""
_ADDRESSES = ("A1", "A9", "A10", "B10", "C4", "C8", "C9", "C10", "D10", "E10", "C11", "Z10", "C200", "AZ3", "C900")


def values() -> SearchStrategy[Typed]:
    """Anything that a cell can hold, and some that none should."""
    numbers = st.integers() | st.floats() | st.sampled_from((2**53 + 1, 10**400, -(10**20), 1e-320, 44_687.5, -1))
    return st.one_of(
        st.tuples(st.just("text"), st.text(_LETTERS, max_size=60) | st.sampled_from(TEXTS)),
        st.tuples(st.just("value"), st.sampled_from(NUMBERS)),
        st.tuples(st.just("value"), numbers.map(repr)),
        st.tuples(st.just("typed"), st.booleans() | st.none() | st.dates(min_value=date(1900, 3, 1))),
        st.tuples(st.just("typed"), st.sampled_from(("=1+1", "=A1", "=NOW()", "#REF!", "#N/A", "#SPILL!", "#BUSY!"))),
        st.tuples(st.just("formula"), st.integers(-5, 20) | st.text(_LETTERS, max_size=10) | st.booleans()),
        st.tuples(st.just("error"), st.sampled_from(("#REF!", "#SPILL!", "#CALC!", "x", "", "#n/a"))),
        st.tuples(st.just("style"), st.integers(0, 80)),
    )


def _type(address: str, tab: str, typed: Typed, book: Workbook) -> None:
    way, value = typed
    sheet = book.sheet(tab)
    cell = sheet.cell(address)
    if way == "text":
        sheet.write_text(address, value)
    elif way == "typed":
        sheet.write(address, value)
    elif way == "formula":
        sheet.write_formula(address, "1+1", value)
    elif way == "style":
        cell.set("s", str(value))
    else:
        sheet.write(address, None)
        if way == "error":
            cell.set("t", "e")
        ET.SubElement(cell, tag("v")).text = value


@st.composite
def cell_mutants(draw: st.DrawFn, desk: Desk) -> Mutant:
    """A report with one to three cells typed over: mostly such as a clerk fills."""
    report = draw(st.sampled_from(desk.reports))
    changes: list[tuple[str, Change]] = []
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.integers(0, 9)):
            cell = draw(st.sampled_from(desk.inputs))
            tab, address = cell.tab, cell.address
        else:
            tab, address = draw(st.sampled_from(desk.tabs)), draw(st.sampled_from(_ADDRESSES))
        typed = draw(values())
        changes.append((f"{tab}!{address} {typed!r:.80}", partial(_type, address, tab, typed)))
    return _changed(report, changes)


def _hide(tab: str, what: str, number: int, book: Workbook) -> None:
    root = book.sheet(tab).root
    if what == "row":
        for row in root.iter(tag("row")):
            if row.get("r") == str(number):
                row.set("hidden", "1")
        return
    columns = root.find(tag("cols"))
    if columns is not None:
        for column in columns:
            column.set("hidden", "1")


def _state(tab: str, state: str, book: Workbook) -> None:
    book.entry(tab).set("state", state)


def _verb(verb: str, tab: str, asked: Any, book: Workbook) -> None:
    VERBS[verb](book, tab, asked)


@st.composite
def layout_mutants(draw: st.DrawFn, desk: Desk) -> Mutant:
    """A report with its rows, columns or sheets inserted, moved, hidden, renamed, copied or taken away."""
    report = draw(st.sampled_from(desk.reports))
    rows = st.lists(st.integers(1, 15), min_size=1, max_size=3)
    letters = st.integers(1, 14).map(column_name)
    names = st.sampled_from(("Trang 1", "_meta", "Hướng dẫn", "M1 HỌC TẬP", " ", "a" * 31, "=1+1", "<x>", *desk.tabs))
    verbs: dict[str, SearchStrategy[Any]] = {
        "insert_rows": rows,
        "delete_rows": rows,
        "insert_columns": st.lists(letters, min_size=1, max_size=3),
        "delete_columns": st.lists(letters, min_size=1, max_size=2),
        "move_column": st.tuples(letters, letters),
        "rename": names,
        "copy": names,
        "add": st.dictionaries(st.sampled_from(_ADDRESSES), st.sampled_from(("#hoc_tap", END, "5", "DU", 5, 0.5))),
        "remove": st.just(True),
        "place": st.integers(1, 6),
        "unvalidated": st.just(True),
        "split_validations": st.just(True),
        "epoch_1904": st.just(True),
    }
    changes: list[tuple[str, Change]] = []
    for _ in range(draw(st.integers(1, 3))):
        tab = draw(st.sampled_from((*desk.tabs, *desk.tabs, "_meta", "Kiểm tra", "Hướng dẫn")))
        verb = draw(st.sampled_from((*verbs, "hide", "state")))
        if verb == "hide":
            what, number = draw(st.sampled_from(("row", "column"))), draw(st.integers(1, 15))
            changes.append((f"{tab} hide {what} {number}", partial(_hide, tab, what, number)))
        elif verb == "state":
            state = draw(st.sampled_from(("hidden", "veryHidden", "visible")))
            changes.append((f"{tab} {state}", partial(_state, tab, state)))
        else:
            asked = draw(verbs[verb])
            where = draw(names) if verb == "add" else tab
            changes.append((f"{where} {verb} {asked!r:.80}", partial(_verb, verb, where, asked)))
    return _changed(report, changes)


def _changed(report: bytes, changes: list[tuple[str, Change]]) -> Mutant:
    """The report with those changes; one that cannot be made any more, because of another, is left out."""
    book, done = Workbook(report), []
    for told, change in changes:
        try:
            change(book)
        except (KeyError, AssertionError, ValueError, IndexError):
            continue
        done.append(told)
    return Mutant(timeless(book.saved()), "; ".join(done))
