"""TCVN3 and VNI: converted where a font says so, suspected only where nothing else is possible."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.legacy_text import converted, legible, suspected
from pipelines.legacy_text.syllables import is_syllable
from pipelines.legacy_text.tables import LETTERS, TCVN3, VNI
from schemas.submission import Encoding, ErrorCell

ROOT = Path(__file__).parents[1]
LOWER = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
ENCODINGS: tuple[Encoding, ...] = ("tcvn3", "vni")

KNOWN: list[tuple[Encoding, str, str]] = [
    ("tcvn3", "Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
    ("tcvn3", "§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"),
    ("tcvn3", "Thµnh phè Hå ChÝ Minh", "Thành phố Hồ Chí Minh"),
    ("tcvn3", "Tr­êng §¹i häc B¸ch khoa Hµ Néi", "Trường Đại học Bách khoa Hà Nội"),
    ("tcvn3", "NguyÔn V¨n An", "Nguyễn Văn An"),
    ("tcvn3", "sinh ho¹t chi bé", "sinh hoạt chi bộ"),
    ("tcvn3", "Kh«ng ph¸t sinh", "Không phát sinh"),
    ("vni", "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
    ("vni", "Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"),
    ("vni", "Thaønh phoá Hoà Chí Minh", "Thành phố Hồ Chí Minh"),
    ("vni", "TRÖÔØNG ÑAÏI HOÏC BAÙCH KHOA HAØ NOÄI", "TRƯỜNG ĐẠI HỌC BÁCH KHOA HÀ NỘI"),
    ("vni", "Nguyeãn Vaên An", "Nguyễn Văn An"),
    ("vni", "Lyù Thöôøng Kieät", "Lý Thường Kiệt"),
    ("vni", "Ông Oâng OÂng", "Ơng Ông Ông"),
]


def legacy(text: str, encoding: Encoding) -> str:
    """The text as somebody would have typed it before Unicode: capitals with a tone are small ones in TCVN3."""
    codes: dict[str, str] = {}
    for code, letter in LETTERS[encoding].items():
        codes.setdefault(letter, code)
    return "".join(
        codes.get(letter, codes.get(letter.lower(), letter)) for letter in unicodedata.normalize("NFC", text)
    )


@pytest.mark.parametrize(("encoding", "typed", "meant"), KNOWN)
def test_known_sentences(encoding: Encoding, typed: str, meant: str) -> None:
    assert converted(typed, encoding) == meant
    assert legible(typed, encoding) == meant
    assert legible(typed, None) == typed


def test_each_table_has_every_vietnamese_letter_once() -> None:
    marked = {letter for letter in LOWER if not letter.isascii()}
    assert set(TCVN3.values()) == marked | set("ĂÂÊÔƠƯĐ")
    assert len(set(TCVN3.values())) == len(TCVN3)
    assert set(VNI.values()) == marked | {letter.upper() for letter in marked}
    small = [letter for code, letter in VNI.items() if code.islower()]
    assert len(set(small)) == len(small)


@given(st.text(alphabet=LOWER + LOWER.upper() + " .,;:-/()0123456789"))
def test_vni_there_and_back(text: str) -> None:
    assert converted(legacy(text, "vni"), "vni") == text


@given(st.text(alphabet=LOWER + "ĂÂÊÔƠƯĐABCDEGHIKLMNOPQRSTUVXY .,;:-/()0123456789"))
def test_tcvn3_there_and_back(text: str) -> None:
    assert converted(legacy(text, "tcvn3"), "tcvn3") == text


@given(st.text(alphabet=LOWER + LOWER.upper() + " ").filter(lambda t: any(letter > "\xff" for letter in t)))
def test_unicode_in_a_legacy_font_is_left_as_it_is(text: str) -> None:
    for encoding in ENCODINGS:
        for form in (text, unicodedata.normalize("NFD", text)):
            assert converted(form, encoding) == form


@pytest.mark.parametrize("value", [None, 12, 12.5, True, ErrorCell("#N/A"), "125", "khac", ""])
def test_what_has_no_letters_of_that_kind_is_left_as_it_is(value: object) -> None:
    for encoding in ENCODINGS:
        assert legible(value, encoding) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(("encoding", "typed"), [(e, t) for e, t, _ in KNOWN])
def test_whole_sentences_without_their_font_are_suspected(encoding: Encoding, typed: str) -> None:
    too_little = {"Thaønh phoá Hoà Chí Minh", "sinh ho¹t chi bé", "Ông Oâng OÂng"}
    assert suspected(typed) == (encoding if typed not in too_little or "¹" in typed else None)


RIGHT = [
    *("25 m²", "25°C", "30 m³", "5 µm", "1½ ngày", "± 5", "§ 12", "© 2022", "Windows®", "AT&T®", "nº 1", "1ª", "N·m"),
    *("café", "naïve", "résumé", "façade", "Müller", "Zürich", "Citroën", "Noël", "Haïti", "São Paulo", "señor"),
    *("Le théâtre où l’été paraît déjà fini", "L'élève a été reçu à l'école là-bas", "Thaï", "où", "été", "Åland"),
    *("El Niño", "Straße", "fête", "maïs", "Fußball und Bär", "« ba »", "«ba»", "hòa", "Hòa Bình", "HÒA BÌNH", "gió"),
    *("Lê Văn Hà", "Tân Thành", "có", "không", "Trà Vong", "số 12, đường 30/4", "ấp Tân Hòa, xã Tân Bình", "Ô tô"),
    *("an@tayninh.gov.vn", "https://tayninh.gov.vn/tin?x=1&y=2", "C:\\Báo cáo\\2022", "CÁN BỘ", "iPhone", "đ/c Bí thư"),
    *("cuả", "noí", "giaó", "hoà giaỉ", "tòan", "qúy", "Kôn Plông", "Đắk Lắk", "Buôn Ma Thuột", "", " ", "\xad", "×"),
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_not_suspected(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert suspected(unicodedata.normalize(form, text)) is None


def vietnamese_texts() -> list[str]:
    """Every text of every plan, and every line of the guides that gives no example of old fonts."""
    texts: list[str] = []
    for path in sorted((ROOT / "schemas" / "plans").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            texts += [cell for row in csv.reader(file) for cell in row]
    for path in sorted((ROOT / "docs").rglob("*.md")):
        lines = path.read_text(encoding="utf-8").splitlines()
        texts += [line for line in lines if not re.search(r"[Pp]hông|font|VNI|TCVN3|\.Vn", line)]
    return texts


WORDS = sorted({word for text in vietnamese_texts() for word in re.findall(r"[^\W\d_]+", text) if is_syllable(word)})
LATIN_1 = [word for word in WORDS if not word.isascii() and all(letter <= "\xff" for letter in word)]
"""Words that a legacy encoding could have meant otherwise: `hòa`, `có`, `số` has not."""


def test_no_text_of_ours_is_suspected() -> None:
    assert [text for text in vietnamese_texts() if suspected(text)] == []


_CASES = st.sampled_from([str.lower, str.title, str.upper, str.capitalize])
_GAPS = st.sampled_from([" ", "  ", ", ", " - ", "/", "\n", ". ", " (", "\u00a0", ": "])
_FORMS = st.sampled_from(["NFC", "NFD"])


@given(st.lists(st.tuples(st.sampled_from(WORDS) | st.sampled_from(LATIN_1), _CASES, _GAPS)), _FORMS)
def test_no_vietnamese_in_unicode_is_suspected(words: list[tuple[str, object, str]], form: str) -> None:
    text = "".join(case(word) + gap for word, case, gap in words)  # type: ignore[operator]
    assert suspected(unicodedata.normalize(form, text)) is None


@given(st.lists(st.tuples(st.sampled_from(LATIN_1), _CASES), min_size=1), st.sampled_from(RIGHT))
def test_nor_with_one_foreign_word_in_it(words: list[tuple[str, object]], foreign: str) -> None:
    text = " ".join(case(word) for word, case in words)  # type: ignore[operator]
    assert suspected(f"{text} {foreign}") is None
    assert suspected(f"{foreign} {text}") is None


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_no_plain_text_is_suspected(text: str) -> None:
    assert suspected(text) is None


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    suspected(text)
    for encoding in ENCODINGS:
        converted(text, encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_most_real_sentences_are_found(encoding: Encoding) -> None:
    """Of the titles and hints of a plan, five words and more."""
    said = [text for text in vietnamese_texts() if len(re.findall(r"[^\W\d_]+", text)) >= 5 and text[0].isupper()]
    said = [text for text in said if not any(c > "\xff" for c in legacy(text, encoding) if c.isalpha())]
    found = sum(suspected(legacy(text, encoding)) is not None for text in said)
    assert found > 0.6 * len(said) > 60


@pytest.mark.parametrize(
    "word", ["hoà", "hòa", "nghiêng", "người", "quốc", "gì", "giếng", "thuở", "khuya", "yêu", "Đảng", "UỶ", "a", "ươn"]
)
def test_vietnamese_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["", "été", "strange", "hoaì", "cát̀", "kan", "ce", "nghan", "toc", "hÒa", "bb", "oă"])
def test_other_words(word: str) -> None:
    assert not is_syllable(word)
