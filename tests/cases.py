"""The submissions of `tests/submissions`: each a right report on a real template with something done to it.

    right/CQ-BDV.<round>.toml    the usual right report: [sheet.row key] field = value
    right/DIEU-HANH.dieu_hanh.toml    the right control workbook of the office
    fail/<CODE>/case*.toml       must give that code
    pass/<CODE>/case*.toml       a near miss: must not give it

A case says what was done and the whole list of what must be found:

    about = "…"                                 in words
    found = [["B2 Học tập", "D10", "AT_MOST"]]  sheet, cell, code; "" for none
    says = "…"                                  in a code's first case: its message (docs/loi.md shows it too)
    [[edit]]                                    in order; see tests/edits.py

and where it is not the usual report of unit CQ-BDV in round ket_qua of plan kh70_2022: `unit`, `round`; `only`, the
sheets that are filled; `name` of the file; `folder` of the inbox; `older = {without = ["hoc_tap.ngay_hoan_thanh"]}`, a
template of an older plan that lacked those fields; `file`, a maker of tests/files.py in place of a report; `parts =
true`, a round reported in parts; `[[before]]` with `only` and `edit`s, what the unit had sent before.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from schemas.control import CONTROL_ROUND, CONTROL_UNIT
from schemas.finding import FindingCode
from tests.edits import Edit

SUBMISSIONS = Path(__file__).parent / "submissions"
UNIT, ROUND = "CQ-BDV", "ket_qua"

Place = tuple[str | None, str | None, FindingCode]
_SENT = {"unit", "round", "only", "name", "folder", "older", "file", "parts", "edit"}
_KEYS = {"about", "found", "says", "before"} | _SENT


@dataclass(frozen=True)
class Sent:
    """One file of a case.

    `only`: the sheets that are filled (None: all). `older`: the fields its older template lacked (None: the present
    template). `file`: its maker, where it is no report.
    """

    edits: tuple[Edit, ...] = ()
    unit: str = UNIT
    round: str = ROUND
    only: tuple[str, ...] | None = None
    name: str = ""
    folder: str = ""
    older: tuple[str, ...] | None = None
    file: str = ""
    parts: bool = False


@dataclass(frozen=True)
class Case:
    """One case. `sent`: the files in order; the last is the one that is judged."""

    id: str
    code: FindingCode
    kind: Literal["fail", "pass"]
    about: str
    sent: tuple[Sent, ...]
    found: tuple[Place, ...]
    says: str

    @property
    def last(self) -> Sent:
        """The file that is judged."""
        return self.sent[-1]

    @property
    def as_warning(self) -> bool:
        """Whether it shows where the plan makes a warning of the code."""
        return self.kind == "pass" and self.code in {code for _, _, code in self.found}


def load_cases() -> list[Case]:
    """Every case there is, by kind, code and number. Raises ValueError for a key or a code that does not exist."""
    paths = sorted(SUBMISSIONS.glob("*/*/case*.toml"), key=lambda p: (p.parts[-3], p.parts[-2], len(p.name), p.name))
    return [_case(path) for path in paths]


def right_values(sent: Sent) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """What the right report of a unit and round says: sheet → row key → field → value.

    A unit without a report of its own says what the usual one says, in its own rows.
    """
    owner = CONTROL_UNIT if sent.round == CONTROL_ROUND else UNIT
    path = SUBMISSIONS / "right" / f"{owner}.{sent.round}.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        sheet: {sent.unit if key == UNIT else key: row for key, row in rows.items()}
        for sheet, rows in told.items()
        if sent.only is None or sheet in sent.only
    }


def _case(path: Path) -> Case:
    kind, code = path.parts[-3:-1]
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    if kind not in ("fail", "pass") or told.keys() - _KEYS:
        raise ValueError(f"{path}: {', '.join(told.keys() - _KEYS) or kind}")
    last = _sent({key: told[key] for key in told.keys() & _SENT})
    before = [replace(_sent(one), parts=last.parts) for one in told.get("before", ())]
    return Case(
        f"{kind}-{code}{path.stem.removeprefix('case')}",
        FindingCode(code),
        "fail" if kind == "fail" else "pass",
        told["about"],
        (*before, last),
        tuple((sheet or None, cell or None, FindingCode(name)) for sheet, cell, name in told["found"]),
        told.get("says", ""),
    )


def _sent(told: Mapping[str, Any]) -> Sent:
    plain = {key: told[key] for key in ("unit", "round", "name", "folder", "file", "parts") if key in told}
    return Sent(
        edits=tuple(told.get("edit", ())),
        only=tuple(told["only"]) if "only" in told else None,
        older=tuple(told["older"].get("without", ())) if "older" in told else None,
        **plain,
    )
