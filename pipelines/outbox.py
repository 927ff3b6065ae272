"""Publishing: written beside, then renamed; never over a file that is open; only what says something new."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.clock import now
from pipelines.durable import hidden_beside, sync_file, sync_folder
from pipelines.fault_points import FaultPoint, reached

Writer = Callable[[Path], None]
_FEW_LINES = 200
"""A register of no more lines is not written anew for their number."""


@dataclass(frozen=True, slots=True)
class Published:
    """Where a file was published. `diverted`: under another name, because someone holds the real one open."""

    path: Path
    diverted: bool = False


def publish(path: Path, write: Writer) -> Published:
    """Writes a file through `write`, which is given a temporary name in the same folder, and renames it into place.

    It is on the disk before it gets its name, so a power cut leaves no empty file behind.

    Where the target is held open (Windows), it is published beside it as `<stem> (mới <time>)`. Whatever `write`
    raises goes up, with the temporary file gone and the old one untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = hidden_beside(path)
    try:
        write(beside)
        sync_file(beside)
        reached(FaultPoint.OUTPUT_BESIDE)
        try:
            beside.replace(path)
        except PermissionError:
            if not path.is_file():
                raise
            other = path.with_name(f"{path.stem} (mới {now():%Y-%m-%d %H%M%S}){path.suffix}")
            beside.replace(other)
            return Published(other, diverted=True)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)
    reached(FaultPoint.OUTPUT_RENAMED)
    return Published(path)


class Register:
    """What each published file says (a digest), kept beside the dataset. A cache: losing it costs rewriting.

    The file is lines of JSON objects, name → digest; what a later line says holds. A record costs one line more, and
    once they are too many the file is written anew as one. A line that cannot be read, as a process leaves it that dies
    while it writes, costs what stood in it.
    """

    def __init__(self, path: Path, root: Path | None = None) -> None:
        """`root`: the folder that targets are named relative to (else the parent of the register's folder)."""
        self._path = path
        self._root = root or path.parent.parent
        self._said, self._lines = _read(path)

    def is_current(self, target: Path, digest: str) -> bool:
        """Whether the target is there and says just this."""
        return self._said.get(self._name(target)) == digest and target.is_file()

    def said(self, target: Path) -> str | None:
        """What was booked of a target, whether or not it is there."""
        return self._said.get(self._name(target))

    def record(self, target: Path, digest: str, *, on_disk: bool = False) -> None:
        """Books what a target now says; `on_disk`: so that a power cut cannot take it back. Raises OSError."""
        name = self._name(target)
        self._said[name] = digest
        lines, self._lines = self._lines, None  # until the line is written whole, nobody knows how the file ends
        if lines is None or lines > max(_FEW_LINES, len(self._said)):
            publish(self._path, lambda beside: _write_text(beside, _line(self._said)))
            self._lines = 1
        else:
            with self._path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(_line({name: digest}))
                if on_disk:
                    file.flush()
                    os.fsync(file.fileno())
            self._lines = lines + 1

    def _name(self, target: Path) -> str:
        inside = target.is_relative_to(self._root)
        return (target.relative_to(self._root) if inside else target).as_posix()


def unless_unchanged(register: Register, path: Path, digest: str, write: Writer) -> Published | None:
    """Publishes a file unless it already says just this (then None). Raises OSError.

    While the target is held open there is one copy beside it, written again only when it says something new; as soon as
    the target is free, the copy takes its place.
    """
    if register.is_current(path, digest):
        return None
    beside = sorted(path.parent.glob(f"{glob.escape(path.stem)} (mới *){glob.escape(path.suffix)}"))
    waiting = next((copy for copy in beside if register.is_current(copy, digest)), None)
    if waiting is None:
        published = publish(path, write)
    else:
        try:
            published = Published(waiting.replace(path))
        except PermissionError:
            return None
    register.record(published.path, digest)
    reached(FaultPoint.OUTPUT_RECORDED)
    for copy in beside:
        if copy != published.path:
            with suppress(PermissionError):  # somebody reads the copy itself
                copy.unlink(missing_ok=True)
    return published


def _read(path: Path) -> tuple[dict[str, str], int | None]:
    """What the register says, and how many lines it has; None where it is to be written anew: it is not whole."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}, None
    *lines, rest = text.split("\n")
    parsed = [_parsed(line) for line in lines]
    if rest or not lines or None in parsed:
        parsed.append(_parsed(text))  # one object on many lines, as it was written once
        lines = []
    said = {str(k): str(v) for some in parsed if some for k, v in some.items()}
    return said, len(lines) or None


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _line(said: dict[str, str]) -> str:
    return json.dumps(said) + "\n"


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
