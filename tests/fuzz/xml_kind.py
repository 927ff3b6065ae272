"""Reports with their XML changed by somebody who knows what it means, or nearly."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from xml.etree import ElementTree as ET

from tests.fuzz.court import Mutant
from tests.fuzz.xml_words import ATTRIBUTES, CELL_XML, NUMBERS, ODD_TEXTS, ODD_VALUES, REFERENCES, TEXTS, WRAPPERS
from tests.fuzz.zips import unzipped, zipped
from tests.worksheets import MAIN, tag

Parts = dict[str, bytes]
Elements = list[tuple[ET.Element, ET.Element]]
"""Each with its parent."""

BOOK, LED, TYPES, STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/styles.xml"
_CELL = re.compile(rb"<c\b[^>]*?(?:/>|>.*?</c>)", re.DOTALL)
_WORDS = re.compile(rb"<t(?: [^>]*)?>([^<]+)</t>")
_FILLED = re.compile(rb"<c\b[^>]*>(?:(?!</c>).)*?<(?:v|is)>.*?</c>", re.DOTALL)


def xml_mutant(reports: Sequence[bytes], chance: Random) -> Mutant:
    """One of the reports, with one to three changes."""
    parts = unzipped(chance.choice(reports))
    done = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        name = chance.choices(tuple(CHANGES), [often for often, _ in CHANGES.values()])[0]
        where = CHANGES[name][1](parts, chance)
        done.append(f"{name} {where}".strip())
    return Mutant(zipped(parts), "; ".join(done))


def _any(parts: Parts, chance: Random) -> str:
    """A part of XML: mostly a sheet."""
    names = [name for name in parts if name.endswith((".xml", ".rels"))]
    sheets = [name for name in names if "worksheets/sheet" in name and name.endswith(".xml")]
    return chance.choice(sheets if sheets and chance.random() < 0.6 else names)


def _sheet(parts: Parts, chance: Random) -> str:
    return chance.choice([name for name in parts if "worksheets/" in name and name.endswith(".xml")] or list(parts))


# --- elements and attributes ----------------------------------------------------------------------------------------


def _tree(change: Callable[[ET.Element, Elements, Random], str]) -> Callable[[Parts, Random], str]:
    """A change of one part's elements; nothing where an earlier change has left no XML there."""

    def changed(parts: Parts, chance: Random) -> str:
        name = _any(parts, chance)
        try:
            root = ET.fromstring(parts[name])
        except ET.ParseError:
            return ""
        inside = [(parent, child) for parent in root.iter() for child in parent]
        if not inside:
            return ""
        told = change(root, inside, chance)
        parts[name] = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return f"{name} {told}"

    return changed


def _named(element: ET.Element) -> str:
    return f"<{element.tag.rpartition('}')[2]}>"


def _remove(_: ET.Element, inside: Elements, chance: Random) -> str:
    parent, child = chance.choice(inside)
    parent.remove(child)
    return _named(child)


def _duplicate(_: ET.Element, inside: Elements, chance: Random) -> str:
    parent, child = chance.choice(inside)
    parent.insert(chance.randrange(len(parent) + 1), deepcopy(child))
    return _named(child)


def _reorder(_: ET.Element, inside: Elements, chance: Random) -> str:
    parent, child = chance.choice(inside)
    children = list(parent)
    chance.shuffle(children)
    parent[:] = children
    return f"beside {_named(child)}"


def _move(_: ET.Element, inside: Elements, chance: Random) -> str:
    parent, child = chance.choice(inside)
    other = chance.choice(inside)[1]
    if other not in child.iter():
        parent.remove(child)
        other.insert(chance.randrange(len(other) + 1), child)
    return f"{_named(child)} into {_named(other)}"


def _attribute(_: ET.Element, inside: Elements, chance: Random) -> str:
    with_some = [child for _, child in inside if child.attrib]
    if not with_some:
        return ""
    child = chance.choice(with_some)
    name = chance.choice(list(child.attrib))
    if chance.random() < 0.2:
        del child.attrib[name]
    else:
        child.set(name, chance.choice((*ATTRIBUTES, *REFERENCES, chance.choice(with_some).get(name, ""))))
    return f"{_named(child)} {name}={child.get(name)!r}"


def _text(_: ET.Element, inside: Elements, chance: Random) -> str:
    spoken = [child for _, child in inside if child.text] or [child for _, child in inside]
    child = chance.choice(spoken)
    child.text = chance.choice((*TEXTS, *NUMBERS))
    return f"{_named(child)} {child.text[:30]!r}"


def _deep(_: ET.Element, inside: Elements, chance: Random) -> str:
    _, child = chance.choice(inside)
    levels = chance.choice((3, 60, 200))
    for _ in range(levels):
        child = ET.SubElement(child, child.tag)
    return f"{levels} × {_named(child)}"


def _extension(root: ET.Element, inside: Elements, chance: Random) -> str:
    """An extension list that repeats something of the part."""
    _, child = chance.choice(inside)
    again = deepcopy(child)
    listed = ET.SubElement(ET.SubElement(root, tag("extLst")), tag("ext"), uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}")
    listed.append(again)
    return _named(child)


# --- the text of the XML --------------------------------------------------------------------------------------------


def _cell_text(change: Callable[[bytes, Random], bytes], pattern: re.Pattern[bytes] = _FILLED):  # type: ignore[no-untyped-def]
    """A change of one cell as it is written."""

    def changed(parts: Parts, chance: Random) -> str:
        name = _sheet(parts, chance)
        cells = list(pattern.finditer(parts[name]))
        if not cells:
            return ""
        found = chance.choice(cells)
        made = change(found[0], chance)
        parts[name] = parts[name][: found.start()] + made + parts[name][found.end() :]
        return f"{name} {found[0][:60]!r} → {made[:200]!r}"

    return changed


def _retyped(cell: bytes, chance: Random) -> bytes:
    kind = chance.choice((b"", b"n", b"s", b"str", b"b", b"e", b"d", b"inlineStr", b"x", b"N"))
    head, mark, rest = cell.partition(b">")
    head = re.sub(rb' t="[^"]*"', b"", head)
    return head + (b' t="' + kind + b'"' if kind else b"") + mark + rest


def _restyled(cell: bytes, chance: Random) -> bytes:
    style = chance.choice((0, 1, 2, 3, 5, 8, 13, 21, 34, 60, 9999, -1))
    return re.sub(rb'\A<c( [^>]*?)? s="[^"]*"', b'<c\\1 s="%d"' % style, cell, count=1)


def _readdressed(cell: bytes, chance: Random) -> bytes:
    return re.sub(rb' r="[^"]*"', b' r="' + chance.choice(REFERENCES).encode() + b'"', cell, count=1)


def _revalued(cell: bytes, chance: Random) -> bytes:
    value = chance.choice(NUMBERS).encode()
    return re.sub(rb"<v>[^<]*</v>", lambda _: b"<v>" + value + b"</v>", cell)


def _odd(cell: bytes, chance: Random) -> bytes:
    """The value written as no writer would, though a reader may take it."""
    return re.sub(rb"<v>([^<]*)</v>", lambda found: chance.choice(ODD_VALUES).replace(b"?", found[1]), cell)


def _odd_text(parts: Parts, chance: Random) -> str:
    """A text written as few writers would, in its cell or among those that cells share."""
    name = chance.choice((_sheet(parts, chance), "xl/sharedStrings.xml"))
    texts = list(_WORDS.finditer(parts.get(name, b"")))
    if not texts:
        return ""
    found = chance.choice(texts)
    made = chance.choice(ODD_TEXTS).replace(b"?", found[1])
    parts[name] = parts[name][: found.start()] + made + parts[name][found.end() :]
    return f"{name} {found[0][:60]!r} → {made[:120]!r}"


def _rewritten(cell: bytes, chance: Random) -> bytes:
    """Another cell altogether at that address."""
    address = re.search(rb' r="([^"]*)"', cell)
    made = chance.choice(CELL_XML).replace("?", address[1].decode() if address else "C10")
    return made.encode()


def _wrapped(cell: bytes, chance: Random) -> bytes:
    """The cell within something that a reader may or may not look into."""
    return chance.choice(WRAPPERS).replace(b"?", cell)


def _twice(cell: bytes, chance: Random) -> bytes:
    return cell + _revalued(cell, chance)


def _merge(parts: Parts, chance: Random) -> str:
    name, area = _sheet(parts, chance), chance.choice(REFERENCES)
    parts[name] = parts[name].replace(
        b"</sheetData>", f'</sheetData><mergeCells><mergeCell ref="{area}"/></mergeCells>'.encode(), 1
    )
    return area


def _validation(parts: Parts, chance: Random) -> str:
    name, area = _sheet(parts, chance), chance.choice((*REFERENCES, "A1 B2 C3", " ", "A1:", ":"))
    parts[name] = re.sub(rb'sqref="[^"]*"', f'sqref="{area}"'.encode(), parts[name], count=chance.choice((1, 0)))
    return area


def _namespace(parts: Parts, chance: Random) -> str:
    """The same names in another namespace, or with a prefix."""
    name = _any(parts, chance)
    way = chance.choice(("strict", "other", "prefix", "none"))
    part, main = parts[name], MAIN.encode()
    if way == "strict":
        part = part.replace(main, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    elif way == "other":
        part = part.replace(main, b"urn:other", 1)
    elif way == "none":
        part = part.replace(b' xmlns="' + main + b'"', b"")
    else:
        part = re.sub(rb"<(/?)(?=[A-Za-z])(?![A-Za-z0-9]+:)", rb"<\1x:", part)
        part = part.replace(b' xmlns="', b' xmlns:x="', 1)
    parts[name] = part
    return f"{name} {way}"


def _foreign(parts: Parts, chance: Random) -> str:
    """Some elements of one name in a namespace of nobody's."""
    name = _sheet(parts, chance)
    element = chance.choice((b"c", b"v", b"row", b"f", b"is", b"sheetData"))
    part = re.sub(rb"<(/?)%s(?=[\s/>])" % element, rb"<\1q:%s" % element, parts[name])
    parts[name] = part.replace(b"<worksheet", b'<worksheet xmlns:q="urn:nobody"', 1)
    return f"{name} {element!r}"


def _prolog(parts: Parts, chance: Random) -> str:
    name = _any(parts, chance)
    body = re.sub(rb"\A<\?xml.*?\?>\s*", b"", parts[name])
    head = chance.choice(
        (
            *(b"", b"\xef\xbb\xbf", b"\n", b'<?xml version="1.1"?>', b'<?xml version="1.0" encoding="utf-16"?>'),
            *(b"<!-- x -->", b"<?pi x?>", b'<?xml version="1.0" encoding="iso-8859-1"?>', b"<!DOCTYPE x>"),
        )
    )
    parts[name] = head + body
    return f"{name} {head!r}"


# --- parts and relations --------------------------------------------------------------------------------------------


def _lose(parts: Parts, chance: Random) -> str:
    name = chance.choice(list(parts))
    del parts[name]
    parts.setdefault("docProps/left.xml", b"<x/>")
    return name


def _rename(parts: Parts, chance: Random) -> str:
    name = chance.choice(list(parts))
    other = chance.choice(
        (name.upper(), name.replace("/", "\\"), "/" + name, name + ".bak", "xl/worksheets/sheet7.xml")
    )
    parts[other] = parts.pop(name)
    return f"{name} → {other}"


def _exchange(parts: Parts, chance: Random) -> str:
    one, other = chance.choice(list(parts)), chance.choice(list(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return f"{one} ↔ {other}"


def _order(parts: Parts, chance: Random) -> str:
    names = list(parts)
    chance.shuffle(names)
    shuffled = {name: parts[name] for name in names}
    parts.clear()
    parts.update(shuffled)
    return ""


def _target(parts: Parts, chance: Random) -> str:
    """A relation leads elsewhere."""
    name = chance.choice([name for name in parts if name.endswith(".rels")] or list(parts))
    targets = re.findall(rb'Target="([^"]*)"', parts[name])
    if not targets:
        return ""
    odd = (b"", b"..", b"/", b"../../x.xml", b"/xl/worksheets/SHEET1.xml", b"worksheets/./sheet1.xml", b"http://x/")
    by = chance.choice((*targets, *odd))
    parts[name] = parts[name].replace(b'Target="' + chance.choice(targets) + b'"', b'Target="' + by + b'"', 1)
    return f"{name} {by!r}"


def _listed(parts: Parts, chance: Random) -> str:
    """How the workbook lists its sheets, and how it counts days."""
    odd = ('name=""', 'name="_meta"', 'name="M1 Học tập"', 'name="B2 Học tập"', 'state="veryHidden"', 'r:id="rId1"')
    more = chance.choice((*odd, "date1904"))
    if BOOK not in parts:
        return ""
    if more == "date1904":
        parts[BOOK] = re.sub(rb"<workbookPr\b", b'<workbookPr date1904="1"', parts[BOOK], count=1)
        return more
    sheets = list(re.finditer(rb"<sheet\b[^>]*>", parts[BOOK]))
    if not sheets:
        return ""
    found = chance.choice(sheets)
    made = re.sub(rb' %s="[^"]*"' % more.partition("=")[0].encode(), b"", found[0])
    made = made.replace(b"<sheet", f"<sheet {more}".encode(), 1)
    parts[BOOK] = parts[BOOK][: found.start()] + made + parts[BOOK][found.end() :]
    return more


CHANGES: dict[str, tuple[int, Callable[[Parts, Random], str]]] = {
    "remove": (4, _tree(_remove)),
    "duplicate": (4, _tree(_duplicate)),
    "reorder": (2, _tree(_reorder)),
    "move": (3, _tree(_move)),
    "attribute": (6, _tree(_attribute)),
    "text": (4, _tree(_text)),
    "deep": (1, _tree(_deep)),
    "extension": (2, _tree(_extension)),
    "type": (4, _cell_text(_retyped)),
    "style": (3, _cell_text(_restyled)),
    "address": (3, _cell_text(_readdressed, _CELL)),
    "value": (5, _cell_text(_revalued)),
    "odd value": (5, _cell_text(_odd)),
    "odd text": (5, _odd_text),
    "cell": (6, _cell_text(_rewritten, _CELL)),
    "wrap": (3, _cell_text(_wrapped)),
    "twice": (1, _cell_text(_twice)),
    "merge": (2, _merge),
    "validation": (1, _validation),
    "namespace": (2, _namespace),
    "foreign": (2, _foreign),
    "prolog": (2, _prolog),
    "lose": (1, _lose),
    "rename": (2, _rename),
    "exchange": (1, _exchange),
    "order": (1, _order),
    "target": (2, _target),
    "listed": (3, _listed),
}
"""By name: how often, and the change, which says where it was made."""
