"""Homes with something of everything in their archive, for tests that look at it, copy it and bring it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from pipelines.nightly import Night, Request
from pipelines.store import Home
from tests.homes import MiniHome, mini_report, tonghop_here, unit_said

STATUS = ("status", "--json", "--plan", "mini", "--round", "dot_1")
MONDAY, EVENING = "2022-05-09T22:00:00+07:00", "2022-05-20T22:30:00+07:00"


def forge(path: Path) -> None:
    """Gives a filled workbook a stamp that nobody made."""
    book = load_workbook(path)
    book["_meta"]["B5"] = "0" * 64
    book.save(path)


def with_history(mini: MiniHome) -> MiniHome:
    """Two accepted reports of DU (the newer one withdrawn), a rejected one of CQ; a forged stamp, no workbook, a
    report in another unit's folder."""
    mini.drop(mini_report("DU"), name="du.xlsx")
    forge(mini.drop(mini_report("HU"), name="dấu giả.xlsx"))
    (mini.home.inbox / "lạ.xlsx").write_bytes(b"x,y\n1,2\n")
    mini.at("2022-05-08")
    night = Night(Request(mini.home, "mini", "dot_1"))
    for stage in Night.ANSWERING:
        getattr(night, stage)()
    mini.drop(mini_report("DU", tong=12, nam=8), name="du 2.xlsx")
    mini.drop(mini_report("CQ", nam=7), name="cq.xlsx")
    mini.drop(mini_report("CQ"), name="cq.xlsx", folder="DU")
    outcome = mini.night("2022-05-09")
    sha = unit_said(outcome, "DU")["sha256"]
    done = tonghop_here(mini.home, "withdraw", sha, "--reason", "nhầm", now=MONDAY)
    assert done.exit_code == 0, f"{done.output}{done.exception!r}"
    return mini


def said(home: Home, now: str = EVENING) -> str:
    """What `status --json` prints."""
    answer = tonghop_here(home, *STATUS, now=now)
    assert (answer.exit_code, answer.stderr) == (0, "")
    return answer.stdout


def verified(home: Home, *options: str, code: int = 0) -> dict[str, Any]:
    """What `verify --json` says, with this exit code."""
    answer = tonghop_here(home, "verify", "--json", *options)
    assert answer.exit_code == code, answer.output
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
