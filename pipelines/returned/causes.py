"""Findings grouped by their cause: what is wrong at which column, and what to do about it, said once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipelines.returned.words import capital, inert
from schemas.catalogue import CATALOGUE, KEEP_IF_TRUE
from schemas.finding import Finding, FindingCode, Severity
from schemas.plan import Plan

_BLANKS = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings of one code, sheet, column and rule, in the order they stand in the file; never empty.

    `label`: the header of the column, where there is one; of a form, of the line.
    """

    label: str
    findings: tuple[Finding, ...]
    in_form: bool = False

    @property
    def column(self) -> str:
        """The column as a sentence names it: `cột “Tổng số”`; empty where there is none."""
        return f"{'mục' if self.in_form else 'cột'} “{self.label}”" if self.label else ""

    @property
    def first(self) -> Finding:
        """The first of them."""
        return self.findings[0]

    @property
    def code(self) -> FindingCode:
        """Their code."""
        return self.first.code

    @property
    def severity(self) -> Severity:
        """Whether they reject or warn."""
        return self.first.severity

    @property
    def name(self) -> str:
        """What is wrong, in a word or two: `Chưa điền`."""
        return CATALOGUE[self.code].name

    @property
    def remedy(self) -> str:
        """What to do about them; empty where it differs from one to the other."""
        remedies = {parted(finding)[1] for finding in self.findings}
        return remedies.pop() if len(remedies) == 1 else ""


def by_cause(plan: Plan | None, findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """The causes of findings, errors before warnings, otherwise in the order in which each is first met.

    `plan` None: of a file that names none, so no column has a header.
    """
    sheets = plan.sheets if plan else ()
    labels = {(sheet.tab, field.id): field.label for sheet in sheets for field in sheet.fields}
    fallback = {field.id: field.label for sheet in sheets for field in sheet.fields}
    forms = {sheet.tab for sheet in sheets if sheet.kind == "form"}
    grouped: dict[tuple[str | None, ...], list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: f.severity != "error"):
        cause = (finding.severity, finding.code, finding.sheet, finding.field, finding.rule)
        grouped.setdefault(cause, []).append(finding)
    told = []
    for same in grouped.values():
        sheet, field = same[0].sheet or "", same[0].field or ""
        told.append(Cause(labels.get((sheet, field), fallback.get(field, "")), tuple(same), sheet in forms))
    return tuple(told)


@lru_cache(maxsize=4096)
def parted(finding: Finding) -> tuple[str, str]:
    """What is wrong and what to do, out of a finding's message, its place left out."""
    said, remedy = _split(finding.message, _remedies(finding.code, finding.severity))
    place = ", ".join(
        part
        for part in (
            f"Trang “{finding.sheet}”" if finding.sheet else "",
            f"ô {finding.cell}" if finding.cell else "",
        )
        if part
    )
    return capital(inert(_without(place, said) if place else said)), inert(remedy)


def _without(place: str, said: str) -> str:
    """A sentence without its place, and without the header of the column that may stand behind it."""
    if not said.startswith(place):
        return said
    rest = said[len(place) :]
    if rest.startswith(" (“"):
        rest = rest.partition("”)")[2]
    return rest[2:] if rest.startswith(": ") else said


@lru_cache(maxsize=256)
def _remedies(code: FindingCode, severity: Severity) -> re.Pattern[str]:
    entry = CATALOGUE[code]
    swapped = severity == "warning" and entry.severity == "error"
    words = (re.escape(part) for part in _BLANKS.split(KEEP_IF_TRUE if swapped else entry.remedy))
    return re.compile(rf"(?<=[.?]) ({'.*?'.join(words)})\Z", re.DOTALL)


def _split(message: str, remedy: re.Pattern[str]) -> tuple[str, str]:
    """Before the remedy and the remedy; a message that was written by an older catalogue stays whole."""
    found = remedy.search(message)
    return (message[: found.start()], found[1]) if found else (message, "")
