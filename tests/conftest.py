"""Fixtures that several tests share. Each is made when first asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.homes import MiniHome, Province, mini_templates, play_province

for _variable in ("TONGHOP_HOME", "TONGHOP_NOW", "TONGHOP_KEY"):
    os.environ.pop(_variable, None)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist names the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file run in one process, for they share what is made for it; so do all that look at the province."""
    for item in items:
        shared = "province" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("province" if shared else item.path.stem))


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """The demo's four nights, played once (about a minute). Tests that write into its home take a copy of it."""
    return play_province(tmp_path_factory.mktemp("tinh"))


@pytest.fixture(scope="session")
def mini_issued(tmp_path_factory: pytest.TempPathFactory) -> MiniHome:
    """The plan `mini` with its blank templates: to copy, not to write into."""
    return mini_templates(tmp_path_factory.mktemp("mau"))


@pytest.fixture
def mini(mini_issued: MiniHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MiniHome:
    """A home of its own with the plan `mini` and its blank templates, and the clock in the test's hand."""
    return mini_issued.copy(tmp_path / "nha", monkeypatch)
