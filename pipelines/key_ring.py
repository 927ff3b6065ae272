"""The keys of a home as a ring: which there are, and how the current one is replaced without losing what is out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pipelines.key_files import (
    Former,
    make_current,
    new_secret,
    read_current,
    read_former,
    read_stamped,
    replace_current,
    sweep,
    write_former,
)
from pipelines.stamp import Key, fingerprint, given_secret, is_strange, load_key, remember
from pipelines.store import Home

KeyState = Literal["current", "accepted", "expired", "missing"]
"""`accepted`, `expired`: a former key whose stamps are taken still, no more. `missing`: it has stamped here, and its
stamps are not recognised any more."""

RotationKind = Literal["replaced", "first", "made", "variable", "adopted"]


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key as people see it. `since`: when it first stamped here; `until`: the last day its stamps are taken."""

    fingerprint: str
    since: datetime | None
    until: date | None
    state: KeyState


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did. `current`, `former`: fingerprints; `former` None: there was no key to keep.

    `replaced`: a new key stands in the key file. `first`: the same, where nothing was ever stamped; `made`: where the
    key was lost. `variable`: the value of `TONGHOP_KEY` is kept, and the variable is now to be set to a new one.
    `adopted`: `TONGHOP_KEY` had been set to a new value already, which is the current key from now on; kept is the one
    of the key file, if it stamped here last.
    """

    kind: RotationKind
    current: str
    former: str | None


def rotate(home: Home, until: date) -> Rotation:
    """Replaces the current key; stamps of the one before are taken up to the end of a day.

    Killed anywhere, the old ring is there or the new one. The caller holds the run lock. Raises BadKey, OSError.
    """
    home.prepare()
    sweep(home)
    given = given_secret()
    return _rotate_variable(home, given, until) if given else _rotate_file(home, until)


def known_keys(home: Home, day: date) -> tuple[KnownKey, ...]:
    """The ring as of a day: the current key, those before it, newest first, then what is missing. Raises BadKey."""
    key = load_key(home, create=False)
    stamped = read_stamped(home)
    since = {one.fingerprint: one.since for one in reversed(stamped)}
    found = []
    if key is not None:
        found.append(KnownKey(key.fingerprint, since.get(key.fingerprint), None, "current"))
    for one in reversed(key.former if key else read_former(home)):
        name = fingerprint(one.secret)
        state: KeyState = "accepted" if day <= one.until else "expired"
        found.append(KnownKey(name, since.get(name), one.until, state))
    there = {one.fingerprint for one in found}
    found += [KnownKey(name, since[name], None, "missing") for name in dict.fromkeys(since) if name not in there]
    return tuple(found)


def replaced_on(home: Home, key: Key) -> date | None:
    """The day up to which a key was to be taken when it was replaced, though it is the current one still.

    So it is where `TONGHOP_KEY` was rotated and not yet set to a new value.
    """
    return next((one.until for one in read_former(home) if one.secret == key.secret), None)


def _rotate_file(home: Home, until: date) -> Rotation:
    secret = read_current(home)
    if secret is None:
        lost = bool(read_stamped(home)) or any(home.archive.glob("*/*"))
        make_current(home)
        made = read_current(home) or b""
        remember(home, made)
        return Rotation("made" if lost else "first", fingerprint(made), None)
    _keep(home, secret, until)
    fresh = new_secret()
    replace_current(home, fresh)
    remember(home, fresh.encode("ascii"))
    return Rotation("replaced", fingerprint(fresh.encode("ascii")), fingerprint(secret))


def _rotate_variable(home: Home, given: bytes, until: date) -> Rotation:
    stamped = read_stamped(home)
    if not is_strange(Key(given, read_former(home)), stamped):
        _keep(home, given, until)
        remember(home, given)
        return Rotation("variable", fingerprint(given), fingerprint(given))
    in_file = read_current(home)
    kept = in_file if in_file and fingerprint(in_file) == stamped[-1].fingerprint else None
    if kept is not None:
        _keep(home, kept, until)
    remember(home, given)
    return Rotation("adopted", fingerprint(given), fingerprint(kept) if kept else None)


def _keep(home: Home, secret: bytes, until: date) -> None:
    """Keeps a key among the former ones, as the newest."""
    others = tuple(one for one in read_former(home) if one.secret != secret)
    write_former(home, (*others, Former(secret, until)))
