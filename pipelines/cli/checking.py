"""`tonghop check`: verdicts on files without storing anything, and their marked copies where they are asked for."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from pipelines.cli.asking import say_aside
from pipelines.cli.options import Tell, console, progress_bar
from pipelines.clock import end_of_day, now, past_or_present
from pipelines.dataset import DatasetDamaged, DatasetInUse
from pipelines.decided import govern
from pipelines.intake import FILE_LIMIT, Reading, read_files, read_named
from pipelines.judging import judge
from pipelines.key_files import read_stamped
from pipelines.plans import Plans
from pipelines.published import check_json
from pipelines.spoken_text import json_text
from pipelines.stamp import Key, is_strange, load_key, strange_words
from pipelines.store import Home
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.plan import Plan
from schemas.submission import Arrival, Identity, Submission, Verdict
from schemas.system_fault import reason_of


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one file. `plan`, `submission` None: it names no unit that can be trusted.

    `due`: the last day on time for its unit, as the office has decided; None where none is set.
    """

    file: Path
    sha256: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    plan: Plan | None = field(default=None, repr=False)
    submission: Submission | None = field(default=None, repr=False)
    due: date | None = None

    @property
    def identity(self) -> Identity | None:
        """Whose report it is."""
        return self.submission.identity if self.submission else None


def check_files(files: Sequence[Path], *, as_json: bool, as_of: date | None, out: Path | None = None) -> int:
    """Checks each file as if it arrived now (or at the end of `as_of`); returns 0, 1 or 2 for the worst verdict.

    `out`: a folder for the marked copies of the files that have findings. Raises FutureDay, Refused or OSError.
    """
    from pipelines.cli.checked import show, show_end

    moment = end_of_day(past_or_present(as_of)) if as_of else now()
    home = Home.locate()
    key = load_key(home, create=False)
    with progress_bar() as tell:
        checked = _check(home, key, files, moment, tell)
        copies = _copies(checked, key, out, tell) if out else {}
    if key is None:
        console(err=True).print(
            "Chưa xét được dấu nhận dạng: nơi này không có khoá (store/secret.key).", style="yellow"
        )
    elif is_strange(key, stamped := read_stamped(home)):
        console(err=True).print(strange_words(key, stamped), style="yellow")
    if as_json:
        shapes = [check_json(str(c.file), c.sha256, c.identity, c.verdict, c.findings) for c in checked]
        print(json_text(shapes))
    else:
        for one in checked:
            show(one)
    show_end(checked, copies, out, said_aside=as_json)
    verdicts = {c.verdict for c in checked}
    return 2 if "unusable" in verdicts else 1 if "rejected" in verdicts else 0


def _check(home: Home, key: Key | None, files: Sequence[Path], moment: datetime, tell: Tell) -> list[Checked]:
    """What became of each file, in the order given. Files of the same bytes are judged once."""
    plans = Plans(home)
    try:
        govern(home, plans, say_aside)
    except (DatasetInUse, DatasetDamaged) as fault:
        say_aside(f"{fault} Lần này kiểm tra theo bảng kế hoạch, chưa xét sổ điều hành.")
    contents = {path: _content(path) for path in files}
    arrivals: dict[str, tuple[bytes, Arrival]] = {}
    for path, content in contents.items():
        if isinstance(content, bytes):
            sha = hashlib.sha256(content).hexdigest()
            arrivals.setdefault(sha, (content, Arrival(sha, moment, path.name, "")))
    readings = read_files(list(arrivals.values()), plans.find, key, lambda n, of: tell("Đọc tệp", n, of))
    judged = _judge(plans, readings)
    checked = []
    for path in files:
        content = contents[path]
        if isinstance(content, Finding):
            checked.append(Checked(path, "", "unusable", (content,)))
        else:
            sha = hashlib.sha256(content).hexdigest()
            checked.append(Checked(path, sha, *judged[sha]))
    return checked


def _content(path: Path) -> bytes | Finding:
    try:
        return read_named(path, FILE_LIMIT)
    except FileNotFoundError:
        return say(FindingCode.NOT_A_FILE, detail="không có tệp này")
    except IsADirectoryError:
        return say(FindingCode.NOT_A_FILE, detail="đây là một thư mục")
    except PermissionError:
        return say(FindingCode.NOT_A_FILE, detail="không có quyền đọc")
    except OSError as fault:
        return say(FindingCode.NOT_A_FILE, detail=reason_of(fault))


_Told = tuple[Verdict, tuple[Finding, ...], Plan | None, Submission | None, date | None]


def _judge(plans: Plans, readings: Sequence[Reading]) -> dict[str, _Told]:
    """What is told of each, by SHA-256; submissions of one plan and round are judged together."""
    told: dict[str, _Told] = {}
    batches: defaultdict[tuple[str, str], list[tuple[Submission, Sequence[Finding]]]] = defaultdict(list)
    for reading in readings:
        if reading.submission is None:
            for arrival, findings in reading.refused:
                told[arrival.sha256] = ("unusable", tuple(findings), None, None, None)
        else:
            identity = reading.submission.identity
            batches[identity.plan, identity.round].append((reading.submission, reading.findings))
    for (plan_id, round_id), batch in batches.items():
        plan = plans.get(plan_id)
        for judged in judge(plan, round_id, batch):
            extension = plans.decisions(plan_id).extension(judged.submission.identity.unit, round_id)
            due = extension.due if extension else plan.round(round_id).due
            told[judged.submission.sha256] = (judged.verdict, judged.findings, plan, judged.submission, due)
    return told


def _copies(checked: Sequence[Checked], key: Key | None, out: Path, tell: Tell) -> dict[Path, Path]:
    """Writes the marked copy of each file that has findings; returns where, by file."""
    from pipelines.cli.copying import Copies

    written: dict[Path, Path] = {}
    copies = Copies(out, key)
    marked = [one for one in checked if one.submission is not None and one.findings]
    for n, one in enumerate(marked):
        tell("Viết bản đánh dấu", n, len(marked))
        written[one.file] = copies.write(one)
    return written
