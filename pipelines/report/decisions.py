"""`Quyết định điều hành`: what the office has decided about the plan, and where its control workbook says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.clock import TIMEZONE
from pipelines.report.page import HEAD_ROWS, Page, Value
from pipelines.report.tables import Sections
from pipelines.report.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation
    from schemas.decisions import Basis, ChangeKind, Decisions, UnitChange
    from schemas.plan import Plan

TAB = "Quyết định điều hành"
NO_CONTROL = (
    "Chưa có sổ điều hành nào được chấp nhận: mọi thời hạn và đơn vị đúng như kế hoạch. "
    "Lệnh “tonghop control” ghi sổ điều hành để điền."
)
FIRST_ROW = HEAD_ROWS + 1
UNIT_CHANGES: dict[ChangeKind, str] = {
    "renamed": "Đổi tên",
    "merged": "Sáp nhập",
    "dissolved": "Giải thể",
    "new": "Đơn vị mới",
}
_OPEN = "kế hoạch không ấn định hạn"
_WIDTHS = (5.5, 12, 40, 34, 15, 36, 18, 44, 22, 9)


def write_decisions(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """`Quyết định điều hành`: dates, extensions, exemptions, changes of units, contacts; which workbook says them."""
    page = Page(workbook, styles, result, TAB, "QUYẾT ĐỊNH ĐIỀU HÀNH ĐANG CÓ HIỆU LỰC")
    decisions = result.decisions
    sections = Sections(page, FIRST_ROW, _WIDTHS)
    if not decisions.version:
        sections.say(NO_CONTROL)
        return
    page.put(HEAD_ROWS - 1, 0, _resting_on(decisions), styles.page_subject)
    _dates(sections, result.plan, decisions)
    _extensions(sections, result.plan, decisions)
    _exemptions(sections, result.plan, decisions)
    _unit_changes(sections, result.plan, decisions)
    _contacts(sections, result.plan, decisions)
    sections.keep(HEAD_ROWS)


def _resting_on(decisions: Decisions) -> str:
    at = decisions.received_at
    received = f", nhận lúc {at.astimezone(TIMEZONE):%H:%M ngày %d/%m/%Y}" if at else ""
    return f"Theo sổ điều hành bản số {decisions.version}, tệp {decisions.source_name}{received}."


def _dates(sections: Sections, plan: Plan, decisions: Decisions) -> None:
    s = sections.page.styles
    described = (
        ("STT", s.text_centre),
        ("Ký hiệu", s.text),
        ("Kỳ hoặc chỉ tiêu", s.name),
        ("Loại thời hạn", s.name),
        ("Ngày", s.date),
        ("Ý nghĩa", s.name),
        *_basis_columns(s),
    )
    labels = {i.id: i.label for i in plan.indicators}
    dates: list[tuple[str, str, str, date, str, Basis]] = [
        (d.round, _round(plan, d.round), "Hạn nộp của kỳ", d.due, _OPEN, d.basis) for d in decisions.round_dues
    ]
    dates += [
        (d.indicator, labels.get(d.indicator, d.indicator), "Thời hạn của chỉ tiêu", d.deadline, _OPEN, d.basis)
        for d in decisions.deadlines
    ]
    dates += [
        (d.round, _round(plan, d.round), "Ngày nộp bù", d.by, "ghi trong văn bản đôn đốc đơn vị quá hạn", d.basis)
        for d in decisions.new_dates
    ]
    rows = [(n, *date_[:-1], *_basis(date_[-1])) for n, date_ in enumerate(dates, 1)]
    sections.add(f"Thời hạn: {grouped(len(rows))}", described, rows, "Không có thời hạn nào được ấn định thêm")


def _extensions(sections: Sections, plan: Plan, decisions: Decisions) -> None:
    s = sections.page.styles
    described = (
        ("STT", s.text_centre),
        ("Mã đơn vị", s.text),
        ("Đơn vị", s.name),
        ("Kỳ", s.name),
        ("Hạn mới", s.date),
        ("Hạn chung của kỳ", s.date),
        *_basis_columns(s),
    )
    dues = {r.id: r.due for r in plan.rounds}
    rows = [
        (n, e.unit, _unit(plan, e.unit), _round(plan, e.round), e.due, dues.get(e.round), *_basis(e.basis))
        for n, e in enumerate(decisions.extensions, 1)
    ]
    sections.add(f"Gia hạn: {grouped(len(rows))}", described, rows, "Không đơn vị nào được gia hạn")


def _exemptions(sections: Sections, plan: Plan, decisions: Decisions) -> None:
    s = sections.page.styles
    described = (
        ("STT", s.text_centre),
        ("Mã đơn vị", s.text),
        ("Đơn vị", s.name),
        ("Kỳ", s.name),
        ("Phạm vi", s.text_centre),
        ("Biểu", s.name),
        *_basis_columns(s),
    )
    tabs = {sheet.id: sheet.tab for sheet in plan.sheets}
    rows = [
        (
            n,
            e.unit,
            _unit(plan, e.unit),
            _round(plan, e.round),
            "một biểu" if e.sheet else "cả báo cáo",
            tabs.get(e.sheet, e.sheet) if e.sheet else "mọi biểu",
            *_basis(e.basis),
        )
        for n, e in enumerate(decisions.exemptions, 1)
    ]
    sections.add(f"Miễn báo cáo: {grouped(len(rows))}", described, rows, "Không đơn vị nào được miễn")


def _unit_changes(sections: Sections, plan: Plan, decisions: Decisions) -> None:
    s = sections.page.styles
    described = (
        ("STT", s.text_centre),
        ("Mã đơn vị", s.text),
        ("Đơn vị", s.name),
        ("Loại thay đổi", s.text_centre),
        ("Từ ngày", s.date),
        ("Nội dung", s.name),
        *_basis_columns(s),
    )
    rows = [
        (n, c.unit, c.name or _unit(plan, c.unit), UNIT_CHANGES[c.kind], c.on, _change(plan, c), *_basis(c.basis))
        for n, c in enumerate(decisions.unit_changes, 1)
    ]
    sections.add(f"Thay đổi đơn vị: {grouped(len(rows))}", described, rows, "Không đơn vị nào thay đổi")


def _change(plan: Plan, change: UnitChange) -> str:
    if change.kind == "renamed":
        return f"tên mới: {change.name}"
    if change.kind == "merged":
        return f"vào {change.into} – {_unit(plan, change.into)}"
    if change.kind == "new":
        kinds = {choice.value: choice.label for choice in plan.choices.get("unit_kind", ())}
        return f"nhóm: {kinds.get(change.unit_kind, change.unit_kind)}"
    return "thôi báo cáo"


def _contacts(sections: Sections, plan: Plan, decisions: Decisions) -> None:
    s = sections.page.styles
    described = (
        ("STT", s.text_centre),
        ("Mã đơn vị", s.text),
        ("Đơn vị", s.name),
        ("Nơi nhận", s.name),
        ("Điện thoại", s.text),
        ("Thư điện tử", s.text),
    )
    rows = [(n, c.unit, _unit(plan, c.unit), c.office, c.phone, c.email) for n, c in enumerate(decisions.contacts, 1)]
    sections.add(f"Liên hệ: {grouped(len(rows))}", described, rows, "Chưa ghi nơi liên hệ nào")


def _basis_columns(s: Styles) -> tuple[tuple[str, Format], ...]:
    return (
        ("Số văn bản", s.text),
        ("Lý do", s.name),
        ("Trang của sổ điều hành", s.text),
        ("Dòng", s.text_centre),
    )


def _basis(basis: Basis) -> Sequence[Value]:
    return basis.document, basis.reason, basis.tab, basis.row or None


def _unit(plan: Plan, code: str) -> str:
    """A unit's name; one that is only to come is in no list yet."""
    return next((unit.name for unit in plan.units if unit.code == code), code)


def _round(plan: Plan, round_id: str) -> str:
    return next((r.label for r in plan.rounds if r.id == round_id), round_id)
