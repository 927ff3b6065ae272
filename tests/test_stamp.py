"""The stamp holds for one plan, round, unit and template version, and for one key."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.stamp import Key, load_key
from pipelines.store import Home
from schemas.submission import Identity

KEY = Key(b"bi mat")
OURS = Identity("kh70_2022", "ket_qua", "703", "0123456789ab", KEY.stamp("kh70_2022", "ket_qua", "703", "0123456789ab"))


def test_a_stamp_is_64_hex_digits_and_verifies() -> None:
    assert len(OURS.stamp) == 64
    assert KEY.verify(OURS)
    assert KEY.verify(replace(OURS, stamp=f" {OURS.stamp.upper()} "))


@pytest.mark.parametrize("changed", ["plan", "round", "unit", "template_version", "stamp"])
def test_any_change_breaks_it(changed: str) -> None:
    assert not KEY.verify(replace(OURS, **{changed: "khác"}))
    assert not KEY.verify(replace(OURS, **{changed: ""}))


def test_another_key_breaks_it() -> None:
    assert not Key(b"khac").verify(OURS)


def test_no_two_identities_share_what_is_signed() -> None:
    assert KEY.stamp("a", "bc", "d", "e") != KEY.stamp("ab", "c", "d", "e")
    assert KEY.stamp('a","b', "c", "d", "e") != KEY.stamp("a", "b", "c", "d")


def test_the_secret_stays_out_of_logs() -> None:
    assert "bi mat" not in repr(KEY)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("TONGHOP_KEY", raising=False)
    return Home(tmp_path)


def test_a_key_is_made_once_and_only_when_asked(home: Home) -> None:
    assert load_key(home, create=False) is None
    made = load_key(home, create=True)
    assert made is not None
    assert len(bytes.fromhex(made.secret.decode())) == 32
    assert load_key(home, create=True) == load_key(home, create=False) == made
    assert [p.name for p in home.store.iterdir()] == ["secret.key"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_only_its_owner_reads_the_key(home: Home) -> None:
    load_key(home, create=True)
    assert stat.S_IMODE(home.secret_key.stat().st_mode) == 0o600


def test_the_environment_comes_first(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGHOP_KEY", "của văn phòng")
    assert load_key(home, create=True) == Key("của văn phòng".encode())
    assert not home.secret_key.exists()


def test_an_empty_key_file_is_said(home: Home) -> None:
    home.prepare()
    home.secret_key.write_text("\n")
    with pytest.raises(ValueError, match="rỗng"):
        load_key(home, create=True)
