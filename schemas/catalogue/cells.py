"""Findings on one cell: nothing can be read there, or two things can."""

from __future__ import annotations

from schemas.catalogue.entry import Entry, Group
from schemas.finding import FindingCode as C

GROUP = Group(
    "Ô",
    "Một ô trống, sai kiểu hoặc có hai cách hiểu. Hệ thống không đoán: sửa đúng ô được nêu rồi gửi lại.",
    {
        C.MISSING_VALUE: Entry(
            "error",
            name="Chưa điền",
            meaning="Ô bắt buộc còn trống. Trống không phải là 0: không có thì ghi 0, hoặc chọn ở cột “Tình trạng”.",
            example="Bỏ trống “Học tại cơ sở” vì không ai học tại cơ sở.",
            sentence="chưa điền",
            remedy="Điền vào ô này{detail}.",
        ),
        C.ERROR_CELL: Entry(
            "error",
            name="Ô báo lỗi",
            meaning="Ô đang hiện một lỗi của Excel, không phải một giá trị.",
            example="Để công thức lấy số từ tệp khác, gửi đi thì ô hiện #REF!.",
            sentence="ô đang báo lỗi {value}",
            remedy="Xoá công thức hỏng và gõ lại giá trị.",
        ),
        C.UNCACHED_FORMULA: Entry(
            "error",
            name="Công thức chưa có kết quả",
            meaning="Ô có công thức nhưng tệp chưa bao giờ được tính và lưu, nên không ai biết kết quả.",
            example="Gửi tệp do một phần mềm xuất ra, trong ô là =4+4 mà chưa mở lại bằng Excel.",
            sentence="ô có công thức {value} nhưng tệp không lưu kết quả tính",
            remedy="Mở tệp bằng Excel hoặc LibreOffice, bấm Lưu rồi gửi lại; hoặc gõ thẳng giá trị.",
        ),
        C.NOT_A_COUNT: Entry(
            "error",
            name="Không phải số lượng",
            meaning="Ô số lượng không chứa một số nguyên không âm.",
            example="Ghi “khoảng 20”, “12,5” hoặc “-3” vào ô số đảng viên.",
            sentence="“{value}” {detail}",
            remedy="Ghi một số nguyên không âm, ví dụ 125; không có thì ghi 0.",
        ),
        C.NOT_A_DATE: Entry(
            "error",
            name="Không phải ngày",
            meaning="Ô ngày không chứa một ngày có thật, hoặc năm nằm ngoài khoảng 2000–2100.",
            example="Ghi “đầu tháng 4”, “31/04/2022” hoặc chỉ ghi “2022” vào ô ngày.",
            sentence="“{value}” không phải là ngày từ năm 2000 đến năm 2100{detail}",
            remedy="Ghi ngày theo dạng ngày/tháng/năm, ví dụ 28/04/2022.",
        ),
        C.NOT_YES_NO: Entry(
            "error",
            name="Không phải có/không",
            meaning="Ô có/không chứa chữ khác.",
            example="Ghi “chưa” hoặc “đang làm” vào ô “Đã phát động”.",
            sentence="“{value}” không phải “có” hoặc “không”{detail}",
            remedy="Chọn “có” hoặc “không”.",
        ),
        C.NOT_A_CHOICE: Entry(
            "error",
            name="Không có trong danh mục",
            meaning="Ô chọn chứa chữ không có trong danh sách thả xuống.",
            example="Gõ tay “sinh hoạt chi bô” thay vì chọn “sinh hoạt chi bộ”.",
            sentence="“{value}” không có trong danh mục{detail}",
            remedy="Chọn một mục trong danh sách thả xuống: {choices}.",
        ),
        C.NOT_TEXT: Entry(
            "error",
            name="Không phải chữ",
            meaning="Ô nội dung chứa giá trị đúng/sai của Excel.",
            example="Gõ TRUE vào ô “Người lập báo cáo”.",
            sentence="“{value}” không phải nội dung chữ",
            remedy="Ghi nội dung bằng chữ.",
        ),
        C.TWO_READINGS: Entry(
            "error",
            name="Có hai cách đọc",
            meaning="Giá trị ghi dạng chữ có thể hiểu theo hai cách; hệ thống không đoán.",
            example="Gõ “8.000” dạng chữ: kiểu Việt Nam là tám nghìn, kiểu Mỹ là tám.",
            sentence="“{value}” có thể hiểu là {detail}",
            remedy="Gõ lại giá trị cho rõ, không dùng dấu phân cách.",
        ),
        C.PREFILL_CHANGED: Entry(
            "error",
            name="Sửa ô điền sẵn",
            meaning="Tên hoặc mã mà biểu mẫu điền sẵn đã bị ghi đè; không biết số liệu của dòng là của ai.",
            example="Sắp xếp lại các xã theo tên, làm tên lệch khỏi mã ẩn của dòng.",
            sentence="ô điền sẵn đã bị đổi thành “{value}”, đúng ra là “{detail}”",
            remedy="Trả lại giá trị điền sẵn; nếu tên đã đổi, báo nơi nhận báo cáo.",
        ),
        C.VALUE_UNDER_MERGE: Entry(
            "error",
            name="Giá trị khuất dưới ô gộp",
            meaning="Nhiều ô bị gộp làm một mà ô bị che vẫn còn giá trị; không ai nhìn thấy nên không tính.",
            example="Gộp hai ô “Tổng số đảng viên” bằng LibreOffice, chọn giữ nội dung của các ô bị che.",
            sentence="ô này bị che dưới vùng gộp {detail} nhưng vẫn chứa “{value}”",
            remedy="Bỏ gộp ô (Merge Cells), xem lại giá trị của từng ô rồi gửi lại.",
        ),
        C.MERGED_CELLS: Entry(
            "warning",
            name="Ô gộp trong bảng",
            meaning="Nhiều ô của bảng bị gộp làm một; giá trị chỉ tính cho ô đầu, các ô bị che coi như để trống.",
            example="Gộp ô ghi chú của hai dòng để viết một câu chung cho cả hai.",
            sentence="các ô {value} bị gộp làm một; chỉ ô đầu có giá trị, các ô còn lại đã đọc là để trống",
            remedy="Nếu giá trị là của cả các ô kia thì bỏ gộp (Merge Cells), điền từng ô rồi gửi lại; "
            "nếu không thì không cần gửi lại.",
        ),
        C.HIDDEN_CELLS: Entry(
            "warning",
            name="Số liệu đang bị ẩn",
            meaning="Một số dòng, cột hoặc cả trang bị ẩn hay bị lọc nhưng có số liệu; số liệu đó vẫn được tính.",
            example="Lọc bảng để xem các xã chưa học rồi lưu, hoặc ẩn bớt cột cho dễ in.",
            sentence="{value} đang bị ẩn (hoặc bị lọc) nhưng có số liệu; đã tính như các ô khác",
            remedy="Bỏ ẩn, xem lại; nếu đúng thì không cần gửi lại.",
        ),
        C.DAY_MONTH_SWAPPED: Entry(
            "error",
            name="Có thể đảo ngày và tháng",
            meaning="Ngày nằm ngoài khoảng của kế hoạch, nhưng đảo ngày với tháng thì lại nằm trong khoảng.",
            example="Gõ 10/04/2022 trên máy đặt kiểu Mỹ, Excel hiểu là ngày 4 tháng 10.",
            sentence="ngày {value} nằm ngoài khoảng {choices}; có thể máy đã hiểu ngược ngày và tháng, ý là {detail}",
            remedy="Gõ lại đúng ngày vào ô này.",
        ),
        C.DECLARED_AND_FILLED: Entry(
            "error",
            name="Vừa khai không có, vừa ghi số liệu",
            meaning="Dòng (hoặc cả biểu) đã khai “Không phát sinh” hay “Không áp dụng” mà vẫn có số liệu.",
            example="Chọn “Không phát sinh” ở cột “Tình trạng” nhưng quên xoá số 15 đã ghi trước đó.",
            sentence="đã chọn “{value}” nhưng vẫn có số liệu ở {detail}",
            remedy="Xoá lựa chọn này, hoặc xoá số liệu.",
        ),
    },
)
