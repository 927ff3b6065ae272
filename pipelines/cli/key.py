"""`tonghop key list` and `tonghop key rotate`: the keys of the stamps by their fingerprints; no secret is shown."""

from __future__ import annotations

from datetime import date, timedelta

from rich.table import Table

from pipelines.cli.faults import Refused
from pipelines.cli.options import console
from pipelines.clock import today
from pipelines.key_ring import KeyState, KnownKey, Rotation, known_keys, rotate
from pipelines.spoken_text import json_text
from pipelines.store import Home, run_lock

STILL_TAKEN = timedelta(days=30)
_STATES: dict[KeyState, str] = {
    "current": "đang dùng",
    "accepted": "khoá trước, dấu còn được nhận",
    "expired": "khoá trước, dấu hết hạn nhận",
    "missing": "không có ở đây: dấu không còn được nhận ra",
}
_NEW_VALUE = 'python -c "import secrets; print(secrets.token_hex(32))"'


def show_keys(*, as_json: bool) -> None:
    """`tonghop key list`. Raises BadKey, OSError."""
    keys = known_keys(Home.locate(), today())
    if as_json:
        print(json_text([_shape(key) for key in keys]))
        return
    if not keys:
        console().print("Chưa có khoá nào; lệnh templates hoặc run đầu tiên sẽ tạo.")
        return
    table = Table(title="Khoá đóng dấu", title_justify="left")
    for header in ("Khoá", "Đóng dấu từ", "Nhận đến hết ngày", "Trạng thái"):
        table.add_column(header, overflow="fold")
    for key in keys:
        since = f"{key.since:%d/%m/%Y}" if key.since else "chưa đóng dấu"
        table.add_row(key.fingerprint, since, f"{key.until:%d/%m/%Y}" if key.until else "–", _STATES[key.state])
    console().print(table)


def rotate_key(until: date | None) -> None:
    """`tonghop key rotate`. Raises Refused for a day that has passed, Busy, BadKey, OSError."""
    last = until or today() + STILL_TAKEN
    if last < today():
        raise Refused(f"Ngày {last:%d/%m/%Y} đã qua; chọn hôm nay hoặc một ngày sau đó (--until).")
    home = Home.locate().prepare()
    with run_lock(home, "thay khoá", brief=True):
        done = rotate(home, last)
    for line in _told(done, last):
        console().print(line)


def _told(done: Rotation, last: date) -> list[str]:
    kept = f"Biểu mẫu mang dấu của khoá trước ({done.former}) còn được nhận đến hết ngày {last:%d/%m/%Y}."
    again = "Chạy “tonghop templates” để phát biểu mẫu mang dấu mới, rồi “tonghop run” để ghi lại sổ điều hành."
    lost = "Không giữ được khoá trước: biểu mẫu đã phát không còn được nhận, phải phát lại."
    if done.kind == "replaced":
        return [f"Đã thay khoá; khoá đang dùng: {done.current}.", kept, again, "Sao lưu kho ngay sau khi thay khoá."]
    if done.kind == "first":
        return [f"Nơi này chưa có khoá nào; đã lập: {done.current}."]
    if done.kind == "made":
        return [f"Đã lập khoá mới: {done.current}.", lost, again, "Sao lưu kho ngay."]
    if done.kind == "adopted":
        return [f"Giá trị của TONGHOP_KEY là khoá mới: {done.current}.", kept if done.former else lost, again]
    change = (
        f"Bây giờ đặt TONGHOP_KEY thành một giá trị mới ở mọi nơi đang dùng biến này (tạo giá trị: {_NEW_VALUE}). "
        "Chưa đặt thì khoá trước vẫn là khoá đang dùng."
    )
    return [kept, change, f"Sau đó: {again[:1].lower()}{again[1:]}"]


def _shape(key: KnownKey) -> dict[str, object]:
    return {
        "fingerprint": key.fingerprint,
        "since": key.since.isoformat() if key.since else None,
        "until": key.until.isoformat() if key.until else None,
        "current": key.state == "current",
        "state": key.state,
    }
