"""Findings on the file as such: it cannot be read, so nothing in it can be judged."""

from __future__ import annotations

from schemas.catalogue.entry import Entry, Group
from schemas.finding import FindingCode as C

GROUP = Group(
    "Tệp",
    "Tệp không mở được thành bảng tính nên chưa xét được nội dung. Tệp không mang tên đơn vị, vì vậy lời đáp nằm ở "
    "`outbox/khong-doc-duoc/`.",
    {
        C.EMPTY_FILE: Entry(
            "error",
            name="Tệp rỗng",
            meaning="Tệp có tên nhưng bên trong không có gì.",
            example="Rút USB khi báo cáo chưa chép xong; tệp trong thư mục nộp có dung lượng 0 byte.",
            sentence="tệp không có nội dung (0 byte)",
            remedy="Gửi lại tệp biểu mẫu đã điền.",
        ),
        C.NOT_A_FILE: Entry(
            "error",
            name="Không đọc được tệp",
            meaning="Trong thư mục nộp có một lối tắt, một thư mục hoặc một tệp hệ thống không có quyền đọc.",
            example="Kéo biểu tượng trên màn hình nền vào thư mục nộp, nhưng đó chỉ là lối tắt (shortcut) đến báo cáo.",
            sentence="không đọc được tệp: {detail}",
            remedy="Xem lại tên và chỗ để tệp; chép chính tệp Excel, không chép lối tắt hay thư mục.",
        ),
        C.NOT_A_WORKBOOK: Entry(
            "error",
            name="Không phải bảng tính Excel",
            meaning="Tên tệp có đuôi Excel nhưng nội dung là loại khác: văn bản Word, PDF, ảnh, trang web.",
            example="Quét báo cáo giấy thành PDF rồi đổi đuôi tệp thành .xlsx.",
            sentence="nội dung tệp là {detail}, không phải bảng tính Excel",
            remedy="Mở biểu mẫu .xlsx đã nhận, điền số liệu rồi gửi chính tệp đó.",
        ),
        C.OLD_FORMAT: Entry(
            "error",
            name="Định dạng chưa nhận",
            meaning="Tệp là bảng tính nhưng lưu ở định dạng khác .xlsx (.xls, .xlsb, .ods).",
            example="Lưu báo cáo dạng “Excel 97-2003 Workbook (.xls)” vì máy cơ quan quen dùng dạng đó.",
            sentence="tệp ở định dạng {detail}, hệ thống chỉ nhận .xlsx",
            remedy="Trong Excel/WPS/LibreOffice chọn Lưu thành (Save As), kiểu “Excel Workbook (.xlsx)” rồi gửi lại.",
        ),
        C.PASSWORD_PROTECTED: Entry(
            "error",
            name="Tệp đặt mật khẩu",
            meaning="Phải có mật khẩu mới mở được tệp. Mật khẩu khoá từng trang thì không sao.",
            example="Đặt mật khẩu mở tệp trước khi gửi để giữ kín số liệu.",
            sentence="tệp được bảo vệ bằng mật khẩu nên không mở được",
            remedy="Bỏ mật khẩu mở tệp (File → Info → Protect Workbook → Encrypt with Password, xoá trống), lưu, rồi "
            "gửi lại.",
        ),
        C.DAMAGED_FILE: Entry(
            "error",
            name="Tệp hỏng",
            meaning="Tệp chép dở, hỏng trong lúc truyền, hoặc có phần bị ghi lặp nên có hai cách đọc.",
            example="Mạng đứt khi đang chép báo cáo vào thư mục dùng chung, tệp đến nơi chỉ có một nửa.",
            sentence="tệp bị hỏng hoặc chép chưa xong ({detail})",
            remedy="Mở tệp gốc trên máy, lưu lại rồi gửi lại.",
        ),
        C.TOO_LARGE: Entry(
            "error",
            name="Tệp quá lớn",
            meaning="Tệp vượt giới hạn an toàn: quá nặng, quá nhiều trang, chữ trong một ô quá dài, hoặc có ô ở "
            "tận cuối trang tính.",
            example="Bấm Ctrl+mũi tên xuống rồi gõ nhầm một số vào dòng 1048576; hoặc dán hàng trăm ảnh vào tệp.",
            sentence="tệp vượt giới hạn ({detail})",
            remedy="Lấy lại biểu mẫu trắng, chép số liệu vào (dán giá trị) rồi gửi lại.",
        ),
        C.READER_FAILED: Entry(
            "error",
            name="Không đọc được trong giới hạn an toàn",
            meaning="Tệp làm chương trình đọc dừng giữa chừng hoặc chạy quá lâu. Các tệp khác không bị ảnh hưởng.",
            example="Gửi tệp do một phần mềm lạ xuất ra, bên trong bị lỗi nặng tuy Excel vẫn cố mở được.",
            sentence="chương trình đọc tệp đã dừng giữa chừng ({detail})",
            remedy="Lấy lại biểu mẫu trắng, chép số liệu vào (dán giá trị) rồi gửi lại.",
        ),
    },
)
