"""Where things are (inbox, outbox, archive, dataset), and the locks that let one run at a time touch them."""

from __future__ import annotations

import errno
import json
import os
import socket
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from pipelines.clock import now
from schemas.control import base_id
from schemas.system_fault import reason_of

CHECKOUT = Path(__file__).resolve().parent.parent
VARIABLE = "TONGHOP_HOME"


@dataclass(frozen=True)
class Home:
    """The folder under which inbox/, outbox/ and store/ stand."""

    root: Path

    @classmethod
    def locate(cls, option: Path | None = None) -> Home:
        """The home that is meant: `--home`, else `TONGHOP_HOME`, else the checkout."""
        if option is not None:
            return cls(option.expanduser().resolve())
        named = os.environ.get(VARIABLE, "").strip()
        return cls(Path(named).expanduser().resolve() if named else CHECKOUT)

    @property
    def inbox(self) -> Path:
        """Where units drop their files."""
        return self.root / "inbox"

    @property
    def outbox(self) -> Path:
        """Where every workbook for people is published."""
        return self.root / "outbox"

    def round_folder(self, plan_id: str, round_id: str) -> Path:
        """Where a round's outputs are; those of a control workbook stand beside the rounds it governs."""
        return self.outbox / (base_id(plan_id) or plan_id) / round_id

    @property
    def store(self) -> Path:
        """What belongs to the system alone."""
        return self.root / "store"

    @property
    def archive(self) -> Path:
        """Every file that ever arrived, under its SHA-256."""
        return self.store / "archive"

    @property
    def plans_archive(self) -> Path:
        """Every plan version a verdict was given under."""
        return self.archive / "plans"

    @property
    def dataset(self) -> Path:
        """The DuckDB file: a cache of what the archive says."""
        return self.store / "tonghop.duckdb"

    @property
    def outputs(self) -> Path:
        """The register of what the published files say (see `pipelines.outbox.Register`)."""
        return self.store / "outputs.json"

    @property
    def prefect_home(self) -> Path:
        """Prefect's own files."""
        return self.store / "prefect"

    @property
    def secret_key(self) -> Path:
        """The key that stamps templates (see `pipelines.stamp`)."""
        return self.store / "secret.key"

    @property
    def former_keys(self) -> Path:
        """The keys before it, secrets too, each with the last day its stamps are taken."""
        return self.store / "former.keys"

    @property
    def stamped_keys(self) -> Path:
        """The fingerprints of the keys that have stamped here; no secrets."""
        return self.archive / "keys.json"

    @property
    def restoring(self) -> Path:
        """What a restore that is under way, or was killed, has still to do."""
        return self.store / "restoring.json"

    @property
    def plan_folders(self) -> list[Path]:
        """Folders that hold plans: the checkout's own, then the home's, if there."""
        own = self.root / "plans"
        return [CHECKOUT / "schemas" / "plans", *([own] if own.is_dir() else [])]

    def prepare(self) -> Home:
        """Makes the folders that are missing, the store for this account alone. Raises OSError where it may not."""
        self.store.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.inbox, self.outbox, self.archive):
            folder.mkdir(parents=True, exist_ok=True)
        return self


class Busy(RuntimeError):
    """Another run holds the store; its text (Vietnamese) names the holder, since when, and what to do."""


RESTORING = "khôi phục"
"""The purpose of a restore: while one is half done, nothing else may hold the store."""
WATCHING = "theo dõi hộp nhận"
"""The purpose of a watch, which gives the store back after each batch."""
_BRIEF_DONE_WITHIN = 60.0
_PATIENCE = 1.0
"""Seconds: a holder may only just have begun to say who it is, or be about to go."""
_LOOK_AGAIN = 0.25
_CANNOT_LOCK = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL})


@contextmanager
def run_lock(home: Home, purpose: str, *, brief: bool = False) -> Iterator[None]:
    """Holds the store: whoever writes below store/ or outbox/ does so inside. Raises Busy where another holds it.

    `brief`: it is soon given back, so others wait for it (a minute) instead of refusing. The lock is the operating
    system's own, so one left by a process that died does not block; `store/run.json` only says who holds it. Raises
    OSError, saying so, where the folder's file system knows no locks.
    """
    with _held(home, "run", {"purpose": purpose, "brief": brief}, _busy):
        if purpose != RESTORING and home.restoring.exists():
            raise Busy(
                "Một lần khôi phục bị ngắt giữa chừng, kho chưa trọn vẹn. "
                "Chạy lại lệnh “tonghop restore TỆP” để làm nốt."
            )
        yield


@contextmanager
def between_runs(home: Home, purpose: str) -> Iterator[bool]:
    """Holds the store for a moment where nobody does just now, and says whether: for a look that may be left out."""
    with ExitStack() as held:
        try:
            held.enter_context(_held(home, "run", {"purpose": purpose, "brief": True}, _busy, patient=False))
        except Busy:
            yield False
        else:
            yield True


@contextmanager
def watch_lock(home: Home) -> Iterator[None]:
    """Held by a watch for as long as it lives: one inbox, one watch. Raises Busy where there is another."""
    with _held(home, "watch", {"purpose": WATCHING}, _watched_already):
        yield


@contextmanager
def backup_lock(home: Home) -> Iterator[None]:
    """Held while a backup is written, beside runs. Raises Busy where another backup is being written."""
    with _held(home, "backup", {"purpose": "sao lưu"}, _backing_up):
        yield


@contextmanager
def _held(
    home: Home, name: str, told: dict[str, Any], refusal: Callable[[Path], str], *, patient: bool = True
) -> Iterator[None]:
    home.store.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.store / f"{name}.lock")
    holder = home.store / f"{name}.json"
    _acquire(lock, holder, refusal, patient=patient)
    try:
        holder.write_text(json.dumps(_ourselves() | told, ensure_ascii=False), encoding="utf-8")
        yield
    finally:
        try:
            with suppress(OSError):  # Windows: somebody is just reading who holds it
                holder.unlink(missing_ok=True)
        finally:
            lock.release()


def _acquire(lock: BaseFileLock, holder: Path, refusal: Callable[[Path], str], *, patient: bool) -> None:
    """Waits for a brief holder, a moment for any; not at all where it is not `patient`.

    Raises Busy, or OSError where there can be no lock.
    """
    begun = time.monotonic()
    while True:
        try:
            with warnings.catch_warnings(action="ignore", category=UserWarning):  # of its own kind of lock, see _busy
                lock.acquire(timeout=_LOOK_AGAIN)
            return
        except Timeout:
            patience = _BRIEF_DONE_WITHIN if _told(holder).get("brief") else _PATIENCE
            if not patient or time.monotonic() - begun >= patience:
                raise Busy(refusal(holder) + _left_elsewhere(lock, holder)) from None
        except OSError as fault:
            if fault.errno not in _CANNOT_LOCK:
                raise
            raise OSError(
                f"Không khoá được tệp trong {holder.parent} ({reason_of(fault)}): ổ đĩa hoặc thư mục mạng này "
                "không có khoá tệp, hai lần chạy có thể chồng lên nhau. Đặt kho (--home) trên ổ đĩa của máy này."
            ) from fault


def _ourselves() -> dict[str, Any]:
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": now().isoformat()}


def _busy(holder: Path) -> str:
    who = _who(holder, "“{purpose}”, tiến trình {pid} trên máy {host}, từ {since:%H:%M:%S ngày %d/%m/%Y}")
    return (
        f"Một lần chạy khác đang giữ kho{who}. Chờ lần chạy đó xong rồi thử lại; "
        "nếu nó đã treo thì dừng tiến trình đó, không tệp nào mất."
    )


def _watched_already(holder: Path) -> str:
    who = _who(holder, "tiến trình {pid} trên máy {host}, từ {since:%H:%M:%S ngày %d/%m/%Y}")
    return f"Hộp nhận này đã có một lệnh “tonghop watch” theo dõi{who}. Chỉ cần một lệnh; lệnh này dừng."


def _backing_up(holder: Path) -> str:
    who = _who(holder, "tiến trình {pid} trên máy {host}, từ {since:%H:%M:%S ngày %d/%m/%Y}")
    return f"Một lần sao lưu khác đang chạy{who}. Chờ xong rồi thử lại."


def _left_elsewhere(lock: BaseFileLock, holder: Path) -> str:
    """Where only the lock file's being there is the lock, one left by another machine that died has to be deleted."""
    if not isinstance(lock, SoftFileLock) or _told(holder).get("host") in (None, socket.gethostname()):
        return ""
    return f" Nếu máy đó đã tắt giữa chừng, xoá {lock.lock_file} rồi chạy lại."


def _who(holder: Path, form: str) -> str:
    """Who holds a lock, behind a colon; nothing where that cannot be read."""
    try:
        told = _told(holder)
        return ": " + form.format(**told | {"since": datetime.fromisoformat(told["since"])})
    except (ValueError, KeyError, TypeError):
        return ""


def _told(holder: Path) -> dict[str, Any]:
    """What a holder has written of itself; nothing where that cannot be read."""
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
