"""`tonghop control`: the office's control workbook, with what is in force now."""

from __future__ import annotations

from pathlib import Path

from pipelines.cli.asking import dataset_of
from pipelines.cli.faults import Refused
from pipelines.cli.options import console
from pipelines.controlling import issue_control
from pipelines.dataset import open_dataset
from pipelines.plans import Plans
from pipelines.store import Home, run_lock
from schemas.control import CONTROL_UNIT


def write_control_workbook(plan_id: str | None, out: Path | None) -> None:
    """Raises UnknownName, PlanFaults, Busy, OSError, Refused where one file is asked for several plans."""
    home = Home.locate().prepare()
    if out is not None and plan_id is None and len(Plans(home).active()) > 1:
        raise Refused("Có nhiều kế hoạch đang hoạt động. Nêu kế hoạch bằng --plan khi dùng --out.")
    with run_lock(home, "ghi sổ điều hành", brief=True), open_dataset(dataset_of(home)) as connection:
        written = issue_control(connection, home, plan_id, out)
    if not written:
        raise Refused("Không có kế hoạch nào đang hoạt động. Nêu kế hoạch bằng --plan.")
    for path in written:
        console().print(f"Sổ điều hành: {path}")
    console().print(f"Sửa xong, chép vào: {home.inbox / CONTROL_UNIT}")
