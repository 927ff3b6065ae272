"""Which Vietnamese letter stands for which characters in TCVN3 and in VNI-Windows."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.submission import Encoding

NAMES: Mapping[Encoding, str] = {"tcvn3": "TCVN3", "vni": "VNI"}
"""What people call them."""

_TCVN3_CAPITALS = {0xA1: "ĂÂÊÔƠƯĐ"}
_TCVN3_SMALL = {
    0xA8: "ăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậ",
    0xCC: "è",
    0xCE: "ẻẽ",
    0xD0: "éẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
"""TCVN 5712:1993, VN3: runs of letters by the character they begin at. Capitals with a tone have a font of their own
(`.Vn…H`) and stand as small letters in the file."""

_VNI_MARKS = {
    # letter: its five tones (acute, grave, hook, tilde, dot) as pairs of base letter and mark
    "a": ("á", "à", "ả", "ã", "ạ"),
    "e": ("é", "è", "ẻ", "ẽ", "ẹ"),
    "o": ("ó", "ò", "ỏ", "õ", "ọ"),
    "ô": ("ớ", "ờ", "ở", "ỡ", "ợ"),
    "u": ("ú", "ù", "ủ", "ũ", "ụ"),
    "ö": ("ứ", "ừ", "ử", "ữ", "ự"),
}
_VNI_TONES = "ùøûõï"
_VNI_CIRCUMFLEX = {"a": "âấầẩẫậ", "e": "êếềểễệ", "o": "ôốồổỗộ"}
_VNI_CIRCUMFLEX_MARKS = "âáàåãä"
_VNI_BREVE, _VNI_BREVE_MARKS = "ăắằẳẵặ", "êéèúüë"
_VNI_Y = "ýỳỷỹ"
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _tcvn3() -> dict[str, str]:
    runs = {**_TCVN3_CAPITALS, **_TCVN3_SMALL}
    return {chr(first + n): letter for first, run in runs.items() for n, letter in enumerate(run)}


def _vni() -> dict[str, str]:
    small = dict(_VNI_SINGLE)
    for base, letters in _VNI_MARKS.items():
        small |= {base + mark: letter for mark, letter in zip(_VNI_TONES, letters, strict=True)}
    for base, run in _VNI_CIRCUMFLEX.items():
        small |= {base + mark: letter for mark, letter in zip(_VNI_CIRCUMFLEX_MARKS, run, strict=True)}
    small |= {"a" + mark: letter for mark, letter in zip(_VNI_BREVE_MARKS, _VNI_BREVE, strict=True)}
    small |= {"y" + mark: letter for mark, letter in zip(_VNI_TONES, _VNI_Y, strict=False)}
    mixed = {code[0].upper() + code[1:]: letter.upper() for code, letter in small.items()}
    capitals = {code.upper(): letter.upper() for code, letter in small.items()}
    return {**small, **mixed, **capitals}


TCVN3: Mapping[str, str] = _tcvn3()
"""One character → one letter."""
VNI: Mapping[str, str] = _vni()
"""One or two characters (a base letter and its mark) → one letter. A capital may bear a small mark."""

LETTERS: Mapping[Encoding, Mapping[str, str]] = {"tcvn3": TCVN3, "vni": VNI}
