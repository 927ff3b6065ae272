"""Part III: what units say in words (difficulties, causes, recommendations), each said once with who says it."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.documents.result_report.blocks import Block, Heading, Text, bullets
from pipelines.documents.result_report.clauses import coverage_line, declared_line
from pipelines.documents.result_report.gathered import choices, counted, given, told_in_words
from pipelines.documents.result_report.wording import number, raised, value_words
from schemas.consolidation import Consolidation
from schemas.plan import Field
from schemas.results import DataRow, SheetRows


def in_words(result: Consolidation) -> list[Block]:
    """A part for each list that no indicator counts, grouped by its first choice; texts as they were written."""
    blocks: list[Block] = []
    for table in result.rows:
        if told_in_words(result, table.sheet):
            blocks += _part(result, table)
    return blocks


def _part(result: Consolidation, table: SheetRows) -> list[Block]:
    sheet, rows = table.sheet, counted(table)
    who = given(result, sheet, ())
    blocks: list[Block] = [Heading(1, sheet.title), Text(coverage_line(who))]
    declared = declared_line(result, sheet)
    if declared:
        blocks.append(Text(declared))
    if not rows:
        return [*blocks, Text("Các đơn vị đã báo cáo chưa nêu nội dung này.")] if who.reported else blocks
    choice = next((f for f in sheet.fields if f.type == "choice" and f.stored), None)
    if choice is None:
        return [*blocks, *bullets(_said(rows, sheet.fields))]
    for value in (*choices(result, choice, rows), ""):
        of_value = [row for row in rows if str(row.values.get(choice.id) or "") == value]
        if value or of_value:
            blocks.append(Heading(2, raised(value or "không ghi loại")))
            others = [f for f in sheet.fields if f is not choice]
            blocks += bullets(_said(of_value, others)) or [Text("Chưa có đơn vị nào nêu.")]
    return blocks


def _said(rows: Sequence[DataRow], fields: Sequence[Field]) -> list[str]:
    """Each text once, with the units that say it; what most of them say first."""
    units: dict[str, dict[str, None]] = {}
    for row in rows:
        words = "; ".join(filter(None, (value_words(row.values.get(f.id)) for f in fields if f.stored)))
        units.setdefault(words, {})[row.unit.name] = None
    ordered = sorted(units.items(), key=lambda said: -len(said[1]))
    return [f"“{words}” – {number(len(names))} đơn vị: {'; '.join(names)}." for words, names in ordered]
