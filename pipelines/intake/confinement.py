"""What a child that reads a stranger's file is held to: so much memory, no core dump, nothing said to the terminal.

A core dump would hold the file's cells, and the last words of a crash may quote them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

MEMORY_LIMIT = 1024**3
_PAST_THE_LIMIT = 5
"""Seconds past its limit after which a child ends itself, where nobody has ended it: its parent is perhaps dead."""


def confine() -> None:
    """Runs first in the child. On Windows the memory limit is a job object's; the parent's clock holds everywhere."""
    _keep_silent()
    if sys.platform == "win32":
        _enter_job(MEMORY_LIMIT)
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        core = 1 if sys.platform == "linux" else 0  # at 0 Linux still hands the core to a program that collects them
        resource.setrlimit(resource.RLIMIT_CORE, (core, core))


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """The system ends this process a little after so many seconds, whatever it is stuck in. Not on Windows."""
    if sys.platform == "win32":
        yield
    else:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds + _PAST_THE_LIMIT)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _keep_silent() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION of the Windows SDK (winnt.h)."""

    _fields_ = (
        ("per_process_user_time", ctypes.c_int64),
        ("per_job_user_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION of the Windows SDK (winnt.h)."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


_EXTENDED = 9
_PROCESS_MEMORY, _DIE_ON_FAULT = 0x100, 0x400
_NO_FAULT_BOXES = 0x0003


def _enter_job(memory: int) -> None:
    """A memory limit on Windows, and no box that asks to be clicked away. No test runs this.

    Where the system refuses the limit, the child reads without one: the parent's clock still holds.
    """
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetErrorMode(_NO_FAULT_BOXES)
        job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
        limits = ExtendedLimits(basic=BasicLimits(flags=_PROCESS_MEMORY | _DIE_ON_FAULT), process_memory=memory)
        kernel.SetInformationJobObject(job, _EXTENDED, ctypes.byref(limits), ctypes.sizeof(limits))
        kernel.AssignProcessToJobObject(job, ctypes.c_void_p(kernel.GetCurrentProcess()))
