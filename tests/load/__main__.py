"""`python -m tests.load [--files N] [--hostile SHARE] [--watch N] [--home DIR] [--seed N]`: exit code 1 on any miss.

Makes a crowd of files, drops them at once, runs one real night over them, then another on a quiet inbox, and checks
that nothing was lost and nothing got in. Besides, a real watch is given a smaller crowd.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.store import Home
from tests.load.checks import MOST_SAID, misses
from tests.load.crowd import make_crowd
from tests.load.dropped import Crowd, drop_into
from tests.load.measured import MIB, Peaks, Ran, ask, run_night_observed
from tests.load.watching import Watched, watch_observed

_WATCHED = 300
_A_MINUTE = 66
_TOLD_EVERY = 5.0


def main() -> int:
    """The load; 1 where anything was missed."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="tonghop-tai-") as folder:
        root = arguments.home or Path(folder)
        good = night(Home(root / "dem"), arguments.files, arguments.hostile, arguments.seed)
        if arguments.watch:
            good &= watch(Home(root / "theo-doi"), arguments.watch, arguments.hostile, arguments.seed)
    print("nothing lost, nothing got in" if good else "SOMETHING WAS MISSED")
    return 0 if good else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--files", type=int, default=2000, help="how many are dropped at once (default: 2000)")
    parser.add_argument("--hostile", type=float, default=0.05, help="the share of hostile ones (default: 0.05)")
    parser.add_argument(
        "--watch", type=int, default=_WATCHED, metavar="N", help=f"so many for a watch (default: {_WATCHED}; 0: none)"
    )
    parser.add_argument("--home", type=Path, help="a new folder to work in, which is kept (default: a temporary one)")
    parser.add_argument("--seed", type=int, default=70, help="the same seed makes the same crowd (default: 70)")
    return parser.parse_args()


def night(home: Home, files: int, hostile: float, seed: int) -> bool:
    """One night over the crowd, and a quiet one after it; whether all is well."""
    crowd = _dropped(home, files, hostile, seed)
    _tell("night", 0, 1)
    ran = run_night_observed(home, home.root / "stages.jsonl")
    before = _written(home)
    _tell("quiet night", 0, 1)
    quiet = run_night_observed(home, home.root / "stages-quiet.jsonl")
    show_crowd(crowd)
    show_night("the night", ran)
    show_night("a quiet night after it", quiet)
    rewritten = [name for name, written in _written(home).items() if before.get(name) != written]
    wrong = all_misses(home, crowd, [ran, quiet]) | {"a quiet night rewrites nothing": rewritten}
    return show_misses(wrong)


def watch(home: Home, files: int, hostile: float, seed: int) -> bool:
    """One watch over a crowd; whether all is well."""
    crowd = make_crowd(home.prepare(), files, hostile, seed + 1, _tell)
    watched = watch_observed(home, crowd, _tell)
    show_crowd(crowd)
    show_watch(watched, len(crowd.drops))
    return show_misses(all_misses(home, crowd, []))


def _dropped(home: Home, files: int, hostile: float, seed: int) -> Crowd:
    """A crowd that has lain in the inbox for a minute: a file that seems to be half copied is left alone so long."""
    crowd = make_crowd(home.prepare(), files, hostile, seed, _tell)
    drop_into(home.inbox, crowd.drops)
    for second in range(_A_MINUTE):
        _tell("a minute passes", second, _A_MINUTE)
        time.sleep(1)
    return crowd


def all_misses(home: Home, crowd: Crowd, nights: Sequence[Ran]) -> dict[str, list[str]]:
    """What is wrong with a home after its crowd was answered, by the name of the check."""
    rounds = {plan.id: next(drop.round for drop in crowd.drops if drop.plan == plan.id) for plan in crowd.plans}
    said = {plan: ask(home, "status", "--plan", plan, "--round", round_) for plan, round_ in rounds.items()}
    failed = [f"exit code {ran.code}: {ran.said}" for ran in nights if ran.code]
    return {"the program ended well": failed, **misses(home, crowd, said)}


def _written(home: Home) -> dict[str, int]:
    """Every published file with its time of writing (ns)."""
    files = (path for path in home.outbox.rglob("*") if path.is_file())
    return {path.relative_to(home.outbox).as_posix(): path.stat().st_mtime_ns for path in files}


def show_crowd(crowd: Crowd) -> None:
    """What was dropped."""
    kinds = crowd.kinds()
    hostile = {kind: n for kind, n in kinds.items() if kind.startswith("hostile")}
    print(f"\n{len(crowd.drops)} files at once, {sum(hostile.values())} hostile ones of {len(hostile)} kinds")
    honest = sorted((n, kind) for kind, n in kinds.items() if kind not in hostile)
    print("  " + ", ".join(f"{n} {kind}" for n, kind in reversed(honest)))
    print("  to be " + ", ".join(f"{verdict}: {n}" for verdict, n in sorted(crowd.verdicts().items())))


def show_night(name: str, ran: Ran) -> None:
    """Time, processor and memory of a night, stage by stage."""
    print(f"\n{name}: {ran.seconds:.1f} s, processor {ran.cpu:.1f} s, {_memory(ran.peaks)}")
    row = "  {:<14}{:>9}{:>11}{:>11}{:>11}  {}"
    print(row.format("stage", "seconds", "processor", "children", "peak MiB", ""))
    for stage in ran.stages:
        figures = (stage["seconds"], stage["cpu"], stage["cpu_children"], stage["peak"] // MIB)
        print(row.format(stage["stage"], *figures, stage["said"]))


def show_watch(watched: Watched, files: int) -> None:
    """How long a watch took."""
    print(
        f"\nthe watch: first answer after {watched.first:.1f} s, all but those that seem half copied after "
        f"{watched.whole:.1f} s, all {files} after {watched.last:.1f} s"
    )
    print(f"  processor {watched.cpu:.1f} s, {_memory(watched.peaks)}")


def _memory(peaks: Peaks) -> str:
    if not peaks.parent:
        return "memory not measured on this system"
    figures = (peaks.parent, peaks.child, peaks.living, peaks.children, peaks.together)
    parent, child, living, children, together = (n if i == 2 else n // MIB for i, n in enumerate(figures))
    return (
        f"peak memory: program {parent} MiB, a child {child} MiB, {living} children {children} MiB, all {together} MiB"
    )


def show_misses(wrong: Mapping[str, Sequence[str]]) -> bool:
    """Prints each check with its first misses; whether there is none."""
    print()
    for check, found in wrong.items():
        print(f"  {'MISSED' if found else 'ok':<8}{check}")
        for sentence in found[:MOST_SAID]:
            print(f"          {sentence}")
        if len(found) > MOST_SAID:
            print(f"          and {len(found) - MOST_SAID} more")
    return not any(wrong.values())


_told = [0.0]


def _tell(what: str, done: int, total: int) -> None:
    """Progress on the error stream, a line every few seconds."""
    if time.monotonic() - _told[0] > _TOLD_EVERY or not done:
        _told[0] = time.monotonic()
        print(f"{what}: {done} of {total}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
