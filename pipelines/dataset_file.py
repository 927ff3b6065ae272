"""The DuckDB file itself: opened by one process at a time, put in place whole, its faults said in plain words.

DuckDB locks its file against every other process, and keeps what it has not yet written there in a log beside it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.system_fault import number_in, reason_of

Connection = duckdb.DuckDBPyConnection
_SQL = Path(__file__).parent / "sql"
_IN_USE = re.compile(r"set lock on file|conflicting lock|being used by another process|already open in", re.IGNORECASE)
_HOLDER = re.compile(r"(?:held in|open in)\s+(\S.*?) \(PID (\d+)\)")
_NO_DATABASE = "not a valid DuckDB database file"
_OTHER_EDITION = "database file with version number"
_OF_WINDOWS = {"access is denied": errno.EACCES, "not enough space": errno.ENOSPC, "disk quota": errno.ENOSPC}
"""What DuckDB passes on in the words of Windows; those of the others are known to all."""
_NOT_OF_THE_FILE = frozenset({errno.EACCES, errno.ENOSPC, errno.EROFS})
"""Errors that say nothing against the dataset itself."""
_PATIENCE = 5.0
"""Seconds that another process is waited for; a watch has the file open only while it answers."""
_PATIENCE_ASKING = 60.0
"""The same for those who only ask; after `_SAID_AFTER` seconds they are told what they wait for."""
_SAID_AFTER = 1.0
_HEADERS = 3 * 4096
"""Bytes of a DuckDB file that has nothing in it yet."""
_HALF_MADE = 0.5
"""Seconds until a file that is no dataset is said to be damaged: it may be only just being made."""


class DatasetInUse(RuntimeError):
    """Another process has the DuckDB file open; the text (Vietnamese) names it as far as it is known."""


class DatasetDamaged(RuntimeError):
    """The DuckDB file cannot be opened; the text (Vietnamese) names the remedy: it is a cache."""


@contextmanager
def open_dataset(
    path: Path | None, *, read_only: bool = False, waiting: Callable[[str], None] | None = None
) -> Iterator[Connection]:
    """The dataset, with its tables and macros in place; None: an empty one in memory.

    `waiting`: of those who only ask: they wait for up to a minute while a run has the file open, and this is told so.
    Raises DatasetInUse where another process keeps the file, DatasetDamaged where it cannot be opened or read,
    PermissionError, and OSError where the disk is full.
    """
    connection = _connected(path, read_only=read_only, waiting=waiting)
    try:
        connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
        if not read_only:
            _make_ready(connection)
        yield connection
    except duckdb.Error as fault:
        said = _said(path, fault)
        if said is None:
            raise
        raise said from fault
    finally:
        connection.close()


def _make_ready(connection: Connection) -> None:
    """Tables and macros: those that stay are written again only where this program has others."""
    connection.execute(_script("of_connection.sql"))
    lasting = [_script("tables.sql"), _script("what_counts.sql")]
    edition = hashlib.sha256("".join(lasting).encode()).hexdigest()
    try:
        same = connection.execute("SELECT edition()").fetchall() == [(edition,)]
    except duckdb.CatalogException:
        same = False
    if not same:
        for script in (*lasting, f"CREATE OR REPLACE MACRO edition() AS '{edition}'"):
            connection.execute(script)


def _script(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")


def columns_there(connection: Connection, table: str) -> set[str]:
    """The columns of a table, none where it is not there: far quicker than asking the catalogue of all tables."""
    try:
        asked = connection.execute(f"SELECT * FROM {table} LIMIT 0")
    except duckdb.CatalogException:
        return set()
    asked.fetchall()
    return {column[0] for column in asked.description or ()}


def remove_half_made(path: Path) -> None:
    """Removes a file that a process died over while making it, or that a full disk kept from being made.

    Nothing was ever in it: DuckDB writes its headers before all else. The caller holds the run lock. Raises OSError.
    """
    if path.is_file() and path.stat().st_size < _HEADERS:
        path.unlink()


def put_in_place(fresh: Path, path: Path) -> None:
    """Puts a closed dataset in the place of another, whose write-ahead log would keep the new one from opening.

    Killed anywhere, there is one whole dataset, or none, which the next run makes again. Raises DatasetInUse.
    """
    held: Connection | None = None
    try:
        if path.exists():
            held = _connected(path)
            held.execute("CHECKPOINT")
    except (duckdb.Error, DatasetDamaged):
        path.unlink()
    log_of(path).unlink(missing_ok=True)
    if held is not None and sys.platform == "win32":  # no open file can be replaced there
        held.close()
    try:
        fresh.replace(path)
    except PermissionError as fault:
        raise DatasetInUse(_in_use("")) from fault
    finally:
        if held is not None:
            held.close()


def log_of(path: Path) -> Path:
    """The write-ahead log beside a DuckDB file: there while it is open, and after a process was killed."""
    return path.with_name(f"{path.name}.wal")


def _connected(
    path: Path | None, *, read_only: bool = False, waiting: Callable[[str], None] | None = None
) -> Connection:
    """A connection, waited for while another process has the file."""
    begun, told = time.monotonic(), False
    if path is not None and not path.exists():
        log_of(path).unlink(missing_ok=True)
    while True:
        try:
            return _to(path, read_only=read_only)
        except duckdb.Error as fault:
            waited, text = time.monotonic() - begun, str(fault)
            if _IN_USE.search(text):
                if waited >= (_PATIENCE_ASKING if waiting else _PATIENCE):
                    raise DatasetInUse(_in_use(text)) from fault
                if waiting and not told and waited >= _SAID_AFTER:
                    waiting(f"{_in_use(text)} Đang chờ, nhiều nhất {_PATIENCE_ASKING:.0f} giây.")
                    told = True
            elif _NO_DATABASE not in text or waited >= _HALF_MADE:
                raise _said(path, fault) or _damaged(path, fault) from fault
        time.sleep(0.05)


def _to(path: Path | None, *, read_only: bool) -> Connection:
    """A connection to the file that has that name now: a rebuild may put another in its place just then."""
    if path is None:
        return duckdb.connect(":memory:")
    while True:
        before = _identity(path)
        connection = duckdb.connect(str(path), read_only=read_only)
        if before in (None, _identity(path)):
            return connection
        connection.close()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _said(path: Path | None, fault: duckdb.Error) -> Exception | None:
    """A fault of DuckDB that is the operator's to mend, in our words; None for anything else."""
    text = str(fault)
    named = re.search(r'file (\\?")(.+?)\1', text)
    file, number = named[2] if named else str(path), _number_in(text)
    own = file == str(path)
    if number is not None and (number in _NOT_OF_THE_FILE or not own):
        return OSError(number, os.strerror(number), file)
    if "corrupt" in text.lower() or (isinstance(fault, duckdb.IOException) and own):
        return _damaged(path, fault)
    return OSError(f"DuckDB không đọc hoặc không ghi được {file}") if isinstance(fault, duckdb.IOException) else None


def _number_in(text: str) -> int | None:
    windows = (number for words, number in _OF_WINDOWS.items() if words in text.lower())
    return next(windows, None) or number_in(text)


def _damaged(path: Path | None, fault: duckdb.Error) -> DatasetDamaged:
    text = str(fault)
    number = _number_in(text)
    if _NO_DATABASE in text:
        reason = "tệp không phải kho dữ liệu DuckDB"
    elif _OTHER_EDITION in text:
        reason = "tệp do một phiên bản DuckDB khác ghi"
    else:
        reason = "nội dung tệp đã hỏng" if number is None else reason_of(OSError(number, ""))
    where = "" if path is None else f" {path}"
    return DatasetDamaged(
        f"Không mở hoặc không đọc được kho dữ liệu{where} ({reason}); chạy “tonghop rebuild” để dựng lại từ kho lưu."
    )


def _in_use(text: str) -> str:
    """Who has the file open, by what DuckDB says: `… held in /usr/bin/python3.11 (PID 7)`."""
    found = _HOLDER.search(text)
    program = re.split(r"[/\\]", found[1])[-1] if found else ""
    who = f": {program}, tiến trình {found[2]}" if found else ""
    return (
        f"Kho dữ liệu đang được một lần chạy hoặc chương trình khác mở{who}. Chờ lần chạy đó xong, "
        "hoặc đóng chương trình đó, rồi thử lại."
    )
