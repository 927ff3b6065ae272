"""The consolidation and its workbook say what an oracle says that shares no line with the program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook

from pipelines.clock import today
from pipelines.consolidate import consolidate
from pipelines.dataset import open_dataset
from pipelines.demo.scenario import NIGHTS
from pipelines.published import status_json
from schemas.results import INDICATOR_STATES, UNIT_STATES
from tests.homes import PLAN, ROUND, Province
from tests.oracle import Expected, counted_rows, expected

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from schemas.plan import Plan

FOLDER = Path(__file__).parents[1] / "schemas" / "plans" / PLAN
DASH, PENDING = "–", "chưa báo cáo"
nights = pytest.mark.parametrize("day", NIGHTS, ids=str)


@pytest.fixture(scope="module")
def oracles(province: Province) -> dict[date, Expected]:
    return {day: expected(FOLDER, province.played.answers, day) for day in NIGHTS}


@pytest.fixture(scope="module")
def books(province: Province) -> dict[date, Workbook]:
    folder = province.home.outbox / PLAN / ROUND / "lich-su"
    return {day: load_workbook(folder / day.isoformat() / "tong-hop.xlsx", data_only=True) for day in NIGHTS}


@pytest.fixture(scope="module")
def plan(province: Province) -> Plan:
    return province.nights[NIGHTS[0]].plan


@nights
def test_every_unit(province: Province, oracles: dict[date, Expected], day: date) -> None:
    said = {u["code"]: u for u in province.said[day]["units"]}
    assert _as_far_as(said, oracles[day]["units"]) == oracles[day]["units"]


@nights
def test_every_indicator(province: Province, oracles: dict[date, Expected], day: date) -> None:
    days = {i.id: i.days_overdue for i in province.nights[day].indicators}
    said = {i["id"]: {**i, "days_overdue": days[i["id"]]} for i in province.said[day]["indicators"]}
    assert _as_far_as(said, oracles[day]["indicators"]) == oracles[day]["indicators"]


@nights
def test_every_unit_by_indicator(province: Province, oracles: dict[date, Expected], day: date) -> None:
    said = {(c["unit"], c["indicator"]): c for c in province.said[day]["by_unit"]}
    assert _as_far_as(said, oracles[day]["by_unit"]) == oracles[day]["by_unit"]


@nights
def test_a_past_day_says_again_what_it_said(province: Province, plan: Plan, day: date) -> None:
    with open_dataset(province.home.dataset) as connection:
        earlier = max((night for night in NIGHTS if night < day), default=None)
        again = consolidate(connection, plan, plan.round(ROUND), day, earlier)
    assert again == province.nights[day]
    assert json.loads(json.dumps(status_json(again))) == province.said[day]


@nights
def test_progress(books: dict[date, Workbook], oracles: dict[date, Expected], day: date) -> None:
    shown = {row["Mã đơn vị"]: row for row in _table(books[day]["Tiến độ nộp"], "Mã đơn vị")}
    units = oracles[day]["units"]
    assert list(shown) == list(units)
    for code, unit in units.items():
        row = shown[code]
        assert row["Trạng thái"] == UNIT_STATES[unit["state"]], code
        assert (row["Trễ hạn (ngày)"], row["Quá hạn (ngày)"]) == (unit["days_late"], unit["days_overdue"]), code
        assert row["Phiên bản tính"] == unit["version"] or (row["Phiên bản tính"] in (None, DASH)), code
        assert (row["Phiên bản tính"] in (None, DASH)) == (unit["version"] is None), code
        assert _moment(row["Nộp lần đầu"]) == _local(unit["first_submitted_at"]), code
        assert _moment(row["Được chấp nhận"]) == _local(unit["accepted_at"]), code


@nights
def test_completion(books: dict[date, Workbook], oracles: dict[date, Expected], day: date) -> None:
    sheet = books[day]["Tỷ lệ hoàn thành"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(n for n, row in enumerate(rows) if any(str(cell).startswith("CT1\n") for cell in row))
    ids = {col: str(cell).split("\n")[0] for col, cell in enumerate(rows[head]) if "\n" in str(cell)}
    totals, by_unit = oracles[day]["indicators"], oracles[day]["by_unit"]
    assert set(ids.values()) == {i for _, i in by_unit}
    of_province = next(row for row in rows[head:] if row[0] == "Toàn tỉnh")
    covered = rows[rows.index(of_province) + 1]
    for col, indicator in ids.items():
        assert of_province[col] == _figure(indicator, totals[indicator]), indicator
        total = totals[indicator]
        assert covered[col] == f"{total['units_reported']}/{total['units_expected']}", indicator
    shown = {str(row[1]): row for row in rows[head + 1 :] if row[1] in oracles[day]["units"]}
    assert list(shown) == list(oracles[day]["units"])
    for (code, indicator), figure in by_unit.items():
        col = next(col for col, named in ids.items() if named == indicator)
        assert shown[code][col] == _figure(indicator, figure), (code, indicator)


@nights
def test_overdue(books: dict[date, Workbook], oracles: dict[date, Expected], day: date) -> None:
    sheet = books[day]["Quá hạn"]
    units = [(c, u["days_overdue"]) for c, u in oracles[day]["units"].items() if u["state"] == "qua_han"]
    units.sort(key=lambda u: -u[1])
    heading = f"1. Đơn vị quá hạn nộp báo cáo: {len(units)}"
    assert [(r["Mã đơn vị"], r["Số ngày"]) for r in _table(sheet, "Mã đơn vị", heading)] == units

    def missing(figure: dict[str, Any]) -> int:
        return int(figure["denominator"] - figure["numerator"])

    late = [(*key, f) for key, f in oracles[day]["by_unit"].items() if f["state"] == "qua_han"]
    late.sort(key=lambda found: (-found[2]["days_overdue"], -missing(found[2])))
    heading = f"5. Chỉ tiêu quá hạn theo đơn vị: {len(late)}"
    shown = [
        (r["Mã đơn vị"], str(r["Chỉ tiêu"]).split(" – ")[0], r["Quá hạn (ngày)"], r["Còn thiếu"])
        for r in _table(sheet, "Mã đơn vị", heading)
    ]
    assert shown == [(unit, indicator, f["days_overdue"], missing(f)) for unit, indicator, f in late]


@nights
def test_overview(books: dict[date, Workbook], oracles: dict[date, Expected], day: date) -> None:
    sheet = books[day]["Tổng quan"]
    totals = {i: t for i, t in oracles[day]["indicators"].items() if t["denominator"] is not None}
    shown = {r["Mã"]: r for r in _table(sheet, "Mã", "2. Kết quả theo chỉ tiêu (toàn tỉnh)")}
    assert list(shown) == list(totals)
    for indicator, total in totals.items():
        row = shown[indicator]
        figures = (row["Đã thực hiện"], row["Tổng số"], row["Tỷ lệ"])
        assert figures == (total["numerator"], total["denominator"], _as_written(total["rate"])), indicator
        assert str(row["Trạng thái"]).startswith(INDICATOR_STATES[total["state"]]), indicator
        overdue = f" {total['days_overdue']} ngày" if total["days_overdue"] else ""
        assert str(row["Trạng thái"]).removeprefix(INDICATOR_STATES[total["state"]]) == overdue, indicator
    volumes = {i: t["numerator"] for i, t in oracles[day]["indicators"].items() if i not in totals}
    listed = _table(sheet, "Mã", "4. Khối lượng công việc; biểu đồ tỷ lệ hoàn thành")
    assert {r["Mã"]: r["Số lượng"] for r in listed} == volumes
    accepted = sum(u["state"] in ("dung_han", "tre_han") for u in oracles[day]["units"].values())
    states = {str(row[0].value): row[2].value for row in sheet.iter_rows(max_row=30)}
    assert states["Đã được chấp nhận (đúng hạn và trễ hạn)"] == accepted
    for state, label in UNIT_STATES.items():
        assert states[label] == sum(u["state"] == state for u in oracles[day]["units"].values()), label


@nights
def test_totals_of_every_form(province: Province, books: dict[date, Workbook], plan: Plan, day: date) -> None:
    counted = counted_rows(FOLDER, province.played.answers, day)
    for sheet in plan.sheets_of_round(ROUND):
        page = books[day][sheet.tab]
        rows = counted[sheet.id]
        numeric = [f for f in sheet.fields if f.stored and f.numeric]
        cells = [[cell.value for cell in row] for row in page.iter_rows(max_row=12)]
        totals = next((r for r in cells if str(r[0]).startswith("Tổng cộng (")), None)
        assert totals is not None
        shown = int(str(totals[0]).removeprefix("Tổng cộng (").partition(" dòng")[0].replace(".", ""))
        assert shown == len(rows), sheet.id
        below = cells[cells.index(totals) + 1 : cells.index(totals) + 3]
        for field in numeric if rows else []:
            (col,) = (c for line in below for c, label in enumerate(line) if label == field.label)
            assert totals[col] == sum(_counted(row.get(field.id)) for row in rows), (sheet.id, field.id)


def test_the_clock_is_put_back() -> None:
    assert today().year > 2022


def _as_far_as(said: dict[Any, dict[str, Any]], asked: dict[Any, dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """What was said, of the fields the oracle knows."""
    return {key: {f: told[f] for f in asked.get(key, told)} for key, told in said.items()}


def _table(sheet: Worksheet, first: str, heading: str | None = None) -> list[dict[str, Any]]:
    """The rows below the header row that holds `first` (after `heading`, if given), up to the first empty one."""
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(values_only=True)
    if heading is not None:
        assert any(row[0] == heading for row in rows), heading
    header = next(row for row in rows if first in row)
    found = []
    for row in rows:
        if not isinstance(row[0], int) and row[header.index(first)] in (None, ""):
            break
        if row[1] in (None, "") or str(row[0]).startswith(("Không có", "Độ phủ")):
            break
        found.append(dict(zip(header, row, strict=True)))
    return found


def _figure(indicator: str, figure: dict[str, Any]) -> Any:
    """What the cell of a figure shows."""
    if figure["state"] == "chua_bao_cao":
        return PENDING
    if figure["state"] == "khong_ap_dung":
        return DASH
    return figure["numerator"] if indicator.startswith("KL") else _as_written(figure["rate"])


def _as_written(rate: float) -> float:
    """A workbook's file holds 16 significant digits of a number."""
    return float(f"{rate:.16G}")


def _counted(value: Any) -> int:
    if value is None:
        return 0
    return int(value == "có") if value in ("có", "không") else int(str(value).strip())


def _moment(shown: Any) -> str | None:
    return shown.strftime("%Y-%m-%d %H:%M") if shown not in (None, DASH) else None


def _local(moment: str | None) -> str | None:
    return moment[:16].replace("T", " ") if moment else None
