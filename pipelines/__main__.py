"""`python -m pipelines`, which is what `./tonghop` calls. Reading children import this module too: it stays light."""

from __future__ import annotations

import atexit
import gc
import os
import sys

_GARBAGE_AFTER = 50_000
"""Objects made until the collector looks for cycles: its usual 700 cost a short command a sixth of its time."""


def main() -> None:
    """The command line. Exits with 0, 1 or 2 as each command says."""
    gc.set_threshold(_GARBAGE_AFTER)
    sys.modules.setdefault("hypothesis", None)  # type: ignore[arg-type]  # pandera would load it, for tests alone
    from pipelines.cli import app

    code = [1]
    atexit.register(_leave_quietly, code)  # the first registered is the last called: Prefect has ended its server then
    try:
        app(prog_name="tonghop")
    except SystemExit as end:
        code[0] = end.code if isinstance(end.code, int) else 0
        raise


def _leave_quietly(code: list[int]) -> None:
    """Ends the process without tearing it down: that costs a tenth of a short command.

    Besides, Prefect's threads and DuckDB's bindings would fill the error stream with leaks.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            code[0] = code[0] or 1
    os._exit(code[0])


if __name__ == "__main__":
    main()
