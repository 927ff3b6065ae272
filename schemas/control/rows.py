"""The rows of a control workbook → decisions, and decisions → the rows as the office would type them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from schemas.control.names import (
    CHANGES,
    CONTACTS,
    DATES,
    EXEMPTIONS,
    EXTENSIONS,
    INDICATOR,
    LATE,
    ROUND,
    UNIT_CHANGES,
    code_of,
    indicator_date,
    kind_choice,
    late_date,
    new_unit_choice,
    open_indicators,
    open_rounds,
    round_choice,
    round_date,
    sheet_choice,
    subject_of,
    unit_choice,
)
from schemas.decisions import (
    NO_DECISIONS,
    Basis,
    Contact,
    Decisions,
    Exemption,
    Extension,
    IndicatorDeadline,
    NewDate,
    RoundDue,
    UnitChange,
)
from schemas.plan import Plan

Row = Mapping[str, Any]
"""A row of a sheet: field id → value as stored (text, `date`, None), with `tab` and `excel_row` where it stood."""

_KINDS = {kind: word for word, kind in CHANGES.items()}


def decisions_in(plan: Plan, rows: Mapping[str, Sequence[Row]]) -> Decisions:
    """What the accepted rows of a control workbook decide, by sheet id. `plan`: the plan governed, as its tables say.

    A row of `DATES` without a date, and a contact without anything to reach it by, decide nothing.
    """
    dates = [(*subject_of(r["noi_dung"]), r) for r in rows.get(DATES, ()) if r["ngay"] is not None]
    sheets = {sheet.code: sheet.id for sheet in plan.sheets}
    return Decisions(
        round_dues=tuple(RoundDue(of, r["ngay"], _basis(r)) for kind, of, r in dates if kind == ROUND),
        deadlines=tuple(IndicatorDeadline(of, r["ngay"], _basis(r)) for kind, of, r in dates if kind == INDICATOR),
        new_dates=tuple(NewDate(of, r["ngay"], _basis(r)) for kind, of, r in dates if kind == LATE),
        extensions=tuple(
            Extension(code_of(r["don_vi"]), code_of(r["ky"]), r["han_moi"], _basis(r)) for r in rows.get(EXTENSIONS, ())
        ),
        exemptions=tuple(_exemptions(sheets, rows.get(EXEMPTIONS, ()))),
        unit_changes=tuple(map(_unit_change, rows.get(UNIT_CHANGES, ()))),
        contacts=tuple(
            Contact(code_of(r["don_vi"]), *told)
            for r in rows.get(CONTACTS, ())
            if any(told := [r[name] or "" for name in ("noi_nhan", "dien_thoai", "thu_dien_tu")])
        ),
    )


def rows_as_typed(plan: Plan, decisions: Decisions = NO_DECISIONS) -> dict[str, list[dict[str, Any]]]:
    """By sheet id, the rows that say these decisions: field id → value. `plan`: the plan governed, as its tables say.

    What is still to be decided has a row of its own without a date, and every unit has a row for its contact.
    """
    return {
        DATES: list(_dates(plan, decisions)),
        EXTENSIONS: [
            {"ky": _round(plan, e.round), "don_vi": _unit(plan, e.unit), "han_moi": e.due} | _said(e.basis)
            for e in decisions.extensions
        ],
        EXEMPTIONS: [
            {"don_vi": _unit(plan, e.unit), "ky": _round(plan, e.round), "bieu": _sheet(plan, e.sheet)} | _said(e.basis)
            for e in decisions.exemptions
        ],
        UNIT_CHANGES: [_typed_change(plan, change) for change in decisions.unit_changes],
        CONTACTS: list(_contacts(plan, decisions)),
    }


def _basis(row: Row) -> Basis:
    return Basis(row["so_van_ban"] or "", row["ly_do"] or "", row.get("tab", ""), row.get("excel_row", 0))


def _exemptions(sheets: Mapping[str, str], rows: Sequence[Row]) -> Iterator[Exemption]:
    """A sheet that the plan no longer has needs no exemption; it must not become one from the whole round."""
    for row in rows:
        code = code_of(row["bieu"] or "")
        if not code or code in sheets:
            yield Exemption(code_of(row["don_vi"]), code_of(row["ky"]), sheets[code] if code else None, _basis(row))


def _unit_change(row: Row) -> UnitChange:
    kind = CHANGES[row["loai"]]
    return UnitChange(
        kind,
        row["tu_ngay"],
        row["ma_moi"] if kind == "new" else code_of(row["don_vi"]),
        _basis(row),
        name=row["ten_moi"] or "",
        into=code_of(row["vao_don_vi"] or ""),
        unit_kind=code_of(row["nhom"] or ""),
    )


def _said(basis: Basis) -> dict[str, Any]:
    return {"so_van_ban": basis.document, "ly_do": basis.reason}


def _dates(plan: Plan, decisions: Decisions) -> Iterator[dict[str, Any]]:
    known: dict[tuple[str, str], tuple[date, Basis]] = {
        **{(ROUND, r.round): (r.due, r.basis) for r in decisions.round_dues},
        **{(INDICATOR, i.indicator): (i.deadline, i.basis) for i in decisions.deadlines},
        **{(LATE, n.round): (n.by, n.basis) for n in decisions.new_dates},
    }
    subjects = {
        **{(ROUND, r.id): round_date(r) for r in open_rounds(plan)},
        **{(INDICATOR, i.id): indicator_date(i) for i in open_indicators(plan)},
        **{(LATE, r.id): late_date(r) for r in plan.rounds},
    }
    for subject, text in subjects.items():
        row: dict[str, Any] = {"noi_dung": text}
        if subject in known:
            day, basis = known[subject]
            row |= {"ngay": day} | _said(basis)
        yield row


def _typed_change(plan: Plan, change: UnitChange) -> dict[str, Any]:
    new = change.kind == "new"
    return {
        "loai": _KINDS[change.kind],
        "tu_ngay": change.on,
        "don_vi": None if new else _unit(plan, change.unit),
        "ten_moi": change.name or None,
        "vao_don_vi": _unit(plan, change.into) if change.into else None,
        "ma_moi": change.unit if new else None,
        "nhom": _kind(plan, change.unit_kind) if change.unit_kind else None,
    } | _said(change.basis)


def _contacts(plan: Plan, decisions: Decisions) -> Iterator[dict[str, Any]]:
    here = {unit.code: unit_choice(unit) for unit in plan.reporting_units}
    known = {contact.unit: contact for contact in decisions.contacts}
    for code in (*here, *(code for code in known if code not in here)):
        row: dict[str, Any] = {"don_vi": _unit(plan, code)}
        if code in known:
            contact = known[code]
            row |= {"noi_nhan": contact.office, "dien_thoai": contact.phone, "thu_dien_tu": contact.email}
        yield {name: value or None for name, value in row.items()}


def _unit(plan: Plan, code: str) -> str:
    return unit_choice(plan.unit(code)) if plan.has_unit(code) else new_unit_choice(code)


def _round(plan: Plan, round_id: str) -> str:
    return next((round_choice(r) for r in plan.rounds if r.id == round_id), round_id)


def _sheet(plan: Plan, sheet_id: str | None) -> str | None:
    return next((sheet_choice(s) for s in plan.sheets if s.id == sheet_id), None)


def _kind(plan: Plan, kind: str) -> str:
    return next((kind_choice(kind, c.label) for c in plan.choices.get("unit_kind", ()) if c.value == kind), kind)
