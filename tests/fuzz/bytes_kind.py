"""Reports with bytes changed: of the file as it lies there, of the zip's own records, or of a part zipped up again."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.court import Mutant
from tests.fuzz.zips import unzipped, zipped

_MARKS = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08")
_FIELDS = {
    b"PK\x03\x04": (
        (4, "H"),
        (6, "H"),
        (8, "H"),
        (10, "H"),
        (12, "H"),
        (14, "L"),
        (18, "L"),
        (22, "L"),
        (26, "H"),
        (28, "H"),
    ),
    b"PK\x01\x02": (
        *((4, "H"), (6, "H"), (8, "H"), (10, "H"), (14, "H"), (16, "L"), (20, "L"), (24, "L"), (28, "H"), (30, "H")),
        *((32, "H"), (34, "H"), (36, "H"), (38, "L"), (42, "L")),
    ),
    b"PK\x05\x06": ((4, "H"), (6, "H"), (8, "H"), (10, "H"), (12, "L"), (16, "L"), (20, "H")),
}
"""By signature: the offsets and sizes of a record's numbers (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16)."""
_NUMBERS = (0, 1, 2, 8, 9, 12, 14, 20, 45, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
_TOKENS = (
    b"<",
    b">",
    b"&",
    b'"',
    b"\0",
    b"-->",
    b"<!--",
    b"<![CDATA[",
    b"]]>",
    b"</c>",
    b"</row>",
    b"<v>",
    b"&#0;",
    b"\xff",
)

Change = Callable[[bytearray, Random], None]


def _span(made: bytearray, chance: Random) -> slice:
    """A stretch: mostly short."""
    start = chance.randrange(len(made) + 1)
    return slice(start, start + chance.choice((1, 2, 4, 16, 64, 256, 4096)))


def _flip(made: bytearray, chance: Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 8))):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)


def _overwrite(made: bytearray, chance: Random) -> None:
    span = _span(made, chance)
    made[span] = chance.randbytes(len(made[span]))


def _cut(made: bytearray, chance: Random) -> None:
    del made[_span(made, chance)]


def _truncate(made: bytearray, chance: Random) -> None:
    del made[chance.randrange(len(made)) :]


def _insert(made: bytearray, chance: Random) -> None:
    at = chance.randrange(len(made) + 1)
    made[at:at] = chance.randbytes(chance.choice((1, 2, 8, 64)))


def _duplicate(made: bytearray, chance: Random) -> None:
    span, at = _span(made, chance), chance.randrange(len(made) + 1)
    made[at:at] = made[span]


def _swap(made: bytearray, chance: Random) -> None:
    one, other = sorted((_span(made, chance), _span(made, chance)), key=lambda s: s.start)
    first, second = made[one], made[other]
    made[other], made[one] = first, second


def _run(made: bytearray, chance: Random) -> None:
    span = _span(made, chance)
    made[span] = bytes([chance.choice((0, 0, 0xFF, 0x20))]) * len(made[span])


def _append(made: bytearray, chance: Random) -> None:
    made += chance.choice((bytes(22), b"PK\x05\x06" + bytes(18), chance.randbytes(30), bytes(made[-200:])))


def _prepend(made: bytearray, chance: Random) -> None:
    made[:0] = chance.choice((b"\0", b"MZ", b"\xef\xbb\xbf", bytes(512), b"PK\x03\x04", bytes(made[:60])))


def _record(made: bytearray, chance: Random) -> None:
    """One number of one of the zip's records."""
    mark = chance.choice(tuple(_FIELDS))
    places = [at for at in range(len(made)) if made.startswith(mark, at)] if mark in made else []
    if places:
        offset, size = chance.choice(_FIELDS[mark])
        value = chance.choice(_NUMBERS) & (0xFFFF if size == "H" else 0xFFFFFFFF)
        at = chance.choice(places) + offset
        if at + 4 <= len(made):
            struct.pack_into(f"<{size}", made, at, value)


def _mark(made: bytearray, chance: Random) -> None:
    """One signature for another."""
    mark = chance.choice(_MARKS)
    at = made.find(mark, chance.randrange(len(made)))
    if at >= 0:
        made[at : at + 4] = chance.choice(_MARKS)


def _token(made: bytearray, chance: Random) -> None:
    at = chance.randrange(len(made) + 1)
    made[at:at] = chance.choice(_TOKENS)


WHOLE: dict[str, Change] = {
    "flip": _flip,
    "overwrite": _overwrite,
    "cut": _cut,
    "truncate": _truncate,
    "insert": _insert,
    "duplicate": _duplicate,
    "swap": _swap,
    "run": _run,
    "append": _append,
    "prepend": _prepend,
    "record": _record,
    "mark": _mark,
}
INSIDE: dict[str, Change] = {
    name: change for name, change in WHOLE.items() if name not in ("append", "prepend", "record", "mark")
} | {"token": _token}


def byte_mutant(reports: Sequence[bytes], chance: Random) -> Mutant:
    """One of the reports, with one to three changes."""
    content = chance.choice(reports)
    way = chance.choice(("whole", "whole", "inside", "splice"))
    if way == "inside":
        return _inside(content, chance)
    made, done = bytearray(content), []
    if way == "splice":
        other = chance.choice(reports)
        at, start = chance.randrange(len(made)), chance.randrange(len(other))
        made[at:] = other[start:]
        done.append("splice")
    for _ in range(chance.choice((1, 1, 2, 3)) - (way == "splice")):
        name = chance.choice(tuple(WHOLE))
        if made:
            WHOLE[name](made, chance)
        done.append(name)
    return Mutant(bytes(made), " ".join(done))


def _inside(content: bytes, chance: Random) -> Mutant:
    """Bytes of one part changed, and the whole zipped up again, so that nothing in the zip gives it away."""
    parts = {name: bytearray(part) for name, part in unzipped(content).items()}
    name = chance.choice([name for name, part in parts.items() if part])
    done = [f"inside {name}"]
    for _ in range(chance.choice((1, 1, 2))):
        change = chance.choice(tuple(INSIDE))
        if parts[name]:
            INSIDE[change](parts[name], chance)
        done.append(change)
    method = chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    return Mutant(zipped({name: bytes(part) for name, part in parts.items()}, method), " ".join(done))
