"""What the archive has lost, as far as names alone tell: looked at before anything is made out of the archive.

`tonghop verify` looks at every byte; this costs a look at two folders and one query.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.archive import ArchiveDamaged
from pipelines.dataset import Connection, DatasetDamaged, DatasetInUse, open_dataset, read
from pipelines.store import Home, between_runs

_SHA = re.compile(r"[0-9a-f]{64}")
LOOKING = "soát kho lưu"
"""What holds the store for that look."""
_NAMED = 3
"""Files that are named in a sentence."""
_KNOWN = """
    SELECT sha256, max(source_name) AS name FROM (
        SELECT sha256, source_name FROM submissions
        UNION ALL SELECT sha256, source_name FROM unusable
        UNION ALL SELECT sha256, NULL FROM withdrawals
    ) GROUP BY sha256
"""


@dataclass(frozen=True)
class Losses:
    """What is gone. `notes`: the notes on files that are known, by SHA-256, with their names as far as they are known;
    `contents`: the bytes of files that have a note.
    """

    notes: Mapping[str, str] = field(default_factory=dict)
    contents: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.notes or self.contents)

    @property
    def sentence(self) -> str:
        """The loss in words (Vietnamese), without the remedy."""
        names = [name or f"{sha[:12]}…" for sha, name in sorted(self.notes.items())]
        parts = [f"ghi chú của {_listed(names)}"] if names else []
        parts += [f"nội dung của {_listed([f'{sha[:12]}…' for sha in self.contents])}"] if self.contents else []
        return f"kho lưu đã mất {' và '.join(parts)}"


def losses(home: Home, connection: Connection | None) -> Losses:
    """What the archive has lost. `connection`: the dataset, which knows what there was; None: by the archive alone."""
    noted = noted_in(home.archive)
    booked = {row["sha256"]: row["name"] or "" for row in read(connection, _KNOWN)} if connection else {}
    gone = {sha: name for sha, name in booked.items() if sha not in noted}
    gone |= {path.name: booked.get(path.name, "") for path in unnoted(home)}
    return Losses(gone, tuple(sorted(sha for sha in noted if not (home.archive / sha[:2] / sha).is_file())))


def known_losses(home: Home) -> Losses:
    """The same with the dataset opened for it, as far as it can be. Raises DatasetInUse, OSError."""
    if home.dataset.is_file():
        try:
            with open_dataset(home.dataset) as connection:
                return losses(home, connection)
        except DatasetDamaged:
            pass
    return losses(home, None)


def losses_between_runs(home: Home) -> Losses:
    """The same where no run is under way just now, else none: one puts bytes into the archive before it notes them."""
    with between_runs(home, LOOKING) as quiet:
        if not quiet:
            return Losses()
        try:
            return known_losses(home)
        except DatasetInUse:
            return losses(home, None)


def check_before_rebuild(home: Home) -> None:
    """Raises ArchiveDamaged where a dataset made anew would have less than there was. The caller holds the run lock."""
    lost = known_losses(home)
    if lost:
        raise ArchiveDamaged(
            f"Không dựng lại kho dữ liệu, vì {lost.sentence}; dựng lại thì các bản đó mất theo. Chạy “tonghop verify” "
            "để xem đủ, khôi phục store/archive từ bản sao lưu rồi chạy lại; không còn bản sao lưu và chấp nhận mất "
            "thì chạy “tonghop rebuild --force”."
        )


def noted_in(archive: Path) -> set[str]:
    """The SHA-256 of every file with a note; none of them is read."""
    return {path.stem for path in archive.glob("??/*.json") if _SHA.fullmatch(path.stem)}


def unnoted(home: Home) -> list[Path]:
    """Archived bytes without a note, save of files that still lie in the inbox: the next run notes those."""
    found = [path for path in home.archive.glob("??/*") if _SHA.fullmatch(path.name) and path.is_file()]
    bare = [path for path in found if not path.with_suffix(".json").exists()]
    return [path for path in bare if path.name not in _waiting(home, {p.stat().st_size for p in bare})] if bare else []


def _waiting(home: Home, sizes: Collection[int]) -> set[str]:
    """The SHA-256 of the files in the inbox that have one of those sizes."""
    return set(
        _digests(
            path
            for path in home.inbox.rglob("*")
            if path.is_file() and not path.is_symlink() and path.stat().st_size in sizes
        )
    )


def _digests(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        try:
            yield hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            continue


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(f"“{name}”" for name in names[:_NAMED]) + (f" và {more} tệp nữa" if more > 0 else "")
