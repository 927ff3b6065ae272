"""The archive is the truth: whole or not at all, never changed, and the same after a run that was repeated."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.archive import Archive, ArchiveDamaged, Refusal, Withdrawal
from pipelines.clock import TIMEZONE
from schemas.submission import Arrival

MONDAY = datetime(2022, 5, 9, 20, 0, tzinfo=TIMEZONE)


def arrival(content: bytes, name: str = "báo cáo.xlsx", at: datetime = MONDAY, folder: str = "703") -> Arrival:
    return Arrival(hashlib.sha256(content).hexdigest(), at, name, folder)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def test_what_is_put_comes_back(archive: Archive) -> None:
    note = archive.put(b"abc", arrival(b"abc"))
    assert archive.bytes_of(note.sha256) == b"abc"
    assert archive.note(note.sha256) == note
    assert (note.size, note.arrivals, note.plan_version, note.withdrawals) == (3, (arrival(b"abc"),), None, ())
    assert (archive.folder / note.sha256[:2] / note.sha256).read_bytes() == b"abc"


def test_the_same_arrival_twice_is_one(archive: Archive) -> None:
    assert archive.put(b"abc", arrival(b"abc")) == archive.put(b"abc", arrival(b"abc"))


def test_arrivals_stand_in_order_of_time_whatever_the_order_of_booking(archive: Archive) -> None:
    late, early = arrival(b"abc", at=MONDAY + timedelta(hours=1)), arrival(b"abc", "bản sao.xlsx")
    archive.put(b"abc", late)
    assert archive.put(b"abc", early).arrivals == (early, late)


def test_notes_come_by_first_arrival_then_sha(archive: Archive) -> None:
    for content, hours in ((b"a", 3), (b"b", 1), (b"c", 1)):
        archive.put(content, arrival(content, at=MONDAY + timedelta(hours=hours)))
    expected = [*sorted(hashlib.sha256(c).hexdigest() for c in (b"b", b"c")), hashlib.sha256(b"a").hexdigest()]
    assert [n.sha256 for n in archive.notes()] == expected


def test_a_name_no_encoding_knows_survives(archive: Archive) -> None:
    odd = arrival(b"abc", name="b\udce1o c\udce1o.xls")
    archive.put(b"abc", odd)
    assert archive.note(odd.sha256).arrivals == (odd,)


def test_a_plan_is_pinned_once(archive: Archive) -> None:
    sha = archive.put(b"abc", arrival(b"abc")).sha256
    assert archive.pin_plan(sha, "one").plan_version == "one"
    assert archive.pin_plan(sha, "two").plan_version == "one"
    assert archive.put(b"abc", arrival(b"abc", "lại.xlsx")).plan_version == "one"


def test_a_withdrawal_is_a_note_and_the_bytes_stay(archive: Archive) -> None:
    sha = archive.put(b"abc", arrival(b"abc")).sha256
    archive.withdraw(sha, MONDAY, "gửi nhầm")
    assert archive.withdraw(sha, MONDAY, "gửi nhầm").withdrawals == (Withdrawal(MONDAY, "gửi nhầm"),)
    assert archive.bytes_of(sha) == b"abc"


def test_what_is_not_there_is_a_key_error(archive: Archive) -> None:
    for unknown in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(KeyError):
            archive.bytes_of(unknown)
        with pytest.raises(KeyError):
            archive.withdraw(unknown, MONDAY, "không có")


def test_bytes_that_changed_are_noticed(archive: Archive) -> None:
    sha = archive.put(b"abc", arrival(b"abc")).sha256
    (archive.folder / sha[:2] / sha).write_bytes(b"abd")
    with pytest.raises(ArchiveDamaged, match="SHA-256"):
        archive.bytes_of(sha)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"size": 3, "arrivals": []}'])
def test_a_note_that_cannot_be_read_is_the_operators_matter(archive: Archive, text: str) -> None:
    sha = archive.put(b"abc", arrival(b"abc")).sha256
    (archive.folder / sha[:2] / f"{sha}.json").write_text(text)
    with pytest.raises(ArchiveDamaged, match="ghi chú"):
        archive.notes()


def test_bytes_under_a_wrong_name_are_refused(archive: Archive) -> None:
    with pytest.raises(ValueError, match="does not name these bytes"):
        archive.put(b"abc", arrival(b"abd"))


@pytest.mark.parametrize("step", range(4))
def test_killed_at_any_step_a_repeat_ends_in_the_same_state(
    step: int, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter(range(10))

    def dying(*_: object) -> None:
        if next(calls) == step:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", dying)
        with pytest.raises(KeyboardInterrupt):
            archive.put(b"abc", arrival(b"abc"))
    note = archive.put(b"abc", arrival(b"abc"))
    assert note.arrivals == (arrival(b"abc"),)
    names = {p.name for p in archive.folder.rglob("*") if p.is_file()}
    assert names == {note.sha256, f"{note.sha256}.json"}


def test_what_a_submission_was_compared_with_is_written_down_once(archive: Archive) -> None:
    sha = archive.put(b"abc", arrival(b"abc")).sha256
    assert archive.note(sha).since is None
    archive.pin_plan(sha, "a1", {"hoc_tap": "0" * 64})
    archive.pin_plan(sha, "b2", {})
    note = archive.note(sha)
    assert (note.plan_version, note.since) == ("a1", {"hoc_tap": "0" * 64})


def test_the_note_is_plain_json(archive: Archive) -> None:
    sha = archive.put(b"abc", arrival(b"abc")).sha256
    told = json.loads((archive.folder / sha[:2] / f"{sha}.json").read_text())
    digest = told.pop("digest")
    said = json.dumps(told, ensure_ascii=True, sort_keys=True)
    assert digest == hashlib.sha256(said.encode()).hexdigest()
    assert told == {
        "sha256": sha,
        "size": 3,
        "arrivals": [
            {
                "at": "2022-05-09T20:00:00+07:00",
                "file_time": None,
                "seen_at": None,
                "name": "báo cáo.xlsx",
                "folder": "703",
            }
        ],
        "plan_version": None,
        "judged": None,
        "since": None,
        "withdrawals": [],
        "refusals": [],
    }


def test_why_an_arrival_could_not_be_used_is_written_down_once(archive: Archive) -> None:
    sha = archive.put(b"abc", arrival(b"abc")).sha256
    one = archive.note(sha).arrivals[0]
    assert not archive.note(sha).is_decided
    refusal = Refusal(one.received_at, one.source_name, one.folder, "WRONG_STAMP", "Dấu không khớp.")
    archive.pin_refusal(sha, [refusal, refusal])
    archive.pin_refusal(sha, [refusal])
    note = archive.note(sha)
    assert note.refusals == (refusal,)
    assert note.is_decided
    later = replace(one, received_at=one.received_at + timedelta(days=1))
    note = archive.put(b"abc", later)
    assert (note.is_decided, note.eligible) == (False, (later,))
    assert [(a, [f.message for f in found]) for a, found in note.refused()] == [(one, ["Dấu không khớp."])]
    note = archive.pin_plan(sha, "a1", {}, later)
    assert (note.is_decided, note.judged) == (True, later)
    archive.put(b"abc", replace(one, folder="704", received_at=one.received_at - timedelta(days=1)))
    assert archive.note(sha).eligible == (later,), "an arrival that is seen later does not take its place"


def test_a_note_that_was_edited_is_noticed(archive: Archive) -> None:
    sha = archive.put(b"abc", arrival(b"abc")).sha256
    path = archive.folder / sha[:2] / f"{sha}.json"
    honest = path.read_text()
    path.write_text(honest.replace('"folder": "703"', '"folder": "704"'))
    with pytest.raises(ArchiveDamaged, match="bản sao lưu"):
        archive.note(sha)
    path.write_text(honest)
    assert archive.note(sha).sealed


def test_a_note_from_before_it_named_its_digest_is_taken_as_it_is(archive: Archive) -> None:
    sha = archive.put(b"abc", arrival(b"abc")).sha256
    path = archive.folder / sha[:2] / f"{sha}.json"
    told = json.loads(path.read_text())
    del told["digest"], told["refusals"]
    path.write_text(json.dumps(told))
    assert not archive.note(sha).sealed
    assert archive.note(sha).arrivals == (arrival(b"abc"),)
    assert archive.pin_plan(sha, "a1").sealed


def test_all_notes_are_read_as_of_one_moment(archive: Archive) -> None:
    for content in (b"abc", b"abd"):
        archive.put(content, arrival(content))
    written = archive.notes_as_written()
    assert sorted(written) == sorted(p.relative_to(archive.folder).as_posix() for p in archive.folder.glob("??/*.json"))
    with ThreadPoolExecutor(1) as other:
        with archive._changing():
            reading = other.submit(archive.notes_as_written)
            with pytest.raises(TimeoutError):
                reading.result(0.2)
        assert reading.result(60) == written


def test_a_plan_version_is_kept_once(archive: Archive) -> None:
    folder = archive.keep_plan("kh70_2022", "abc", {"settings": "key,value\n", "units": "mã\n"})
    assert folder == archive.plan_folder("kh70_2022", "abc")
    archive.keep_plan("kh70_2022", "abc", {"settings": "đã khác"})
    assert {p.name: p.read_text(encoding="utf-8") for p in folder.iterdir()} == {
        "settings.csv": "key,value\n",
        "units.csv": "mã\n",
    }
    assert [p.name for p in folder.parent.iterdir()] == ["abc"]
    assert archive.notes() == ()


def test_what_somebody_put_there_is_no_note(archive: Archive) -> None:
    note = archive.put(b"abc", arrival(b"abc"))
    folder = archive.folder / note.sha256[:2]
    for path in (folder / "ghi chú.json", archive.folder / "00" / f"{note.sha256}.json", folder / "x.json"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    assert archive.notes() == (note,)
    assert list(archive.notes_as_written()) == [f"{note.sha256[:2]}/{note.sha256}.json"]
