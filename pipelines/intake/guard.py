"""What a file is, told from its bytes alone, and the limits it must keep before anything else reads it.

Runs in the child process that reads the file: it inflates every part, counting the bytes, for headers lie.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.intake.package import MAIN_PART
from pipelines.intake.refusal import Refusal, damaged, too_large
from pipelines.intake.zip_parts import entries_of, inflated
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode

MIB = 1024 * 1024
FILE_LIMIT = 20 * MIB
PARTS_LIMIT = 2_000
PART_LIMIT = 100 * MIB
INFLATED_LIMIT = 200 * MIB

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
_MAGIC = (
    (b"%PDF", "tệp PDF"),
    (b"\x89PNG", "ảnh"),
    (b"\xff\xd8\xff", "ảnh"),
    (b"GIF8", "ảnh"),
    (b"BM", "ảnh"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7z"),
    (b"\x1f\x8b", "tệp nén gzip"),
    (b"{\\rtf", "văn bản RTF"),
    (b"MZ", "tệp chương trình"),
)
_KINDS = "[content_types].xml"
_SPREADSHEETS = (b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")
"""What a package says of the part that is its workbook, where that is not called as usual."""
_OLD_RECORDS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a file turned out to be: the faults that stop it, else its XML parts by lower-case name, inflated."""

    findings: tuple[Finding, ...] = ()
    parts: Mapping[str, bytes] = field(default_factory=dict)


def inspect(content: bytes) -> Inspected:
    """Tells a readable .xlsx/.xlsm from everything else. Either `findings` or `parts` is empty."""
    try:
        return Inspected(parts=_workbook_parts(content))
    except Refusal as refusal:
        return Inspected(findings=(refusal.finding,))


def _workbook_parts(content: bytes) -> dict[str, bytes]:
    if not content:
        raise Refusal(say(FindingCode.EMPTY_FILE))
    if len(content) > FILE_LIMIT:
        raise too_large(f"{len(content) / MIB:.0f} MiB, tối đa {FILE_LIMIT // MIB} MiB")
    if not content.startswith((ZIP, EMPTY_ZIP)):
        raise Refusal(_no_zip(content))
    parts = _inflated(content)
    if MAIN_PART not in parts and not any(kind in parts.get(_KINDS, b"") for kind in _SPREADSHEETS):
        raise Refusal(_other_zip(parts))
    for name, part in parts.items():
        if _has_doctype(part):
            raise damaged(f"phần {name} có khai báo DOCTYPE")
    return parts


def _no_zip(content: bytes) -> Finding:
    if content.startswith(OLE):
        return _ole(content)
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return say(FindingCode.NOT_A_WORKBOOK, detail=kind)
    head = _head(content)
    if b"%pdf-" in head[:1024]:
        return say(FindingCode.NOT_A_WORKBOOK, detail="tệp PDF")
    if not content.strip(b"\x00"):
        return say(FindingCode.DAMAGED_FILE, detail="chỉ toàn byte 0")
    if content.startswith(_OLD_RECORDS):
        return say(FindingCode.OLD_FORMAT, detail="Excel cũ (.xls)")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head or b"excel.sheet" in head:
        return say(FindingCode.OLD_FORMAT, detail="XML của Excel 2003")
    if head.startswith(b"mime-version:"):
        return say(FindingCode.NOT_A_WORKBOOK, detail="trang web lưu thành một tệp (MHTML)")
    if any(tag in head for tag in (b"<html", b"<!doctype html", b"<body")):
        return say(FindingCode.NOT_A_WORKBOOK, detail="trang HTML")
    if head.startswith(b"<?xml"):
        return say(FindingCode.NOT_A_WORKBOOK, detail="tệp XML")
    if b"<table" in head:
        return say(FindingCode.NOT_A_WORKBOOK, detail="trang HTML")
    return say(
        FindingCode.NOT_A_WORKBOOK,
        detail="văn bản hoặc CSV" if _is_text(content) else "dữ liệu không rõ loại",
    )


def _head(content: bytes) -> bytes:
    """How a text begins, in small letters; of UTF-16 as ASCII would have it."""
    head = content[:4096]
    for mark in (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"):
        if head.startswith(mark):
            head = head[len(mark) :].replace(b"\0", b"")
    return head.lstrip().lower()


def _is_text(content: bytes) -> bool:
    sample = content[:65536]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 9 or 13 < byte < 27 for byte in sample)


def _ole(content: bytes) -> Finding:
    if _has_stream(content, "EncryptionInfo") or _has_stream(content, "EncryptedPackage"):
        return say(FindingCode.PASSWORD_PROTECTED)
    if _has_stream(content, "Workbook") or _has_stream(content, "Book"):
        return say(FindingCode.OLD_FORMAT, detail="Excel 97–2003 (.xls)")
    if _has_stream(content, "WordDocument"):
        return say(FindingCode.NOT_A_WORKBOOK, detail="văn bản Word (.doc)")
    if _has_stream(content, "PowerPoint Document"):
        return say(FindingCode.NOT_A_WORKBOOK, detail="trình chiếu PowerPoint (.ppt)")
    return say(FindingCode.NOT_A_WORKBOOK, detail="tệp Office cũ không rõ loại")


def _has_stream(content: bytes, name: str) -> bool:
    """Whether an OLE directory entry (128 bytes) bears that name; no chain is followed, for it may loop."""
    wanted = name.encode("utf-16-le") + b"\0\0"
    at = content.find(wanted)
    while at >= 0:
        if at % 128 == 0 and content[at + 64 : at + 66] == struct.pack("<H", len(wanted)):
            return True
        at = content.find(wanted, at + 1)
    return False


def _other_zip(parts: Mapping[str, bytes]) -> Finding:
    if "xl/workbook.bin" in parts:
        return say(FindingCode.OLD_FORMAT, detail="nhị phân của Excel (.xlsb)")
    kind = parts.get("mimetype", b"")
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return say(FindingCode.OLD_FORMAT, detail="OpenDocument (.ods)")
    if "word/document.xml" in parts:
        return say(FindingCode.NOT_A_WORKBOOK, detail="văn bản Word")
    if "ppt/presentation.xml" in parts:
        return say(FindingCode.NOT_A_WORKBOOK, detail="trình chiếu PowerPoint")
    return say(FindingCode.NOT_A_WORKBOOK, detail="tệp OpenDocument" if kind else "tệp nén ZIP")


def _inflated(content: bytes) -> dict[str, bytes]:
    """All parts by lower-case name, inflated under the limits; pictures and other binaries count but are not kept."""
    parts: dict[str, bytes] = {}
    left = INFLATED_LIMIT
    for entry in entries_of(content, PARTS_LIMIT):
        part = inflated(content, entry, min(PART_LIMIT, left))
        left -= len(part)
        name = entry.name.lower()
        parts[name] = part if name == "mimetype" or _is_xml(name, part) else b""
    return parts


def _is_xml(name: str, part: bytes) -> bool:
    """Whether a part is XML: by its name, or whatever it is called by its first character (behind blanks or a BOM)."""
    return name.endswith((".xml", ".rels")) or part[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


def _has_doctype(part: bytes) -> bool:
    return b"<!DOCTYPE" in part or "<!DOCTYPE".encode("utf-16-le") in part or "<!DOCTYPE".encode("utf-16-be") in part
