"""`Việc cần làm`: what a leader has to have seen to, each line leading to the page that tells more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pipelines.report.page import Page
    from schemas.consolidation import Consolidation
    from schemas.progress import Progress
    from schemas.results import UnitStatus

NOTHING_TO_DO = "Không có việc nào phải xử lý."
MOST_NAMED = 6
"""Units named on the overview; the page a task leads to names all."""
_FINDINGS = "Lỗi và cảnh báo"
_WORDS_WIDTH = 130
"""Characters of the columns that a task's words stand in."""
_LAST_COLUMN = 9


class Task(NamedTuple):
    """How many of what there are, and the page that lists them."""

    number: int
    words: str
    tab: str


def tasks(result: Consolidation) -> list[Task]:
    """Everything that there is at least one of, the most pressing first."""
    units = result.units
    overdue = [u.unit.name for u in units if u.state == "qua_han"]
    returned = [u.unit.name for u in units if u.accepted_at is None and u.errors > 0]
    withdrawn = [u.unit.name for u in units if _lacks_what_was_withdrawn(u)]
    late = [i.id for i in result.indicators if i.state == "qua_han" and i.kind == "rate"]
    asked = list(dict.fromkeys(sign.unit.name for sign in result.signs))
    found = [
        Task(len(overdue), f"đơn vị quá hạn nộp báo cáo, cần đôn đốc: {_named(overdue)}", "Quá hạn"),
        Task(len(returned), f"đơn vị mới chỉ có bản bị trả lại, nhắc sửa và gửi lại: {_named(returned)}", _FINDINGS),
        Task(len(withdrawn), f"đơn vị có báo cáo đã được rút, chưa có bản thay: {_named(withdrawn)}", "Tiến độ nộp"),
        Task(len(late), f"chỉ tiêu đã quá thời hạn mà chưa hoàn thành: {', '.join(late)}", "Quá hạn"),
        Task(len(result.signs), f"dấu hiệu cần hỏi lại (không phải lỗi): {_named(asked)}", "Dấu hiệu"),
    ]
    found.append(_awaited(result))
    if result.progress is not None:
        found.append(_changes(result.progress))
    return [task for task in found if task.number]


def _lacks_what_was_withdrawn(unit: UnitStatus) -> bool:
    """It has reported, nothing of that is accepted any more, and nothing of it was rejected."""
    sent = unit.first_submitted_at is not None and unit.accepted_at is None
    return sent and not unit.errors and not unit.missing and unit.state in ("loi", "qua_han")


def _named(units: Sequence[str]) -> str:
    """The first few units by name, and how many more there are."""
    more = len(units) - MOST_NAMED
    return "; ".join(units[:MOST_NAMED]) + (f" và {more} đơn vị khác" if more > 0 else "")


def _awaited(result: Consolidation) -> Task:
    """The units that still have time, and how much of it the round leaves."""
    due, waiting = result.round.due, result.state_counts()["chua_den_han"]
    if due is None:
        words = "đơn vị chưa nộp báo cáo; chưa ấn định hạn nộp"
    elif result.as_of <= due:
        words = f"đơn vị chưa nộp báo cáo; hạn nộp {due:%d/%m/%Y}, còn {(due - result.as_of).days} ngày"
    else:
        words = "đơn vị được gia hạn, chưa nộp báo cáo"
    return Task(waiting, words, "Tiến độ nộp")


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
        page.fit(at, [(task.words, _WORDS_WIDTH)])
    if not listed:
        page.merge((row + 1, 0), (row + 1, _LAST_COLUMN), NOTHING_TO_DO, s.name)
    return row + 1 + max(len(listed), 1)
