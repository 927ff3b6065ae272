"""Every code of finding: submissions that earn it, near misses that do not, and what it says to a clerk."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from docs.findings import GUIDE, guide
from schemas.catalogue import CATALOGUE, GROUPS, KEEP_IF_TRUE, say
from schemas.finding import FindingCode
from schemas.submission import ACCEPTED
from tests.cases import Case, load_cases
from tests.files import ONLY_POSIX, POSIX
from tests.nights import Answers, answers
from tests.reports import plan_as_it_is

C = FindingCode
CASES = load_cases()
FIRST = {case.code: case for case in CASES if case.id == f"fail-{case.code}"}
SOME_VERSION = "a1b2c3d"
"""Stands in the guide for the plan's version, which any change of the plan changes."""
BRACES = [case for case in CASES if case.id.endswith("-braces")]
"""What the clerk typed has braces in it."""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """All cases, taken in and judged together as on any night."""
    return answers(CASES, tmp_path_factory.mktemp("ca"))


def cases(*kinds: str) -> list[object]:
    return [pytest.param(case, id=case.id) for case in CASES if case.kind in kinds]


@pytest.mark.parametrize("kind", ["fail", "pass"])
def test_every_code_has_a_submission_that_earns_it_and_one_that_does_not(kind: str) -> None:
    assert {case.code for case in CASES if case.kind == kind} == set(FindingCode)


@pytest.mark.parametrize("case", cases("fail", "pass"))
def test_a_submission_has_exactly_these_findings(said: Answers, case: Case) -> None:
    if case.last.file in ONLY_POSIX and not POSIX:
        pytest.skip("no signals, FIFOs and free links there")
    verdict, findings = said[case.id]
    assert [(f.sheet, f.cell, f.code) for f in findings] == list(case.found), [f.message for f in findings]
    assert (case.code in {code for _, _, code in case.found}) == (case.kind == "fail" or case.as_warning)
    levels = {finding.severity for finding in findings}
    if verdict is not None:
        assert (verdict in ACCEPTED) == ("error" not in levels)
        assert (verdict == "accepted_with_warnings") == (levels == {"warning"})
        assert {finding.unit for finding in findings} <= {case.last.unit}
    else:
        assert levels == {"error"}


@pytest.mark.parametrize("code", FindingCode, ids=str)
def test_the_message_is_the_one_in_the_guide(said: Answers, code: FindingCode) -> None:
    case = FIRST[code]
    if case.last.file in ONLY_POSIX and not POSIX:
        pytest.skip("no signals, FIFOs and free links there")
    told = [finding.message for finding in said[case.id][1] if finding.code is code]
    assert told[0].replace(plan_as_it_is().version[:7], SOME_VERSION) == case.says
    assert CATALOGUE[code].severity == next(f.severity for f in said[case.id][1] if f.code is code)


def test_every_message_names_its_place_its_fault_and_a_remedy(said: Answers) -> None:
    for case in CASES:
        for finding in said.get(case.id, (None, ()))[1]:
            remedy = CATALOGUE[finding.code].remedy.partition("{")[0]
            assert remedy in finding.message or KEEP_IF_TRUE in finding.message, case.id
            if finding.sheet:
                assert finding.message.startswith(f"Trang “{finding.sheet}”"), case.id
            if finding.cell:
                assert f"ô {finding.cell}" in finding.message, case.id
            assert not re.search(r"\.\.|“”|\bNone\b|\bnan\b", finding.message), finding.message
            if case not in BRACES:
                assert not set("{}") & set(finding.message), finding.message


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in BRACES])
def test_what_a_clerk_typed_in_braces_stands_in_the_message_as_typed(said: Answers, case: Case) -> None:
    (finding,) = said[case.id][1]
    assert finding.value is not None
    (braces,) = re.findall(r"\{\w+\}", finding.value)
    assert braces in finding.message


def test_the_catalogue_is_complete() -> None:
    assert set(CATALOGUE) == set(FindingCode)
    assert sum(len(group.entries) for group in GROUPS) == len(CATALOGUE), "a code stands in two groups"


def test_names_are_short_and_tell_codes_apart() -> None:
    names = [entry.name for entry in CATALOGUE.values()]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 45


@pytest.mark.parametrize("code", FindingCode, ids=str)
def test_every_entry_can_be_said_with_any_text(code: FindingCode) -> None:
    entry = CATALOGUE[code]
    asked = [name for text in (entry.sentence, entry.remedy) for _, name, _, _ in Formatter().parse(text) if name]
    assert set(asked) <= {"value", "label", "detail", "choices"}
    hostile = "{0} {x!r} {} %s }{"
    finding = say(code, sheet=hostile, cell="C10", label=hostile, value=hostile, detail=hostile, choices=hostile)
    assert finding.message.startswith(f"Trang “{hostile}”, ô C10 (“{hostile}”): ")
    assert finding.message.endswith((".", "!", "?"))
    assert finding.message.count(hostile) == 2 + len(asked)
    assert set(finding.published()) == {"code", "severity", "sheet", "cell", "field", "value", "message"}


def test_a_warning_of_the_plan_asks_for_no_other_submission() -> None:
    finding = say(C.AT_MOST, severity="warning", detail="“A” (2) lớn hơn “B” (1)")
    assert finding.message == f"“A” (2) lớn hơn “B” (1). {KEEP_IF_TRUE}"


@pytest.mark.parametrize("code", FindingCode, ids=str)
def test_an_entry_is_said_in_whole_sentences(code: FindingCode) -> None:
    entry = CATALOGUE[code]
    for text in (entry.meaning, entry.example, entry.remedy):
        assert re.match(r"\S.*\.$", text), text
        assert text[0] == text[0].upper(), text
    assert not entry.sentence.endswith(".")
    asks_nothing = "Không cần gửi lại" in entry.remedy or "không cần" in entry.remedy or "Lần sau" in entry.remedy
    assert not (entry.severity == "error" and asks_nothing), "an error must be mended"


def test_the_guide_is_current_and_names_every_code() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert text == guide(), "run .venv/bin/python docs/findings.py"
    assert set(re.findall(r"^### `([A-Z0-9_]+)`", text, re.MULTILINE)) == {code.value for code in FindingCode}
    assert "(loi.md)" in GUIDE.with_name("huong-dan-can-bo.md").read_text(encoding="utf-8")
