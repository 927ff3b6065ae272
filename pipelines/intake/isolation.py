"""Each file is read in a child process under a memory and a time limit: a crash there is a finding, not an outage.

The children end with the call, save inside `kept_warm`: there one stays, and a file that lands is read at once.

A file is never judged by what happened to a child that has read others: what crashes, or runs out of memory, is read
once more, alone, by a child of its own. Where the children as a whole have come to a stop, the files that wait are
given to new ones.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipelines.intake.confinement import confine, ended_after
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.submission import RawWorkbook

SECONDS_LIMIT = 30
ANSWER_LIMIT = 32 * 1024**2
"""Bytes of what a child sends back; the fullest honest report that was met came to less than one MiB."""
_AHEAD = 64
"""Files waiting in memory for a free child: enough to keep every child busy."""
_BYTES_AHEAD = 64 * 1024**2
"""No more files are drawn while so much of them waits."""
_FILES_A_CHILD = 8
"""A child for each so many files, as far as there are processors."""
_RENEWED_AFTER = 500
"""Files that a child which stays reads before another takes its place: whatever it leaks ends with it."""
_ANSWERS_WITHIN = 60
"""Seconds in which a child must say that it is ready, its start included."""

Read = RawWorkbook | Finding
Reader = Callable[[bytes], Read]
Outcome = RawWorkbook | tuple[Finding, ...]
Future: TypeAlias = "ProcessFuture[bytes]"
Progress = Callable[[int, int], None]
"""Told how many files are read, and of how many."""


class ReaderStopped(KeyboardInterrupt):
    """The reading child was told to end from outside, as when a service is stopped: no verdict on the file it read."""


class NoReaders(OSError):
    """No child that could read files can be started: the machine's fault, and no file's."""


def read_each(
    contents: Iterable[tuple[str, bytes]], count: int, progress: Progress | None = None
) -> Iterator[tuple[str, Outcome]]:
    """Each file's SHA-256 with its workbook, or with the findings that say why there is none, in order.

    `count`: how many files `contents` holds. They are drawn from it as children come free, and handed on one by one,
    so that a thousand files are never in memory together. Raises ReaderStopped, NoReaders.
    """
    if not count:
        return
    source = iter(contents)
    waiting: deque[_File] = deque()
    with _children(count) as children:

        def draw() -> None:
            while len(waiting) < _AHEAD and sum(len(f.content) for f in waiting) < _BYTES_AHEAD:
                drawn = next(source, None)
                if drawn is None:
                    return
                waiting.append(_File(*drawn, children.take(drawn[1])))

        draw()
        for done in range(1, count + 1):
            file = waiting.popleft()
            read = _first_reading(file, children, waiting)
            if read is None:
                read = _read_alone(file.content)
            draw()
            yield file.sha, read if isinstance(read, RawWorkbook) else (read,)
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


@dataclass(slots=True)
class _File:
    """A file that waits for a child, or for its turn to be handed on."""

    sha: str
    content: bytes
    future: Future


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
            _end(pool)


_standing = _Standing()


class _Children:
    """The children of one call: the one that stays, for as few files as one child reads; else the call's own."""

    def __init__(self, files: int) -> None:
        self._files = files
        self._stay = _standing.open and files < 2 * _FILES_A_CHILD
        self._pool = self._start()

    def take(self, content: bytes) -> Future:
        """Gives them a file."""
        try:
            return self._pool.schedule(_answered, args=(reader, content, SECONDS_LIMIT), timeout=SECONDS_LIMIT)
        except RuntimeError as fault:  # the pool has come to a stop, and says so at the next file
            broken: Future = ProcessFuture()
            broken.set_exception(BrokenProcessPool(str(fault)))
            return broken

    def renew(self) -> None:
        """Ends them and starts others; what they had taken is lost."""
        self.end()
        self._pool = self._start()

    def end(self) -> None:
        """Ends them."""
        if self._stay:
            _standing.drop()
        else:
            _end(self._pool)

    def _start(self) -> ProcessPool:
        if self._stay:
            return _standing.lend(self._files)
        return _pool(max(1, min(self._files // _FILES_A_CHILD, os.cpu_count() or 1)))


@contextmanager
def _children(files: int) -> Iterator[_Children]:
    children = _Children(files)
    try:
        yield children
    except BaseException:
        children.end()
        raise
    if not children._stay:
        children.end()


def _first_reading(file: _File, children: _Children, waiting: Iterable[_File]) -> Read | None:
    """What a child said that may have read other files before; None where that is no ground for a verdict."""
    try:
        read = _answer(file.future)
    except FutureTimeoutError:
        return _too_long()
    except BrokenProcessPool:
        children.renew()
        for other in waiting:
            if not other.future.done() or isinstance(other.future.exception(), BrokenProcessPool):
                other.future = children.take(other.content)
        return None
    return None if isinstance(read, Finding) and read.code is FindingCode.READER_FAILED else read


def _read_alone(content: bytes) -> Read:
    """Reads a file in a child that has read nothing else: what fails now is the file's own doing."""
    pool = _pool(1)
    try:
        if not _is_ready(pool):
            raise NoReaders(
                "Không khởi động được tiến trình đọc tệp: máy hết bộ nhớ, hoặc bản cài đặt bị hỏng. "
                "Không tệp nào mất; xem “tonghop doctor” rồi chạy lại."
            )
        return _answer(pool.schedule(_answered, args=(reader, content, SECONDS_LIMIT), timeout=SECONDS_LIMIT))
    except FutureTimeoutError:
        return _too_long()
    except BrokenProcessPool:
        return _failed("tiến trình đọc đã ngừng đột ngột")
    finally:
        _end(pool)


def _pool(children: int) -> ProcessPool:
    """Children that start clean (spawn): the parent's threads, locks and open files are not theirs."""
    return ProcessPool(max_workers=children, initializer=_begin, context=multiprocessing.get_context("spawn"))


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _is_ready(pool: ProcessPool) -> bool:
    try:
        return pool.schedule(_ready).result(_ANSWERS_WITHIN)
    except (RuntimeError, OSError, FutureTimeoutError):  # it died while nobody asked for it
        return False


def _begin() -> None:
    """Runs first in the child: what it reads with is loaded before the clock of its first file runs."""
    confine()
    import pipelines.intake.workbook  # noqa: F401


def _ready() -> bool:
    """Runs in the child."""
    return True


def _read(content: bytes) -> Read:
    from pipelines.intake.workbook import read_workbook

    return read_workbook(content)


reader: Reader = _read
"""What runs in the child."""


def _answered(read: Reader, content: bytes, seconds: float) -> bytes:
    """Runs in the child: what became of the file, pickled here, where the memory limit holds and a fault is caught."""
    with ended_after(seconds):
        try:
            packed = pickle.dumps(read(content), pickle.HIGHEST_PROTOCOL)
        except MemoryError:
            packed = pickle.dumps(_failed("quá giới hạn bộ nhớ"))
        except BaseException as fault:  # noqa: BLE001 - calamine's PanicException is no Exception
            packed = pickle.dumps(_failed(_named(fault)))
    if len(packed) > ANSWER_LIMIT:
        limit = ANSWER_LIMIT // 1024**2
        packed = pickle.dumps(say(FindingCode.TOO_LARGE, detail=f"nội dung các ô quá {limit} MiB"))
    return packed


def _named(fault: BaseException) -> str:
    """What kind of fault, and where in the code: nothing that it may quote from the file."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f", {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else ""
    return f"{type(fault).__name__}{place}"


def _answer(future: Future) -> Read:
    """What a child said of a file, or what became of the child.

    Raises TimeoutError where the file took too long, BrokenProcessPool where nobody has read it, ReaderStopped.
    """
    wait([future], SECONDS_LIMIT + _ANSWERS_WITHIN)
    if not future.done():  # it is the first in line: by now it has been read, or nobody reads any more
        raise BrokenProcessPool("no answer")
    fault = future.exception()
    if fault is None:
        read: Read = pickle.loads(future.result())  # noqa: S301 - our own child packed it
        return read
    if not isinstance(fault, ProcessExpired):
        raise fault
    if fault.exitcode in (signal.SIGTERM, -signal.SIGTERM):
        raise ReaderStopped from fault
    if fault.exitcode == -getattr(signal, "SIGALRM", 0):
        raise FutureTimeoutError from fault
    return _failed(f"tiến trình đọc đã ngừng đột ngột, mã {fault.exitcode}")


def _too_long() -> Finding:
    return _failed(f"quá {SECONDS_LIMIT} giây")


def _failed(detail: str) -> Finding:
    return say(FindingCode.READER_FAILED, detail=detail)
