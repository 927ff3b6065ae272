"""Opening what lies in an inbox: no link is followed, nothing is waited for, and only a regular file is read."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_WAITING_FOR_NOTHING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
OPEN_FLAGS = _WAITING_FOR_NOTHING | _NO_LINK


def not_regular(mode: int) -> str:
    """What something is that is no regular file (Vietnamese); `""` for one."""
    if stat.S_ISLNK(mode):
        return "đây là lối tắt, không phải tệp"
    if stat.S_ISDIR(mode):
        return "thư mục không mở được"
    return "" if stat.S_ISREG(mode) else "đây là thiết bị hoặc ống dẫn, không phải tệp"


def open_below(path: Path, steps: int) -> int:
    """Opens a file `steps` below an inbox, step by step, so that no folder on the way is a link by now.

    Raises OSError.
    """
    if os.open not in os.supports_dir_fd:
        return os.open(path, OPEN_FLAGS)
    at = os.open(path.parents[steps - 1], os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in path.parts[-steps:-1]:
            above, at = at, os.open(name, os.O_RDONLY | os.O_DIRECTORY | _NO_LINK, dir_fd=at)
            os.close(above)
        return os.open(path.name, OPEN_FLAGS, dir_fd=at)
    finally:
        os.close(at)


def regular_content(descriptor: int, limit: int) -> tuple[bytes, os.stat_result]:
    """What an open file holds, at most one byte more than the limit, and its state after that; closes it.

    Raises OSError where it is no regular file.
    """
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, not_regular(mode))
    with os.fdopen(descriptor, "rb") as opened:
        content = opened.read(limit + 1)
        return content, os.fstat(descriptor)


def read_named(path: Path, limit: int) -> bytes:
    """The bytes of a file that somebody named, which may be a link, at most one more than the limit.

    Raises OSError, IsADirectoryError for a folder.
    """
    content, _ = regular_content(os.open(path, _WAITING_FOR_NOTHING), limit)
    return content
