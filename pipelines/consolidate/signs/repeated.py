"""The same figures at three or more organisations of a unit. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipelines.consolidate.signs.figures import (
    Figures,
    applicable,
    distinctive,
    figures_of,
    listed,
    numeric_fields,
    said,
)
from schemas.plan import Field
from schemas.results import DataRow, SheetRows
from schemas.signs import Evidence, Sign

ORGANISATIONS = 3
"""Fewer with the same figures are no sign."""


def repeated_figures(tables: Iterable[SheetRows]) -> Iterator[Sign]:
    """Per unit, sheet and figures: three organisations or more whose rows have all the same numeric values.

    Two counts of the row at least are positive, and together they are `distinctive`: three cells of 12 members that all
    did what was asked are no sign, three of 112 are.
    """
    for table in tables:
        if table.sheet.kind != "org":
            continue
        fields = numeric_fields(table.sheet)
        alike: dict[tuple[str, Figures], list[DataRow]] = {}
        for row in applicable(table):
            alike.setdefault((row.unit.code, figures_of(row, fields)), []).append(row)
        for (_, figures), rows in alike.items():
            if len({row.organisation for row in rows}) >= ORGANISATIONS and _telling(fields, figures):
                yield _sign(rows, fields, figures)


def _telling(fields: Sequence[Field], figures: Figures) -> bool:
    counts = [n for field, n in zip(fields, figures, strict=True) if field.type == "count" and n]
    return len(counts) >= 2 and distinctive(counts)


def _sign(rows: Sequence[DataRow], fields: Sequence[Field], figures: Figures) -> Sign:
    names = [row.organisation.name for row in rows if row.organisation]
    first = next(field.id for field, n in zip(fields, figures, strict=True) if n)
    what = said(fields, figures)
    return Sign(
        "repeated_figures",
        rows[0].unit,
        f"Biểu {rows[0].tab}: {len(names)} tổ chức cùng báo {what} ({listed(names, 'tổ chức')}).",
        "Đề nghị đơn vị cho biết số liệu của từng tổ chức này được lấy từ đâu, và có đúng là kết quả như nhau không?",
        tuple(
            Evidence(row.unit.code, row.source_name, row.version, row.tab, row.cells.get(first, ""), f"{name}: {what}")
            for row, name in zip(rows, names, strict=True)
        ),
    )
