"""Readers that do to their child what hostile files do to calamine; a module of its own, so that a child loads little.

Each content is a word, and perhaps a path behind a space: `once PATH` kills its child the first time it is read.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from pipelines.intake import isolation
from pipelines.intake.confinement import MEMORY_LIMIT
from schemas.finding import Finding
from schemas.submission import RawWorkbook

SECRET = "Nguyễn Thị Bí Mật"


class Panic(BaseException):
    """As calamine's PanicException: no Exception."""


def hostile_reader(content: bytes) -> RawWorkbook | Finding:
    """The real reader, save for the contents that begin with one of the words below."""
    word, _, path = content.decode("latin-1").partition(" ")
    if word in ("SIGABRT", "SIGSEGV", "SIGKILL", "SIGTERM"):
        os.kill(os.getpid(), getattr(signal, word))
    if word == "once" and not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            pass
    if word == "sleep":
        time.sleep(60)
    if word == "left":
        os._exit(0)
    if word == "panic":
        _noise()
        raise Panic(SECRET)
    if word == "fault":
        raise KeyError(SECRET)
    if word == "greedy":
        bytearray(4 * MEMORY_LIMIT)
    if word == "long":
        return RawWorkbook((), {"text": "a" * (isolation.ANSWER_LIMIT + 1)})
    if word in ("who", "once"):
        return RawWorkbook((), {"pid": str(os.getpid()), **_limits()})
    return isolation._read(content)


def no_child() -> None:
    """An initializer that lets no child live."""
    os._exit(1)


def _noise() -> None:
    os.write(1, SECRET.encode())
    os.write(2, f"thread panicked at {SECRET}\n".encode())


def _limits() -> dict[str, str]:
    import resource

    return {name: str(resource.getrlimit(getattr(resource, name))[0]) for name in ("RLIMIT_AS", "RLIMIT_CORE")}
