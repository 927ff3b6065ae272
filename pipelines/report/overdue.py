"""`Quá hạn`: whom to urge and why: units past their due date, units that need explaining, indicators past theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.links import MOST_LINKS, Whereabouts, put_linked
from pipelines.report.page import HEAD_ROWS, Column, Page, Styled, Value
from pipelines.report.tables import filtered_table
from pipelines.report.wording import NOT_APPLICABLE, grouped, unit_state_style
from schemas.results import UNIT_STATES, IndicatorTotal, OrganisationIndicator, UnitIndicator, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation

MOST_ORGANISATIONS = 6
"""Organisations named beside a unit's overdue indicator; all of them stand on the sheet of organisations."""
_WIDTHS = (5.5, 11, 28, 32, 12, 9, 11.5, 11.5, 15, 16.5, 16.5, 42, 24, 26)
_ORDER = ("qua_han", "loi", "tre_han", "chua_den_han", "mien", "dung_han")


def write_overdue(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """Overdue units, others that need a word, the six states adding up, then indicators past their deadline."""
    page = Page(workbook, styles, result, "Quá hạn", "ĐƠN VỊ VÀ CHỈ TIÊU QUÁ HẠN")
    row = _units(page, HEAD_ROWS, "1. Đơn vị quá hạn nộp báo cáo", overdue_units(result), "Không có đơn vị quá hạn")
    row = _units(
        page,
        row + 1,
        "2. Đơn vị có lỗi, trễ hạn, được gia hạn, được miễn",
        explained_units(result),
        "Không có đơn vị nào",
    )
    row = _states(page, row + 1)
    row = _indicators(page, row + 1)
    _of_units(page, row + 1)
    page.sheet.freeze_panes(HEAD_ROWS - 1, 0)


def overdue_units(result: Consolidation) -> list[UnitStatus]:
    """The overdue units, most overdue first, else in the plan's order."""
    return sorted((u for u in result.units if u.state == "qua_han"), key=lambda u: -u.days_overdue)


def explained_units(result: Consolidation) -> list[UnitStatus]:
    """The units that are not overdue and whose state needs a word: by state, then most days late first."""
    plain = ("dung_han", "chua_den_han")
    told = [u for u in result.units if u.state != "qua_han" and (u.state not in plain or u.extension or u.departure)]
    return sorted(told, key=lambda u: (_ORDER.index(u.state), -u.days_late))


def overdue_indicators(result: Consolidation) -> list[UnitIndicator]:
    """The overdue indicators of units: most overdue first, indicator by indicator, most still missing first."""
    late = (i for i in result.by_unit if i.state == "qua_han")
    order = {i.id: n for n, i in enumerate(result.plan.indicators)}
    return sorted(late, key=lambda i: (-i.days_overdue, order.get(i.indicator, len(order)), -i.missing))


def _columns(page: Page, titles: Sequence[str], formats: Sequence[str]) -> list[Column]:
    styles = [getattr(page.styles, name) for name in formats]
    return [Column(t, w, s) for t, w, s in zip(titles, _WIDTHS, styles, strict=False)]


def _units(page: Page, row: int, title: str, units: Sequence[UnitStatus], empty: str) -> int:
    columns = _columns(
        page,
        (
            *("STT", "Mã đơn vị", "Đơn vị", "Nhóm", "Trạng thái", "Số ngày", "Hạn gốc", "Gia hạn đến"),
            *("Văn bản gia hạn", "Nộp lần đầu", "Được chấp nhận", "Giải thích", "Còn thiếu", "Liên hệ"),
        ),
        (
            *("text_centre", "text", "name", "name", "text_centre", "count_or_dash", "date", "date"),
            *("name", "datetime", "datetime", "name", "name", "name"),
        ),
    )
    page.put(row, 0, f"{title}: {len(units)}", page.styles.page_title)
    rows = [_unit(page, number, unit) for number, unit in enumerate(units, 1)]
    end = filtered_table(page, row + 1, columns, rows, empty)
    whereabouts = Whereabouts(page.result)
    for line, u in enumerate(units, row + 2):
        put_linked(page, line, 1, u.unit.code, page.styles.link_left, whereabouts.unit(u.unit.code))
    return end


def _unit(page: Page, number: int, u: UnitStatus) -> list[Value | Styled]:
    s = page.styles
    days = u.days_overdue or u.days_late
    return [
        number,
        u.unit.code,
        u.unit.name,
        u.group,
        Styled(UNIT_STATES[u.state], unit_state_style(s, u.state)),
        Styled(days, s.bad) if u.days_overdue else days,
        u.original_due or u.due,
        u.extension.due if u.extension else None,
        u.extension.basis.document if u.extension else None,
        u.first_submitted_at,
        u.accepted_at,
        u.note,
        _still_missing(page.result, u),
        _contact(page.result, u),
    ]


def _still_missing(result: Consolidation, u: UnitStatus) -> str:
    if u.state == "mien" or u.accepted_at:
        return ""
    if u.missing:
        return "Các biểu " + ", ".join(result.plan.sheet(sheet).tab for sheet in u.missing)
    if u.first_submitted_at is None:
        return "Toàn bộ báo cáo"
    return f"Bản được chấp nhận; bản mới nhất còn {u.errors} lỗi" if u.errors else "Bản được chấp nhận"


def _contact(result: Consolidation, u: UnitStatus) -> str:
    contact = result.decisions.contact(u.unit.code)
    return "; ".join(filter(None, (contact.office, contact.phone, contact.email))) if contact else ""


def _states(page: Page, row: int) -> int:
    """The six states and their sum, counted by formulas over the sheet of progress."""
    s, counts = page.styles, page.result.state_counts()
    page.put(row, 0, "3. Cộng các trạng thái", s.page_title)
    row += 1
    page.merge((row, 0), (row, 2), "Trạng thái", s.header)
    page.put(row, 3, "Số đơn vị", s.header)
    first = row + 1
    for state, label in UNIT_STATES.items():
        row += 1
        page.merge((row, 0), (row, 2), label, unit_state_style(s, state))
        page.formula(row, 3, f"=COUNTIF('Tiến độ nộp'!$E:$E,\"{label}\")", counts[state], s.count)
    row += 1
    page.merge((row, 0), (row, 2), "Cộng", s.total_label)
    page.formula(row, 3, f"=SUM(D{first + 1}:D{row})", sum(counts.values()), s.total_count)
    page.note(row + 1, f"Cộng sáu trạng thái bằng {len(page.result.units)} đơn vị trong danh sách báo cáo.")
    return row + 2


def _indicators(page: Page, row: int) -> int:
    """Each indicator past its own deadline: how much is missing, and how many units are behind or have not reported."""
    result = page.result
    late = [t for t in result.indicators if t.kind == "rate" and t.deadline and result.as_of > t.deadline]
    late = [t for t in late if t.state not in ("hoan_thanh", "khong_ap_dung")]
    columns = _columns(
        page,
        (
            *("STT", "Mã", "Chỉ tiêu", "Tóm tắt", "Thời hạn", "Quá hạn (ngày)", "Đã thực hiện", "Tổng số"),
            *("Còn thiếu", "Tỷ lệ đạt", "Đơn vị chưa đạt", "Đơn vị chưa báo cáo"),
        ),
        (
            *("text_centre", "text", "name", "name", "date", "count", "count", "count"),
            *("count", "percent_centre", "count", "name"),
        ),
    )
    page.put(row, 0, f"4. Chỉ tiêu đã qua thời hạn, toàn tỉnh: {len(late)}", page.styles.page_title)
    rows = [_indicator(page, number, total) for number, total in enumerate(late, 1)]
    return filtered_table(page, row + 1, columns, rows, "Không có chỉ tiêu quá hạn")


def _indicator(page: Page, number: int, total: IndicatorTotal) -> list[Value | Styled]:
    result, s = page.result, page.styles
    cells = [i for i in result.by_unit if i.indicator == total.id]
    behind = [i for i in cells if i.state == "qua_han"]
    silent = [result.plan.unit(i.unit).name for i in cells if i.state == "chua_bao_cao"]
    missing = sum(i.missing for i in behind)
    days = (result.as_of - total.deadline).days if total.deadline else 0
    summary = f"Còn thiếu {grouped(missing)} ở {len(behind)} đơn vị; {len(silent)} đơn vị chưa báo cáo"
    return [
        number,
        total.id,
        total.label,
        summary,
        total.deadline,
        Styled(days, s.bad),
        NOT_APPLICABLE if total.numerator is None else total.numerator,
        NOT_APPLICABLE if total.denominator is None else total.denominator,
        missing,
        NOT_APPLICABLE if total.rate is None else total.rate,
        len(behind),
        "; ".join(silent),
    ]


def _of_units(page: Page, row: int) -> int:
    s, result = page.styles, page.result
    late = overdue_indicators(result)
    by_id = {i.id: i for i in result.plan.indicators}
    deadlines = {i.id: i.deadline for i in result.indicators}
    columns = _columns(
        page,
        (
            *("STT", "Mã đơn vị", "Đơn vị", "Chỉ tiêu", "Thời hạn", "Quá hạn (ngày)", "Đã thực hiện", "Tổng số"),
            *("Còn thiếu", "Tỷ lệ đạt", "Số tổ chức còn thiếu", "Tổ chức còn thiếu (đã thực hiện/tổng số)"),
        ),
        (
            *("text_centre", "text", "name", "name", "date", "count", "count", "count"),
            *("count", "percent_centre", "count_or_dash", "name"),
        ),
    )
    page.put(row, 0, f"5. Chỉ tiêu quá hạn theo đơn vị: {len(late)}", s.page_title)
    rows: list[list[Value | Styled]] = []
    for number, i in enumerate(late, 1):
        short = [o for o in result.by_organisation if (o.unit, o.indicator) == (i.unit, i.indicator) and o.missing]
        rows.append(
            [
                number,
                i.unit,
                result.plan.unit(i.unit).name,
                f"{i.indicator} – {by_id[i.indicator].label}" if i.indicator in by_id else i.indicator,
                deadlines.get(i.indicator),
                Styled(i.days_overdue, s.bad),
                i.numerator,
                i.denominator,
                i.missing,
                NOT_APPLICABLE if i.rate is None else i.rate,
                len(short),
                _named(short),
            ]
        )
    end = filtered_table(page, row + 1, columns, rows, "Không có chỉ tiêu quá hạn")
    if late:
        page.sheet.repeat_rows(row + 1)
        _lead_to_rows(page, row + 2, late)
    return end


def _lead_to_rows(page: Page, row: int, late: Sequence[UnitIndicator]) -> None:
    """The rates lead to the rows they rest on."""
    whereabouts, by_id = Whereabouts(page.result), {i.id: i for i in page.result.plan.indicators}
    for line, figure in enumerate(late[:MOST_LINKS], row):
        if figure.indicator in by_id and figure.rate is not None:
            target = whereabouts.rows(figure.unit, by_id[figure.indicator])
            put_linked(page, line, 9, figure.rate, page.styles.percent_centre, target)


def _named(short: Sequence[OrganisationIndicator]) -> str:
    """The organisations that fall short, most missing first."""
    worst = sorted(short, key=lambda o: -o.missing)
    told = [
        f"{o.organisation.name} {grouped(o.numerator)}/{grouped(o.denominator)}" for o in worst[:MOST_ORGANISATIONS]
    ]
    if len(worst) > MOST_ORGANISATIONS:
        told.append(f"và {len(worst) - MOST_ORGANISATIONS} tổ chức khác (trang “Theo tổ chức”)")
    return "; ".join(told)
