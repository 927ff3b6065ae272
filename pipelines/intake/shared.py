"""What the cells of all sheets refer to by number: styles and shared strings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.intake.refusal import damaged
from pipelines.intake.text_shape import TextShape
from pipelines.intake.xml_parts import Visitor, walk

_CODED = re.compile(rb"""numFmtId\s*=\s*["'][^"'<]*&""")
"""A number written as character references: calamine does not resolve them, and a date would be a number."""
TEXT_LIMIT = 32_767
"""Characters in one cell: Excel holds no more."""


@dataclass(frozen=True, slots=True)
class Shared:
    """How many cell styles and shared strings there are, and which of the strings are blank.

    `long`: those longer than a cell may hold, with their lengths.
    """

    styles: int
    strings: int
    blank: frozenset[int]
    long: Mapping[int, int]


class _Counted(Visitor):
    """Counts the items of one list, which must stand once, in its place below the root."""

    def __init__(self, depth: int, listed: str, item: str) -> None:
        self.count = 0
        self.blank: list[int] = []
        self._at = 0
        self._depth, self._list, self._item = depth, listed, item
        self._open = self._met = False
        self._words = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        self._at += 1
        if name == self._list:
            if self._at != self._depth or self._met:
                raise damaged("phần dùng chung có bố cục lạ")
            self._open = self._met = True
        elif name == self._item and self._open:
            if self._at != self._depth + 1:
                raise damaged("phần dùng chung có bố cục lạ")
            self.count += 1
            self._words = False

    def end(self, name: str) -> None:
        if name == self._list:
            self._open = False
        elif name == self._item and self._open and not self._words:
            self.blank.append(self.count - 1)
        self._at -= 1

    def text(self, text: str) -> None:
        self._words = self._words or not text.isspace()


class _Texts(_Counted):
    """The shared strings, each put together as every reader reads it."""

    def __init__(self) -> None:
        super().__init__(1, "sst", "si")
        self.long: dict[int, int] = {}
        self._shape = TextShape()
        self._length = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        super().start(name, attributes)
        if self._at > self._depth + 1:
            self._shape.start(name)
        else:
            self._shape = TextShape()
            self._length = 0

    def end(self, name: str) -> None:
        if self._at > self._depth + 1:
            self._shape.end()
        elif self._length > TEXT_LIMIT:
            self.long[self.count - 1] = self._length
        super().end(name)

    def text(self, text: str) -> None:
        super().text(text)
        self._length += len(text)


def shared_of(styles: bytes, strings: bytes) -> Shared:
    """What there is to refer to; `b""`: the workbook has no such part. Raises Refusal."""
    formats, texts = _Counted(2, "cellXfs", "xf"), _Texts()
    if styles:
        if _CODED.search(styles):
            raise damaged("phần định dạng ghi số bằng ký hiệu")
        walk(styles, formats)
    if strings:
        walk(strings, texts)
    return Shared(formats.count, texts.count, frozenset(texts.blank), texts.long)
