"""Fixtures that several tests share. Each is made when first asked for."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from pipelines.intake import arrivals, kept_warm
from tests.homes import MiniHome, Province, mini_templates, play_province

for _variable in ("TONGHOP_HOME", "TONGHOP_NOW", "TONGHOP_KEY"):
    os.environ.pop(_variable, None)


@pytest.fixture(scope="session", autouse=True)
def no_second_look() -> Iterator[None]:
    """Runs in this process do not wait for files to grow; those in processes of their own do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrivals, "SECOND_LOOK", 0.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def warm_reader() -> Iterator[None]:
    """One reading child stays for all tests of a process: a night reads a handful of files and waits for its start."""
    with kept_warm():
        yield


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """The demo's four nights, played once for all processes (about a minute). Tests that write into it take a copy."""
    together = os.environ.get("PYTEST_XDIST_WORKER") is not None
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if together else folder
    kept = folder / "tinh.pickle"
    with FileLock(folder / "tinh.lock"):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(play_province(folder / "tinh")))
        played: Province = pickle.loads(kept.read_bytes())
    return played


@pytest.fixture(scope="session")
def mini_issued(tmp_path_factory: pytest.TempPathFactory) -> MiniHome:
    """The plan `mini` with its blank templates: to copy, not to write into."""
    return mini_templates(tmp_path_factory.mktemp("mau"))


@pytest.fixture
def mini(
    mini_issued: MiniHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> MiniHome:
    """A home of its own with the plan `mini` and its blank templates, and the clock in the test's hand.

    Of the marks `unpublished` (of a file, mostly) and `published` the nearest says what its nights write.
    """
    marks = (mark.name for mark in request.node.iter_markers() if mark.name in ("published", "unpublished"))
    publishes = next(marks, "published") == "published"
    return replace(mini_issued.copy(tmp_path / "nha", monkeypatch), publishes=publishes)
