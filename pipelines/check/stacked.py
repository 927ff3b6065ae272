"""The rows of a batch that are asked, sheet by sheet, one frame each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from schemas.parsed import DECLARED_AS, KEY, Parsed
from schemas.plan import Sheet
from schemas.rules import ARRIVAL, REPORT, Rule


@dataclass(frozen=True, slots=True)
class Stacked:
    """One sheet's rows, one after the other, with the day each arrived (`ARRIVAL`) and whose it is (`REPORT`).

    `origins`: by position, the SHA-256 of the submission a row came from, and its Excel row there.
    """

    frame: pd.DataFrame
    origins: tuple[tuple[str, int], ...]

    def values(self, field: str) -> dict[tuple[str, str], Any]:
        """What a field holds, by SHA-256 and key."""
        if not self.origins:
            return {}
        rows = zip(self.origins, self.frame[KEY], self.frame[field], strict=True)
        values: dict[tuple[str, str], Any] = {}
        for (sha, _), key, value in rows:
            values.setdefault((sha, key), value)
        return values


def stack(sheet: Sheet, batch: Sequence[Parsed]) -> Stacked:
    """All rows of a sheet that are asked: not declared, on a sheet that the file reports on."""
    frames, origins, days = [], [], []
    for parsed in batch:
        frame = parsed.frames.get(sheet.id)
        if frame is None or frame.empty or sheet.id not in parsed.filled:
            continue
        asked = frame[frame[DECLARED_AS].isna()] if frame[DECLARED_AS].notna().any() else frame
        if asked.empty:
            continue
        arrived = parsed.submission.arrival.received_at
        frames.append(asked)
        origins += [(parsed.submission.sha256, int(row)) for row in asked.index]
        days += [pd.Timestamp(arrived.year, arrived.month, arrived.day)] * len(asked)
    if not frames:
        return Stacked(pd.DataFrame(), ())
    whole = pd.concat(frames, ignore_index=True)
    whole[ARRIVAL] = pd.DatetimeIndex(days)
    whole[REPORT] = [sha for sha, _ in origins]
    return Stacked(whole, tuple(origins))


def with_elsewhere(own: Stacked, sheets: Mapping[str, Stacked], rules: Sequence[Rule]) -> pd.DataFrame:
    """A sheet's frame with the columns of other sheets that its rules look at; missing where nothing is asked there."""
    frame = own.frame
    for column in dict.fromkeys(c for rule in rules for c in rule.elsewhere):
        sheet, _, field = column.partition(".")
        there = sheets[sheet].values(field)
        keys = zip(own.origins, frame[KEY], strict=True)
        found: list[Any] = [there.get((sha, key)) for (sha, _), key in keys]
        frame = frame.assign(**{column: pd.array(found, dtype="Int64")})
    return frame
