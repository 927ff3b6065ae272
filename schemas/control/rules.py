"""The named rules of a control workbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from schemas.control.names import (
    CONTACTS,
    DATES,
    DISSOLVED,
    EXEMPTIONS,
    EXTENSIONS,
    MERGED,
    NEW,
    RENAMED,
    UNIT_CHANGES,
    late_date,
    round_choice,
)
from schemas.plan import DATES as ANY_DAY
from schemas.plan import DEVICE_NAMES, Plan, RuleSpec

_CODES = 150
"""How many codes one rule looks through: of twenty letters each they still fit into one formula."""


def control_rules(plan: Plan) -> tuple[RuleSpec, ...]:
    """The rules of the sheets D1–D5, for the rounds and units of the plan governed."""
    return (*_on_dates(plan), *_on_extensions(plan), *_on_exemptions(), *_on_unit_changes(plan), *_on_contacts())


def _on_dates(plan: Plan) -> Iterator[RuleSpec]:
    yield _rule("thoi_han_mot_dong", DATES, "unique_rows", fields=("noi_dung",))
    yield _rule("thoi_han_du_can_cu", DATES, "required_together", fields=("ngay", "so_van_ban", "ly_do"))
    yield _within(plan, DATES, "ngay")
    for r in (r for r in plan.rounds if r.due):
        yield _not_before(f"nop_bu_sau_han_{r.id}", DATES, "ngay", ("noi_dung", late_date(r)), r.due)


def _on_extensions(plan: Plan) -> Iterator[RuleSpec]:
    yield _rule("gia_han_mot_dong", EXTENSIONS, "unique_rows", fields=("ky", "don_vi"))
    yield _within(plan, EXTENSIONS, "han_moi")
    for r in (r for r in plan.rounds if r.due):
        yield _not_before(f"gia_han_sau_han_{r.id}", EXTENSIONS, "han_moi", ("ky", round_choice(r)), r.due)


def _on_exemptions() -> Iterator[RuleSpec]:
    yield _rule("mien_mot_dong", EXEMPTIONS, "unique_rows", fields=("don_vi", "ky"), also=("bieu",))


def _on_unit_changes(plan: Plan) -> Iterator[RuleSpec]:
    yield _rule("thay_doi_mot_dong", UNIT_CHANGES, "unique_rows", fields=("don_vi", "loai"))
    yield _rule("ma_moi_mot_dong", UNIT_CHANGES, "unique_rows", fields=("ma_moi",))
    for n, kind in enumerate((RENAMED, MERGED, DISSOLVED), 1):
        yield _when(f"thay_doi_co_don_vi_{n}", "required_when", kind, field=("don_vi",))
    yield _when("doi_ten_co_ten_moi", "required_when", RENAMED, field=("ten_moi",))
    yield _when("sap_nhap_vao_dau", "required_when", MERGED, field=("vao_don_vi",))
    for name in ("ten_moi", "ma_moi", "nhom"):
        yield _when(f"don_vi_moi_co_{name}", "required_when", NEW, field=(name,))
    yield _when("don_vi_moi_chua_co_dong", "blank_when", NEW, fields=("don_vi",))
    yield _when("ma_moi_cua_don_vi_moi", "blank_unless", NEW, fields=("ma_moi", "nhom"))
    yield _when("vao_dau_cua_sap_nhap", "blank_unless", MERGED, fields=("vao_don_vi",))
    for n, kind in enumerate((MERGED, DISSOLVED), 1):
        yield _when(f"ten_moi_khong_can_{n}", "blank_when", kind, fields=("ten_moi",))
    yield _rule("sap_nhap_vao_don_vi_khac", UNIT_CHANGES, "differs_from", field=("vao_don_vi",), other=("don_vi",))
    yield _rule("ma_moi_dung_dang", UNIT_CHANGES, "is_code", field=("ma_moi",))
    yield _rule("ma_moi_khong_la_ten_thiet_bi", UNIT_CHANGES, "none_of", field=("ma_moi",), values=DEVICE_NAMES)
    codes = [unit.code for unit in plan.units]
    for n, start in enumerate(range(0, len(codes), _CODES), 1):
        values = tuple(codes[start : start + _CODES])
        yield _rule(f"ma_moi_chua_ai_dung_{n}", UNIT_CHANGES, "none_of", field=("ma_moi",), values=values)


def _on_contacts() -> Iterator[RuleSpec]:
    yield _rule("lien_he_mot_dong", CONTACTS, "unique_rows", fields=("don_vi",))


def _rule(name: str, sheet: str, rule: str, **params: tuple[str, ...]) -> RuleSpec:
    return RuleSpec(name, sheet, rule, "error", params, "")


def _when(name: str, rule: str, kind: str, **fields: tuple[str, ...]) -> RuleSpec:
    return _rule(name, UNIT_CHANGES, rule, **fields, when=("loai",), equals=(kind,))


def _not_before(name: str, sheet: str, field: str, said: tuple[str, str], due: date | None) -> RuleSpec:
    when, value = said
    first = due.isoformat() if due else ""
    params = {"field": (field,), "when": (when,), "equals": (value,), "from": (first,)}
    return RuleSpec(name, sheet, "not_before_when", "error", params, "")


def _within(plan: Plan, sheet: str, field: str) -> RuleSpec:
    first, last = plan.settings.issued_on.isoformat(), ANY_DAY[1].isoformat()
    params = {"field": (field,), "from": (first,), "to": (last,)}
    return RuleSpec(f"{sheet}_trong_khoang", sheet, "between_dates", "error", params, "")
