"""The workbook's sheets of changes, signs, decisions and organisations say what the consolidation says, all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter import Workbook

from pipelines.report.changes import MOST_UNITS, NO_EARLIER, NOTHING_NEW, moved, write_changes
from pipelines.report.decisions import NO_CONTROL, UNIT_CHANGES, write_decisions
from pipelines.report.narrowed import narrowed
from pipelines.report.organisations import NO_FIGURES, missing, of_one_unit, write_organisations
from pipelines.report.page import Book
from pipelines.report.signs import FOR_A_PERSON, MOST_EVIDENCE, NO_SIGNS, evidence, write_signs
from pipelines.styles import Styles
from schemas.consolidation import Consolidation
from schemas.decisions import (
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
from schemas.layout import NOT_APPLICABLE
from schemas.plan import Field, Unit
from schemas.progress import EVENTS, FieldChange, Progress
from schemas.results import UNIT_STATES, DataRow, OrganisationIndicator, SheetRows, UnitIndicator
from schemas.signs import SIGNS, Evidence, Sign
from tests.status_pages import all_on_time, empty, mixed

Write = Callable[[Workbook, Styles, Consolidation], None]
Line = tuple[Any, ...]
SHEETS: tuple[Write, ...] = (write_changes, write_signs, write_decisions, write_organisations)
FORMULA = "=HYPERLINK(1)"


def _sheet(write: Write, result: Consolidation, folder: Path) -> Worksheet:
    book = Book(folder / "t.xlsx")
    book.set_properties({"created": _day(result.as_of)})
    write(book, Styles(book), result)
    book.finish()
    book.close()
    return openpyxl.load_workbook(folder / "t.xlsx").worksheets[0]


def _lines(sheet: Worksheet) -> list[Line]:
    """Every row's values, without the empty cells behind the last."""
    lines = []
    for row in sheet.iter_rows(values_only=True):
        values = list(row)
        while values and values[-1] is None:
            values.pop()
        lines.append(tuple(values))
    return lines


def _table(sheet: Worksheet, heading: str) -> list[Line]:
    """The rows of the Excel table under the heading that begins so; none where the table has no rows."""
    at = next(n for n, line in enumerate(_lines(sheet), 1) if line and str(line[0]).startswith(heading))
    for table in sheet.tables.values():
        cells = sheet[table.ref]
        if cells[0][0].row == at + 1:
            assert table.autoFilter is not None
            return [tuple(cell.value for cell in row) for row in cells[1:]]
    return []


def _texts(sheet: Worksheet) -> list[str]:
    return [str(value) for line in _lines(sheet) for value in line if value is not None]


def _fields(units: Sequence[Unit]) -> tuple[FieldChange, ...]:
    """Two fields of the plan that moved: one by three units, one by twelve."""
    sheet = mixed().plan.sheet("hoc_tap")
    counts: list[Field] = [field for field in sheet.fields if field.stored and field.type == "count"][:2]
    few = ((units[0], 0, 1200), (units[1], 10, 7), (units[2], 5, 5 + 2))
    many = tuple((unit, n, 3 * n + 1) for n, unit in enumerate(units[:12]))
    return tuple(
        FieldChange(sheet, field, sum(b for _, b, _ in moving), sum(a for _, _, a in moving), moving)
        for field, moving in zip(counts, (few, many), strict=True)
    )


def _progress(result: Consolidation) -> Progress:
    assert result.progress is not None
    return replace(result.progress, fields=_fields([u.unit for u in result.units]))


def _decided() -> Decisions:
    at = datetime(2022, 5, 11, 15, 0, tzinfo=UTC)
    return Decisions(
        round_dues=(RoundDue("ket_qua", date(2022, 6, 1), Basis("1-CV", "kỳ để ngỏ", "D1 Thời hạn", 10)),),
        deadlines=(IndicatorDeadline("CT3", date(2022, 6, 30), Basis("2-CV", "theo quý", "D1 Thời hạn", 11)),),
        new_dates=(NewDate("ket_qua", date(2022, 5, 27), Basis("3-CV", FORMULA, "D1 Thời hạn", 21)),),
        extensions=(Extension("705", "ket_qua", date(2022, 5, 15), Basis("12-CV", "thiên tai", "D2 Gia hạn", 10)),),
        exemptions=(
            Exemption("706", "ket_qua", None, Basis("13-CV", "đang sáp nhập", "D3 Miễn", 10)),
            Exemption("707", "ket_qua", "kiem_tra", Basis("14-CV", "không có chi bộ", "D3 Miễn", 11)),
        ),
        unit_changes=(
            UnitChange("renamed", date(2022, 5, 1), "703", Basis("15-CV", "a", "D4", 10), name="Thành uỷ Mới"),
            UnitChange("merged", date(2022, 5, 2), "708", Basis("16-CV", "b", "D4", 11), into="709"),
            UnitChange("dissolved", date(2022, 5, 3), "710", Basis("17-CV", "c", "D4", 12)),
            UnitChange(
                "new", date(2022, 9, 1), "799", Basis("18-CV", "d", "D4", 13), name="Đảng bộ Mới", unit_kind="x"
            ),
        ),
        contacts=(Contact("703", "Văn phòng", "0276 000 0703", "vp@tinh.example"),),
        version=3,
        sha256="a" * 64,
        source_name="so-dieu-hanh.xlsx",
        received_at=at,
    )


def _with_organisations() -> Consolidation:
    """Two indicators over the organisations of two units and of one that is its own; one rate without a denominator."""
    made = mixed()
    figures: list[OrganisationIndicator] = []
    shown = [i.id for i in made.plan.indicators_of_round(made.round.id) if i.kind == "rate"][:2]
    alone = next(u.unit for u in made.units if made.plan.organisations(u.unit) == (u.unit,) and u.accepted_at)
    for unit in (made.plan.unit("703"), made.plan.unit("705"), alone):
        for n, organisation in enumerate(made.plan.organisations(unit)[:4]):
            for k, indicator in enumerate(shown):
                done, whole = n + k, 10 * n
                rate = done / whole if whole else None
                figures.append(OrganisationIndicator(unit.code, organisation, indicator, done, whole, rate))
    return replace(made, by_organisation=tuple(figures))


class TestChanges:
    def test_every_event_stands_there(self, tmp_path: Path) -> None:
        result = mixed()
        progress = _progress(result)
        sheet = _sheet(write_changes, replace(result, progress=progress), tmp_path)
        assert [(r[1], r[2], r[4], r[5], r[6], r[7], r[8], r[9], r[10]) for r in _table(sheet, "1.")] == [
            (
                e.unit.code,
                e.unit.name,
                EVENTS[e.kind],
                e.version,
                e.since,
                e.source_name,
                "có" if e.counts else "không",
                e.cells,
                e.reason or None,
            )
            for e in progress.events
        ]
        assert {r[3] for r in _table(sheet, "1.")} == {_day(date(2022, 5, 20)) + timedelta(hours=21)}
        assert f"Đến hết ngày 20/05/2022 so với hết ngày {progress.since:%d/%m/%Y}: 4 sự việc" in " ".join(
            _texts(sheet)
        )

    def test_states_and_decisions(self, tmp_path: Path) -> None:
        result = mixed()
        progress = _progress(result)
        sheet = _sheet(write_changes, replace(result, progress=progress), tmp_path)
        assert [r[1:] for r in _table(sheet, "2.")] == [
            (s.unit.code, s.unit.name, UNIT_STATES[s.before] if s.before else "Chưa có tên", UNIT_STATES[s.after])
            for s in progress.states
        ]
        assert [r[1:] for r in _table(sheet, "3.")] == [("mới", d.words, d.document) for d in progress.decisions]

    def test_totals_and_the_difference_in_points(self, tmp_path: Path) -> None:
        result = mixed()
        progress = _progress(result)
        sheet = _sheet(write_changes, replace(result, progress=progress), tmp_path)
        rows = _table(sheet, "4.")
        assert len(rows) == len(progress.totals)
        for row, change in zip(rows, progress.totals, strict=True):
            before, after = change.before, change.after
            assert row[1:3] == (after.id, after.label)
            assert row[3:7] == (
                before.numerator if before else None,
                after.numerator,
                before.denominator if before else None,
                after.denominator,
            )
            assert row[9] == (pytest.approx(after.rate) if after.rate is not None else "–")
            if before and before.rate is not None and after.rate is not None:
                assert row[8] == pytest.approx(before.rate)
                assert row[10] == pytest.approx(100 * (after.rate - before.rate))
            else:
                assert row[10] is None

    def test_fields_and_the_units_that_moved_them(self, tmp_path: Path) -> None:
        result = mixed()
        progress = _progress(result)
        sheet = _sheet(write_changes, replace(result, progress=progress), tmp_path)
        rows = _table(sheet, "5.")
        assert [(r[1], *r[3:]) for r in rows] == [
            (f.sheet.tab, f.before, f.after, f.after - f.before, len(f.units), moved(f)) for f in progress.fields
        ]
        first, second = progress.fields
        codes = [unit.code for unit, _, _ in first.units]
        assert moved(first) == f"{codes[0]}: +1.200; {codes[1]}: −3; {codes[2]}: +2"
        told, rest = moved(second).split(f" và {12 - MOST_UNITS} đơn vị khác: ")
        assert told.count(";") == MOST_UNITS - 1
        named = sum(int(part.split(": ")[1]) for part in told.split("; "))
        assert named + int(rest) == second.after - second.before

    def test_no_earlier_day_and_nothing_new(self, tmp_path: Path) -> None:
        result = empty()
        assert NO_EARLIER in _texts(_sheet(write_changes, result, tmp_path))
        same = replace(result, progress=Progress(since=date(2022, 4, 19)))
        sheet = _sheet(write_changes, same, tmp_path)
        assert any(NOTHING_NEW in text for text in _texts(sheet))
        assert not sheet.tables

    def test_one_unit_is_told_of_its_own(self, tmp_path: Path) -> None:
        result = mixed()
        unit = result.units[0].unit
        whole = replace(result, progress=_progress(result), by_single={unit.code: result.indicators})
        sheet = _sheet(write_changes, narrowed(whole, [unit.code], unit.name), tmp_path)
        assert {r[1] for r in _table(sheet, "1.")} == {unit.code}
        headings = [line[0] for line in _lines(sheet)[4:] if line and ". " in str(line[0])]
        assert [heading.split(":")[0] for heading in headings] == [
            "1. Sự việc",
            "2. Đơn vị đổi trạng thái",
            f"3. Số liệu của {unit.name} thay đổi",
        ]


class TestSigns:
    def test_every_sign_with_its_question_and_evidence(self, tmp_path: Path) -> None:
        result = mixed()
        sheet = _sheet(write_signs, result, tmp_path)
        lines = _lines(sheet)
        head = next(n for n, line in enumerate(lines) if line and line[0] == "STT")
        assert [line[1:] for line in lines[head + 1 :]] == [
            (SIGNS[s.kind], s.unit.code, s.unit.name, s.seen, s.question, evidence(s.evidence)) for s in result.signs
        ]
        assert sheet.auto_filter.ref == f"A{head + 1}:G{head + 1 + len(result.signs)}"
        assert FOR_A_PERSON in _texts(sheet)
        counted = {line[1]: line[0] for line in lines[:head] if len(line) > 1}
        assert {label: counted[label] for label in SIGNS.values()} == {
            label: sum(s.kind == kind for s in result.signs) for kind, label in SIGNS.items()
        }

    def test_evidence_names_file_version_and_cell_and_says_how_many_more(self) -> None:
        places = [Evidence("703", "a.xlsx", 2, "B2 Học tập", f"D{n}", f"{n} đảng viên") for n in range(7, 30)]
        lines = evidence(places).split("\n")
        assert lines[:2] == ["703, bản số 2, tệp a.xlsx:", "– B2 Học tập, ô D7: 7 đảng viên"]
        assert len(lines) == 1 + MOST_EVIDENCE + 1
        assert lines[-1] == f"…và {len(places) - MOST_EVIDENCE} chỗ khác"
        assert evidence([Evidence("703", "a.xlsx", 1, "", "", "giống hệt")]).endswith("– giống hệt")

    def test_none_is_said(self, tmp_path: Path) -> None:
        sheet = _sheet(write_signs, all_on_time(), tmp_path)
        assert NO_SIGNS in _texts(sheet)
        assert set(SIGNS.values()) <= set(_texts(sheet))

    def test_what_was_seen_stays_text(self, tmp_path: Path) -> None:
        result = mixed()
        sign = Sign("jump", result.units[0].unit, FORMULA, "=1+1?", (Evidence("703", FORMULA, 1, "", "", "=2"),))
        sheet = _sheet(write_signs, replace(result, signs=(sign,)), tmp_path)
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


class TestDecisions:
    def test_every_decision_with_its_basis(self, tmp_path: Path) -> None:
        decided, plan = _decided(), mixed().plan
        sheet = _sheet(write_decisions, replace(mixed(), decisions=decided), tmp_path)
        dated = [(d.round, d.due, d.basis) for d in decided.round_dues]
        dated += [(d.indicator, d.deadline, d.basis) for d in decided.deadlines]
        dated += [(d.round, d.by, d.basis) for d in decided.new_dates]
        assert [(r[1], r[4], r[6:]) for r in _table(sheet, "1.")] == [(i, _day(d), _basis(b)) for i, d, b in dated]
        assert [(r[1], r[2], r[4], r[6:]) for r in _table(sheet, "2.")] == [
            (e.unit, plan.unit(e.unit).name, _day(e.due), _basis(e.basis)) for e in decided.extensions
        ]
        assert [(r[1], r[4], r[5], r[6:]) for r in _table(sheet, "3.")] == [
            ("706", "cả báo cáo", "mọi biểu", _basis(decided.exemptions[0].basis)),
            ("707", "một biểu", plan.sheet("kiem_tra").tab, _basis(decided.exemptions[1].basis)),
        ]
        assert [(r[1], r[3], r[4], r[6:]) for r in _table(sheet, "4.")] == [
            (c.unit, UNIT_CHANGES[c.kind], _day(c.on), _basis(c.basis)) for c in decided.unit_changes
        ]
        assert [r[2] for r in _table(sheet, "4.")][-1] == "Đảng bộ Mới"
        assert [r[1:2] + r[3:] for r in _table(sheet, "5.")] == [
            (c.unit, c.office, c.phone, c.email) for c in decided.contacts
        ]
        said = "Theo sổ điều hành bản số 3, tệp so-dieu-hanh.xlsx, nhận lúc 22:00 ngày 11/05/2022."
        assert said in _texts(sheet)
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)

    def test_no_control_workbook(self, tmp_path: Path) -> None:
        assert NO_CONTROL in _texts(_sheet(write_decisions, mixed(), tmp_path))

    def test_an_empty_control_workbook(self, tmp_path: Path) -> None:
        result = replace(mixed(), decisions=Decisions(version=1, source_name="so-dieu-hanh.xlsx"))
        sheet = _sheet(write_decisions, result, tmp_path)
        assert not sheet.tables
        assert "Không đơn vị nào được gia hạn" in _texts(sheet)


class TestOrganisations:
    def test_every_figure_stands_there(self, tmp_path: Path) -> None:
        result = _with_organisations()
        sheet = _sheet(write_organisations, result, tmp_path)
        lines = {(line[0], line[1]): line for line in _lines(sheet)[6:]}
        shown = list(dict.fromkeys(o.indicator for o in result.by_organisation))
        for figure in result.by_organisation:
            own = figure.organisation.code == figure.unit
            line = lines[figure.unit, None if own else figure.organisation.code]
            col = 3 + shown.index(figure.indicator)
            if own:
                continue
            assert line[2] == figure.organisation.name
            assert line[col] == ("–" if figure.rate is None else pytest.approx(figure.rate))
            assert line[col + len(shown)] == ("–" if figure.rate is None else figure.missing)

    def test_units_above_their_organisations_and_the_province_on_top(self, tmp_path: Path) -> None:
        result = _with_organisations()
        sheet = _sheet(write_organisations, result, tmp_path)
        lines = _lines(sheet)
        shown = list(dict.fromkeys(o.indicator for o in result.by_organisation))
        assert lines[6][:3] == (None, None, "Toàn tỉnh")
        totals = {i.id: i for i in result.indicators}
        assert [lines[6][3 + n] for n in range(2)] == [pytest.approx(totals[i].rate) for i in shown]
        assert [lines[6][5 + n] for n in range(2)] == [missing(totals[i]) for i in shown]
        figures: dict[tuple[str, str], UnitIndicator] = {(f.unit, f.indicator): f for f in result.by_unit}
        for number, line in enumerate(lines[7:], 8):
            level = sheet.row_dimensions[number].outlineLevel
            assert level == (1 if line[1] else 0)
            if line[1]:
                assert line[1] in {o.code for o in result.plan.organisations(result.plan.unit(line[0]))}
                continue
            for col, indicator in enumerate(shown, 3):
                figure = figures[line[0], indicator]
                if figure.rate is None:
                    assert line[col] == line[col + 2] == "chưa báo cáo"
                else:
                    assert (line[col], line[col + 2]) == (pytest.approx(figure.rate), figure.missing)
        units = [line[0] for line in lines[7:] if not line[1]]
        assert units == [u.unit.code for u in result.units if u.state != "mien"]
        assert sheet.conditional_formatting
        assert (sheet.freeze_panes, sheet.print_title_rows) == ("D7", "$5:$6")
        assert sheet.auto_filter.ref == f"A6:G{len(lines)}"

    def test_organisations_without_a_row_are_named(self, tmp_path: Path) -> None:
        result = _with_organisations()
        lines = _lines(_sheet(write_organisations, result, tmp_path))
        planned = {o.code for o in result.plan.organisations(result.plan.unit("703"))}
        assert {line[1] for line in lines[7:] if line[0] == "703"} - {None} == planned
        assert sum("chưa có" in line for line in lines if line and line[0] == "703") == len(planned) - 4

    def test_an_organisation_declared_not_applicable(self, tmp_path: Path) -> None:
        made = _with_organisations()
        unit, indicator = made.plan.unit("703"), made.by_organisation[0].indicator
        sheet_id = next(i.numerator[0].sheet for i in made.plan.indicators if i.id == indicator)
        body = made.plan.organisations(unit)[-1]
        row = DataRow(unit, body, {}, "a.xlsx", "a" * 64, 1, "B", 12, declared=NOT_APPLICABLE)
        result = replace(made, rows=(SheetRows(made.plan.sheet(sheet_id), (row,)),))
        lines = _lines(_sheet(write_organisations, result, tmp_path))
        line = next(line for line in lines if line[1:2] == (body.code,))
        assert line[3] == line[5] == "– (khai)"

    def test_one_unit(self, tmp_path: Path) -> None:
        made = _with_organisations()
        result = narrowed(replace(made, by_single={"703": made.indicators}), ["703"], made.plan.unit("703").name)
        assert of_one_unit(result)
        assert not of_one_unit(made)
        lines = _lines(_sheet(write_organisations, result, tmp_path))
        assert {line[0] for line in lines[6:]} == {"703"}
        assert lines[6][1] is None

    def test_nothing_yet(self, tmp_path: Path) -> None:
        assert NO_FIGURES in _texts(_sheet(write_organisations, empty(), tmp_path))


@pytest.mark.parametrize("write", SHEETS)
def test_prints_on_landscape_a4_one_page_wide(write: Write, tmp_path: Path) -> None:
    result = replace(_with_organisations(), decisions=_decided())
    sheet = _sheet(write, result, tmp_path)
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize), sheet.page_setup.fitToHeight) == (
        "landscape",
        "9",
        0,
    )
    assert sheet.freeze_panes
    assert sheet.print_title_rows


@pytest.mark.parametrize("write", SHEETS)
def test_the_same_consolidation_gives_the_same_bytes(write: Write, tmp_path: Path) -> None:
    result = replace(_with_organisations(), decisions=_decided())
    made = []
    for _ in range(2):
        _sheet(write, result, tmp_path)
        made.append((tmp_path / "t.xlsx").read_bytes())
    assert made[0] == made[1]


def _day(day: date) -> datetime:
    return datetime.combine(day, time())


def _basis(basis: Basis) -> Line:
    return basis.document, basis.reason, basis.tab, basis.row
