"""The catalogue of findings: what each code means, what it says to a clerk, and what to do about it (Vietnamese).

`say` is the only maker of findings, so every message names its place, its fault and its remedy in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.finding import Finding, FindingCode, Severity, shown

C = FindingCode


@dataclass(frozen=True, slots=True)
class Entry:
    """What a code says. `sentence` and `remedy` may hold `{places}` that `say` fills.

    `severity` is the usual one; a rule of the plan brings its own.
    """

    severity: Severity
    meaning: str
    sentence: str
    remedy: str


CATALOGUE: dict[FindingCode, Entry] = {
    C.EMPTY_FILE: Entry("error", "Tệp rỗng", "tệp không có nội dung (0 byte)", "Gửi lại tệp biểu mẫu đã điền."),
    C.NOT_A_FILE: Entry(
        "error",
        "Không phải tệp thường",
        "đây không phải là một tệp thường đọc được ({detail})",
        "Chép chính tệp Excel vào thư mục, không dùng lối tắt hay thư mục.",
    ),
    C.NOT_A_WORKBOOK: Entry(
        "error",
        "Không phải bảng tính Excel",
        "nội dung tệp là {detail}, không phải bảng tính Excel",
        "Mở biểu mẫu .xlsx đã nhận, điền số liệu rồi gửi chính tệp đó.",
    ),
    C.OLD_FORMAT: Entry(
        "error",
        "Định dạng chưa nhận",
        "tệp ở định dạng {detail}, hệ thống chỉ nhận .xlsx",
        "Trong Excel/WPS/LibreOffice chọn Lưu thành (Save As), kiểu “Excel Workbook (.xlsx)” rồi gửi lại.",
    ),
    C.PASSWORD_PROTECTED: Entry(
        "error",
        "Tệp đặt mật khẩu",
        "tệp được bảo vệ bằng mật khẩu nên không mở được",
        "Bỏ mật khẩu mở tệp (File → Info → Protect Workbook → Encrypt with Password, xoá trống) rồi gửi lại.",
    ),
    C.DAMAGED_FILE: Entry(
        "error",
        "Tệp hỏng",
        "tệp bị hỏng hoặc chép chưa xong ({detail})",
        "Mở tệp gốc trên máy, lưu lại rồi gửi lại.",
    ),
    C.TOO_LARGE: Entry(
        "error",
        "Tệp quá lớn",
        "tệp vượt giới hạn ({detail})",
        "Tải lại biểu mẫu trắng, chép số liệu vào (dán giá trị) rồi gửi lại.",
    ),
    C.READER_FAILED: Entry(
        "error",
        "Không đọc được trong giới hạn an toàn",
        "chương trình đọc tệp đã dừng giữa chừng ({detail})",
        "Tải lại biểu mẫu trắng, chép số liệu vào (dán giá trị) rồi gửi lại.",
    ),
    C.NO_STAMP: Entry(
        "error",
        "Không rõ của đơn vị nào",
        "tệp không mang thông tin nhận dạng (trang ẩn “_meta”) của biểu mẫu",
        "Dùng đúng biểu mẫu đã được cấp cho đơn vị; không chép sang tệp mới.",
    ),
    C.WRONG_STAMP: Entry(
        "error",
        "Dấu nhận dạng không khớp",
        "dấu nhận dạng trong tệp không khớp với kế hoạch, kỳ, đơn vị ghi trong tệp ({detail})",
        "Tải lại biểu mẫu của chính đơn vị mình, chép số liệu vào rồi gửi lại.",
    ),
    C.UNKNOWN_PLAN: Entry(
        "error",
        "Kế hoạch không có",
        "tệp thuộc kế hoạch “{value}”, hệ thống không có kế hoạch này",
        "Hỏi nơi nhận báo cáo để có biểu mẫu đang dùng.",
    ),
    C.UNKNOWN_ROUND: Entry(
        "error",
        "Kỳ báo cáo không có",
        "kế hoạch không có kỳ báo cáo “{value}”",
        "Hỏi nơi nhận báo cáo để có biểu mẫu đang dùng.",
    ),
    C.UNKNOWN_UNIT: Entry(
        "error",
        "Đơn vị không có",
        "kế hoạch không giao báo cáo cho đơn vị mã “{value}”",
        "Hỏi nơi nhận báo cáo để có biểu mẫu của đơn vị mình.",
    ),
    C.WRONG_FOLDER: Entry(
        "error",
        "Nằm sai thư mục",
        "tệp của đơn vị {value} nằm trong thư mục của đơn vị {detail}",
        "Chép tệp vào đúng thư mục của đơn vị mình.",
    ),
    C.SHEET_MISSING: Entry(
        "error",
        "Thiếu biểu",
        "tệp không có biểu “{value}”{detail}",
        "Tải lại biểu mẫu trắng (đủ các biểu), chép số liệu vào rồi gửi lại.",
    ),
    C.SHEET_REPEATED: Entry(
        "error",
        "Biểu lặp",
        "biểu “{value}” có ở hai trang: “{detail}”",
        "Xoá trang chép thừa, chỉ giữ một trang.",
    ),
    C.TABLE_NOT_CLOSED: Entry(
        "error",
        "Mất dòng kết thúc bảng",
        "không thấy dòng kết thúc bảng (dòng ẩn “#end”)",
        "Tải lại biểu mẫu trắng, chép số liệu vào rồi gửi lại.",
    ),
    C.COLUMN_MISSING: Entry(
        "error",
        "Thiếu cột",
        "thiếu cột “{label}”",
        "Tải lại biểu mẫu trắng (đủ các cột), chép số liệu vào rồi gửi lại.",
    ),
    C.COLUMN_UNKNOWN: Entry(
        "error",
        "Cột lạ",
        "cột “{value}” không có trong biểu mẫu",
        "Chuyển nội dung vào các cột có sẵn, rồi xoá cột này.",
    ),
    C.COLUMN_REPEATED: Entry("error", "Cột lặp", "cột “{label}” có hai lần", "Xoá cột chép thừa, chỉ giữ một cột."),
    C.ROW_MISSING: Entry(
        "error",
        "Thiếu dòng",
        "thiếu dòng của {value}",
        "Tải lại biểu mẫu trắng (đủ các dòng), chép số liệu vào rồi gửi lại.",
    ),
    C.ROW_UNKNOWN: Entry(
        "error",
        "Dòng lạ",
        "dòng mang mã “{value}” không thuộc đơn vị này",
        "Chỉ điền vào các dòng có sẵn của biểu mẫu; không chép dòng của đơn vị khác.",
    ),
    C.ROW_REPEATED: Entry("error", "Dòng lặp", "dòng của {value} có hai lần", "Xoá dòng chép thừa, chỉ giữ một dòng."),
    C.OUTSIDE_TABLE: Entry(
        "error",
        "Nằm ngoài bảng",
        "“{value}” nằm ngoài bảng nên không được tính",
        "Chuyển số liệu vào ô trong bảng, rồi xoá ô này.",
    ),
    C.FOREIGN_SHEET: Entry(
        "warning",
        "Trang ngoài biểu mẫu",
        "trang này không thuộc biểu mẫu, nội dung ở đây không được đọc{detail}",
        "Nếu có số liệu cần báo cáo, chuyển vào các biểu có sẵn; nếu không thì không cần gửi lại.",
    ),
    C.OLD_TEMPLATE: Entry(
        "warning",
        "Biểu mẫu phiên bản cũ",
        "tệp làm trên biểu mẫu phiên bản cũ ({value}), nay dùng phiên bản {detail}; đã đọc theo mã của từng cột",
        "Lần sau dùng biểu mẫu mới (bản trả lại là biểu mẫu mới đã có số liệu của đơn vị).",
    ),
    C.SHEET_RENAMED: Entry(
        "warning",
        "Trang bị đổi tên",
        "trang này là biểu “{value}” đã bị đổi tên; vẫn đọc được",
        "Không cần gửi lại; bản trả lại đã có tên đúng.",
    ),
    C.SHEETS_REORDERED: Entry(
        "warning",
        "Thứ tự trang bị đổi",
        "thứ tự các trang đã bị đổi ({detail}); vẫn đọc được",
        "Không cần gửi lại; bản trả lại đã xếp lại.",
    ),
    C.TABLE_MOVED: Entry(
        "warning",
        "Bảng bị dời chỗ",
        "bảng bị dời chỗ ({detail}); vẫn đọc được",
        "Không cần gửi lại; lần sau không chèn thêm dòng, cột.",
    ),
    C.COLUMNS_REORDERED: Entry(
        "warning",
        "Thứ tự cột bị đổi",
        "thứ tự các cột đã bị đổi ({detail}); vẫn đọc được theo mã của từng cột",
        "Không cần gửi lại; bản trả lại đã xếp lại.",
    ),
    C.VALIDATION_LOST: Entry(
        "warning",
        "Mất quy tắc nhập",
        "{value} ô đã mất danh sách thả xuống hoặc quy tắc nhập (thường do dán đè): {detail}",
        "Không cần gửi lại; khi chép từ tệp khác, dùng Dán giá trị (Paste Special → Values).",
    ),
    C.SELF_CHECK_LOST: Entry(
        "warning",
        "Mất trang tự kiểm tra",
        "trang “Kiểm tra” đã bị xoá",
        "Không cần gửi lại; bản trả lại có lại trang này.",
    ),
    C.EPOCH_1904: Entry(
        "warning",
        "Tệp tính ngày từ năm 1904",
        "tệp dùng hệ ngày 1904 (Excel cho Mac đời cũ); các ngày đã được đọc theo hệ ngày đó{detail}",
        "Xem lại các ô ngày; nếu đúng thì không cần gửi lại.",
    ),
    C.MISSING_VALUE: Entry(
        "error",
        "Chưa điền",
        "chưa điền",
        "Điền vào ô này{detail}.",
    ),
    C.ERROR_CELL: Entry("error", "Ô báo lỗi", "ô đang báo lỗi {value}", "Xoá công thức hỏng và gõ lại giá trị."),
    C.UNCACHED_FORMULA: Entry(
        "error",
        "Công thức chưa có kết quả",
        "ô có công thức {value} nhưng tệp không lưu kết quả tính",
        "Mở tệp bằng Excel hoặc LibreOffice, bấm Lưu rồi gửi lại; hoặc gõ thẳng giá trị.",
    ),
    C.NOT_A_COUNT: Entry(
        "error",
        "Không phải số lượng",
        "“{value}” {detail}",
        "Ghi một số nguyên không âm, ví dụ 125; không có thì ghi 0.",
    ),
    C.NOT_A_DATE: Entry(
        "error",
        "Không phải ngày",
        "“{value}” không phải là ngày từ năm 2000 đến năm 2100",
        "Ghi ngày theo dạng ngày/tháng/năm, ví dụ 28/04/2022.",
    ),
    C.NOT_YES_NO: Entry(
        "error", "Không phải có/không", "“{value}” không phải “có” hoặc “không”", "Chọn “có” hoặc “không”."
    ),
    C.NOT_A_CHOICE: Entry(
        "error",
        "Không có trong danh mục",
        "“{value}” không có trong danh mục{detail}",
        "Chọn một mục trong danh sách thả xuống: {choices}.",
    ),
    C.NOT_TEXT: Entry("error", "Không phải chữ", "“{value}” không phải nội dung chữ", "Ghi nội dung bằng chữ."),
    C.TWO_READINGS: Entry(
        "error",
        "Có hai cách đọc",
        "“{value}” có thể hiểu là {detail}",
        "Gõ lại giá trị cho rõ, không dùng dấu phân cách.",
    ),
    C.PREFILL_CHANGED: Entry(
        "error",
        "Sửa ô điền sẵn",
        "ô điền sẵn đã bị đổi thành “{value}”, đúng ra là “{detail}”",
        "Trả lại giá trị điền sẵn; nếu tên đã đổi, báo nơi nhận báo cáo.",
    ),
    C.NUMBER_AS_TEXT: Entry(
        "warning",
        "Số ghi dạng chữ",
        "số ghi dạng chữ “{value}”, đã hiểu là {detail}",
        "Không cần gửi lại nếu đúng.",
    ),
    C.DATE_AS_TEXT: Entry(
        "warning",
        "Ngày ghi dạng chữ",
        "ngày ghi dạng chữ “{value}”, đã hiểu là ngày {detail}",
        "Không cần gửi lại nếu đúng.",
    ),
    C.TEXT_TIDIED: Entry(
        "warning",
        "Đã chuẩn hoá chữ",
        "chữ “{value}” đã được chuẩn hoá thành “{detail}”",
        "Không cần gửi lại nếu đúng.",
    ),
    C.DAY_MONTH_SWAPPED: Entry(
        "error",
        "Có thể đảo ngày và tháng",
        "ngày {value} nằm ngoài khoảng {choices}; có thể máy đã hiểu ngược ngày và tháng, ý là {detail}",
        "Gõ lại đúng ngày vào ô này.",
    ),
    C.DECLARED_AND_FILLED: Entry(
        "error",
        "Vừa khai không có, vừa ghi số liệu",
        "đã chọn “{value}” nhưng vẫn có số liệu ở {detail}",
        "Xoá lựa chọn này, hoặc xoá số liệu.",
    ),
    C.DATE_AS_NUMBER: Entry(
        "warning",
        "Ngày ghi dạng số",
        "ô ngày ghi số {value}, đã hiểu là ngày {detail}",
        "Không cần gửi lại nếu đúng.",
    ),
    C.LEGACY_FONT: Entry(
        "warning",
        "Chữ gõ bằng phông cũ",
        "chữ gõ bằng phông {choices}, đã chuyển sang Unicode: “{detail}”",
        "Không cần gửi lại nếu đúng; lần sau gõ bằng Unicode, phông Times New Roman.",
    ),
    C.LEGACY_SUSPECTED: Entry(
        "warning",
        "Có vẻ là chữ gõ bằng phông cũ",
        "“{value}” có vẻ gõ bằng bảng mã cũ (TCVN3 hoặc VNI) nhưng ô không còn phông đó nên không tự chuyển",
        "Gõ lại nội dung bằng Unicode, phông Times New Roman, rồi gửi lại.",
    ),
    C.COUNT_LOWERED: Entry(
        "warning",
        "Số giảm so với bản trước",
        "bản trước ghi {detail}, bản này ghi {value}",
        "Xem lại; nếu đúng thực tế thì không cần gửi lại.",
    ),
    C.VALUE_EMPTIED: Entry(
        "warning",
        "Bỏ trống ô đã điền",
        "bản trước ghi “{detail}”, bản này để trống",
        "Xem lại; nếu đúng thực tế thì không cần gửi lại.",
    ),
    C.PARTS_CONFLICT: Entry(
        "error",
        "Hai tệp ghi khác nhau",
        "tệp này ghi “{value}”, còn tệp {detail}",
        "Thống nhất giữa hai bộ phận rồi nộp lại; nếu tệp này thay tệp kia, điền đủ các biểu của tệp kia rồi nộp lại.",
    ),
    C.AT_MOST: Entry("error", "Vượt số tối đa", "{detail}", "Kiểm tra lại các số này và sửa số sai."),
    C.SUM_AT_MOST: Entry("error", "Tổng vượt số tối đa", "{detail}", "Kiểm tra lại các số này và sửa số sai."),
    C.SUM_EQUALS: Entry("error", "Tổng không khớp", "{detail}", "Sửa để tổng các phần đúng bằng tổng số."),
    C.REQUIRED_WHEN: Entry("error", "Thiếu giá trị bắt buộc", "{detail}", "Điền giá trị còn thiếu."),
    C.REQUIRED_WHEN_POSITIVE: Entry("error", "Thiếu giá trị bắt buộc", "{detail}", "Điền giá trị còn thiếu."),
    C.REQUIRED_WHEN_COMPLETE: Entry("error", "Thiếu giá trị bắt buộc", "{detail}", "Điền giá trị còn thiếu."),
    C.ZERO_UNLESS: Entry(
        "error", "Phải để trống hoặc bằng 0", "{detail}", "Xoá số đã ghi, hoặc sửa lại câu trả lời có/không."
    ),
    C.BETWEEN_DATES: Entry("error", "Ngày ngoài khoảng cho phép", "{detail}", "Ghi lại ngày đúng."),
    C.ANY_GIVEN: Entry("error", "Dòng không có số liệu", "{detail}", "Ghi ít nhất một số, hoặc xoá cả dòng."),
    C.SAME_AS: Entry(
        "warning",
        "Hai biểu không khớp",
        "{detail}",
        "Đối chiếu hai ô và sửa ô sai; nếu cả hai đều đúng thì không cần sửa.",
    ),
}


KEEP_IF_TRUE = "Xem lại; nếu đúng thực tế thì giữ nguyên, không cần gửi lại."
"""What to do about a warning where the catalogue speaks of an error."""


def say(
    code: FindingCode,
    *,
    unit: str | None = None,
    sheet: str | None = None,
    cell: str | None = None,
    field: str | None = None,
    label: str = "",
    value: object = None,
    detail: str = "",
    choices: str = "",
    severity: Severity | None = None,
    rule: str | None = None,
) -> Finding:
    """The finding of that code, its sentence filled in: place, fault, remedy.

    `label` is the column header the clerk sees; `detail` and `choices` fill the sentence's places.
    """
    entry = CATALOGUE[code]
    seen = None if value is None else shown(value)
    places = {"value": seen or "", "label": label, "detail": detail, "choices": choices}
    place = _place(sheet, cell, label)
    sentence = entry.sentence.format(**places)
    said = f"{place}: {sentence}" if place else sentence[:1].upper() + sentence[1:]
    level = severity or entry.severity
    remedy = KEEP_IF_TRUE if level == "warning" and entry.severity == "error" else entry.remedy.format(**places)
    message = f"{said}{'' if said.endswith('?') else '.'} {remedy}"
    return Finding(code, level, message, unit, sheet, cell, field, seen, rule)


def _place(sheet: str | None, cell: str | None, label: str) -> str:
    parts = []
    if sheet:
        parts.append(f"Trang “{sheet}”")
    if cell:
        parts.append(f"ô {cell}" + (f" (“{label}”)" if label else ""))
    return ", ".join(parts)
