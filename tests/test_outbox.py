"""Published files are whole, never over one that is open, and rewritten only when they say something new."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import outbox
from pipelines.file_names import safe_name
from pipelines.outbox import Published, Register, publish, unless_unchanged


def writer(text: str):  # type: ignore[no-untyped-def]
    return lambda path: path.write_text(text, encoding="utf-8")


def test_publish_writes_beside_then_renames(tmp_path: Path) -> None:
    target = tmp_path / "a" / "tong-hop.xlsx"
    seen: list[Path] = []

    def write(path: Path) -> None:
        seen.append(path)
        path.write_text("mới")

    assert publish(target, write) == Published(target)
    assert target.read_text() == "mới"
    assert (seen[0].parent, seen[0].suffix, seen[0].name[0]) == (target.parent, ".xlsx", ".")
    assert list(target.parent.iterdir()) == [target]


def test_it_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "tong-hop.xlsx"
    synced: list[tuple[str, bool]] = []
    monkeypatch.setattr(outbox, "sync_file", lambda path: synced.append((path.read_text(), target.exists())))
    monkeypatch.setattr(outbox, "sync_folder", lambda folder: synced.append((folder.name, target.exists())))
    publish(target, lambda path: path.write_text("mới"))
    assert synced == [("mới", False), (tmp_path.name, True)]


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_beside(tmp_path: Path) -> None:
    target = tmp_path / "tong-hop.xlsx"
    target.write_text("cũ")

    def write(path: Path) -> None:
        path.write_text("nửa chừng")
        raise RuntimeError("hỏng")

    with pytest.raises(RuntimeError, match="hỏng"):
        publish(target, write)
    assert target.read_text() == "cũ"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_held_open_is_published_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGHOP_NOW", "2022-05-10T20:00:00+07:00")
    target = tmp_path / "tong-hop.xlsx"
    target.write_text("đang mở")
    real = Path.replace

    def held(self: Path, other: Path) -> Path:
        if other == target:
            raise PermissionError("held open")
        return real(self, other)

    monkeypatch.setattr(Path, "replace", held)
    register = Register(tmp_path / "outputs.json", tmp_path)
    published = unless_unchanged(register, target, "d1", writer("mới"))
    assert published == Published(tmp_path / "tong-hop (mới 2022-05-10 200000).xlsx", diverted=True)
    assert published.path.read_text() == "mới"
    assert target.read_text() == "đang mở"
    assert not register.is_current(target, "d1")
    monkeypatch.setenv("TONGHOP_NOW", "2022-05-10T20:05:00+07:00")
    assert unless_unchanged(register, target, "d1", writer("mới")) is None, "it says the same: no second copy"
    newer = unless_unchanged(register, target, "d2", writer("mới hơn"))
    assert newer == Published(tmp_path / "tong-hop (mới 2022-05-10 200500).xlsx", diverted=True)
    assert sorted(p.name for p in tmp_path.glob("*.xlsx")) == [newer.path.name, target.name], "the older copy is gone"
    monkeypatch.setattr(Path, "replace", real)
    assert unless_unchanged(register, target, "d2", writer("không ghi")) == Published(target)
    assert target.read_text() == "mới hơn"
    assert list(tmp_path.glob("*.xlsx")) == [target], "once it is free the copy takes its place"
    assert unless_unchanged(register, target, "d2", writer("không ghi")) is None


def test_only_what_says_something_new_is_rewritten(tmp_path: Path) -> None:
    target = tmp_path / "outbox" / "a.xlsx"
    path = tmp_path / "store" / "outputs.json"
    assert unless_unchanged(Register(path), target, "d1", writer("một")) == Published(target)
    assert unless_unchanged(Register(path), target, "d1", writer("hai")) is None
    assert target.read_text() == "một"
    assert unless_unchanged(Register(path), target, "d2", writer("hai")) == Published(target)
    target.unlink()
    assert unless_unchanged(Register(path), target, "d2", writer("ba")) == Published(target)
    assert '"outbox/a.xlsx"' in path.read_text(encoding="utf-8")


def test_a_lost_or_spoilt_register_only_costs_rewriting(tmp_path: Path) -> None:
    path = tmp_path / "outputs.json"
    for text in ("", "[1]", "{"):
        path.write_text(text)
        register = Register(path, tmp_path)
        assert not register.is_current(path, "d1")
        register.record(path, "d1")
        assert Register(path, tmp_path).is_current(path, "d1")


def test_a_record_costs_one_line_until_there_are_too_many(tmp_path: Path) -> None:
    path = tmp_path / "outputs.json"
    register, sizes = Register(path, tmp_path), list[int]()
    for n in range(1_000):
        register.record(tmp_path / f"đáp {n % 50}", f"d{n}")
        sizes.append(len(path.read_text(encoding="utf-8").splitlines()))
    assert sizes[:3] == [1, 2, 3]
    assert max(sizes) <= 202
    again = Register(path, tmp_path)
    assert [again.said(tmp_path / f"đáp {n}") for n in range(50)] == [f"d{n}" for n in range(950, 1_000)]


@pytest.mark.parametrize("cut", range(1, 16))
def test_a_line_cut_off_by_a_death_costs_itself_alone(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "outputs.json"
    register = Register(path, tmp_path)
    for name in ("một", "hai", "ba"):
        register.record(tmp_path / name, f"d-{name}")
    path.write_bytes(path.read_bytes()[:-cut])
    died = Register(path, tmp_path)
    assert [died.said(tmp_path / name) for name in ("một", "hai")] == ["d-một", "d-hai"]
    assert died.said(tmp_path / "ba") in (None, "d-ba")
    died.record(tmp_path / "bốn", "d-bốn")
    again = Register(path, tmp_path)
    assert [again.said(tmp_path / name) for name in ("một", "hai", "bốn")] == ["d-một", "d-hai", "d-bốn"]
    assert again.said(tmp_path / "ba") == died.said(tmp_path / "ba")


def test_a_line_that_a_full_disk_cut_off_does_not_spoil_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "outputs.json"
    register = Register(path, tmp_path)
    register.record(tmp_path / "một", "d1")
    real = Path.open

    def full(self: Path, *how: str, **more: str):  # type: ignore[no-untyped-def]
        with real(self, *how, **more) as file:  # type: ignore[call-overload]
            file.write('{"ha')
        raise OSError("đĩa đầy")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="đĩa đầy"):
        register.record(tmp_path / "hai", "d2")
    monkeypatch.setattr(Path, "open", real)
    register.record(tmp_path / "ba", "d3")
    again = Register(path, tmp_path)
    assert [again.said(tmp_path / name) for name in ("một", "hai", "ba")] == ["d1", "d2", "d3"]


def test_a_register_as_it_was_written_once_is_read(tmp_path: Path) -> None:
    path = tmp_path / "outputs.json"
    path.write_text('{\n"outbox/a.xlsx": "d1",\n"outbox/đ.xlsx": "d2"\n}', encoding="utf-8")
    register = Register(path, tmp_path)
    assert [register.said(tmp_path / "outbox" / name) for name in ("a.xlsx", "đ.xlsx")] == ["d1", "d2"]
    register.record(tmp_path / "b.xlsx", "d3")
    again = Register(path, tmp_path)
    assert again.said(tmp_path / "outbox" / "đ.xlsx") == "d2"
    assert again.said(tmp_path / "b.xlsx") == "d3"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Báo cáo Đảng uỷ.xlsx", "Báo cáo Đảng uỷ.xlsx"),
        ("Ba\u0301o ca\u0301o.xlsx", "Báo cáo.xlsx"),
        ('a/b\\c:d*e?f"g<h>i|j.xlsx', "a_b_c_d_e_f_g_h_i_j.xlsx"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("dòng\nhai\x00.xlsx", "dòng_hai_.xlsx"),
        ("ngược\u202excod.xlsx", "ngượcxcod.xlsx"),
        ("b\udce1o.xls", "b_o.xls"),
        ("CON.xlsx", "_CON.xlsx"),
        ("nul", "_nul"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("CONG AN.xlsx", "CONG AN.xlsx"),
        ("tên. . .", "tên"),
        ("tên .xlsx", "tên.xlsx"),
        (".ẩn", "ẩn"),
        ("", "_"),
        ("...", "_"),
    ],
)
def test_safe_names(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_long_names_keep_their_suffix_and_fit_every_file_system() -> None:
    assert safe_name("a" * 300 + ".xlsx") == "a" * 95 + ".xlsx"
    name = safe_name("ệ" * 300 + ".xlsx")
    assert len(name) <= 100
    assert len(name.encode()) <= 200
    assert name.endswith(".xlsx")
