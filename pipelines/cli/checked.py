"""What `tonghop check` says in the terminal: a verdict and a table for each file, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from pipelines.cli.options import console, pieces
from pipelines.returned import FORECAST_WORDS, by_cause, parted
from schemas.submission import Verdict

if TYPE_CHECKING:
    from pipelines.cli.checking import Checked

_COLOURS: dict[Verdict, str] = {"accepted": "green", "accepted_with_warnings": "yellow"}
_COLUMNS = (("Mức", 0), ("Trang", 2), ("Ô", 0), ("Cột", 2), ("Giá trị", 2), ("Vấn đề", 5), ("Cách sửa", 4))
"""Headers, and how much of the room each takes; 0: as much as it needs."""
_NEXT: dict[Verdict, str] = {
    "accepted": "Nộp được: không có gì phải sửa.",
    "accepted_with_warnings": "Nộp được. Xem lại các cảnh báo: đúng cả thì không phải sửa.",
    "rejected": "Sửa các ô ghi trên (lỗi trước), lưu, rồi kiểm tra lại.",
    "unusable": "Làm theo cách sửa ghi trên, rồi kiểm tra lại.",
}


def show(checked: Checked) -> None:
    """The verdict on one file, and every finding: errors first, those of one cause together."""
    out = console()
    colour = _COLOURS.get(checked.verdict, "red")
    told = checked.identity
    name = checked.plan.unit(told.unit).name if told and checked.plan else ""
    whose = f", {name} ({told.unit}), kỳ {told.round}" if told else ""
    verdict = FORECAST_WORDS[checked.verdict]
    out.print(pieces((str(checked.file), "bold"), f"{whose}: ", (verdict, f"bold {colour}")))
    if checked.findings:
        errors = sum(f.severity == "error" for f in checked.findings)
        out.print(f"{errors} lỗi, {len(checked.findings) - errors} cảnh báo")
        out.print(_table(checked))


def show_end(checked: Sequence[Checked], copies: Mapping[Path, Path], out: Path | None, *, said_aside: bool) -> None:
    """Where the marked copies are, and what to do next. `said_aside`: on the error stream, beside JSON."""
    stream = console(err=said_aside)
    for file, copy in copies.items():
        stream.print(pieces(f"Bản đánh dấu của “{file.name}”: ", (str(copy), "bold")), soft_wrap=True)
    if said_aside:
        return
    for one in checked:
        text = _next_step(one, copies.get(one.file), out)
        named = f"{one.file.name}: " if len(checked) > 1 else ""
        stream.print(pieces(("Làm tiếp:", "bold"), f" {named}{text}"), soft_wrap=True)


def _next_step(checked: Checked, copy: Path | None, out: Path | None) -> str:
    if checked.verdict == "rejected" and copy is not None:
        return "Mở bản đánh dấu, bắt đầu từ trang “Cần sửa”; sửa các ô đỏ, lưu, kiểm tra lại rồi nộp chính bản đó."
    offer = " Thêm --out THƯ_MỤC để có bản đánh dấu sẵn các ô." if out is None and checked.submission else ""
    return _NEXT[checked.verdict] + (offer if checked.findings else "")


def _table(checked: Checked) -> Table:
    table = Table(show_lines=False, pad_edge=False)
    for header, share in (
        ("Mức", 0),
        ("Trang", 2),
        ("Ô", 0),
        ("Cột", 2),
        ("Giá trị", 2),
        ("Vấn đề", 5),
        ("Cách sửa", 4),
    ):
        table.add_column(header, overflow="fold", ratio=share or None, no_wrap=not share)
    severity = ""
    for cause in by_cause(checked.plan, checked.findings):
        if severity and cause.severity != severity:
            table.add_section()
        severity = cause.severity
        level = pieces(("lỗi", "red") if severity == "error" else ("cảnh báo", "yellow"))
        for n, finding in enumerate(cause.findings):
            wrong, remedy = parted(finding)
            if n and cause.remedy:
                remedy = "(như trên)"
            cells = (finding.sheet, finding.cell, cause.label, finding.value, wrong, remedy)
            table.add_row(level, *(text or "–" for text in cells))
    return table
