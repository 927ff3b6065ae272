"""A plan folder becomes a plan, or every fault at once with table, row and column."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from schemas.control import control_plan
from schemas.plan import Plan, RuleSpec, Term
from schemas.plan_fault import PlanFaults
from schemas.plan_file import load_plan, plan_texts
from schemas.rules import NAMED
from schemas.tables import SETTING_KEYS, TABLES

REAL = Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022"
MINI = Path(__file__).parent / "plans" / "mini"
RATES = ("CT1", "CT2", "CT3", "CT4", "CT4.1", "CT4.2", "CT4.3", "CT4.5", "CT5", "CT6", "CT7", "CT8", "CT9")
VOLUMES = ("KL1", "KL2", "KL3", "KL4", "KL5", "KL6")

Place = tuple[str, int | None, str | None]
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Folder:
    """A copy of the mini plan to spoil. Lines are counted as an editor counts them: the header is line 1."""

    path: Path

    def rows(self, table: str) -> tuple[list[str], Rows]:
        with (self.path / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            return list(reader.fieldnames or ()), list(reader)

    def write(self, table: str, columns: list[str], rows: Rows) -> None:
        with (self.path / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def set(self, table: str, line: int, column: str, value: str) -> None:
        columns, rows = self.rows(table)
        assert column in columns
        rows[line - 2][column] = value
        self.write(table, columns, rows)

    def line(self, table: str, column: str, value: str) -> int:
        """The first line whose column holds that value."""
        return next(n for n, row in enumerate(self.rows(table)[1], 2) if row[column] == value)

    def append(self, table: str, **cells: str) -> None:
        columns, rows = self.rows(table)
        self.write(table, columns, [*rows, {c: cells.get(c, "") for c in columns}])

    def delete(self, table: str, line: int) -> None:
        columns, rows = self.rows(table)
        self.write(table, columns, [row for n, row in enumerate(rows, 2) if n != line])

    def faults(self) -> PlanFaults:
        with pytest.raises(PlanFaults) as caught:
            load_plan(self.path)
        return caught.value

    def places(self) -> list[Place]:
        return places_of(self.faults())


def places_of(faults: PlanFaults) -> list[Place]:
    return [(f.table, f.row, f.column) for f in faults.faults]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(Path(shutil.copytree(MINI, tmp_path / "mini")))


@pytest.fixture(scope="module")
def mini() -> Plan:
    return load_plan(MINI)


@pytest.fixture(scope="module")
def real() -> Plan:
    return load_plan(REAL)


def test_the_plan_of_2022_has_its_units_and_sheets(real: Plan) -> None:
    assert len(real.units) == 149
    assert len(real.reporting_units) == 29
    assert [s.id for s in real.sheets] == [
        "bia",
        "hoi_nghi",
        "hoc_tap",
        "tuyen_truyen",
        "tai_lieu",
        "ke_hoach",
        "cam_ket",
        "thi_dua",
        "phat_dong",
        "kiem_tra",
        "kho_khan",
        "danh_gia",
    ]
    assert [s.kind for s in real.sheets].count("org") == 8
    assert [r.due for r in real.rounds] == [date(2022, 5, 10), None]
    assert (real.settings.number, real.settings.issued_on) == ("70-KH/TU", date(2022, 4, 6))


def test_the_plan_of_2022_has_its_indicators(real: Plan) -> None:
    by_kind: dict[str, list[str]] = {}
    for indicator in real.indicators:
        by_kind.setdefault(indicator.kind, []).append(indicator.id)
    assert by_kind == {"rate": list(RATES), "volume": list(VOLUMES), "reporting": ["NB"], "on_time": ["NB.1"]}
    assert {i.id: i.deadline for i in real.indicators if i.deadline} == {
        "CT1": date(2022, 4, 30),
        "CT2": date(2022, 4, 30),
        "CT8": date(2022, 5, 19),
    }
    assert {i.target for i in real.indicators if i.kind == "rate"} == {100}
    ct4 = next(i for i in real.indicators if i.id == "CT4")
    assert ct4.numerator == (Term("cam_ket", "dang_vien_da_bo_sung"),)
    assert ct4.denominator_minus == (Term("cam_ket", "dang_vien_mien"),)


def test_the_plan_of_2022_uses_every_rule_of_its_page(real: Plan) -> None:
    used, of_the_office = ({r.rule for r in plan.rules} for plan in (real, control_plan(real)))
    assert used | of_the_office == set(NAMED)
    assert used & of_the_office == {"between_dates", "required_when"}
    assert {(r.sheet, r.severity) for r in real.rules if r.rule == "same_as"} == {
        ("cam_ket", "warning"),
        ("kiem_tra", "warning"),
    }
    assert [r.severity for r in real.rules if r.sheet == "tai_lieu"] == ["warning"]


def test_the_year_end_sheet_belongs_to_its_round_alone(real: Plan) -> None:
    unit = real.unit("703")
    assert [s.id for s in real.sheets_for(unit, "ket_qua") if s.id == "danh_gia"] == []
    assert "danh_gia" in {s.id for s in real.sheets_for(unit, "cuoi_nam")}
    assert not {"CT9"} & {i.id for i in real.indicators_of_round("ket_qua")}
    assert "CT9" in {i.id for i in real.indicators_of_round("cuoi_nam")}


def test_the_mini_plan_is_read_to_the_letter(mini: Plan) -> None:
    plan = mini
    assert [u.code for u in plan.reporting_units] == ["HU", "DU", "CQ", "MIEN"]
    assert [o.code for o in plan.organisations(plan.unit("HU"))] == ["01001", "01002"]
    assert [o.code for o in plan.organisations(plan.unit("DU"))] == ["DU"]
    assert [s.id for s in plan.sheets_for(plan.unit("CQ"), "dot_1")] == ["bia", "hoc_tap"]
    assert plan.sheet("khen").rows == 5
    assert plan.sheet("bia").field("dien_thoai").stored is False
    assert plan.group(plan.unit("CQ")) == plan.group(plan.unit("DU")) == "Đảng uỷ và cơ quan"
    assert plan.rules[0] == RuleSpec(
        "nam_nu_bang_tong", "hoc_tap", "sum_equals", "error", {"parts": ("nam", "nu"), "total": ("tong",)}, "II.1"
    )


def test_five_faults_in_five_tables_are_five_findings_at_once(folder: Folder) -> None:
    folder.set("rounds", 2, "due", "2022-02-30")
    folder.set("fields", 7, "type", "number")
    folder.append("choices", list="hinh_thuc", value="Trực tiếp")
    folder.set("rules", 3, "params", "value=da_hoc;limit=phai_hok")
    folder.set("units", 6, "parent", "CQ-X")
    faults = folder.faults()
    assert sorted(places_of(faults)) == [
        ("choices", 10, "value"),
        ("fields", 7, "type"),
        ("rounds", 2, "due"),
        ("rules", 3, "params"),
        ("units", 6, "parent"),
    ]
    said = str(faults)
    assert said.startswith("mini: 5 lỗi\n- Bảng rounds, dòng 2, cột due: ")
    assert "Có phải “phai_hoc”?" in said


Spoil = Callable[[Folder], None]


def _cell(table: str, line: int, column: str, value: str) -> Spoil:
    return lambda folder: folder.set(table, line, column, value)


def _without_column(table: str, column: str) -> Spoil:
    def spoil(folder: Folder) -> None:
        columns, rows = folder.rows(table)
        columns.remove(column)
        folder.write(table, columns, [{c: row[c] for c in columns} for row in rows])

    return spoil


def _with_column(table: str, column: str) -> Spoil:
    def spoil(folder: Folder) -> None:
        columns, rows = folder.rows(table)
        folder.write(table, [*columns, column], [{**row, column: "x"} for row in rows])

    return spoil


def _without_file(table: str) -> Spoil:
    return lambda folder: (folder.path / f"{table}.csv").unlink()


def _text(table: str, text: str | bytes) -> Spoil:
    content = text.encode() if isinstance(text, str) else text

    def spoil(folder: Folder) -> None:
        (folder.path / f"{table}.csv").write_bytes(content)

    return spoil


def _appended(table: str, line: str) -> Spoil:
    def spoil(folder: Folder) -> None:
        with (folder.path / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
            file.write(line)

    return spoil


def _rule(rule: str, params: str) -> Spoil:
    return lambda folder: folder.append(
        "rules", id="them", sheet="hoc_tap", rule=rule, severity="error", params=params, clause="II.1"
    )


def _indicator(**cells: str) -> Spoil:
    return lambda folder: folder.append("indicators", **{"id": "T9", "label": "Thêm", "kind": "rate", **cells})


PARAMS = [("rules", 7, "params")]
KINDS: dict[str, tuple[Spoil, Sequence[Place], str]] = {
    # files and columns
    "missing file": (_without_file("rules"), [("rules", None, None)], "thiếu tệp rules.csv"),
    "empty file": (_text("rules", ""), [("rules", None, None)], "không đọc được tệp rules.csv"),
    "not UTF-8": (
        _text("choices", "list,value,label\nđ".encode("utf-16")),
        [("choices", None, None)],
        "Lưu lại dạng CSV UTF-8",
    ),
    "missing column": (_without_column("units", "kind"), [("units", 1, "kind")], "thiếu cột này"),
    "unknown column": (_with_column("sheets", "mau"), [("sheets", 1, "mau")], "cột lạ"),
    "a column twice": (
        _text("choices", "list,value,value\na,b,c\n"),
        [("choices", None, None)],
        "cột “value” có hai lần",
    ),
    "a quotation that never ends": (
        _text("choices", 'list,value,label\na,"b,c\n'),
        [("choices", None, None)],
        "không đọc được tệp choices.csv",
    ),
    "a row too short": (_appended("choices", "doi_tuong,khác\n"), [("choices", 10, None)], "2 ô, bảng có 3 cột"),
    "a row too long": (
        _appended("choices", "doi_tuong,khác,,,x\n"),
        [("choices", 10, None)],
        "5 ô, bảng có 3 cột",
    ),
    # settings
    "bad setting": (_cell("settings", 9, "value", "maybe"), [("settings", 9, "value")], "“maybe” không hợp lệ"),
    "bad date in a setting": (
        _cell("settings", 5, "value", "2022-02-30"),
        [("settings", 5, "value")],
        "“2022-02-30” không hợp lệ",
    ),
    "unknown setting": (
        _cell("settings", 8, "key", "plase"),
        [("settings", None, "key"), ("settings", 8, "key")],
        "Có phải “place”?",
    ),
    "missing setting": (
        lambda folder: folder.delete("settings", folder.line("settings", "key", "office")),
        [("settings", None, "key")],
        "thiếu khoá “office”",
    ),
    "repeated setting": (
        lambda folder: folder.append("settings", key="place", value="Nơi khác"),
        [("settings", 11, "key")],
        "mỗi khoá một dòng",
    ),
    # rounds and sheets
    "bad date": (_cell("rounds", 2, "due", "10/05/2022"), [("rounds", 2, "due")], "“10/05/2022” không hợp lệ"),
    "a day that is none": (_cell("rounds", 2, "due", "2022-02-30"), [("rounds", 2, "due")], "cần ngày dạng"),
    "duplicate id": (_cell("rounds", 3, "id", "dot_1"), [("rounds", 3, "id")], "không lặp"),
    "empty label": (_cell("rounds", 2, "label", " "), [("rounds", 2, "label")], "không để trống"),
    "the control round": (_cell("rounds", 3, "id", "dieu_hanh"), [("rounds", 3, "id")], "tên hệ thống dùng riêng"),
    "unknown round": (_cell("sheets", 4, "rounds", "dot_3"), [("sheets", 4, "rounds")], "Có phải “dot_2”?"),
    "unknown kind of unit": (
        _cell("sheets", 4, "applies_to", "huyen_ui;dang_uy"),
        [("sheets", 4, "applies_to")],
        "Có phải “huyen_uy”?",
    ),
    "sheet of no known kind": (_cell("sheets", 3, "kind", "orgs"), [("sheets", 3, "kind")], "form, org hoặc list"),
    "tab with a forbidden sign": (_cell("sheets", 3, "label", "Học/tập"), [("sheets", 3, "label")], "tên trang tính"),
    "rows that are no number": (_cell("sheets", 4, "rows", "vài"), [("sheets", 4, "rows")], "số dòng trống"),
    "sheet without fields": (
        lambda folder: folder.append("sheets", id="trong", code="M3", label="Trống", title="Trống", kind="org"),
        [("sheets", 5, "id")],
        "không có trường nào",
    ),
    # fields and choices
    "unknown sheet of a field": (_cell("fields", 12, "sheet", "hoc_tab"), [("fields", 12, "sheet")], "“hoc_tap”?"),
    "duplicate field": (_cell("fields", 5, "id", "nguoi_lap"), [("fields", 5, "id")], "bị lặp"),
    "unknown type": (_cell("fields", 7, "type", "number"), [("fields", 7, "type")], "text, count, date"),
    "unknown choice list": (_cell("fields", 12, "choices", "hinh_tuc"), [("fields", 12, "choices")], "“hinh_thuc”?"),
    "choices without a choice": (
        _cell("fields", 7, "choices", "hinh_thuc"),
        [("fields", 7, "choices")],
        "để trống ô này",
    ),
    "width that is none": (_cell("fields", 7, "width", "3"), [("fields", 7, "width")], "5–99"),
    "hint too long": (_cell("fields", 7, "hint", "a" * 251), [("fields", 7, "hint")], "250 ký tự"),
    "repeated choice": (_cell("choices", 3, "value", "Trực tuyến"), [("choices", 3, "value")], "bị lặp"),
    # rules
    "unknown rule": (_cell("rules", 3, "rule", "at_mots"), [("rules", 3, "rule")], "Có phải “at_most”?"),
    "unknown sheet of a rule": (_cell("rules", 3, "sheet", "hoc_tab"), [("rules", 3, "sheet")], "“hoc_tap”?"),
    "wrong parameter": (_rule("at_most", "value=da_hoc;limit=tong;minux=nu"), PARAMS, "Có phải “minus”?"),
    "missing parameter": (_rule("at_most", "value=da_hoc"), PARAMS, "thiếu tham số “limit”"),
    "parameters no one can read": (_rule("at_most", "value<=limit"), PARAMS, "tham số dạng"),
    "two fields where one is asked for": (
        _rule("at_most", "value=da_hoc;limit=tong,nam"),
        PARAMS,
        "không có trường “tong,nam”",
    ),
    "parameter given twice": (_rule("at_most", "value=da_hoc;limit=tong;limit=nam"), PARAMS, "tham số “limit” bị lặp"),
    "unknown field": (_rule("at_most", "value=da_hoc;limit=phai_hok"), PARAMS, "Có phải “phai_hoc”?"),
    "wrong type for a rule": (_rule("at_most", "value=da_hoc;limit=ngay_kiem_tra"), PARAMS, "phải là kiểu count"),
    "dates of a count": (_rule("between_dates", "field=tong;from=2022-04-06;to=arrival"), PARAMS, "phải là kiểu date"),
    "end that is no date": (
        _rule("between_dates", "field=ngay_kiem_tra;from=06/04/2022;to=arrival"),
        PARAMS,
        "“06/04/2022” không phải ngày",
    ),
    "a text rule on a count": (_rule("differs_from", "field=tong;other=hinh_thuc"), PARAMS, "phải là kiểu text hoặc"),
    "unique counts": (_rule("unique_rows", "fields=hinh_thuc;also=tong"), PARAMS, "phải là kiểu text hoặc choice"),
    "arrival where it cannot be": (
        _rule("not_before_when", "field=ngay_kiem_tra;when=hinh_thuc;equals=trực tiếp;from=arrival"),
        PARAMS,
        "“arrival” không phải ngày",
    ),
    "condition on a count": (_rule("required_when", "field=nam;when=tong;equals=1"), PARAMS, "yes_no hoặc choice"),
    "value that cannot be": (
        _rule("required_when", "field=nam;when=da_kiem_tra;equals=yes"),
        PARAMS,
        "“yes” không phải giá trị",
    ),
    "rule that looks at no sheet": (
        _rule("same_as", "field=nam;sheet=hoc_tab;other=nam"),
        PARAMS,
        "không có biểu “hoc_tab”. Có phải “hoc_tap”?",
    ),
    "rule that looks at a sheet of another kind": (
        _rule("same_as", "field=nam;sheet=khen;other=so_luot"),
        PARAMS,
        "là biểu list",
    ),
    "rule that looks at a form from a table": (
        _rule("same_as", "field=nam;sheet=bia;other=ngay_ky"),
        PARAMS,
        "phải cùng kiểu",
    ),
    "rule that compares a sheet with itself": (
        _rule("same_as", "field=nam;sheet=hoc_tap;other=nu"),
        PARAMS,
        "chính nó",
    ),
    "rule with an empty span of days": (
        _rule("between_dates", "field=ngay_kiem_tra;from=2022-06-06;to=2022-01-01"),
        PARAMS,
        "khoảng ngày trống",
    ),
    "field with a name the dataset needs": (
        _cell("fields", 16, "id", "tab"),
        [("fields", 16, "id")],
        "hệ thống dùng riêng",
    ),
    "plan with a name the dataset needs": (
        _cell("settings", 2, "value", "main"),
        [("settings", 2, "value")],
        "hệ thống dùng riêng",
    ),
    "severity that is none": (
        _cell("rules", 3, "severity", "fatal"),
        [("rules", 3, "severity")],
        "error hoặc warning",
    ),
    # indicators
    "unknown sheet in a term": (
        _indicator(numerator="hoc_tab.nam", denominator="hoc_tap.tong", target="100"),
        [("indicators", 7, "numerator")],
        "Có phải “hoc_tap”?",
    ),
    "unknown field in a term": (
        _indicator(numerator="hoc_tap.nam", denominator="hoc_tap.tonh", target="100"),
        [("indicators", 7, "denominator")],
        "Có phải “tong”?",
    ),
    "a term that cannot be counted": (
        _indicator(numerator="hoc_tap.hinh_thuc", denominator="hoc_tap.tong", target="100"),
        [("indicators", 7, "numerator")],
        "count hoặc yes_no",
    ),
    "a term that is not stored": (
        _cell("fields", 10, "stored", "no"),
        [("indicators", 2, "denominator")],
        "không được lưu",
    ),
    "rate without a denominator": (
        _indicator(numerator="hoc_tap.nam", target="100"),
        [("indicators", 7, "denominator")],
        "phải có ô này",
    ),
    "rate without a target": (
        _indicator(numerator="hoc_tap.nam", denominator="hoc_tap.tong"),
        [("indicators", 7, "target")],
        "phải có mục tiêu",
    ),
    "reporting rate with a term": (
        _indicator(kind="reporting", numerator="hoc_tap.nam", target="100"),
        [("indicators", 7, "numerator")],
        "không có ô này",
    ),
    "target over a hundred": (_cell("indicators", 2, "target", "101"), [("indicators", 2, "target")], "0–100"),
    # units
    "the control unit": (_cell("units", 5, "code", "DIEU-HANH"), [("units", 5, "code")], "tên hệ thống dùng riêng"),
    "duplicate unit": (_cell("units", 4, "code", "DU"), [("units", 4, "code")], "không lặp"),
    "unknown kind": (_cell("units", 4, "kind", "co_quam"), [("units", 4, "kind")], "Có phải “co_quan”?"),
    "unknown parent": (_cell("units", 7, "parent", "HV"), [("units", 7, "parent")], "đơn vị cấp trên “HV”"),
    "parent that does not report": (_cell("units", 7, "parent", "01001"), [("units", 7, "parent")], "không phải đơn"),
    "reporting unit with a parent": (_cell("units", 3, "parent", "HU"), [("units", 3, "parent")], "để trống"),
    "code with a space": (_cell("units", 7, "code", "01 002"), [("units", 7, "code")], "mã đơn vị"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_fault_has_its_place_and_its_words(folder: Folder, kind: str) -> None:
    spoil, places, words = KINDS[kind]
    spoil(folder)
    faults = folder.faults()
    assert places_of(faults) == list(places)
    assert words in str(faults)


def test_every_setting_is_needed(folder: Folder) -> None:
    folder.write("settings", ["key", "value"], [])
    faults = folder.faults()
    assert places_of(faults) == [("settings", None, "key")] * len(SETTING_KEYS)
    assert [f.message.split("“")[1].split("”")[0] for f in faults.faults] == list(SETTING_KEYS)


def test_every_column_of_every_table_is_needed(folder: Folder) -> None:
    columns = {table: folder.rows(table)[0] for table in TABLES}
    for table in TABLES:
        folder.write(
            table, columns[table][:1], [{columns[table][0]: row[columns[table][0]]} for row in folder.rows(table)[1]]
        )
    assert folder.places() == [(table, 1, column) for table in TABLES for column in columns[table][1:]]


def test_a_blank_line_does_not_shift_the_rows_that_are_named(folder: Folder) -> None:
    folder.set("units", 5, "kind", "khong_co")
    path = folder.path / "units.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], "", *lines[2:]]) + "\n", encoding="utf-8")
    assert folder.places() == [("units", 6, "kind")]


def test_several_missing_things_are_named_in_one_order(folder: Folder) -> None:
    for key in ("place", "title", "office"):
        folder.delete("settings", folder.line("settings", "key", key))
    folder.append("rules", id="them", sheet="hoc_tap", rule="same_as", severity="error", params="x=1;y=2", clause="")
    said = [f.message for f in folder.faults().faults]
    named = [next(word for word in ("title", "office", "place") if f"“{word}”" in text) for text in said[:3]]
    assert named == ["title", "office", "place"]
    named = [text.split("tham số “")[1][0] for text in said[3:]]
    assert named == ["x", "y", "f", "s", "o"]  # unknown ones as written, missing ones as the rule lists them


def test_the_version_is_the_content_and_not_its_line_ends(folder: Folder, mini: Plan) -> None:
    assert len(mini.version) == 12
    for table in TABLES:
        path = folder.path / f"{table}.csv"
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_plan(folder.path) == mini


@pytest.mark.parametrize(
    ("table", "line", "column"),
    [
        ("settings", 4, "value"),
        ("rounds", 2, "label"),
        ("sheets", 3, "title"),
        ("fields", 9, "hint"),
        ("choices", 2, "label"),
        ("rules", 2, "clause"),
        ("indicators", 2, "label"),
        ("units", 3, "basis"),
    ],
)
def test_the_version_changes_with_any_cell(folder: Folder, mini: Plan, table: str, line: int, column: str) -> None:
    folder.set(table, line, column, "khác đi một chút")
    assert load_plan(folder.path).version != mini.version


def test_the_tables_kept_in_the_archive_load_as_the_same_plan(mini: Plan, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    for table, text in plan_texts(MINI).items():
        (kept / f"{table}.csv").write_text(text, encoding="utf-8", newline="")
    assert load_plan(kept) == mini
