"""What every answer says in the same words: verdicts, moments, deadlines."""

from __future__ import annotations

from datetime import date, datetime

from pipelines.clock import TIMEZONE, local_day
from pipelines.styles import cell_text
from schemas.submission import Verdict

VERDICT_WORDS: dict[Verdict, str] = {
    "accepted": "ĐƯỢC CHẤP NHẬN",
    "accepted_with_warnings": "CHẤP NHẬN, CÓ CẢNH BÁO",
    "rejected": "BỊ TRẢ LẠI",
    "unusable": "KHÔNG DÙNG ĐƯỢC",
}
FORECAST_WORDS: dict[Verdict, str] = VERDICT_WORDS | {"rejected": "SẼ BỊ TRẢ LẠI"}
"""Of a file that was only checked, and not handed in."""
NOT_COUNTED = "BẢN CŨ, KHÔNG ĐƯỢC TÍNH"
NOT_IN_FORCE = "BẢN CŨ, KHÔNG CÓ HIỆU LỰC"
"""Of a control workbook."""
PART_RECEIVED = "ĐÃ NHẬN MỘT PHẦN, CHƯA ĐƯỢC TÍNH"


def deadline_words(due: date | None, received_at: datetime) -> str:
    """The deadline, and how many days before or after it the file came (days of Asia/Ho_Chi_Minh)."""
    if due is None:
        return "Không ấn định hạn nộp"
    left = (due - local_day(received_at)).days
    if left > 0:
        return f"{due:%d/%m/%Y} (nhận trước hạn {left} ngày)"
    if left == 0:
        return f"{due:%d/%m/%Y} (nhận đúng ngày đến hạn)"
    return f"{due:%d/%m/%Y} (nhận sau hạn {-left} ngày)"


def moment_words(moment: datetime) -> str:
    """A moment in Asia/Ho_Chi_Minh, to the second."""
    return f"{moment.astimezone(TIMEZONE):%H:%M:%S ngày %d/%m/%Y}"


def day_words(moment: datetime) -> str:
    """The day of a moment in Asia/Ho_Chi_Minh."""
    return f"{local_day(moment):%d/%m/%Y}"


def number_words(number: int) -> str:
    """A count with dots between thousands, as they are written in Vietnamese: 12.345."""
    return f"{number:,}".replace(",", ".")


def inert(text: str | None) -> str:
    """A text as a cell can hold it, on one line."""
    return " ".join(cell_text(text or "").split())


def cut(text: str, limit: int) -> str:
    """A text of at most `limit` characters, broken off at a word."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;.:") + "…"


def capital(text: str) -> str:
    """With its first letter large."""
    return text[:1].upper() + text[1:]
