"""Dates in a report that are later than the day on which it was signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipelines.booked import booked
from pipelines.dataset import Connection
from schemas.plan import Field, Plan, Sheet
from schemas.results import DataRow, SheetRows
from schemas.signs import Evidence, Sign

SIGNED = "ngay_ky"
"""The id of the field in which a plan asks for the day of signing."""

_Signed = tuple[date, str, str]
"""The day of signing, and the tab and the cell in which it stands."""


def signed_field(plan: Plan) -> tuple[Sheet, Field] | None:
    """Where a plan asks for the day of signing: the form's date `ngay_ky`, else its only date; None: it does not."""
    dates = [
        (sheet, field)
        for sheet in plan.sheets
        for field in sheet.fields
        if sheet.kind == "form" and field.type == "date" and field.stored
    ]
    named = [place for place in dates if place[1].id == SIGNED]
    return next(iter(named), dates[0] if len(dates) == 1 else None)


def done_after_signing(connection: Connection, plan: Plan, tables: Sequence[SheetRows]) -> Iterator[Sign]:
    """Per file that counts: the dates on its sheets of organisations and its lists that are later than its own signing.

    A file without a day of signing (a part of a report) is measured by the one that counts for its unit.
    """
    place = signed_field(plan)
    if place is None:
        return
    signed = _Signings(connection, plan, *place, tables)
    late: dict[str, list[tuple[DataRow, Field, date]]] = {}
    for table in tables:
        fields = [f for f in table.sheet.fields if f.type == "date" and f.stored and table.sheet.kind != "form"]
        for row in table.rows if fields else ():
            day = signed.of(row)
            for field in fields if day else ():
                value = row.values.get(field.id)
                if isinstance(value, date) and day and value > day[0]:
                    late.setdefault(row.sha256, []).append((row, field, value))
    for found in late.values():
        day = signed.of(found[0][0])
        assert day is not None
        yield _sign(place[1], day, found)


class _Signings:
    def __init__(
        self, connection: Connection, plan: Plan, sheet: Sheet, field: Field, tables: Sequence[SheetRows]
    ) -> None:
        self._by_file: dict[str, _Signed] = {}
        self._by_unit: dict[str, _Signed] = {}
        for row in (row for table in tables if table.sheet.id == sheet.id for row in table.rows):
            day = row.values.get(field.id)
            if isinstance(day, date):
                signed = (day, row.tab, row.cells.get(field.id, ""))
                self._by_file[row.sha256] = self._by_unit[row.unit.code] = signed
        others = {row.sha256 for table in tables for row in table.rows} - self._by_file.keys()
        for (sha, _), given in (booked(connection, plan, [sheet], others) if others else {}).items():
            for line in given.lines:
                day = line.values.get(field.id)
                if isinstance(day, date):
                    self._by_file[sha] = (day, given.tab, given.cell(field.id, line.row) or "")

    def of(self, row: DataRow) -> _Signed | None:
        """When the file of a row was signed."""
        return self._by_file.get(row.sha256) or self._by_unit.get(row.unit.code)


def _sign(field: Field, signed: _Signed, found: Sequence[tuple[DataRow, Field, date]]) -> Sign:
    day, tab, cell = signed
    first, latest = found[0][0], max(value for _, _, value in found)
    how_many = f"{len(found)} ngày ghi trong báo cáo, muộn nhất" if len(found) > 1 else "Có ngày ghi trong báo cáo,"
    return Sign(
        "done_after_signing",
        first.unit,
        f"{how_many} {latest:%d/%m/%Y}, sau ngày ký báo cáo ({day:%d/%m/%Y}).",
        "Đề nghị đơn vị cho biết khi ký báo cáo việc đã hoàn thành chưa, hay ngày ghi ở đây mới là dự kiến?",
        (
            Evidence(first.unit.code, first.source_name, first.version, tab, cell, f"{field.label}: {day:%d/%m/%Y}"),
            *(_evidence(row, of, value) for row, of, value in found),
        ),
    )


def _evidence(row: DataRow, field: Field, value: date) -> Evidence:
    name = f"{row.organisation.name}, " if row.organisation else ""
    what = f"{name}{field.label}: {value:%d/%m/%Y}"
    return Evidence(row.unit.code, row.source_name, row.version, row.tab, row.cells.get(field.id, ""), what)
