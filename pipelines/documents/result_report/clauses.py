"""Part II: what was done, in the order of the plan's clauses; a section for each sheet that gives results."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.documents.result_report.blocks import Block, Heading, Text
from pipelines.documents.result_report.fields import date_line, field_tables
from pipelines.documents.result_report.gathered import (
    FIRST_NAMED_LIST,
    Given,
    counted,
    given,
    named_lists,
    names_rows,
    own_indicators,
    told_in_words,
)
from pipelines.documents.result_report.indicators import indicator_lines, indicator_tables, summary_table
from pipelines.documents.result_report.wording import named, number, sentence, tops
from pipelines.documents.wording import clauses as clauses_of
from schemas.consolidation import Consolidation
from schemas.layout import DECLARATIONS
from schemas.plan import Sheet
from schemas.results import SheetRows


def clauses(result: Consolidation) -> list[Block]:
    """Sections by clause of the plan. `II.1.2` stands under `II.1`; a clause with one sheet needs no section below."""
    blocks: list[Block] = [Heading(1, "Kết quả thực hiện các nội dung của Kế hoạch"), *summary_table(result)]
    parts: dict[str, list[SheetRows]] = {}
    for table in result.rows:
        if table.sheet.kind != "form" and not told_in_words(result, table.sheet):
            parts.setdefault(_top(table.sheet.clause), []).append(table)
    for top, tables in parts.items():
        if len(tables) == 1:
            blocks += _section(result, tables[0], 2)
            continue
        title = tops(t.sheet for t in tables)
        blocks.append(Heading(2, f"{title} (mục {top} của Kế hoạch)" if top else title))
        for table in tables:
            blocks += _section(result, table, 3)
    return blocks if parts else [*blocks, Text("Kỳ báo cáo này không có biểu số liệu nào.")]


def _top(clause: str) -> str:
    """`II.1.2` → `II.1`."""
    return ".".join(clause.split(";", maxsplit=1)[0].strip().split(".")[:2])


def _section(result: Consolidation, table: SheetRows, level: int) -> list[Block]:
    sheet = table.sheet
    place = ", ".join(filter(None, (clauses_of(sheet.clause), f"biểu {sheet.code}")))
    title = f"{sheet.title} ({place})"
    blocks: list[Block] = [Heading(2, title) if level == 2 else Heading(3, title)]
    own = own_indicators(result, sheet)
    who = given(result, sheet, own)
    blocks.append(Text(coverage_line(who)))
    declared = declared_line(result, sheet)
    if declared:
        blocks.append(Text(declared))
    if not who.reported:
        return blocks
    blocks += indicator_lines(result, own)
    blocks += date_line(table)
    if names_rows(sheet):
        blocks.append(Text(_listed(result, table)))
    return [*blocks, *indicator_tables(result, sheet, own), *field_tables(result, table, own)]


def coverage_line(who: Given) -> str:
    """How many of the units that have to have given a sheet, and who has not, in a sentence."""
    whole, missing = len(who.expected), [u.unit.name for u in who.missing]
    if not whole:
        return "Không có đơn vị nào phải báo cáo nội dung này trong kỳ."
    if not who.reported:
        return f"Chưa có đơn vị nào trong {number(whole)} đơn vị phải báo cáo nội dung này có số liệu."
    if not missing:
        return f"Theo báo cáo của tất cả {number(whole)} đơn vị phải báo cáo nội dung này."
    return (
        f"Theo báo cáo của {number(who.reported)}/{number(whole)} đơn vị; {number(len(missing))} đơn vị chưa có "
        f"số liệu: {named(missing, 'xem Phụ lục 1')}."
    )


def declared_line(result: Consolidation, sheet: Sheet) -> str:
    """Who has declared the sheet, or organisations on it, nothing or not applicable; empty where nobody has."""
    said = []
    for word in DECLARATIONS:
        here = [d for d in result.declarations if d.sheet.id == sheet.id and d.declared == word]
        whole = [d.unit.name for d in here if d.organisation is None]
        rows = [f"{d.organisation.name} ({d.unit.name})" for d in here if d.organisation]
        said += _declared(word, "đơn vị", whole) + _declared(word, "tổ chức", rows)
    return sentence(*said)


def _declared(word: str, what: str, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    listed = named(names, "")
    of = f": {listed}" if listed else " (xem trang “Không phát sinh, không áp dụng” của bảng tổng hợp)"
    whole = " cả biểu" if what == "đơn vị" else ""
    return [f"{number(len(names))} {what} khai “{word}”{whole}{of}"]


def _listed(result: Consolidation, table: SheetRows) -> str:
    rows = counted(table)
    if not rows:
        return "Các đơn vị đã báo cáo chưa ghi trường hợp nào."
    annex = FIRST_NAMED_LIST + named_lists(result).index(table)
    return f"Danh sách {number(len(rows))} trường hợp các đơn vị đã ghi ở Phụ lục {annex}."
