"""Findings on the plan's rules: numbers, answers and days that do not go together."""

from __future__ import annotations

from schemas.catalogue.entry import Entry, Group
from schemas.finding import FindingCode as C

GROUP = Group(
    "Quy tắc",
    "Từng ô đều đọc được nhưng các ô không khớp nhau. Quy tắc do kế hoạch đặt ra và cũng hiện ngay trong biểu mẫu (ô "
    "đỏ, ô cam, trang “Kiểm tra”). Kế hoạch có thể cho một quy tắc chỉ là cảnh báo; khi đó báo cáo vẫn được nhận.",
    {
        C.AT_MOST: Entry(
            "error",
            name="Vượt số tối đa",
            meaning="Một số lớn hơn số mà nó không thể vượt.",
            example="Ghi 9 chi bộ đã bổ sung kế hoạch trong khi cả đơn vị chỉ có 8 chi bộ.",
            sentence="{detail}",
            remedy="Kiểm tra lại các số này và sửa số sai.",
        ),
        C.SUM_AT_MOST: Entry(
            "error",
            name="Tổng vượt số tối đa",
            meaning="Các phần cộng lại lớn hơn tổng số.",
            example="Học trực tuyến 30, học tại cơ sở 15, trong khi tổng số đảng viên là 40.",
            sentence="{detail}",
            remedy="Kiểm tra lại các số này và sửa số sai.",
        ),
        C.SUM_EQUALS: Entry(
            "error",
            name="Tổng không khớp",
            meaning="Các phần cộng lại không đúng bằng tổng số.",
            example="Bốn mức xếp loại cộng lại được 39, trong khi ghi 40 đảng viên được đánh giá.",
            sentence="{detail}",
            remedy="Sửa để tổng các phần đúng bằng tổng số.",
        ),
        C.REQUIRED_WHEN: Entry(
            "error",
            name="Thiếu giá trị bắt buộc",
            meaning="Câu trả lời ở ô khác làm cho ô này thành bắt buộc.",
            example="Chọn “có” ở “Đã phát động” nhưng bỏ trống “Ngày phát động”.",
            sentence="{detail}",
            remedy="Điền giá trị còn thiếu.",
        ),
        C.REQUIRED_WHEN_POSITIVE: Entry(
            "error",
            name="Thiếu giá trị bắt buộc (khi có số)",
            meaning="Một số lớn hơn 0 ở ô khác làm cho ô này thành bắt buộc.",
            example="Ghi 12 người học tại cơ sở nhưng không chọn hình thức học tập.",
            sentence="{detail}",
            remedy="Điền giá trị còn thiếu.",
        ),
        C.REQUIRED_WHEN_COMPLETE: Entry(
            "error",
            name="Thiếu giá trị bắt buộc (khi đã xong)",
            meaning="Các phần đã bằng tổng số, tức là đã xong, nên phải có ngày hoàn thành.",
            example="Cả 40 đảng viên đã học nhưng bỏ trống “Ngày hoàn thành”.",
            sentence="{detail}",
            remedy="Điền giá trị còn thiếu.",
        ),
        C.ZERO_UNLESS: Entry(
            "error",
            name="Phải để trống hoặc bằng 0",
            meaning="Có số liệu trong khi câu trả lời có/không nói rằng không có.",
            example="Chọn “không” ở “Có kết nối” nhưng vẫn ghi 25 cán bộ dự hội nghị.",
            sentence="{detail}",
            remedy="Xoá số đã ghi, hoặc sửa lại câu trả lời có/không.",
        ),
        C.BETWEEN_DATES: Entry(
            "error",
            name="Ngày ngoài khoảng cho phép",
            meaning="Ngày sớm hơn ngày đầu hoặc muộn hơn ngày cuối mà kế hoạch cho phép.",
            example="Ghi hội nghị tổ chức ngày 05/04/2022, trước khi kế hoạch được ban hành.",
            sentence="{detail}",
            remedy="Ghi lại ngày đúng.",
        ),
        C.ANY_GIVEN: Entry(
            "error",
            name="Dòng không có số liệu",
            meaning="Dòng đã ghi nội dung nhưng không có số nào.",
            example="Chọn lực lượng “Đoàn thanh niên” nhưng để trống cả số buổi, lượt người, tin bài.",
            sentence="{detail}",
            remedy="Ghi ít nhất một số, hoặc xoá cả dòng.",
        ),
        C.SAME_AS: Entry(
            "warning",
            name="Hai biểu không khớp",
            meaning="Cùng một số nhưng hai biểu ghi khác nhau. Báo cáo vẫn được nhận.",
            example="Tổng số đảng viên ở biểu B2 ghi 40, ở biểu B6 ghi 41.",
            sentence="{detail}",
            remedy="Đối chiếu hai ô và sửa ô sai; nếu cả hai đều đúng thì không cần gửi lại.",
        ),
    },
)
