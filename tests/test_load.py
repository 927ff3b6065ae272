"""Many files at once, a good part of them hostile: a few dozen here, thousands in `python -m tests.load`.

One real night over a crowd; then the checks themselves are checked, each with a fault that it must see.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive
from pipelines.dataset import open_dataset
from pipelines.nightly import Night
from pipelines.store import Home
from tests.homes import tonghop_here
from tests.load.checks import CHECKS
from tests.load.country import PLAN, ROUND
from tests.load.crowd import make_crowd
from tests.load.dropped import Crowd, drop_into
from tests.load.hostile import SLOW
from tests.load.measured import EVENING, Ran, ask, run_night_observed

FILES, HOSTILE = 60, 0.35


@dataclass(frozen=True)
class Answered:
    """A crowd that one night has answered."""

    home: Home
    crowd: Crowd
    ran: Ran
    said: Mapping[str, Any]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    home = Home(tmp_path_factory.mktemp("tai")).prepare()
    crowd = make_crowd(home, FILES, HOSTILE, 70, lambda *_: None, large=0, without=SLOW)
    drop_into(home.inbox, crowd.drops)
    ran = run_night_observed(home, home.root / "stages.jsonl", "--plan", PLAN)
    said = {PLAN: ask(home, "status", "--plan", PLAN, "--round", ROUND)} if not ran.code else {}
    return Answered(home, crowd, ran, said)


def test_the_crowd_is_mixed(answered: Answered) -> None:
    kinds = answered.crowd.kinds()
    assert kinds.total() == FILES
    assert {"right", "raised", "lowered", "broken", "again"} <= kinds.keys()
    assert sum(kind.startswith("hostile") for kind in kinds) == round(FILES * HOSTILE), "each of another kind"


def test_the_night_is_measured_stage_by_stage(answered: Answered) -> None:
    ran = answered.ran
    assert ran.code == 0, ran.said
    assert [stage["stage"] for stage in ran.stages] == list(Night.STAGES)
    if sys.platform == "linux":
        assert ran.peaks.parent > 0
        assert ran.peaks.child > 0
        assert ran.peaks.together >= max(ran.peaks.parent, ran.peaks.child)


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_lost_and_nothing_gets_in(answered: Answered, check: str) -> None:
    assert list(CHECKS[check](answered.home, answered.crowd, answered.said)) == []


# --- each check sees what it is there for


def _receipt_gone(home: Home, _: Crowd) -> None:
    next(home.outbox.glob("*/*/phieu-tiep-nhan/*/*.xlsx")).unlink()


def _note_gone(home: Home, _: Crowd) -> None:
    next((home.outbox / "khong-doc-duoc").glob("*.txt")).unlink()


def _answers_swapped(home: Home, _: Crowd) -> None:
    one, other, *_rest = sorted(home.outbox.glob("*/*/phieu-tiep-nhan/*/*.xlsx"))
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def _archive_lost_one(home: Home, crowd: Crowd) -> None:
    sha = crowd.drops[0].sha256
    (home.archive / sha[:2] / f"{sha}.json").unlink()


def _arrival_twice(home: Home, crowd: Crowd) -> None:
    archive, sha = Archive(home.archive), crowd.drops[0].sha256
    (arrival, *_) = archive.note(sha).arrivals
    archive.put(archive.bytes_of(sha), replace(arrival, source_name="lần nữa.xlsx"))


def _left_behind(home: Home, crowd: Crowd) -> None:
    (home.inbox / crowd.drops[0].name).write_bytes(b"PK")


def _told(sql: str) -> Callable[[Home, Crowd], None]:
    def tell(home: Home, _: Crowd) -> None:
        with open_dataset(home.dataset) as connection:
            connection.execute(sql)

    return tell


def _counting_one_gone(home: Home, crowd: Crowd) -> None:
    (counts, *_) = (drop.sha256 for (plan, _), drop in sorted(crowd.counting().items()) if plan == PLAN)
    _told(f"DELETE FROM submissions WHERE sha256 = '{counts}'")(home, crowd)


_ONE_ROW = f'(SELECT min(sha256) FROM "{PLAN}"."hoc_tap")'


@pytest.mark.parametrize(
    ("check", "spoil"),
    [
        ("every file is answered by name", _receipt_gone),
        ("every file is answered by name", _note_gone),
        ("every file is answered by name", _answers_swapped),
        ("the archive holds every file", _archive_lost_one),
        ("the archive holds every file", _arrival_twice),
        ("the inbox is empty", _left_behind),
        ("verdicts are as made", _told("UPDATE submissions SET verdict = 'accepted' WHERE verdict = 'rejected'")),
        ("hostile files get their own sentence", _told("UPDATE unusable SET code = 'NO_STAMP'")),
        ("accepted rows are as typed", _told(f'UPDATE "{PLAN}"."hoc_tap" SET nu = nu + 1 WHERE sha256 = {_ONE_ROW}')),
        ("accepted rows are as typed", _told(f'DELETE FROM "{PLAN}"."khen" WHERE sha256 = {_ONE_ROW}')),
        ("the right version counts", _counting_one_gone),
        ("totals are the sums of what was typed", _told(f'UPDATE "{PLAN}"."khen" SET so_luot = so_luot + 1')),
    ],
)
def test_a_check_sees_what_it_is_there_for(
    answered: Answered, tmp_path: Path, check: str, spoil: Callable[[Home, Crowd], None]
) -> None:
    shutil.copytree(answered.home.root, tmp_path / "nha", ignore=_ignore_pipes)
    home = Home(tmp_path / "nha")
    spoil(home, answered.crowd)
    asked = check in ("the right version counts", "totals are the sums of what was typed")
    said = {PLAN: _status(home)} if asked else answered.said
    assert list(CHECKS[check](home, answered.crowd, said))


def _status(home: Home) -> Any:
    done = tonghop_here(home, "status", "--plan", PLAN, "--round", ROUND, "--json", now=EVENING)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _ignore_pipes(folder: str, names: list[str]) -> list[str]:
    paths = (Path(folder) / name for name in names)
    return [path.name for path in paths if path.is_symlink() or not (path.is_file() or path.is_dir())]
