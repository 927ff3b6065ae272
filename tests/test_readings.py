"""What a cell is read as: one reading and it is taken, two and it is refused, and every repair is said."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines.legacy_text import suspected
from pipelines.readings import (
    FORMULA_TYPED,
    Reading,
    is_blank,
    read_choice,
    read_count,
    read_date,
    read_text,
    read_yes_no,
    swapped_into,
    unreadable,
)
from pipelines.spelling import tidy
from schemas.finding import FindingCode
from schemas.submission import ErrorCell, RawValue, UncachedFormula

C = FindingCode
NBSP, NARROW, THIN, ZERO_WIDTH, BOM = "\u00a0", "\u202f", "\u2009", "\u200b", "\ufeff"
DAY = date(2022, 4, 28)
CHOICES = (
    *("sinh hoạt chi bộ", "hội nghị riêng", "báo, đài", "Khác", "khác", "toạ đàm", "19/5 – 132 năm"),
    *('95 năm "Đường Kách mệnh"', "x" * 90),
)


def repaired(number: int) -> Reading:
    return Reading(number, C.NUMBER_AS_TEXT, str(number))


def no_count(detail: str) -> Reading:
    return Reading(None, C.NOT_A_COUNT, detail)


def two(low: int, high: int) -> Reading:
    return Reading(None, C.TWO_READINGS, f"{low} hoặc {high}")


NOT_WHOLE = no_count("không phải số nguyên")
FORMULA = no_count("là công thức gõ dưới dạng chữ nên không có kết quả")
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
    (f"1{THIN}250", repaired(1250)),
    (f"{NBSP}1.250{NBSP}", repaired(1250)),
    ("1 000", repaired(1000)),
    ("- 2 500", repaired(-2500)),
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
    ("=1+1", FORMULA),
    (" =SUM(A1:A3)", FORMULA),
    ("0.125", NOT_WHOLE),
    ("0,125", NOT_WHOLE),
    ("012.500", NOT_WHOLE),
    ("0 125", NOT_WHOLE),
    ("0.000", repaired(0)),
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
    ("04/28/2022", Reading(None, C.NOT_A_DATE, ". Có phải 28/04/2022 (ghi tháng trước, ngày sau)?")),
    ("31/04/2022", NO_DAY),
    ("29/02/2022", NO_DAY),
    ("28/04/22", NO_DAY),
    ("28/04/1922", NO_DAY),
    ("28/04/2101", NO_DAY),
    ("2022-04-28 07:30:00", NO_DAY),
    ("28/04", NO_DAY),
    ("tháng 4", NO_DAY),
    ("44679", NO_DAY),
    (44679, Reading(DAY, C.DATE_AS_NUMBER, "28/04/2022")),
    (44679.0, Reading(DAY, C.DATE_AS_NUMBER, "28/04/2022")),
    (36526, Reading(date(2000, 1, 1), C.DATE_AS_NUMBER, "01/01/2000")),
    (73415, Reading(date(2100, 12, 31), C.DATE_AS_NUMBER, "31/12/2100")),
    (36525, NO_DAY),
    (73416, NO_DAY),
    (44679.5, NO_DAY),
    (20220428, NO_DAY),
    (2022, NO_DAY),
    (-44679, NO_DAY),
    (float("nan"), NO_DAY),
    ("=TODAY()", Reading(None, C.NOT_A_DATE, FORMULA_TYPED)),
    (1e309, NO_DAY),
    (True, NO_DAY),
    (time(7, 30), NO_DAY),
    (timedelta(days=5), NO_DAY),
]

NO_ANSWER = Reading(None, C.NOT_YES_NO)
YES_SAID, NO_SAID = Reading(True, C.TEXT_TIDIED, "có"), Reading(False, C.TEXT_TIDIED, "không")
ANSWERS: list[tuple[Any, Reading]] = [
    ("có", Reading(True)),
    ("không", Reading(False)),
    (" Có ", YES_SAID),
    ("CÓ", YES_SAID),
    ("KHÔNG", NO_SAID),
    (unicodedata.normalize("NFD", "không"), NO_SAID),
    (f"c{ZERO_WIDTH}ó", YES_SAID),
    ("x", YES_SAID),
    ("X", YES_SAID),
    (f" x{NBSP}", YES_SAID),
    (True, YES_SAID),
    (False, NO_SAID),
    ("co", Reading(None, C.NOT_YES_NO, ". Có phải “có”?")),
    ("Khong", Reading(None, C.NOT_YES_NO, ". Có phải “không”?")),
    ("có ạ", Reading(None, C.NOT_YES_NO, ". Có phải “có”?")),
    ("=TRUE()", Reading(None, C.NOT_YES_NO, FORMULA_TYPED)),
    ("yes", NO_ANSWER),
    ("xx", NO_ANSWER),
    ("chưa", NO_ANSWER),
    (1, NO_ANSWER),
    (0.0, NO_ANSWER),
    (DAY, NO_ANSWER),
]

CHOSEN: list[tuple[Any, Reading]] = [
    ("hội nghị riêng", Reading("hội nghị riêng")),
    ("Hội  nghị riêng ", Reading("hội nghị riêng", C.TEXT_TIDIED, "hội nghị riêng")),
    (unicodedata.normalize("NFD", "báo, đài"), Reading("báo, đài", C.TEXT_TIDIED, "báo, đài")),
    ("toạ đàm", Reading("toạ đàm")),
    ("tọa đàm", Reading("toạ đàm", C.TEXT_TIDIED, "toạ đàm")),
    ("Tọa  Đàm", Reading("toạ đàm", C.TEXT_TIDIED, "toạ đàm")),
    (unicodedata.normalize("NFD", "tọa đàm"), Reading("toạ đàm", C.TEXT_TIDIED, "toạ đàm")),
    ("toa đàm", Reading("toa đàm")),
    ("95 năm “Đường Kách mệnh”", Reading('95 năm "Đường Kách mệnh"', C.TEXT_TIDIED, '95 năm "Đường Kách mệnh"')),
    ("19/5 - 132 năm", Reading("19/5 – 132 năm", C.TEXT_TIDIED, "19/5 – 132 năm")),
    ("x", Reading("x")),
    ("=A1", Reading("=A1")),
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
    ("x", Reading("x")),
    ("hòa", Reading("hòa")),
    ("NguyÔn V¨n An", Reading("NguyÔn V¨n An", C.LEGACY_SUSPECTED)),
    ("25 m², 25°C", Reading("25 m², 25°C")),
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
    assert unreadable(0) is None


@pytest.mark.parametrize(
    "text",
    [
        *("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"),
        *(" #n/a ", f"#REF!{ZERO_WIDTH}", "Err:502", "Lỗi:502"),
    ],
)
def test_the_text_of_an_error_is_an_error(text: str) -> None:
    """As a marked copy writes it back, or values pasted from a spoilt sheet have it."""
    assert unreadable(text) == Reading(None, C.ERROR_CELL)


@pytest.mark.parametrize("text", ["#1", "# REF!", "#REF! ở ô C10", "N/A", "#hoc_tap", "Err:", "=4+4"])
def test_other_text_is_none(text: str) -> None:
    assert unreadable(text) is None


def test_a_1904_workbook_counts_its_days_from_1904() -> None:
    assert read_date(44679 - 1462, epoch_1904=True) == Reading(DAY, C.DATE_AS_NUMBER, "28/04/2022")
    assert read_date(44679, epoch_1904=True) == Reading(date(2026, 4, 29), C.DATE_AS_NUMBER, "29/04/2026")
    assert read_date(35063, epoch_1904=True) == Reading(None, C.NOT_A_DATE)
    assert read_date(DAY, epoch_1904=True) == Reading(DAY)


@pytest.mark.parametrize(
    ("day", "swap"),
    [
        (date(2022, 10, 4), date(2022, 4, 10)),
        (date(2022, 6, 4), date(2022, 4, 6)),
        (date(2022, 5, 5), None),
        (date(2022, 4, 10), None),
        (date(2022, 10, 3), None),
        (date(2022, 8, 28), None),
        (date(2021, 10, 4), None),
        (date(2022, 6, 6), None),
    ],
)
def test_a_swap_is_seen_only_from_outside_into_the_window(day: date, swap: date | None) -> None:
    assert swapped_into(day, date(2022, 4, 6), date(2022, 5, 5)) == swap


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
    assume(not is_blank(cell))
    for reading in (
        read_count(cell),
        read_date(cell),
        read_yes_no(cell),
        read_text(cell),
        read_choice(cell, CHOICES),
    ):
        assert reading.value is not None or reading.code is not None
        assert reading.code in (None, C.LEGACY_SUSPECTED) or reading.detail or reading.value is None


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


STYLES = (
    lambda n: f"{n:,}".replace(",", "."),
    lambda n: f"{n:,}",
    lambda n: f"{n:,}".replace(",", " "),
    lambda n: f"{n:,}".replace(",", NBSP),
    lambda n: f"{n:,}".replace(",", THIN),
    lambda n: f"{n:,}".replace(",", ".") + ",0",
    lambda n: f"{n:,}.00",
    lambda n: f" {n}{NBSP}",
)


@given(st.integers(0, 10**12) | st.integers(0, 20_000), st.sampled_from(STYLES), st.sampled_from(["", "-", "+"]))
def test_a_number_written_in_any_style_is_itself_or_two_numbers_never_another(
    number: int, style: Callable[[int], str], sign: str
) -> None:
    text = sign + style(number).strip()
    wanted = -number if sign == "-" else number
    said = read_count(text)
    assert said == repaired(wanted) or (
        said.code is C.TWO_READINGS and str(wanted) in said.detail.split(" hoặc ") and said.value is None
    )


@given(st.from_regex(r"[+-]?[0-9]{1,4}([.,][0-9]{1,4}){0,3}", fullmatch=True))
def test_what_could_be_another_number_in_another_country_is_never_taken(text: str) -> None:
    """A count is taken only where just one whole number is written so, in Vietnamese or in English style."""
    said = read_count(text)
    readings = {n for n in (european(text), american(text)) if n is not None and n == int(n)}
    if said.value is not None:
        assert readings == {said.value}
    else:
        assert len(readings) != 1 or len(text) > 15


def european(text: str) -> float | None:
    whole, comma, fraction = text.lstrip("+-").partition(",")
    return _written(text, whole.split("."), comma, fraction)


def american(text: str) -> float | None:
    whole, dot, fraction = text.lstrip("+-").partition(".")
    return _written(text, whole.split(","), dot, fraction)


def _written(text: str, groups: list[str], mark: str, fraction: str) -> float | None:
    """The number, or None where the text is no such number: groups of three behind a first that is not 0."""
    grouped = len(groups) > 1
    if grouped and (groups[0].startswith("0") or len(groups[0]) > 3 or any(len(g) != 3 for g in groups[1:])):
        return None
    if mark and not fraction.isdigit():
        return None
    return float(("-" if text.startswith("-") else "") + "".join(groups) + "." + (fraction or "0"))


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_day_is_read_back_from_any_way_it_is_written(day: date) -> None:
    assert read_date(day) == Reading(day)
    for text in (f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d-%m-%Y}", day.isoformat()):
        assert read_date(text) == Reading(day, C.DATE_AS_TEXT, f"{day:%d/%m/%Y}")


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.booleans())
def test_a_day_is_read_back_from_its_serial_number(day: date, epoch_1904: bool) -> None:
    number = (day - (date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30))).days
    for written in (number, float(number)):
        assert read_date(written, epoch_1904=epoch_1904) == Reading(day, C.DATE_AS_NUMBER, f"{day:%d/%m/%Y}")


@given(st.text())
def test_tidying_twice_is_tidying_once(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert read_text(once) == Reading(once, C.LEGACY_SUSPECTED if suspected(once) else None)
    assert is_blank(text) is (once == "")
