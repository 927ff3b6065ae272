"""A zip that can be read in one way only: its directory, its local headers and its bytes must tell the same.

Other readers take the directory at its word, or the local headers, or the last of two end records. Here a file in which
these differ is refused, so that nobody sees another workbook in it. What honest writers do passes: data descriptors,
zip64 fields, a comment, padding in extra fields.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.intake.refusal import Refusal, damaged, too_large
from schemas.catalogue import say
from schemas.finding import FindingCode

MIB = 1024 * 1024
RATIO_LIMIT = 100
RATIO_FROM = MIB
_CHUNK = 256 * 1024

_END = struct.Struct("<4s4H2LH")
"""Signature, two numbers of discs, entries here and in all, size and offset of the directory, length of the comment."""
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FIELD = struct.Struct("<2H")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_DESCRIBED = 0x0008
"""The sizes stand behind the content, in a data descriptor."""
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_STORED, _DEFLATED = 0, 8
_WHOLE = "tệp nén không đọc được trọn vẹn"
_AT_ODDS = "mục lục bên trong tệp không khớp với nội dung"
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Entry:
    """One part: its name as `xl/workbook.xml`, where its content begins, and how it is kept."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    deflated: bool


@dataclass(frozen=True, slots=True)
class _Listed:
    """An entry of the central directory."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int


def entries_of(content: bytes, limit: int) -> list[Entry]:
    """The parts of a zip, in the order of its directory; folders are left out.

    `limit`: how many there may be. Raises Refusal.
    """
    try:
        return _entries(content, limit)
    except struct.error as fault:
        raise damaged(_WHOLE) from fault


def inflated(content: bytes, entry: Entry, limit: int) -> bytes:
    """A part's content, of at most `limit` bytes, counted while it is inflated. Raises Refusal."""
    packed = memoryview(content)[entry.start : entry.start + entry.packed]
    if entry.deflated:
        part = _inflate(packed, limit)
    else:
        _within(len(packed), len(packed), limit)
        part = bytes(packed)
    if len(part) != entry.size or zlib.crc32(part) != entry.crc:
        raise damaged(_WHOLE)
    return part


def _inflate(packed: memoryview, limit: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    chunks: list[bytes] = []
    size = 0
    left: bytes | memoryview = packed
    try:
        while not inflater.eof:
            chunk = inflater.decompress(left, _CHUNK)
            left = inflater.unconsumed_tail
            if not chunk and not left:
                break
            size += len(chunk)
            _within(size, len(packed), limit)
            chunks.append(chunk)
    except zlib.error as fault:
        raise damaged(_WHOLE) from fault
    if not inflater.eof or inflater.unused_data:
        raise damaged(_WHOLE)
    return b"".join(chunks)


def _within(size: int, packed: int, limit: int) -> None:
    if size > limit:
        raise too_large(f"nội dung giải nén quá {limit // MIB} MiB")
    if size > RATIO_FROM and size > RATIO_LIMIT * max(packed, 1):
        raise too_large(f"nội dung giải nén gấp hơn {RATIO_LIMIT} lần")


def _entries(content: bytes, limit: int) -> list[Entry]:
    start, end, count = _directory(content)
    if count > limit:
        raise too_large(f"{count} phần bên trong, tối đa {limit}")
    listed = list(_listed(content, start, end))
    if len(listed) != count:
        raise damaged(_AT_ODDS)
    found: list[Entry] = []
    reached = 0
    by_place = sorted(range(count), key=lambda n: listed[n].header)
    placed: dict[int, int] = {}
    for n in by_place:
        if listed[n].header != reached:
            raise damaged(_AT_ODDS)
        placed[n], reached = _place(content, listed[n])
    if reached != start:
        raise damaged(_AT_ODDS)
    names: set[str] = set()
    for n, one in enumerate(listed):
        name = _name(one.raw_name)
        if name.endswith("/"):
            if one.size:
                raise damaged(_AT_ODDS)
            continue
        if name.lower() in names:
            raise damaged(f"phần {name.lower()} có hai lần")
        names.add(name.lower())
        found.append(Entry(name, placed[n], one.packed, one.size, one.crc, one.method == _DEFLATED))
    return found


def _directory(content: bytes) -> tuple[int, int, int]:
    """Where the central directory begins and ends, and how many entries it has."""
    at = content.rfind(b"PK\x05\x06")
    if at < 0:
        raise damaged(_WHOLE)
    _, disc, first, here, count, size, start, comment = _END.unpack_from(content, at)
    if at + _END.size + comment > len(content):
        raise damaged(_WHOLE)
    if at + _END.size + comment < len(content):
        raise damaged("có dữ liệu lạ nối vào cuối tệp")
    end = at
    if content[max(at - _LOCATOR.size, 0) : at].startswith(b"PK\x06\x07"):
        _, _, end, _ = _LOCATOR.unpack_from(content, at - _LOCATOR.size)
        sign, length, _, _, disc64, first64, here64, count64, size64, start64 = _END64.unpack_from(content, end)
        if sign != b"PK\x06\x06" or end + 12 + length != at - _LOCATOR.size or disc64 or first64:
            raise damaged(_AT_ODDS)
        disc, first = _same(disc, 0, _FULL16), _same(first, 0, _FULL16)
        here, count = _same(here, here64, _FULL16), _same(count, count64, _FULL16)
        size, start = _same(size, size64, _FULL32), _same(start, start64, _FULL32)
    if disc or first or here != count or start + size != end:
        raise damaged(_AT_ODDS)
    return start, end, count


def _same(short: int, long: int, full: int) -> int:
    """A number said twice: the short one must be the same, or say that it does not fit."""
    if short not in (long, full):
        raise damaged(_AT_ODDS)
    return long


def _listed(content: bytes, start: int, end: int) -> Iterator[_Listed]:
    at = start
    while at < end:
        sign, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, disc, _, _, header = (
            _CENTRAL.unpack_from(content, at)
        )
        name_at = at + _CENTRAL.size
        at = name_at + name + extra + comment
        if sign != b"PK\x01\x02" or at > end or disc not in (0, _FULL16):
            raise damaged(_AT_ODDS)
        raw_name = content[name_at : name_at + name]
        fields = content[name_at + name : name_at + name + extra]
        size, packed, header = _widened(fields, raw_name, (size, packed, header))
        yield _Listed(raw_name, flags, method, crc, packed, size, header)


def _widened(extra: bytes, raw_name: bytes, numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Sizes and place of an entry, those that say they do not fit taken from its zip64 field."""
    wide = b""
    at = 0
    while at + _FIELD.size <= len(extra):
        kind, length = _FIELD.unpack_from(extra, at)
        field = extra[at + _FIELD.size : at + _FIELD.size + length]
        if kind == _ZIP64:
            wide = field
        elif kind == _UNICODE_PATH and field[5:] != raw_name:
            raise damaged(_AT_ODDS)
        at += _FIELD.size + length
    taken = 0
    found = []
    for number in numbers:
        long = number == _FULL32 and bool(wide)
        found.append(struct.unpack_from("<Q", wide, taken)[0] if long else number)
        taken += 8 * long
    return tuple(found)


def _place(content: bytes, listed: _Listed) -> tuple[int, int]:
    """Where an entry's content begins, and where what belongs to it ends; its local header must say the same."""
    sign, _, flags, method, _, _, crc, packed, size, name, extra = _LOCAL.unpack_from(content, listed.header)
    name_at = listed.header + _LOCAL.size
    raw_name, fields = content[name_at : name_at + name], content[name_at + name : name_at + name + extra]
    if sign != b"PK\x03\x04" or raw_name != listed.raw_name:
        raise damaged(_AT_ODDS)
    if (flags | listed.flags) & _ENCRYPTED:
        raise Refusal(say(FindingCode.PASSWORD_PROTECTED))
    if listed.method not in (_STORED, _DEFLATED):
        raise damaged("dùng cách nén mà Excel không dùng")
    size, packed = _widened(fields, raw_name, (size, packed))
    said, meant = (crc, packed, size), (listed.crc, listed.packed, listed.size)
    described = bool(flags & _DESCRIBED)
    if method != listed.method or (said != meant and not (described and _left_open(said, meant))):
        raise damaged(_AT_ODDS)
    if listed.method == _STORED and listed.packed != listed.size:
        raise damaged(_AT_ODDS)
    begin = name_at + name + extra
    end = begin + listed.packed
    if end > len(content):
        raise damaged(_WHOLE)
    return begin, end + (_descriptor(content, end, meant) if described else 0)


def _left_open(said: tuple[int, ...], meant: tuple[int, ...]) -> bool:
    return all(one in (other, 0, _FULL32) for one, other in zip(said, meant, strict=True))


def _descriptor(content: bytes, at: int, meant: tuple[int, int, int]) -> int:
    """The length of the data descriptor at a place; 0 where there is none."""
    for form in ("<4s3L", "<4sL2Q", "<3L", "<L2Q"):
        length = struct.calcsize(form)
        if at + length > len(content):
            continue
        (*sign, crc, packed, size) = struct.unpack_from(form, content, at)
        if (crc, packed, size) == meant and sign in ([], [b"PK\x07\x08"]):
            return length
    return 0


def _name(raw: bytes) -> str:
    """An entry's name, `/` between its parts. Raises Refusal for one that leads out of the file, or is not UTF-8."""
    try:
        name = raw.decode("utf-8").replace("\\", "/")
    except UnicodeDecodeError as fault:
        raise damaged("tên một phần bên trong không phải UTF-8") from fault
    steps = name.removesuffix("/").split("/")
    if _DRIVE.match(name) or any(step in ("", ".", "..") for step in steps) or not name.isprintable():
        raise damaged("một phần bên trong có đường dẫn dẫn ra ngoài tệp")
    return name
