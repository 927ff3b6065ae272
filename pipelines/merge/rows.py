"""Judged submissions as rows: the stored values of each sheet with their provenance, places and declarations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from pipelines.dataset import stored_fields
from schemas.judged import Judged
from schemas.layout import DECLARED
from schemas.parsed import DECLARED_AS, DTYPES, KEY
from schemas.plan import FieldType, Sheet
from schemas.reported import Line, Reported
from schemas.submission import RawCell

_ARROW: dict[FieldType, pa.DataType] = {
    "count": pa.int64(),
    "yes_no": pa.bool_(),
    "date": pa.date32(),
    "text": pa.string(),
    "choice": pa.string(),
}


def sheet_rows(sheet: Sheet, batch: Sequence[Judged]) -> pa.Table:
    """All rows of a sheet as the dataset's table holds them."""
    fields = stored_fields(sheet)
    schema = pa.schema(
        [
            ("sha256", pa.string()),
            ("tab", pa.string()),
            ("excel_row", pa.int32()),
            ("organisation", pa.string()),
            ("declared", pa.string()),
            *((f.id, _ARROW[f.type]) for f in fields),
        ]
    )
    frames: list[pd.DataFrame] = []
    names: list[str] = []
    tabs: list[str] = []
    for judged in batch:
        frame = judged.parsed.frames.get(sheet.id)
        if frame is None or frame.empty:
            continue
        frames.append(frame)
        names += [judged.submission.sha256] * len(frame)
        tabs += [judged.submission.tables[sheet.id].tab] * len(frame)
    if not frames:
        return schema.empty_table()
    stacked = pd.concat(frames).rename(columns={KEY: "organisation", DECLARED_AS: "declared"})
    stacked = stacked.assign(sha256=names, tab=tabs, excel_row=stacked.index).reset_index(drop=True)
    for field in fields:
        if field.id not in stacked:  # the submission was judged under a plan version without this field
            stacked[field.id] = pd.Series([None] * len(stacked), dtype=DTYPES[field.type])
    return pa.Table.from_pandas(stacked, schema=schema, preserve_index=False, safe=False)


def placed(sheet: Sheet, batch: Iterable[Judged]) -> Iterator[dict[str, Any]]:
    """Where each stored field, and the column of declarations, stood: rows of `places`."""
    for judged in batch:
        table = judged.submission.tables.get(sheet.id)
        if table is None:
            continue
        for field, cell in _cells(sheet, judged).items():
            row = cell.row if sheet.kind == "form" else None
            place = {"sha256": judged.submission.sha256, "sheet": sheet.id, "tab": table.tab}
            yield {**place, "field": field, "col": cell.col, "row": row}


def declared(sheet: Sheet, batch: Iterable[Judged]) -> Iterator[dict[str, Any]]:
    """The batch's declarations of the whole sheet: rows of `declarations`."""
    for judged in batch:
        table, word = judged.submission.tables.get(sheet.id), judged.parsed.declared.get(sheet.id)
        if table is not None and word is not None:
            cell = table.declared.address if table.declared else ""
            place = {"sha256": judged.submission.sha256, "sheet": sheet.id}
            yield {**place, "declared": word, "tab": table.tab, "cell": cell}


def reported(sheet: Sheet, batch: Sequence[Judged]) -> dict[str, Reported]:
    """SHA-256 → one sheet of submissions that are not booked yet, exactly as the dataset will give it back."""
    names = [field.id for field in stored_fields(sheet)]
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    for row in sheet_rows(sheet, batch).to_pylist():
        values = {name: row[name] for name in names}
        lines[row["sha256"]].append(Line(row["organisation"], row["excel_row"], values, row["declared"]))
    places: defaultdict[str, dict[str, tuple[int, int | None]]] = defaultdict(dict)
    for place in placed(sheet, batch):
        places[place["sha256"]][place["field"]] = (place["col"], place["row"])
    whole = {row["sha256"]: row for row in declared(sheet, batch)}
    tables = {judged.submission.sha256: judged.submission.tables.get(sheet.id) for judged in batch}
    return {
        sha: Reported(
            tab=table.tab if table else "",
            lines=tuple(sorted(lines[sha], key=lambda line: line.row)),
            places=places[sha],
            declared=whole[sha]["declared"] if sha in whole else None,
            declared_at=whole[sha]["cell"] if sha in whole else "",
        )
        for sha, table in tables.items()
    }


def _cells(sheet: Sheet, judged: Judged) -> dict[str, RawCell]:
    """A cell of each stored field's column; in a form the field's own cell."""
    cells: dict[str, RawCell] = {}
    wanted = {field.id for field in stored_fields(sheet)}
    for record in judged.submission.tables[sheet.id].records:
        for field, cell in record.cells.items():
            if field in wanted:
                cells.setdefault(field, cell)
        if record.declared is not None:
            cells.setdefault(DECLARED, record.declared)
    return cells
