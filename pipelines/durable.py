"""Writing so that a power cut leaves the old file or the new one: on the disk first, then under its name."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from pathlib import Path

from pipelines.fault_points import FaultPoint, reached

_BESIDE = re.compile(r"\..{1,40}\.[0-9a-f]{8}|\.[0-9a-f]{12}(\.[a-z]{2,8}){1,2}")
"""The names of what is written beside (`beside_of`, `hidden_beside`), and of DuckDB's log of such a file."""


def beside_of(path: Path) -> Path:
    """A name for writing beside a file or folder of the store."""
    return path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}")


def hidden_beside(path: Path) -> Path:
    """A name for writing beside an output: it ends as the output does, for programs that go by that."""
    return path.with_name(f".{secrets.token_hex(6)}{path.suffix}")


def is_beside(name: str) -> bool:
    """Whether a file or folder of that name was written beside another, by a process that died or is at it."""
    return bool(_BESIDE.fullmatch(name))


def write_durably(path: Path, content: bytes, point: FaultPoint) -> None:
    """Writes a file whole or not at all, and on the disk before it returns. Raises OSError.

    `point` is passed between the writing and the renaming.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = beside_of(path)
    try:
        write_synced(beside, content)
        reached(point)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_synced(path: Path, content: bytes) -> None:
    """Writes a file, on the disk before it returns. Raises OSError."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Returns when what was written to a file is on the disk. Raises OSError."""
    with path.open("r+b" if sys.platform == "win32" else "rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Returns when the names in a folder are on the disk. Raises OSError."""
    if sys.platform == "win32":  # folders cannot be opened there, and NTFS journals renames itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path, *, below: bool = True) -> int:
    """Removes what a process that was killed left written beside, in a folder and `below`; how many there were.

    Nobody else may be writing there just then: the caller holds the run lock. What cannot be removed stays.
    """
    swept = 0
    for root, folders, files in os.walk(folder):
        for name in [one for one in folders if _BESIDE.fullmatch(one)]:
            folders.remove(name)
            shutil.rmtree(Path(root, name), ignore_errors=True)
            swept += 1
        if not below:
            folders.clear()
        for name in files:
            if _BESIDE.fullmatch(name):
                try:
                    Path(root, name).unlink(missing_ok=True)
                    swept += 1
                except OSError:
                    continue
    return swept
