"""`tonghop refused`: the files that could not be used, each with its reason. The archive keeps them as evidence."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from pipelines.cli.asking import dataset_of
from pipelines.cli.options import console
from pipelines.clock import TIMEZONE
from pipelines.dataset import open_dataset, read
from pipelines.spoken_text import json_text
from pipelines.store import Home

_REFUSED = "SELECT * FROM unusable ORDER BY received_at DESC, source_name, folder, sha256, code"


def show_refused(*, as_json: bool) -> None:
    """Every such arrival, newest first. Raises Refused, DatasetInUse, DatasetDamaged."""
    home = Home.locate()
    with open_dataset(dataset_of(home)) as connection:
        rows = read(connection, _REFUSED)
    if as_json:
        print(json_text([_shape(home, row) for row in rows]))
        return
    if not rows:
        console().print("Chưa có tệp nào không dùng được.")
        return
    console().print(_table(rows))
    where = home.archive / "<2 ký tự đầu>" / "<SHA-256>"
    console().print(f"{len(rows)} lần. Tệp gốc còn nguyên trong kho lưu: {where}; SHA-256 đầy đủ: thêm --json.")
    gone = [row for row in rows if _bytes_of(home, row["sha256"]) is None]
    if gone:
        console().print(f"{len(gone)} tệp không còn trong kho lưu; chạy “tonghop verify”.", style="red")


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Tệp không dùng được", title_justify="left")
    for header in ("Nhận lúc", "Tệp", "Thư mục", "Mã", "Vì sao", "SHA-256"):
        table.add_column(header, overflow="fold")
    for row in rows:
        received = row["received_at"].astimezone(TIMEZONE)
        table.add_row(
            f"{received:%d/%m/%Y %H:%M}",
            row["source_name"],
            row["folder"] or "–",
            row["code"],
            row["message"],
            row["sha256"][:12],
        )
    return table


def _shape(home: Home, row: dict[str, Any]) -> dict[str, str | None]:
    return {
        "received_at": row["received_at"].astimezone(TIMEZONE).isoformat(),
        "name": row["source_name"],
        "folder": row["folder"],
        "code": row["code"],
        "message": row["message"],
        "sha256": row["sha256"],
        "bytes": _bytes_of(home, row["sha256"]),
    }


def _bytes_of(home: Home, sha: str) -> str | None:
    """Where the archive has the bytes, relative to the home; None where it has them no more."""
    path = home.archive / sha[:2] / sha
    return path.relative_to(home.root).as_posix() if path.is_file() else None
