"""What the sheets that list rows must say, by the oracle: forms, declarations, findings, sources, charts' figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.oracle import counted
from tests.oracle_facts import day_words
from tests.oracle_scope import Scope
from tests.oracle_world import DECLARED, NOT_APPLICABLE
from tests.sheet_tables import Row, Sheets, as_saved, below

_MOMENTS = ("first_submitted_at", "accepted_at")


def forms(sheets: Sheets, scope: Scope) -> None:
    """The sheets of forms: every row as it was typed, the file it came from, and the sums above them."""
    for sheet in scope.now.known.sheets:
        if not scope.now.known.sheets[sheet]["rounds"] or "ket_qua" in scope.now.known.sheets[sheet]["rounds"]:
            _form(sheets[scope.now.tab(sheet)], scope, sheet)


def _form(rows: list[Row], scope: Scope, sheet: str) -> None:
    known, names = scope.now.known, scope.now.names
    fields = known.stored(sheet)
    org = known.sheets[sheet]["kind"] == "org"
    head = next(n for n, row in enumerate(rows) if row[0] == "STT")
    expected, left_out, sums = [], 0, [0] * len(fields)
    for code in scope.codes:
        version = known.counting(code)
        for key, typed in known.all_rows(code, sheet).items():
            assert version is not None
            declared = version.declares(sheet, key)
            body = [key, names[key]] if org else []
            values = [_cell(typed.get(f["id"]), f, known, code) for f in fields]
            state = [declared] if org else []
            whence = [version.file.rpartition("/")[2], version.number, version.sha256[:12]]
            expected.append([len(expected) + 1, code, names[code], *body, *values, *state, *whence])
            if declared == NOT_APPLICABLE:
                left_out += 1
                continue
            for n, field in enumerate(fields):
                if field["type"] in ("count", "yes_no"):
                    sums[n] += counted(typed.get(field["id"]))
    first = 5 if org else 3
    end = first + len(fields) + (1 if org else 0)
    shown = [row for row in rows[head + 2 :] if isinstance(row[0], int)]
    assert [[*row[:end], row[end], row[end + 4], row[end + 5]] for row in shown] == expected, sheet
    apart = f"; {left_out} dòng không áp dụng" if left_out else ""
    assert rows[head - 1][0] == f"Tổng cộng ({len(expected) - left_out:,} dòng{apart})".replace(",", ".")
    if expected:
        numeric = [f["type"] in ("count", "yes_no") for f in fields]
        assert rows[head - 1][first : first + len(fields)] == [
            s if n else None for s, n in zip(sums, numeric, strict=True)
        ]


def _cell(value: Any, field: dict[str, str], known: Any, unit: str) -> Any:
    """A typed value as the workbook shows it."""
    if field["prefill"]:
        own = {"unit_code": unit, "unit_name": known.unit(unit)["name"]}
        return own.get(field["prefill"], known.round_label)
    if value is None or value == "":
        return None
    if field["type"] == "count":
        return int(str(value).strip())
    return day_words(str(value)) if field["type"] == "date" else value


def declarations(sheets: Sheets, scope: Scope) -> None:
    """`Không phát sinh, không áp dụng`: what was declared in reports that count."""
    known, names = scope.now.known, scope.now.names
    expected = []
    for code in scope.codes:
        version = known.counting(code)
        for sheet, rows in version.values.items() if version else ():
            for key, row in rows.items():
                if DECLARED in row and version:
                    body = [key, names[key]] if key else [None, "Cả biểu"]
                    file = version.file.rpartition("/")[2]
                    expected.append([code, names[code], scope.now.tab(sheet), *body, row[DECLARED], file])
    _, _, shown = below(sheets["Không phát sinh, không áp dụng"], "")
    assert [row[1:8] for row in shown] == expected


def findings(sheets: Sheets, scope: Scope) -> None:
    """`Lỗi và cảnh báo`: errors stand in just those reports that the scenario calls wrong."""
    _, header, shown = below(sheets["Lỗi và cảnh báo"], "")
    found = [dict(zip(header, row, strict=True)) for row in shown]
    wrong = {(c, v.number) for c in scope.codes for v in scope.now.known.versions.get(c, []) if not v.accepted}
    assert {(f["Mã đơn vị"], f["Phiên bản"]) for f in found if f["Mức"] == "Lỗi"} == wrong
    for code in {f["Mã đơn vị"] for f in found}:
        newest = scope.now.known.versions[code][-1].number
        severities = [f["Mức"] for f in found if (f["Mã đơn vị"], f["Phiên bản"]) == (code, newest)]
        numbers = (severities.count("Lỗi"), severities.count("Cảnh báo"))
        assert numbers == (scope.now.errors(code), scope.now.warnings(code)), code
    for finding in found:
        counting = scope.now.known.counting(finding["Mã đơn vị"])
        counts = counting is not None and counting.number == finding["Phiên bản"]
        assert finding["Đang được tính"] == ("có" if counts else "không")
        tab, label = finding["Trang"], finding["Cột"]
        sheet = next(s for s in scope.now.known.sheets if scope.now.tab(s) == tab)
        assert label in [f["label"] for f in scope.now.known.stored(sheet)], "a column of that very sheet"
        assert f"“{tab}”, ô {finding['Ô']}" in finding["Vấn đề và cách sửa"]


def sources(sheets: Sheets, scope: Scope) -> None:
    """`Nguồn số liệu`: every report that was sent, whether it counts, and its whole SHA-256."""
    known = scope.now.known
    _, header, shown = below(sheets["Nguồn số liệu"], "")
    expected = []
    for code in scope.codes:
        counting = known.counting(code)
        for v in reversed(known.versions.get(code, [])):
            counts = "có" if counting is not None and counting.number == v.number else "không"
            moment = f"{day_words(v.night)} 22:00"
            expected.append((code, v.file.rpartition("/")[2], v.sha256, v.number, moment, v.accepted, counts))
    said = [dict(zip(header, row, strict=True)) for row in shown]
    columns = ("Mã đơn vị", "Tệp", "SHA-256", "Phiên bản", "Thời điểm nhận")
    told = [(*(s[c] for c in columns), "hấp nhận" in s["Kết luận"], s["Đang được tính"]) for s in said]
    assert sorted(told, key=str) == sorted(expected, key=str)


def chart_figures(sheets: Sheets, scope: Scope) -> None:
    """`Số liệu biểu đồ`: reports day by day, rates by group."""
    now = scope.now
    assert now.known.due is not None
    asked = [c for c in scope.codes if scope.unit(c)["state"] != "mien"]
    sent, taken = (sorted(scope.unit(c)[k][:10] for c in asked if scope.unit(c)[k]) for k in _MOMENTS)
    last = max(now.day, now.known.due)
    _, _, days = below(sheets["Số liệu biểu đồ"], "1. Số đơn vị")
    if not sent:
        assert days[0][1:3] == [0, 0]
        return
    first = date.fromisoformat(sent[0])
    expected = []
    for on in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        done = [sum(d <= on.isoformat() for d in of) if on <= now.day else None for of in (sent, taken)]
        limit = len(asked) if on == now.known.due else None
        expected.append([day_words(on), *done, len(asked), limit])
    assert days == expected
    _, header, groups = below(sheets["Số liệu biểu đồ"], "2. Tỷ lệ hoàn thành")
    shown = now.of_kind("rate")
    assert header == ["Nhóm", *shown]
    cells = [[g, *(scope.total(i, g)["rate"] for i in shown)] for g in scope.groups]
    assert groups == [[g, *(None if r is None else as_saved(r) for r in of)] for g, *of in cells]
