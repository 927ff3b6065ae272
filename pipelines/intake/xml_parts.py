"""Reading XML safely: no DOCTYPE, no deep nesting; and the small parts of a workbook that say what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from pipelines.intake.refusal import damaged

DEPTH_LIMIT = 64


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

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    return parser


def parse_whole(parser: expat.XMLParserType, part: bytes) -> None:
    """Parses one whole part. Raises Refusal where it is not well-formed."""
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError) as fault:
        raise damaged("XML bên trong không đúng quy cách") from fault


@dataclass(frozen=True, slots=True)
class Listed:
    """What `xl/workbook.xml` says: tab and relation id of each sheet, in order; whether days count from 1904."""

    sheets: tuple[tuple[str, str], ...]
    epoch_1904: bool


class _Workbook(Visitor):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.epoch_1904 = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), relation))
        elif name == "workbookPr":
            self.epoch_1904 = attributes.get("date1904", "") in {"1", "true"}


class _Targets(Visitor):
    def __init__(self) -> None:
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            self.found[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))


class _Properties(Visitor):
    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._name = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "property":
            self._name = attributes.get("name", "")
            self.found[self._name] = ""

    def end(self, name: str) -> None:
        if name == "property":
            self._name = ""

    def text(self, text: str) -> None:
        if self._name:
            self.found[self._name] += text


class LocalNames(dict[str, str]):
    """Element names without their prefix, worked out once each."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition(":")[2]
        return local


def custom_properties(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The custom document properties, as text. Raises Refusal."""
    part = parts.get("docprops/custom.xml")
    if part is None:
        return {}
    properties = _Properties()
    walk(part, properties)
    return properties.found


def workbook_listed(part: bytes) -> Listed:
    """What `xl/workbook.xml` says. Raises Refusal."""
    workbook = _Workbook()
    walk(part, workbook)
    return Listed(tuple(workbook.sheets), workbook.epoch_1904)


def relation_targets(part: bytes) -> dict[str, tuple[str, str]]:
    """Type and target of each internal relation, by id. Raises Refusal."""
    targets = _Targets()
    if part:
        walk(part, targets)
    return targets.found
