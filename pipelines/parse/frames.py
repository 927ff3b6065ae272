"""A table's values as a typed frame."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipelines.parse.cells import Cells
from pipelines.parse.declarations import Declarations
from schemas.parsed import DECLARED_AS, DTYPES, KEY
from schemas.plan import Field, FieldType, Sheet
from schemas.submission import Table

_TYPED: dict[FieldType, Any] = {kind: pd.api.types.pandas_dtype(name) for kind, name in DTYPES.items()}
"""Looked up once: pandas takes longer to find a type by its name than to make a column of it."""


def frame_of(sheet: Sheet, table: Table, cells: Cells, declarations: Declarations, *, filled: bool) -> pd.DataFrame:
    """One row a record, indexed by its Excel row: `KEY`, `DECLARED_AS`, then a column a field, typed as `DTYPES`.

    `filled`: whether the file reports on this sheet.
    """
    records = table.records
    declared = [declarations.of_row(record) for record in records]
    index = pd.Index([record.row for record in records], dtype="int64", name="row")
    values = [
        cells.values(sheet, record, asked=filled and said is None)
        for record, said in zip(records, declared, strict=True)
    ]

    def column(field: Field, held: list[Any]) -> Any:
        dtype = _TYPED[field.type]
        return pd.Series(held, index=index, dtype=dtype) if dtype.kind == "O" else pd.array(held, dtype=dtype)

    columns: dict[str, Any] = {
        KEY: pd.Series([record.key for record in records], index=index, dtype=object),
        DECLARED_AS: pd.Series(declared, index=index, dtype=object),
    }
    columns |= {field.id: column(field, [row[n] for row in values]) for n, field in enumerate(sheet.fields)}
    return pd.DataFrame(columns, index=index)
