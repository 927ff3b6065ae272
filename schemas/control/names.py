"""What a control workbook calls things: its ids, and the words of its choices: `703 – Thành uỷ Tây Ninh`."""

from __future__ import annotations

from schemas.decisions import ChangeKind
from schemas.plan import Indicator, Plan, Round, Sheet, Unit

CONTROL_ROUND = "dieu_hanh"
CONTROL_UNIT = "DIEU-HANH"
"""The only reporting unit of a control plan: the office itself. No plan may have a round or a unit of these names."""
_SUFFIX = f".{CONTROL_ROUND}"

COVER, DATES, EXTENSIONS, EXEMPTIONS, UNIT_CHANGES, CONTACTS = (
    *("so_dieu_hanh", "thoi_han", "gia_han", "mien", "thay_doi", "lien_he"),
)
"""The ids of its sheets D0–D5."""
RENAMED, MERGED, DISSOLVED, NEW = "đổi tên", "sáp nhập", "giải thể", "đơn vị mới"
CHANGES: dict[str, ChangeKind] = {RENAMED: "renamed", MERGED: "merged", DISSOLVED: "dissolved", NEW: "new"}
NEW_UNITS = tuple(f"MOI-{n}" for n in range(1, 6))
"""Codes kept for new units, so that the workbook that first names one can also choose it on its other sheets."""

ROUND, INDICATOR, LATE = "Kỳ", "Chỉ tiêu", "Nộp bù"
"""What a date is set for: a round's due date, an indicator's deadline, the late reports of a round."""
BETWEEN = " – "
_LABEL_LIMIT = 90
"""Characters of a label in a choice: a formula holds no text of more than 255."""


def control_id(plan_id: str) -> str:
    """The id of a plan's control plan: `kh70_2022.dieu_hanh`."""
    return plan_id + _SUFFIX


def base_id(control_id: str) -> str | None:
    """The id of the plan that a control plan governs; None: that is no control plan's id."""
    plan_id = control_id.removesuffix(_SUFFIX)
    return plan_id if plan_id and plan_id != control_id else None


def unit_choice(unit: Unit) -> str:
    """`703 – Thành uỷ Tây Ninh`."""
    return choice(unit.code, unit.name)


def new_unit_choice(code: str) -> str:
    """`MOI-1 – đơn vị mới, ghi ở biểu D4`."""
    return choice(code, "đơn vị mới, ghi ở biểu D4")


def round_choice(round_: Round) -> str:
    """`ket_qua – Báo cáo kết quả học tập`."""
    return choice(round_.id, round_.label)


def sheet_choice(sheet: Sheet) -> str:
    """`B2 – Học tập`."""
    return choice(sheet.code, sheet.label)


def kind_choice(kind: str, group: str) -> str:
    """`huyen_uy – Huyện uỷ, thị uỷ, thành uỷ`."""
    return choice(kind, group)


def round_date(round_: Round) -> str:
    """`Kỳ cuoi_nam – Báo cáo cuối năm`."""
    return f"{ROUND} {round_choice(round_)}"


def indicator_date(indicator: Indicator) -> str:
    """`Chỉ tiêu CT3 – Chi bộ đã bổ sung kế hoạch`."""
    return f"{INDICATOR} {choice(indicator.id, indicator.label)}"


def late_date(round_: Round) -> str:
    """`Nộp bù ket_qua – Báo cáo kết quả học tập`."""
    return f"{LATE} {round_choice(round_)}"


def open_rounds(plan: Plan) -> tuple[Round, ...]:
    """The rounds whose due date the plan left open."""
    return tuple(r for r in plan.rounds if r.due is None)


def open_indicators(plan: Plan) -> tuple[Indicator, ...]:
    """The rates whose deadline the plan left open; volumes have no target that could be missed."""
    return tuple(i for i in plan.indicators if i.kind == "rate" and i.deadline is None)


def code_of(text: str) -> str:
    """The code a choice begins with: `703`."""
    return text.partition(BETWEEN)[0].strip()


def subject_of(text: str) -> tuple[str, str]:
    """What a date is set for, `ROUND`, `INDICATOR` or `LATE`, and its id; two empty texts for none of them."""
    said = code_of(text)
    for kind in (ROUND, INDICATOR, LATE):
        if said.startswith(f"{kind} "):
            return kind, said.removeprefix(kind).strip()
    return "", ""


def choice(code: str, label: str) -> str:
    """A code and what it means, as a list shows them."""
    return code + BETWEEN + (label if len(label) <= _LABEL_LIMIT else label[: _LABEL_LIMIT - 1].rstrip() + "…")
