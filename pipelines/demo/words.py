"""What the clerks of the demo write where a form asks for words (Vietnamese). All of it is invented."""

from __future__ import annotations

PREPARERS = ("Nguyễn Văn A, chuyên viên", "Trần Thị B, chuyên viên", "Lê Văn C, cán bộ tuyên giáo")
APPROVERS = ("Phạm Văn D, Phó Bí thư", "Võ Thị E, Phó Bí thư Thường trực", "Huỳnh Văn G, Chánh Văn phòng")
TELEPHONE = "0276 000 0000"

PROPAGANDA = (
    "Lồng ghép trong sinh hoạt chi hội, tổ hội",
    "Toạ đàm, nói chuyện chuyên đề",
    "Phát thanh trên đài truyền thanh cơ sở",
    "Đăng tin trên trang thông tin điện tử của đơn vị",
    "Thi tìm hiểu trực tuyến",
    "Hội nghị báo cáo viên, tuyên truyền viên",
    "Sinh hoạt dưới cờ, sinh hoạt đoàn",
)
WORKS = (
    "Phóng sự, ký về gương người tốt, việc tốt",
    "Ca khúc, tiểu phẩm tuyên truyền",
    "Chùm ảnh, tranh cổ động",
)

COLLECTIVES = (
    "Chi bộ ấp 3",
    "Chi bộ Trường Trung học cơ sở",
    "Chi hội Phụ nữ ấp 1",
    "Tổ dân vận khéo khu phố 2",
    "Chi hội Nông dân ấp 4",
    "Bộ phận Tiếp nhận và Trả kết quả",
    "Chi hội Cựu chiến binh khu phố 1",
)
OFFICE_COLLECTIVES = (
    "Chi bộ Văn phòng",
    "Chi bộ Phòng Tổng hợp",
    "Chi đoàn cơ quan",
    "Công đoàn cơ quan",
    "Tổ công tác xây dựng nông thôn mới",
)
PERSONS = ("Đảng viên Nguyễn Văn A", "Đảng viên Trần Thị B")
DEEDS = (
    "Mô hình “Ngày thứ bảy vì dân”: giải quyết thủ tục hành chính tại nhà cho người cao tuổi",
    "Vận động Nhân dân hiến đất, góp công làm đường giao thông nông thôn",
    "Tuyến đường tự quản “sáng - xanh - sạch - đẹp”",
    "Hũ gạo tình thương, giúp hộ có hoàn cảnh khó khăn",
    "Tổ tự quản đường biên, cột mốc",
)
OFFICE_DEEDS = (
    "Mô hình “Mỗi tuần một câu chuyện về Bác” trong sinh hoạt chi bộ",
    "Mô hình “Công sở thân thiện, cán bộ gần dân”",
    "Rút ngắn thời gian xử lý văn bản, hồ sơ công việc",
    "Nhận giúp đỡ xã biên giới, hỗ trợ học sinh có hoàn cảnh khó khăn",
)
LEVELS = ("Cấp cơ sở", "Cấp huyện", "Cấp tỉnh")

DIFFICULTIES = (
    ("khó khăn", "Một số chi bộ có đảng viên đi làm ăn xa nên việc tổ chức học tập tập trung chưa đầy đủ."),
    ("khó khăn", "Đường truyền tại một số điểm cầu chưa ổn định, chưa kết nối được với hội nghị của tỉnh."),
    ("khó khăn", "Đảng viên cao tuổi khó tiếp cận tài liệu bản điện tử."),
    ("nguyên nhân", "Kinh phí in tài liệu và trang thiết bị phục vụ hội nghị trực tuyến còn hạn chế."),
    ("nguyên nhân", "Một số cấp uỷ cơ sở chưa chủ động xây dựng lịch học tập ngay từ đầu tháng 4."),
    ("kiến nghị", "Đề nghị cấp thêm tài liệu bản in khổ nhỏ cho các chi bộ ấp, khu phố."),
)
OFFICE_DIFFICULTIES = (
    ("khó khăn", "Một số đảng viên đi công tác dài ngày, phải bố trí học tập bổ sung."),
    ("nguyên nhân", "Thời gian triển khai trong tháng 4 trùng với nhiều nhiệm vụ đột xuất."),
    ("kiến nghị", "Đề nghị hướng dẫn thống nhất cách ghi bổ sung vào bản cam kết năm 2022."),
)
