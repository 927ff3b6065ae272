"""What a consolidation lists: every counted row with its provenance, every finding, every source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pipelines.consolidate.gathering import numbers, reports_in_parts, tabs
from pipelines.dataset import Connection, quoted, read, stored_fields, table_name
from pipelines.known import Known
from pipelines.parts import Gathered
from schemas.finding import Finding, FindingCode
from schemas.plan import Plan, Sheet, Unit
from schemas.results import DataRow, ListedFinding, SheetRows, Source
from schemas.submission import column_name

_OF_ROUND = "v.plan = $plan AND v.round = $round AND v.known_by = $moment"
_SOURCES = f"SELECT * FROM known AS v WHERE {_OF_ROUND} ORDER BY v.unit, v.version"
_COUNTING = "SELECT unit, version FROM counting($plan, $round, $moment)"
_PLACES = "SELECT sha256, field, col, row FROM places WHERE sheet = $sheet AND list_contains($shas, sha256)"
_FINDINGS_OF = "SELECT * FROM findings WHERE sha256 IN (SELECT unnest($shas)) ORDER BY position"
TAKEN_OVER = "Đơn vị đã sáp nhập; số liệu nay tính theo báo cáo của đơn vị nhận"
_FINDINGS = f"""
SELECT v.unit, v.version, v.source_name, f.*
FROM known AS v
JOIN findings AS f ON f.sha256 = v.sha256
WHERE {_OF_ROUND}
ORDER BY v.unit, v.version, f.position
"""


def sources(known: Known) -> tuple[Source, ...]:
    """Every version of every unit known by then, with whether it counts and why, in the plan's order of units."""
    plan = known.plan
    counting = {row["unit"]: row["version"] for row in known.read(_COUNTING)}
    in_parts = reports_in_parts(known)
    listed = [
        _source(plan, row, counting.get(row["unit"]), in_parts.get(row["unit"]))
        for row in known.read(_SOURCES)
        if plan.has_unit(row["unit"])
    ]
    order = _unit_order(plan)
    return tuple(sorted(listed, key=lambda s: (order[s.unit.code], s.version)))


def counted_rows(known: Known) -> tuple[SheetRows, ...]:
    """Per sheet of the round, all rows that count, in the plan's order of units, then as they stood in the file."""
    return tuple(SheetRows(sheet, _rows(known, sheet)) for sheet in known.plan.sheets_of_round(known.round.id))


def listed_findings(known: Known) -> tuple[ListedFinding, ...]:
    """Every finding on every version known by then, in the plan's order of units, newest version first."""
    plan = known.plan
    counting = _counting_versions(known)
    labels = _field_labels(plan)
    order = _unit_order(plan)
    rows = [row for row in known.read(_FINDINGS) if plan.has_unit(row["unit"])]
    rows.sort(key=lambda r: (order[r["unit"]], -r["version"], r["severity"], r["position"]))
    return tuple(
        ListedFinding(
            unit=plan.unit(row["unit"]),
            version=row["version"],
            source_name=row["source_name"],
            counts=(row["unit"], row["version"]) in counting,
            field_label=labels.get((row["sheet"], row["field"])) or labels.get(("", row["field"]), ""),
            finding=_finding(row),
        )
        for row in rows
    )


def _field_labels(plan: Plan) -> dict[tuple[str, str], str]:
    """(tab, field) → label; under the tab `""` where the field is called the same on every sheet that has it."""
    labels: dict[tuple[str, str], str] = {}
    for sheet in plan.sheets:
        for field in sheet.fields:
            labels[sheet.tab, field.id] = field.label
            same = labels.setdefault(("", field.id), field.label) == field.label
            labels["", field.id] = field.label if same else ""
    return labels


def _counting_versions(known: Known) -> set[tuple[str, int]]:
    """(unit, version) of everything that counts."""
    in_parts = reports_in_parts(known)
    counting = {(row["unit"], row["version"]) for row in known.read(_COUNTING)}
    counted = {unit for unit, _ in counting}
    parts = {(unit, p.version) for unit, r in in_parts.items() if r.whole and unit in counted for p in r.counting()}
    return {found for found in counting if found[0] not in in_parts} | parts


def findings_of(connection: Connection, sha256: str) -> tuple[Finding, ...]:
    """The findings booked on one submission."""
    return findings_of_each(connection, [sha256])[sha256]


def findings_of_each(connection: Connection, shas: Collection[str]) -> dict[str, tuple[Finding, ...]]:
    """SHA-256 → the findings booked on that submission."""
    found: dict[str, list[Finding]] = {sha: [] for sha in shas}
    for row in read(connection, _FINDINGS_OF, {"shas": list(found)}):
        found[row["sha256"]].append(_finding(row))
    return {sha: tuple(findings) for sha, findings in found.items()}


def _unit_order(plan: Plan) -> dict[str, int]:
    return {unit.code: n for n, unit in enumerate(plan.units)}


def _source(plan: Plan, row: dict[str, Any], counting: int | None, in_parts: Gathered | None) -> Source:
    given = in_parts.sheets_of(row["version"]) if in_parts else None
    return Source(
        unit=plan.unit(row["unit"]),
        sha256=row["sha256"],
        source_name=row["source_name"],
        folder=row["folder"],
        received_at=row["received_at"],
        verdict=row["verdict"],
        version=row["version"],
        counts=counting is not None and (bool(given) if in_parts else row["version"] == counting),
        reason=_reason(row, counting) if in_parts is None else _part_reason(plan, row, counting, in_parts),
        template_version=row["template_version"],
        plan_version=row["plan_version"],
        withdrawn=row["withdrawn"],
        sheets=given,
    )


def _reason(row: dict[str, Any], counting: int | None) -> str:
    if row["version"] == counting:
        return "Bản được chấp nhận mới nhất"
    if row["withdrawn"] is not None:
        return f"Đã rút: {row['withdrawn']}"
    if not row["accepted"]:
        kept = f"; vẫn tính bản số {counting}" if counting else ""
        return f"Bị trả lại vì có lỗi{kept}"
    if counting is None:
        return TAKEN_OVER
    return f"Đã được thay bằng bản số {counting}"


def _part_reason(plan: Plan, row: dict[str, Any], counting: int | None, in_parts: Gathered) -> str:
    """The same for a unit that reports in parts: several versions may count, each for its sheets."""
    if row["withdrawn"] is not None or not row["accepted"]:
        return _reason(row, counting)
    given = in_parts.sheets_of(row["version"])
    if not given:
        return f"Đã được thay bằng bản số {numbers(in_parts.instead_of(row['version']))}"
    if in_parts.missing:
        return f"Mới có một phần báo cáo ({tabs(plan, given)}); còn thiếu {tabs(plan, in_parts.missing)}"
    if counting is None:
        return TAKEN_OVER
    if len(given) == len(in_parts.gives):
        return "Bản được chấp nhận mới nhất"
    return f"Đang lấy từ bản này: {tabs(plan, given)}"


def _rows(known: Known, sheet: Sheet) -> tuple[DataRow, ...]:
    plan = known.plan
    order = _unit_order(plan)
    fields = [f.id for f in stored_fields(sheet)]
    columns = ", ".join(f"s.{quoted(field)} AS {quoted('f_' + field)}" for field in fields)
    sql = (
        "SELECT c.unit, c.version, c.source_name, s.sha256, s.tab, s.excel_row, s.organisation, s.declared, "
        f"{columns} FROM giving($plan, $round, $moment, $sheet) AS c "
        f"JOIN {table_name(plan, sheet)} AS s ON s.sha256 = c.sha256"
    )
    found = [row for row in known.read(sql, sheet=sheet.id) if plan.has_unit(row["unit"])]
    found.sort(key=lambda row: (order[row["unit"]], row["excel_row"]))
    places = _places(known, sheet, {row["sha256"] for row in found})
    return tuple(
        DataRow(
            unit=plan.unit(row["unit"]),
            organisation=_organisation(plan, sheet, row["organisation"]),
            values={field: row["f_" + field] for field in fields},
            source_name=row["source_name"],
            sha256=row["sha256"],
            version=row["version"],
            tab=row["tab"],
            excel_row=row["excel_row"],
            declared=row["declared"],
            cells={
                field: f"{column}{own_row or row['excel_row']}"
                for field, (column, own_row) in places[row["sha256"]].items()
            },
        )
        for row in found
    )


def _places(known: Known, sheet: Sheet, shas: Iterable[str]) -> Mapping[str, Mapping[str, tuple[str, int | None]]]:
    """SHA-256 → field → the letters of its column in that file, and in a form its row."""
    wanted = {field.id for field in stored_fields(sheet)}
    places: defaultdict[str, dict[str, tuple[str, int | None]]] = defaultdict(dict)
    for place in known.read(_PLACES, sheet=sheet.id, shas=sorted(shas)):
        if place["field"] in wanted:
            places[place["sha256"]][place["field"]] = (column_name(place["col"]), place["row"])
    return places


def _organisation(plan: Plan, sheet: Sheet, code: str) -> Unit | None:
    if sheet.kind != "org":
        return None
    try:
        return plan.unit(code)
    except KeyError:  # dissolved since: the row still counts, under its code
        return Unit(code, code, "", "", "no", "")


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(
        code=FindingCode(row["code"]),
        severity=row["severity"],
        message=row["message"],
        sheet=row["sheet"],
        cell=row["cell"],
        field=row["field"],
        value=row["value"],
        rule=row["rule"],
    )
