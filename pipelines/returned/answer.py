"""What one submission is told, and the sentences that follow from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from pipelines.clock import local_day
from pipelines.returned.words import cut
from schemas.changes import Changes
from schemas.finding import Finding, FindingCode
from schemas.plan import Indicator, Plan, Round, Unit
from schemas.submission import ACCEPTED, Arrival, Verdict

C = FindingCode
_BLANK = frozenset({C.MISSING_VALUE, C.REQUIRED_WHEN, C.REQUIRED_WHEN_POSITIVE, C.REQUIRED_WHEN_COMPLETE})
_LOST = {C.COLUMN_MISSING: "cột", C.ROW_MISSING: "dòng"}

_OLD_STEP = (
    "Nếu muốn số liệu của tệp này được tính: mở tệp, sửa và lưu lại rồi gửi (tệp giống hệt bản cũ không tạo bản mới), "
    "hoặc đề nghị nơi nhận báo cáo rút bản đang được tính."
)
_NEXT_STEP: dict[Verdict, str] = {
    "accepted": "Không phải làm gì thêm. Nếu cần sửa số liệu, điền lại biểu mẫu và gửi tệp mới.",
    "accepted_with_warnings": "Đọc các cảnh báo dưới đây. Số liệu đúng thì không phải gửi lại; sai thì sửa, gửi lại.",
    "rejected": "Mở lại tệp đã gửi, sửa từng ô theo bảng dưới đây (trang “Kiểm tra” cũng chỉ rõ), lưu rồi gửi lại.",
    "unusable": "Điền vào đúng biểu mẫu đã được cấp cho đơn vị, lưu lại rồi gửi lại.",
}
_OFFICE_OLD_STEP = (
    "Muốn quyết định của tệp này có hiệu lực: chạy “tonghop control”, ghi vào sổ mới rồi chép vào inbox/; hoặc rút bản "
    "đang có hiệu lực (tonghop withdraw)."
)
_OFFICE_STEP: dict[Verdict, str] = {
    "accepted": "Không phải làm gì thêm. Cần thay đổi: chạy “tonghop control”, sửa trong sổ mới rồi chép vào inbox/.",
    "accepted_with_warnings": (
        "Các quyết định đã có hiệu lực. Đọc các cảnh báo dưới đây; cần sửa thì sửa trên bản đánh dấu, chép vào inbox/."
    ),
    "rejected": "Mở bản đánh dấu (đã có sẵn mọi điều đã ghi), sửa các ô đỏ, lưu rồi chép chính bản đó vào inbox/.",
    "unusable": "Chạy “tonghop control” để có sổ điều hành đúng, ghi lại vào đó rồi chép vào inbox/.",
}
_NEXT_STEP_ON_COPY: dict[Verdict, str] = {
    "accepted_with_warnings": (
        "Đọc các cảnh báo dưới đây. Số liệu đúng thì không phải gửi lại; sai thì sửa ngay trên bản đánh dấu rồi gửi."
    ),
    "rejected": "Mở bản đánh dấu (đã có sẵn số liệu của đơn vị), sửa các ô đỏ, lưu rồi gửi chính bản đó.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one submission is told. Everything here is settled when it arrived, so the receipt never changes.

    `version`: the number it was given, None where it makes none. `counting`: in a short sentence, which version counts
    now and why. `identical_to`: the earlier version whose very bytes these are. `due`: the last day on time, None
    where none is set. `counts`: whether this very version is the one that counts now. `marked_copy`: where its marked
    copy lies, from the outbox on; empty where there is none. `sheets_missing`: the tabs that a report in parts does not
    give yet. `changes`: what an accepted correction changed. `decided`: of the office's control workbook, what it
    decides, in words; None for a unit's report.
    """

    plan: Plan
    round: Round
    unit: Unit
    arrival: Arrival
    verdict: Verdict
    version: int | None
    counting: str
    findings: tuple[Finding, ...]
    due: date | None
    identical_to: int | None
    counts: bool = True
    marked_copy: str = ""
    sheets_missing: tuple[str, ...] = ()
    changes: Changes | None = None
    decided: str | None = None

    @property
    def old(self) -> bool:
        """Whether it was acceptable and another version counts all the same."""
        return self.verdict in ACCEPTED and not self.counts and not self.sheets_missing

    @property
    def partial(self) -> bool:
        """Whether it is an acceptable part of a report that is not whole yet."""
        return self.verdict in ACCEPTED and bool(self.sheets_missing)


def version_words(answer: Answer) -> str:
    """Which version it is, or why it makes none."""
    if answer.identical_to is not None:
        return f"Không tạo phiên bản mới: tệp giống hệt phiên bản {answer.identical_to} đã nhận trước đó"
    return "Không tạo phiên bản mới" if answer.version is None else f"Phiên bản {answer.version}"


def next_step(answer: Answer) -> str:
    """What the clerk does now."""
    if answer.decided is not None:
        return _OFFICE_OLD_STEP if answer.old else _OFFICE_STEP[answer.verdict]
    if answer.old:
        return _OLD_STEP
    if answer.partial:
        return "Nộp tiếp các biểu còn thiếu: báo cáo được tính khi đủ mọi biểu."
    if answer.marked_copy and answer.verdict in _NEXT_STEP_ON_COPY:
        return _NEXT_STEP_ON_COPY[answer.verdict]
    return _NEXT_STEP[answer.verdict]


def missing_words(answer: Answer) -> str:
    """What has not been given: sheets (of a report in parts: those that no part gives), columns, rows, cells."""
    parts = [f"biểu {tab}" for tab in answer.sheets_missing]
    parts += [f"cả biểu {f.value}" for f in answer.findings if f.code is C.SHEET_MISSING]
    for code, what in _LOST.items():
        lost = Counter(f.sheet for f in answer.findings if f.code is code)
        parts += [f"{sheet}: {n} {what}" for sheet, n in lost.items()]
    cells = Counter(f.sheet for f in answer.findings if f.code in _BLANK)
    parts += [f"{sheet}: {n} ô" for sheet, n in cells.items()]
    return cut("; ".join(parts), 240) or "Không thiếu ô nào"


def next_deadline_words(answer: Answer) -> str:
    """The next day after the arrival by which an indicator of the unit is due, and how far off; empty: none is."""
    arrived = local_day(answer.arrival.received_at)
    coming = [i for i in _indicators(answer) if i.deadline is not None and i.deadline >= arrived]
    if not coming:
        return ""
    day = min(i.deadline for i in coming if i.deadline is not None)
    named = [i for i in coming if i.deadline == day]
    left = (day - arrived).days
    away = f"còn {left} ngày" if left else "đúng ngày nhận"
    more = f" và {len(named) - 1} chỉ tiêu khác" if len(named) > 1 else ""
    return f"{day:%d/%m/%Y} ({away}): {named[0].id} {named[0].label}{more}"


def _indicators(answer: Answer) -> list[Indicator]:
    """The indicators that this unit's report of the round speaks of."""
    filled = {s.id for s in answer.plan.sheets_for(answer.unit, answer.round.id)}
    return [i for i in answer.plan.indicators_of_round(answer.round.id) if i.sheets <= filled]
