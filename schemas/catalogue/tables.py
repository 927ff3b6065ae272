"""Findings on the shape of the tables: a sheet, a column or a row is not there, or is there twice, or is a stranger."""

from __future__ import annotations

from schemas.catalogue.entry import Entry, Group
from schemas.finding import FindingCode as C

GROUP = Group(
    "Hình dạng bảng",
    "Biểu mẫu đã bị xoá, chép hoặc thêm ở chỗ không đọc chắc chắn được. Cách nhanh nhất là sửa trên **bản đánh dấu**: "
    "đó là biểu mẫu lành lặn, đã có sẵn số liệu đơn vị gửi.",
    {
        C.SHEET_MISSING: Entry(
            "error",
            name="Thiếu biểu",
            meaning="Tệp không có một biểu mà đơn vị phải điền, hoặc biểu còn đó nhưng phần ẩn để nhận ra bảng đã mất.",
            example="Xoá trang “B8 Phát động” vì đơn vị chưa phát động thi đua.",
            sentence="tệp không có biểu “{value}”{detail}",
            remedy="Điền biểu này trong bản đánh dấu (hoặc biểu mẫu trắng, đủ các biểu) rồi gửi lại.",
        ),
        C.SHEET_REPEATED: Entry(
            "error",
            name="Biểu lặp",
            meaning="Một biểu có hai trang; không biết lấy số liệu ở trang nào.",
            example="Chép trang “B10 Khó khăn” thành “B10 Khó khăn (2)” để ghi nháp rồi quên xoá.",
            sentence="biểu “{value}” có ở hai trang: “{detail}”",
            remedy="Xoá trang chép thừa, chỉ giữ một trang.",
        ),
        C.TABLE_NOT_CLOSED: Entry(
            "error",
            name="Mất dòng kết thúc bảng",
            meaning="Dòng ẩn đánh dấu hết bảng đã bị xoá, nên không biết bảng dừng ở đâu.",
            example="Bỏ ẩn các dòng, xoá dòng có chữ “#end” ngay dưới bảng.",
            sentence="không thấy dòng kết thúc bảng (dòng ẩn “#end”)",
            remedy="Kiểm tra số liệu trong bản đánh dấu (hoặc chép vào biểu mẫu trắng) rồi gửi lại.",
        ),
        C.COLUMN_MISSING: Entry(
            "error",
            name="Thiếu cột",
            meaning="Một cột của biểu đã bị xoá, hoặc biểu mẫu phiên bản cũ chưa có cột đó.",
            example="Xoá cột “Ngày hoàn thành” vì cho là không cần.",
            sentence="thiếu cột “{label}”{detail}",
            remedy="Điền cột này trong bản đánh dấu (hoặc biểu mẫu trắng, đủ các cột) rồi gửi lại.",
        ),
        C.COLUMN_UNKNOWN: Entry(
            "error",
            name="Cột lạ",
            meaning="Có một cột mang số liệu mà biểu mẫu không có; số liệu ở đó không được tính.",
            example="Thêm cột “Ghi chú” bên phải bảng và ghi số liệu bổ sung vào đó.",
            sentence="cột “{value}” không có trong biểu mẫu{detail}",
            remedy="Chuyển nội dung vào các cột có sẵn, rồi xoá cột này.",
        ),
        C.COLUMN_REPEATED: Entry(
            "error",
            name="Cột lặp",
            meaning="Một cột có hai lần; không biết lấy số liệu ở cột nào.",
            example="Chép cả cột “Tổng số đảng viên” (gồm dòng ẩn) sang cột trống bên cạnh.",
            sentence="cột “{label}” có hai lần",
            remedy="Xoá cột chép thừa, chỉ giữ một cột.",
        ),
        C.ROW_MISSING: Entry(
            "error",
            name="Thiếu dòng",
            meaning="Dòng của một tổ chức (hoặc một mục của Bìa) đã bị xoá.",
            example="Xoá dòng của Đảng bộ xã Tân Bình vì xã chưa gửi số liệu lên.",
            sentence="thiếu dòng của {value}",
            remedy="Điền dòng này trong bản đánh dấu (hoặc biểu mẫu trắng, đủ các dòng) rồi gửi lại.",
        ),
        C.ROW_UNKNOWN: Entry(
            "error",
            name="Dòng lạ",
            meaning="Có một dòng mang mã tổ chức không thuộc đơn vị; số liệu ở đó không được tính.",
            example="Chép dòng của một xã thuộc huyện bên vào cuối bảng của mình.",
            sentence="dòng mang mã “{value}” không thuộc đơn vị này",
            remedy="Chỉ điền vào các dòng có sẵn của biểu mẫu; không chép dòng của đơn vị khác.",
        ),
        C.ROW_REPEATED: Entry(
            "error",
            name="Dòng lặp",
            meaning="Một tổ chức có hai dòng; không biết lấy số liệu ở dòng nào.",
            example="Chép cả dòng của Đảng bộ phường 1 (gồm cột ẩn) xuống dòng dưới để sửa rồi quên xoá.",
            sentence="dòng của {value} có hai lần",
            remedy="Xoá dòng chép thừa, chỉ giữ một dòng.",
        ),
        C.OUTSIDE_TABLE: Entry(
            "error",
            name="Nằm ngoài bảng",
            meaning="Có chữ hoặc số ở ngoài bảng của một biểu. Không có gì bị bỏ lặng lẽ, nên hệ thống hỏi lại.",
            example="Cộng nháp ở một ô dưới bảng B2 rồi để quên.",
            sentence="“{value}” nằm ngoài bảng nên không được tính",
            remedy="Nếu là số liệu cần báo cáo, chuyển vào ô trong bảng; rồi xoá ô này.",
        ),
        C.FOREIGN_SHEET: Entry(
            "warning",
            name="Trang ngoài biểu mẫu",
            meaning="Tệp có thêm một trang của riêng đơn vị. Báo cáo vẫn được nhận, trang đó không được đọc.",
            example="Thêm trang “Nháp” để cộng số liệu của các chi bộ.",
            sentence="trang này không thuộc biểu mẫu, nội dung ở đây không được đọc{detail}",
            remedy="Nếu có số liệu cần báo cáo, chuyển vào các biểu có sẵn; nếu không thì không cần gửi lại.",
        ),
    },
)
