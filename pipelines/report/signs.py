"""`Dấu hiệu`: signs of reporting for form's sake, for a person to look at."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pipelines.report.page import HEAD_ROWS, Column, Page, Value
from pipelines.report.wording import grouped
from schemas.signs import SIGNS, Evidence, Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation

TAB = "Dấu hiệu"
NO_SIGNS = "Không có dấu hiệu nào."
FOR_A_PERSON = (
    "Các dấu hiệu dưới đây chỉ để cán bộ xem xét và hỏi lại đơn vị, không phải kết luận; "
    "không báo cáo nào bị trả lại vì một dấu hiệu."
)
MOST_EVIDENCE = 10
"""Places named of one sign; of the others the number is said."""
_LOOKED_FOR = HEAD_ROWS + 1
_TABLE = _LOOKED_FOR + len(SIGNS) + 2


def write_signs(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """`Dấu hiệu`: which signs were looked for and how many were seen, then each sign with what it rests on."""
    page = Page(workbook, styles, result, TAB, "DẤU HIỆU CẦN XEM XÉT")
    page.put(HEAD_ROWS - 1, 0, FOR_A_PERSON, styles.page_subject)
    _looked_for(page)
    columns = (
        Column("STT", 5.5, styles.text_centre),
        Column("Loại dấu hiệu", 32, styles.name),
        Column("Mã đơn vị", 12, styles.text),
        Column("Đơn vị", 30, styles.name),
        Column("Điều thấy được", 52, styles.name),
        Column("Câu hỏi cần hỏi lại", 44, styles.name),
        Column("Căn cứ (tệp, bản số, trang, ô, nội dung)", 70, styles.name),
    )
    page.header(_TABLE, columns)
    rows = [_line(number, sign) for number, sign in enumerate(result.signs, 1)]
    end = page.body(_TABLE + 1, columns, rows) if rows else page.nothing(_TABLE + 1, len(columns), NO_SIGNS)
    page.sheet.freeze_panes(HEAD_ROWS, 0)
    page.sheet.repeat_rows(_TABLE)
    page.sheet.autofilter(_TABLE, 0, end - 1, len(columns) - 1)


def _looked_for(page: Page) -> None:
    """The six signs, each with how often it was seen."""
    s = page.styles
    page.put(_LOOKED_FOR - 1, 0, f"Đã xét {len(SIGNS)} loại dấu hiệu; số trường hợp thấy:", s.page_office)
    for row, (kind, label) in enumerate(SIGNS.items(), _LOOKED_FOR):
        seen = sum(sign.kind == kind for sign in page.result.signs)
        page.put(row, 0, seen, s.text_centre)
        page.merge((row, 1), (row, 3), label, s.name)


def _line(number: int, sign: Sign) -> Sequence[Value]:
    return number, SIGNS[sign.kind], sign.unit.code, sign.unit.name, sign.seen, sign.question, evidence(sign.evidence)


def evidence(places: Sequence[Evidence]) -> str:
    """What a sign rests on, a line for each place, the places of one file below its name."""
    lines: list[str] = []
    for (unit, name, version), of_file in groupby(
        places[:MOST_EVIDENCE], key=lambda place: (place.unit, place.source_name, place.version)
    ):
        lines.append(f"{unit}, bản số {version}, tệp {name}:")
        lines += [f"– {_place(place)}" for place in of_file]
    rest = len(places) - MOST_EVIDENCE
    return "\n".join([*lines, f"…và {grouped(rest)} chỗ khác"] if rest > 0 else lines)


def _place(place: Evidence) -> str:
    where = ", ".join(part for part in (place.tab, f"ô {place.cell}" if place.cell else "") if part)
    return f"{where}: {place.what}" if where else place.what
