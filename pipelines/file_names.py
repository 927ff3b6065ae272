"""File names out of a clerk's words: what Windows, Linux and macOS can all store, and no program takes for a place.

Two names that differ may become one: whoever writes several into a folder tells them apart.
"""

from __future__ import annotations

import re
import unicodedata

from schemas.plan import DEVICE_NAMES

LONGEST_BYTES = 200
"""Of a file name in UTF-8: most file systems stop at 255, and callers add words of their own."""
LONGEST_PATH = 259
"""Characters of a whole path that every Windows program opens."""
_FORBIDDEN = frozenset('<>:"/\\|?*\N{REPLACEMENT CHARACTER}')
_UNSTORABLE = ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
_SUPERSCRIPTS = "\N{SUPERSCRIPT ONE}\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT THREE}"
RESERVED = frozenset(
    [*DEVICE_NAMES, "CLOCK$", "CONIN$", "CONOUT$", *(f"{port}{n}" for port in ("COM", "LPT") for n in _SUPERSCRIPTS)]
)
"""Names of devices in Windows, whatever follows them behind a dot."""
_MISLEADING = ("-", "=", "+", "@", "~$")
"""What a name must not begin with: a program takes it for an option or a formula, or for the lock of an open file."""
_SUFFIX = re.compile(r"(.+?)(\.[A-Za-z0-9]{1,8})")


def safe_name(text: str, limit: int = 100) -> str:
    """A file name out of any text: letters of every language stay; what cannot be stored becomes `_`.

    At most `limit` characters (at least 1, and the suffix stays whole where it is one) and 200 bytes in UTF-8.
    """
    seen = "".join(_storable(letter) for letter in unicodedata.normalize("NFC", text))
    stem, suffix = _parted(unicodedata.normalize("NFC", seen).strip(" .") or "_")
    stem = stem.rstrip(" .") or "_"
    if is_reserved(stem) or stem.startswith(_MISLEADING):
        stem = f"_{stem}"
    stem = stem[:limit].rstrip(" .") or "_"
    while len(stem) > 1 and (len(stem + suffix) > limit or len((stem + suffix).encode("utf-8")) > LONGEST_BYTES):
        stem = stem[:-1].rstrip(" .") or "_"
    return f"_{stem}{suffix}" if is_reserved(stem) else stem + suffix


def is_reserved(name: str) -> bool:
    """Whether Windows takes a name for a device: `CON`, `nul.txt`, `COM¹ .xlsx`."""
    return name.split(".", maxsplit=1)[0].rstrip(" ").upper() in RESERVED


def room_in(folder: str, most: int, words: int = 0) -> int:
    """How long a name may be so that its path in a folder stays within `LONGEST_PATH`: at most `most`, at least 8.

    `words`: characters that are added to it.
    """
    return max(8, min(most, LONGEST_PATH - len(folder) - 1 - words))


def _storable(letter: str) -> str:
    if letter in _FORBIDDEN or unicodedata.category(letter) in _UNSTORABLE:
        return "_"
    return "" if unicodedata.category(letter) == "Cf" else letter


def _parted(name: str) -> tuple[str, str]:
    match = _SUFFIX.fullmatch(name)
    return (match[1], match[2]) if match else (name, "")
