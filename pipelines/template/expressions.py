"""The plain Excel expressions behind the self-check, without a leading `=`; a cell with an error fails none.

Blank means the same everywhere: an empty cell, or text that is only spaces. Each works on one cell, and cell by cell on
columns of cells (`C10:C24`), where an array formula speaks for all rows at once: so `*` and `+` stand for AND and OR.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas.contract import LARGEST_COUNT
from schemas.layout import DECLARATIONS
from schemas.plan import NO, YES, Field
from schemas.rules.cells import BAR, day_limits, given, names_error, text_is, trimmed


def list_name(list_id: str) -> str:
    """The defined name of a choice list."""
    return f"dm_{list_id}"


def joined_name(list_id: str) -> str:
    """The defined name of the cell that holds all values of a choice list, `BAR` around each."""
    return f"gop_{list_id}"


def joined(values: Sequence[str]) -> str:
    """What stands in that cell."""
    return f"{BAR}{BAR.join(values)}{BAR}"


def blank(ref: str) -> str:
    """TRUE where the cell is blank."""
    return f"IFERROR(LEN({trimmed(ref)})=0,FALSE)"


def used(*refs: str) -> str:
    """TRUE where any of the cells is filled."""
    return f"IFERROR({given(*refs)},TRUE)"


def used_any(*spans: str) -> str:
    """TRUE where any cell of these columns is filled."""
    letters = "+".join(f"SUMPRODUCT(LEN({trimmed(span)}))" for span in spans)
    return f"IFERROR({letters},1)>0"


def wrong_type(field: Field, ref: str) -> str:
    """1 where the cell is to be typed again, else 0: the province has a finding on what it holds.

    That is what it refuses, and what it takes with a warning: text for a number or a day, and any way to write a choice
    or yes/no but the exact one. Text is as it is: a space too many is mended without a word to the clerk here.
    """
    if field.type == "count":
        return _number_but(ref, f"(INT({ref})={ref})*({ref}>=0)*({ref}<={LARGEST_COUNT})")
    if field.type == "date":
        low, high = day_limits()
        return _number_but(ref, f"({ref}>={low})*({ref}<{high + 1})")
    if field.type == "yes_no":
        return _filled_but(ref, _exactly(ref, (YES, NO)))
    if field.type == "choice":
        return _filled_but(ref, f'ISNUMBER(FIND("{BAR}"&{ref}&"{BAR}",{joined_name(field.choices)}))')
    return f"IF(ISERROR({ref})+ISLOGICAL({ref}),1,1*{names_error(ref)})"


def declared(ref: str) -> str:
    """TRUE where a cell declares its row, or its sheet."""
    declarations = "+".join(f"({text_is(ref, words)})" for words in DECLARATIONS)
    return f"IFERROR({declarations},0)>0"


def wrong_declaration(ref: str) -> str:
    """1 where a cell for declarations holds anything but exactly one of them, else 0."""
    return _filled_but(ref, _exactly(ref, DECLARATIONS))


def broken(formula: str) -> str:
    """1 where a rule's expression is FALSE, else 0."""
    return f"IFERROR(IF({formula},0,1),0)"


def first_row(ranges: Sequence[str]) -> str:
    """The first row in which one of the ranges (one column each, the same rows) holds a number above 0."""
    found = "+".join(f"({cells}>0)" for cells in ranges)
    return f"1048577-SUMPRODUCT(MAX((({found})>0)*(1048577-ROW({ranges[0]}))))"


def _number_but(ref: str, right: str) -> str:
    """1 where the cell is filled, but not with a number that is right. LibreOffice takes TRUE for a number."""
    return f"IFERROR(IF(ISLOGICAL({ref}),1,IF(ISNUMBER({ref}),1-{right},1*({given(ref)}))),1)"


def _filled_but(ref: str, right: str) -> str:
    """1 where the cell is filled, but with nothing that is right."""
    return f"IFERROR(({given(ref)})*(1-{right}),1)"


def _exactly(ref: str, values: Sequence[str]) -> str:
    return "(" + "+".join(f'EXACT({ref},"{value}")' for value in values) + ")"
