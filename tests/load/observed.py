"""The real command line, its stages measured: `python -m tests.load.observed FIGURES ARGUMENTS OF TONGHOP`.

After each stage of a night a line of JSON is added to FIGURES. Reading children import this module: it stays light.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.__main__ import main

if TYPE_CHECKING:
    from pipelines.nightly import Night


def observe(figures: Path) -> None:
    """From now on every stage of a night is measured."""
    from pipelines.nightly import Night

    for name in Night.STAGES:
        _observe(Night, name, figures)


def _observe(night: type[Night], name: str, figures: Path) -> None:
    stage = getattr(night, name)

    def measured(self: Night) -> str:
        forget_peak()
        wall, before = time.monotonic(), os.times()
        said: str = stage(self)
        after = os.times()
        line = {
            "stage": name,
            "said": said,
            "seconds": round(time.monotonic() - wall, 2),
            "cpu": round(after.user + after.system - before.user - before.system, 2),
            "cpu_children": round(
                after.children_user + after.children_system - before.children_user - before.children_system, 2
            ),
            "peak": memory(os.getpid()).get("VmHWM", 0),
        }
        with figures.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return said

    setattr(night, name, measured)


def memory(pid: int) -> dict[str, int]:
    """The memory figures of a process in bytes (`VmRSS`, `VmHWM` …); none where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    found = (line.split() for line in lines if line.startswith("Vm"))
    return {parts[0].rstrip(":"): int(parts[1]) * 1024 for parts in found}


def forget_peak() -> None:
    """Sets this process's peak back to what it uses now, where the system has such a thing."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


if __name__ == "__main__":
    observe(Path(sys.argv.pop(1)))
    main()
