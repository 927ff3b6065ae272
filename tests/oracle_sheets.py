"""What each sheet of a consolidated workbook must say, by the oracle: of the province, a group, or one unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.oracle import counted
from tests.oracle_facts import (
    DASH,
    PENDING,
    PROVINCE,
    STATES,
    Facts,
    Said,
    coverage,
    day_words,
    missing,
    moment_words,
    state_words,
)
from tests.oracle_world import DECLARED, NOT_APPLICABLE
from tests.sheet_tables import Row, Sheets, as_saved, below, labelled

NOTHING_CAME = "Không phát sinh"


@dataclass(frozen=True)
class Scope:
    """Whose workbook it is. `label`: empty for the province, else a group's label or a unit's name."""

    now: Facts
    label: str = ""

    @property
    def codes(self) -> list[str]:
        """Its units, in the plan's order."""
        if self.label in self.now.codes:
            return [self.now.codes[self.label]]
        return self.now.groups[self.label] if self.label else list(self.now.said["units"])

    @property
    def groups(self) -> dict[str, list[str]]:
        """Its groups, each with those of its units that are in it."""
        kept = {group: [c for c in codes if c in self.codes] for group, codes in self.now.groups.items()}
        return {group: codes for group, codes in kept.items() if codes}

    def total(self, indicator: str, group: str = "") -> Said:
        """An indicator over the whole of it, or over one of its groups."""
        if self.label in self.now.codes:
            found: Said = self.now.said["singles"][self.now.codes[self.label], indicator]
            return found
        return self.now.total(indicator, group or self.label or PROVINCE)

    def unit(self, code: str) -> Said:
        """The state of a unit."""
        found: Said = self.now.said["units"][code]
        return found

    def in_state(self, *states: str) -> list[str]:
        """Its units in these states."""
        return [c for c in self.codes if self.unit(c)["state"] in states]


def overview(sheets: Sheets, scope: Scope) -> None:
    """`Tổng quan`: the headline, units by state, indicators, groups, volumes."""
    rows, now = sheets["Tổng quan"], scope.now
    states = now.states(scope.codes)
    done, whole = states["dung_han"] + states["tre_han"], len(scope.codes) - states["mien"]
    headline = f"Đến hết ngày {day_words(now.day)}, {done}/{whole} đơn vị đã có báo cáo được chấp nhận"
    (said,) = [row[0] for row in rows if str(row[0]).startswith(headline)]
    assert f"trong đó {states['dung_han']} đơn vị đúng hạn; {states['qua_han']} đơn vị quá hạn" in said
    shown = labelled(rows, "1. Tình hình nộp báo cáo", 2)
    assert {label: shown[label] for label in STATES.values()} == {STATES[s]: n for s, n in states.items()}
    assert shown["Phải báo cáo (không kể đơn vị được miễn)"] == whole
    assert shown["Đã được chấp nhận (đúng hạn và trễ hạn)"] == done
    assert shown["Cộng các trạng thái"] == len(scope.codes)
    assert shown["Tỷ lệ nộp báo cáo (NB)"] == as_saved(done / whole if whole else None)
    assert shown["Tỷ lệ nộp đúng hạn"] == as_saved(states["dung_han"] / whole if whole else None)
    _indicators(rows, scope)
    _, _, groups = below(rows, "3. Nộp báo cáo theo nhóm đơn vị")
    expected = []
    for label, codes in scope.groups.items():
        of = now.states(codes)
        taken, asked = of["dung_han"] + of["tre_han"], len(codes) - of["mien"]
        expected.append([len(expected) + 1, label, taken, asked, as_saved(taken / asked if asked else None)])
    assert [row[:5] for row in groups] == expected
    (total,) = [row for row in rows if row[0] == "Cộng"]
    assert total[2:5] == [done, whole, as_saved(done / whole if whole else None)]


def _indicators(rows: list[Row], scope: Scope) -> None:
    now = scope.now
    _, _, shown = below(rows, "2. Kết quả theo chỉ tiêu")
    assert [row[0] for row in shown] == [*now.of_kind("rate"), *now.of_kind("reporting", "on_time")]
    for row in shown:
        total = scope.total(row[0])
        numbers = [DASH if total[part] is None else total[part] for part in ("numerator", "denominator")]
        figures = [now.labels[row[0]], *numbers, as_saved(total["rate"])]
        assert row[1:9] == [*figures, total["target"], *_place(total)], row[0]
    _, _, volumes = below(rows, "4. Khối lượng công việc")
    assert [row[0] for row in volumes] == now.of_kind("volume")
    for row in volumes:
        total = scope.total(row[0])
        number = DASH if total["numerator"] is None else total["numerator"]
        assert row[1:4] == [now.labels[row[0]], number, coverage(total)], row[0]


def _place(total: Said) -> list[str]:
    return [day_words(total["deadline"]), state_words(total), coverage(total)]


def progress(sheets: Sheets, scope: Scope) -> None:
    """`Tiến độ nộp`: every unit."""
    now = scope.now
    _, header, shown = below(sheets["Tiến độ nộp"], "")
    assert len(shown) == len(scope.codes)
    for number, (code, row) in enumerate(zip(scope.codes, shown, strict=True), 1):
        unit, said = scope.unit(code), dict(zip(header, row, strict=True))
        assert row[:3] == [number, code, now.names[code]]
        assert said["Nhóm"] == now.known.group(now.known.unit(code))
        assert said["Trạng thái"] == STATES[unit["state"]], code
        assert said["Hạn nộp"] == day_words(unit["due"]), code
        assert said["Nộp lần đầu"] == _moment(unit["first_submitted_at"]), code
        assert said["Được chấp nhận"] == _moment(unit["accepted_at"]), code
        assert (said["Trễ hạn (ngày)"], said["Quá hạn (ngày)"]) == (unit["days_late"], unit["days_overdue"]), code
        assert said["Phiên bản tính"] == unit["version"], code


def _moment(moment: str | None) -> str | None:
    return moment_words(moment) if moment else None


def overdue(sheets: Sheets, scope: Scope) -> None:
    """`Quá hạn`: units overdue, units that need a word, the states' sum, indicators past their deadline."""
    rows, now = sheets["Quá hạn"], scope.now
    late = sorted(scope.in_state("qua_han"), key=lambda c: -scope.unit(c)["days_overdue"])
    _explained(rows, scope, f"1. Đơn vị quá hạn nộp báo cáo: {len(late)}", late)
    told = sorted(scope.in_state("tre_han"), key=lambda c: -scope.unit(c)["days_late"])
    waiting = [c for c in scope.in_state("chua_den_han", "dung_han") if c in now.known.decided.extensions]
    told = scope.in_state("loi") + told + [c for c in waiting if scope.unit(c)["state"] == "chua_den_han"]
    told += scope.in_state("mien") + [c for c in waiting if scope.unit(c)["state"] == "dung_han"]
    _explained(rows, scope, f"2. Đơn vị có lỗi, trễ hạn, được gia hạn, được miễn: {len(told)}", told)
    states = now.states(scope.codes)
    assert labelled(rows, "3. Cộng các trạng thái", 3) == {
        **{STATES[s]: n for s, n in states.items()},
        "Cộng": len(scope.codes),
        f"Cộng sáu trạng thái bằng {len(scope.codes)} đơn vị trong danh sách báo cáo.": None,
    }
    _past(rows, scope)


def _explained(rows: list[Row], scope: Scope, heading: str, codes: list[str]) -> None:
    now = scope.now
    _, header, shown = below(rows, heading)
    assert [row[1] for row in shown] == codes
    for number, (code, row) in enumerate(zip(codes, shown, strict=True), 1):
        unit, said = scope.unit(code), dict(zip(header, row, strict=True))
        extension = now.known.decided.extensions.get(code)
        contact = now.known.decided.contacts.get(code)
        assert row[0] == number
        assert said["Trạng thái"] == STATES[unit["state"]]
        assert said["Số ngày"] == (unit["days_overdue"] or unit["days_late"]), code
        assert said["Hạn gốc"] == day_words(now.known.due), code
        assert said["Gia hạn đến"] == (day_words(extension[0]) if extension else None), code
        assert said["Văn bản gia hạn"] == (extension[1] if extension else None), code
        assert said["Nộp lần đầu"] == _moment(unit["first_submitted_at"]), code
        assert said["Được chấp nhận"] == _moment(unit["accepted_at"]), code
        assert bool(said["Còn thiếu"]) == (unit["accepted_at"] is None and unit["state"] != "mien"), code
        assert str(said["Liên hệ"] or "").startswith("; ".join(contact) if contact else ""), code
        assert bool(said["Liên hệ"]) == bool(contact), code


def _past(rows: list[Row], scope: Scope) -> None:
    """Indicators past their own deadline: over the whole, then unit by unit with the organisations."""
    now = scope.now
    late = [i for i in now.of_kind("rate") if scope.total(i)["deadline"] and scope.total(i)["state"] != "hoan_thanh"]
    late = [i for i in late if date.fromisoformat(scope.total(i)["deadline"]) < now.day]
    late = [i for i in late if scope.total(i)["state"] != "khong_ap_dung"]
    _, header, shown = below(rows, "4. Chỉ tiêu đã qua thời hạn")
    assert [row[1] for row in shown] == late
    for row in shown:
        total, said = scope.total(row[1]), dict(zip(header, row, strict=True))
        own = {c: f for (c, i), f in now.said["by_unit"].items() if i == row[1] and c in scope.codes}
        behind = [f for f in own.values() if f["state"] == "qua_han"]
        silent = [now.names[c] for c, f in own.items() if f["state"] == "chua_bao_cao"]
        lacking = sum(map(missing, behind))
        assert said["Thời hạn"] == day_words(total["deadline"])
        assert said["Quá hạn (ngày)"] == (now.day - date.fromisoformat(total["deadline"])).days
        numbers = [DASH if total[part] is None else total[part] for part in ("numerator", "denominator")]
        assert [said["Đã thực hiện"], said["Tổng số"]] == numbers
        assert (said["Còn thiếu"], said["Đơn vị chưa đạt"]) == (lacking, len(behind))
        assert said["Tỷ lệ đạt"] == as_saved(total["rate"])
        assert (said["Đơn vị chưa báo cáo"] or "") == "; ".join(silent)
        summary = f"Còn thiếu {lacking:,} ở {len(behind)} đơn vị; {len(silent)} đơn vị chưa báo cáo".replace(",", ".")
        assert said["Tóm tắt"] == summary
    by_unit = [(*key, f) for key, f in now.overdue().items() if key[0] in scope.codes]
    by_unit.sort(key=lambda found: (-found[2]["days_overdue"], -missing(found[2])))
    heading, header, shown = below(rows, "5. Chỉ tiêu quá hạn theo đơn vị")
    assert heading.endswith(f": {len(by_unit)}")
    for row, (code, indicator, figure) in zip(shown, by_unit, strict=True):
        short = now.short(indicator, code)
        said = dict(zip(header, row, strict=True))
        assert row[1:4] == [code, now.names[code], f"{indicator} – {now.labels[indicator]}"]
        assert said["Thời hạn"] == day_words(now.total(indicator)["deadline"])
        assert said["Quá hạn (ngày)"] == figure["days_overdue"]
        assert (said["Đã thực hiện"], said["Tổng số"]) == (figure["numerator"], figure["denominator"])
        assert (said["Còn thiếu"], said["Tỷ lệ đạt"]) == (missing(figure), as_saved(figure["rate"]))
        assert said["Số tổ chức còn thiếu"] == len(short)
        worst = sorted(short.items(), key=lambda found: -missing(found[1]))[:6]
        named = [f"{now.names[o]} {f['numerator']}/{f['denominator']}" for o, f in worst]
        rest = [f"và {len(short) - 6} tổ chức khác (trang “Theo tổ chức”)"] if len(short) > 6 else []
        assert said[header[-1]].replace(".", "") == "; ".join([*named, *rest]).replace(".", "")


def rates(sheets: Sheets, scope: Scope) -> None:
    """`Tỷ lệ hoàn thành`: every cell, and the coverage of every sum."""
    now = scope.now
    shown = now.of_kind("rate") + now.of_kind("volume")
    rows = sheets["Tỷ lệ hoàn thành"]
    head = next(n for n, row in enumerate(rows) if str(row[3]).startswith("CT1\n"))
    assert [str(cell).split("\n", 1)[0] for cell in rows[head][3:]] == shown
    expected = [*_sums(scope.label or PROVINCE, [scope.total(i) for i in shown], shown)]
    number = 0
    for group, codes in scope.groups.items():
        expected += _sums(group, [scope.total(i, group) for i in shown], shown)
        for code in codes:
            number += 1
            figures = (now.said["by_unit"].get((code, i)) for i in shown)
            cells = [_figure(i, f) for i, f in zip(shown, figures, strict=True)]
            expected.append([number, code, now.names[code], *cells])
    assert rows[head + 1 : head + 1 + len(expected)] == expected


def _sums(label: str, totals: list[Said], shown: list[str]) -> list[Row]:
    cells = [_figure(i, total) for i, total in zip(shown, totals, strict=True)]
    covered = [coverage(total) for total in totals]
    return [[label, None, None, *cells], ["Số đơn vị có số liệu", None, None, *covered]]


def _figure(indicator: str, figure: Said | None) -> Any:
    if figure is None or figure["state"] == "khong_ap_dung":
        return DASH
    if figure["state"] == "chua_bao_cao":
        return PENDING
    return figure["numerator"] if indicator.startswith("KL") else as_saved(figure["rate"])


def fractions(sheets: Sheets, scope: Scope) -> None:
    """`Tử số, mẫu số`: what every rate is a quotient of; sums over groups and the whole."""
    now = scope.now
    shown = now.of_kind("rate") + now.of_kind("volume")
    rows = sheets["Tử số, mẫu số"]
    head = next(n for n, row in enumerate(rows) if row[3] == "Đã thực hiện")
    names = [f"{i} {now.labels[i]}" for i in shown]
    assert [cell for cell in rows[head - 1][3:] if cell] == names

    def parts(figures: list[Said | None], nothing: int | None) -> list[int | None]:
        found: list[int | None] = []
        for indicator, figure in zip(shown, figures, strict=True):
            kinds = ("numerator", "denominator") if indicator.startswith("CT") else ("numerator",)
            found += [nothing if figure is None or figure[k] is None else figure[k] for k in kinds]
        return found

    whole = "Cộng" if scope.label else PROVINCE
    expected = [[whole, None, None, *parts([scope.total(i) for i in shown], 0)]]
    number = 0
    for group, codes in scope.groups.items():
        expected.append([group, None, None, *parts([scope.total(i, group) for i in shown], 0)])
        for code in codes:
            number += 1
            figures = [now.said["by_unit"].get((code, i)) for i in shown]
            expected.append([number, code, now.names[code], *parts(figures, None)])
    assert rows[head + 1 : head + 1 + len(expected)] == expected


def organisations(sheets: Sheets, scope: Scope) -> None:
    """`Theo tổ chức`: each organisation's rates, and what is missing to each."""
    now, rows = scope.now, sheets["Theo tổ chức"]
    shown = [i for i in now.of_kind("rate") if any(key[2] == i for key in now.said["organisations"])]
    head = next((n for n, row in enumerate(rows) if len(row) > 3 and str(row[3]).startswith("CT1\n")), None)
    if head is None:
        assert any(row[0] == "Chưa có số liệu của tổ chức nào" for row in rows)
        return
    titles = [str(cell).split("\n", 1)[0] for cell in rows[head][3:]]
    assert titles == [*shown, *(f"{i} thiếu" for i in shown)]
    expected: list[Row] = []
    if scope.label not in now.codes:
        expected.append([scope.label or PROVINCE, None, None, *_short([scope.total(i) for i in shown])])
    for code in scope.codes:
        expected.append([code, None, now.names[code], *_short([now.said["by_unit"].get((code, i)) for i in shown])])
        if now.known.counting(code) is None or now.known.organisations(code) == [code]:
            continue
        for organisation in now.known.organisations(code):
            figures = [now.said["organisations"].get((code, organisation, i)) for i in shown]
            expected.append([code, organisation, now.names[organisation], *_short(figures)])
    assert [row for row in rows[head + 1 :] if any(cell is not None for cell in row)] == expected


def _short(figures: list[Said | None]) -> Row:
    cells, lacking = [], []
    for figure in figures:
        if figure is None:
            said: Any = "chưa có"
        elif figure["state"] == "chua_bao_cao":
            said = PENDING
        else:
            said = as_saved(figure["rate"])
        cells.append(said)
        lacking.append(said if isinstance(said, str) else missing(figure or {}))
    return [*cells, *lacking]


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


_MOMENTS = ("first_submitted_at", "accepted_at")

EVERY_SHEET: dict[str, Callable[[Sheets, Scope], None]] = {
    "Tổng quan": overview,
    "Tiến độ nộp": progress,
    "Quá hạn": overdue,
    "Tỷ lệ hoàn thành": rates,
    "Theo tổ chức": organisations,
    "Tử số, mẫu số": fractions,
    "biểu": forms,
    "Không phát sinh, không áp dụng": declarations,
    "Lỗi và cảnh báo": findings,
    "Nguồn số liệu": sources,
    "Số liệu biểu đồ": chart_figures,
}
"""What checks each sheet; the sheets of forms together. Changes and decisions are checked by tests of their own."""
