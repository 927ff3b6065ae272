"""Plans on the shelf: loaded again just when a table has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines import shelf as module
from pipelines.plans import Plans
from pipelines.shelf import Shelf
from schemas.plan import Plan
from schemas.plan_fault import PlanFaults
from schemas.plan_file import load_plan
from tests.homes import MiniHome


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the plans that were really loaded, in order."""
    names: list[str] = []

    def counted(folder: Path) -> Plan:
        names.append(folder.name)
        return load_plan(folder)

    monkeypatch.setattr(module, "load_plan", counted)
    monkeypatch.setattr(module, "_READ", {})
    return names


def test_a_plan_is_loaded_once_while_its_tables_stay(mini: MiniHome, loads: list[str]) -> None:
    shelf = Shelf()
    first = Plans(mini.home, shelf).get("mini")
    assert Plans(mini.home, shelf).get("mini") is first
    assert Plans(mini.home).get("mini") == first
    assert loads == ["mini"], "nor is it loaded again by who has no shelf, in one process"


def test_an_edit_is_seen_even_where_size_and_time_are_the_same(mini: MiniHome, loads: list[str]) -> None:
    shelf, table = Shelf(), mini.home.root / "plans" / "mini" / "rounds.csv"
    before, status = Plans(mini.home, shelf).get("mini"), table.stat()
    table.write_text(table.read_text(encoding="utf-8").replace("2022-05-10", "2022-05-11"), encoding="utf-8")
    os.utime(table, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = Plans(mini.home, shelf).get("mini")
    assert (str(before.rounds[0].due), str(after.rounds[0].due)) == ("2022-05-10", "2022-05-11")
    assert loads == ["mini", "mini"]


def test_faults_stand_on_the_shelf_too(mini: MiniHome, loads: list[str]) -> None:
    shelf, table = Shelf(), mini.home.root / "plans" / "mini" / "rounds.csv"
    right = table.read_text(encoding="utf-8")
    table.unlink()
    for _ in range(2):
        with pytest.raises(PlanFaults, match=r"thiếu tệp rounds\.csv"):
            Plans(mini.home, shelf).get("mini")
    assert loads == ["mini"]
    table.write_text(right, encoding="utf-8")
    assert Plans(mini.home, shelf).get("mini").id == "mini"


def test_an_edit_while_it_is_loaded_is_not_kept(mini: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, table = Shelf(), mini.home.root / "plans" / "mini" / "rounds.csv"
    text = table.read_text(encoding="utf-8")

    def edited_meanwhile(folder: Path) -> Plan:
        plan = load_plan(folder)
        table.write_text(text.replace("2022-05-10", "2022-05-11"), encoding="utf-8")
        return plan

    with monkeypatch.context() as patch:
        patch.setattr(module, "load_plan", edited_meanwhile)
        Plans(mini.home, shelf).get("mini")
    table.write_text(text, encoding="utf-8")
    table.write_text(text.replace("2022-05-10", "2022-05-12"), encoding="utf-8")
    assert str(Plans(mini.home, shelf).get("mini").rounds[0].due) == "2022-05-12"
