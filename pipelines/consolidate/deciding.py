"""Which decisions of the office were taken or taken back between two consolidations of a round, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.consolidation import Consolidation
from schemas.decisions import Basis, Decisions, UnitChange
from schemas.plan import Plan, Round
from schemas.progress import DecisionChange


def decision_changes(before: Consolidation, after: Consolidation) -> tuple[DecisionChange, ...]:
    """What is decided now and was not, then what was decided and is not any more; of this round and of the plan.

    A decision that was changed is both. Contacts are no decisions.
    """
    then, now = (_said(after.plan, after.round, of.decisions) for of in (before, after))
    taken = [DecisionChange(True, *said) for said in now if said not in then]
    return (*taken, *(DecisionChange(False, *said) for said in then if said not in now))


def _said(plan: Plan, round_: Round, decisions: Decisions) -> dict[tuple[str, str], None]:
    """(sentence, document number) of each, in order; what is said twice is one."""
    return dict.fromkeys((words, basis.document) for words, basis in _sentences(plan, round_, decisions))


def _sentences(plan: Plan, round_: Round, decisions: Decisions) -> Iterator[tuple[str, Basis]]:
    labels = {indicator.id: indicator.label for indicator in plan.indicators_of_round(round_.id)}
    for due in decisions.round_dues:
        if due.round == round_.id:
            yield f"Ấn định hạn của kỳ “{round_.label}”: {due.due:%d/%m/%Y}.", due.basis
    for deadline in decisions.deadlines:
        if deadline.indicator in labels:
            name = f"{deadline.indicator} “{labels[deadline.indicator]}”"
            yield f"Ấn định hạn của chỉ tiêu {name}: {deadline.deadline:%d/%m/%Y}.", deadline.basis
    for new in decisions.new_dates:
        if new.round == round_.id:
            yield f"Yêu cầu đơn vị chưa báo cáo nộp bù, chậm nhất ngày {new.by:%d/%m/%Y}.", new.basis
    for extension in decisions.extensions:
        if extension.round == round_.id:
            until = f"đến hết ngày {extension.due:%d/%m/%Y}"
            yield f"Gia hạn cho {_name(plan, extension.unit)} {until}.", extension.basis
    for exemption in decisions.exemptions:
        if exemption.round == round_.id:
            what = f"biểu {plan.sheet(exemption.sheet).tab}" if exemption.sheet else "báo cáo kỳ này"
            yield f"Miễn {what} cho {_name(plan, exemption.unit)}.", exemption.basis
    for change in decisions.unit_changes:
        yield f"{_unit_change(plan, change)} từ ngày {change.on:%d/%m/%Y}.", change.basis


def _unit_change(plan: Plan, change: UnitChange) -> str:
    match change.kind:
        case "renamed":
            return f"Đơn vị mã {change.unit} mang tên “{change.name}”"
        case "merged":
            return f"{_name(plan, change.unit)} sáp nhập vào {_name(plan, change.into)}"
        case "dissolved":
            return f"{_name(plan, change.unit)} giải thể"
        case "new":
            return f"Thêm đơn vị {change.name} ({change.unit})"


def _name(plan: Plan, code: str) -> str:
    """`Huyện uỷ Châu Thành (708)`; of a unit the plan does not know, its code."""
    try:
        return f"{plan.unit(code).name} ({code})"
    except KeyError:
        return code
