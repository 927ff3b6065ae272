"""What lies in the inbox: in order of arrival, without noise, and nothing that is still being written."""

from __future__ import annotations

import os
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from xlsx_parts import workbook

from pipelines.clock import TIMEZONE
from pipelines.intake import arrivals, take_in
from pipelines.intake.arrivals import Changing, Inbox, Steadiness, leave_inbox, read_waiting, waiting
from pipelines.store import Home
from schemas.finding import FindingCode

NOW = datetime.now(TIMEZONE)
GOOD = workbook({"B1": ""})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).prepare()


def drop(home: Home, name: str, content: bytes = GOOD, age: float = 0) -> Path:
    path = home.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if age:
        os.utime(path, (time.time() - age, time.time() - age))
    return path


def names(home: Home) -> list[tuple[str, str]]:
    found, held = waiting(home, NOW)
    assert held == []
    return [(w.folder, w.name) for w in found]


def test_folder_is_the_first_part_of_the_path(home: Home) -> None:
    for name in ("a.xlsx", "703/b.xlsx", "705/bổ sung/lần 2/c.xlsx"):
        drop(home, name)
    assert sorted(names(home)) == [("", "a.xlsx"), ("703", "b.xlsx"), ("705", "c.xlsx")]


def test_noise_is_passed_over(home: Home) -> None:
    for name in (
        *("._a.xlsx", "Thumbs.db", "desktop.ini", ".DS_Store", ".gitkeep", "~$khác.xlsx", ".~lock.khác.xlsx#"),
        *("a.tmp", "a.xlsx.part", "a.xlsx.crdownload", "703/Thumbs.db"),
    ):
        drop(home, name, b"x")
    assert names(home) == []


@pytest.mark.parametrize("name", ["a.xlsx.tmp", "703/A.PART", "a.crdownload"])
def test_an_unfinished_file_that_was_forgotten_is_said_and_left(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = drop(home, name)
    assert waiting(home, NOW) == ([], [])
    monkeypatch.setattr(arrivals, "_touched", lambda _: time.time() - 25 * 3600)
    found, (held,) = waiting(home, NOW)
    assert (found, held.path, held.forgotten) == ([], path, True)
    assert f"đuôi {path.suffix}" in held.reason


def test_arrival_is_never_later_than_now_and_orders_the_files(home: Home) -> None:
    for name in ("b.xlsx", "a.xlsx"):
        drop(home, name)
    earlier = NOW - timedelta(days=400)
    found, _ = waiting(home, earlier)
    assert [(w.name, w.received_at) for w in found] == [("a.xlsx", earlier), ("b.xlsx", earlier)]


@pytest.mark.skipif(os.name == "nt", reason="ctime is the time of creation there")
def test_an_old_file_moved_in_today_arrived_today(home: Home) -> None:
    drop(home, "a.xlsx", age=86400 * 30)
    ((found,), _) = waiting(home, datetime.now(TIMEZONE) + timedelta(minutes=5))
    assert abs((found.received_at - datetime.now(TIMEZONE)).total_seconds()) < 60


def test_names_are_fit_to_be_shown(home: Home) -> None:
    if sys.platform != "linux":
        pytest.skip("other systems refuse such names")
    Path(os.fsdecode(os.fsencode(home.inbox) + b"/b\xe1o.xlsx")).write_bytes(GOOD)
    drop(home, "Ba\u0301o ca\u0301o.xlsx")
    assert names(home) == [("", "Báo cáo.xlsx"), ("", "b\N{REPLACEMENT CHARACTER}o.xlsx")]


@pytest.mark.parametrize("lock", ["~$a.xlsx", ".~lock.a.xlsx#"])
def test_a_file_that_is_open_is_held(home: Home, lock: str) -> None:
    path = drop(home, "703/a.xlsx")
    drop(home, f"703/{lock}", b"x")
    found, (held,) = waiting(home, NOW)
    assert found == []
    assert (held.path, "đang được mở" in held.reason) == (path, True)


def test_a_lock_left_over_for_a_day_no_longer_holds(home: Home) -> None:
    drop(home, "a.xlsx")
    drop(home, "~$a.xlsx", b"x", age=25 * 3600)
    assert names(home) == [("", "a.xlsx")]


def test_a_zip_without_its_end_is_held_for_a_minute(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, "a.xlsx", GOOD[:100])
    found, (held,) = waiting(home, NOW)
    assert (found, "đang được chép" in held.reason) == ([], True)
    monkeypatch.setattr(arrivals, "_touched", lambda _: time.time() - 61)
    assert names(home) == [("", "a.xlsx")]


def test_what_is_no_zip_is_not_waited_for(home: Home) -> None:
    drop(home, "a.xlsx", b"<html>")
    assert names(home) == [("", "a.xlsx")]


def test_a_file_that_grows_between_two_looks_is_held(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop(home, "a.xlsx")
    drop(home, "b.xlsx")
    looks: list[float] = []

    def meanwhile(seconds: float) -> None:
        looks.append(seconds)
        path.write_bytes(GOOD + b"more")

    monkeypatch.setattr(arrivals, "time", SimpleNamespace(time=time.time, sleep=meanwhile))
    found, (held,) = waiting(home, NOW)
    assert [w.name for w in found] == ["b.xlsx"]
    assert (held.path, "kích thước thay đổi" in held.reason) == (path, True)
    assert len(looks) == 1


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
def test_what_is_no_file_is_said_without_opening_it(home: Home, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(GOOD)
    (home.inbox / "a.xlsx").symlink_to(tmp_path / "secret")
    (home.inbox / "b.xlsx").symlink_to(home.inbox)
    os.mkfifo(home.inbox / "c.xlsx")
    (home.inbox / "d.xlsx").mkdir()
    drop(home, "d.xlsx/e.xlsx")
    done: list[object] = []
    looking = threading.Thread(target=lambda: done.append(waiting(home, NOW)), daemon=True)
    looking.start()
    looking.join(10)
    assert done, "a FIFO was waited for"
    found, _ = waiting(home, NOW)
    faults = {w.name: w.fault for w in found}
    assert faults.pop("e.xlsx") is None
    assert sorted(faults) == ["a.xlsx", "b.xlsx", "c.xlsx"]
    for fault in faults.values():
        assert fault is not None
        assert fault.code == FindingCode.NOT_A_FILE


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
@pytest.mark.parametrize("clock", [NOW, NOW - timedelta(days=400)])
def test_what_is_no_file_is_the_same_thing_every_night(home: Home, clock: datetime) -> None:
    """So it is answered once, whatever the clock says; a watch says it once too."""
    os.mkfifo(home.inbox / "ống.xlsx")
    (home.inbox / "lối tắt.xlsx").symlink_to(home.root)
    nights = [take_in(Inbox(home, clock + timedelta(hours=hours)), lambda _: None, None).refused for hours in (0, 24)]
    assert len(nights[0]) == 2
    assert nights[0] == nights[1]


def test_a_folder_too_deep_is_said_to_be_that(home: Home) -> None:
    drop(home, "a/b/c/d/e/f/g/h/i/j.xlsx")
    (found,), _ = waiting(home, NOW)
    assert found.fault is not None
    assert "thư mục nằm sâu quá 8 cấp nên không xem bên trong; chuyển các tệp trong đó lên" in found.fault.message


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(home: Home) -> None:
    drop(home, "a.xlsx").chmod(0)
    ((found,), _) = waiting(home, NOW)
    assert found.fault is not None
    assert "không có quyền đọc" in found.fault.message


def test_an_unreadable_file_names_the_reason(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, "a.xlsx", b"x")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(arrivals.os, "open", refuse)
    ((found,), _) = waiting(home, NOW)
    assert found.fault is not None
    assert "không có quyền đọc" in found.fault.message


def test_a_file_swapped_before_it_is_read_is_left(home: Home) -> None:
    path = drop(home, "a.xlsx")
    ((found,), _) = Inbox(home, NOW).look()
    assert read_waiting(found) == GOOD
    path.write_bytes(b"another")
    with pytest.raises(Changing):
        read_waiting(found)
    if os.name != "nt":
        path.unlink()
        path.symlink_to(home.root)
        with pytest.raises(OSError, match=r"symbolic|links"):
            read_waiting(found)


def test_leaving_takes_only_what_was_read(home: Home) -> None:
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        drop(home, name)
    found, _ = waiting(home, NOW)
    (home.inbox / "b.xlsx").write_bytes(b"a later report")
    (home.inbox / "c.xlsx").unlink()
    assert leave_inbox(found) == [home.inbox / "b.xlsx"]
    assert [p.name for p in home.inbox.iterdir()] == ["b.xlsx"]


# --- Watched


def test_a_zip_is_closed_only_where_nothing_of_it_is_missing(home: Home) -> None:
    path = drop(home, "a.xlsx")
    assert arrivals._is_closed_zip(path)
    for length in range(len(GOOD)):
        path.write_bytes(GOOD[:length])
        assert not arrivals._is_closed_zip(path), length
    for content in (GOOD + b"x", b"PK" + GOOD, GOOD[:50] + GOOD[60:]):
        path.write_bytes(content)
        assert not arrivals._is_closed_zip(path)


def test_a_watched_file_is_taken_once_it_has_stood_still(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [100.0]
    monkeypatch.setattr(
        arrivals, "time", SimpleNamespace(time=time.time, monotonic=lambda: moment[0])
    )  # a watch sleeps elsewhere
    steadiness = Steadiness()
    texts = drop(home, "b.xlsx", b"<html>")
    os.utime(texts, (1, 1))  # the clock of a share may say anything
    drop(home, "a.xlsx")
    drop(home, "c.xlsx", GOOD[:100])

    def taken(at: float) -> list[str]:
        moment[0] = at
        found, held = waiting(home, NOW, steadiness)
        assert len(found) + len(held) == 3
        return [w.name for w in found]

    assert taken(100) == ["a.xlsx"]
    assert taken(102.9) == ["a.xlsx"]
    texts.write_bytes(b"<html><body>")
    assert taken(103) == ["a.xlsx"]
    assert taken(106) == ["a.xlsx", "b.xlsx"]
    assert taken(159.9) == ["a.xlsx", "b.xlsx"]
    assert taken(160) == ["a.xlsx", "b.xlsx", "c.xlsx"]


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
def test_a_watched_file_that_cannot_be_opened_yet_is_waited_for(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [100.0]
    monkeypatch.setattr(arrivals, "time", SimpleNamespace(time=time.time, monotonic=lambda: moment[0]))
    (home.inbox / "a.xlsx").symlink_to(home.root)
    steadiness = Steadiness()
    assert [held.reason for held in waiting(home, NOW, steadiness)[1]] == ["tệp chưa mở được; sẽ thử lại"]
    moment[0] += 10
    assert [w.fault is not None for w in waiting(home, NOW, steadiness)[0]] == [True]
