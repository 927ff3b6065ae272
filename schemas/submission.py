"""What arrives from a unit: raw cells with their addresses, then the tables found among them. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

Verdict = Literal["accepted", "accepted_with_warnings", "rejected", "unusable"]
ACCEPTED: tuple[Verdict, ...] = ("accepted", "accepted_with_warnings")


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell that shows an error: `#REF!`, `#N/A` …"""

    text: str


@dataclass(frozen=True, slots=True)
class UncachedFormula:
    """A formula whose result was never saved in the file, so nobody can know it without calculating."""

    formula: str


Encoding = Literal["tcvn3", "vni"]
"""How text was written before Unicode: letters are right only in a font of that encoding (`.Vn…`, `VNI-…`)."""

RawValue = str | int | float | bool | date | datetime | time | timedelta | ErrorCell | UncachedFormula


def column_name(col: int) -> str:
    """The letters of a column, 1-based: 1 → A, 28 → AB."""
    name = ""
    while col > 0:
        col, rest = divmod(col - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def cell_name(row: int, col: int) -> str:
    """The address of a cell, both 1-based: (10, 3) → C10."""
    return f"{column_name(col)}{row}"


@dataclass(frozen=True, slots=True)
class Concealed:
    """What of a worksheet nobody sees who opens it: cells under `merged` areas, hidden rows and columns, or all of it.

    Areas are (first row, first column, last row, last column), columns (first, last); all 1-based.
    """

    merged: tuple[tuple[int, int, int, int], ...] = ()
    rows: frozenset[int] = frozenset()
    columns: tuple[tuple[int, int], ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One worksheet as it stands in the file: cells that hold something, keyed (row, column), both 1-based.

    `encodings`: the text cells whose font is of a legacy encoding, and which. `validated`: the ranges that carry a
    data validation, as (first row, first column, last row, last column). `formulas`: of the cells above the sheet's
    first marker row (of all, where there is none), those that are formulas.
    """

    name: str
    cells: Mapping[tuple[int, int], RawValue]
    encodings: Mapping[tuple[int, int], Encoding] = field(default_factory=dict)
    validated: tuple[tuple[int, int, int, int], ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    concealed: Concealed = Concealed()


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """A whole file as read: worksheets in order, and the custom document properties.

    `epoch_1904`: it counts days from 1904, as old Macintosh workbooks do; date cells are read so already.
    """

    sheets: tuple[RawSheet, ...]
    properties: Mapping[str, str]
    epoch_1904: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose report it is, as the file's `_meta` sheet says."""

    plan: str
    round: str
    unit: str
    template_version: str
    stamp: str


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell of a table: its place (1-based), what it holds (None: blank), the legacy `encoding` of its font."""

    row: int
    col: int
    value: RawValue | None
    encoding: Encoding | None = None

    @property
    def address(self) -> str:
        """Its address on the sheet, as a person reads it."""
        return cell_name(self.row, self.col)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table (the whole of a form). `key`: organisation code, row number, or the unit for a form.

    `declared`: the cell of the column `schemas.layout.DECLARED`, where the row has one that holds something.
    """

    key: str
    row: int
    cells: Mapping[str, RawCell]
    declared: RawCell | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet's table as found by its markers. `tab` is the name the clerk sees in this very file.

    `declared`: what was chosen for the whole sheet (the row marked `schemas.layout.SHEET_DECLARATION`), if anything.
    `lost`: fields whose column is not there.
    """

    sheet: str
    tab: str
    records: tuple[Record, ...]
    declared: RawCell | None = None
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutsideCell:
    """A cell that holds something and belongs to no table: where it stands, and what it shows (text, on one line)."""

    tab: str
    cell: str
    value: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file the system has seen: the SHA-256 of its bytes, and when, under what name and in which folder it came.

    `received_at` is what counts. Beside it: `file_time`, the file's own time in the inbox, which puts files that a set
    clock gives one moment into their true order; and `seen_at`, when the system first saw it.
    """

    sha256: str
    received_at: datetime
    source_name: str
    folder: str
    file_time: datetime | None = None
    seen_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Submission:
    """A file that names its unit, with the tables found in it, and everything that stood outside them."""

    arrival: Arrival
    identity: Identity
    tables: Mapping[str, Table] = field(default_factory=dict)
    outside: tuple[OutsideCell, ...] = ()
    epoch_1904: bool = False

    @property
    def sha256(self) -> str:
        """The name of its bytes."""
        return self.arrival.sha256
