"""The ring of keys through the real command line: rotated, listed, killed in between, and the wrong one noticed."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.key_files import read_current, read_former, read_stamped
from pipelines.nightly import Night, Request
from pipelines.stamp import Key, load_key
from pipelines.store import CHECKOUT, Home, run_lock
from schemas.plan_file import load_plan
from schemas.submission import Identity
from tests.control_books import Office
from tests.edits import edited, identity_of
from tests.homes import MINI, MiniHome, mini_report, tonghop_here

pytestmark = pytest.mark.unpublished

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
KILLED = -9 if os.name == "posix" else 15
MAY = "2022-05-{:02}T22:00:00+07:00"


def done(home: Home, *arguments: str, day: int, code: int = 0) -> str:
    """What a command says on an evening of May 2022, wherever its lines break; it ends with that code."""
    answer = tonghop_here(home, *arguments, now=MAY.format(day))
    assert answer.exit_code == code, answer.output
    return " ".join(answer.output.split())


def rotated(home: Home, *, day: int, until: int | None = None) -> str:
    """`tonghop key rotate`; what it says, in which no secret stands."""
    said = done(home, "key", "rotate", *(["--until", f"2022-05-{until:02}"] if until else []), day=day)
    for secret in (read_current(home) or b"", *(one.secret for one in read_former(home))):
        assert not secret or secret.decode() not in said
    return said


def listed(home: Home, *, day: int) -> list[dict[str, Any]]:
    """`tonghop key list --json`."""
    told = json.loads(tonghop_here(home, "key", "list", "--json", now=MAY.format(day)).stdout)
    return list(told)


def stamp_in(path: Path) -> str:
    """The stamp a workbook carries."""
    return identity_of(path.read_bytes())["stamp"]


def report_of(mini: MiniHome, unit: str, **changes: Any) -> bytes:
    """A right report on the unit's template as it is now."""
    path = mini.drop(mini_report(unit, **changes), f"../{unit}-{secrets.token_hex(4)}.xlsx")
    content = path.read_bytes()
    path.unlink()
    return content


def sent(mini: MiniHome, files: Mapping[str, bytes], *, day: int) -> dict[str, str | None]:
    """A night with those files in the inbox; by name the code each was refused with, None where it was accepted."""
    for name, content in files.items():
        (mini.home.inbox / f"{name}.xlsx").write_bytes(content)
    outcome = mini.night(MAY.format(day))
    rows = json.loads(tonghop_here(mini.home, "refused", "--json", now=MAY.format(day)).stdout)
    refused = {Path(row["name"]).stem: row["code"] for row in rows}
    found = {name: refused.get(name) for name in files}
    assert outcome.verdicts["accepted"] == list(found.values()).count(None), outcome.verdicts
    return found


def test_stamps_before_a_rotation_are_taken_up_to_its_day(mini: MiniHome) -> None:
    du, hu = report_of(mini, "DU"), report_of(mini, "HU")
    before = {path: stamp_in(path) for path in mini.home.outbox.rglob("mau/*.xlsx")}
    said = rotated(mini.home, day=1, until=5)
    assert "đến hết ngày 05/05/2022" in said
    done(mini.home, "templates", "--plan", "mini", day=1)
    assert len(before) >= 6
    assert not set(before.values()) & {stamp_in(path) for path in before}, "every template is stamped anew"
    assert sent(mini, {"kịp": du}, day=5) == {"kịp": None}
    late = {"muộn": hu, "mới": report_of(mini, "HU")}
    assert sent(mini, late, day=6) == {"muộn": "EXPIRED_STAMP", "mới": None}
    (note,) = (mini.home.outbox / "khong-doc-duoc").glob("*.txt")
    assert "05/05/2022" in note.read_text("utf-8-sig")
    told = [done(mini.home, *asked, "--json", day=31) for asked in (("refused",), ("status", "--plan", "mini"))]
    done(mini.home, "rebuild", day=31)
    assert [done(mini.home, *a, "--json", day=31) for a in (("refused",), ("status", "--plan", "mini"))] == told


def test_the_day_of_arrival_counts_and_not_that_of_reading(mini: MiniHome) -> None:
    old = report_of(mini, "DU")
    rotated(mini.home, day=1, until=5)
    mini.at(MAY.format(5))
    (mini.home.inbox / "chết.xlsx").write_bytes(old)
    Night(Request(mini.home, "mini", "dot_1")).take_in()
    assert mini.night("2022-05-08").verdicts == {"accepted": 1, "unusable": 0}


def test_two_rotations_keep_both_keys_up_to_their_days(mini: MiniHome) -> None:
    first, late = report_of(mini, "DU"), report_of(mini, "CQ")
    rotated(mini.home, day=1, until=8)
    done(mini.home, "templates", "--plan", "mini", day=1)
    second = report_of(mini, "CQ")
    rotated(mini.home, day=3, until=20)
    done(mini.home, "templates", "--plan", "mini", day=3)
    third = report_of(mini, "HU")
    assert [(key["state"], key["until"]) for key in listed(mini.home, day=8)] == [
        ("current", None),
        ("accepted", "2022-05-20"),
        ("accepted", "2022-05-08"),
    ]
    in_time = {"khoá đầu": first, "khoá hai": second, "khoá ba": third}
    assert sent(mini, in_time, day=8) == dict.fromkeys(in_time)
    assert sent(mini, {"khoá đầu, muộn": late}, day=9) == {"khoá đầu, muộn": "EXPIRED_STAMP"}
    states = [(key["state"], key["since"] is not None) for key in listed(mini.home, day=21)]
    assert states == [("current", True), ("expired", True), ("expired", True)]


@pytest.mark.published
def test_everything_the_office_hands_out_is_stamped_anew(mini: MiniHome) -> None:
    mini.at("2022-05-01")
    office = Office(mini, load_plan(MINI))
    book = office.issued()
    filled = office.book("../so.xlsx", office.exemption("DU")).read_bytes()
    wrong, before = report_of(mini, "DU", nam=7), stamp_in(book)
    rotated(mini.home, day=1)
    (mini.home.inbox / "so.xlsx").write_bytes(filled)
    (mini.home.inbox / "du.xlsx").write_bytes(wrong)
    outcome = mini.night("2022-05-02")
    assert outcome.verdicts == {"accepted": 1, "rejected": 1, "unusable": 0}
    (copy,) = (mini.home.outbox / "mini" / "dot_1" / "tra-lai" / "DU").glob("*.xlsx")
    alone = Key(read_current(mini.home) or b"")
    assert stamp_in(book) != before
    for path in (book, copy):
        assert alone.verify(Identity(**identity_of(path.read_bytes())), date(2022, 5, 2)) == "ours"


def test_a_key_is_kept_for_thirty_days_and_never_for_a_day_that_has_passed(mini: MiniHome) -> None:
    before = mini.home.secret_key.read_bytes()
    said = done(mini.home, "key", "rotate", "--until", "30/4/2022", day=1, code=2)
    assert "30/04/2022 đã qua" in said
    assert mini.home.secret_key.read_bytes() == before
    assert "31/05/2022" in rotated(mini.home, day=1)
    assert read_former(mini.home)[0].until == date(2022, 5, 31)
    assert "02/05/2022" in rotated(mini.home, day=2, until=2)


def test_a_rotation_waits_for_nobody(mini: MiniHome) -> None:
    with run_lock(mini.home, "tổng hợp"):
        assert "đang giữ kho" in done(mini.home, "key", "rotate", day=1, code=2)
    assert not mini.home.former_keys.exists()


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("what", ["kill", "disk"])
def test_killed_anywhere_the_old_ring_is_there_or_the_new_one(mini: MiniHome, nth: int, what: str) -> None:
    (template,) = (mini.home.outbox / "mini" / "dot_1" / "mau").glob("DU.xlsx")
    issued, before = Identity(**identity_of(template.read_bytes())), read_current(mini.home)
    environment = {**os.environ, "TONGHOP_FAULT": f"key.beside:{nth}:{what}", "TONGHOP_NOW": MAY.format(1)}
    command = [sys.executable, "-m", "pipelines", "--home", str(mini.home.root), "key", "rotate"]
    died = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, check=False, timeout=120)
    assert died.returncode == (KILLED if what == "kill" else 2), died.stderr
    assert b"Traceback" not in died.stderr
    key = load_key(mini.home, create=True)
    assert key is not None
    assert key.verify(issued, date(2022, 5, 31)) == "ours"
    assert (key.secret != before) == (nth == 3)
    rotated(mini.home, day=2)
    after = load_key(mini.home, create=True)
    assert after is not None
    assert after.secret not in (before, key.secret)
    assert after.verify(issued, date(2022, 5, 31)) == "ours"
    assert not list(mini.home.store.glob(".*")), "nothing is left beside"
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in mini.home.store.glob("*.key*")} == {0o600}


def test_a_rotated_variable_is_to_be_set_anew(mini: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    mini.home.secret_key.unlink()
    mini.home.stamped_keys.unlink()
    first, second = secrets.token_hex(32), secrets.token_hex(32)
    monkeypatch.setenv("TONGHOP_KEY", first)
    done(mini.home, "templates", "--plan", "mini", day=1)
    old = report_of(mini, "DU")
    said = done(mini.home, "key", "rotate", "--until", "2022-05-05", day=1)
    assert "đặt TONGHOP_KEY thành một giá trị mới" in said
    assert first not in said
    assert not mini.home.secret_key.exists()
    assert "vẫn là giá trị cũ" in done(mini.home, "doctor", day=1)
    monkeypatch.setenv("TONGHOP_KEY", second)
    done(mini.home, "templates", "--plan", "mini", day=2)
    assert "vẫn là giá trị cũ" not in done(mini.home, "doctor", day=2)
    assert sent(mini, {"cũ": old, "mới": report_of(mini, "HU")}, day=5) == {"cũ": None, "mới": None}
    shown = done(mini.home, "key", "list", day=6)
    assert "hết hạn nhận" in shown
    assert first not in shown
    assert second not in shown


STAMPING = (("run", "--direct", "--plan", "mini"), ("templates", "--plan", "mini"), ("control", "--plan", "mini"))


@pytest.mark.parametrize("wrong", ["variable", "file"])
def test_a_wrong_key_is_noticed_before_it_harms(mini: MiniHome, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    known = load_key(mini.home, create=True)
    assert known is not None
    mine = report_of(mini, "DU")
    (mini.home.inbox / "bao-cao.xlsx").write_bytes(mine)
    kept = mini.home.secret_key.read_text()
    other = secrets.token_hex(32)
    if wrong == "variable":
        monkeypatch.setenv("TONGHOP_KEY", other)
    else:
        mini.home.secret_key.write_text(other)
    for command in STAMPING:
        said = done(mini.home, *command, day=1, code=2)
        assert known.fingerprint in said
        assert "tonghop key rotate" in said
        assert other not in said
    assert known.fingerprint in done(mini.home, "doctor", day=1, code=1)
    assert "không phải khoá đã đóng dấu" in done(
        mini.home, "check", str(mini.home.inbox / "bao-cao.xlsx"), day=1, code=2
    )
    assert mini.waiting() == ["bao-cao.xlsx"], "it waits, unanswered"
    monkeypatch.delenv("TONGHOP_KEY", raising=False)
    mini.home.secret_key.write_text(kept)
    assert mini.night("2022-05-02").verdicts == {"accepted": 1, "unusable": 0}


def test_a_key_of_before_the_rotation_is_a_wrong_key_too(mini: MiniHome) -> None:
    kept = mini.home.secret_key.read_bytes()
    rotated(mini.home, day=1)
    done(mini.home, "templates", "--plan", "mini", day=1)
    mini.home.secret_key.write_bytes(kept)
    mini.home.former_keys.unlink()
    assert "không phải khoá đã đóng dấu" in done(mini.home, "templates", "--plan", "mini", day=2, code=2)


def test_going_over_to_a_variable_keeps_the_key_of_the_file(mini: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    old = report_of(mini, "DU")
    monkeypatch.setenv("TONGHOP_KEY", secrets.token_hex(32))
    assert "đến hết ngày 05/05/2022" in rotated(mini.home, day=1, until=5)
    done(mini.home, "templates", "--plan", "mini", day=1)
    assert sent(mini, {"cũ": old}, day=5) == {"cũ": None}


def test_a_lost_key_is_replaced_only_on_purpose(mini: MiniHome) -> None:
    old = report_of(mini, "DU")
    mini.home.secret_key.unlink()
    for command in STAMPING:
        assert "tonghop key rotate" in done(mini.home, *command, day=1, code=2)
    assert "phải phát lại" in rotated(mini.home, day=1)
    done(mini.home, "templates", "--plan", "mini", day=1)
    files = {"cũ": old, "mới": report_of(mini, "DU")}
    assert sent(mini, files, day=1) == {"cũ": "WRONG_STAMP", "mới": None}
    assert [key["state"] for key in listed(mini.home, day=1)] == ["current", "missing"]
    assert "không còn: dấu đó không được nhận ra" in done(mini.home, "doctor", day=1)


def test_a_home_without_a_key_gets_one(tmp_path: Path) -> None:
    shutil.copytree(MINI, tmp_path / "plans" / "mini")
    home = Home(tmp_path).prepare()
    assert listed(home, day=1) == []
    assert "Chưa có khoá nào" in done(home, "key", "list", day=1)
    assert "chưa có khoá nào; đã lập" in rotated(home, day=1)
    assert [(key["state"], key["current"]) for key in listed(home, day=1)] == [("current", True)]


@POSIX
@pytest.mark.parametrize("name", ["secret.key", "former.keys"])
def test_a_key_that_others_can_read_stops_every_command_that_needs_it(mini: MiniHome, name: str) -> None:
    rotated(mini.home, day=1)
    (mini.home.inbox / "bao-cao.xlsx").write_bytes(b"%PDF")
    (mini.home.store / name).chmod(0o640)
    for command in (*STAMPING, ("key", "list"), ("key", "rotate")):
        assert f"chmod 600 {mini.home.store / name}" in done(mini.home, *command, day=1, code=2)
    assert "chmod 600" in done(mini.home, "doctor", day=1, code=1)
    assert mini.waiting() == ["bao-cao.xlsx"]


def test_a_stamp_of_a_former_key_is_no_pass_for_another_unit(mini: MiniHome) -> None:
    old = report_of(mini, "DU")
    rotated(mini.home, day=1)
    forged = edited(old, [{"identity": {"unit": "HU"}}])
    assert sent(mini, {"giả": forged}, day=2) == {"giả": "WRONG_STAMP"}


def test_keys_stamp_in_turn(mini: MiniHome) -> None:
    names = [one.fingerprint for one in read_stamped(mini.home)]
    rotated(mini.home, day=1)
    done(mini.home, "templates", "--plan", "mini", day=1)
    current = load_key(mini.home, create=False)
    assert current is not None
    assert [one.fingerprint for one in read_stamped(mini.home)] == [*names, current.fingerprint]


def test_doctor_on_a_key_that_can_be_guessed(mini: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    mini.home.stamped_keys.unlink()
    monkeypatch.setenv("TONGHOP_KEY", "tinhuy2022")
    said = done(mini.home, "doctor", day=1)
    assert "ngắn" in said
    assert "tinhuy2022" not in said


def test_a_wrong_key_rebuilds_nothing(mini: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    mini.at(MAY.format(1))
    (mini.home.inbox / "bao-cao.xlsx").write_bytes(report_of(mini, "DU"))
    Night(Request(mini.home, "mini", "dot_1")).take_in()
    mini.home.dataset.unlink()
    with monkeypatch.context() as patch:
        patch.setenv("TONGHOP_KEY", secrets.token_hex(32))
        assert "không phải khoá đã đóng dấu" in done(mini.home, "run", "--direct", "--plan", "mini", day=1, code=2)
        assert not mini.home.dataset.exists()
    assert mini.night("2022-05-02").verdicts["unusable"] == 0
