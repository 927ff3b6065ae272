"""The stamp of a template: an HMAC over whose report it is, so that a file cannot be passed off as another's."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from pipelines.clock import now
from pipelines.key_files import (
    BadKey,
    Former,
    Stamped,
    make_current,
    read_current,
    read_former,
    read_stamped,
    write_stamped,
)

if TYPE_CHECKING:
    from pipelines.store import Home
    from schemas.submission import Identity

__all__ = [
    "VARIABLE",
    "BadKey",
    "Former",
    "Key",
    "StampVerdict",
    "fingerprint",
    "given_secret",
    "is_strange",
    "load_key",
    "remember",
    "strange_words",
]

VARIABLE = "TONGHOP_KEY"

StampVerdict = Literal["ours", "expired", "foreign"]
"""`expired`: of a key that was replaced, on a file that arrived after the last day its stamps are taken."""

_NAMED_BY = b"tonghop: fingerprint of a key"


@dataclass(frozen=True, slots=True)
class Key:
    """The office's secret, and those before it. None ever shows in a repr, hence in no log."""

    secret: bytes = field(repr=False)
    former: tuple[Former, ...] = ()

    @classmethod
    def unknown(cls) -> Key:
        """A key nobody has used: where the real one is gone, no stamp that was not verified before can be trusted."""
        return cls(secrets.token_bytes(32))

    @property
    def fingerprint(self) -> str:
        """What the current key is called where people read it."""
        return fingerprint(self.secret)

    def stamp(self, plan: str, round_id: str, unit: str, template_version: str) -> str:
        """HMAC-SHA256 (64 hex digits) by the current key over the four, as a JSON list: no two lists read the same."""
        return _stamp(self.secret, (plan, round_id, unit, template_version))

    def verify(self, identity: Identity, day: date) -> StampVerdict:
        """What the stamp is worth on a file that arrived that day (Vietnam).

        Ours only for exactly this plan, round, unit and template version.
        """
        if self.made(identity):
            return "ours"
        former = self.former_of(identity)
        if former is None:
            return "foreign"
        return "ours" if day <= former.until else "expired"

    def made(self, identity: Identity) -> bool:
        """Whether the current key made the stamp."""
        return _made_by(self.secret, identity)

    def former_of(self, identity: Identity) -> Former | None:
        """The key before the current one that made the stamp, if one did."""
        return next((one for one in self.former if _made_by(one.secret, identity)), None)


def fingerprint(secret: bytes) -> str:
    """Eight hex digits that name a key and do not give it away."""
    return hmac.new(secret, _NAMED_BY, sha256).hexdigest()[:8]


def load_key(home: Home, *, create: bool) -> Key | None:
    """The key of a home: `TONGHOP_KEY`, else `store/secret.key`, with those of `store/former.keys`.

    `create`: it is going to stamp, and to decide which stamps are ours. Where there is none, a new one is made, and one
    that leaves the templates in use unrecognised is refused. Raises BadKey, and OSError where a file cannot be read or
    made.
    """
    secret = given_secret() or read_current(home)
    if secret is None and create:
        if read_stamped(home) or any(home.archive.glob("*/*")):
            raise BadKey(
                f"Tệp khoá {home.secret_key} không còn, trong khi đã phát biểu mẫu hoặc nhận báo cáo: "
                "biểu mẫu đã phát sẽ không được nhận ra. "
                "Khôi phục tệp khoá từ bản sao lưu, hoặc đặt biến TONGHOP_KEY, rồi chạy lại; "
                "khoá mất hẳn thì chạy “tonghop key rotate” để lập khoá mới."
            )
        make_current(home)
        secret = read_current(home)
    if secret is None:
        return None
    key = Key(secret, tuple(one for one in read_former(home) if one.secret != secret))
    if create:
        stamped = read_stamped(home)
        if is_strange(key, stamped):
            raise BadKey(strange_words(key, stamped))
        remember(home, key.secret)
    return key


def given_secret() -> bytes | None:
    """The secret in `TONGHOP_KEY`; None where the variable is not set."""
    return os.fsencode(os.environ.get(VARIABLE, "").strip()) or None


def is_strange(key: Key, stamped: Sequence[Stamped]) -> bool:
    """Whether the key that stamped last is neither the current one nor one before it: then it is the wrong key."""
    return bool(stamped) and stamped[-1].fingerprint not in {
        key.fingerprint,
        *(fingerprint(one.secret) for one in key.former),
    }


def strange_words(key: Key, stamped: Sequence[Stamped]) -> str:
    """What is said of such a key (Vietnamese)."""
    source = f"biến {VARIABLE}" if given_secret() else "tệp store/secret.key"
    last = stamped[-1]
    return (
        f"Khoá đang dùng ({key.fingerprint}, từ {source}) không phải khoá đã đóng dấu biểu mẫu ở đây "
        f"({last.fingerprint}, từ {last.since:%d/%m/%Y}): biểu mẫu đã phát sẽ không được nhận ra. "
        "Khôi phục đúng khoá, hoặc đặt lại (hay bỏ) biến TONGHOP_KEY; cố ý đổi khoá thì chạy “tonghop key rotate”."
    )


def remember(home: Home, secret: bytes) -> None:
    """Books that a key stamps here from now on, where it is not the one that stamped last. Raises BadKey, OSError."""
    stamped = read_stamped(home)
    if not stamped or stamped[-1].fingerprint != fingerprint(secret):
        write_stamped(home, (*stamped, Stamped(fingerprint(secret), now())))


def _stamp(secret: bytes, said: Sequence[str]) -> str:
    return hmac.new(secret, json.dumps(list(said), ensure_ascii=True).encode("ascii"), sha256).hexdigest()


def _made_by(secret: bytes, identity: Identity) -> bool:
    ours = _stamp(secret, (identity.plan, identity.round, identity.unit, identity.template_version))
    return hmac.compare_digest(ours.encode("ascii"), identity.stamp.strip().lower().encode("utf-8", "replace"))
