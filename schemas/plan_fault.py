"""What is wrong with a plan: every fault at once, each with its table, row and column."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class PlanFault:
    """One fault of a plan. `row` is the line in the CSV file (the header is line 1); None where there is none."""

    table: str
    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        place = f"Bảng {self.table}"
        if self.row is not None:
            place += f", dòng {self.row}"
        if self.column:
            place += f", cột {self.column}"
        return f"{place}: {self.message}"


class PlanFaults(ValueError):
    """A plan that cannot be used. `faults` lists everything found."""

    def __init__(self, source: str, faults: list[PlanFault]) -> None:
        self.source, self.faults = source, faults
        super().__init__(f"{source}: {len(faults)} lỗi\n" + "\n".join(f"- {fault}" for fault in faults))


def did_you_mean(wrong: str, known: list[str]) -> str:
    """` Có phải “x”?` where something known is near, else nothing."""
    near = get_close_matches(wrong, known, n=1, cutoff=0.6)
    return f" Có phải “{near[0]}”?" if near else ""
