"""Hostile files by name, each made from the bytes of an honest report, and what must be said of it.

Some are no workbooks at all, most are the report itself with one thing done to it that would let two readers see two
reports, or would cost its reader the memory or the time of everybody else.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schemas.finding import FindingCode

C = FindingCode
Parts = dict[str, bytes]

BOOK, RELATIONS, ROOT = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"
SHEET, STYLES, STRINGS = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MIB = 1024 * 1024


@dataclass(frozen=True)
class Hostile:
    """One kind. `make`: its bytes, from those of an honest report; `codes`: it must be refused with one of these.

    `says`: words of the sentence that tell this kind from the others.
    """

    name: str
    make: Callable[[bytes], bytes]
    codes: frozenset[FindingCode]
    says: str = ""


def unzipped(content: bytes) -> Parts:
    """The parts of an honest workbook by name, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def ole(*streams: str, size: int = 512) -> bytes:
    """An OLE container as far as its directory goes: one 128-byte entry a stream."""
    entries = b""
    for stream in streams:
        name = stream.encode("utf-16-le") + b"\0\0"
        entries += name.ljust(64, b"\0") + struct.pack("<H", len(name)) + bytes(62)
    return OLE.ljust(size, b"\0") + entries


def looping_ole(*streams: str) -> bytes:
    """An OLE container whose every sector leads to itself, the directory's and the table's too."""
    header = OLE + bytes(16) + struct.pack("<6H", 0x3E, 3, 0xFFFE, 9, 6, 0) + bytes(4)
    header += struct.pack("<9I", 0, 1, 1, 0, 0x1000, 1, 1, 1, 1)
    header += struct.pack("<109I", *([0] + [0xFFFFFFFF] * 108))
    table = b"".join(struct.pack("<I", n) for n in range(128))
    return header.ljust(512, b"\0") + table + ole(*streams)[512:].ljust(512, b"\0")


def _constant(made: bytes) -> Callable[[bytes], bytes]:
    return lambda _: made


def changed(part: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """The report with one part changed. Raises AssertionError where the change changes nothing."""

    def make(content: bytes) -> bytes:
        parts = unzipped(content)
        before = parts.get(part, b"")
        parts[part] = change(before)
        assert parts[part] != before, part
        return zipped(parts)

    return make


def added(**parts: bytes) -> Callable[[bytes], bytes]:
    """The report with parts more; `__` in a name stands for `/`, `_dot_` for a full stop."""
    named = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    return lambda content: zipped(unzipped(content) | named)


def without(pattern: str) -> Callable[[bytes], bytes]:
    """The report without the parts of that name."""

    def make(content: bytes) -> bytes:
        parts = unzipped(content)
        left = {name: part for name, part in parts.items() if not re.search(pattern, name)}
        assert len(left) < len(parts), pattern
        return zipped(left)

    return make


def more_rows(xml: str) -> Callable[[bytes], bytes]:
    """The report with rows more at the end of its first sheet."""
    return changed(SHEET, lambda part: part.replace(b"</sheetData>", xml.encode() + b"</sheetData>"))


def behind_sheet_data(xml: str) -> Callable[[bytes], bytes]:
    """The report with XML behind the cells of its first sheet."""
    return changed(SHEET, lambda part: part.replace(b"</sheetData>", b"</sheetData>" + xml.encode(), 1))


def _sub(pattern: bytes, by: bytes) -> Callable[[bytes], bytes]:
    return lambda part: re.sub(pattern, by, part, count=1)


def _no_head(part: bytes) -> str:
    return re.sub(r"\A\ufeff?<\?xml.*?\?>\s*", "", part.decode())


def in_encoding(encoding: str, *, bom: bytes = b"", said: str = "") -> Callable[[bytes], bytes]:
    """The report with its first sheet in another encoding, declared as `said` (`""`: as it is)."""

    def change(part: bytes) -> bytes:
        head = f'<?xml version="1.0" encoding="{said or encoding}"?>'
        return bom + (head + _no_head(part)).encode(encoding, "xmlcharrefreplace")

    return changed(SHEET, change)


def doctype(part: str, encoding: str = "utf-8") -> Callable[[bytes], bytes]:
    """The report with a DOCTYPE in that part, which is there afterwards even if it was not before."""

    def change(before: bytes) -> bytes:
        body = _no_head(before) if before else "<x/>"
        head = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding != "utf-8" else ""
        return f'{head}<!DOCTYPE x [<!ENTITY a "b">]>{body}'.encode(encoding)

    return changed(part, change)


def deep(name: str, levels: int = 100) -> str:
    """An element within itself, many times."""
    return f"<{name}>" * levels + f"</{name}>" * levels


# --- what is done to the zip itself ---------------------------------------------------------------------------------


def _twice(name: str) -> Callable[[bytes], bytes]:
    """The first sheet is there again, blank, under that name."""

    def make(content: bytes) -> bytes:
        file = io.BytesIO(content)
        with zipfile.ZipFile(file, "a") as archive:
            entry = zipfile.ZipInfo("q" * len(name))
            archive.writestr(entry, b"<worksheet/>")
        return file.getvalue().replace(b"q" * len(name), name.encode())

    return make


def _directory(content: bytes) -> tuple[int, int]:
    """Where the central directory begins and ends."""
    end = content.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<2L", content, end + 12)
    return start, start + size


def _entry(content: bytes, name: str) -> int:
    """Where a part's entry in the central directory begins."""
    start, end = _directory(content)
    at = start
    while at < end:
        lengths = struct.unpack_from("<3H", content, at + 28)
        if content[at + 46 : at + 46 + lengths[0]] == name.encode():
            return at
        at += 46 + sum(lengths)
    raise KeyError(name)


def _header(content: bytes, name: str) -> int:
    """Where a part's local header begins."""
    return int(struct.unpack_from("<L", content, _entry(content, name) + 42)[0])


def _poked(place: Callable[[bytes], int], form: str, value: int) -> Callable[[bytes], bytes]:
    """One number of the zip's own records overwritten."""

    def make(content: bytes) -> bytes:
        made = bytearray(zipped(unzipped(content)))
        struct.pack_into(form, made, place(bytes(made)), value)
        return bytes(made)

    return make


def _local(offset: int, name: str = SHEET) -> Callable[[bytes], int]:
    return lambda content: _header(content, name) + offset


def _central(offset: int, name: str = SHEET) -> Callable[[bytes], int]:
    return lambda content: _entry(content, name) + offset


def _end(offset: int) -> Callable[[bytes], int]:
    return lambda content: content.rindex(b"PK\x05\x06") + offset


def _other_local_name(content: bytes) -> bytes:
    made = zipped(unzipped(content))
    at = _header(made, SHEET) + 30
    return made[:at] + SHEET.replace("1", "9").encode() + made[at + len(SHEET) :]


def _encrypted(content: bytes) -> bytes:
    made = bytearray(zipped(unzipped(content)))
    for at in (_header(bytes(made), SHEET) + 6, _entry(bytes(made), SHEET) + 8):
        struct.pack_into("<H", made, at, 1)
    return bytes(made)


def _overlapping(content: bytes) -> bytes:
    """Two entries of the directory lead to one local header."""
    parts = unzipped(content)
    made = bytearray(zipped({**parts, "xl/worksheets/sheet1.xmm": parts[SHEET]}))
    at = _entry(bytes(made), "xl/worksheets/sheet1.xmm") + 42
    struct.pack_into("<L", made, at, _header(bytes(made), SHEET))
    return bytes(made)


def _two_directories(content: bytes) -> bytes:
    """Another workbook behind the report, its own directory and end and all: readers differ in which they take."""
    parts = unzipped(content)
    blank = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", parts[SHEET], flags=re.DOTALL)
    return zipped({**parts, SHEET: blank}) + content


def _end_in_comment(content: bytes) -> bytes:
    """The directory's end record again, in its own comment."""
    made = zipped(unzipped(content))
    end = made.rindex(b"PK\x05\x06")
    record = made[end:]
    return made[:-2] + struct.pack("<H", len(record)) + record


def _zip64(content: bytes) -> bytes:
    """A zip64 directory of its own, empty, that only some readers look at."""
    made = zipped(unzipped(content))
    end = made.rindex(b"PK\x05\x06")
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 0, 0, 0, end)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    return made[:end] + record + locator + made[end:]


def _many_parts(content: bytes) -> bytes:
    return zipped(unzipped(content) | {f"xl/media/{n}.png": b"" for n in range(2_100)}, zipfile.ZIP_STORED)


def _damaged_in_the_middle(content: bytes) -> bytes:
    made = zipped(unzipped(content))
    at = _header(made, SHEET) + 30 + len(SHEET) + 40
    return made[:at] + bytes(60) + made[at + 60 :]


def _wrong_checksum(content: bytes) -> bytes:
    made = bytearray(zipped(unzipped(content)))
    for at in (_header(bytes(made), SHEET) + 14, _entry(bytes(made), SHEET) + 16):
        struct.pack_into("<L", made, at, zlib.crc32(b"another"))
    return bytes(made)


def _named(name: str, raw: bytes) -> Callable[[bytes], bytes]:
    """The report with a part more of that name, which is then written as `raw` (of the same length)."""

    def make(content: bytes) -> bytes:
        made = zipped(unzipped(content) | {name: b"x"})
        return made.replace(name.encode(), raw)

    return make


# --- what is done to the workbook -----------------------------------------------------------------------------------


def _led_elsewhere(content: bytes) -> bytes:
    parts = unzipped(content)
    parts[ROOT] = parts[ROOT].replace(b"xl/workbook.xml", b"xl/another.xml")
    return zipped(parts | {"xl/another.xml": parts[BOOK]})


def _same_sheet_twice(part: bytes) -> bytes:
    targets = re.findall(rb'Target="([^"]*worksheets/[^"]*)"', part)
    return part.replace(targets[1], targets[0])


def _relation_ids_twice(part: bytes) -> bytes:
    (first, second) = re.findall(rb"<Relationship [^>]*worksheets/[^>]*>", part)[:2]
    ids = [re.search(rb' Id="([^"]*)"', one) for one in (first, second)]
    assert ids[0] is not None
    assert ids[1] is not None
    again = second.replace(b' Id="' + ids[1][1] + b'"', b' Id="' + ids[0][1] + b'"')
    return part.replace(b"</Relationships>", again + b"</Relationships>")


def _same_tab(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """The second tab is called like the first, changed."""

    def rename(part: bytes) -> bytes:
        first, second = re.findall(rb'<sheet [^>]*?name="([^"]*)"', part)[:2]
        return part.replace(b'name="' + second + b'"', b'name="' + change(first) + b'"')

    return changed(BOOK, rename)


def _swap_case(name: bytes) -> bytes:
    return name.decode().swapcase().encode()


def _many_sheets(content: bytes) -> bytes:
    parts = unzipped(content)
    listed = b"".join(b'<sheet name="Q%d" sheetId="%d" r:id="rQ%d"/>' % (n, 100 + n, n) for n in range(60))
    relations = b"".join(
        b'<Relationship Id="rQ%d" Target="worksheets/q%d.xml" Type="http://schemas.openxmlformats.org/officeDocument/'
        b'2006/relationships/worksheet"/>' % (n, n)
        for n in range(60)
    )
    parts[BOOK] = parts[BOOK].replace(b"</sheets>", listed + b"</sheets>")
    parts[RELATIONS] = parts[RELATIONS].replace(b"</Relationships>", relations + b"</Relationships>")
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
    return zipped(parts | {f"xl/worksheets/q{n}.xml": sheet for n in range(60)})


def _styled_out_of_range(part: bytes) -> bytes:
    return re.sub(rb'(<c r="[A-Z]+[0-9]+") s="[0-9]+"', rb'\1 s="64000"', part, count=1)


def _huge_text(content: bytes) -> bytes:
    """One cell of 60 MiB, in parts under every limit but the ratio."""
    return more_rows(f'<row r="9000"><c r="A9000" t="inlineStr"><is><t>{"a" * (60 * MIB)}</t></is></c></row>')(content)


def _row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(address: str, value: str = "1") -> str:
    return f'<c r="{address}"><v>{value}</v></c>'


def _in_row(content: str, attributes: str = "") -> Callable[[bytes], bytes]:
    """The report with one cell more in row 9000."""
    return more_rows(_row(9000, f'<c r="A9000"{attributes}>{content}</c>'))


_OTHER_CELLS = f"<sheetData>{_row(9000, _cell('A9000'))}</sheetData>"
_EPOCHS = b'<workbookPr date1904="1"/><workbookPr/>'
_TAB_OUTSIDE = b'</sheets><extLst><sheet name="Q" r:id="rId1"/></extLst>'


def _words(texts: str, kind: str = "inlineStr") -> str:
    return f'<c r="A9000" t="{kind}"><is>{texts}</is></c>'


_DAMAGED, _LARGE = frozenset({C.DAMAGED_FILE}), frozenset({C.TOO_LARGE})
_NO_BOOK, _OLD = frozenset({C.NOT_A_WORKBOOK}), frozenset({C.OLD_FORMAT})
_MERGES = "<mergeCells>" + "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 20_100)) + "</mergeCells>"
_ODS = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
_XML_2003 = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
)
_PARTS_OF_OLD_WORD = ole("Root Entry", "WordDocument")

_NO_WORKBOOKS = (
    Hostile("zero bytes", _constant(b""), frozenset({C.EMPTY_FILE}), "0 byte"),
    Hostile("NUL bytes", _constant(bytes(4096)), _DAMAGED, "byte 0"),
    Hostile("one blank", _constant(b" "), _NO_BOOK, "văn bản"),
    Hostile("HTML", _constant(b"<html><table><tr><td>8</td></tr></table></html>"), _NO_BOOK, "HTML"),
    Hostile("HTML with a BOM", _constant(b"\xef\xbb\xbf<!DOCTYPE html><html></html>"), _NO_BOOK, "HTML"),
    Hostile("CSV", _constant("Đơn vị;Số\n703;5\n".encode()), _NO_BOOK, "CSV"),
    Hostile("CSV in UTF-16", _constant("Đơn vị;Số\n703;5\n".encode("utf-16")), _NO_BOOK, "CSV"),
    Hostile("PDF", _constant(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"), _NO_BOOK, "PDF"),
    Hostile("PNG", _constant(b"\x89PNG\r\n\x1a\n" + bytes(64)), _NO_BOOK, "ảnh"),
    Hostile("JPEG", _constant(b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(64)), _NO_BOOK, "ảnh"),
    Hostile("RAR", _constant(b"Rar!\x1a\x07\x01\0" + bytes(64)), _NO_BOOK, "RAR"),
    Hostile("gzip", _constant(b"\x1f\x8b\x08" + bytes(64)), _NO_BOOK, "gzip"),
    Hostile("HTML in UTF-16", _constant("<html><body>8</body></html>".encode("utf-16")), _NO_BOOK, "HTML"),
    Hostile("a web page as one file", _constant(b"MIME-Version: 1.0\r\n\r\n<html></html>"), _NO_BOOK, "MHTML"),
    Hostile("XML", _constant(b'<?xml version="1.0"?><a/>'), _NO_BOOK, "XML"),
    Hostile("random bytes", _constant(bytes(range(1, 256)) * 4), _NO_BOOK, "không rõ loại"),
    Hostile("old .xls", _constant(ole("Root Entry", "Workbook")), _OLD, ".xls"),
    Hostile("very old .xls", _constant(b"\x09\x08\x10\0\0\x06\x05\0" + bytes(64)), _OLD, ".xls"),
    Hostile(".ppt", _constant(ole("Root Entry", "PowerPoint Document")), _NO_BOOK, "PowerPoint"),
    Hostile(".doc", _constant(_PARTS_OF_OLD_WORD), _NO_BOOK, "Word"),
    Hostile(
        "password",
        _constant(ole("Root Entry", "EncryptedPackage", "EncryptionInfo")),
        frozenset({C.PASSWORD_PROTECTED}),
        "mật khẩu",
    ),
    Hostile("looping OLE chain", _constant(looping_ole("Root Entry", "Workbook")), _OLD, ".xls"),
    Hostile(".xlsb", _constant(zipped({"xl/workbook.bin": b"x"})), _OLD, ".xlsb"),
    Hostile(".ods", _constant(zipped(_ODS)), _OLD, ".ods"),
    Hostile("Excel 2003 XML", _constant(_XML_2003), _OLD, "Excel 2003"),
    Hostile(".docx", _constant(zipped({"word/document.xml": b"<w/>"})), _NO_BOOK, "Word"),
    Hostile(".pptx", _constant(zipped({"ppt/presentation.xml": b"<p/>"})), _NO_BOOK, "PowerPoint"),
    Hostile("a zip of something else", _constant(zipped({"a.txt": b"x"})), _NO_BOOK, "ZIP"),
)

_ZIPS = (
    Hostile("cut in half", lambda made: made[: len(made) // 2], _DAMAGED, "chép chưa xong"),
    Hostile("cut at its end", lambda made: made[:-40], _DAMAGED, "chép chưa xong"),
    Hostile("its head lost", lambda made: made[200:], frozenset({C.DAMAGED_FILE, C.NOT_A_WORKBOOK})),
    Hostile("zeros in the middle", _damaged_in_the_middle, _DAMAGED, "trọn vẹn"),
    Hostile("a wrong checksum", _wrong_checksum, _DAMAGED, "trọn vẹn"),
    Hostile("over 20 MiB", lambda made: made.ljust(21 * MIB, b"\0"), _LARGE, "20 MiB"),
    Hostile("a part twice", _twice(SHEET), _DAMAGED, "hai lần"),
    Hostile("a part twice in capitals", _twice(SHEET.upper()), _DAMAGED, "hai lần"),
    Hostile("a part twice with backslashes", _twice(SHEET.replace("/", "\\")), _DAMAGED, "hai lần"),
    Hostile("a part twice with a slash in front", _twice("/" + SHEET), _DAMAGED),
    Hostile("a zip bomb", added(xl__media__a_dot_bin=bytes(8 * MIB)), _LARGE, "100 lần"),
    Hostile("a cell of 60 MiB", _huge_text, _LARGE, "100 lần"),
    Hostile("too many parts", _many_parts, _LARGE, "2000"),
    Hostile("two directories", _two_directories, _DAMAGED),
    Hostile("an end record in the comment", _end_in_comment, _DAMAGED),
    Hostile("data in front", lambda made: b"MZ" + bytes(510) + made, frozenset({C.NOT_A_WORKBOOK, C.DAMAGED_FILE})),
    Hostile("a zip in front", lambda made: zipped({"a.txt": b"x"}) + made, _DAMAGED),
    Hostile("data behind", lambda made: made + b"<html>" + bytes(64), _DAMAGED),
    Hostile("another name in the local header", _other_local_name, _DAMAGED),
    Hostile("another size in the directory", _poked(_central(24), "<L", 17), _DAMAGED),
    Hostile("another size in the local header", _poked(_local(22), "<L", 17), _DAMAGED),
    Hostile("another method in the local header", _poked(_local(8), "<H", 0), _DAMAGED),
    Hostile("a method nobody has", _poked(_central(10), "<H", 99), _DAMAGED),
    Hostile("bzip2", lambda made: zipped(unzipped(made), zipfile.ZIP_BZIP2), _DAMAGED, "nén"),
    Hostile("LZMA", lambda made: zipped(unzipped(made), zipfile.ZIP_LZMA), _DAMAGED, "nén"),
    Hostile("an encrypted part", _encrypted, frozenset({C.PASSWORD_PROTECTED, C.DAMAGED_FILE}), "mật khẩu"),
    Hostile("overlapping parts", _overlapping, _DAMAGED),
    Hostile("a false offset", _poked(_central(42), "<L", 3), _DAMAGED),
    Hostile("a false number of entries", _poked(_end(10), "<H", 3), _DAMAGED),
    Hostile("a zip64 directory beside", _zip64, _DAMAGED),
    Hostile("a name that leads out", added(**{"..__..__a_dot_xml": b"<x/>"}), _DAMAGED, "đường dẫn"),
    Hostile("an absolute name", _named("aetc/passwd", b"/etc/passwd"), _DAMAGED, "đường dẫn"),
    Hostile("a name with a drive", _named("Cx/a.xml", b"C:/a.xml"), _DAMAGED, "đường dẫn"),
    Hostile("a name that is not UTF-8", _named("xl/qqqq.xml", b"xl/\xff\xfe\xe1\xe2.xml"), _DAMAGED),
)

_XML = (
    Hostile("a DOCTYPE in a sheet", doctype(SHEET), _DAMAGED, "DOCTYPE"),
    Hostile("a DOCTYPE in a part nobody reads", doctype("docProps/more.xml"), _DAMAGED, "DOCTYPE"),
    Hostile("a DOCTYPE in a drawing", doctype("xl/drawings/vmlDrawing9.vml"), _DAMAGED, "DOCTYPE"),
    Hostile("a DOCTYPE in UTF-16", doctype("docProps/more.xml", "utf-16"), _DAMAGED),
    Hostile("a sheet in UTF-16", in_encoding("utf-16"), _DAMAGED, "mã"),
    Hostile("a sheet in windows-1252", in_encoding("windows-1252"), _DAMAGED, "mã"),
    Hostile("a sheet in windows-1258", in_encoding("cp1258", said="windows-1258"), _DAMAGED, "mã"),
    Hostile("a sheet in UTF-7", in_encoding("utf-7"), _DAMAGED, "mã"),
    Hostile("a sheet in EBCDIC", in_encoding("cp500"), _DAMAGED, "quy cách"),
    Hostile("UTF-8 that says it is Latin-1", in_encoding("utf-8", said="iso-8859-1"), _DAMAGED, "mã"),
    Hostile(
        "bytes that are not UTF-8", changed(SHEET, _sub(rb"</sheetData>", b"<!--\xff\xfe--></sheetData>")), _DAMAGED
    ),
    Hostile("XML that breaks off", changed(SHEET, lambda part: part[: len(part) // 2]), _DAMAGED, "quy cách"),
    Hostile("deep XML behind the cells", behind_sheet_data(deep("ext")), _DAMAGED, "64 lớp"),
    Hostile("deep cells", more_rows(_row(9000, deep("c"))), _DAMAGED),
    Hostile("deep rows", more_rows(deep("row")), _DAMAGED),
    Hostile("deep XML in a part nobody reads", added(docProps__more_dot_xml=deep("a").encode()), _DAMAGED, "64 lớp"),
    Hostile("deep XML in a drawing", added(xl__drawings__v_dot_vml=deep("a").encode()), _DAMAGED, "64 lớp"),
)

_BOOKS = (
    Hostile("no relations", without(r"workbook\.xml\.rels"), _DAMAGED),
    Hostile("a sheet whose part is gone", without(r"worksheets/sheet1\.xml"), _DAMAGED, "thiếu"),
    Hostile("no styles", without(r"styles\.xml"), _DAMAGED, "định dạng"),
    Hostile("a style that is not there", changed(SHEET, _styled_out_of_range), _DAMAGED, "định dạng"),
    Hostile("another main part", _led_elsewhere, _DAMAGED, "workbook.xml"),
    Hostile("two sheets led to one part", changed(RELATIONS, _same_sheet_twice), _DAMAGED),
    Hostile("a relation's id twice", changed(RELATIONS, _relation_ids_twice), _DAMAGED),
    Hostile(
        "a sheet that lies elsewhere",
        changed(RELATIONS, _sub(rb'Target="[^"]*worksheets/sheet1\.xml"', b'Target="../../a.xml"')),
        _DAMAGED,
    ),
    Hostile(
        "a sheet on the web",
        changed(
            RELATIONS,
            _sub(rb'Target="[^"]*worksheets/sheet1\.xml"', b'TargetMode="External" Target="http://example.invalid/a"'),
        ),
        _DAMAGED,
    ),
    Hostile("tabs that differ only in case", _same_tab(_swap_case), _DAMAGED, "trùng tên"),
    Hostile("tabs of one name", _same_tab(bytes), _DAMAGED, "trùng tên"),
    Hostile("too many sheets", _many_sheets, _LARGE, "50"),
    Hostile("a far cell", more_rows(_row(1048576, _cell("XFD1048576"))), _LARGE, "1048576"),
    Hostile("a cell twice", more_rows(_row(9000, _cell("A9000"), _cell("A9000", "2"))), _DAMAGED, "lặp"),
    Hostile("cells out of order", more_rows(_row(9000, _cell("B9000"), _cell("A9000"))), _DAMAGED, "thứ tự"),
    Hostile("a row twice", more_rows(_row(9000, _cell("A9000")) * 2), _DAMAGED, "lặp"),
    Hostile("a cell in another row", more_rows(_row(9000, _cell("A9001"))), _DAMAGED, "địa chỉ"),
    Hostile("an address that is none", more_rows(_row(9000, _cell("1A"))), _DAMAGED, "địa chỉ"),
    Hostile("a row of a billion", more_rows('<row r="4294967297"><c r="A4294967297"><v>1</v></c></row>'), _DAMAGED),
    Hostile("too many merged cells", behind_sheet_data(_MERGES), _LARGE, "ô gộp"),
    Hostile(
        "a kind of cell nobody knows", more_rows(_row(9000, '<c r="A9000" t="x"><v>1</v></c>')), _DAMAGED, "loại ô"
    ),
    Hostile("two texts in a cell", more_rows(_row(9000, _words("<t>5</t><t>6</t>"))), _DAMAGED, "bố cục lạ"),
    Hostile("a text in a text", more_rows(_row(9000, _words("<t>5<t>6</t></t>"))), _DAMAGED, "bố cục lạ"),
    Hostile("a text in a cell of numbers", more_rows(_row(9000, _words("<t>5</t>", kind="n"))), _DAMAGED, "bố cục lạ"),
    Hostile("a cell of another namespace", more_rows(_row(9000, '<q:c xmlns:q="urn:q" r="A9000"/>')), _DAMAGED),
    Hostile("a sheet of no namespace", changed(SHEET, _sub(rb' xmlns="[^"]*"', b"")), _DAMAGED, "không gian tên"),
    Hostile("a tab without a name", changed(BOOK, _sub(rb'<sheet name="[^"]*"', b'<sheet name=""')), _DAMAGED),
    Hostile("a text that is not there", more_rows(_row(9000, '<c r="A9000" t="s"><v>99999</v></c>')), _DAMAGED),
)

_LAID_OUT = (
    Hostile("a number in CDATA", _in_row("<v><![CDATA[12]]></v>"), _DAMAGED, "ký hiệu"),
    Hostile("a comment in a number", _in_row("<v>1<!-- -->2</v>"), _DAMAGED, "ký hiệu"),
    Hostile("an instruction in a number", _in_row("<v>1<?x?>2</v>"), _DAMAGED, "ký hiệu"),
    Hostile("a number as a reference", _in_row("<v>&#49;2</v>"), _DAMAGED, "ký hiệu"),
    Hostile("a text in CDATA", _in_row("<v>a<![CDATA[b]]></v>", ' t="str"'), _DAMAGED, "ký hiệu"),
    Hostile("a formula behind its result", _in_row("<v>12</v><f>6+6</f>"), _DAMAGED, "hai nội dung"),
    Hostile("two results", _in_row("<v>12</v><v>13</v>"), _DAMAGED, "hai nội dung"),
    Hostile("a number beside its text", _in_row("<is><t>a</t></is><v>13</v>", ' t="inlineStr"'), _DAMAGED, "hai"),
    Hostile("a number where text is said", _in_row("<v>13</v>", ' t="inlineStr"'), _DAMAGED, "hai cách đọc"),
    Hostile("an index with a blank", _in_row("<v> 1</v>", ' t="s"'), _DAMAGED, "trỏ đến"),
    Hostile("an index below nought", _in_row("<v>-1</v>", ' t="s"'), _DAMAGED, "trỏ đến"),
    Hostile("a kind nobody knows", _in_row("<v>1</v>", ' t="z"'), _DAMAGED, "loại ô"),
    Hostile("a cell with more in it", _in_row("<v>1</v><extLst/>"), _DAMAGED, "nội dung"),
    Hostile("a style as a reference", _in_row("<v>44000</v>", ' s="&#49;"'), _DAMAGED, "ký hiệu"),
    Hostile("a cell outside its row", more_rows('<c r="A9000"><v>1</v></c>'), _DAMAGED, "bố cục"),
    Hostile("a row in a row", more_rows(_row(9000, _row(9001, _cell("A9001")))), _DAMAGED, "bố cục"),
    Hostile("two lists of cells", behind_sheet_data(_OTHER_CELLS), _DAMAGED, "bố cục"),
    Hostile(
        "cells in front of the cells",
        changed(SHEET, _sub(rb"<sheetData>", f"<extLst>{_OTHER_CELLS}</extLst><sheetData>".encode())),
        _DAMAGED,
        "bố cục",
    ),
    Hostile(
        "two lists of styles",
        changed(STYLES, _sub(rb"<cellXfs", b'<extLst><cellXfs><xf numFmtId="0"/></cellXfs></extLst><cellXfs')),
        _DAMAGED,
        "bố cục",
    ),
    Hostile("a format as a reference", changed(STYLES, _sub(rb'numFmtId="', b'numFmtId="&#49;')), _DAMAGED, "ký hiệu"),
    Hostile(
        "strings within strings",
        changed(STRINGS, _sub(rb"<si>", b"<extLst><si><t>x</t></si></extLst><si>")),
        _DAMAGED,
        "bố cục",
    ),
    Hostile(
        "two workbooks in one package",
        changed(
            ROOT,
            _sub(
                rb"</Relationships>",
                b'<Relationship Id="q" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
                b'officeDocument" Target="xl/another.xml"/></Relationships>',
            ),
        ),
        _DAMAGED,
        "phần chính",
    ),
    Hostile("two days to count from", changed(BOOK, _sub(rb"<sheets>", _EPOCHS + b"<sheets>")), _DAMAGED, "tính ngày"),
    Hostile("a tab outside the list of tabs", changed(BOOK, _sub(rb"</sheets>", _TAB_OUTSIDE)), _DAMAGED),
)

_LONG = "ă" * 32_768
_LONG_STRING = f"<si><t>{_LONG}</t></si></sst>".encode()
_IN_A9000 = "ô A9000 của trang"


def _long_shared(content: bytes) -> bytes:
    """A text longer than a cell may hold among the shared strings, and a cell that holds it."""
    count = len(re.findall(rb"<si[ >/]", unzipped(content)[STRINGS]))
    listed = changed(STRINGS, _sub(rb"</sst>", _LONG_STRING))(content)
    return _in_row(f"<v>{count}</v>", ' t="s"')(listed)


_LONG_TEXTS = (
    Hostile("a text longer than a cell", more_rows(_row(9000, _words(f"<t>{_LONG}</t>"))), _LARGE, _IN_A9000),
    Hostile("a shared text longer than a cell", _long_shared, _LARGE, "có 32768 ký tự, tối đa 32767"),
    Hostile("a result longer than a cell", _in_row(f"<f>A1</f><v>{_LONG}</v>", ' t="str"'), _LARGE, _IN_A9000),
    Hostile("an error longer than a cell", _in_row(f"<v>#{_LONG}</v>", ' t="e"'), _LARGE, _IN_A9000),
    Hostile("a formula longer than a cell", _in_row(f"<f>{_LONG}</f>"), _LARGE, _IN_A9000),
    Hostile(
        "a tab's name as long as a letter",
        changed(BOOK, _sub(rb'<sheet name="[^"]*"', b'<sheet name="' + b"Q" * 256 + b'"')),
        _LARGE,
        "dài 256 ký tự, tối đa 255",
    ),
)

HOSTILE: tuple[Hostile, ...] = (*_NO_WORKBOOKS, *_ZIPS, *_XML, *_BOOKS, *_LAID_OUT, *_LONG_TEXTS)
"""Every kind that is refused by its bytes alone; none names a unit."""
