"""Where things are (inbox, outbox, archive, dataset), and the locks that let one run at a time touch them."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipelines.clock import now
from schemas.control import base_id

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
    def plan_folders(self) -> list[Path]:
        """Folders that hold plans: the checkout's own, then the home's, if there."""
        own = self.root / "plans"
        return [CHECKOUT / "schemas" / "plans", *([own] if own.is_dir() else [])]

    def prepare(self) -> Home:
        """Makes the folders that are missing. Raises OSError where it may not."""
        for folder in (self.inbox, self.outbox, self.store, self.archive):
            folder.mkdir(parents=True, exist_ok=True)
        return self


class Busy(RuntimeError):
    """Another run holds the store; its text (Vietnamese) names the holder and since when."""


WATCHING = "theo dõi hộp nhận"
"""The purpose of a watch, which gives the store back after each batch."""
_WATCH_DONE_WITHIN = 60.0


@contextmanager
def run_lock(home: Home, purpose: str) -> Iterator[None]:
    """Holds the store for one run. Raises Busy at once where another process holds it; only a watch is waited for.

    The lock is the operating system's own, so one left by a process that died does not block;
    `store/run.json` only says who holds it.
    """
    with _held(home, "run", purpose, _busy):
        yield


@contextmanager
def watch_lock(home: Home) -> Iterator[None]:
    """Held by a watch for as long as it lives: one inbox, one watch. Raises Busy where there is another."""
    with _held(home, "watch", WATCHING, _watched_already):
        yield


@contextmanager
def _held(home: Home, name: str, purpose: str, refusal: Callable[[Path], str]) -> Iterator[None]:
    home.store.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.store / f"{name}.lock")
    holder = home.store / f"{name}.json"
    try:
        lock.acquire(timeout=_WATCH_DONE_WITHIN if name == "run" and WATCHING in _who(holder, "{purpose}") else 0)
    except Timeout:
        raise Busy(refusal(holder)) from None
    try:
        holder.write_text(json.dumps(_ourselves(purpose), ensure_ascii=False), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _ourselves(purpose: str) -> dict[str, Any]:
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": now().isoformat(), "purpose": purpose}


def _busy(holder: Path) -> str:
    who = _who(holder, "“{purpose}”, tiến trình {pid} trên máy {host}, từ {since:%H:%M:%S ngày %d/%m/%Y}")
    return f"Một lần chạy khác đang giữ kho{who}. Chờ lần chạy đó xong rồi thử lại."


def _watched_already(holder: Path) -> str:
    who = _who(holder, "tiến trình {pid} trên máy {host}, từ {since:%H:%M:%S ngày %d/%m/%Y}")
    return f"Hộp nhận này đã có một lệnh “tonghop watch” theo dõi{who}. Chỉ cần một lệnh; lệnh này dừng."


def _who(holder: Path, form: str) -> str:
    """Who holds a lock, behind a colon; nothing where that cannot be read."""
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
        return ": " + form.format(**told | {"since": datetime.fromisoformat(told["since"])})
    except (OSError, ValueError, KeyError, TypeError):
        return ""
