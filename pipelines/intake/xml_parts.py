"""Reading XML safely: no DOCTYPE, no deep nesting, UTF-8 alone.

calamine takes every part for UTF-8, whatever it declares; another encoding would be read in two ways.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from xml.parsers import expat

from pipelines.intake.refusal import damaged

DEPTH_LIMIT = 64
_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]*)""")
_OPEN_XML, _STRICT = "http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml"
_NAMESPACES = frozenset(
    [
        f"{_OPEN_XML}/spreadsheetml/2006/main",
        f"{_STRICT}/spreadsheetml/main",
        f"{_OPEN_XML}/officeDocument/2006/custom-properties",
        f"{_STRICT}/officeDocument/customProperties",
        f"{_OPEN_XML}/package/2006/relationships",
    ]
)
"""Of the roots of the parts that are read: ECMA-376, parts 1, 2 and 4."""
_UTF_8 = frozenset([b"utf-8", b"utf8", b"us-ascii", b"ascii"])


class Visitor:
    """What listens to a walk over one XML part. Names come without their prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""

    def end(self, name: str) -> None:
        """An element closes."""

    def text(self, text: str) -> None:
        """Character data, perhaps in pieces."""


def walk(part: bytes, visitor: Visitor) -> None:
    """Reads one small XML part. Raises Refusal where it is not well-formed, has a DOCTYPE or nests too deep."""
    parser = xml_parser()
    local = LocalNames()
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_LIMIT:
            raise damaged(f"XML lồng quá {DEPTH_LIMIT} lớp")
        visitor.start(local[name], attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        visitor.end(local[name])

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = visitor.text
    parse_whole(parser, part)


def xml_parser() -> expat.XMLParserType:
    """A parser that refuses a DOCTYPE and gives text in large pieces."""

    def doctype(*_: object) -> None:
        raise damaged("có khai báo DOCTYPE")

    parser = expat.ParserCreate("utf-8", ":")
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    return parser


def parse_whole(parser: expat.XMLParserType, part: bytes) -> None:
    """Parses one whole part. Raises Refusal where it is not well-formed, or not in UTF-8."""
    _check_encoding(part)
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError) as fault:
        raise damaged("XML bên trong không đúng quy cách") from fault


def _check_encoding(part: bytes) -> None:
    if b"\0" in part[:4] or part.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise damaged("bảng mã chữ bên trong là UTF-16, không phải UTF-8")
    declared = _DECLARED.match(part.removeprefix(b"\xef\xbb\xbf"))
    if declared is not None and declared[1].lower() not in _UTF_8:
        name = declared[1][:20].decode("ascii", "replace")
        raise damaged(f"bảng mã chữ bên trong là “{name}”, không phải UTF-8")


def check_depth(part: bytes) -> None:
    """Refuses a part that nobody reads where it nests too deep; what is not well-formed in it matters to nobody."""
    closes = part.count(b"</")
    if closes < DEPTH_LIMIT and part.count(b"<") - 2 * closes - part.count(b"/>") < DEPTH_LIMIT:
        return
    depth = 0

    def opened(_: str, __: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_LIMIT:
            raise damaged(f"XML lồng quá {DEPTH_LIMIT} lớp")

    def closed(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    with suppress(expat.ExpatError, ValueError, LookupError):
        parser.Parse(part, True)


class LocalNames(dict[str, str]):
    """Names of elements as the parser gives them → their local names, worked out once each.

    An element of another namespace than its root's keeps its whole name, so that it is not taken for one that readers
    look for; save those of `also`, which stand in extensions. Raises Refusal where the root's namespace is unknown.
    """

    def __init__(self, also: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self._main: str | None = None
        self._also = also

    def __missing__(self, name: str) -> str:
        namespace, _, local = name.rpartition(":")
        if self._main is None:
            if namespace not in _NAMESPACES:
                raise damaged("không gian tên XML bên trong không phải của bảng tính")
            self._main = namespace
        self[name] = told = local if namespace == self._main or local in self._also else name
        return told
