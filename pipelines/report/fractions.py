"""`Tử số, mẫu số`: what every rate is a quotient of, unit by unit; groups and the province are sums, as formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.report.page import HEAD_ROWS, Column, Page, Value
from pipelines.report.wording import NOT_APPLICABLE
from pipelines.styles import row_pixels
from schemas.submission import cell_name

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation
    from schemas.results import IndicatorTotal, UnitIndicator

TAB = "Tử số, mẫu số"
PROVINCE = ""
"""Stands for the whole among the groups."""
_FIRST_COLUMN = 3
_LABEL_ROW = HEAD_ROWS + 1
_NAME_WIDTH, _FIGURE_WIDTH, _VOLUME_WIDTH = 36, 9, 13
_PAGES_WIDE = 2
"""On one page's width nobody could read it."""
_NOTE = (
    "Tỷ lệ = đã thực hiện / tổng số. Dòng của nhóm cộng các đơn vị của nhóm, dòng đầu cộng các nhóm; "
    "ô trống: đơn vị chưa có số liệu được tính."
)


@dataclass(frozen=True, slots=True)
class Quotients:
    """Where the sums stand: per (group, indicator) the numerator's cell and, of a rate, the denominator's."""

    places: dict[tuple[str, str], tuple[str, str | None]]

    def formula(self, group: str, indicator: str) -> str | None:
        """The rate (of a volume the sum) of a group, or of the whole, as a formula; None where it has no sums."""
        place = self.places.get((group, indicator))
        if place is None:
            return None
        numerator, denominator = place
        if denominator is None:
            return f"={numerator}"
        return f'=IF({denominator}=0,"{NOT_APPLICABLE}",{numerator}/{denominator})'


def quotients(result: Consolidation) -> Quotients:
    """Where the sheet will have its sums; it may be written later."""
    places = {}
    row = _LABEL_ROW + 1
    rows = {PROVINCE: row}
    for group in _groups(result):
        row += 1
        rows[group] = row
        row += sum(u.group == group for u in result.units)
    for group, at in rows.items():
        col = _FIRST_COLUMN
        for total in _shown(result):
            rate = total.kind == "rate"
            denominator = _absolute(at, col + 1) if rate else None
            places[group, total.id] = (_absolute(at, col), denominator)
            col += 2 if rate else 1
    return Quotients(places)


def write_fractions(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """Province, groups and units, with a pair of columns a rate and one a volume."""
    page = Page(workbook, styles, result, TAB, "TỬ SỐ, MẪU SỐ CỦA CÁC TỶ LỆ")
    page.note(HEAD_ROWS - 1, _NOTE)
    shown = _shown(result)
    columns = _head(page, shown)
    row = _LABEL_ROW + 1
    if not result.units:
        page.nothing(row, len(columns))
        return
    figures = {(i.unit, i.indicator): i for i in result.by_unit}
    groups = _groups(result)
    heads = [quotients(result).places[group, shown[0].id][0] for group in groups] if shown else []
    first_of_group = [int(head.rpartition("$")[2]) for head in heads]
    _sums(page, row, "Cộng" if result.scope else "Toàn tỉnh", columns, result.indicators, first_of_group)
    for group in groups:
        row += 1
        members = [u for u in result.units if u.group == group]
        own = [t for t in result.by_group if t.group == group]
        _sums(page, row, group, columns, own, range(row + 2, row + 2 + len(members)))
        for status in members:
            row += 1
            page.sheet.set_row_pixels(row, row_pixels([(status.unit.name, _NAME_WIDTH)]), None, {"level": 1})
            page.put(row, 0, result.units.index(status) + 1, styles.text_centre)
            page.put(row, 1, status.unit.code, styles.text)
            page.put(row, 2, status.unit.name, styles.name)
            of_unit = [figures.get((status.unit.code, total.id)) for total in shown]
            for col, value in enumerate(_figures(shown, of_unit), _FIRST_COLUMN):
                page.put(row, col, value, styles.count)
    page.keep(HEAD_ROWS, _LABEL_ROW, _FIRST_COLUMN)
    page.sheet.fit_to_pages(_PAGES_WIDE, 0)
    page.sheet.repeat_columns(0, _FIRST_COLUMN - 1)
    page.sheet.outline_settings(visible=True, symbols_below=False)
    page.sheet.autofilter(_LABEL_ROW, 0, row, len(columns) - 1)


def _head(page: Page, shown: Sequence[IndicatorTotal]) -> list[Column]:
    s = page.styles
    columns = [
        Column("STT", 5.5, s.text_centre),
        Column("Mã đơn vị", 12, s.text),
        Column("Đơn vị", _NAME_WIDTH, s.name),
    ]
    for total in shown:
        if total.kind == "rate":
            columns += [Column(name, _FIGURE_WIDTH, s.count) for name in ("Đã thực hiện", "Tổng số")]
        else:
            columns.append(Column("Số lượng", _VOLUME_WIDTH, s.count))
    page.header(_LABEL_ROW, columns)
    col = _FIRST_COLUMN
    for name in range(_FIRST_COLUMN):
        page.merge((HEAD_ROWS, name), (_LABEL_ROW, name), columns[name].title, s.header)
    for total in shown:
        width = 2 if total.kind == "rate" else 1
        page.merge((HEAD_ROWS, col), (HEAD_ROWS, col + width - 1), f"{total.id} {total.label}", s.group_header)
        col += width
    page.sheet.set_row_pixels(HEAD_ROWS, 92)
    return columns


def _sums(
    page: Page,
    row: int,
    label: str,
    columns: Sequence[Column],
    totals: Sequence[IndicatorTotal],
    rows: Sequence[int],
) -> None:
    """A line of sums over other lines (Excel's row numbers), each with the value it has now."""
    s, by_id = page.styles, {t.id: t for t in totals}
    page.merge((row, 0), (row, _FIRST_COLUMN - 1), label, s.total_label)
    values: list[int] = []
    for total in _shown(page.result):
        known = by_id.get(total.id)
        values.append((known.numerator if known else 0) or 0)
        if total.kind == "rate":
            values.append((known.denominator if known else 0) or 0)
    together = isinstance(rows, range)
    for col, value in enumerate(values[: len(columns) - _FIRST_COLUMN], _FIRST_COLUMN):
        cells = [cell_name(at, col + 1) for at in rows]
        summed = f"{cells[0]}:{cells[-1]}" if together else ",".join(cells)
        page.formula(row, col, f"=SUM({summed})", value, s.total_count)


def _figures(shown: Sequence[IndicatorTotal], of_unit: Sequence[UnitIndicator | None]) -> list[Value]:
    cells: list[Value] = []
    for total, figure in zip(shown, of_unit, strict=True):
        counted = figure is not None and figure.state != "chua_bao_cao"
        cells.append(figure.numerator if figure and counted else None)
        if total.kind == "rate":
            cells.append(figure.denominator if figure and counted else None)
    return cells


def _shown(result: Consolidation) -> list[IndicatorTotal]:
    return [i for kind in ("rate", "volume") for i in result.indicators if i.kind == kind]


def _groups(result: Consolidation) -> list[str]:
    return list(dict.fromkeys(u.group for u in result.units))


def _absolute(row: int, col: int) -> str:
    letters = cell_name(1, col + 1).rstrip("0123456789")
    return f"'{TAB}'!${letters}${row + 1}"
