"""`python -m tests.fuzz [--cases N] [--seed S] [--minutes M] [--kind K]`: changes honest reports and judges them.

Every case must end in a verdict, none in a traceback, a hang, a changed neighbour, or a number that a second reader
does not see. Prints a table; ends with 1 where a case ended otherwise, its file kept.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.tally import Tally

KEPT = str(Path(tempfile.gettempdir()) / "tonghop-fuzz")
_SIZE = 40
_NIGHT_EVERY = 20
"""One batch in so many also goes through a whole night, where its reports are on the plan `mini`."""


def main() -> int:
    """The whole run; 1 where a case ended as none may."""
    from pipelines.intake import kept_warm
    from tests.fuzz.kinds import KINDS
    from tests.fuzz.tally import Tally, table

    asked = _arguments(KINDS)
    kinds = KINDS if asked.kind == "all" else (asked.kind,)
    end = time.monotonic() + asked.minutes * 60 if asked.minutes else float("inf")
    start = time.monotonic()
    tallies = {kind: Tally() for kind in kinds}
    with kept_warm():
        for n, kind in enumerate(kinds):
            share = asked.cases * (n + 1) // len(kinds) - asked.cases * n // len(kinds)
            until = min(end, time.monotonic() + (end - time.monotonic()) / (len(kinds) - n))
            _run(kind, share, asked.seed, until, tallies[kind])
    _keep(tallies, Path(asked.keep))
    print(table(tallies))
    seconds, cases = time.monotonic() - start, sum(tally.cases for tally in tallies.values())
    print(f"seed {asked.seed}: {cases} cases in {seconds:.0f} s, {cases / seconds:.1f} a second")
    for tally in tallies.values():
        for fault in tally.wrong:
            print(f"\n{fault}")
    return 0 if all(tally.good for tally in tallies.values()) else 1


def _arguments(kinds: tuple[str, ...]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--cases", type=int, default=10_000, help="how many, all kinds together (default: 10000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same cases (default: 1)")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so many, wherever it is")
    parser.add_argument("--kind", choices=(*kinds, "all"), default="all")
    parser.add_argument("--keep", default=KEPT, metavar="DIR", help="where files that went wrong are put")
    return parser.parse_args()


def _run(kind: str, cases: int, seed: int, until: float, tally: Tally) -> None:
    from tests.fuzz.court import try_batch
    from tests.fuzz.desks import desks
    from tests.fuzz.kinds import batches
    from tests.fuzz.nights import try_night, undisturbed

    for n, (desk, mutants) in enumerate(batches(kind, seed, cases, _SIZE)):
        tally.add(try_batch(desk, mutants), len(mutants))
        if desk is desks()[0] and n % _NIGHT_EVERY == 0:
            tally.add_night(try_night(desk, mutants), undisturbed(desk))
        print(f"\r{kind}: {tally.cases} of {cases}, {len(tally.wrong)} wrong ", end="", flush=True, file=sys.stderr)
        if time.monotonic() > until:
            break
    print(file=sys.stderr)


def _keep(tallies: dict[str, Tally], folder: Path) -> None:
    for kind, tally in tallies.items():
        for mutant in tally.culprits:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{kind}-{sha256(mutant.content).hexdigest()[:12]}.xlsx"
            path.write_bytes(mutant.content)
            print(f"kept {path}: {mutant.done}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
