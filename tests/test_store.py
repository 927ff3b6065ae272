"""The clock, where things are, and one run at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from pipelines import clock
from pipelines.store import CHECKOUT, WATCHING, Busy, Home, run_lock, watch_lock


def test_the_clock_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGHOP_NOW", "2022-05-10T18:30:00+00:00")
    assert clock.now() == datetime(2022, 5, 11, 1, 30, tzinfo=clock.TIMEZONE)
    assert clock.today() == date(2022, 5, 11)


def test_the_clock_is_the_real_one_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TONGHOP_NOW", raising=False)
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5
    assert clock.now().tzinfo is clock.TIMEZONE


@pytest.mark.parametrize("given", ["hôm qua", "2022-05-10", "2022-05-10T20:00:00", "10/05/2022"])
def test_a_bad_clock_says_how_to_write_it(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGHOP_NOW", given)
    with pytest.raises(ValueError, match="ghi theo dạng ISO kèm múi giờ"):
        clock.now()


def test_days_are_days_in_vietnam() -> None:
    assert clock.local_day(datetime(2022, 5, 10, 17, 0, tzinfo=UTC)) == date(2022, 5, 11)
    assert clock.local_day(clock.end_of_day(date(2022, 5, 10))) == date(2022, 5, 10)
    with pytest.raises(ValueError, match="múi giờ"):
        clock.local_day(datetime(2022, 5, 10))  # noqa: DTZ001 - the fault that is asked for


def test_home_is_the_option_else_the_variable_else_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGHOP_HOME", str(tmp_path / "b"))
    assert Home.locate(tmp_path / "a").root == (tmp_path / "a").resolve()
    assert Home.locate().root == (tmp_path / "b").resolve()
    monkeypatch.delenv("TONGHOP_HOME")
    assert Home.locate().root == CHECKOUT


def test_prepare_makes_what_is_missing_and_keeps_what_is_there(tmp_path: Path) -> None:
    home = Home(tmp_path / "mới")
    home.prepare()
    (home.inbox / "x.xlsx").write_bytes(b"x")
    home.prepare()
    assert (home.inbox / "x.xlsx").exists()
    assert home.outbox.is_dir()
    assert home.archive.is_dir()


def test_plan_folders_of_the_home_come_after_the_checkouts(tmp_path: Path) -> None:
    assert Home(tmp_path).plan_folders == [CHECKOUT / "schemas" / "plans"]
    (tmp_path / "plans").mkdir()
    assert Home(tmp_path).plan_folders == [CHECKOUT / "schemas" / "plans", tmp_path / "plans"]


def test_a_second_run_is_told_who_holds_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGHOP_NOW", "2022-05-10T20:00:00+07:00")
    with run_lock(Home(tmp_path), "tổng hợp hằng đêm"):
        with pytest.raises(Busy) as refusal, run_lock(Home(tmp_path), "lần hai"):
            pass
        assert "“tổng hợp hằng đêm”" in str(refusal.value)
        assert "từ 20:00:00 ngày 10/05/2022" in str(refusal.value)
    with run_lock(Home(tmp_path), "lần ba"):
        pass
    assert not (tmp_path / "store" / "run.json").exists()


def test_a_lock_left_by_a_dead_process_does_not_block(tmp_path: Path) -> None:
    dying = (
        "import os, sys; from pathlib import Path; from pipelines.store import Home, run_lock\n"
        "with run_lock(Home(Path(sys.argv[1])), 'chết giữa chừng'): os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", dying, str(tmp_path)], cwd=CHECKOUT, check=False)
    assert done.returncode == 9
    assert (tmp_path / "store" / "run.json").exists()
    with run_lock(Home(tmp_path), "chạy lại"):
        pass


def test_a_batch_of_a_watch_is_waited_for(tmp_path: Path) -> None:
    home, holding, done = Home(tmp_path), Event(), Event()

    def batch() -> None:
        with run_lock(home, WATCHING, brief=True):
            holding.set()
            done.wait(30)

    watch = Thread(target=batch)
    watch.start()
    assert holding.wait(30)
    Timer(0.3, done.set).start()
    with run_lock(home, "tổng hợp"):
        assert done.is_set()
    watch.join(30)


def test_one_watch_an_inbox(tmp_path: Path) -> None:
    with watch_lock(Home(tmp_path)):
        with pytest.raises(Busy, match=rf"đã có một lệnh “tonghop watch” theo dõi: tiến trình {os.getpid()} trên máy"):
            watch_lock(Home(tmp_path)).__enter__()
        with run_lock(Home(tmp_path), "tổng hợp"):
            pass
