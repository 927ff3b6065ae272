"""Killed at any point, or met by a full disk: the next run ends as if nothing had happened.

Real processes really die here. `python -m tests.crashes` tries every point again and again, and random moments.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.fault_points import FaultPoint
from pipelines.store import Home
from tests.crashes.cases import Case, Undisturbed, at_moments, differences, try_case, undisturbed
from tests.crashes.commands import COMMANDS, Command, try_command
from tests.crashes.day import EDITED, PLAN, ROUND, prepared
from tests.crashes.small_disk import may_mount, on_small_disks
from tests.crashes.stable import Stable, stable
from tests.homes import MiniHome

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here from one that is ready")

DISK_POINTS = (
    FaultPoint.NOTE_BESIDE,
    FaultPoint.BOOKING,
    FaultPoint.OUTPUT_BESIDE,
    FaultPoint.EDITED_KEPT,
    FaultPoint.TABLES_COPIED,
)
OF_COMMANDS = {
    "templates": {FaultPoint.PLAN_BESIDE},
    "withdraw": {FaultPoint.WITHDRAWAL_BESIDE, FaultPoint.WITHDRAWN},
    "rebuild": {FaultPoint.REBUILT_BESIDE},
    "key rotate": {FaultPoint.KEY_BESIDE},
    "backup": {FaultPoint.BACKUP_BESIDE},
    "restore": {FaultPoint.RESTORED_BESIDE, FaultPoint.RESTORED_HALF},
}
"""Points that no night passes, and the commands that do."""


@pytest.fixture(scope="module")
def kept() -> Iterator[Stable]:
    with stable() as ready:
        yield ready


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return prepared(tmp_path_factory.mktemp("truoc") / "nha")


@pytest.fixture(scope="module")
def calm(home: Home, kept: Stable, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed(home, tmp_path_factory.mktemp("yen") / "nha", kept)


def test_the_day_has_everything_in_it(calm: Undisturbed) -> None:
    tables = calm.meant["dataset"]
    assert len(tables["main.submissions"]) == 5
    assert len(tables["main.unusable"]) == 4
    assert calm.meant["left over"] == []
    letters = calm.home.round_folder(PLAN, ROUND) / "don-doc"
    assert {p.name for p in (letters / "cu").iterdir()} == {EDITED, "cong-van-HU.docx"}


def test_a_difference_is_found(calm: Undisturbed) -> None:
    """The comparison itself: one byte of an output, one row, one file too many is seen."""
    changed = {**calm.meant, "outbox": {**calm.meant["outbox"], "them.xlsx": "1"}, "left over": [".1.xlsx"]}
    tables = calm.meant["dataset"]
    changed["dataset"] = {**tables, "main.submissions": tables["main.submissions"][1:]}
    assert len(list(differences(calm.meant, changed))) == 3
    assert list(differences(calm.meant, calm.meant)) == []


def test_killed_at_every_point_one_run_after_another(
    home: Home, kept: Stable, calm: Undisturbed, tmp_path: Path
) -> None:
    """Each run gets a little further than the one before it; the last is left alone."""
    faults = tuple(f"{point}:1:kill" for point in calm.ended.passed)
    tried = try_case(Case("all", faults), home, tmp_path / "nha", kept, calm)
    assert tried.died
    assert tried.wrong == []


def test_a_full_disk_is_said_in_a_sentence_and_nothing_is_lost(
    home: Home, kept: Stable, calm: Undisturbed, tmp_path: Path
) -> None:
    """One full disk after another, further on each time, before there is room again."""
    faults = tuple(f"{point}:1:disk" for point in DISK_POINTS)
    tried = try_case(Case("disks", faults), home, tmp_path / "nha", kept, calm)
    assert tried.died
    assert tried.wrong == []


@pytest.mark.parametrize("case", at_moments(1.0, seed=2022, count=2), ids=lambda case: case.name)
def test_killed_at_any_moment(home: Home, kept: Stable, calm: Undisturbed, tmp_path: Path, case: Case) -> None:
    moment = Case(case.name, kill_after=(case.kill_after or 0) * calm.ended.seconds)
    assert try_case(moment, home, tmp_path / "nha", kept, calm).wrong == []


@pytest.mark.skipif(not may_mount(), reason="a small disk needs root on Linux")
def test_a_disk_that_is_really_full(
    home: Home, kept: Stable, calm: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.crashes.small_disk.ROOMS", (120,))
    ((_, full, wrong),) = on_small_disks(home, tmp_path / "dia", kept, calm)
    assert full
    assert wrong == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_killed_anywhere_is_given_again(
    command: Command, kept: Stable, calm: Undisturbed, mini_issued: MiniHome, tmp_path: Path
) -> None:
    own = OF_COMMANDS.get(command.name, {FaultPoint.OUTPUT_BESIDE})
    outcomes = list(try_command(command, calm.home, mini_issued.home, tmp_path / "lenh", kept, own))
    assert {outcome.point for outcome in outcomes} == own
    assert all(outcome.died for outcome in outcomes)
    assert [line for outcome in outcomes for line in (outcome.point, *outcome.wrong) if outcome.wrong] == []


def test_every_point_is_killed_at_by_something(calm: Undisturbed) -> None:
    of_commands = {point for points in OF_COMMANDS.values() for point in points}
    assert OF_COMMANDS.keys() <= {command.name for command in COMMANDS}
    assert set(calm.ended.passed) | of_commands == {point.value for point in FaultPoint}
