"""Letters, messages and the annex: what they say is what the consolidation says, and they say it the same tomorrow."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table
from lxml import etree

from pipelines.documents import reminder_files, reminder_names
from pipelines.documents.annex import annex, annex_digest, write_annex
from pipelines.documents.messages import LONGEST, group_message, messages, unit_message, write_messages
from pipelines.documents.official import Letterhead, OfficialDocument, letterhead, roman
from pipelines.documents.reminder import Reminder, letter, reminder_digest, reminders, write_reminder
from pipelines.documents.tables import TableColumn, TableRow
from pipelines.documents.wording import clauses, count, day, kept_together, listed, sound_text
from schemas.consolidation import Consolidation
from schemas.decisions import Basis, Contact, Decisions, Extension, IndicatorDeadline, NewDate, RoundDue
from schemas.finding import Finding, FindingCode
from schemas.results import (
    IndicatorTotal,
    ListedFinding,
    OrganisationIndicator,
    Source,
    UnitIndicator,
    UnitState,
    UnitStatus,
)
from tests.reports import plan_as_it_is

if TYPE_CHECKING:
    from collections.abc import Iterator

DUE = date(2022, 5, 10)
AS_OF = date(2022, 5, 20)
RECEIVED = datetime(2022, 5, 10, 22, 0, tzinfo=UTC) - timedelta(hours=7)
SENT = "bao-cao-710.xlsx"
HOSTILE = '<w:p/>{HYPERLINK "http://x"}\x00\x0b\ud800 & =1+1 \u202e'
BASIS = Basis("12-QĐ/BTGTU", "lý do")


def province(*, as_of: date = AS_OF, **said: Any) -> Consolidation:
    """Gò Dầu overdue with a returned report, the veterans with nothing; everybody else in time. `said`: replaced."""
    plan = plan_as_it_is()
    units = tuple(status(u.code, "dung_han") for u in plan.reporting_units)
    whole = Consolidation(plan, plan.round("ket_qua"), as_of, units, (), (), (), (), (), ())
    return having(whole, status("710", "qua_han", sent=True), status("DD-CCB", "qua_han"), **said)


def having(result: Consolidation, *changed: UnitStatus, **said: Any) -> Consolidation:
    """The same with other states of some units; what they sent and its findings follow."""
    by_code = {u.unit.code: u for u in changed}
    units = tuple(by_code.get(u.unit.code, u) for u in result.units)
    sent = [u for u in units if u.first_submitted_at and u.accepted_at is None]
    return replace(
        result,
        units=units,
        sources=tuple(source(u) for u in sent),
        findings=tuple(f for u in sent for f in errors(u)),
        **said,
    )


def status(code: str, state: UnitState, *, sent: bool = False, **more: Any) -> UnitStatus:
    plan = plan_as_it_is()
    unit = plan.unit(code)
    accepted = RECEIVED if state == "dung_han" else None
    days = (AS_OF - DUE).days if state == "qua_han" else 0
    first = RECEIVED if sent or accepted else None
    number = 2 if sent else 0
    known: dict[str, Any] = {"original_due": DUE, "errors": number, "note": ""}
    return UnitStatus(
        unit, plan.group(unit), state, DUE, first, accepted, 0, days, None, None, warnings=0, **known | more
    )


def source(status: UnitStatus, **more: Any) -> Source:
    given: dict[str, Any] = {"withdrawn": None}
    return Source(
        status.unit, "0" * 64, SENT, status.unit.code, RECEIVED, "rejected", 1, False, "", "v", "v", **given | more
    )


def errors(status: UnitStatus) -> Iterator[ListedFinding]:
    for number in range(status.errors):
        tab = ("B1 Hội nghị", "B2 Học tập")[number % 2]
        finding = Finding(FindingCode.NOT_A_COUNT, "error", "…", None, tab, f"D{number}")
        yield ListedFinding(status.unit, 1, SENT, False, "", finding)


def the(result: Consolidation, code: str) -> Reminder:
    return next(r for r in reminders(result) if r.unit.code == code)


def read(path: Path) -> list[str]:
    """Every line of a document, tables row by row (cells parted by ` | `), with plain spaces."""
    document = docx.Document(str(path))
    lines = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += [" | ".join({cell._tc: cell.text for cell in row.cells}.values()) for row in block.rows]
        else:
            lines.append(block.text)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines if line.strip()]


def written(result: Consolidation, code: str, folder: Path) -> str:
    path = folder / "cong-van.docx"
    write_reminder(the(result, code), result, path)
    return "\n".join(read(path))


def dates(text: str) -> set[str]:
    return set(re.findall(r"\d{1,2}/\d{1,2}/\d{4}", text))


# letters


def test_a_letter_to_a_unit_that_sent_nothing(tmp_path: Path) -> None:
    text = written(province(), "DD-CCB", tmp_path)
    lines = text.splitlines()
    assert lines[0] == "TỈNH UỶ TÂY NINH | ĐẢNG CỘNG SẢN VIỆT NAM"
    assert lines[1:3] == ["BAN TUYÊN GIÁO", "* | "]
    assert "Số ……-CV/…… | Tây Ninh, ngày …… tháng …… năm 2022" in lines
    assert "Kính gửi: Đảng đoàn Hội Cựu chiến binh tỉnh" in lines
    assert "Kế hoạch số 70-KH/TU, ngày 06/04/2022 của Tỉnh uỷ Tây Ninh" in text
    assert "gửi báo cáo kết quả học tập, tổ chức thực hiện về Ban Tuyên giáo Tỉnh uỷ chậm nhất ngày 10/05/2022" in text
    assert "(mục III.1)" in text
    assert "chưa nhận được báo cáo của Đảng đoàn Hội Cựu chiến binh tỉnh" in text
    assert "trước ngày …… tháng …… năm 2022." in text
    assert "LÃNH ĐẠO BAN TUYÊN GIÁO" in text
    assert "- Lưu Ban Tuyên giáo Tỉnh uỷ." in text
    assert dates(text) == {"06/04/2022", "10/05/2022"}, "no date but the plan's"


def test_a_letter_about_a_returned_report(tmp_path: Path) -> None:
    text = written(province(), "710", tmp_path)
    assert "vì bản gần nhất nhận ngày 10/05/2022 còn 2 lỗi ở trang “B1 Hội nghị” và trang “B2 Học tập”" in text
    assert "thư mục “tra-lai/710”" in text
    assert "sửa các lỗi đã nêu và gửi lại báo cáo" in text
    assert dates(text) == {"06/04/2022", "10/05/2022"}


def test_a_letter_about_missing_parts(tmp_path: Path) -> None:
    missing = status("710", "qua_han", sent=True, missing=("hoc_tap", "kho_khan"), errors=0)
    text = written(having(province(), missing), "710", tmp_path)
    assert (
        "mới nhận được một phần báo cáo của Huyện uỷ Gò Dầu; còn thiếu biểu “B2 Học tập” và biểu “B10 Khó khăn”" in text
    )
    assert "lỗi" not in text
    both = status("710", "qua_han", sent=True, missing=("hoc_tap",), errors=1)
    text = written(having(province(), both), "710", tmp_path)
    assert "còn thiếu biểu “B2 Học tập”. Phần gửi gần nhất nhận ngày 10/05/2022 còn 1 lỗi ở trang “B1 Hội nghị”" in text


def test_a_letter_about_a_withdrawn_report(tmp_path: Path) -> None:
    result = province()
    gone = replace(result.sources[0], withdrawn="nộp nhầm tệp")
    text = written(replace(result, sources=(gone,)), "710", tmp_path)
    assert "Báo cáo đã gửi của Huyện uỷ Gò Dầu đã được rút lại (nộp nhầm tệp)" in text
    assert "gửi báo cáo thay thế" in text


def test_errors_are_those_of_the_newest_version() -> None:
    result = province()
    newer = replace(result.sources[0], version=2)
    finding = replace(result.findings[0], version=2)
    result = replace(result, sources=(*result.sources, newer), findings=(*result.findings, finding))
    assert the(result, "710").errors_on == ("B1 Hội nghị",)


def test_a_file_whose_findings_name_no_sheet(tmp_path: Path) -> None:
    text = written(replace(province(), findings=()), "710", tmp_path)
    assert "còn 2 lỗi; tệp đã đánh dấu" in text


def test_every_overdue_unit_and_no_other_gets_a_reminder() -> None:
    states: tuple[UnitState, ...] = ("dung_han", "tre_han", "qua_han", "loi", "chua_den_han", "mien")
    plan = plan_as_it_is()
    mixed = [status(u.code, states[n % 6]) for n, u in enumerate(plan.reporting_units)]
    result = having(province(), *mixed)
    assert [r.unit.code for r in reminders(result)] == [u.unit.code for u in mixed if u.state == "qua_han"]


NEW_DATE = NewDate("ket_qua", date(2022, 5, 25), BASIS)


def test_the_new_date_is_the_offices_or_dots(tmp_path: Path) -> None:
    decided = province(decisions=Decisions(new_dates=(NEW_DATE,)))
    text = written(decided, "710", tmp_path)
    assert "chậm nhất ngày 25/05/2022." in text
    assert "trước ngày" not in text
    other_round = province(decisions=Decisions(new_dates=(replace(NEW_DATE, round="cuoi_nam"),)))
    assert "trước ngày ……" in written(other_round, "710", tmp_path)


def test_a_new_date_that_has_passed_is_said_to_have_passed(tmp_path: Path) -> None:
    decisions = Decisions(new_dates=(NEW_DATE,))
    on_that_day = written(province(as_of=NEW_DATE.by, decisions=decisions), "710", tmp_path)
    assert "chậm nhất ngày 25/05/2022." in on_that_day
    after = written(province(as_of=NEW_DATE.by + timedelta(days=1), decisions=decisions), "710", tmp_path)
    assert "Thời hạn nộp bù (ngày 25/05/2022) cũng đã qua." in after
    assert "trước ngày …… tháng …… năm 2022" in after
    later = province(as_of=NEW_DATE.by + timedelta(days=30), decisions=decisions)
    assert written(later, "710", tmp_path) == after


def test_a_new_date_before_the_units_own_due_date_is_not_asked_for(tmp_path: Path) -> None:
    extension = Extension("710", "ket_qua", date(2022, 5, 26), BASIS)
    extended = replace(status("710", "qua_han", sent=True), due=extension.due, extension=extension)
    decisions = Decisions(new_dates=(NEW_DATE,), extensions=(extension,))
    result = having(province(as_of=date(2022, 5, 27), decisions=decisions), extended)
    text = written(result, "710", tmp_path)
    assert "Riêng Huyện uỷ Gò Dầu được gia hạn đến hết ngày 26/05/2022 theo 12-QĐ/BTGTU." in text
    assert "chậm nhất ngày 10/05/2022 (mục III.1)" in text
    assert "25/05/2022" not in text


def test_a_due_date_the_plan_left_open_names_the_offices_document(tmp_path: Path) -> None:
    result = province(decisions=Decisions(round_dues=(RoundDue("ket_qua", DUE, BASIS),)))
    assert "chậm nhất ngày 10/05/2022 (theo 12-QĐ/BTGTU)" in written(result, "710", tmp_path)


def test_contacts_are_named_where_they_are_known(tmp_path: Path) -> None:
    contacts = (
        Contact("710", "Văn phòng Huyện uỷ", "0276 000 001", ""),
        Contact("CQ-BTG", "Phòng Tổng hợp", "0276 000 002", ""),
    )
    result = province(decisions=Decisions(contacts=contacts))
    text = written(result, "710", tmp_path)
    assert "Kính gửi: Huyện uỷ Gò Dầu (qua Văn phòng Huyện uỷ)" in text
    assert "xin liên hệ Ban Tuyên giáo Tỉnh uỷ, điện thoại 0276 000 002." in text
    assert "điện thoại" not in written(province(), "710", tmp_path)


def test_the_office_does_not_write_to_itself_as_to_a_stranger(tmp_path: Path) -> None:
    text = written(having(province(), status("CQ-BTG", "qua_han")), "CQ-BTG", tmp_path)
    assert "Kính gửi: Bộ phận được giao báo cáo của Ban Tuyên giáo Tỉnh uỷ" in text
    assert "đề nghị Ban Tuyên giáo Tỉnh uỷ" not in text


def test_a_letter_says_the_same_on_any_later_day_of_the_year() -> None:
    days = [AS_OF + timedelta(days=n) for n in (0, 1, 30, 200)]
    overdue = [replace(status("710", "qua_han", sent=True), days_overdue=(d - DUE).days) for d in days]
    results = [having(province(as_of=d), u) for d, u in zip(days, overdue, strict=True)]
    assert len({reminder_digest(the(r, "710"), r) for r in results}) == 1
    assert not any(re.search(r"\d ngày\b", p) for r in results for p in letter(the(r, "710"), r).paragraphs)


@pytest.mark.parametrize(
    "changed",
    [
        having(province(), status("710", "qua_han", sent=True, errors=3)),
        having(province(), status("710", "qua_han")),
        province(decisions=Decisions(new_dates=(NEW_DATE,))),
        province(decisions=Decisions(contacts=(Contact("710", "Văn phòng", "", ""),))),
    ],
    ids=["errors", "nothing", "new date", "contact"],
)
def test_a_letter_is_another_where_it_says_something_else(changed: Consolidation) -> None:
    before = province()
    assert reminder_digest(the(changed, "710"), changed) != reminder_digest(the(before, "710"), before)
    if not changed.decisions.new_dates:
        same = reminder_digest(the(changed, "DD-CCB"), changed)
        assert same == reminder_digest(the(before, "DD-CCB"), before), "the other units' letters stay"


def test_the_same_letter_has_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = province()
    files = [tmp_path / "1.docx", tmp_path / "2.docx"]
    for path, clock in zip(files, (1_650_000_000, 1_660_000_000), strict=True):
        monkeypatch.setattr("time.time", lambda clock=clock: float(clock))
        write_reminder(the(result, "710"), result, path)
    assert files[0].read_bytes() == files[1].read_bytes()
    with zipfile.ZipFile(files[0]) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_looks_like_markup_stays_text(tmp_path: Path) -> None:
    result = province()
    unit = replace(result.plan.unit("710"), name=HOSTILE)
    result = having(result, replace(status("710", "qua_han", sent=True), unit=unit))
    path = tmp_path / "cong-van.docx"
    write_reminder(the(result, "710"), result, path)
    assert 'Kính gửi: <w:p/>{HYPERLINK "http://x"} & =1+1' in read(path)
    with zipfile.ZipFile(path) as parts:
        body = parts.read("word/document.xml")
        links = parts.read("word/_rels/document.xml.rels")
    assert b"hyperlink" not in body + links
    assert b"fldChar" not in body
    assert b"External" not in links
    write_annex(result, path)
    assert any("{HYPERLINK" in line for line in read(path))


# the layout


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("layout") / "mau.docx"
    document = OfficialDocument("Báo cáo mẫu", "Ban Tuyên giáo Tỉnh uỷ", AS_OF)
    document.head(letterhead(plan_as_it_is().settings, "BC", 2022))
    document.title("Báo cáo", "kết quả học tập")
    for text, level in (("Một", 1), ("Hai", 2), ("Ba", 3), ("Ba nữa", 3), ("Hai nữa", 2), ("Một nữa", 1), ("Hai", 2)):
        document.heading(text, level)  # type: ignore[arg-type]
    document.heading("Không đánh số", numbered=False)
    document.paragraph("Đạt 78,5 % theo Kế hoạch số 70-KH/TU.")
    columns = (TableColumn("STT", 1, "centre"), TableColumn("Đơn vị", 5), TableColumn("Số", 2, "right"))
    rows = [TableRow(["Huyện uỷ"], heading=True), (1, "Gò Dầu", 1234567), TableRow((None, DUE, 5), strong=True)]
    document.table(columns, rows)
    document.page_break(landscape=True)
    document.table(columns, [])
    document.paragraph("Hết.")
    document.signature(["Như trên", "Lưu"], "Lãnh đạo Ban")
    document.save(path)
    return docx.Document(str(path))


def test_the_page_is_as_party_offices_have_it(sample: Any) -> None:
    upright, lying = sample.sections
    assert (round(upright.page_width.cm, 1), round(upright.page_height.cm, 1)) == (21.0, 29.7)
    margins = (upright.top_margin, upright.bottom_margin, upright.left_margin, upright.right_margin)
    assert [round(m.cm, 1) for m in margins] == [2.0, 2.0, 3.0, 1.5]
    assert (lying.page_width, lying.page_height) == (upright.page_height, upright.page_width)
    assert upright.different_first_page_header_footer
    assert "PAGE" in upright.header._element.xml
    assert lying.header.is_linked_to_previous
    assert not lying.different_first_page_header_footer


def test_one_font_and_one_language(sample: Any) -> None:
    for fonts in sample.styles.element.iter(qn("w:rFonts")):
        assert {fonts.get(qn(f"w:{s}")) for s in ("ascii", "hAnsi", "cs", "eastAsia")} == {"Times New Roman"}
        assert len(fonts.attrib) == 4, "no font of a theme"
    languages = {lang.get(qn("w:val")) for lang in sample.styles.element.iter(qn("w:lang"))}
    assert languages == {"vi-VN"}
    assert sample.styles["Normal"].font.size == Pt(14)


def test_properties_say_who_and_nothing_of_the_machine(sample: Any) -> None:
    known = sample.core_properties
    assert (known.title, known.author, known.language) == ("Báo cáo mẫu", "Ban Tuyên giáo Tỉnh uỷ", "vi-VN")
    assert (known.created.date(), known.modified.date(), known.comments) == (AS_OF, AS_OF, "")
    names = {str(part.partname) for part in sample.part.package.iter_parts()}
    assert not any("thumbnail" in name or "Effects" in name for name in names)


def test_headings_are_numbered(sample: Any) -> None:
    headings = [p.text for p in sample.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [
        *("I. Một", "1. Hai", "1.1. Ba", "1.2. Ba nữa", "2. Hai nữa", "II. Một nữa", "1. Hai", "Không đánh số"),
    ]
    assert [roman(n) for n in (1, 4, 9, 14, 29)] == ["I", "IV", "IX", "XIV", "XXIX"]


def test_tables_repeat_their_head_and_keep_rows_whole(sample: Any) -> None:
    _, table, empty, _ = sample.tables
    assert [len(table.rows), len(empty.rows)] == [4, 1]
    for number, row in enumerate(table.rows):
        assert row._tr.trPr.find(qn("w:cantSplit")) is not None
        assert (row._tr.trPr.find(qn("w:tblHeader")) is not None) == (number == 0)
    assert [c.text for c in table.rows[2].cells] == ["1", "Gò Dầu", "1.234.567"]
    assert [c.text for c in table.rows[3].cells] == ["–", "10/05/2022", "5"]
    assert table.rows[2].cells[2].paragraphs[0].alignment == 2, "numbers stand on the right"
    for wide, section in ((table, sample.sections[0]), (empty, sample.sections[1])):
        room = section.page_width - section.left_margin - section.right_margin
        assert abs(sum(c.width for c in wide.columns) - room) < Cm(0.05)


def test_a_numbers_parts_stay_together(sample: Any) -> None:
    paragraph = next(p for p in sample.paragraphs if p.text.startswith("Đạt"))
    assert paragraph.text == "Đạt 78,5\N{NO-BREAK SPACE}% theo Kế hoạch số\N{NO-BREAK SPACE}70-KH/TU."
    assert paragraph._p.findall(".//" + qn("w:noBreakHyphen"))


def test_the_signature_is_never_alone_on_a_page(sample: Any) -> None:
    last = next(p for p in sample.paragraphs if p.text == "Hết.")
    assert last.paragraph_format.keep_with_next
    left, right = sample.tables[-1].rows[0].cells
    assert left.text == "Nơi nhận:\n- Như trên,\n- Lưu."
    assert right.text.startswith("LÃNH ĐẠO BAN\n(Ký, ghi rõ họ tên)")


ORDER = {
    "tcPr": ("tcW", "gridSpan", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "vAlign"),
    "pPr": ("pStyle", "keepNext", "keepLines", "widowControl", "spacing", "ind", "jc", "rPr", "sectPr"),
    "rPr": ("rStyle", "rFonts", "b", "bCs", "i", "iCs", "color", "sz", "szCs", "u", "lang"),
    "tblPr": ("tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook"),
}
"""As the standard (ECMA-376, part 1) orders the children that are used here; Word repairs files that do not."""


def test_the_xml_is_in_the_order_of_the_standard(sample: Any) -> None:
    for element in sample.element.iter():
        if isinstance(element, etree._Comment):
            continue
        order = ORDER.get(etree.QName(element).localname)
        if order:
            names = [etree.QName(child).localname for child in element]
            assert set(names) <= set(order)
            assert all(order.index(a) < order.index(b) for a, b in pairwise(names)), names


# messages


def test_messages_are_short_and_say_who_what_and_by_when(tmp_path: Path) -> None:
    decisions = Decisions(new_dates=(NEW_DATE,), contacts=(Contact("710", "Văn phòng", "0276 000 001", ""),))
    result = province(decisions=decisions)
    path = tmp_path / "tin-nhan.txt"
    write_messages(result, path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n") > 5
    text = content.decode("utf-8-sig").replace("\r\n", "\n")
    assert text == messages(result)
    assert "Gửi: Huyện uỷ Gò Dầu (710) – Văn phòng – 0276 000 001\nKính gửi Huyện uỷ Gò Dầu: " in text
    said = unit_message(the(result, "710"), result)
    assert "có hạn 10/05/2022; đến nay bản đã gửi còn 2 lỗi (B1 Hội nghị, B2 Học tập)" in said
    assert "chậm nhất ngày 25/05/2022" in said
    assert dates(text) == {"10/05/2022", "25/05/2022"}
    assert "……" not in text, "a message is sent as it is"


def test_a_message_is_never_longer_than_a_phone_takes() -> None:
    tabs = tuple(s.id for s in plan_as_it_is().sheets_of_round("ket_qua"))
    for name in ("Huyện uỷ Gò Dầu", "Đảng uỷ " * 60):
        unit = replace(plan_as_it_is().unit("710"), name=name)
        for owing in (
            replace(status("710", "qua_han", sent=True, missing=tabs), unit=unit),
            replace(status("710", "qua_han", sent=True, errors=12), unit=unit),
            replace(status("710", "qua_han"), unit=unit),
        ):
            result = having(province(), owing)
            said = unit_message(the(result, "710"), result)
            assert len(said) <= LONGEST
            assert "\n" not in said
            assert said.startswith("Kính gửi ")
            assert "trong thời gian sớm nhất" in said


def test_the_group_message_names_every_overdue_unit() -> None:
    result = province()
    said = group_message(reminders(result), result)
    assert "còn 2 đơn vị quá hạn" in said
    assert "Chưa gửi: Đảng đoàn Hội Cựu chiến binh tỉnh. Đã gửi, cần sửa hoặc bổ sung: Huyện uỷ Gò Dầu." in said
    assert "Không còn đơn vị nào quá hạn" in group_message((), result)


# the annex


def behind(result: Consolidation) -> Consolidation:
    plan = result.plan
    ct2 = next(i for i in plan.indicators if i.id == "CT2")
    ct8 = next(i for i in plan.indicators if i.id == "CT8")
    totals = tuple(
        IndicatorTotal(
            *(i.id, i.label, "rate", "", 1, 2, 0.5, 1.0, i.deadline, "qua_han", 3, 29, 29, None, 0),
        )
        for i in (ct2, ct8)
    )
    one, other = plan.organisations(plan.unit("705"))[:2]
    return replace(
        result,
        indicators=totals,
        by_unit=(
            UnitIndicator("705", "CT2", 1529, 2588, 1529 / 2588, "qua_han", 20),
            UnitIndicator("705", "CT8", 10, 11, 10 / 11, "qua_han", 1),
            UnitIndicator("DU-QS", "CT8", 0, 1, 0.0, "qua_han", 1),
            UnitIndicator("706", "CT8", 3, 3, 1.0, "hoan_thanh", 0),
        ),
        by_organisation=(
            OrganisationIndicator("705", one, "CT2", 500, 1500, 1 / 3),
            OrganisationIndicator("705", other, "CT2", 30, 30, 1.0),
            OrganisationIndicator("705", other, "CT8", 0, 1, 0.0),
            OrganisationIndicator("DU-QS", plan.unit("DU-QS"), "CT8", 0, 1, 0.0),
        ),
    )


def test_the_annex_lists_who_owes_and_what_is_behind(tmp_path: Path) -> None:
    extension = Extension("DD-CCB", "ket_qua", date(2022, 5, 16), BASIS)
    extended = replace(status("DD-CCB", "qua_han"), due=extension.due, extension=extension)
    result = behind(having(province(), status("710", "qua_han", sent=True), extended, status("711", "loi", sent=True)))
    path = tmp_path / "phu-luc.docx"
    write_annex(result, path)
    lines = read(path)
    assert "I. Đơn vị quá hạn hoặc có báo cáo bị trả lại: 3" in lines
    assert (
        "1 | Huyện uỷ Gò Dầu | Quá hạn | 10/05/2022 | – | 10/05/2022 | Bản đã gửi còn 2 lỗi (B1 Hội nghị, B2 Học tập)"
        in lines
    )
    assert (
        "2 | Đảng đoàn Hội Cựu chiến binh tỉnh | Quá hạn | 10/05/2022 | 16/05/2022 (12-QĐ/BTGTU) | – | Chưa gửi báo cáo"
        in lines
    )
    assert "3 | Huyện uỷ Bến Cầu | Có lỗi | 10/05/2022 | – | 10/05/2022 | Bản đã gửi còn 2 lỗi" in lines
    assert "II. Chỉ tiêu quá thời hạn của từng đơn vị: 3" in lines
    assert "CT2 – Đảng viên đã học tập Chuyên đề; thời hạn 30/04/2022; chỉ tiêu 100 %" in lines
    assert "1 | Huyện uỷ Tân Biên | 1.529 | 2.588 | 1.059 | 59,1 % | Đảng bộ thị trấn Tân Biên (1.000)" in lines
    assert "1 | Huyện uỷ Tân Biên | 10 | 11 | 1 | 90,9 % | Đảng bộ xã Tân Lập" in lines
    assert lines[-1] == "2 | Đảng uỷ Quân sự tỉnh | 0 | 1 | 1 | 0,0 % | –"
    text = "\n".join(lines)
    assert "20/05/2022" not in text, "the day of the run is not in it"
    assert "Kèm theo Công văn số ……-CV/……, ngày …… tháng …… năm 2022" in text
    assert round(docx.Document(str(path)).sections[0].page_width.cm, 1) == 29.7


def test_a_deadline_the_plan_left_open_names_the_offices_document() -> None:
    decided = Decisions(deadlines=(IndicatorDeadline("CT2", date(2022, 4, 30), BASIS),))
    said = annex(replace(behind(province()), decisions=decided))
    assert said.behind[0][0].endswith("; thời hạn 30/04/2022 theo 12-QĐ/BTGTU; chỉ tiêu 100 %")


def test_the_annex_says_the_same_tomorrow() -> None:
    today, tomorrow = behind(province()), behind(province(as_of=AS_OF + timedelta(days=1)))
    later = replace(tomorrow, by_unit=tuple(replace(i, days_overdue=i.days_overdue + 1) for i in tomorrow.by_unit))
    assert annex_digest(today) == annex_digest(later)
    fewer = replace(today, by_unit=today.by_unit[1:])
    assert annex_digest(today) != annex_digest(fewer)


def test_an_annex_with_one_empty_half_reads_well(tmp_path: Path) -> None:
    path = tmp_path / "phu-luc.docx"
    write_annex(province(), path)
    assert "Không có chỉ tiêu nào quá thời hạn riêng." in read(path)


# the folder


def test_the_folder_holds_a_letter_for_each_overdue_unit(tmp_path: Path) -> None:
    files = reminder_files(province())
    names = [f.name for f in files]
    assert names == ["cong-van-710.docx", "cong-van-DD-CCB.docx", "tin-nhan.txt", "phu-luc.docx"]
    assert set(names) <= reminder_names(plan_as_it_is())
    for file in files:
        file.write(tmp_path / file.name)
        assert (tmp_path / file.name).stat().st_size > 100
    assert len({f.digest for f in files}) == 4


def test_nobody_reported_and_everybody_did(tmp_path: Path) -> None:
    plan = plan_as_it_is()
    empty = having(province(), *(status(u.code, "qua_han") for u in plan.reporting_units))
    assert len(reminder_files(empty)) == 29 + 2
    write_annex(empty, tmp_path / "phu-luc.docx")
    assert len(docx.Document(str(tmp_path / "phu-luc.docx")).tables[0].rows) == 30
    for state in ("dung_han", "mien", "chua_den_han"):
        result = having(province(), *(status(u.code, state) for u in plan.reporting_units))
        assert reminder_files(result) == ()
    behind_only = behind(result)
    assert [f.name for f in reminder_files(behind_only)] == ["phu-luc.docx"]


# words


def test_words() -> None:
    assert [count(n) for n in (0, 999, 1234, 1234567)] == ["0", "999", "1.234", "1.234.567"]
    assert day(date(2022, 4, 6)) == "06/04/2022"
    assert [listed(n) for n in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == ["", "A", "A và B", "A, B và C"]
    assert [clauses(c) for c in ("", "III.1", "II.2;III.4")] == ["", "mục III.1", "mục II.2, III.4"]
    assert sound_text("a\tb\r\nc\x00\u200b\ufffe\ud800") == "a b c"
    assert kept_together("5 % của số 5") == "5\N{NO-BREAK SPACE}% của số 5"


@pytest.mark.parametrize(
    ("office", "superior", "alone"),
    [
        ("Ban Tuyên giáo Tỉnh uỷ", "Tỉnh uỷ Tây Ninh", "Ban Tuyên giáo"),
        ("Ban Tuyên giáo", "Tỉnh uỷ Tây Ninh", "Ban Tuyên giáo"),
        ("Văn phòng Tỉnh uỷ Tây Ninh", "Tỉnh uỷ Tây Ninh", "Văn phòng"),
        ("Tỉnh uỷ", "Tỉnh uỷ Tây Ninh", "Tỉnh uỷ"),
    ],
)
def test_the_office_stands_under_its_superior(office: str, superior: str, alone: str) -> None:
    assert replace(plan_as_it_is().settings, office=office, issuer=superior).office_alone == alone


def test_a_letterhead_leaves_number_and_day_to_a_person() -> None:
    head = Letterhead("Tỉnh uỷ Tây Ninh", "Ban Tuyên giáo", "Tây Ninh", "CV", 2022)
    assert (head.number, head.dated) == ("Số ……-CV/……", "Tây Ninh, ngày …… tháng …… năm 2022")
