"""The receipt (PHIẾU TIẾP NHẬN): one printed page of A4 upright, for every file that names its unit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.clock import TIMEZONE
from pipelines.returned.answer import Answer, missing_words, next_deadline_words, next_step, version_words
from pipelines.returned.causes import Cause, by_cause, parted
from pipelines.returned.changed import (
    ONE_LINE,
    TAB,
    WIDTHS,
    change_height,
    write_all_changes,
    write_change,
    write_heads,
)
from pipelines.returned.words import (
    NOT_COUNTED,
    NOT_IN_FORCE,
    PART_RECEIVED,
    VERDICT_WORDS,
    cut,
    deadline_words,
    inert,
    moment_words,
    number_words,
)
from pipelines.styles import WORKBOOK_OPTIONS, Styles, not_written, property_text, row_pixels
from schemas.submission import Verdict

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

_LAST = len(WIDTHS) - 1
_LABELS_TO = 1
"""The last column of the labels; values stand to the right of it."""
_PAGE = 1_400
"""Pixels that still print readably on one page of A4: at seven tenths of their size."""
CAUSES, CHANGES = 12, 10
"""At most so many kinds of findings and so many changed cells are named."""
_PROBLEM_LIMIT = 124


def write_receipt(answer: Answer, path: Path) -> None:
    """Writes the receipt. The same answer gives the same bytes. Raises OSError where the file cannot be written."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    workbook = xlsxwriter.Workbook(str(path), WORKBOOK_OPTIONS | {"in_memory": True})
    workbook.set_properties(
        {
            "title": property_text(f"Phiếu tiếp nhận – {answer.unit.name}"),
            "author": answer.plan.settings.office,
            "created": answer.arrival.received_at.astimezone(TIMEZONE).replace(tzinfo=None),
        }
    )
    _Receipt(workbook, answer).write()
    try:
        workbook.close()
    except FileCreateError as fault:
        raise not_written(path, fault) from fault


class _Receipt:
    """The page being written, from top to bottom. Rows and columns are 0-based, as xlsxwriter counts them."""

    def __init__(self, workbook: Workbook, answer: Answer) -> None:
        self._workbook, self._styles, self._answer = workbook, Styles(workbook), answer
        self._sheet = workbook.add_worksheet("Phiếu tiếp nhận")
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
        for col, width in enumerate(WIDTHS):
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
            return NOT_COUNTED if self._answer.decided is None else NOT_IN_FORCE, self._styles.verdict_warn
        if self._answer.partial:
            return PART_RECEIVED, self._styles.verdict_warn
        colours: dict[Verdict, Format] = {
            "accepted": self._styles.verdict_good,
            "accepted_with_warnings": self._styles.verdict_warn,
        }
        verdict = self._answer.verdict
        return VERDICT_WORDS[verdict], colours.get(verdict, self._styles.verdict_bad)

    def _particulars(self) -> None:
        for label, value in self._of_unit() if self._answer.decided is None else self._of_office():
            text = inert(value)
            if text:
                self._merged(0, _LABELS_TO, label, self._styles.total_label)
                self._merged(_LABELS_TO + 1, _LAST, text, self._styles.name)
                self._next(_height([(text, sum(WIDTHS[_LABELS_TO + 1 :]))]))
        self._next(8)

    def _of_unit(self) -> tuple[tuple[str, str], ...]:
        """What a unit is told of its report."""
        answer, arrival = self._answer, self._answer.arrival
        return (
            ("Đơn vị", f"{answer.unit.name} ({answer.unit.code})"),
            ("Kỳ báo cáo", answer.round.label),
            *self._of_file(),
            ("Hạn nộp", deadline_words(answer.due, arrival.received_at)),
            ("Mốc tiếp theo", next_deadline_words(answer)),
            ("Phiên bản", version_words(answer)),
            ("Số liệu đang được tính", answer.counting),
            ("Còn thiếu", missing_words(answer)),
            ("Bản đánh dấu", answer.marked_copy),
            ("Cần làm tiếp", next_step(answer)),
        )

    def _of_office(self) -> tuple[tuple[str, str], ...]:
        """What the office is told of its control workbook."""
        answer = self._answer
        return (
            ("Loại tệp", "Sổ điều hành của văn phòng"),
            *self._of_file(),
            ("Phiên bản", version_words(answer)),
            ("Đang có hiệu lực", answer.counting),
            ("Các quyết định", answer.decided or ""),
            ("Bản đánh dấu", answer.marked_copy),
            ("Cần làm tiếp", next_step(answer)),
        )

    def _of_file(self) -> tuple[tuple[str, str], ...]:
        arrival = self._answer.arrival
        return (
            ("Tên tệp", arrival.source_name),
            ("Mã băm SHA-256", arrival.sha256),
            ("Thời điểm nhận", moment_words(arrival.received_at)),
        )

    def _room(self) -> tuple[int, int]:
        """How many kinds of findings and how many changed cells there is room for."""
        causes = [_height(self._cause_cells(c)) for c in self._causes[:CAUSES]]
        changes = [change_height(c) for c in self._changes[:CHANGES]]
        around = 4 * ONE_LINE + (2 * ONE_LINE + 50 if changes else 0)
        while self._used + around + sum(causes) + sum(changes) > _PAGE and causes + changes:
            (causes if len(causes) > len(changes) else changes).pop()
        return len(causes), len(changes)

    def _findings(self, limit: int) -> None:
        answer, styles = self._answer, self._styles
        if not self._causes:
            self._across("Không có lỗi, không có cảnh báo.", styles.subtitle_left, ONE_LINE)
            return
        errors = sum(f.severity == "error" for f in answer.findings)
        told = ((errors, "lỗi phải sửa"), (len(answer.findings) - errors, "cảnh báo"))
        counts = ", ".join(f"{number_words(n)} {what}" for n, what in told if n)
        self._across(counts, styles.subtitle_left, ONE_LINE)
        for col, title in ((0, "Mức"), (1, "Trang"), (6, "Số chỗ, ô đầu")):
            self._sheet.write_string(self._row, col, title, styles.header)
        self._merged(2, 5, "Vấn đề", styles.header)
        self._next(ONE_LINE)
        for cause in self._causes[:limit]:
            self._cause(cause)
        more = len(self._causes) - limit
        if more:
            where = ": xem trang “Cần sửa” của bản đánh dấu" if answer.marked_copy else ""
            self._across(f"và {more} loại khác{where}.", styles.note, ONE_LINE)

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
        return [(problem, sum(WIDTHS[2:6])), (cut(inert(cause.first.sheet), 40), WIDTHS[1]), (place, WIDTHS[6])]

    def _changed(self, limit: int) -> None:
        changes, styles = self._answer.changes, self._styles
        if changes is None:
            return
        self._next(8)
        if not changes.cells:
            same = f"Thay đổi so với bản số {changes.since}: không có ô nào."
            self._across(same, styles.subtitle_left, ONE_LINE)
            return
        self._across(f"Thay đổi so với bản số {changes.since}: {len(changes.cells)} ô", styles.subtitle_left, ONE_LINE)
        write_heads(self._sheet, styles, self._row)
        self._next(ONE_LINE)
        for change in changes.cells[:limit]:
            write_change(self._sheet, styles, self._row, change)
            self._next(change_height(change))
        if len(changes.cells) > limit:
            more = f"và {len(changes.cells) - limit} ô khác: xem trang “{TAB}” của tệp này."
            self._across(more, styles.note, ONE_LINE)
            write_all_changes(self._workbook, styles, self._answer, changes)

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


def _height(cells: list[tuple[str, float]]) -> int:
    return row_pixels(cells) or ONE_LINE
