"""What a process that died left in the archive alone is made up for by the next run, whatever became of the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines import fault_points
from pipelines.archive import Archive
from pipelines.dataset import open_dataset, read
from pipelines.fault_points import FaultPoint
from pipelines.store import Home
from tests.homes import MiniHome, mini_report, tonghop_here, unit_said
from tests.kept_homes import verified

pytestmark = pytest.mark.unpublished

NO_WORKBOOK = b"\x89PNG\r\n\x1a\n" + bytes(100)


class Killed(BaseException):
    """As if the power had gone."""


@contextmanager
def killed_at(point: FaultPoint, time: int = 1) -> Iterator[None]:
    """What runs inside dies the n-th time it passes a point; the test fails where it does not."""
    passings = iter(range(1, 1_000))

    def passing(passed: FaultPoint) -> None:
        if passed is point and next(passings) == time:
            raise Killed

    fault_points.arm(passing)
    try:
        with pytest.raises(Killed):
            yield
    finally:
        fault_points.arm(None)


@pytest.fixture
def mini(mini_issued: MiniHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MiniHome:
    return mini_issued.copy(tmp_path / "nha", monkeypatch)


def booked(home: Home) -> dict[str, str]:
    """The verdicts by file name, and the files that are unusable."""
    with open_dataset(home.dataset) as connection:
        known = {row["source_name"]: row["verdict"] for row in read(connection, "SELECT * FROM submissions")}
        return known | {row["source_name"]: "unusable" for row in read(connection, "SELECT * FROM unusable")}


def withdrawn(home: Home) -> list[str]:
    """The files that count no more."""
    with open_dataset(home.dataset) as connection:
        return [row["sha256"] for row in read(connection, "SELECT sha256 FROM withdrawals")]


@pytest.mark.published
@pytest.mark.parametrize("point", [FaultPoint.PINNED, FaultPoint.BOOKING], ids=lambda point: point)
def test_archived_files_are_answered_though_the_inbox_is_empty_by_now(mini: MiniHome, point: FaultPoint) -> None:
    mini.drop(mini_report("DU"), name="du.xlsx")
    mini.drop(mini_report("HU", nam=7), name="sai.xlsx")
    (mini.home.inbox / "anh.xlsx").write_bytes(NO_WORKBOOK)
    with killed_at(point):
        mini.night("2022-05-09")
    for path in mini.home.inbox.glob("*.xlsx"):
        path.unlink()
    outcome = mini.night("2022-05-10")
    assert booked(mini.home) == {"du.xlsx": "accepted", "sai.xlsx": "rejected", "anh.xlsx": "unusable"}
    assert unit_said(outcome, "DU")["state"] == "dung_han"
    assert len(list((mini.home.outbox / "mini/dot_1/phieu-tiep-nhan").rglob("*.xlsx"))) == 2
    assert len(list((mini.home.outbox / "khong-doc-duoc").iterdir())) == 1
    again = mini.night("2022-05-10")
    assert (again.verdicts.total(), again.published) == (0, [])


def test_a_file_that_is_replaced_before_the_next_run_is_still_a_version(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"), name="du.xlsx")
    with killed_at(FaultPoint.TAKEN_IN):
        mini.night("2022-05-09")
    mini.drop(mini_report("DU", da_hoc=7), name="du.xlsx")
    mini.night("2022-05-10")
    with open_dataset(mini.home.dataset) as connection:
        assert read(connection, "SELECT count(*) AS n FROM submissions")[0]["n"] == 2


def test_a_refused_file_moved_to_its_folder_and_then_lost_is_accepted(mini: MiniHome) -> None:
    path = mini.drop(mini_report("DU"), name="du.xlsx", folder="HU")
    content = path.read_bytes()
    mini.night("2022-05-08")
    assert booked(mini.home) == {"du.xlsx": "unusable"}
    moved = mini.home.inbox / "DU" / "du.xlsx"
    moved.parent.mkdir()
    moved.write_bytes(content)
    with killed_at(FaultPoint.TAKEN_IN):
        mini.night("2022-05-09")
    moved.unlink()
    assert unit_said(mini.night("2022-05-10"), "DU")["state"] == "dung_han"


def test_a_dataset_that_lost_everything_gets_every_refusal_back(mini: MiniHome) -> None:
    """As a full disk leaves it: there, and nothing in it; a file refused before comes again, into the right folder."""
    content = mini.drop(mini_report("DU"), name="du.xlsx", folder="HU").read_bytes()
    mini.night("2022-05-08")
    mini.home.dataset.unlink()
    with open_dataset(mini.home.dataset):
        pass
    (mini.home.inbox / "du.xlsx").write_bytes(content)
    mini.night("2022-05-09")
    assert verified(mini.home, "--dataset")["intact"]


@pytest.mark.parametrize("point", [FaultPoint.NOTE_BESIDE, FaultPoint.WITHDRAWN])
def test_a_withdrawal_is_whole_or_not_at_all(mini: MiniHome, point: FaultPoint) -> None:
    mini.drop(mini_report("DU"))
    mini.night("2022-05-09")
    (note,) = Archive(mini.home.archive).notes()
    order = ("withdraw", note.sha256[:12], "--reason", "Gửi nhầm")
    now = "2022-05-10T09:00:00+07:00"
    with killed_at(point):
        tonghop_here(mini.home, *order, now=now)
    noted = bool(Archive(mini.home.archive).note(note.sha256).withdrawals)
    assert noted == (point is FaultPoint.WITHDRAWN)
    if noted:
        assert unit_said(mini.night("2022-05-10"), "DU")["state"] != "dung_han"
    again = tonghop_here(mini.home, *order, now=now)
    assert again.exit_code == (2 if noted else 0), "it says that the file is withdrawn already"
    assert withdrawn(mini.home) == [note.sha256]
    assert not (mini.home.store / "withdrawing.json").exists()


def test_a_withdrawal_of_a_file_that_is_gone_by_now_holds_nothing_up(mini: MiniHome) -> None:
    (mini.home.store / "withdrawing.json").write_text(f'{{"sha256": "{"0" * 64}"}}')
    mini.drop(mini_report("DU"))
    assert unit_said(mini.night("2022-05-09"), "DU")["state"] == "dung_han"
    assert withdrawn(mini.home) == []


def test_a_dataset_that_was_only_half_made_is_made_again(mini: MiniHome) -> None:
    mini.home.dataset.write_bytes(bytes(8192))
    mini.drop(mini_report("DU"), name="du.xlsx")
    mini.night("2022-05-09")
    assert booked(mini.home) == {"du.xlsx": "accepted"}


def test_a_file_that_several_runs_died_over_arrived_once(mini: MiniHome) -> None:
    """Each under another clock, which is when a file has come that is younger than the clock says."""
    mini.drop(mini_report("DU", nam=7), name="sai.xlsx")
    (mini.home.inbox / "anh.xlsx").write_bytes(NO_WORKBOOK)
    for day, point in (("06", FaultPoint.NOTE_BESIDE), ("07", FaultPoint.TAKEN_IN), ("08", FaultPoint.ANSWERED)):
        with killed_at(point):
            mini.night(f"2022-05-{day}")
    mini.night("2022-05-09")
    assert [len(note.arrivals) for note in Archive(mini.home.archive).notes()] == [1, 1]
    written = [path for path in mini.home.outbox.rglob("2022050*.*") if path.is_file()]
    assert sorted(path.suffix for path in written) == [".txt", ".xlsx", ".xlsx"], "a note, a receipt, a marked copy"
    assert mini.waiting() == []
