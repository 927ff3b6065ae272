"""Letters that people go on writing in are never lost, and are written again only when they say something new."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.hand_edited import SET_ASIDE, set_aside, unless_unchanged_or_kept
from pipelines.outbox import Published, Register


def writer(text: str):  # type: ignore[no-untyped-def]
    return lambda path: path.write_text(text, encoding="utf-8")


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "outputs.json", tmp_path)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "don-doc" / "cong-van-710.docx"


def kept(target: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (target.parent / SET_ASIDE).glob("*")}


def test_an_untouched_letter_is_replaced_and_not_kept(register: Register, target: Path) -> None:
    assert unless_unchanged_or_kept(register, target, "d1", writer("một")) == Published(target)
    assert unless_unchanged_or_kept(register, target, "d1", writer("một")) is None
    assert unless_unchanged_or_kept(register, target, "d2", writer("hai")) == Published(target)
    assert (target.read_text(), kept(target)) == ("hai", {})


def test_an_edited_letter_stays_while_it_says_the_same(register: Register, target: Path) -> None:
    unless_unchanged_or_kept(register, target, "d1", writer("một"))
    target.write_text("một, đã ghi số 12-CV/BTGTU")
    assert unless_unchanged_or_kept(register, target, "d1", writer("một")) is None
    assert (target.read_text(), kept(target)) == ("một, đã ghi số 12-CV/BTGTU", {})


def test_an_edited_letter_is_kept_before_it_is_replaced(register: Register, target: Path) -> None:
    unless_unchanged_or_kept(register, target, "d1", writer("một"))
    target.write_text("một, sửa tay")
    unless_unchanged_or_kept(register, target, "d2", writer("hai"))
    target.write_text("hai, sửa tay")
    unless_unchanged_or_kept(register, target, "d3", writer("ba"))
    assert target.read_text() == "ba"
    assert kept(target) == {"cong-van-710.docx": "một, sửa tay", "cong-van-710 (2).docx": "hai, sửa tay"}


def test_without_the_register_every_letter_counts_as_edited(register: Register, target: Path, tmp_path: Path) -> None:
    unless_unchanged_or_kept(register, target, "d1", writer("một"))
    (tmp_path / "outputs.json").unlink()
    lost = Register(tmp_path / "outputs.json", tmp_path)
    unless_unchanged_or_kept(lost, target, "d1", writer("một"))
    assert (target.read_text(), kept(target)) == ("một", {"cong-van-710.docx": "một"})
    assert unless_unchanged_or_kept(lost, target, "d1", writer("một")) is None


def test_an_edit_made_while_the_new_one_is_written_is_kept(register: Register, target: Path) -> None:
    unless_unchanged_or_kept(register, target, "d1", writer("một"))

    def slow(path: Path) -> None:
        target.write_text("sửa đúng lúc ấy")
        path.write_text("hai")

    unless_unchanged_or_kept(register, target, "d2", slow)
    assert (target.read_text(), kept(target)) == ("hai", {"cong-van-710.docx": "sửa đúng lúc ấy"})


def test_a_writer_that_fails_changes_nothing(register: Register, target: Path) -> None:
    unless_unchanged_or_kept(register, target, "d1", writer("một"))
    target.write_text("sửa tay")

    def fails(path: Path) -> None:
        path.write_text("nửa chừng")
        raise RuntimeError("hỏng")

    with pytest.raises(RuntimeError):
        unless_unchanged_or_kept(register, target, "d2", fails)
    assert (target.read_text(), kept(target)) == ("sửa tay", {})
    assert unless_unchanged_or_kept(register, target, "d2", writer("hai")) == Published(target)


def test_an_open_edited_letter_is_kept_once_however_many_nights_it_is_open(
    register: Register, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unless_unchanged_or_kept(register, target, "d1", writer("một"))
    target.write_text("đang sửa")
    real = Path.replace

    def held(self: Path, other: Path) -> Path:
        if target in (self, other):
            raise PermissionError("held open")
        return real(self, other)

    monkeypatch.setattr(Path, "replace", held)
    for night in ("2022-05-20T20:00:00+07:00", "2022-05-21T20:00:00+07:00"):
        monkeypatch.setenv("TONGHOP_NOW", night)
        published = unless_unchanged_or_kept(register, target, "d2", writer("hai"))
        assert published is not None
        assert published.diverted
    assert target.read_text() == "đang sửa"
    assert kept(target) == {"cong-van-710.docx": "đang sửa"}
    assert set_aside(target.parent, [target.name], []) == [
        target.parent / SET_ASIDE / f"cong-van-710 (mới 2022-05-{day} 200000).docx" for day in (20, 21)
    ], "the open one stays until another run"
    monkeypatch.undo()
    assert set_aside(target.parent, [target.name], []) == [target.parent / SET_ASIDE / "cong-van-710 (2).docx"]


def test_what_is_wanted_no_more_is_put_aside_and_nothing_else(target: Path) -> None:
    folder = target.parent
    folder.mkdir()
    for name in ("cong-van-710.docx", "cong-van-711.docx", "tin-nhan.txt", "cong-van-710 - đã ký.docx", "ghi chú.txt"):
        (folder / name).write_text(name)
    names = {"cong-van-710.docx", "cong-van-711.docx", "cong-van-712.docx", "tin-nhan.txt", "phu-luc.docx"}
    assert set_aside(folder, names, {"cong-van-711.docx"}) == [
        folder / SET_ASIDE / "cong-van-710.docx",
        folder / SET_ASIDE / "tin-nhan.txt",
    ]
    left = sorted(path.name for path in folder.iterdir() if path.is_file())
    assert left == ["cong-van-710 - đã ký.docx", "cong-van-711.docx", "ghi chú.txt"]
    assert set_aside(folder, names, {"cong-van-711.docx"}) == []


def test_a_letter_wanted_again_is_written_again(register: Register, target: Path) -> None:
    unless_unchanged_or_kept(register, target, "d1", writer("một"))
    set_aside(target.parent, [target.name], [])
    assert not target.exists()
    assert unless_unchanged_or_kept(register, target, "d1", writer("một")) == Published(target)
    assert set_aside(target.parent, [target.name], []) == [target.parent / SET_ASIDE / "cong-van-710 (2).docx"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert set_aside(tmp_path / "don-doc", ["tin-nhan.txt"], []) == []
