"""What each sheet of a consolidated workbook must say, by the oracle: of the province, a group, or one unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.oracle_facts import DASH, STATES, Said, coverage, day_words, missing, moment_words, state_words
from tests.oracle_matrices import fractions, organisations, rates
from tests.oracle_rows import chart_figures, declarations, findings, forms, sources
from tests.oracle_scope import Scope
from tests.sheet_tables import Row, Sheets, as_saved, below, labelled


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
        assert (said["Số lỗi"], said["Số cảnh báo"]) == (now.errors(code), now.warnings(code)), code


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
        assert said["Còn thiếu"] == _still_missing(scope, code), code
        assert str(said["Liên hệ"] or "").startswith("; ".join(contact) if contact else ""), code
        assert bool(said["Liên hệ"]) == bool(contact), code


def _still_missing(scope: Scope, code: str) -> str | None:
    unit, errors = scope.unit(code), scope.now.errors(code)
    if unit["accepted_at"] or unit["state"] == "mien":
        return None
    sent_back = f"Bản được chấp nhận; bản mới nhất còn {errors} lỗi"
    return sent_back if unit["first_submitted_at"] else "Toàn bộ báo cáo"


def _past(rows: list[Row], scope: Scope) -> None:
    """Indicators past their own deadline: over the whole, then unit by unit with the organisations."""
    now = scope.now
    late = [i for i in now.of_kind("rate") if scope.total(i)["deadline"] and scope.total(i)["state"] != "hoan_thanh"]
    late = [i for i in late if date.fromisoformat(scope.total(i)["deadline"]) < now.day]
    late = [i for i in late if scope.total(i)["state"] != "khong_ap_dung"]
    _, header, shown = below(rows, "4. Chỉ tiêu đã qua thời hạn")
    assert [row[:2] for row in shown] == [[n, i] for n, i in enumerate(late, 1)]
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
    order = now.of_kind("rate")
    by_unit.sort(key=lambda found: (-found[2]["days_overdue"], order.index(found[1]), -missing(found[2])))
    heading, header, shown = below(rows, "5. Chỉ tiêu quá hạn theo đơn vị")
    assert heading.endswith(f": {len(by_unit)}")
    for number, (row, (code, indicator, figure)) in enumerate(zip(shown, by_unit, strict=True), 1):
        short = now.short(indicator, code)
        said = dict(zip(header, row, strict=True))
        assert row[:4] == [number, code, now.names[code], f"{indicator} – {now.labels[indicator]}"]
        assert said["Thời hạn"] == day_words(now.total(indicator)["deadline"])
        assert said["Quá hạn (ngày)"] == figure["days_overdue"]
        assert (said["Đã thực hiện"], said["Tổng số"]) == (figure["numerator"], figure["denominator"])
        assert (said["Còn thiếu"], said["Tỷ lệ đạt"]) == (missing(figure), as_saved(figure["rate"]))
        assert said["Số tổ chức còn thiếu"] == len(short)
        worst = sorted(short.items(), key=lambda found: -missing(found[1]))[:6]
        named = [f"{now.names[o]} {f['numerator']}/{f['denominator']}" for o, f in worst]
        rest = [f"và {len(short) - 6} tổ chức khác (trang “Theo tổ chức”)"] if len(short) > 6 else []
        assert said[header[-1]].replace(".", "") == "; ".join([*named, *rest]).replace(".", "")


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
