"""The self-check agrees with the province: whatever a clerk types, calculated by LibreOffice and judged by pandera.

Workbooks are filled at random (fixed seeds), calculated in one start of LibreOffice, and judged as they were saved: row
by row the check columns must say what the findings say, and `Kiểm tra` must count as many. Where the province reads
more than a formula tries (docs/decisions/0017), the workbook must leave the rule unasked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_from_string

from pipelines.clock import TIMEZONE
from pipelines.stamp import Key
from pipelines.template import write_template
from pipelines.template.self_check import PASSED
from schemas.layout import MISSING_CHECK, TYPE_CHECK, SheetLayout, layout
from schemas.plan import Plan, RuleSpec
from schemas.plan_file import load_plan
from schemas.rules import Rule, rules_of
from tests.end_to_end.random_clerk import Clerk, Typed
from tests.end_to_end.self_checks import (
    CONTRADICTION,
    Count,
    Totals,
    at_province,
    in_workbook,
    judged,
    links,
    on_self_check,
)

if TYPE_CHECKING:
    from openpyxl import Workbook

    from schemas.finding import Finding

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed"),
]

ROOT = Path(__file__).parents[2]
KEY = Key(b"key")
LIST_ROWS = 30
"""So many rows have the lists of templates here: enough for a clerk, and seven times quicker to calculate."""
BIG = load_plan(ROOT / "schemas" / "plans" / "kh70_2022")
BIG = replace(BIG, sheets=tuple(replace(s, rows=LIST_ROWS) if s.kind == "list" else s for s in BIG.sheets))
MINI = load_plan(ROOT / "tests" / "plans" / "mini")


def _wider(plan: Plan) -> Plan:
    """The mini plan with rules as no real plan has them: on a form, on optional counts, on a choice; and more rows."""

    def rule(name: str, sheet: str, kind: str, **params: str) -> RuleSpec:
        return RuleSpec(name, sheet, kind, "warning", {k: tuple(v.split(",")) for k, v in params.items()}, "I")

    more = (
        rule("ky_trong_khoang", "bia", "between_dates", field="ngay_ky", **{"from": "2022-04-06", "to": "arrival"}),
        rule("co_so", "hoc_tap", "any_given", fields="nam,nu"),
        rule("tru", "hoc_tap", "at_most", value="da_hoc", limit="phai_hoc", minus="nu"),
        rule("chua_kiem_tra", "hoc_tap", "zero_unless", fields="da_hoc,phai_hoc", when="da_kiem_tra", equals="có"),
        rule("truc_tuyen", "hoc_tap", "zero_unless", fields="nu", when="hinh_thuc", equals="trực tuyến"),
        rule("khong_kiem_tra", "hoc_tap", "required_when", field="tong", when="da_kiem_tra", equals="không"),
        rule("truc_tiep", "hoc_tap", "required_when", field="nam", when="hinh_thuc", equals="trực tiếp"),
        rule("co_luot", "khen", "required_when_positive", field="ten", when="so_luot"),
        rule("co_khen", "khen", "any_given", fields="so_luot"),
    )
    some = plan.unit("01001")
    units = tuple(replace(some, code=f"0200{n}" if n < 10 else f"020{n}", name=f"{some.name} {n}") for n in range(20))
    sheets = tuple(replace(s, rows=LIST_ROWS) if s.kind == "list" else s for s in plan.sheets)
    return replace(plan, sheets=sheets, units=(*plan.units, *units), rules=(*plan.rules, *more))


@dataclass(frozen=True)
class Issued:
    """A template that is filled some times. `seeds`: one workbook each."""

    name: str
    plan: Plan
    unit: str
    round_id: str
    seeds: range

    @property
    def layouts(self) -> list[SheetLayout]:
        unit = self.plan.unit(self.unit)
        return [layout(self.plan, unit, sheet, self.round_id) for sheet in self.plan.sheets_for(unit, self.round_id)]

    @property
    def rules(self) -> dict[str, tuple[str, Rule]]:
        """By id, each rule with the sheet's id."""
        sheets = [there.sheet.id for there in self.layouts]
        return {r.id: (sheet, r) for sheet in sheets for r in rules_of(self.plan, sheet, frozenset(sheets))}


WIDE = _wider(MINI)
IN_PARTS = replace(WIDE, settings=replace(WIDE.settings, parts=("dot_1",)))
TEMPLATES = (
    Issued("huyen", BIG, "703", "ket_qua", range(5)),
    Issued("ban", BIG, "CQ-BTG", "ket_qua", range(3)),
    Issued("cuoi-nam", BIG, "703", "cuoi_nam", range(1)),
    Issued("nho", WIDE, "DU", "dot_1", range(4)),
    Issued("rong", WIDE, "HU", "dot_1", range(3)),
    Issued("bo-phan", IN_PARTS, "HU", "dot_1", range(4)),
)


@dataclass(frozen=True)
class Filled:
    """One workbook as typed, calculated (`book`) and judged."""

    issued: Issued
    seed: int
    typed: Typed
    book: Workbook
    findings: tuple[Finding, ...]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> list[Filled]:
    """Every template filled with every seed, recalculated in one start of LibreOffice, and judged as saved."""
    desk, moment = tmp_path_factory.mktemp("ban"), datetime.now(TIMEZONE)
    drafts = [(issued, seed, typed) for issued in TEMPLATES for seed, typed in _fill(issued, desk, moment)]
    saved = _recalculated(desk)
    done: list[Filled] = []
    for issued in TEMPLATES:
        mine = [(seed, typed, saved / f"{issued.name}-{seed}.xlsx") for i, seed, typed in drafts if i is issued]
        found = judged(issued.plan, issued.round_id, KEY, [path for _, _, path in mine], moment)
        for (seed, typed, path), findings in zip(mine, found, strict=True):
            done.append(Filled(issued, seed, typed, load_workbook(path, data_only=True), findings))
    return done


def _fill(issued: Issued, desk: Path, moment: datetime) -> Iterator[tuple[int, Typed]]:
    plan, unit = issued.plan, issued.plan.unit(issued.unit)
    blank = desk / "mau" / f"{issued.name}.xlsx"
    blank.parent.mkdir(exist_ok=True)
    stamp = KEY.stamp(plan.id, issued.round_id, unit.code, plan.version)
    write_template(plan, unit, plan.round(issued.round_id), blank, stamp=stamp)
    book, clerk = load_workbook(blank), Clerk(plan, unit, issued.round_id, moment.date())
    for seed in issued.seeds:
        typed = clerk.fill(book, seed)
        book.save(desk / f"{issued.name}-{seed}.xlsx")
        yield seed, typed


def _recalculated(desk: Path) -> Path:
    """The workbooks of a folder as LibreOffice saves them: openpyxl has left no result in them."""
    command = ["soffice", f"-env:UserInstallation={(desk / 'ho-so').as_uri()}", "--headless", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(desk / "luu")]
    environment = {**os.environ, "TZ": str(TIMEZONE), "LC_ALL": "C.UTF-8"}
    files = [str(path) for path in sorted(desk.glob("*.xlsx"))]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=240, env=environment)
    return desk / "luu"


def _expected(one: Filled) -> Counter[Count]:
    """What the check columns must say: as many as the province, but nothing of a rule where it reads further."""
    counts = at_province(one.issued.plan, one.findings)
    for there in one.issued.layouts:
        rules = {name: rule for name, (sheet, rule) in one.issued.rules.items() if sheet == there.sheet.id}
        for tab, row, check in list(counts):
            if tab == there.sheet.tab and check in rules and one.typed.beyond(rules[check], there.sheet.id, row):
                del counts[tab, row, check]
    return counts


def test_row_by_row_the_workbook_says_what_the_province_says(filled: Sequence[Filled]) -> None:
    different = []
    seen: Counter[str] = Counter()
    for one in filled:
        said, wanted = in_workbook(one.book, one.issued.layouts), _expected(one)
        seen.update(check for _, _, check in wanted)
        different += [
            (one.issued.name, one.seed, *place, f"workbook {said[place]}, province {wanted[place]}", _row(one, place))
            for place in sorted(said.keys() | wanted.keys())
            if said[place] != wanted[place]
        ]
    assert different == []
    asked = {MISSING_CHECK, TYPE_CHECK, CONTRADICTION, *(rule for issued in TEMPLATES for rule in issued.rules)}
    assert asked - seen.keys() == set(), "the clerk has broken every rule at least once"


def _row(one: Filled, place: Count) -> dict[str, object]:
    """What was typed there, for whoever reads a failure."""
    tab, row, _ = place
    (sheet,) = (there.sheet.id for there in one.issued.layouts if there.sheet.tab == tab)
    return {name: v for (s, r, name), v in one.typed.values.items() if (s, r) == (sheet, row) and v is not None}


def test_the_self_check_counts_what_the_province_counts(filled: Sequence[Filled]) -> None:
    for one in filled:
        wanted = _expected(one)
        said = on_self_check(one.book)
        assert said == _totals(one, wanted), (one.issued.name, one.seed)


def test_the_self_check_leads_to_what_is_wrong(filled: Sequence[Filled]) -> None:
    lost = []
    for one in filled:
        cells = {(f.sheet, f.cell) for f in one.findings if f.cell}
        rows = {(tab, coordinate_from_string(cell)[1]) for tab, cell in cells}
        for tab, cell, exact in links(one.book):
            found = (tab, cell) in cells if exact else (tab, coordinate_from_string(cell)[1]) in rows
            if not found:
                lost.append((one.issued.name, one.seed, tab, cell))
    assert lost == []


def _totals(one: Filled, wanted: Counter[Count]) -> Totals:
    by_check: dict[str, Counter[str]] = {}
    for (tab, _, check), count in wanted.items():
        by_check.setdefault(check, Counter())[tab] += count
    rules = Counter(
        {
            (one.issued.plan.sheet(sheet).tab, rule.words()): by_check.get(name, Counter()).total()
            for name, (sheet, rule) in one.issued.rules.items()
        }
    )
    missing, retype = by_check.get(MISSING_CHECK, Counter()), by_check.get(TYPE_CHECK, Counter())
    contradictions = by_check.get(CONTRADICTION, Counter()).total()
    counts = {
        severity: sum(
            by_check.get(n, Counter()).total() for n, (_, r) in one.issued.rules.items() if r.severity == severity
        )
        for severity in ("error", "warning")
    }
    errors = contradictions + counts["error"]
    left = f"CÒN {missing.total()} ô chưa điền, {retype.total()} ô cần gõ lại, {errors} lỗi"
    verdict = left if missing.total() + retype.total() + errors else PASSED
    verdict += f"; {counts['warning']} cảnh báo cần xem lại" if counts["warning"] else ""
    return Totals(missing, retype, +rules, contradictions, verdict)
