"""Each file is read in a child process under a memory and a time limit: a crash there is a finding, not an outage."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeoutError
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

Reader = Callable[[bytes], RawWorkbook | Finding]
Outcome = RawWorkbook | tuple[Finding, ...]
Future: TypeAlias = "ProcessFuture[RawWorkbook | Finding]"
Progress = Callable[[int, int], None]
"""Told how many files are read, and of how many."""


def read_each(
    contents: Iterable[tuple[str, bytes]], count: int, progress: Progress | None = None
) -> Iterator[tuple[str, Outcome]]:
    """Each file's SHA-256 with its workbook, or with the findings that say why there is none, in order.

    `count`: how many files `contents` holds. They are drawn from it as children come free, and handed on one by one,
    so that a thousand files are never in memory together.
    """
    if not count:
        return
    source = iter(contents)
    waiting: deque[tuple[str, Future]] = deque()
    with _pool(count) as pool:

        def draw(files: int) -> None:
            for sha, content in islice(source, files):
                waiting.append((sha, pool.schedule(reader, args=(content,), timeout=SECONDS_LIMIT)))

        try:
            draw(_AHEAD)
            for done in range(1, count + 1):
                sha, future = waiting.popleft()
                outcome = _outcome(future)
                draw(1)
                yield sha, outcome
                if progress is not None:
                    progress(done, count)
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def _pool(files: int) -> ProcessPool:
    """Children that start clean (spawn): the parent's threads, locks and open files are not theirs."""
    children = max(1, min(files // 8, os.cpu_count() or 1))
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
        read = _failed(f"tiến trình đọc đã ngừng đột ngột, mã {end.exitcode}")
    return read if isinstance(read, RawWorkbook) else (read,)


def _failed(detail: str) -> Finding:
    return say(FindingCode.READER_FAILED, detail=detail)
