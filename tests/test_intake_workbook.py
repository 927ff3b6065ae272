"""What a workbook's cells hold, with nothing read as blank that is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from xlsx_parts import MAIN, number, parts_of, row, text, workbook, zipped

from pipelines.intake import worksheet
from pipelines.intake.workbook import read_workbook
from schemas.finding import FindingCode
from schemas.submission import ErrorCell, RawValue, RawWorkbook, UncachedFormula

C = FindingCode


def read(content: bytes) -> RawWorkbook:
    raw = read_workbook(content)
    assert isinstance(raw, RawWorkbook), raw
    return raw


def cells_of(*rows: str) -> Mapping[tuple[int, int], RawValue]:
    return read(workbook({"B1": "".join(rows)})).sheets[0].cells


def refused(content: bytes, code: FindingCode) -> str:
    finding = read_workbook(content)
    assert not isinstance(finding, RawWorkbook)
    assert finding.code == code
    return finding.message


def test_addresses_are_absolute() -> None:
    assert cells_of(row(5, number("C5", 3), text("E5", "ba")), row(9, number("B9", 0))) == {
        (5, 3): 3.0,
        (5, 5): "ba",
        (9, 2): 0.0,
    }


def test_sheets_come_in_order_with_their_tabs() -> None:
    raw = read(workbook({"B2 Học tập": row(1, number("A1", 1)), "trống": "", "B1": row(1, number("A1", 2))}))
    assert [(s.name, dict(s.cells)) for s in raw.sheets] == [
        ("B2 Học tập", {(1, 1): 1.0}),
        ("trống", {}),
        ("B1", {(1, 1): 2.0}),
    ]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#SPILL!", "#CALC!", "#BUSY!"])
def test_an_error_cell_is_no_blank(error: str) -> None:
    found = cells_of(row(1, number("A1", 1), f'<c r="B1" t="e"><f>X1</f><v>{error}</v></c>'), row(2, number("A2", 2)))
    assert found == {(1, 1): 1.0, (1, 2): ErrorCell(error), (2, 1): 2.0}


@pytest.mark.parametrize("result", ["", "<v/>", "<v></v>"])
def test_a_formula_without_a_result_is_no_blank(result: str) -> None:
    assert cells_of(row(3, f'<c r="B3"><f>SUM(A1:A2)&amp;"x"</f>{result}</c>')) == {
        (3, 2): UncachedFormula('=SUM(A1:A2)&"x"')
    }


@pytest.mark.parametrize("result", ["", "<v/>", "<v></v>"])
def test_a_formula_that_gives_the_empty_text_is_blank(result: str) -> None:
    assert cells_of(row(1, number("A1", 1), f'<c r="B1" t="str"><f>IF(A1=1,"",2)</f>{result}</c>')) == {(1, 1): 1.0}


def test_a_formula_with_a_result_is_its_result() -> None:
    assert cells_of(row(1, '<c r="A1"><f>1+2</f><v>3</v></c>', '<c r="B1" t="b"><f>TRUE()</f><v>1</v></c>')) == {
        (1, 1): 3.0,
        (1, 2): True,
    }


def test_a_shared_formula_is_named_where_it_is_only_referred_to() -> None:
    first = '<c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f></c>'
    second = '<c r="A2"><f t="shared" si="0"/></c>'
    assert cells_of(row(1, first), row(2, second)) == {
        (1, 1): UncachedFormula("=B1*2"),
        (2, 1): UncachedFormula("=B1*2"),
    }


def test_white_space_is_kept_for_the_one_who_judges_it() -> None:
    assert cells_of(row(1, '<c r="A1" t="inlineStr"><is><t xml:space="preserve"> </t></is></c>')) == {(1, 1): " "}


def test_cells_without_addresses_count_on() -> None:
    assert cells_of("<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c><v>3</v></c></row>") == {
        (1, 1): 1.0,
        (1, 3): 2.0,
        (2, 1): 3.0,
    }


def test_prefixed_and_strict_xml_read_the_same() -> None:
    parts = parts_of({"B1": ""})
    sheet = '<x:row r="2"><x:c r="B2" t="e"><x:v>#REF!</x:v></x:c></x:row>'
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{sheet}</x:sheetData></x:worksheet>'
    )
    assert read(zipped(parts)).sheets[0].cells == {(2, 2): ErrorCell("#REF!")}


@pytest.mark.parametrize("main", ["xl/workbook2.xml", "Sổ/book.xml", "workbook.xml"])
def test_the_main_part_may_be_called_otherwise(main: str) -> None:
    """A package says itself which part its workbook is."""
    parts = parts_of({"B1": row(1, number("A1", 5))})
    folder, _, name = main.rpartition("/")
    for usual in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        parts[usual.replace("xl/", f"{folder}/" if folder else "").replace("workbook.xml", name)] = parts.pop(usual)
    for old, new in (("_rels/.rels", main), ("[Content_Types].xml", main)):
        parts[old] = parts[old].replace("xl/workbook.xml", new)
    relations = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    parts[relations] = parts[relations].replace('Target="worksheets', 'Target="/xl/worksheets')
    assert read(zipped(parts)).sheets[0].cells == {(1, 1): 5.0}
    del parts[main]
    assert "phần chính" in refused(zipped(parts), C.DAMAGED_FILE)


def test_custom_properties() -> None:
    properties = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property name="unit" pid="2"><vt:lpwstr>703</vt:lpwstr></property>'
        '<property name="plan" pid="3"><vt:lpwstr>kh70 &amp; x</vt:lpwstr></property></Properties>'
    )
    raw = read(workbook({"B1": ""}, {"docProps/custom.xml": properties}))
    assert raw.properties == {"unit": "703", "plan": "kh70 & x"}


def test_a_date_is_a_date() -> None:
    styles = (
        f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    rows = row(1, '<c r="A1" s="1"><v>44679</v></c>')
    relations = parts_of({"B1": rows})["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        '<Relationship Id="s" Target="styles.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/styles"/></Relationships>',
    )
    raw = read(workbook({"B1": rows}, {"xl/styles.xml": styles, "xl/_rels/workbook.xml.rels": relations}))
    assert raw.sheets[0].cells == {(1, 1): date(2022, 4, 28)}


def test_a_far_cell_is_refused_before_a_grid_is_made() -> None:
    said = refused(workbook({"B1": row(1048576, number("XFD1048576", 1))}), C.TOO_LARGE)
    assert "dòng 1048576" in said
    assert "“B1”" in said


def test_far_blank_cells_are_nothing() -> None:
    assert cells_of(row(1, number("A1", 1)), row(1048576, '<c r="XFD1048576" s="3"/>')) == {(1, 1): 1.0}


@pytest.mark.parametrize(
    "rows",
    [
        (row(1, number("A1", 1), number("A1", 2)),),
        (row(1, number("B1", 1), number("A1", 2)),),
        (row(2, number("A2", 1)), row(1, number("A1", 2))),
        (row(1, number("A2", 1)),),
        (row(1, '<c r="1A"><v>1</v></c>'),),
        ('<row r="x"><c r="A1"><v>1</v></c></row>',),
        (row(1, number("A1", 1), "<c><v>2</v></c>"),),
    ],
)
def test_two_readings_of_one_sheet_are_refused(rows: tuple[str, ...]) -> None:
    assert "trang “B1”" in refused(workbook({"B1": "".join(rows)}), C.DAMAGED_FILE)


def test_tabs_that_differ_only_in_case_are_refused() -> None:
    assert "trùng tên" in refused(workbook({"B1": "", "b1": ""}), C.DAMAGED_FILE)


def test_too_many_sheets() -> None:
    assert "tối đa 50" in refused(workbook({f"B{n}": "" for n in range(51)}), C.TOO_LARGE)


def test_too_many_merges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worksheet, "MERGES_LIMIT", 2)
    parts = parts_of({"B1": ""})
    merges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 4))
    parts["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData/><mergeCells>{merges}</mergeCells></worksheet>'
    )
    assert "ô gộp" in refused(zipped(parts), C.TOO_LARGE)


def test_xml_that_nests_too_deep_or_breaks_off_is_refused() -> None:
    parts = parts_of({"B1": ""})
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}">{"<a>" * 70}{"</a>" * 70}</worksheet>'
    assert "lồng quá 64 lớp" in refused(zipped(parts), C.DAMAGED_FILE)
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}"><b></worksheet>'
    assert "không đúng quy cách" in refused(zipped(parts), C.DAMAGED_FILE)


def test_a_sheet_whose_part_is_gone_is_named() -> None:
    parts = parts_of({"B1": "", "B2": ""})
    del parts["xl/worksheets/sheet2.xml"]
    assert "“B2”" in refused(zipped(parts), C.DAMAGED_FILE)
