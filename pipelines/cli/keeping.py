"""`tonghop verify`, `backup` and `restore`: that the archive is whole, and that there is another one elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.backing_up import BackedUp, back_up_home
from pipelines.cli.asking import say_aside
from pipelines.cli.options import Tell, console, progress_bar
from pipelines.plans import Plans
from pipelines.restoring import Restored, restore
from pipelines.spoken_text import json_text
from pipelines.store import Home, run_lock
from pipelines.verifying import Audit, Compared, compare_dataset, verify

_SHOWN = 20
"""Names that are told one by one of what is no fault."""


def verify_archive(*, dataset: bool, as_json: bool) -> int:
    """`tonghop verify`: 0 where all is as it was, else 1. Raises Busy, DatasetInUse, DatasetDamaged, OSError."""
    home = Home.locate()
    with progress_bar() as tell:
        audit = verify(home, lambda n, of: tell("Tính lại SHA-256", n, of), say_aside)
        compared = _compared(home, tell) if dataset and not audit.faults and audit.has_dataset else None
    whole = not audit.faults and not (compared and compared.differing)
    if as_json:
        print(json_text(_shape(audit, compared, whole=whole)))
    else:
        _tell(audit, compared, asked=dataset)
    return 0 if whole else 1


def back_up(file: Path) -> None:
    """`tonghop backup`. Raises BadBackup, Busy, ArchiveDamaged, BadKey, OSError."""
    home = Home.locate()
    with progress_bar() as tell:
        done = back_up_home(home, file, tell)
    for line in _backed_up(done, file):
        console().print(line)


def restore_home(file: Path, *, replace: bool) -> None:
    """`tonghop restore`. Raises BadBackup, Busy, and what a rebuild raises."""
    home = Home.locate()
    with progress_bar() as tell:
        done = restore(home, file, replace=replace, progress=tell)
    for line in _restored(home, done):
        console().print(line)


def _compared(home: Home, tell: Tell) -> Compared:
    with run_lock(home, "soát kho dữ liệu"):
        return compare_dataset(home, Plans(home), lambda n, of: tell("Dựng lại để so", n, of))


def _tell(audit: Audit, compared: Compared | None, *, asked: bool) -> None:
    out = console()
    for fault in audit.faults:
        out.print(f"✗ {fault.message}", style="red")
    for what, found in (("Không có ghi chú hoặc ghi dở", audit.left), ("Tệp lạ trong kho lưu", audit.strangers)):
        for place in found[:_SHOWN]:
            out.print(f"! {what}: {place}", style="yellow")
        if len(found) > _SHOWN:
            out.print(f"! {what}: và {len(found) - _SHOWN} tệp nữa (xem đủ: --json).", style="yellow")
    if audit.left:
        out.print("  Do một lần chạy bị ngắt hoặc đang chạy; tệp còn trong inbox/ được nhận lại ở lần chạy sau.")
    if audit.unsealed:
        out.print(f"! {audit.unsealed} ghi chú từ bản cũ, chưa có mã kiểm của chính nó.", style="yellow")
    if audit.undecided:
        out.print(f"! {audit.undecided} tệp chưa có kết luận; lần chạy sau xét tiếp.", style="yellow")
    if not audit.has_dataset:
        out.print("! Kho dữ liệu chưa có hoặc không còn; chạy “tonghop rebuild” để dựng lại.", style="yellow")
    _tell_rows(audit, compared, asked=asked)
    size = f"{audit.size / 1024**2:.1f}".replace(".", ",")
    looked = f"{audit.files} tệp ({size} MiB), {audit.plans} phiên bản kế hoạch"
    if audit.faults:
        out.print(f"Kho lưu KHÔNG nguyên vẹn: {len(audit.faults)} điều phải sửa trong {looked}.", style="bold red")
    else:
        out.print(f"Kho lưu nguyên vẹn: {looked}.", style="green")


def _tell_rows(audit: Audit, compared: Compared | None, *, asked: bool) -> None:
    out = console()
    if compared is None:
        if asked and audit.faults:
            out.print("! Chưa so kho dữ liệu: phải sửa kho lưu trước.", style="yellow")
        return
    for one in compared.differing:
        out.print(
            f"✗ Bảng {one.table}: {one.only_here} dòng chỉ có trong kho dữ liệu, "
            f"{one.only_there} dòng chỉ có khi dựng lại. Chạy “tonghop rebuild”.",
            style="red",
        )
    if not compared.differing:
        out.print(f"Kho dữ liệu đúng như dựng lại từ kho lưu: {len(compared.tables)} bảng.", style="green")


def _shape(audit: Audit, compared: Compared | None, *, whole: bool) -> dict[str, Any]:
    return {
        "intact": whole,
        "files": audit.files,
        "bytes": audit.size,
        "plan_versions": audit.plans,
        "faults": [{"kind": f.kind, "path": f.path, "sha256": f.sha256, "message": f.message} for f in audit.faults],
        "left_behind": audit.left,
        "strangers": audit.strangers,
        "notes_without_digest": audit.unsealed,
        "undecided": audit.undecided,
        "dataset": {
            "exists": audit.has_dataset,
            "compared": compared is not None,
            "tables": compared.tables if compared else [],
            "differing": [
                {"table": d.table, "only_in_dataset": d.only_here, "only_in_archive": d.only_there}
                for d in (compared.differing if compared else ())
            ],
        },
    }


def _backed_up(done: BackedUp, file: Path) -> list[str]:
    size = f"{file.expanduser().stat().st_size / 1024**2:.1f}".replace(".", ",")
    lines = [f"Đã sao lưu {done.files} tệp ({size} MiB), trong đó {done.archived} tệp đã nhận, vào {file}."]
    if done.waiting:
        lines.append(
            f"{done.waiting} tệp còn trong inbox/ chưa vào kho lưu nên không có trong bản sao lưu: "
            "chạy “tonghop run” trước khi sao lưu, nếu không thì thời điểm đến của chúng không giữ được. "
            "Tệp mà “tonghop run” báo là không nhận được thì không bao giờ có trong bản sao lưu."
        )
    lines += [f"Bỏ qua, không đọc được hoặc tên không ghi được: {name}" for name in done.skipped[:_SHOWN]]
    if len(done.skipped) > _SHOWN:
        lines.append(f"… và {len(done.skipped) - _SHOWN} tệp nữa.")
    if done.key == "variable":
        lines.append(
            "Khoá đang dùng ở biến TONGHOP_KEY, KHÔNG có trong bản sao lưu: giữ riêng giá trị đó ở nơi an toàn."
        )
    elif done.key == "file":
        lines.append("Bản sao lưu chứa khoá đóng dấu: giữ kín như giữ con dấu.")
    return lines


def _restored(home: Home, done: Restored) -> list[str]:
    lines = [f"Đã làm nốt lần khôi phục bị ngắt: {done.archived} tệp trong kho lưu, kho dữ liệu đã dựng lại."]
    if done.listed is not None:
        when = f"lúc {done.listed.at:%H:%M ngày %d/%m/%Y}"
        lines = [f"Đã khôi phục bản sao lưu {when}: {done.archived} tệp trong kho lưu, kho dữ liệu đã dựng lại."]
    lines += [f"Những gì có ở đây trước đó nằm trong: {home.root / name}" for name in done.aside]
    if not done.has_key:
        lines.append("Không có tệp khoá trong bản sao lưu: đặt lại biến TONGHOP_KEY trước khi chạy tiếp.")
    lines.append(
        "Việc tiếp theo: “tonghop verify --dataset” để soát, “tonghop doctor”, "
        "chép lại những tệp chưa nhận vào inbox/, rồi “tonghop run”."
    )
    return lines
