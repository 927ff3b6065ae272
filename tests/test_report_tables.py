"""Figures lead to their rows, rows to their files; states add up; what is narrowed says the province's own figures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from pipelines.report import group_labels, narrowed, slug, with_subordinates, write_report
from pipelines.report.links import span
from schemas.decisions import Basis, Contact, Decisions, Exemption, Extension, IndicatorDeadline, UnitChange
from schemas.plan_file import load_plan
from schemas.progress import DecisionChange, Event, FieldChange, Progress, StateChange, TotalChange
from schemas.results import UNIT_STATES, OrganisationIndicator, UnitState
from schemas.signs import Evidence, Sign
from tests.test_report import PLAN_FOLDER, column, find, realistic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.consolidation import Consolidation
    from schemas.plan import Field, Indicator, Plan
    from schemas.results import DataRow, IndicatorTotal

FAR, NEAR = "703", "705"
"""Two units of one group; `CQ-BTG` is of another."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(PLAN_FOLDER)


@pytest.fixture(scope="module")
def province(plan: Plan) -> Consolidation:
    return everything(realistic(plan))


@pytest.fixture(scope="module")
def workbook(province: Consolidation, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("tables") / "tong-hop.xlsx"
    write_report(province, path)
    return openpyxl.load_workbook(path, data_only=True)


def without_forms(result: Consolidation) -> Consolidation:
    """The same without its long tables: quicker to write where these are not looked at."""
    rows = tuple(replace(t, rows=()) for t in result.rows)
    return replace(result, rows=rows, findings=(), by_organisation=(), progress=None)


def everything(result: Consolidation) -> Consolidation:
    """The same province with cells, organisations, signs, decisions and progress."""
    rows = tuple(
        replace(t, rows=tuple(replace(r, cells=_cells(t.sheet.fields, r.excel_row)) for r in t.rows))
        for t in result.rows
    )
    whole = replace(result, rows=rows, signs=_signs(result), decisions=_decided())
    organised = replace(whole, by_organisation=tuple(_organisations(whole)))
    return replace(organised, progress=_progress(organised), by_single=_single(organised))


def _cells(fields: Any, row: int) -> dict[str, str]:
    return {f.id: f"{chr(ord('C') + n)}{row}" for n, f in enumerate(fields) if f.stored}


def _organisations(result: Consolidation) -> Any:
    for indicator in (i for i in result.plan.indicators if i.id in ("CT1", "CT2")):
        table = next(t for t in result.rows if t.sheet.id == indicator.numerator[0].sheet)
        for row in table.rows:
            assert row.organisation
            part, whole = _sum(row.values, indicator.numerator), _sum(row.values, indicator.denominator)
            rate = part / whole if whole else None
            yield OrganisationIndicator(row.unit.code, row.organisation, indicator.id, part, whole, rate)


def _count(row: DataRow, field: Field) -> int:
    value = row.values[field.id]
    return value if isinstance(value, int) else 0


def _sum(values: Mapping[str, Any], terms: Any) -> int:
    return sum(int(values[t.field] or 0) for t in terms)


def _single(result: Consolidation) -> dict[str, tuple[IndicatorTotal, ...]]:
    figures = {(f.unit, f.indicator): f for f in result.by_unit}
    return {
        u.unit.code: tuple(
            replace(t, numerator=f.numerator, denominator=f.denominator, rate=f.rate, units_expected=1)
            for t in result.indicators
            if (f := figures.get((u.unit.code, t.id)))
        )
        for u in result.units
    }


def _signs(result: Consolidation) -> tuple[Sign, ...]:
    far, near = result.plan.unit(FAR), result.plan.unit(NEAR)
    own, other = (Evidence(c, f"=Bao cao {c}.xlsx", 1, "B2 Học tập", "D12", "=1+1") for c in (FAR, NEAR))
    apart = Evidence("CQ-BTG", "c.xlsx", 1, "B2 Học tập", "D12", "120")
    return (
        Sign("jump", far, "Tổng số đảng viên tăng từ 100 lên 200.", "Vì sao tăng?", (own,)),
        Sign("like_another", near, "Báo cáo giống của 703.", "Ai lập báo cáo?", (own, other)),
        Sign("like_another", far, "Báo cáo giống của CQ-BTG.", "Ai lập báo cáo?", (own, apart)),
    )


def _decided() -> Decisions:
    basis = Basis("=45-CV/BTGTU", "@lý do", "D2 Gia hạn", 10)
    return Decisions(
        deadlines=(IndicatorDeadline("CT3", date(2022, 6, 30), basis),),
        extensions=(
            Extension(FAR, "ket_qua", date(2022, 5, 31), basis),
            Extension("TD", "ket_qua", date(2022, 6, 1), basis),
        ),
        exemptions=(Exemption("CQ-BTG", "ket_qua", "kiem_tra", basis),),
        unit_changes=(UnitChange("merged", date(2022, 7, 1), NEAR, basis, into=FAR),),
        contacts=(Contact(FAR, "Văn phòng Thành uỷ", "0276 000 0703", "=a@b.example"),),
        version=3,
        sha256="f" * 64,
        source_name="=so-dieu-hanh.xlsx",
        received_at=datetime(2022, 5, 11, 15, tzinfo=UTC),
    )


def _progress(result: Consolidation) -> Progress:
    table = next(t for t in result.rows if t.sheet.id == "hoc_tap")
    field = table.sheet.field("tong_dang_vien")
    whole = sum(_count(r, field) for r in table.rows)
    (one, two) = list(dict.fromkeys(r.unit.code for r in table.rows))[:2]
    sums = {c: sum(_count(r, field) for r in table.rows if r.unit.code == c) for c in (one, two)}
    moved = tuple((result.plan.unit(c), sums[c] - by, sums[c]) for c, by in ((one, 7), (two, -2)))
    at = datetime(2022, 5, 14, 15, tzinfo=UTC)
    source = result.sources[0]
    event = Event("corrected", source.unit, source.version, at, "=cmd.xlsx", source.sha256, True, 1, 4, "")
    apart = Event("new", result.plan.unit("CQ-BTG"), 1, at, "c.xlsx", "e" * 64, True)
    total = next(t for t in result.indicators if t.id == "CT2")
    return Progress(
        since=date(2022, 5, 11),
        events=(event, apart),
        states=(StateChange(result.plan.unit(FAR), "chua_den_han", "dung_han"),),
        totals=(TotalChange(replace(total, numerator=1), total),),
        fields=(FieldChange(table.sheet, field, whole - 5, whole, moved),),
        decisions=(DecisionChange(True, "Gia hạn cho 703", "45-CV/BTGTU"),),
    )


def target(book: Any, cell: Any) -> Any:
    """The cell a link leads to."""
    found = re.fullmatch(r"'(.+)'!([A-Z]+\d+)", cell.hyperlink.location)
    assert found, cell.hyperlink.location
    return book[found[1].replace("''", "'")][found[2]]


def line(cell: Any) -> list[Any]:
    """All values in a cell's row."""
    return [c.value for c in cell.parent[cell.row]]


def links(sheet: Any) -> list[Any]:
    return [c for row in sheet.iter_rows() for c in row if c.hyperlink]


def test_every_link_stays_in_the_workbook_and_leads_to_something(workbook: Any) -> None:
    found = [cell for sheet in workbook for cell in links(sheet)]
    assert len(found) > 200
    for cell in found:
        assert cell.hyperlink.target is None
        there = target(workbook, cell)
        assert any(value is not None for value in line(there)), (cell, there)


def test_a_figure_leads_to_the_rows_of_its_unit(workbook: Any, province: Consolidation) -> None:
    sheet, plan = workbook["Tỷ lệ hoàn thành"], province.plan
    head = find(sheet, "Mã đơn vị").row + 1
    of_column = {c.column: str(c.value).split("\n")[0] for c in sheet[head] if c.value and "\n" in str(c.value)}
    by_id: dict[str, Indicator] = {i.id: i for i in plan.indicators}
    given = {(t.sheet.id, r.unit.code) for t in province.rows for r in t.rows}
    figures = {(f.unit, f.indicator): f for f in province.by_unit}
    followed = 0
    for row in range(head + 1, sheet.max_row + 1):
        unit = sheet.cell(row, 2).value
        for col, indicator in of_column.items():
            cell = sheet.cell(row, col)
            if not (isinstance(unit, str) and plan.has_unit(unit) and isinstance(cell.value, int | float)):
                continue
            forms = {t.sheet for t in (*by_id[indicator].numerator, *by_id[indicator].denominator)}
            assert (cell.hyperlink is not None) == any((form, unit) in given for form in forms)
            figure = figures[unit, indicator]
            assert cell.value == pytest.approx(figure.numerator if by_id[indicator].kind == "volume" else figure.rate)
            if cell.hyperlink:
                there = target(workbook, cell)
                assert line(there)[1] == unit
                assert there.parent.title in {plan.sheet(form).tab for form in forms}
                above = there.parent.cell(there.row - 1, 2).value
                assert above != unit, "the first of its rows"
                followed += 1
    assert followed > 100


def test_every_row_names_its_cells_and_leads_to_its_source(workbook: Any, province: Consolidation) -> None:
    for table in province.rows:
        sheet = workbook[table.sheet.tab]
        places = {
            c.value: c for row in sheet.iter_rows(max_row=12) for c in row if c.value in ("Ô", "Trang", "SHA-256")
        }
        first = next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, 1).value == 1)
        for n, row in enumerate(table.rows):
            cells = [sheet.cell(first + n, places[title].column) for title in ("Ô", "Trang", "SHA-256")]
            assert [c.value for c in cells] == [
                span(row.cells, (f.id for f in table.sheet.fields if f.stored)), row.tab, row.sha256[:12],
            ]  # fmt: skip
            source = line(target(workbook, cells[2]))
            assert {row.unit.code, row.sha256, row.version} <= set(source)


def test_sources_lead_back_to_their_unit_and_findings_to_their_source(workbook: Any, province: Consolidation) -> None:
    for listed, own in (("Nguồn số liệu", "Tiến độ nộp"), ("Lỗi và cảnh báo", "Nguồn số liệu")):
        found = links(workbook[listed])
        assert found
        for cell in found:
            there = target(workbook, cell)
            assert there.parent.title == own
            assert line(there)[1] == line(cell)[1]
    assert len(links(workbook["Nguồn số liệu"])) == len(province.sources)


def test_an_organisation_leads_to_its_row(workbook: Any) -> None:
    found = [c for c in links(workbook["Theo tổ chức"]) if c.parent.row_dimensions[c.row].outlineLevel]
    assert found
    for cell in found:
        own = [value for value in line(cell)[:3] if value]
        assert set(own) <= set(line(target(workbook, cell)))


def test_the_six_states_add_up_to_the_units_listed(workbook: Any, province: Consolidation, tmp_path: Path) -> None:
    sheet = workbook["Quá hạn"]
    total = find(sheet, "Cộng")
    counts = {sheet.cell(total.row - n, 1).value: sheet.cell(total.row - n, 4).value for n in range(1, 7)}
    assert counts == {UNIT_STATES[state]: n for state, n in province.state_counts().items()}
    assert sheet.cell(total.row, 4).value == sum(counts.values()) == len(province.units)
    write_report(province, tmp_path / "t.xlsx")
    formula: Any = openpyxl.load_workbook(tmp_path / "t.xlsx")["Quá hạn"].cell(total.row - 1, 4).value
    assert formula.startswith("=COUNTIF('Tiến độ nộp'!")
    listed = column(workbook["Tiến độ nộp"], "Trạng thái")
    assert counts == {label: listed.count(label) for label in UNIT_STATES.values()}


@pytest.mark.parametrize("state", list(UNIT_STATES))
def test_a_province_in_one_state_reads_well(province: Consolidation, state: UnitState, tmp_path: Path) -> None:
    units = tuple(replace(u, state=state) for u in province.units)
    write_report(replace(without_forms(province), units=units), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)["Quá hạn"]
    assert sheet.cell(find(sheet, "Cộng").row, 4).value == 29


def test_the_overdue_sheet_says_extension_document_and_contact(province: Consolidation, tmp_path: Path) -> None:
    late = replace(
        province.units[0], state="qua_han", original_due=date(2022, 5, 10), due=date(2022, 5, 12), days_overdue=3,
        extension=Extension(FAR, "ket_qua", date(2022, 5, 12), Basis("45-CV/BTGTU", "lý do")),
    )  # fmt: skip
    write_report(replace(without_forms(province), units=(late, *province.units[1:])), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)["Quá hạn"]
    said = line(find(sheet, FAR))
    assert {UNIT_STATES["qua_han"], 3, datetime(2022, 5, 10), datetime(2022, 5, 12), "45-CV/BTGTU"} <= set(said)  # noqa: DTZ001
    assert any("0276 000 0703" in str(value) for value in said)


def test_short_organisations_are_named_beside_an_overdue_indicator(workbook: Any, province: Consolidation) -> None:
    sheet = workbook["Quá hạn"]
    late = [i for i in province.by_unit if i.state == "qua_han" and i.indicator == "CT1"]
    told = {str(c.value) for row in sheet.iter_rows() for c in row if c.value}
    checked = 0
    for figure in late:
        short = [o for o in province.by_organisation if (o.unit, o.indicator) == (figure.unit, "CT1") and o.missing]
        worst = max(short, key=lambda o: o.missing, default=None)
        if worst:
            grouped = [f"{n:,}".replace(",", ".") for n in (worst.numerator, worst.denominator)]
            assert any(f"{worst.organisation.name} {'/'.join(grouped)}" in text for text in told)
            checked += 1
    assert checked


def test_a_group_is_the_province_narrowed(province: Consolidation) -> None:
    assert sum(len(_group(province, label).units) for label in group_labels(province)) == len(province.units)
    for label in group_labels(province):
        group = _group(province, label)
        codes = {u.unit.code for u in group.units}
        assert group.scope == label
        totals = {t.id: t for t in province.by_group if t.group == label}
        assert list(group.indicators) == [replace(t, group="") for t in totals.values()]
        for total in group.indicators:
            mine = [f for f in province.by_unit if f.indicator == total.id and f.unit in codes]
            if total.kind in ("rate", "volume") and total.numerator is not None:
                assert total.numerator == sum(f.numerator or 0 for f in mine)
                assert (total.denominator or 0) == sum(f.denominator or 0 for f in mine)
        listed = [
            *(i.unit for i in group.by_unit), *(r.unit.code for t in group.rows for r in t.rows),
            *(f.unit.code for f in group.findings), *(s.unit.code for s in group.sources),
            *(o.unit for o in group.by_organisation), *group.by_single, *(s.unit.code for s in group.signs),
        ]  # fmt: skip
        assert set(listed) <= codes
        assert [t.sheet.id for t in group.rows] == [t.sheet.id for t in province.rows]


def test_a_unit_is_the_province_narrowed(province: Consolidation) -> None:
    for unit in with_subordinates(province):
        own = narrowed(province, [unit.code], unit.name)
        assert [u.unit for u in own.units] == [unit]
        assert own.indicators == province.by_single[unit.code]
        assert {t.group for t in own.by_group} == {own.units[0].group}
        assert {o.unit for o in own.by_organisation} <= {unit.code}
        figures = {(f.unit, f.indicator): f for f in province.by_unit}
        for total in own.indicators:
            assert total.numerator == figures[unit.code, total.id].numerator


def test_units_that_have_ceased_to_be_get_no_workbook(province: Consolidation) -> None:
    gone = UnitChange("dissolved", date(2022, 5, 1), FAR, Basis("1-QĐ/TU", "giải thể"))
    units = (replace(province.units[0], departure=gone), *province.units[1:])
    assert FAR in {u.code for u in with_subordinates(province)}
    assert FAR not in {u.code for u in with_subordinates(replace(province, units=units))}


def test_units_that_are_neither_a_group_nor_one_are_refused(province: Consolidation) -> None:
    with pytest.raises(KeyError):
        narrowed(province, [FAR, NEAR], "hai đơn vị")


def test_what_moved_in_a_group_is_summed_over_all_of_it(province: Consolidation) -> None:
    assert province.progress
    (change,) = province.progress.fields
    table = next(t for t in province.rows if t.sheet.id == change.sheet.id)
    told = 0
    for label in group_labels(province):
        group = _group(province, label)
        codes = {u.unit.code for u in group.units}
        moved = [(unit.code, now - then) for unit, then, now in change.units if unit.code in codes]
        assert group.progress
        assert not group.progress.totals
        if not moved:
            assert group.progress.fields == ()
            continue
        (own,) = group.progress.fields
        assert own.after == sum(_count(r, change.field) for r in table.rows if r.unit.code in codes)
        assert own.after - own.before == sum(difference for _, difference in moved)
        told += own.after - own.before
    assert told == change.after - change.before
    whole = {u.unit.code for u in province.units if u.group == province.units[0].group}
    assert {e.unit.code for e in _group(province, province.units[0].group).progress.events} <= whole  # type: ignore[union-attr]


def test_a_sign_that_rests_on_a_unit_outside_stays_with_the_province(province: Consolidation) -> None:
    group = _group(province, province.plan.group(province.plan.unit(FAR)))
    assert [s.kind for s in group.signs] == ["jump", "like_another"]
    assert [s.kind for s in narrowed(province, [FAR], "703").signs] == ["jump"]
    assert narrowed(province, [NEAR], "705").signs == ()


def test_decisions_are_narrowed_but_for_the_dates_of_all(province: Consolidation) -> None:
    decided = narrowed(province, [FAR], "703").decisions
    assert decided.deadlines == province.decisions.deadlines
    assert [e.unit for e in decided.extensions] == [FAR]
    assert decided.exemptions == ()
    assert decided.unit_changes == province.decisions.unit_changes, "another is merged into it"
    assert [c.unit for c in decided.contacts] == [FAR]


def test_narrowed_workbooks_are_written_and_say_whose_they_are(province: Consolidation, tmp_path: Path) -> None:
    label = province.units[0].group
    unit = with_subordinates(province)[0]
    for part in (_group(province, label), narrowed(province, [unit.code], unit.name)):
        write_report(part, tmp_path / "t.xlsx")
        book = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True)
        said = " ".join(str(c.value) for row in book.worksheets[0].iter_rows(max_row=12) for c in row if c.value)
        assert part.scope.casefold() in said.casefold()
        assert column(book["Tiến độ nộp"], "Mã đơn vị") == [u.unit.code for u in part.units]
        for cell in (c for sheet in book for c in links(sheet)):
            assert any(value is not None for value in line(target(book, cell)))


def test_what_was_typed_stays_text_on_the_new_sheets(province: Consolidation, tmp_path: Path) -> None:
    write_report(province, tmp_path / "t.xlsx")
    live: Any = openpyxl.load_workbook(tmp_path / "t.xlsx")
    for tab, hostile in (
        ("Thay đổi", "=cmd.xlsx"),
        ("Dấu hiệu", "=Bao cao 703.xlsx"),
        ("Quyết định điều hành", "=45-CV/BTGTU"),
        ("Quyết định điều hành", "@lý do"),
    ):
        cells = [c for row in live[tab].iter_rows() for c in row if c.value and hostile in str(c.value)]
        assert cells, (tab, hostile)
        assert {c.data_type for c in cells} == {"s"}
        assert not any(c.hyperlink for c in cells)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"a": "C12", "b": "D12", "c": "E12"}, "C12:E12"),
        ({"a": "C12", "b": "E12", "c": "D12"}, "C12; E12; D12"),
        ({"a": "C12", "c": "E12"}, "C12; –; E12"),
        ({"a": "C9", "b": "C10", "c": "C12"}, "C9:C10; C12"),
        ({"a": "Z7", "b": "AA7", "c": "AB7"}, "Z7:AB7"),
        ({"b": "D12"}, "–; D12; –"),
        ({}, ""),
    ],
)
def test_cells_are_told_in_the_order_of_their_columns(cells: dict[str, str], told: str) -> None:
    assert span(cells, "abc") == told


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Huyện uỷ, thị uỷ, thành uỷ", "huyen-uy-thi-uy-thanh-uy"),
        ("Đảng uỷ trực thuộc Tỉnh uỷ", "dang-uy-truc-thuoc-tinh-uy"),
        ("–", "nhom"),
    ],
)
def test_a_label_becomes_a_plain_file_name(label: str, name: str) -> None:
    assert slug(label) == name


def _group(result: Consolidation, label: str) -> Consolidation:
    return narrowed(result, [u.unit.code for u in result.units if u.group == label], label)
