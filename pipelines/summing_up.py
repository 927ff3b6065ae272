"""What a night did, in lines of Vietnamese: for the terminal and for Prefect's pages."""

from __future__ import annotations

from typing import Any

from pipelines.answers import UNREADABLE
from pipelines.nightly import Outcome
from pipelines.spoken_text import markdown_text
from schemas.consolidation import Consolidation
from schemas.results import UNIT_STATES


def outcome_lines(outcome: Outcome) -> list[str]:
    """Verdicts, files held back, files published, and the states of every round."""
    verdicts = outcome.verdicts
    archived = verdicts["unusable"] - outcome.not_taken_in
    new = (
        f"Tệp mới: {verdicts['accepted']} được chấp nhận, {verdicts['accepted_with_warnings']} chấp nhận có cảnh báo, "
        f"{verdicts['rejected']} bị trả lại, {archived} không dùng được; {outcome.identical} nộp lại y hệt"
    )
    lost = [f"CẢNH BÁO: {outcome.lost}; chạy “tonghop verify” và khôi phục từ bản sao lưu"] if outcome.lost else []
    lines = [*lost, new, *outcome.decided, f"Tệp kết quả đã ghi: {len(outcome.published)}"]
    lines += ["Tệp không dùng được và lý do: tonghop refused"] if archived else []
    if outcome.not_taken_in:
        lines.append(
            f"{outcome.not_taken_in} mục trong inbox/ không nhận vào được nên vẫn nằm đó "
            f"(không phải tệp thường, hoặc quá lớn); lý do: outbox/{UNREADABLE}/"
        )
    lines += [f"Còn trong hộp nhận: {name} ({reason})" for name, reason in outcome.held]
    lines += [f"Đang có người mở nên ghi bản mới bên cạnh: {path.name}" for path in outcome.diverted]
    lines += [
        f"Kế hoạch {plan_id} có lỗi nên không được tổng hợp; xem: tonghop plan check {plan_id}"
        for plan_id in outcome.faulty_plans
    ]
    for result in outcome.results:
        states = ", ".join(f"{UNIT_STATES[s].lower()} {n}" for s, n in result.state_counts().items() if n)
        lines.append(f"{result.plan.settings.number}, kỳ {result.round.id}, đến {result.as_of:%d/%m/%Y}: {states}")
    return lines


def markdown_summary(outcome: Outcome) -> str:
    """The lines as a list in Markdown."""
    return "\n".join(f"- {markdown_text(line)}" for line in outcome_lines(outcome))


def markdown_headline(result: Consolidation) -> str:
    """Plan, round and day, in Markdown."""
    number, label = result.plan.settings.number, result.round.label
    return markdown_text(f"{number}, kỳ {label}, đến {result.as_of:%d/%m/%Y}")


def markdown_units(result: Consolidation) -> list[dict[str, Any]]:
    """The units of a round as the rows of a table whose cells are Markdown."""
    return [
        {
            "Mã": markdown_text(s.unit.code),
            "Đơn vị": markdown_text(s.unit.name),
            "Trạng thái": UNIT_STATES[s.state],
            "Ngày trễ": s.days_late,
            "Ngày quá hạn": s.days_overdue,
            "Ghi chú": markdown_text(s.note),
        }
        for s in result.units
    ]
