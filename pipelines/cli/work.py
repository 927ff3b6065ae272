"""Commands that change something: templates, run, withdraw, export, rebuild, test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipelines.archive import Archive, Note
from pipelines.cli.asking import asked, dataset_of
from pipelines.cli.faults import Refused
from pipelines.cli.options import console, progress_bar
from pipelines.clock import end_of_day, now, today
from pipelines.dataset import ensure_sheets, open_dataset, read
from pipelines.decided import put_in_force
from pipelines.export import FORMATS, export_files
from pipelines.issuing import issue_templates
from pipelines.losses import known_losses
from pipelines.nightly import RUNNING, Night, Outcome, Request, run_held
from pipelines.owed import book_owed_withdrawal, withdraw
from pipelines.plans import Plans
from pipelines.publishing import book_of
from pipelines.rebuilding import rebuild
from pipelines.store import CHECKOUT, Home, run_lock
from pipelines.summing_up import outcome_lines
from schemas.control import base_id
from schemas.submission import ACCEPTED


def write_templates(plan: str | None, round_id: str | None, unit: str | None) -> None:
    """`tonghop templates`. Raises UnknownName, PlanFaults, OSError."""
    home = Home.locate()
    with progress_bar() as tell:
        written = issue_templates(home, plan, round_id, unit, tell)
    folders = sorted({str(path.parent) for path in written})
    console().print(f"Đã có {len(written)} biểu mẫu trong:")
    for folder in folders:
        console().print(f"  {folder}")


def run_night_now(
    plan: str | None, round_id: str | None, as_of: date | None, since: date | None, *, direct: bool
) -> None:
    """`tonghop run`. Raises UnknownName, PlanFaults, Busy, FutureDay, NotEarlier, OSError."""
    home = Home.locate().prepare()
    request = Request(home, plan, round_id, as_of, since)
    with run_lock(home, RUNNING), progress_bar() as tell:
        Night(request)  # a wrong name, a wrong day or another run is said before anything is started
        if direct:
            outcome = run_held(request, tell)
        else:
            tell("Khởi động Prefect", 0, len(Night.STAGES))
            from pipelines.flow import run_flow

            outcome = run_flow(request, tell)
    show_outcome(home, outcome)


def show_outcome(home: Home, outcome: Outcome) -> None:
    """Tells what a night did, and which workbooks to open, those that did not change too."""
    for line in outcome_lines(outcome):
        console().print(f"- {line}")
    books = [book_of(home, result) for result in outcome.results]
    for path in (*(p for p in books if p.is_file()), *outcome.diverted):
        console().print(f"  Mở: {path}")


def withdraw_submission(sha256: str, reason: str) -> None:
    """`tonghop withdraw`. Raises Refused where the name fits no archived file, or more than one."""
    home = Home.locate().prepare()
    if not reason.strip():
        raise Refused("Cần ghi lý do rút bản nộp (--reason).")
    archive = Archive(home.archive)
    with run_lock(home, "rút bản nộp", brief=True), open_dataset(dataset_of(home)) as connection:
        book_owed_withdrawal(home, connection)
        note = _archived(archive, sha256.strip().lower())
        if note.withdrawals:
            raise Refused(f"Bản {note.sha256[:12]}… đã được rút từ {note.withdrawals[0].at:%d/%m/%Y}.")
        booked = read(connection, "SELECT * FROM submissions WHERE sha256 = $sha", {"sha": note.sha256})
        if not booked or booked[0]["verdict"] not in ACCEPTED:
            raise Refused(f"Bản {note.sha256[:12]}… không phải bản được chấp nhận nên không có gì để rút.")
        withdraw(home, connection, note.sha256, reason.strip())
    row = booked[0]
    out = console()
    whose = f"của đơn vị {row['unit']}, kỳ {row['round']}"
    if base_id(row["plan"]) is not None:
        whose = "là sổ điều hành; sổ nhận trước đó, nếu có, lại có hiệu lực"
    out.print(f"Đã rút tệp “{row['source_name']}” {whose}.")
    out.print(
        f"Xem bản nào được tính: tonghop history {row['unit']}. Ghi lại bảng tổng hợp: tonghop run.", markup=False
    )


def _archived(archive: Archive, start: str) -> Note:
    """The one archived file whose SHA-256 begins so. Raises Refused."""
    if len(start) < 8:
        raise Refused(f"Mã “{start}” quá ngắn: ghi ít nhất 8 ký tự đầu của SHA-256.")
    found = [note for note in archive.notes() if note.sha256.startswith(start)]
    if len(found) != 1:
        problem = "khớp nhiều bản nộp" if found else "không khớp bản nộp nào"
        raise Refused(f"Mã “{start}” {problem} trong kho lưu. Xem mã bằng lệnh: tonghop history ĐƠN_VỊ")
    return found[0]


def export_dataset(out: Path, form: str, plan_id: str | None) -> None:
    """`tonghop export`: what counts now, of one plan or all active ones. Raises Refused, UnknownName, OSError."""
    kind = FORMATS.get(form.lower())
    if kind is None:
        raise Refused(f"Không có định dạng “{form}”. Chọn {' hoặc '.join(FORMATS)}.")
    home = Home.locate()
    plans = Plans(home)
    bases = [plans.base(plan_id)] if plan_id else plans.active()
    with asked(home) as connection:
        put_in_force(plans, connection, now())
        chosen = [plans.get(base.id) for base in bases]
        for plan in chosen:
            ensure_sheets(connection, plan)
            folder = out if len(chosen) == 1 else out / plan.id
            for path in export_files(connection, plan, plan.rounds, end_of_day(today()), folder, kind):
                console().print(str(path))


def rebuild_dataset(*, force: bool) -> None:
    """`tonghop rebuild`. Raises Busy, ArchiveDamaged, BadKey, OSError."""
    home = Home.locate().prepare()
    with run_lock(home, "dựng lại kho dữ liệu"), progress_bar() as tell:
        lost = known_losses(home) if force else None
        count = rebuild(home, Plans(home), lambda n, of: tell("Đọc kho lưu", n, of), force=force)
    console().print(f"Đã dựng lại kho dữ liệu từ {count} tệp trong kho lưu.")
    if lost:
        console().print(f"! Chấp nhận mất (--force): {lost.sentence}.", style="yellow")


def run_tests(arguments: Sequence[str]) -> int:
    """`tonghop test`: pytest over the checkout; its own exit code."""
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode
