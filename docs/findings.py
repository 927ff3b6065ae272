"""Makes docs/loi.md, the guide to all findings: `.venv/bin/python docs/findings.py`.

What a code means stands in `schemas.catalogue`; the sentence a clerk reads is taken from the code's first failing
submission, `tests/submissions/fail/<CODE>/case.toml`, where a test holds it to the letter.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from schemas.catalogue import GROUPS, Entry
from schemas.finding import FindingCode

GUIDE = Path(__file__).resolve().parent / "loi.md"
FAILING = Path(__file__).resolve().parents[1] / "tests" / "submissions" / "fail"

HEAD = """\
# Tra cứu lỗi và cảnh báo

Phiếu tiếp nhận, bản đánh dấu (trang “Cần sửa”) và `tonghop check` nêu mỗi vấn đề theo một thứ tự: **ở đâu – sai gì –
thấy gì – cần làm gì**. Trang này giải thích từng loại, theo mã ghi trong `tonghop check --json`.

- **Lỗi**: báo cáo bị trả lại, số liệu chưa được tính. Sửa rồi gửi lại.
- **Cảnh báo**: báo cáo vẫn được nhận. Đúng thực tế thì không phải làm gì.

Trang này do `docs/findings.py` viết ra từ danh mục lỗi; sửa ở danh mục, không sửa ở đây.
"""
LEVELS = {"error": "lỗi", "warning": "cảnh báo"}


def guide() -> str:
    """The whole page. Raises OSError where a code has no failing submission, KeyError where that says nothing."""
    contents = "\n".join(f"- [{group.title}](#{_anchor(group.title)})" for group in GROUPS)
    parts = [f"{HEAD}\n{contents}\n"]
    for group in GROUPS:
        parts.append(f"## {group.title}\n\n{group.about}\n")
        parts += [_section(code, entry) for code, entry in group.entries.items()]
    return "\n".join(parts)


def _section(code: FindingCode, entry: Entry) -> str:
    case = tomllib.loads((FAILING / code / "case.toml").read_text(encoding="utf-8"))
    remedy = entry.remedy.replace("{detail}", "").replace("{choices}", "…")
    return f"""\
### `{code}` {entry.name}

- **Mức:** {LEVELS[entry.severity]}
- **Nghĩa là:** {entry.meaning}
- **Ví dụ:** {_as_text(entry.example)}
- **Cần làm:** {remedy}

> **Câu báo:** {_as_text(case["says"])}
"""


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _as_text(text: str) -> str:
    """Text that Markdown leaves alone."""
    return "".join(f"\\{letter}" if letter in "\\*_[]<>#" else letter for letter in text)


if __name__ == "__main__":
    GUIDE.write_text(guide(), encoding="utf-8", newline="\n")
    print(GUIDE)
