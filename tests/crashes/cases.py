"""One case: a copy of the prepared home, a process that dies in it, and a run after it that nobody disturbs."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.store import Home
from tests.crashes.day import NOW, RUN, half_written, meaning
from tests.crashes.stable import Ended, Stable

WATCH = ("watch", "--publish-after", "0")
_PASSED_BY_A_WATCH = ("archive.", "merge.", "outbox.", "answers.", "inbox.", "night.pinned")
_PATIENCE = 120.0


@dataclass(frozen=True)
class Undisturbed:
    """What the same day means when nothing happens to it, and what it passed on the way."""

    home: Home
    meant: Mapping[str, Any]
    ended: Ended


@dataclass(frozen=True)
class Case:
    """What happens to a command: a fault at a point, or a kill after so many seconds; then perhaps another in the next.

    With both, the seconds are how long a command that never ends by itself is waited for.
    """

    name: str
    faults: tuple[str, ...] = ()
    kill_after: float | None = None
    command: tuple[str, ...] = RUN


@dataclass
class Tried:
    """What became of a case. `died`: the fault really happened; `wrong`: all that is not as it is undisturbed."""

    case: Case
    died: bool
    wrong: list[str] = field(default_factory=list)


def undisturbed(prepared: Home, root: Path, stable: Stable) -> Undisturbed:
    """Runs the prepared day in a copy, from the beginning to the end. Raises AssertionError where that fails."""
    home = copied(prepared, root)
    ended = stable.run(home, *RUN, now=NOW)
    assert ended.code == 0, ended.said
    return Undisturbed(home, meaning(home), ended)


def copied(home: Home, root: Path) -> Home:
    """A copy of a home, times of writing kept."""
    shutil.copytree(home.root, root)
    return Home(root)


def try_case(case: Case, prepared: Home, root: Path, stable: Stable, calm: Undisturbed) -> Tried:
    """Tries a case in a copy of the home that is gone afterwards."""
    home = copied(prepared, root)
    try:
        return _tried(case, home, stable, calm)
    finally:
        shutil.rmtree(root)


def _tried(case: Case, home: Home, stable: Stable, calm: Undisturbed) -> Tried:
    tried = Tried(case, died=True)
    for fault in case.faults or ("",):
        ended = stable.run(home, *case.command, now=NOW, fault=fault, kill_after=case.kill_after)
        if fault.endswith(":disk"):
            tried.died &= ended.code == 2
            if ended.code == 2 and ("Traceback" in ended.said or "đĩa đã đầy" not in ended.said):
                tried.wrong.append(f"says: {ended.said[-300:]}")
        else:
            tried.died &= ended.killed and (not fault or fault.partition(":")[0] in ended.passed)
        tried.wrong += [f"half written: {name}" for name in half_written(home)]
    last = stable.run(home, *RUN, now=NOW)
    if last.code != 0:
        tried.wrong.append(f"the run after it ends with {last.code}: {last.said[-300:]}")
    else:
        tried.wrong += list(differences(calm.meant, meaning(home)))
    return tried


def differences(calm: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """Where two meanings differ, a line each."""
    for part, meant in calm.items():
        found = other[part]
        if isinstance(meant, Mapping):
            for name in sorted({*meant, *found}):
                if meant.get(name) != found.get(name):
                    yield f"{part}: {name}: {_beside(meant.get(name), found.get(name))}"
        elif meant != found:
            yield f"{part}: {_beside(meant, found)}"


def _beside(meant: object, found: object) -> str:
    return f"{str(meant)[:300]} | {str(found)[:300]}"


def at_points(passed: Mapping[str, int], what: str) -> list[Case]:
    """Each point that a run passes: the first time, the second, the middle one, the last."""
    return [Case(f"{point} {n}", (f"{point}:{n}:{what}",)) for point, times in passed.items() for n in of_all(times)]


def of_all(times: int) -> list[int]:
    """Of so many passings the first, the second, the middle one and the last."""
    return sorted({1, min(2, times), (times + 1) // 2, times})


def of_a_watch(passed: Iterable[str]) -> list[Case]:
    """A watch killed at each point up to where the files have left the inbox, and a run after it."""
    points = [point for point in passed if point.startswith(_PASSED_BY_A_WATCH)]
    return [Case(f"watch at {point}", (f"{point}:1:kill",), _PATIENCE, WATCH) for point in points]


def twice(passed: Sequence[str], seed: int, count: int) -> list[Case]:
    """Killed at one point, and the next run at another."""
    chosen = random.Random(seed)
    pairs = [(chosen.choice(passed), chosen.choice(passed)) for _ in range(count)]
    return [Case(f"{one}, then {other}", (f"{one}:1:kill", f"{other}:1:kill")) for one, other in pairs]


def at_moments(seconds: float, seed: int, count: int) -> list[Case]:
    """Killed at any moment of a run that takes so long."""
    chosen = random.Random(seed)
    return [Case(f"after {t:.3f} s", kill_after=t) for t in (chosen.uniform(0.0, seconds) for _ in range(count))]
