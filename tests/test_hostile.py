"""Whatever may lie in an inbox: refused by name with what to do about it, or read as it stands, never half read.

One section a kind of danger. What is refused by its bytes alone stands in `tests.hostile_files`.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import struct
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pipelines.clock import TIMEZONE
from pipelines.intake import Reading, read_files, read_one
from pipelines.intake.arrivals import Changing, Inbox, read_waiting
from pipelines.intake.opening import read_named
from pipelines.intake.plain_book import plain_book
from pipelines.intake.workbook import read_workbook
from pipelines.nightly import Outcome
from pipelines.published import status_json
from pipelines.store import Home
from pipelines.summing_up import outcome_lines
from schemas.catalogue import CATALOGUE
from schemas.finding import FindingCode
from schemas.submission import Arrival, ErrorCell, RawValue, RawWorkbook, UncachedFormula
from tests.cases import Sent
from tests.edits import Edit, edited
from tests.homes import MiniHome, mini_report, tonghop_here
from tests.hostile_files import (
    HOSTILE,
    Hostile,
    behind_sheet_data,
    changed,
    more_rows,
    unzipped,
    zipped,
)
from tests.nights import judged_alone
from tests.reports import KEY, content, plan_as_it_is

C = FindingCode
POSIX = sys.platform != "win32"
only_posix = pytest.mark.skipif(not POSIX, reason="no such files there")
HOI_NGHI, HOC_TAP = "B1 Hội nghị", "B2 Học tập"


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a right report, stamped."""
    folder = tmp_path_factory.mktemp("mau")
    return content(Sent(), folder, "ngay thẳng")


def arrival(made: bytes, name: str = "báo cáo.xlsx") -> Arrival:
    return Arrival(sha256(made).hexdigest(), datetime(2022, 5, 9, 22, 0, tzinfo=TIMEZONE), name, "")


def read(made: bytes) -> RawWorkbook:
    raw = read_workbook(made)
    assert isinstance(raw, RawWorkbook), raw.message
    return raw


def cells_of(made: bytes) -> Mapping[str, Mapping[tuple[int, int], RawValue]]:
    return {sheet.name: sheet.cells for sheet in read(made).sheets}


def first_sheet(made: bytes) -> Mapping[tuple[int, int], RawValue]:
    return read(made).sheets[0].cells


def found_in(honest: bytes, *edits: Edit) -> list[tuple[str | None, FindingCode]]:
    return [(f.cell, f.code) for f in judged_alone(edited(honest, edits)).findings]


def value_at(honest: bytes, content: str, attributes: str = "") -> RawValue | None:
    """What is read of one more cell in row 9000 of the first sheet."""
    made = more_rows(f'<row r="9000"><c r="B9000"{attributes}>{content}</c></row>')(honest)
    return first_sheet(made).get((9000, 2))


# --- Refused by their bytes alone: each kind by its name, with its remedy


_NEIGHBOURS = {kind.name for kind in HOSTILE[::12]}
"""The kinds behind which an honest report is read."""


@pytest.fixture(scope="module")
def refused(honest: bytes) -> Mapping[str, Reading]:
    """What is said of every hostile kind, the honest report among them now and then."""
    plan = plan_as_it_is()
    made = [file for kind in HOSTILE for file in ([kind.make(honest)], [honest])[: 1 + (kind.name in _NEIGHBOURS)]]
    files = [(content, arrival(content)) for (content,) in made]
    readings = read_files(files, {plan.id: plan}.get, KEY)
    neighbours = [reading for reading in readings if reading.submission is not None]
    assert len(neighbours) == len(_NEIGHBOURS), "a hostile file was taken, or a neighbour was not"
    assert all(not one.findings for one in neighbours)
    unusable = [reading for reading in readings if reading.submission is None]
    return dict(zip((kind.name for kind in HOSTILE), unusable, strict=True))


@pytest.mark.parametrize("kind", HOSTILE, ids=lambda kind: kind.name)
def test_a_hostile_file_is_refused_with_its_kind_and_a_remedy(kind: Hostile, refused: Mapping[str, Reading]) -> None:
    reading = refused[kind.name]
    assert reading.submission is None
    ((_, (finding,)),) = reading.refused
    assert finding.code in kind.codes, finding.message
    assert kind.says in finding.message
    assert finding.severity == "error"
    assert finding.message.endswith(CATALOGUE[finding.code].remedy)


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len({kind.name for kind in HOSTILE}) == len(HOSTILE) >= 100


def test_what_is_no_workbook_is_told_apart(refused: Mapping[str, Reading]) -> None:
    kinds: tuple[str, ...] = (
        "zero bytes",
        "NUL bytes",
        "HTML",
        "CSV",
        "PDF",
        "PNG",
        "old .xls",
        "password",
        ".xlsb",
        ".ods",
        ".docx",
    )
    kinds = (*kinds, ".pptx", "Excel 2003 XML", "cut in half", "over 20 MiB", "RAR", "a web page as one file", "XML")
    said = {refused[kind].refused[0][1][0].message for kind in kinds}
    assert len(said) == len(kinds)


# --- Nothing that is not blank is read as blank


@pytest.mark.parametrize(
    ("content", "attributes", "held"),
    [
        ("<f>1/0</f><v>#DIV/0!</v>", ' t="e"', ErrorCell("#DIV/0!")),
        ("<v>#REF!</v>", ' t="e"', ErrorCell("#REF!")),
        ("<f>x()</f><v>#SPILL!</v>", ' t="e"', ErrorCell("#SPILL!")),
        ("<v>#CHƯA!</v>", ' t="e"', ErrorCell("#CHƯA!")),
        ("<f>SUM(A1:A2)</f>", "", UncachedFormula("=SUM(A1:A2)")),
        ("<f>SUM(A1:A2)</f><v></v>", "", UncachedFormula("=SUM(A1:A2)")),
        ("<f>A1</f><v/>", ' t="n"', UncachedFormula("=A1")),
        ("<f>TRUE()</f><v>1</v>", ' t="b"', True),
        ("<f/><v>5</v>", "", 5.0),
        ('<f>IF(1,"","")</f><v></v>', ' t="str"', None),
        ("<v></v>", "", None),
        ("<is><t/></is>", ' t="inlineStr"', None),
    ],
)
def test_errors_and_formulas_without_a_result_are_no_blanks(
    honest: bytes, content: str, attributes: str, held: RawValue | None
) -> None:
    assert value_at(honest, content, attributes) == held


def test_the_error_that_fails_a_whole_sheet_elsewhere_is_one_cell_here(honest: bytes) -> None:
    assert found_in(honest, {"sheet": HOC_TAP, "type": {"D10": "=25"}}) == [("D10", C.UNCACHED_FORMULA)]
    assert found_in(honest, {"sheet": HOC_TAP, "type": {"D10": "#REF!"}}) == [("D10", C.ERROR_CELL)]
    spilt = edited(honest, [{"sheet": HOC_TAP, "type": {"D10": "#N/A"}}])
    parts = {name: part.replace(b"<v>#N/A</v>", b"<v>#SPILL!</v>") for name, part in unzipped(spilt).items()}
    judged = judged_alone(zipped(parts))
    assert [(f.cell, f.code, f.value) for f in judged.findings] == [("D10", C.ERROR_CELL, "#SPILL!")]


def test_words_that_look_like_a_strange_error_stay_words(honest: bytes) -> None:
    cells = (
        '<c r="A9000" t="e"><v>#SPILL!</v></c><c r="B9000" t="inlineStr"><is><t>#SPILL!</t></is></c>'
        '<c r="C9000" t="str"><v>#SPILL!</v></c><c r="D9000" t="e"><f>1</f><v>#CALC!</v></c>'
    )
    held = first_sheet(more_rows(f'<row r="9000">{cells}</row>')(honest))
    assert [held[9000, col] for col in (1, 2, 3, 4)] == [
        ErrorCell("#SPILL!"),
        "#SPILL!",
        "#SPILL!",
        ErrorCell("#CALC!"),
    ]


def test_as_long_a_text_as_a_cell_may_hold_is_read_whole(honest: bytes) -> None:
    longest = "ă" * 32_767
    assert value_at(honest, f"<is><t>{longest}</t></is>", ' t="inlineStr"') == longest


def test_a_tab_named_longer_than_excel_does_is_read(honest: bytes) -> None:
    long = "Trang tính do LibreOffice đặt tên dài hơn 31 ký tự"
    pattern = re.compile(rb'<sheet name="[^"]*"')
    renamed = changed("xl/workbook.xml", lambda part: pattern.sub(f'<sheet name="{long}"'.encode(), part, count=1))
    assert read(renamed(honest)).sheets[0].name == long


def test_a_check_of_a_long_text_prints_no_long_text(mini: MiniHome, tmp_path: Path, honest: bytes) -> None:
    path = tmp_path / "dài.xlsx"
    text = "".join(f"{n:x} " for n in range(200_000))
    path.write_bytes(more_rows(f'<row r="9000"><c r="A9000" t="inlineStr"><is><t>{text}</t></is></c></row>')(honest))
    said = tonghop_here(mini.home, "check", str(path), "--json")
    assert "TOO_LARGE" in said.stdout
    assert f"có {len(text)} ký tự, tối đa 32767" in said.stdout
    assert len(said.stdout) < 2_000


# --- What other readers drop: Strict workbooks, and a dimension that lies


def test_a_strict_workbook_reads_the_same(honest: bytes) -> None:
    strict = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
            b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        ),
    }
    parts = unzipped(honest)
    for old, new in strict.items():
        parts = {name: part.replace(old, new) for name, part in parts.items()}
    assert parts != unzipped(honest)
    assert cells_of(zipped(parts)) == cells_of(honest)


@pytest.mark.parametrize("said", ["A1", "A1:AMJ1048576", "A1:XFD1048576", "B7:C8"])
def test_a_dimension_is_not_believed(honest: bytes, said: str) -> None:
    def lie(part: bytes) -> bytes:
        return re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{said}"'.encode(), part)

    parts = unzipped(honest)
    told = {name: lie(part) if name.startswith("xl/worksheets/sheet") else part for name, part in parts.items()}
    assert told != parts
    assert cells_of(zipped(told)) == cells_of(honest)


# --- Zips as honest writers make them


def _streamed(content: bytes) -> bytes:
    """Written to a pipe, as web servers do: sizes stand behind the parts."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, part: Any) -> int:
            self.written += part
            return len(part)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in unzipped(content).items():
            archive.writestr(name, part)
    return bytes(pipe.written)


def _large(content: bytes) -> bytes:
    """Every part said in zip64, as writers do that do not know the size beforehand."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in unzipped(content).items():
            with archive.open(name, "w", force_zip64=True) as opened:
                opened.write(part)
    return file.getvalue()


def _large_end(content: bytes) -> bytes:
    """A zip64 directory that says what the short one says."""
    at = content.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<H2L", content, at + 10)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    return content[:at] + record + struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1) + content[at:]


def _padded(content: bytes) -> bytes:
    """Room to grow in the local headers, as Excel leaves it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in unzipped(content).items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.extra = struct.pack("<2H", 0xA220, 60) + bytes(60)
            archive.writestr(entry, part)
    return file.getvalue()


def _with_folders(content: bytes) -> bytes:
    return zipped({"xl/": b"", "xl/worksheets/": b"", **unzipped(content), "xl/media/": b""})


def _old_library(content: bytes) -> bytes:
    return zipped({name.replace("/", "\\"): part for name, part in unzipped(content).items()})


def _other_letters(content: bytes) -> bytes:
    return zipped({name.replace("xl/", "XL/"): part for name, part in unzipped(content).items()})


def _full_targets(content: bytes) -> bytes:
    def full(part: bytes) -> bytes:
        return re.sub(rb'Target="(worksheets/|styles|sharedStrings)', rb'Target="/xl/\1', part)

    return changed("xl/_rels/workbook.xml.rels", full)(content)


def _pictures(content: bytes) -> bytes:
    """Pictures that shrink to nothing count for little, and a part that is not well-formed is nobody's matter."""
    return zipped(
        unzipped(content) | {"xl/media/ảnh 1.png": bytes(900_000), "xl/drawings/vmlDrawing99.vml": b"<xml><br></xml>"}
    )


def _of_its_own_names(content: bytes) -> bytes:
    """Styles and strings under other names, which the relations tell."""
    parts = unzipped(content)
    for name in ("styles", "sharedStrings"):
        parts[f"xl/{name}2.xml"] = parts.pop(f"xl/{name}.xml")
    relations = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = re.sub(rb'(styles|sharedStrings)\.xml"', rb'\g<1>2.xml"', relations)
    return zipped(parts)


_HONEST: Sequence[Callable[[bytes], bytes]] = (
    _streamed,
    _large,
    _large_end,
    _padded,
    _with_folders,
    _old_library,
    _other_letters,
    _full_targets,
    _pictures,
    _of_its_own_names,
    lambda content: zipped(unzipped(content), zipfile.ZIP_STORED),
    lambda content: zipped(dict(reversed(unzipped(content).items()))),
    lambda content: content[:-2] + b"\x04\x00chao",
)


@pytest.mark.parametrize("writer", _HONEST)
def test_what_honest_writers_make_is_read(honest: bytes, writer: Callable[[bytes], bytes]) -> None:
    made = writer(zipped(unzipped(honest)))
    assert made != honest
    assert cells_of(made) == cells_of(honest)


# --- Far cells: only those that hold something count


def test_far_blank_cells_cost_nothing(honest: bytes) -> None:
    declared = '<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>'
    assert cells_of(more_rows(declared)(honest)) == cells_of(honest)


@pytest.mark.parametrize("address", ["A200001", "AMK9000", "ALL20000", "XFD1048576"])
def test_a_far_cell_that_holds_something_is_refused_by_its_place(honest: bytes, address: str) -> None:
    row = re.sub(r"\D", "", address)
    said = read_workbook(more_rows(f'<row r="{row}"><c r="{address}"><v>1</v></c></row>')(honest))
    assert not isinstance(said, RawWorkbook)
    assert said.code == C.TOO_LARGE
    assert f"dòng {row}" in said.message


# --- Two readings of one file: what has one reading passes


def test_a_workbook_whose_cells_refer_to_no_style_needs_none(honest: bytes) -> None:
    parts = {name: re.sub(rb'(<c [^>]*?) s="[0-9]+"', rb"\1", part) for name, part in unzipped(honest).items()}
    del parts["xl/styles.xml"]
    texts = {p: v for p, v in first_sheet(honest).items() if isinstance(v, str)}
    read_back = first_sheet(zipped(parts))
    assert {p: v for p, v in read_back.items() if isinstance(v, str)} == texts


def test_extensions_may_bear_the_names_of_the_workbooks_own_parts(honest: bytes) -> None:
    """As Excel writes them: another `workbookPr`, another `f` and `sqref`, rows and columns of a control's anchor."""
    of_book = b'<extLst><ext><x14:workbookPr xmlns:x14="u" defaultImageDpi="32767"/></ext></extLst></workbook>'
    counted = re.compile(rb"<workbookPr[^>]*/>")
    parts = unzipped(honest)
    parts["xl/workbook.xml"] = counted.sub(b'<workbookPr date1904="1"/>', parts["xl/workbook.xml"]).replace(
        b"</workbook>", of_book
    )
    assert read(zipped(parts)).epoch_1904
    anchor = (
        '<extLst><ext xmlns:xm="u" xmlns:xdr="w"><xm:f>B1</xm:f><xm:v>5</xm:v><xdr:row>9</xdr:row><xm:c r="A1"><xm:v>7'
        "</xm:v></xm:c><xm:sqref>A1</xm:sqref></ext></extLst>"
    )
    assert cells_of(behind_sheet_data(anchor)(honest)) == cells_of(honest)


def test_the_reader_behind_sees_only_what_was_looked_through() -> None:
    made = plain_book([b"<worksheet/>"], b"", b"<sst/>", epoch_1904=True)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.namelist() == [
            "[Content_Types].xml",
            "_rels/.rels",
            "xl/workbook.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/worksheets/sheet0.xml",
            "xl/sharedStrings.xml",
        ]
        assert b'date1904="1"' in archive.read("xl/workbook.xml")


# --- Values that are not what they look like


@pytest.mark.parametrize(
    ("number", "value"),
    [("1e309", float("inf")), ("-1E309", float("-inf")), ("1e-400", 0.0), ("0.1", 0.1), ("9007199254740993", 2.0**53)],
)
def test_numbers_come_as_they_are_written(honest: bytes, number: str, value: float) -> None:
    assert value_at(honest, f"<v>{number}</v>") == value


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({"number": {"D10": float("inf")}}, C.NOT_A_COUNT),
        ({"number": {"D10": float("nan")}}, C.NOT_A_COUNT),
        ({"type": {"D10": True}}, C.NOT_A_COUNT),
        ({"formula": {"D10": ["TRUE()", True]}}, C.NOT_A_COUNT),
        ({"type": {"D10": date(1900, 1, 25)}}, C.NOT_A_COUNT),
        ({"type": {"D10": -25}}, C.NOT_A_COUNT),
        ({"text": {"D10": "1e309"}}, C.NOT_A_COUNT),
    ],
)
def test_what_is_no_count_is_said_at_its_cell(honest: bytes, edit: Edit, code: FindingCode) -> None:
    assert ("D10", code) in found_in(honest, {"sheet": HOC_TAP, **edit})


@pytest.mark.parametrize("serial", [-1, -0.5, 0.5, 2958466, 1e300])
def test_a_serial_that_is_no_day_is_said_at_its_cell(honest: bytes, serial: float) -> None:
    """A negative one comes as a time of day, one past the year 9999 as a number."""
    day = next(p for p, v in cells_of(honest)[HOI_NGHI].items() if isinstance(v, date))
    address = f"{chr(64 + day[1])}{day[0]}"
    parts = unzipped(edited(honest, [{"sheet": HOI_NGHI, "type": {address: date(2022, 4, 11)}}]))
    parts = {name: re.sub(rb"<v>44662</v>", f"<v>{serial}</v>".encode(), part) for name, part in parts.items()}
    made = zipped(parts)
    assert isinstance(cells_of(made)[HOI_NGHI][day], time | float | timedelta | datetime)
    assert (address, C.NOT_A_DATE) in [(f.cell, f.code) for f in judged_alone(made).findings]


# --- What looks like data


def test_hidden_and_filtered_rows_are_read(honest: bytes) -> None:
    parts = {
        name: re.sub(rb'<row (r="1[0-9]")(?![^>]*hidden)', rb'<row hidden="1" \1', part)
        for name, part in unzipped(honest).items()
    }
    assert parts != unzipped(honest)
    assert cells_of(zipped(parts)) == cells_of(honest)


def test_a_totals_row_and_rows_below_the_table_are_said(honest: bytes) -> None:
    said = found_in(honest, {"sheet": HOC_TAP, "type": {"B30": "Cộng", "C30": 40.0}})
    assert said == [("B30", C.OUTSIDE_TABLE)]


def test_a_stray_space_far_below_is_nothing(honest: bytes) -> None:
    assert found_in(honest, {"sheet": HOC_TAP, "text": {"F900": " "}}) == []


def test_values_under_a_merge_are_not_lost(honest: bytes) -> None:
    sheet = {"sheet": HOC_TAP, "type": {"C30": 1.0, "D30": 2.0}}
    made = edited(honest, [sheet])
    part = next(n for n, p in unzipped(made).items() if b'r="D30"' in p and n.startswith("xl/worksheets/"))
    merged = changed(
        part,
        lambda xml: re.sub(
            rb"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="C30:D30"/></mergeCells>', xml
        ),
    )
    assert cells_of(merged(made))[HOC_TAP][30, 4] == 2.0


# --- Text in more than one spelling


def test_text_is_tidied_and_legacy_text_is_told_by_its_font(honest: bytes) -> None:
    loose = {"sheet": "B10 Khó khăn", "text": {"D10": "Ca\u0302\u0301p the\u0302m\u200b ta\u0300i lie\u0323\u0302u"}}
    assert found_in(honest, loose) == [("D10", C.TEXT_TIDIED)]
    typed = {"sheet": "B10 Khó khăn", "text": {"D10": "ThiÕu b¸o c¸o viªn"}}
    font = {"sheet": "B10 Khó khăn", "font": {"D10": ".VnTime"}}
    assert found_in(honest, typed, font) == [("D10", C.LEGACY_FONT)]
    assert found_in(honest, typed) == [("D10", C.LEGACY_SUSPECTED)]


# --- Things that are no files, and names that no keyboard writes


def _socket(path: Path) -> None:
    """A socket; its name would be too long below a test's folder."""
    with socket.socket(socket.AF_UNIX) as made, pytest.MonkeyPatch.context() as patch:
        patch.chdir(path.parent)
        made.bind(path.name)


@pytest.fixture
def crowded(mini: MiniHome, tmp_path: Path) -> MiniHome:
    """An inbox with two right reports among all that is none."""
    inbox = mini.home.inbox
    path = mini.drop(mini_report("HU"), "HU.xlsx")
    path.write_bytes(edited(path.read_bytes(), [{"sheet": "M1 Học tập", "number": {"A10": 1001}}]))
    long = "x" * 250 + ".xlsx"
    mini.drop(mini_report("DU"), "DU.xlsx").rename(inbox / long)
    shutil.copy(inbox / long, inbox / "cùng một tệp.xlsx")
    os.mkfifo(inbox / "fifo.xlsx")
    _socket(inbox / "socket.xlsx")
    secret = tmp_path / "secret"
    secret.mkdir()
    mini.drop(mini_report("CQ"), "CQ.xlsx").rename(secret / "CQ.xlsx")
    (inbox / "link.xlsx").symlink_to(secret / "CQ.xlsx")
    (inbox / "CQ").symlink_to(secret)
    (inbox / "nowhere.xlsx").symlink_to(secret / "none.xlsx")
    (inbox / "folder.xlsx").mkdir()
    for noise in ("~$HU.xlsx~", "._HU.xlsx", "Thumbs.db", ".~lock.none.xlsx#", "~$none.xlsx"):
        (inbox / noise).write_bytes(b"x")
    (inbox / "open.xlsx").write_bytes(b"<html>")
    (inbox / "~$open.xlsx").write_bytes(b"x")
    (inbox / "growing.xlsx").write_bytes((inbox / "HU.xlsx").read_bytes()[:2000])
    Path(os.fsdecode(os.fsencode(inbox) + b"/b\xe1o c\xe1o.xlsx")).write_bytes(b"%PDF-1.4")
    return mini


def _said(home: Home) -> dict[str, str]:
    """What the answers to files without a unit say, by the name of the file."""
    answers = home.outbox / "khong-doc-duoc"
    return {path.name: path.read_text(encoding="utf-8-sig") for path in answers.iterdir()}


@only_posix
def test_a_night_goes_on_among_things_that_are_no_files(crowded: MiniHome) -> None:
    outcome: Outcome = crowded.night("2022-05-05")
    states = {unit["code"]: unit["state"] for unit in status_json(outcome.results[0])["units"]}
    assert (states["HU"], states["DU"], states["CQ"]) == ("dung_han", "dung_han", "chua_den_han")
    assert outcome.identical == 1
    assert (outcome.verdicts["unusable"], outcome.not_taken_in) == (6, 5)
    lines = " ".join(outcome_lines(outcome))
    assert "1 không dùng được" in lines, "the things that are no files are counted apart"
    assert "5 mục trong inbox/ không nhận vào được nên vẫn nằm đó" in lines
    assert sorted(Path(path).name for path, _ in outcome.held) == ["growing.xlsx", "open.xlsx"]
    said = _said(crowded.home)
    for name, kind in {"fifo": "ống dẫn", "socket": "ống dẫn", "link": "lối tắt", "CQ": "lối tắt"}.items():
        (answer,) = (text for file, text in said.items() if f" {name} " in file)
        assert kind in answer
        assert "chép chính tệp Excel" in answer
    assert any("PDF" in text for text in said.values())
    waiting = {path.name for path in crowded.home.inbox.iterdir()}
    assert waiting >= {"fifo.xlsx", "socket.xlsx", "link.xlsx", "nowhere.xlsx", "CQ", "growing.xlsx", "open.xlsx"}
    assert not {"HU.xlsx", "cùng một tệp.xlsx", "x" * 250 + ".xlsx"} & waiting


@only_posix
def test_things_that_are_no_files_are_answered_once(crowded: MiniHome) -> None:
    """Even where their time lies ahead of the clock, as it does on the night of a day long past."""
    crowded.night("2022-05-05")
    answers = crowded.home.outbox / "khong-doc-duoc"
    before = {path.name: path.stat().st_mtime_ns for path in answers.iterdir()}
    again: Outcome = crowded.night("2022-05-06")
    assert again.not_taken_in == 5
    assert {path.name: path.stat().st_mtime_ns for path in answers.iterdir()} == before
    assert [path for path in again.published if path.parent == answers] == []


@only_posix
def test_a_folder_that_has_become_a_link_is_not_followed(mini: MiniHome, tmp_path: Path) -> None:
    path = mini.home.inbox / "HU" / "lần 2" / "a.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"own")
    ((file,), _) = Inbox(mini.home, datetime.now(TIMEZONE)).look()
    assert read_waiting(file) == b"own"
    path.parent.rename(tmp_path / "elsewhere")
    path.parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises((OSError, Changing)):
        read_waiting(file)


@only_posix
def test_a_check_waits_for_nothing(mini: MiniHome, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.xlsx")
    with pytest.raises(OSError, match="ống dẫn"):
        read_named(tmp_path / "fifo.xlsx", 10)
    with pytest.raises(OSError, match="ống dẫn"):
        read_named(Path("/dev/zero"), 10)
    said = tonghop_here(mini.home, "check", str(tmp_path / "fifo.xlsx"), str(tmp_path), "--json")
    assert said.stdout.count("NOT_A_FILE") == 2


def test_one_file_alone_is_read_as_among_others(honest: bytes) -> None:
    plan = plan_as_it_is()
    reading = read_one(honest, arrival(honest), {plan.id: plan}.get, KEY)
    assert reading.submission is not None
    assert (reading.findings, reading.refused) == ((), ())
