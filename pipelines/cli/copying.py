"""The marked copies that `tonghop check --out` writes. None of them is ever written over what stands there."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli.faults import Refused
from pipelines.file_names import room_in, safe_name
from pipelines.marked import write_marked_copy
from pipelines.outbox import publish
from pipelines.returned import Handback

if TYPE_CHECKING:
    from pipelines.cli.checking import Checked
    from pipelines.stamp import Key


_ADDED = len(" - cần sửa (999).xlsx")


class Copies:
    """Writes copies into a folder, which is made where it is missing. Raises Refused where it is a file, or OSError.

    Where there is no key, a copy keeps the stamp and the template version of its file: nobody there can make a new one.
    """

    def __init__(self, folder: Path, key: Key | None) -> None:
        if folder.exists() and not folder.is_dir():
            raise Refused(f"--out cần một thư mục, nhưng “{folder}” là một tệp.")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._key = folder, key
        self._room = room_in(str(folder.resolve()), 80, _ADDED)

    def write(self, checked: Checked) -> Path:
        """Writes the marked copy of a file as `<name> - cần sửa.xlsx`; with a number where that name is taken."""
        with tempfile.TemporaryDirectory() as aside:
            made = Path(aside) / "copy.xlsx"
            self._make(checked, made)
            content = made.read_bytes()
        target = self._free(safe_name(checked.file.stem, limit=self._room), content)
        if not target.exists():
            publish(target, lambda beside: _write(beside, content))
        return target

    def _make(self, checked: Checked, path: Path) -> None:
        plan, submission = checked.plan, checked.submission
        if plan is None or submission is None:
            raise ValueError(f"{checked.file} names no unit")
        told = submission.identity
        unit, round_ = plan.unit(told.unit), plan.round(told.round)
        handback = Handback(
            plan, round_, unit, submission, checked.verdict, checked.findings, checked.due, handed_in=False
        )
        if self._key is None:
            write_marked_copy(handback, path, stamp=told.stamp, version=told.template_version)
        else:
            stamp = self._key.stamp(plan.id, round_.id, unit.code, plan.template_version(unit.code))
            write_marked_copy(handback, path, stamp=stamp)

    def _free(self, stem: str, content: bytes) -> Path:
        """The first of its names that is not taken, or that holds just this already."""
        for number in count(1):
            again = f" ({number})" if number > 1 else ""
            target = self._folder / f"{stem} - cần sửa{again}.xlsx"
            if not target.exists() or (target.is_file() and target.read_bytes() == content):
                return target
        raise AssertionError


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
