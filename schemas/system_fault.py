"""What the operating system said of a file, in Vietnamese: what is wrong, where, and what to do about it.

The one table of its errors. Python passes on the system's own words, which are in the language of the machine.
"""

from __future__ import annotations

import csv
import errno
import json
import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Said:
    """`reason`: a clause in small letters, as it stands in a sentence. `remedy`: a sentence."""

    reason: str
    remedy: str


_FULL = _Said("ổ đĩa đã đầy", "Dọn chỗ trống rồi chạy lại; không tệp nào mất.")
_DENIED = _Said("không có quyền ghi hoặc đọc", "Đóng tệp đang mở, hoặc kiểm tra quyền thư mục.")
_READ_ONLY = _Said("ổ đĩa chỉ cho đọc", "Gỡ chế độ chỉ đọc của ổ đĩa, hoặc dùng ổ đĩa khác.")
_TOO_LONG = _Said("tên hoặc đường dẫn dài quá", "Đặt tên ngắn hơn, hoặc chuyển ra thư mục nằm nông hơn.")
_OPEN = _Said("một chương trình khác đang mở", "Đóng tệp trong Excel hoặc chương trình đó rồi chạy lại.")
_LOST = _Said("mất liên lạc với thư mục mạng", "Kiểm tra mạng và máy chủ rồi chạy lại.")
_NOT_THERE = _Said("không có tệp hoặc thư mục này", "Kiểm tra tên và đường dẫn.")
_UNABLE = _Said("ổ đĩa hoặc thư mục mạng này không làm được việc đó", "Dùng ổ đĩa của máy này.")
_MANY = _Said("quá nhiều tệp đang mở", "Đóng bớt chương trình rồi chạy lại.")
_SAID = {
    "ENOSPC": _FULL,
    "EDQUOT": _Said("đã hết hạn mức ổ đĩa", "Dọn chỗ trống hoặc xin thêm hạn mức rồi chạy lại; không tệp nào mất."),
    "EFBIG": _Said("tệp lớn quá mức ổ đĩa này cho phép", "Dùng ổ đĩa khác."),
    "EACCES": _DENIED,
    "EPERM": _DENIED,
    "EROFS": _READ_ONLY,
    "ENOENT": _NOT_THERE,
    "EEXIST": _Said("ở đó đã có một tệp mang tên này", "Chuyển tệp đó đi hoặc đổi tên nó rồi chạy lại."),
    "EISDIR": _Said("đây là một thư mục, không phải tệp", "Chuyển thư mục đó đi, hoặc chỉ đến một tệp."),
    "ENOTDIR": _Said("một phần của đường dẫn là tệp, không phải thư mục", "Chuyển tệp đó đi, hoặc sửa đường dẫn."),
    "ENOTEMPTY": _Said("thư mục còn tệp bên trong", "Chuyển các tệp trong đó đi rồi chạy lại."),
    "ELOOP": _Said("đây là một lối tắt, không phải tệp", "Chép chính tệp đó vào thay cho lối tắt."),
    "ENAMETOOLONG": _TOO_LONG,
    "EIO": _Said("ổ đĩa không đọc hoặc không ghi được", "Ổ đĩa có thể đang hỏng: sao lưu ngay rồi kiểm tra ổ đĩa."),
    "EBUSY": _OPEN,
    "ETXTBSY": _OPEN,
    "EXDEV": _Said("hai nơi nằm trên hai ổ đĩa khác nhau", "Đặt cả hai trên cùng một ổ đĩa."),
    "EMFILE": _MANY,
    "ENFILE": _MANY,
    "ENOMEM": _Said("máy đã hết bộ nhớ", "Đóng bớt chương trình rồi chạy lại."),
    "ENOLCK": _UNABLE,
    "ENOTSUP": _UNABLE,
    "EOPNOTSUPP": _UNABLE,
    "ENOSYS": _UNABLE,
    **dict.fromkeys(("ESTALE", "ETIMEDOUT", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ENOTCONN"), _LOST),
}
_BY_NUMBER = {number: said for name, said in _SAID.items() if (number := getattr(errno, name, None)) is not None}
_BY_WINDOWS_NUMBER = {
    19: _READ_ONLY,
    32: _OPEN,
    33: _OPEN,
    **dict.fromkeys((51, 53, 59, 64, 67, 121, 1231), _LOST),
    206: _TOO_LONG,
    1224: _OPEN,
}
"""Where Windows knows more than the number that Python makes of its own."""
_KNOWN_TO_CSV = {
    "unexpected end of data": "có ô mở ngoặc kép mà không đóng",
    "expected after": "có dấu ngoặc kép ở giữa ô; trong ô, mỗi dấu ngoặc kép phải viết hai lần",
    "NUL": "có ký tự NUL, không phải chữ",
    "field limit": "có ô dài quá mức",
    "new-line": "có dấu xuống dòng lạ",
}


def reason_of(fault: OSError) -> str:
    """Why a file could not be read or written, as a clause; for an error nobody foresaw its number.

    What this program raised in its own words, without a number, is given as it is.
    """
    said = _said(fault)
    if said is not None:
        return said.reason
    windows = getattr(fault, "winerror", None)
    if windows is not None:
        return f"Windows báo lỗi số {windows}"
    own = str(fault) if fault.errno is None else fault.strerror or ""
    return own if fault.errno is None or not own.isascii() else f"hệ điều hành báo lỗi số {fault.errno}"


def remedy_of(fault: OSError) -> str:
    """What to do about it: a sentence."""
    said = _said(fault)
    return said.remedy if said else "Kiểm tra ổ đĩa và đường dẫn rồi chạy lại."


def sentence_of_system(fault: OSError) -> str:
    """The whole of it: what is wrong, the path as far as it is known, and the remedy. A path may hold anything."""
    said, place = _said(fault), _place(fault)
    if said is not None:
        return f"{said.reason[0].upper()}{said.reason[1:]}{place}. {said.remedy}"
    if fault.errno is None:
        return f"Lỗi tệp hoặc ổ đĩa: {fault}"
    return f"Lỗi tệp hoặc ổ đĩa ({reason_of(fault)}){place}. {remedy_of(fault)}"


def reason_of_text(fault: Exception) -> str:
    """Why a text could not be read, for what Python raises of UTF-8, JSON and CSV, as a clause."""
    if isinstance(fault, UnicodeDecodeError):
        return f"không phải chữ UTF-8 (từ byte thứ {fault.start + 1})"
    if isinstance(fault, json.JSONDecodeError):
        return f"không phải JSON (dòng {fault.lineno}, cột {fault.colno})"
    if isinstance(fault, csv.Error):
        return next((said for words, said in _KNOWN_TO_CSV.items() if words in str(fault)), "không phải CSV")
    return "nội dung không đúng dạng"


def number_in(text: str) -> int | None:
    """The number of the first of the system's errors that a text in English names in the words of C."""
    found = [(place, number) for number in _BY_NUMBER if (place := text.lower().find(_words(number))) >= 0]
    return min(found)[1] if found else None


def _words(number: int) -> str:
    return os.strerror(number).lower()


def _said(fault: OSError) -> _Said | None:
    windows = getattr(fault, "winerror", None)
    return _BY_WINDOWS_NUMBER.get(windows or 0) or _BY_NUMBER.get(fault.errno or 0)


def _place(fault: OSError) -> str:
    """`: <path>`, of a renaming both; nothing where the system was only given the number of an open file."""
    paths = [os.fsdecode(p) for p in (fault.filename, fault.filename2) if isinstance(p, str | bytes | os.PathLike)]
    return f": {' → '.join(paths)}" if paths else ""
