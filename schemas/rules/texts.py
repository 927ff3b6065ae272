"""Rules that compare texts and choices, with each other or from row to row. Upper and lower case are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from schemas.finding import FindingCode
from schemas.rules.base import REPORT, Cells, Rule
from schemas.rules.cells import BAR, told, trimmed
from schemas.rules.faces import folded, settled
from schemas.tables import UNIT_CODE

_CODE_LETTERS, _CODE_LIMIT = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", 20
_TEXT_LIMIT = 200
"""Characters of a text inside a formula; Excel takes 255."""
_NAMED = 3
"""How many of the values that are taken the words name."""


class DiffersFrom(Rule):
    """field ≠ other."""

    name, code = "differs_from", FindingCode.DIFFERS_FROM
    params = fields_in = texts = ("field", "other")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        field, other = (folded(frame[self._one(end)]) for end in ("field", "other"))
        return settled(field.isna() | other.isna() | (field != other))

    def formula(self, cells: Cells) -> str:
        field, other = (cells.typed(self._one(end)) for end in ("field", "other"))
        return f"IF({told(field, other)},{trimmed(field)}<>{trimmed(other)},TRUE)"

    def words(self) -> str:
        return f"{self._label(self._one('field'))} phải khác {self._label(self._one('other'))}"

    def breach(self, row: Mapping[str, Any]) -> str:
        return f"{self._with(self._one('field'), row)} giống {self._label(self._one('other'))}"


class NoneOf(Rule):
    """field is none of these values."""

    name, code = "none_of", FindingCode.NONE_OF
    params = ("field", "values")
    fields_in = texts = ("field",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        taken = {value.casefold() for value in self._many("values")}
        return ~folded(frame[self._one("field")]).isin(taken)

    def formula(self, cells: Cells) -> str:
        field = cells.typed(self._one("field"))
        found = (f'ISNUMBER(FIND("{BAR}"&UPPER({trimmed(field)})&"{BAR}","{text}"))' for text in self._joined())
        return f"IF({told(field)},({'+'.join(found)})=0,TRUE)"

    def words(self) -> str:
        values = self._many("values")
        more = ", …" if len(values) > _NAMED else ""
        return f"{self._label(self._one('field'))} không được là giá trị đã có ({', '.join(values[:_NAMED])}{more})"

    def breach(self, row: Mapping[str, Any]) -> str:
        return f"{self._with(self._one('field'), row)} là giá trị đã có"

    def _joined(self) -> Iterator[str]:
        """The values as texts to be searched, each short enough for a formula."""
        text = BAR
        for value in self._many("values"):
            written = value.upper().replace('"', '""') + BAR
            if len(text) + len(written) > _TEXT_LIMIT and text != BAR:
                yield text
                text = BAR
            text += written
        yield text


class IsCode(Rule):
    """field has the shape of a unit's code: capital letters, digits and hyphens, no hyphen first."""

    name, code = "is_code", FindingCode.IS_CODE
    params = fields_in = texts = ("field",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        field = frame[self._one("field")]
        return field.isna() | field.astype("string").str.fullmatch(UNIT_CODE).fillna(True).astype(bool)

    def formula(self, cells: Cells) -> str:
        field = cells.typed(self._one("field"))
        places = ",".join(str(n) for n in range(1, _CODE_LIMIT + 1))
        ones = ";".join("1" * _CODE_LIMIT)
        filled = f'{trimmed(field)}&"{"0" * _CODE_LIMIT}"'  # LibreOffice does not find nothing in a text
        other = f'MMULT(1*ISERROR(FIND(MID({filled},{{{places}}},1),"{_CODE_LETTERS}")),{{{ones}}})'
        shape = f'(LEN({trimmed(field)})<={_CODE_LIMIT})*(LEFT({trimmed(field)},1)<>"-")*({other}=0)'
        return f"IF({told(field)},{shape},TRUE)"

    def words(self) -> str:
        shape = f"chữ hoa không dấu, chữ số và gạch nối, không quá {_CODE_LIMIT} ký tự"
        return f"{self._label(self._one('field'))} chỉ gồm {shape}"

    def breach(self, row: Mapping[str, Any]) -> str:
        return f"{self._with(self._one('field'), row)} không phải một mã"


class UniqueRows(Rule):
    """No two rows of a report give the same fields; `also`: fields that are compared even where they are blank.

    Every one of such rows is told.
    """

    name, code = "unique_rows", FindingCode.UNIQUE_ROWS
    params, optional = ("fields",), ("also",)
    fields_in = texts = ("fields", "also")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        keys = frame[list(self.fields)].apply(folded).assign(**{REPORT: frame[REPORT]})
        asked = frame[list(self._many("fields"))].notna().all(axis=1)
        return ~asked | ~keys.duplicated(keep=False)

    def formula(self, cells: Cells) -> str:
        texts = {field: _shown(cells.typed(field)) for field in self.fields}
        asked = f"IFERROR({told(*map(cells.typed, self._many('fields')))},0)"
        same = "*".join(f"({text}=TRANSPOSE({text}))" for text in texts.values())
        ones = f"ROW({cells.typed(self.fields[0])})^0"
        return f"IF({asked},MMULT(1*{same},{ones})<=1,TRUE)"

    def words(self) -> str:
        return f"Không được có hai dòng cùng {_and(self._label(f) for f in self.fields)}"

    def breach(self, row: Mapping[str, Any]) -> str:
        return f"một dòng khác của biểu cũng ghi {_and(self._with(f, row) for f in self.fields)}"


def _shown(ref: str) -> str:
    """A cell's text; nothing where it shows an error, which would spoil all rows."""
    return f'IFERROR({trimmed(ref)},"")'


def _and(words: Sequence[str] | Iterator[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} và {last}" if first else last
