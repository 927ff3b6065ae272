"""A home again from its backup: all of it checked and written beside first, then put in place, name by name.

What is still to be renamed is written down before the first is: a restore that was killed is finished by the next one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.backup_file import BackupReader, BadBackup, Listed, reading, total_size
from pipelines.clock import now
from pipelines.durable import beside_of, is_beside, sync_folder, write_durably
from pipelines.fault_points import FaultPoint, reached
from pipelines.plans import Plans
from pipelines.rebuilding import rebuild
from pipelines.store import RESTORING, Busy, Home, run_lock, watch_lock
from schemas.system_fault import reason_of

Told = Callable[[str, int, int], None]
_PLACES = ("store", "outbox", "plans")
_STAYS = frozenset({".gitkeep", "prefect"})
_LOCKS = (".lock", "run.json", "watch.json", "backup.json", "restoring.json")
_BESIDE = "restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `listed` None: it finished one that was killed. `aside`: where what stood here is now.

    `archived`: files in the archive now; `has_key`: whether a key file came with it.
    """

    listed: Listed | None
    aside: tuple[str, ...]
    archived: int
    has_key: bool


def restore(home: Home, file: Path, *, replace: bool, progress: Told) -> Restored:
    """Puts a backup in place and rebuilds the dataset. `replace`: what stands there is moved aside first.

    Raises BadBackup with nothing touched, or, where a file is held open, half done and to be called again; Busy where a
    run or a watch goes on; what `rebuild` raises, with everything in place but the dataset; OSError.
    """
    home.store.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        if home.restoring.exists():
            aside, listed = _go_on(home), None
        else:
            _sweep(home)
            with reading(file) as backup:
                listed = backup.listed
                _check_room(home, backup, replace=replace)
                aside = _put(home, backup, replace=replace, progress=progress)
        home.prepare()
        count = rebuild(home, Plans(home), lambda n, of: progress("Dựng lại kho dữ liệu", n, of))
    return Restored(listed, aside, count, home.secret_key.is_file())


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    with ExitStack() as held:
        held.enter_context(run_lock(home, RESTORING))
        try:
            held.enter_context(watch_lock(home))
        except Busy as busy:
            raise Busy("Lệnh “tonghop watch” đang chạy ở đây. Dừng lệnh đó (Ctrl+C) rồi khôi phục lại.") from busy
        yield


def _check_room(home: Home, backup: BackupReader, *, replace: bool) -> None:
    """Raises BadBackup where it may not, or cannot, be put there."""
    there = [name for name in _PLACES if _stands(home, name, backup.listed)]
    if there and not replace:
        more = (
            ""
            if home.dataset.exists()
            else " Nếu lần khôi phục vừa rồi bị ngắt lúc dựng lại kho dữ liệu, chỉ cần chạy “tonghop rebuild”."
        )
        raise BadBackup(
            f"{home.root} đang có {', '.join(f'{name}/' for name in there)}, chưa đụng đến gì. Khôi phục vào chỗ trống "
            f"(--home), hoặc thêm --replace để dời những gì đang có sang bên cạnh.{more}"
        )
    apart = [name for name in _PLACES if (home.root / name).exists() and _disk(home.root / name) != _disk(home.root)]
    if apart:
        raise BadBackup(
            f"{', '.join(f'{name}/' for name in apart)} nằm trên ổ đĩa khác với {home.root}. Khôi phục vào một chỗ "
            "trống (--home) rồi chép sang."
        )
    needed = total_size(backup.listed.parts.values())
    if shutil.disk_usage(home.root).free < needed:
        raise BadBackup(f"Ổ đĩa chứa {home.root} không đủ chỗ: cần {needed // 1024**2 + 1} MiB trống.")


def _stands(home: Home, name: str, listed: Listed) -> bool:
    """Whether something stands in a place that the backup would be put in."""
    folder = home.root / name
    if name == "store":
        return bool(_children(home, name)) and any(path.is_file() for path in _below(home, name))
    if name == "plans" and not any(part.startswith("plans/") for part in listed.parts):
        return False
    return any(path.is_file() for path in folder.rglob("*") if path.name != ".gitkeep")


def _below(home: Home, name: str) -> Iterator[Path]:
    for child in _children(home, name):
        yield child
        yield from child.rglob("*")


def _put(home: Home, backup: BackupReader, *, replace: bool, progress: Told) -> tuple[str, ...]:
    """Writes everything beside, then moves. What is left where it fails or dies before the first move is swept up."""
    beside = beside_of(home.root / _BESIDE)
    beside.mkdir(mode=0o700)
    try:
        backup.extract(beside, lambda n, of: progress("Soát và ghi ra từ bản sao lưu", n, of))
        reached(FaultPoint.RESTORED_BESIDE)
        moves = _moves(home, beside, replace=replace)
        told = {"beside": beside.name, "moves": moves}
        write_durably(home.restoring, json.dumps(told, indent=1).encode("ascii"), FaultPoint.RESTORED_BESIDE)
    except BaseException:
        if not home.restoring.exists():
            shutil.rmtree(beside, ignore_errors=True)
        raise
    return _go_on(home)


def _moves(home: Home, beside: Path, *, replace: bool) -> list[tuple[str, str]]:
    """What is renamed to what, in this order, as paths from the home on."""
    names = [name for name in _PLACES if (beside / name).is_dir()]
    moves: list[tuple[str, str]] = []
    for name in dict.fromkeys(("store", "outbox", *names)) if replace else ():
        children = _children(home, name)
        aside = _free(home, name)
        moves += [(f"{name}/{child.name}", f"{aside}/{child.name}") for child in children]
    for name in names:
        moves += [(f"{beside.name}/{name}/{p.name}", f"{name}/{p.name}") for p in sorted((beside / name).iterdir())]
    return moves


def _go_on(home: Home) -> tuple[str, ...]:
    """Carries out what is written down, as far as that is still to be done; returns where things were moved to.

    Nothing stands in a name aside before it is moved there. Raises BadBackup, OSError.
    """
    try:
        told = json.loads(home.restoring.read_text(encoding="ascii"))
        moves = [(str(old), str(new)) for old, new in told["moves"]]
        beside = home.root / str(told["beside"])
    except (ValueError, KeyError, TypeError) as fault:
        raise BadBackup(
            f"{home.restoring} không đọc được. Xoá tệp đó, rồi chạy lại lệnh restore với --replace."
        ) from fault
    for old, new in moves:
        source, target = home.root / old, home.root / new
        done = not source.exists() if old.startswith(f"{beside.name}/") else target.exists()
        if not done:
            _move(source, target)
        reached(FaultPoint.RESTORED_HALF)
    shutil.rmtree(beside, ignore_errors=True)
    home.restoring.unlink()
    tops = dict.fromkeys(new.partition("/")[0] for _, new in moves)
    return tuple(name for name in tops if name not in _PLACES)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir() and not any(path.is_file() for path in target.rglob("*")):
        shutil.rmtree(target)  # as `Home.prepare` makes it
    try:
        source.rename(target)
    except OSError as fault:
        raise BadBackup(
            f"Không chuyển được {source} sang {target} ({reason_of(fault)}): đóng mọi tệp đang mở trong đó rồi "
            "chạy lại đúng lệnh này, việc dở sẽ được làm nốt."
        ) from fault
    sync_folder(target.parent)


def _children(home: Home, name: str) -> list[Path]:
    """What is moved away out of a place: not what marks it as taken, nor Prefect's own."""
    folder = home.root / name
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [p for p in found if p.name not in _STAYS and not (name == "store" and p.name.endswith(_LOCKS))]


def _free(home: Home, name: str) -> str:
    """A name beside that nothing has: `store (cũ 2022-05-10 220000)`."""
    wanted = f"{name} (cũ {now():%Y-%m-%d %H%M%S})"
    number, free = 1, wanted
    while (home.root / free).exists():
        number += 1
        free = f"{wanted} {number}"
    return free


def _sweep(home: Home) -> None:
    """Removes what a restore left that was killed before it moved anything."""
    for path in home.root.glob(f".{_BESIDE}.*"):
        if is_beside(path.name):
            shutil.rmtree(path, ignore_errors=True)


def _disk(path: Path) -> int:
    return path.stat().st_dev
