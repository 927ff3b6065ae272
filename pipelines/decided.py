"""The office's decisions as a run knows them: put in force on its plans, and told in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipelines.clock import local_day, now
from pipelines.dataset import Connection, DatasetDamaged, open_dataset
from pipelines.governing import decisions_known
from pipelines.plans import Plans
from pipelines.store import Home
from schemas.decisions import Decisions


def put_in_force(plans: Plans, connection: Connection, moment: datetime) -> None:
    """Tells the plans what the office had decided by a moment, in force as of that day."""
    faulty = plans.faulty()
    known = {
        plan_id: decisions_known(connection, plans.base(plan_id), moment)
        for plan_id in plans.ids
        if plan_id not in faulty
    }
    plans.govern(known, local_day(moment))


def govern(home: Home, plans: Plans, waiting: Callable[[str], None] | None = None) -> None:
    """Puts in force what is decided by now, outside of a run; nothing where nothing has ever arrived.

    `waiting`: as `open_dataset` takes it. Raises DatasetInUse; DatasetDamaged, where it has to be rebuilt too.
    """
    if not home.dataset.is_file() and any(home.archive.glob("??/*.json")):
        raise DatasetDamaged("Kho dữ liệu không còn nhưng kho lưu vẫn có tệp. Chạy “tonghop rebuild” rồi thử lại.")
    if home.dataset.is_file():
        with open_dataset(home.dataset, waiting=waiting) as connection:
            put_in_force(plans, connection, now())


def decided_words(decisions: Decisions) -> str:
    """`2 gia hạn, 1 miễn báo cáo, 1 thay đổi đơn vị`."""
    whole = sum(exemption.sheet is None for exemption in decisions.exemptions)
    counts = (
        (len(decisions.round_dues) + len(decisions.deadlines), "thời hạn ấn định"),
        (len(decisions.new_dates), "ngày nộp bù"),
        (len(decisions.extensions), "gia hạn"),
        (whole, "miễn báo cáo"),
        (len(decisions.exemptions) - whole, "miễn một biểu"),
        (len(decisions.unit_changes), "thay đổi đơn vị"),
        (len(decisions.contacts), "nơi liên hệ"),
    )
    return ", ".join(f"{count} {what}" for count, what in counts if count) or "không có quyết định nào"
