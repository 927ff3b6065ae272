"""Files that are no reports, by name: what `file = "…"` of a case puts into the inbox."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.mortal_reader import CRASH
from tests.xlsx_parts import number, parts_of, row, zipped

POSIX = sys.platform != "win32"
ONLY_POSIX = frozenset({"crash", "fifo", "link"})
"""There are no signals and no FIFOs elsewhere, and links need rights."""


def _ole(stream: str) -> bytes:
    """An OLE container that names one stream."""
    name = stream.encode("utf-16-le") + b"\0\0"
    entry = name.ljust(64, b"\0") + len(name).to_bytes(2, "little") + bytes(62)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entry


def _content(made: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(made)


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.symlink_to(Path(__file__))


_PLAIN = zipped(parts_of({"A": row(1, number("A1", 1))}))

MAKERS: Mapping[str, Callable[[Path], object]] = {
    "empty": _content(b""),
    "blank byte": _content(b" "),
    "html": _content(b"<html><table><tr><td>8</td></tr></table></html>"),
    "pdf": _content(b"%PDF-1.7\n1 0 obj\n"),
    "xls": _content(_ole("Workbook")),
    "encrypted": _content(_ole("EncryptedPackage")),
    "cell twice": _content(zipped(parts_of({"A": row(1, number("A1", 1), number("A1", 2))}))),
    "middle lost": _content(_PLAIN[:300] + bytes(200) + _PLAIN[500:]),
    "far cell": _content(zipped(parts_of({"A": row(1048576, number("A1048576", 1))}))),
    "crash": _content(CRASH),
    "fifo": _fifo,
    "link": _link,
}
