"""What a template says of itself on its guide and over its sheets: to a reporting unit, or to the office in its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.control import CONTACTS, DATES, EXEMPTIONS, EXTENSIONS, NEW_UNITS, UNIT_CHANGES, base_id
from schemas.layout import DECLARED_LABEL, NOT_APPLICABLE, NOTHING, SELF_CHECK_TAB, SHEET_DECLARATION_LABEL

if TYPE_CHECKING:
    from pipelines.template.book import Book


@dataclass(frozen=True, slots=True)
class Wording:
    """`kind`: what kind of document it is; `whose`, `what`: two lines below its title; `banner`: the line in the box.

    `steps`: how to fill it in; `sheets`: the title of the list of sheets; `line`: what stands over every sheet.
    """

    kind: str
    whose: str
    what: str
    banner: str
    steps: tuple[str, ...]
    sheets: str
    line: str


def wording(book: Book) -> Wording:
    """What this template says."""
    return _to_the_office(book) if base_id(book.plan.id) is not None else _to_a_unit(book)


def _to_a_unit(book: Book) -> Wording:
    due = f"Hạn nộp: {book.deadline}"
    return Wording(
        kind="BIỂU MẪU BÁO CÁO",
        whose=f"{book.unit.name} (mã {book.unit.code})",
        what=f"Kỳ báo cáo: {book.round.label}",
        banner=f"HẠN NỘP: {book.deadline}",
        steps=_report_steps(book),
        sheets="Các biểu cần điền",
        line=f"Đơn vị: {book.unit.name} ({book.unit.code})   ·   {book.round.label}   ·   {due}",
    )


def _to_the_office(book: Book) -> Wording:
    office = book.plan.settings.office
    return Wording(
        kind="SỔ ĐIỀU HÀNH",
        whose=office,
        what="Thời hạn, gia hạn, miễn báo cáo, thay đổi đơn vị, liên hệ",
        banner="Sổ mới nhất được nhận thay toàn bộ sổ trước",
        steps=_control_steps(book),
        sheets="Các biểu của sổ",
        line=f"{book.unit.name}   ·   {office}   ·   Sổ mới nhất được nhận thay toàn bộ sổ trước",
    )


def _report_steps(book: Book) -> tuple[str, ...]:
    office = book.plan.settings.office
    return (
        (
            "Mở lần lượt từng biểu trong danh sách bên dưới (bấm vào tên biểu), điền vào các ô vàng nhạt. "
            "Những ô khác đã khoá, không cần sửa."
        ),
        (
            "Số lượng: ghi số nguyên, không có thì ghi 0. Ngày: ghi ngày/tháng/năm, ví dụ 28/04/2022. "
            "Có/không và danh mục: chọn trong danh sách thả xuống của ô."
        ),
        (
            "Biểu có sẵn tên tổ chức: điền đủ mọi dòng. Biểu có các dòng tự do: mỗi dòng một nội dung, "
            "từ trên xuống; để trống cả biểu nghĩa là chưa nói gì."
        ),
        (
            f"Không có gì để ghi: chọn “{NOTHING}”; nội dung không thuộc phạm vi: chọn “{NOT_APPLICABLE}”. "
            f"Chọn ở ô “{SHEET_DECLARATION_LABEL.rstrip(':')}” đầu trang cho cả biểu, ở cột “{DECLARED_LABEL}” "
            "cho từng dòng, rồi để trống các ô khác."
        ),
        "Đưa chuột lên tiêu đề cột để xem cách ghi, căn cứ trong kế hoạch và các quy tắc của cột đó.",
        (
            "Chép số liệu từ tệp khác: dùng “Dán giá trị” (Paste Special → Values) để giữ nguyên ô "
            "và danh sách thả xuống."
        ),
        (
            f"Xem trang “{SELF_CHECK_TAB}” ở cuối tệp: bấm vào địa chỉ ô để đến chỗ còn thiếu hoặc sai, "
            "sửa đến khi trang báo “ĐẠT”."
        ),
        "Lưu tệp ở dạng Excel (.xlsx). Tên tệp đặt tuỳ ý; không xoá, không thêm trang, dòng, cột.",
        (
            f"Nộp: chép tệp vào thư mục inbox/{book.unit.code}/ hoặc gửi lại {office}. "
            "Sửa xong có thể nộp lại; bản được chấp nhận sau cùng là bản được tính."
        ),
    )


def _control_steps(book: Book) -> tuple[str, ...]:
    code = {sheet.id: sheet.code for sheet in book.plan.sheets}
    return (
        (
            "Sổ này ghi sẵn mọi điều đang có hiệu lực. Sửa dòng nào cần sửa, thêm dòng mới vào các ô vàng nhạt còn "
            "trống; thôi một quyết định thì xoá nội dung cả dòng đó. Dòng không còn trong sổ là quyết định không còn."
        ),
        "Mỗi quyết định phải có số văn bản và lý do. Ngày ghi ngày/tháng/năm, ví dụ 15/05/2022. Danh mục thì chọn.",
        (
            f"{code[DATES]}: những hạn mà kế hoạch chưa ấn định đã có tên sẵn; dòng chưa quyết định thì cứ để trống "
            "ngày. Ngày nộp bù là ngày ghi trong công văn đôn đốc."
        ),
        (
            f"{code[EXTENSIONS]}: hạn mới của từng đơn vị. {code[EXEMPTIONS]}: để trống “Biểu được miễn” là miễn cả "
            "kỳ báo cáo."
        ),
        (
            f"{code[UNIT_CHANGES]}: đổi tên, sáp nhập, giải thể, đơn vị mới, kể từ ngày ghi. Đơn vị mới đặt mã "
            f"{NEW_UNITS[0]} đến {NEW_UNITS[-1]} thì chọn được ở các biểu khác của sổ."
        ),
        (
            f"{code[CONTACTS]}: nơi nhận công văn, điện thoại, thư điện tử của cơ quan. Trong cả sổ không ghi họ tên, "
            "số điện thoại hay thư riêng của người nào."
        ),
        f"Xem trang “{SELF_CHECK_TAB}” ở cuối tệp, sửa đến khi trang báo “ĐẠT”, rồi lưu ở dạng Excel (.xlsx).",
        (
            f"Chép tệp vào thư mục inbox/{book.unit.code}/. Sổ được kiểm tra, trả lời và lưu như mọi báo cáo; có hiệu "
            "lực từ lúc được nhận. Chỉ sổ do chính văn phòng này phát ra mới được nhận: đừng gửi cho đơn vị khác."
        ),
    )
