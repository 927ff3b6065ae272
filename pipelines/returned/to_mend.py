"""The first sheet of a marked copy, "Cần sửa": every finding with a link to its cell, and what stood outside tables.

A4 landscape, one page wide. Everything on it is text; what a clerk typed never becomes a formula or a link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.returned.causes import Cause, by_cause
from pipelines.returned.entries import homeless, withheld
from pipelines.returned.mended import IN_COPY, in_copy
from pipelines.returned.words import FORECAST_WORDS, VERDICT_WORDS, day_words, deadline_words, inert, moment_words
from pipelines.styles import FONT, footer_text, row_pixels
from schemas.control import base_id
from schemas.finding import HIDDEN, Finding, FindingCode
from schemas.layout import OWN_SHEET, SELF_CHECK_TAB, TO_MEND_TAB
from schemas.submission import OutsideCell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from pipelines.returned.handback import Handback
    from pipelines.returned.places import Places
    from pipelines.styles import Styles
    from schemas.handback import Place

_MARGIN, _TAB, _CELL, _ROW_NAME, _HEADER, _VALUE, _PROBLEM, _SENT = range(8)
_WIDTHS = [1.5, 18.0, 10.0, 28.0, 23.0, 18.0, 44.0, 13.0]
_HEADERS = ("Trang", "Ô", "Tổ chức, dòng", "Cột, mục", "Giá trị tìm thấy", "Vấn đề", "Ô trong tệp đã gửi")
_ONE_LINE = 24
"""Pixels."""
_SPARE = 10
"""Rows of text are wrapped by their words: that much narrower than the column."""


def front(handback: Handback, places: Places) -> Callable[[Workbook, Styles], None]:
    """What writes the sheet "Cần sửa" into a workbook that is begun."""

    def write(workbook: Workbook, styles: Styles) -> None:
        _ToMend(workbook.add_worksheet(TO_MEND_TAB), styles, handback, places).write()

    return write


class _ToMend:
    """The sheet being written, from top to bottom. Rows and columns are 0-based, as xlsxwriter counts them."""

    def __init__(self, sheet: Worksheet, styles: Styles, handback: Handback, places: Places) -> None:
        self._sheet, self._styles, self._told, self._places = sheet, styles, handback, places
        self._causes = by_cause(handback.plan, handback.findings)
        self._outside = (*handback.submission.outside, *homeless(places, handback.findings))
        self._listed_below = {(o.tab, o.cell) for o in self._outside}
        self._row = 0
        self._widths = list(_WIDTHS)
        if not self._outside and not any(self._sent(f) for f in handback.findings):
            self._widths[_PROBLEM] += self._widths[_SENT]
            self._widths[_SENT] = 0

    def write(self) -> None:
        self._setup()
        self._heading()
        self._particulars()
        self._counts_and_steps()
        self._findings()
        self._outside_cells()
        self._sheet.print_area(0, 0, self._row, self._last)

    @property
    def _last(self) -> int:
        return _SENT if self._widths[_SENT] else _PROBLEM

    def _setup(self) -> None:
        sheet = self._sheet
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.hide_gridlines(2)
        unit = f"{footer_text(self._told.unit.name)} ({self._told.unit.code})"
        font = f'&"{FONT},Regular"&9'
        sheet.set_footer(f"&L{font}{TO_MEND_TAB}&C{font}{unit}&R{font}Trang &P/&N")
        for col, width in enumerate(self._widths):
            if width:
                sheet.set_column(col, col, width)
        sheet.write_string(0, 0, OWN_SHEET, self._styles.unseen)
        sheet.activate()
        sheet.set_first_sheet()

    def _heading(self) -> None:
        told, styles = self._told, self._styles
        words = VERDICT_WORDS if told.handed_in else FORECAST_WORDS
        colour = styles.verdict_bad if told.errors else styles.verdict_warn
        counts = " và ".join(
            f"{n} {what}" for n, what in ((told.errors, "lỗi phải sửa"), (told.warnings, "chỗ cần xem lại")) if n
        )
        self._across(f"{told.plan.settings.office} · Kế hoạch số {told.plan.settings.number}", styles.note, 20)
        self._across("CẦN SỬA" if told.errors else "CẦN XEM LẠI", styles.title, 34)
        self._across(f"{words[told.verdict]}: {counts}", colour, 40)

    def _particulars(self) -> None:
        told = self._told
        arrival = told.submission.arrival
        received = f"nhận lúc {moment_words(arrival.received_at)}"
        if not told.handed_in:
            received = f"kiểm tra ngày {day_words(arrival.received_at)}, chưa nộp"
        lines = [
            ("Sổ" if self._of_office else "Đơn vị", f"{told.unit.name} ({told.unit.code})"),
            *([] if self._of_office else [("Kỳ báo cáo, hạn nộp", f"{told.round.label}; {self._deadline()}")]),
            ("Tệp đã gửi" if told.handed_in else "Tệp đã kiểm tra", f"{inert(arrival.source_name)}; {received}"),
        ]
        kept_back = [f"“{field.label}” ({sheet.tab})" for sheet, field in withheld(self._places)]
        if kept_back:
            lines.append(
                ("Gõ lại nếu cần", f"{', '.join(kept_back)}: không ghi lại vào bản này vì không lưu vào kho số liệu.")
            )
        for label, text in lines:
            self._merged(_TAB, _CELL, label, self._styles.total_label)
            self._merged(_ROW_NAME, self._last, text, self._styles.name)
            self._next(row_pixels([(text, self._width(_ROW_NAME, self._last))]))
        self._next(10)

    @property
    def _of_office(self) -> bool:
        """Whether it is a control workbook: nobody reports with it, and it is due on no day."""
        return base_id(self._told.plan.id) is not None

    def _deadline(self) -> str:
        if self._told.due is None or self._told.handed_in:
            return deadline_words(self._told.due, self._told.submission.arrival.received_at)
        return f"{self._told.due:%d/%m/%Y}"

    def _counts_and_steps(self) -> None:
        """On the left how much is wrong on each sheet, on the right how to go on."""
        styles = self._styles
        self._head((_TAB, _CELL, _ROW_NAME), ("Trang", "Lỗi", "Cần xem lại"))
        self._merged(_HEADER, self._last, "Cách dùng bản này", styles.header)
        self._next(_ONE_LINE)
        counts, steps = self._counts(), self._steps()
        for n in range(max(len(counts), len(steps))):
            height: int | None = None
            if n < len(counts):
                tab, errors, warnings = counts[n]
                self._tab(tab)
                for col, number in ((_CELL, errors), (_ROW_NAME, warnings)):
                    loud = styles.bad if col == _CELL else styles.warn
                    self._sheet.write_number(self._row, col, number, loud if number else styles.text_centre)
            if n < len(steps):
                self._merged(_HEADER, self._last, steps[n], styles.name)
                height = row_pixels([(steps[n], self._width(_HEADER, self._last))])
            self._next(height)
        self._next(10)

    def _counts(self) -> list[tuple[str, int, int]]:
        """(tab, errors, warnings) in the order of the sheets; what names none stands first."""
        tabs: dict[str, list[int]] = {}
        for finding in self._told.findings:
            counted = tabs.setdefault(self._tab_of(finding) or finding.sheet or "Cả tệp", [0, 0])
            counted[finding.severity == "warning"] += 1
        order = {sheet.tab: n for n, sheet in enumerate(self._places.sheets)}
        ordered = sorted(tabs, key=lambda tab: (tab != "Cả tệp", order.get(tab, len(order))))
        return [(tab, *tabs[tab]) for tab in ordered]  # type: ignore[misc]

    def _steps(self) -> tuple[str, ...]:
        last = "Lưu lại rồi chép chính tệp này vào thư mục nộp. Trang “Cần sửa” không cần xoá."
        if not self._told.errors:
            last = "Đúng cả thì không phải nộp lại. Có sửa thì lưu, rồi chép chính tệp này vào thư mục nộp."
        first = (
            "1. Bấm vào địa chỉ ở cột “Ô” để đến ô đó. Ô đỏ là lỗi phải sửa, ô cam là chỗ cần xem lại; đưa chuột lên ô "
            "để đọc lý do. Số liệu khác đã có sẵn, đúng như đã gõ."
        )
        return (
            first,
            f"2. Sửa ô: màu tự mất khi ô đã đúng. Trang “{SELF_CHECK_TAB}” cho biết còn gì phải sửa.",
            f"3. {last}",
        )

    def _findings(self) -> None:
        shown = range(_TAB, self._last + 1)
        self._head(shown, _HEADERS[: len(shown)])
        self._sheet.repeat_rows(self._row)
        self._next(36)
        for number, cause in enumerate(self._causes, 1):
            self._cause(number, cause)
            for finding in cause.findings:
                if not self._told_below(finding):
                    self._finding(finding)

    def _cause(self, number: int, cause: Cause) -> None:
        """One line for all findings of a cause: what, where, how many; and what to do."""
        error = cause.severity == "error"
        count = len(cause.findings)
        what = f"{number}. {'Lỗi' if error else 'Xem lại'}: {cause.name}"
        tab = self._tab_of(cause.first) or cause.first.sheet
        where = ", ".join(part for part in (tab, cause.column) if part)
        text = f"{what}{f' – {where}' if where else ''}{f' – {count} chỗ' if count > 1 else ''}"
        remedy = in_copy(cause.first)[1] if cause.code in IN_COPY else cause.remedy
        if any(self._told_below(f) for f in cause.findings):
            remedy = f"Xem mục “Nằm ngoài bảng” cuối trang này. {remedy}"
        styles = self._styles
        self._merged(_TAB, _HEADER, text, styles.cause_error if error else styles.cause_warning)
        self._merged(_VALUE, self._last, remedy, styles.cause_error_step if error else styles.cause_warning_step)
        sides = ((text, self._width(_TAB, _HEADER) - _SPARE), (remedy, self._width(_VALUE, self._last)))
        self._next(row_pixels(sides))

    def _finding(self, finding: Finding) -> None:
        styles, row = self._styles, self._row
        place = self._place(finding)
        wrong = self._places.moved(finding, in_copy(finding)[0])
        value = finding.value if finding.value and finding.value != HIDDEN else ""
        name, header = ("", "")
        if place is not None:
            name, header = self._places.row_name(place), self._places.header(place)
        if place is None:
            self._tab(self._tab_of(finding) or finding.sheet or "Cả tệp")
            self._sheet.write_string(row, _CELL, "–", styles.text_centre)
        else:
            tab, cell = self._places.address(place)
            self._sheet.write_string(row, _TAB, tab, styles.text)
            self._link(_CELL, tab, cell, cell, styles.link)
        texts = {_ROW_NAME: name, _HEADER: header, _VALUE: inert(value), _PROBLEM: wrong}
        if self._widths[_SENT]:
            texts[_SENT] = self._sent(finding)
        for col, text in texts.items():
            self._sheet.write_string(row, col, text, styles.text)
        self._next(row_pixels((text, self._widths[col]) for col, text in texts.items()))

    def _outside_cells(self) -> None:
        if not self._outside:
            return
        styles = self._styles
        text = f"Nằm ngoài bảng – {len(self._outside)} ô trong tệp đã gửi, không được tính"
        self._merged(_TAB, _HEADER, text, styles.cause_neutral)
        step = "Bản này không có các ô đó; tệp gốc vẫn được lưu giữ. Nội dung cần tính thì gõ vào ô trong bảng."
        self._merged(_VALUE, self._last, step, styles.cause_neutral_step)
        self._next(row_pixels([(step, self._width(_VALUE, self._last))]))
        for cell in self._outside:
            self._outside_cell(cell)

    def _outside_cell(self, outside: OutsideCell) -> None:
        text = inert(outside.value)
        self._sheet.write_string(self._row, _TAB, inert(outside.tab), self._styles.text)
        self._sheet.write_string(self._row, _CELL, "–", self._styles.text_centre)
        self._merged(_ROW_NAME, _PROBLEM, text, self._styles.name)
        self._sheet.write_string(self._row, _SENT, outside.cell, self._styles.text)
        sides = ((text, self._width(_ROW_NAME, _PROBLEM)), (inert(outside.tab), self._widths[_TAB]))
        self._next(row_pixels(sides))

    def _told_below(self, finding: Finding) -> bool:
        return finding.code is FindingCode.OUTSIDE_TABLE and (finding.sheet, finding.cell) in self._listed_below

    def _place(self, finding: Finding) -> Place | None:
        concerned = self._places.concerned(finding)
        return concerned[0] if concerned else self._places.place(finding)

    def _tab_of(self, finding: Finding) -> str:
        sheet = self._places.sheet(finding)
        return sheet.tab if sheet else ""

    def _sent(self, finding: Finding) -> str:
        """Where a finding's cell stood in the file that was sent, where that is another place than in the copy."""
        if finding.sheet is None or finding.cell is None:
            return ""
        place = self._places.place(finding)
        tab, cell = self._places.address(place) if place else ("", "")
        if (self._tab_of(finding) or finding.sheet) == finding.sheet:
            return "" if (tab, cell) == (finding.sheet, finding.cell) else finding.cell
        return f"{finding.cell}, trang “{inert(finding.sheet)}”"

    def _tab(self, tab: str) -> None:
        sheet = next((s for s in self._places.sheets if s.tab == tab), None)
        if sheet is None:
            self._sheet.write_string(self._row, _TAB, inert(tab), self._styles.text)
        else:
            self._link(_TAB, tab, self._places.anchor(sheet), tab, self._styles.link_left)

    def _link(self, col: int, tab: str, cell: str, text: str, style: Format) -> None:
        quoted = tab.replace("'", "''")
        self._sheet.write_url(self._row, col, f"internal:'{quoted}'!{cell}", style, text)

    def _across(self, text: str, style: Format, pixels: int) -> None:
        self._merged(_TAB, self._last, text, style)
        self._next(pixels)

    def _head(self, columns: Sequence[int], titles: Sequence[str]) -> None:
        for col, title in zip(columns, titles, strict=True):
            self._sheet.write_string(self._row, col, title, self._styles.header)

    def _merged(self, first: int, last: int, text: str, style: Format) -> None:
        """A text over several columns; written as text whatever it looks like."""
        self._sheet.merge_range(self._row, first, self._row, last, "", style)
        self._sheet.write_string(self._row, first, inert(text), style)

    def _width(self, first: int, last: int) -> float:
        return sum(self._widths[first : last + 1])

    def _next(self, pixels: int | None) -> None:
        self._sheet.set_row_pixels(self._row, pixels or _ONE_LINE)
        self._row += 1
