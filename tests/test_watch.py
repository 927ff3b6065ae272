"""`tonghop watch`: every file answered as it lands, whatever happens to the file, the machine or the watch itself."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive
from pipelines.cli.watching import say
from pipelines.clock import VARIABLE as CLOCK
from pipelines.demo.clerk import fill
from pipelines.nightly import Night
from pipelines.store import CHECKOUT, Home, run_lock, watch_lock
from pipelines.watching import waking
from pipelines.watching.shares import is_unc, kind_of_mount
from pipelines.watching.waking import Listening, Polling, waker_for
from tests.homes import MiniHome, mini_report, tonghop_here
from tests.watches import EVENING, copied_slowly, until, watched, watching

NO_WORKBOOK = b"<html><body>no workbook</body></html>"
linux = pytest.mark.skipif(sys.platform == "win32", reason="signals and /proc are not there")


def answers(home: Home) -> list[str]:
    """Every answer in the outbox; half-written files have names that begin with a dot."""
    found = (p for p in home.outbox.rglob("*") if p.is_file() and not p.name.startswith("."))
    return sorted(
        p.relative_to(home.outbox).as_posix()
        for p in found
        if {"phieu-tiep-nhan", "tra-lai", "khong-doc-duoc"} & set(p.parts)
    )


def history(home: Home, unit: str = "DU") -> list[dict[str, Any]]:
    answer = tonghop_here(home, "history", unit, "--plan", "mini", "--round", "dot_1", "--json")
    assert answer.exit_code == 0, answer.output
    told: list[dict[str, Any]] = json.loads(answer.stdout)
    return told


@pytest.fixture
def at_evening(mini: MiniHome) -> MiniHome:
    """The small home, its clock at the evening of 9 May 2022."""
    mini.at(EVENING)
    return mini


def desk(mini: MiniHome, unit: str = "DU", **changes: Any) -> bytes:
    """The bytes of a filled report that lies on the clerk's desk, not in the inbox."""
    path = mini.home.root / "ban" / f"{unit}.xlsx"
    fill(mini.template(unit), path, mini_report(unit, **changes))
    return path.read_bytes()


# --- The real command


@linux
def test_each_file_is_answered_as_it_lands(at_evening: MiniHome) -> None:
    mini = at_evening
    mini.drop(mini_report("CQ"), name="có từ trước.xlsx")
    with watching(mini.home, "--publish-after", "1") as watch:
        watch.hears("có từ trước.xlsx: đơn vị CQ, ĐƯỢC CHẤP NHẬN, 0 lỗi, 0 cảnh báo.")
        mini.drop(mini_report("DU", nam=7), name="sai.xlsx")
        watch.hears("sai.xlsx: đơn vị DU, BỊ TRẢ LẠI, 1 lỗi, 0 cảnh báo. Trả lời: outbox/mini/dot_1/tra-lai/DU/")
        for unit in ("DU", "HU"):
            (mini.home.inbox / f"{unit}.xlsx").write_bytes(desk(mini, unit))
        (mini.home.inbox / "khong.xlsx").write_bytes(NO_WORKBOOK)
        watch.hears("DU.xlsx: đơn vị DU, ĐƯỢC CHẤP NHẬN")
        watch.hears("HU.xlsx: đơn vị HU, ĐƯỢC CHẤP NHẬN")
        watch.hears("khong.xlsx: KHÔNG DÙNG ĐƯỢC.")
        watch.hears("Đã ghi bảng tổng hợp: outbox/mini/dot_1/tong-hop.xlsx")
        assert watch.stop() == 0
    assert mini.waiting() == []
    assert len([a for a in answers(mini.home) if "phieu-tiep-nhan" in a]) == 4
    assert [(v["version"], v["verdict"], v["counts"]) for v in history(mini.home)] == [
        (1, "rejected", False),
        (2, "accepted", True),
    ]
    assert watch.said[-1].endswith("Đã dừng theo dõi. Tệp còn trong hộp nhận sẽ được nhận ở lần sau.\n")


@linux
@pytest.mark.parametrize("options", [(), ("--poll",)], ids=["listening", "polling"])
def test_a_file_that_grows_slowly_is_never_taken_half(at_evening: MiniHome, options: tuple[str, ...]) -> None:
    mini = at_evening
    content = desk(mini)
    with watching(mini.home, *options) as watch:
        copied_slowly(content, mini.home.inbox / "cham.xlsx", pieces=4, pause=1.5)
        watch.hears("cham.xlsx: đơn vị DU, ĐƯỢC CHẤP NHẬN")
        assert watch.stop(signal.SIGTERM) == 0
    assert [v["verdict"] for v in history(mini.home)] == ["accepted"]
    assert len(list(mini.home.archive.glob("??/*.json"))) == 1, "no half of it was ever archived"
    assert [a for a in answers(mini.home) if "khong-doc-duoc" in a] == []


@linux
def test_two_watches_on_one_inbox(at_evening: MiniHome) -> None:
    with watching(at_evening.home) as first:
        second = tonghop_here(at_evening.home, "watch")
        assert second.exit_code == 2
        assert "đã có một lệnh “tonghop watch”" in second.stderr
        assert f"tiến trình {first.process.pid} trên máy" in second.stderr
        assert first.stop() == 0


@pytest.fixture(scope="module")
def fallen(mini_issued: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> MiniHome:
    """A home whose inbox holds a right report and a wrong one: to copy, not to write into."""
    with pytest.MonkeyPatch.context() as patch:
        home = mini_issued.copy(tmp_path_factory.mktemp("roi") / "nha", patch)
        home.drop(mini_report("DU"), name="du.xlsx")
        home.drop(mini_report("HU", nam=7), name="hu.xlsx")
    return MiniHome(home.home, None)


@pytest.fixture(scope="module")
def undisturbed(fallen: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Any]:
    """What lies in the outbox after a watch that nobody killed, and what it has booked."""
    with pytest.MonkeyPatch.context() as patch:
        home = fallen.copy(tmp_path_factory.mktemp("yen") / "nha", patch)
        home.at(EVENING)
        return end_of(home.home)


def end_of(home: Home) -> tuple[list[str], Any]:
    watched(home)
    assert list(home.inbox.glob("*.xlsx")) == []
    assert [p.name for p in home.outbox.rglob(".*")] == []
    booked = {unit: [(v["version"], v["verdict"], v["counts"]) for v in history(home, unit)] for unit in ("DU", "HU")}
    assert booked == {"DU": [(1, "accepted", True)], "HU": [(1, "rejected", False)]}
    return answers(home), booked


@linux
@pytest.mark.parametrize("stage", ["take_in", "answer"])
def test_a_watch_that_is_killed_leaves_nothing_undone(
    fallen: MiniHome, undisturbed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    home = fallen.copy(tmp_path / "nha", monkeypatch)
    home.at(EVENING)
    with watching(home.home, dies_after=stage) as mortal:
        assert mortal.ends() == -signal.SIGKILL
    assert home.waiting() == ["du.xlsx", "hu.xlsx"]
    assert end_of(home.home) == undisturbed


@linux
def test_its_reader_ends_with_a_watch_that_is_killed(at_evening: MiniHome) -> None:
    with watching(at_evening.home) as watch:
        pid = watch.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        until(lambda: bool(readers(children)))
        readers_there = readers(children)
        watch.process.kill()
        watch.ends()
        until(lambda: not any(Path(f"/proc/{reader}").exists() for reader in readers_there))


def readers(children: Path) -> list[str]:
    """The child processes that read workbooks: multiprocessing's own helper is another."""
    found = children.read_text(encoding="ascii").split()
    return [pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@linux
def test_another_run_is_waited_for(at_evening: MiniHome) -> None:
    with watching(at_evening.home) as watch, run_lock(at_evening.home, "tổng hợp"):
        at_evening.drop(mini_report("DU"), name="du.xlsx")
        watch.hears("Một lần chạy khác đang giữ kho")
        time.sleep(2.5)
        assert watch.text.count("đang giữ kho") == 1
        assert at_evening.waiting() == ["du.xlsx"]
    # the lock is free, the watch was killed: what it left is taken by the next
    assert any("du.xlsx: đơn vị DU, ĐƯỢC CHẤP NHẬN" in line for line in watched(at_evening.home))


@linux
def test_a_plan_that_is_mended_while_it_watches(at_evening: MiniHome) -> None:
    rounds = at_evening.home.root / "plans" / "mini" / "rounds.csv"
    right = rounds.read_text(encoding="utf-8")
    rounds.write_text(right.replace("2022-05-10", "10/5/2022"), encoding="utf-8")
    with watching(at_evening.home, "--every", "1") as watch:
        at_evening.drop(mini_report("DU"), name="du.xlsx")
        watch.hears("Kế hoạch mini có lỗi")
        assert at_evening.waiting() == ["du.xlsx"]
        rounds.write_text(right, encoding="utf-8")
        watch.hears("du.xlsx: đơn vị DU, ĐƯỢC CHẤP NHẬN")
        assert watch.text.count("Kế hoạch mini có lỗi") == 1
        assert watch.stop() == 0
    assert at_evening.waiting() == []


@linux
def test_an_inbox_that_goes_away_and_comes_back(at_evening: MiniHome, tmp_path: Path) -> None:
    content = desk(at_evening)
    with watching(at_evening.home, "--every", "2") as watch:
        shutil.move(at_evening.home.inbox, tmp_path / "cất đi")
        watch.hears("Vẫn theo dõi và tự thử lại.")
        at_evening.home.inbox.mkdir()
        watch.hears("Đã hết trục trặc")
        (at_evening.home.inbox / "du.xlsx").write_bytes(content)
        watch.hears("du.xlsx: đơn vị DU, ĐƯỢC CHẤP NHẬN")
        assert watch.stop() == 0


def test_it_never_imports_prefect() -> None:
    code = "import sys, pipelines.cli.watching; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=False).returncode == 0


# --- In this process, step by step


def test_a_file_that_is_open_waits_until_it_is_closed(at_evening: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.watching.telling._SAID_AFTER", 0.0)
    path = at_evening.drop(mini_report("DU"), name="du.xlsx")
    lock = path.with_name("~$du.xlsx")
    lock.write_bytes(b"owner")
    said = watched(at_evening.home, lambda: None, lock.unlink)
    assert [line.partition(".xlsx: ")[2][:20] for line in said] == ["tệp đang được mở để ", "đơn vị DU, ĐƯỢC CHẤP"]


def test_only_a_closed_zip_is_taken_at_once(at_evening: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.intake.arrivals._NO_ZIP_FOR", 20.0)
    inbox, content = at_evening.home.inbox, desk(at_evening)
    (inbox / "rong.xlsx").write_bytes(b"")
    (inbox / "nua.xlsx").write_bytes(content[:5000])
    (inbox / "chu.xlsx").write_bytes(NO_WORKBOOK)
    (inbox / "du.xlsx").write_bytes(content)
    left: list[list[str]] = []

    def later() -> None:
        left.append(at_evening.waiting())
        monkeypatch.setattr("pipelines.intake.arrivals._NO_ZIP_FOR", 0.0)

    watched(at_evening.home, later)
    assert left == [["chu.xlsx", "nua.xlsx", "rong.xlsx"]]
    assert at_evening.waiting() == ["nua.xlsx", "rong.xlsx"], "they may still grow"
    assert len([a for a in answers(at_evening.home) if "khong-doc-duoc" in a]) == 1


def test_where_nobody_tells_of_changes_even_a_closed_zip_is_looked_at_twice(at_evening: MiniHome) -> None:
    at_evening.drop(mini_report("DU"))
    left: list[list[str]] = []
    watched(at_evening.home, lambda: left.append(at_evening.waiting()), lambda: time.sleep(0.4), polls=True)
    assert left == [["bao-cao.xlsx"]]
    assert at_evening.waiting() == []


def test_many_files_are_answered_a_few_at_a_time(at_evening: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []
    real = Night.judge

    def judge(self: Night) -> str:
        batches.append(len(self.taken.submissions) + len(self.taken.refused))
        return real(self)

    monkeypatch.setattr("pipelines.watching._AT_ONCE", 2)
    monkeypatch.setattr("pipelines.intake.arrivals._UNREADABLE_FOR", 0.0)
    monkeypatch.setattr(Night, "judge", judge)
    for name in ("1.xlsx", "2.xlsx", "3.xlsx"):
        at_evening.home.inbox.joinpath(name).symlink_to(at_evening.home.root)  # these stay, and are in nobody's way
    for number, unit in enumerate(("DU", "HU", "CQ")):
        at_evening.drop(mini_report(unit), name=f"{number + 4}.xlsx")
    said = watched(at_evening.home, lambda: at_evening.drop(mini_report("MIEN"), name="7.xlsx"))
    assert sorted(line[:6] for line in said) == [f"{n}.xlsx" for n in range(1, 8)]
    assert said[0][:6] == "1.xlsx"
    assert said[-1][:6] == "7.xlsx"
    assert batches == [2, 2, 2, 1]


def test_an_identical_file_is_said_to_be_one(at_evening: MiniHome) -> None:
    content = desk(at_evening)
    first, again = (
        lambda name=name: (at_evening.home.inbox / name).write_bytes(content) for name in ("a.xlsx", "b.xlsx")
    )
    said = watched(at_evening.home, first, again)
    assert "a.xlsx: đơn vị DU, ĐƯỢC CHẤP NHẬN, 0 lỗi" in said[0]
    assert "b.xlsx: đơn vị DU, giống hệt tệp đã nhận trước đó (ĐƯỢC CHẤP NHẬN, 0 lỗi" in said[1]
    assert len(history(at_evening.home)) == 1


def test_a_full_disk_is_said_and_waited_out(at_evening: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    real, full = Archive.put, iter([True, True, False])

    def put(self: Archive, *arguments: Any) -> Any:
        if next(full):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(self, *arguments)

    monkeypatch.setattr(Archive, "put", put)
    monkeypatch.setattr("pipelines.watching._TROUBLED", 0.0)
    at_evening.drop(mini_report("DU"))
    said = watched(at_evening.home, lambda: None, lambda: None)
    assert len(said) == 3, said
    assert said[0].startswith("Ổ đĩa đã đầy. Dọn chỗ trống")
    assert "ĐƯỢC CHẤP NHẬN" in said[1] + said[2]
    assert at_evening.waiting() == []


def test_a_programming_fault_is_not_swallowed(at_evening: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Night) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(Night, "judge", broken)
    at_evening.drop(mini_report("DU"))
    with pytest.raises(ZeroDivisionError):
        watched(at_evening.home)
    assert at_evening.waiting() == ["bao-cao.xlsx"]
    with watch_lock(at_evening.home):
        pass


def test_workbooks_wait_for_quiet_and_files_do_not_wait_for_them(at_evening: MiniHome) -> None:
    workbook = at_evening.home.outbox / "mini" / "dot_1" / "tong-hop.xlsx"
    seen: list[bool] = []
    at_evening.drop(mini_report("DU"))
    watched(at_evening.home, lambda: seen.append(workbook.exists()), publish_after=3600)
    assert seen == [False]
    said = watched(
        at_evening.home,
        lambda: time.sleep(0.01),
        lambda: at_evening.drop(mini_report("HU"), name="hu.xlsx"),
        lambda: time.sleep(0.01),
        publish_after=0.005,
    )
    told = [line for line in said if "mini/dot_1" in line]
    assert [line.partition(":")[0] for line in told] == ["Đã ghi bảng tổng hợp", "hu.xlsx", "Đã ghi bảng tổng hợp"]
    assert workbook.exists()


def test_what_cannot_leave_the_inbox_is_said_once(at_evening: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.watching._AT_ONCE", 1)
    monkeypatch.setattr("pipelines.intake.arrivals._UNREADABLE_FOR", 0.0)
    for name in ("a.xlsx", "b.xlsx"):
        at_evening.home.inbox.joinpath(name).symlink_to(at_evening.home.root)
    said = watched(at_evening.home, *[lambda: None] * 3, every=0.001)
    assert [line.partition(",")[0] for line in said] == ["a.xlsx: CHƯA NHẬN ĐƯỢC", "b.xlsx: CHƯA NHẬN ĐƯỢC"]
    assert len(answers(at_evening.home)) == 2


# --- What is said


def test_a_line_holds_no_control_characters(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CLOCK, EVENING)
    say("a\nb\x1b[31m\u202ec.xlsx: đạt")
    assert capsys.readouterr().out == "09/05/2022 22:00:00  a b?[31m?c.xlsx: đạt\n".replace(
        "?", "\N{REPLACEMENT CHARACTER}"
    )


def test_a_log_that_cannot_be_written_does_not_end_a_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("builtins.print", full)
    say("x")


# --- How it is woken

MOUNTS = """
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv/chia\\040se rw shared:9 - cifs //may-chu/x rw
31 22 0:41 / /srv rw - nfs4 10.0.0.1:/x rw
32 31 8:2 / /srv/tai-cho rw - xfs /dev/sdb1 rw
33 22 0:42 / /mnt/o rw - fuse.sshfs a@b:/ rw
34 22 0:43 / /mnt/usb rw - fuseblk /dev/sdc1 rw
""".splitlines()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/x/inbox", "ext4"),
        ("/srv/inbox", "nfs4"),
        ("/srv/chia se/inbox", "cifs"),
        ("/srv/chia sex", "nfs4"),
        ("/srv/tai-cho/inbox", "xfs"),
        ("/mnt/o", "fuse.sshfs"),
        ("/mnt/usb/inbox", "fuseblk"),
    ],
)
def test_the_mount_a_folder_lies_on(path: str, kind: str) -> None:
    assert kind_of_mount(path, MOUNTS) == kind


@pytest.mark.parametrize(
    ("path", "unc"),
    [
        (r"\\may-chu\chia-se\inbox", True),
        (r"\\?\UNC\may-chu\chia-se\inbox", True),
        (r"D:\so-lieu\inbox", False),
        (r"\\?\D:\so-lieu\inbox", False),
    ],
)
def test_windows_paths_on_other_machines(path: str, unc: bool) -> None:
    assert is_unc(path) is unc


@pytest.mark.parametrize(("share", "kind"), [(None, Listening), ("nfs4", Polling)])
def test_a_share_is_polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: str | None, kind: type) -> None:
    from threading import Event

    monkeypatch.setattr(waking, "share_of", lambda _: share)
    assert isinstance(waker_for(tmp_path, Event(), poll=False), kind)
    assert isinstance(waker_for(tmp_path, Event(), poll=True), Polling)


def test_where_listening_fails_it_polls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    def limit(*_: object) -> None:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(waking, "share_of", lambda _: None)
    monkeypatch.setattr(waking, "RustNotify", limit)
    waker = waker_for(tmp_path, Event(), poll=False)
    assert isinstance(waker, Polling)
    assert "không nhận theo dõi" in waker.how
    assert "đĩa" not in waker.how
