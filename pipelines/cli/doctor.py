"""`tonghop doctor`: what is wrong with this installation, in plain words."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from pipelines.archive import Archive, ArchiveDamaged
from pipelines.cli.options import console, pieces
from pipelines.clock import BadClock, local_day, now
from pipelines.dataset import DatasetDamaged, DatasetInUse, open_dataset
from pipelines.key_files import read_stamped
from pipelines.key_ring import known_keys, replaced_on
from pipelines.losses import losses
from pipelines.plans import Plans
from pipelines.stamp import BadKey, Key, given_secret, is_strange, load_key, strange_words
from pipelines.store import CHECKOUT, Busy, Home, run_lock
from schemas.plan_fault import PlanFaults
from schemas.system_fault import sentence_of_system

Level = Literal["ok", "note", "fault"]
Line = tuple[Level, str]
_MARKS = {"ok": ("✓", "green"), "note": ("!", "yellow"), "fault": ("✗", "red")}
_ROOM = 1024**3
_WRITABLE_BY_OTHERS, _ENTERED_BY_OTHERS = 0o022, 0o055
_SHORTEST_SECRET = 24
"""Characters of a secret that nobody guesses."""


def examine() -> int:
    """Says each thing looked at; returns 1 where something has to be mended, else 0."""
    home = Home.locate()
    faults = 0
    for look in (_python, _lock_file, _clock, _folders, _room, _plans, _key, _run, _dataset, _helpers):
        for level, text in _safely(look, home):
            console().print(pieces(_MARKS[level], f" {text}"))
            faults += level == "fault"
    console().print("Không thấy gì phải sửa." if not faults else f"{faults} điều phải sửa (dấu ✗).")
    return 1 if faults else 0


def _safely(look: Callable[[Home], Iterator[Line]], home: Home) -> Iterator[Line]:
    try:
        yield from look(home)
    except OSError as fault:
        yield "fault", f"Không xem được một mục. {sentence_of_system(fault)}"
    except BadClock:
        yield "note", "Một mục chưa xem được vì TONGHOP_NOW sai"


def _python(_: Home) -> Iterator[Line]:
    version = ".".join(str(n) for n in sys.version_info[:3])
    yield ("ok", f"Python {version}") if sys.version_info >= (3, 11) else ("fault", f"Python {version}: cần từ 3.11")


def _lock_file(_: Home) -> Iterator[Line]:
    mark = Path(sys.prefix) / "tonghop-requirements.lock"
    lock = CHECKOUT / "requirements.lock"
    if not mark.is_file():
        yield "note", "Môi trường này không do lệnh ./tonghop dựng nên không biết có đúng các phiên bản đã khoá không."
    elif mark.read_bytes() != lock.read_bytes():
        yield "fault", "Thư viện chưa theo requirements.lock mới; chạy lại ./tonghop để cài."
    else:
        yield "ok", "Các thư viện đúng theo requirements.lock"


def _clock(_: Home) -> Iterator[Line]:
    try:
        moment = now()
    except BadClock as fault:
        yield "fault", str(fault)
        return
    if os.environ.get("TONGHOP_NOW"):
        yield "note", f"Đồng hồ đang bị đặt bằng TONGHOP_NOW: {moment:%H:%M ngày %d/%m/%Y}"
    else:
        yield "ok", f"Bây giờ là {moment:%H:%M ngày %d/%m/%Y}, giờ Việt Nam"


def _folders(home: Home) -> Iterator[Line]:
    home.prepare()
    for folder in (home.inbox, home.outbox, home.store):
        probe = folder / f".thu-ghi-{os.getpid()}"
        try:
            probe.write_bytes(b"")
            probe.unlink()
            yield "ok", f"Ghi được vào {folder}"
        except OSError as fault:
            yield "fault", f"Không ghi được vào {folder}. {sentence_of_system(fault)}"


def _room(home: Home) -> Iterator[Line]:
    free = shutil.disk_usage(home.store).free
    text = f"Ổ đĩa còn trống {free / 1024**3:.1f} GiB"
    yield ("ok", text) if free > _ROOM else ("fault", text + ": cần ít nhất 1 GiB")


def _plans(home: Home) -> Iterator[Line]:
    plans = Plans(home)
    for plan_id in plans.ids:
        try:
            plan = plans.get(plan_id)
            yield "ok", f"Kế hoạch {plan.settings.number} ({plan_id}) hợp lệ"
        except PlanFaults as faults:
            yield "fault", f"Kế hoạch {plan_id} có {len(faults.faults)} lỗi; xem: tonghop plan check {plan_id}"


def _key(home: Home) -> Iterator[Line]:
    try:
        key, stamped = load_key(home, create=False), read_stamped(home)
    except BadKey as fault:
        yield "fault", str(fault)
        return
    yield from _open_store(home)
    if key is None and (stamped or any(home.archive.glob("*/*"))):
        yield "fault", f"Mất khoá đóng dấu {home.secret_key}: khôi phục từ bản sao lưu, hoặc đặt biến TONGHOP_KEY."
    elif key is None:
        yield "note", "Chưa có khoá đóng dấu biểu mẫu; lệnh templates hoặc run đầu tiên sẽ tạo."
    elif is_strange(key, stamped):
        yield "fault", strange_words(key, stamped)
    else:
        source = "lấy từ biến TONGHOP_KEY" if given_secret() else "có sẵn"
        yield "ok", f"Khoá đóng dấu biểu mẫu {source}: {key.fingerprint}"
        yield from _rotation(home, key)


def _open_store(home: Home) -> Iterator[Line]:
    """What others on this machine may do in the store. Windows has no such modes."""
    mode = home.store.stat().st_mode if os.name == "posix" else 0
    if mode & _WRITABLE_BY_OTHERS:
        yield "note", f"Người khác trên máy ghi được vào {home.store}, tức thay được khoá; chạy: chmod 700 {home.store}"
    elif mode & _ENTERED_BY_OTHERS:
        yield "note", f"Người khác trên máy đọc được các báo cáo gốc trong {home.store}; chạy: chmod 700 {home.store}"


def _rotation(home: Home, key: Key) -> Iterator[Line]:
    """What is to be known of a key that was replaced, and of one that is too short."""
    replaced = replaced_on(home, key)
    if given_secret() and replaced:
        yield "note", "Đã thay khoá nhưng TONGHOP_KEY vẫn là giá trị cũ: đặt giá trị mới rồi chạy “tonghop templates”."
    if len(key.secret) < _SHORTEST_SECRET:
        yield "note", "TONGHOP_KEY ngắn, có thể đoán được từ một biểu mẫu đã phát; nên thay bằng 64 ký tự ngẫu nhiên."
    for one in known_keys(home, local_day(now())):
        if one.state == "accepted" and one.until:
            yield "ok", f"Dấu của khoá trước {one.fingerprint} còn được nhận đến hết ngày {one.until:%d/%m/%Y}"
        if one.state == "missing":
            yield "note", f"Khoá {one.fingerprint} từng đóng dấu ở đây nhưng không còn: dấu đó không được nhận ra."


def _run(home: Home) -> Iterator[Line]:
    try:
        with run_lock(home, "tự kiểm tra", brief=True):
            yield "ok", "Không có lần chạy nào đang giữ kho"
    except Busy as busy:
        yield "note", str(busy)


def _dataset(home: Home) -> Iterator[Line]:
    try:
        notes = Archive(home.archive).notes()
    except ArchiveDamaged as fault:
        yield "fault", f"Kho lưu hỏng: {fault}"
        return
    if not home.dataset.exists():
        level: Level = "note" if notes else "ok"
        yield level, "Chưa có kho dữ liệu" + ("; chạy tonghop rebuild" if notes else " (chưa nhận tệp nào)")
        return
    try:
        with open_dataset(home.dataset) as connection:
            ((count,),) = connection.execute("SELECT count(*) FROM submissions").fetchall()
            lost = losses(home, connection)
        if lost:
            yield "fault", f"Lưu ý: {lost.sentence}. Chạy “tonghop verify” rồi khôi phục từ bản sao lưu."
        yield "ok", f"Kho dữ liệu mở được: {count} bản nộp; kho lưu có {len(notes)} tệp"
    except DatasetInUse as busy:
        yield "note", str(busy)
    except OSError as fault:
        yield "fault", f"Không mở được kho dữ liệu. {sentence_of_system(fault)}"
    except DatasetDamaged as fault:
        yield "fault", str(fault)
    except Exception:  # noqa: BLE001 - whatever keeps the cache from being read, the remedy is the same
        yield "fault", f"Kho dữ liệu {home.dataset} thiếu bảng hoặc cột; chạy “tonghop rebuild” để dựng lại từ kho lưu."


def _helpers(_: Home) -> Iterator[Line]:
    for program, use in (("soffice", "LibreOffice"), ("chromium", "Chromium")):
        if shutil.which(program) is None:
            yield "note", f"Không có {use}: chỉ một số kiểm thử bị bỏ qua, việc hằng ngày không cần"
