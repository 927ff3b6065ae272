"""What a cell holds and what it means, as plain Excel expressions (no leading `=`).

A template puts `number_meant`, `day_meant` and `answer_meant` into hidden cells of their own, so that every rule reads
a count, a day, or yes and no the same way, and as the province reads it:

- blank: `BLANK` (0 for a count that may be left blank);
- a whole number, or text of digits alone: that number; a day, or text `dd/mm/yyyy`: that day; yes in any way it is
  written: 1, no: 0;
- anything else: `UNREADABLE`, and no rule is asked of it.

The boundary: the province also repairs numbers with separators (`1.250`), days in other styles (`5/4/2022`), and what
invisible characters or old fonts have spoilt, and then asks its rules. A formula does not try. For the workbook such a
cell is one to type again, which the province says as well, and its rules wait until it is mended.

Only functions that Excel 2010, LibreOffice and WPS share and that heed no locale: `VALUE` on digits alone, `TEXT` with
a format of zeros alone. And only such as work cell by cell on a column as well (so `*` and `+` for AND and OR): in a
template one array formula speaks for all rows of a table. Two columns are never joined with `&`, where LibreOffice
mistakes the rows.
"""

from __future__ import annotations

from datetime import date

from schemas.plan import DATES, NO, YES

BLANK, UNREADABLE = "-", "?"
"""Stand in a hidden cell for nothing, and for what is no number, or no day. No sum can be made with either."""
YES_MARK = "x"
"""What clerks put for yes."""
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
DIGITS_LIMIT = 15
"""A number of more digits is none: a spreadsheet does not keep them apart."""
BAR = "\N{DOUBLE VERTICAL LINE}"
"""Parts words that are searched as one text: nothing a clerk types."""
_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
_DAY_ZERO = date(1899, 12, 30)
_LARGEST = 9_000_000_000_000_000


def trimmed(ref: str) -> str:
    """The text of a cell without the spaces around it, and with single ones inside."""
    return f'TRIM(SUBSTITUTE({ref},"{NO_BREAK_SPACE}"," "))'


def given(*refs: str) -> str:
    """TRUE where one of the cells holds more than spaces; an error where one shows an error."""
    return "+".join(f"LEN({trimmed(ref)})" for ref in refs) + ">0"


def text_is(ref: str, value: str) -> str:
    """TRUE where a cell's text is that value, in any case and spacing."""
    return f'{trimmed(ref)}="{value.replace(chr(34), chr(34) * 2)}"'


def answer_meant(ref: str) -> str:
    """1 where a cell means yes, 0 where it means no, else blank or `UNREADABLE`.

    Of one cell only: among many, LibreOffice does not tell TRUE from 1.
    """
    yes = f"({text_is(ref, YES)})+({text_is(ref, YES_MARK)})"
    word = f'IF({yes},1,IF({text_is(ref, NO)},0,IF({given(ref)},"{UNREADABLE}","{BLANK}")))'
    return f'IFERROR(IF(ISLOGICAL({ref}),1*{ref},{word}),"{UNREADABLE}")'


def names_error(ref: str) -> str:
    """TRUE where a cell's text is the name of an error, as a value pasted from such a cell leaves it."""
    names = f"{BAR}{BAR.join(_ERRORS)}{BAR}"
    return f'ISNUMBER(FIND("{BAR}"&UPPER({trimmed(ref)})&"{BAR}","{names}"))'


def told(*refs: str) -> str:
    """Not 0 where each of the cells holds a text that can be read; an error where one shows an error."""
    return "*".join(f"({given(ref)})*(1-{names_error(ref)})" for ref in refs)


def number_meant(ref: str, *, blank_is_zero: bool = False) -> str:
    """The number a count cell means, blank, or `UNREADABLE`."""
    text = trimmed(ref)
    number = f"{ref}/((INT({ref})={ref})*(ABS({ref})<={_LARGEST}))"
    digits = f'(TEXT(VALUE({text}),REPT("0",LEN({text})))={text})*(LEN({text})<={DIGITS_LIMIT})'
    return _meant(ref, number, f"VALUE({text})/({digits})", "0" if blank_is_zero else f'"{BLANK}"')


def day_meant(ref: str) -> str:
    """The day a date cell means (its number, without the time of day), blank, or `UNREADABLE`."""
    text = trimmed(ref)
    low, high = day_limits()
    number = f"INT({ref})/(({ref}>={low})*({ref}<{high + 1}))"
    day = f"DATE(VALUE(RIGHT({text},4)),VALUE(MID({text},4,2)),VALUE(LEFT({text},2)))"
    digits = (f'TEXT(DAY({day}),"00")=LEFT({text},2)', f'TEXT(MONTH({day}),"00")=MID({text},4,2)')
    rest = (f'TEXT(YEAR({day}),"0")=RIGHT({text},4)', f'MID({text},3,1)="/"', f'MID({text},6,1)="/"', f"LEN({text})=10")
    right = "*".join(f"({test})" for test in (*digits, *rest, f"{day}>={low}", f"{day}<={high}"))
    return _meant(ref, number, f"{day}/({right})", f'"{BLANK}"')


def day_limits() -> tuple[int, int]:
    """The first and the last of `DATES`, as a spreadsheet numbers days."""
    first, last = ((day - _DAY_ZERO).days for day in DATES)
    return first, last


def unreadable(meant: str) -> str:
    """TRUE where a hidden cell says `UNREADABLE`."""
    return f'{meant}="{UNREADABLE}"'


def _meant(ref: str, number: str, text: str, blank: str) -> str:
    """`number`, `text`: what is meant where the cell holds one; an error (a division by FALSE) where it is none."""
    told = f'IF(ISLOGICAL({ref}),"{UNREADABLE}",IF(ISNUMBER({ref}),{number},IF({given(ref)},{text},{blank})))'
    return f'IFERROR({told},"{UNREADABLE}")'
