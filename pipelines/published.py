"""The stable JSON shapes of `check`, `status`, `history` and `changes`.

Rates and targets are fractions; days are calendar days; moments are ISO with the offset of Asia/Ho_Chi_Minh.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pipelines.clock import TIMEZONE
from schemas.changes import CellChange, Changes, Value
from schemas.consolidation import Consolidation
from schemas.finding import Finding
from schemas.progress import Event, FieldChange, Progress, TotalChange
from schemas.results import IndicatorTotal, Source, UnitIndicator, UnitStatus
from schemas.submission import Identity, Verdict


def check_json(
    file: str, sha256: str, identity: Identity | None, verdict: Verdict, findings: Sequence[Finding]
) -> dict[str, Any]:
    """One file of `tonghop check --json`."""
    return {
        "file": file,
        "sha256": sha256,
        "plan": identity.plan if identity else None,
        "round": identity.round if identity else None,
        "unit": identity.unit if identity else None,
        "verdict": verdict,
        "findings": [finding.published() for finding in findings],
    }


def status_json(result: Consolidation) -> dict[str, Any]:
    """One round of `tonghop status --json`."""
    return {
        "plan": result.plan.id,
        "round": result.round.id,
        "as_of": result.as_of.isoformat(),
        "due": _day(result.round.due),
        "units": [_unit(status) for status in result.units],
        "indicators": [_total(total) for total in result.indicators],
        "by_unit": [_of_unit(cell) for cell in result.by_unit],
    }


def history_json(source: Source, changes: Changes | None) -> dict[str, Any]:
    """One version of `tonghop history --json`; `changes` None: there was nothing before it to compare it with."""
    return {
        "sha256": source.sha256,
        "received_at": _moment(source.received_at),
        "source_name": source.source_name,
        "verdict": source.verdict,
        "version": source.version,
        "counts": source.counts,
        "reason": source.reason,
        "since": changes.since if changes else None,
        "changes": [_change(change) for change in changes.cells] if changes else [],
    }


def changes_json(result: Consolidation, progress: Progress) -> dict[str, Any]:
    """One round of `tonghop changes --json`: what is different at the end of `as_of` from the end of `since`."""
    return {
        "plan": result.plan.id,
        "round": result.round.id,
        "since": progress.since.isoformat(),
        "as_of": result.as_of.isoformat(),
        "events": [_event(event) for event in progress.events],
        "states": [{"unit": s.unit.code, "before": s.before, "after": s.after} for s in progress.states],
        "indicators": [_total_change(change) for change in progress.totals],
        "fields": [_field_change(change) for change in progress.fields],
        "decisions": [{"taken": d.taken, "words": d.words, "document": d.document} for d in progress.decisions],
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "unit": event.unit.code,
        "version": event.version,
        "at": _moment(event.at),
        "source_name": event.source_name,
        "sha256": event.sha256,
        "counts": event.counts,
        "since": event.since,
        "cells": event.cells,
        "reason": event.reason,
    }


def _total_change(change: TotalChange) -> dict[str, Any]:
    return {
        "id": change.after.id,
        "label": change.after.label,
        "before": _figures(change.before) if change.before else None,
        "after": _figures(change.after),
    }


def _figures(total: IndicatorTotal) -> dict[str, Any]:
    return {
        "numerator": total.numerator,
        "denominator": total.denominator,
        "rate": total.rate,
        "units_reported": total.units_reported,
        "units_expected": total.units_expected,
    }


def _field_change(change: FieldChange) -> dict[str, Any]:
    return {
        "sheet": change.sheet.id,
        "field": change.field.id,
        "label": change.field.label,
        "before": change.before,
        "after": change.after,
        "units": [{"unit": unit.code, "before": before, "after": after} for unit, before, after in change.units],
    }


def _change(change: CellChange) -> dict[str, Any]:
    return {
        "sheet": change.sheet,
        "tab": change.tab,
        "cell": change.cell,
        "organisation": change.organisation,
        "field": change.field,
        "label": change.label,
        "before": _value(change.before),
        "after": _value(change.after),
        "unit_before": change.unit_before,
        "unit_after": change.unit_after,
        "province_before": change.province_before,
        "province_after": change.province_after,
    }


def _unit(status: UnitStatus) -> dict[str, Any]:
    return {
        "code": status.unit.code,
        "name": status.unit.name,
        "kind": status.unit.kind,
        "state": status.state,
        "due": _day(status.due),
        "first_submitted_at": _moment(status.first_submitted_at),
        "accepted_at": _moment(status.accepted_at),
        "days_late": status.days_late,
        "days_overdue": status.days_overdue,
        "version": status.version,
        "sha256": status.sha256,
        "errors": status.errors,
        "warnings": status.warnings,
    }


def _total(total: IndicatorTotal) -> dict[str, Any]:
    return {
        "id": total.id,
        "label": total.label,
        "numerator": total.numerator,
        "denominator": total.denominator,
        "rate": total.rate,
        "target": total.target,
        "deadline": _day(total.deadline),
        "state": total.state,
        "units_reported": total.units_reported,
        "units_expected": total.units_expected,
    }


def _of_unit(cell: UnitIndicator) -> dict[str, Any]:
    return {
        "unit": cell.unit,
        "indicator": cell.indicator,
        "numerator": cell.numerator,
        "denominator": cell.denominator,
        "rate": cell.rate,
        "state": cell.state,
        "days_overdue": cell.days_overdue,
    }


def _value(value: Value) -> str | int | bool | None:
    return value.isoformat() if isinstance(value, date) else value


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(TIMEZONE).isoformat() if moment else None
