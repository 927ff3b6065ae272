"""Reports in parts: two offices of one unit each fill some sheets, and nothing is resolved silently."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.export import export_files
from schemas.layout import DECLARED, NOT_APPLICABLE, NOTHING
from schemas.results import Source
from tests.homes import MINI, MiniHome, mini_report, tonghop_here, unit_said
from tests.oracle import expected
from tests.typed import RIGHT, ROUND, Books, Rows, Sent, books, cover, declared, mini_plan, praise, rebuilt, sent, study

pytestmark = pytest.mark.unpublished


@pytest.fixture
def ledger() -> Iterator[Books]:
    with books(mini_plan(ROUND)) as empty:
        yield empty


def part(unit: str, day: str, *sheets: Mapping[str, Rows], name: str = "", minute: int = 0) -> Sent:
    """A file with a cover and those sheets, named for what it fills."""
    filled = [sheet for some in sheets for sheet in some]
    return sent(unit, day, cover(unit), *sheets, name=name or f"{' '.join(filled) or 'bia'}.xlsx", minute=minute)


def counting(ledger: Books) -> list[tuple[str, bool, str]]:
    """(file, whether it counts, why) of each version."""
    return [(s.source_name, s.counts, s.reason) for s in ledger.result().sources]


# --- Whole only together


def test_two_offices_each_fill_some_sheets(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-08", praise("A", times=3)))
    before = ledger.result("2022-05-09").units[1]
    assert (before.state, before.version, before.accepted_at, before.missing) == (
        "chua_den_han",
        None,
        None,
        ("hoc_tap",),
    )
    assert before.note == (
        "Mới có một phần: M0 Bìa, M2 Khen thưởng từ bản số 1 (tệp “khen.xlsx”). Còn thiếu M1 Học tập; hạn 10/05/2022."
    )
    assert ledger.total("K1", "2022-05-09")["numerator"] is None, "until then nothing of it counts"
    ledger.night(part("DU", "2022-05-10", study("DU")))
    after = ledger.unit("DU")
    assert (after["state"], after["version"], after["accepted_at"][:10]) == ("dung_han", 2, "2022-05-10")
    assert after["first_submitted_at"][:10] == "2022-05-08"
    assert (ledger.total("K1")["numerator"], ledger.total("T1")["numerator"]) == (3, 8)
    assert counting(ledger) == [
        ("khen.xlsx", True, "Đang lấy từ bản này: M2 Khen thưởng"),
        ("hoc_tap.xlsx", True, "Đang lấy từ bản này: M0 Bìa, M1 Học tập"),
    ]
    assert ledger.result().units[1].note.startswith("Đang tính bản số 2. Báo cáo gộp từ các bản số 1, 2: ")


def test_whole_only_after_the_day_it_was_due_is_late(ledger: Books) -> None:
    ledger.night(part("HU", "2022-05-08", praise("A")))
    overdue = ledger.result("2022-05-12").units[0]
    assert (overdue.state, overdue.days_overdue) == ("qua_han", 2)
    assert "còn thiếu m1 học tập; quá hạn 2 ngày" in overdue.note.lower()
    ledger.night(part("HU", "2022-05-13", study("HU")))
    assert (ledger.unit("HU")["state"], ledger.unit("HU")["days_late"]) == ("tre_han", 3)


def test_an_earlier_day_is_as_it_was_then(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-07", praise("A")))
    ledger.night(part("DU", "2022-05-09", study("DU")))
    assert [ledger.unit("DU", f"2022-05-{day}")["version"] for day in ("08", "09")] == [None, 2]


def test_a_list_may_stay_empty(ledger: Books) -> None:
    ledger.night(one := part("DU", "2022-05-08", study("DU")))
    assert (ledger.unit("DU")["state"], ledger.findings(one)) == ("dung_han", [])
    assert counting(ledger) == [("hoc_tap.xlsx", True, "Bản được chấp nhận mới nhất")]


def test_a_declared_sheet_is_filled(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-08", declared("hoc_tap", NOT_APPLICABLE)))
    assert ledger.unit("DU")["version"] == 1
    assert ledger.total("T1")["units_expected"] == 2


def test_a_file_that_fills_nothing_gives_nothing(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-08"))
    assert ledger.unit("DU")["version"] is None
    ledger.night(part("DU", "2022-05-09", study("DU")))
    ledger.night(part("DU", "2022-05-10", name="trống.xlsx"))
    assert (ledger.unit("DU")["version"], ledger.total("T1")["numerator"]) == (3, 8), "its cover is the newest"


# --- Corrections and conflicts


def test_a_file_that_fills_as_much_replaces_the_part(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-07", study("DU")), part("DU", "2022-05-07", praise("A"), minute=1))
    ledger.night(correction := part("DU", "2022-05-09", study("DU", da_hoc=5), name="sửa.xlsx"))
    assert ledger.findings(correction) == [("M1 Học tập", "G10", "COUNT_LOWERED")]
    assert ledger.total("T1")["numerator"] == 5
    assert [(name, counts) for name, counts, _ in counting(ledger)] == [
        ("hoc_tap.xlsx", False), ("khen.xlsx", True), ("sửa.xlsx", True),
    ]  # fmt: skip
    assert counting(ledger)[0][2] == "Đã được thay bằng bản số 3"
    third = ledger.history()[2]
    assert (third["since"], [c["cell"] for c in third["changes"]]) == (2, ["G10"]), "the cover was version 2's"


def test_a_cell_that_both_fill_differently_is_an_error_that_names_the_other_file(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-07", study("DU"), praise("A"), name="ban tuyên giáo.xlsx"))
    ledger.night(other := part("DU", "2022-05-09", study("DU", da_hoc=5), name="văn phòng.xlsx"))
    (finding,) = ledger.found(other)
    assert (finding.code, finding.severity, finding.cell, finding.value) == ("PARTS_CONFLICT", "error", "G10", "5")
    assert "tệp này ghi “5”, còn tệp “ban tuyên giáo.xlsx” (bản số 1) ghi “8”" in finding.message
    assert ledger.total("T1")["numerator"] == 8, "the earlier one keeps counting"
    assert counting(ledger)[1] == ("văn phòng.xlsx", False, "Bị trả lại vì có lỗi; vẫn tính bản số 1")


def test_the_same_values_are_no_conflict(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-07", study("DU"), praise("A")))
    ledger.night(other := part("DU", "2022-05-09", study("DU", hinh_thuc="trực tiếp"), name="văn phòng.xlsx"))
    assert ledger.findings(other) == []
    assert [s.sheets for s in ledger.result().sources] == [("khen",), ("bia", "hoc_tap")]


def test_the_cover_is_each_files_own(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-07", praise("A")))
    own: dict[str, Rows] = {"bia": {"DU": {"nguoi_lap": "Trần Thị B", "ngay_ky": date(2022, 4, 29)}}}
    ledger.night(other := sent("DU", "2022-05-09", own, study("DU")))
    assert ledger.findings(other) == []


def test_what_one_declares_the_other_must_not_fill(ledger: Books) -> None:
    rows: Rows = {"01001": RIGHT, "01002": {DECLARED: NOTHING}}
    ledger.night(part("HU", "2022-05-07", {"hoc_tap": rows}, declared("khen", NOTHING), name="một.xlsx"))
    ledger.night(filled := part("HU", "2022-05-08", study("HU"), name="hai.xlsx"))
    assert ledger.findings(filled) == [("M1 Học tập", "C11", "PARTS_CONFLICT")]
    assert "“một.xlsx” (bản số 1) ghi “Không phát sinh”" in ledger.found(filled)[0].message
    ledger.night(listed := part("HU", "2022-05-08", praise("A"), name="ba.xlsx", minute=5))
    assert ledger.findings(listed) == [("M2 Khen thưởng", "C10", "PARTS_CONFLICT")]
    other_word: Rows = {"01001": RIGHT, "01002": {DECLARED: NOT_APPLICABLE}}
    ledger.night(said := part("HU", "2022-05-09", {"hoc_tap": other_word}, name="bốn.xlsx"))
    assert ledger.findings(said) == [("M1 Học tập", "K11", "PARTS_CONFLICT")]


def test_a_declaration_against_rows_is_named_at_the_declaration(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-07", study("DU"), praise("A"), name="một.xlsx"))
    ledger.night(sheet := part("DU", "2022-05-08", declared("hoc_tap", NOTHING), name="hai.xlsx"))
    assert ledger.findings(sheet) == [("M1 Học tập", "C4", "PARTS_CONFLICT")]
    ledger.night(empty := part("DU", "2022-05-08", declared("khen", NOTHING), name="ba.xlsx", minute=5))
    assert ledger.findings(empty) == [("M2 Khen thưởng", "C4", "PARTS_CONFLICT")]


def test_parts_of_one_night_are_compared_in_the_order_they_came(ledger: Books) -> None:
    first = part("DU", "2022-05-08", study("DU"), praise("A"), name="b.xlsx")
    second = part("DU", "2022-05-08", study("DU", da_hoc=5), name="a.xlsx", minute=1)
    ledger.night(second, first)
    assert (ledger.findings(first), len(ledger.findings(second))) == ([], 1)
    assert ledger.said() == rebuilt(ledger) == rebuilt(ledger, pinned=False)


# --- Withdrawals


def test_a_withdrawn_part_leaves_the_one_before_it_or_a_gap(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-06", study("DU", da_hoc=6), name="cũ.xlsx"))
    ledger.night(praised := part("DU", "2022-05-07", praise("A")))
    ledger.night(newer := part("DU", "2022-05-08", study("DU"), name="mới.xlsx"))
    ledger.withdraw(newer, "2022-05-09")
    assert (ledger.unit("DU")["version"], ledger.total("T1")["numerator"]) == (2, 6)
    ledger.withdraw(ledger.kept[0], "2022-05-10")
    gap = ledger.result("2022-05-20").units[1]
    assert (gap.version, gap.state, gap.missing) == (None, "qua_han", ("hoc_tap",))
    assert ledger.total("K1")["numerator"] is None
    ledger.withdraw(praised, "2022-05-11")
    assert "Bản được chấp nhận đã được rút" in ledger.result().units[1].note
    assert ledger.said() == rebuilt(ledger)


def test_changes_of_a_part_do_not_count_for_the_province_before_the_report_is_whole(ledger: Books) -> None:
    ledger.night(part("CQ", "2022-05-07", study("CQ", da_hoc=3)))
    ledger.night(part("DU", "2022-05-07", praise("A", times=2)))
    ledger.night(part("DU", "2022-05-08", praise("A", times=5), name="sửa.xlsx"))
    ledger.night(part("DU", "2022-05-09", study("DU")))
    ledger.night(part("DU", "2022-05-10", praise("A", times=9), name="sửa nữa.xlsx"))
    of_du = [v for v, s in zip(ledger.history(), ledger.result().sources, strict=True) if s.unit.code == "DU"]
    totals = [
        (c["unit_before"], c["unit_after"], c["province_before"], c["province_after"])
        for v in of_du
        for c in v["changes"]
    ]
    assert totals == [(2, 5, 0, 0), (5, 9, 5, 9)]


# --- What other programs read


def test_the_dataset_takes_each_sheet_from_its_file(ledger: Books, tmp_path: Path) -> None:
    ledger.night(part("DU", "2022-05-07", praise("A")), part("DU", "2022-05-08", study("DU")))
    ledger.night(part("HU", "2022-05-08", praise("B"), name="hu.xlsx"))
    ledger.night(part("DU", "2022-05-09", praise("C"), name="thay.xlsx"))
    moment = ledger.result().sources[-1].received_at.replace(day=20)
    export_files(ledger.connection, ledger.plan, (ledger.plan.round(ROUND),), moment, tmp_path, "parquet")

    def rows(table: str, columns: str) -> list[tuple[Any, ...]]:
        return duckdb.sql(f"SELECT {columns} FROM '{tmp_path}/{table}.parquet'").fetchall()

    assert rows("khen", "unit, ten, version, source_name") == [("DU", "C", 3, "thay.xlsx")]
    assert rows("hoc_tap", "unit, da_hoc, version, source_name") == [("DU", 8, 2, "hoc_tap.xlsx")]
    assert rows("nop_bao_cao", "unit, version, counts") == [
        ("DU", 1, False), ("DU", 2, True), ("DU", 3, True), ("HU", 1, False),
    ]  # fmt: skip


# --- Parts come and go with the plan


def test_a_whole_report_from_before_gives_what_no_part_gives() -> None:
    with books(mini_plan()) as ledger:
        ledger.night(sent("DU", "2022-05-07", cover("DU"), study("DU"), praise("A"), name="cả.xlsx"))
        ledger.plan = mini_plan(ROUND)
        ledger.night(part("DU", "2022-05-08", study("DU"), name="phần.xlsx"))
        assert [(s.source_name, s.counts, s.sheets) for s in ledger.result().sources] == [
            ("cả.xlsx", True, ("khen",)), ("phần.xlsx", True, ("bia", "hoc_tap")),
        ]  # fmt: skip
        assert ledger.unit("DU")["accepted_at"][:10] == "2022-05-07"


def test_a_part_never_becomes_a_whole_report_when_the_plan_changes(ledger: Books) -> None:
    ledger.night(part("DU", "2022-05-07", praise("A")))
    ledger.plan = mini_plan()
    assert ledger.unit("DU")["version"] is None


# --- Properties


@settings(max_examples=6, deadline=None, derandomize=True)
@given(
    figures=st.tuples(*(st.integers(0, 9) for _ in range(3))),
    with_list=st.booleans(),
    word=st.sampled_from([None, NOTHING, NOT_APPLICABLE]),
)
def test_with_one_file_a_unit_parts_change_nothing(figures: tuple[int, ...], with_list: bool, word: str | None) -> None:
    files = []
    for unit, studied in zip(("HU", "DU", "CQ"), figures, strict=True):
        rows = declared("hoc_tap", word) if word and unit == "CQ" else study(unit, da_hoc=studied)
        more = praise("A") if with_list and unit == "DU" else {}
        files.append(sent(unit, "2022-05-08", cover(unit), rows, more, name=f"{unit}.xlsx"))
    said = []
    for plan in (mini_plan(), mini_plan(ROUND)):
        with books(plan) as ledger:
            ledger.night(*files)
            said.append((ledger.status(), ledger.history()))
    assert said[0] == said[1]


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_the_order_of_independent_parts_changes_no_total(order: tuple[int, ...], ledger: Books) -> None:
    made = [part("DU", "2022-05-08", study("DU", da_hoc=6)), part("DU", "2022-05-08", praise("A", times=4))]
    made.append(part("HU", "2022-05-08", study("HU"), name="hu.xlsx"))
    ledger.night(*(replace(made[which], minute=place) for place, which in enumerate(order)))
    assert {i: ledger.total(i)["numerator"] for i in ("T1", "T2", "K1", "NB")} == {"T1": 22, "T2": 3, "K1": 4, "NB": 2}
    assert {unit: ledger.unit(unit)["state"] for unit in ("HU", "DU")} == {"HU": "dung_han", "DU": "dung_han"}


@st.composite
def offices(draw: st.DrawFn) -> list[Sent]:
    """Files of DU's offices, night after night, that never fill the same sheet but to correct it."""
    files = []
    for night in range(draw(st.integers(1, 4))):
        which = draw(st.sampled_from(["study", "praise", "both", "declared", "none"]))
        sheets: dict[str, list[Mapping[str, Rows]]] = {
            "study": [study("DU", da_hoc=draw(st.integers(0, 8)))],
            "praise": [praise("A", times=draw(st.integers(1, 5)))],
            "both": [study("DU", da_hoc=draw(st.integers(0, 8))), praise("B")],
            "declared": [declared("hoc_tap", draw(st.sampled_from([NOTHING, NOT_APPLICABLE])))],
            "none": [],
        }
        files.append(part("DU", f"2022-05-{8 + night:02}", *sheets[which], name=f"{night}.xlsx"))
    return files


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=offices())
def test_the_oracle_puts_the_same_report_together(files: list[Sent], tmp_path: Path) -> None:
    folder = tmp_path / "mini"
    if not folder.exists():
        folder.mkdir()
        for table in MINI.glob("*.csv"):
            text = table.read_text(encoding="utf-8") + (f"parts,{ROUND}\n" if table.stem == "settings" else "")
            (folder / table.name).write_text(text, encoding="utf-8")
    with books(mini_plan(ROUND)) as ledger:
        for one in files:
            ledger.night(one)
        verdicts = {s.source_name: s.verdict for s in ledger.result().sources}
        conflicting = {f.name for f in files if "PARTS_CONFLICT" in {code for _, _, code in ledger.findings(f)}}
        said = ledger.status()
        assert rebuilt(ledger) == ledger.said()
    assert conflicting == {name for name, verdict in verdicts.items() if verdict == "rejected"}
    drops = [
        {
            "night": f.day, "kind": "wrong" if f.name in conflicting else "right", "unit": f.report.unit,
            "file": f.name, "sha256": f.arrival.sha256, "values": f.report.sheets,
        }
        for f in files
    ]  # fmt: skip
    answers = tmp_path / "dap-an.json"
    answers.write_text(json.dumps({"drops": drops}, default=str), encoding="utf-8")
    asked = expected(folder, answers, date(2022, 5, 20), ROUND)
    for told in said["units"]:
        wanted = asked["units"][told["code"]]
        assert {key: told[key] for key in wanted} == wanted
    for told in said["indicators"]:
        wanted = asked["indicators"][told["id"]]
        assert {key: told[key] for key in told if key in wanted} == {k: v for k, v in wanted.items() if k in told}


# --- Through real files


def test_two_files_a_night_apart(mini: MiniHome) -> None:
    plan = mini.home.root / "plans" / "mini" / "settings.csv"
    plan.write_text(plan.read_text(encoding="utf-8") + f"parts,{ROUND}\n", encoding="utf-8")
    report = mini_report("DU")
    without = replace(report, sheets={"bia": report.sheets["bia"], "khen": praise("A")["khen"]})
    mini.drop(without, name="khen.xlsx")
    first = mini.night("2022-05-08")
    assert unit_said(first, "DU")["version"] is None
    assert first.verdicts["accepted"] + first.verdicts["accepted_with_warnings"] == 1
    mini.drop(report, name="hoc tap.xlsx")
    second = mini.night("2022-05-09")
    assert unit_said(second, "DU")["state"] == "dung_han"
    said = tonghop_here(mini.home, "history", "DU", "--json", "--plan", "mini").stdout
    assert [v["counts"] for v in json.loads(said)] == [True, True]
    mini.home.dataset.unlink()
    assert tonghop_here(mini.home, "rebuild").exit_code == 0
    assert tonghop_here(mini.home, "history", "DU", "--json", "--plan", "mini").stdout == said
    counted: list[Source] = [s for s in second.results[0].sources if s.counts]
    assert [s.sheets for s in counted] == [("khen",), ("bia", "hoc_tap")]
