"""What wakes a watch: the operating system telling of changes, or the clock where it cannot tell."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event
from typing import Protocol

from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from pipelines.watching.shares import share_of

POLL_SECONDS = 1.0
_QUIET_MS = 50
_LONGEST_BURST_MS = 400
"""Changes are gathered until there is none for the former, or until the latter is over."""


class Waker(Protocol):
    """Something to wait with."""

    how: str
    """How it knows of new files: the end of a sentence (Vietnamese)."""
    polls: bool

    def wait(self, seconds: float) -> bool:
        """Waits for a change, at most so long, or until the watch is to stop; whether it is worth a look."""


class Polling:
    """Wakes every second, whatever has happened."""

    polls = True

    def __init__(self, stop: Event, why: str) -> None:
        self.how = f"nhìn lại hộp nhận mỗi giây ({why})"
        self._stop = stop

    def wait(self, seconds: float) -> bool:
        """Sleeps, at most a second."""
        self._stop.wait(min(seconds, POLL_SECONDS))
        return True


class Listening:
    """Wakes when something below a folder has changed. A folder that is replaced by another is listened to again."""

    how = "hệ điều hành báo ngay khi có tệp"
    polls = False

    def __init__(self, folder: Path, stop: Event) -> None:
        """Raises OSError or WatchfilesRustInternalError where the operating system cannot be asked."""
        self._folder, self._stop = folder, stop
        self._place: tuple[int, int] | None = None
        self._notify: RustNotify | None = None
        self._listen()

    def wait(self, seconds: float) -> bool:
        """Waits for changes and a moment of quiet behind them. While the folder is away it only sleeps."""
        try:
            if self._notify is None or _place(self._folder) != self._place:
                self._listen()
                return True
            said = self._notify.watch(_LONGEST_BURST_MS, _QUIET_MS, max(1, int(seconds * 1000)), self._stop)
        except (OSError, WatchfilesRustInternalError):
            self._notify = None
            self._stop.wait(min(seconds, POLL_SECONDS))
            return True
        if said == "signal":
            raise KeyboardInterrupt
        return not isinstance(said, str)

    def _listen(self) -> None:
        self._notify = None
        place = _place(self._folder)
        self._notify = RustNotify([os.fspath(self._folder)], False, False, 0, True, True)
        self._place = place


def waker_for(folder: Path, stop: Event, *, poll: bool) -> Waker:
    """The quickest way that is sure: polling where it is asked for, on a share, and where listening fails."""
    if poll:
        return Polling(stop, "theo yêu cầu --poll")
    share = share_of(folder)
    if share is not None:
        return Polling(stop, f"hộp nhận nằm trên thư mục mạng: {share}")
    try:
        return Listening(folder, stop)
    except (OSError, WatchfilesRustInternalError):  # its reasons mislead: out of watches is "no space left"
        return Polling(stop, "hệ điều hành không nhận theo dõi thêm thư mục này")


def _place(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino
