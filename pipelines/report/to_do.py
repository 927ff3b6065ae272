"""`Việc cần làm`: what a leader has to have seen to, each line leading to the page that tells more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from pipelines.report.page import Page
    from schemas.consolidation import Consolidation
    from schemas.progress import Progress

NOTHING_TO_DO = "Không có việc nào phải xử lý."
_LAST_COLUMN = 9


class Task(NamedTuple):
    """How many of what there are, and the page that lists them."""

    number: int
    words: str
    tab: str


def tasks(result: Consolidation) -> list[Task]:
    """Everything that there is at least one of, the most pressing first."""
    units = result.units
    returned = sum(u.accepted_at is None and u.errors > 0 for u in units)
    late = sum(i.state == "qua_han" for i in result.indicators if i.kind == "rate")
    found = [
        Task(result.state_counts()["qua_han"], "đơn vị quá hạn nộp báo cáo: đôn đốc", "Quá hạn"),
        Task(returned, "đơn vị mới chỉ có bản bị trả lại: nhắc sửa và gửi lại", "Lỗi và cảnh báo"),
        Task(late, "chỉ tiêu đã quá thời hạn mà chưa hoàn thành: xem đơn vị nào còn thiếu", "Quá hạn"),
        Task(len(result.signs), "dấu hiệu cần hỏi lại đơn vị (không phải lỗi)", "Dấu hiệu"),
    ]
    if result.progress is not None:
        found.append(_changes(result.progress))
    return [task for task in found if task.number]


def _changes(progress: Progress) -> Task:
    parts = (
        (len(progress.events), "lượt nộp, trả lại, đính chính, rút"),
        (len(progress.states), "đơn vị đổi trạng thái"),
        (len(progress.totals), "chỉ tiêu đổi số liệu"),
        (len(progress.fields), "cột số liệu đổi tổng số"),
        (len(progress.decisions), "quyết định điều hành"),
    )
    said = ", ".join(f"{number} {words}" for number, words in parts if number)
    return Task(sum(n for n, _ in parts), f"thay đổi từ sau ngày {progress.since:%d/%m/%Y}: {said}", "Thay đổi")


def write_tasks(page: Page, row: int, tabs: Collection[str]) -> int:
    """The list of tasks below a heading, linked to the `tabs` the workbook has. Returns the row after it."""
    s = page.styles
    page.put(row, 0, "Việc cần làm", s.page_title)
    page.sheet.set_row_pixels(row, 26)
    listed = tasks(page.result)
    for at, task in enumerate(listed, row + 1):
        page.put(at, 0, task.number, s.task_number)
        page.merge((at, 1), (at, _LAST_COLUMN - 1), task.words, s.name)
        if task.tab in tabs:
            page.link((at, _LAST_COLUMN), task.tab, "A1", f"Xem trang “{task.tab}”", s.link_left)
        else:
            page.put(at, _LAST_COLUMN, None, s.name)
        page.sheet.set_row_pixels(at, 22)
    if not listed:
        page.merge((row + 1, 0), (row + 1, _LAST_COLUMN), NOTHING_TO_DO, s.name)
    return row + 1 + max(len(listed), 1)
