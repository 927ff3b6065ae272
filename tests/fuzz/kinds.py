"""The kinds of mutants, in batches, each made again by its seed and number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from random import Random

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.bytes_kind import byte_mutant
from tests.fuzz.court import Mutant
from tests.fuzz.desks import Desk, desks
from tests.fuzz.typed_kind import cell_mutants, layout_mutants
from tests.fuzz.words_kind import word_mutant
from tests.fuzz.xml_kind import xml_mutant
from tests.hostile_files import HOSTILE

Batched = tuple[Desk, list[Mutant]]
KINDS = ("cells", "layout", "bytes", "xml", "words", "hostile")
_AT_RANDOM: dict[str, Callable[[Desk, Random], Mutant]] = {
    "bytes": lambda desk, chance: byte_mutant(desk.reports, chance),
    "xml": lambda desk, chance: xml_mutant(desk.reports, chance),
    "words": word_mutant,
}
_BY_HYPOTHESIS = {"cells": cell_mutants, "layout": layout_mutants}
_LARGE_PLAN_EVERY = 8
"""One batch in so many is of the plan kh70_2022, whose workbooks are ten times as large."""


def batches(kind: str, start: int, cases: int, size: int) -> Iterator[Batched]:
    """So many cases of a kind, from a seed on."""
    for first in range(0, cases, size):
        count = min(size, cases - first)
        desk = desks()[(first // size) % _LARGE_PLAN_EVERY == 3]
        yield desk, list(_made(kind, desk, f"{start}:{kind}:{first}", count))


def _made(kind: str, desk: Desk, name: str, count: int) -> Iterator[Mutant]:
    made: Iterable[Mutant]
    if kind == "hostile":
        made = islice(_hostile(desk, name), count)
    elif kind in _BY_HYPOTHESIS:
        made = drawn(_BY_HYPOTHESIS[kind](desk), name, count)
    else:
        made = [_AT_RANDOM[kind](desk, Random(f"{name}:{n}")) for n in range(count)]
    for n, mutant in enumerate(made):
        yield Mutant(mutant.content, f"{name}:{n} {desk.name}: {mutant.done}")


def _hostile(desk: Desk, name: str) -> Iterator[Mutant]:
    """The kinds of `tests.hostile_files`, in an order of their own each time."""
    for hostile in Random(name).sample(HOSTILE, len(HOSTILE)):
        yield Mutant(hostile.make(desk.reports[0]), hostile.name)


def drawn(strategy: st.SearchStrategy[Mutant], name: str, count: int) -> list[Mutant]:
    """So many mutants of a strategy, always the same for a name."""
    found: list[Mutant] = []

    @seed(Random(name).getrandbits(32))
    @settings(
        max_examples=2 * count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=HealthCheck
    )
    @given(strategy)
    def draw(mutant: Mutant) -> None:
        found.append(mutant)

    draw()
    while len(found) < count:  # it has met all there is
        found += found
    return list(islice(found, count))
