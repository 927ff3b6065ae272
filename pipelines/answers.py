"""What every file in the inbox is answered with: a receipt for its unit, or a note where it names none; and a marked
copy of it, where something is to be mended or looked at again.

Answers are drawn from the dataset and the archive, after the verdicts are booked, so a night that died in between
writes the same ones when it is run again. An answer's name is settled by the arrival.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines import __version__
from pipelines.archive import Archive
from pipelines.clock import TIMEZONE, local_day
from pipelines.consolidate.changes import changes
from pipelines.consolidate.listings import findings_of_each, sources
from pipelines.dataset import Connection, ensure_sheets, read
from pipelines.decided import decided_words
from pipelines.fault_points import FaultPoint, reached
from pipelines.file_names import safe_name
from pipelines.governing import decisions_known, decisions_of
from pipelines.intake import read_archived
from pipelines.known import known_by
from pipelines.marked import write_marked_copy
from pipelines.outbox import Register, unless_unchanged
from pipelines.parts import must_give
from pipelines.plans import Plans
from pipelines.returned import Answer, Handback, unreadable_note, write_receipt
from pipelines.stamp import Key
from pipelines.store import Home
from schemas.catalogue import say
from schemas.control import base_id
from schemas.decisions import Decisions
from schemas.finding import Finding, FindingCode
from schemas.governing import in_force
from schemas.plan import Plan, Round, Unit
from schemas.results import Source
from schemas.submission import ACCEPTED, Arrival, Submission, Verdict

RECEIPTS = "phieu-tiep-nhan"
MARKED_COPIES = "tra-lai"
UNREADABLE = "khong-doc-duoc"
Refused = Sequence[tuple[Arrival, Sequence[Finding]]]
_NAME_ROOM = 60
"""Characters of a file's name that its answer takes over."""
_AT_A_TIME = 100
"""Files whose findings are read from the dataset at once: asking costs more than what is found."""
_SAID_APART = frozenset({"plan", "round", "unit", "arrival"})
"""Parts of an answer that its digest takes in otherwise: the plan's version, the arrival in words."""
_HANDED_BACK: frozenset[Verdict] = frozenset({"rejected", "accepted_with_warnings"})


class _Versions:
    """All versions of a round, found by their bytes and by their unit."""

    def __init__(self, listed: Sequence[Source]) -> None:
        self.by_sha = {version.sha256: version for version in listed}
        self.of_unit: defaultdict[str, list[Source]] = defaultdict(list)
        for version in listed:
            self.of_unit[version.unit.code].append(version)


class Answers:
    """Writes answers for arrivals. `identical` counts the files whose bytes were an earlier version's.

    `fresh`: the submissions that were read in this run, by SHA-256; others are read from the archive where needed.
    """

    def __init__(
        self,
        connection: Connection,
        plans: Plans,
        home: Home,
        register: Register,
        moment: datetime,
        *,
        key: Key | None,
        fresh: Mapping[str, Submission],
    ) -> None:
        self._connection, self._plans, self._home = connection, plans, home
        self._register, self._moment = register, moment
        self._key, self._fresh = key, fresh
        self._versions: dict[tuple[str, str, str], _Versions] = {}
        self._findings: Mapping[str, tuple[Finding, ...]] = {}
        self._decisions: dict[str, Decisions] = {}
        self._alike: frozenset[str] = frozenset()
        self.identical = 0

    def write(
        self, arrivals: Sequence[Arrival], unusable: Refused, refused: Refused, progress: Callable[[int, int], None]
    ) -> list[Path]:
        """One answer a file; returns what was written.

        `arrivals`: of submissions; `unusable`: archived files that name no unit; `refused`: files not taken in.
        """
        booked = {row["sha256"]: row for row in read(self._connection, "SELECT * FROM submissions")}
        self._moment = max((self._moment, *(row["received_at"] for row in booked.values())))  # a clock may be set back
        self._alike = _alike([arrival for arrival, _ in (*unusable, *refused)])
        written = [self._note(arrival, findings) for arrival, findings in unusable]
        written += [self._note(arrival, findings, archived=False) for arrival, findings in refused]
        for n, arrival in enumerate(arrivals):
            progress(n, len(arrivals))
            if arrival.sha256 not in self._findings:
                shas = [other.sha256 for other in arrivals[n : n + _AT_A_TIME]]
                self._findings = findings_of_each(self._connection, shas)
            written += self._answer(booked[arrival.sha256], arrival)
        return [path for path in written if path is not None]

    def _answer(self, row: dict[str, Any], arrival: Arrival) -> list[Path | None]:
        first = Arrival(arrival.sha256, row["received_at"], row["source_name"], row["folder"])
        again = _of(first) != _of(arrival)
        self.identical += again
        plan = self._plans.find(row["plan"])
        if plan is not None and not again:  # as in the run that gave the verdict, should that one have died before this
            plan = self._plans.at(plan.id, row["plan_version"])
        if plan is None:
            return [self._note(arrival, [say(FindingCode.UNKNOWN_PLAN, value=row["plan"])])]
        if row["round"] not in {r.id for r in plan.rounds}:
            return [self._note(arrival, [say(FindingCode.UNKNOWN_ROUND, value=row["round"])])]
        if not plan.has_unit(row["unit"]):  # it reported once, and the plan no longer asks it
            return [self._note(arrival, [say(FindingCode.UNKNOWN_UNIT, value=row["unit"])])]
        round_ = plan.round(row["round"])
        own = self._known(plan, round_).by_sha[arrival.sha256]
        copy = self._folder(plan, round_, MARKED_COPIES, own) / answer_name(first, ".xlsx")
        written = None
        if own.verdict in _HANDED_BACK and not again:
            written = self._marked_copy(plan, round_, own, arrival, copy)
            copy = written or copy
            reached(FaultPoint.COPY_ANSWERED)
        marked = copy if own.verdict in _HANDED_BACK and copy.is_file() else None
        receipt = self._folder(plan, round_, RECEIPTS, own) / receipt_name(arrival, first)
        return [written, self._receipt(plan, round_, own, arrival, receipt, marked=marked, identical=again)]

    def _marked_copy(self, plan: Plan, round_: Round, own: Source, arrival: Arrival, path: Path) -> Path | None:
        """Writes the marked copy; None where it says so already, or the file can be read no more."""
        findings = self._findings[own.sha256]
        version, due = plan.template_version(own.unit.code), self._due(plan, round_, own.unit)
        stamp = self._key.stamp(plan.id, round_.id, own.unit.code, version) if self._key else ""
        said = (__version__, stamp, _of(arrival), own.verdict, findings, due)
        digest = hashlib.sha256(repr(said).encode()).hexdigest()
        if self._register.is_current(path, digest):
            return None
        submission = self._submission(own.sha256)
        if submission is None:
            return None
        told = Handback(plan, round_, own.unit, submission, own.verdict, findings, due)
        published = unless_unchanged(self._register, path, digest, lambda p: write_marked_copy(told, p, stamp=stamp))
        return published.path if published else None

    def _submission(self, sha: str) -> Submission | None:
        """The submission as read in this run, or again from the archive: its verdict was booked by one that died."""
        if sha in self._fresh:
            return self._fresh[sha]
        archive = Archive(self._home.archive)
        found, _ = read_archived(archive, [archive.note(sha)], self._plans.find, self._plans.kept, self._key)
        return found[0][0] if found else None

    def _receipt(
        self,
        plan: Plan,
        round_: Round,
        own: Source,
        arrival: Arrival,
        path: Path,
        *,
        marked: Path | None,
        identical: bool,
    ) -> Path | None:
        of_unit = self._known(plan, round_).of_unit[own.unit.code]
        counting = next((v for v in of_unit if v.counts), None)
        answer = Answer(
            plan=plan,
            round=round_,
            unit=own.unit,
            arrival=arrival,
            verdict=own.verdict,
            version=own.version,
            counting=_counting_words(plan, own, counting, of_unit),
            decided=self._decided(plan, own),
            findings=self._findings[own.sha256],
            due=self._due(plan, round_, own.unit),
            identical_to=own.version if identical else None,
            counts=own.counts,
            marked_copy=marked.relative_to(self._home.outbox.parent).as_posix() if marked else "",
            sheets_missing=_sheets_missing(plan, own.unit, round_, of_unit),
            changes=changes(self._connection, plan, round_, own.unit, own.version)
            if not identical and _may_correct(own, of_unit)
            else None,
        )
        told = [getattr(answer, part.name) for part in fields(answer) if part.name not in _SAID_APART]
        said = (__version__, plan.version, arrival.sha256, _of(arrival), told)
        digest = hashlib.sha256(repr(said).encode()).hexdigest()
        published = unless_unchanged(self._register, path, digest, lambda p: write_receipt(answer, p))
        return published.path if published else None

    def _folder(self, plan: Plan, round_: Round, kind: str, own: Source) -> Path:
        return self._home.round_folder(plan.id, round_.id) / kind / own.unit.code

    def _due(self, plan: Plan, round_: Round, unit: Unit) -> date | None:
        """The last day on time for a unit, with what the office has decided by now, in this very run too."""
        if base_id(plan.id) is not None:
            return None
        base = self._plans.base(plan.id)
        if plan.id not in self._decisions:
            self._decisions[plan.id] = decisions_known(self._connection, base, self._moment)
        decisions = self._decisions[plan.id]
        extension = decisions.extension(unit.code, round_.id)
        return extension.due if extension else in_force(base, decisions, local_day(self._moment)).round(round_.id).due

    def _decided(self, plan: Plan, own: Source) -> str | None:
        """What a control workbook decides, in words; None for a report of a unit."""
        governed = base_id(plan.id)
        if governed is None:
            return None
        if own.verdict not in ACCEPTED:
            return "Chưa quyết định nào trong tệp này có hiệu lực."
        return decided_words(decisions_of(self._connection, self._plans.base(governed), own.sha256))

    def _known(self, plan: Plan, round_: Round) -> _Versions:
        known = (plan.id, plan.version, round_.id)
        if known not in self._versions:
            ensure_sheets(self._connection, plan)
            self._versions[known] = _Versions(sources(known_by(self._connection, plan, round_, self._moment)))
        return self._versions[known]

    def _note(self, arrival: Arrival, findings: Sequence[Finding], *, archived: bool = True) -> Path | None:
        text = unreadable_note(
            arrival.source_name, arrival.received_at, findings, folder=arrival.folder, archived=archived
        )
        marked = note_name(arrival).casefold() in self._alike
        path = self._home.outbox / UNREADABLE / note_name(arrival, marked=marked)
        digest = hashlib.sha256(text.encode()).hexdigest()
        published = unless_unchanged(self._register, path, digest, lambda p: _write_note(p, text))
        return published.path if published else None


def _of(arrival: Arrival) -> tuple[str, str, str]:
    """When, under what name and where; in the same words whatever names the zone."""
    return f"{arrival.received_at.astimezone(TIMEZONE):%Y-%m-%d %H:%M:%S.%f}", arrival.source_name, arrival.folder


def _may_correct(own: Source, of_unit: Sequence[Source]) -> bool:
    """Whether something acceptable came before it: to find out what a first report changed would cost for nothing."""
    return own.verdict in ACCEPTED and any(v.version < own.version and v.verdict in ACCEPTED for v in of_unit)


def _sheets_missing(plan: Plan, unit: Unit, round_: Round, of_unit: Sequence[Source]) -> tuple[str, ...]:
    """The tabs that a report in parts still has to give; of other reports, or before the first part, none."""
    given = {sheet for version in of_unit for sheet in version.sheets or ()}
    in_parts = any(version.sheets is not None for version in of_unit)
    return tuple(s.tab for s in must_give(plan, unit, round_.id) if in_parts and s.id not in given)


def answer_name(arrival: Arrival, suffix: str) -> str:
    """`20220510-220000 ten-tep 1a2b3c4d.xlsx`: in order of arrival, and never two for one arrival.

    A name that could not be kept as it is has four digits of its own SHA-256 behind it: two such may be cut to one.
    """
    return _answer_name(arrival, "", suffix)


def receipt_name(arrival: Arrival, first: Arrival) -> str:
    """The same for a receipt. `first`: the arrival that the bytes have their version from; copies of one file under one
    name may lie in two folders."""
    name = answer_name(arrival, ".xlsx")
    same = _of(first) != _of(arrival) and name.casefold() == answer_name(first, ".xlsx").casefold()
    return _answer_name(arrival, " (nộp lại)", ".xlsx") if same else name


def note_name(arrival: Arrival, *, marked: bool = False) -> str:
    """The same for a note: files of all folders are answered in one place, so the folder stands before the name.

    `marked`: with the four digits, for another name is told from this one by large and small letters only.
    """
    within = replace(arrival, source_name=f"{arrival.folder} {arrival.source_name}") if arrival.folder else arrival
    return _answer_name(within, "", ".txt", marked=marked)


def _alike(arrivals: Sequence[Arrival]) -> frozenset[str]:
    """The names of notes, in small letters, that two of the arrivals would have."""
    files = {(arrival.folder, arrival.source_name, arrival.sha256): arrival for arrival in arrivals}
    names = Counter(note_name(arrival).casefold() for arrival in files.values())
    return frozenset(name for name, files in names.items() if files > 1)


def _answer_name(arrival: Arrival, words: str, suffix: str, *, marked: bool = False) -> str:
    told = safe_name(arrival.source_name, limit=_NAME_ROOM)
    digits = hashlib.sha256(arrival.source_name.encode("utf-8", "replace")).hexdigest()[:4]
    name = told.removesuffix(".xlsx") + (f" {digits}" if marked or told != arrival.source_name else "") + words
    return f"{arrival.received_at:%Y%m%d-%H%M%S} {name} {arrival.sha256[:8]}{suffix}"


def _write_note(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8-sig", newline="\r\n")


def _counting_words(plan: Plan, own: Source, counting: Source | None, of_unit: Sequence[Source]) -> str:
    """Which version counts now, and why; of a control workbook, which is in force."""
    if base_id(plan.id) is not None:
        return _in_force_words(own, counting)
    if counting is None:
        return "Chưa có bản nào của đơn vị được tính."
    if counting.sheets is not None:
        return f"Đang tính theo phần, mỗi biểu lấy từ bản được chấp nhận mới nhất có biểu đó: {_parts(plan, of_unit)}."
    if counting.version == own.version:
        return f"Đang tính bản này (bản số {own.version}): bản được chấp nhận mới nhất của đơn vị."
    counted = (
        f"Đang tính bản số {counting.version}, nhận lúc {counting.received_at:%H:%M ngày %d/%m/%Y} "
        f"(tệp “{counting.source_name}”)"
    )
    if own.verdict == "rejected":
        return f"{counted}; bản này bị trả lại nên không thay bản đó."
    if own.withdrawn:
        return f"{counted}; bản này đã được rút ({own.withdrawn})."
    return f"{counted}: bản được chấp nhận mới hơn bản này (bản số {own.version})."


def _in_force_words(own: Source, counting: Source | None) -> str:
    if counting is None:
        return "Chưa có sổ điều hành nào có hiệu lực."
    if counting.version == own.version:
        return f"Bản này (bản số {own.version}), thay mọi bản trước: quyết định nào không còn ghi là đã bỏ."
    return (
        f"Bản số {counting.version}, nhận lúc {counting.received_at:%H:%M ngày %d/%m/%Y} "
        f"(tệp “{counting.source_name}”), vẫn có hiệu lực."
    )


def _parts(plan: Plan, of_unit: Sequence[Source]) -> str:
    """`bản số 2 (B1, B2); bản số 3 (B4)`."""
    codes = {sheet.id: sheet.code for sheet in plan.sheets}
    given = ((v.version, [codes.get(sheet, sheet) for sheet in v.sheets or ()]) for v in of_unit)
    return "; ".join(f"bản số {version} ({', '.join(sheets)})" for version, sheets in given if sheets)
