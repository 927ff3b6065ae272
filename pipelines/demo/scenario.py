"""Who drops what on which night. What follows from it (states, days) is said only by the tests' oracle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipelines.demo import slips
from pipelines.demo.figures import Effort, Report
from schemas.control import CONTROL_UNIT

NIGHTS = (date(2022, 4, 29), date(2022, 5, 10), date(2022, 5, 11), date(2022, 5, 20))
EARLY, DUE, NEXT, LAST = NIGHTS

Kind = Literal["right", "wrong", "corrected", "late", "updated", "identical", "no_workbook", "control"]
"""`late`: right, but after the due date; `updated`: a newer report of a unit that was accepted before; `control`: the
office's own control workbook, no report."""


_ORDINARY = Effort()
_OFFICE = Effort(studied=0.9, connected=1, attended=0.95, reviewed=0.7)
_WHOLE = Effort(studied=1, connected=1, attended=1, reviewed=1)
_EARLY = Effort(studied=0.7, reviewed=0)


@dataclass(frozen=True, slots=True)
class Drop:
    """One file dropped into `inbox/<folder>/` (folder empty: straight into `inbox/`) before a night's run.

    `unit` empty: the file names none. `slip` turns the whole report into what the clerk typed. `again`: the
    name of the file dropped earlier whose very bytes come back.
    """

    night: date
    unit: str
    kind: Kind
    name: str
    folder: str = ""
    effort: Effort = _ORDINARY
    slip: Callable[[Report], Report] | None = None
    again: str = ""


def _filed(night: date, unit: str, kind: Kind, effort: Effort, slip: Callable[[Report], Report] | None = None) -> Drop:
    return Drop(night, unit, kind, f"bao-cao-ket-qua-{unit}.xlsx", unit, effort, slip)


def _loose(night: date, unit: str, kind: Kind, name: str, effort: Effort) -> Drop:
    return Drop(night, unit, kind, name, "", effort)


DROPS: tuple[Drop, ...] = (
    # 29/4: six early ones
    _filed(EARLY, "711", "right", _EARLY),
    _filed(EARLY, "DU-QS", "right", Effort(studied=0, reviewed=0)),
    _loose(
        EARLY,
        "CQ-BTG",
        "right",
        "Báo cáo Ban Tuyên giáo.xlsx",
        Effort(studied=1, connected=1, attended=1, reviewed=0),
    ),
    _filed(EARLY, "CQ-BTC", "right", Effort(studied=1, connected=1, attended=1, reviewed=0)),
    _filed(EARLY, "DD-LDLD", "right", Effort(studied=0, connected=1, reviewed=0)),
    _filed(EARLY, "BCS-UBND", "right", Effort(studied=1, connected=1, reviewed=0)),
    # 10/5, the due date: most, four of them wrong, one file that is no workbook
    _filed(DUE, "703", "right", Effort(reviewed=0.8)),
    _filed(DUE, "705", "right", Effort(studied=0.75, connected=0.7, copied=0.2), slips.point_not_concerned),
    _loose(DUE, "706", "right", "Báo cáo kết quả Chuyên đề 2022 - Tân Châu.xlsx", Effort(connected=0.8)),
    _filed(DUE, "707", "right", _ORDINARY, slips.number_as_text),
    _filed(DUE, "709", "right", Effort(studied=1, attended=1, connected=1, reviewed=0.4), slips.filled_down),
    _filed(DUE, "DU-KCQDN", "right", Effort(studied=0.9, connected=1, reviewed=0.7)),
    Drop(
        DUE,
        "DU-BP",
        "right",
        "bao cao DU Bien phong.xlsx",
        "DU-BP",
        Effort(studied=1, attended=1, reviewed=1),
    ),
    _filed(DUE, "DD-HDND", "right", Effort(studied=1, connected=0, reviewed=1, outsiders=False)),
    _filed(DUE, "DD-MTTQ", "right", _OFFICE),
    _filed(DUE, "DD-HPN", "right", _OFFICE, slips.no_copies),
    _loose(DUE, "TD", "right", "Tỉnh đoàn - báo cáo 70-KH.xlsx", _OFFICE),
    _filed(DUE, "BCS-VKSND", "right", _OFFICE),
    _filed(DUE, "CQ-UBKT", "right", _WHOLE),
    _filed(DUE, "CQ-BDV", "right", _OFFICE),
    _filed(DUE, "CQ-BNC", "right", Effort(studied=1, connected=1, attended=1, reviewed=0)),
    _filed(DUE, "708", "wrong", Effort(connected=0.85), slips.more_studied_than_members),
    _filed(DUE, "DD-HND", "wrong", _OFFICE, slips.cells_left_blank),
    _filed(DUE, "DU-CA", "wrong", Effort(studied=0, attended=1), slips.number_in_words),
    _filed(DUE, "710", "wrong", Effort(studied=0.6), slips.pasted_over),
    Drop(DUE, "", "no_workbook", "Văn phòng Tỉnh uỷ báo cáo.xlsx"),
    # 11/5: three corrected, one late by a day, the same bytes again under another name
    _filed(NEXT, "708", "corrected", Effort(connected=0.85)),
    _filed(NEXT, "DD-HND", "corrected", _OFFICE),
    _filed(NEXT, "DU-CA", "corrected", Effort(studied=0, attended=1)),
    _filed(NEXT, "CQ-VP", "late", _OFFICE),
    Drop(
        NEXT,
        "DU-BP",
        "identical",
        "bao cao DU Bien phong (1).xlsx",
        "DU-BP",
        again="bao cao DU Bien phong.xlsx",
    ),
    # and the office decides: an extension, an exemption from a sheet, a deadline, the date for late reports, contacts
    Drop(NEXT, CONTROL_UNIT, "control", "so-dieu-hanh.xlsx"),
    # 20/5: one late by ten days, one early report brought up to date after the review of 19/5
    _filed(LAST, "712", "late", Effort(studied=0.85, reviewed=1)),
    Drop(
        LAST,
        "711",
        "updated",
        "bao-cao-ket-qua-711-bo-sung.xlsx",
        "711",
        Effort(studied=1, attended=1, reviewed=1),
    ),
)
"""BCS-TAND (its due date put off) and DD-CCB never report; 710 never corrects its report."""
