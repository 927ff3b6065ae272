"""Legacy text is known by its font alone: the cell's, or that of every run of its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from xlsx_parts import MAIN, number, parts_of, row, run, shared, styled, zipped

from pipelines.intake import worksheet
from pipelines.intake.fonts import Fonts, encoding_of
from pipelines.intake.ranges import ranges_in, uncovered
from pipelines.intake.workbook import read_workbook
from schemas.finding import FindingCode
from schemas.submission import Encoding, RawSheet, RawWorkbook

FONTS = ("Times New Roman", ".VnTime", "VNI-Times", ".vnArialH", "Vni")
"""The fonts of the cell styles 0 to 4."""


def sheet_of(parts: Mapping[str, str | bytes]) -> RawSheet:
    raw = read_workbook(zipped(parts))
    assert isinstance(raw, RawWorkbook), raw
    return raw.sheets[0]


def encodings(*cells: str, strings: Sequence[str] = ()) -> Mapping[tuple[int, int], Encoding]:
    return sheet_of(styled(parts_of({"B1": row(1, *cells)}), FONTS, strings)).encodings


@pytest.mark.parametrize(
    ("font", "encoding"),
    [(".VnTime", "tcvn3"), (" .vnarial narrow", "tcvn3"), ("VNI-Times", "vni"), ("vni-helve", "vni")],
)
def test_fonts_made_for_an_encoding(font: str, encoding: Encoding) -> None:
    assert encoding_of(font) == encoding


@pytest.mark.parametrize("font", ["Times New Roman", "Vn Time", "VNITimes", "Arial .Vn", ""])
def test_other_fonts(font: str) -> None:
    assert encoding_of(font) is None


def test_the_font_of_the_cell() -> None:
    strings = ("<t>§¶ng</t>",)
    found = encodings(*(shared(f"{letter}1", 0, style) for style, letter in enumerate("ABCDE")), strings=strings)
    assert found == {(1, 2): "tcvn3", (1, 3): "vni", (1, 4): "tcvn3"}


def test_only_text_has_an_encoding() -> None:
    inline = '<c r="B1" s="1" t="inlineStr"><is><t>§¶ng</t></is></c>'
    formula = '<c r="C1" s="1" t="str"><f>B1&amp;"x"</f><v>§¶ng x</v></c>'
    numbers = '<c r="D1" s="1"><v>5</v></c><c r="E1" s="1" t="b"><v>1</v></c><c r="F1" s="1"/>'
    assert encodings('<c r="A1" s="1" t="inlineStr"><is/></c>', inline, formula, numbers) == {
        (1, 2): "tcvn3",
        (1, 3): "tcvn3",
    }


@pytest.mark.parametrize(
    ("runs", "in_unicode_cell", "in_tcvn3_cell"),
    [
        ((run("§¶", ".VnTime"), run("ng", ".VnArial")), "tcvn3", "tcvn3"),
        ((run("§¶", ".VnTime"), run("  ", "Arial")), "tcvn3", "tcvn3"),
        ((run("§¶"), run("ng", ".VnTime")), None, "tcvn3"),
        ((run("§¶"), run("ng")), None, "tcvn3"),
        ((run("§¶", ".VnTime"), run("Đảng", "Arial")), None, None),
        ((run("§¶", ".VnTime"), run("ng", "VNI-Times")), None, None),
        ((run("Đảng", "Arial"),), None, None),
    ],
)
def test_the_fonts_of_the_runs(
    runs: tuple[str, ...], in_unicode_cell: Encoding | None, in_tcvn3_cell: Encoding | None
) -> None:
    wanted = {at: e for at, e in (((1, 1), in_unicode_cell), ((1, 2), in_tcvn3_cell)) if e is not None}
    strings = ("<t>trước</t>", "".join(runs), "<t>sau</t>")
    assert encodings(shared("A1", 1, 0), shared("B1", 1, 1), shared("C1", 2), strings=strings) == wanted
    inline = [f'<c r="{a}1" s="{s}" t="inlineStr"><is>{"".join(runs)}</is></c>' for a, s in (("A", 0), ("B", 1))]
    assert encodings(*inline, shared("C1", 0), strings=strings) == wanted


def test_runs_say_it_where_no_cell_style_does() -> None:
    parts = styled(parts_of({"B1": row(1, shared("A1", 0))}), ("Arial",), (run("§¶ng", ".VnTime"),))
    assert sheet_of(parts).encodings == {(1, 1): "tcvn3"}
    parts = parts_of({"B1": row(1, f'<c r="A1" t="inlineStr"><is>{run("§¶ng", "VNI-Times")}</is></c>')})
    assert sheet_of(parts).encodings == {(1, 1): "vni"}


def test_a_style_that_is_not_there_is_no_font() -> None:
    assert Fonts({0: "tcvn3"}).encoding("99", "", frozenset()) is None


def test_the_ranges_with_a_validation() -> None:
    classic = (
        '<dataValidations><dataValidation type="whole" sqref="C10:C20 E5"><formula1>0</formula1></dataValidation>'
        '<dataValidation type="list" sqref="$F$10:$G$11"><formula1>"a"</formula1></dataValidation>'
        '<dataValidation sqref="Z1"/><dataValidation type="none" sqref="Z2"/></dataValidations>'
    )
    other_sheet = (
        '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidations>'
        '<x14:dataValidation type="list"><x14:formula1><xm:f>DM!$A$1:$A$9</xm:f></x14:formula1>'
        "<xm:sqref>H10:H20 K1</xm:sqref></x14:dataValidation><x14:dataValidation><xm:sqref>Z9</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    parts = parts_of({"B1": ""})
    parts["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{row(1, number("A1", 1))}</sheetData>{classic}{other_sheet}</worksheet>'
    )
    assert sheet_of(parts).validated == (
        (10, 3, 20, 3),
        (5, 5, 5, 5),
        (10, 6, 11, 7),
        (10, 8, 20, 8),
        (1, 11, 1, 11),
    )


def test_too_many_ranges_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worksheet, "RANGES_LIMIT", 2)
    parts = parts_of({"B1": ""})
    rules = '<dataValidations><dataValidation type="whole" sqref="A1 B1 C1"/></dataValidations>'
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData/>{rules}</worksheet>'
    finding = read_workbook(zipped(parts))
    assert not isinstance(finding, RawWorkbook)
    assert finding.code == FindingCode.TOO_LARGE


def test_what_is_no_range_is_left_out() -> None:
    assert ranges_in("A1 B:C 5:6 #REF! $AB$3:AC4 A0") == [(1, 1, 1, 1), (3, 28, 4, 29)]


def test_cells_in_no_range() -> None:
    ranges = [(1, 1, 20, 1), (2, 3, 4, 4), (4, 4, 5, 4), (9, 4, 9, 4), (3, 4, 3, 4)]
    assert uncovered(ranges, 4, range(1, 11)) == 5
    assert uncovered(ranges, 2, [1, 2]) == 2
    assert uncovered(ranges, 1, [1, 20]) == 0
    assert uncovered([], 1, []) == 0


def test_the_formulas_above_the_first_marker_row() -> None:
    rows = (
        row(1, number("A1", 1), '<c r="B1"><f>1+2</f><v>3</v></c>', '<c r="C1"><f aca="false">1</f><v>1</v></c>'),
        row(
            2,
            '<c r="B2" s="0"><f t="shared" si="0" ref="B2:C2">A1</f><v>1</v></c>',
            '<c r="C2"><f t="shared" si="0"/><v>1</v></c>',
        ),
        row(3, '<c r="A3" t="inlineStr"><is><t>#hoc_tap</t></is></c>', '<c r="B3"><f>1</f><v>1</v></c>'),
        row(4, '<c r="B4"><f>1</f><v>1</v></c>'),
    )
    sheet = sheet_of(parts_of({"B1": "".join(rows)}))
    assert sheet.formulas == {(1, 2), (1, 3), (2, 2), (2, 3)}
    assert sheet.cells[1, 2] == 3.0
    assert sheet_of(parts_of({"B1": "".join(rows).replace("#hoc_tap", "x")})).formulas >= {(3, 2), (4, 2)}


def test_the_formulas_of_a_sheet_whose_cells_have_no_addresses() -> None:
    rows = "<row><c><f>1+2</f><v>3</v></c><c><v>5</v></c></row>"
    assert sheet_of(parts_of({"B1": rows})).formulas == {(1, 1)}
