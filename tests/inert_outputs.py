"""What is alive in an output and bears the mark of a hostile text: each walker gives what it finds, nothing where all
is well. They know the formats, and nothing of how the outputs are written."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from tests.hostile_texts import MARK
from tests.html_tree import Element, Parsed

_LITERAL = re.compile(r'"(?:[^"]|"")*"')
_FOOTER_CODE = re.compile(r'&(?:[LCRPNA]|\d+|"[^"]*")')
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FORMULAS = frozenset({"f", "formula", "formula1", "formula2", "definedName", "sqref", "ref"})
_DEAD_PARTS = re.compile(
    r"externalLink|ddeLink|oleObject|embeddings|activeX|vbaProject|connections|queryTable|customXml"
)
_PARTS_OF_PAGE = re.compile(
    "html|head|meta|title|style|body|a|header|div|p|span|strong|h[123]|nav|ul|li|main|section|details|summary|form|label|"
    "input|select|option|button|table|caption|thead|tr|th|tbody|td|footer|script|figure|figcaption|svg|desc|rect|line|"
    "path|text|g|b"
)
_UNSPEAKABLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_BLANKS = "".join(c for c in map(chr, range(0x10000)) if unicodedata.category(c)[0] in "ZC" and c not in "\ud800") + '"'
_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def alive_in_package(path: Path) -> Iterator[str]:
    """Of a workbook or a document: parts that are no XML, links, formulas, fields, text that is not held as text."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name, part in parts.items():
        if _DEAD_PARTS.search(name) or MARK in name:
            yield f"{name}: such a part"
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        try:
            root = ET.fromstring(part)
        except ET.ParseError as fault:
            yield f"{name}: no XML ({fault})"
            continue
        for element in root.iter():
            yield from (f"{name}: {fault}" for fault in _alive(element))


def _alive(element: ET.Element) -> Iterator[str]:
    tag, text = element.tag.rpartition("}")[2], "".join(element.itertext())
    said = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
    if tag == "Relationship" and (said.get("TargetMode") == "External" or MARK in said.get("Target", "")):
        yield f"leads to {said.get('Target')}"
    if tag == "hyperlink" and (MARK in said.get("location", "") or "id" in said):
        yield f"links to {said}"
    if tag in {"fldSimple", "altChunk", "object", "ddeItem"} or (tag == "instrText" and text.strip() != "PAGE"):
        yield f"field {tag} {text}"
    if tag == "f" and MARK in text:
        yield f"formula {text}"
    if tag in _FORMULAS and (MARK in _LITERAL.sub("", text) or '"' in _LITERAL.sub("", text)):
        yield f"{tag} {text}"
    if tag in {"oddFooter", "oddHeader"} and "&" in _FOOTER_CODE.sub("", text.replace("&&", "")):
        yield f"{tag} {text}"
    if tag == "c" and MARK in text and said.get("t") not in {"s", "inlineStr"}:
        yield f"cell {said.get('r')} {text}"
    yield from (
        f"{tag}@{key} {value}" for key, value in said.items() if key in {"display", "href", "src"} and MARK in value
    )


def strings_of(path: Path) -> set[str]:
    """Every text of a workbook's cells, as Excel reads it."""
    with zipfile.ZipFile(path) as package:
        root = ET.fromstring(package.read("xl/sharedStrings.xml"))
    texts = ("".join(item.itertext()) for item in root)
    return {_ESCAPE.sub(lambda code: chr(int(code[1], 16)), text) for text in texts}


def alive_in_page(path: Path) -> Iterator[str]:
    """Of the page: elements nobody wrote into it, scripts, handlers, styles, addresses that lead elsewhere."""
    html = path.read_text(encoding="utf-8")
    yield from (f"sign U+{ord(c):04X}" for c in set(html) if unicodedata.category(c) in {"Cc", "Cs"} and c != "\n")
    try:
        elements = list(Parsed(html).root.below())
    except AssertionError as fault:
        yield f"not closed in order: {fault}"
        return
    for tag in ("script", "style", "title"):
        own = [e for e in elements if e.tag == tag and (e.parent is None or e.parent.tag in {"head", "body"})]
        yield from (
            f"<{tag}> {len(own)} times" for _ in [0] if len(own) != 1 or (tag != "title" and MARK in own[0].raw)
        )
    for element in elements:
        yield from (f"<{element.tag}> {fault}" for fault in _alive_element(element, path.parent))


def _alive_element(element: Element, folder: Path) -> Iterator[str]:
    if _PARTS_OF_PAGE.fullmatch(element.tag) is None:
        yield "is no part of the page"
    if element.tag == "b" and element.text != "!":
        yield element.text
    for name, value in element.attributes.items():
        if name.startswith("on") or name in {"src", "srcdoc", "action", "formaction", "style", "xlink:href", "srcset"}:
            yield f"{name}={value}"
        if MARK in name:
            yield name
    href = element.attributes.get("href", "#")
    address = urlsplit(href)
    if not href.startswith("#") and (address.scheme or address.netloc or not (folder / unquote(href)).is_file()):
        yield f"leads to {href}"


def obeyed_by_terminal(said: str) -> list[str]:
    """The signs in an output that a terminal obeys, or that let a text be read as another; the line breaks left out."""
    signs = {c for c in said if c != "\n" and unicodedata.category(c) in _UNSPEAKABLE}
    return sorted(f"U+{ord(c):04X}" for c in signs)


def formulas_in_cell(cell: str) -> list[str]:
    """The beginnings in a CSV field that a spreadsheet may take for a formula, wherever it lets a cell begin."""
    starts = (part.lstrip(_BLANKS) for part in re.split("[,;|\t\r\n]", cell))
    return [start for start in starts if start.startswith(_SIGNS)]


def as_typed(cell: str) -> str:
    """A field of an exported CSV as it was typed, by the rule that docs/contract.md gives."""
    begins = re.compile(rf"((?:^|[,;|\t\r\n])[{re.escape(_BLANKS)}]*)'('*[{re.escape(''.join(_SIGNS))}])")
    return begins.sub(r"\1\2", cell)
