"""What users of systems like this one complain about, each shown with real files not to be so here.

One test a complaint, in the order: the workbook, versions and lists, types, messages, deadlines, corrections and
status. The docstring says the complaint and where it was made (project#issue).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipelines.demo.figures import Report, Value
from pipelines.nightly import Kept, Night, Outcome, Request
from pipelines.shelf import Shelf
from pipelines.template import write_template
from schemas.finding import FindingCode
from schemas.judged import Judged
from schemas.layout import DECLARED, HEADER_ROW, MARKER_ROW, NOTHING, layout
from schemas.plan_file import load_plan
from schemas.submission import cell_name
from tests.cases import Sent
from tests.edits import Edit, edited
from tests.homes import MINI, MiniHome, mini_report, tonghop_here, unit_said
from tests.nights import judged_alone
from tests.reports import content, plan_as_it_is
from tests.worksheets import Workbook

C = FindingCode
STUDY, LIST = "B2 Học tập", "B10 Khó khăn"
MINI_STUDY = "M1 Học tập"
SHELF = Shelf()


class Desk:
    """Where a clerk of CQ-BDV edits the right report and asks what would be said of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def report(self, *edits: Edit, **sent: Any) -> bytes:
        """The report with those edits."""
        return content(Sent(edits, **sent), self._folder, "một bản")

    def judged(self, *edits: Edit, **sent: Any) -> Judged:
        """What is said of the report with those edits."""
        return judged_alone(self.report(*edits, **sent))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("ban-viet"))


def on(sheet: str, **verb: Any) -> Edit:
    """One edit of a sheet."""
    return {"sheet": sheet, **verb}


def places(judged: Judged) -> list[tuple[str | None, str | None, FindingCode]]:
    return [(f.sheet, f.cell, f.code) for f in judged.findings]


def value(judged: Judged, sheet: str, field: str, row: int = 0) -> Any:
    """What a cell was read as; `row`: which of the sheet's."""
    return judged.parsed.frames[sheet][field].iloc[row]


def dropped(mini: MiniHome, *edits: Edit, report: Report | None = None, name: str = "bao-cao.xlsx") -> Path:
    """A report on the small plan put into the inbox with those edits."""
    path = mini.drop(report or mini_report("DU"), name)
    path.write_bytes(edited(path.read_bytes(), edits))
    return path


def copies(mini: MiniHome, unit: str = "DU", round_id: str = "dot_1") -> list[Path]:
    """The marked copies of a unit, oldest first."""
    return sorted((mini.home.outbox / "mini" / round_id / "tra-lai" / unit).glob("*.xlsx"))


def answered(mini: MiniHome, day: str) -> Outcome:
    """A night that ends with its answers."""
    return night(mini, day, stages=Night.ANSWERING)


def published(mini: MiniHome, day: str) -> Outcome:
    """A whole night."""
    return night(mini, day, stages=Night.STAGES)


def night(
    mini: MiniHome,
    day: str,
    round_id: str | None = "dot_1",
    stages: Sequence[str] = (*Night.ANSWERING, "consolidate"),
) -> Outcome:
    """A night at 22:00 of a day, or at a moment, without publishing; plans are loaded once for all these nights."""
    mini.at(day)
    tonight = Night(Request(mini.home, "mini", round_id), kept=Kept(SHELF))
    tonight.steadiness = None
    for stage in stages:
        getattr(tonight, stage)()
    return tonight.outcome


def receipts(mini: MiniHome, unit: str = "DU", round_id: str = "dot_1") -> list[Path]:
    """The receipts of a unit, oldest first."""
    return sorted((mini.home.outbox / "mini" / round_id / "phieu-tiep-nhan" / unit).glob("*.xlsx"))


def texts(path: Path, tab: str | None = None) -> list[str]:
    """Every text on a sheet (the first), top to bottom."""
    book = load_workbook(path)
    sheet = book[tab] if tab else book.worksheets[0]
    return [str(c) for row in sheet.iter_rows(values_only=True) for c in row if c is not None]


# --- The workbook


def test_paste_over_validations(mini: MiniHome) -> None:
    """Copy and paste destroys validations, and nobody notices (GSA-TTS/FAC#3796).

    It is said, nothing is lost by it, and the copy handed back has them all again.
    """
    dropped(mini, on(MINI_STUDY, unvalidated=True))
    answered(mini, "2022-05-09")
    (copy,) = copies(mini)
    assert any("đã mất danh sách thả xuống" in text for text in texts(copy))
    blank, back = (Workbook(path.read_bytes()).sheet(MINI_STUDY) for path in (mini.template("DU"), copy))
    asked = [e.get("sqref") for e in blank.root.iter() if e.tag.endswith("}dataValidation")]
    assert asked
    assert [e.get("sqref") for e in back.root.iter() if e.tag.endswith("}dataValidation")] == asked


def test_missing_named_ranges(desk: Desk) -> None:
    """A workbook that had lost its named ranges gave a blank error (FAC#3216). We need none to read one."""
    book = Workbook(desk.report())
    names = next(element for element in book.root if element.tag.endswith("}definedNames"))
    book.root.remove(names)
    judged = judged_alone(book.saved())
    assert places(judged) == []
    assert value(judged, "hoc_tap", "hinh_thuc") == "sinh hoạt chi bộ"


@pytest.mark.parametrize("invisible", ["\u00a0", "\u200b", "\ufeff", "\u2009"], ids=["nbsp", "zwsp", "bom", "thin"])
def test_invisible_characters(desk: Desk, invisible: str) -> None:
    """An invisible space corrupted a formula (FAC#4107). Here it is taken out, and that is said, with the cell."""
    judged = desk.judged(on(STUDY, text={"D10": f"25{invisible}", "F10": f"sinh hoạt{invisible} chi bộ"}))
    assert [(cell, code) for _, cell, code in places(judged)] in (
        [("D10", C.NUMBER_AS_TEXT), ("F10", C.TEXT_TIDIED)],
        [("D10", C.NUMBER_AS_TEXT)],
    )
    assert value(judged, "hoc_tap", "du_hoi_nghi") == 25
    assert judged.accepted


def test_stray_characters_below(desk: Desk) -> None:
    """An "empty" row blocked the upload because of a character far below the table (usdr-gost#458).

    What cannot be seen blocks nothing; what can be seen is named with its cell.
    """
    assert places(desk.judged(on(STUDY, text={"C40": " ", "D900": "\u200b"}))) == []
    assert places(desk.judged(on(STUDY, text={"D900": "."}))) == [(STUDY, "D900", C.OUTSIDE_TABLE)]


def test_blank_rows_do_not_shift_row_numbers(desk: Desk) -> None:
    """Blank rows shifted the row numbers that were reported (usdr-gost#459)."""
    judged = desk.judged(on(LIST, type={"D57": "Thiếu báo cáo viên", "C58": "khó khăn", "D90": "x"}))
    assert [(cell, code) for _, cell, code in places(judged)] == [
        ("C57", C.MISSING_VALUE),
        ("D58", C.MISSING_VALUE),
        ("C90", C.MISSING_VALUE),
    ]


def test_phantom_million_rows(desk: Desk) -> None:
    """A 200 KB file whose formats run to row 1,048,576 took 27 s and 1.5 GB (XLSForm/pyxform#604, #595)."""
    book = Workbook(desk.report())
    for tab in (STUDY, LIST):
        sheet = book.sheet(tab)
        for row in (*range(300, 1300), 1048576):
            sheet.write(f"C{row}", None)
        next(e for e in sheet.root if e.tag.endswith("}dimension")).set("ref", "A1:XFD1048576")
        for validation in sheet.root.iter():
            if validation.tag.endswith("}dataValidation"):
                letters = re.match("[A-Z]+", validation.get("sqref", "C"))
                assert letters is not None
                validation.set("sqref", f"{letters[0]}10:{letters[0]}1048576")
    started = time.monotonic()
    plain = judged_alone(desk.report())
    usual = time.monotonic() - started
    judged = judged_alone(book.saved())
    assert places(judged) == places(plain) == []
    assert time.monotonic() - started < 2 * usual + 3, "seconds"


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_saved_by_libreoffice(desk: Desk, tmp_path: Path) -> None:
    """A file saved by LibreOffice crashed the conversion (pyxform#611)."""
    (tmp_path / "bao-cao.xlsx").write_bytes(desk.report(on(STUDY, type={"D10": 24})))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'ho-so').as_uri()}", "--headless", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "luu"), str(tmp_path / "bao-cao.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    judged = judged_alone((tmp_path / "luu" / "bao-cao.xlsx").read_bytes())
    assert places(judged) == []
    assert value(judged, "hoc_tap", "du_hoi_nghi") == 24


def test_leading_minus_or_equals_sign(mini: MiniHome) -> None:
    """A leading "-" or "=" in text became a formula error (IFRCGo/go-web-app#1306). Text stays text, both ways."""
    minus, equals = "- Tập thể chi bộ", '=HYPERLINK("http://x","y")'
    praised: list[dict[str, Value]] = [{"doi_tuong": "tập thể", "ten": text, "so_luot": 1} for text in (minus, equals)]
    rows = {str(n): row for n, row in enumerate(praised, 1)}
    report = mini_report("DU", da_hoc=9)
    dropped(mini, report=Report("DU", {**report.sheets, "khen": rows}), name="sai.xlsx")
    answered(mini, "2022-05-08")
    (copy,) = copies(mini)
    back = load_workbook(copy)["M2 Khen thưởng"]
    assert [(back[a].value, back[a].data_type) for a in ("D10", "D11")] == [(minus, "s"), (equals, "s")]
    dropped(mini, report=Report("DU", {**mini_report("DU").sheets, "khen": rows}), name="dung.xlsx")
    outcome = published(mini, "2022-05-09")
    (table,) = (t for t in outcome.results[0].rows if t.sheet.id == "khen")
    assert [row.values["ten"] for row in table.rows] == [minus, equals]
    shown = [
        cell
        for sheet in load_workbook(mini.home.outbox / "mini" / "dot_1" / "tong-hop.xlsx")
        for row in sheet.iter_rows()
        for cell in row
        if cell.value in (minus, equals)
    ]
    assert len(shown) == 2
    assert {cell.data_type for cell in shown} == {"s"}


def test_outputs_can_be_filtered_and_sorted(mini: MiniHome) -> None:
    """Locked outputs could neither be filtered nor sorted (FAC#2796). Ours are not locked, and come with filters."""
    mini.drop(mini_report("HU"))
    published(mini, "2022-05-09")
    book = load_workbook(mini.home.outbox / "mini" / "dot_1" / "tong-hop.xlsx")
    assert [sheet.title for sheet in book if sheet.protection.sheet] == []
    assert {sheet.title for sheet in book if sheet.auto_filter.ref} >= {"Tiến độ nộp", MINI_STUDY}


def test_row_cap_and_4000_rows(tmp_path: Path) -> None:
    """The row cap was reached (FAC#2485); 4,000 rows timed out (FAC#3005).

    How long a list is, the plan says; a full one of 4,000 rows is read whole, every row at its place.
    """
    folder = tmp_path / "mini"
    shutil.copytree(MINI, folder)
    sheets = (folder / "sheets.csv").read_text(encoding="utf-8")
    (folder / "sheets.csv").write_text(sheets.replace("huyen_uy;dang_uy,5", "huyen_uy;dang_uy,4000"), encoding="utf-8")
    plan = load_plan(folder)
    write_template(plan, plan.unit("DU"), plan.round("dot_1"), tmp_path / "mau.xlsx", stamp="x")
    cells = {
        f"{letter}{row}": text for row in range(10, 4010) for letter, text in (("C", "tập thể"), ("D", f"Tổ {row}"))
    }
    study = {"C10": 10, "D10": 6, "E10": 4, "F10": 8, "G10": 8, "I10": "không"}
    filled = edited(
        (tmp_path / "mau.xlsx").read_bytes(),
        [
            on("M2 Khen thưởng", type=cells),
            on(MINI_STUDY, type=study),
            on("M0 Bìa", type={"C12": "A", "C14": date(2022, 5, 6)}),
        ],
    )
    started = time.monotonic()
    judged = judged_alone(filled, plan)
    assert time.monotonic() - started < 15, "seconds"
    assert places(judged) == []
    assert list(judged.parsed.frames["khen"]["ten"]) == [f"Tổ {row}" for row in range(10, 4010)]


def test_more_rows_than_the_template_has(desk: Desk) -> None:
    """The row cap was reached (FAC#2485): rows a clerk inserts into a list are read like any other."""
    more = {f"{letter}{row}": text for row in range(11, 31) for letter, text in (("C", "khó khăn"), ("D", f"Ý {row}"))}
    judged = desk.judged(on(LIST, insert_rows=[11] * 20), on(LIST, type=more))
    assert [code for _, _, code in places(judged) if code is not C.VALIDATION_LOST] == []
    assert len(judged.parsed.frames["kho_khan"].dropna(subset=["noi_dung"])) == 21


# --- Versions and lists


def test_an_old_template_is_called_one(desk: Desk) -> None:
    """An old template surfaced as "field missing: contains_chart_or_table" (FAC#2198).

    That it is old is said first; the column is called as the clerk sees it, and every other value is read.
    """
    judged = desk.judged(older=("hoc_tap.ngay_hoan_thanh",))
    assert places(judged) == [(None, None, C.OLD_TEMPLATE), (STUDY, None, C.COLUMN_MISSING)]
    assert "Ngày hoàn thành" in judged.findings[1].message
    assert "ngay_hoan_thanh" not in judged.findings[1].message
    assert value(judged, "hoc_tap", "hinh_thuc") == "sinh hoạt chi bộ"


def test_every_drop_down_value_is_accepted(desk: Desk) -> None:
    """The drop-down offered "N/A", and the validator rejected it (usdr-gost#2754).

    Every entry of every drop-down of a sheet is taken as it stands there, the declarations too.
    """
    book = load_workbook_of(desk.report())
    offered: dict[tuple[str, str], list[str]] = {}
    for tab in (STUDY, "B8 Phát động", LIST):
        for validation in book[tab].data_validations.dataValidation:
            if validation.type == "list":
                place = (tab, re.split("[: ]", str(validation.sqref))[0])
                offered[place] = list(_offered(book, validation))
    assert len(offered) >= 8
    for n in range(max(map(len, offered.values()))):
        chosen = {place: entries[n] for place, entries in offered.items() if n < len(entries)}
        judged = desk.judged(*(on(tab, type={address: entry}) for (tab, address), entry in chosen.items()))
        refused = {C.NOT_A_CHOICE, C.NOT_YES_NO, C.TEXT_TIDIED}
        assert [f.message for f in judged.findings if f.code in refused] == []


def load_workbook_of(made: bytes) -> Any:
    import io

    return load_workbook(io.BytesIO(made))


def _offered(book: Any, validation: Any) -> Iterator[str]:
    formula = validation.formula1
    if formula.startswith('"'):
        yield from formula.strip('"').split(",")
        return
    ((tab, span),) = book.defined_names[formula].destinations
    yield from (row[0].value for row in book[tab][span])


def test_a_template_changes_without_a_developer(tmp_path: Path) -> None:
    """Every change of a template needed a developer (usdr-gost#1275). Here it is a line in a table."""
    folder = tmp_path / "mini"
    shutil.copytree(MINI, folder)
    with (folder / "fields.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("hoc_tap,hoc_bu,Học bù,,count,yes,,yes,,12,II.1,Ghi số học bù.\n")
    plan = load_plan(folder)
    write_template(plan, plan.unit("DU"), plan.round("dot_1"), tmp_path / "mau.xlsx", stamp="x")
    places_of = layout(plan, plan.unit("DU"), plan.sheet("hoc_tap"), "dot_1")
    sheet = load_workbook(tmp_path / "mau.xlsx")[MINI_STUDY]
    column = places_of.column("hoc_bu")
    assert [sheet.cell(row, column).value for row in (HEADER_ROW, MARKER_ROW)] == ["Học bù", "hoc_bu"]
    filled = edited((tmp_path / "mau.xlsx").read_bytes(), [on(MINI_STUDY, type={"C10": 10})])
    asked = [
        cell for tab, cell, code in places(judged_alone(filled, plan)) if code is C.MISSING_VALUE and tab == MINI_STUDY
    ]
    assert cell_name(10, column) in asked


def test_a_users_formulas_are_read_and_kept(mini: MiniHome) -> None:
    """A user's formulas and formats vanished when the sheet came back (kobotoolbox/kpi#4507).

    A formula's saved result is read as the value it shows, and the file itself is kept to the byte.
    """
    path = dropped(mini, on(MINI_STUDY, formula={"C10": ["D10+E10", 10], "H10": ['"trực "&"tiếp"', "trực tiếp"]}))
    sent = path.read_bytes()
    outcome = night(mini, "2022-05-09")
    assert unit_said(outcome, "DU")["errors"] == unit_said(outcome, "DU")["warnings"] == 0
    (table,) = (t for t in outcome.results[0].rows if t.sheet.id == "hoc_tap")
    assert (table.rows[0].values["tong"], table.rows[0].values["hinh_thuc"]) == (10, "trực tiếp")
    assert sent in [file.read_bytes() for file in mini.home.archive.glob("??/*") if file.suffix != ".json"]


# --- Types


def test_numbers_in_text_columns(desk: Desk) -> None:
    """Text columns that hold numbers failed, only in xlsx (frictionlessdata/frictionless-py#1576)."""
    judged = desk.judged(on(LIST, type={"D10": 2022, "C11": "khó khăn", "D11": 12.5}))
    assert places(judged) == []
    assert [value(judged, "kho_khan", "noi_dung", row) for row in (0, 1)] == ["2022", "12.5"]


@pytest.mark.parametrize("shown_as", ["dd\\-mm\\-yy", "[$-42A]d\\ mmmm\\,\\ yyyy", "yyyy/mm/dd", "m/d/yyyy\\ h:mm"])
def test_a_date_in_any_format(desk: Desk, shown_as: str) -> None:
    """A formatted date was valid in CSV and not in xlsx (frictionless-py#1157)."""
    book = Workbook(desk.report())
    cell = book.sheet("B0 Bìa").cell("C16")
    cell.set("s", book.in_format(cell.get("s", "0"), shown_as))
    judged = judged_alone(book.saved())
    assert places(judged) == []
    assert f"{value(judged, 'bia', 'ngay_ky'):%Y-%m-%d}" == "2022-05-06"


def test_dates_come_back_as_they_went(mini: MiniHome) -> None:
    """Excel rewrote dates to dd/mm/yyyy, and the re-import failed (onaio/onadata#1577).

    Day first as text is read as that day; what we hand back holds a day, whatever it came as.
    """
    dropped(mini, on(MINI_STUDY, text={"J10": "20/4/2022"}), on(MINI_STUDY, type={"G10": 9}))
    answered(mini, "2022-05-08")
    (copy,) = copies(mini)
    (mini.home.inbox / "sua.xlsx").write_bytes(edited(copy.read_bytes(), [on(MINI_STUDY, type={"G10": 8})]))
    outcome = night(mini, "2022-05-09")
    assert unit_said(outcome, "DU")["state"] == "dung_han"
    (table,) = (t for t in outcome.results[0].rows if t.sheet.id == "hoc_tap")
    assert table.rows[0].values["ngay_kiem_tra"] == date(2022, 4, 20)


def test_merged_group_headers(desk: Desk) -> None:
    """Merged headers of several rows were misread (frictionless-py#1024). Columns are known by their ids."""
    assert any(str(area) == "D5:E5" for area in load_workbook_of(desk.report())[STUDY].merged_cells.ranges)
    moved = desk.judged(on(STUDY, insert_rows=[1, 1]), on(STUDY, type={"D8": "Đã học, gộp hai dòng"}))
    assert value(moved, "hoc_tap", "du_hoi_nghi") == 25
    assert {code for _, _, code in places(moved)} <= {C.TABLE_MOVED}


# --- Messages


def test_instructions_and_verdict_agree(desk: Desk) -> None:
    """The instructions said "leave blank", the validator wanted N/A (FAC#2534).

    Where the template says 0 when there is nothing, 0 is accepted; where it says blank, blank is.
    """
    zeroes = {"B6 Cam kết": "DEFGHIJK", "B9 Kiểm tra": "DEFGH", "B4 Tài liệu": "CD"}
    edits = [on(tab, type={f"{letter}10": 0 for letter in letters}) for tab, letters in zeroes.items()]
    assert places(desk.judged(*edits)) == []
    blank = [on(tab, clear=[f"{column}{row}" for column in "CDEFGHIJ" for row in (10, 11)]) for tab in LISTS]
    assert places(desk.judged(*blank)) == []
    hints = [(f.required, f.hint) for s in plan_as_it_is().sheets for f in s.fields if s.kind != "list"]
    assert [hint for required, hint in hints if required and "để trống" in hint] == []


LISTS = ("B3 Tuyên truyền", "B7 Thi đua", LIST)


def test_a_rejection_always_says_why(desk: Desk, mini: MiniHome) -> None:
    """It failed with an empty table of errors (FAC#2545). There is no rejection without an error and its remedy."""
    judged = desk.judged(on(STUDY, clear=["D10"]))
    assert [f.severity for f in judged.findings] == ["error"]
    dropped(mini, on(MINI_STUDY, clear=["F10"]))
    answered(mini, "2022-05-09")
    (receipt,), (copy,) = receipts(mini), copies(mini)
    for answer in (receipt, copy):
        assert any("Chưa điền" in text for text in texts(answer)), answer


def test_messages_speak_of_columns_not_fields(desk: Desk) -> None:
    """People wanted "column name / what went wrong", not a field and a help text (FAC#2443)."""
    judged = desk.judged(on(STUDY, type={"D10": "nhiều"}))
    (finding,) = judged.findings
    header = load_workbook_of(desk.report())[STUDY].cell(HEADER_ROW, 4).value
    assert finding.message.startswith(f"Trang “{STUDY}”, ô D10 (“{header}”): “nhiều” không phải số nguyên.")
    assert "du_hoi_nghi" not in finding.message


def test_warnings_do_not_drown_errors(mini: MiniHome) -> None:
    """Noisy warnings drowned the real errors (usdr-gost#376). Errors come first, and one cause is one entry."""
    report = mini_report("HU")
    rows = {code: {**row, "phai_hoc": 12, "da_hoc": 12} for code, row in report.sheets["hoc_tap"].items()}
    dropped(mini, on(MINI_STUDY, clear=["C11"]), report=Report("HU", {**report.sheets, "hoc_tap": rows}))
    answered(mini, "2022-05-09")
    (copy,) = copies(mini, "HU")
    said = texts(copy)
    error = next(n for n, text in enumerate(said) if text.startswith("chưa điền") or "hưa điền" in text)
    warnings = [n for n, text in enumerate(said) if "lớn hơn" in text]
    assert warnings
    assert error < min(warnings)


def test_a_date_message_says_where_each_date_stands(desk: Desk) -> None:
    """A message on dates did not say where each date stood (usdr-gost#813)."""
    early, late = (desk.judged(on("B1 Hội nghị", type={"D10": day})) for day in (date(2022, 3, 31), date(2022, 5, 13)))
    assert early.findings[0].message.startswith(
        "Trang “B1 Hội nghị”, ô D10 (“Ngày tổ chức”): “Ngày tổ chức” (31/03/2022) sớm hơn ngày 06/04/2022."
    )
    assert "muộn hơn ngày gửi báo cáo (09/05/2022)" in late.findings[0].message


def test_results_do_not_vanish(mini: MiniHome) -> None:
    """Results vanished when the page was loaded again (usdr-gost#2897). Every answer stays a file."""
    dropped(mini, on(MINI_STUDY, clear=["F10"]))
    answered(mini, "2022-05-08")
    before = {path: path.read_bytes() for path in (*receipts(mini), *copies(mini))}
    assert len(before) == 2
    night(mini, "2022-05-09")
    assert all(path.read_bytes() == kept for path, kept in before.items())


def test_everything_is_shown(mini: MiniHome) -> None:
    """Only a subset was shown; people wanted everything, to forward it (gbif/portal-feedback#1741)."""
    rows = {str(n): {"so_luot": n} for n in range(1, 6)}
    report = Report("HU", {**mini_report("HU").sheets, "khen": rows})
    blank = [f"{letter}{row}" for letter in "CDEFGI" for row in (10, 11)]
    dropped(mini, on(MINI_STUDY, clear=blank), on(MINI_STUDY, type={f"D{n}": n for n in range(20, 90)}), report=report)
    listed = json.loads(tonghop_here(mini.home, "check", str(mini.home.inbox / "bao-cao.xlsx"), "--json").stdout)
    wanted = {("M2 Khen thưởng", f"{letter}{row}") for letter in "CD" for row in range(10, 15)}
    found = {(f["sheet"], f["cell"]) for f in listed[0]["findings"]}
    assert wanted <= found
    answered(mini, "2022-05-09")
    (copy,) = copies(mini, "HU")
    said = texts(copy)
    assert {cell for tab, cell in wanted} <= set(said)
    assert {f"D{n}" for n in range(20, 90)} <= set(said), "what stood outside the table, to the last cell"


def test_the_senders_own_header_is_named(desk: Desk) -> None:
    """The sender's name of the column was wanted (CDCgov/prime-reportstream#4208)."""
    judged = desk.judged(on("B4 Tài liệu", type={"F6": "Ghi chú của huyện", "F9": "ghi_chu", "F10": "x"}))
    (finding,) = judged.findings
    assert "“Ghi chú của huyện”" in finding.message


def test_all_errors_at_once(desk: Desk) -> None:
    """One error at a time needs ten to fifteen rounds (unionai-oss/pandera#484). All are said the first time."""
    judged = desk.judged(
        on("B0 Bìa", type={"C16": "hôm qua"}),
        on("B1 Hội nghị", type={"D10": date(2022, 4, 5), "F10": 99}),
        on(STUDY, type={"C10": "bốn mươi", "F10": "tự học"}),
        on("B5 Kế hoạch", type={"D10": 4}),
        on(
            "B6 Cam kết",
            type={"E10": 50, "K10": 9},
        ),
        on("B8 Phát động", clear=["D10", "F10"]),
        on("B9 Kiểm tra", type={"E10": -1, "G10": 1.5}),
        on(LIST, type={"D12": "Thiếu tài liệu"}),
    )
    found = [(tab, cell) for tab, cell, _ in places(judged)]
    assert {tab for tab, _ in found} >= {
        "B0 Bìa",
        "B1 Hội nghị",
        STUDY,
        "B5 Kế hoạch",
        "B6 Cam kết",
        "B8 Phát động",
        LIST,
    }
    assert {("B1 Hội nghị", "D10"), ("B1 Hội nghị", "F10"), ("B9 Kiểm tra", "E10"), ("B9 Kiểm tra", "G10")} <= set(
        found
    )
    assert len(found) >= 13


def test_changed_headers_lose_nothing(desk: Desk) -> None:
    """Changed headers only warned, and the column's data was dropped (catalyst-cooperative/pudl#3757)."""
    plain = desk.judged()
    changed = desk.judged(on(STUDY, type={"C6": "Tổng", "D6": "", "E6": "Tổng"}), on(STUDY, clear=["G6"]))
    for frame in (plain, changed):
        assert {f.code for f in frame.findings} <= {C.COLUMNS_REORDERED}
    assert changed.parsed.frames["hoc_tap"].equals(plain.parsed.frames["hoc_tap"])


# --- Deadlines


def test_the_last_permitted_day_is_permitted(mini: MiniHome) -> None:
    """Expiry was off by one: locked during the last permitted day (dhis2/dhis2-core#19318).

    Due on 10/5 means the end of that day in Asia/Ho_Chi_Minh: a second before midnight is on time, midnight is not.
    """
    mini.drop(mini_report("DU"))
    assert unit_said(night(mini, "2022-05-10T23:59:59+07:00"), "DU")["state"] == "dung_han"
    mini.drop(mini_report("HU"))
    late = unit_said(night(mini, "2022-05-11T00:00:00+07:00"), "HU")
    assert (late["state"], late["days_late"]) == ("tre_han", 1)


def test_a_late_report_is_taken_and_told_why_it_is_late(mini: MiniHome) -> None:
    """That a form was locked hid why (dhis2/dhis2-core#9724). A late report counts here, and its state says why."""
    mini.drop(mini_report("DU"))
    outcome = answered(mini, "2022-05-13")
    assert dict(outcome.verdicts)["accepted"] == 1
    (status,) = (u for u in night(mini, "2022-05-13").results[0].units if u.unit.code == "DU")
    assert (status.state, status.days_late) == ("tre_han", 3)
    assert "Trễ 3 ngày" in status.note
    assert "10/05/2022" in status.note
    assert any("10/05/2022" in text for text in texts(receipts(mini)[0])), "the receipt names the due date"


def test_an_empty_report_is_neither_on_time_nor_above_100(mini: MiniHome) -> None:
    """Reporting rates above 100 %, and empty reports counted as on time (the same users of
    dhis2/dhis2-core#19318). An empty report is returned, and two files of one unit are one report.
    """
    empty = mini_report("DU", tong=None, nam=None, nu=None, phai_hoc=None, da_hoc=None)
    mini.drop(empty)
    mini.drop(mini_report("HU"), "hu.xlsx")
    mini.drop(mini_report("HU", da_hoc=4), "hu-2.xlsx")
    outcome = night(mini, "2022-05-09")
    assert unit_said(outcome, "DU")["state"] == "loi"
    assert unit_said(outcome, "HU")["state"] == "dung_han"
    for total in outcome.results[0].indicators:
        if total.kind in ("reporting", "on_time"):
            assert total.numerator == 1, "two files of one unit are one report"
            assert total.rate is not None
            assert total.rate <= 1


def test_who_has_nothing_to_report_is_not_chased(mini: MiniHome) -> None:
    """Units with nothing to report were still chased (raft-tech/TANF-app#5940). To say so is a report like another."""
    mini.drop(mini_report("DU").with_sheet("hoc_tap", {"": {DECLARED: NOTHING}}))
    answered(mini, "2022-05-09")
    outcome = published(mini, "2022-05-20")
    assert unit_said(outcome, "DU")["state"] == "dung_han"
    chased = {path.stem for path in (mini.home.outbox / "mini" / "dot_1" / "don-doc").glob("cong-van-*.docx")}
    assert "cong-van-HU" in chased
    assert "cong-van-DU" not in chased


# --- Corrections and status


def history(mini: MiniHome, unit: str = "DU") -> list[dict[str, Any]]:
    """`tonghop history --json` of a unit in the first round."""
    told = tonghop_here(mini.home, "history", unit, "--plan", "mini", "--round", "dot_1", "--json")
    return list(json.loads(told.stdout))


def test_no_unlocking_before_a_correction(mini: MiniHome) -> None:
    """To be unlocked after "ready" was the most wanted thing (FAC#2574). A correction is simply dropped."""
    mini.drop(mini_report("DU", da_hoc=5))
    answered(mini, "2022-05-08")
    mini.drop(mini_report("DU", da_hoc=6), "bo-sung.xlsx")
    outcome = night(mini, "2022-05-20")
    assert (unit_said(outcome, "DU")["version"], unit_said(outcome, "DU")["state"]) == (2, "dung_han")


def test_which_duplicate_counts_is_said(mini: MiniHome) -> None:
    """Resubmissions were unknown: reviewers guessed which duplicate counts (FAC#3768)."""
    first = mini.drop(mini_report("DU", da_hoc=5)).read_bytes()
    mini.drop(mini_report("DU", da_hoc=6), "bo-sung.xlsx")
    answered(mini, "2022-05-08")
    (mini.home.inbox / "lại bản cũ.xlsx").write_bytes(first)
    answered(mini, "2022-05-09")
    versions = history(mini)
    assert [v["counts"] for v in versions] == [False, True]
    assert all(v["reason"] for v in versions)
    assert any("bản số 2" in text.lower() for text in texts(receipts(mini)[-1]))


def test_two_departments_do_not_overwrite_each_other(mini: MiniHome) -> None:
    """Two departments under one agency overwrote each other (usdr-gost#384). Each may fill its own sheets."""
    plan = mini.home.root / "plans" / "mini"
    with (plan / "settings.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("parts,dot_1\n")
    mini.at("2022-05-01")
    tonghop_here(mini.home, "templates", "--plan", "mini", "--round", "dot_1", now="2022-05-01T08:00:00+07:00")
    whole = mini_report("DU").sheets
    praise: dict[str, dict[str, Value]] = {"1": {"doi_tuong": "tập thể", "ten": "Tổ 1", "so_luot": 3}}
    mini.drop(Report("DU", {"bia": whole["bia"], "hoc_tap": whole["hoc_tap"]}), "van-phong.xlsx")
    answered(mini, "2022-05-08")
    mini.drop(Report("DU", {"bia": whole["bia"], "khen": praise}), "ban-thi-dua.xlsx")
    outcome = night(mini, "2022-05-09")
    rows = {table.sheet.id: len(table.rows) for table in outcome.results[0].rows}
    assert (rows["hoc_tap"], rows["khen"]) == (1, 1)
    assert unit_said(outcome, "DU")["state"] == "dung_han"


def test_an_upload_is_excluded_without_being_deleted(mini: MiniHome) -> None:
    """An upload could not be excluded without deleting it (usdr-gost#1268)."""
    mini.drop(mini_report("DU", da_hoc=5))
    mini.drop(mini_report("DU", da_hoc=6), "bo-sung.xlsx")
    answered(mini, "2022-05-08")
    second = next(v for v in history(mini) if v["version"] == 2)
    kept = len(list(mini.home.archive.glob("??/*.json")))
    tonghop_here(mini.home, "withdraw", second["sha256"], "--reason", "nộp nhầm", now="2022-05-08T23:00:00+07:00")
    outcome = night(mini, "2022-05-09")
    assert unit_said(outcome, "DU")["version"] == 1
    assert len(list(mini.home.archive.glob("??/*.json"))) == kept
    assert len(history(mini)) == 2


def test_an_invalid_file_of_one_round_leaves_the_next_alone(mini: MiniHome) -> None:
    """An invalid file of period 1 poisoned period 2 (usdr-gost#386)."""
    mini.drop(mini_report("DU", da_hoc=9), "dot-1.xlsx")
    mini.drop(mini_report("DU"), "dot-2.xlsx", round_id="dot_2")
    outcome = night(mini, "2022-05-09", None)
    assert [unit_said(outcome, "DU", which)["state"] for which in (0, 1)] == ["loi", "dung_han"]


def test_every_file_has_a_plain_verdict(mini: MiniHome) -> None:
    """An "unknown validity" confused people (usdr-gost#4066). A file is accepted, returned, or no report, and why."""
    mini.drop(mini_report("DU"), "dung.xlsx")
    mini.drop(mini_report("HU", da_hoc=9), "sai.xlsx")
    (mini.home.inbox / "anh.xlsx").write_bytes(b"GIF89a")
    outcome = night(mini, "2022-05-09")
    assert dict(outcome.verdicts) == {"accepted": 1, "rejected": 1, "unusable": 1}
    assert mini.waiting() == []
    states = {unit: unit_said(outcome, unit)["state"] for unit in ("DU", "HU")}
    assert states == {"DU": "dung_han", "HU": "loi"}


def test_every_file_has_a_receipt(mini: MiniHome) -> None:
    """There was no receipt (prime-reportstream#3972). Every file that names its unit has one, with its SHA-256."""
    for n, learnt in enumerate((5, 9, 6), 1):
        mini.drop(mini_report("DU", da_hoc=learnt), f"bản {n}.xlsx")
    answered(mini, "2022-05-09")
    assert len(receipts(mini)) == 3
    named = [text for receipt in receipts(mini) for text in texts(receipt) if re.fullmatch("[0-9a-f]{64}", text)]
    assert set(named) == {v["sha256"] for v in history(mini)}


def test_the_complaints_are_all_here() -> None:
    """Each test of this file names where its complaint was made, and no two tests one name."""
    text = Path(__file__).read_text(encoding="utf-8")
    tests = re.findall(r"^def (test_\w+)\(.*?\n    \"\"\"(.*?)\"\"\"", text, re.MULTILINE | re.DOTALL)[:-1]
    assert len(tests) >= 35
    assert [name for name, told in tests if not re.search(r"[\w/-]+#\d+", told)] == []
