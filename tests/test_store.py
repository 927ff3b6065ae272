"""The clock, where things are, and one run at a time."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
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


def test_whoever_holds_it_on_another_machine_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with run_lock(home, "tổng hợp"):
        told = json.loads((home.store / "run.json").read_text(encoding="utf-8"))
        (home.store / "run.json").write_text(json.dumps(told | {"host": "MAY-PHONG-2"}), encoding="utf-8")
        with pytest.raises(Busy, match=r"“tổng hợp”, tiến trình \d+ trên máy MAY-PHONG-2, từ"):
            run_lock(home, "lần hai").__enter__()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_a_holder_that_cannot_be_read_is_still_a_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setattr("pipelines.store._PATIENCE", 0.0)
    with run_lock(Home(tmp_path), "tổng hợp"):
        (tmp_path / "store" / "run.json").write_text(content, encoding="utf-8")
        with pytest.raises(Busy, match=r"^Một lần chạy khác đang giữ kho\. Chờ lần chạy đó xong"):
            run_lock(Home(tmp_path), "lần hai").__enter__()


@pytest.mark.skipif(sys.platform == "win32", reason="flock is not there")
class TestFoldersThatLockOtherwise:
    """Network shares: without flock, another way of locking; without any, a sentence."""

    def no_flock(self, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        def flock(_: int, __: int) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr("fcntl.flock", flock)

    @pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
    def test_no_lock_at_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        self.no_flock(monkeypatch, number)
        with pytest.raises(OSError, match=r"Không khoá được tệp trong .* Đặt kho \(--home\) trên ổ đĩa của máy này"):
            run_lock(Home(tmp_path), "tổng hợp").__enter__()
        assert not (tmp_path / "store" / "run.json").exists()

    def test_a_file_instead_of_a_lock(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.no_flock(monkeypatch, errno.ENOSYS)
        home = Home(tmp_path)
        with run_lock(home, "tổng hợp"):
            with pytest.raises(Busy) as refusal, run_lock(home, "lần hai"):
                pass
            assert str(refusal.value).endswith("không tệp nào mất.")
            told = json.loads((home.store / "run.json").read_text(encoding="utf-8"))
            (home.store / "run.json").write_text(json.dumps(told | {"host": "MAY-PHONG-2"}), encoding="utf-8")
            with pytest.raises(Busy, match=r"Nếu máy đó đã tắt giữa chừng, xoá .*run\.lock rồi chạy lại\.$"):
                run_lock(home, "lần ba").__enter__()
        with run_lock(home, "lần bốn"):
            pass

    def test_a_file_left_by_a_dead_process(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.no_flock(monkeypatch, errno.ENOSYS)
        dead = subprocess.Popen([sys.executable, "-c", ""])
        dead.wait()
        (tmp_path / "store").mkdir()
        (tmp_path / "store" / "run.lock").write_text(f"{dead.pid}\n{socket.gethostname()}\n", encoding="utf-8")
        with run_lock(Home(tmp_path), "tổng hợp"):
            pass


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root may become somebody else")
def test_a_lock_file_of_somebody_else() -> None:
    """As whoever runs it by hand finds it, after a service under another name."""
    trying = (
        "import os, sys; from pathlib import Path; from pipelines.cli.faults import sentence_of\n"
        "from pipelines.store import Home, run_lock; sentence_of(OSError()); os.setuid(65534)\n"
        "try: run_lock(Home(Path(sys.argv[1])), 'thử').__enter__()\n"
        "except OSError as fault: print(sentence_of(fault))"
    )
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with run_lock(Home(Path(folder)), "tổng hợp"):
            pass
        command = [sys.executable, "-c", trying, folder]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.startswith(f"Không có quyền ghi hoặc đọc: {folder}/store/run.lock."), done.stderr
