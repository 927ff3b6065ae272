"""Findings on whose report it is: where that cannot be trusted, nothing is booked on anybody."""

from __future__ import annotations

from schemas.catalogue.entry import Entry, Group
from schemas.finding import FindingCode as C

GROUP = Group(
    "Nhận dạng",
    "Không biết chắc tệp của đơn vị nào, kỳ nào. Số liệu không được tính cho ai cả; lời đáp nằm ở "
    "`outbox/khong-doc-duoc/`.",
    {
        C.NO_STAMP: Entry(
            "error",
            name="Không rõ của đơn vị nào",
            meaning="Tệp không mang phần nhận dạng mà mọi biểu mẫu đã phát đều có (trang ẩn “_meta”).",
            example="Chép các trang của biểu mẫu sang một tệp Excel mới rồi nộp tệp mới.",
            sentence="tệp không mang thông tin nhận dạng (trang ẩn “_meta”) của biểu mẫu",
            remedy="Dùng đúng biểu mẫu đã được cấp cho đơn vị; không chép sang tệp mới.",
        ),
        C.WRONG_STAMP: Entry(
            "error",
            name="Dấu nhận dạng không khớp",
            meaning="Phần nhận dạng có đó nhưng đã bị sửa, hoặc biểu mẫu do nơi khác phát.",
            example="Lấy biểu mẫu của đơn vị bạn, mở trang ẩn và sửa mã thành mã đơn vị mình.",
            sentence="dấu nhận dạng trong tệp không khớp với kế hoạch, kỳ, đơn vị ghi trong tệp ({detail})",
            remedy="Lấy lại biểu mẫu của chính đơn vị mình, chép số liệu vào (dán giá trị) rồi gửi lại.",
        ),
        C.EXPIRED_STAMP: Entry(
            "error",
            name="Dấu nhận dạng đã hết hạn",
            meaning="Biểu mẫu do đúng nơi nhận báo cáo phát, nhưng từ trước khi thay khoá đóng dấu; dấu cũ chỉ còn "
            "được nhận đến một ngày.",
            example="Nơi nhận báo cáo đã phát lại biểu mẫu, đơn vị vẫn điền vào tệp lưu từ quý trước.",
            sentence="dấu nhận dạng trong tệp là dấu cũ, chỉ được nhận đến hết ngày {detail}",
            remedy="Lấy biểu mẫu mới ở nơi nhận báo cáo, chép số liệu vào (dán giá trị) rồi gửi lại.",
        ),
        C.UNKNOWN_PLAN: Entry(
            "error",
            name="Kế hoạch không có",
            meaning="Biểu mẫu thuộc một kế hoạch mà hệ thống này không theo dõi.",
            example="Nộp báo cáo của kế hoạch năm trước vào thư mục của năm nay.",
            sentence="tệp thuộc kế hoạch “{value}”, hệ thống không có kế hoạch này",
            remedy="Hỏi nơi nhận báo cáo để có biểu mẫu đang dùng.",
        ),
        C.UNKNOWN_ROUND: Entry(
            "error",
            name="Kỳ báo cáo không có",
            meaning="Kế hoạch không còn kỳ báo cáo ghi trong biểu mẫu.",
            example="Dùng biểu mẫu phát thử của một kỳ đã được bỏ khỏi kế hoạch.",
            sentence="kế hoạch không có kỳ báo cáo “{value}”",
            remedy="Hỏi nơi nhận báo cáo để có biểu mẫu đang dùng.",
        ),
        C.UNKNOWN_UNIT: Entry(
            "error",
            name="Đơn vị không có",
            meaning="Kế hoạch không giao báo cáo cho mã đơn vị ghi trong biểu mẫu.",
            example="Đơn vị đã sáp nhập nhưng vẫn nộp bằng biểu mẫu mang mã cũ.",
            sentence="kế hoạch không giao báo cáo cho đơn vị mã “{value}”",
            remedy="Hỏi nơi nhận báo cáo để có biểu mẫu của đơn vị mình.",
        ),
        C.WRONG_FOLDER: Entry(
            "error",
            name="Nằm sai thư mục",
            meaning="Tệp của đơn vị này nằm trong thư mục nộp của đơn vị khác, nên không biết tin bên nào.",
            example="Chép báo cáo của Thành uỷ (703) vào thư mục `inbox/705/`.",
            sentence="{choices} nằm trong {detail}",
            remedy="Chép tệp vào đúng thư mục của đơn vị mình.",
        ),
    },
)
