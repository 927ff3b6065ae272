"""`tin-nhan.txt`: what to paste into a phone: a message to each overdue unit, and one for the group of all units.

Like the letters, it says due dates and not days gone by, so it changes only when what is owed changes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipelines.documents.reminder import Reminder, lower_first, owed, own_contact, reminders
from pipelines.documents.wording import count, day, sound_text
from schemas.consolidation import Consolidation

LONGEST = 300
"""Characters of a message to one unit."""
_RULE = "-" * 40


def messages_digest(result: Consolidation) -> str:
    """SHA-256 (hex) over the text."""
    return hashlib.sha256(messages(result).encode()).hexdigest()


def write_messages(result: Consolidation, path: Path) -> None:
    """Writes the text, in UTF-8 with a mark and Windows line ends, as Notepad likes it. Raises OSError."""
    path.write_text(messages(result), encoding="utf-8-sig", newline="\r\n")


def messages(result: Consolidation) -> str:
    """The whole text: how to use it, the message for the group, then one for each overdue unit."""
    owing = reminders(result)
    head = (
        f"TIN NHẮN ĐÔN ĐỐC – Kế hoạch số {result.plan.settings.number} – {result.round.label}\n"
        "Mỗi phần giữa hai dòng kẻ là một tin; chép phần chữ dưới dòng “Gửi:”."
    )
    blocks = [f"Gửi: nhóm chung của các đơn vị\n{group_message(owing, result)}"]
    blocks += [f"Gửi: {_recipient(reminder)}\n{unit_message(reminder, result)}" for reminder in owing]
    return "\n".join([head, *(f"{_RULE}\n{block}" for block in blocks), _RULE, ""])


def unit_message(reminder: Reminder, result: Consolidation) -> str:
    """The message to one unit, at most `LONGEST` characters: shortened where a name or a list of sheets is long."""
    name = sound_text(reminder.unit.name)
    for who, what in ((name, owed(reminder)), (name, _briefly(reminder)), (_cut(name, 90), _briefly(reminder))):
        text = _message(reminder, result, who, what)
        if len(text) <= LONGEST:
            return text
    return _cut(text, LONGEST)


def group_message(owing: tuple[Reminder, ...], result: Consolidation) -> str:
    """One message for all: who still owes what."""
    number = result.plan.settings.number
    report = lower_first(result.round.label)
    if not owing:
        return f"Không còn đơn vị nào quá hạn {report} (KH {number})."
    silent = [_named(r) for r in owing if r.shortfall == "nothing"]
    begun = [_named(r) for r in owing if r.shortfall != "nothing"]
    parts = [f"Kính gửi các đơn vị: còn {count(len(owing))} đơn vị quá hạn {report} (KH {number})."]
    parts += [f"Chưa gửi: {'; '.join(silent)}."] if silent else []
    parts += [f"Đã gửi, cần sửa hoặc bổ sung: {'; '.join(begun)}."] if begun else []
    dates = {_by_when(r) for r in owing}
    parts += [f"Đề nghị gửi {dates.pop()}."] if len(dates) == 1 else []
    return " ".join([*parts, "Trân trọng!"])


def _message(reminder: Reminder, result: Consolidation, who: str, what: str) -> str:
    settings = result.plan.settings
    contact = own_contact(result)
    phone = f" ĐT: {contact.phone}." if contact and contact.phone else ""
    return sound_text(
        f"Kính gửi {who}: {lower_first(result.round.label)} (KH {settings.number}) có hạn {day(reminder.due)}; "
        f"đến nay {what}. Đề nghị gửi {settings.office} {_by_when(reminder)}.{phone}"
    )


def _by_when(reminder: Reminder) -> str:
    """A message is sent as it is: where no date is fixed, it asks without one."""
    return f"chậm nhất ngày {day(reminder.new_date.by)}" if reminder.new_date else "trong thời gian sớm nhất"


def _briefly(reminder: Reminder) -> str:
    errors = f"còn {count(reminder.errors)} lỗi" if reminder.errors else "còn lỗi"
    return {
        "nothing": "chưa gửi báo cáo",
        "withdrawn": "chưa gửi bản thay",
        "parts": f"còn thiếu {count(len(reminder.missing))} biểu",
        "returned": f"đã gửi nhưng {errors}",
    }[reminder.shortfall]


def _named(reminder: Reminder) -> str:
    return sound_text(reminder.unit.name).strip()


def _recipient(reminder: Reminder) -> str:
    contact = reminder.contact
    known = (contact.office, contact.phone) if contact else ()
    return " – ".join([f"{_named(reminder)} ({reminder.unit.code})", *(sound_text(part) for part in known if part)])


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
