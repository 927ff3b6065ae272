"""What every file in the inbox is answered with: a receipt for its unit, or a note where it names none.

Answers are drawn from the dataset alone, after the verdicts are booked, so a night that died in between writes the same
ones when it is run again. An answer's name is settled by the arrival.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines import __version__
from pipelines.consolidate.listings import findings_of, sources
from pipelines.dataset import Connection, ensure_sheets, read
from pipelines.outbox import Register, safe_name, unless_unchanged
from pipelines.plans import Plans
from pipelines.returned import Answer, unreadable_note, write_receipt
from pipelines.store import Home
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.plan import Plan, Round
from schemas.results import Source
from schemas.submission import Arrival

RECEIPTS = "phieu-tiep-nhan"
UNREADABLE = "khong-doc-duoc"
Refused = Sequence[tuple[Arrival, Sequence[Finding]]]


class Answers:
    """Writes answers for arrivals. `identical` counts the files whose bytes were an earlier version's."""

    def __init__(self, connection: Connection, plans: Plans, home: Home, register: Register, moment: datetime) -> None:
        self._connection, self._plans, self._home = connection, plans, home
        self._register, self._moment = register, moment
        self._versions: dict[tuple[str, str], tuple[Source, ...]] = {}
        self.identical = 0

    def write(
        self, arrivals: Sequence[Arrival], unusable: Refused, refused: Refused, progress: Callable[[int, int], None]
    ) -> list[Path]:
        """One answer a file; returns what was written.

        `arrivals`: of submissions; `unusable`: archived files that name no unit; `refused`: files not taken in.
        """
        booked = {row["sha256"]: row for row in read(self._connection, "SELECT * FROM submissions")}
        self._moment = max((self._moment, *(row["received_at"] for row in booked.values())))  # a clock may be set back
        written = [self._note(arrival, findings) for arrival, findings in unusable]
        written += [self._note(arrival, findings, archived=False) for arrival, findings in refused]
        for n, arrival in enumerate(arrivals):
            progress(n, len(arrivals))
            written.append(self._answer(booked[arrival.sha256], arrival))
        return [path for path in written if path is not None]

    def _answer(self, row: dict[str, Any], arrival: Arrival) -> Path | None:
        first = (row["received_at"], row["source_name"], row["folder"])
        again = first != (arrival.received_at, arrival.source_name, arrival.folder)
        self.identical += again
        plan = self._plans.find(row["plan"])
        if plan is None:
            return self._note(arrival, [say(FindingCode.UNKNOWN_PLAN, value=row["plan"])])
        if row["round"] not in {r.id for r in plan.rounds}:
            return self._note(arrival, [say(FindingCode.UNKNOWN_ROUND, value=row["round"])])
        if not plan.has_unit(row["unit"]):  # it reported once, and the plan no longer asks it
            return self._note(arrival, [say(FindingCode.UNKNOWN_UNIT, value=row["unit"])])
        return self._receipt(plan, plan.round(row["round"]), arrival, identical=again)

    def _receipt(self, plan: Plan, round_: Round, arrival: Arrival, *, identical: bool) -> Path | None:
        versions = self._known(plan, round_)
        own = next(v for v in versions if v.sha256 == arrival.sha256)
        counting = next((v for v in versions if v.unit.code == own.unit.code and v.counts), None)
        answer = Answer(
            plan=plan,
            round=round_,
            unit=own.unit,
            arrival=arrival,
            verdict=own.verdict,
            version=own.version,
            counting=_counting_words(own, counting),
            findings=findings_of(self._connection, own.sha256),
            due=round_.due,
            identical_to=own.version if identical else None,
            counts=own.counts,
        )
        folder = self._home.outbox / plan.id / round_.id / RECEIPTS / own.unit.code
        path = folder / _answer_name(arrival, ".xlsx")
        said = (
            __version__,
            plan.version,
            arrival,
            own.verdict,
            answer.counting,
            answer.findings,
            answer.due,
            identical,
        )
        digest = hashlib.sha256(repr(said).encode()).hexdigest()
        published = unless_unchanged(self._register, path, digest, lambda p: write_receipt(answer, p))
        return published.path if published else None

    def _known(self, plan: Plan, round_: Round) -> tuple[Source, ...]:
        if (plan.id, round_.id) not in self._versions:
            ensure_sheets(self._connection, plan)
            self._versions[plan.id, round_.id] = sources(self._connection, plan, round_, self._moment)
        return self._versions[plan.id, round_.id]

    def _note(self, arrival: Arrival, findings: Sequence[Finding], *, archived: bool = True) -> Path | None:
        text = unreadable_note(
            arrival.source_name, arrival.received_at, findings, folder=arrival.folder, archived=archived
        )
        path = self._home.outbox / UNREADABLE / _answer_name(arrival, ".txt")
        digest = hashlib.sha256(text.encode()).hexdigest()
        published = unless_unchanged(self._register, path, digest, lambda p: _write_note(p, text))
        return published.path if published else None


def _answer_name(arrival: Arrival, suffix: str) -> str:
    """`20220510-220000 ten-tep 1a2b3c4d.xlsx`: in order of arrival, and never two for one arrival."""
    name = safe_name(arrival.source_name, limit=60).removesuffix(".xlsx")
    return f"{arrival.received_at:%Y%m%d-%H%M%S} {name} {arrival.sha256[:8]}{suffix}"


def _write_note(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8-sig", newline="\r\n")


def _counting_words(own: Source, counting: Source | None) -> str:
    if counting is None:
        return "Chưa có bản nào của đơn vị được tính."
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
