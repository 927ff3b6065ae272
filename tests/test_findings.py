"""Every code of finding: a report that earns it, and nothing but it; and the right report earns none."""

from __future__ import annotations

import os
import re
import sys
from datetime import datetime
from pathlib import Path
from string import Formatter

import pytest
from mortal_reader import mortal_reader
from spoilt import (
    FILES,
    IDENTITIES,
    KEY,
    OTHER_UNIT,
    REPORTS,
    STILL_RIGHT,
    UNIT,
    Clerk,
    Place,
    right_report,
    wide_plan,
)

from pipelines import intake
from pipelines.clock import TIMEZONE
from pipelines.intake import Inbox, isolation, read_one, take_in
from pipelines.judging import judge
from pipelines.store import Home
from schemas.catalogue import CATALOGUE, say
from schemas.finding import Finding, FindingCode
from schemas.plan import Plan
from schemas.submission import Arrival, Verdict

C = FindingCode
EVENING = datetime(2022, 5, 5, 22, 0, tzinfo=TIMEZONE)
POSIX = sys.platform != "win32"
Said = dict[str, tuple[Verdict | None, tuple[Finding, ...]]]
"""By the name of the file: its verdict (None: it names no unit), and all its findings."""


def _drop_everything(inbox: Path, plan: Plan, folder: Path) -> None:
    right = right_report(plan, folder)
    clerk = Clerk(right)
    (inbox / OTHER_UNIT).mkdir()
    (inbox / OTHER_UNIT / f"{C.WRONG_FOLDER}.xlsx").write_bytes(right)
    for name, spoil in STILL_RIGHT.items():
        (inbox / f"{name}.xlsx").write_bytes(_unlike(clerk.spoilt(spoil), name))
    for code, content in FILES.items():
        if POSIX or code is not C.READER_FAILED:
            (inbox / f"{code}.xlsx").write_bytes(content)
    for code, spoil in IDENTITIES.items():
        (inbox / f"{code}.xlsx").write_bytes(clerk.spoilt(spoil))
    for code, (spoil, _) in REPORTS.items():
        (inbox / f"{code}.xlsx").write_bytes(clerk.spoilt(spoil))
    if POSIX:
        os.mkfifo(inbox / f"{C.NOT_A_FILE}.xlsx")
        (inbox / "lối tắt.xlsx").symlink_to(folder / "dung.xlsx")


def _unlike(content: bytes, comment: str) -> bytes:
    """The same workbook in other bytes: a comment behind the zip."""
    text = comment.encode()
    return content[:-2] + len(text).to_bytes(2, "little") + text


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return wide_plan(tmp_path_factory.mktemp("plan") / "mini")


@pytest.fixture(scope="module")
def said(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """All of them in one inbox, taken in and judged together as on any night."""
    home = Home(tmp_path_factory.mktemp("home")).prepare()
    _drop_everything(home.inbox, plan, tmp_path_factory.mktemp("mau"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake.arrivals, "SECOND_LOOK", 0.0)
        if POSIX:
            patch.setattr(isolation, "reader", mortal_reader)
        taken = take_in(Inbox(home, EVENING), {plan.id: plan}.get, KEY)
    assert taken.held == ()
    answers: Said = {}
    for judged in judge(plan, "dot_1", taken.submissions):
        answers[judged.submission.arrival.source_name] = (judged.verdict, judged.findings)
    for arrival, findings in (*taken.unusable, *taken.refused):
        answers[arrival.source_name] = (None, findings)
    return answers


def places(findings: tuple[Finding, ...]) -> list[Place]:
    return [(f.sheet, f.cell, f.code) for f in findings]


def test_every_code_has_a_report_that_earns_it() -> None:
    assert {*FILES, *IDENTITIES, *REPORTS, C.NOT_A_FILE, C.WRONG_FOLDER} == set(FindingCode)


def test_the_catalogue_is_complete() -> None:
    assert set(CATALOGUE) == set(FindingCode)


@pytest.mark.parametrize("name", STILL_RIGHT)
def test_a_right_report_has_no_finding(said: Said, name: str) -> None:
    assert said[f"{name}.xlsx"] == ("accepted", ())


@pytest.mark.parametrize("code", REPORTS, ids=str)
def test_one_thing_wrong_is_one_finding_at_its_place(said: Said, code: FindingCode) -> None:
    verdict, findings = said[f"{code}.xlsx"]
    assert places(findings) == REPORTS[code][1]
    (finding,) = findings
    assert finding.unit == UNIT
    assert verdict == ("rejected" if finding.severity == "error" else "accepted_with_warnings")
    warns = {C.NUMBER_AS_TEXT, C.DATE_AS_TEXT, C.TEXT_TIDIED, C.SAME_AS}
    assert finding.severity == ("warning" if code in warns else "error")


@pytest.mark.parametrize("code", [*FILES, *IDENTITIES, C.WRONG_FOLDER, C.NOT_A_FILE], ids=str)
def test_a_file_that_names_no_unit_has_one_finding(said: Said, code: FindingCode) -> None:
    if not POSIX and code in (C.READER_FAILED, C.NOT_A_FILE):
        pytest.skip("no signals and no FIFOs there")
    assert said[f"{code}.xlsx"][0] is None
    assert places(said[f"{code}.xlsx"][1]) == [(None, None, code)]


@pytest.mark.skipif(not POSIX, reason="links need rights there")
def test_a_link_is_not_followed(said: Said) -> None:
    assert places(said["lối tắt.xlsx"][1]) == [(None, None, C.NOT_A_FILE)]


def test_a_file_moved_to_the_right_folder_is_right(plan: Plan, tmp_path: Path) -> None:
    content = right_report(plan, tmp_path)
    for folder, refused in (("HU", [C.WRONG_FOLDER]), ("DU", []), ("", []), ("của tôi", [])):
        reading = read_one(content, Arrival("ab" * 32, EVENING, "a.xlsx", folder), {plan.id: plan}.get, KEY)
        assert [f.code for _, findings in reading.refused for f in findings] == refused
        assert (reading.submission is None) is bool(refused)


def test_every_message_names_its_place_its_fault_and_a_remedy(said: Said) -> None:
    for name, (_, findings) in said.items():
        for finding in findings:
            entry = CATALOGUE[finding.code]
            remedy = entry.remedy.partition("{")[0]
            assert remedy in finding.message, name
            assert remedy.strip(), name
            if finding.sheet:
                assert finding.message.startswith(f"Trang “{finding.sheet}”"), name
            if finding.cell:
                assert f"ô {finding.cell}" in finding.message, name
            assert not re.search(r"\.\.|“”|\bNone\b|\bnan\b", finding.message), finding.message


def test_what_a_clerk_typed_in_braces_stands_in_the_message_as_typed(said: Said) -> None:
    for code, brace in (
        (C.NOT_A_COUNT, "{value}"),
        (C.NOT_A_DATE, "{detail}"),
        (C.NOT_A_CHOICE, "{choices}"),
        (C.TEXT_TIDIED, "{label}"),
    ):
        (finding,) = said[f"{code}.xlsx"][1]
        assert brace in finding.message
        assert finding.value is not None
        assert brace in finding.value


def test_no_message_has_a_place_left_unfilled(said: Said) -> None:
    typed_by_the_clerk = {C.NOT_A_COUNT, C.NOT_A_DATE, C.NOT_A_CHOICE, C.TEXT_TIDIED}
    for _, findings in said.values():
        for finding in findings:
            if finding.code not in typed_by_the_clerk:
                assert not set("{}") & set(finding.message), finding.message


@pytest.mark.parametrize("code", FindingCode, ids=str)
def test_every_entry_can_be_said_with_any_text(code: FindingCode) -> None:
    entry = CATALOGUE[code]
    asked = {name for text in (entry.sentence, entry.remedy) for _, name, _, _ in Formatter().parse(text) if name}
    assert asked <= {"value", "label", "detail", "choices"}
    hostile = "{0} {x!r} {} %s }{"
    finding = say(code, sheet=hostile, cell="C10", label=hostile, value=hostile, detail=hostile, choices=hostile)
    assert finding.message.startswith(f"Trang “{hostile}”, ô C10 (“{hostile}”): ")
    assert finding.message.endswith((".", "!", "?"))
    assert finding.message.count(hostile) == 2 + len(
        [1 for text in (entry.sentence, entry.remedy) for _, name, _, _ in Formatter().parse(text) if name]
    )
    assert set(finding.published()) == {"code", "severity", "sheet", "cell", "field", "value", "message"}


def test_some_sentences_to_the_letter(said: Said) -> None:
    def message(code: FindingCode) -> str:
        (finding,) = said[f"{code}.xlsx"][1]
        return finding.message

    assert message(C.AT_MOST) == (
        "Trang “M1 Học tập”, ô G10 (“Đã học”): “Đã học” (9) lớn hơn “Phải học” (8). "
        "Kiểm tra lại các số này và sửa số sai."
    )
    assert message(C.TWO_READINGS) == (
        "Trang “M1 Học tập”, ô F10 (“Phải học”): “8.000” có thể hiểu là 8 hoặc 8000. "
        "Gõ lại giá trị cho rõ, không dùng dấu phân cách."
    )
    assert message(C.SAME_AS).startswith(
        "Trang “M3 Thêm”, ô C10 (“Tổng số”): “Tổng số” (9) khác "
        "“Tổng số đảng viên, biểu M1 Học tập” (10) ở ô C10 trang “M1 Học tập”."
    )
    assert message(C.SHEET_MISSING).startswith("Tệp không có biểu “M4 Danh sách” (trang cùng tên còn đó")
    assert message(C.UNKNOWN_UNIT).startswith("Kế hoạch không giao báo cáo cho đơn vị mã “XX”.")
