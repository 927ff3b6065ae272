"""`tonghop demo`: the whole way on a province in miniature, through the Prefect flow, and what to open at its end."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

from pipelines.cli.faults import Refused
from pipelines.cli.options import Tell, console, progress_bar
from pipelines.controlling import issue_control
from pipelines.dataset import open_dataset
from pipelines.demo.province import ANSWERS, AlreadyPlayedError, play
from pipelines.demo.summary import RateLine, nights_table, rates_table, show
from pipelines.issuing import issue_templates
from pipelines.nightly import RUNNING, Request
from pipelines.publishing import HISTORY, LETTERS, OF_GROUPS, OF_UNITS, PAGE, REPORT, WORKBOOK, round_folder
from pipelines.store import CHECKOUT, Home, run_lock
from schemas.consolidation import Consolidation
from schemas.control import CONTROL_ROUND
from schemas.results import INDICATOR_STATES

PLAN, ROUND = "kh70_2022", "ket_qua"


def run_demo(directory: Path | None) -> None:
    """Plays the province in `directory`; without one in `demo/`, in place of an earlier demo there. Raises Refused."""
    place = (directory or CHECKOUT / "demo").resolve()
    if directory is None and (place / ANSWERS).is_file():
        shutil.rmtree(place)
    elif place.exists() and any(place.iterdir()) and not (place / ANSWERS).is_file():
        raise Refused(f"Thư mục “{place}” đã có tệp khác. Chọn thư mục trống bằng --dir.")
    os.environ["TONGHOP_HOME"] = str(place)
    home = Home.locate()
    results: dict[date, Consolidation] = {}
    with progress_bar() as tell:
        from pipelines.flow import run_flow

        def control() -> Path:
            with run_lock(home, "ghi sổ điều hành", brief=True), open_dataset(home.dataset) as connection:
                return issue_control(connection, home, PLAN)[0]

        def night(day: date) -> None:
            with run_lock(home, RUNNING):
                outcome = run_flow(Request(home, PLAN, ROUND), _of_night(tell, day))
            results[day] = outcome.results[0]

        try:
            play(
                place,
                lambda: {path.stem: path for path in issue_templates(home, PLAN, ROUND, progress=tell)},
                control,
                night,
                lambda line: console().print(line),
            )
        except AlreadyPlayedError as fault:
            raise Refused(str(fault)) from fault
    _show(home, results)


def _of_night(tell: Tell, day: date) -> Tell:
    return lambda what, done, total: tell(f"{day:%d/%m}: {what}", done, total)


def _show(home: Home, results: dict[date, Consolidation]) -> None:
    last = max(results)
    lines = [
        RateLine(
            id=t.id,
            label=t.label,
            numerator=t.numerator,
            denominator=t.denominator,
            units_reported=t.units_reported,
            units_expected=t.units_expected,
            state=(INDICATOR_STATES[t.state] if t.state else "–")
            + (f", {t.days_overdue} ngày" if t.days_overdue else ""),
        )
        for t in results[last].indicators
    ]
    nights = nights_table({day: result.state_counts() for day, result in results.items()})
    show(console(), [nights, rates_table(lines, last)], _to_open(home, results[last]))


def _to_open(home: Home, result: Consolidation) -> dict[str, Path]:
    """What there is to look at, and where."""
    folder = round_folder(home, PLAN, ROUND)
    rejected = next((s.unit.code for s in result.sources if s.verdict == "rejected"), None)
    found = {
        "Trang tình hình (mở bằng trình duyệt)": folder / PAGE,
        "Bảng tổng hợp mới nhất": folder / WORKBOOK,
        "Bảng tổng hợp ngày đến hạn": folder / HISTORY / "2022-05-10" / WORKBOOK,
        "Dự thảo báo cáo kết quả (Word)": folder / REPORT,
        "Công văn, tin nhắn đôn đốc": folder / LETTERS,
        "Bảng tổng hợp của từng nhóm đơn vị": folder / OF_GROUPS,
        "Bảng tổng hợp của từng đơn vị có tổ chức trực thuộc": folder / OF_UNITS,
        "Biểu mẫu trắng": folder / "mau",
    }
    if rejected:
        found[f"Phiếu tiếp nhận của đơn vị {rejected} (có bản bị trả lại)"] = folder / "phieu-tiep-nhan" / rejected
        found[f"Bản đánh dấu để đơn vị {rejected} sửa"] = folder / "tra-lai" / rejected
    found["Sổ điều hành và phiếu tiếp nhận của sổ"] = home.round_folder(PLAN, CONTROL_ROUND)
    found["Tệp không đọc được và lý do"] = home.outbox / "khong-doc-duoc"
    return found
