"""Signs of reporting for form's sake: for a person to look at, never a verdict. Standard library only.

Source: the first purpose of plan 70-KH/TU (clause I) is to end perfunctory reporting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.plan import Unit

SignKind = Literal["repeated_figures", "all_complete", "like_another", "like_before", "jump", "done_after_signing"]

SIGNS: dict[SignKind, str] = {
    "repeated_figures": "Số liệu giống hệt nhau ở nhiều tổ chức",
    "all_complete": "Mọi tỷ lệ đều tròn 100 % ngay từ báo cáo đầu tiên",
    "like_another": "Báo cáo giống báo cáo của đơn vị khác",
    "like_before": "Báo cáo giống báo cáo kỳ trước",
    "jump": "Tổng số thay đổi quá một nửa giữa hai bản",
    "done_after_signing": "Ngày hoàn thành sau ngày ký báo cáo",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place a sign rests on: the file, its version, the cell where there is one, and what stands there."""

    unit: str
    source_name: str
    version: int
    tab: str
    cell: str
    what: str


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign at one unit: what was seen (a sentence with the figures), and the question to ask (ends in “?”)."""

    kind: SignKind
    unit: Unit
    seen: str
    question: str
    evidence: tuple[Evidence, ...]
