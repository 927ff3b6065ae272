"""What the office has decided on one unit in one round, and how its state's note says so. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schemas.decisions import Basis, Decisions, Exemption, Extension, UnitChange
from schemas.plan import Plan, Round, Unit


@dataclass(frozen=True, slots=True)
class Standing:
    """The decisions that concern a unit in a round on a day. `original_due`: the round's own, as it is in force."""

    unit: Unit
    original_due: date | None
    extension: Extension | None
    exemption: Exemption | None
    departure: UnitChange | None

    @property
    def due(self) -> date | None:
        """The last day on time for this unit."""
        return self.extension.due if self.extension else self.original_due

    @property
    def excused(self) -> bool:
        """Whether no report is asked of it."""
        return self.unit.reports == "exempt" or self.exemption is not None or self.departure is not None


def standing(unit: Unit, round_: Round, decisions: Decisions, day: date) -> Standing:
    """What holds for a unit in a round, both as they are in force on that day."""
    return Standing(
        unit,
        round_.due,
        decisions.extension(unit.code, round_.id),
        decisions.exemption(unit.code, round_.id),
        decisions.departure(unit.code, day),
    )


def excused_words(plan: Plan, one: Standing) -> str:
    """Why no report is asked of it: its going, else its exemption, else the plan's own."""
    if one.departure is not None:
        return departure_words(plan, one.departure)
    return exemption_words(one.exemption) if one.exemption is not None else "Được miễn báo cáo kỳ này."


def reported_words(plan: Plan, one: Standing, accepted: date | None) -> str:
    """What is decided on a unit that is not excused, or that has reported all the same (`accepted`: the day)."""
    sentences = []
    if one.extension is not None:
        sentences.append(extension_words(one.extension, one.original_due, accepted))
    if one.exemption is not None:
        sentences.append(f"{exemption_words(one.exemption).rstrip('.')}, nhưng vẫn nộp.")
    if one.departure is not None:
        sentences.append(departure_words(plan, one.departure))
    return " ".join(sentences)


def extension_words(extension: Extension, original: date | None, accepted: date | None = None) -> str:
    """`Được gia hạn đến 15/05/2022 (văn bản số 12-CV/BTGTU); hạn gốc 10/05/2022.`

    Where it is the extension that makes the report one on time, that is said first.
    """
    basis = document_words(extension.basis)
    if original is not None and accepted is not None and original < accepted <= extension.due:
        return (
            f"Nhận ngày {accepted:%d/%m/%Y}, sau hạn gốc {original:%d/%m/%Y}; đúng hạn vì được gia hạn đến "
            f"{extension.due:%d/%m/%Y}{basis}."
        )
    before = f"hạn gốc {original:%d/%m/%Y}" if original else "kế hoạch chưa ấn định hạn gốc"
    return f"Được gia hạn đến {extension.due:%d/%m/%Y}{basis}; {before}."


def exemption_words(exemption: Exemption) -> str:
    """`Được miễn báo cáo kỳ này (văn bản số 15-CV/BTGTU: đang kiện toàn bộ máy).`"""
    return f"Được miễn báo cáo kỳ này{document_words(exemption.basis, reason=True)}."


def departure_words(plan: Plan, change: UnitChange) -> str:
    """`Đã sáp nhập vào Huyện uỷ Châu Thành từ 01/05/2022 (văn bản số 20-QĐ/TU).`"""
    how = f"sáp nhập vào {_name(plan, change.into)}" if change.kind == "merged" else "giải thể"
    return f"Đã {how} từ {change.on:%d/%m/%Y}{document_words(change.basis)}."


def document_words(basis: Basis, *, reason: bool = False) -> str:
    """` (văn bản số 12-CV/BTGTU)`; with the reason behind a colon; empty where neither is there."""
    document = " ".join(basis.document.split())
    named = document if " " in document or not document else f"văn bản số {document}"
    why = " ".join(basis.reason.split()).rstrip(".") if reason else ""
    said = ": ".join(part for part in (named, why) if part)
    return f" ({said})" if said else ""


def _name(plan: Plan, code: str) -> str:
    try:
        return plan.unit(code).name
    except KeyError:
        return code
