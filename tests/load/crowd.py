"""Makes a crowd: right reports, corrections, rejected ones, repeats, large ones of the real plan, and hostile ones."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

from pipelines.demo.figures import Effort, Report, report
from pipelines.plans import Plans
from pipelines.stamp import load_key
from pipelines.store import Home
from pipelines.template import write_template
from schemas.handback import Entries
from schemas.plan import Plan
from schemas.submission import Verdict
from tests.homes import PLAN as REAL
from tests.homes import ROUND as REAL_ROUND
from tests.load import country
from tests.load.dropped import Crowd, Drop
from tests.load.hostile import hostile_drops

Tell = Callable[[str, int, int], None]
REAL_SHARE = 0.1
"""Of the honest files: reports of the real plan, a large workbook each."""
_WORKERS_FROM = 100
_DAY = date(2022, 5, 9)


@dataclass(frozen=True)
class _Asked:
    """A workbook to write. `again`: the place in its unit's series of the file whose bytes it has once more."""

    kind: str
    plan: str
    round: str
    report: Report
    verdict: Verdict
    again: int | None = None


def make_crowd(
    home: Home,
    files: int,
    hostile: float,
    seed: int,
    tell: Tell,
    *,
    large: float = REAL_SHARE,
    without: Container[str] = (),
) -> Crowd:
    """Writes the plan and all files; the same seed, size and share give the same crowd.

    The files lie in `<home>/ready` until they are dropped. `large`: the share of large ones among the honest;
    `without`: hostile kinds that are left out.
    """
    chance = Random(seed)
    bad = round(files * hostile)
    big = round((files - bad) * large)
    small = list(_series(files - bad - big, chance))
    folder = home.root / "plans" / country.PLAN
    plan = country.make_plan(folder, len(small), chance)
    real = Plans(home).get(REAL)
    asked = [*_small_reports(plan, small, chance), *_large_reports(real, big)]
    ready = home.root / "ready"
    ready.mkdir()
    honest = _written(home, asked, ready, tell)
    drops = [*honest, *hostile_drops(ready, [d for d in honest if d.plan == plan.id], bad, chance, without)]
    asked_of = {drop.plan for drop in honest}
    return Crowd(tuple(p for p in (plan, real) if p.id in asked_of), tuple(_shuffled(drops, chance)))


_KINDS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.70, ("right",)),
    (0.08, ("right", "raised")),
    (0.04, ("right", "lowered")),
    (0.04, ("right", "broken")),
    (0.04, ("broken",)),
    (0.04, ("broken", "right")),
    (0.05, ("right", "again")),
    (0.01, ("right", "lowered", "again")),
)
"""What a unit of the large plan sends, one file after another, and how many of the units do."""


def _series(files: int, chance: Random) -> Iterator[tuple[str, ...]]:
    """Series, one a unit, that come to so many files together."""
    shares = [share for share, _ in _KINDS]
    while files > 0:
        (series,) = chance.choices([kinds for _, kinds in _KINDS], shares)
        yield series[:files]
        files -= len(series)


def _small_reports(plan: Plan, series: Sequence[tuple[str, ...]], chance: Random) -> Iterator[list[_Asked]]:
    for unit, kinds in zip(plan.reporting_units, series, strict=False):
        right = country.right_report(plan, unit, chance)
        made: dict[str, tuple[Report, Verdict]] = {
            "right": (right, "accepted"),
            "raised": (country.raised(right, 2), "accepted"),
            "lowered": (country.lowered(right), "accepted_with_warnings"),
            "broken": (country.broken(right), "rejected"),
            "again": (right, "accepted"),
        }
        yield [_Asked(k, plan.id, country.ROUND, *made[k], again=0 if k == "again" else None) for k in kinds]


def _large_reports(plan: Plan, files: int) -> Iterator[list[_Asked]]:
    """The units of the real plan in turn, each with as many versions as it takes; every fifth is to be mended."""
    units = plan.reporting_units
    for n, unit in enumerate(units):
        right = report(plan, unit, _DAY, Effort())
        first = next(iter(right.sheets["kiem_tra"]))
        asked = []
        for version in range(len(range(n, files, len(units)))):
            told = right.with_value("kiem_tra", first, "cuoc_kiem_tra_cap_tren", 5 + version)
            if version % 5 == 3:
                asked.append(_Asked("large, broken", plan.id, REAL_ROUND, _spoilt(plan, told), "rejected"))
            else:
                asked.append(_Asked("large", plan.id, REAL_ROUND, told, "accepted"))
        yield asked


def _spoilt(plan: Plan, right: Report) -> Report:
    """The report with words instead of a count on every sheet that has one."""
    wrong = right
    for sheet in plan.sheets:
        for key, row in list(right.sheets.get(sheet.id, {}).items())[:1]:
            for field in [f.id for f in sheet.fields if f.type == "count" and f.id in row][:1]:
                wrong = wrong.with_value(sheet.id, key, field, "khoảng 5")
    return wrong


def _written(home: Home, asked: Sequence[list[_Asked]], ready: Path, tell: Tell) -> list[Drop]:
    """The files of every unit, written by as many processes as pay."""
    total = sum(map(len, asked))
    write = partial(_write_series, home, ready)
    drops: list[Drop] = []
    if total < _WORKERS_FROM:
        for series in asked:
            drops += write(series)
        return drops
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for done in pool.map(write, asked, chunksize=8):
            drops += done
            tell("files written", len(drops), total)
    return drops


def _write_series(home: Home, ready: Path, series: Sequence[_Asked]) -> list[Drop]:
    """The files of one unit; every tenth unit has a folder of its own in the inbox."""
    drops: list[Drop] = []
    for n, asked in enumerate(series, 1):
        unit = asked.report.unit
        path = ready / f"Báo cáo {unit} lần {n}.xlsx"
        if asked.again is None:
            _write(home, asked, path)
        else:
            path.write_bytes(drops[asked.again].path.read_bytes())
        folder = unit if int(hashlib.sha256(unit.encode()).hexdigest(), 16) % 10 == 0 else ""
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        drops.append(Drop(path, folder, asked.kind, sha, asked.verdict, asked.plan, asked.round, asked.report))
    return drops


_plans: dict[Path, Plans] = {}


def _write(home: Home, asked: _Asked, path: Path) -> None:
    """The unit's template with the report typed in, by the writer of templates itself: a tenth of opening one."""
    plan = _plans.setdefault(home.root, Plans(home)).get(asked.plan)
    unit, key = plan.unit(asked.report.unit), load_key(home, create=True)
    assert key is not None
    stamp = key.stamp(plan.id, asked.round, unit.code, plan.template_version(unit.code))
    typed = {
        (sheet, row, field): value
        for sheet, rows in asked.report.sheets.items()
        for row, values in rows.items()
        for field, value in values.items()
    }
    write_template(plan, unit, plan.round(asked.round), path, stamp=stamp, entries=Entries(typed))


def _shuffled(drops: Sequence[Drop], chance: Random) -> list[Drop]:
    """In any order, but the files of a unit in theirs."""
    order = list(drops)
    chance.shuffle(order)
    own: defaultdict[tuple[str, str], list[Drop]] = defaultdict(list)
    for drop in drops:
        own[drop.plan, drop.unit].append(drop)
    waiting = {place: iter(series) for place, series in own.items()}
    return [next(waiting[drop.plan, drop.unit]) for drop in order]
