"""Each file is read in a child process under a memory and a time limit: a crash there is a finding, not an outage.

The children end with the call, save inside `kept_warm`: there one stays, and a file that lands is read at once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from itertools import islice
from typing import TypeAlias

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.submission import RawWorkbook

MEMORY_LIMIT = 1024**3
SECONDS_LIMIT = 30
_AHEAD = 64
"""Files waiting in memory for a free child: enough to keep every child busy."""
_FILES_A_CHILD = 8
"""A child for each so many files, as far as there are processors."""
_RENEWED_AFTER = 500
"""Files that a child which stays reads before another takes its place: whatever it leaks ends with it."""
_ANSWERS_WITHIN = 20
"""Seconds in which a child that stays must say that it is ready, its start included."""

Reader = Callable[[bytes], RawWorkbook | Finding]
Outcome = RawWorkbook | tuple[Finding, ...]
Future: TypeAlias = "ProcessFuture[RawWorkbook | Finding]"
Progress = Callable[[int, int], None]
"""Told how many files are read, and of how many."""


class ReaderStopped(KeyboardInterrupt):
    """The reading child was told to end from outside, as when a service is stopped: no verdict on the file it read."""


def read_each(
    contents: Iterable[tuple[str, bytes]], count: int, progress: Progress | None = None
) -> Iterator[tuple[str, Outcome]]:
    """Each file's SHA-256 with its workbook, or with the findings that say why there is none, in order.

    `count`: how many files `contents` holds. They are drawn from it as children come free, and handed on one by one,
    so that a thousand files are never in memory together. Raises ReaderStopped.
    """
    if not count:
        return
    source = iter(contents)
    waiting: deque[tuple[str, Future]] = deque()
    with _children(count) as pool:

        def draw(files: int) -> None:
            for sha, content in islice(source, files):
                waiting.append((sha, pool.schedule(reader, args=(content,), timeout=SECONDS_LIMIT)))

        draw(_AHEAD)
        for done in range(1, count + 1):
            sha, future = waiting.popleft()
            outcome = _outcome(future)
            draw(1)
            yield sha, outcome
            if progress is not None:
                progress(done, count)


@contextmanager
def kept_warm() -> Iterator[None]:
    """While this is open, one child stays between calls of `read_each`; its start is not waited for.

    It is replaced where it has died or has read its share, and ends with the process, however that ends.
    """
    _standing.open = True
    _standing.lend(0)
    try:
        yield
    finally:
        _standing.open = False
        _standing.drop()


class _Standing:
    """The pool of the one child that outlives a call, where `kept_warm` has asked for it."""

    def __init__(self) -> None:
        self.open = False
        self._pool: ProcessPool | None = None
        self._read = 0

    def lend(self, files: int) -> ProcessPool:
        """The pool, its child alive; 0 files: just started."""
        if self._pool is not None and (self._read > _RENEWED_AFTER or not _is_ready(self._pool)):
            self.drop()
        if self._pool is None:
            self._pool, self._read = _pool(1), 0
            self._pool.schedule(_ready)
        self._read += files
        return self._pool

    def drop(self) -> None:
        """Ends the child, if there is one; the next loan starts another."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()


_standing = _Standing()


@contextmanager
def _children(files: int) -> Iterator[ProcessPool]:
    """The child that stays, for as few files as one child reads; else children of the call's own."""
    if _standing.open and files < 2 * _FILES_A_CHILD:
        try:
            yield _standing.lend(files)
        except BaseException:
            _standing.drop()
            raise
        return
    with _pool(files) as pool:
        try:
            yield pool
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def _is_ready(pool: ProcessPool) -> bool:
    try:
        return pool.schedule(_ready).result(_ANSWERS_WITHIN)
    except (RuntimeError, OSError, FutureTimeoutError):  # it died while nobody asked for it
        return False


def _ready() -> bool:
    """Runs in the child: everything it reads with is loaded."""
    import pipelines.intake.workbook  # noqa: F401

    return True


def _pool(files: int) -> ProcessPool:
    """Children that start clean (spawn): the parent's threads, locks and open files are not theirs."""
    children = max(1, min(files // _FILES_A_CHILD, os.cpu_count() or 1))
    spawn = multiprocessing.get_context("spawn")
    return ProcessPool(max_workers=children, initializer=_confine, context=spawn)


def _confine() -> None:
    """Memory limit and no core dump, where the system has them."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(content: bytes) -> RawWorkbook | Finding:
    from pipelines.intake.workbook import read_workbook

    return _guarded(read_workbook, content)


def _guarded(read: Reader, content: bytes) -> RawWorkbook | Finding:
    try:
        return read(content)
    except MemoryError:
        return _failed("quá giới hạn bộ nhớ")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # noqa: BLE001 - calamine's PanicException is no Exception
        return _failed(type(fault).__name__)


reader: Reader = _read
"""What runs in the child."""


def _outcome(future: Future) -> Outcome:
    try:
        read = future.result()
    except FutureTimeoutError:
        read = _failed(f"quá {SECONDS_LIMIT} giây")
    except ProcessExpired as end:
        if end.exitcode in (signal.SIGTERM, -signal.SIGTERM):
            raise ReaderStopped from end
        read = _failed(f"tiến trình đọc đã ngừng đột ngột, mã {end.exitcode}")
    return read if isinstance(read, RawWorkbook) else (read,)


def _failed(detail: str) -> Finding:
    return say(FindingCode.READER_FAILED, detail=detail)
