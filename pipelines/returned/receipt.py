"""The receipt (PHIẾU TIẾP NHẬN): one printed page of A4 upright, for every file that names its unit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.clock import TIMEZONE
from pipelines.returned.answer import Answer, missing_words, next_deadline_words, next_step, version_words
from pipelines.returned.causes import Cause, by_cause, parted
from pipelines.returned.words import (
    NOT_COUNTED,
    VERDICT_WORDS,
    cut,
    deadline_words,
    inert,
    moment_words,
    number_words,
)
from pipelines.styles import WORKBOOK_OPTIONS, Styles, row_pixels
from schemas.finding import shown
from schemas.plan import NO, YES
from schemas.submission import Verdict

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from schemas.changes import CellChange, Value

_WIDTHS = (9.0, 16.0, 26.0, 10.0, 10.0, 15.5, 15.5)
_LAST = len(_WIDTHS) - 1
_LABELS_TO = 1
"""The last column of the labels; values stand to the right of it."""
_ONE_LINE = 24
_PAGE = 1_400
"""Pixels that still print readably on one page of A4: at seven tenths of their size."""
CAUSES, CHANGES = 12, 10
"""At most so many kinds of findings and so many changed cells are named."""
_PROBLEM_LIMIT, _TEXT_LIMIT = 118, 60


def write_receipt(answer: Answer, path: Path) -> None:
    """Writes the receipt. The same answer gives the same bytes. Raises OSError where the file cannot be written."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    workbook = Workbook(str(path), WORKBOOK_OPTIONS)
    workbook.set_properties(
        {
            "title": f"Phiếu tiếp nhận – {answer.unit.name}",
            "author": answer.plan.settings.office,
            "created": answer.arrival.received_at.astimezone(TIMEZONE).replace(tzinfo=None),
        }
    )
    _Receipt(workbook.add_worksheet("Phiếu tiếp nhận"), Styles(workbook), answer).write()
    try:
        workbook.close()
    except FileCreateError as fault:
        raise OSError(f"không ghi được tệp {path}: {fault}") from fault


class _Receipt:
    """The page being written, from top to bottom. Rows and columns are 0-based, as xlsxwriter counts them."""

    def __init__(self, sheet: Worksheet, styles: Styles, answer: Answer) -> None:
        self._sheet, self._styles, self._answer = sheet, styles, answer
        self._causes = by_cause(answer.plan, answer.findings)
        self._changes = answer.changes.cells if answer.changes else ()
        self._row = self._used = 0

    def write(self) -> None:
        self._setup()
        self._heading()
        self._particulars()
        causes, changes = self._room()
        self._findings(causes)
        self._changed(changes)
        self._sheet.print_area(0, 0, self._row, _LAST)

    def _setup(self) -> None:
        sheet = self._sheet
        sheet.set_paper(9)
        sheet.set_portrait()
        sheet.fit_to_pages(1, 1)
        sheet.set_margins(left=0.6, right=0.5, top=0.5, bottom=0.5)
        sheet.center_horizontally()
        sheet.hide_gridlines(2)
        for col, width in enumerate(_WIDTHS):
            sheet.set_column(col, col, width)

    def _heading(self) -> None:
        settings, styles = self._answer.plan.settings, self._styles
        self._across(settings.issuer.upper(), styles.document_head_soft, 22)
        self._across(settings.office.upper(), styles.document_head, 22)
        self._across("PHIẾU TIẾP NHẬN", styles.title, 38)
        self._across(f"Kế hoạch số {settings.number}", styles.document_head_soft, 22)
        words, colour = self._banner()
        self._across(words, colour, 44)
        self._next(8)

    def _banner(self) -> tuple[str, Format]:
        """The verdict in big words; of a version that was acceptable once and does not count, just that."""
        if self._answer.old:
            return NOT_COUNTED, self._styles.verdict_warn
        colours: dict[Verdict, Format] = {
            "accepted": self._styles.verdict_good,
            "accepted_with_warnings": self._styles.verdict_warn,
        }
        verdict = self._answer.verdict
        return VERDICT_WORDS[verdict], colours.get(verdict, self._styles.verdict_bad)

    def _particulars(self) -> None:
        answer, arrival = self._answer, self._answer.arrival
        lines = (
            ("Đơn vị", f"{answer.unit.name} ({answer.unit.code})"),
            ("Kỳ báo cáo", answer.round.label),
            ("Tên tệp", arrival.source_name),
            ("Mã băm SHA-256", arrival.sha256),
            ("Thời điểm nhận", moment_words(arrival.received_at)),
            ("Hạn nộp", deadline_words(answer.due, arrival.received_at)),
            ("Mốc tiếp theo", next_deadline_words(answer)),
            ("Phiên bản", version_words(answer)),
            ("Số liệu đang được tính", answer.counting),
            ("Còn thiếu", missing_words(answer)),
            ("Bản đánh dấu", answer.marked_copy),
            ("Cần làm tiếp", next_step(answer)),
        )
        for label, value in lines:
            text = inert(value)
            if text:
                self._merged(0, _LABELS_TO, label, self._styles.total_label)
                self._merged(_LABELS_TO + 1, _LAST, text, self._styles.name)
                self._next(_height([(text, sum(_WIDTHS[_LABELS_TO + 1 :]))]))
        self._next(8)

    def _room(self) -> tuple[int, int]:
        """How many kinds of findings and how many changed cells there is room for."""
        causes = [_height(self._cause_cells(c)) for c in self._causes[:CAUSES]]
        changes = [_height(_change_cells(c)) for c in self._changes[:CHANGES]]
        around = 4 * _ONE_LINE + (2 * _ONE_LINE + 50 if changes else 0)
        while self._used + around + sum(causes) + sum(changes) > _PAGE and causes + changes:
            (causes if len(causes) > len(changes) else changes).pop()
        return len(causes), len(changes)

    def _findings(self, limit: int) -> None:
        answer, styles = self._answer, self._styles
        if not self._causes:
            self._across("Không có lỗi, không có cảnh báo.", styles.subtitle_left, _ONE_LINE)
            return
        errors = sum(f.severity == "error" for f in answer.findings)
        told = ((errors, "lỗi phải sửa"), (len(answer.findings) - errors, "cảnh báo"))
        counts = ", ".join(f"{number_words(n)} {what}" for n, what in told if n)
        self._across(counts, styles.subtitle_left, _ONE_LINE)
        for col, title in ((0, "Mức"), (1, "Trang"), (6, "Số chỗ, ô đầu")):
            self._sheet.write_string(self._row, col, title, styles.header)
        self._merged(2, 5, "Vấn đề", styles.header)
        self._next(_ONE_LINE)
        for cause in self._causes[:limit]:
            self._cause(cause)
        more = len(self._causes) - limit
        if more:
            where = ": xem trang “Cần sửa” của bản đánh dấu" if answer.marked_copy else ""
            self._across(f"và {more} loại khác{where}.", styles.note, _ONE_LINE)

    def _cause(self, cause: Cause) -> None:
        styles, error = self._styles, cause.severity == "error"
        (problem, _), (sheet, _), (place, _) = cells = self._cause_cells(cause)
        self._sheet.write_string(self._row, 0, "Lỗi" if error else "Cảnh báo", styles.bad if error else styles.warn)
        self._sheet.write_string(self._row, 1, sheet, styles.text)
        self._merged(2, 5, problem, styles.name)
        self._sheet.write_string(self._row, 6, place, styles.text_centre)
        self._next(_height(cells))

    def _cause_cells(self, cause: Cause) -> list[tuple[str, float]]:
        """Problem, sheet, and how many from which cell on; each with the width it has."""
        wrong = parted(cause.first)[0].rstrip(".")
        where = f", {cause.column}" if cause.column else ""
        said = "" if wrong.casefold() == cause.name.casefold() else f": {wrong[:1].lower()}{wrong[1:]}"
        problem = cut(inert(f"{cause.name}{where}{said}"), _PROBLEM_LIMIT)
        count, cell = len(cause.findings), cause.first.cell
        place = f"{count} chỗ" if not cell else cell if count == 1 else f"{count} chỗ, từ {cell}"
        return [(problem, sum(_WIDTHS[2:6])), (cut(inert(cause.first.sheet), 40), _WIDTHS[1]), (place, _WIDTHS[6])]

    def _changed(self, limit: int) -> None:
        changes, styles = self._answer.changes, self._styles
        if changes is None:
            return
        self._next(8)
        if not changes.cells:
            same = f"Thay đổi so với bản số {changes.since}: không có ô nào."
            self._across(same, styles.subtitle_left, _ONE_LINE)
            return
        self._across(f"Thay đổi so với bản số {changes.since}: {len(changes.cells)} ô", styles.subtitle_left, _ONE_LINE)
        heads = ("Ô", "Trang", "Tổ chức – mục", "Trước", "Sau", "Tổng của đơn vị", "Tổng của tỉnh")
        for col, title in enumerate(heads):
            self._sheet.write_string(self._row, col, title, styles.header)
        self._next(_ONE_LINE)
        for change in changes.cells[:limit]:
            cells = _change_cells(change)
            for col, (text, _) in enumerate(cells):
                centred = col == 0 or col > 2
                self._sheet.write_string(self._row, col, text, styles.text_centre if centred else styles.text)
            self._next(_height(cells))
        if len(changes.cells) > limit:
            self._across(f"và {len(changes.cells) - limit} ô khác.", styles.note, _ONE_LINE)

    def _across(self, text: str, style: Format, pixels: int) -> None:
        self._merged(0, _LAST, text, style)
        self._next(pixels)

    def _merged(self, first: int, last: int, text: str, style: Format) -> None:
        """A text over several columns; written as text whatever it looks like."""
        self._sheet.merge_range(self._row, first, self._row, last, "", style)
        self._sheet.write_string(self._row, first, inert(text), style)

    def _next(self, pixels: int) -> None:
        self._sheet.set_row_pixels(self._row, pixels)
        self._row += 1
        self._used += pixels


def _change_cells(change: CellChange) -> list[tuple[str, float]]:
    """What a line of the table of changes says, each text with the width it has."""
    name = " – ".join(part for part in (change.organisation, change.label) if part)
    texts = (
        change.cell,
        cut(inert(change.tab), 40),
        cut(inert(name), 80),
        _said(change.before),
        _said(change.after),
        _totals(change.unit_before, change.unit_after),
        _totals(change.province_before, change.province_after),
    )
    return list(zip(texts, _WIDTHS, strict=True))


def _said(value: Value) -> str:
    if value is None:
        return "(trống)"
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int):
        return number_words(value)
    return cut(inert(shown(value)), _TEXT_LIMIT)


def _totals(before: int | None, after: int | None) -> str:
    if before is None and after is None:
        return "–"
    told = ["–" if total is None else number_words(total) for total in (before, after)]
    return told[0] if told[0] == told[1] else " → ".join(told)


def _height(cells: list[tuple[str, float]]) -> int:
    return row_pixels(cells) or _ONE_LINE
