"""Which key is ours where the list of those that stamped here is gone: the stamps on archived reports tell.

So the list is made again under the right key, and a wrong one is refused without it too.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.archive import Archive
from pipelines.intake.identity import named_in
from pipelines.intake.isolation import read_each
from pipelines.key_files import BadKey, read_stamped
from pipelines.stamp import Key, load_key
from pipelines.store import Home
from schemas.submission import Identity, RawWorkbook

_LOOKED_AT = 5
"""Reports whose stamps are looked at, the newest first."""


def stamping_key(home: Home) -> Key:
    """The key that stamps here and decides which stamps are ours; a first one is made.

    Raises BadKey where it is not the one that did, or cannot be read; OSError, ArchiveDamaged.
    """
    if not read_stamped(home):
        key = load_key(home, create=False)
        stamped = list(_stamped(home)) if key is not None else []
        if key is not None and stamped and not any(_is_of(key, identity) for identity in stamped):
            raise BadKey(
                f"Danh sách {home.stamped_keys} không còn, và khoá đang dùng ({key.fingerprint}) không phải khoá đã "
                "đóng dấu các báo cáo trong kho lưu. Khôi phục đúng khoá, hoặc đặt lại (hay bỏ) biến TONGHOP_KEY; "
                "cố ý đổi khoá thì chạy “tonghop key rotate”."
            )
    key = load_key(home, create=True)
    assert key is not None
    return key


def _stamped(home: Home) -> Iterator[Identity]:
    """What the newest reports with a verdict say of themselves."""
    archive = Archive(home.archive)
    judged = [note for note in archive.notes() if note.plan_version is not None]
    newest = ((note.sha256, archive.bytes_of(note.sha256)) for note in judged[-_LOOKED_AT:])
    for _, raw in read_each(newest, min(len(judged), _LOOKED_AT), None):
        identity = named_in(raw) if isinstance(raw, RawWorkbook) else None
        if identity is not None and identity.stamp:
            yield identity


def _is_of(key: Key, identity: Identity) -> bool:
    """Whether the key, or one before it, made the stamp, whatever day it is."""
    return key.made(identity) or key.former_of(identity) is not None
