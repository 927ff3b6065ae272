"""Findings against what the unit sent before, in an earlier version or in another part of its report."""

from __future__ import annotations

from schemas.catalogue.entry import Entry, Group
from schemas.finding import FindingCode as C

GROUP = Group(
    "So với bản trước",
    "Tệp tự nó đúng, nhưng khác với bản đơn vị đã nộp trước đó, hoặc với phần do bộ phận khác của đơn vị nộp.",
    {
        C.COUNT_LOWERED: Entry(
            "warning",
            name="Số giảm so với bản trước",
            meaning="Một số lượng nhỏ hơn bản đang được tính. Bản mới vẫn được nhận; chỉ nhắc xem lại.",
            example="Bản trước ghi 40 người đã học, bản bổ sung ghi 4 vì gõ thiếu một chữ số.",
            sentence="bản trước ghi {detail}, bản này ghi {value}",
            remedy="Xem lại; nếu đúng thực tế thì không cần gửi lại.",
        ),
        C.VALUE_EMPTIED: Entry(
            "warning",
            name="Bỏ trống ô đã điền",
            meaning="Một ô đã có giá trị ở bản đang được tính, nay để trống. Bản mới vẫn được nhận.",
            example="Làm bản bổ sung trên biểu mẫu trắng và quên ghi lại “Ngày hoàn thành”.",
            sentence="bản trước ghi “{detail}”, bản này để trống",
            remedy="Xem lại; nếu đúng thực tế thì không cần gửi lại.",
        ),
        C.PARTS_CONFLICT: Entry(
            "error",
            name="Hai tệp ghi khác nhau",
            meaning="Hai bộ phận cùng nộp cho một đơn vị và cùng điền một ô với hai giá trị khác nhau.",
            example="Văn phòng ghi tổng số đảng viên 40 ở biểu B2, Ban Tổ chức nộp tệp khác cũng điền B2 và ghi 41.",
            sentence="tệp này ghi “{value}”, còn tệp {detail}",
            remedy="Thống nhất giữa hai bộ phận rồi nộp lại; nếu tệp này thay tệp kia, điền đủ các biểu của tệp kia "
            "rồi nộp lại.",
        ),
    },
)
