"""Whether a folder lies on another machine: the operating system does not tell of what others write there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path, PureWindowsPath

_MOUNTS = Path("/proc/self/mountinfo")
_REMOTE = frozenset(
    {
        *("9p", "afs", "ceph", "cifs", "coda", "drvfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4"),
        *("prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs"),
    }
)
_LOCAL_FUSE = frozenset({"fuseblk"})
"""A disc of this machine behind FUSE (NTFS on Linux)."""
_DRIVE_REMOTE = 4


def share_of(folder: Path) -> str | None:
    """What kind of share a folder lies on (for people to read), as far as can be told; None: a disc of our own."""
    real = folder.resolve()
    if sys.platform == "win32":
        return _windows_share(str(real))
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    kind = kind_of_mount(os.fspath(real), mounts)
    return kind if _is_remote(kind) else None


def kind_of_mount(path: str, mounts: Iterable[str]) -> str:
    """The file system a path lies on, by the lines of `/proc/self/mountinfo`; the last mount at a place counts."""
    longest, kind = -1, ""
    for line in mounts:
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        point = _unescaped(fields[4])
        if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= longest:
            longest, kind = len(point), after.split(" ")[0]
    return kind


def is_unc(path: str) -> bool:
    r"""Whether a Windows path names another machine: `\\server\share`, `\\?\UNC\server\share`."""
    drive = PureWindowsPath(path).drive.lower()
    return drive.startswith("\\\\?\\unc\\") or (drive.startswith("\\\\") and drive[2:3] not in {"?", "."})


def _is_remote(kind: str) -> bool:
    return kind in _REMOTE or (kind.startswith("fuse") and kind not in _LOCAL_FUSE)


def _unescaped(point: str) -> str:
    """Blanks and the like stand as three octal digits in mountinfo."""
    for code in ("040", "011", "012", "134"):
        point = point.replace("\\" + code, chr(int(code, 8)))
    return point


def _windows_share(path: str) -> str | None:
    if is_unc(path):
        return "thư mục chia sẻ Windows"
    if sys.platform == "win32":
        import ctypes

        if ctypes.windll.kernel32.GetDriveTypeW(PureWindowsPath(path).anchor) == _DRIVE_REMOTE:
            return "ổ mạng"
    return None
