"""The archive: every file that ever arrived, under its SHA-256 with a JSON note beside it, and the plans used.

It is the truth the dataset can always be rebuilt from, so everything is written beside, synced, then renamed. A note
names the digest of what it says; notes are changed one at a time, so that all of them can be read as of one moment.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from pipelines.archive_note import BadNote, Note, Refusal, Withdrawal, note_text, read_note, refusals_of
from pipelines.durable import beside_of, sync_folder, write_durably, write_synced
from pipelines.fault_points import FaultPoint, reached
from schemas.submission import Arrival

__all__ = ["Archive", "ArchiveDamaged", "Note", "Refusal", "Withdrawal", "refusals_of"]

_SHA = re.compile("[0-9a-f]{64}")


class ArchiveDamaged(RuntimeError):
    """The archive does not hold what it says it holds: for the operator (restore from a backup)."""


class Archive:
    """The archive in a folder: `<first 2>/<sha256>`, `<first 2>/<sha256>.json`, `plans/<id>/<version>/<table>.csv`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes, arrival: Arrival) -> Note:
        """Keeps the bytes and books the arrival. The same arrival twice is one (a run repeated after a crash).

        Raises ValueError where the arrival names other bytes.
        """
        sha = hashlib.sha256(content).hexdigest()
        if sha != arrival.sha256:
            raise ValueError(f"arrival of {arrival.sha256} does not name these bytes ({sha})")
        path = self._path(sha)
        if not (path.is_file() and path.stat().st_size == len(content)):
            write_durably(path, content, FaultPoint.BYTES_BESIDE)
        reached(FaultPoint.BYTES_KEPT)
        with self._changing():
            known = self._note_if_any(sha) or Note(sha, len(content), ())
            if arrival in known.arrivals or known.same(arrival):
                return known
            arrivals = sorted({*known.arrivals, arrival}, key=_order)
            return self._keep(replace(known, arrivals=tuple(arrivals)))

    def bytes_of(self, sha: str) -> bytes:
        """The bytes of that name. Raises KeyError where none are noted, ArchiveDamaged where they are not as noted."""
        try:
            content = self._path(sha).read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            if self._note_if_any(sha) is None:
                raise KeyError(sha) from None
            raise ArchiveDamaged(
                f"{self._path(sha)}: tệp không còn, chỉ còn ghi chú; khôi phục tệp này từ bản sao lưu"
            ) from None
        if hashlib.sha256(content).hexdigest() != sha:
            raise ArchiveDamaged(
                f"{self._path(sha)}: nội dung không còn khớp với tên SHA-256; khôi phục tệp này từ bản sao lưu"
            )
        return content

    def note(self, sha: str) -> Note:
        """The note on those bytes. Raises KeyError, or ArchiveDamaged where it cannot be read."""
        note = self._note_if_any(sha)
        if note is None:
            raise KeyError(sha)
        return note

    def notes(self) -> tuple[Note, ...]:
        """All notes, by first arrival, then SHA-256."""
        notes = (self.note(path.stem) for path in self._note_paths())
        return tuple(sorted(notes, key=lambda n: (_order(n.arrivals[0]), n.sha256)))

    def names(self) -> set[str]:
        """The SHA-256 of every file with a note; none of them is read."""
        return {path.stem for path in self.folder.glob("??/*.json") if not path.name.startswith(".")}

    def pin_plan(
        self, sha: str, plan_version: str, since: Mapping[str, str] | None = None, judged: Arrival | None = None
    ) -> Note:
        """Writes, once, what the verdict rests on: the plan version, what it was compared with, the arrival it is on.

        What is there stays. Raises KeyError.
        """
        with self._changing():
            note = self.note(sha)
            pinned = replace(
                note,
                plan_version=note.plan_version or plan_version,
                since=note.since if note.since is not None else since,
                judged=note.judged or judged,
            )
            return note if pinned == note else self._keep(pinned)

    def pin_refusal(self, sha: str, refusals: Iterable[Refusal]) -> Note:
        """Writes why arrivals of the file could not be used. Those that are written down already stay as they are.

        Raises KeyError.
        """
        with self._changing():
            note = self.note(sha)
            fresh = tuple(r for r in dict.fromkeys(refusals) if r not in note.refusals)
            return self._keep(replace(note, refusals=(*note.refusals, *fresh))) if fresh else note

    def withdraw(self, sha: str, at: datetime, reason: str) -> Note:
        """Books that the file no longer counts from then on. Raises KeyError."""
        with self._changing():
            note = self.note(sha)
            withdrawal = Withdrawal(at, reason)
            if withdrawal in note.withdrawals:
                return note
            return self._keep(replace(note, withdrawals=(*note.withdrawals, withdrawal)))

    def notes_as_written(self) -> dict[str, bytes]:
        """The bytes of every note by its path inside the archive, all as of one moment, whatever runs meanwhile."""
        with self._changing():
            return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in self._note_paths()}

    def plan_folder(self, plan_id: str, version: str) -> Path:
        """Where that version of a plan is kept, whether it is there or not."""
        return self.folder / "plans" / plan_id / version

    def keep_plan(self, plan_id: str, version: str, tables: Mapping[str, str]) -> Path:
        """Keeps a version of a plan (the CSV text of each table), once: all of it or nothing."""
        folder = self.plan_folder(plan_id, version)
        if folder.is_dir():
            return folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = beside_of(folder)
        try:
            beside.mkdir()
            for table, text in tables.items():
                write_synced(beside / f"{table}.csv", text.encode("utf-8"))
            reached(FaultPoint.PLAN_BESIDE)
            beside.rename(folder)
            sync_folder(folder.parent)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return folder

    def _changing(self) -> FileLock:
        """Held while one note is changed, and while all are read as of one moment: `<folder>.lock`, beside it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder.with_name(f"{self.folder.name}.lock"))

    def _note_paths(self) -> list[Path]:
        """The notes; what else somebody may have put there is none."""
        found = self.folder.glob("??/*.json")
        return [path for path in found if _SHA.fullmatch(path.stem) and path.parent.name == path.stem[:2]]

    def _path(self, sha: str) -> Path:
        if not _SHA.fullmatch(sha):
            raise KeyError(sha)
        return self.folder / sha[:2] / sha

    def _note_if_any(self, sha: str) -> Note | None:
        path = self._path(sha).with_suffix(".json")
        try:
            return read_note(sha, path.read_bytes())
        except FileNotFoundError:
            return None
        except BadNote as fault:
            raise ArchiveDamaged(
                f"{path}: ghi chú không đọc được hoặc đã bị sửa ({fault}); khôi phục tệp này từ bản sao lưu"
            ) from fault

    def _keep(self, note: Note) -> Note:
        path = self._path(note.sha256).with_suffix(".json")
        write_durably(path, note_text(note).encode("ascii"), FaultPoint.NOTE_BESIDE)
        return replace(note, sealed=True)


def _order(arrival: Arrival) -> tuple[datetime, datetime, str, str]:
    return (arrival.received_at, arrival.file_time or arrival.received_at, arrival.source_name, arrival.folder)
