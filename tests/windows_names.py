"""What Windows, macOS and Linux all store under just this name: a checker of its own, which knows nothing of ours."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE | re.DOTALL
)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f]')
LONGEST_PATH = 259


def faults(name: str) -> list[str]:
    """Why a single name of a file or a folder would not do; empty where it does."""
    found = {
        "empty, or this folder or the one above": name in {"", ".", ".."},
        "a device": _DEVICE.fullmatch(name) is not None,
        "a forbidden sign": _FORBIDDEN.search(name) is not None,
        "ends in a dot or a blank": name.endswith((".", " ")),
        "begins with a blank": name.startswith(" "),
        "read as an option, a formula or a lock": name.startswith(("-", "=", "+", "@", "~$")),
        "invisible or without a meaning": any(
            unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in name
        ),
        "not in NFC, as macOS would not find it": unicodedata.normalize("NFC", name) != name,
        "longer than 255 bytes": len(name.encode("utf-8", "replace")) > 255,
        "longer than 255 in Windows": len(name.encode("utf-16-le", "replace")) // 2 > 255,
    }
    return [fault for fault, there in found.items() if there]


def clashes(paths: Iterable[str]) -> list[str]:
    """The paths that are one and the same where letters are large or small at will."""
    same = Counter(unicodedata.normalize("NFC", path).casefold() for path in paths)
    return [path for path, times in same.items() if times > 1]
