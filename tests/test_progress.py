"""What is different from an earlier day: events, states, totals, fields, decisions; and what `tonghop changes` says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from pipelines.consolidate import consolidate
from pipelines.consolidate.deciding import decision_changes
from pipelines.consolidate.progress import progress
from schemas.consolidation import Consolidation
from schemas.decisions import (
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
from schemas.layout import DECLARED, NOT_APPLICABLE
from schemas.progress import Event, Progress
from tests.homes import MiniHome, mini_report, tonghop_here
from tests.typed import ROUND, Books, books, cover, declared, mini_plan, praise, sent, study, whole

pytestmark = pytest.mark.unpublished

DAY = "2022-05-20"


@pytest.fixture
def ledger() -> Iterator[Books]:
    with books(mini_plan()) as empty:
        yield empty


def since(ledger: Books, day: str, until: str = DAY) -> Progress:
    """What is new at the end of `until` against the end of a day."""
    round_ = ledger.plan.round(ROUND)
    result = consolidate(ledger.connection, ledger.plan, round_, date.fromisoformat(until), date.fromisoformat(day))
    assert result.progress is not None
    return result.progress


def told(event: Event) -> tuple[str, str, int, int | None, int | None, bool]:
    return (event.kind, event.unit.code, event.version, event.since, event.cells, event.counts)


# --- Events


def test_without_an_earlier_day_nothing_is_compared(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08"))
    assert ledger.result().progress is None


def test_what_arrived_is_told_in_the_order_in_which_it_came(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08", da_hoc=6), whole("HU", "2022-05-08"))
    ledger.night(whole("CQ", "2022-05-09"))
    ledger.night(whole("DU", "2022-05-10", da_hoc=7, hinh_thuc="trực tiếp", name="sửa.xlsx"))
    ledger.night(whole("HU", "2022-05-11", nam=7))
    found = since(ledger, "2022-05-08")
    assert [told(e) for e in found.events] == [
        ("new", "CQ", 1, None, None, True),
        ("corrected", "DU", 2, 1, 2, True),
        ("rejected", "HU", 2, 1, None, False),
    ]
    assert found.events[1].source_name == "sửa.xlsx"
    assert found.events[1].at == datetime.fromisoformat("2022-05-10T22:00:00+07:00")
    assert [told(e)[:3] for e in since(ledger, "2022-05-09", "2022-05-10").events] == [("corrected", "DU", 2)]


def test_a_withdrawal_is_told_with_its_reason_and_a_file_sent_and_withdrawn_twice(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08"))
    ledger.night(correction := whole("DU", "2022-05-09", da_hoc=7))
    ledger.withdraw(correction, "2022-05-10")
    found = since(ledger, "2022-05-08", "2022-05-10")
    assert [told(e) for e in found.events] == [
        ("corrected", "DU", 2, 1, 1, False),
        ("withdrawn", "DU", 2, None, None, False),
    ]
    assert found.events[1].reason == "Gửi nhầm"
    assert (found.states, found.totals, found.fields) == ((), (), ()), "and so it is as it was"
    assert [e.kind for e in since(ledger, "2022-05-09").events] == ["withdrawn"]
    assert since(ledger, "2022-05-11").nothing


def test_after_a_withdrawal_the_next_report_is_new(ledger: Books) -> None:
    ledger.night(first := whole("DU", "2022-05-08"))
    ledger.withdraw(first, "2022-05-08")
    ledger.night(whole("DU", "2022-05-09", da_hoc=7))
    assert [told(e)[:4] for e in since(ledger, "2022-05-08").events] == [("new", "DU", 2, None)]


def test_of_parts_each_is_told() -> None:
    with books(mini_plan(ROUND)) as parts:
        parts.night(sent("DU", "2022-05-08", cover("DU"), praise("A"), name="khen.xlsx"))
        parts.night(sent("DU", "2022-05-09", cover("DU"), study("DU"), name="hoc.xlsx"))
        parts.night(sent("DU", "2022-05-10", cover("DU"), praise("A", "B"), name="khen 2.xlsx"))
        found = since(parts, "2022-05-07", "2022-05-10")
        assert [told(e)[1:4] for e in found.events] == [("DU", 1, None), ("DU", 2, 1), ("DU", 3, 2)]
        assert [(s.before, s.after) for s in found.states] == [("chua_den_han", "dung_han")]


# --- States, totals, fields


def test_states_that_are_others_also_where_only_days_have_passed(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08"))
    ledger.night(whole("HU", "2022-05-12"))
    found = since(ledger, "2022-05-09")
    assert [(s.unit.code, s.before, s.after) for s in found.states] == [
        ("HU", "chua_den_han", "tre_han"),
        ("CQ", "chua_den_han", "qua_han"),
    ]
    passed = since(ledger, "2022-05-12", "2022-05-13")
    assert passed.nothing, "a day more of being overdue is no change"


def test_a_unit_that_was_not_listed_then_has_no_state_before(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08"))
    before, after = ledger.result("2022-05-08"), ledger.result()
    fewer = replace(before, units=tuple(s for s in before.units if s.unit.code != "CQ"))
    (change,) = (s for s in progress(ledger.connection, fewer, after).states if s.unit.code == "CQ")
    assert (change.before, change.after) == (None, "qua_han")


def test_totals_and_fields_are_those_of_the_two_days_and_the_differences_add_up(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08", praise("A", times=3), da_hoc=5), whole("HU", "2022-05-08"))
    ledger.night(whole("DU", "2022-05-10", praise("A", times=2), da_hoc=7), whole("CQ", "2022-05-11", da_hoc=3))
    found, days = since(ledger, "2022-05-09"), (ledger.result("2022-05-09"), ledger.result())
    for change in found.totals:
        assert change.before == _total(days[0], change.after.id)
        assert change.after == _total(days[1], change.after.id)
    assert [c.after.id for c in found.totals] == ["T1", "T2", "K1", "NB"]
    told_fields = {c.field.id: (c.before, c.after) for c in found.fields}
    assert told_fields["da_hoc"] == (21, 26)
    assert told_fields["so_luot"] == (3, 2)
    assert told_fields["da_kiem_tra"] == (3, 4), "how many say yes"
    for field in found.fields:
        assert field.after - field.before == sum(after - before for _, before, after in field.units)
    (learned,) = (c for c in found.fields if c.field.id == "da_hoc")
    assert [(unit.code, before, after) for unit, before, after in learned.units] == [("DU", 5, 7), ("CQ", 0, 3)]


def _total(result: Consolidation, indicator: str) -> object:
    return next(total for total in result.indicators if total.id == indicator)


def test_rows_declared_not_applicable_are_in_no_sum(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08"), whole("CQ", "2022-05-08"))
    ledger.night(sent("CQ", "2022-05-09", cover("CQ"), declared("hoc_tap", NOT_APPLICABLE)))
    (learned,) = (c for c in since(ledger, "2022-05-08").fields if c.field.id == "da_hoc")
    assert (learned.before, learned.after) == (16, 8)
    assert DECLARED not in {c.field.id for c in since(ledger, "2022-05-08").fields}


def test_nothing_is_new_where_the_earlier_day_is_not_earlier(ledger: Books) -> None:
    ledger.night(whole("DU", "2022-05-08"))
    assert since(ledger, "2022-05-08", "2022-05-08").nothing
    assert since(ledger, "2022-05-09", "2022-05-07").nothing


# --- Decisions


def _decided(result: Consolidation, **decisions: object) -> Consolidation:
    return replace(result, decisions=Decisions(**decisions))  # type: ignore[arg-type]


def test_decisions_are_said_as_sentences_taken_and_taken_back(ledger: Books) -> None:
    result, basis, day = ledger.result(), Basis("12-CV/BTG", "mưa lũ"), date(2022, 5, 15)
    before = _decided(result, extensions=(Extension("HU", ROUND, day, basis), Extension("CQ", ROUND, day, basis)))
    after = _decided(
        result,
        extensions=(
            Extension("HU", ROUND, date(2022, 5, 18), basis),
            Extension("CQ", ROUND, day, replace(basis, reason="lũ", row=12)),
        ),
        round_dues=(RoundDue(ROUND, day, basis), RoundDue("dot_2", day, basis)),
        deadlines=(IndicatorDeadline("T2", day, basis),),
        new_dates=(NewDate(ROUND, day, basis),),
        exemptions=(Exemption("DU", ROUND, None, basis), Exemption("DU", ROUND, "khen", basis)),
        unit_changes=(
            UnitChange("renamed", day, "DU", basis, name="Đảng uỷ Bến Sỏi Mới"),
            UnitChange("merged", day, "CQ", basis, into="HU"),
            UnitChange("dissolved", day, "XX", basis),
            UnitChange("new", day, "MOI", basis, name="Đảng uỷ Mới", unit_kind="dang_uy"),
        ),
        contacts=(Contact("HU", "Văn phòng", "0", "a@b.c"),),
    )
    changes = decision_changes(before, after)
    assert {c.document for c in changes} == {"12-CV/BTG"}
    assert [c.words for c in changes if c.taken] == [
        "Ấn định hạn của kỳ “Báo cáo đợt 1”: 15/05/2022.",
        "Ấn định hạn của chỉ tiêu T2 “Tổ chức đã kiểm tra”: 15/05/2022.",
        "Yêu cầu đơn vị chưa báo cáo nộp bù, chậm nhất ngày 15/05/2022.",
        "Gia hạn cho Huyện uỷ An Bình (HU) đến hết ngày 18/05/2022.",
        "Miễn báo cáo kỳ này cho Đảng uỷ Bến Sỏi (DU).",
        "Miễn biểu M2 Khen thưởng cho Đảng uỷ Bến Sỏi (DU).",
        "Đơn vị mã DU mang tên “Đảng uỷ Bến Sỏi Mới” từ ngày 15/05/2022.",
        "Ban Dân vận (CQ) sáp nhập vào Huyện uỷ An Bình (HU) từ ngày 15/05/2022.",
        "XX giải thể từ ngày 15/05/2022.",
        "Thêm đơn vị Đảng uỷ Mới (MOI) từ ngày 15/05/2022.",
    ]
    assert [c.words for c in changes if not c.taken] == ["Gia hạn cho Huyện uỷ An Bình (HU) đến hết ngày 15/05/2022."]
    assert decision_changes(after, after) == ()


# --- The command


@pytest.fixture(scope="module")
def lived_in(mini_issued: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniHome]:
    """A home after two nights: DU right, HU wrong; then DU corrected, CQ new. To ask, not to write into."""
    with pytest.MonkeyPatch.context() as patch:
        home = mini_issued.copy(tmp_path_factory.mktemp("changes") / "nha", patch)
        home.drop(mini_report("DU"), "đầu.xlsx")
        home.drop(mini_report("HU", nam=7), "sai.xlsx")
        home.night("2022-05-09")
        home.drop(mini_report("DU", da_hoc=7), "sửa.xlsx")
        home.drop(mini_report("CQ"), "cq.xlsx")
        home.night("2022-05-11")
        yield home


def test_changes_are_said_in_tables_and_as_json(lived_in: MiniHome) -> None:
    answer = tonghop_here(lived_in.home, "changes", "--since", "9/5/2022", "--plan", "mini")
    assert answer.exit_code == 0, answer.output
    for words in (
        "đến hết 20/05/2022 so với hết 09/05/2022",
        "Đính chính",
        "đổi 1 ô so với bản số 1",
        "Chưa đến hạn",
        "Trễ hạn",
        "15 / 16 (93,8 %)",
        "M1 Học tập",
        "DU −1, CQ +8",
        "Cộng 2 sự việc: báo cáo mới 1, đính chính 1.",
        "Kỳ khác đang hoạt động: --plan mini --round dot_2",
    ):
        assert words in answer.stdout, words
    answer = tonghop_here(lived_in.home, "changes", "--since", "2022-05-09", "--plan", "mini", "--json")
    said = json.loads(answer.stdout)
    assert list(said) == ["plan", "round", "since", "as_of", "events", "states", "indicators", "fields", "decisions"]
    assert (said["since"], said["as_of"]) == ("2022-05-09", "2022-05-20")
    assert [(e["kind"], e["unit"], e["since"], e["cells"]) for e in said["events"]] == [
        ("corrected", "DU", 1, 1),
        ("new", "CQ", None, None),
    ]
    assert said["states"] == [
        {"unit": "HU", "before": "loi", "after": "qua_han"},
        {"unit": "CQ", "before": "chua_den_han", "after": "tre_han"},
    ]
    (rate,) = (i for i in said["indicators"] if i["id"] == "T1")
    assert (rate["before"]["numerator"], rate["after"]["numerator"]) == (8, 15)
    (learned,) = (f for f in said["fields"] if f["field"] == "da_hoc")
    assert learned["units"] == [{"unit": "DU", "before": 8, "after": 7}, {"unit": "CQ", "before": 0, "after": 8}]


def test_changes_says_when_there_are_none_and_when_the_days_are_the_wrong_way_round(lived_in: MiniHome) -> None:
    quiet = tonghop_here(lived_in.home, "changes", "--since", "2022-05-18", "--as-of", "2022-05-19", "--plan", "mini")
    assert quiet.exit_code == 0
    assert "Không có gì thay đổi" in quiet.stdout
    for days in (("--since", "2022-05-20"), ("--since", "2022-05-12", "--as-of", "2022-05-10")):
        answer = tonghop_here(lived_in.home, "changes", "--plan", "mini", *days)
        assert (answer.exit_code, answer.stdout) == (2, "")
        assert "phải trước ngày tổng hợp" in answer.stderr
    answer = tonghop_here(lived_in.home, "changes", "--plan", "mini", "--since", "2022-05-01", "--as-of", "2022-06-01")
    assert "chưa đến" in answer.stderr
