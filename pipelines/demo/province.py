"""A province in miniature: its folder, its templates, its clerks' drops, night after night."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schemas
from pipelines.demo.clerk import fill
from pipelines.demo.figures import SEED, Report, report
from pipelines.demo.office import typed_decisions
from pipelines.demo.scenario import DROPS, NIGHTS, Drop
from schemas.plan_file import load_plan

if TYPE_CHECKING:
    from schemas.plan import Plan

PLAN = Path(schemas.__file__).parent / "plans" / "kh70_2022"
ANSWERS = "dap-an.json"
DESKS = "ban-lam-viec"
CLOCK = "TONGHOP_NOW"
TEMPLATES_AT = "2022-04-11T08:00:00+07:00"
"""When the office writes the templates: the Monday after the plan was issued."""

_NO_WORKBOOK = (
    "<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>Báo cáo</title></head>"
    "<body><h1>Văn phòng Tỉnh uỷ</h1><p>Báo cáo kết quả học tập Chuyên đề năm 2022</p></body></html>\n"
)


class AlreadyPlayedError(Exception):
    """The folder holds an earlier demo. `str()` says so to a person, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Played:
    """What was played: the folder, the nights in order, how many files were dropped, and the answer file."""

    directory: Path
    nights: tuple[date, ...]
    dropped: int
    answers: Path


def play(
    directory: Path,
    templates: Callable[[], dict[str, Path]],
    control: Callable[[], Path],
    night: Callable[[date], None],
    say: Callable[[str], None],
) -> Played:
    """Fill unit templates, drop them into `directory/inbox`, call `night(day)`: for each of the four nights.

    `templates` writes the blank workbooks and returns them by unit code; `control` writes the office's control
    workbook as it is to be filled in now and returns where; `say` gets Vietnamese lines for a person. `TONGHOP_NOW`
    is 8:00 of a day while its files are made, 22:00 while `night` is called, and what it was before at the end. Beside
    the folders stands `dap-an.json`: every drop so far with the values typed, written before the night.
    Raises AlreadyPlayedError where that file is there already.
    """
    plan = load_plan(PLAN)
    answers = directory / ANSWERS
    if answers.exists():
        raise AlreadyPlayedError(
            f"Thư mục “{directory}” đã có một lần chạy trình diễn. Chọn thư mục khác hoặc xoá thư mục đó."
        )
    (directory / "inbox").mkdir(parents=True, exist_ok=True)
    with _clock() as set_clock:
        set_clock(TEMPLATES_AT)
        say("Phát biểu mẫu cho các đơn vị …")
        blank = templates()
        say(f"Đã tạo {len(blank)} biểu mẫu.")
        told: list[dict[str, Any]] = []

        def template(drop: Drop) -> Path:
            return control() if drop.kind == "control" else blank[drop.unit]

        for day in NIGHTS:
            set_clock(f"{day.isoformat()}T08:00:00+07:00")
            tonight = [drop for drop in DROPS if drop.night == day]
            told += [_drop(directory, plan, drop, template) for drop in tonight]
            _write_answers(answers, told)
            set_clock(f"{day.isoformat()}T22:00:00+07:00")
            say(f"Đêm {day:%d/%m/%Y}: {len(tonight)} tệp trong hộp nhận.")
            night(day)
    return Played(directory, NIGHTS, len(DROPS), answers)


def typed(plan: Plan, drop: Drop) -> Report:
    """What the clerk types for a drop, slips and all. Raises KeyError for a drop that names no unit."""
    if drop.kind == "control":
        return typed_decisions(plan)
    right = report(plan, plan.unit(drop.unit), drop.night, drop.effort, SEED)
    return drop.slip(right) if drop.slip else right


def _drop(directory: Path, plan: Plan, drop: Drop, template: Callable[[Drop], Path]) -> dict[str, Any]:
    """Prepare the file on the clerk's desk, copy it whole into the inbox, and tell what is in it."""
    desk = directory / DESKS / drop.night.isoformat() / (drop.folder or drop.unit)
    desk.mkdir(parents=True, exist_ok=True)
    made = desk / drop.name
    values: Report | None = None
    if drop.kind == "no_workbook":
        made.write_text(_NO_WORKBOOK, encoding="utf-8")
    elif drop.again:
        first = next(d for d in DROPS if d.name == drop.again)
        shutil.copyfile(directory / DESKS / first.night.isoformat() / (first.folder or first.unit) / first.name, made)
        values = typed(plan, first)
    else:
        values = typed(plan, drop)
        fill(template(drop), made, values)
    inbox = directory / "inbox" / drop.folder if drop.folder else directory / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, inbox / drop.name)
    return {
        "night": drop.night.isoformat(),
        "unit": drop.unit or None,
        "kind": drop.kind,
        "file": f"{drop.folder}/{drop.name}" if drop.folder else drop.name,
        "again": drop.again or None,
        "sha256": hashlib.sha256(made.read_bytes()).hexdigest(),
        "values": values.sheets if values else None,
    }


def _write_answers(path: Path, drops: list[dict[str, Any]]) -> None:
    text = json.dumps({"seed": SEED, "drops": drops}, ensure_ascii=False, indent=1, default=date.isoformat)
    path.write_text(text + "\n", encoding="utf-8")


@contextmanager
def _clock() -> Iterator[Callable[[str], None]]:
    """A setter of `TONGHOP_NOW`; what it was before comes back at the end."""
    before = os.environ.get(CLOCK)
    try:
        yield lambda moment: os.environ.__setitem__(CLOCK, moment)
    finally:
        if before is None:
            os.environ.pop(CLOCK, None)
        else:
            os.environ[CLOCK] = before
