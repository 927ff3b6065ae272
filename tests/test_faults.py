"""Faults that are the operator's to mend are said in Vietnamese: what, where, and what to do; no words of a library."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.archive_note import BadNote, Refusal, note_text, read_note
from pipelines.backup_file import open_plain
from pipelines.cli.faults import sentence_of
from pipelines.dataset import DatasetDamaged, open_dataset
from schemas.plan_fault import PlanFaults
from schemas.plan_file import load_plan
from schemas.system_fault import number_in, reason_of, sentence_of_system
from tests.homes import MINI, MiniHome, mini_report, tonghop_here

ENGLISH = re.compile(
    r"errno|codec|\b(error|file|directory|such|denied|exists|expecting|invalid|valid|option|argument|missing|value|"
    r"command|delimiter|try|input|should|damaged|key|type|object|attribute)\b",
    re.IGNORECASE,
)


def in_vietnamese(sentence: str, *allowed: str) -> None:
    """No word that a library or the system has said, what is quoted of the operator's own left aside."""
    for words in allowed:
        sentence = sentence.replace(words, "")
    assert not sentence.isascii(), sentence
    assert ENGLISH.findall(sentence) == [], sentence


def said(home: MiniHome, *command: str, code: int = 2) -> str:
    answer = tonghop_here(home.home, *command)
    assert answer.exit_code == code, answer.output
    assert "Traceback" not in answer.output
    return answer.stderr + answer.stdout


# --- The system


NAMED = ("ENOSPC", "EACCES", "ENOENT", "EEXIST", "EISDIR", "ENOTDIR", "EROFS", "EIO", "ENAMETOOLONG", "EBUSY")


@pytest.mark.parametrize("name", NAMED)
def test_an_error_of_the_system_says_what_where_and_what_to_do(name: str) -> None:
    number = getattr(errno, name)
    sentence = sentence_of(OSError(number, os.strerror(number), "/kho/a.xlsx"))
    assert sentence is not None
    assert re.fullmatch(r"[^:]+: /kho/a\.xlsx\. .+\.", sentence), sentence
    in_vietnamese(sentence, "/kho/a.xlsx")


def test_an_error_nobody_foresaw_is_said_with_its_number() -> None:
    sentence = sentence_of_system(OSError(errno.EPROTO, os.strerror(errno.EPROTO), "a.xlsx"))
    assert sentence.startswith(f"Lỗi tệp hoặc ổ đĩa (hệ điều hành báo lỗi số {errno.EPROTO}): a.xlsx. Kiểm tra")
    in_vietnamese(sentence)


def test_what_windows_knows_better_is_said() -> None:
    class OfWindows(OSError):
        winerror = 32  # type: ignore[assignment]

    for number in (32, 33):
        OfWindows.winerror = number  # type: ignore[assignment]
        sentence = sentence_of_system(OfWindows(errno.EACCES, "being used by another process", "a.xlsx"))
        assert sentence.startswith("Một chương trình khác đang mở: a.xlsx. Đóng tệp")
    OfWindows.winerror = 9999  # type: ignore[assignment]
    assert reason_of(OfWindows(errno.EPROTO, "something")) == "Windows báo lỗi số 9999"


def test_a_renaming_names_both_and_an_open_file_is_no_number() -> None:
    assert ": a → b. " in sentence_of_system(OSError(errno.EXDEV, "x", "a", None, "b"))
    assert "5" not in sentence_of_system(OSError(errno.EISDIR, "x", 5))
    assert sentence_of_system(OSError("tệp của ai đó")) == "Lỗi tệp hoặc ổ đĩa: tệp của ai đó"
    assert reason_of(OSError(errno.EINVAL, "đây là một ống dẫn")) == "đây là một ống dẫn"


def test_a_path_forges_no_second_line() -> None:
    sentence = sentence_of(OSError(errno.EEXIST, "x", "a\n09/05/2022\x1b[2J"))
    assert sentence is not None
    assert sentence.isprintable()


@pytest.mark.parametrize("name", ["inbox", "outbox", "store/archive"])
def test_a_file_where_a_folder_belongs(mini: MiniHome, name: str) -> None:
    place = mini.home.root / name
    shutil.rmtree(place)
    place.write_text("x")
    for command in (("run", "--direct", "--plan", "mini"), ("doctor",)):
        sentence = said(mini, *command, code=1 if command == ("doctor",) else 2)
        assert f"Ở đó đã có một tệp mang tên này: {place}. Chuyển tệp đó đi" in sentence
        assert "Errno" not in sentence


def test_a_folder_where_an_archived_file_belongs(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as raised:
        open_plain(tmp_path)
    assert sentence_of(raised.value) == (
        f"Đây là một thư mục, không phải tệp: {tmp_path}. Chuyển thư mục đó đi, hoặc chỉ đến một tệp."
    )


def test_words_of_the_system_are_known() -> None:
    assert number_in("IO Error: Cannot open file: Is a directory") == errno.EISDIR
    assert number_in("IO Error: something else") is None


# --- The dataset


def not_a_database(path: Path) -> None:
    path.write_bytes(b"no database" * 2000)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILT: dict[str, tuple[Callable[[Path], None], str]] = {
    "no database": (not_a_database, "tệp không phải kho dữ liệu DuckDB"),
    "cut": (cut, "nội dung tệp đã hỏng"),
    "a folder": (a_folder, "đây là một thư mục, không phải tệp"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_dataset_that_cannot_be_read(mini: MiniHome, kind: str) -> None:
    spoil, reason = SPOILT[kind]
    with open_dataset(mini.home.dataset):
        pass
    spoil(mini.home.dataset)
    wanted = f"kho dữ liệu {mini.home.dataset} ({reason}); chạy “tonghop rebuild” để dựng lại"
    sentence = said(mini, "status", "--plan", "mini")
    assert wanted in sentence
    in_vietnamese(sentence, str(mini.home.dataset))
    assert wanted in said(mini, "doctor", code=1)


def test_a_dataset_without_its_tables(mini: MiniHome) -> None:
    mini.home.dataset.unlink(missing_ok=True)
    with duckdb.connect(str(mini.home.dataset)) as connection:
        connection.execute("CREATE VIEW submissions AS SELECT 1 AS one")
    sentence = next(line for line in said(mini, "doctor", code=1).splitlines() if "Kho dữ liệu" in line)
    assert "chạy “tonghop rebuild” để dựng lại" in sentence
    in_vietnamese(sentence, str(mini.home.dataset))


def test_another_file_than_the_dataset_is_named(tmp_path: Path) -> None:
    target = tmp_path / "chưa có" / "a.parquet"
    with pytest.raises(FileNotFoundError) as raised, open_dataset(None) as connection:
        connection.execute(f"COPY (SELECT 1) TO '{target}' (FORMAT parquet)")
    assert sentence_of(raised.value) == f"Không có tệp hoặc thư mục này: {target}. Kiểm tra tên và đường dẫn."


def test_other_faults_of_duckdb_are_said_in_our_words() -> None:
    with pytest.raises(OSError, match="DuckDB không đọc hoặc không ghi được") as raised, open_dataset(None):
        raise duckdb.IOException('IO Error: Odd thing with file "/kho/a.parquet"')
    in_vietnamese(sentence_of(raised.value) or "", "/kho/a.parquet")
    with pytest.raises(DatasetDamaged) as damaged, open_dataset(None):
        raise duckdb.Error("Corrupt database file: computed checksum 1 does not match")
    in_vietnamese(str(damaged.value))


# --- Notes in the archive


SHA = "0" * 64
ARRIVAL = {"at": "2022-05-09T20:00:00+07:00", "name": "a", "folder": ""}
NOTES: dict[str, tuple[str | bytes, str]] = {
    "cut": ("{", "không phải JSON (dòng 1, cột 2)"),
    "empty": ("", "không phải JSON (dòng 1, cột 1)"),
    "not UTF-8": (b'{"a": "\xff"}', "không phải chữ UTF-8 (từ byte thứ 8)"),
    "a list": ("[]", "nội dung không đúng dạng"),
    "nothing in it": ("{}", "thiếu mục “sha256”"),
    "no arrival": (f'{{"sha256": "{SHA}", "arrivals": [], "size": 1}}', "không có lần đến nào"),
    "another's": ('{"sha256": "1"}', "ghi chú của tệp khác"),
    "deep": ("[" * 100_000, "nội dung không đúng dạng"),
    "no moment": (
        f'{{"sha256": "{SHA}", "size": 1, "arrivals": [{{"at": "hôm qua", "name": "a", "folder": ""}}]}}',
        "nội dung không đúng dạng",
    ),
    "no size": (
        f'{{"sha256": "{SHA}", "size": Infinity, "arrivals": [{str(ARRIVAL).replace(chr(39), chr(34))}]}}',
        "nội dung không đúng dạng",
    ),
}


@pytest.mark.parametrize("kind", NOTES)
def test_a_note_that_cannot_be_read_says_why(kind: str) -> None:
    text, reason = NOTES[kind]
    with pytest.raises(BadNote) as raised:
        read_note(SHA, text)
    assert str(raised.value) == reason


def test_a_refusal_of_an_unknown_kind(mini: MiniHome) -> None:
    from dataclasses import replace

    from pipelines.archive import Archive

    mini.drop(mini_report("DU"))
    mini.night("2022-05-09")
    (note,) = Archive(mini.home.archive).notes()
    (arrival,) = note.arrivals
    odd = Refusal(arrival.received_at, arrival.source_name, arrival.folder, "NO_SUCH_CODE", "x")
    text = note_text(replace(note, refusals=(odd,)))
    with pytest.raises(BadNote, match="nội dung không đúng dạng"):
        read_note(note.sha256, text)
    assert read_note(note.sha256, note_text(note).encode()) == note
    (path,) = mini.home.archive.glob("??/*.json")
    path.write_text("{", encoding="utf-8")
    assert "(không phải JSON (dòng 1, cột 2))" in said(mini, "doctor", code=1)


# --- Plans


def a_table(content: bytes) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(content)


HEADER = b"code,name,kind,parent\n"
TABLES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "binary": (a_table(b"PK\x03\x04\xff\xfe"), "không phải chữ UTF-8 (từ byte thứ 5). Lưu lại dạng CSV UTF-8."),
    "a quotation that never ends": (a_table(HEADER + b'a,"b'), "có ô mở ngoặc kép mà không đóng. Lưu lại"),
    "a quotation within": (a_table(HEADER + b'a,"b"c,d,e\n'), "mỗi dấu ngoặc kép phải viết hai lần. Lưu lại"),
    "too long": (a_table(HEADER + b"a" * 200_000), "có ô dài quá mức. Lưu lại"),
    "a folder": (a_folder, "đây là một thư mục, không phải tệp. Chuyển thư mục đó đi"),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_a_plan_that_cannot_be_read(tmp_path: Path, kind: str) -> None:
    spoil, reason = TABLES[kind]
    folder = Path(shutil.copytree(MINI, tmp_path / "mini"))
    spoil(folder / "units.csv")
    with pytest.raises(PlanFaults) as raised:
        load_plan(folder)
    (fault,) = raised.value.faults
    assert fault.message.startswith("không đọc được tệp units.csv: ")
    assert reason in fault.message
    in_vietnamese(fault.message)


# --- How a command was called


CALLS: dict[str, str] = {
    "check": "Thiếu đối số TỆP.",
    "history": "Thiếu đối số ĐƠN_VỊ.",
    "withdraw abcdefgh": "Thiếu tuỳ chọn --reason.",
    "statsu": "Không có lệnh “statsu”. Có phải “status”?",
    "key lst": "Không có lệnh “lst”. Có phải “list”?",
    "xoá-hết": "Không có lệnh “xoá-hết”.",
    "status --pln x": "Không có tuỳ chọn --pln. Có phải “--plan”?",
    "status --xyz": "Không có tuỳ chọn --xyz.",
    "status x y": "Thừa đối số: x y.",
    "status --plan": "Tuỳ chọn --plan cần có giá trị theo sau.",
    "status --json=1": "Tuỳ chọn --json không nhận giá trị.",
    "watch --every abc": "Giá trị của --every không dùng được: phải là số.",
    "watch --every 0": "Giá trị của --every không dùng được: phải là số từ 1 trở lên.",
    "changes --since hôm-qua": "Giá trị của --since không dùng được: “hôm-qua” không phải ngày; "
    "ghi 2022-05-10 hoặc 10/5/2022.",
}


@pytest.mark.parametrize("call", CALLS)
def test_a_command_called_wrongly_is_told_in_vietnamese(mini_issued: MiniHome, call: str) -> None:
    answer = tonghop_here(mini_issued.home, *call.split())
    assert (answer.exit_code, answer.stdout) == (2, "")
    sentence, remedy = answer.stderr.splitlines()
    assert sentence == CALLS[call]
    assert re.fullmatch(
        "Xem cách dùng: tonghop( status| check| history| withdraw| watch| changes| key)? --help", remedy
    )


def test_what_was_typed_is_only_words(mini_issued: MiniHome) -> None:
    for call in (("\x1b[2J\n\u202e",), ("status", "--\x1b[2J\nx"), ("status", "\x1b[2J\nx")):
        answer = tonghop_here(mini_issued.home, *call)
        assert answer.exit_code == 2
        assert len(answer.stderr.splitlines()) == 2
        assert all(line.isprintable() for line in answer.stderr.splitlines()), ascii(answer.stderr)


def test_a_group_without_a_command_gives_its_help(mini_issued: MiniHome) -> None:
    assert "rotate" in tonghop_here(mini_issued.home, "key").output
