"""`tonghop verify`: whatever was lost from the archive or changed in it is named, with the remedy; nothing else is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.archive import Archive, Note
from pipelines.dataset import open_dataset
from pipelines.nightly import Night, Request
from pipelines.store import Home
from tests.homes import MiniHome, mini_report, tonghop_here
from tests.kept_homes import files_of, verified, with_history


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


def noted(home: Home, name: str) -> Note:
    """The note on the file that first came under a name."""
    (found,) = (n for n in Archive(home.archive).notes() if n.arrivals[0].source_name == name)
    return found


def bytes_at(home: Home, name: str) -> Path:
    sha = noted(home, name).sha256
    return home.archive / sha[:2] / sha


def test_a_whole_archive_is_said_to_be_whole(home: Home) -> None:
    told = verified(home, "--dataset")
    assert {key: told[key] for key in ("intact", "files", "faults", "left_behind", "strangers", "undecided")} == {
        "intact": True,
        "files": 6,
        "faults": [],
        "left_behind": [],
        "strangers": [],
        "undecided": 0,
    }
    assert told["bytes"] == sum(note.size for note in Archive(home.archive).notes())
    assert (told["plan_versions"], told["notes_without_digest"]) == (1, 0)
    assert told["dataset"] | {"tables": []} == {"exists": True, "compared": True, "tables": [], "differing": []}
    assert {"submissions", "findings", "unusable", "withdrawals", "mini.hoc_tap"} <= set(told["dataset"]["tables"])
    before = files_of(home.store)
    answer = tonghop_here(home, "verify", "--dataset")
    assert answer.exit_code == 0
    assert "Kho lưu nguyên vẹn: 6 tệp" in answer.stdout
    assert "Kho dữ liệu đúng như dựng lại từ kho lưu" in answer.stdout
    assert files_of(home.store).keys() == before.keys(), "nothing is left behind"


def _gone(path: Path) -> None:
    path.unlink()


def _flipped(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def _longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("harm", "kind", "words"),
    [
        (_gone, "bytes_missing", "tệp “du.xlsx” không còn, chỉ còn ghi chú"),
        (_flipped, "bytes_changed", "tệp “du.xlsx” đã bị đổi"),
        (_longer, "bytes_changed", "SHA-256 không còn khớp"),
        (_folder, "unreadable", "tệp “du.xlsx” không đọc được"),
    ],
)
def test_a_file_that_was_harmed_is_named(home: Home, harm: Callable[[Path], None], kind: str, words: str) -> None:
    path = bytes_at(home, "du.xlsx")
    harm(path)
    (fault,) = verified(home, "--dataset", code=1)["faults"]
    place = path.relative_to(home.root).as_posix()
    assert (fault["kind"], fault["path"], fault["sha256"]) == (kind, place, path.name)
    assert fault["message"].startswith(f"{place}: ")
    assert words in fault["message"]
    assert "Khôi phục tệp này từ bản sao lưu." in fault["message"]
    answer = tonghop_here(home, "verify", "--dataset")
    assert (answer.exit_code, answer.stderr) == (1, "")
    assert "Kho lưu KHÔNG nguyên vẹn: 1 điều phải sửa" in answer.stdout
    assert "Chưa so kho dữ liệu" in answer.stdout


def _edited(text: str) -> str:
    return text.replace("2022-05-08", "2022-05-07", 1)


def _of_another_file(text: str) -> str:
    return text.replace('"sha256": "', '"sha256": "0', 1)


def _cut_short(text: str) -> str:
    return text[: len(text) // 2]


@pytest.mark.parametrize("harm", [_edited, _of_another_file, _cut_short])
def test_a_note_that_was_changed_is_named(home: Home, harm: Callable[[str], str]) -> None:
    path = bytes_at(home, "du.xlsx").with_suffix(".json")
    harmed = harm(path.read_text())
    assert harmed != path.read_text()
    path.write_text(harmed)
    (fault,) = verified(home, code=1)["faults"]
    assert (fault["kind"], fault["path"]) == ("note_changed", path.relative_to(home.root).as_posix())
    rebuilt = tonghop_here(home, "rebuild")
    assert rebuilt.exit_code == 2
    assert "khôi phục tệp này từ bản sao lưu" in rebuilt.stderr


@pytest.mark.parametrize("name", ["du.xlsx", "du 2.xlsx", "lạ.xlsx", "cq.xlsx"])
def test_a_row_whose_note_is_gone_is_named(home: Home, name: str) -> None:
    for note in Archive(home.archive).notes():
        if note.arrivals[0].source_name == name:
            (home.archive / note.sha256[:2] / f"{note.sha256}.json").unlink()
    told = verified(home, code=1)
    assert {fault["kind"] for fault in told["faults"]} == {"row_without_note"}
    assert all(f"“{name}”" in fault["message"] for fault in told["faults"])
    assert all("trước khi chạy “tonghop rebuild”" in fault["message"] for fault in told["faults"])
    assert len(told["left_behind"]) == len(told["faults"]), "the bytes are still there"


def test_plan_versions_are_looked_at(home: Home) -> None:
    (folder,) = home.plans_archive.glob("mini/*")
    table = folder / "rules.csv"
    honest = table.read_bytes()
    table.write_bytes(honest.replace(b"error", b"warning", 1))
    (fault,) = verified(home, code=1)["faults"]
    assert fault["kind"] == "plan_changed"
    assert "Khôi phục thư mục này từ bản sao lưu" in fault["message"]
    table.unlink()
    assert [f["kind"] for f in verified(home, code=1)["faults"]] == ["plan_changed"]
    table.write_bytes(honest)
    assert verified(home)["intact"]
    shutil.rmtree(folder)
    found = verified(home, code=1)["faults"]
    assert {fault["kind"] for fault in found} == {"plan_missing"}
    assert len(found) == sum(note.plan_version is not None for note in Archive(home.archive).notes())


def test_strangers_and_what_a_dead_run_left_are_no_faults(home: Home) -> None:
    sha = hashlib.sha256(b"half a file").hexdigest()
    (home.inbox / "còn đây.xlsx").write_bytes(b"half a file")
    (home.archive / sha[:2]).mkdir(exist_ok=True)
    (home.archive / sha[:2] / sha).write_bytes(b"half a file")
    (home.archive / "ab").mkdir(exist_ok=True)
    (home.archive / "ab" / f".{sha[:40]}.0123abcd").write_bytes(b"")
    (home.archive / "Thumbs.db").write_bytes(b"")
    (home.archive / "ab" / "ghi chú.txt").write_text("")
    told = verified(home)
    assert told["intact"]
    assert sorted(told["left_behind"]) == sorted([f"archive/{sha[:2]}/{sha}", f"archive/ab/.{sha[:40]}.0123abcd"])
    assert sorted(told["strangers"]) == ["archive/Thumbs.db", "archive/ab/ghi chú.txt"]
    answer = tonghop_here(home, "verify")
    assert "Tệp lạ trong kho lưu: archive/Thumbs.db" in answer.stdout
    assert "được nhận lại ở lần chạy sau" in answer.stdout


def test_older_notes_are_counted(home: Home) -> None:
    path = bytes_at(home, "du.xlsx").with_suffix(".json")
    told = json.loads(path.read_text())
    del told["digest"]
    path.write_text(json.dumps(told))
    assert verified(home)["notes_without_digest"] == 1
    assert "1 ghi chú từ bản cũ" in tonghop_here(home, "verify").stdout


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_named(home: Home) -> None:
    path = bytes_at(home, "du.xlsx")
    path.chmod(0)
    (fault,) = verified(home, code=1)["faults"]
    assert fault["kind"] == "unreadable"


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_in_the_place_of_a_file_is_named(home: Home, tmp_path: Path) -> None:
    path = bytes_at(home, "du.xlsx")
    path.rename(tmp_path / "khac.xlsx")
    path.symlink_to(tmp_path / "khac.xlsx")
    (fault,) = verified(home, code=1)["faults"]
    assert (fault["kind"], fault["sha256"]) == ("unreadable", path.name)


def test_a_dataset_that_says_something_else_is_named_table_by_table(home: Home) -> None:
    with open_dataset(home.dataset) as connection:
        for sql in (
            "UPDATE mini.hoc_tap SET tong = tong + 1 WHERE tong = 12",
            "INSERT INTO findings SELECT * REPLACE (position + 100 AS position) FROM findings LIMIT 1",
            "DELETE FROM unusable WHERE code = 'WRONG_STAMP'",
            "UPDATE submissions SET received_at = received_at + INTERVAL 1 SECOND WHERE unit = 'CQ'",
            "INSERT INTO mini.bia SELECT * FROM mini.bia LIMIT 1",
        ):
            connection.execute(sql)
    told = verified(home, "--dataset", code=1)
    assert (told["intact"], told["faults"]) == (False, [])
    differing = {d["table"]: (d["only_in_dataset"], d["only_in_archive"]) for d in told["dataset"]["differing"]}
    assert differing == {
        "findings": (1, 0),
        "mini.bia": (1, 0),
        "mini.hoc_tap": (1, 1),
        "submissions": (1, 1),
        "unusable": (0, 1),
    }
    answer = tonghop_here(home, "verify", "--dataset")
    assert "Bảng mini.hoc_tap: 1 dòng chỉ có trong kho dữ liệu, 1 dòng chỉ có khi dựng lại" in answer.stdout
    assert "tonghop rebuild" in answer.stdout
    assert tonghop_here(home, "rebuild").exit_code == 0
    assert verified(home, "--dataset")["intact"]


def test_an_empty_home_is_whole(tmp_path: Path) -> None:
    told = verified(Home(tmp_path), "--dataset")
    assert (told["intact"], told["files"], told["dataset"]["exists"]) == (True, 0, False)


def test_beside_a_run_that_died_nothing_is_wrong(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Archived, not yet judged: the archive is whole, the dataset is as the archive has decided."""
    mini = MiniHome(home, monkeypatch)
    mini.drop(mini_report("HU"), name="hu.xlsx")
    mini.at("2022-05-10")
    Night(Request(home, "mini", "dot_1")).take_in()
    told = verified(home, "--dataset")
    assert (told["intact"], told["undecided"], told["files"]) == (True, 1, 7)
    assert "1 tệp chưa có kết luận" in tonghop_here(home, "verify").stdout
