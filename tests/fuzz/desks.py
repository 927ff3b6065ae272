"""The honest reports that are changed: a plan, its key, reports to be changed, and one beside them that never is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.demo.clerk import fill
from pipelines.demo.figures import Report
from pipelines.stamp import Key
from pipelines.template import write_template
from schemas.layout import layout
from schemas.plan import Plan
from tests import reports
from tests.cases import ROUND, Sent
from tests.edits import Edit, edited
from tests.fuzz.zips import timeless
from tests.homes import mini_report
from tests.typed import mini_plan


@dataclass(frozen=True)
class InputCell:
    """A cell that a clerk fills."""

    tab: str
    address: str


@dataclass(frozen=True, eq=False)
class Desk:
    """One plan and round. `reports`: honest, of one unit; `neighbour`: honest, of another, never changed."""

    name: str
    plan: Plan
    round: str
    unit: str
    key: Key
    reports: tuple[bytes, ...]
    neighbour: bytes

    @cached_property
    def inputs(self) -> tuple[InputCell, ...]:
        """The cells that a clerk of the unit fills, in the first three rows of each sheet."""
        unit = self.plan.unit(self.unit)
        return tuple(
            InputCell(sheet.tab, places.address(key, field.id))
            for sheet in self.plan.sheets_for(unit, self.round)
            for places in (layout(self.plan, unit, sheet, self.round),)
            for key in places.keys[:3]
            for field in sheet.fields
        )

    @property
    def tabs(self) -> tuple[str, ...]:
        """The tabs of its sheets."""
        return tuple(dict.fromkeys(cell.tab for cell in self.inputs))


@cache
def desks() -> tuple[Desk, Desk]:
    """The plan `mini`, typed by a program and by a clerk's office suite; and the plan kh70_2022."""
    with TemporaryDirectory(prefix="tonghop-") as folder:
        return _mini(Path(folder)), _kh70(Path(folder) / "kh70")


def _mini(folder: Path) -> Desk:
    plan, round_ = mini_plan(), "dot_1"
    mine = _typed(plan, round_, mini_report("DU"), folder)
    fill(folder / "DU.xlsx", folder / "saved.xlsx", mini_report("DU"))
    saved = timeless((folder / "saved.xlsx").read_bytes())
    return Desk("mini", plan, round_, "DU", reports.KEY, (mine, saved), _typed(plan, round_, mini_report("CQ"), folder))


def _kh70(folder: Path) -> Desk:
    folder.mkdir()
    mine, theirs = Sent(), Sent(unit="CQ-BTG")
    contents = [timeless(reports.content(sent, folder, sent.unit)) for sent in (mine, theirs)]
    return Desk("kh70", reports.plan_as_it_is(), ROUND, mine.unit, reports.KEY, (contents[0],), contents[1])


def _typed(plan: Plan, round_id: str, report: Report, folder: Path) -> bytes:
    """A unit's template as it was issued, filled in its XML: nothing else in it is touched."""
    unit, path = plan.unit(report.unit), folder / f"{report.unit}.xlsx"
    stamp = reports.KEY.stamp(plan.id, round_id, unit.code, plan.template_version(unit.code))
    write_template(plan, unit, plan.round(round_id), path, stamp=stamp)
    edits: list[Edit] = []
    for sheet_id, rows in report.sheets.items():
        places = layout(plan, unit, plan.sheet(sheet_id), round_id)
        cells = {places.address(key, field): value for key, row in rows.items() for field, value in row.items()}
        edits.append({"sheet": places.sheet.tab, "type": cells})
    return timeless(edited(path.read_bytes(), edits))
