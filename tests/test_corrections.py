"""A correction against what counted before it: the cells, the totals, the warnings; the same after any rebuild."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.corrections import MOST_SAID, changed_cells, correction_warnings
from pipelines.demo.figures import Value
from pipelines.matching import pairs
from schemas.changes import CellChange
from schemas.layout import DECLARED, NOT_APPLICABLE, NOTHING
from schemas.reported import Line, Reported
from tests.homes import MiniHome, mini_report, tonghop_here
from tests.typed import RIGHT, Books, Rows, Sent, books, cover, declared, mini_plan, praise, rebuilt, sent, study, whole

pytestmark = pytest.mark.unpublished


@pytest.fixture
def ledger() -> Iterator[Books]:
    with books(mini_plan()) as empty:
        yield empty


def changed(ledger: Books, version: int, unit: str = "DU") -> list[tuple[Any, ...]]:
    """(cell, field, before, after) of each change of a version."""
    order = {"HU": 0, "DU": 1, "CQ": 2}
    by_unit: dict[str, list[dict[str, Any]]] = {code: [] for code in order}
    for source, told in zip(ledger.result().sources, ledger.history(), strict=True):
        by_unit[source.unit.code].append(told)
    told = next(v for v in by_unit[unit] if v["version"] == version)
    return [(c["cell"], c["field"], c["before"], c["after"]) for c in told["changes"]]


# --- Warnings


def test_a_count_that_went_down_is_a_warning_at_its_cell(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08"))
    ledger.night(correction := whole("DU", "2022-05-09", da_hoc=5))
    (finding,) = ledger.found(correction)
    assert (finding.code, finding.severity) == ("COUNT_LOWERED", "warning")
    assert (finding.sheet, finding.cell, finding.field, finding.value) == ("M1 Học tập", "G10", "da_hoc", "5")
    assert "bản trước ghi 8, bản này ghi 5" in finding.message
    assert ledger.result().sources[1].verdict == "accepted_with_warnings"
    assert ledger.unit("DU")["version"] == 2, "it counts all the same"


def test_a_filled_cell_that_now_is_blank_is_a_warning_at_its_place(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08", praise("A"), hinh_thuc="trực tuyến"))
    ledger.night(correction := whole("DU", "2022-05-09", {"khen": {"1": {"doi_tuong": "tập thể", "ten": "A"}}}))
    assert ledger.findings(correction) == [
        ("M1 Học tập", "H10", "VALUE_EMPTIED"),
        ("M2 Khen thưởng", "E10", "VALUE_EMPTIED"),
    ]
    assert "bản trước ghi “trực tuyến”, bản này để trống" in ledger.found(correction)[0].message


def test_more_than_before_is_no_warning(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08", da_hoc=5))
    ledger.night(correction := whole("DU", "2022-05-09", praise("A"), da_hoc=8, hinh_thuc="trực tiếp"))
    assert ledger.findings(correction) == []
    assert [c[:2] for c in changed(ledger, 2)] == [
        ("G10", "da_hoc"), ("H10", "hinh_thuc"), ("C10", "doi_tuong"), ("D10", "ten"), ("E10", "so_luot"),
    ]  # fmt: skip


def test_a_rejected_correction_is_compared_with_nothing(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08"))
    ledger.night(wrong := whole("DU", "2022-05-09", da_hoc=5, nam=7))
    assert {code for _, _, code in ledger.findings(wrong)} == {"SUM_EQUALS"}
    assert [(v["since"], v["changes"]) for v in ledger.history()] == [(None, []), (None, [])]


def test_a_rejected_version_is_nobodys_predecessor(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-07"))
    ledger.night(whole("DU", "2022-05-08", da_hoc=9, phai_hoc=8))
    ledger.night(correction := whole("DU", "2022-05-09", da_hoc=7))
    assert ledger.history()[2]["since"] == 1
    assert "bản trước ghi 8, bản này ghi 7" in ledger.found(correction)[0].message


def test_earlier_ones_of_the_same_night_count_as_before(ledger: Books) -> None:
    first, second, third = (whole("DU", "2022-05-09", da_hoc=n, name=f"{n}.xlsx") for n in (5, 8, 6))
    late, later = replace(second, minute=1), replace(third, minute=2)
    ledger.night(later, first, late)
    assert [v["since"] for v in ledger.history()] == [None, 1, 2]
    assert [ledger.findings(one) for one in (first, late)] == [[], []]
    assert ledger.findings(later) == [("M1 Học tập", "G10", "COUNT_LOWERED")]


def test_a_withdrawn_version_is_not_compared_with(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-07", da_hoc=5))
    ledger.night(wrong := whole("DU", "2022-05-08", da_hoc=8))
    ledger.withdraw(wrong, "2022-05-08")
    ledger.night(correction := whole("DU", "2022-05-09", da_hoc=6))
    assert ledger.history()[2]["since"] == 1
    assert ledger.findings(correction) == []


def test_what_is_withdrawn_later_was_there_then(ledger: Books) -> None:
    ledger.night(wrong := whole("DU", "2022-05-08", da_hoc=8))
    ledger.night(correction := whole("DU", "2022-05-09", da_hoc=6))
    ledger.withdraw(wrong, "2022-05-10")
    assert ledger.findings(correction) == [("M1 Học tập", "G10", "COUNT_LOWERED")]
    assert ledger.said() == rebuilt(ledger)


def test_a_number_that_became_a_declaration_is_emptied(ledger: Books) -> None:
    ledger.night(sent("HU", "2022-05-08", cover("HU"), study("HU")))
    rows: dict[str, Rows] = {"hoc_tap": {"01001": RIGHT, "01002": {DECLARED: NOTHING}}}
    ledger.night(correction := sent("HU", "2022-05-09", cover("HU"), rows))
    assert ledger.findings(correction) == [
        ("M1 Học tập", cell, "VALUE_EMPTIED") for cell in ("C11", "D11", "E11", "F11", "G11", "I11", "J11")
    ]
    assert changed(ledger, 2, "HU")[-1] == ("K11", DECLARED, None, NOTHING)


def test_of_many_warnings_the_rest_is_said_in_one() -> None:
    plan = mini_plan()
    lowered = [CellChange("hoc_tap", "M1 Học tập", f"C{n}", "", "tong", "Tổng", 10, 9) for n in range(10, 73)]
    said = correction_warnings(plan, "HU", lowered)
    assert len(said) == MOST_SAID + 1
    assert "12 ô khác" in said[-1].message
    emptied = [replace(change, after=None) for change in lowered]
    assert "10” và 12 ô khác" in correction_warnings(plan, "HU", emptied)[-1].message
    assert len(correction_warnings(plan, "HU", lowered[:MOST_SAID])) == MOST_SAID


# --- Changes


def test_totals_of_unit_and_province_before_and_after(ledger: Books) -> None:
    ledger.night(whole("HU", "2022-05-07", da_hoc=6), whole("CQ", "2022-05-07", da_hoc=3, name="cq.xlsx"))
    ledger.night(whole("HU", "2022-05-08", da_hoc=8, da_kiem_tra="không", ngay_kiem_tra=None))
    ledger.night(whole("DU", "2022-05-09"))  # known only later
    (told,) = (v for v in ledger.history() if v["changes"])
    studied, checked, day = told["changes"]
    assert (studied["field"], studied["organisation"], studied["label"]) == ("da_hoc", "Đảng bộ xã Tân Bình", "Đã học")
    assert (studied["unit_before"], studied["unit_after"]) == (14, 16)
    assert (studied["province_before"], studied["province_after"]) == (17, 19)
    assert (checked["before"], checked["after"]) == (True, False)
    assert (checked["unit_before"], checked["unit_after"], checked["province_after"]) == (2, 1, 2)
    assert (day["before"], day["after"], day["unit_before"]) == ("2022-04-20", None, None)


def test_a_declaration_is_a_change_of_its_own(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08", declared("khen", NOTHING)))
    ledger.night(whole("DU", "2022-05-09", praise("A")))
    ledger.night(sent("DU", "2022-05-10", cover("DU"), declared("hoc_tap", NOT_APPLICABLE), praise("A")))
    assert changed(ledger, 2)[0] == ("C4", DECLARED, NOTHING, None)
    third = changed(ledger, 3)
    assert third[0] == ("C4", DECLARED, None, NOT_APPLICABLE)
    assert sum(field == DECLARED for _, field, _, _ in third) == 1, "not said again row by row"


def test_fields_that_are_not_stored_never_appear(ledger: Books) -> None:
    def with_phone(phone: str, day: str) -> Sent:
        rows: dict[str, Rows] = {"bia": {"DU": {"nguoi_lap": "A", "ngay_ky": "28/04/2022", "dien_thoai": phone}}}
        return sent("DU", day, rows, study("DU"), name=f"{day}.xlsx")

    ledger.night(with_phone("0912345678", "2022-05-08"))
    ledger.night(one := with_phone("0987654321", "2022-05-09"))
    assert changed(ledger, 2) == []
    assert ledger.history()[1]["since"] == 1
    assert "0987" not in ledger.said()
    assert "VALUE_EMPTIED" not in {code for _, _, code in ledger.findings(one)}


# --- Rows of a list


def lines(*names: str, start: int = 1) -> Reported:
    """A list of such rows, from a number on; a name may be `name=times`."""
    rows = []
    for number, name in enumerate(names, start):
        who, _, times = name.partition("=")
        values: dict[str, Value | None] = {"doi_tuong": "tập thể", "ten": who, "so_luot": int(times or 1)}
        rows.append(Line(str(number), 9 + number, values))
    places = {field: (col, None) for col, field in enumerate(("doi_tuong", "ten", "so_luot"), 3)}
    return Reported("M2 Khen thưởng", tuple(r for r in rows if r.values["ten"]), places)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (("A", "B", "C"), ("A", "B", "C"), []),
        (("A", "B", "C"), ("A", "X", "B", "C"), [("D11", None, "X")]),
        (("A", "B", "C"), ("C", "B", "A"), []),
        (("A", "B", "C"), ("A", "C"), [("D12", "B", None)]),
        (("A", "B", "C"), ("A", "", "C"), [("D11", "B", None)]),
        (("A", "A", "B"), ("A", "B"), [("D12", "A", None)]),
        (("A=1", "B=2"), ("A=1", "B=5"), [("E11", 2, 5)]),
        (("A", "B"), ("Y", "B"), [("D10", "A", "Y")]),
        (("A",), (), [("D10", "A", None)]),
    ],
    ids=["same", "inserted", "turned round", "deleted", "cleared", "twice", "count", "renamed", "all gone"],
)
def test_rows_of_a_list_are_matched_as_wholes_first(
    before: tuple[str, ...], after: tuple[str, ...], found: list[tuple[Any, ...]]
) -> None:
    plan = mini_plan()
    cells = changed_cells(plan, plan.sheet("khen"), lines(*before), lines(*after))
    shown = [(c.cell, c.before, c.after) for c in cells if c.field == "ten" or (c.before and c.after)]
    assert shown == found


NAMES = st.lists(st.sampled_from(["A", "B", "C", "D=2", "D=3"]), max_size=5)


@given(before=NAMES, after=NAMES)
def test_pairs_leave_no_row_out_and_use_none_twice(before: list[str], after: list[str]) -> None:
    sheet = mini_plan().sheet("khen")
    old, new = lines(*before), lines(*after)
    found = pairs(sheet, old, new)
    assert sorted(p.before.key for p in found if p.before) == sorted(line.key for line in old.lines)
    assert sorted(p.after.key for p in found if p.after) == sorted(line.key for line in new.lines)
    contents = [(p.before and p.before.values, p.after and p.after.values) for p in found]
    lone = [a for a, b in contents if a is not None and a != b]
    assert not any(a == b for a in lone for x, b in contents if b is not None and x != b), "a row in both is unchanged"
    places = [p.row for p in found if p.row]
    assert len(places) == len(set(places)), "no two stand in one place"


# --- The same again


@st.composite
def careers(draw: st.DrawFn) -> tuple[list[list[Sent]], list[tuple[int, int]]]:
    """Nights with reports of two units, right and wrong, and withdrawals: (which file, after which night)."""
    nights: list[list[Sent]] = []
    for night in range(draw(st.integers(2, 3))):
        files = []
        for n in range(draw(st.integers(1, 3))):
            values: dict[str, Value | None] = {
                "da_hoc": draw(st.integers(0, 8)),
                "nam": draw(st.sampled_from([6, 6, 7])),
            }
            values["hinh_thuc"] = draw(st.sampled_from([None, "trực tiếp"]))
            unit = draw(st.sampled_from(["DU", "HU"]))
            one = whole(unit, f"2022-05-{7 + night:02}", name=f"{night}-{n}.xlsx", **values)
            files.append(replace(one, minute=draw(st.integers(0, 3))))
        nights.append(files)
    gone = draw(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), max_size=2, unique_by=lambda pair: pair[0]))
    return nights, gone


@settings(max_examples=3, deadline=None, derandomize=True)
@given(career=careers())
def test_a_rebuild_says_the_same_byte_for_byte(career: tuple[list[list[Sent]], list[tuple[int, int]]]) -> None:
    nights, gone = career
    files = [one for night in nights for one in night]
    with books(mini_plan()) as ledger:
        for number, night in enumerate(nights):
            ledger.night(*night)
            for which, after in gone:
                if after == number and which < len(ledger.kept):
                    ledger.withdraw(ledger.kept[which], night[0].day)
        assert rebuilt(ledger) == ledger.said()
        assert rebuilt(ledger, pinned=False) == ledger.said(), "the order of arrival decides, nothing else"
        assert rebuilt(ledger, files=files[::-1]) == ledger.said()


def test_a_file_that_was_held_back_changes_nothing_that_was_said(ledger: Books) -> None:
    """It arrived between two others, and is judged after both: what they were compared with is kept."""
    ledger.night(whole("DU", "2022-05-07", da_hoc=5))
    ledger.night(last := whole("DU", "2022-05-09", da_hoc=6))
    ledger.night(held := whole("DU", "2022-05-08", da_hoc=8))
    assert ledger.findings(last) == ledger.findings(held) == []
    assert ledger.unit("DU")["version"] == 3
    assert rebuilt(ledger) == ledger.said()
    assert rebuilt(ledger, pinned=False) != ledger.said(), "which is why it is kept"


def asked(home: MiniHome, *arguments: str) -> str:
    answer = tonghop_here(home.home, *arguments, "--plan", "mini")
    assert answer.exit_code == 0, answer.output
    return answer.stdout


@pytest.mark.published
def test_nights_a_withdrawal_and_a_rebuild(mini: MiniHome) -> None:
    """Through real files and the command line: status, history and findings are the same, byte for byte."""
    for day, reports in {
        "2022-05-07": [mini_report("DU", da_hoc=8)],
        "2022-05-08": [mini_report("DU", da_hoc=5), mini_report("CQ", nam=7)],
        "2022-05-09": [mini_report("DU", da_hoc=7), mini_report("CQ")],
    }.items():
        for report in reports:
            mini.drop(report, name=f"{report.unit} {day}.xlsx")
        mini.night(day)
        if day == "2022-05-08":
            second = json.loads(asked(mini, "history", "DU", "--json"))[1]
            withdrawn = ("withdraw", second["sha256"], "--reason", "Gửi nhầm")
            assert tonghop_here(mini.home, *withdrawn, now="2022-05-08T23:00:00+07:00").exit_code == 0
    questions = [("status", "--json"), ("history", "DU", "--json"), ("history", "CQ", "--json")]
    before = [asked(mini, *question) for question in questions]
    history = json.loads(before[1])
    assert [(v["since"], [c["cell"] for c in v["changes"]]) for v in history] == [
        (None, []),
        (1, ["G10"]),
        (1, ["G10"]),
    ]
    assert history[1]["verdict"] == "accepted_with_warnings"
    shown = asked(mini, "history", "DU")
    assert "Kỳ dot_1, bản số 3 so với bản số 1: 1 ô thay đổi" in shown
    assert "8 → 7" in shown
    book = mini.home.outbox / "mini" / "dot_1" / "tong-hop.xlsx"
    findings = book.stat().st_mtime_ns
    mini.home.dataset.unlink()
    assert tonghop_here(mini.home, "rebuild").exit_code == 0
    assert [asked(mini, *question) for question in questions] == before
    mini.night("2022-05-09")
    assert book.stat().st_mtime_ns == findings, "the workbook lists the same findings"


def test_nobody_sees_a_change_where_there_was_none(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08", praise("A")))
    ledger.night(again := whole("DU", "2022-05-09", praise("A"), name="lại.xlsx"))
    assert ledger.findings(again) == []
    assert (ledger.history()[1]["since"], ledger.history()[1]["changes"]) == (1, [])


def test_reports_of_another_round_are_no_predecessors(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", da_hoc=8))
    mini.night("2022-05-08")
    mini.drop(mini_report("DU", da_hoc=5), round_id="dot_2")
    assert mini.night("2022-05-09", "dot_2").verdicts["accepted"] == 1
