"""The small parts of a workbook that say what it is made of, each readable in one way only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import join, normpath, split

from pipelines.intake.refusal import damaged, too_large
from pipelines.intake.xml_parts import Visitor, walk
from schemas.finding import shown

MAIN_PART = "xl/workbook.xml"
_OTHER_SHEETS = frozenset(["chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"])
"""Kinds of sheets that hold no cells a report could stand in."""
TAB_LIMIT = 255
"""Characters of a tab's name: Excel takes 31, LibreOffice writes more."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a relation leads: its kind (the end of its type), and the lower-case name of the part; `""`: outside."""

    kind: str
    part: str


@dataclass(frozen=True, slots=True)
class Book:
    """What a workbook says it is made of.

    `sheets`: tab and part of each worksheet, in order. `styles`, `strings`: the parts that all sheets share, `b""`
    where there are none. `read`: the names of all these parts. `hidden`: the tabs that nobody sees.
    """

    sheets: tuple[tuple[str, str], ...]
    epoch_1904: bool
    styles: bytes
    strings: bytes
    read: frozenset[str]
    hidden: frozenset[str]


class _Workbook(Visitor):
    """The tabs and the `workbookPr` of a workbook; other elements of that name stand in its extensions."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.hidden: set[str] = set()
        self.epochs: list[bool] = []
        self._within: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._within.append(name)
        if name == "sheet":
            if len(tab := attributes.get("name", "")) > TAB_LIMIT:
                raise too_large(f"tên trang “{shown(tab)}” dài {len(tab)} ký tự, tối đa {TAB_LIMIT}")
            if self._within != ["workbook", "sheets", "sheet"] or not attributes.get("name"):
                raise damaged(f"trang “{attributes.get('name', '')}” không có tên hoặc ghi không đúng chỗ")
            relations = [value for key, value in attributes.items() if key.endswith(":id")]
            if len(relations) != 1:
                raise damaged(f"trang “{attributes.get('name', '')}” không có nội dung")
            self.sheets.append((attributes["name"], relations[0]))
            if attributes.get("state", "visible") != "visible":
                self.hidden.add(attributes["name"])
        elif self._within == ["workbook", "workbookPr"]:
            self.epochs.append(attributes.get("date1904", "") in {"1", "true", "on"})

    def end(self, name: str) -> None:  # noqa: ARG002
        self._within.pop()


class _Relations(Visitor):
    def __init__(self, folder: str) -> None:
        self.found: dict[str, Relation] = {}
        self._folder = folder

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != "Relationship":
            return
        identity, target = attributes.get("Id", ""), attributes.get("Target", "")
        if identity in self.found:
            raise damaged(f"liên kết bên trong “{identity}” có hai lần")
        inside = attributes.get("TargetMode") != "External"
        kind = attributes.get("Type", "").rpartition("/")[2]
        self.found[identity] = Relation(kind, self._part(target) if inside else "")

    def _part(self, target: str) -> str:
        target = target.replace("\\", "/")
        return normpath(target.lstrip("/") if target.startswith("/") else join(self._folder, target)).lower()


class _Properties(Visitor):
    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._name = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "property":
            self._name = attributes.get("name", "")
            if self._name in self.found:
                raise damaged(f"thuộc tính “{self._name}” có hai lần")
            self.found[self._name] = ""

    def end(self, name: str) -> None:
        if name == "property":
            self._name = ""

    def text(self, text: str) -> None:
        if self._name:
            self.found[self._name] += text


def custom_properties(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The custom document properties, as text. Raises Refusal."""
    part = parts.get("docprops/custom.xml")
    if part is None:
        return {}
    properties = _Properties()
    walk(part, properties)
    return properties.found


def book_of(parts: Mapping[str, bytes]) -> Book:
    """What a workbook is made of. `parts`: its inflated parts by lower-case name. Raises Refusal."""
    main = _main_part(parts)
    workbook = _Workbook()
    walk(parts[main], workbook)
    if len(set(workbook.epochs)) > 1:
        raise damaged("ghi hai cách tính ngày")
    folder, name = split(main)
    of_book = join(folder, "_rels", f"{name}.rels")
    relations = _relations(parts.get(of_book, b""), folder)
    sheets = _worksheets(workbook.sheets, relations)
    shared = {kind: _shared(relations, kind) for kind in ("styles", "sharedStrings")}
    read = {main, of_book, "_rels/.rels", "docprops/custom.xml", *shared.values(), *(part for _, part in sheets)}
    return Book(
        sheets,
        any(workbook.epochs),
        parts.get(shared["styles"], b""),
        parts.get(shared["sharedStrings"], b""),
        frozenset(read),
        frozenset(workbook.hidden),
    )


def _main_part(parts: Mapping[str, bytes]) -> str:
    """The one part that the package leads to as the workbook: the usual one wherever it is there."""
    led = {r.part for r in _relations(parts.get("_rels/.rels", b""), "").values() if r.kind == "officeDocument"}
    usual = MAIN_PART in parts
    if len(led) != 1 or (usual and led != {MAIN_PART}):
        raise damaged(f"phần chính của tệp không phải {MAIN_PART}")
    (main,) = led
    if main not in parts:
        raise damaged(f"thiếu phần chính {shown(main)}")
    return main


def _relations(part: bytes, folder: str) -> dict[str, Relation]:
    relations = _Relations(folder)
    if part:
        walk(part, relations)
    return relations.found


def _worksheets(listed: list[tuple[str, str]], relations: Mapping[str, Relation]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for name, relation_id in listed:
        relation = relations.get(relation_id)
        if relation is None:
            raise damaged(f"thiếu nội dung của trang “{name}”")
        if relation.kind == "worksheet":
            if relation.part in ("", *(part for _, part in found)):
                raise damaged(f"nội dung của trang “{name}” là của trang khác hoặc nằm ngoài tệp")
            found.append((name, relation.part))
        elif relation.kind not in _OTHER_SHEETS:
            raise damaged(f"trang “{name}” không rõ là loại trang gì")
    return tuple(found)


def _shared(relations: Mapping[str, Relation], kind: str) -> str:
    """The name of the part that all sheets share of that kind; `""` where no relation leads to one."""
    led = {relation.part for relation in relations.values() if relation.kind == kind}
    if len(led) > 1:
        raise damaged("có hai phần định dạng hoặc hai phần chữ dùng chung")
    return next(iter(led), "")
