"""The result report says what the oracle says: every row of every table, and the sentences with figures in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipelines.demo.scenario import NIGHTS
from tests.docx_tables import ReadTable, tables_and_lines
from tests.homes import PLAN, ROUND, Province
from tests.oracle import counted
from tests.oracle_facts import (
    DASH,
    FOLDER,
    PENDING,
    PROVINCE,
    STATES,
    Facts,
    Said,
    count,
    coverage,
    day_words,
    facts,
    missing,
    moment_words,
    rate,
    share,
    state_words,
)
from tests.oracle_world import read

nights = pytest.mark.parametrize("day", NIGHTS, ids=str)
Row = tuple[str, ...]
Report = tuple[list[ReadTable], list[str]]
CHOICES = [(row["list"], row["value"]) for row in read(FOLDER / "choices.csv")]


@pytest.fixture(scope="module")
def reports(province: Province) -> dict[date, Report]:
    kept = province.home.outbox / PLAN / ROUND / "lich-su"
    return {day: tables_and_lines(kept / day.isoformat() / "bao-cao-ket-qua.docx") for day in NIGHTS}


def of_day(province: Province, day: date) -> Facts:
    return facts(province.played.answers, day)


@nights
def test_every_table(province: Province, reports: dict[date, Report], day: date) -> None:
    now = of_day(province, day)
    tables, _ = reports[day]
    for table in tables:
        assert list(table.rows) == _expected(table)(now, table), table.name
    sheets = now.known.sheets.values()
    shown = {t.name for t in tables}
    assert {"Chỉ tiêu toàn tỉnh", "Tỷ lệ thực hiện", "Khối lượng", "Phụ lục 1", "Phụ lục 5"} <= shown
    of_rates = {s["code"] for s in sheets if any(f"{s['id']}." in i["numerator"] for i in now.known.indicators)}
    assert {name.split(":")[0].removeprefix("Biểu ") for name in shown if name.startswith("Biểu ")} >= of_rates


def _expected(table: ReadTable) -> Callable[[Facts, ReadTable], list[Row]]:
    """What says the rows of a table; fails for a table that nobody knows."""
    known: dict[str, Callable[[Facts, ReadTable], list[Row]]] = {
        r"Tình hình nộp báo cáo theo nhóm đơn vị \(số đơn vị\)": _states,
        r"Chỉ tiêu toàn tỉnh": _summary,
        r"Biểu B\d+: kết quả chỉ tiêu theo nhóm đơn vị": _rates,
        r"Biểu B\d+: khối lượng theo nhóm đơn vị": _volumes,
        r"Biểu B\d+: khối lượng phân theo “.*”": _by_choice,
        r"Biểu B\d+: số liệu( khác)? theo nhóm đơn vị": _fields,
        r"Đơn vị quá hạn nộp báo cáo": _overdue_units,
        r"Các đơn vị chưa đạt chỉ tiêu đã quá hạn": _overdue_indicators,
        r"Phụ lục 1": _units,
        r"Tỷ lệ thực hiện|Khối lượng": _matrix,
        r"Phụ lục 3": _organisations,
        r"Phụ lục 4": _commended,
        r"Phụ lục 5": _sources,
    }
    (found,) = [rows for pattern, rows in known.items() if re.fullmatch(pattern, table.name)]
    return found


def _states(now: Facts, _: ReadTable) -> list[Row]:
    rows = []
    for label, codes in {PROVINCE: list(now.said["units"]), **now.groups}.items():
        states = now.states(codes)
        whole, done = len(codes) - states["mien"], states["dung_han"] + states["tre_han"]
        rows.append((label, *map(str, (whole, done, *states.values())), share(done, whole)))
    return rows


def _covered(total: Said) -> str:
    return coverage(total) + (" (một phần)" if total["units_reported"] < total["units_expected"] else "")


def _summary(now: Facts, _: ReadTable) -> list[Row]:
    rows = []
    for indicator in now.of_kind("rate"):
        total = now.total(indicator)
        figures = (count(total["numerator"]), count(total["denominator"]), rate(total))
        place = (f"{round(total['target'] * 100)} %", day_words(total["deadline"]), _covered(total))
        rows.append((f"{indicator}. {now.labels[indicator]}", *figures, *place, state_words(total)))
    return rows


def _rates(now: Facts, table: ReadTable) -> list[Row]:
    rows: list[Row] = []
    for indicator in _own(now, table, "rate"):
        rows.append((f"{indicator}. {now.labels[indicator]}",))
        for label in (PROVINCE, *now.groups):
            total = now.total(indicator, label)
            figures = (count(total["numerator"]), count(total["denominator"]), rate(total))
            rows.append((label, *figures, _covered(total), state_words(total)))
    return rows


def _volumes(now: Facts, table: ReadTable) -> list[Row]:
    own = _own(now, table, "volume")
    assert table.columns == ("Nhóm đơn vị", *(f"{now.labels[i]} ({i})" for i in own), "Số đơn vị có số liệu")
    rows = []
    for label in (PROVINCE, *now.groups):
        totals = [now.total(i, label) for i in own]
        figures = [PENDING if t["numerator"] is None and t["units_expected"] else count(t["numerator"]) for t in totals]
        rows.append((label, *figures, "; ".join(dict.fromkeys(map(_covered, totals)))))
    return rows


def _own(now: Facts, table: ReadTable, kind: str) -> list[str]:
    """The indicators that are told with the sheet a table belongs to, where anybody has reported them."""
    sheet = _sheet(now, table)
    told = [i for i in now.known.indicators if i["kind"] == kind and i["numerator"].startswith(f"{sheet}.")]
    return [i["id"] for i in told if now.total(i["id"])["units_reported"]]


def _sheet(now: Facts, table: ReadTable) -> str:
    code = table.name.split(":")[0].removeprefix("Biểu ")
    (found,) = (s for s, row in now.known.sheets.items() if row["code"] == code)
    return found


def _rows_of(now: Facts, sheet: str, label: str = PROVINCE) -> list[dict[str, Any]]:
    codes = list(now.said["units"]) if label == PROVINCE else now.groups[label]
    return [row for code in codes for row in now.known.rows(code, sheet)]


def _by_choice(now: Facts, table: ReadTable) -> list[Row]:
    sheet = _sheet(now, table)
    fields = {f["label"]: f for f in now.known.stored(sheet)}
    choice = fields[table.columns[0]]
    asked = re.search("“(.*)”", table.name)
    assert asked is not None
    assert asked[1] == choice["label"]
    values = [value for name, value in CHOICES if name == choice["choices"]]
    rows = []
    everything = _rows_of(now, sheet)
    for value in ("Cộng", *values, "không ghi"):
        chosen = [r for r in everything if value == "Cộng" or (r.get(choice["id"]) or "không ghi") == value]
        sums = [sum(counted(r.get(fields[title]["id"])) for r in chosen) for title in table.columns[2:]]
        if chosen or value != "không ghi":
            rows.append((value, *map(count, (len(chosen), *sums))))
    return rows


def _fields(now: Facts, table: ReadTable) -> list[Row]:
    """Each line names a field, or a value that can be chosen in the field its heading names."""
    sheet = _sheet(now, table)
    fields = {(f"{f['group']}: " if f["group"] else "") + f["label"]: f for f in now.known.stored(sheet)}
    across = [_rows_of(now, sheet, label) for label in table.columns[1:]]
    kind = "tổ chức" if now.known.sheets[sheet]["kind"] == "org" else "dòng"
    rows: list[Row] = []
    heading = ""
    for label, *_ in table.rows:
        if label in (f"Số {kind}", "Số tổ chức có số liệu"):
            rows.append((label, *(count(len(of)) for of in across)))
        elif label.endswith(f" (số {kind} chọn)"):
            heading = label.removesuffix(f" (số {kind} chọn)")
            rows.append((label,))
        elif label in fields or label.endswith(f" (số {kind} “có”)"):
            name = fields[label.removesuffix(f" (số {kind} “có”)")]["id"]
            rows.append((label, *(count(sum(counted(r.get(name)) for r in of)) for of in across)))
        else:
            name, value = fields[heading]["id"], label.replace("không ghi", "")
            rows.append((label, *(count(sum((r.get(name) or "") == value for r in of)) for of in across)))
    return rows


def _overdue_units(now: Facts, table: ReadTable) -> list[Row]:
    late = sorted(now.in_state("qua_han"), key=lambda c: -now.said["units"][c]["days_overdue"])
    notes = [row[4] for row in table.rows]
    rows = []
    for number, (code, note) in enumerate(zip(late, notes, strict=True), 1):
        unit = now.said["units"][code]
        assert f"quá hạn {unit['days_overdue']} ngày" in note
        rows.append((str(number), now.names[code], day_words(unit["due"]), str(unit["days_overdue"]), note))
    return rows


def _overdue_indicators(now: Facts, _: ReadTable) -> list[Row]:
    rows: list[Row] = []
    for indicator in now.of_kind("rate"):
        own = sorted(now.overdue(indicator).items(), key=lambda found: -missing(found[1]))
        if own:
            rows.append((f"{indicator}. {now.labels[indicator]}",))
        for number, ((code, _i), figure) in enumerate(own, 1):
            numbers = (count(figure["numerator"]), count(figure["denominator"]), rate(figure), count(missing(figure)))
            rows.append((str(number), now.names[code], *numbers))
    return rows


def _units(now: Facts, table: ReadTable) -> list[Row]:
    notes = iter([row[8] for row in table.rows if len(row) > 1])
    rows: list[Row] = []
    number = 0
    for group, codes in now.groups.items():
        rows.append((group,))
        for code in codes:
            number += 1
            unit, days = now.said["units"][code], ("days_late", "days_overdue")
            moments = (moment_words(unit["first_submitted_at"]), moment_words(unit["accepted_at"]))
            numbers = [str(unit[name]) if unit[name] else DASH for name in days]
            state = (STATES[unit["state"]], day_words(unit["due"]))
            rows.append((str(number), now.names[code], *state, *moments, *numbers, next(notes)))
    return rows


def _matrix(now: Facts, table: ReadTable) -> list[Row]:
    shown = now.of_kind("rate" if table.name.startswith("Tỷ lệ") else "volume")
    assert table.columns == ("Đơn vị", *(f"{i}. {now.labels[i]}" for i in shown))
    rows = [(PROVINCE, *(_total_cell(i, now.total(i)) for i in shown))]
    for group, codes in now.groups.items():
        rows.append((group, *(_total_cell(i, now.total(i, group)) for i in shown)))
        for code in codes:
            rows.append((now.names[code], *(_unit_cell(i, now.said["by_unit"][code, i]) for i in shown)))
    return rows


def _total_cell(indicator: str, total: Said) -> str:
    if not total["units_expected"]:
        return DASH
    if total["numerator"] is None:
        return PENDING
    figure = count(total["numerator"]) if indicator.startswith("KL") else rate(total)
    return f"{figure}*" if total["units_reported"] < total["units_expected"] and figure != DASH else figure


def _unit_cell(indicator: str, figure: Said) -> str:
    if figure["state"] in ("khong_ap_dung", "chua_bao_cao"):
        return DASH if figure["state"] == "khong_ap_dung" else PENDING
    return count(figure["numerator"]) if indicator.startswith("KL") else rate(figure)


def _organisations(now: Facts, _: ReadTable) -> list[Row]:
    rows: list[Row] = []
    for indicator in now.of_kind("rate"):
        total = now.total(indicator)
        if total["state"] != "qua_han":
            continue
        short = {code: now.short(indicator, code) for code in now.said["units"]}
        every = [f for own in short.values() for f in own.values()]
        if every:
            said = f"{indicator}. {now.labels[indicator]} (hạn {day_words(total['deadline'])}): "
            rows.append((f"{said}{len(every)} tổ chức, còn thiếu {count(sum(map(missing, every)))}",))
        for code, own in short.items():
            named = [
                f"{now.names[o]} ({count(f['numerator'])}/{count(f['denominator'])}, {rate(f)})" for o, f in own.items()
            ]
            if own:
                lacking = count(sum(map(missing, own.values())))
                rows.append((now.names[code], str(len(own)), lacking, "; ".join(named)))
    return rows


def _commended(now: Facts, table: ReadTable) -> list[Row]:
    """Sheet B7, row by row: collectives, then persons; the unit's own texts."""
    fields = [f for f in now.known.stored("thi_dua") if f["id"] != "doi_tuong"]
    assert table.columns == ("STT", *(f["label"] for f in fields), "Đơn vị báo cáo")
    listed = [(code, row) for code in now.said["units"] for row in now.known.rows(code, "thi_dua")]
    rows: list[Row] = []
    for value in ("tập thể", "cá nhân"):
        own = [(code, row) for code, row in listed if row["doi_tuong"] == value]
        if own:
            rows.append((f"{value.capitalize()}: {len(own)}",))
        rows += [
            (str(n), *(_words(row.get(f["id"]), f["type"]) for f in fields), now.names[code])
            for n, (code, row) in enumerate(own, 1)
        ]
    return rows


def _words(value: Any, kind: str) -> str:
    if value in (None, ""):
        return ""
    return day_words(str(value)) if kind == "date" else str(value).strip()


def _sources(now: Facts, _: ReadTable) -> list[Row]:
    rows = []
    for code in now.said["units"]:
        version = now.known.counting(code)
        if version is not None:
            moment = moment_words(f"{version.night.isoformat()}T22:00")
            name = version.file.rpartition("/")[2]
            place = (str(len(rows) + 1), now.names[code], name, str(version.number))
            rows.append((*place, moment, version.sha256[:12]))
    return rows


@nights
def test_the_sentences(province: Province, reports: dict[date, Report], day: date) -> None:
    now, (_, lines) = of_day(province, day), reports[day]
    states, whole = now.states(), len(now.said["units"])
    done = states["dung_han"] + states["tre_han"]
    assert now.known.due is not None
    passed = (day - now.known.due).days
    past = f"; đến ngày {day_words(day)} đã quá thời hạn {passed} ngày" if passed > 0 else ""
    assert f"Thời hạn nộp báo cáo: chậm nhất ngày {day_words(now.known.due)}{past}." in lines
    assert (
        f"Tính đến hết ngày {day_words(day)}, {done}/{whole} đơn vị đã có báo cáo được chấp nhận "
        f"({share(done, whole)}), trong đó {states['dung_han']} đơn vị nộp đúng hạn "
        f"({share(states['dung_han'], whole)} số đơn vị phải báo cáo)."
    ) in lines
    named = "; ".join(f"{STATES[s].lower()} {n}" for s, n in states.items())
    assert f"Cộng {whole} đơn vị: {named}." in lines
    decided = now.known.decided
    for code, (until, document) in decided.extensions.items():
        begin = f"- {now.names[code]}: gia hạn từ ngày {day_words(now.known.due)} đến ngày {day_words(until)} theo văn"
        assert any(line.startswith(f"{begin} bản số {document}") for line in lines), code
    for (code, sheet), document in decided.spared.items():
        begin = f"- {now.names[code]}: miễn biểu {now.tab(sheet)} theo văn bản số {document}"
        assert any(line.startswith(begin) for line in lines), code
    received = sum(len(versions) for versions in now.known.versions.values())
    counting = sum(now.known.counting(code) is not None for code in now.said["units"])
    assert any(f"Đã nhận {received} bản báo cáo; số liệu trong báo cáo này lấy từ {counting} bản" in x for x in lines)


@nights
def test_what_is_said_of_each_indicator(province: Province, reports: dict[date, Report], day: date) -> None:
    now, (_, lines) = of_day(province, day), reports[day]
    for indicator in now.of_kind("rate", "volume"):
        total = now.total(indicator)
        (line,) = (x for x in lines if x.startswith(f"- {now.labels[indicator]} ({indicator}): "))
        said = line.split(f"({indicator}): ")[1]
        partly = total["units_reported"] < total["units_expected"]
        part = f" (một phần: {coverage(total)} đơn vị)" if partly else ""
        if indicator.startswith("KL"):
            assert said == f"{count(total['numerator'])}{part}."
            continue
        figures = f"{count(total['numerator'])}/{count(total['denominator'])}, đạt {rate(total)}{part}"
        limit = f"hạn {day_words(total['deadline'])}" if total["deadline"] else "kế hoạch không ấn định hạn"
        state = {
            "hoan_thanh": "đã hoàn thành",
            "qua_han": f"quá hạn {total['days_overdue']} ngày",
            "dang_thuc_hien": "đang thực hiện",
            "khong_co_han": "chưa hoàn thành",
        }[total["state"]]
        lacking = f", còn thiếu {count(missing(total))}" if total["state"] != "hoan_thanh" else ""
        assert said == f"{figures}; mục tiêu 100 %, {limit}: {state}{lacking}.", indicator


@nights
def test_what_is_overdue_in_words(province: Province, reports: dict[date, Report], day: date) -> None:
    now, (_, lines) = of_day(province, day), reports[day]
    expected = []
    for indicator in now.of_kind("rate"):
        total, behind = now.total(indicator), now.overdue(indicator)
        if total["state"] == "qua_han":
            silent = total["units_expected"] - total["units_reported"]
            who = [f"{len(behind)} đơn vị chưa đạt"] if behind else []
            who += [f"{silent} đơn vị chưa có số liệu"] if silent else []
            past = f"hạn {day_words(total['deadline'])}, đã qua {total['days_overdue']} ngày"
            expected.append(f"- {now.labels[indicator]} ({indicator}, {past}): {' và '.join(who)}.")
    assert [line for line in lines if ", đã qua " in line] == expected
    assert ("Không có đơn vị nào quá hạn nộp báo cáo." in lines) == (not now.in_state("qua_han"))


@nights
def test_the_dates_on_each_sheet(province: Province, reports: dict[date, Report], day: date) -> None:
    now, (_, lines) = of_day(province, day), reports[day]
    for sheet in ("hoi_nghi", "hoc_tap", "ke_hoach", "phat_dong"):
        (field,) = (f for f in now.known.stored(sheet) if f["type"] == "date")
        found = sorted(str(r[field["id"]]) for r in _rows_of(now, sheet) if r.get(field["id"]))
        begin, end = day_words(found[0]), day_words(found[-1])
        assert f"{field['label']}: từ {begin} đến {end} ({count(len(found))} tổ chức ghi)." in lines, sheet


@nights
def test_what_units_say_in_words_is_said_by_them(province: Province, reports: dict[date, Report], day: date) -> None:
    now, (_, lines) = of_day(province, day), reports[day]
    said: dict[str, list[str]] = {}
    for code in now.said["units"]:
        for row in now.known.rows(code, "kho_khan"):
            said.setdefault(str(row["noi_dung"]), []).append(now.names[code])
    assert said
    for words, names in said.items():
        assert f"- “{words}” – {len(names)} đơn vị: {'; '.join(names)}." in lines


@nights
def test_who_has_given_each_sheet(province: Province, reports: dict[date, Report], day: date) -> None:
    now, (_, lines) = of_day(province, day), reports[day]
    given = {i: now.total(i) for i in ("CT1", "CT2", "KL1", "CT3", "CT4", "KL6", "CT7", "CT6")}
    coverages = [coverage(total) for total in given.values()]
    shown = [m[1] for line in lines if (m := re.match(r"Theo báo cáo của (\d+/\d+) đơn vị; ", line))]
    assert set(coverages) == set(shown)
    assert len(shown) == 10, "one for each sheet but the cover"
