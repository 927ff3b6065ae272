"""Everything that is no workbook has its own sentence, and every limit holds while inflating."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from xlsx_parts import number, parts_of, row, workbook, zipped

from pipelines.intake import guard
from pipelines.intake.guard import inspect
from schemas.finding import FindingCode

C = FindingCode
GOOD = workbook({"B1": row(1, number("A1", 5))})


def ole(*streams: str) -> bytes:
    """An OLE container as far as its directory goes: one 128-byte entry a stream."""
    entries = b""
    for stream in streams:
        name = stream.encode("utf-16-le") + b"\0\0"
        entries += name.ljust(64, b"\0") + struct.pack("<H", len(name)) + b"\0" * 62
    return guard.OLE.ljust(512, b"\0") + entries


def test_an_honest_workbook_passes() -> None:
    inspected = inspect(GOOD)
    assert inspected.findings == ()
    assert "xl/workbook.xml" in inspected.parts


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", C.EMPTY_FILE, "0 byte"),
        (b"\0" * 4096, C.DAMAGED_FILE, "byte 0"),
        (b"%PDF-1.7\n", C.NOT_A_WORKBOOK, "PDF"),
        (b"\n\n%PDF-1.7\n", C.NOT_A_WORKBOOK, "PDF"),
        (b"\xef\xbb\xbf<HTML><table>", C.NOT_A_WORKBOOK, "HTML"),
        ("Đơn vị;Số\n703;5\n".encode(), C.NOT_A_WORKBOOK, "CSV"),
        ("Đơn vị;Số\n".encode("utf-16"), C.NOT_A_WORKBOOK, "CSV"),
        (b"\xff\xd8\xff\xe0", C.NOT_A_WORKBOOK, "ảnh"),
        (b"Rar!\x1a\x07", C.NOT_A_WORKBOOK, "RAR"),
        (bytes(range(1, 200)), C.NOT_A_WORKBOOK, "không rõ loại"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', C.OLD_FORMAT, "Excel 2003"),
        (b"\x09\x08\x10\x00\x00\x06", C.OLD_FORMAT, ".xls"),
        (ole("Root Entry", "Workbook"), C.OLD_FORMAT, ".xls"),
        (ole("Root Entry", "Book"), C.OLD_FORMAT, ".xls"),
        (ole("Root Entry", "EncryptedPackage", "EncryptionInfo"), C.PASSWORD_PROTECTED, "mật khẩu"),
        (ole("Root Entry", "WordDocument"), C.NOT_A_WORKBOOK, "Word"),
        (ole("Root Entry"), C.NOT_A_WORKBOOK, "Office cũ"),
        (zipped({"xl/workbook.bin": b"x"}), C.OLD_FORMAT, ".xlsb"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), C.OLD_FORMAT, ".ods"),
        (zipped({"word/document.xml": "<w/>"}), C.NOT_A_WORKBOOK, "Word"),
        (zipped({"ảnh.jpg": b"x"}), C.NOT_A_WORKBOOK, "ZIP"),
        (GOOD[:-40], C.DAMAGED_FILE, "trọn vẹn"),
        (GOOD[: len(GOOD) // 2], C.DAMAGED_FILE, "trọn vẹn"),
    ],
)
def test_what_is_no_workbook_has_its_own_sentence(content: bytes, code: FindingCode, said: str) -> None:
    (finding,) = inspect(content).findings
    assert finding.code == code
    assert said in finding.message


def test_a_word_in_a_stream_is_no_directory_entry() -> None:
    (finding,) = inspect(ole("Workbook") + b"x" + "EncryptedPackage".encode("utf-16-le") + b"\0\0").findings
    assert finding.code == C.OLD_FORMAT


def test_damage_inside_a_part_is_noticed() -> None:
    at = GOOD.index(b"xl/workbook.xml") + 40
    (finding,) = inspect(GOOD[:at] + b"\xff\xff\xff" + GOOD[at + 3 :]).findings
    assert finding.code == C.DAMAGED_FILE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_doctype_is_refused_in_any_part(encoding: str) -> None:
    part = '<!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode(encoding)
    (finding,) = inspect(zipped({**parts_of({"B1": ""}), "docProps/app.xml": part})).findings
    assert finding.code == C.DAMAGED_FILE
    assert "DOCTYPE" in finding.message


@pytest.mark.parametrize(
    "second", ["xl/worksheets/sheet1.xml", "XL/Worksheets/Sheet1.XML", "xl\\worksheets\\sheet1.xml"]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_is_there_twice_is_refused(second: str) -> None:
    file = io.BytesIO(GOOD)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(second, "<worksheet/>")
    (finding,) = inspect(file.getvalue()).findings
    assert finding.code == C.DAMAGED_FILE
    assert "hai lần" in finding.message


def test_a_zip_bomb_is_refused_before_it_is_inflated() -> None:
    (finding,) = inspect(zipped({**parts_of({"B1": ""}), "xl/media/a.bin": b"\0" * (8 * guard.MIB)})).findings
    assert finding.code == C.TOO_LARGE
    assert "gấp hơn 100 lần" in finding.message


def test_the_limits_count_inflated_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "INFLATED_LIMIT", 600)
    (finding,) = inspect(GOOD).findings
    assert finding.code == C.TOO_LARGE


def test_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PARTS_LIMIT", 3)
    (finding,) = inspect(GOOD).findings
    assert (finding.code, "tối đa 3" in finding.message) == (C.TOO_LARGE, True)


def test_a_file_past_20_mib_is_refused_unread() -> None:
    (finding,) = inspect(b"PK\x03\x04".ljust(guard.FILE_LIMIT + 1, b"x")).findings
    assert finding.code == C.TOO_LARGE
