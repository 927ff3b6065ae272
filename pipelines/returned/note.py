"""The note for a file that names no unit: there is nobody to write a receipt for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipelines.returned.words import moment_words
from pipelines.spoken_text import spoken
from schemas.finding import Finding


def unreadable_note(
    source_name: str, received_at: datetime, findings: Iterable[Finding], *, folder: str = "", archived: bool = True
) -> str:
    """The note for a file that names no unit: which file, when, why, what to do, and where the original is.

    `archived` False: it could not even be taken in, and lies in the inbox still.
    """
    kept = (
        "Tệp gốc vẫn được lưu giữ nguyên vẹn; không có số liệu nào bị thay đổi hay bị xoá."
        if archived
        else "Tệp vẫn nằm trong thư mục nộp, chưa được nhận vào; sửa xong thì thay hoặc xoá tệp đó."
    )
    reasons = [f"- {spoken(f.message)}" for f in findings] or ["- Không xác định được tệp là báo cáo của đơn vị nào."]
    return "\n".join(
        [
            "TỆP CHƯA TIẾP NHẬN ĐƯỢC",
            "",
            f"Tệp: {spoken(source_name)}",
            f"Thư mục nộp: {spoken(folder) or '(thư mục chung)'}",
            f"Thời điểm nhận: {moment_words(received_at)}",
            "",
            "Vì sao, và cần làm gì:",
            *reasons,
            "",
            kept,
            "",
        ]
    )
