"""Homes that tests run nights in: the demo's province, and a small one on the plan `mini`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.clock import VARIABLE as CLOCK
from pipelines.controlling import issue_control
from pipelines.dataset import open_dataset
from pipelines.demo.clerk import fill
from pipelines.demo.figures import Report, Value
from pipelines.demo.province import Played, play
from pipelines.issuing import issue_templates
from pipelines.nightly import Outcome, Request, run_night
from pipelines.published import status_json
from pipelines.store import CHECKOUT, Home
from pipelines.store import VARIABLE as HOME

if TYPE_CHECKING:
    import pytest
    from typer.testing import Result

    from schemas.consolidation import Consolidation

MINI = Path(__file__).parent / "plans" / "mini"
PLAN, ROUND = "kh70_2022", "ket_qua"


@dataclass(frozen=True)
class Province:
    """The demo as played: its home, and per night the consolidation and the JSON that `status` published."""

    home: Home
    played: Played
    nights: Mapping[date, Consolidation]
    said: Mapping[date, dict[str, Any]]

    def copy(self, root: Path) -> Home:
        """A home of its own with everything in it."""
        shutil.copytree(self.home.root, root)
        return Home(root)


def play_province(root: Path) -> Province:
    """Plays the demo in a folder, without Prefect."""
    home = Home(root).prepare()
    nights: dict[date, Consolidation] = {}

    def night(day: date) -> None:
        (nights[day],) = run_night(Request(home, PLAN, ROUND)).results

    def control() -> Path:
        with open_dataset(home.dataset) as connection:
            (path,) = issue_control(connection, home, PLAN)
        return path

    def templates() -> dict[str, Path]:
        return {path.stem: path for path in issue_templates(home, PLAN, ROUND)}

    played = play(root, templates, control, night, lambda _: None)
    return Province(home, played, nights, {day: status_json(result) for day, result in nights.items()})


def mini_templates(root: Path) -> MiniHome:
    """A home with the plan `mini` and its blank templates, its clock at the day they were issued."""
    shutil.copytree(MINI, root / "plans" / "mini")
    home = Home(root).prepare()
    issue_templates(home, "mini", None)
    return MiniHome(home, None)


@dataclass(frozen=True)
class MiniHome:
    """A home on the plan `mini`: units HU (two organisations), DU, CQ (sheet `khen` is not theirs), MIEN (exempt).

    Round `dot_1` is due on 2022-05-10, `dot_2` never. `publishes`: its nights write the province's workbooks too.
    """

    home: Home
    patch: pytest.MonkeyPatch | None
    publishes: bool = True

    def copy(self, root: Path, patch: pytest.MonkeyPatch) -> MiniHome:
        """A home of its own with everything in it; its clock is put back when the test ends."""
        shutil.copytree(self.home.root, root)
        return MiniHome(Home(root), patch, self.publishes)

    def at(self, moment: str) -> None:
        """Sets the clock: a day (then it is 22:00), or a moment with offset."""
        assert self.patch is not None
        self.patch.setenv(CLOCK, moment if "T" in moment else f"{moment}T22:00:00+07:00")

    def drop(self, report: Report, name: str = "bao-cao.xlsx", round_id: str = "dot_1", folder: str = "") -> Path:
        """Fills a unit's template and puts it into the inbox; returns where."""
        path = self.home.inbox / folder / name
        fill(self.template(report.unit, round_id), path, report)
        return path

    def template(self, unit: str, round_id: str = "dot_1") -> Path:
        """A unit's blank template."""
        return self.home.outbox / "mini" / round_id / "mau" / f"{unit}.xlsx"

    def night(self, day: str, round_id: str | None = "dot_1", as_of: date | None = None) -> Outcome:
        """A night at 22:00 of a day, for one round (None: all)."""
        self.at(day)
        return run_night(Request(self.home, "mini", round_id, as_of), step=self._step)

    def _step(self, name: str, stage: Callable[[], str]) -> str:
        return stage() if self.publishes or name != "publish" else ""

    def outputs(self) -> dict[str, int]:
        """Every published file with its time of writing (ns), templates left out."""
        files = (p for p in self.home.outbox.rglob("*") if p.is_file() and "mau" not in p.parts)
        return {p.relative_to(self.home.outbox).as_posix(): p.stat().st_mtime_ns for p in files}

    def waiting(self) -> list[str]:
        """What lies in the inbox."""
        return sorted(p.name for p in self.home.inbox.rglob("*") if p.is_file())


def unit_said(outcome: Outcome, code: str, which: int = 0) -> dict[str, Any]:
    """One unit as `status --json` would say it after a night."""
    (found,) = (u for u in status_json(outcome.results[which])["units"] if u["code"] == code)
    return dict(found)


_ORGANISATIONS = {"HU": ("01001", "01002"), "DU": ("DU",), "CQ": ("CQ",), "MIEN": ("MIEN",)}


def mini_report(unit: str, **changes: Value | None) -> Report:
    """A right report of a unit; `changes` go into the first row of `hoc_tap` (None: left blank)."""
    row: dict[str, Value] = {
        "tong": 10,
        "nam": 6,
        "nu": 4,
        "phai_hoc": 8,
        "da_hoc": 8,
        "da_kiem_tra": "có",
        "ngay_kiem_tra": date(2022, 4, 20),
    }
    rows = {code: dict(row) for code in _ORGANISATIONS[unit]}
    first = rows[_ORGANISATIONS[unit][0]]
    first.update({field: value for field, value in changes.items() if value is not None})
    for field in (field for field, value in changes.items() if value is None):
        del first[field]
    cover: dict[str, Value] = {"nguoi_lap": "Nguyễn Văn A", "ngay_ky": date(2022, 4, 28)}
    return Report(unit, {"bia": {unit: cover}, "hoc_tap": rows})


EVENING = "2022-05-20T22:30:00+07:00"


def tonghop_here(home: Home, *arguments: str, now: str = EVENING) -> Result:
    """The command line in this process: quicker, for what a process of its own adds nothing to."""
    from typer.testing import CliRunner

    from pipelines.cli import app

    environment = {HOME: str(home.root), CLOCK: now}
    return CliRunner().invoke(app, list(arguments), env=environment, prog_name="tonghop")


def tonghop(home: Home, *arguments: str, now: str = EVENING) -> subprocess.CompletedProcess[str]:
    """The real command line, in a process of its own."""
    environment = {**os.environ, CLOCK: now, "PYTHONUTF8": "1", "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-m", "pipelines", "--home", str(home.root), *arguments]
    return subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=300
    )
