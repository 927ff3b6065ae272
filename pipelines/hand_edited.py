"""Published files that people go on writing in: replaced only when they say something new, and never lost.

A letter is signed, numbered, reworded after it was published. What was written here is known by its bytes; a file with
other bytes is somebody's work, and is kept in `cu/` before a new one takes its name. Where the register is lost,
every file counts as somebody's work.
"""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from pipelines.fault_points import FaultPoint, reached
from pipelines.outbox import Published, Register, Writer, publish

SET_ASIDE = "cu"
"""The folder, beside the files, of what was replaced or is no longer wanted."""


def unless_unchanged_or_kept(register: Register, path: Path, digest: str, write: Writer) -> Published | None:
    """Publishes a file unless it already says just this, edited or not (then None). Raises OSError.

    A file that somebody has edited is copied to `cu/` first, right before the new one takes its place.
    """
    said, *written = (register.said(path) or "").split(":")
    if said == digest and path.is_file():
        return None

    def write_then_keep(beside: Path) -> None:
        write(beside)
        known = ":".join((said, *written, _digest(beside)))
        register.record(path, known, on_disk=True)  # killed right after, it is known as ours
        if path.is_file() and _digest(path) not in written:
            _copy_aside(path)
            reached(FaultPoint.EDITED_KEPT)

    published = publish(path, write_then_keep)
    if not published.diverted:
        register.record(path, f"{digest}:{_digest(path)}")
    return published


def set_aside(folder: Path, names: Collection[str], wanted: Collection[str]) -> list[Path]:
    """Moves what is no longer wanted to `cu/`, edited or not; returns where it is now. Raises OSError.

    `names`: all names ever published in the folder; other files there are nobody's business. What was published beside
    an open file (`<stem> (mới …)`) goes with it. A file that is held open (Windows) stays until another run.
    """
    moved = []
    for name in sorted(set(names) - set(wanted)):
        stem, suffix = Path(name).stem, Path(name).suffix
        beside = sorted(folder.glob(f"{glob.escape(stem)} (mới *){glob.escape(suffix)}"))
        for path in (folder / name, *beside):
            if path.is_file():
                target = _free_name(path)
                target.parent.mkdir(exist_ok=True)
                try:
                    path.replace(target)
                except PermissionError:
                    continue
                moved.append(target)
                reached(FaultPoint.ASIDE)
    return moved


def _copy_aside(path: Path) -> None:
    """Copies a file to `cu/`, unless just these bytes are there already."""
    folder, digest = path.parent / SET_ASIDE, _digest(path)
    kept = folder.glob(f"{glob.escape(path.stem)}*{glob.escape(path.suffix)}")
    if not any(_digest(other) == digest for other in kept if other.is_file()):
        publish(_free_name(path), lambda beside: _copy(path, beside))


def _copy(path: Path, beside: Path) -> None:
    status = path.stat()
    shutil.copyfile(path, beside)
    os.utime(beside, ns=(status.st_atime_ns, status.st_mtime_ns))


def _free_name(path: Path) -> Path:
    """A name in `cu/` that nothing has: the file's own, else with a number."""
    folder, number = path.parent / SET_ASIDE, 1
    target = folder / path.name
    while target.exists():
        number += 1
        target = folder / f"{path.stem} ({number}){path.suffix}"
    return target


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
