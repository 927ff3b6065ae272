"""A watch that dies by kill -9 right after a stage: `python -m tests.mortal_watch STAGE ARGUMENTS OF TONGHOP`."""

from __future__ import annotations

import os
import signal
import sys

from pipelines.__main__ import main
from pipelines.nightly import Night


def mortal(stage: str) -> None:
    """From now on a night dies after that stage."""
    real = getattr(Night, stage)

    def dying(self: Night) -> str:
        real(self)
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    setattr(Night, stage, dying)


if __name__ == "__main__":
    mortal(sys.argv.pop(1))
    main()
