"""The control workbook: derived from any plan, written with what is decided, read back as the same decisions."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipelines.clock import TIMEZONE, end_of_day
from pipelines.controlling import control_entries, control_path, issue_control
from pipelines.dataset import open_dataset
from pipelines.governing import decisions_known
from pipelines.intake import read_one
from pipelines.judging import judge
from pipelines.merge import book_withdrawals, merge
from pipelines.plans import Plans
from pipelines.stamp import Key, load_key
from pipelines.store import Home
from pipelines.template import write_template
from schemas.control import (
    CONTACTS,
    CONTROL_ROUND,
    CONTROL_UNIT,
    DATES,
    EXEMPTIONS,
    EXTENSIONS,
    NEW_UNITS,
    UNIT_CHANGES,
    base_id,
    control_id,
    control_plan,
    decisions_in,
    rows_as_typed,
)
from schemas.decisions import (
    NO_DECISIONS,
    Basis,
    Contact,
    Decisions,
    Exemption,
    Extension,
    IndicatorDeadline,
    NewDate,
    RoundDue,
    UnitChange,
)
from schemas.finding import FindingCode
from schemas.handback import Entries
from schemas.judged import Judged
from schemas.layout import CHECK, layout
from schemas.plan import Plan
from schemas.plan_file import load_plan
from schemas.rules import NAMED, rules_of
from schemas.submission import Arrival
from schemas.tables import RESERVED_ROUNDS, RESERVED_UNITS
from tests.homes import tonghop_here

C = FindingCode
PLANS = Path(__file__).parents[1] / "schemas" / "plans"
PLAN = load_plan(PLANS / "kh70_2022")
CONTROL = control_plan(PLAN)
KEY = Key(b"key")
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
BASIS = Basis("12-CV/BTGTU", "Đơn vị đề nghị; lý do khách quan")
DECIDED = Decisions(
    round_dues=(RoundDue("cuoi_nam", date(2022, 12, 10), BASIS),),
    deadlines=(IndicatorDeadline("CT3", date(2022, 6, 30), BASIS), IndicatorDeadline("CT7", date(2022, 5, 19), BASIS)),
    new_dates=(NewDate("ket_qua", date(2022, 5, 20), BASIS),),
    extensions=(
        Extension("708", "ket_qua", date(2022, 5, 15), BASIS),
        Extension("MOI-1", "cuoi_nam", date(2023, 1, 5), BASIS),
    ),
    exemptions=(Exemption("CQ-BNC", "ket_qua", None, BASIS), Exemption("TD", "ket_qua", "tai_lieu", BASIS)),
    unit_changes=(
        UnitChange("new", date(2022, 5, 1), "MOI-1", BASIS, "Huyện uỷ mới", unit_kind="huyen_uy"),
        UnitChange("merged", date(2022, 5, 1), "711", BASIS, into="MOI-1"),
        UnitChange("renamed", date(2022, 5, 2), "TD", BASIS, "Đảng đoàn Tỉnh đoàn"),
        UnitChange("dissolved", date(2022, 5, 3), "DU-QS", BASIS),
    ),
    contacts=(Contact("703", "Văn phòng Thành uỷ", "0276 3822 111", ""), Contact("MOI-1", "", "", "vp@example.vn")),
)


@pytest.fixture(scope="module")
def mini() -> Plan:
    return load_plan(Path(__file__).parent / "plans" / "mini")


def written(path: Path, plan: Plan, entries: Entries, key: Key = KEY) -> bytes:
    control = control_plan(plan)
    stamp = key.stamp(control.id, CONTROL_ROUND, CONTROL_UNIT, control.version)
    unit, round_ = control.unit(CONTROL_UNIT), control.round(CONTROL_ROUND)
    write_template(control, unit, round_, path, stamp=stamp, entries=entries)
    return path.read_bytes()


def judged(content: bytes, plan: Plan, moment: datetime | None = None, name: str = "so.xlsx") -> Judged:
    control = control_plan(plan)
    arrival = Arrival(sha256(content).hexdigest(), moment or end_of_day(date(2022, 5, 6)), name, "")
    reading = read_one(content, arrival, {control.id: control}.get, KEY)
    assert reading.submission is not None, [f.message for _, found in reading.refused for f in found]
    (one,) = judge(control, CONTROL_ROUND, [(reading.submission, reading.findings)])
    return one


def decided(one: Judged, plan: Plan) -> Decisions:
    """What a judged workbook decides, read from its typed frames as the dataset would hold them."""
    rows = {
        sheet: [
            {name: None if value is None or value != value else value for name, value in row.items()}
            | {"ngay": _day(row, "ngay"), "han_moi": _day(row, "han_moi"), "tu_ngay": _day(row, "tu_ngay")}
            for row in frame.to_dict("records")
        ]
        for sheet, frame in one.parsed.frames.items()
    }
    return decisions_in(plan, rows)


def _day(row: Mapping[Any, Any], name: str) -> date | None:
    value = row.get(name)
    return None if value is None or value != value else value.date()


def filled(plan: Plan, decisions: Decisions, rows: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> Entries:
    """The prefilled workbook with some cells typed over; None empties one."""
    values = dict(control_entries(plan, decisions).values)
    for sheet, lines in rows.items():
        for n, row in lines.items():
            values |= {(sheet, str(n), name): value for name, value in row.items()}
    return Entries({place: value for place, value in values.items() if value is not None})


def found(one: Judged) -> list[tuple[str | None, str | None, FindingCode]]:
    return [(f.sheet, f.cell, f.code) for f in one.findings]


def test_ids_go_there_and_back() -> None:
    assert base_id(control_id("kh70_2022")) == "kh70_2022"
    assert [base_id(name) for name in ("kh70_2022", ".dieu_hanh", "", "dieu_hanh")] == [None] * 4
    assert {CONTROL_ROUND} == RESERVED_ROUNDS
    assert {CONTROL_UNIT} == RESERVED_UNITS


def test_it_is_a_plan_like_any_other() -> None:
    assert (CONTROL.id, CONTROL.version) == ("kh70_2022.dieu_hanh", PLAN.version)
    assert [r.id for r in CONTROL.rounds] == [CONTROL_ROUND]
    assert [u.code for u in CONTROL.reporting_units] == [CONTROL_UNIT]
    assert CONTROL.settings.stamp == "required"
    assert {s.code: s.kind for s in CONTROL.sheets} == {"D0": "form", **{f"D{n}": "list" for n in range(1, 6)}}
    assert len({r.id for r in CONTROL.rules}) == len(CONTROL.rules)
    for sheet in CONTROL.sheets:
        assert len(sheet.tab) <= 31
        for field in sheet.fields:
            assert (field.type == "choice") == bool(CONTROL.values(field.choices)), field
            assert len(field.hint) <= 250
        for rule in rules_of(CONTROL, sheet.id, frozenset(s.id for s in CONTROL.sheets)):
            assert {"text", "choice"} >= {sheet.field(f).type for p in rule.texts for f in rule.spec.params.get(p, ())}
            assert set(rule.fields) <= {f.id for f in sheet.fields}
            equals, when = rule.spec.params.get("equals"), rule.spec.params.get("when")
            assert not equals or (when and equals[0] in CONTROL.values(sheet.field(when[0]).choices))
    assert {r.rule for r in CONTROL.rules} <= set(NAMED)


def test_its_choices_say_code_and_name_of_what_the_plan_left_open() -> None:
    dates = CONTROL.values("noi_dung")
    assert dates[0] == "Kỳ cuoi_nam – Báo cáo đánh giá cuối năm 2022"
    assert [d for d in dates if d.startswith("Kỳ ")] == [dates[0]], "the plan gives the other round a date"
    assert "Chỉ tiêu CT5 – Người ngoài Đảng đã bổ sung bản cam kết" in dates
    assert not [d for d in dates if d.startswith(("Chỉ tiêu CT1", "Chỉ tiêu CT8", "Chỉ tiêu KL", "Chỉ tiêu NB"))]
    assert [d.partition(" – ")[0] for d in dates if d.startswith("Nộp")] == ["Nộp bù ket_qua", "Nộp bù cuoi_nam"]
    units = CONTROL.values("don_vi")
    assert units[0] == "703 – Thành uỷ Tây Ninh"
    assert len(units) == len(PLAN.reporting_units) + len(NEW_UNITS)
    assert CONTROL.values("bieu")[1] == "B2 – Học tập"
    assert "huyen_uy – Huyện uỷ, thị uỷ, thành uỷ" in CONTROL.values("nhom")


def test_where_the_plan_left_nothing_open_late_reports_still_get_a_date(mini: Plan, tmp_path: Path) -> None:
    closed = replace(
        mini,
        rounds=tuple(replace(r, due=r.due or date(2022, 12, 1)) for r in mini.rounds),
        indicators=tuple(replace(i, deadline=i.deadline or date(2022, 12, 1)) for i in mini.indicators),
    )
    values = control_plan(closed).values("noi_dung")
    assert [v.partition(" – ")[0] for v in values] == ["Nộp bù dot_1", "Nộp bù dot_2"]
    one = judged(written(tmp_path / "so.xlsx", closed, control_entries(closed, NO_DECISIONS)), closed)
    assert (one.verdict, found(one), decided(one, closed)) == ("accepted", [], NO_DECISIONS)


def test_long_names_stay_short_enough_for_a_formula(mini: Plan, tmp_path: Path) -> None:
    long = replace(mini, rounds=tuple(replace(r, label=f"{r.label} " + "rất dài " * 60) for r in mini.rounds))
    decisions = Decisions(extensions=(Extension("HU", "dot_1", date(2022, 5, 9), BASIS),))
    one = judged(written(tmp_path / "so.xlsx", long, control_entries(long, decisions)), long)
    assert found(one) == [("D2 Gia hạn", "E10", C.NOT_BEFORE_WHEN)]
    assert max(len(v) for v in control_plan(long).values("ky")) < 120


def test_a_workbook_nobody_has_touched_is_accepted_and_decides_nothing(tmp_path: Path) -> None:
    one = judged(written(tmp_path / "so.xlsx", PLAN, control_entries(PLAN, NO_DECISIONS)), PLAN)
    assert (one.verdict, found(one)) == ("accepted", [])
    assert decided(one, PLAN) == NO_DECISIONS
    typed = rows_as_typed(PLAN)
    assert len(typed[DATES]) == len(CONTROL.values("noi_dung")), "what is open stands there by name"
    assert [row["don_vi"] for row in typed[CONTACTS]] == [*CONTROL.values("don_vi")[: -len(NEW_UNITS)]]


def test_what_is_decided_is_read_back_as_it_was(tmp_path: Path) -> None:
    one = judged(written(tmp_path / "so.xlsx", PLAN, control_entries(PLAN, DECIDED)), PLAN)
    assert (one.verdict, found(one)) == ("accepted", [])
    assert decided(one, PLAN) == DECIDED
    assert written(tmp_path / "a.xlsx", PLAN, control_entries(PLAN, DECIDED)) == (tmp_path / "so.xlsx").read_bytes()


def test_more_rows_than_the_sheet_had_are_written_too(tmp_path: Path) -> None:
    units = list(islice((u.code for u in PLAN.reporting_units), 29))
    many = Decisions(
        exemptions=tuple(
            Exemption(unit, round_, sheet.id, BASIS)
            for unit in units
            for round_ in ("ket_qua", "cuoi_nam")
            for sheet in PLAN.sheets[1:6]
        )
    )
    one = judged(written(tmp_path / "so.xlsx", PLAN, control_entries(PLAN, many)), PLAN)
    assert (one.verdict, decided(one, PLAN)) == ("accepted", many)


WRONG: dict[str, tuple[Mapping[str, Mapping[int, Mapping[str, Any]]], list[tuple[str, str, FindingCode]]]] = {
    "no document": ({EXTENSIONS: {1: {"so_van_ban": None}}}, [("D2 Gia hạn", "F10", C.MISSING_VALUE)]),
    "no reason": ({EXEMPTIONS: {1: {"ly_do": None}}}, [("D3 Miễn báo cáo", "G10", C.MISSING_VALUE)]),
    "a date without a document": ({DATES: {1: {"so_van_ban": None}}}, [("D1 Thời hạn", "E10", C.REQUIRED_TOGETHER)]),
    "a date of nothing": ({DATES: {1: {"noi_dung": None}}}, [("D1 Thời hạn", "C10", C.MISSING_VALUE)]),
    "before the plan": ({DATES: {1: {"ngay": date(2022, 3, 31)}}}, [("D1 Thời hạn", "D10", C.BETWEEN_DATES)]),
    "a late report before its due date": (
        {DATES: {12: {"ngay": date(2022, 5, 9)}}},
        [("D1 Thời hạn", "D21", C.NOT_BEFORE_WHEN)],
    ),
    "one subject twice": (
        {DATES: {13: {"noi_dung": "Kỳ cuoi_nam – Báo cáo đánh giá cuối năm 2022"}}},
        [("D1 Thời hạn", "C10", C.UNIQUE_ROWS), ("D1 Thời hạn", "C22", C.UNIQUE_ROWS)],
    ),
    "less time than all": (
        {EXTENSIONS: {1: {"han_moi": date(2022, 5, 9)}}},
        [("D2 Gia hạn", "E10", C.NOT_BEFORE_WHEN)],
    ),
    "an exemption twice": (
        {EXEMPTIONS: {2: {"don_vi": "CQ-BNC – Ban Nội chính Tỉnh uỷ", "bieu": None}}},
        [("D3 Miễn báo cáo", "C10", C.UNIQUE_ROWS), ("D3 Miễn báo cáo", "C11", C.UNIQUE_ROWS)],
    ),
    "a unit that is none": (
        {EXEMPTIONS: {1: {"don_vi": "703 – Thành uỷ Tây Nin"}}},
        [("D3 Miễn báo cáo", "C10", C.NOT_A_CHOICE)],
    ),
    "a new unit with nothing to say": (
        {UNIT_CHANGES: {1: {"ten_moi": None, "ma_moi": None, "nhom": None, "don_vi": "703 – Thành uỷ Tây Ninh"}}},
        [
            ("D4 Thay đổi đơn vị", "E10", C.BLANK_WHEN),
            ("D4 Thay đổi đơn vị", "F10", C.REQUIRED_WHEN),
            ("D4 Thay đổi đơn vị", "H10", C.REQUIRED_WHEN),
            ("D4 Thay đổi đơn vị", "I10", C.REQUIRED_WHEN),
        ],
    ),
    "merged into itself": (
        {UNIT_CHANGES: {2: {"vao_don_vi": "711 – Huyện uỷ Bến Cầu"}}},
        [("D4 Thay đổi đơn vị", "G11", C.DIFFERS_FROM)],
    ),
    "merged, but into what, and which": (
        {UNIT_CHANGES: {2: {"vao_don_vi": None, "don_vi": None}}},
        [("D4 Thay đổi đơn vị", "E11", C.REQUIRED_WHEN), ("D4 Thay đổi đơn vị", "G11", C.REQUIRED_WHEN)],
    ),
    "a code that is taken": ({UNIT_CHANGES: {1: {"ma_moi": "25456"}}}, [("D4 Thay đổi đơn vị", "H10", C.NONE_OF)]),
    "no code": ({UNIT_CHANGES: {1: {"ma_moi": "mới 1"}}}, [("D4 Thay đổi đơn vị", "H10", C.IS_CODE)]),
    "a rename with a code": (
        {UNIT_CHANGES: {3: {"ma_moi": "TD-2", "vao_don_vi": "703 – Thành uỷ Tây Ninh"}}},
        [("D4 Thay đổi đơn vị", "G12", C.BLANK_UNLESS), ("D4 Thay đổi đơn vị", "H12", C.BLANK_UNLESS)],
    ),
    "two contacts": (
        {CONTACTS: {2: {"don_vi": "703 – Thành uỷ Tây Ninh"}}},
        [("D5 Liên hệ", "C10", C.UNIQUE_ROWS), ("D5 Liên hệ", "C11", C.UNIQUE_ROWS)],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_meant_is_said_with_its_cell(name: str, tmp_path: Path) -> None:
    rows, wanted = WRONG[name]
    one = judged(written(tmp_path / "so.xlsx", PLAN, filled(PLAN, DECIDED, rows)), PLAN)
    assert found(one) == wanted, [f.message for f in one.findings]
    assert one.verdict == "rejected"


@pytest.mark.libreoffice
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_the_workbook_itself_shows_what_would_be_rejected(tmp_path: Path) -> None:
    (tmp_path / "so").mkdir()
    wanted = []
    for n, rows in enumerate(_together()):
        one = judged(written(tmp_path / "so" / f"{n}.xlsx", PLAN, filled(PLAN, DECIDED, rows)), PLAN)
        wanted.append(Counter((f.sheet, f.rule) for f in one.findings if f.rule))
    command = [str(SOFFICE), f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(tmp_path), *map(str, sorted((tmp_path / "so").glob("*.xlsx")))]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    assert {rule for told in wanted for _, rule in told} >= {"thoi_han_mot_dong", "ma_moi_dung_dang"}
    assert [_broken(tmp_path / f"{n}.xlsx") for n in range(len(wanted))] == wanted


def _together() -> list[dict[str, dict[int, Mapping[str, Any]]]]:
    """The wrong rows of all cases in as few workbooks as there are cases for one row."""
    books: list[dict[str, dict[int, Mapping[str, Any]]]] = []
    for rows, _ in WRONG.values():
        book = next((b for b in books if not any(b.get(s, {}).keys() & r.keys() for s, r in rows.items())), None)
        if book is None:
            books.append(book := {})
        for sheet, lines in rows.items():
            book.setdefault(sheet, {}).update(lines)
    return books


def _broken(path: Path) -> dict[tuple[str | None, str | None], int]:
    """How many rows break each rule, as the hidden check columns say."""
    book = load_workbook(path, data_only=True)
    unit = CONTROL.unit(CONTROL_UNIT)
    told: dict[tuple[str | None, str | None], int] = {}
    for sheet in CONTROL.sheets[1:]:
        there = layout(CONTROL, unit, sheet, CONTROL_ROUND)
        for rule in CONTROL.rules_for(sheet.id, frozenset(s.id for s in CONTROL.sheets)):
            column = there.check_column(CHECK + rule.id)
            rows = sum(book[sheet.tab].cell(row, column).value or 0 for row in range(10, there.last_row + 1))
            if rows:
                told[sheet.tab, rule.id] = rows
    return told


def test_its_guide_speaks_to_the_office(tmp_path: Path) -> None:
    written(tmp_path / "so.xlsx", PLAN, control_entries(PLAN, DECIDED))
    book = load_workbook(tmp_path / "so.xlsx")
    told = " ".join(str(cell) for row in book["Hướng dẫn"].iter_rows(values_only=True) for cell in row if cell)
    assert "SỔ ĐIỀU HÀNH" in told
    assert "inbox/DIEU-HANH/" in told
    over = " ".join(str(book[s.tab].cell(3, 2).value) for s in CONTROL.sheets)
    assert "HẠN NỘP:" not in told.upper() + over.upper()
    assert "mục" not in over
    notes = [cell.comment.text for cell in book["D1 Thời hạn"][6] if cell.comment]
    assert notes
    assert not [note for note in notes if "Căn cứ" in note]
    persons = " ".join(f.label for s in CONTROL.sheets for f in s.fields)
    assert "Người" not in persons


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2022, 5, day, hour, tzinfo=TIMEZONE)


def test_the_newest_that_counts_by_a_moment_says_everything(tmp_path: Path) -> None:
    first = Decisions(extensions=DECIDED.extensions[:1], contacts=DECIDED.contacts)
    wrong = {EXTENSIONS: {1: {"ly_do": None}}}
    books = [
        judged(written(tmp_path / "1.xlsx", PLAN, control_entries(PLAN, first)), PLAN, at(5), "một.xlsx"),
        judged(written(tmp_path / "2.xlsx", PLAN, filled(PLAN, DECIDED, wrong)), PLAN, at(6), "hai.xlsx"),
        judged(written(tmp_path / "3.xlsx", PLAN, control_entries(PLAN, DECIDED)), PLAN, at(7), "ba.xlsx"),
    ]
    assert [one.verdict for one in books] == ["accepted", "rejected", "accepted"]
    with open_dataset(tmp_path / "so-lieu.duckdb") as connection:
        assert decisions_known(connection, PLAN, at(9)) == NO_DECISIONS
        merge(connection, CONTROL, books)
        assert decisions_known(connection, PLAN, at(5, 11)) == NO_DECISIONS
        early = decisions_known(connection, PLAN, at(6, 23))
        assert (early.version, early.source_name, early.received_at) == (1, "một.xlsx", at(5))
        assert early.sha256 == books[0].submission.sha256
        assert early.extensions == (Extension("708", "ket_qua", date(2022, 5, 15), _at("D2 Gia hạn", 10)),)
        assert early.exemptions == early.unit_changes == ()
        late = decisions_known(connection, PLAN, at(7))
        assert late.version == 3
        assert late.contacts == DECIDED.contacts
        assert late.unit_changes[1] == replace(DECIDED.unit_changes[1], basis=_at("D4 Thay đổi đơn vị", 11))
        assert [d.basis.row for d in (*late.round_dues, *late.deadlines, *late.new_dates)] == [10, 11, 19, 21]
        book_withdrawals(connection, [(books[2].submission.sha256, at(8), "Ghi nhầm")])
        assert decisions_known(connection, PLAN, at(7)) == late, "as it was known then"
        assert decisions_known(connection, PLAN, at(8)) == early


def _at(tab: str, row: int) -> Basis:
    return replace(BASIS, tab=tab, row=row)


def test_the_workbook_that_is_issued_says_what_is_decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGHOP_NOW", "2022-05-07T20:00:00+07:00")
    home = Home(tmp_path).prepare()
    key = load_key(home, create=True)
    assert key is not None
    with open_dataset(home.dataset) as connection:
        (path,) = issue_control(connection, home, PLAN.id)
        assert path == control_path(home, PLAN) == tmp_path / "outbox" / "kh70_2022" / "dieu_hanh" / "so-dieu-hanh.xlsx"
        blank = path.read_bytes()
        assert blank == written(tmp_path / "a.xlsx", PLAN, control_entries(PLAN, NO_DECISIONS), key)
        written_at = path.stat().st_mtime_ns
        assert issue_control(connection, home, None) == [path]
        assert path.stat().st_mtime_ns == written_at, "it says what it said"
        content = written(tmp_path / "b.xlsx", PLAN, control_entries(PLAN, DECIDED))
        merge(connection, CONTROL, [judged(content, PLAN, at(6))])
        issue_control(connection, home, PLAN.id)
        assert path.read_bytes() == written(tmp_path / "c.xlsx", PLAN, control_entries(PLAN, DECIDED), key)
        assert issue_control(connection, home, PLAN.id, tmp_path / "d.xlsx") == [tmp_path / "d.xlsx"]
        assert (tmp_path / "d.xlsx").read_bytes() == path.read_bytes()
    assert Plans(home).kept(PLAN.id, PLAN.version).version == PLAN.version


def test_the_command_writes_it_and_says_where(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").prepare()
    shutil.copytree(Path(__file__).parent / "plans" / "mini", home.root / "plans" / "mini")
    said = tonghop_here(home, "control", "--plan", "mini")
    assert said.exit_code == 0, said.output
    path = home.outbox / "mini" / "dieu_hanh" / "so-dieu-hanh.xlsx"
    assert path.is_file()
    assert str(path) in said.output.replace("\n", "")
    assert str(home.inbox / CONTROL_UNIT) in said.output.replace("\n", "")
    beside = tmp_path / "so.xlsx"
    assert tonghop_here(home, "control", "--plan", "mini", "--out", str(beside)).exit_code == 0
    assert beside.read_bytes() == path.read_bytes()
    many = tonghop_here(home, "control", "--out", str(beside))
    assert many.exit_code == 2
    assert "--plan" in many.output
    unknown = tonghop_here(home, "control", "--plan", "mimi")
    assert unknown.exit_code == 2
    assert "mini" in unknown.output


def test_where_the_dataset_is_gone_no_empty_workbook_is_written(tmp_path: Path) -> None:
    """Dropped back it would take every decision away."""
    home = Home(tmp_path).prepare()
    note = home.archive / "ab" / "a.json"
    note.parent.mkdir(parents=True)
    note.write_text("{}", encoding="utf-8")
    said = tonghop_here(home, "control")
    assert said.exit_code == 2
    assert "rebuild" in said.output
    assert not list(home.outbox.rglob("*.xlsx"))
