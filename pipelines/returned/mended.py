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
    C.SHEET_REPEATED: f"Hai trang cùng có số liệu thì bản này để trống biểu đó, {_OUTSIDE}: điền lại cho đúng.",
    C.TABLE_NOT_CLOSED: "Bản này đã lành: xem lại các dòng cuối bảng cho đủ.",
    C.COLUMN_MISSING: "Bản này đã có lại cột đó, còn trống: điền vào.",
    C.COLUMN_UNKNOWN: f"Bản này không có cột đó, {_OUTSIDE}: số liệu nào cần tính thì chuyển vào cột có sẵn.",
    C.COLUMN_REPEATED: f"Hai cột cùng có số liệu thì bản này để trống cột đó, {_OUTSIDE}: điền lại cho đúng.",
    C.ROW_MISSING: "Bản này đã có lại dòng đó, còn trống: điền vào.",
    C.ROW_UNKNOWN: f"Bản này không có dòng đó, {_OUTSIDE}: số liệu nào cần tính thì chuyển vào dòng có sẵn.",
    C.ROW_REPEATED: f"Bản này để trống dòng đó, {_OUTSIDE}: điền lại cho đúng.",
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
    C.VALUE_UNDER_MERGE: "Bản này không còn ô gộp: xem lại ô này và các ô bên cạnh, sai thì sửa.",
    C.MERGED_CELLS: "Bản này không còn ô gộp: giá trị nào là của cả các ô kia thì điền thêm vào các ô đó.",
    C.HIDDEN_CELLS: "Bản này không còn ẩn: xem lại, nếu đúng thì để nguyên.",
    C.PREFILL_CHANGED: f"Bản này để trống dòng đó, {_OUTSIDE}: điền lại vào đúng dòng.",
    C.UNCACHED_FORMULA: "Gõ thẳng giá trị vào ô này.",
    C.DATE_AS_NUMBER: "Bản này đã ghi thành ngày: xem lại, nếu đúng thì để nguyên.",
    C.LEGACY_FONT: "Bản này đã ghi bằng Unicode: xem lại, nếu đúng thì để nguyên.",
}


def in_copy(finding: Finding) -> tuple[str, str]:
    """What is wrong, and what to do in the copy."""
    wrong, remedy = parted(finding)
    if finding.code is C.PREFILL_CHANGED and finding.field is not None:
        return wrong, f"Bản này đã ghi lại giá trị điền sẵn: {_NOTHING}."
    return wrong, IN_COPY.get(finding.code, remedy)
