"""What the page links to: files beside it in the outbox, by keys, as relative addresses and nothing else.

Keys: the names in `DOCUMENTS`; `group:<label>`, a group's workbook; of a unit `unit:<code>` (its leaders' workbook),
`receipt:<code>`, `marked:<code>` (the copy handed back), `letter:<code>` (its reminder). Values: paths relative to the
page's folder, written with `/`, not encoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from schemas.consolidation import Consolidation
    from schemas.results import Source

Links = Mapping[str, str]

DOCUMENTS: dict[str, str] = {
    "tong-hop.xlsx": "Sổ tổng hợp toàn tỉnh (Excel)",
    "bao-cao-ket-qua.docx": "Dự thảo báo cáo kết quả (Word)",
    "don-doc/phu-luc.docx": "Phụ lục đôn đốc (Word)",
    "don-doc/tin-nhan.txt": "Tin nhắn đôn đốc",
}
"""Key, which is also where the file lies in the round's folder, and what it is."""
_OF_UNIT = {
    "unit": "Sổ của đơn vị",
    "marked": "Bản đánh dấu",
    "receipt": "Phiếu tiếp nhận",
    "letter": "Công văn đôn đốc",
}
_ANSWERS = {"receipt": "phieu-tiep-nhan", "marked": "tra-lai"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link as shown: what it opens, and its address."""

    label: str
    href: str


def address(path: str) -> str:
    """A relative path as an address. Raises ValueError where it is absolute: such a link works on one machine only."""
    if not path or path.startswith(("/", "\\")) or path[1:2] == ":":
        raise ValueError(f"not a relative path: {path!r}")
    return quote(path.encode("utf-8", "replace").decode("utf-8"), safe="/")


def documents(links: Links) -> list[Link]:
    """The documents of the whole round."""
    return [Link(label, address(links[key])) for key, label in DOCUMENTS.items() if key in links]


def group_documents(result: Consolidation, links: Links) -> list[Link]:
    """The workbooks of the groups, then those of units for their own leaders."""
    groups = dict.fromkeys(u.group for u in result.units)
    found = [Link(group, address(links[f"group:{group}"])) for group in groups if f"group:{group}" in links]
    units = ((u.unit.name, f"unit:{u.unit.code}") for u in result.units)
    return found + [Link(name, address(links[key])) for name, key in units if key in links]


def unit_documents(code: str, links: Links) -> tuple[Link, ...]:
    """What there is to open about one unit."""
    keys = ((f"{kind}:{code}", label) for kind, label in _OF_UNIT.items())
    return tuple(Link(label, address(links[key])) for key, label in keys if key in links)


def found_links(result: Consolidation, folder: Path, groups: Links, up: str = "") -> dict[str, str]:
    """What of a round lies in its outbox `folder`, by key: only files that are there.

    Of each unit the receipt and the marked copy of its newest submission known by the day. `groups`: label → the file
    below `folder`. `up`: what leads from the page's folder to it (`../../` from `lich-su/<day>/`).
    """
    wanted = {key: key for key in DOCUMENTS} | {f"group:{label}": path for label, path in groups.items()}
    for status in result.units:
        code = status.unit.code
        wanted[f"unit:{code}"] = f"theo-don-vi/{code}.xlsx"
        wanted[f"letter:{code}"] = f"don-doc/cong-van-{code}.docx"
    for code, source in _newest(result.sources).items():
        for kind, name in _ANSWERS.items():
            answer = _answer(folder / name / code, source)
            if answer is not None:
                wanted[f"{kind}:{code}"] = f"{name}/{code}/{answer}"
    return {key: up + path for key, path in wanted.items() if (folder / path).is_file()}


def _newest(sources: Iterable[Source]) -> dict[str, Source]:
    newest: dict[str, Source] = {}
    for source in sources:
        known = newest.get(source.unit.code)
        if known is None or source.version > known.version:
            newest[source.unit.code] = source
    return newest


def _answer(folder: Path, source: Source) -> str | None:
    """The first answer to a submission: its name ends in the first signs of the submission's SHA-256."""
    return min((p.name for p in folder.glob(f"* {source.sha256[:8]}.xlsx")), default=None)
