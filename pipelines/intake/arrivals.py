"""What lies in the inbox: files to take in, in order of arrival, and files to leave for the next run."""

from __future__ import annotations

import fnmatch
import os
import stat
import struct
import time
import unicodedata
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.clock import TIMEZONE
from pipelines.fault_points import FaultPoint, reached
from pipelines.intake.guard import FILE_LIMIT
from pipelines.intake.opening import OPEN_FLAGS, not_regular, open_below, regular_content
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.system_fault import reason_of

if TYPE_CHECKING:
    from pipelines.store import Home

DEPTH_LIMIT = 8
SECOND_LOOK = 0.3
_JUST_NOW = 5.0
_STILL_COPYING = 60.0
_LEFT_OVER = 24 * 3600.0
"""Seconds after which a lock, or a file under the name of an unfinished one, is one that somebody forgot."""
_NOISE = (
    "._*",
    "thumbs.db",
    "desktop.ini",
    ".ds_store",
    ".gitkeep",
    "~$*",
    ".~lock.*#",
)
_UNFINISHED = ("*.tmp", "*.part", "*.crdownload")
"""Names that programs give what they are still writing. What is left over of it is never taken in: an older state."""
_END = struct.Struct("<4s4H2LH")
"""The end record of a zip: signature, four numbers of discs and entries, size and offset of its directory, comment."""
_ZIP_END = b"PK\x05\x06"
_LONGEST_END = _END.size + 65_535
_UNREADABLE_FOR = 10.0
_NO_ZIP_FOR = 3.0
"""Seconds that a watched file must stand unchanged before it is taken for what it seems to be."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file to take in. `folder`: the first part of its path under the inbox (`""`: the inbox itself).

    `name` is fit to be shown (NFC, always encodable). `fault`: why it cannot be opened at all. `steps`: how many steps
    below the inbox it lies, itself included.
    """

    path: Path
    folder: str
    name: str
    received_at: datetime
    size: int
    mtime_ns: int
    fault: Finding | None = None
    file_time: datetime | None = None
    steps: int = 1


@dataclass(frozen=True, slots=True)
class Held:
    """A file left in the inbox, and why (Vietnamese). `forgotten`: it will lie there until somebody sees to it."""

    path: Path
    reason: str
    forgotten: bool = False


@dataclass
class Steadiness:
    """How long each file has stood unchanged before the eyes of a process that looks again and again.

    It needs no sleep between two looks, and no clock of the machine the inbox lies on. `closed_zip_for`: seconds for a
    zip whose end record fits the file, which is whole as it stands.
    """

    closed_zip_for: float = 0.0
    _since: dict[Path, tuple[tuple[int, int, bool], float]] = field(default_factory=dict)

    def unsteady(self, found: list[Waiting]) -> dict[Path, str]:
        """The files that may still be on their way, and why."""
        moment = time.monotonic()
        seen = {}
        reasons = {}
        for file in found:
            state = (file.size, file.mtime_ns, file.fault is None)
            before = self._since.get(file.path)
            seen[file.path] = before if before is not None and before[0] == state else (state, moment)
            wanted, reason = self._patience(file)
            if moment - seen[file.path][1] < wanted:
                reasons[file.path] = reason
        self._since = seen
        return reasons

    def _patience(self, file: Waiting) -> tuple[float, str]:
        if file.fault is not None:
            return _UNREADABLE_FOR, "tệp chưa mở được; sẽ thử lại"
        if _is_closed_zip(file.path):
            return self.closed_zip_for, "tệp vừa được ghi; sẽ nhận ngay khi không còn thay đổi"
        if not file.size or _zip_without_end(file.path):
            return _STILL_COPYING, "tệp đang được chép vào (chưa đủ nội dung); sẽ nhận khi đủ"
        return _NO_ZIP_FOR, "tệp vừa được ghi; sẽ nhận ngay khi không còn thay đổi"


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox of a home, looked at on behalf of a moment: nothing in it arrived later than `now`.

    `steadiness`: of a process that watches it; without it a file only seconds old is looked at twice. `only`: the
    paths that matter; None: all.
    """

    home: Home
    now: datetime
    steadiness: Steadiness | None = None
    only: Container[Path] | None = None

    def look(self) -> tuple[list[Waiting], list[Held]]:
        """What is there (see `waiting`)."""
        found, held = waiting(self.home, self.now, self.steadiness)
        return [file for file in found if self.only is None or file.path in self.only], held


class Changing(Exception):
    """The file changed while it was read; it is left for the next run."""


def waiting(home: Home, now: datetime, steadiness: Steadiness | None = None) -> tuple[list[Waiting], list[Held]]:
    """The files of the inbox in order of arrival, then name; arrival is never later than `now`.

    Without `steadiness` it costs one short sleep (`SECOND_LOOK`) where any file is only seconds old.
    """
    paths = list(_files(home.inbox, DEPTH_LIMIT))
    found = [_described(home, path, now) for path in paths if not _is_any(path.name, _UNFINISHED)]
    growing = steadiness.unsteady(found) if steadiness is not None else _growing(found)
    reasons = _open_elsewhere(found) | growing
    held = [Held(w.path, reasons[w.path]) for w in found if w.path in reasons]
    held += _forgotten(path for path in paths if _is_any(path.name, _UNFINISHED))
    ready = (w for w in found if w.path not in reasons)
    return sorted(ready, key=lambda w: (w.received_at, w.name, str(w.path))), held


def read_waiting(file: Waiting) -> bytes:
    """The bytes of a waiting file, at most one more than the size limit.

    Opens without following links, of folders neither, and without blocking. Raises Changing where it is no longer the
    file that was described, OSError where it cannot be read.
    """
    content, after = regular_content(open_below(file.path, file.steps), FILE_LIMIT)
    if (after.st_size, after.st_mtime_ns) != (file.size, file.mtime_ns):
        raise Changing(file.path)
    return content


def leave_inbox(files: Iterable[Waiting]) -> list[Path]:
    """Takes finished files out of the inbox, as the last step of a run; gives those that stay.

    A file whose bytes have changed since stays: it is another report. So does one that is held open (Windows), and for
    a minute one without any bytes: a copy that has only begun would go on writing into a file that nobody finds.
    """
    staying = []
    for file in files:
        try:
            status = file.path.lstat()
            begun = not file.size and time.time() - _touched(file.path) < _STILL_COPYING
            if begun or (status.st_size, status.st_mtime_ns) != (file.size, file.mtime_ns):
                staying.append(file.path)
            else:
                file.path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue
        except OSError:
            staying.append(file.path)
        reached(FaultPoint.LEAVING)
    return staying


def _files(folder: Path, depth: int) -> Iterator[Path]:
    """All below a folder that is neither folder nor noise; a folder that cannot be looked into stands for itself."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda e: e.name)
    except OSError:
        yield folder
        return
    for entry in listed:
        if entry.is_dir(follow_symlinks=False) and not _is_junction(entry):
            if depth > 1:
                yield from _files(Path(entry.path), depth - 1)
            else:
                yield Path(entry.path)
        elif not _is_any(entry.name, _NOISE):
            yield Path(entry.path)


def _is_junction(entry: os.DirEntry[str]) -> bool:
    asked = getattr(entry, "is_junction", None)
    return bool(asked and asked())


def _is_any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name.lower(), pattern) for pattern in patterns)


def _forgotten(unfinished: Iterable[Path]) -> Iterator[Held]:
    """Files under the name of an unfinished one that nothing has written into for a day."""
    for path in unfinished:
        if time.time() - _touched(path) >= _LEFT_OVER:
            yield Held(
                path,
                f"tên tệp tạm (đuôi {path.suffix}) nên không nhận, đã nằm hơn một ngày; "
                "là báo cáo thì đổi đuôi thành .xlsx, không phải thì xoá",
                forgotten=True,
            )


def _described(home: Home, path: Path, now: datetime) -> Waiting:
    inside = path.relative_to(home.inbox).parts
    folder = _shown(inside[0]) if len(inside) > 1 else ""
    name = _shown(path.name)
    try:
        status = path.lstat()
    except OSError as fault:
        return Waiting(path, folder, name, now, 0, 0, _no_file(name, _why(fault)), file_time=_folder_time(path))
    arrived = _time_of(status)
    moment = min(arrived, now)
    described = Waiting(
        path, folder, name, moment, status.st_size, status.st_mtime_ns, file_time=arrived, steps=len(inside)
    )
    reason = _too_deep(status.st_mode, len(inside)) or not_regular(status.st_mode) or _unreadable(path)
    return replace(described, fault=_no_file(name, reason)) if reason else described


def _time_of(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(max(status.st_mtime, status.st_ctime), TIMEZONE)


def _folder_time(path: Path) -> datetime | None:
    """Of the folder something lies in that says nothing of itself."""
    try:
        return _time_of(path.parent.lstat())
    except OSError:
        return None


def _too_deep(mode: int, steps: int) -> str:
    """Of a folder that is not looked into any more (Vietnamese)."""
    if not stat.S_ISDIR(mode) or steps < DEPTH_LIMIT:
        return ""
    return f"thư mục nằm sâu quá {DEPTH_LIMIT} cấp nên không xem bên trong; chuyển các tệp trong đó lên thư mục ở trên"


def _unreadable(path: Path) -> str:
    try:
        descriptor = os.open(path, OPEN_FLAGS)
    except OSError as fault:
        return _why(fault)
    try:
        return not_regular(os.fstat(descriptor).st_mode)
    finally:
        os.close(descriptor)


def _why(fault: OSError) -> str:
    return "không có quyền đọc" if isinstance(fault, PermissionError) else f"không mở được: {reason_of(fault)}"


def _no_file(name: str, detail: str) -> Finding:
    return say(FindingCode.NOT_A_FILE, value=name, detail=detail)


def _shown(name: str) -> str:
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def _open_elsewhere(found: Iterable[Waiting]) -> dict[Path, str]:
    """Files beside which Excel or LibreOffice keeps an owner's lock; one left over for a day no longer counts."""
    reasons = {}
    for file in found:
        for lock in (f"~${file.path.name}", f".~lock.{file.path.name}#"):
            try:
                age = time.time() - file.path.with_name(lock).lstat().st_mtime
            except (OSError, ValueError):
                continue
            if age < _LEFT_OVER:
                reasons[file.path] = "tệp đang được mở để sửa; sẽ nhận ở lần chạy sau khi đóng lại"
    return reasons


def _growing(found: list[Waiting]) -> dict[Path, str]:
    """Files still being written: a zip without its end, or a size that changes between two looks."""
    now = time.time()
    ages = {w.path: now - _touched(w.path) for w in found if w.fault is None}
    reasons = {
        w.path: "tệp đang được chép vào (chưa đủ nội dung); sẽ nhận ở lần chạy sau"
        for w in found
        if ages.get(w.path, _STILL_COPYING) < _STILL_COPYING and _zip_without_end(w.path)
    }
    fresh = [w for w in found if ages.get(w.path, _JUST_NOW) < _JUST_NOW and w.path not in reasons]
    if fresh:
        time.sleep(SECOND_LOOK)
    for file in fresh:
        if not _same(file):
            reasons[file.path] = "tệp đang được ghi (kích thước thay đổi); sẽ nhận ở lần chạy sau"
    return reasons


def _touched(path: Path) -> float:
    try:
        status = path.lstat()
    except OSError:
        return time.time()
    return max(status.st_mtime, status.st_ctime)


def _same(file: Waiting) -> bool:
    try:
        status = file.path.lstat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (file.size, file.mtime_ns)


def _zip_without_end(path: Path) -> bool:
    tail = _zip_tail(path)
    return tail is not None and _ZIP_END not in tail[1]


def _is_closed_zip(path: Path) -> bool:
    """Whether a zip ends just where its end record says, right behind its directory: then nothing of it is missing."""
    size, tail = _zip_tail(path) or (0, b"")
    at = tail.rfind(_ZIP_END)
    if at < 0 or len(tail) - at < _END.size:
        return False
    directory: int
    offset: int
    comment: int
    *_, directory, offset, comment = _END.unpack_from(tail, at)
    return at + _END.size + comment == len(tail) and offset + directory == size - len(tail) + at


def _zip_tail(path: Path) -> tuple[int, bytes] | None:
    """The size of a file that begins as a zip does, and its last bytes, in which the end record must be."""
    try:
        with os.fdopen(os.open(path, OPEN_FLAGS), "rb") as opened:
            if opened.read(2) != b"PK":
                return None
            size = opened.seek(0, os.SEEK_END)
            opened.seek(max(0, size - _LONGEST_END))
            return size, opened.read(_LONGEST_END)
    except OSError:
        return None
