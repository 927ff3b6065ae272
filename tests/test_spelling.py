"""Two spellings of one word: where the tone mark stands does not matter, which mark it is does."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.spelling import alike, bare, did_you_mean, nearest, tidy, tone_neutral

PAIRS = [
    ("hoà", "hòa"),
    ("uỷ", "ủy"),
    ("thuý", "thúy"),
    ("Hoà", "Hòa"),
    ("khoẻ", "khỏe"),
    ("xoè", "xòe"),
    ("tuỵ", "tụy"),
    ("huỷ", "hủy"),
    ("toạ", "tọa"),
    ("quý", "qúy"),
    ("Thị uỷ Hoà Thành", "Thị ủy Hòa Thành"),
    ("toạ đàm, giao lưu", "tọa đàm, giao lưu"),
]
DIFFERENT = [
    ("hoà", "hoa"),
    ("hoà", "hoá"),
    ("hòa", "hoạ"),
    ("tổ", "tố"),
    ("ma", "mạ"),
    ("uy", "uỷ"),
    ("đảng", "dảng"),
    ("mơ", "mờ"),
    ("cân", "căn"),
    ("hòa bình", "hoa bình"),
    ("hòabình", "hoàbình"),
]
LISTED = ("trực tuyến", "trực tiếp", "hội nghị riêng", "khác")
TONES = "\u0300\u0301\u0303\u0309\u0323"


@pytest.mark.parametrize(("new", "old"), PAIRS)
def test_the_place_of_the_mark_does_not_matter(new: str, old: str) -> None:
    assert tone_neutral(new) == tone_neutral(old)
    assert tone_neutral(unicodedata.normalize("NFD", new)) == tone_neutral(old)
    assert alike(old, [new, "khác"]) == new
    assert alike(f" {old.upper()} ", [new, "khác"]) == new


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_mark_is_another_word(one: str, other: str) -> None:
    assert tone_neutral(one) != tone_neutral(other)
    assert alike(one, [other]) is None


@given(st.from_regex(r"[a-zđA-ZĐ]{0,4}[aăâeêioôơuưyAEIOU]{1,3}[a-z]{0,2}", fullmatch=True), st.sampled_from(TONES))
def test_a_tone_on_any_vowel_of_a_word_is_the_same_tone(word: str, tone: str) -> None:
    vowels = [n for n, letter in enumerate(word) if letter in "aăâeêioôơuưyAEIOU"]
    spellings = {unicodedata.normalize("NFC", word[: n + 1] + tone + word[n + 1 :]) for n in vowels}
    assert len({tone_neutral(spelling) for spelling in spellings}) == 1
    for spelling in spellings:
        assert tone_neutral(spelling) != tone_neutral(word)
        assert bare(spelling) == bare(word)


@given(st.text())
def test_comparing_forms_keep_what_is_written(text: str) -> None:
    """Only marks move: the letters and everything between words stay."""
    marks = set("\u0300\u0301\u0303\u0309\u0323")
    kept = [letter for letter in unicodedata.normalize("NFD", text) if letter not in marks]
    assert [letter for letter in tone_neutral(text) if letter not in marks] == kept
    assert tone_neutral(tone_neutral(text)) == tone_neutral(text)


@given(st.text(), st.lists(st.text(), max_size=4))
def test_what_is_found_is_of_the_list(text: str, values: list[str]) -> None:
    assert alike(text, values) in {None, *values}
    assert nearest(text, values) in {None, *values}
    if text in values and sum(tidy(v).casefold() == tidy(text).casefold() for v in values) == 1:
        assert alike(text, values) == text


def test_two_that_say_the_same_are_none() -> None:
    assert alike("HOÀ", ["hoà", "Hoà"]) is None
    assert alike("hòa", ["hoà", "hòa"]) == "hòa"
    assert alike("hoá", ["hoà", "hòa"]) is None


def test_dashes_and_quotes_of_any_kind_are_one() -> None:
    assert alike("19/5 - 132 năm", ["19/5 – 132 năm"]) == "19/5 – 132 năm"
    assert alike("“Đường Kách mệnh”", ['"Đường Kách mệnh"']) == '"Đường Kách mệnh"'


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("truc tuyen", "trực tuyến"),
        ("TRUC TIEP", "trực tiếp"),
        ("trực tiep", "trực tiếp"),
        ("trưc tuyên", "trực tuyến"),
        ("hoi nghi rieng", "hội nghị riêng"),
        ("hội nghi", "hội nghị riêng"),
        ("khac", "khác"),
        ("gặp mặt", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_did_you_mean(typed: str, meant: str | None) -> None:
    assert nearest(typed, LISTED) == meant
    assert did_you_mean(typed, LISTED) == (f". Có phải “{meant}”?" if meant else "")


def test_marks_decide_between_words_of_the_same_letters() -> None:
    assert nearest("tổ", ["tô", "tổ", "to"]) == "tổ"
    assert nearest("to", ["tô", "tổ"]) in ("tô", "tổ")


def test_nothing_is_near_in_an_empty_list() -> None:
    assert nearest("a", []) is None
    assert did_you_mean("a", []) == ""


def test_a_cell_full_of_letters_is_compared_in_no_time() -> None:
    """32,767 is all a cell holds; a search that began anew at each letter would take minutes."""
    for text in ("a" * 32_767, "hoà" * 10_000, "\u0300" * 32_767, "à " * 16_000):
        assert alike(text, LISTED) is None
        assert nearest(text, LISTED) is None
