"""The backup file: a zip with a list of all it holds, each with its SHA-256, so that it can be trusted before use."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from pipelines import __version__
from pipelines.archive import ArchiveDamaged

LIST = "sao-luu.json"
"""The list, the last of the zip's parts."""
_KIND, _EDITION = "tonghop backup", 1
_FOLDERS = ("store/archive", "outbox", "plans")
_FILES = ("store/secret.key", "store/former.keys", "store/outputs.json")
SECRETS = frozenset({"store/secret.key", "store/former.keys"})
_PACKED = frozenset({".xlsx", ".docx", ".xls", ".ods", ".zip", ".parquet", ".png", ".jpg", ".pdf", ""})
"""Endings of what compressing makes no smaller; archived files have none."""
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_PIECE = 1 << 20
_LONGEST_LIST = 256 << 20
_LARGE = 1 << 31
_ZIP_TIMES = (400_000_000, 4_000_000_000)
"""Seconds since 1970, within what a zip can say."""
_ONLY_POSIX = frozenset('<>:"|?*')
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, RuntimeError, ValueError)
"""What a zip raises that is cut short, changed, encrypted, or none."""


class BadBackup(RuntimeError):
    """A backup that cannot be written or used as asked; the text (Vietnamese) says why and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file in a backup. `modified`: its time of writing (ns since 1970)."""

    sha256: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Listed:
    """The list: what the backup holds, when it was made, and by which version. `key`: where the key was kept."""

    at: datetime
    version: str
    key: str
    parts: dict[str, Part]


@dataclass
class BackupWriter:
    """A backup that is being written. Names are as from the home: `store/archive/…`, `outbox/…`."""

    book: zipfile.ZipFile
    parts: dict[str, Part] = field(default_factory=dict)

    def add(self, name: str, source: BinaryIO) -> Part:
        """Adds an open file as it is. Raises OSError."""
        status = os.fstat(source.fileno())
        return self._write(name, source, status.st_size, status.st_mtime_ns)

    def add_bytes(self, name: str, content: bytes, modified: int) -> Part:
        """Adds what was read already."""
        return self._write(name, BytesIO(content), len(content), modified)

    def finish(self, at: datetime, key: str) -> None:
        """Adds the list, once all the rest is there."""
        told = {
            "kind": _KIND,
            "edition": _EDITION,
            "version": __version__,
            "at": at.isoformat(),
            "key": key,
            "files": {
                name: {"sha256": part.sha256, "size": part.size, "modified": part.modified}
                for name, part in self.parts.items()
            },
        }
        info = _entry(LIST, int(at.timestamp() * 1e9))
        self.book.writestr(info, json.dumps(told, indent=1).encode("ascii"), zipfile.ZIP_DEFLATED)

    def _write(self, name: str, source: IO[bytes], size: int, modified: int) -> Part:
        info, digest, written = _entry(name, modified), hashlib.sha256(), 0
        with self.book.open(info, "w", force_zip64=size >= _LARGE) as target:
            while piece := source.read(_PIECE):
                digest.update(piece)
                written += len(piece)
                target.write(piece)
        part = self.parts[name] = Part(digest.hexdigest(), written, modified)
        return part


class BackupReader:
    """A backup whose list and names were checked; its contents are checked as they are taken out."""

    def __init__(self, book: zipfile.ZipFile, path: Path) -> None:
        self._book, self._path = book, path
        self.listed = _listed(book, path)
        _check_names(book, self.listed, path)

    def extract(self, folder: Path, progress: Callable[[int, int], None]) -> None:
        """Writes every file below a folder, each checked against the list. Raises BadBackup, OSError."""
        for n, (name, part) in enumerate(self.listed.parts.items()):
            progress(n, len(self.listed.parts))
            target = folder.joinpath(*PurePosixPath(name).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            mode = 0o600 if name in SECRETS else 0o666
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(target, flags, mode), "wb") as file:
                self._copy(name, part, file)
            os.utime(target, ns=(part.modified, part.modified))
        progress(len(self.listed.parts), len(self.listed.parts))

    def _copy(self, name: str, part: Part, target: IO[bytes]) -> None:
        digest, written = hashlib.sha256(), 0
        with _said(self._path), self._book.open(name) as source:
            while piece := source.read(_PIECE):
                digest.update(piece)
                written += len(piece)
                if written > part.size:
                    break
                target.write(piece)
        own = PurePosixPath(name).name
        archived = name.startswith("store/archive/") and len(own) == 64
        if written != part.size or digest.hexdigest() != part.sha256 or (archived and own != part.sha256):
            raise BadBackup(_damaged(self._path, f"“{name}” không khớp mã kiểm"))
        target.flush()
        os.fsync(target.fileno())


@contextmanager
def reading(path: Path) -> Iterator[BackupReader]:
    """Opens a backup. Raises BadBackup where it is none or is damaged, OSError where it cannot be read."""
    if not path.is_file():
        raise BadBackup(f"Không có tệp {path}.")
    with _said(path):
        book = zipfile.ZipFile(path)
    with book:
        yield BackupReader(book, path)


def open_plain(path: Path) -> BinaryIO:
    """Opens a regular file to read, following no link. Raises FileNotFoundError, OSError."""
    descriptor = os.open(path, _FLAGS)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(f"{path} không phải tệp thường")
        return os.fdopen(descriptor, "rb")
    except OSError:
        os.close(descriptor)
        raise


def is_backup(path: Path) -> bool:
    """Whether a file is a backup of ours, as far as its list says."""
    try:
        with zipfile.ZipFile(path) as book:
            _listed(book, path)
    except (BadBackup, OSError, *_UNREADABLE):
        return False
    return True


def can_be_named(name: str) -> bool:
    """Whether a file of that name can be in a backup, and come out of it on any system of this kind."""
    parts = name.split("/")
    odd = any(part in ("", ".", "..") or not part.isprintable() or "\\" in part for part in parts)
    if os.name == "nt":
        odd = odd or any(set(part) & _ONLY_POSIX or part[-1:] in " ." for part in parts)
    inside = name in _FILES or any(name.startswith(f"{folder}/") for folder in _FOLDERS)
    return inside and not odd


def _entry(name: str, modified: int) -> zipfile.ZipInfo:
    seconds = min(max(modified / 1e9, _ZIP_TIMES[0]), _ZIP_TIMES[1])
    info = zipfile.ZipInfo(name, datetime.fromtimestamp(seconds).timetuple()[:6])  # noqa: DTZ006 - zips have local times
    info.compress_type = zipfile.ZIP_STORED if PurePosixPath(name).suffix.lower() in _PACKED else zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


def _listed(book: zipfile.ZipFile, path: Path) -> Listed:
    """The list of a backup. Raises BadBackup."""
    if LIST not in book.namelist():
        raise BadBackup(f"{path} không phải tệp sao lưu của tonghop.")
    with _said(path):
        with book.open(LIST) as file:
            text = file.read(_LONGEST_LIST)
        try:
            return _told(json.loads(text), path)
        except (KeyError, TypeError, AttributeError) as fault:
            raise BadBackup(_damaged(path, "danh sách tệp không đọc được")) from fault


def _told(told: dict[str, Any], path: Path) -> Listed:
    if told["kind"] != _KIND:
        raise BadBackup(f"{path} không phải tệp sao lưu của tonghop.")
    if told["edition"] != _EDITION:
        raise BadBackup(f"{path} do bản tonghop khác ({told['version']}) ghi; dùng bản đó để khôi phục.")
    parts = {
        str(name): Part(str(one["sha256"]), int(one["size"]), int(one["modified"]))
        for name, one in told["files"].items()
    }
    return Listed(datetime.fromisoformat(told["at"]), str(told["version"]), str(told["key"]), parts)


def _check_names(book: zipfile.ZipFile, listed: Listed, path: Path) -> None:
    """Every part is listed, once, under a name that stays inside the home, and is a plain file."""
    entries = [info for info in book.infolist() if info.filename != LIST]
    names = [info.filename for info in entries]
    if len(names) != len(set(names)) or set(names) != listed.parts.keys():
        raise BadBackup(_damaged(path, "các tệp bên trong không đúng danh sách"))
    for info in entries:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not can_be_named(info.filename) or kind not in (0, stat.S_IFREG):
            raise BadBackup(_damaged(path, f"tên “{info.filename}” không được phép"))


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Turns what a broken zip raises into a sentence."""
    try:
        yield
    except (BadBackup, ArchiveDamaged):
        raise
    except _UNREADABLE as fault:
        raise BadBackup(_damaged(path, "không đọc được")) from fault


def _damaged(path: Path, why: str) -> str:
    return f"Tệp {path} bị hỏng, bị cắt hoặc không phải bản sao lưu ({why}). Chưa đụng đến gì; dùng bản sao lưu khác."


def total_size(parts: Iterable[Part]) -> int:
    """Bytes of all of them."""
    return sum(part.size for part in parts)
