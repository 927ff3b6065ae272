"""Backups: whole or not at all, taken while others work; restored only where every byte is as it was."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive
from pipelines.backup_file import LIST
from pipelines.clock import VARIABLE as CLOCK
from pipelines.fault_points import VARIABLE as FAULT
from pipelines.fault_points import FaultPoint
from pipelines.stamp import VARIABLE as SECRET
from pipelines.store import CHECKOUT, Home, backup_lock, run_lock, watch_lock
from tests.homes import MiniHome, mini_report, tonghop_here
from tests.kept_homes import EVENING, files_of, said, verified, with_history
from tests.second_process import second_process
from tests.watches import watching

POSIX = os.name == "posix"


@pytest.fixture(scope="module")
def base(mini_issued: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> MiniHome:
    """A home with something of everything; to copy."""
    with pytest.MonkeyPatch.context() as patch:
        mini = with_history(mini_issued.copy(tmp_path_factory.mktemp("kho") / "nha", patch))
    return MiniHome(mini.home, None)


@pytest.fixture
def home(base: MiniHome, tmp_path: Path) -> Home:
    """A copy of it."""
    shutil.copytree(base.home.root, tmp_path / "nha")
    return Home(tmp_path / "nha")


@pytest.fixture(scope="module")
def backup(base: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of `base`: not to be written into."""
    file = tmp_path_factory.mktemp("luu") / "sao-luu.zip"
    assert done(base.home, "backup", str(file)).endswith("giữ kín như giữ con dấu.\n")
    return file


def done(home: Home, *arguments: str) -> str:
    """What a command says that is carried out."""
    answer = tonghop_here(home, *arguments)
    assert (answer.exit_code, answer.stderr) == (0, ""), answer.output
    return answer.stdout


def refused(home: Home, *arguments: str) -> str:
    """The sentence of a command that is not."""
    answer = tonghop_here(home, *arguments)
    assert (answer.exit_code, answer.stdout) == (2, ""), answer.output
    return answer.stderr


def killed(home: Home, *arguments: str, at: str, **environment: str) -> None:
    """A real process that is killed at a fault point."""
    told = {**os.environ, CLOCK: EVENING, "PYTHONUTF8": "1", FAULT: at, **environment}
    command = [sys.executable, "-m", "pipelines", "--home", str(home.root), *arguments]
    ended = subprocess.run(command, cwd=CHECKOUT, env=told, capture_output=True, check=False, timeout=120)
    assert ended.returncode < 0, ended.stderr.decode()


def truth(home: Home) -> dict[str, bytes]:
    """What must not be lost: the archive and the keys."""
    kept = {name: content for name, content in files_of(home.store).items() if name.startswith("archive/")}
    return kept | {name: (home.store / name).read_bytes() for name in ("secret.key", "outputs.json")}


def unlocked(files: dict[str, bytes]) -> dict[str, bytes]:
    """Files without the lock files, which are there once something was locked."""
    return {name: content for name, content in files.items() if not name.endswith(".lock")}


# --- What is in it, and what is not


def test_a_backup_holds_what_cannot_be_made_again(base: MiniHome, backup: Path) -> None:
    with zipfile.ZipFile(backup) as book:
        assert book.testzip() is None
        names = book.namelist()
        told = json.loads(book.read(LIST))
        assert names[-1] == LIST
        assert set(names) == {*told["files"], LIST}
        for name, part in told["files"].items():
            content = book.read(name)
            assert (len(content), hashlib.sha256(content).hexdigest()) == (part["size"], part["sha256"])
            assert content == (base.home.root / name).read_bytes()
    assert {f"store/{name}" for name in truth(base.home)} <= set(names)
    assert {name for name in names if name.startswith("plans/")} == {
        f"plans/{name}" for name in files_of(base.home.root / "plans")
    }
    assert {name for name in names if name.startswith("outbox/")} == {
        f"outbox/{name}" for name in files_of(base.home.outbox)
    }
    assert not [name for name in names if name.startswith(("inbox", "store/tonghop", "store/run", "store/prefect"))]
    assert told["version"]
    assert told["at"] == EVENING
    assert str(base.home.root).encode() not in backup.read_bytes()


@pytest.mark.skipif(not POSIX, reason="no such modes there")
def test_a_backup_is_its_owners_alone(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_what_waits_in_the_inbox_is_said(home: Home, tmp_path: Path) -> None:
    for name in ("a.xlsx", "DU/b.xlsx", "~$a.xlsx", ".gitkeep"):
        (home.inbox / name).parent.mkdir(exist_ok=True)
        (home.inbox / name).write_bytes(b"x")
    file = tmp_path / "sao-luu.zip"
    assert "2 tệp còn trong inbox/ chưa vào kho lưu nên không có trong bản sao lưu" in done(home, "backup", str(file))
    with zipfile.ZipFile(file) as book:
        assert not [name for name in book.namelist() if "inbox" in name]


def test_the_key_in_the_variable_is_said_to_be_elsewhere(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = home.secret_key.read_text().strip()
    home.secret_key.unlink()
    monkeypatch.setenv(SECRET, secret)
    file = tmp_path / "sao-luu.zip"
    assert "biến TONGHOP_KEY, KHÔNG có trong bản sao lưu" in done(home, "backup", str(file))
    assert secret.encode() not in b"".join(zipfile.ZipFile(file).read(n) for n in zipfile.ZipFile(file).namelist())
    assert "đặt lại biến TONGHOP_KEY" in done(Home(tmp_path / "moi"), "restore", str(file))


def test_a_former_backup_is_replaced_and_nothing_else_is(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "sao-luu.zip"
    done(home, "backup", str(file))
    first = file.read_bytes()
    done(home, "backup", str(file))
    with zipfile.ZipFile(tmp_path / "ảnh.zip", "w") as book:
        book.writestr("a.txt", "a")
    (tmp_path / "thư.docx").write_bytes(b"dear")
    (tmp_path / "hỏng.zip").write_bytes(first[:-100])
    for name in ("ảnh.zip", "thư.docx", "hỏng.zip"):
        before = (tmp_path / name).read_bytes()
        assert "không phải bản sao lưu của tonghop; chọn tên khác" in refused(home, "backup", str(tmp_path / name))
        assert (tmp_path / name).read_bytes() == before
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "ống.zip")
        for name in (tmp_path / "ống.zip", Path(os.devnull)):
            assert "không phải bản sao lưu của tonghop; chọn tên khác" in refused(home, "backup", str(name))
    assert "là một thư mục" in refused(home, "backup", str(tmp_path))
    assert "Không có thư mục" in refused(home, "backup", str(tmp_path / "chưa có" / "a.zip"))
    for folder in (home.store, home.outbox, home.inbox, home.root / "plans", home.outbox / "mini"):
        assert "Không ghi bản sao lưu vào" in refused(home, "backup", str(folder / "a.zip"))
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_damaged_archive_takes_no_good_backups_place(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "sao-luu.zip"
    done(home, "backup", str(file))
    good = file.read_bytes()
    note = Archive(home.archive).notes()[0]
    (home.archive / note.sha256[:2] / note.sha256).write_bytes(b"other")
    sentence = refused(home, "backup", str(file))
    assert note.sha256 in sentence
    assert "tonghop verify" in sentence
    assert file.read_bytes() == good
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_one_backup_at_a_time(home: Home, tmp_path: Path) -> None:
    with backup_lock(home):
        assert "Một lần sao lưu khác đang chạy" in refused(home, "backup", str(tmp_path / "a.zip"))
    with run_lock(home, "tổng hợp"), watch_lock(home):
        done(home, "backup", str(tmp_path / "a.zip"))


@pytest.mark.skipif(not POSIX, reason="no links and modes there")
def test_what_cannot_be_read_in_the_outbox_is_told_and_links_are_not_followed(home: Home, tmp_path: Path) -> None:
    (tmp_path / "bí mật.txt").write_text("of somebody else")
    (home.outbox / "lối tắt.txt").symlink_to(tmp_path / "bí mật.txt")
    (home.outbox / "lạ\\tên.txt").write_text("a")
    answer = done(home, "backup", str(tmp_path / "a.zip"))
    assert "Bỏ qua, không đọc được hoặc tên không ghi được: outbox/lối tắt.txt" in answer
    assert "outbox/lạ\\tên.txt" in answer
    with zipfile.ZipFile(tmp_path / "a.zip") as book:
        assert not [n for n in book.namelist() if "tắt" in n or "\\" in n]


def test_killed_while_it_is_written_the_former_one_stays(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "sao-luu.zip"
    done(home, "backup", str(file))
    good = file.read_bytes()
    killed(home, "backup", str(file), at=FaultPoint.BACKUP_BESIDE)
    assert file.read_bytes() == good
    done(home, "backup", str(file))
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


# --- Bringing it back


def test_a_restored_home_says_the_same_and_goes_on(
    base: MiniHome, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "moi")
    answer = done(home, "restore", str(backup))
    assert "Đã khôi phục bản sao lưu lúc 22:30 ngày 20/05/2022: 6 tệp trong kho lưu" in answer
    assert "tonghop run" in answer
    assert said(home) == said(base.home)
    assert truth(home) == truth(base.home)
    assert files_of(home.outbox) == files_of(base.home.outbox)
    assert verified(home, "--dataset")["intact"]
    if POSIX:
        assert stat.S_IMODE(home.secret_key.stat().st_mode) == 0o600
    assert {p.name for p in home.root.iterdir()} == {"inbox", "outbox", "plans", "store"}
    assert not home.restoring.exists()
    goes_on = MiniHome(home, monkeypatch)
    goes_on.drop(mini_report("HU"), name="hu.xlsx")
    assert goes_on.night("2022-05-21").verdicts == {"accepted": 1, "unusable": 0}


def test_a_home_in_use_is_refused_or_moved_aside(home: Home, backup: Path) -> None:
    (home.outbox / "ghi thêm.txt").write_text("mine")
    before = files_of(home.root)
    sentence = refused(home, "restore", str(backup))
    assert "đang có store/, outbox/" in sentence
    assert "--replace" in sentence
    assert unlocked(files_of(home.root)) == unlocked(before)
    (home.inbox / "đợi.xlsx").write_bytes(b"x")
    answer = done(home, "restore", str(backup), "--replace")
    aside = {p.name: p for p in home.root.iterdir() if " (cũ 2022-05-20 2230" in p.name}
    assert {name.split()[0] for name in aside} == {"store", "outbox", "plans"}
    assert all(f"Những gì có ở đây trước đó nằm trong: {path}" in answer for path in aside.values())
    for name, path in aside.items():
        place = name.split()[0]
        left = {n: c for n, c in unlocked(before).items() if n.startswith(f"{place}/")}
        assert {f"{place}/{n}": c for n, c in files_of(path).items()} == left
    assert (home.inbox / "đợi.xlsx").read_bytes() == b"x"
    assert not (home.outbox / "ghi thêm.txt").exists()
    assert verified(home, "--dataset")["intact"]


def test_nothing_is_restored_beside_a_run_or_a_watch(backup: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "moi").prepare()
    with run_lock(home, "tổng hợp"):
        assert "đang giữ kho" in refused(home, "restore", str(backup))
    with watch_lock(home):
        assert "Dừng lệnh đó" in refused(home, "restore", str(backup))
    assert files_of(home.outbox) == {}


def rewritten(backup: Path, target: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Path:
    """A copy of a backup with other parts and another list."""
    with zipfile.ZipFile(backup) as book:
        parts = {name: book.read(name) for name in book.namelist() if name != LIST}
        told = json.loads(book.read(LIST))
    change(parts, told)
    with zipfile.ZipFile(target, "w") as book:
        for name, content in (*parts.items(), (LIST, json.dumps(told).encode())):
            info = zipfile.ZipInfo(name)
            if name.endswith("lối tắt"):
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            book.writestr(info, content)
    return target


def added(name: str) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    """A part more, listed as it should be."""

    def change(parts: dict[str, bytes], told: dict[str, Any]) -> None:
        parts[name] = b"/etc/passwd"
        sha = hashlib.sha256(b"/etc/passwd").hexdigest()
        told["files"][name] = {"sha256": sha, "size": len(b"/etc/passwd"), "modified": 0}

    return change


def _changed(parts: dict[str, bytes], _: dict[str, Any]) -> None:
    parts["store/secret.key"] = b"0" * len(parts["store/secret.key"])


def _grown(parts: dict[str, bytes], _: dict[str, Any]) -> None:
    parts["store/secret.key"] += b"0" * 10_000_000


def _missing(parts: dict[str, bytes], _: dict[str, Any]) -> None:
    del parts["store/secret.key"]


def _unlisted(_: dict[str, bytes], told: dict[str, Any]) -> None:
    del told["files"]["store/secret.key"]


def _nonsense(_: dict[str, bytes], told: dict[str, Any]) -> None:
    told["files"] = [1]


def _of_another_kind(_: dict[str, bytes], told: dict[str, Any]) -> None:
    told["kind"] = "other"


def _of_the_future(_: dict[str, bytes], told: dict[str, Any]) -> None:
    told["edition"] = 99


def _archived_under_another_name(parts: dict[str, bytes], told: dict[str, Any]) -> None:
    name = next(n for n in parts if n.startswith("store/archive/") and len(n.split("/")[-1]) == 64)
    parts[name] += b"x"
    told["files"][name] |= {"sha256": hashlib.sha256(parts[name]).hexdigest(), "size": len(parts[name])}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (added("store/archive/../../../ngoài.txt"), "không được phép"),
        (added("/etc/ngoài.txt"), "không được phép"),
        (added("C:/ngoài.txt"), "không được phép"),
        (added("outbox/..\\ngoài.txt"), "không được phép"),
        (added("store/run.lock"), "không được phép"),
        (added("inbox/báo cáo.xlsx"), "không được phép"),
        (added("outbox/lối tắt"), "không được phép"),
        (_changed, "không khớp mã kiểm"),
        (_grown, "không khớp mã kiểm"),
        (_archived_under_another_name, "không khớp mã kiểm"),
        (_missing, "không đúng danh sách"),
        (_unlisted, "không đúng danh sách"),
        (_nonsense, "danh sách tệp không đọc được"),
        (_of_another_kind, "không phải tệp sao lưu của tonghop"),
        (_of_the_future, "do bản tonghop khác"),
    ],
)
def test_a_backup_that_is_not_as_it_was_touches_nothing(
    home: Home, backup: Path, tmp_path: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None], words: str
) -> None:
    wrong = rewritten(backup, tmp_path / "sai.zip", change)
    before = files_of(tmp_path)
    assert words in refused(home, "restore", str(wrong), "--replace")
    assert unlocked(files_of(tmp_path)) == unlocked(before)


def test_what_is_no_backup_is_one_sentence(home: Home, backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 255
    for name, content in {
        "rỗng": b"",
        "cắt": whole[: len(whole) // 2],
        "đuôi": whole[: -len(whole) // 3],
        "lật": bytes(flipped),
        "thư": b"dear",
    }.items():
        (tmp_path / name).write_bytes(content)
        sentence = refused(home, "restore", str(tmp_path / name), "--replace")
        assert sentence.count("\n") == 1
        assert "Traceback" not in sentence
    assert "Không có tệp" in refused(home, "restore", str(tmp_path / "không có"))
    assert verified(home)["intact"]


@pytest.mark.parametrize(
    "at",
    [
        FaultPoint.RESTORED_BESIDE,
        f"{FaultPoint.RESTORED_BESIDE}:2",
        f"{FaultPoint.RESTORED_HALF}:4",
        FaultPoint.REBUILT_BESIDE,
    ],
)
def test_a_restore_that_is_killed_is_finished_by_the_next(home: Home, backup: Path, base: MiniHome, at: str) -> None:
    inside = at.startswith(FaultPoint.RESTORED_HALF)
    before = truth(home) | {"outbox": (home.outbox / "mini" / "dot_1" / "tong-hop.xlsx").read_bytes()}
    killed(home, "restore", str(backup), "--replace", at=at)
    assert home.restoring.exists() == inside
    if inside:
        for command in (("run", "--direct"), ("rebuild",), ("templates",)):
            assert "Chạy lại lệnh “tonghop restore TỆP”" in refused(home, *command)
        assert "Một lần khôi phục bị ngắt giữa chừng" in refused(home, "backup", str(home.root.parent / "b.zip"))
        assert "Đã làm nốt lần khôi phục bị ngắt" in done(home, "restore", str(backup))
    elif at == FaultPoint.REBUILT_BESIDE:
        assert "chỉ cần chạy “tonghop rebuild”" in refused(home, "restore", str(backup))
        done(home, "rebuild")
    else:
        assert truth(home) == {name: content for name, content in before.items() if name != "outbox"}
        done(home, "restore", str(backup), "--replace")
    assert truth(home) == truth(base.home)
    assert said(home) == said(base.home)
    assert verified(home, "--dataset")["intact"]
    aside = [p for p in home.root.iterdir() if p.name.startswith("store (cũ")]
    assert len(aside) == 1
    assert files_of(aside[0])["secret.key"] == before["secret.key"]
    assert [p.name for p in home.root.iterdir() if p.name.startswith(".")] == []


# --- While others work


def between(copy: Home, file: Path, before: dict[str, str | None], final: dict[str, str | None]) -> set[str]:
    """Restores a backup that was taken meanwhile: whole, and each unit as before or as after; what it has archived."""
    done(copy, "restore", str(file))
    told = verified(copy, "--dataset")
    assert (told["intact"], told["left_behind"], told["strangers"], told["undecided"]) == (True, [], [], 0)
    counted = states(said(copy))
    assert all(counted[code] in (before[code], final[code]) for code in final)
    return {note.sha256 for note in Archive(copy.archive).notes()}


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be stopped and sent on there")
def test_taken_in_the_middle_of_a_run_it_is_whole(home: Home, tmp_path: Path) -> None:
    """A run of another process stands still half done, holding the store; a backup does not wait for it."""
    before = states(said(home))
    for code in ("HU", "CQ"):
        MiniHome(home, None).drop(mini_report(code), name=f"{code}.xlsx")
    points = (FaultPoint.BYTES_KEPT, FaultPoint.BOOKED)
    for n, point in enumerate(points):
        held = Home(tmp_path / f"giữa chừng {n}")
        shutil.copytree(home.root, held.root)
        with second_process() as other:
            other.begin(held, "run", "--direct", "--plan", "mini", "--round", "dot_1", now=EVENING, stop_at=point)
            done(held, "backup", str(tmp_path / f"{n}.zip"))
            other.goes_on()
            assert other.ended().code == 0
        final = states(said(held))
        assert final != before
        kept = between(Home(tmp_path / f"nhà {n}"), tmp_path / f"{n}.zip", before, final)
        assert len(kept) == (6 if point is FaultPoint.BYTES_KEPT else 8)


def test_taken_again_and_again_while_a_watch_answers(home: Home, tmp_path: Path) -> None:
    before, files = states(said(home)), list[Path]()
    for code, report in {
        "HU": mini_report("HU"),
        "CQ": mini_report("CQ"),
        "DU": mini_report("DU", tong=14, nam=10),
    }.items():
        MiniHome(home, None).drop(report, name=f"{code}.xlsx")
    with watching(home, "--every", "1", "--publish-after", "0") as watch:

        def answered() -> bool:
            files.append(tmp_path / f"{len(files)}.zip")
            done(home, "backup", str(files[-1]))
            return watch.text.count("ĐƯỢC CHẤP NHẬN") == 3

        watch.until(answered)
        answered()
    final = states(said(home))
    some = (files[0], files[len(files) // 2], files[-1])
    kept = [between(Home(tmp_path / f"nhà {n}"), file, before, final) for n, file in enumerate(some)]
    assert kept[0] <= kept[1] <= kept[2]
    assert kept[2] == {note.sha256 for note in Archive(home.archive).notes()}


def states(status: str) -> dict[str, str | None]:
    """Which version of each unit counts."""
    return {unit["code"]: unit["sha256"] for unit in json.loads(status)["units"]}
