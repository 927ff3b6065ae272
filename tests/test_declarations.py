"""“Không phát sinh” and “Không áp dụng”: neither blank nor 0, from the clerk's choice to the province's rates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.demo.figures import Value
from pipelines.export import export_files
from pipelines.report import write_report
from schemas.layout import DECLARED, NOT_APPLICABLE, NOTHING
from tests.homes import MINI
from tests.oracle import expected
from tests.typed import RIGHT, ROUND, Books, Rows, Sent, books, cover, declared, mini_plan, praise, sent, study, whole

pytestmark = pytest.mark.unpublished

DAY = "2022-05-09"


@pytest.fixture
def ledger() -> Iterator[Books]:
    with books(mini_plan()) as empty:
        yield empty


def row_declared(word: str, code: str = "01002") -> dict[str, Rows]:
    """`hoc_tap` of HU: one organisation reports, the other is declared."""
    return {"hoc_tap": {"01001": RIGHT, "01002": RIGHT, code: {DECLARED: word}}}


def of_unit(ledger: Books, unit: str, indicator: str) -> dict[str, Any]:
    """One unit's figure."""
    return next(c for c in ledger.status()["by_unit"] if (c["unit"], c["indicator"]) == (unit, indicator))


def counted(figure: Mapping[str, Any]) -> tuple[Any, ...]:
    """What it counts to."""
    return figure["numerator"], figure["denominator"], figure["rate"], figure["state"]


def test_an_inapplicable_row_leaves_numerator_denominator_and_row_count(ledger: Books) -> None:
    ledger.night(sent("HU", DAY, cover("HU"), row_declared(NOT_APPLICABLE)))
    assert counted(of_unit(ledger, "HU", "T1")) == (8, 8, 1.0, "hoan_thanh")
    assert counted(of_unit(ledger, "HU", "T2")) == (1, 1, 1.0, "hoan_thanh"), "one organisation is left"


def test_a_row_with_nothing_to_report_is_still_an_organisation(ledger: Books) -> None:
    ledger.night(sent("HU", DAY, cover("HU"), row_declared(NOTHING)))
    assert counted(of_unit(ledger, "HU", "T1")) == (8, 8, 1.0, "hoan_thanh")
    assert counted(of_unit(ledger, "HU", "T2")) == (1, 2, 0.5, "khong_co_han"), "it has checked nothing"


def test_a_blank_row_is_neither(ledger: Books) -> None:
    ledger.night(one := sent("HU", DAY, cover("HU"), {"hoc_tap": {"01001": RIGHT}}))
    assert {code for _, _, code in ledger.findings(one)} == {"MISSING_VALUE"}
    assert ledger.unit("HU")["version"] is None


def test_a_unit_that_declares_a_whole_sheet_inapplicable_is_not_expected(ledger: Books) -> None:
    ledger.night(sent("HU", DAY, cover("HU"), declared("hoc_tap", NOT_APPLICABLE)), whole("DU", DAY))
    assert counted(of_unit(ledger, "HU", "T1")) == (None, None, None, "khong_ap_dung")
    total = ledger.total("T1")
    assert (total["numerator"], total["denominator"]) == (8, 8)
    assert (total["units_reported"], total["units_expected"]) == (1, 2), "HU is expected no more, CQ still is"
    assert ledger.total("NB")["numerator"] == 2, "it has reported all the same"
    (province,) = (t for t in ledger.result().indicators if t.id == "T1")
    assert province.units_not_applicable == 1, "and the office sees it"
    assert ledger.total("K1")["units_expected"] == 2, "other sheets are asked for as before"


def test_a_whole_sheet_with_nothing_to_report_counts_0(ledger: Books) -> None:
    ledger.night(sent("HU", DAY, cover("HU"), declared("hoc_tap", NOTHING), declared("khen", NOTHING)))
    assert counted(of_unit(ledger, "HU", "T1")) == (0, 0, None, "khong_ap_dung")
    assert counted(of_unit(ledger, "HU", "T2")) == (0, 2, 0.0, "khong_co_han")
    assert of_unit(ledger, "HU", "K1")["numerator"] == 0
    assert (ledger.total("T1")["units_reported"], ledger.total("T1")["units_expected"]) == (1, 3)


def test_where_it_applies_to_nobody_the_indicator_says_so(ledger: Books) -> None:
    ledger.night(*(sent(u, DAY, cover(u), declared("hoc_tap", NOT_APPLICABLE)) for u in ("HU", "DU", "CQ")))
    total = ledger.total("T1")
    assert (total["state"], total["units_expected"], total["rate"]) == ("khong_ap_dung", 0, None)


def test_a_row_says_otherwise_than_its_sheet(ledger: Books) -> None:
    rows = {"": {DECLARED: NOTHING}, "01002": {DECLARED: NOT_APPLICABLE}}
    ledger.night(sent("HU", DAY, cover("HU"), {"hoc_tap": rows}))
    assert counted(of_unit(ledger, "HU", "T2")) == (0, 1, 0.0, "khong_co_han")
    listed = [(d.organisation and d.organisation.code, d.declared, d.cell) for d in ledger.result().declarations]
    assert listed == [(None, NOTHING, "C4"), ("01002", NOT_APPLICABLE, "K11")], "what the sheet says is said once"


def test_the_office_sees_who_claims_what(ledger: Books, tmp_path: Path) -> None:
    ledger.night(
        sent("HU", DAY, cover("HU"), row_declared(NOT_APPLICABLE), praise("A")),
        sent("DU", DAY, cover("DU"), study("DU"), declared("khen", NOTHING), name="du.xlsx"),
        sent("CQ", DAY, cover("CQ"), declared("hoc_tap", NOT_APPLICABLE), name="cq.xlsx"),
    )
    book = tmp_path / "tong-hop.xlsx"
    write_report(ledger.result(), book)
    workbook = openpyxl.load_workbook(book)
    listed = [row[1:9] for row in workbook["Không phát sinh, không áp dụng"].iter_rows(min_row=6, values_only=True)]
    assert listed == [
        ("HU", "Huyện uỷ An Bình", "M1 Học tập", "01002", "Đảng bộ xã Tân Hoà", NOT_APPLICABLE, "bao-cao.xlsx", "K11"),
        ("DU", "Đảng uỷ Bến Sỏi", "M2 Khen thưởng", None, "Cả biểu", NOTHING, "du.xlsx", "C4"),
        ("CQ", "Ban Dân vận", "M1 Học tập", None, "Cả biểu", NOT_APPLICABLE, "cq.xlsx", "C4"),
    ]
    study_rows = list(workbook["M1 Học tập"].iter_rows(values_only=True))
    (row,) = (r for r in study_rows if r[3] == "01002")
    assert set(row[5:13]) == {None}, "neither 0 nor a dash"
    assert row[13] == NOT_APPLICABLE
    (totals,) = (r[0] for r in study_rows if str(r[0]).startswith("Tổng cộng"))
    assert totals == "Tổng cộng (2 dòng; 2 dòng không áp dụng)"
    assert "1 đơn vị “Không phát sinh”" in str(workbook["M2 Khen thưởng"]["A4"].value)
    rates = list(workbook["Tỷ lệ hoàn thành"].iter_rows(values_only=True))
    assert next(r for r in rates if r[1] == "CQ")[3:6] == ("– (khai)", "– (khai)", "–"), (
        "its claim, and what is not its"
    )
    remarks = [r for r in workbook["Tổng quan"].iter_rows(values_only=True) if r[0] == "T1"]
    assert "1 đơn vị khai không áp dụng" in str(remarks[0][-1])


def test_the_dataset_keeps_them_apart_from_blank_and_0(ledger: Books, tmp_path: Path) -> None:
    ledger.night(
        sent("HU", DAY, cover("HU"), row_declared(NOTHING)),
        sent("DU", DAY, cover("DU"), study("DU", hinh_thuc=None, da_hoc=0), declared("khen", NOT_APPLICABLE)),
    )
    rounds = (ledger.plan.round(ROUND),)
    export_files(ledger.connection, ledger.plan, rounds, ledger.result().sources[0].received_at, tmp_path, "parquet")
    read = duckdb.sql(f"SELECT organisation, declared, da_hoc, hinh_thuc FROM '{tmp_path}/hoc_tap.parquet'").fetchall()
    assert read == [("DU", None, 0, None), ("01001", None, 8, None), ("01002", NOTHING, None, None)]
    claims = f"SELECT unit, sheet, organisation, declared FROM '{tmp_path}/khai_bao.parquet'"
    assert duckdb.sql(claims).fetchall() == [
        ("DU", "khen", None, NOT_APPLICABLE),
        ("HU", "hoc_tap", "01002", NOTHING),
    ]


CHOICES = st.sampled_from([None, NOTHING, NOT_APPLICABLE])
FIGURES = st.fixed_dictionaries({"da_hoc": st.integers(0, 8), "da_kiem_tra": st.sampled_from(["có", "không"])})


@st.composite
def study_sheets(draw: st.DrawFn, codes: tuple[str, ...]) -> dict[str, Rows]:
    """`hoc_tap` of a unit, anything declared."""
    of_sheet = draw(CHOICES)
    rows: dict[str, Mapping[str, Value]] = {"": {DECLARED: of_sheet}} if of_sheet else {}
    for code in codes:
        said = draw(CHOICES)
        if said:
            rows[code] = {DECLARED: said}
        elif not of_sheet:
            rows[code] = {**RIGHT, **draw(FIGURES)}
    return {"hoc_tap": rows}


@st.composite
def reports(draw: st.DrawFn) -> list[Sent]:
    """A report of some units, all of them right, declared in every way."""
    found = []
    for unit, codes in (("HU", ("01001", "01002")), ("DU", ("DU",)), ("CQ", ("CQ",)), ("MIEN", ("MIEN",))):
        sheets = [cover(unit), draw(study_sheets(codes))]
        if unit in ("HU", "DU"):
            sheets.append(draw(st.sampled_from([{}, praise("A", "B", times=3), declared("khen", NOTHING)])))
        if unit == "DU" or draw(st.booleans()):
            found.append(sent(unit, DAY, *sheets))
    return found


def answers(files: list[Sent], path: Path, kinds: Mapping[str, str] | None = None) -> Path:
    """The files as the oracle reads them."""
    drops = [
        {
            "night": f.day,
            "kind": (kinds or {}).get(f.name, "right"),
            "unit": f.report.unit,
            "file": f.name,
            "sha256": f.arrival.sha256,
            "values": f.report.sheets,
        }
        for f in files
    ]
    path.write_text(json.dumps({"drops": drops}, default=str), encoding="utf-8")
    return path


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=reports())
def test_the_oracle_says_the_same_of_anything_declared(files: list[Sent], tmp_path: Path) -> None:
    asked = expected(MINI, answers(files, tmp_path / "dap-an.json"), date(2022, 5, 20), ROUND)
    with books(mini_plan()) as ledger:
        ledger.night(*files)
        said = ledger.status()
    assert {u["code"]: u["state"] for u in said["units"]} == {c: u["state"] for c, u in asked["units"].items()}
    for table, key in (("indicators", lambda i: i["id"]), ("by_unit", lambda c: (c["unit"], c["indicator"]))):
        found = {key(told): told for told in said[table]}
        wanted = asked[table]
        assert {k: {f: told[f] for f in wanted[k] if f in told} for k, told in found.items()} == {
            k: {f: v for f, v in wanted[k].items() if f in found[k]} for k in found
        }


@settings(max_examples=5, deadline=None, derandomize=True)
@given(figures=st.lists(FIGURES, min_size=1, max_size=1), word=st.just(NOT_APPLICABLE))
def test_an_inapplicable_row_never_changes_the_rate_of_other_rows(figures: list[dict[str, Value]], word: str) -> None:
    """What DU alone gives, HU gives with its one row that applies beside one that does not."""
    alone, beside = {**RIGHT, **figures[0]}, {DECLARED: word}
    with books(mini_plan()) as ledger:
        ledger.night(
            sent("DU", DAY, cover("DU"), {"hoc_tap": {"DU": alone}}),
            sent("HU", DAY, cover("HU"), {"hoc_tap": {"01001": alone, "01002": beside}}),
        )
        for indicator in ("T1", "T2"):
            assert counted(of_unit(ledger, "HU", indicator)) == counted(of_unit(ledger, "DU", indicator))
