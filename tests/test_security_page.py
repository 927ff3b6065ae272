"""docs/security.md says the limits that the code keeps."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.intake import (
    arrivals,
    cells,
    confinement,
    guard,
    isolation,
    package,
    shared,
    worksheet,
    xml_parts,
    zip_parts,
)

PAGE = Path(__file__).parents[1] / "docs" / "security.md"
MIB, GIB = 1024**2, 1024**3
LIMITS = {
    "size of a file": f"{guard.FILE_LIMIT // MIB} MiB",
    "parts of the zip": f"{guard.PARTS_LIMIT:,}",
    "one part, inflated": f"{guard.PART_LIMIT // MIB} MiB",
    "all parts, inflated": f"{guard.INFLATED_LIMIT // MIB} MiB",
    f"ratio of a part over {zip_parts.RATIO_FROM // MIB} MiB": f"{zip_parts.RATIO_LIMIT} : 1",
    "depth of XML": f"{xml_parts.DEPTH_LIMIT}",
    "sheets": f"{cells.SHEETS_LIMIT}",
    "columns that hold a value": f"{worksheet.COLUMNS_LIMIT:,}",
    "rows that hold a value": f"{worksheet.ROWS_LIMIT:,}",
    "rows × columns of a sheet": f"{worksheet.GRID_LIMIT:,}",
    "merged ranges of a sheet": f"{worksheet.MERGES_LIMIT:,}",
    "characters of a cell": f"{shared.TEXT_LIMIT:,}",
    "characters of a tab's name": f"{package.TAB_LIMIT:,}",
    "memory of the child": f"{confinement.MEMORY_LIMIT // GIB} GiB",
    "time for a file": f"{isolation.SECONDS_LIMIT} s",
    "what the child may send back": f"{isolation.ANSWER_LIMIT // MIB} MiB",
    "depth of folders in the inbox": f"{arrivals.DEPTH_LIMIT}",
}


def test_the_table_of_limits_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = page.partition("| limit | value |")[2].partition("\n\n")[0]
    assert dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)) == LIMITS
