"""What a consolidation says: the tables that workbooks and `status --json` are written from. Standard library only.

Rates are fractions (0.95 for 95 %); days are calendar days in Asia/Ho_Chi_Minh; moments carry their offset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from schemas.decisions import Exemption, Extension, UnitChange
from schemas.finding import Finding
from schemas.plan import IndicatorKind, Sheet, Unit
from schemas.submission import Verdict

UnitState = Literal["dung_han", "tre_han", "qua_han", "loi", "chua_den_han", "mien"]
IndicatorState = Literal["hoan_thanh", "dang_thuc_hien", "qua_han", "khong_co_han", "khong_ap_dung", "chua_bao_cao"]

UNIT_STATES: dict[UnitState, str] = {
    "dung_han": "Đúng hạn",
    "tre_han": "Trễ hạn",
    "qua_han": "Quá hạn",
    "loi": "Có lỗi",
    "chua_den_han": "Chưa đến hạn",
    "mien": "Được miễn",
}
INDICATOR_STATES: dict[IndicatorState, str] = {
    "hoan_thanh": "Hoàn thành",
    "dang_thuc_hien": "Đang thực hiện",
    "qua_han": "Quá hạn",
    "khong_co_han": "Không ấn định hạn",
    "khong_ap_dung": "Không áp dụng",
    "chua_bao_cao": "Chưa báo cáo",
}


def percent(rate: float) -> str:
    """0.785 → `78,5 %`. Only a whole is called 100, only nothing 0: the last tenth is never rounded away."""
    tenths = round(rate * 1000)
    if rate < 1 and tenths >= 1000:
        tenths = 999
    if rate > 0 and tenths <= 0:
        tenths = 1
    return f"{tenths // 10},{tenths % 10} %"


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """Unit × round. `due` is the last day on time; `note` says the state in a sentence (Vietnamese).

    `first_submitted_at`: the first submission that named the unit, whatever its verdict; `accepted_at`: the first
    accepted one, which fixes timeliness; where a unit reports in parts, the moment its report was first whole.
    `version`, `sha256`: the version that counts (the newest of several parts). `errors`, `warnings`: of the newest
    submission. `missing`: the ids of the sheets that the accepted parts of a report do not give yet.

    `due` is what counts for the unit: its `extension` where the office granted one, else `original_due`. `exemption`,
    `departure`: the office's decision by which it need not report, or by which it has ceased to be.
    """

    unit: Unit
    group: str
    state: UnitState
    due: date | None
    first_submitted_at: datetime | None
    accepted_at: datetime | None
    days_late: int
    days_overdue: int
    version: int | None
    sha256: str | None
    errors: int
    warnings: int
    note: str
    missing: tuple[str, ...] = ()
    original_due: date | None = None
    extension: Extension | None = None
    exemption: Exemption | None = None
    departure: UnitChange | None = None


@dataclass(frozen=True, slots=True)
class IndicatorTotal:
    """An indicator over several units: `group` is empty for the province, else the group's label.

    Sums of numerators over sums of denominators, with coverage: `units_reported` of `units_expected`. `target` is a
    fraction like `rate`. `rate` None: the denominator is 0, or nothing was reported. `lower_bound`: the rate if the
    missing units did nothing, resting on the denominators of `lower_bound_units` earlier accepted reports; None where
    there are none. `state` None for a volume. `units_not_applicable`: how many more are not expected because they
    declared a whole sheet it rests on not applicable.
    """

    id: str
    label: str
    kind: IndicatorKind
    group: str
    numerator: int | None
    denominator: int | None
    rate: float | None
    target: float | None
    deadline: date | None
    state: IndicatorState | None
    days_overdue: int
    units_reported: int
    units_expected: int
    lower_bound: float | None
    lower_bound_units: int
    units_not_applicable: int = 0

    @property
    def partial(self) -> bool:
        """Whether it rests on fewer units than expected; the reporting rate itself always rests on all."""
        return self.kind in ("rate", "volume") and self.units_reported < self.units_expected


@dataclass(frozen=True, slots=True)
class UnitIndicator:
    """Unit × indicator. `state` None for a volume that is reported."""

    unit: str
    indicator: str
    numerator: int | None
    denominator: int | None
    rate: float | None
    state: IndicatorState | None
    days_overdue: int

    @property
    def missing(self) -> int:
        """How many are still missing to the whole denominator."""
        return max((self.denominator or 0) - (self.numerator or 0), 0)


@dataclass(frozen=True, slots=True)
class OrganisationIndicator:
    """Unit × organisation × indicator, of organisations whose counted rows give it. Only rates over `org` sheets.

    `rate` None: the denominator is 0. Rows declared not applicable are left out.
    """

    unit: str
    organisation: Unit
    indicator: str
    numerator: int
    denominator: int
    rate: float | None

    @property
    def missing(self) -> int:
        """How many are still missing to the whole denominator."""
        return max(self.denominator - self.numerator, 0)


@dataclass(frozen=True, slots=True)
class DataRow:
    """One counted row of a sheet: its values by field id (typed; None: blank) and where it came from.

    `declared`: what the row, or its whole sheet, was declared to be: one of `schemas.layout.DECLARATIONS`, or None.
    `cells`: the address of each stored field's cell in the file; a field that stood nowhere is not in it.
    """

    unit: Unit
    organisation: Unit | None
    values: Mapping[str, str | int | bool | date | None]
    source_name: str
    sha256: str
    version: int
    tab: str
    excel_row: int
    declared: str | None = None
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetRows:
    """All counted rows of one sheet, province-wide, in the plan's order of units."""

    sheet: Sheet
    rows: tuple[DataRow, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a unit that counts has declared: of one row, or (`organisation` None) of a whole sheet.

    `cell` is where it stands; empty where the file that was read did not say.
    """

    unit: Unit
    sheet: Sheet
    organisation: Unit | None
    declared: str
    source_name: str
    version: int
    tab: str
    cell: str


@dataclass(frozen=True, slots=True)
class Source:
    """One submission known by the day: which file, when, what verdict, and whether and why it counts.

    `sheets`: where the unit reports in parts, the ids of the sheets that are taken from this one once the report is
    whole; None for a unit whose reports are all whole.
    """

    unit: Unit
    sha256: str
    source_name: str
    folder: str
    received_at: datetime
    verdict: Verdict
    version: int
    counts: bool
    reason: str
    template_version: str
    plan_version: str
    withdrawn: str | None = None
    sheets: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ListedFinding:
    """A finding with the submission it belongs to."""

    unit: Unit
    version: int
    source_name: str
    counts: bool
    field_label: str
    finding: Finding
