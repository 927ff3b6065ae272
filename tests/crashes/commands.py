"""Other commands than the run, killed at each point that they pass, and then given again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.nightly import sweep_up
from pipelines.store import Home
from tests.crashes.cases import copied, differences, of_all
from tests.crashes.day import NOW, PLAN, RUN, half_written, meaning
from tests.crashes.stable import Stable

Arguments = Callable[[Home], tuple[str, ...]]
LATER = "2022-05-21T09:00:00+07:00"


@dataclass(frozen=True)
class Command:
    """A command, which home it is given in, and what is compared: all that the home means, or the verdicts alone.

    `fresh`: a home that has only its plan and its key. `may_refuse`: given again, it may say that it was done before.
    """

    name: str
    arguments: Arguments
    fresh: bool = False
    verdicts_only: bool = False
    may_refuse: bool = False


def _counting(home: Home) -> str:
    """A report that counts."""
    (own,) = (home.round_folder(PLAN, "dot_1") / "phieu-tiep-nhan" / "HU").glob("* hu [0-9a-f][0-9a-f]*.xlsx")
    return own.stem.rpartition(" ")[2]


COMMANDS = (
    Command("templates", lambda _: ("templates", "--plan", PLAN), fresh=True),
    Command("control", lambda _: ("control", "--plan", PLAN), fresh=True),
    Command("withdraw", lambda home: ("withdraw", _counting(home), "--reason", "Gửi nhầm"), may_refuse=True),
    Command("rebuild", lambda _: ("rebuild",)),
    Command("key rotate", lambda _: ("key", "rotate", "--until", "2022-06-30"), verdicts_only=True),
    Command("backup", lambda home: ("backup", str(home.root / "sao-luu.zip"))),
    Command("restore", lambda home: ("restore", str(home.root.parent / "kept.zip"), "--replace")),
)


def _bare(home: Home, root: Path) -> Home:
    """A home with the plan and the key of another, and nothing else."""
    bare = Home(root)
    bare.store.mkdir(parents=True)
    shutil.copytree(home.root / "plans", root / "plans")
    shutil.copy2(home.secret_key, bare.secret_key)
    return bare.prepare()


@dataclass(frozen=True)
class Outcome:
    """A command killed at a point. `wrong`: what differs afterwards from the command that nobody disturbed."""

    command: str
    point: str
    died: bool
    wrong: tuple[str, ...]


def try_command(
    command: Command, calm: Home, fresh: Home, root: Path, stable: Stable, only: Container[str] | None = None
) -> Iterator[Outcome]:
    """Tries a command at each point it passes, several times; or at those in `only`, in the middle of its passings.

    Copies of the homes below `root` are gone afterwards.
    """
    root.mkdir()
    try:
        given = _bare(fresh, root / "bare") if command.fresh else calm
        yield from _outcomes(command, given, root, stable, only)
    finally:
        shutil.rmtree(root)


def _outcomes(
    command: Command, given: Home, root: Path, stable: Stable, only: Container[str] | None
) -> Iterator[Outcome]:
    if command.name == "restore":
        kept = stable.run(copied(given, root / "given"), "backup", str(root / "kept.zip"), now=LATER)
        assert kept.code == 0, kept.said
    still = copied(given, root / "still")
    arguments = command.arguments(still)
    done = stable.run(still, *arguments, now=LATER)
    assert done.code == 0, done.said
    meant = _meant(command, still, stable)
    for point, n in _chosen(done.passed, only):
        home = copied(given, root / "case")
        killed = stable.run(home, *command.arguments(home), now=LATER, fault=f"{point}:{n}:kill")
        wrong = [f"half written: {name}" for name in half_written(home)]
        again = stable.run(home, *command.arguments(home), now=LATER)
        if again.code != 0 and not (command.may_refuse and again.code == 2):
            wrong.append(f"given again it ends with {again.code}: {again.said[-300:]}")
        sweep_up(home)  # as the next run does
        wrong += differences(meant, _meant(command, home, stable))
        yield Outcome(command.name, point, killed.killed, tuple(wrong))
        for leftover in root.glob("case*"):
            shutil.rmtree(leftover)


def _chosen(passed: Mapping[str, int], only: Container[str] | None) -> Iterator[tuple[str, int]]:
    """Points, and which passing of each."""
    for point, times in passed.items():
        if only is None:
            yield from ((point, n) for n in of_all(times))
        elif point in only:
            yield point, (times + 1) // 2


def _meant(command: Command, home: Home, stable: Stable) -> dict[str, object]:
    """What is compared; where only verdicts are, those of a run after the command."""
    if command.verdicts_only:
        ended = stable.run(home, *RUN, now=NOW if command.fresh else LATER)
        assert ended.code == 0, ended.said
        tables = meaning(home)["dataset"]
        return {name: tables[name] for name in ("main.submissions", "main.unusable")}
    return meaning(home)
