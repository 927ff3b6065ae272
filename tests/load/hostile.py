"""The hostile part of a crowd: the kinds of `tests.hostile_files`, forgeries, and things that are no files, in turn."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from random import Random

from schemas.finding import FindingCode
from tests.edits import edited
from tests.hostile_files import HOSTILE, Hostile
from tests.load.dropped import Drop

C = FindingCode
SLOW = frozenset({"zero bytes", "cut in half", "cut at its end", "over 20 MiB"})
"""Kinds that might still be on their way: they are left alone until they have lain there for a minute."""
_STAY = frozenset({"over 20 MiB"})
"""Kinds that are answered, but not taken in."""


def _forged(content: bytes) -> bytes:
    """The report of another unit, its stamp left as it was."""
    return edited(content, [{"identity": {"unit": "X00000"}}])


def _anonymous(content: bytes) -> bytes:
    return edited(content, [{"anonymous": True}])


def _commented(content: bytes) -> bytes:
    """The report as other bytes that say the same."""
    comment = b"gui nham thu muc"
    return content[:-2] + struct.pack("<H", len(comment)) + comment


_WRONG_FOLDER = "another unit's folder"
_FORGERIES = (
    Hostile("a forged unit", _forged, frozenset({C.WRONG_STAMP}), "Dấu nhận dạng"),
    Hostile("neither unit nor stamp", _anonymous, frozenset({C.NO_STAMP})),
    Hostile(_WRONG_FOLDER, _commented, frozenset({C.WRONG_FOLDER}), "X00000"),
)
_LINK, _PIPE = "a link", "a pipe"
_NO_FILES = (
    Hostile(_LINK, lambda _: b"", frozenset({C.NOT_A_FILE}), "lối tắt"),
    Hostile(_PIPE, lambda _: b"", frozenset({C.NOT_A_FILE}), "ống dẫn"),
)
KINDS = (*_FORGERIES, *(_NO_FILES if os.name == "posix" else ()), *HOSTILE)


def hostile_drops(
    ready: Path, honest: Sequence[Drop], count: int, chance: Random, without: Container[str]
) -> list[Drop]:
    """So many hostile files, as many kinds as go in; each is made of an honest report of the crowd.

    Every third lies in the folder of the unit whose report it was. `without`: names of kinds that are left out.
    """
    shuffled = [*KINDS[: len(KINDS) - len(HOSTILE)], *chance.sample(HOSTILE, len(HOSTILE))]
    kinds = [kind for kind in shuffled if kind.name not in without]
    fathers = [drop for drop in honest if drop.accepted and drop.unit != "X00000"]
    return [_made(ready, n, kind, chance.choice(fathers)) for n, kind in enumerate(islice(cycle(kinds), count))]


def _made(ready: Path, n: int, kind: Hostile, father: Drop) -> Drop:
    path = ready / f"Tệp lạ {n:04}.xlsx"
    content = kind.make(father.path.read_bytes())
    _SPECIAL.get(kind.name, Path.write_bytes)(path, content)
    folder = "X00000" if kind.name == _WRONG_FOLDER else father.unit if n % 3 == 0 else ""
    drop = Drop(path, folder, f"hostile: {kind.name}", hashlib.sha256(content).hexdigest(), "unusable")
    archived = kind.name not in (*_STAY, *_SPECIAL)
    return replace(drop, codes=kind.codes, says=kind.says, archived=archived)


def _link(path: Path, _: bytes) -> None:
    path.symlink_to(path.parent.parent / "plans")


def _pipe(path: Path, _: bytes) -> None:
    os.mkfifo(path)


_SPECIAL: dict[str, Callable[[Path, bytes], object]] = {_LINK: _link, _PIPE: _pipe}
