"""The stamp of a template: an HMAC over whose report it is, so that a file cannot be passed off as another's."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.fault_points import FaultPoint, reached

if TYPE_CHECKING:
    from pipelines.store import Home
    from schemas.submission import Identity

VARIABLE = "TONGHOP_KEY"


class BadKey(ValueError):
    """The key file holds no key; the text (Vietnamese) says what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """The office's secret. It never shows in a repr, hence in no log."""

    secret: bytes = field(repr=False)

    @classmethod
    def unknown(cls) -> Key:
        """A key nobody has used: where the real one is gone, no stamp that was not verified before can be trusted."""
        return cls(secrets.token_bytes(32))

    def stamp(self, plan: str, round_id: str, unit: str, template_version: str) -> str:
        """HMAC-SHA256 (64 hex digits) over the four, as a JSON list so that no two lists read the same."""
        said = json.dumps([plan, round_id, unit, template_version], ensure_ascii=True)
        return hmac.new(self.secret, said.encode("ascii"), sha256).hexdigest()

    def verify(self, identity: Identity) -> bool:
        """Whether the stamp is ours for exactly this plan, round, unit and template version."""
        ours = self.stamp(identity.plan, identity.round, identity.unit, identity.template_version)
        return hmac.compare_digest(ours.encode("ascii"), identity.stamp.strip().lower().encode("utf-8"))


def load_key(home: Home, *, create: bool) -> Key | None:
    """The key of a home: `TONGHOP_KEY`, else `store/secret.key`; where there is none, a new one or None.

    Raises OSError where the file cannot be read or made, BadKey where it is empty.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        return Key(given.encode("utf-8"))
    if create and not home.secret_key.exists():
        if any(home.archive.glob("*/*")):
            raise BadKey(
                f"Tệp khoá {home.secret_key} không còn, trong khi đã phát biểu mẫu hoặc nhận báo cáo: "
                "biểu mẫu đã phát sẽ không được nhận ra. "
                "Khôi phục tệp khoá từ bản sao lưu, hoặc đặt biến TONGHOP_KEY, rồi chạy lại."
            )
        _make(home.secret_key)
    if not home.secret_key.exists():
        return None
    written = home.secret_key.read_text(encoding="ascii").strip()
    if not written:
        raise BadKey(f"tệp khoá {home.secret_key} rỗng; khôi phục từ bản sao lưu hoặc xoá đi để tạo khoá mới")
    return Key(written.encode("ascii"))


def _make(path: Path) -> None:
    """A new key file, whole or not at all, readable by its owner alone; the first of two makers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        reached(FaultPoint.KEY_BESIDE)
        if not path.exists():
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
