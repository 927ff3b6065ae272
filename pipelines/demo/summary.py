"""The end of the demo: a small table of what the workbooks say, and which ones to open (Rich, Vietnamese)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from schemas.results import UNIT_STATES, UnitState, percent

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class RateLine:
    """An indicator on the last night, plain. `numerator` None where nothing was reported."""

    id: str
    label: str
    numerator: int | None
    denominator: int | None
    units_reported: int
    units_expected: int
    state: str


def nights_table(nights: Mapping[date, Mapping[UnitState, int]]) -> Table:
    """How many units were in each state after each night; the last line adds them up."""
    table = Table(title="Tình hình nộp báo cáo (số đơn vị)", title_justify="left")
    table.add_column("Trạng thái")
    for night in nights:
        table.add_column(f"{night:%d/%m/%Y}", justify="right")
    for state, label in UNIT_STATES.items():
        counts = [of_night.get(state, 0) for of_night in nights.values()]
        if any(counts):
            table.add_row(label, *(str(n) if n else "–" for n in counts))
    table.add_section()
    table.add_row("Cộng", *(str(sum(of_night.values())) for of_night in nights.values()))
    return table


def rates_table(lines: Iterable[RateLine], as_of: date) -> Table:
    """The indicators on a day: numbers, rate, coverage, state."""
    table = Table(title=f"Chỉ tiêu toàn tỉnh, tính đến {as_of:%d/%m/%Y}", title_justify="left")
    for header in ("Ký hiệu", "Chỉ tiêu"):
        table.add_column(header)
    for header in ("Đạt / tổng", "Tỷ lệ", "Đơn vị báo cáo"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("Trạng thái")
    for line in lines:
        coverage = f"{line.units_reported}/{line.units_expected}"
        table.add_row(line.id, line.label, _fraction(line), _rate(line), coverage, line.state)
    return table


def show(console: Console, tables: Sequence[Table], workbooks: Mapping[str, Path]) -> None:
    """Print the tables, then the workbooks to open: what each is (Vietnamese) and where it stands."""
    for table in tables:
        console.print(table)
        console.print()
    console.print("Mở các tệp sau để xem kết quả:", style="bold")
    for what, path in workbooks.items():
        console.print(f"  • {what}:")
        console.print(f"    {path}", soft_wrap=True)


def _fraction(line: RateLine) -> str:
    if line.numerator is None:
        return "–"
    return (
        _grouped(line.numerator)
        if line.denominator is None
        else f"{_grouped(line.numerator)} / {_grouped(line.denominator)}"
    )


def _rate(line: RateLine) -> str:
    return percent(line.numerator / line.denominator) if line.numerator is not None and line.denominator else "–"


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", ".")
