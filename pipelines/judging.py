"""Parse, then check, then the verdict: the one order in which a submission is judged, tonight or at a rebuild."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipelines.check import check
from pipelines.parse import parse
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.judged import Judged
from schemas.plan import Plan
from schemas.submission import Submission
from schemas.verdict import verdict_of

_CELL = re.compile(r"^([A-Z]+)(\d+)$")


def judge(plan: Plan, round_id: str, batch: Sequence[tuple[Submission, Sequence[Finding]]]) -> list[Judged]:
    """Verdicts on submissions of one plan and round, each with the findings intake already has. Order is kept."""
    parsed = [parse(plan, submission) for submission, _ in batch]
    checked = check(plan, round_id, parsed)
    judged = []
    for one, (submission, shape) in zip(parsed, batch, strict=True):
        mine = [finding for finding in shape if not _of_another_office(plan, round_id, finding)]
        findings = in_order([*mine, *one.findings, *checked[submission.sha256]], submission)
        judged.append(Judged(one, verdict_of(findings), findings, plan.version))
    return judged


def _of_another_office(plan: Plan, round_id: str, finding: Finding) -> bool:
    """Whether it says only that a sheet is not there which, in a round reported in parts, another office may fill.

    A sheet whose tab is still there but whose table is not may hold figures: that is always said.
    """
    if round_id not in plan.settings.parts or finding.code is not FindingCode.SHEET_MISSING:
        return False
    tabs = {sheet.tab for sheet in plan.sheets if sheet.kind != "form"}
    return finding.value in tabs and finding == say(finding.code, unit=finding.unit, value=finding.value)


def in_order(findings: Iterable[Finding], submission: Submission) -> tuple[Finding, ...]:
    """By sheet, then row, then column; what has no sheet or no cell comes first."""
    tabs = {table.tab: n for n, table in enumerate(submission.tables.values())}

    def place(finding: Finding) -> tuple[int, int, int, str]:
        cell = _CELL.match(finding.cell or "")
        tab = tabs.get(finding.sheet or "", len(tabs)) if finding.sheet else -1
        return (tab, int(cell[2]), len(cell[1]), cell[1]) if cell else (tab, 0, 0, "")

    return tuple(sorted(findings, key=place))
