"""Whether the archive still holds what it says: every file hashed again, every note and plan version read again.

Nothing is changed. Works beside a run: what arrives meanwhile is looked at next time.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pipelines.archive_note import BadNote, Note, read_note
from pipelines.backup_file import open_plain
from pipelines.dataset import DatasetDamaged, log_of, open_dataset, read
from pipelines.durable import hidden_beside, is_beside
from pipelines.key_files import BadKey, read_stamped
from pipelines.losses import LOOKING, unnoted
from pipelines.plans import Plans
from pipelines.rebuilding import rebuild_aside
from pipelines.same_rows import Difference, differences
from pipelines.store import Home, between_runs
from schemas.governing import base_version
from schemas.plan_fault import PlanFaults
from schemas.plan_file import load_plan
from schemas.system_fault import reason_of
from schemas.tables import TABLES

FaultKind = Literal[
    "bytes_missing",
    "bytes_changed",
    "note_changed",
    "unreadable",
    "plan_missing",
    "plan_changed",
    "note_missing",
    "row_without_note",
    "dataset_damaged",
    "keys_missing",
]
Told = Callable[[int, int], None]
_SHA = re.compile(r"[0-9a-f]{64}")
_PIECE = 1 << 20
_FROM_BACKUP = "Khôi phục tệp này từ bản sao lưu."
_UNNOTED = (
    "Khôi phục ghi chú (.json) từ bản sao lưu; không có thì chép tệp này vào inbox/, thêm đuôi .xlsx, để nhận lại."
)
_ROWS = {
    "submissions": "SELECT DISTINCT sha256, source_name, plan, plan_version FROM submissions",
    "unusable": "SELECT DISTINCT sha256, source_name, NULL AS plan, NULL AS plan_version FROM unusable",
    "withdrawals": "SELECT DISTINCT sha256, NULL AS source_name, NULL AS plan, NULL AS plan_version FROM withdrawals",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was. `path`: where, from the home on; `message` (Vietnamese): it, and the remedy."""

    kind: FaultKind
    path: str
    message: str
    sha256: str | None = None


@dataclass
class Audit:
    """What was looked at and found. `size`: bytes hashed; `unsealed`: notes of older versions, without a digest.

    `undecided`: files without a verdict or a refusal, `left`: bytes without a note yet and files written beside, both
    of a run that died or is under way; `strangers`: files that are not ours. None of these is a fault.
    """

    files: int = 0
    size: int = 0
    plans: int = 0
    unsealed: int = 0
    undecided: int = 0
    has_dataset: bool = True
    faults: list[Fault] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Compared:
    """The dataset against what the archive gives: all tables, and those whose rows differ."""

    tables: list[str]
    differing: list[Difference]


def verify(home: Home, progress: Told, waiting: Callable[[str], None] | None = None) -> Audit:
    """Looks at the whole archive, and at what the dataset takes from it.

    `waiting`: as `open_dataset` takes it. Raises DatasetInUse, OSError.
    """
    return _Verifying(home).all(progress, waiting)


def compare_dataset(home: Home, plans: Plans, progress: Told) -> Compared:
    """Rebuilds what the archive has decided into a temporary dataset, and compares the rows of every table.

    The caller holds the run lock. Raises what `rebuild` raises, and DatasetDamaged.
    """
    beside = hidden_beside(home.dataset)
    try:
        rebuild_aside(home, plans, beside, progress)
        with open_dataset(home.dataset) as connection:
            return Compared(*differences(connection, beside))
    finally:
        beside.unlink(missing_ok=True)
        log_of(beside).unlink(missing_ok=True)


class _Verifying:
    """One look. The dataset comes first, then the names in the archive, then what they hold: each rests on the next."""

    def __init__(self, home: Home) -> None:
        self._home, self._archive = home, home.archive
        self._audit = Audit()

    def all(self, progress: Told, waiting: Callable[[str], None] | None) -> Audit:
        rows = self._rows(waiting)
        paths = sorted(self._files_below())
        named = [path for path in paths if self._is_note(path)]
        notes: dict[str, Note] = {}
        for n, path in enumerate(named):
            progress(n, len(named))
            note = self._note(path)
            if note is not None:
                notes[note.sha256] = note
                self._bytes(note)
        progress(len(named), len(named))
        versions = self._plans()
        for note in notes.values():
            if note.plan_version is not None and note.plan_version not in versions:
                self._plan_gone(f"archive/plans/…/{note.plan_version}", note.arrivals[0].source_name, note.sha256)
        booked = {row["sha256"] for found in rows.values() for row in found}
        self._others(paths, {path.stem for path in named}, booked)
        self._keys(notes)
        self._backed(rows, {path.stem for path in named}, versions)
        self._audit.unsealed = sum(not note.sealed for note in notes.values())
        self._audit.undecided = sum(not note.is_decided for note in notes.values())
        return self._audit

    def _rows(self, waiting: Callable[[str], None] | None) -> dict[str, list[dict[str, Any]]]:
        """What the dataset rests on, by table."""
        if not self._home.dataset.is_file():
            self._audit.has_dataset = False
            return {}
        try:
            with open_dataset(self._home.dataset, waiting=waiting) as connection:
                return {table: read(connection, sql) for table, sql in _ROWS.items()}
        except DatasetDamaged:
            remedy = "Khi kho lưu không có điều nào khác phải sửa, chạy “tonghop rebuild”."
            self._fault("dataset_damaged", self._home.dataset, "kho dữ liệu không mở được", remedy=remedy)
            return {}

    def _files_below(self) -> Iterator[Path]:
        """Everything in the archive that is no folder of its own; a link to a folder is such a thing too."""

        def closed(fault: OSError) -> None:
            told = f"thư mục không xem được ({reason_of(fault)})"
            self._fault("unreadable", Path(fault.filename), told, remedy="Kiểm tra quyền thư mục và ổ đĩa.")

        if not self._archive.exists():
            return
        for root, folders, files in os.walk(self._archive, onerror=closed):
            yield from (Path(root, name) for name in files)
            yield from (Path(root, name) for name in folders if Path(root, name).is_symlink())

    def _is_note(self, path: Path) -> bool:
        return path.suffix == ".json" and self._is_sha(path.with_suffix(""))

    def _is_sha(self, path: Path) -> bool:
        """Whether the path is that of archived bytes."""
        return bool(_SHA.fullmatch(path.name)) and path.parent == self._archive / path.name[:2]

    def _note(self, path: Path) -> Note | None:
        content = self._content(path)
        if content is None:
            return None
        try:
            return read_note(path.stem, content)
        except BadNote as fault:
            self._fault("note_changed", path, f"ghi chú không đọc được hoặc đã bị sửa ({fault})", path.stem)
            return None

    def _bytes(self, note: Note) -> None:
        path = self._archive / note.sha256[:2] / note.sha256
        name = note.arrivals[0].source_name
        try:
            digest, size = _hashed(path)
        except FileNotFoundError:
            self._fault("bytes_missing", path, f"tệp “{name}” không còn, chỉ còn ghi chú", note.sha256)
            return
        except OSError as fault:
            self._fault("unreadable", path, f"tệp “{name}” không đọc được ({reason_of(fault)})", note.sha256)
            return
        self._audit.files += 1
        self._audit.size += size
        if digest != note.sha256 or size != note.size:
            told = f"tệp “{name}” đã bị đổi: {size} byte, lúc nhận {note.size} byte, SHA-256 không còn khớp"
            self._fault("bytes_changed", path, told, note.sha256)

    def _plans(self) -> set[str]:
        """The plan versions that are there and whole."""
        whole = set()
        for folder in sorted(p for p in self._home.plans_archive.glob("*/*") if p.is_dir() and not is_beside(p.name)):
            self._audit.plans += 1
            why = _changed(folder)
            if why:
                told = f"phiên bản {folder.name} của kế hoạch “{folder.parent.name}” đã bị đổi ({why})"
                self._fault("plan_changed", folder, told, remedy="Khôi phục thư mục này từ bản sao lưu.")
            whole.add(folder.name)
        return whole

    def _plan_gone(self, place: str, name: str, sha: str) -> None:
        told = f"kho lưu không còn phiên bản kế hoạch đã dùng để kết luận tệp “{name}”"
        self._fault("plan_missing", place, told, sha, "Khôi phục thư mục này từ bản sao lưu.")

    def _others(self, paths: list[Path], noted: set[str], booked: set[str]) -> None:
        """What is neither a note, nor bytes, nor a table of a plan; of bytes that are booked `_backed` tells."""
        bare = self._bare() if any(self._is_sha(path) and path.name not in noted for path in paths) else set()
        for path in paths:
            if self._is_note(path) or (self._is_sha(path) and path.name in noted) or self._is_table(path):
                continue
            if path == self._home.stamped_keys:
                self._stamped(path)
            elif path in bare and path.name not in booked:
                told = "có nội dung tệp mà không có ghi chú, nên không được tính ở đâu"
                self._fault("note_missing", path, told, path.name, _UNNOTED)
            elif self._is_sha(path) or any(is_beside(part) for part in path.relative_to(self._archive).parts):
                self._audit.left.append(self._place(path))
            else:
                self._audit.strangers.append(self._place(path))

    def _bare(self) -> set[Path]:
        """Bytes whose note is lost: no run is writing it just now, and the next one will not."""
        with between_runs(self._home, LOOKING) as quiet:
            return set(unnoted(self._home)) if quiet else set()

    def _is_table(self, path: Path) -> bool:
        parts = path.relative_to(self._archive).parts
        return len(parts) == 4 and parts[0] == "plans" and path.suffix == ".csv" and path.stem in TABLES

    def _stamped(self, path: Path) -> None:
        try:
            read_stamped(self._home)
        except (BadKey, OSError):
            self._fault("unreadable", path, "danh sách khoá đã đóng dấu không đọc được")

    def _keys(self, notes: Mapping[str, Note]) -> None:
        """The list of the keys that have stamped must be there once something was judged by their stamps."""
        if any(note.plan_version is not None for note in notes.values()) and not _stamped_or_unreadable(self._home):
            remedy = (
                "Khôi phục từ bản sao lưu; không có thì lần “tonghop run” sau lập lại theo dấu trên các tệp đã nhận."
            )
            self._fault("keys_missing", self._home.stamped_keys, "danh sách khoá đã đóng dấu không còn", remedy=remedy)

    def _backed(self, rows: Mapping[str, list[dict[str, Any]]], noted: set[str], versions: set[str]) -> None:
        """Whether the archive has what the dataset's rows came from."""
        gone: defaultdict[str, list[str]] = defaultdict(list)
        names: dict[str, str] = {}
        for table, found in rows.items():
            for row in found:
                if row["sha256"] not in noted:
                    gone[row["sha256"]].append(table)
                    names[row["sha256"]] = row["source_name"] or names.get(row["sha256"], "")
                elif row["plan_version"] and row["plan_version"] not in versions:
                    place = f"archive/plans/{row['plan']}/{row['plan_version']}"
                    if not any(f.kind == "plan_missing" and f.sha256 == row["sha256"] for f in self._audit.faults):
                        self._plan_gone(place, row["source_name"], row["sha256"])
        for sha, tables in gone.items():
            path = self._archive / sha[:2] / f"{sha}.json"
            told = f"kho dữ liệu ({', '.join(tables)}) có tệp “{names[sha]}” mà kho lưu không còn ghi chú"
            remedy = "Khôi phục ghi chú và tệp này từ bản sao lưu trước khi chạy “tonghop rebuild”."
            self._fault("row_without_note", path, told, sha, remedy)

    def _content(self, path: Path) -> bytes | None:
        try:
            with open_plain(path) as file:
                return file.read()
        except OSError as fault:
            self._fault("unreadable", path, f"không đọc được ({reason_of(fault)})", path.stem)
            return None

    def _place(self, path: Path | str) -> str:
        return path if isinstance(path, str) else path.relative_to(self._home.store).as_posix()

    def _fault(
        self, kind: FaultKind, path: Path | str, told: str, sha: str | None = None, remedy: str = _FROM_BACKUP
    ) -> None:
        place = f"store/{self._place(path)}"
        self._audit.faults.append(Fault(kind, place, f"{place}: {told}. {remedy}", sha))


def _stamped_or_unreadable(home: Home) -> bool:
    """Whether the list names a key; one that cannot be read is a fault of its own."""
    try:
        return bool(read_stamped(home))
    except (BadKey, OSError):
        return True


def _hashed(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a regular file. Raises OSError, FileNotFoundError among them."""
    digest, size = hashlib.sha256(), 0
    with open_plain(path) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def _changed(folder: Path) -> str:
    """Why the tables in a folder no longer give the version it is named for; nothing where they do."""
    version = folder.name
    base = folder.with_name(base_version(version))
    try:
        if base == folder:
            return "" if load_plan(folder).version == version else "các bảng cho ra phiên bản khác"
        if not base.is_dir():
            return f"thiếu phiên bản gốc {base.name}"
        units = hashlib.sha256((folder / "units.csv").read_bytes()).hexdigest()
        others = [table for table in TABLES if table != "units"]
        same = all((folder / f"{t}.csv").read_bytes() == (base / f"{t}.csv").read_bytes() for t in others)
        return "" if same and units.startswith(version.rpartition(".")[2]) else "các bảng cho ra phiên bản khác"
    except PlanFaults as faults:
        return f"{len(faults.faults)} lỗi trong các bảng"
    except OSError as fault:
        return f"{reason_of(fault)}"
