"""Each file is read in a child process under a memory and a time limit: a crash there is a finding, not an outage."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import TimeoutError as FutureTimeoutError

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.submission import RawWorkbook

MEMORY_LIMIT = 1024**3
SECONDS_LIMIT = 30
_AHEAD = 64
"""Files waiting in memory for a free child: enough to keep every child busy."""

Outcome = RawWorkbook | tuple[Finding, ...]
Progress = Callable[[int], None]


def read_all(contents: Iterable[tuple[str, bytes]], progress: Progress | None = None) -> dict[str, Outcome]:
    """Each file's workbook, or the findings that say why there is none, by SHA-256.

    `progress` is told how many files are done. Files are drawn from `contents` as children come free.
    """
    outcomes: dict[str, Outcome] = {}
    waiting: dict[str, ProcessFuture] = {}
    source = iter(contents)
    first = list(_up_to(source, _AHEAD))
    if not first:
        return outcomes
    with _pool(len(first)) as pool:
        for sha, content in first:
            waiting[sha] = pool.schedule(_read, args=(content,), timeout=SECONDS_LIMIT)
        while waiting:
            sha = next(iter(waiting))
            outcomes[sha] = _outcome(waiting.pop(sha))
            for following, content in _up_to(source, 1):
                waiting[following] = pool.schedule(_read, args=(content,), timeout=SECONDS_LIMIT)
            if progress is not None:
                progress(len(outcomes))
    return outcomes


def _up_to(source: Iterable[tuple[str, bytes]], count: int) -> Iterable[tuple[str, bytes]]:
    return (pair for _, pair in zip(range(count), source, strict=False))


def _pool(files: int) -> ProcessPool:
    """Children that start clean (spawn), so that the parent's threads, locks and open files are not theirs."""
    children = max(1, min(files // 8, os.cpu_count() or 1))
    return ProcessPool(max_workers=children, initializer=_confine, context=multiprocessing.get_context("spawn"))


def _confine() -> None:
    """Memory limit and no core dump, where the system has them."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(content: bytes) -> RawWorkbook | Finding:
    from pipelines.intake.workbook import read_workbook

    try:
        return read_workbook(content)
    except MemoryError:
        return _failed("quá giới hạn bộ nhớ")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # noqa: BLE001 - calamine's PanicException is no Exception
        return _failed(type(fault).__name__)


def _outcome(future: ProcessFuture) -> Outcome:
    try:
        read = future.result()
    except FutureTimeoutError:
        read = _failed(f"quá {SECONDS_LIMIT} giây")
    except ProcessExpired as end:
        read = _failed(f"tiến trình đọc đã ngừng đột ngột, mã {end.exitcode}")
    return read if isinstance(read, RawWorkbook) else (read,)


def _failed(detail: str) -> Finding:
    return say(FindingCode.READER_FAILED, detail=detail)


