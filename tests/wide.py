"""The plan `mini` with two more sheets, so that every named rule stands in it, and a right report of unit DU."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from pipelines.demo.figures import Report
from schemas.plan import Plan
from schemas.plan_file import load_plan

MINI = Path(__file__).parent / "plans" / "mini"
ROUND, UNIT = "dot_1", "DU"
COVER, STUDY, PRAISE, MORE, LIST = "M0 Bìa", "M1 Học tập", "M2 Khen thưởng", "M3 Thêm", "M4 Danh sách"

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
