"""`cong-van-<unit>.docx`: a letter to each unit whose report is overdue.

A letter says when the report was due, what is still missing and by when it is asked for. It never says how many days
have gone by, so it says the same tomorrow; its number, the day and the signature are left to a person. Where the
office has not fixed a new date, that stays dots too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pipelines.clock import local_day
from pipelines.documents.official import DOTS, OfficialDocument, letterhead, signer_of
from pipelines.documents.wording import clauses, count, day, listed, sound_text
from schemas.consolidation import Consolidation
from schemas.decisions import Contact, Extension, NewDate
from schemas.plan import Settings, Unit
from schemas.results import Source, UnitStatus

EDITION = 1
"""Raised whenever the layout of letters changes, so that they are written again."""
MARKED_COPIES = "tra-lai"
"""Where marked copies lie in the outbox of a round, one folder a unit."""
Shortfall = Literal["nothing", "returned", "withdrawn", "parts"]


@dataclass(frozen=True, slots=True)
class Reminder:
    """What an overdue unit still owes.

    `shortfall`: nothing was sent; only rejected versions (`errors` in the newest, on the tabs `errors_on`, received on
    `received_on`); the accepted report was withdrawn and not replaced; or parts are missing (the tabs `missing`) – of
    such a report the newest part may have `errors` besides. `due`: the day that counts; `original_due`: without the
    `extension`. `new_date`: by when it is asked for, unless that has passed as well (`asked_before`) or lies before the
    unit's own due date. `due_document`: by which document the office set the due date the plan left open.
    """

    unit: Unit
    shortfall: Shortfall
    due: date
    original_due: date
    due_document: str
    extension: Extension | None
    new_date: NewDate | None
    asked_before: date | None
    contact: Contact | None
    errors: int = 0
    errors_on: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    received_on: date | None = None
    withdrawn: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a letter says. `year`: of signing; the rest of that day, and the number, are left open."""

    settings: Settings
    year: int
    subject: str
    addressee: str
    paragraphs: tuple[str, ...]
    receivers: tuple[str, ...]
    signer: str


def reminders(result: Consolidation) -> tuple[Reminder, ...]:
    """One reminder for each overdue unit, in the plan's order."""
    return tuple(_reminder(result, status) for status in result.units if status.state == "qua_han")


def letter(reminder: Reminder, result: Consolidation) -> Letter:
    """What is written to a unit. Of the day of the run it says the year alone."""
    settings = result.plan.settings
    office = settings.office
    contact = reminder.contact
    name = sound_text(reminder.unit.name).strip()
    who = f"bộ phận được giao báo cáo của {office}" if name == office else name
    addressee = who[:1].upper() + who[1:]
    if contact is not None and contact.office and contact.office != reminder.unit.name:
        addressee += f" (qua {contact.office})"
    return Letter(
        settings=settings,
        year=result.as_of.year,
        subject=f"V/v đôn đốc gửi {lower_first(result.round.label)} theo Kế hoạch số {settings.number}",
        addressee=addressee,
        paragraphs=(
            _grounds(reminder, result),
            _situation(reminder, result, who),
            _request(reminder, result, who),
            _closing(result, who),
        ),
        receivers=("Như trên", f"Lưu {office}"),
        signer=signer_of(settings),
    )


def reminder_digest(reminder: Reminder, result: Consolidation) -> str:
    """SHA-256 (hex) over what the letter says: it is written again only when that changes, not with every day."""
    return hashlib.sha256(repr((EDITION, letter(reminder, result))).encode()).hexdigest()


def write_reminder(reminder: Reminder, result: Consolidation, path: Path) -> None:
    """Writes the letter. Raises OSError."""
    said = letter(reminder, result)
    document = OfficialDocument(f"{said.subject} – {reminder.unit.name}", said.settings.office, result.as_of)
    document.head(letterhead(said.settings, "CV", said.year, said.subject))
    document.addressee(said.addressee)
    for paragraph in said.paragraphs:
        document.paragraph(paragraph)
    document.signature(said.receivers, said.signer)
    document.save(path)


def asked_by(reminder: Reminder, year: int) -> str:
    """`chậm nhất ngày 18/05/2022`; dots where the office has not fixed a date, or only one that has passed."""
    if reminder.new_date is not None:
        return f"chậm nhất ngày {day(reminder.new_date.by)}"
    return f"trước ngày {DOTS} tháng {DOTS} năm {year}"


def owed(reminder: Reminder) -> str:
    """What is missing, in a few words: `chưa gửi báo cáo`, `bản đã gửi còn 2 lỗi (B1 Hội nghị, B2 Học tập)` …"""
    errors = f"{count(reminder.errors)} lỗi" if reminder.errors else "lỗi"
    match reminder.shortfall:
        case "nothing":
            return "chưa gửi báo cáo"
        case "withdrawn":
            return "báo cáo đã được rút, chưa có bản thay"
        case "parts":
            faulty = f"; phần gửi gần nhất còn {errors}" if reminder.errors else ""
            return f"mới gửi một phần, còn thiếu {', '.join(reminder.missing)}{faulty}"
        case "returned":
            places = f" ({', '.join(reminder.errors_on)})" if reminder.errors_on else ""
            return f"bản đã gửi còn {errors}{places}"


def own_contact(result: Consolidation) -> Contact | None:
    """Where the office itself is reached, where it is one of the plan's units."""
    own = next((u for u in result.plan.reporting_units if u.name == result.plan.settings.office), None)
    return result.decisions.contact(own.code) if own else None


def lower_first(text: str) -> str:
    """The text as it stands within a sentence."""
    return text[:1].lower() + text[1:]


def _reminder(result: Consolidation, status: UnitStatus) -> Reminder:
    decisions, round_id, code = result.decisions, result.round.id, status.unit.code
    newest = max((s for s in result.sources if s.unit.code == code), key=lambda s: s.version, default=None)
    assert status.due is not None, "only what was due can be overdue"
    asked = decisions.new_date(round_id)
    useful = asked if asked is not None and asked.by > status.due else None
    passed = useful is not None and useful.by < result.as_of
    set_by = next((d.basis.document for d in decisions.round_dues if d.round == round_id), "")
    return Reminder(
        unit=status.unit,
        shortfall=_shortfall(status, newest),
        due=status.due,
        original_due=status.original_due or result.round.due or status.due,
        due_document=set_by,
        extension=status.extension,
        new_date=None if passed else useful,
        asked_before=useful.by if useful is not None and passed else None,
        contact=decisions.contact(code),
        errors=status.errors,
        errors_on=_faulty_tabs(result, newest),
        missing=tuple(result.plan.sheet(sheet).tab for sheet in status.missing),
        received_on=local_day(newest.received_at) if newest else None,
        withdrawn=(newest.withdrawn or "") if newest else "",
    )


def _shortfall(status: UnitStatus, newest: Source | None) -> Shortfall:
    if status.missing:
        return "parts"
    if newest is None:
        return "nothing"
    return "withdrawn" if newest.withdrawn is not None else "returned"


def _faulty_tabs(result: Consolidation, newest: Source | None) -> tuple[str, ...]:
    """The tabs on which the newest version has errors, in the order of its findings."""
    if newest is None:
        return ()
    faulty = (
        f.finding.sheet
        for f in result.findings
        if f.unit.code == newest.unit.code and f.version == newest.version and f.finding.severity == "error"
    )
    return tuple(dict.fromkeys(tab for tab in faulty if tab))


def _grounds(reminder: Reminder, result: Consolidation) -> str:
    settings, round_ = result.plan.settings, result.round
    plan = f"Kế hoạch số {settings.number}, ngày {day(settings.issued_on)} của {settings.issuer} ({settings.title})"
    place = clauses(round_.clause)
    by = f" (theo {reminder.due_document})" if reminder.due_document else f" ({place})" if place else ""
    text = (
        f"Thực hiện {plan}, các đơn vị có trách nhiệm gửi {lower_first(round_.label)} về {settings.office} "
        f"chậm nhất ngày {day(reminder.original_due)}{by}."
    )
    if reminder.extension is None:
        return text
    document = reminder.extension.basis.document
    at = f" theo {document}" if document else ""
    return f"{text} Riêng {reminder.unit.name} được gia hạn đến hết ngày {day(reminder.extension.due)}{at}."


def _situation(reminder: Reminder, result: Consolidation, who: str) -> str:
    office = result.plan.settings.office
    again = ""
    if reminder.asked_before is not None:
        again = f" Thời hạn nộp bù (ngày {day(reminder.asked_before)}) cũng đã qua."
    received = f" nhận ngày {day(reminder.received_on)}" if reminder.received_on else ""
    places = f" ở {listed([f'trang “{tab}”' for tab in reminder.errors_on])}" if reminder.errors_on else ""
    errors = f"{count(reminder.errors)} lỗi{places}" if reminder.errors else "lỗi"
    marked = f"tệp đã đánh dấu từng ô cần sửa được trả lại tại thư mục “{MARKED_COPIES}/{reminder.unit.code}”"
    match reminder.shortfall:
        case "nothing":
            return f"Qua theo dõi, đến nay {office} chưa nhận được báo cáo của {who}.{again}"
        case "withdrawn":
            reason = f" ({reminder.withdrawn})" if reminder.withdrawn else ""
            return f"Báo cáo đã gửi của {who} đã được rút lại{reason}, đến nay {office} chưa nhận được bản thay.{again}"
        case "parts":
            faulty = f" Phần gửi gần nhất{received} còn {errors}; {marked}." if reminder.errors else ""
            missing = listed([f"biểu “{tab}”" for tab in reminder.missing])
            return (
                f"Qua theo dõi, {office} mới nhận được một phần báo cáo của {who}; còn thiếu {missing}.{faulty}{again}"
            )
        case "returned":
            return (
                f"{office} đã nhận báo cáo của {who}, nhưng chưa tổng hợp được, vì bản gần nhất{received} "
                f"còn {errors}; {marked}.{again}"
            )


def _request(reminder: Reminder, result: Consolidation, who: str) -> str:
    settings = result.plan.settings
    task = {
        "nothing": "hoàn thành và gửi báo cáo theo mẫu đã cấp",
        "returned": "sửa các lỗi đã nêu và gửi lại báo cáo",
        "withdrawn": "hoàn thành và gửi báo cáo thay thế theo mẫu đã cấp",
        "parts": "hoàn thành và gửi các biểu còn thiếu",
    }[reminder.shortfall]
    return (
        f"Để bảo đảm tiến độ tổng hợp, báo cáo {settings.issuer}, {settings.office} đề nghị {who} "
        f"khẩn trương {task} về {settings.office} {asked_by(reminder, result.as_of.year)}."
    )


def _closing(result: Consolidation, who: str) -> str:
    settings = result.plan.settings
    contact = own_contact(result)
    text = (
        f"Trường hợp báo cáo đã được gửi trước khi nhận công văn này, đề nghị thông báo lại để {settings.office} "
        f"đối chiếu. Rất mong {who} quan tâm, phối hợp thực hiện."
    )
    if contact is not None and contact.phone:
        text += f" Thông tin cần trao đổi, xin liên hệ {settings.office}, điện thoại {contact.phone}."
    return text
