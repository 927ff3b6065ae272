"""A disk that is really full: the home on a small file system of its own, which gets room again afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from pipelines.store import Home
from tests.crashes.cases import Undisturbed, differences
from tests.crashes.day import NOW, RUN, half_written, meaning
from tests.crashes.stable import Stable

ROOMS = (0, 4, 16, 40, 80, 120, 180, 260, 400, 700, 1100, 1600)
"""KiB that are free when the run begins; it writes about two MiB."""


def may_mount() -> bool:
    """Whether this process may mount a file system."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None


def on_small_disks(home: Home, root: Path, stable: Stable, calm: Undisturbed) -> Iterator[tuple[int, bool, list[str]]]:
    """The room each disk had, whether it got full, and what was wrong afterwards. Nothing where nobody may mount."""
    if not may_mount():
        print("a small disk needs root on Linux: left out", file=sys.stderr)
        return
    for room in ROOMS:
        yield room, *_on_small_disk(room, home, root, stable, calm)


def _on_small_disk(room: int, prepared: Home, root: Path, stable: Stable, calm: Undisturbed) -> tuple[bool, list[str]]:
    root.mkdir()
    _mount("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(root))
    try:
        home = Home(root / "home")
        shutil.copytree(prepared.root, home.root)
        used = shutil.disk_usage(root).used // 1024
        _mount("mount", "-o", f"remount,size={used + room}k", str(root))
        full = stable.run(home, *RUN, now=NOW)
        wrong = [f"half written: {name}" for name in half_written(home)]
        if full.code != 0 and (full.code != 2 or "Traceback" in full.said):
            wrong.append(f"ends with {full.code}: {full.said[-600:]}")
        _mount("mount", "-o", "remount,size=256m", str(root))
        last = stable.run(home, *RUN, now=NOW)
        if last.code != 0:
            wrong.append(f"with room again it ends with {last.code}: {last.said[-600:]}")
        wrong += differences(calm.meant, meaning(home))
        return full.code == 2, wrong
    finally:
        _mount("umount", str(root))
        root.rmdir()


def _mount(*command: str) -> None:
    subprocess.run(command, check=True)
