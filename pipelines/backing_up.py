"""A backup of a home, taken while runs go on: everything that cannot be made again, as of one moment.

The outputs come first, then the notes of the archive, all at one moment, with the bytes and plan versions they need,
which are there before a note is and never change; then the keys. So nothing in a restored outbox speaks of a report
that the archive has not, and every key that stamped something there is known.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive import Archive, ArchiveDamaged
from pipelines.archive_note import BadNote, read_note
from pipelines.backup_file import BackupWriter, BadBackup, can_be_named, is_backup, open_plain, total_size
from pipelines.clock import now
from pipelines.durable import is_beside, sync_folder
from pipelines.fault_points import FaultPoint, reached
from pipelines.key_files import read_current, read_former
from pipelines.losses import losses_between_runs
from pipelines.stamp import given_secret
from pipelines.store import Home, backup_lock

Told = Callable[[str, int, int], None]
_NOISE = ("~$", ".~lock.", "._")
_ENDING = ".dang-ghi"
_NOT_WHOLE = "Kho lưu không nguyên vẹn"
_KEPT = "Không ghi bản sao lưu mới, bản cũ còn nguyên; chạy “tonghop verify” để biết cần khôi phục tệp nào."


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds. `archived`: files that arrived; `size`: bytes before compressing.

    `skipped`: outputs that could not be read; `waiting`: files in the inbox, which are not in it; `key`: where the key
    is: `file` (in the backup), `variable` (not in it) or `none`.
    """

    files: int
    archived: int
    size: int
    skipped: tuple[str, ...]
    waiting: int
    key: str


def back_up_home(home: Home, target: Path, progress: Told) -> BackedUp:
    """Writes a backup, whole or not at all; a former one of that name is there until then.

    Raises BadBackup, Busy (another backup), ArchiveDamaged (a damaged archive takes no good backup's place), BadKey,
    OSError.
    """
    target = _checked(home, target)
    with backup_lock(home):
        for leftover in target.parent.glob(f".{_plain(target.name)}.*{_ENDING}"):
            leftover.unlink(missing_ok=True)
        with _written_beside(target) as book:
            writer = BackupWriter(book)
            told = _Taking(home, writer, progress).all()
    return told


class _Taking:
    """One backup that is being taken."""

    def __init__(self, home: Home, writer: BackupWriter, progress: Told) -> None:
        self._home, self._writer, self._progress = home, writer, progress
        self._skipped: list[str] = []

    def all(self) -> BackedUp:
        self._if_there("store/outputs.json", self._home.outputs)
        self._tree("outbox", self._home.outbox)
        self._tree("plans", self._home.root / "plans")
        waiting = _waiting(self._home)
        archived = self._archive()
        key = self._keys()
        self._writer.finish(now(), key)
        parts = self._writer.parts
        return BackedUp(len(parts), archived, total_size(parts.values()), tuple(self._skipped), waiting, key)

    def _tree(self, name: str, folder: Path) -> None:
        """The files below a folder; those that vanish meanwhile are gone, those that cannot be read are told."""
        paths = sorted(_files_below(folder))
        for n, path in enumerate(paths):
            self._progress(f"Sao lưu {name}/", n, len(paths))
            inside = f"{name}/{path.relative_to(folder).as_posix()}"
            try:
                source = open_plain(path)
            except FileNotFoundError:
                continue
            except OSError:
                self._skipped.append(inside)
                continue
            with source:
                if can_be_named(inside):
                    self._writer.add(inside, source)
                else:
                    self._skipped.append(inside)

    def _archive(self) -> int:
        archive = Archive(self._home.archive)
        notes = archive.notes_as_written()
        lost = losses_between_runs(self._home)
        if lost:
            raise ArchiveDamaged(f"{_NOT_WHOLE}: {lost.sentence}. {_KEPT}")
        for n, (name, content) in enumerate(notes.items()):
            self._progress("Sao lưu kho lưu", n, len(notes))
            sha = Path(name).stem
            path = archive.folder / sha[:2] / sha
            try:
                read_note(sha, content)
                with open_plain(path) as source:
                    part = self._writer.add(f"store/archive/{sha[:2]}/{sha}", source)
            except (BadNote, FileNotFoundError) as fault:
                raise ArchiveDamaged(_not_whole(path)) from fault
            if part.sha256 != sha:
                raise ArchiveDamaged(_not_whole(path))
            self._writer.add_bytes(f"store/archive/{name}", content, part.modified)
        for path in sorted(_files_below(self._home.plans_archive)):
            with open_plain(path) as source:
                self._writer.add(f"store/archive/{path.relative_to(archive.folder).as_posix()}", source)
        return len(notes)

    def _keys(self) -> str:
        """The keys, the newest list first: what is read after it knows every key on it."""
        self._if_there("store/archive/keys.json", self._home.stamped_keys)
        has_file = read_current(self._home) is not None
        self._if_there("store/secret.key", self._home.secret_key)
        read_former(self._home)
        self._if_there("store/former.keys", self._home.former_keys)
        return "variable" if given_secret() else "file" if has_file else "none"

    def _if_there(self, name: str, path: Path) -> None:
        try:
            source = open_plain(path)
        except FileNotFoundError:
            return
        with source:
            self._writer.add(name, source)


def _checked(home: Home, target: Path) -> Path:
    """Where the backup goes. Raises BadBackup."""
    path = target.expanduser().resolve()
    for folder in (home.store, home.outbox, home.inbox, home.root / "plans"):
        if path.is_relative_to(folder.resolve()):
            raise BadBackup(f"Không ghi bản sao lưu vào {folder}: chọn nơi khác, tốt nhất là ổ đĩa khác.")
    if home.restoring.exists():
        raise BadBackup("Một lần khôi phục bị ngắt giữa chừng; chạy lại lệnh “tonghop restore” trước.")
    if path.is_dir():
        raise BadBackup(f"{path} là một thư mục; ghi cả tên tệp, ví dụ {path / 'sao-luu.zip'}.")
    if not path.parent.is_dir():
        raise BadBackup(f"Không có thư mục {path.parent}; tạo thư mục đó rồi chạy lại. Chưa ghi gì.")
    if path.exists() and not (path.is_file() and is_backup(path)):
        raise BadBackup(f"{path} đã có và không phải bản sao lưu của tonghop; chọn tên khác.")
    return path


@contextmanager
def _written_beside(target: Path) -> Iterator[zipfile.ZipFile]:
    """A zip for its owner's eyes only, which takes its name once it is whole and on the disk."""
    beside = target.with_name(f".{target.name}.{os.urandom(4).hex()}{_ENDING}")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(beside, flags, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as book:
                yield book
            file.flush()
            os.fsync(file.fileno())
        reached(FaultPoint.BACKUP_BESIDE)
        beside.replace(target)
        sync_folder(target.parent)
    finally:
        beside.unlink(missing_ok=True)


def _files_below(folder: Path) -> Iterator[Path]:
    """Files, without what is being written, marks of open files, and the placeholders of empty folders."""
    for root, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if not is_beside(one)]
        for name in names:
            if not (is_beside(name) or name == ".gitkeep" or name.startswith(_NOISE)):
                yield Path(root, name)


def _waiting(home: Home) -> int:
    """How many files lie in the inbox."""
    return sum(not path.name.startswith(".") for path in _files_below(home.inbox))


def _plain(name: str) -> str:
    """A name for `glob` to take as it is."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _not_whole(path: Path) -> str:
    return f"{_NOT_WHOLE}: {path} hoặc ghi chú của nó thiếu hay đã bị đổi. {_KEPT}"
