"""What goes back to a unit: a receipt for every file, its marked copy where something is to be mended, or a note.

The copy itself is the template, written again: `pipelines.marked` puts the two together.
"""

from pipelines.returned.answer import Answer
from pipelines.returned.causes import Cause, by_cause, parted
from pipelines.returned.entries import entries
from pipelines.returned.handback import Handback
from pipelines.returned.note import unreadable_note
from pipelines.returned.places import Places
from pipelines.returned.receipt import write_receipt
from pipelines.returned.to_mend import front
from pipelines.returned.words import FORECAST_WORDS, NOT_COUNTED, VERDICT_WORDS, deadline_words

__all__ = [
    "FORECAST_WORDS",
    "NOT_COUNTED",
    "VERDICT_WORDS",
    "Answer",
    "Cause",
    "Handback",
    "Places",
    "by_cause",
    "deadline_words",
    "entries",
    "front",
    "parted",
    "unreadable_note",
    "write_receipt",
]
