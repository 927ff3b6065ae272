"""The files that hold the keys of the stamps: read only where nobody else can, written whole or not at all.

store/secret.key          the current key, one line
store/former.keys         the keys before it: `<secret in hex> <last day>`, one a line, oldest first
store/archive/keys.json   which keys have stamped here, by their fingerprints, oldest first; no secrets
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.clock import TIMEZONE
from pipelines.durable import beside_of, sync_folder, write_durably
from pipelines.fault_points import FaultPoint, reached

if TYPE_CHECKING:
    from pipelines.store import Home

_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_LONGEST = 64 * 1024
_FOR_OTHERS = 0o077


class BadKey(ValueError):
    """There is no key that may be used; the text (Vietnamese) says what to do."""


@dataclass(frozen=True, slots=True)
class Former:
    """A key that was replaced. Its stamps are good on what arrives up to the end of that day (Vietnam)."""

    secret: bytes = field(repr=False)
    until: date


@dataclass(frozen=True, slots=True)
class Stamped:
    """A key that has stamped here, by its fingerprint, and since when."""

    fingerprint: str
    since: datetime


def new_secret() -> str:
    """A new secret: 64 hex digits."""
    return secrets.token_hex(32)


def read_current(home: Home) -> bytes | None:
    """The secret in `store/secret.key`; None where there is no such file. Raises BadKey, OSError."""
    text = _read_private(home.secret_key)
    if text is None:
        return None
    if not text.strip():
        raise BadKey(f"Tệp khoá {home.secret_key} rỗng; khôi phục từ bản sao lưu.")
    return text.split()[0].encode("ascii")


def read_former(home: Home) -> tuple[Former, ...]:
    """The keys that were replaced, oldest first. Raises BadKey, OSError."""
    text = _read_private(home.former_keys) or ""
    try:
        return tuple(_former(line) for line in text.splitlines() if line.strip())
    except ValueError:
        raise BadKey(f"Tệp khoá {home.former_keys} không đọc được; khôi phục từ bản sao lưu.") from None


def read_stamped(home: Home) -> tuple[Stamped, ...]:
    """The keys that have stamped here, oldest first. Raises BadKey where the list cannot be read, OSError."""
    try:
        told = json.loads(home.stamped_keys.read_text(encoding="utf-8"))
        return tuple(
            Stamped(str(one["fingerprint"]), datetime.fromisoformat(one["since"]).astimezone(TIMEZONE)) for one in told
        )
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError):
        raise BadKey(f"Tệp {home.stamped_keys} không đọc được; khôi phục từ bản sao lưu.") from None


def make_current(home: Home) -> None:
    """A new key in `store/secret.key`; the first of two makers wins. Raises OSError."""
    path = home.secret_key
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _written_beside(path, new_secret() + "\n")
    try:
        reached(FaultPoint.KEY_BESIDE)
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        except OSError:  # a disk without hard links
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def replace_current(home: Home, secret: str) -> None:
    """Puts another secret in the place of the current one. Raises OSError."""
    _replace_private(home.secret_key, secret + "\n")


def write_former(home: Home, former: tuple[Former, ...]) -> None:
    """Keeps the keys that were replaced. Raises OSError."""
    lines = (f"{one.secret.hex()} {one.until.isoformat()}\n" for one in former)
    _replace_private(home.former_keys, "".join(lines))


def write_stamped(home: Home, stamped: tuple[Stamped, ...]) -> None:
    """Keeps the list of the keys that have stamped here. Raises OSError."""
    told = [{"fingerprint": one.fingerprint, "since": one.since.isoformat()} for one in stamped]
    write_durably(home.stamped_keys, json.dumps(told, indent=1).encode("ascii"), FaultPoint.KEY_BESIDE)


def sweep(home: Home) -> None:
    """Removes what a rotation that was killed has left beside the key files. The caller holds the run lock."""
    for path in (home.secret_key, home.former_keys):
        for leftover in path.parent.glob(f".{path.name}.*"):
            leftover.unlink(missing_ok=True)


def _former(line: str) -> Former:
    secret, until = line.split()
    return Former(bytes.fromhex(secret), date.fromisoformat(until))


def _read_private(path: Path) -> str | None:
    """The text of a file that is its owner's alone; None where there is none. Raises BadKey, OSError."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise BadKey(_no_file(path))
    with os.fdopen(os.open(path, _OPEN_FLAGS), "rb") as opened:
        mode = os.fstat(opened.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise BadKey(_no_file(path))
        if os.name == "posix" and stat.S_IMODE(mode) & _FOR_OTHERS:
            raise BadKey(
                f"Tệp khoá {path} người khác trên máy đọc hoặc ghi được nên không được dùng; chạy: chmod 600 {path}"
            )
        content = opened.read(_LONGEST)
    try:
        return content.decode("ascii")
    except UnicodeDecodeError:
        raise BadKey(f"Tệp khoá {path} không đọc được; khôi phục từ bản sao lưu.") from None


def _no_file(path: Path) -> str:
    return f"Khoá {path} không phải tệp thường (lối tắt, thư mục hoặc ống dẫn); đặt chính tệp khoá vào đó."


def _replace_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _written_beside(path, text)
    try:
        reached(FaultPoint.KEY_BESIDE)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def _written_beside(path: Path, text: str) -> Path:
    """A file of its owner alone, on the disk before this returns; nothing where it cannot be written whole."""
    beside = beside_of(path)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside
