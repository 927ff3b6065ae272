"""Findings on what was mended while reading: each repair is said, none asks for another submission by itself."""

from __future__ import annotations

from schemas.catalogue.entry import Entry, Group
from schemas.finding import FindingCode as C

GROUP = Group(
    "Đã tự sửa khi đọc",
    "Chỉ có một cách hiểu nên hệ thống đã hiểu giúp và nói rõ đã hiểu thế nào. Báo cáo vẫn được nhận. Hiểu đúng thì "
    "không phải làm gì; hiểu sai thì sửa trên bản đánh dấu và gửi lại.",
    {
        C.OLD_TEMPLATE: Entry(
            "warning",
            name="Biểu mẫu phiên bản cũ",
            meaning="Kế hoạch đã được sửa sau khi phát biểu mẫu này; số liệu được đọc theo mã ẩn của từng cột.",
            example="Điền vào biểu mẫu phát lần đầu, trong khi Ban Tuyên giáo đã phát lại biểu mẫu có thêm một cột.",
            sentence="tệp làm trên biểu mẫu phiên bản cũ ({value}), nay dùng phiên bản {detail}; "
            "đã đọc theo mã của từng cột",
            remedy="Lần sau dùng biểu mẫu mới (bản đánh dấu là biểu mẫu mới đã có số liệu của đơn vị).",
        ),
        C.SHEET_RENAMED: Entry(
            "warning",
            name="Trang bị đổi tên",
            meaning="Tên một trang đã bị đổi; biểu được nhận ra nhờ phần ẩn của bảng.",
            example="Đổi tên trang “B2 Học tập” thành “Học tập quý II”.",
            sentence="trang này là biểu “{value}” đã bị đổi tên; vẫn đọc được",
            remedy="Không cần gửi lại; bản đánh dấu đã có tên đúng.",
        ),
        C.SHEETS_REORDERED: Entry(
            "warning",
            name="Thứ tự trang bị đổi",
            meaning="Các trang không còn đứng theo thứ tự của biểu mẫu; mọi biểu vẫn được đọc.",
            example="Kéo trang “B7 Thi đua” lên trước trang “B2 Học tập”.",
            sentence="thứ tự các trang đã bị đổi ({detail}); vẫn đọc được",
            remedy="Không cần gửi lại; bản đánh dấu đã xếp lại.",
        ),
        C.TABLE_MOVED: Entry(
            "warning",
            name="Bảng bị dời chỗ",
            meaning="Bảng không còn ở chỗ cũ do chèn dòng phía trên hoặc chèn cột bên trái; bảng vẫn được đọc.",
            example="Chèn hai dòng trên đầu biểu để ghi tên cơ quan.",
            sentence="bảng bị dời chỗ ({detail}); vẫn đọc được",
            remedy="Không cần gửi lại; lần sau không chèn thêm dòng, cột.",
        ),
        C.COLUMNS_REORDERED: Entry(
            "warning",
            name="Thứ tự cột bị đổi",
            meaning="Các cột của một biểu đã bị đổi chỗ; mỗi cột được nhận ra nhờ mã ẩn của nó.",
            example="Cắt cột “Ngày hoàn thành” chèn lên trước cột “Tổng số đảng viên”.",
            sentence="thứ tự các cột đã bị đổi ({detail}); vẫn đọc được theo mã của từng cột",
            remedy="Không cần gửi lại; bản đánh dấu đã xếp lại.",
        ),
        C.VALIDATION_LOST: Entry(
            "warning",
            name="Mất quy tắc nhập",
            meaning="Một số ô không còn danh sách thả xuống hoặc quy tắc nhập, nên gõ sai không được báo ngay.",
            example="Chép cả cột từ tệp khác rồi dán thường (Ctrl+V) đè lên cột của biểu mẫu.",
            sentence="{value} ô đã mất danh sách thả xuống hoặc quy tắc nhập (thường do dán đè): {detail}",
            remedy="Không cần gửi lại; khi chép từ tệp khác, dùng Dán giá trị (Paste Special → Values).",
        ),
        C.SELF_CHECK_LOST: Entry(
            "warning",
            name="Mất trang tự kiểm tra",
            meaning="Trang “Kiểm tra” không còn trong tệp, nên đơn vị không tự thấy lỗi trước khi nộp.",
            example="Xoá trang “Kiểm tra” cho gọn trước khi gửi.",
            sentence="trang “Kiểm tra” đã bị xoá",
            remedy="Không cần gửi lại; bản đánh dấu có lại trang này.",
        ),
        C.EPOCH_1904: Entry(
            "warning",
            name="Tệp tính ngày từ năm 1904",
            meaning="Tệp đếm ngày theo hệ 1904 của Excel cho máy Mac đời cũ; ngày đã được đọc theo hệ đó.",
            example="Điền biểu mẫu trên máy Mac cũ đã bật “Use the 1904 date system”.",
            sentence="tệp dùng hệ ngày 1904 (Excel cho Mac đời cũ); các ngày đã được đọc theo hệ ngày đó{detail}",
            remedy="Xem lại các ô ngày; nếu đúng thì không cần gửi lại.",
        ),
        C.NUMBER_AS_TEXT: Entry(
            "warning",
            name="Số ghi dạng chữ",
            meaning="Ô số lượng chứa chữ số ở dạng văn bản; chỉ có một cách hiểu nên đã đổi thành số.",
            example="Gõ “1.250.000” hoặc “ 8 ” (có dấu cách) vào ô số lượng.",
            sentence="số ghi dạng chữ “{value}”, đã hiểu là {detail}",
            remedy="Không cần gửi lại nếu đúng.",
        ),
        C.DATE_AS_TEXT: Entry(
            "warning",
            name="Ngày ghi dạng chữ",
            meaning="Ô ngày chứa ngày ở dạng văn bản; đã hiểu theo thứ tự ngày/tháng/năm.",
            example="Gõ '28/04/2022 (có dấu nháy ở đầu) vào ô ngày ký.",
            sentence="ngày ghi dạng chữ “{value}”, đã hiểu là ngày {detail}",
            remedy="Không cần gửi lại nếu đúng.",
        ),
        C.DATE_AS_NUMBER: Entry(
            "warning",
            name="Ngày ghi dạng số",
            meaning="Ô ngày chứa số thứ tự ngày của Excel do mất định dạng ngày; đã đổi lại thành ngày.",
            example="Dán giá trị một ngày vào ô ngày ký, ô hiện 44679 thay vì 28/04/2022.",
            sentence="ô ngày ghi số {value}, đã hiểu là ngày {detail}",
            remedy="Không cần gửi lại nếu đúng.",
        ),
        C.TEXT_TIDIED: Entry(
            "warning",
            name="Đã chuẩn hoá chữ",
            meaning="Chữ có dấu cách thừa, ký tự ẩn, kiểu chữ hoa/thường hoặc cách bỏ dấu khác; nghĩa không đổi.",
            example="Gõ “Có” hoặc “X” thay cho “có”; chép tên từ trang web kèm ký tự không nhìn thấy.",
            sentence="chữ “{value}” đã được chuẩn hoá thành “{detail}”",
            remedy="Không cần gửi lại nếu đúng.",
        ),
        C.LEGACY_FONT: Entry(
            "warning",
            name="Chữ gõ bằng phông cũ",
            meaning="Ô dùng phông TCVN3 (.VnTime …) hoặc VNI nên biết chắc bảng mã; đã chuyển sang Unicode.",
            example="Chép họ tên từ văn bản cũ gõ bằng phông .VnTime.",
            sentence="chữ gõ bằng phông {choices}, đã chuyển sang Unicode: “{detail}”",
            remedy="Không cần gửi lại nếu đúng; lần sau gõ bằng Unicode, phông Times New Roman.",
        ),
        C.LEGACY_SUSPECTED: Entry(
            "warning",
            name="Có vẻ là chữ gõ bằng phông cũ",
            meaning="Chữ trông như bảng mã cũ nhưng ô không còn phông cũ, nên không tự chuyển để khỏi đoán sai.",
            example="Dán giá trị một tên gõ bằng .VnTime vào ô Times New Roman; ô hiện “NguyÔn V¨n An”.",
            sentence="“{value}” có vẻ gõ bằng bảng mã cũ (TCVN3 hoặc VNI) nhưng ô không còn phông đó "
            "nên không tự chuyển",
            remedy="Nếu chữ hiện sai, gõ lại bằng Unicode, phông Times New Roman rồi gửi lại; "
            "nếu đúng thì không cần gửi lại.",
        ),
    },
)
