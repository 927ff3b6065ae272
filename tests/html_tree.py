"""An HTML page as a tree of elements, and its tables as a reader sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "input", "br", "img", "link", "rect", "line", "path"})


@dataclass
class Element:
    """One element of a parsed page."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    parts: list[Element | str] = field(default_factory=list)

    def all(self, tag: str = "", name: str = "") -> list[Element]:
        """The elements below it of a tag and a class, in order."""
        return [e for e in self.below() if (not tag or e.tag == tag) and (not name or name in e.classes)]

    def one(self, tag: str = "", name: str = "") -> Element:
        (found,) = self.all(tag, name)
        return found

    def below(self) -> Iterator[Element]:
        for part in self.parts:
            if isinstance(part, Element):
                yield part
                yield from part.below()

    @property
    def classes(self) -> list[str]:
        """The names in `class`."""
        return self.attributes.get("class", "").split()

    @property
    def raw(self) -> str:
        return "".join(part if isinstance(part, str) else part.raw for part in self.parts)

    @property
    def text(self) -> str:
        return " ".join(self.raw.split())


class Parsed(HTMLParser):
    """A page as a tree; fails where elements are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = self._here = Element("", {})
        self.feed(html)
        self.close()
        assert self._here is self.root, f"{self._here.tag} is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), attrs
        element = Element(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.parts.append(element)
        if tag not in VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._here.parts.append(Element(tag, {name: value or "" for name, value in attrs}, self._here))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._here.tag, f"</{tag}> closes <{self._here.tag}>"
        assert self._here.parent is not None
        self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        self._here.parts.append(data)

    def by_id(self, name: str) -> Element:
        (found,) = (e for e in self.root.below() if e.attributes.get("id") == name)
        return found


def rows_of(table: Element) -> list[list[str]]:
    """The texts of a table's cells, row by row, its head first; what only a screen reader says is left out."""
    return [[_seen(c) for c in row.below() if c.tag in ("td", "th")] for row in table.all("tr")]


def _seen(element: Element) -> str:
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: Element) -> Iterator[str]:
    for part in element.parts:
        if isinstance(part, str):
            yield part
        elif "unseen" not in part.classes:
            yield from _pieces(part)
