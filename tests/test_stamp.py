"""The stamp holds for one plan, round, unit and template version, and for the keys of one ring, each up to its day."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.key_files import read_former, read_stamped, write_former
from pipelines.stamp import BadKey, Former, Key, fingerprint, load_key
from pipelines.store import Home
from schemas.submission import Identity

KEY = Key(b"bi mat")
SIGNED = ("kh70_2022", "ket_qua", "703", "0123456789ab")
OURS = Identity(*SIGNED, KEY.stamp(*SIGNED))
DAY = date(2022, 5, 10)
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")


def test_a_stamp_is_64_hex_digits_and_verifies() -> None:
    assert len(OURS.stamp) == 64
    assert KEY.verify(OURS, DAY) == "ours"
    assert KEY.verify(replace(OURS, stamp=f" {OURS.stamp.upper()} "), DAY) == "ours"


@pytest.mark.parametrize("changed", ["plan", "round", "unit", "template_version", "stamp"])
@pytest.mark.parametrize("value", ["khác", "", "703 ", "\N{FULLWIDTH DIGIT SEVEN}03", "\ud800"])
def test_any_change_breaks_it(changed: str, value: str) -> None:
    ring = Key(b"khac", (Former(KEY.secret, DAY),))
    for key in (KEY, ring):
        assert key.verify(replace(OURS, **{changed: value}), DAY) == "foreign"


def test_another_key_breaks_it() -> None:
    assert Key(b"khac").verify(OURS, DAY) == "foreign"


def test_a_former_key_counts_up_to_the_end_of_its_last_day() -> None:
    ring = Key(b"khac", (Former(b"khac nua", date(2030, 1, 1)), Former(KEY.secret, DAY)))
    assert [ring.verify(OURS, date(2022, 5, day)) for day in (1, 10, 11)] == ["ours", "ours", "expired"]
    assert ring.former_of(OURS) == Former(KEY.secret, DAY)
    assert ring.stamp(*SIGNED) == Key(b"khac").stamp(*SIGNED), "nothing is stamped by a former key"


def test_no_two_identities_share_what_is_signed() -> None:
    assert KEY.stamp("a", "bc", "d", "e") != KEY.stamp("ab", "c", "d", "e")
    assert KEY.stamp('a","b', "c", "d", "e") != KEY.stamp("a", "b", "c", "d")


def test_the_secrets_stay_out_of_logs() -> None:
    ring = Key(b"mot bi mat", (Former(b"bi mat cu", DAY),))
    assert "bi mat" not in repr(ring) + str(ring)


def test_a_fingerprint_tells_keys_apart_and_is_no_stamp() -> None:
    assert fingerprint(b"a") == fingerprint(b"a") != fingerprint(b"b")
    assert len(fingerprint(b"a")) == 8
    assert fingerprint(KEY.secret) not in OURS.stamp


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("TONGHOP_KEY", raising=False)
    return Home(tmp_path).prepare()


def test_a_key_is_made_once_and_only_when_asked(home: Home) -> None:
    assert load_key(home, create=False) is None
    made = load_key(home, create=True)
    assert made is not None
    assert len(bytes.fromhex(made.secret.decode())) == 32
    assert load_key(home, create=True) == load_key(home, create=False) == made
    assert sorted(p.name for p in home.store.iterdir()) == ["archive", "secret.key"]


def test_the_keys_that_stamp_are_noted_without_their_secrets(home: Home) -> None:
    made = load_key(home, create=True)
    assert made is not None
    (noted,) = read_stamped(home)
    assert noted.fingerprint == made.fingerprint
    assert made.secret.decode() not in home.stamped_keys.read_text("ascii")
    before = home.stamped_keys.read_bytes()
    load_key(home, create=True)
    assert home.stamped_keys.read_bytes() == before
    assert [one["fingerprint"] for one in json.loads(before)] == [made.fingerprint]


@POSIX
def test_only_its_owner_reads_the_key(home: Home) -> None:
    before = os.umask(0)
    try:
        load_key(home, create=True)
        write_former(home, (Former(b"cu", DAY),))
    finally:
        os.umask(before)
    for path in (home.secret_key, home.former_keys):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@POSIX
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o777])
@pytest.mark.parametrize("name", ["secret.key", "former.keys"])
def test_a_key_that_others_can_read_or_write_is_refused(home: Home, name: str, mode: int) -> None:
    load_key(home, create=True)
    write_former(home, (Former(b"cu", DAY),))
    path = home.store / name
    path.chmod(mode)
    for create in (True, False):
        with pytest.raises(BadKey, match=rf"chmod 600 .*{name}"):
            load_key(home, create=create)
    path.chmod(0o600)
    assert load_key(home, create=True)


@POSIX
@pytest.mark.parametrize("kind", ["link", "folder", "fifo", "broken link"])
def test_a_key_is_a_regular_file(home: Home, tmp_path: Path, kind: str) -> None:
    aside = tmp_path / "khoa"
    if kind == "folder":
        home.secret_key.mkdir()
    elif kind == "fifo":
        os.mkfifo(home.secret_key, 0o600)
    else:
        if kind == "link":
            aside.write_text("a" * 64)
            aside.chmod(0o600)
        home.secret_key.symlink_to(aside)
    for create in (True, False):
        with pytest.raises(BadKey, match="không phải tệp thường"):
            load_key(home, create=create)


def test_the_environment_comes_first(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGHOP_KEY", " của văn phòng\n")
    assert load_key(home, create=True) == Key("của văn phòng".encode())
    assert not home.secret_key.exists()


def test_former_keys_stand_beside_the_environment_too(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write_former(home, (Former("cũ".encode(), DAY), Former(b"nay", DAY)))
    monkeypatch.setenv("TONGHOP_KEY", "nay")
    assert load_key(home, create=False) == Key(b"nay", (Former("cũ".encode(), DAY),))
    assert read_former(home) == (Former("cũ".encode(), DAY), Former(b"nay", DAY))


@pytest.mark.parametrize("text", ["\n", "", "  \n\n"])
def test_an_empty_key_file_is_said(home: Home, text: str) -> None:
    load_key(home, create=True)
    home.secret_key.write_text(text)
    with pytest.raises(BadKey, match="rỗng"):
        load_key(home, create=True)


@pytest.mark.parametrize("text", ["xyz 2022-05-10", "00ff", "00ff 10/5/2022", "00ff 2022-05-10 x", "\N{SNOWMAN}"])
def test_former_keys_that_cannot_be_read_are_said(home: Home, text: str) -> None:
    load_key(home, create=True)
    write_former(home, ())
    home.former_keys.write_text(text, encoding="utf-8")
    with pytest.raises(BadKey, match=r"former\.keys"):
        load_key(home, create=True)


def test_a_list_of_keys_that_cannot_be_read_is_said(home: Home) -> None:
    load_key(home, create=True)
    home.stamped_keys.write_text("[{}]")
    with pytest.raises(BadKey, match=r"keys\.json"):
        load_key(home, create=True)
    assert load_key(home, create=False), "what only reads needs no list"
