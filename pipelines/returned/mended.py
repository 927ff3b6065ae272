"""What the marked copy has mended already, and so what is left to do in it: said instead of the catalogue's remedy.

The catalogue speaks to someone who holds the file that was sent; the copy has its sheets, columns and rows back.
"""

from __future__ import annotations

from pipelines.returned.causes import parted
from schemas.finding import Finding, FindingCode

C = FindingCode
_OUTSIDE = "nội dung nằm ở mục “Nằm ngoài bảng” cuối trang “Cần sửa”"
_NOTHING = "không phải làm gì thêm"

IN_COPY: dict[FindingCode, str] = {
    C.SHEET_MISSING: "Bản này đã có lại biểu đó, còn trống: điền vào.",
    C.SHEET_REPEATED: "Bản này chỉ giữ một trang: đối chiếu với tệp đã gửi, sửa số liệu ngay trên trang được giữ.",
    C.TABLE_NOT_CLOSED: "Bản này đã lành: xem lại các dòng cuối bảng cho đủ.",
    C.COLUMN_MISSING: "Bản này đã có lại cột đó, còn trống: điền vào.",
    C.COLUMN_UNKNOWN: f"Bản này không có cột đó, {_OUTSIDE}: số liệu nào cần tính thì chuyển vào cột có sẵn.",
    C.COLUMN_REPEATED: "Bản này chỉ giữ cột đứng trước: đối chiếu với tệp đã gửi, sửa ngay trên cột đó.",
    C.ROW_MISSING: "Bản này đã có lại dòng đó, còn trống: điền vào.",
    C.ROW_UNKNOWN: f"Bản này không có dòng đó, {_OUTSIDE}: số liệu nào cần tính thì chuyển vào dòng có sẵn.",
    C.ROW_REPEATED: "Bản này chỉ giữ dòng đứng trước: đối chiếu với tệp đã gửi, sửa ngay trên dòng đó.",
    C.OUTSIDE_TABLE: "Bản này đã bỏ các ô đó: số liệu nào cần tính thì chuyển vào ô trong bảng.",
    C.FOREIGN_SHEET: "Bản này không có trang đó: số liệu nào cần báo cáo thì chuyển vào các biểu có sẵn.",
    C.OLD_TEMPLATE: "Bản này là biểu mẫu đang dùng: từ nay làm tiếp trên bản này.",
    C.SHEET_RENAMED: f"Bản này đã có tên đúng: {_NOTHING}.",
    C.SHEETS_REORDERED: f"Bản này đã xếp lại: {_NOTHING}.",
    C.TABLE_MOVED: f"Bản này đã đặt lại đúng chỗ: {_NOTHING}.",
    C.COLUMNS_REORDERED: f"Bản này đã xếp lại: {_NOTHING}.",
    C.VALIDATION_LOST: "Bản này đã có lại: khi chép từ tệp khác, dùng Dán giá trị (Paste Special → Values).",
    C.SELF_CHECK_LOST: f"Bản này đã có lại trang đó: {_NOTHING}.",
    C.EPOCH_1904: "Bản này ghi ngày theo hệ thường dùng: xem lại các ô ngày.",
    C.PREFILL_CHANGED: "Bản này đã ghi lại giá trị điền sẵn: xem số liệu cùng dòng có đúng là của nơi đó không.",
    C.UNCACHED_FORMULA: "Gõ thẳng giá trị vào ô này.",
    C.DATE_AS_NUMBER: "Bản này đã ghi thành ngày: xem lại, nếu đúng thì để nguyên.",
    C.LEGACY_FONT: "Bản này đã ghi bằng Unicode: xem lại, nếu đúng thì để nguyên.",
}


def in_copy(finding: Finding) -> tuple[str, str]:
    """What is wrong, and what to do in the copy."""
    wrong, remedy = parted(finding)
    return wrong, IN_COPY.get(finding.code, remedy)
