"""Nights on a small plan: what counts, what is answered, what is written, and what a kill leaves behind."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook

from pipelines.clock import FutureDay
from pipelines.nightly import Request, run_night
from pipelines.published import status_json
from pipelines.report.to_do import tasks
from pipelines.returned import NOT_COUNTED, VERDICT_WORDS
from pipelines.store import Busy, Home, run_lock
from tests.homes import MiniHome, mini_report, tonghop_here, unit_said

pytestmark = pytest.mark.unpublished

NO_WORKBOOK = b"<html><body>no workbook</body></html>"
UNITS = ("HU", "DU", "CQ", "MIEN")


def states(outcome: Any, which: int = 0) -> dict[str, str]:
    return {u["code"]: u["state"] for u in status_json(outcome.results[which])["units"]}


def indicator(outcome: Any, name: str) -> dict[str, Any]:
    (found,) = (i for i in status_json(outcome.results[0])["indicators"] if i["id"] == name)
    return dict(found)


def cells(path: Path, tab: str) -> list[tuple[Any, ...]]:
    return list(load_workbook(path, data_only=True)[tab].iter_rows(values_only=True))


def answers(home: Home) -> list[str]:
    found = [*home.outbox.rglob("phieu-tiep-nhan/*/*.xlsx"), *home.outbox.glob("khong-doc-duoc/*")]
    return sorted(p.relative_to(home.outbox).as_posix() for p in found)


# --- Nobody, somebody, nothing to count


@pytest.mark.published
@pytest.mark.parametrize(
    ("day", "state", "overdue"), [("2022-05-10", "chua_den_han", 0), ("2022-05-11", "qua_han", 1)], ids=["due", "past"]
)
def test_an_empty_inbox_still_gives_a_workbook(mini: MiniHome, day: str, state: str, overdue: int) -> None:
    outcome = mini.night(day, None)
    assert states(outcome) == {"HU": state, "DU": state, "CQ": state, "MIEN": "mien"}
    assert [unit_said(outcome, code)["days_overdue"] for code in UNITS] == [overdue, overdue, overdue, 0]
    assert states(outcome, 1) == {"HU": "chua_den_han", "DU": "chua_den_han", "CQ": "chua_den_han", "MIEN": "mien"}
    for round_id in ("dot_1", "dot_2"):
        folder = mini.home.outbox / "mini" / round_id
        book = load_workbook(folder / "tong-hop.xlsx")
        assert book.sheetnames[:4] == ["Tổng quan", "Tiến độ nộp", "Quá hạn", "Tỷ lệ hoàn thành"]
        assert (folder / "lich-su" / day / "tong-hop.xlsx").is_file()
        assert (folder / "du-lieu.duckdb").is_file()
    assert answers(mini.home) == []


def test_a_unit_without_subordinates_reports_for_itself(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    outcome = mini.night("2022-05-09")
    (rows,) = (table.rows for table in outcome.results[0].rows if table.sheet.id == "hoc_tap")
    assert [(r.unit.code, r.organisation.code if r.organisation else None) for r in rows] == [("DU", "DU")]
    assert rows[0].values["tong"] == 10
    by_unit = {(c["unit"], c["indicator"]): c for c in status_json(outcome.results[0])["by_unit"]}
    assert (by_unit["DU", "T2"]["numerator"], by_unit["DU", "T2"]["denominator"]) == (1, 1)
    assert by_unit["CQ", "K1"]["state"] == "khong_ap_dung", "the sheet is not theirs"
    assert by_unit["HU", "K1"]["state"] == "chua_bao_cao"
    assert "MIEN" not in {unit for unit, _ in by_unit}


@pytest.mark.published
def test_a_denominator_of_0_is_no_rate(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", phai_hoc=0, da_hoc=0))
    outcome = mini.night("2022-05-09")
    (of_unit,) = (c for c in outcome.results[0].by_unit if (c.unit, c.indicator) == ("DU", "T1"))
    assert (of_unit.numerator, of_unit.denominator, of_unit.rate, of_unit.state) == (0, 0, None, "khong_ap_dung")
    total = indicator(outcome, "T1")
    assert (total["denominator"], total["rate"]) == (0, None)
    book = mini.home.outbox / "mini" / "dot_1" / "tong-hop.xlsx"
    rows = cells(book, "Tỷ lệ hoàn thành")
    header = next(row for row in rows if any(str(c).startswith("T1\n") for c in row))
    column = next(n for n, c in enumerate(header) if str(c).startswith("T1\n"))
    assert next(row for row in rows if row[1] == "DU")[column] == "–"
    assert next(row for row in rows if row[0] == "Toàn tỉnh")[column] == "–"
    assert next(row for row in cells(book, "Tổng quan") if row[0] == "T1")[2:5] == (0, 0, "–")


def test_without_a_due_date_nobody_is_late(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"), round_id="dot_2")
    outcome = mini.night("2022-12-30", "dot_2")
    assert states(outcome) == {"HU": "chua_den_han", "DU": "dung_han", "CQ": "chua_den_han", "MIEN": "mien"}
    assert status_json(outcome.results[0])["due"] is None
    assert all(u["days_late"] == u["days_overdue"] == 0 for u in status_json(outcome.results[0])["units"])
    total = indicator(outcome, "NB")
    assert (total["numerator"], total["denominator"], total["state"]) == (1, 3, "khong_co_han")


# --- What counts


def test_a_unit_whose_only_report_was_withdrawn_is_something_to_do(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    sha = unit_said(mini.night("2022-05-05"), "DU")["sha256"]
    assert tonghop_here(mini.home, "withdraw", sha, "--reason", "nhầm", now="2022-05-06T09:00:00+07:00").exit_code == 0
    night = mini.night("2022-05-06")
    state = unit_said(night, "DU")
    assert (state["state"], state["errors"]) == ("loi", 0)
    (task,) = (task for task in tasks(night.results[0]) if "đã được rút" in task.words)
    assert (task.number, task.words.endswith(": " + night.results[0].plan.unit("DU").name)) == (1, True)


def test_a_rejected_correction_displaces_nothing(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", da_hoc=5))
    before = unit_said(mini.night("2022-05-09"), "DU")
    mini.drop(mini_report("DU", nam=7))
    outcome = mini.night("2022-05-10")
    after = unit_said(outcome, "DU")
    assert outcome.verdicts["rejected"] == 1
    kept = ("state", "sha256", "version", "accepted_at", "days_late")
    assert [after[k] for k in kept] == [before[k] for k in kept]
    assert after["errors"] == 1
    assert indicator(outcome, "T1")["numerator"] == 5
    first, second = outcome.results[0].sources
    assert (first.counts, second.counts) == (True, False)
    assert second.reason == "Bị trả lại vì có lỗi; vẫn tính bản số 1"


@pytest.mark.parametrize("first_studied", [5, 6])
def test_of_two_reports_in_one_night_the_later_file_counts(mini: MiniHome, first_studied: int) -> None:
    first = mini.drop(mini_report("DU", da_hoc=first_studied), name="b.xlsx")
    second = mini.drop(mini_report("DU", da_hoc=11 - first_studied), name="a.xlsx")
    stamp = first.stat().st_ctime
    os.utime(second, (stamp + 60, stamp + 60))  # the set clock gives both one moment; their own times still differ
    outcome = mini.night("2022-05-09")
    assert [(s.source_name, s.counts) for s in outcome.results[0].sources] == [("b.xlsx", False), ("a.xlsx", True)]
    assert indicator(outcome, "T1")["numerator"] == 11 - first_studied


def test_what_missing_units_would_have_done_is_bounded_by_their_earlier_report(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", da_hoc=5, phai_hoc=10))
    mini.drop(mini_report("CQ", da_hoc=8, phai_hoc=8), name="cq.xlsx")
    mini.drop(mini_report("DU", da_hoc=4, phai_hoc=10), name="dot 2.xlsx", round_id="dot_2")
    outcome = mini.night("2022-05-09", round_id="dot_2")
    total = next(t for t in outcome.results[0].indicators if t.id == "T1")
    assert (total.numerator, total.denominator, total.units_reported, total.units_expected) == (4, 10, 1, 3)
    assert (total.lower_bound, total.lower_bound_units) == (4 / 18, 1)  # HU never gave a denominator
    assert total.partial


def test_a_denominator_of_0_while_units_are_missing_is_not_called_inapplicable(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", da_hoc=0, phai_hoc=0))
    outcome = mini.night("2022-05-10")
    assert indicator(outcome, "T1")["state"] == "qua_han"
    assert indicator(outcome, "T1")["rate"] is None


def test_an_exempt_unit_that_reports_is_counted_like_any_other(mini: MiniHome) -> None:
    mini.drop(mini_report("MIEN", da_hoc=5))
    outcome = mini.night("2022-05-09")
    assert states(outcome)["MIEN"] == "dung_han"
    assert indicator(outcome, "NB")["denominator"] == 4


@pytest.mark.published
def test_a_phone_number_is_in_no_table_and_no_output(mini: MiniHome) -> None:
    report = mini_report("DU")
    mini.drop(report.with_value("bia", "DU", "dien_thoai", " 0912  345 678"))
    outcome = mini.night("2022-05-09")
    assert outcome.verdicts["accepted"] == 1
    with duckdb.connect(str(mini.home.dataset), read_only=True) as dataset:
        for (table,) in dataset.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall():
            assert "345" not in repr(dataset.execute(f"SELECT * EXCLUDE (sha256) FROM {table}").fetchall())
    for book in mini.home.outbox.rglob("*.xlsx"):
        for sheet in load_workbook(book).worksheets:
            assert not any("345 678" in str(c.value) for row in sheet.iter_rows() for c in row if c.value), book


@pytest.mark.published
@pytest.mark.parametrize("flow_like", [False, True])
def test_a_day_that_has_not_come_is_refused_and_holds_nothing_up(mini: MiniHome, flow_like: bool) -> None:
    if flow_like:
        with pytest.raises(FutureDay):
            mini.night("2022-05-09", as_of=date(2032, 5, 1))
    else:
        mini.night("2032-05-01")  # the machine's clock was wrong for one night
    mini.drop(mini_report("DU"))
    mini.night("2022-05-10")
    newest = mini.home.outbox / "mini" / "dot_1" / "tong-hop.xlsx"
    assert "10/05/2022" in str(cells(newest, "Tổng quan")[:8])


def test_a_file_waits_while_its_plan_is_being_mended(mini: MiniHome) -> None:
    fields = mini.home.root / "plans" / "mini" / "fields.csv"
    right = fields.read_text(encoding="utf-8")
    mini.drop(mini_report("DU"))
    fields.write_text(right.replace(",count,", ",dem,", 1), encoding="utf-8")
    mini.at("2022-05-09T20:00:00+07:00")
    outcome = run_night(Request(mini.home))
    assert outcome.faulty_plans == ["mini"]
    assert [name for name, _ in outcome.held] == ["bao-cao.xlsx"] == mini.waiting()
    assert not (mini.home.outbox / "khong-doc-duoc").exists()
    fields.write_text(right, encoding="utf-8")
    outcome = mini.night("2022-05-10")
    assert (outcome.verdicts["accepted"], outcome.identical) == (1, 0)
    assert mini.waiting() == []


def test_a_late_correction_of_a_report_on_time_is_not_late(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", da_hoc=5))
    mini.night("2022-05-10")
    mini.drop(mini_report("DU", da_hoc=8))
    outcome = mini.night("2022-05-25")
    after = unit_said(outcome, "DU")
    assert (after["state"], after["days_late"], after["version"]) == ("dung_han", 0, 2)
    assert after["accepted_at"] == "2022-05-10T22:00:00+07:00"
    assert indicator(outcome, "T1")["numerator"] == 8


def test_sent_in_time_accepted_late_is_late(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", nam=7))
    assert unit_said(mini.night("2022-05-10"), "DU")["state"] == "loi"
    assert unit_said(mini.night("2022-05-11"), "DU")["state"] == "qua_han"
    mini.drop(mini_report("DU"))
    after = unit_said(mini.night("2022-05-13"), "DU")
    assert (after["state"], after["days_late"], after["days_overdue"]) == ("tre_han", 3, 0)
    assert after["first_submitted_at"][:10] == "2022-05-10"
    assert after["accepted_at"][:10] == "2022-05-13"


def test_an_earlier_report_sent_again_displaces_nothing(mini: MiniHome) -> None:
    first = mini.drop(mini_report("DU", da_hoc=5)).read_bytes()
    mini.night("2022-05-08")
    mini.drop(mini_report("DU", da_hoc=8))
    before = unit_said(mini.night("2022-05-09"), "DU")
    (mini.home.inbox / "bản cũ.xlsx").write_bytes(first)
    outcome = mini.night("2022-05-10")
    assert unit_said(outcome, "DU") == before
    assert (outcome.identical, outcome.verdicts.total()) == (1, 0)
    assert [(s.version, s.counts) for s in outcome.results[0].sources] == [(1, False), (2, True)]
    (receipt,) = (mini.home.outbox / "mini/dot_1/phieu-tiep-nhan/DU").glob("*bản cũ*")
    said = "\n".join(str(c) for row in load_workbook(receipt).worksheets[0].values for c in row if c)
    assert "bản số 2" in said
    assert NOT_COUNTED in said
    assert VERDICT_WORDS["accepted"] not in said
    assert mini.waiting() == []


def test_the_same_file_twice_in_the_inbox_is_one_version(mini: MiniHome) -> None:
    path = mini.drop(mini_report("DU"))
    shutil.copyfile(path, mini.home.inbox / "bao-cao (1).xlsx")
    outcome = mini.night("2022-05-09")
    assert outcome.identical == 1
    assert len(outcome.results[0].sources) == 1
    assert unit_said(outcome, "DU")["version"] == 1
    assert len(answers(mini.home)) == 2
    assert mini.waiting() == []


@pytest.mark.published
def test_what_a_clerk_typed_stays_text(mini: MiniHome) -> None:
    formula = '=HYPERLINK("http://example.invalid","x")'
    report = mini_report("DU")
    report.sheets["khen"] = {"1": {"doi_tuong": "tập thể", "ten": formula, "so_luot": 2}}  # type: ignore[index]
    mini.drop(report)
    outcome = mini.night("2022-05-09")
    assert unit_said(outcome, "DU")["state"] == "dung_han"
    book = load_workbook(mini.home.outbox / "mini" / "dot_1" / "tong-hop.xlsx")
    (cell,) = (c for row in book["M2 Khen thưởng"].iter_rows() for c in row if c.value == formula)
    assert (cell.data_type, cell.hyperlink) == ("s", None)


# --- Files that are no report


@pytest.mark.published
def test_a_file_of_no_workbook_is_answered_with_a_note(mini: MiniHome) -> None:
    (mini.home.inbox / "Báo cáo.xlsx").write_bytes(NO_WORKBOOK)
    outcome = mini.night("2022-05-09")
    assert outcome.verdicts["unusable"] == 1
    (note,) = (mini.home.outbox / "khong-doc-duoc").iterdir()
    assert "Báo cáo" in note.name
    assert "Báo cáo.xlsx" in note.read_text(encoding="utf-8-sig")
    assert mini.waiting() == []
    assert states(outcome)["DU"] == "chua_den_han"
    assert mini.night("2022-05-09").published == []


def test_a_report_in_another_units_folder_is_not_taken_for_theirs(mini: MiniHome) -> None:
    path = mini.drop(mini_report("DU"), folder="HU")
    content = path.read_bytes()
    outcome = mini.night("2022-05-09")
    assert (outcome.verdicts["unusable"], states(outcome)["DU"], states(outcome)["HU"]) == (
        1,
        "chua_den_han",
        "chua_den_han",
    )
    assert len(answers(mini.home)) == 1
    (mini.home.inbox / "DU").mkdir()
    (mini.home.inbox / "DU" / "bao-cao.xlsx").write_bytes(content)
    moved = mini.night("2022-05-10")
    assert (states(moved)["DU"], unit_said(moved, "DU")["accepted_at"][:10]) == ("dung_han", "2022-05-10")


def test_a_file_that_is_open_waits_for_the_next_night(mini: MiniHome) -> None:
    path = mini.drop(mini_report("DU"))
    lock = path.with_name("~$" + path.name)
    lock.write_bytes(b"owner")
    outcome = mini.night("2022-05-09")
    assert [name for name, _ in outcome.held] == [path.name]
    assert states(outcome)["DU"] == "chua_den_han"
    lock.unlink()
    assert states(mini.night("2022-05-10"))["DU"] == "dung_han"


# --- Written only when it says something new


@pytest.mark.published
def test_nothing_new_nothing_written(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    assert mini.night("2022-05-09", None).published != []
    before = mini.outputs()
    again = mini.night("2022-05-09", None)
    assert again.published == []
    assert mini.outputs() == before


@pytest.mark.published
def test_a_new_day_is_a_new_workbook_but_no_new_dataset(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    mini.night("2022-05-09")
    before = mini.outputs()
    mini.night("2022-05-10")
    after = mini.outputs()
    of_the_day = {"tong-hop.xlsx", "bao-cao-ket-qua.docx", "tinh-hinh.html"}
    assert {name.removeprefix("mini/dot_1/") for name in after if after[name] != before.get(name)} == {
        *of_the_day,
        *(f"lich-su/2022-05-10/{name}" for name in of_the_day),
        *("theo-nhom/huyen-uy.xlsx", "theo-nhom/dang-uy-va-co-quan.xlsx", "theo-don-vi/HU.xlsx"),
    }


@pytest.mark.published
def test_a_past_day_does_not_turn_the_newest_back(mini: MiniHome) -> None:
    folder = mini.home.outbox / "mini" / "dot_1"
    mini.drop(mini_report("DU"))
    mini.night("2022-05-09")
    mini.drop(mini_report("HU"))
    mini.night("2022-05-12")
    before = mini.outputs()
    again = mini.night("2022-05-13", as_of=date(2022, 5, 9))
    assert states(again) == {"HU": "chua_den_han", "DU": "dung_han", "CQ": "chua_den_han", "MIEN": "mien"}
    assert again.published == []
    assert mini.outputs() == before
    between = mini.night("2022-05-13", as_of=date(2022, 5, 11))
    assert states(between) == {"HU": "qua_han", "DU": "dung_han", "CQ": "qua_han", "MIEN": "mien"}
    of_the_day = ("tong-hop.xlsx", "bao-cao-ket-qua.docx", "tinh-hinh.html")
    assert between.published == [folder / "lich-su" / "2022-05-11" / name for name in of_the_day]
    assert {name: at for name, at in mini.outputs().items() if name in before} == before


# --- One at a time


def test_a_second_run_says_who_holds_the_store(mini: MiniHome) -> None:
    path = mini.drop(mini_report("DU"))
    mini.at("2022-05-10")
    with run_lock(mini.home, "tổng hợp"):
        with pytest.raises(Busy, match="đang giữ kho: “tổng hợp”"):
            mini.night("2022-05-10")
        answer = tonghop_here(mini.home, "run", "--direct", now="2022-05-10T22:00:00+07:00")
    assert answer.exit_code == 2
    assert "đang giữ kho" in answer.stderr
    assert path.is_file()
    assert states(mini.night("2022-05-10"))["DU"] == "dung_han"
