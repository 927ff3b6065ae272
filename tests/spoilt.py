"""One right report, and for every code of finding the same report with one thing wrong in it.

The plan is `mini` with two more sheets, so that every named rule stands in it. Addresses are those of unit DU, which
fills one row a sheet: row 10, fields from column C.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from mortal_reader import CRASH
from openpyxl import Workbook
from xlsx_parts import number, parts_of, row, zipped

from pipelines.demo.clerk import fill
from pipelines.demo.figures import Report
from pipelines.stamp import Key
from pipelines.template import write_template
from schemas.finding import FindingCode
from schemas.layout import META
from schemas.plan import Plan
from schemas.plan_file import load_plan

C = FindingCode
MINI = Path(__file__).parent / "plans" / "mini"
KEY = Key(b"key")
ROUND, UNIT, OTHER_UNIT = "dot_1", "DU", "HU"
COVER, STUDY, PRAISE, MORE, LIST = "M0 Bìa", "M1 Học tập", "M2 Khen thưởng", "M3 Thêm", "M4 Danh sách"

Place = tuple[str | None, str | None, FindingCode]
Undo = Callable[[], None]
Spoil = Callable[[Workbook], Undo | None]
"""Does one thing to a workbook; where it can be undone, gives what undoes it."""

_MORE_TABLES = {
    "sheets": "them,M3,Thêm,Biểu thêm,org,II,,,\nds,M4,Danh sách,Danh sách,list,II,,,5\n",
    "fields": "".join(
        f"{sheet},{field},{label},,{kind},no,{choices},yes,,12,II,\n"
        for sheet, field, label, kind, choices in (
            ("them", "tong", "Tổng số", "count", ""),
            ("them", "phan_1", "Phần 1", "count", ""),
            ("them", "phan_2", "Phần 2", "count", ""),
            ("them", "gioi_han", "Giới hạn", "count", ""),
            ("them", "hinh_thuc", "Hình thức", "choice", "hinh_thuc"),
            ("them", "ngay", "Ngày xong", "date", ""),
            ("them", "co", "Có làm", "yes_no", ""),
            ("them", "so_1", "Số thứ nhất", "count", ""),
            ("them", "so_2", "Số thứ hai", "count", ""),
            ("ds", "noi_dung", "Nội dung", "text", ""),
            ("ds", "x", "Số buổi", "count", ""),
            ("ds", "y", "Số lượt", "count", ""),
        )
    ),
    "rules": 'phan_khong_vuot,them,sum_at_most,error,"parts=phan_1,phan_2;limit=gioi_han",II\n'
    "co_hinh_thuc,them,required_when_positive,error,field=hinh_thuc;when=phan_1,II\n"
    'du_thi_co_ngay,them,required_when_complete,error,"field=ngay;parts=phan_1,phan_2;limit=gioi_han",II\n'
    'khong_lam_thi_khong_so,them,zero_unless,error,"fields=so_1,so_2;when=co;equals=có",II\n'
    "khop_hoc_tap,them,same_as,warning,field=tong;sheet=hoc_tap;other=tong,II\n"
    'co_so_lieu,ds,any_given,error,"fields=x,y",II\n',
}


def wide_plan(folder: Path) -> Plan:
    """The mini plan with sheets `them` and `ds`, made in a folder."""
    shutil.copytree(MINI, folder, dirs_exist_ok=True)
    for table, more in _MORE_TABLES.items():
        with (folder / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
            file.write(more)
    return load_plan(folder)


RIGHT = Report(
    UNIT,
    {
        "bia": {UNIT: {"nguoi_lap": "Nguyễn Văn A", "ngay_ky": date(2022, 4, 28)}},
        "hoc_tap": {
            UNIT: {
                "tong": 10,
                "nam": 6,
                "nu": 4,
                "phai_hoc": 8,
                "da_hoc": 8,
                "hinh_thuc": "trực tiếp",
                "da_kiem_tra": "có",
                "ngay_kiem_tra": date(2022, 4, 6),
            }
        },
        "khen": {"1": {"doi_tuong": "tập thể", "ten": "Chi bộ {value} 1", "so_luot": 1}},
        "them": {
            UNIT: {
                "tong": 10,
                "phan_1": 3,
                "phan_2": 4,
                "gioi_han": 10,
                "hinh_thuc": "trực tuyến",
                "co": "có",
                "so_1": 2,
                "so_2": 0,
            }
        },
        "ds": {"1": {"noi_dung": "Buổi 1", "x": 0}},
    },
)


def right_report(plan: Plan, folder: Path) -> bytes:
    """The right report as a clerk sends it: the unit's real template, filled and saved."""
    blank, filled = folder / "mau.xlsx", folder / "dung.xlsx"
    stamp = KEY.stamp(plan.id, ROUND, UNIT, plan.version)
    write_template(plan, plan.unit(UNIT), plan.round(ROUND), blank, stamp=stamp)
    fill(blank, filled, RIGHT)
    return filled.read_bytes()


class Clerk:
    """Opens a report, changes it and saves it, over and over; the report is opened anew only where it must be."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._book: Workbook | None = None

    def spoilt(self, spoil: Spoil) -> bytes:
        """The report with that change, and no other, in it."""
        book = self._book or openpyxl.load_workbook(io.BytesIO(self._content))
        undo = spoil(book)
        saved = io.BytesIO()
        book.save(saved)
        if undo is not None:
            undo()
        self._book = None if undo is None else book
        return saved.getvalue()


def typed(tab: str, **cells: object) -> Spoil:
    """Types values into cells (None: cleared)."""

    def spoil(book: Workbook) -> Undo:
        sheet = book[tab]
        before = {address: (sheet[address].value, sheet[address].data_type) for address in cells}
        for address, value in cells.items():
            sheet[address].value = value

        def undo() -> None:
            for address, (value, kind) in before.items():
                sheet[address].value = value
                sheet[address].data_type = kind

        return undo

    return spoil


def _as_text(tab: str, address: str, value: str) -> Spoil:
    def spoil(book: Workbook) -> Undo:
        undo = typed(tab, **{address: value})(book)
        assert undo is not None
        book[tab][address].data_type = "s"
        return undo

    return spoil


def _repeated_sheet(book: Workbook) -> None:
    book.copy_worksheet(book[LIST]).title = "M4 chép"


def _without_identity(book: Workbook) -> None:
    book.remove(book[META])
    properties: Any = vars(book)["custom_doc_props"]
    for name in list(properties.names):
        del properties[name]


def _row_cleared(tab: str, at: int) -> Spoil:
    return typed(tab, **{f"{letter}{at}": None for letter in "ABCDE"})


def _ole(stream: str) -> bytes:
    """An OLE container that names one stream."""
    name = stream.encode("utf-16-le") + b"\0\0"
    entry = name.ljust(64, b"\0") + len(name).to_bytes(2, "little") + bytes(62)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entry


_TWICE = zipped(parts_of({"A": row(1, number("A1", 1), number("A1", 2))}))
_FAR = zipped(parts_of({"A": row(1048576, number("A1048576", 1))}))

FILES: dict[FindingCode, bytes] = {
    C.EMPTY_FILE: b"",
    C.NOT_A_WORKBOOK: b"<html><table><tr><td>8</td></tr></table></html>",
    C.OLD_FORMAT: _ole("Workbook"),
    C.PASSWORD_PROTECTED: _ole("EncryptedPackage"),
    C.DAMAGED_FILE: _TWICE,
    C.TOO_LARGE: _FAR,
    C.READER_FAILED: CRASH,
}
"""Files that name no unit: the finding stands for the whole file."""

IDENTITIES: dict[FindingCode, Spoil] = {
    C.NO_STAMP: _without_identity,
    C.WRONG_STAMP: typed(META, B5="0" * 64),
    C.UNKNOWN_PLAN: typed(META, B1="kh99"),
    C.UNKNOWN_ROUND: typed(META, B2="dot_9"),
    C.UNKNOWN_UNIT: typed(META, B3="XX"),
}
"""Reports that name no unit that can be trusted."""

REPORTS: dict[FindingCode, tuple[Spoil, list[Place]]] = {
    # the shape of a table
    C.SHEET_MISSING: (typed(LIST, A9=None), [(None, None, C.SHEET_MISSING)]),
    C.SHEET_REPEATED: (_repeated_sheet, [("M4 chép", None, C.SHEET_REPEATED)]),
    C.TABLE_NOT_CLOSED: (typed(STUDY, A11=None), [(STUDY, None, C.TABLE_NOT_CLOSED)]),
    C.COLUMN_MISSING: (typed(STUDY, H9=None, H10=None), [(STUDY, None, C.COLUMN_MISSING)]),
    C.COLUMN_UNKNOWN: (typed(STUDY, K6="Ghi chú", K9="ghi_chu", K10="x"), [(STUDY, "K9", C.COLUMN_UNKNOWN)]),
    C.COLUMN_REPEATED: (typed(STUDY, K9="nam"), [(STUDY, "K9", C.COLUMN_REPEATED)]),
    C.ROW_MISSING: (_row_cleared(COVER, 13), [(COVER, None, C.ROW_MISSING)]),
    C.ROW_UNKNOWN: (typed(STUDY, A11="01001", C11=5, A12="#end"), [(STUDY, "B11", C.ROW_UNKNOWN)]),
    C.ROW_REPEATED: (typed(STUDY, A11=UNIT, C11=5, A12="#end"), [(STUDY, "B11", C.ROW_REPEATED)]),
    C.OUTSIDE_TABLE: (typed(STUDY, D14=7), [(STUDY, "D14", C.OUTSIDE_TABLE)]),
    # a cell
    C.MISSING_VALUE: (typed(STUDY, F10=None), [(STUDY, "F10", C.MISSING_VALUE)]),
    C.ERROR_CELL: (typed(STUDY, F10="#REF!"), [(STUDY, "F10", C.ERROR_CELL)]),
    C.UNCACHED_FORMULA: (typed(STUDY, F10="=4+4"), [(STUDY, "F10", C.UNCACHED_FORMULA)]),
    C.NOT_A_COUNT: (typed(STUDY, F10="khoảng {value}"), [(STUDY, "F10", C.NOT_A_COUNT)]),
    C.NOT_A_DATE: (typed(COVER, C14="hôm {detail} qua"), [(COVER, "C14", C.NOT_A_DATE)]),
    C.NOT_YES_NO: (typed(STUDY, I10="ừ"), [(STUDY, "I10", C.NOT_YES_NO)]),
    C.NOT_A_CHOICE: (typed(STUDY, H10="trực tuyế {choices}"), [(STUDY, "H10", C.NOT_A_CHOICE)]),
    C.NOT_TEXT: (typed(COVER, C12=True), [(COVER, "C12", C.NOT_TEXT)]),
    C.TWO_READINGS: (typed(STUDY, F10="8.000"), [(STUDY, "F10", C.TWO_READINGS)]),
    C.PREFILL_CHANGED: (typed(COVER, C11="Đảng uỷ Khác"), [(COVER, "C11", C.PREFILL_CHANGED)]),
    C.NUMBER_AS_TEXT: (_as_text(STUDY, "F10", " 8 "), [(STUDY, "F10", C.NUMBER_AS_TEXT)]),
    C.DATE_AS_TEXT: (_as_text(COVER, "C14", "28/04/2022"), [(COVER, "C14", C.DATE_AS_TEXT)]),
    C.TEXT_TIDIED: (typed(COVER, C12="Nguyễn  Văn {label}"), [(COVER, "C12", C.TEXT_TIDIED)]),
    # a rule
    C.AT_MOST: (typed(STUDY, G10=9), [(STUDY, "G10", C.AT_MOST)]),
    C.SUM_AT_MOST: (typed(MORE, D10=9), [(MORE, "D10", C.SUM_AT_MOST)]),
    C.SUM_EQUALS: (typed(STUDY, D10=7), [(STUDY, "C10", C.SUM_EQUALS)]),
    C.REQUIRED_WHEN: (typed(STUDY, J10=None), [(STUDY, "J10", C.REQUIRED_WHEN)]),
    C.REQUIRED_WHEN_POSITIVE: (typed(MORE, G10=None), [(MORE, "G10", C.REQUIRED_WHEN_POSITIVE)]),
    C.REQUIRED_WHEN_COMPLETE: (typed(MORE, E10=7), [(MORE, "H10", C.REQUIRED_WHEN_COMPLETE)]),
    C.ZERO_UNLESS: (typed(MORE, I10="không", J10=0, K10=3), [(MORE, "K10", C.ZERO_UNLESS)]),
    C.BETWEEN_DATES: (typed(STUDY, J10=date(2022, 4, 5)), [(STUDY, "J10", C.BETWEEN_DATES)]),
    C.ANY_GIVEN: (typed(LIST, D10=None), [(LIST, "D10", C.ANY_GIVEN)]),
    C.SAME_AS: (typed(MORE, C10=9), [(MORE, "C10", C.SAME_AS)]),
}
"""Reports of unit DU with one thing wrong, and all that is found in each."""

STILL_RIGHT: dict[str, Spoil] = {
    "nothing changed": typed(STUDY),
    "tab renamed": lambda book: setattr(book[STUDY], "title", "Trang của tôi"),
    "header rewritten": typed(STUDY, C6="Tổng ĐV"),
    "spaces in blank cells": typed(LIST, C12="  ", D13="\u200b"),
    "code typed in small letters": typed(META, B3="du"),
    "unit name in capitals": typed(COVER, C11="ĐẢNG UỶ BẾN SỎI"),
    "nobody had to study": typed(STUDY, F10=0, G10=0),
    "last day of the range": typed(STUDY, J10=date(2022, 5, 5)),
    "all done, with its day": typed(MORE, E10=7, H10=date(2022, 4, 20)),
    "not done, and no numbers": typed(MORE, I10="không", J10=None, K10=0),
    "not asked": typed(MORE, I10=None),
    "the other sheet blank": typed(MORE, C10=None),
    "the sum at its limit but nothing to do": typed(MORE, D10=0, E10=0, F10=0, G10=None),
    "a row further down": typed(LIST, C14="Buổi 2", E14=5),
}
"""Near misses: each must have no finding at all."""
