"""Every rate exactly 100 % in the first report that was accepted."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.consolidate.signs.figures import number
from pipelines.consolidate.signs.reports import Report, Reports
from schemas.plan import ROWS, Indicator, Plan, Round, Term, Unit
from schemas.signs import Evidence, Sign

RATES = 3
"""Fewer rates that say something are no sign."""


def all_complete(plan: Plan, round_: Round, reports: Reports) -> Iterator[Sign]:
    """Units of whose first report (put together, where it came in parts) every rate is a whole; three rates at least.

    Rates whose denominator is 0, and those that rest on a sheet without rows that count, say nothing.
    """
    rates = [indicator for indicator in plan.indicators_of_round(round_.id) if indicator.kind == "rate"]
    for unit, successive in reports.successive():
        first = next(iter(successive), {})
        counted = [(rate, *counts) for rate in rates if (counts := _counts(rate, first, reports)) is not None]
        if len(counted) >= RATES and all(numerator == denominator for _, numerator, denominator in counted):
            versions = ", ".join(str(v) for v in sorted({part.version for part in first.values()}))
            yield Sign(
                "all_complete",
                unit,
                f"Ngay ở báo cáo đầu tiên được chấp nhận (bản số {versions}), cả {len(counted)} tỷ lệ đều tròn 100 %.",
                "Đề nghị đơn vị cho biết kết quả 100 % được tổng hợp từ đâu, có số liệu từng tổ chức kèm theo không?",
                tuple(_evidence(plan, unit, first, reports, rate, n) for rate, n, _ in counted),
            )


def _counts(rate: Indicator, report: Report, reports: Reports) -> tuple[int, int] | None:
    """Numerator and denominator; None where there is nothing to say."""
    if any(sheet not in report or reports.summed(sheet, report[sheet]) is None for sheet in rate.sheets):
        return None
    numerator = _value(rate.numerator, report, reports)
    denominator = _value(rate.denominator, report, reports) - _value(rate.denominator_minus, report, reports)
    return (numerator, denominator) if denominator > 0 else None


def _value(terms: tuple[Term, ...], report: Report, reports: Reports) -> int:
    summed = ((term, reports.summed(term.sheet, report[term.sheet])) for term in terms)
    return sum(sheet.sums[term.field] for term, sheet in summed if sheet)


def _evidence(plan: Plan, unit: Unit, report: Report, reports: Reports, rate: Indicator, count: int) -> Evidence:
    """Where the first field of the numerator stands, and the fraction."""
    term = next((term for term in rate.numerator if term.field != ROWS), rate.numerator[0])
    what = f"{rate.id} {rate.label}: {number(count)}/{number(count)}"
    return reports.evidence(unit, plan.sheet(term.sheet), term.field, report[term.sheet], what)
