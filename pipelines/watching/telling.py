"""What a watch says: one line a file, plain text that nothing in a file's name can disturb."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipelines.answers import MARKED_COPIES, RECEIPTS, UNREADABLE, answer_name, note_name, receipt_name
from pipelines.dataset import Connection, read
from pipelines.intake import Held, TakenIn
from pipelines.returned import VERDICT_WORDS
from pipelines.store import Home
from schemas.control import base_id
from schemas.submission import Arrival

_SAID_AFTER = 5.0
"""Seconds that a file must have been held back before it is worth a line."""
_BOOKED = """
SELECT
    s.sha256, s.plan, s.round, s.unit, s.verdict, s.received_at, s.source_name, s.folder,
    count(f.sha256) FILTER (WHERE f.severity = 'error') AS errors,
    count(f.sha256) FILTER (WHERE f.severity = 'warning') AS warnings
FROM submissions AS s
LEFT JOIN findings AS f ON f.sha256 = s.sha256
WHERE s.sha256 IN (SELECT unnest($shas))
GROUP BY ALL
"""


class Spoken:
    """Says things once, however often they are met: troubles, files held back, answers to files that cannot leave."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._trouble = ""
        self._faulty: Sequence[str] = ()
        self._answered: set[Arrival] = set()
        self._answered_before: set[Arrival] = set()
        self._held: dict[Path, tuple[float, str]] = {}

    def trouble(self, sentence: str) -> None:
        """What stands in the way just now; an empty sentence: nothing any more."""
        if sentence != self._trouble:
            self._say(sentence or "Đã hết trục trặc, tiếp tục nhận tệp.")
        self._trouble = sentence

    def faulty(self, plan_ids: Sequence[str]) -> None:
        """The plans whose tables are wrong."""
        for plan_id in (p for p in plan_ids if p not in self._faulty):
            self._say(f"Kế hoạch {plan_id} có lỗi, tệp của kế hoạch này phải chờ; xem: tonghop plan check {plan_id}")
        self._faulty = plan_ids

    def answers(self, lines: Sequence[tuple[Arrival, str]]) -> None:
        """What the files of a batch were answered with."""
        for arrival, line in lines:
            if arrival not in self._answered | self._answered_before:
                self._say(line)
            self._answered.add(arrival)

    def all_looked_at_again(self) -> None:
        """Everything in the inbox is answered anew from here on: what is gone by then may be forgotten."""
        self._answered_before, self._answered = self._answered, set()

    def held(self, inbox: Path, held: Sequence[Held], left: Container[Path]) -> None:
        """The files that wait, and why. `left`: files that lie there without being held just now."""
        moment = time.monotonic()
        reasons = {one.path: one.reason for one in held}
        self._held = {path: known for path, known in self._held.items() if path in reasons or path in left}
        for path, reason in reasons.items():
            since, said = self._held.setdefault(path, (moment, ""))
            if reason != said and moment - since >= _SAID_AFTER:
                self._say(f"{shown(path, inbox)}: {reason}")
                self._held[path] = (since, reason)


def told(connection: Connection, home: Home, taken: TakenIn) -> Iterator[tuple[Arrival, str]]:
    """For each file that was taken in and answered: its arrival, and a line on it (Vietnamese)."""
    shas = list({arrival.sha256 for arrival in taken.arrived})
    booked = {row["sha256"]: row for row in read(connection, _BOOKED, {"shas": shas})}
    reasons = {arrival: findings[0].message for arrival, findings in (*taken.unusable, *taken.refused) if findings}
    for arrival in taken.arrived:
        row = booked.get(arrival.sha256)
        if row is None or arrival in reasons:
            yield arrival, _unusable(home, arrival, reasons.get(arrival, ""))
        else:
            yield arrival, _judged(home, arrival, row)
    for arrival, _ in taken.refused:
        yield arrival, f"{_name(arrival)}: CHƯA NHẬN ĐƯỢC, còn trong hộp nhận. {reasons.get(arrival, '')}"


def shown(path: Path, folder: Path) -> str:
    """A path under a folder, fit to be printed whatever bytes it is made of."""
    return os.fsencode(path.relative_to(folder)).decode("utf-8", "replace")


def _judged(home: Home, arrival: Arrival, row: dict[str, Any]) -> str:
    first = Arrival(arrival.sha256, row["received_at"], row["source_name"], row["folder"])
    again = (first.received_at, first.source_name, first.folder) != (
        arrival.received_at,
        arrival.source_name,
        arrival.folder,
    )
    round_folder = home.round_folder(row["plan"], row["round"])
    places = [
        round_folder / MARKED_COPIES / row["unit"] / answer_name(first, ".xlsx"),
        round_folder / RECEIPTS / row["unit"] / receipt_name(arrival, first),
        home.outbox / UNREADABLE / note_name(arrival),
    ]
    counts = f"{row['errors']} lỗi, {row['warnings']} cảnh báo"
    words = f"{VERDICT_WORDS[row['verdict']]}, {counts}"
    said = f"giống hệt tệp đã nhận trước đó ({words})" if again else words
    whose = f"đơn vị {row['unit']}" if base_id(row["plan"]) is None else "sổ điều hành"
    return f"{_name(arrival)}: {whose}, {said}. {_answer(home, places)}"


def _unusable(home: Home, arrival: Arrival, reason: str) -> str:
    names = (note_name(arrival, marked=True), note_name(arrival))
    place = _answer(home, [home.outbox / UNREADABLE / name for name in names])
    return f"{_name(arrival)}: {VERDICT_WORDS['unusable']}. {reason} {place}"


def _answer(home: Home, places: list[Path]) -> str:
    """Where the first of these answers that is there lies."""
    there = next((place for place in places if place.is_file()), None)
    return f"Trả lời: {there.relative_to(home.root).as_posix()}" if there else "Xem thư mục outbox."


def _name(arrival: Arrival) -> str:
    return f"{arrival.folder}/{arrival.source_name}" if arrival.folder else arrival.source_name
