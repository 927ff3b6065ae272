"""Rates of single organisations and of single units, and the cell of every counted value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from pipelines.consolidate.organisations import by_organisation
from schemas.changes import Value
from schemas.layout import NOT_APPLICABLE
from schemas.results import DataRow, SheetRows
from tests.reports import plan_as_it_is
from tests.typed import Books, books, cover, declared, mini_plan, praise, sent, study, whole


@pytest.fixture
def ledger() -> Iterator[Books]:
    with books(mini_plan()) as empty:
        yield empty


def told(ledger: Books) -> list[tuple[str, str, str, int, int, float | None]]:
    found = ledger.result().by_organisation
    return [(o.unit, o.organisation.code, o.indicator, o.numerator, o.denominator, o.rate) for o in found]


def test_each_organisation_has_its_rates_in_the_order_of_the_plan(ledger: Books) -> None:
    ledger.night(whole("CQ", "2022-05-08"), whole("HU", "2022-05-08", da_hoc=6, da_kiem_tra="không"))
    assert told(ledger) == [
        ("HU", "01001", "T1", 6, 8, 0.75),
        ("HU", "01001", "T2", 0, 1, 0.0),
        ("HU", "01002", "T1", 8, 8, 1.0),
        ("HU", "01002", "T2", 1, 1, 1.0),
        ("CQ", "CQ", "T1", 8, 8, 1.0),
        ("CQ", "CQ", "T2", 1, 1, 1.0),
    ]
    assert [o.missing for o in ledger.result().by_organisation][:2] == [2, 1]


def test_nothing_to_count_is_no_rate_and_what_does_not_apply_is_left_out(ledger: Books) -> None:
    rows = study("HU", phai_hoc=0, da_hoc=0)
    rows["hoc_tap"] |= declared("hoc_tap", NOT_APPLICABLE, "01002")["hoc_tap"]  # type: ignore[operator]
    ledger.night(sent("HU", "2022-05-08", cover("HU"), rows))
    ledger.night(sent("CQ", "2022-05-08", cover("CQ"), declared("hoc_tap", NOT_APPLICABLE)))
    assert told(ledger) == [("HU", "01001", "T1", 0, 0, None), ("HU", "01001", "T2", 1, 1, 1.0)]


def _row(code: str, values: Mapping[str, Value], declared_as: str | None = None) -> DataRow:
    plan = plan_as_it_is()
    place = ("a.xlsx", "", 1, "", 10)
    return DataRow(plan.unit("703"), plan.unit(code), dict(values), *place, declared=declared_as)


def test_a_rate_over_two_sheets_needs_a_row_of_the_organisation_on_both() -> None:
    plan = plan_as_it_is()
    members = {"tong_dang_vien": 100, "dang_vien_mien": 10}
    assessed = {"dang_vien_duoc_danh_gia": 81}
    tables = [
        SheetRows(plan.sheet("cam_ket"), tuple(_row(c, members) for c in ("25456", "25459", "25462"))),
        SheetRows(
            plan.sheet("danh_gia"),
            (_row("25456", assessed), _row("25462", {}, NOT_APPLICABLE), _row("25465", assessed)),
        ),
    ]
    found = by_organisation(plan, plan.round("cuoi_nam"), tables)
    over_both = [(o.organisation.code, o.numerator, o.denominator, o.rate) for o in found if o.indicator == "CT9"]
    assert over_both == [("25456", 81, 90, 0.9)]
    assert [o.organisation.code for o in found if o.indicator == "CT4"] == ["25456", "25459", "25462"]


def test_the_totals_over_one_unit_are_its_own_also_where_it_has_not_reported(ledger: Books) -> None:
    ledger.night(whole("HU", "2022-05-08", praise("A", times=3), da_hoc=6))
    result = ledger.result()
    assert set(result.by_single) == {"HU", "DU", "CQ", "MIEN"}
    alone = {total.id: total for total in result.by_single["HU"]}
    assert list(alone) == [total.id for total in result.indicators]
    assert {total.group for total in alone.values()} == {"Huyện uỷ An Bình"}
    assert (alone["T1"].numerator, alone["T1"].denominator, alone["T1"].units_expected) == (14, 16, 1)
    assert (alone["K1"].numerator, alone["NB"].numerator, alone["NB.1"].numerator) == (3, 1, 1)
    missing = {total.id: total for total in result.by_single["DU"]}
    assert (missing["T1"].numerator, missing["T1"].units_reported, missing["T1"].units_expected) == (None, 0, 1)
    assert (missing["NB"].numerator, missing["NB"].denominator) == (0, 1)


def test_every_value_has_its_cell(ledger: Books) -> None:
    ledger.night(whole("HU", "2022-05-08", praise("A", "B")))
    tables = {table.sheet.id: table.rows for table in ledger.result().rows}
    assert tables["bia"][0].cells == {"ma_don_vi": "C10", "ten_don_vi": "C11", "nguoi_lap": "C12", "ngay_ky": "C14"}
    assert [row.cells["da_hoc"] for row in tables["hoc_tap"]] == ["G10", "G11"]
    assert [row.cells for row in tables["khen"]] == [
        {"doi_tuong": f"C{row}", "ten": f"D{row}", "so_luot": f"E{row}"} for row in (10, 11)
    ]
