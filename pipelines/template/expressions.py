"""The plain Excel expressions behind the self-check, without a leading `=`; a cell with an error fails none.

Blank means the same everywhere: an empty cell, or text that is only spaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from schemas.plan import NO, YES, Field

DATES = (date(2000, 1, 1), date(2100, 12, 31))
"""The days a date cell accepts; narrower bounds are a plan's rules."""
_DAY_ZERO = date(1899, 12, 30)


def list_name(list_id: str) -> str:
    """The defined name of a choice list."""
    return f"dm_{list_id}"


def blank(ref: str) -> str:
    """TRUE where the cell is blank."""
    return f"IF(ISTEXT({ref}),LEN(TRIM({ref}))=0,ISBLANK({ref}))"


def used(refs: Sequence[str]) -> str:
    """TRUE where any of the cells or ranges is filled."""
    filled = "+".join(f"SUMPRODUCT((LEN(TRIM({ref}))>0)*1)" for ref in refs)
    return f"IFERROR({filled},1)>0"


def missing(ref: str) -> str:
    """1 where the cell is blank, else 0."""
    return f"IF({blank(ref)},1,0)"


def wrong_type(field: Field, ref: str) -> str:
    """1 where the cell is filled with something that is not of the field's type, else 0."""
    if field.type == "count":
        return _number(ref, f"IF({ref}<0,1,N({ref}<>INT({ref})))")
    if field.type == "date":
        low, high = ((day - _DAY_ZERO).days for day in DATES)
        return _number(ref, f"({ref}<{low})+({ref}>={high + 1})")
    if field.type == "yes_no":
        return _text(ref, f'OR(TRIM({ref})="{YES}",TRIM({ref})="{NO}")')
    if field.type == "choice":
        return _text(ref, f"SUMPRODUCT(({list_name(field.choices)}=TRIM({ref}))*1)>0")
    return f"ISERROR({ref})+ISLOGICAL({ref})"


def broken(formula: str) -> str:
    """1 where a rule's expression is FALSE, else 0; a cell that shows an error counts by its type instead."""
    return f"IFERROR(IF({formula},0,1),0)"


def first_row(ranges: Sequence[str]) -> str:
    """The first row in which one of the ranges (one column each, the same rows) holds a number above 0."""
    found = "+".join(f"({cells}>0)" for cells in ranges)
    return f"1048577-SUMPRODUCT(MAX((({found})>0)*(1048577-ROW({ranges[0]}))))"


def _number(ref: str, then: str) -> str:
    return f"IF(ISNUMBER({ref}),{then},1-{blank(ref)})"


def _text(ref: str, accepted: str) -> str:
    return f"IF({blank(ref)},0,IF(ISTEXT({ref}),1-({accepted}),1))"
