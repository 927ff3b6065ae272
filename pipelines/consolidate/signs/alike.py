"""Reports that are equal to another unit's, or to the unit's own of an earlier round, figure by figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipelines.consolidate.listings import counted_rows
from pipelines.consolidate.signs.figures import (
    Figures,
    by_unit,
    distinctive,
    evidence_of_rows,
    figures_of,
    listed,
    number,
    numeric_fields,
)
from pipelines.known import Known
from schemas.plan import Round, Sheet
from schemas.results import DataRow, SheetRows
from schemas.signs import Evidence, Sign

MOST_SHOWN = 3
"""Other units with the same report whose cells are shown as evidence."""

Sheets = Mapping[str, Sequence[DataRow]]
"""Sheet → a unit's rows on it; only sheets that hold some figure."""
_Signature = tuple[tuple[str, tuple[Figures, ...]], ...]


def like_another(tables: Sequence[SheetRows]) -> Iterator[Sign]:
    """Units whose figures on all sheets of organisations and all lists are, in order, those of another unit.

    Sheets without any figure are as good as not there; blank is 0.
    """
    sheets = {table.sheet.id: table.sheet for table in tables}
    alike: dict[_Signature, list[Sheets]] = {}
    for own in by_unit(tables).values():
        alike.setdefault(_signature(sheets, own), []).append(own)
    for signature, group in alike.items():
        if len(group) > 1 and _telling(signature):
            for one in group:
                yield _like_another(sheets, signature, one, [other for other in group if other is not one])


def like_before(known: Known, tables: Sequence[SheetRows]) -> Iterator[Sign]:
    """Units whose figures on the sheets that an earlier round asks for too are those they gave then.

    Of several earlier rounds only the newest that is the same is named.
    """
    now = by_unit(tables)
    told: set[str] = set()
    for earlier in reversed(known.earlier()):
        asked = {sheet.id for sheet in known.plan.sheets_of_round(earlier.round.id)}
        shared = {table.sheet.id: table.sheet for table in tables if table.sheet.id in asked}
        then = by_unit(t for t in counted_rows(earlier) if t.sheet.id in shared)
        for unit, before in then.items():
            own = {sheet: rows for sheet, rows in now.get(unit, {}).items() if sheet in shared}
            signature = _signature(shared, own)
            if unit not in told and signature == _signature(shared, before) and _telling(signature):
                told.add(unit)
                yield _like_before(shared, earlier.round, own, before)


def _signature(sheets: Mapping[str, Sheet], own: Sheets) -> _Signature:
    return tuple(
        (sheet, tuple(figures_of(row, fields) for row in rows))
        for sheet, rows in own.items()
        if (fields := numeric_fields(sheets[sheet]))
    )


def _telling(signature: _Signature) -> bool:
    return distinctive(figure for _, rows in signature for figures in rows for figure in figures)


def _like_another(sheets: Mapping[str, Sheet], signature: _Signature, own: Sheets, others: Sequence[Sheets]) -> Sign:
    units = [_first(other).unit for other in others]
    names = listed([f"{unit.name} ({unit.code})" for unit in units], "đơn vị")
    count = sum(figure > 0 for _, rows in signature for figures in rows for figure in figures)
    shown = [own, *others[:MOST_SHOWN]]
    return Sign(
        "like_another",
        _first(own).unit,
        f"Cả {number(count)} số liệu trên {len(signature)} biểu ({_codes(sheets, own)}) giống hệt báo cáo của {names}.",
        "Đề nghị đơn vị cho biết báo cáo này được lập từ số liệu của chính đơn vị hay lấy theo báo cáo khác?",
        tuple(evidence for some in shown for evidence in _evidence(sheets, some)),
    )


def _like_before(sheets: Mapping[str, Sheet], earlier: Round, own: Sheets, before: Sheets) -> Sign:
    return Sign(
        "like_before",
        _first(own).unit,
        f"Mọi số liệu ở các biểu có trong cả hai kỳ ({_codes(sheets, own)}) giống hệt báo cáo kỳ “{earlier.label}” "
        f"(bản số {_first(before).version}).",
        "Đề nghị đơn vị cho biết số liệu kỳ này đã được cập nhật chưa, hay kết quả đúng là không thay đổi?",
        (*_evidence(sheets, own), *_evidence(sheets, before)),
    )


def _evidence(sheets: Mapping[str, Sheet], own: Sheets) -> Iterator[Evidence]:
    for sheet, rows in own.items():
        yield evidence_of_rows(_first(own).unit.code, sheets[sheet], rows)


def _first(own: Sheets) -> DataRow:
    return next(iter(own.values()))[0]


def _codes(sheets: Mapping[str, Sheet], own: Sheets) -> str:
    return ", ".join(sheets[sheet].code for sheet in own)
