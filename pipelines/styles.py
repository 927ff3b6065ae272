"""Every workbook format, named by what it means. Colours and the font are chosen here and nowhere else."""

from __future__ import annotations

import re
import textwrap
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from pipelines.spoken_text import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

FONT = "Times New Roman"
FONT_SIZE = 11

INK = "#1F2933"
INK_SOFT = "#5B6673"
ACCENT = "#8C1D18"
"""The dark red of an official heading."""
RULE_LINE = "#B8C0CA"
"""Cell borders."""
HEADER_FILL = "#DDE5EF"
GROUP_FILL = "#CBD7E6"
TOTAL_FILL = "#EDF1F6"
LOCKED_FILL = "#F4F5F7"
INPUT_FILL = "#FFF8DC"
"""The tint of a cell to fill in."""
ERROR_FILL, ERROR_INK = "#F6B8B2", "#8E1B12"
WARNING_FILL, WARNING_INK = "#FFD98A", "#6F4700"
GOOD_FILL, GOOD_INK = "#D5ECD9", "#1D6132"
NEUTRAL_FILL, NEUTRAL_INK = "#E9ECF0", "#4A5561"
LINK_INK = "#1F4E9E"

BAR_COLOUR, GOOD_BAR, WARNING_BAR, BAD_BAR, NEUTRAL_BAR = (
    "#3B6EA5",
    "#4C9A62",
    "#E0A92E",
    "#C0463A",
    "#9AA5B1",
)
"""Bars of charts: plain, and by meaning."""
DATA_BAR = "#BFD3EA"
"""A bar behind the figure in a cell."""
SCALE_LOW, SCALE_MIDDLE, SCALE_HIGH = "#F6B8B2", "#FFF0C2", "#B9DFC1"
"""A colour scale from nothing done to all done."""

INPUT_COUNT_FORMAT = "#,##0"
COUNT_FORMAT = "[$-42A]#,##0"
"""As Vietnamese writes numbers (1.234), also where a program is set to another language and heeds the mark."""
COUNT_OR_DASH_FORMAT = "[$-42A]#,##0;[$-42A]-#,##0;–"
YES_COUNT_FORMAT = '[$-42A]"có: "#,##0'
DATE_FORMAT = "dd/mm/yyyy"
DATETIME_FORMAT = "dd/mm/yyyy hh:mm"
PERCENT_FORMAT = r'[>=1][$-42A]0.0\ %;[>=0.9995]"99,9 %";[$-42A]0.0\ %'
"""`78,5 %`, as `schemas.results.percent` says it: a rate that is short of the whole never shows as 100 %."""
TEXT_FORMAT = "@"
UNSEEN_FORMAT = ";;;"
"""Shows nothing, whatever the cell holds."""

WORKBOOK_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"font_name": FONT, "font_size": FONT_SIZE, "font_scheme": "none"},
}
"""For `xlsxwriter.Workbook`: text stays text, and untouched cells carry the house font.

Without `font_scheme` xlsxwriter ties the font to the theme's, which is Calibri, from the second format on.
"""

_BOX = {"border": 1, "border_color": RULE_LINE}
_MIDDLE = {"valign": "vcenter"}
_CENTRE = {"align": "center", "valign": "vcenter", "text_wrap": True}
_LEFT = {"align": "left", "valign": "vcenter", "text_wrap": True}
_RIGHT = {"align": "right", "valign": "vcenter"}

InputKind = Literal["text", "choice", "yes_no", "count", "fraction", "date", "datetime"]
_INPUT: dict[InputKind, dict[str, Any]] = {
    "text": {"num_format": TEXT_FORMAT, **_LEFT},
    "choice": _LEFT,
    "yes_no": _CENTRE,
    "count": {"num_format": INPUT_COUNT_FORMAT, **_RIGHT},
    "fraction": _RIGHT,
    "date": {"num_format": DATE_FORMAT, **_CENTRE},
    "datetime": {"num_format": DATETIME_FORMAT, **_CENTRE},
}
_MARKED = {
    "": {"bg_color": INPUT_FILL},
    "error": {"bg_color": ERROR_FILL, "font_color": ERROR_INK},
    "warning": {"bg_color": WARNING_FILL, "font_color": WARNING_INK},
}
"""The colours of an input cell by the severity of what was found in it."""

WORD_JOINER = "\N{WORD JOINER}"
LONGEST_TEXT = 32_767
"""Characters an Excel cell can hold."""
_FOOTER_ROOM = 59
"""Characters of a name in a footer: Excel takes 255 for all of it, the codes of fonts among them."""
TALLEST_ROW = 540
"""Pixels: a little under the 409 points Excel allows."""
_LONGEST_MEASURED = 4_000
"""Characters after which a text fills the tallest row whatever its words."""


def cell_text(text: str) -> str:
    """A text as a cell can hold it: at most 32,767 characters (cut with “…”), without halves of letters.

    xlsxwriter writes text between `<r>` and `</r>` as markup; an invisible character keeps such text what it is.
    """
    sound = sound_text(text)
    return sound_text(WORD_JOINER + sound) if _like_markup(sound) else sound


def sound_text(text: str) -> str:
    """A text cut to what a cell can hold, without halves of letters; for a cell, `exact_text` writes just that."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return sound if len(sound) <= LONGEST_TEXT else sound[: LONGEST_TEXT - 1] + "…"


def footer_text(text: str) -> str:
    """A name as it stands in the footer of printed pages, which have room for some of it: `&` is no code there.

    xlsxwriter looks for `&G` and `&[` behind a doubled `&` too; an invisible character keeps them apart.
    """
    said = spoken(text)
    if len(said) + said.count("&") > _FOOTER_ROOM:
        said = said[:_FOOTER_ROOM]
        while len(said) + said.count("&") >= _FOOTER_ROOM:
            said = said[:-1]
        said += "…"
    return re.sub(r"&&(?=[G\[])", f"&&{WORD_JOINER}", said.replace("&", "&&"))


def property_text(text: str) -> str:
    """A text as a property of a document holds it: at most 255 characters, on one line."""
    return spoken(text)[:255]


def exact_text(sound: str) -> str:
    """What to give to xlsxwriter so that the cell holds exactly a sound text. For cells only, not for comments."""
    if not _like_markup(sound):
        return sound
    run = f'<r><t xml:space="preserve">{escape(sound)}</t></r>'
    return run if len(run) <= LONGEST_TEXT else cell_text(sound)


def _like_markup(text: str) -> bool:
    return text.startswith("<r>") and text.endswith("</r>")


def not_written(path: Path, fault: Exception) -> OSError:
    """What a workbook that could not be written is raised as: the system's error, with the path that was to be."""
    cause = fault.args[0] if fault.args else None
    if isinstance(cause, OSError) and cause.errno is not None:
        return OSError(cause.errno, cause.strerror, str(path))
    return OSError(f"không ghi được tệp {path}")


def row_pixels(cells: Iterable[tuple[object, float]]) -> int | None:
    """How high a row must be for its wrapped texts, given with their columns' widths; None: one line will do.

    Excel measures such rows itself when it opens a file, LibreOffice and printing services do not.
    """
    lines = 1
    for text, width in cells:
        room = int(width * 1.05)
        if isinstance(text, str) and (len(text) > room or "\n" in text):
            parts = text[:_LONGEST_MEASURED].split("\n")
            lines = max(lines, sum(_lines(part, room) for part in parts))
    return None if lines == 1 else min(6 + 17 * lines, TALLEST_ROW)


@lru_cache(maxsize=4096)
def _lines(text: str, room: int) -> int:
    return max(1, len(textwrap.wrap(text, room)))


class Styles:
    """The formats of one workbook; each is made once. Formats no cell uses are not written to the file."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._input_cells: dict[tuple[InputKind, str], Format] = {}
        self._headings()
        self._table_heads()
        self._cells()
        self._totals()
        self._states()
        self._inputs()
        self._reports()
        self._answers()

    def make(self, **properties: Any) -> Format:
        """A format in the house font, for the one place that needs it."""
        base = {"font_name": FONT, "font_size": FONT_SIZE, "font_color": INK}
        return self._workbook.add_format(base | properties)

    def input_cell(self, kind: InputKind, severity: Literal["", "error", "warning"] = "") -> Format:
        """The unlocked format of a cell to fill in, coloured where something was found wrong with what it holds."""
        known = self._input_cells.get((kind, severity))
        if known is None:
            known = self.make(**_INPUT[kind] | _BOX | _MARKED[severity] | {"locked": False})
            self._input_cells[kind, severity] = known
        return known

    def _headings(self) -> None:
        self.document_head = self.make(bold=True, font_size=12, **_CENTRE)
        self.document_head_soft = self.make(font_size=12, **_CENTRE)
        self.title = self.make(bold=True, font_size=15, font_color=ACCENT, **_CENTRE)
        self.title_left = self.make(bold=True, font_size=13, font_color=ACCENT, **_LEFT)
        self.subtitle = self.make(bold=True, font_size=12, **_CENTRE)
        self.subtitle_left = self.make(bold=True, **_LEFT)
        self.section = self.make(bold=True, font_size=12, font_color=ACCENT, **_LEFT)
        self.note = self.make(italic=True, font_size=10, font_color=INK_SOFT, **_LEFT)
        self.note_centre = self.make(italic=True, font_size=10, font_color=INK_SOFT, **_CENTRE)
        self.deadline = self.make(bold=True, font_size=22, font_color=ACCENT, border=2, border_color=ACCENT, **_CENTRE)
        self.paragraph = self.make(**_LEFT)
        self.step_number = self.make(bold=True, font_color=ACCENT, align="center", valign="top")
        self.step = self.make(align="left", valign="top", text_wrap=True)

    def _table_heads(self) -> None:
        self.header = self.make(bold=True, bg_color=HEADER_FILL, **_CENTRE, **_BOX)
        self.group_header = self.make(bold=True, bg_color=GROUP_FILL, **_CENTRE, **_BOX)
        self.column_number = self.make(italic=True, font_size=9, font_color=INK_SOFT, **_CENTRE, **_BOX)

    def _cells(self) -> None:
        self.key = self.make(num_format=TEXT_FORMAT, font_color=INK_SOFT, **_MIDDLE)
        self.name = self.make(indent=1, **_LEFT, **_BOX)
        self.text = self.make(**_LEFT, **_BOX)
        self.text_centre = self.make(**_CENTRE, **_BOX)
        self.count = self.make(num_format=COUNT_FORMAT, **_RIGHT, **_BOX)
        self.date = self.make(num_format=DATE_FORMAT, **_CENTRE, **_BOX)
        self.datetime = self.make(num_format=DATETIME_FORMAT, **_CENTRE, **_BOX)
        self.percent = self.make(num_format=PERCENT_FORMAT, **_RIGHT, **_BOX)
        self.link = self.make(font_color=LINK_INK, underline=1, **_CENTRE, **_BOX)
        self.link_left = self.make(font_color=LINK_INK, underline=1, **_LEFT, **_BOX)

    def _totals(self) -> None:
        total = {"bold": True, "bg_color": TOTAL_FILL, **_BOX}
        self.total_label = self.make(indent=1, **total, **_LEFT)
        self.total_count = self.make(num_format=COUNT_FORMAT, **total, **_RIGHT)
        self.total_percent = self.make(num_format=PERCENT_FORMAT, **total, **_RIGHT)

    def _states(self) -> None:
        self.good = self.make(bg_color=GOOD_FILL, font_color=GOOD_INK, **_CENTRE, **_BOX)
        self.warn = self.make(bg_color=WARNING_FILL, font_color=WARNING_INK, **_CENTRE, **_BOX)
        self.bad = self.make(bg_color=ERROR_FILL, font_color=ERROR_INK, **_CENTRE, **_BOX)
        self.neutral = self.make(bg_color=NEUTRAL_FILL, font_color=NEUTRAL_INK, **_CENTRE, **_BOX)
        self.banner = self.make(bold=True, font_size=16, **_CENTRE, **_BOX)
        """A line in big letters; one of the three conditional formats below gives its colour."""
        self.when_good = self._workbook.add_format({"bg_color": GOOD_FILL, "font_color": GOOD_INK})
        self.when_warn = self._workbook.add_format({"bg_color": WARNING_FILL, "font_color": WARNING_INK})
        self.when_bad = self._workbook.add_format({"bg_color": ERROR_FILL, "font_color": ERROR_INK})

    def _inputs(self) -> None:
        self.declaration_label = self.make(bold=True, align="right", indent=1, **_MIDDLE)
        """Stands before the cell in which a whole sheet is declared."""
        self.when_mended = self._workbook.add_format({"bg_color": INPUT_FILL, "font_color": INK})
        """Gives a marked cell the input tint back."""
        self.when_unasked = self._workbook.add_format({"bg_color": NEUTRAL_FILL, "font_color": NEUTRAL_INK})
        self.locked = self.make(bg_color=LOCKED_FILL, **_LEFT, **_BOX)
        self.locked_name = self.make(bg_color=LOCKED_FILL, indent=1, **_LEFT, **_BOX)
        self.locked_number = self.make(bg_color=LOCKED_FILL, **_CENTRE, **_BOX)
        self.hint = self.make(italic=True, font_size=10, font_color=INK_SOFT, **_LEFT, **_BOX)
        self.legend_meaning = self.make(indent=1, **_LEFT)
        self.input_sample = self.make(bg_color=INPUT_FILL, **_CENTRE, **_BOX)
        """A locked cell in the colour of an input cell, for legends."""

    def _reports(self) -> None:
        self.page_office = self.make(bold=True, font_size=10, font_color=INK_SOFT, **_MIDDLE)
        """The three lines above every consolidated sheet run on to the right: no wrapping."""
        self.page_party = self.make(bold=True, underline=1, font_size=10, font_color=INK_SOFT, align="right", **_MIDDLE)
        """Stands in the last column of the first line, and runs on to the left."""
        self.letter_superior = self.make(font_size=12, **_CENTRE)
        self.letter_office = self.make(bold=True, font_size=12, **_CENTRE)
        self.letter_party = self.make(bold=True, underline=1, font_size=13, **_CENTRE)
        self.letter_dated = self.make(italic=True, font_size=12, **_CENTRE)
        """The two blocks above a Party document, which end in a number and a day that a person fills in."""
        self.subtitle_plain = self.make(bold=True, **_MIDDLE)
        self.task_number = self.make(bold=True, num_format=COUNT_FORMAT, font_color=ACCENT, **_CENTRE, **_BOX)
        self.page_title = self.make(bold=True, font_size=14, font_color=ACCENT, **_MIDDLE)
        self.page_subject = self.make(font_color=INK, **_MIDDLE)
        self.page_note = self.make(italic=True, font_size=10, font_color=INK_SOFT, **_MIDDLE)
        self.headline = self.make(bold=True, font_size=12, **_LEFT)
        self.count_or_dash = self.make(num_format=COUNT_OR_DASH_FORMAT, **_RIGHT, **_BOX)
        self.small = self.make(font_size=8, **_MIDDLE, **_BOX)
        self.soft = self.make(font_color=INK_SOFT, **_CENTRE, **_BOX)
        self.pending = self.make(
            italic=True, font_size=9, font_color=NEUTRAL_INK, bg_color=NEUTRAL_FILL, **_CENTRE, **_BOX
        )
        self.percent_centre = self.make(num_format=PERCENT_FORMAT, **_CENTRE, **_BOX)
        total = {"bold": True, "bg_color": TOTAL_FILL, **_BOX}
        self.total_centre = self.make(**total, **_CENTRE)
        self.total_percent_centre = self.make(num_format=PERCENT_FORMAT, **total, **_CENTRE)
        self.total_yes = self.make(num_format=YES_COUNT_FORMAT, **total, **_RIGHT)
        cover = {"italic": True, "font_size": 9, "font_color": INK_SOFT, "bg_color": TOTAL_FILL, **_BOX}
        self.cover_label = self.make(**cover, **_LEFT)
        self.cover = self.make(**cover, **_CENTRE)
        self.scale_low = self.make(bg_color=SCALE_LOW, **_CENTRE, **_BOX)
        self.scale_middle = self.make(bg_color=SCALE_MIDDLE, **_CENTRE, **_BOX)
        self.scale_high = self.make(bg_color=SCALE_HIGH, **_CENTRE, **_BOX)
        verdict = {"bold": True, "font_size": 20, **_CENTRE, **_BOX}
        self.verdict_good = self.make(**verdict | {"bg_color": GOOD_FILL, "font_color": GOOD_INK})
        self.verdict_warn = self.make(**verdict | {"bg_color": WARNING_FILL, "font_color": WARNING_INK})
        self.verdict_bad = self.make(**verdict | {"bg_color": ERROR_FILL, "font_color": ERROR_INK})

    def _answers(self) -> None:
        self.unseen = self.make(num_format=UNSEEN_FORMAT)
        error, warning = {"bg_color": ERROR_FILL, "font_color": ERROR_INK}, {"bg_color": WARNING_FILL}
        warning |= {"font_color": WARNING_INK}
        neutral = {"bg_color": NEUTRAL_FILL, "font_color": NEUTRAL_INK}
        self.cause_error = self.make(**{"bold": True, **error, **_LEFT, **_BOX})
        self.cause_error_step = self.make(**error, **_LEFT, **_BOX)
        self.cause_warning = self.make(**{"bold": True, **warning, **_LEFT, **_BOX})
        self.cause_warning_step = self.make(**warning, **_LEFT, **_BOX)
        self.cause_neutral = self.make(**{"bold": True, **neutral, **_LEFT, **_BOX})
        self.cause_neutral_step = self.make(**neutral, **_LEFT, **_BOX)
        """The heading of a group of findings, and what to do about it."""
