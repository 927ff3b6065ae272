"""The answer to one submission: a receipt a clerk can print, or a note for a file that names no unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import xlsxwriter

from pipelines.clock import TIMEZONE, local_day
from pipelines.styles import WORKBOOK_OPTIONS, Styles, cell_text, row_pixels
from schemas.submission import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from schemas.finding import Finding
    from schemas.plan import Plan, Round, Unit
    from schemas.submission import Arrival, Verdict

_WIDTHS = (5, 9, 15, 8, 17, 48)
_LAST = len(_WIDTHS) - 1
_LABELS_TO = 2
"""The last column of the labels; values stand to the right of it."""
_VALUE_WIDTH = sum(_WIDTHS[_LABELS_TO + 1 :])
_ONE_LINE = 24
"""Pixels."""

VERDICT_WORDS: dict[Verdict, str] = {
    "accepted": "ĐƯỢC CHẤP NHẬN",
    "accepted_with_warnings": "CHẤP NHẬN, CÓ CẢNH BÁO",
    "rejected": "BỊ TRẢ LẠI",
    "unusable": "KHÔNG DÙNG ĐƯỢC",
}
NOT_COUNTED = "BẢN CŨ, KHÔNG ĐƯỢC TÍNH"
_OLD_STEP = (
    "Nếu muốn số liệu của tệp này được tính: mở tệp, sửa và lưu lại rồi gửi (tệp giống hệt bản cũ không tạo bản mới), "
    "hoặc đề nghị nơi nhận báo cáo rút bản đang được tính."
)
_NEXT_STEP: dict[Verdict, str] = {
    "accepted": "Không phải làm gì thêm. Nếu cần sửa số liệu, điền lại biểu mẫu và gửi tệp mới.",
    "accepted_with_warnings": "Đọc các cảnh báo dưới đây. Số liệu đúng thì không phải gửi lại; sai thì sửa, gửi lại.",
    "rejected": "Mở lại tệp đã gửi, sửa từng ô theo bảng dưới đây (trang “Kiểm tra” cũng chỉ rõ), lưu rồi gửi lại.",
    "unusable": "Điền vào đúng biểu mẫu đã được cấp cho đơn vị, lưu lại rồi gửi lại.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one submission is told. Everything here is settled when it arrived, so the receipt never changes.

    `version`: the number it was given, None where it makes none. `counting`: in a short sentence, which version counts
    now and why. `identical_to`: the earlier version whose very bytes these are. `due`: the last day on time, None
    where none is set. `counts`: whether this very version is the one that counts now.
    """

    plan: Plan
    round: Round
    unit: Unit
    arrival: Arrival
    verdict: Verdict
    version: int | None
    counting: str
    findings: tuple[Finding, ...]
    due: date | None
    identical_to: int | None
    counts: bool = True


def write_receipt(answer: Answer, path: Path) -> None:
    """Writes the receipt (PHIẾU TIẾP NHẬN), one sheet of A4 upright. The same answer gives the same bytes.

    Raises OSError where the file cannot be written.
    """
    workbook = xlsxwriter.Workbook(str(path), WORKBOOK_OPTIONS)
    workbook.set_properties(
        {
            "title": f"Phiếu tiếp nhận – {answer.unit.name}",
            "author": answer.plan.settings.office,
            "created": _local(answer.arrival.received_at).replace(tzinfo=None),
        }
    )
    styles = Styles(workbook)
    sheet = workbook.add_worksheet("Phiếu tiếp nhận")
    _print_setup(sheet)
    row = _heading(sheet, styles, answer)
    row = _particulars(sheet, styles, answer, row)
    _findings(sheet, styles, answer.findings, row + 1)
    try:
        workbook.close()
    except xlsxwriter.exceptions.FileCreateError as fault:
        raise OSError(f"không ghi được tệp {path}: {fault}") from fault


def unreadable_note(
    source_name: str, received_at: datetime, findings: Iterable[Finding], *, folder: str = "", archived: bool = True
) -> str:
    """The note for a file that names no unit: which file, when, why, what to do, and where the original is.

    `archived` False: it could not even be taken in, and lies in the inbox still.
    """
    kept = (
        "Tệp gốc vẫn được lưu giữ nguyên vẹn; không có số liệu nào bị thay đổi hay bị xoá."
        if archived
        else "Tệp vẫn nằm trong thư mục nộp, chưa được nhận vào; sửa xong thì thay hoặc xoá tệp đó."
    )
    reasons = [f"- {_one_line(f.message)}" for f in findings] or [
        "- Không xác định được tệp là báo cáo của đơn vị nào."
    ]
    return "\n".join(
        [
            "TỆP CHƯA TIẾP NHẬN ĐƯỢC",
            "",
            f"Tệp: {_one_line(source_name)}",
            f"Thư mục nộp: {_one_line(folder) or '(thư mục chung)'}",
            f"Thời điểm nhận: {_moment(received_at)}",
            "",
            "Vì sao, và cần làm gì:",
            *reasons,
            "",
            kept,
            "",
        ]
    )


def deadline_words(due: date | None, received_at: datetime) -> str:
    """The deadline, and how many days before or after it the file came (days of Asia/Ho_Chi_Minh)."""
    if due is None:
        return "Không ấn định hạn nộp"
    left = (due - local_day(received_at)).days
    if left > 0:
        return f"{due:%d/%m/%Y} (nhận trước hạn {left} ngày)"
    if left == 0:
        return f"{due:%d/%m/%Y} (nhận đúng ngày đến hạn)"
    return f"{due:%d/%m/%Y} (nhận sau hạn {-left} ngày)"


def _print_setup(sheet: Worksheet) -> None:
    sheet.set_paper(9)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.5, top=0.6, bottom=0.6)
    sheet.set_footer('&C&"Times New Roman,Regular"&9Trang &P/&N')
    sheet.hide_gridlines(2)
    for col, width in enumerate(_WIDTHS):
        sheet.set_column(col, col, width)


def _banner(answer: Answer, styles: Styles) -> tuple[str, Format, int]:
    """The verdict in big words; of a version that was acceptable once and does not count, just that."""
    if answer.verdict in ACCEPTED and not answer.counts:
        return NOT_COUNTED, styles.verdict_warn, 48
    colours: dict[Verdict, Format] = {
        "accepted": styles.verdict_good,
        "accepted_with_warnings": styles.verdict_warn,
    }
    return VERDICT_WORDS[answer.verdict], colours.get(answer.verdict, styles.verdict_bad), 48


def _heading(sheet: Worksheet, styles: Styles, answer: Answer) -> int:
    settings = answer.plan.settings
    lines = (
        (settings.issuer.upper(), styles.document_head_soft, 22),
        (settings.office.upper(), styles.document_head, 22),
        ("PHIẾU TIẾP NHẬN", styles.title, 40),
        (f"Kế hoạch số {settings.number}", styles.document_head_soft, 22),
        _banner(answer, styles),
    )
    for row, (text, style, pixels) in enumerate(lines):
        sheet.merge_range(row, 0, row, _LAST, _text(text), style)
        sheet.set_row_pixels(row, pixels)
    return len(lines) + 1


def _next_step(answer: Answer) -> str:
    return _OLD_STEP if answer.verdict in ACCEPTED and not answer.counts else _NEXT_STEP[answer.verdict]


def _particulars(sheet: Worksheet, styles: Styles, answer: Answer, row: int) -> int:
    arrival = answer.arrival
    version = "Không tạo phiên bản mới" if answer.version is None else f"Phiên bản {answer.version}"
    if answer.identical_to is not None:
        version = f"Không tạo phiên bản mới: tệp giống hệt phiên bản {answer.identical_to} đã nhận trước đó"
    particulars = (
        ("Đơn vị", f"{answer.unit.name} ({answer.unit.code})"),
        ("Kỳ báo cáo", answer.round.label),
        ("Tên tệp", arrival.source_name),
        ("Mã băm SHA-256", arrival.sha256),
        ("Thời điểm nhận", _moment(arrival.received_at)),
        ("Hạn nộp", deadline_words(answer.due, arrival.received_at)),
        ("Phiên bản", version),
        ("Số liệu đang được tính", answer.counting),
        ("Cần làm tiếp", _next_step(answer)),
    )
    for label, value in particulars:
        text = _text(value)
        sheet.merge_range(row, 0, row, _LABELS_TO, label, styles.total_label)
        sheet.merge_range(row, _LABELS_TO + 1, row, _LAST, "", styles.name)
        sheet.write_string(row, _LABELS_TO + 1, text, styles.name)
        sheet.set_row_pixels(row, row_pixels([(text, _VALUE_WIDTH)]) or _ONE_LINE)
        row += 1
    return row


def _findings(sheet: Worksheet, styles: Styles, findings: tuple[Finding, ...], row: int) -> None:
    errors = [f for f in findings if f.severity == "error"]
    warnings = [f for f in findings if f.severity == "warning"]
    if not findings:
        sheet.merge_range(row, 0, row, _LAST, "Không có lỗi, không có cảnh báo.", styles.subtitle_left)
        return
    sheet.merge_range(row, 0, row, _LAST, f"{len(errors)} lỗi phải sửa, {len(warnings)} cảnh báo", styles.subtitle_left)
    head = row + 1
    for col, title in enumerate(("STT", "Mức", "Trang", "Ô", "Giá trị", "Vấn đề và cách sửa")):
        sheet.write_string(head, col, title, styles.header)
    for number, finding in enumerate((*errors, *warnings), 1):
        row = head + number
        is_error = finding.severity == "error"
        sheet.write_number(row, 0, number, styles.text_centre)
        sheet.write_string(row, 1, "Lỗi" if is_error else "Cảnh báo", styles.bad if is_error else styles.warn)
        places = (finding.sheet, finding.cell, finding.value, finding.message)
        formats = (styles.text, styles.text_centre, styles.text, styles.name)
        for col, (text, style) in enumerate(zip(places, formats, strict=True), 2):
            sheet.write(row, col, _text(text), style)
        sheet.set_row_pixels(row, row_pixels(zip(places, _WIDTHS[2:], strict=True)) or _ONE_LINE)
    sheet.autofilter(head, 0, row, _LAST)
    sheet.repeat_rows(head)


def _text(text: str | None) -> str:
    return cell_text(text or "")


def _one_line(text: str) -> str:
    return " ".join(_text(text).split())


def _local(moment: datetime) -> datetime:
    return moment.astimezone(TIMEZONE)


def _moment(moment: datetime) -> str:
    return f"{_local(moment):%H:%M:%S ngày %d/%m/%Y}"
