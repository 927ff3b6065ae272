"""The one clock of the system: Asia/Ho_Chi_Minh, and settable for demonstrations, tests and backfilling."""

from __future__ import annotations

import os
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VARIABLE = "TONGHOP_NOW"


class BadClock(ValueError):
    """`TONGHOP_NOW` cannot be read; the text says how to write it."""


class FutureDay(ValueError):
    """A day that has not come yet was asked about; the text says so."""


class NotEarlier(ValueError):
    """A day to compare with does not lie before the other; the text says so."""


def now() -> datetime:
    """The present moment in `TIMEZONE`: `TONGHOP_NOW` (ISO time with offset) where it is set, else the real one.

    Raises BadClock where `TONGHOP_NOW` cannot be read.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if not given:
        return datetime.now(TIMEZONE)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise BadClock(_complaint(given)) from None
    if moment.tzinfo is None:
        raise BadClock(_complaint(given))
    return moment.astimezone(TIMEZONE)


def today() -> date:
    """The present day in `TIMEZONE`."""
    return now().date()


def local_day(moment: datetime) -> date:
    """The day in `TIMEZONE` on which an aware moment falls. Raises ValueError for a moment without an offset."""
    if moment.tzinfo is None:
        raise ValueError(f"thời điểm {moment.isoformat()} không ghi múi giờ")
    return moment.astimezone(TIMEZONE).date()


def end_of_day(day: date) -> datetime:
    """The last moment of a day in `TIMEZONE`: what arrives up to then came on that day."""
    return datetime.combine(day, time.max, TIMEZONE)


def past_or_present(day: date) -> date:
    """The day, where it has come. Raises FutureDay."""
    if day > today():
        raise FutureDay(
            f"Ngày {day:%d/%m/%Y} chưa đến; số liệu chỉ tổng hợp được đến hết hôm nay ({today():%d/%m/%Y})."
        )
    return day


def earlier(day: date, later: date) -> date:
    """The day, where it lies before another. Raises NotEarlier."""
    if day >= later:
        raise NotEarlier(f"Ngày so sánh ({day:%d/%m/%Y}) phải trước ngày tổng hợp ({later:%d/%m/%Y}).")
    return day


def _complaint(given: str) -> str:
    return (
        f"{VARIABLE}=“{given}” không phải thời điểm hợp lệ; ghi theo dạng ISO kèm múi giờ, "
        "ví dụ 2022-05-10T20:00:00+07:00"
    )
