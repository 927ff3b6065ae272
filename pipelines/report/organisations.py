"""`Theo tổ chức`: every organisation under its unit, its rates, and how much is missing to each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines.report.links import Whereabouts, put_linked
from pipelines.report.page import HEAD_ROWS, Column, Page
from pipelines.report.rates import DECLINED, PENDING, PROVINCE, SCALE
from pipelines.report.wording import NOT_APPLICABLE
from pipelines.styles import row_pixels
from schemas.layout import NOT_APPLICABLE as DECLARED_NOT_APPLICABLE
from schemas.results import IndicatorTotal, OrganisationIndicator, UnitIndicator

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation
    from schemas.plan import Indicator, Unit

TAB = "Theo tổ chức"
NO_FIGURES = "Chưa có số liệu của tổ chức nào"
NO_ROW = "chưa có"
"""An organisation that no counted row speaks of."""
NAME_WIDTH = 34
FIRST_FIGURE = 3
"""The column (0-based) of the first rate; as many columns of what is missing follow the rates."""
LABEL_ROW = HEAD_ROWS + 1
_NOTE = (
    "Dòng đậm: số của cả đơn vị; dưới đó là từng tổ chức (bấm dấu trừ bên trái để thu gọn). “Còn thiếu”: số còn phải "
    "thực hiện để đủ 100 %. “–”: không áp dụng hoặc tổng số bằng 0; “– (khai)”: "
    "tổ chức được khai “Không áp dụng”; “chưa có”: tổ chức chưa có dòng nào được tính."
)

Figure = IndicatorTotal | UnitIndicator | OrganisationIndicator


def write_organisations(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """`Theo tổ chức`: rows are organisations under their unit, columns the rates that rest on their rows."""
    page = Page(workbook, styles, result, TAB, "TỶ LỆ HOÀN THÀNH VÀ SỐ CÒN THIẾU THEO TỔ CHỨC")
    page.note(HEAD_ROWS - 1, _NOTE)
    given = {o.indicator for o in result.by_organisation}
    shown = [i for i in result.plan.indicators if i.id in given]
    _head(page, shown)
    end = _Body(page, shown).write(LABEL_ROW + 1)
    if shown:
        page.sheet.conditional_format(LABEL_ROW + 1, FIRST_FIGURE, end - 1, FIRST_FIGURE + len(shown) - 1, SCALE)
    page.keep(HEAD_ROWS, LABEL_ROW, FIRST_FIGURE)
    page.sheet.outline_settings(visible=True, symbols_below=False)
    page.sheet.autofilter(LABEL_ROW, 0, end - 1, FIRST_FIGURE + 2 * len(shown) - 1)


def of_one_unit(result: Consolidation) -> bool:
    """Whether a workbook is narrowed to a single unit: then its organisations are what it is about."""
    return bool(result.scope) and len(result.units) == 1


def _head(page: Page, shown: Sequence[Indicator]) -> None:
    s = page.styles
    columns = [
        Column("Mã đơn vị", 11.5, s.text),
        Column("Mã tổ chức", 10, s.text),
        Column("Đơn vị, tổ chức", NAME_WIDTH, s.name),
    ]
    columns += [Column(f"{i.id}\n{i.label}", 9, s.percent_centre) for i in shown]
    columns += [Column(f"{i.id} thiếu", 7, s.count) for i in shown]
    page.header(LABEL_ROW, columns)
    for col in range(FIRST_FIGURE):
        page.merge((HEAD_ROWS, col), (LABEL_ROW, col), columns[col].title, s.header)
    for label, first in (("Tỷ lệ hoàn thành", FIRST_FIGURE), ("Còn thiếu", FIRST_FIGURE + len(shown))):
        if shown:
            page.merge((HEAD_ROWS, first), (HEAD_ROWS, first + len(shown) - 1), label, s.group_header)


class _Body:
    """The rows below the head: the province (or the group), then each unit with its organisations."""

    def __init__(self, page: Page, shown: Sequence[Indicator]) -> None:
        self._page, self._shown, self._whereabouts = page, shown, Whereabouts(page.result)
        self._by_unit = {(f.unit, f.indicator): f for f in page.result.by_unit}
        self._figures: defaultdict[str, dict[str, dict[str, OrganisationIndicator]]] = defaultdict(dict)
        self._organisations: defaultdict[str, dict[str, Unit]] = defaultdict(dict)
        for figure in page.result.by_organisation:
            code = figure.organisation.code
            self._organisations[figure.unit][code] = figure.organisation
            self._figures[figure.unit].setdefault(code, {})[figure.indicator] = figure
        self._declined = {
            (row.unit.code, row.organisation.code, table.sheet.id)
            for table in page.result.rows
            for row in table.rows
            if row.organisation and row.declared == DECLARED_NOT_APPLICABLE
        }

    def write(self, row: int) -> int:
        """All rows from `row` on. Returns the row after the last."""
        if not self._shown:
            return self._page.nothing(row, FIRST_FIGURE, NO_FIGURES)
        if not of_one_unit(self._page.result):
            row = self._whole(row)
        asked = {i.id for i in self._shown}
        concerned = {f.unit for f in self._page.result.by_unit if f.indicator in asked and f.state != "khong_ap_dung"}
        for status in self._page.result.units:
            if status.unit.code in concerned:
                row = self._unit(row, status.unit)
        return row

    def _whole(self, row: int) -> int:
        result, s = self._page.result, self._page.styles
        self._who(row, ("", "", result.scope or PROVINCE), (s.total_label, s.total_label, s.total_label))
        totals = {i.id: i for i in result.indicators}
        self._cells(row, totals, (s.total_percent_centre, s.total_count, s.total_centre), {}, {})
        return row + 1

    def _unit(self, row: int, unit: Unit) -> int:
        page, s = self._page, self._page.styles
        figures = {i.id: f for i in self._shown if (f := self._by_unit.get((unit.code, i.id)))}
        targets = {i.id: self._whereabouts.rows(unit.code, i) for i in self._shown}
        self._who(row, (unit.code, "", unit.name), (s.total_label, s.total_label, s.total_label))
        self._cells(row, figures, (s.total_percent_centre, s.total_count, s.total_centre), targets, {})
        page.fit(row, [(unit.name, NAME_WIDTH * 0.9)])
        row += 1
        for organisation in self._below(unit):
            self._organisation(row, unit, organisation)
            row += 1
        return row

    def _below(self, unit: Unit) -> Sequence[Unit]:
        """The organisations of a unit that reported any: those of the plan, then those that are no longer in it."""
        known = self._organisations.get(unit.code, {})
        planned = self._page.result.plan.organisations(unit)
        if not known or planned == (unit,) == tuple(known.values()):
            return ()
        codes = {o.code for o in planned}
        return [*planned, *(o for code, o in known.items() if code not in codes)]

    def _organisation(self, row: int, unit: Unit, organisation: Unit) -> None:
        page, s = self._page, self._page.styles
        figures = self._figures[unit.code].get(organisation.code, {})
        targets = {i.id: self._whereabouts.row(unit.code, i.numerator[0].sheet, organisation.code) for i in self._shown}
        self._who(row, (unit.code, organisation.code, organisation.name), (s.text, s.text, s.name))
        absent = {
            i.id: DECLINED
            if any((unit.code, organisation.code, sheet) in self._declined for sheet in i.sheets)
            else NO_ROW
            for i in self._shown
        }
        self._cells(row, figures, (s.percent_centre, s.count, s.soft), targets, absent)
        pixels = row_pixels([(organisation.name, NAME_WIDTH * 0.92)])
        page.sheet.set_row_pixels(row, pixels, None, {"level": 1})

    def _who(self, row: int, values: Sequence[str], styles: Sequence[Format]) -> None:
        for col, (value, style) in enumerate(zip(values, styles, strict=True)):
            self._page.put(row, col, value, style)

    def _cells(
        self,
        row: int,
        figures: Mapping[str, Figure],
        styles: tuple[Format, Format, Format],
        targets: Mapping[str, str | None],
        absent: Mapping[str, str],
    ) -> None:
        """The rates, then what is missing to each; a rate leads to the rows it rests on.

        `styles`: of a rate, a count, and words. `absent`: what is said where there is no figure, else `–`.
        """
        rate, count, words = styles
        for col, indicator in enumerate(self._shown, FIRST_FIGURE):
            figure = figures.get(indicator.id)
            beside = col + len(self._shown)
            if figure is None or figure.rate is None:
                said = _without_rate(figure) if figure else absent.get(indicator.id, NOT_APPLICABLE)
                self._page.put(row, col, said, words)
                self._page.put(row, beside, said, words)
            else:
                put_linked(self._page, row, col, figure.rate, rate, targets.get(indicator.id))
                self._page.put(row, beside, missing(figure), count)


def missing(figure: Figure) -> int:
    """How many are still missing to the whole denominator."""
    return max((figure.denominator or 0) - (figure.numerator or 0), 0)


def _without_rate(figure: Figure) -> str:
    waiting = not isinstance(figure, OrganisationIndicator) and figure.state == "chua_bao_cao"
    return PENDING if waiting else NOT_APPLICABLE
