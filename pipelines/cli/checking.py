"""`tonghop check`: verdicts on files without storing anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from pipelines.cli.options import console
from pipelines.clock import end_of_day, now
from pipelines.intake import read_one
from pipelines.judging import judge
from pipelines.plans import Plans
from pipelines.published import check_json
from pipelines.stamp import load_key
from pipelines.store import Home
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.submission import Arrival, Identity, Verdict

_WORDS: dict[Verdict, tuple[str, str]] = {
    "accepted": ("ĐƯỢC CHẤP NHẬN", "green"),
    "accepted_with_warnings": ("CHẤP NHẬN, CÓ LƯU Ý", "yellow"),
    "rejected": ("SẼ BỊ TRẢ LẠI", "red"),
    "unusable": ("KHÔNG DÙNG ĐƯỢC", "red"),
}


@dataclass(frozen=True, slots=True)
class _Checked:
    file: str
    sha256: str
    identity: Identity | None
    verdict: Verdict
    findings: Sequence[Finding]


def check_files(files: Sequence[Path], *, as_json: bool, as_of: date | None) -> int:
    """Checks each file as if it arrived now (or at the end of `as_of`); returns 0, 1 or 2 for the worst verdict."""
    home = Home.locate()
    plans = Plans(home)
    moment = end_of_day(as_of) if as_of else now()
    key = load_key(home, create=False)
    checked = [_check(path, moment, plans, key) for path in files]
    if as_json:
        shapes = [check_json(c.file, c.sha256, c.identity, c.verdict, c.findings) for c in checked]
        print(json.dumps(shapes, ensure_ascii=False, indent=2))
    else:
        for one in checked:
            _show(one)
    verdicts = {c.verdict for c in checked}
    return 2 if "unusable" in verdicts else 1 if "rejected" in verdicts else 0


def _check(path: Path, moment: datetime, plans: Plans, key) -> _Checked:  # type: ignore[no-untyped-def]
    try:
        content = path.read_bytes()
    except OSError as fault:
        found = say(FindingCode.NOT_A_FILE, detail=fault.strerror or str(fault))
        return _Checked(str(path), "", None, "unusable", [found])
    arrival = Arrival(hashlib.sha256(content).hexdigest(), moment, path.name, "")
    reading = read_one(content, arrival, plans.find, key)
    if reading.submission is None:
        findings = [finding for _, refusal in reading.refused for finding in refusal]
        return _Checked(str(path), arrival.sha256, None, "unusable", findings)
    identity = reading.submission.identity
    (judged,) = judge(plans.get(identity.plan), identity.round, [(reading.submission, reading.findings)])
    return _Checked(str(path), arrival.sha256, identity, judged.verdict, judged.findings)


def _show(checked: _Checked) -> None:
    out = console()
    words, colour = _WORDS[checked.verdict]
    whose = f", đơn vị {checked.identity.unit}, kỳ {checked.identity.round}" if checked.identity else ""
    out.print(f"[bold]{escape(checked.file)}[/bold]{whose}: [bold {colour}]{words}[/]")
    errors = sum(f.severity == "error" for f in checked.findings)
    if checked.findings:
        out.print(f"{errors} lỗi, {len(checked.findings) - errors} lưu ý")
        table = Table(show_lines=False, pad_edge=False)
        for header in ("Mức", "Trang", "Ô", "Giá trị"):
            table.add_column(header, overflow="fold")
        table.add_column("Vấn đề và cách sửa", ratio=1, overflow="fold")
        for finding in sorted(checked.findings, key=lambda f: f.severity):
            level = "[red]lỗi[/]" if finding.severity == "error" else "[yellow]lưu ý[/]"
            cells = (finding.sheet, finding.cell, finding.value, finding.message)
            table.add_row(level, *(escape(_printable(text or "–")) for text in cells))
        out.print(table)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
