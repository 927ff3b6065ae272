"""The note beside an archived file: what it says, and how it stands in its JSON file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.finding import Finding, FindingCode
from schemas.submission import Arrival
from schemas.system_fault import reason_of_text

_DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """From this moment the file no longer counts."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one arrival could not be used: what a finding said of it."""

    received_at: datetime
    source_name: str
    folder: str
    code: str
    message: str
    value: str | None = None

    def is_of(self, arrival: Arrival) -> bool:
        """Whether that arrival was refused so."""
        mine = (self.received_at, self.source_name, self.folder)
        return mine == (arrival.received_at, arrival.source_name, arrival.folder)

    def finding(self) -> Finding:
        """The finding again. Raises ValueError where there is no such code."""
        return Finding(FindingCode(self.code), "error", self.message, value=self.value)


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of an archived file. `plan_version`: the plan its verdict is given under, once it has one.

    `judged`: the arrival that the verdict is on. `since`: what it was compared with then (sheet id → SHA-256). Both are
    None where nobody has written them down. `refusals`: the arrivals that could not be used, each with its reasons.
    `sealed`: the note named its own digest.
    """

    sha256: str
    size: int
    arrivals: tuple[Arrival, ...]
    plan_version: str | None = None
    withdrawals: tuple[Withdrawal, ...] = ()
    since: Mapping[str, str] | None = None
    judged: Arrival | None = None
    refusals: tuple[Refusal, ...] = ()
    sealed: bool = field(default=True, compare=False)

    @property
    def is_decided(self) -> bool:
        """Whether there is nothing left to find out: the file has its verdict, or all its arrivals were refused."""
        return self.plan_version is not None or not self.eligible

    @property
    def eligible(self) -> tuple[Arrival, ...]:
        """The arrivals that a verdict may be on: the one it is on, or else all that were not refused."""
        if self.judged is not None:
            return (self.judged,)
        return tuple(arrival for arrival in self.arrivals if not any(r.is_of(arrival) for r in self.refusals))

    def refused(self) -> tuple[tuple[Arrival, tuple[Finding, ...]], ...]:
        """The arrivals that were refused, each with the findings it was given then."""
        found = ((a, tuple(r.finding() for r in self.refusals if r.is_of(a))) for a in self.arrivals)
        return tuple((arrival, findings) for arrival, findings in found if findings)

    def same(self, arrival: Arrival) -> Arrival | None:
        """The arrival booked for this very file: a run that was broken off may see it again under a later clock."""
        file = (arrival.source_name, arrival.folder, arrival.file_time)
        booked = (a for a in self.arrivals if a.file_time and (a.source_name, a.folder, a.file_time) == file)
        return next(booked, None)


def refusals_of(arrival: Arrival, findings: Iterable[Finding]) -> tuple[Refusal, ...]:
    """Why an arrival cannot be used, as its note keeps it."""
    at, name, folder = arrival.received_at, arrival.source_name, arrival.folder
    return tuple(Refusal(at, name, folder, f.code.value, f.message, f.value) for f in findings)


def note_text(note: Note) -> str:
    """The note as it stands in its file: plain ASCII, with a digest over all the rest."""
    told = _written(note)
    return json.dumps(told | {_DIGEST: _digest_of(told)}, ensure_ascii=True, indent=1)


class BadNote(ValueError):
    """A note that cannot be read, or no longer says what it said; the text (Vietnamese) is a clause that says why."""


def read_note(sha: str, text: str | bytes) -> Note:
    """The note on the bytes of that name. Notes that name no digest are older ones, and taken as they are.

    `text`: of bytes, those of the file, in UTF-8. Raises BadNote where it cannot be read, is another file's, or no
    longer says what it said.
    """
    try:
        return _read(sha, json.loads(text if isinstance(text, str) else text.decode("utf-8")))
    except BadNote:
        raise
    except KeyError as fault:
        raise BadNote(f"thiếu mục “{fault.args[0]}”") from fault
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as fault:
        raise BadNote(reason_of_text(fault)) from fault


def _read(sha: str, told: Mapping[str, Any]) -> Note:
    if told["sha256"] != sha:
        raise BadNote("ghi chú của tệp khác")
    if _DIGEST in told and told[_DIGEST] != _digest_of(told):
        raise BadNote("nội dung không khớp mã kiểm")
    arrivals = tuple(_arrival(sha, one) for one in told["arrivals"])
    if not arrivals:
        raise BadNote("không có lần đến nào")
    note = Note(
        sha,
        int(told["size"]),
        arrivals,
        told.get("plan_version"),
        tuple(Withdrawal(_moment(w["at"]), w["reason"]) for w in told.get("withdrawals", ())),
        told.get("since"),
        _arrival(sha, told["judged"]) if told.get("judged") else None,
        tuple(_refusal(one) for one in told.get("refusals", ())),
        _DIGEST in told,
    )
    note.refused()
    return note


def _written(note: Note) -> dict[str, Any]:
    return {
        "sha256": note.sha256,
        "size": note.size,
        "arrivals": [_told(arrival) for arrival in note.arrivals],
        "plan_version": note.plan_version,
        "judged": None if note.judged is None else _told(note.judged),
        "since": None if note.since is None else dict(note.since),
        "withdrawals": [{"at": w.at.isoformat(), "reason": w.reason} for w in note.withdrawals],
        "refusals": [
            {
                "at": r.received_at.isoformat(),
                "name": r.source_name,
                "folder": r.folder,
                "code": r.code,
                "message": r.message,
                "value": r.value,
            }
            for r in note.refusals
        ],
    }


def _told(arrival: Arrival) -> dict[str, str | None]:
    return {
        "at": arrival.received_at.isoformat(),
        "file_time": arrival.file_time.isoformat() if arrival.file_time else None,
        "seen_at": arrival.seen_at.isoformat() if arrival.seen_at else None,
        "name": arrival.source_name,
        "folder": arrival.folder,
    }


def _arrival(sha: str, told: Mapping[str, Any]) -> Arrival:
    file_time, seen_at = (_moment(told[key]) if told.get(key) else None for key in ("file_time", "seen_at"))
    return Arrival(sha, _moment(told["at"]), told["name"], told["folder"], file_time, seen_at)


def _refusal(told: Mapping[str, Any]) -> Refusal:
    return Refusal(_moment(told["at"]), told["name"], told["folder"], told["code"], told["message"], told.get("value"))


def _digest_of(told: Mapping[str, Any]) -> str:
    """SHA-256 over everything else the note says."""
    said = {key: value for key, value in told.items() if key != _DIGEST}
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, sort_keys=True).encode("ascii")).hexdigest()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
