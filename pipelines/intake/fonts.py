"""Fonts from before Unicode: which cells show right letters only in a `.Vn…` or a `VNI-…` font.

The bytes of such text look like other letters, so nothing but the font tells it apart. It stands in the cell's style,
or on the runs of a text that is formatted piece by piece. A workbook without such fonts costs two searches.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipelines.intake.xml_parts import Visitor, walk
from schemas.submission import Encoding

_PREFIXES: tuple[tuple[str, Encoding], ...] = ((".vn", "tcvn3"), ("vni-", "vni"))
_LEGACY_NAME = re.compile(rb"""["'](?:\.vn|vni-)""", re.IGNORECASE)
_TWO_BYTES = (b"\xff\xfe", b"\xfe\xff")
"""How UTF-16 begins: there a search in the bytes finds nothing."""

Face = Literal["tcvn3", "vni", "other", "cell"]
"""The font of a run: of an encoding, another one, or none of its own, so that the cell's font is its."""


def encoding_of(font: str) -> Encoding | None:
    """The encoding a font is made for: `.VnTime` → `tcvn3`, `VNI-Times` → `vni`, any other → None."""
    name = font.strip().casefold()
    return next((encoding for prefix, encoding in _PREFIXES if name.startswith(prefix)), None)


class Runs:
    """Listens to a text and gathers the fonts of its runs; runs of white space alone say nothing."""

    def __init__(self) -> None:
        self.faces: set[Face] = set()
        self._face: Face = "cell"
        self._within = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element inside the text opens."""
        if name == "r":
            self._within, self._face = True, "cell"
        elif name == "rFont" and self._within:
            self._face = encoding_of(attributes.get("val", "")) or "other"

    def end(self, name: str) -> None:
        """An element inside the text closes."""
        if name == "r":
            self._within = False

    def text(self, text: str) -> None:
        """Character data inside the text."""
        if self._within and text.strip():
            self.faces.add(self._face)

    def take(self) -> frozenset[Face]:
        """The fonts of the text that has just ended; none where it has no runs."""
        faces, self.faces, self._within = frozenset(self.faces), set(), False
        return faces


@dataclass(frozen=True, slots=True)
class Fonts:
    """The legacy fonts of a workbook. `styles`: by index of the cell style; `strings`: fonts of the runs, by index of
    the shared string, where it has runs.
    """

    styles: Mapping[int, Encoding] = field(default_factory=dict)
    strings: Mapping[int, frozenset[Face]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.styles) or any(faces & {"tcvn3", "vni"} for faces in self.strings.values())

    def encoding(self, style: str, shared: str, runs: frozenset[Face]) -> Encoding | None:
        """The encoding of a text cell: by its style, unless the runs of its text say otherwise.

        `shared`: the index of its shared string, or `""`; then `runs` are the fonts of its own runs. Text in more than
        one encoding has none: it is not for a program to take apart.
        """
        of_cell = self.styles.get(int(style)) if style.isdigit() else None
        faces = self.strings.get(int(shared), frozenset()) if shared.isdigit() else runs
        if not faces:
            return of_cell
        found = {(of_cell or "other") if face == "cell" else face for face in faces}
        (one, *more) = found
        return None if more or one == "other" else one


class _Styles(Visitor):
    """`fonts` and `cellXfs` of `xl/styles.xml`."""

    def __init__(self) -> None:
        self.found: dict[int, Encoding] = {}
        self._fonts: list[Encoding | None] = []
        self._inside = ""
        self._styles = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in {"fonts", "cellXfs", "dxfs"}:
            self._inside = name
        elif name == "font" and self._inside == "fonts":
            self._fonts.append(None)
        elif name == "name" and self._inside == "fonts" and self._fonts:
            self._fonts[-1] = encoding_of(attributes.get("val", ""))
        elif name == "xf" and self._inside == "cellXfs":
            font = attributes.get("fontId", "0")
            encoding = self._fonts[int(font)] if font.isdigit() and int(font) < len(self._fonts) else None
            if encoding is not None:
                self.found[self._styles] = encoding
            self._styles += 1

    def end(self, name: str) -> None:
        if name == self._inside:
            self._inside = ""


class _Strings(Visitor):
    """The runs of the shared strings."""

    def __init__(self) -> None:
        self.found: dict[int, frozenset[Face]] = {}
        self._runs = Runs()
        self._count = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._runs.start(name, attributes)

    def end(self, name: str) -> None:
        if name == "si":
            faces = self._runs.take()
            if faces:
                self.found[self._count] = faces
            self._count += 1
        else:
            self._runs.end(name)

    def text(self, text: str) -> None:
        self._runs.text(text)


def legacy_fonts(styles: bytes, strings: bytes) -> Fonts:
    """The legacy fonts of a workbook, from its styles and its shared strings (`b""`: it has none). Raises Refusal."""
    of_styles, of_strings = _Styles(), _Strings()
    if names_legacy_font(styles):
        walk(styles, of_styles)
    if has_runs(strings) and (of_styles.found or names_legacy_font(strings)):
        walk(strings, of_strings)
    return Fonts(of_styles.found, of_strings.found)


def has_runs(part: bytes) -> bool:
    """Whether a part may hold text that is formatted piece by piece."""
    return b"rFont" in part or part.startswith(_TWO_BYTES)


def names_legacy_font(part: bytes) -> bool:
    """Whether a part may name a legacy font."""
    return part.startswith(_TWO_BYTES) or _LEGACY_NAME.search(part) is not None
