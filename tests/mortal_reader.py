"""A reader that dies of one content; a module of its own, so that the child process imports nothing else."""

from __future__ import annotations

import os
import signal

from pipelines.intake import isolation
from schemas.finding import Finding
from schemas.submission import RawWorkbook

CRASH = b"a file that kills its reader"


def mortal_reader(content: bytes) -> RawWorkbook | Finding:
    """The real reader, save for `CRASH`."""
    if content == CRASH:
        os.kill(os.getpid(), signal.SIGABRT)
    return isolation._read(content)
