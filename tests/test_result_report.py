"""The draft of the result report: every figure in every table is the consolidation's, and every province reads well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest

from pipelines.consolidate import consolidate
from pipelines.dataset import open_dataset
from pipelines.documents.result_report import result_report_digest, write_result_report
from pipelines.store import Home
from schemas.consolidation import Consolidation
from schemas.decisions import Basis, Decisions, Exemption, Extension, IndicatorDeadline, RoundDue
from schemas.plan import Field, Plan
from schemas.plan_file import load_plan
from schemas.results import INDICATOR_STATES, UNIT_STATES, DataRow, IndicatorTotal, SheetRows, percent
from tests.docx_tables import ReadTable, tables_and_lines
from tests.homes import MINI, PLAN, ROUND, MiniHome, Province, mini_report
from tests.reports import plan_as_it_is

DAY = date(2022, 5, 20)
DASH = "–"
PROVINCE = "Toàn tỉnh"
HOSTILE = '<w:p/>{HYPERLINK "http://x"} & =1+1 [a](b)'
Rows = list[tuple[str, ...]]


@pytest.fixture(scope="module")
def result(province: Province) -> Consolidation:
    return province.nights[DAY]


@pytest.fixture(scope="module")
def written(result: Consolidation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bao-cao") / "bao-cao-ket-qua.docx"
    write_result_report(result, path)
    return path


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Consolidation:
    return of_nothing(plan_as_it_is(), tmp_path_factory.mktemp("khong"))


def of_nothing(plan: Plan, root: Path, day: date = DAY) -> Consolidation:
    """What is known of a plan's first round when nothing has come in."""
    with open_dataset(Home(root).prepare().dataset) as connection:
        return consolidate(connection, plan, plan.rounds[0], day)


def said(result: Consolidation, folder: Path) -> tuple[list[ReadTable], list[str]]:
    path = folder / "bao-cao.docx"
    write_result_report(result, path)
    return tables_and_lines(path)


# What each table must say: the consolidation's own figures, counted here once more in plain Python.


def figure(value: int | None) -> str:
    return DASH if value is None else f"{value:,}".replace(",", ".")


def share(value: float | None) -> str:
    return DASH if value is None else percent(value)


def day(value: date | datetime | None) -> str:
    return DASH if value is None else f"{value:%d/%m/%Y}"


def clock(value: datetime | None) -> str:
    return DASH if value is None else f"{value:%d/%m/%Y %H:%M}"


def covered(total: IndicatorTotal) -> str:
    partly = " (một phần)" if total.units_reported < total.units_expected else ""
    return f"{total.units_reported}/{total.units_expected}{partly}" if total.units_expected else DASH


def state(total: IndicatorTotal) -> str:
    if total.state is None or not total.units_expected:
        return DASH
    return INDICATOR_STATES[total.state] + (f" {total.days_overdue} ngày" if total.state == "qua_han" else "")


def groups(result: Consolidation) -> list[str]:
    return list(dict.fromkeys(u.group for u in result.units))


def levels(result: Consolidation) -> dict[tuple[str, str], IndicatorTotal]:
    """(group as shown, indicator) → its total."""
    return {(t.group or PROVINCE, t.id): t for t in (*result.indicators, *result.by_group)}


def states_table(result: Consolidation, _: ReadTable) -> Rows:
    rows = []
    for label in (PROVINCE, *groups(result)):
        states = [u.state for u in result.units if label in (PROVINCE, u.group)]
        whole, done = len(states) - states.count("mien"), states.count("dung_han") + states.count("tre_han")
        counts = (whole, done, *(states.count(s) for s in UNIT_STATES))
        rows.append((label, *map(figure, counts), share(done / whole if whole else None)))
    return rows


def summary_table(result: Consolidation, _: ReadTable) -> Rows:
    return [
        (
            f"{t.id}. {t.label}",
            *(figure(t.numerator), figure(t.denominator), share(t.rate)),
            f"{round(t.target * 100)} %" if t.target is not None else DASH,
            *(day(t.deadline), covered(t), state(t)),
        )
        for t in result.indicators
        if t.kind == "rate"
    ]


def rates_table(result: Consolidation, table: ReadTable) -> Rows:
    totals, rows = levels(result), []
    bounded = "Tỷ lệ ít nhất" in table.columns
    for row in table.rows:
        if len(row) == 1:
            id_ = row[0].split(". ", 1)[0]
            assert row[0] == f"{id_}. {totals[PROVINCE, id_].label}"
            rows.append(row)
            for label in (PROVINCE, *groups(result)):
                t = totals[label, id_]
                least = (share(t.lower_bound),) if bounded else ()
                figures = (figure(t.numerator), figure(t.denominator), share(t.rate), covered(t), *least, state(t))
                rows.append((label, *figures))
    return rows


def volumes_table(result: Consolidation, table: ReadTable) -> Rows:
    totals = levels(result)
    ids = [re.findall(r"\((\S+)\)$", title)[0] for title in table.columns[1:-1]]
    rows = []
    for label in (PROVINCE, *groups(result)):
        of = [totals[label, id_] for id_ in ids]
        waiting = ["chưa báo cáo" if t.numerator is None and t.units_expected else figure(t.numerator) for t in of]
        rows.append((label, *waiting, "; ".join(dict.fromkeys(covered(t) for t in of))))
    return rows


def counted(result: Consolidation, table: ReadTable) -> tuple[SheetRows, list[DataRow]]:
    code = table.name.split(":")[0].removeprefix("Biểu ")
    (of_sheet,) = (t for t in result.rows if t.sheet.code == code)
    return of_sheet, [row for row in of_sheet.rows if row.declared != "Không áp dụng"]


def summed(rows: list[DataRow], field: Field) -> int:
    values = [row.values[field.id] for row in rows]
    return sum(v in (True, "có") if field.type == "yes_no" else int(v or 0) for v in values)  # type: ignore[arg-type]


def chosen_table(result: Consolidation, table: ReadTable) -> Rows:
    """A list with counts, by what was chosen: its rows, and the sums of its counts."""
    of_sheet, rows = counted(result, table)
    (choice,) = (f for f in of_sheet.sheet.fields if f"“{f.label}”" in table.name)
    counts = [f for f in of_sheet.sheet.fields if f.type == "count"]
    assert table.columns[2:] == tuple(f.label for f in counts)
    parts = {value: [r for r in rows if r.values[choice.id] == value] for value in result.plan.values(choice.choices)}
    blank = [r for r in rows if r.values[choice.id] is None]
    lines = [("Cộng", rows), *parts.items(), *([("không ghi", blank)] if blank else [])]
    return [(label, figure(len(of)), *(figure(summed(of, f)) for f in counts)) for label, of in lines]


def fields_table(result: Consolidation, table: ReadTable) -> Rows:
    """Whatever field a line names: its sum over the province and each group."""
    of_sheet, rows = counted(result, table)
    group = {u.unit.code: u.group for u in result.units}
    parts = [rows, *([r for r in rows if group[r.unit.code] == g] for g in groups(result))]
    fields = {f"{f.group}: {f.label}" if f.group else f.label: f for f in of_sheet.sheet.fields}
    first, *named = table.rows
    expected: Rows = [(first[0], *(figure(len(of)) for of in parts))]
    choice: Field | None = None
    for row in named:
        label = re.sub(r" \(số .+\)$", "", row[0])
        if len(row) == 1:
            choice = fields[label]
            expected.append(row)
        elif label in fields:
            choice = None
            expected.append((row[0], *(figure(summed(of, fields[label])) for of in parts)))
        else:
            assert choice is not None
            value = None if label == "không ghi" else label
            chosen = (sum(r.values[choice.id] == value for r in of) for of in parts)
            expected.append((row[0], *map(figure, chosen)))
    return expected


def overdue_units_table(result: Consolidation, _: ReadTable) -> Rows:
    late = sorted((u for u in result.units if u.state == "qua_han"), key=lambda u: -u.days_overdue)
    return [(str(n), u.unit.name, day(u.due), str(u.days_overdue), u.note) for n, u in enumerate(late, 1)]


def overdue_indicators_table(result: Consolidation, _: ReadTable) -> Rows:
    rows: Rows = []
    for total in result.indicators:
        behind = [i for i in result.by_unit if (i.indicator, i.state) == (total.id, "qua_han")]
        if behind:
            rows.append((f"{total.id}. {total.label}",))
        for n, i in enumerate(sorted(behind, key=lambda i: -i.missing), 1):
            name = result.plan.unit(i.unit).name
            rows.append((str(n), name, *map(figure, (i.numerator, i.denominator)), share(i.rate), figure(i.missing)))
    return rows


def units_annex(result: Consolidation, _: ReadTable) -> Rows:
    rows: Rows = []
    for group in groups(result):
        rows.append((group,))
        for n, u in enumerate(result.units, 1):
            if u.group == group:
                dates = (day(u.due), clock(u.first_submitted_at), clock(u.accepted_at))
                days = (str(u.days_late or DASH), str(u.days_overdue or DASH))
                rows.append((str(n), u.unit.name, UNIT_STATES[u.state], *dates, *days, u.note))
    return rows


def matrix(result: Consolidation, table: ReadTable) -> Rows:
    ids = [title.split(". ", 1)[0] for title in table.columns[1:]]
    totals, figures = levels(result), {(i.unit, i.indicator): i for i in result.by_unit}

    def cell(unit: str, id_: str) -> str:
        i = figures.get((unit, id_))
        if i is None or i.state == "khong_ap_dung":
            return DASH
        if i.state == "chua_bao_cao":
            return "chưa báo cáo"
        return figure(i.numerator) if totals[PROVINCE, id_].kind == "volume" else share(i.rate)

    def whole(t: IndicatorTotal) -> str:
        if not t.units_expected:
            return DASH
        if t.numerator is None:
            return "chưa báo cáo"
        shown = figure(t.numerator) if t.kind == "volume" else share(t.rate)
        return shown + ("*" if t.partial and shown != DASH else "")

    rows = [(PROVINCE, *(whole(totals[PROVINCE, i]) for i in ids))]
    for group in groups(result):
        rows.append((group, *(whole(totals[group, i]) for i in ids)))
        rows += [(u.unit.name, *(cell(u.unit.code, i) for i in ids)) for u in result.units if u.group == group]
    return rows


def organisations_annex(result: Consolidation, _: ReadTable) -> Rows:
    rows: Rows = []
    for t in result.indicators:
        if t.kind != "rate" or t.deadline is None or t.deadline >= result.as_of or t.state == "hoan_thanh":
            continue
        short = [o for o in result.by_organisation if o.indicator == t.id and o.numerator < o.denominator]
        if short:
            missing = figure(sum(o.missing for o in short))
            rows.append((f"{t.id}. {t.label} (hạn {day(t.deadline)}): {len(short)} tổ chức, còn thiếu {missing}",))
        for u in result.units:
            of = [o for o in short if o.unit == u.unit.code]
            named = (
                f"{o.organisation.name} ({figure(o.numerator)}/{figure(o.denominator)}, {share(o.rate)})" for o in of
            )
            if of:
                rows.append((u.unit.name, str(len(of)), figure(sum(o.missing for o in of)), "; ".join(named)))
    return rows


def of_whole(numerator: int, denominator: int) -> str:
    return f"{figure(numerator)}/{figure(denominator)}"


def commended_annex(result: Consolidation, _: ReadTable) -> Rows:
    (of_sheet,) = (t for t in result.rows if t.sheet.id == "thi_dua")
    fields = ("ten", "to_chuc", "noi_dung", "hinh_thuc", "cap_khen", "ngay", "dip_19_5")
    rows: Rows = []
    for kind in ("tập thể", "cá nhân"):
        of = [r for r in of_sheet.rows if r.values["doi_tuong"] == kind]
        if of:
            rows.append((f"{kind.capitalize()}: {len(of)}",))
        for n, r in enumerate(of, 1):
            rows.append((str(n), *(typed(r.values[f]) for f in fields), r.unit.name))
    return rows


def typed(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    return day(value) if isinstance(value, date) else str(value or "")


def sources_annex(result: Consolidation, _: ReadTable) -> Rows:
    counting = [s for s in result.sources if s.counts]
    return [
        (str(n), s.unit.name, s.source_name, str(s.version), clock(s.received_at), s.sha256[:12])
        for n, s in enumerate(counting, 1)
    ]


TABLES: tuple[tuple[str, Callable[[Consolidation, ReadTable], Rows]], ...] = (
    ("Tình hình nộp báo cáo theo nhóm", states_table),
    ("Chỉ tiêu toàn tỉnh", summary_table),
    (r"Biểu \w+: kết quả chỉ tiêu", rates_table),
    (r"Biểu \w+: khối lượng theo nhóm", volumes_table),
    (r"Biểu \w+: khối lượng phân theo", chosen_table),
    (r"Biểu \w+: số liệu", fields_table),
    ("Đơn vị quá hạn", overdue_units_table),
    ("Các đơn vị chưa đạt", overdue_indicators_table),
    ("Phụ lục 1", units_annex),
    ("Tỷ lệ thực hiện|Khối lượng$", matrix),
    ("Phụ lục 3", organisations_annex),
    ("Phụ lục 4", commended_annex),
    ("Phụ lục 5", sources_annex),
)


def compare(result: Consolidation, tables: list[ReadTable]) -> set[str]:
    """Compares every table; returns which kinds of table there were. A table of no known kind fails."""
    seen = set()
    for table in tables:
        ((pattern, expected),) = ((p, e) for p, e in TABLES if re.match(p, table.name))
        assert list(table.rows) == expected(result, table), table.name
        seen.add(pattern)
    return seen


def test_every_figure_of_every_table_is_the_consolidations(result: Consolidation, written: Path) -> None:
    tables, lines = tables_and_lines(written)
    assert compare(result, tables) == {pattern for pattern, _ in TABLES}
    shown = {row[0].split(". ")[0] for t in tables if "kết quả chỉ tiêu" in t.name for row in t.rows if len(row) == 1}
    assert shown == {t.id for t in result.indicators if t.kind == "rate"}
    for total in result.indicators:
        if total.kind in ("rate", "volume"):
            (line,) = (text for text in lines if f"({total.id}): " in text)
            of = f"/{figure(total.denominator)}, đạt {share(total.rate)}" if total.kind == "rate" else ""
            partly = f" (một phần: {total.units_reported}/{total.units_expected} đơn vị)" if total.partial else ""
            assert line.startswith(f"- {total.label} ({total.id}): {figure(total.numerator)}{of}{partly}")
    assert "26/29 đơn vị đã có báo cáo được chấp nhận (89,7 %), trong đó 21 đơn vị nộp đúng hạn (72,4 %" in "".join(
        lines
    )


def test_on_an_earlier_day_too(province: Province, tmp_path: Path) -> None:
    for night, known in province.nights.items():
        if night != DAY:
            tables, _ = said(known, tmp_path)
            assert {"Chỉ tiêu toàn tỉnh", "Phụ lục 1"} <= compare(known, tables)


def test_sections_follow_the_clauses_and_are_numbered(written: Path) -> None:
    _, lines = tables_and_lines(written)
    heads = [line for line in lines if re.match(r"([IVX]+|\d(\.\d)?)\. ", line)]
    numbers = "I. II. 1. 1.1. 1.2. 1.3. 1.4. 2. 2.1. 2.2. 3. 3.1. 3.2. 4. III. 1. 2. 3. IV. 1. 2. V."
    assert " ".join(head.split(" ", 1)[0] for head in heads) == numbers
    assert "1. Hội nghị, học tập, tuyên truyền, tài liệu (mục II.1 của Kế hoạch)" in heads
    assert heads[4].endswith("(mục II.1.2, biểu B2)")


def test_missing_units_are_named_and_what_was_declared(written: Path) -> None:
    text = "\n".join(tables_and_lines(written)[1])
    first, spared, last = "Huyện uỷ Gò Dầu", "Đảng đoàn Hội Cựu chiến binh tỉnh", "Ban cán sự đảng Toà án nhân dân tỉnh"
    missing = "; ".join((first, spared, last))
    assert text.count(f"Theo báo cáo của 26/29 đơn vị; 3 đơn vị chưa có số liệu: {missing}.") == 8
    assert text.count(f"Theo báo cáo của 22/25 đơn vị; 3 đơn vị chưa có số liệu: {missing}.") == 1
    assert text.count(f"Theo báo cáo của 26/28 đơn vị; 2 đơn vị chưa có số liệu: {first}; {last}.") == 1, "spared B9"
    assert "1 tổ chức khai “Không áp dụng”: Đảng bộ thị trấn Tân Biên (Huyện uỷ Tân Biên)." in text
    assert "1 đơn vị khai “Không phát sinh” cả biểu: Đảng đoàn Hội Liên hiệp Phụ nữ tỉnh." in text


def test_difficulties_stand_once_with_the_units_that_say_them(result: Consolidation, written: Path) -> None:
    _, lines = tables_and_lines(written)
    (of_sheet,) = (t for t in result.rows if t.sheet.id == "kho_khan")
    units: dict[tuple[str, str], list[str]] = {}
    for row in of_sheet.rows:
        named = units.setdefault((str(row.values["loai"]), str(row.values["noi_dung"])), [])
        if row.unit.name not in named:
            named.append(row.unit.name)
    for (_, words), names in units.items():
        assert f"- “{words}” – {len(names)} đơn vị: {'; '.join(names)}." in lines
    assert sum(" đơn vị: " in line and line.startswith("- “") for line in lines) == len(units)


def test_what_a_person_decides_stays_dots(written: Path) -> None:
    head = docx.Document(str(written)).tables[0]
    text = " ".join(cell.text for row in head.rows for cell in row.cells).replace("\N{NO-BREAK SPACE}", " ")
    assert "Số ……-BC/……" in text
    assert "DỰ THẢO" in text
    assert "ngày …… tháng …… năm 2022" in text
    document = docx.Document(str(written))
    fixed = [section for section in document.sections if section.page_width and section.page_width > 10_000_000]
    assert len(fixed) == 5, "the annexes lie on their side"


def test_the_empty_province_reads_well(empty: Consolidation, tmp_path: Path) -> None:
    tables, lines = said(empty, tmp_path)
    compare(empty, tables)
    text = "\n".join(lines)
    assert "chưa có đơn vị nào trong 29 đơn vị phải báo cáo có báo cáo được chấp nhận" in text
    assert text.count("Chưa có đơn vị nào trong 29 đơn vị phải báo cáo nội dung này có số liệu.") == 9
    assert "Quá hạn, chưa có báo cáo được chấp nhận (29 đơn vị): xem Phụ lục 1." in text
    assert "Chưa có báo cáo nào được tính." in text
    assert "Chưa có đơn vị nào có số liệu." in lines
    assert "None" not in text
    assert not [t.name for t in tables if t.name.startswith("Biểu")]


def test_a_province_with_every_unit_exempt_reads_well(tmp_path: Path) -> None:
    plan = plan_as_it_is()
    units = tuple(replace(u, reports="exempt") if u.reports == "yes" else u for u in plan.units)
    exempt = of_nothing(replace(plan, units=units), tmp_path / "mien")
    tables, lines = said(exempt, tmp_path)
    assert compare(exempt, tables) == {"Tình hình nộp báo cáo theo nhóm", "Phụ lục 1"}
    text = "\n".join(lines)
    assert "không có đơn vị nào phải báo cáo trong kỳ này: cả 29 đơn vị được miễn." in text
    assert "Không có đơn vị nào quá hạn nộp báo cáo." in text
    assert "Không có chỉ tiêu nào quá thời hạn mà chưa hoàn thành." in text
    assert not re.search("[Qq]uá hạn [1-9]", text)


def test_the_full_province_reads_well(province: Province, result: Consolidation, tmp_path: Path) -> None:
    """The units that were on time, as if there were no others."""
    plan = plan_as_it_is()
    others = {u.unit.code for u in result.units if u.state != "dung_han"}
    plan = replace(plan, units=tuple(u for u in plan.units if not {u.code, u.parent} & others))
    with open_dataset(province.home.dataset) as connection:
        full = consolidate(connection, plan, plan.round(ROUND), DAY)
    tables, lines = said(full, tmp_path)
    compare(full, tables)
    text = "\n".join(lines)
    assert "cả 21 đơn vị phải báo cáo đã có báo cáo được chấp nhận, đều đúng hạn." in text
    assert "một phần" not in text.replace("số liệu một phần, chưa đủ các đơn vị", "")
    assert "Không có đơn vị nào quá hạn nộp báo cáo." in text
    assert "Theo báo cáo của tất cả 21 đơn vị phải báo cáo nội dung này." in text


def test_a_round_without_a_due_date(tmp_path: Path) -> None:
    plan = plan_as_it_is()
    later = replace(plan, rounds=(plan.round("cuoi_nam"), plan.round(ROUND)))
    tables, lines = said(of_nothing(later, tmp_path / "cuoi-nam", date(2022, 5, 1)), tmp_path)
    assert "Kế hoạch chưa ấn định thời hạn nộp báo cáo của kỳ này." in lines
    assert any("biểu B11" in line for line in lines)
    assert tables


def test_what_the_office_decided_is_said(result: Consolidation, tmp_path: Path) -> None:
    basis = Basis("12-CV/BTGTU", "mưa lũ")
    units = {u.unit.code: u for u in result.units}
    longer = Extension("710", ROUND, date(2022, 5, 25), basis)
    units["710"] = replace(units["710"], original_due=date(2022, 5, 10), due=longer.due, extension=longer)
    spared = Exemption("703", ROUND, "tai_lieu", basis)
    decided = Decisions(
        exemptions=(spared,),
        round_dues=(RoundDue(ROUND, date(2022, 5, 10), basis),),
        deadlines=(IndicatorDeadline("CT3", date(2022, 6, 30), basis),),
    )
    _, lines = said(replace(result, units=tuple(units.values()), decisions=decided), tmp_path)
    text = "\n".join(lines)
    assert "chậm nhất ngày 10/05/2022 (theo văn bản số 12-CV/BTGTU, lý do: mưa lũ)" in text
    assert "Huyện uỷ Gò Dầu: gia hạn từ ngày 10/05/2022 đến ngày 25/05/2022 theo văn bản số 12-CV/BTGTU" in text
    assert "Thành uỷ Tây Ninh: miễn biểu B4 Tài liệu theo văn bản số 12-CV/BTGTU" in text
    assert "Chỉ tiêu CT3 (Chi bộ đã bổ sung Chuyên đề vào kế hoạch năm 2022): thời hạn 30/06/2022 theo" in text


def test_a_lower_bound_is_shown_where_there_is_one(result: Consolidation, tmp_path: Path) -> None:
    first, *others = result.indicators
    bounded = replace(first, lower_bound=0.875, lower_bound_units=2)
    tables, lines = said(replace(result, indicators=(bounded, *others)), tmp_path)
    (table,) = (t for t in tables if t.name.startswith("Biểu B1: kết quả"))
    assert table.columns[5] == "Tỷ lệ ít nhất"
    assert [row[5] for row in table.rows[1:]] == ["87,5 %", *(DASH for _ in groups(result))]
    assert any("ít nhất 87,5 % nếu các đơn vị còn thiếu chưa làm gì" in line and "2 đơn vị" in line for line in lines)


def test_a_denominator_of_zero_gives_a_dash(result: Consolidation, tmp_path: Path) -> None:
    first, *others = result.indicators
    nothing = replace(first, numerator=0, denominator=0, rate=None, state="khong_ap_dung")
    tables, lines = said(replace(result, indicators=(nothing, *others)), tmp_path)
    (table,) = (t for t in tables if t.name.startswith("Biểu B1: kết quả"))
    assert table.rows[1][1:4] == ("0", "0", DASH)
    assert any("(CT1): không áp dụng, tổng số bằng 0." in line for line in lines)


def with_values(result: Consolidation, sheet: str, **values: str) -> Consolidation:
    """The same with other values in every row of a sheet."""
    rows = tuple(
        replace(t, rows=tuple(replace(r, values={**r.values, **values}) for r in t.rows)) if t.sheet.id == sheet else t
        for t in result.rows
    )
    return replace(result, rows=rows)


def test_text_stays_text(result: Consolidation, tmp_path: Path) -> None:
    hostile = with_values(with_values(result, "kho_khan", noi_dung=HOSTILE), "thi_dua", ten=HOSTILE, cap_khen="=A1")
    path = tmp_path / "bao-cao.docx"
    write_result_report(hostile, path)
    tables, lines = tables_and_lines(path)
    (named,) = (t for t in tables if t.name == "Phụ lục 4")
    assert {row[1] for row in named.rows if len(row) > 1} == {HOSTILE}
    assert sum(f"“{HOSTILE}”" in line for line in lines) == 3, "once for each kind"
    body = docx.Document(str(path)).element.body.xml
    assert "w:hyperlink" not in body
    assert "w:instrText" not in body


def test_the_two_cover_names_never_appear(result: Consolidation, tmp_path: Path) -> None:
    covered_up = with_values(result, "bia", nguoi_lap="Kín Thứ Nhất", nguoi_duyet="Kín Thứ Hai")
    path = tmp_path / "bao-cao.docx"
    write_result_report(covered_up, path)
    assert "Kín Thứ" not in docx.Document(str(path)).element.xml
    assert result_report_digest(covered_up) == result_report_digest(result)


def test_the_same_result_gives_the_same_bytes(result: Consolidation, written: Path, tmp_path: Path) -> None:
    again = tmp_path / "lan-hai.docx"
    write_result_report(result, again)
    assert again.read_bytes() == written.read_bytes()


def test_the_digest_changes_with_what_is_said(result: Consolidation) -> None:
    before = result_report_digest(result)
    first, *others = result.by_unit
    assert result_report_digest(replace(result)) == before
    assert result_report_digest(replace(result, as_of=date(2022, 5, 21))) != before
    assert result_report_digest(replace(result, by_unit=(replace(first, rate=0.123), *others))) != before
    assert result_report_digest(replace(result, findings=())) == before, "findings are not told here"


def test_another_plan_needs_no_code(mini: MiniHome, tmp_path: Path) -> None:
    """The plan `mini`: a list with counts whose rows are named too, no list in words, one exempt unit."""
    mini.at("2022-05-02")
    mini.drop(mini_report("HU"))
    outcome = mini.night("2022-05-12")
    (known,) = outcome.results
    tables, lines = said(known, tmp_path)
    names = [t.name for t in tables]
    for table in tables:
        for pattern, expected in TABLES:
            if re.match(pattern, table.name) and pattern not in ("Phụ lục 4", "Phụ lục 5"):
                assert list(table.rows) == expected(known, table), table.name
    assert "Biểu M1: kết quả chỉ tiêu theo nhóm đơn vị" in names
    assert any(line.endswith("(mục II.2, biểu M2)") for line in lines)
    assert "PHỤ LỤC 5" in lines
    assert load_plan(MINI).settings.number in " ".join(lines)


def test_the_plan_is_never_named_in_code() -> None:
    """Neither sheets nor fields nor indicators: the report comes from the plan's tables."""
    folder = Path(__file__).parents[1] / "pipelines" / "documents" / "result_report"
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    plan = plan_as_it_is()
    ids = (word for word in _ids(plan) if word not in INDICATOR_STATES)
    assert [word for word in ids if re.search(rf"[\"'.]{re.escape(word)}[\"']", code)] == []


def _ids(plan: Plan) -> Iterator[str]:
    yield PLAN
    for sheet in plan.sheets:
        yield sheet.id
        yield from (field.id for field in sheet.fields)
    yield from (indicator.id for indicator in plan.indicators)
