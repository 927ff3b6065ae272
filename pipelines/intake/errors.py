"""Error cells whose error calamine does not know: `#SPILL!` and the like fail its whole sheet."""

from __future__ import annotations

from collections.abc import Container

from pipelines.intake.xml_parts import LocalNames, parse_whole, xml_parser

_STANDS_IN = b"#N/A"


def with_known_errors(part: bytes, known: Container[str]) -> bytes:
    """The XML of a worksheet that was walked over, every other error in it written `#N/A`.

    Only in cells of errors: the same words may stand as text in another cell. Raises Refusal.
    """
    parser, local = xml_parser(), LocalNames()
    pieces: list[bytes] = []
    written = began = 0
    kind = text = ""

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal kind, text, began
        if local[name] == "c":
            kind = attributes.get("t", "")
        elif local[name] == "v":
            text, began = "", parser.CurrentByteIndex

    def closed(name: str) -> None:
        nonlocal kind, written
        end = parser.CurrentByteIndex
        if local[name] == "c":
            kind = ""
        elif local[name] == "v" and kind == "e" and text.strip() not in known:
            value = text.encode()
            if value and part[began:end].endswith(b">" + value):
                pieces.extend((part[written : end - len(value)], _STANDS_IN))
                written = end

    def said(words: str) -> None:
        nonlocal text
        text += words

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = said
    parse_whole(parser, part)
    return b"".join((*pieces, part[written:]))
