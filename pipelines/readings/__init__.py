"""How a cell's content is read as a count, a date, yes/no, a choice or text. Strict: never guessed, each repair said.

Every reader takes what the cell holds (blank cells never come here) and gives a `Reading`.
"""

from __future__ import annotations

from pipelines.readings.counts import read_count
from pipelines.readings.dates import read_date, swapped_into
from pipelines.readings.reading import FORMULA_TYPED, Reading, is_blank, typed_formula, unreadable
from pipelines.readings.words import read_choice, read_text, read_yes_no

__all__ = [
    "FORMULA_TYPED",
    "Reading",
    "is_blank",
    "read_choice",
    "read_count",
    "read_date",
    "read_text",
    "read_yes_no",
    "swapped_into",
    "typed_formula",
    "unreadable",
]
