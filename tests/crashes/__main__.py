"""`python -m tests.crashes`: kills real processes at every named point, at any moment, and fills their disk."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.crashes.cases import Case, Tried, at_moments, at_points, of_a_watch, try_case, twice, undisturbed
from tests.crashes.commands import COMMANDS, try_command
from tests.crashes.day import prepared
from tests.crashes.small_disk import on_small_disks
from tests.crashes.stable import stable
from tests.homes import mini_templates

KINDS = ("points", "disk", "twice", "random", "watch", "commands", "small-disk")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crashes", description=__doc__)
    parser.add_argument("--kind", choices=KINDS, action="append", help="only this kind; may be repeated")
    parser.add_argument("--random", type=int, default=100, metavar="N", help="kills at random moments (100)")
    parser.add_argument("--twice", type=int, default=20, metavar="N", help="pairs of kills, one run after another (20)")
    parser.add_argument("--seed", type=int, default=2022, help="of the random moments and pairs (2022)")
    return parser.parse_args()


class Table:
    """What was tried, by kind, printed at the end."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.died: Counter[str] = Counter()
        self.wrong: list[str] = []

    def add(self, kind: str, name: str, died: bool, wrong: Iterable[str]) -> None:
        """One case."""
        self.tried[kind] += 1
        self.died[kind] += died
        found = [f"{kind}: {name}: {line}" for line in wrong]
        self.wrong += found
        print(f"{kind}: {name}{'' if died else ' (not met)'}{' WRONG' if found else ''}", file=sys.stderr)

    def show(self) -> None:
        """The table on standard output."""
        print(f"{'kind':12} {'tried':>6} {'met':>6}")
        for kind, count in self.tried.items():
            print(f"{kind:12} {count:6} {self.died[kind]:6}")
        print(f"differences from an undisturbed run: {len(self.wrong)}")
        for line in self.wrong:
            print(f"  {line}")


def main() -> int:
    """Tries all; 1 where anything is not as in an undisturbed run, or a named point was never met."""
    options = _options()
    kinds = options.kind or KINDS
    table = Table()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, stable() as kept:
        root = Path(folder)
        home = prepared(root / "prepared")
        calm = undisturbed(home, root / "calm", kept)
        passed = calm.ended.passed
        cases: dict[str, list[Case]] = {
            "points": at_points(passed, "kill"),
            "disk": at_points(passed, "disk"),
            "twice": twice(list(passed), options.seed, options.twice),
            "random": at_moments(calm.ended.seconds, options.seed, options.random),
            "watch": of_a_watch(passed),
        }
        for kind in (kind for kind in cases if kind in kinds):
            for case in cases[kind]:
                tried: Tried = try_case(case, home, root / "case", kept, calm)
                table.add(kind, case.name, tried.died, tried.wrong)
        if "commands" in kinds:
            fresh = mini_templates(root / "fresh").home
            for command in COMMANDS:
                for outcome in try_command(command, calm.home, fresh, root / "command", kept):
                    table.add("commands", f"{outcome.command} at {outcome.point}", outcome.died, outcome.wrong)
        if "small-disk" in kinds:
            for room, met, wrong in on_small_disks(home, root / "disk", kept, calm):
                table.add("small-disk", f"{room} KiB free", met, wrong)
    table.show()
    print(f"{time.monotonic() - begun:.0f} s")
    unmet = any(table.tried[kind] != table.died[kind] for kind in ("points", "disk", "watch", "commands"))
    return 1 if table.wrong or unmet else 0


if __name__ == "__main__":
    sys.exit(main())
