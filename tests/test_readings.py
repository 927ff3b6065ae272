"""What a cell is read as: one reading and it is taken, two and it is refused, and every repair is said."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readings import (
    Reading,
    is_blank,
    read_choice,
    read_count,
    read_date,
    read_text,
    read_yes_no,
    tidy,
    unreadable,
)
from schemas.finding import FindingCode
from schemas.submission import ErrorCell, RawValue, UncachedFormula

C = FindingCode
NBSP, NARROW, ZERO_WIDTH, BOM = "\u00a0", "\u202f", "\u200b", "\ufeff"
DAY = date(2022, 4, 28)
CHOICES = ("sinh hoạt chi bộ", "hội nghị riêng", "báo, đài", "Khác", "khác", "x" * 90)


def repaired(number: int) -> Reading:
    return Reading(number, C.NUMBER_AS_TEXT, str(number))


def no_count(detail: str) -> Reading:
    return Reading(None, C.NOT_A_COUNT, detail)


def two(low: int, high: int) -> Reading:
    return Reading(None, C.TWO_READINGS, f"{low} hoặc {high}")


NOT_WHOLE = no_count("không phải số nguyên")
TOO_LARGE = no_count("là số quá lớn")
A_DATE = no_count("là ngày, giờ, không phải số lượng; định dạng ô đang là ngày")
TRUE_FALSE = no_count("là giá trị đúng/sai, không phải số lượng")

COUNTS: list[tuple[Any, Reading]] = [
    (0, Reading(0)),
    (125, Reading(125)),
    (125.0, Reading(125)),
    (-3, Reading(-3)),
    (2**53, Reading(2**53)),
    ("125", repaired(125)),
    (" 125 ", repaired(125)),
    ("+125", repaired(125)),
    ("-5", repaired(-5)),
    ("- 5", repaired(-5)),
    ("007", repaired(7)),
    (f"{ZERO_WIDTH}125{BOM}", repaired(125)),
    ("1.250", repaired(1250)),
    ("1,250", repaired(1250)),
    ("1 250", repaired(1250)),
    (f"1{NBSP}250", repaired(1250)),
    (f"1{NARROW}250{NBSP}000", repaired(1_250_000)),
    ("1.250.000", repaired(1_250_000)),
    ("1,250,000.00", repaired(1_250_000)),
    ("1.250,0", repaired(1250)),
    ("125,0", repaired(125)),
    ("125.00", repaired(125)),
    ("1.000", two(1, 1000)),
    ("1,000", two(1, 1000)),
    ("-2.000", two(-2000, -2)),
    ("100.000", two(100, 100_000)),
    ("12,5", NOT_WHOLE),
    ("12.5", NOT_WHOLE),
    ("1.25", NOT_WHOLE),
    ("1.2500", NOT_WHOLE),
    ("12 13", NOT_WHOLE),
    ("12\n345", NOT_WHOLE),
    ("2022 125", NOT_WHOLE),
    ("12..5", NOT_WHOLE),
    (".", NOT_WHOLE),
    ("--5", NOT_WHOLE),
    ("5-", NOT_WHOLE),
    ("khoảng 50", NOT_WHOLE),
    ("50 người", NOT_WHOLE),
    ("1e5", NOT_WHOLE),
    ("0x10", NOT_WHOLE),
    ("1_000", NOT_WHOLE),
    ("=1+1", NOT_WHOLE),
    ("inf", NOT_WHOLE),
    ("nan", NOT_WHOLE),
    ("28/04/2022", NOT_WHOLE),
    ("9" * 16, NOT_WHOLE),
    ("9" * 5000, NOT_WHOLE),
    (12.5, NOT_WHOLE),
    (1e309, TOO_LARGE),
    (float("-inf"), TOO_LARGE),
    (float("nan"), TOO_LARGE),
    (2**53 + 1, TOO_LARGE),
    (10**400, TOO_LARGE),
    (True, TRUE_FALSE),
    (False, TRUE_FALSE),
    (DAY, A_DATE),
    (datetime(2022, 4, 28, 7, 30), A_DATE),  # noqa: DTZ001 - cells have no zone
    (time(7, 30), A_DATE),
    (timedelta(days=5), A_DATE),
]

READ_DAY = Reading(DAY, C.DATE_AS_TEXT, "28/04/2022")
NO_DAY = Reading(None, C.NOT_A_DATE)
DATES: list[tuple[Any, Reading]] = [
    (DAY, Reading(DAY)),
    (datetime(2022, 4, 28, 17, 30), Reading(DAY)),  # noqa: DTZ001 - cells have no zone
    (date(2000, 1, 1), Reading(date(2000, 1, 1))),
    (date(2100, 12, 31), Reading(date(2100, 12, 31))),
    (date(1999, 12, 31), NO_DAY),
    (date(2101, 1, 1), NO_DAY),
    ("28/04/2022", READ_DAY),
    ("28/4/2022", READ_DAY),
    (" 28-04-2022 ", READ_DAY),
    ("28.4.2022", READ_DAY),
    ("2022-04-28", READ_DAY),
    ("2022-4-28 00:00:00", READ_DAY),
    ("2022-04-28T00:00", READ_DAY),
    (f"28/04/2022{ZERO_WIDTH}", READ_DAY),
    ("05/04/2022", Reading(date(2022, 4, 5), C.DATE_AS_TEXT, "05/04/2022")),
    ("04/28/2022", NO_DAY),
    ("31/04/2022", NO_DAY),
    ("29/02/2022", NO_DAY),
    ("28/04/22", NO_DAY),
    ("28/04/1922", NO_DAY),
    ("28/04/2101", NO_DAY),
    ("2022-04-28 07:30:00", NO_DAY),
    ("28/04", NO_DAY),
    ("tháng 4", NO_DAY),
    ("44679", NO_DAY),
    (44679, NO_DAY),
    (44679.0, NO_DAY),
    (1e309, NO_DAY),
    (True, NO_DAY),
    (time(7, 30), NO_DAY),
    (timedelta(days=5), NO_DAY),
]

NO_ANSWER = Reading(None, C.NOT_YES_NO)
ANSWERS: list[tuple[Any, Reading]] = [
    ("có", Reading(True)),
    ("không", Reading(False)),
    (" Có ", Reading(True, C.TEXT_TIDIED, "có")),
    ("KHÔNG", Reading(False, C.TEXT_TIDIED, "không")),
    (unicodedata.normalize("NFD", "không"), Reading(False, C.TEXT_TIDIED, "không")),
    (True, Reading(True, C.TEXT_TIDIED, "có")),
    (False, Reading(False, C.TEXT_TIDIED, "không")),
    ("co", NO_ANSWER),
    ("yes", NO_ANSWER),
    ("x", NO_ANSWER),
    ("có ạ", NO_ANSWER),
    (1, NO_ANSWER),
    (0.0, NO_ANSWER),
    (DAY, NO_ANSWER),
]

CHOSEN: list[tuple[Any, Reading]] = [
    ("hội nghị riêng", Reading("hội nghị riêng")),
    ("Hội  nghị riêng ", Reading("hội nghị riêng", C.TEXT_TIDIED, "hội nghị riêng")),
    (unicodedata.normalize("NFD", "báo, đài"), Reading("báo, đài", C.TEXT_TIDIED, "báo, đài")),
    ("khác", Reading("khác")),
    ("KHÁC", Reading("KHÁC")),
    ("x" * 90, Reading("x" * 90)),
    ("họp chi bộ", Reading("họp chi bộ")),
    (12, Reading("12")),
    (12.0, Reading("12")),
    (True, Reading("TRUE")),
    (DAY, Reading("28/04/2022")),
]

TEXTS: list[tuple[Any, Reading]] = [
    ("Nguyễn Văn An", Reading("Nguyễn Văn An")),
    ("dòng một\ndòng hai", Reading("dòng một\ndòng hai")),
    (" Nguyễn   Văn An\t", Reading("Nguyễn Văn An", C.TEXT_TIDIED, "Nguyễn Văn An")),
    (unicodedata.normalize("NFD", "Nguyễn"), Reading("Nguyễn", C.TEXT_TIDIED, "Nguyễn")),
    (f"An{ZERO_WIDTH}h", Reading("Anh", C.TEXT_TIDIED, "Anh")),
    (f"a{NBSP}b", Reading("a b", C.TEXT_TIDIED, "a b")),
    ("một\r\nhai", Reading("một\nhai", C.TEXT_TIDIED, "một\nhai")),
    ("=1+1", Reading("=1+1")),
    ("{value}", Reading("{value}")),
    ("x" * 500, Reading("x" * 500)),
    (912345678, Reading("912345678")),
    (12.0, Reading("12")),
    (12.5, Reading("12.5")),
    (DAY, Reading("28/04/2022")),
    (True, Reading(None, C.NOT_TEXT)),
]


@pytest.mark.parametrize(("cell", "reading"), COUNTS, ids=lambda v: repr(v)[:30])
def test_counts(cell: RawValue, reading: Reading) -> None:
    assert read_count(cell) == reading
    assert type(read_count(cell).value) in (int, type(None))


@pytest.mark.parametrize(("cell", "reading"), DATES, ids=lambda v: repr(v)[:30])
def test_dates(cell: RawValue, reading: Reading) -> None:
    assert read_date(cell) == reading
    assert type(read_date(cell).value) in (date, type(None))


@pytest.mark.parametrize(("cell", "reading"), ANSWERS, ids=lambda v: repr(v)[:30])
def test_yes_and_no(cell: RawValue, reading: Reading) -> None:
    assert read_yes_no(cell) == reading


@pytest.mark.parametrize(("cell", "reading"), CHOSEN, ids=lambda v: repr(v)[:30])
def test_choices(cell: RawValue, reading: Reading) -> None:
    assert read_choice(cell, CHOICES) == reading


@pytest.mark.parametrize(("cell", "reading"), TEXTS, ids=lambda v: repr(v)[:30])
def test_texts(cell: RawValue, reading: Reading) -> None:
    assert read_text(cell) == reading


@pytest.mark.parametrize("cell", [None, "", " ", NBSP, ZERO_WIDTH, f"\t{BOM}\n", "\u00ad"])
def test_what_shows_nothing_is_blank(cell: RawValue | None) -> None:
    assert is_blank(cell)


@pytest.mark.parametrize("cell", [0, False, "0", "-", ErrorCell("#N/A"), UncachedFormula("=A1"), float("nan")])
def test_what_shows_something_is_not_blank(cell: RawValue) -> None:
    assert not is_blank(cell)


def test_errors_and_formulas_without_a_result_are_refused_whatever_was_wanted() -> None:
    assert unreadable(ErrorCell("#REF!")) == Reading(None, C.ERROR_CELL)
    assert unreadable(UncachedFormula("=A1+1")) == Reading(None, C.UNCACHED_FORMULA)
    assert unreadable("#REF!") is None
    assert unreadable(0) is None


CELLS = (
    st.text()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
    | st.from_regex(r"[ +-]{0,2}[0-9]{1,4}([., /\u00a0-][0-9]{1,4}){0,3}", fullmatch=True)
)


@given(CELLS)
def test_whatever_is_read_never_raises(cell: Any) -> None:
    for reading in (
        read_count(cell),
        read_date(cell),
        read_yes_no(cell),
        read_text(cell),
        read_choice(cell, CHOICES),
    ):
        assert reading.value is not None or reading.code is not None
        assert reading.code is None or reading.detail or reading.value is None


@given(st.integers(-(10**14), 10**14))
def test_a_whole_number_written_plainly_is_that_number(number: int) -> None:
    assert read_count(number) == read_count(float(number)) == Reading(number)
    assert read_count(str(number)) == repaired(number)


@given(st.integers(10**6, 10**14))
def test_a_large_number_in_groups_is_that_number_in_any_style(number: int) -> None:
    english = f"{number:,}"
    for style in (english, english.replace(",", "."), english.replace(",", " "), english.replace(",", NBSP)):
        assert read_count(style) == repaired(number)


@given(st.integers(1, 999), st.integers(0, 999))
def test_one_group_of_three_has_one_reading_or_is_refused(high: int, low: int) -> None:
    said = read_count(f"{high}.{low:03}")
    assert said == (repaired(high * 1000 + low) if low else two(high, high * 1000))


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_day_is_read_back_from_any_way_it_is_written(day: date) -> None:
    assert read_date(day) == Reading(day)
    for text in (f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d-%m-%Y}", day.isoformat()):
        assert read_date(text) == Reading(day, C.DATE_AS_TEXT, f"{day:%d/%m/%Y}")


@given(st.text())
def test_tidying_twice_is_tidying_once(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert read_text(once) == Reading(once)
    assert is_blank(text) is (once == "")
