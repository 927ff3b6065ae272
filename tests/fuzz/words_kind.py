"""Reports with one input cell written otherwise, in every odd way there is a word for."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from tests.fuzz.court import Mutant
from tests.fuzz.desks import Desk
from tests.fuzz.xml_words import CELL_XML, NUMBERS, ODD_TEXTS, ODD_VALUES, TEXTS, WRAPPERS
from tests.fuzz.zips import unzipped, zipped
from tests.worksheets import ID, Workbook

_VALUE = re.compile(rb"<v[^>]*>([^<]*)</v>")


def word_mutant(desk: Desk, chance: Random) -> Mutant:
    """One of the reports with one of its input cells written so."""
    report, cell = chance.choice(desk.reports), chance.choice(desk.inputs)
    book = Workbook(report)
    name = book._part(book.entry(cell.tab).get(ID, ""))
    parts = unzipped(report)
    found = re.search(rb'<c r="%s"(?: [^>]*?)?(?:/>|>.*?</c>)' % cell.address.encode(), parts[name], re.DOTALL)
    if found is None:
        return Mutant(report, f"{cell.tab}!{cell.address} is not there")
    told, made = chance.choice(_WAYS)(cell.address, found[0], chance)
    parts[name] = parts[name][: found.start()] + made + parts[name][found.end() :]
    return Mutant(zipped(parts), f"{cell.tab}!{cell.address} {told}")


Written = tuple[str, bytes]


def _odd_value(_: str, cell: bytes, chance: Random) -> Written:
    odd = chance.choice(ODD_VALUES)
    return repr(odd), _VALUE.sub(lambda found: odd.replace(b"?", found[1]), cell)


def _odd_text(address: str, _: bytes, chance: Random) -> Written:
    odd, text = chance.choice(ODD_TEXTS), chance.choice(("có", "5", "Nguyễn", "20/04/2022")).encode()
    return repr(odd), b'<c r="%s" t="inlineStr"><is>%s</is></c>' % (address.encode(), odd.replace(b"?", text))


def _other_cell(address: str, _: bytes, chance: Random) -> Written:
    made = chance.choice(CELL_XML).replace("?", address)
    return made, made.encode()


def _number(address: str, _: bytes, chance: Random) -> Written:
    number = chance.choice(NUMBERS)
    return repr(number), f'<c r="{address}"><v>{number}</v></c>'.encode()


def _text(address: str, _: bytes, chance: Random) -> Written:
    text = chance.choice(TEXTS)
    return repr(text[:40]), f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


def _wrapped(_: str, cell: bytes, chance: Random) -> Written:
    wrapper = chance.choice(WRAPPERS)
    return repr(wrapper), wrapper.replace(b"?", cell)


_WAYS: tuple[Callable[[str, bytes, Random], Written], ...] = (
    *(_odd_value, _odd_text, _other_cell, _number, _text, _wrapped),
)
