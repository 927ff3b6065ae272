"""`tonghop check`: verdicts on files without storing anything."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from pipelines.cli.options import Tell, console, progress_bar
from pipelines.clock import end_of_day, now
from pipelines.intake import Reading, read_files
from pipelines.judging import judge
from pipelines.plans import Plans
from pipelines.published import check_json
from pipelines.stamp import load_key
from pipelines.store import Home
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.submission import Arrival, Identity, Submission, Verdict

_WORDS: dict[Verdict, tuple[str, str]] = {
    "accepted": ("ĐƯỢC CHẤP NHẬN", "green"),
    "accepted_with_warnings": ("CHẤP NHẬN, CÓ CẢNH BÁO", "yellow"),
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
    with progress_bar() as tell:
        checked = _check(files, end_of_day(as_of) if as_of else now(), tell)
    if as_json:
        shapes = [check_json(c.file, c.sha256, c.identity, c.verdict, c.findings) for c in checked]
        print(json.dumps(shapes, ensure_ascii=False, indent=2))
    else:
        for one in checked:
            _show(one)
    verdicts = {c.verdict for c in checked}
    return 2 if "unusable" in verdicts else 1 if "rejected" in verdicts else 0


def _check(files: Sequence[Path], moment: datetime, tell: Tell) -> list[_Checked]:
    """What became of each file, in the order given. Files of the same bytes are judged once."""
    home = Home.locate()
    plans = Plans(home)
    contents = {path: _content(path) for path in files}
    arrivals: dict[str, tuple[bytes, Arrival]] = {}
    for path, content in contents.items():
        if isinstance(content, bytes):
            sha = hashlib.sha256(content).hexdigest()
            arrivals.setdefault(sha, (content, Arrival(sha, moment, path.name, "")))
    key = load_key(home, create=False)
    if key is None:
        console(err=True).print(
            "Chưa xét được dấu nhận dạng: nơi này không có khoá (store/secret.key).", style="yellow"
        )
    readings = read_files(list(arrivals.values()), plans.find, key, lambda n, of: tell("Đọc tệp", n, of))
    judged = _judge(plans, readings)
    checked = []
    for path in files:
        content = contents[path]
        if isinstance(content, Finding):
            checked.append(_Checked(str(path), "", None, "unusable", [content]))
        else:
            sha = hashlib.sha256(content).hexdigest()
            checked.append(_Checked(str(path), sha, *judged[sha]))
    return checked


def _content(path: Path) -> bytes | Finding:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return say(FindingCode.NOT_A_FILE, detail="không có tệp này")
    except IsADirectoryError:
        return say(FindingCode.NOT_A_FILE, detail="đây là một thư mục")
    except OSError as fault:
        return say(FindingCode.NOT_A_FILE, detail=f"không đọc được: {fault.strerror or fault}")


def _judge(plans: Plans, readings: Sequence[Reading]) -> dict[str, tuple[Identity | None, Verdict, Sequence[Finding]]]:
    """Identity, verdict and findings by SHA-256; submissions of one plan and round are judged together."""
    told: dict[str, tuple[Identity | None, Verdict, Sequence[Finding]]] = {}
    batches: defaultdict[tuple[str, str], list[tuple[Submission, Sequence[Finding]]]] = defaultdict(list)
    for reading in readings:
        if reading.submission is None:
            for arrival, findings in reading.refused:
                told[arrival.sha256] = (None, "unusable", findings)
        else:
            identity = reading.submission.identity
            batches[identity.plan, identity.round].append((reading.submission, reading.findings))
    for (plan_id, round_id), batch in batches.items():
        for judged in judge(plans.get(plan_id), round_id, batch):
            told[judged.submission.sha256] = (judged.submission.identity, judged.verdict, judged.findings)
    return told


def _show(checked: _Checked) -> None:
    out = console()
    words, colour = _WORDS[checked.verdict]
    whose = f", đơn vị {checked.identity.unit}, kỳ {checked.identity.round}" if checked.identity else ""
    out.print(f"[bold]{escape(checked.file)}[/bold]{whose}: [bold {colour}]{words}[/]")
    errors = sum(f.severity == "error" for f in checked.findings)
    if checked.findings:
        out.print(f"{errors} lỗi, {len(checked.findings) - errors} cảnh báo")
        table = Table(show_lines=False, pad_edge=False)
        for header in ("Mức", "Trang", "Ô", "Giá trị"):
            table.add_column(header, overflow="fold")
        table.add_column("Vấn đề và cách sửa", ratio=1, overflow="fold")
        for finding in sorted(checked.findings, key=lambda f: f.severity):
            level = "[red]lỗi[/]" if finding.severity == "error" else "[yellow]cảnh báo[/]"
            cells = (finding.sheet, finding.cell, finding.value, finding.message)
            table.add_row(level, *(escape(_printable(text or "–")) for text in cells))
        out.print(table)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
