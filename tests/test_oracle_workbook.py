"""Every sheet of the province's workbook says what the oracle says, on each of the demo's nights."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from pipelines.demo.scenario import NIGHTS
from tests.homes import PLAN, ROUND, Province
from tests.oracle_changes import Changes, changes
from tests.oracle_facts import DASH, STATES, coverage, day_words, facts
from tests.oracle_scope import Scope
from tests.oracle_sheets import EVERY_SHEET
from tests.sheet_tables import Row, Sheets, as_saved, below, sheets_of

ORDER = [
    *("Tổng quan", "Tiến độ nộp", "Quá hạn", "Tỷ lệ hoàn thành", "Theo tổ chức", "Thay đổi", "Dấu hiệu"),
    *("Quyết định điều hành", "Tử số, mẫu số", "B0 Bìa", "B1 Hội nghị", "B2 Học tập", "B3 Tuyên truyền", "B4 Tài liệu"),
    *("B5 Kế hoạch", "B6 Cam kết", "B7 Thi đua", "B8 Phát động", "B9 Kiểm tra", "B10 Khó khăn"),
    *("Không phát sinh, không áp dụng", "Lỗi và cảnh báo", "Nguồn số liệu", "Số liệu biểu đồ"),
]
KINDS = {"new": "Báo cáo mới", "corrected": "Đính chính", "rejected": "Bị trả lại"}
nights = pytest.mark.parametrize("day", NIGHTS, ids=str)
Books = dict[date, Sheets]


@pytest.fixture(scope="module")
def books(province: Province) -> Books:
    kept = province.home.outbox / PLAN / ROUND / "lich-su"
    return {day: sheets_of(kept / day.isoformat() / "tong-hop.xlsx") for day in NIGHTS}


@nights
@pytest.mark.parametrize("sheet", EVERY_SHEET)
def test_every_sheet(province: Province, books: Books, day: date, sheet: str) -> None:
    EVERY_SHEET[sheet](books[day], Scope(facts(province.played.answers, day)))


@nights
def test_every_sheet_has_a_test(books: Books, day: date) -> None:
    assert list(books[day]) == ORDER
    forms = {tab for tab in ORDER if tab[0] == "B" and tab[1].isdigit()}
    assert {*EVERY_SHEET, *forms, "Thay đổi", "Dấu hiệu", "Quyết định điều hành"} - {"biểu"} == set(ORDER)


def test_the_first_night_has_nothing_to_compare_with(books: Books) -> None:
    said = [row[0] for row in books[NIGHTS[0]]["Thay đổi"]]
    assert "Chưa có lần tổng hợp trước để so sánh." in said


@pytest.mark.parametrize(("since", "day"), list(pairwise(NIGHTS)), ids=str)
def test_what_has_changed(province: Province, books: Books, since: date, day: date) -> None:
    made, rows = changes(province.played.answers, since, day), books[day]["Thay đổi"]
    names = made.after.names
    heading, header, events = below(rows, "1. Sự việc")
    assert heading == f"1. Sự việc: {len(made.sent)}"
    told = [dict(zip(header, row, strict=True)) for row in events]
    assert [(e["Mã đơn vị"], e["Sự việc"], e["Bản số"], e["Tệp"]) for e in told] == [
        (s.unit, KINDS[s.kind], s.version.number, s.version.file.rpartition("/")[2]) for s in made.sent
    ]
    assert [(e["Trước đó đang tính bản số"], e["Số ô thay đổi"]) for e in told] == [
        (s.since, s.cells) for s in made.sent
    ]
    _, _, states = below(rows, "2. Đơn vị đổi trạng thái")
    assert [row[1:5] for row in states] == [[c, names[c], STATES[was], STATES[is_]] for c, was, is_ in made.states]
    _, header, decided = below(rows, "3. Quyết định điều hành")
    assert sorted(row[3] for row in decided) == sorted(made.documents)
    assert {row[1] for row in decided} <= {"mới"}
    _totals(rows, made)
    _fields(rows, made)


def _totals(rows: list[Row], made: Changes) -> None:
    heading, _, totals = below(rows, "4. Chỉ tiêu toàn tỉnh thay đổi")
    assert heading == f"4. Chỉ tiêu toàn tỉnh thay đổi: {len(made.totals)}"
    assert [row[1] for row in totals] == made.totals
    for row in totals:
        before, after = made.before.total(row[1]), made.after.total(row[1])
        numbers = [t[part] for part in ("numerator", "denominator") for t in (before, after)]
        rates = [DASH if t["rate"] is None else as_saved(t["rate"]) for t in (before, after)]
        assert row[2:10] == [made.after.labels[row[1]], *numbers, f"{coverage(before)} → {coverage(after)}", *rates]
        if DASH not in rates:
            assert row[10] == pytest.approx((after["rate"] - before["rate"]) * 100)


def _fields(rows: list[Row], made: Changes) -> None:
    _, _, fields = below(rows, "5. Số liệu toàn tỉnh thay đổi")
    known = made.after.known
    labels = {
        (f["sheet"], f["id"]): (f"{f['group']}: " if f["group"] else "") + f["label"]
        for sheet in known.sheets
        for f in known.stored(sheet)
    }
    expected = []
    for (sheet, field), units in made.fields.items():
        sums = [sum(s[n] for s in made.sums(sheet, field)) for n in (1, 2)]
        named = [f"{unit}: {_signed(now - was)}" for unit, was, now in units[:8]]
        more = [_signed(sum(now - was for _, was, now in units[8:]))] if len(units) > 8 else []
        said = "; ".join(named) + (f" và {len(units) - 8} đơn vị khác: {more[0]}" if more else "")
        place = [made.after.tab(sheet), labels[sheet, field]]
        expected.append([*place, *sums, sums[1] - sums[0], len(units), said])
    assert [row[1:8] for row in fields] == expected


def _signed(difference: int) -> str:
    return f"{'−' if difference < 0 else '+'}{abs(difference):,}".replace(",", ".")


@nights
def test_what_the_office_decided(province: Province, books: Books, day: date) -> None:
    now, rows = facts(province.played.answers, day), books[day]["Quyết định điều hành"]
    decided = now.known.decided
    if not decided.documents:
        assert any(str(row[0]).startswith("Chưa có sổ điều hành nào được chấp nhận") for row in rows)
        return
    assert rows[3][0] == "Theo sổ điều hành bản số 1, tệp so-dieu-hanh.xlsx, nhận lúc 22:00 ngày 11/05/2022."
    _, _, dates = below(rows, "1. Thời hạn")
    assert decided.late is not None
    expected = [[i, now.labels[i], day_words(d), number] for i, (d, number) in decided.deadlines.items()]
    expected.append([ROUND, now.known.round_label, day_words(decided.late[0]), decided.late[1]])
    assert [[row[1], row[2], row[4], row[6]] for row in dates] == expected
    _, _, extended = below(rows, "2. Gia hạn")
    assert [[row[1], row[2], row[4], row[5], row[6]] for row in extended] == [
        [code, now.names[code], day_words(until), day_words(now.known.due), number]
        for code, (until, number) in decided.extensions.items()
    ]
    _, _, spared = below(rows, "3. Miễn báo cáo")
    assert [[row[1], row[4], row[5], row[6]] for row in spared] == [
        [code, "một biểu", now.tab(sheet), number] for (code, sheet), number in decided.spared.items()
    ]
    _, _, contacts = below(rows, "5. Liên hệ")
    assert [(row[1], (row[3], row[4])) for row in contacts] == list(decided.contacts.items())


@nights
def test_signs_are_questions_with_their_evidence(province: Province, books: Books, day: date) -> None:
    """The scenario has one: a row dragged down over the next three of a form, by one unit, on the due date."""
    now, rows = facts(province.played.answers, day), books[day]["Dấu hiệu"]
    counts = {row[1]: row[0] for row in rows if isinstance(row[0], int) and row[2] is None}
    assert len(counts) == 6, "six signs are looked for, those that were not seen too"
    _, _, shown = below(rows, "")
    assert len(shown) == sum(counts.values())
    version = now.known.counting("709")
    assert counts["Số liệu giống hệt nhau ở nhiều tổ chức"] == sum(counts.values()) == (version is not None)
    for row in shown:
        assert version is not None
        assert row[1:4] == ["Số liệu giống hệt nhau ở nhiều tổ chức", "709", now.names["709"]]
        assert row[5].endswith("?")
        first, *places = row[6].splitlines()
        assert first == f"709, bản số {version.number}, tệp {version.file.rpartition('/')[2]}:"
        typed = list(now.known.all_rows("709", "tai_lieu").items())[:4]
        assert len({tuple(values.values()) for _, values in typed}) == 1
        for place, (key, values) in zip(places, typed, strict=True):
            figures = f"Số bản đã nhận {values['ban_nhan']}; Số bản đã cấp phát {values['ban_cap_phat']}"
            assert place.startswith(f"– {now.tab('tai_lieu')}, ô C1")
            assert place.endswith(f": {now.names[key]}: {figures}")


@pytest.mark.parametrize("unit", ["703", "711", "DU-BP"])
def test_a_row_leads_to_the_very_cells_of_its_file(province: Province, books: Books, unit: str) -> None:
    now = facts(province.played.answers, NIGHTS[-1])
    version = now.known.counting(unit)
    assert version is not None
    (desk,) = province.played.directory.glob(f"ban-lam-viec/{version.night}/*/{version.file.rpartition('/')[2]}")
    file = sheets_of(desk)
    looked = 0
    for sheet in now.known.sheets:
        rows = books[NIGHTS[-1]].get(now.tab(sheet), [])
        head = next((n for n, row in enumerate(rows) if row[0] == "STT"), 0)
        header = rows[head] if rows else []
        first = 5 if now.known.sheets[sheet]["kind"] == "org" else 3
        fields = now.known.stored(sheet)
        for row in (r for r in rows[head + 2 :] if r[1] == unit and isinstance(r[0], int)):
            said = dict(zip(header, row, strict=True))
            cells = _cells(said["Ô"])
            assert len(cells) == len(fields), (sheet, said["Ô"])
            there = [file[said["Trang"]][r][c] for r, c in cells]
            assert [_as_shown(v) for v in there] == [_as_shown(v) for v in row[first : first + len(fields)]], sheet
            looked += len(cells)
    assert looked > 40


@cache
def _cells(span: str) -> list[tuple[int, int]]:
    """`C10:D10; F10` as places (0-based rows and columns)."""
    found = []
    for part in span.split("; "):
        (r1, c1), (r2, c2) = (_place(cell) for cell in (part.split(":")[0], part.split(":")[-1]))
        found += [(r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)]
    return found


def _place(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1


def _as_shown(value: object) -> str:
    return "" if value is None else str(value).strip()
