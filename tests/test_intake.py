"""The stage as a whole: archived first, then read, and out of the inbox only at the end."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pipelines.archive import Archive
from pipelines.clock import TIMEZONE, now
from pipelines.intake import Inbox, read_archived, read_one, take_in
from pipelines.intake.guard import FILE_LIMIT
from pipelines.stamp import Key
from pipelines.store import Home
from pipelines.template import write_template
from schemas.finding import FindingCode
from schemas.plan import Plan
from schemas.plan_file import load_plan
from schemas.submission import Arrival, OutsideCell, Submission

C = FindingCode
PLAN = load_plan(Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022")
PLANS: Callable[[str], Plan | None] = {PLAN.id: PLAN}.get
KEY = Key(b"key")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mau") / "703.xlsx"
    stamp = KEY.stamp(PLAN.id, "ket_qua", "703", PLAN.version)
    write_template(PLAN, PLAN.unit("703"), PLAN.round("ket_qua"), path, stamp=stamp)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).prepare()


def drop(home: Home, source: Path | bytes, name: str) -> Path:
    path = home.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(source, bytes):
        path.write_bytes(source)
    else:
        shutil.copyfile(source, path)
    return path


def kept(plan_id: str, version: str) -> Plan:
    assert (plan_id, version) == (PLAN.id, PLAN.version)
    return PLAN


def test_a_night(home: Home, template: Path) -> None:
    sha = hashlib.sha256(template.read_bytes()).hexdigest()
    drop(home, template, "703/báo cáo.xlsx")
    drop(home, b"<html></html>", "báo cáo.xlsx")
    (home.inbox / "lối tắt.xlsx").symlink_to(template)
    drop(home, b"PK\x03\x04", "đang chép.xlsx")
    drop(home, b"x" * (FILE_LIMIT + 1), "to.xlsx")
    told: list[tuple[int, int]] = []

    taken = take_in(Inbox(home, now()), PLANS, KEY, progress=lambda done, of: told.append((done, of)))

    ((submission, findings),) = taken.submissions
    assert (submission.sha256, submission.identity.unit, findings) == (sha, "703", ())
    assert (submission.arrival.folder, submission.arrival.source_name) == ("703", "báo cáo.xlsx")
    assert len(submission.tables) == 11
    assert [(a.source_name, f[0].code) for a, f in taken.unusable] == [("báo cáo.xlsx", C.NOT_A_WORKBOOK)]
    assert {(a.source_name, f[0].code) for a, f in taken.refused} == {
        ("lối tắt.xlsx", C.NOT_A_FILE),
        ("to.xlsx", C.TOO_LARGE),
    }
    assert [h.path.name for h in taken.held] == ["đang chép.xlsx"]
    assert len(taken.arrived) == 2
    assert taken.repeated == ()
    assert told == [(1, 2), (2, 2)]
    assert len(Archive(home.archive).notes()) == 2
    assert len(list(home.inbox.rglob("*.xlsx"))) == 5
    assert taken.leave_inbox() == 2
    assert {p.name for p in home.inbox.rglob("*.xlsx")} == {"lối tắt.xlsx", "to.xlsx", "đang chép.xlsx"}


def test_a_night_that_was_killed_is_done_again_the_same(home: Home, template: Path) -> None:
    drop(home, template, "báo cáo.xlsx")
    moment = now()
    first, again = (take_in(Inbox(home, moment), PLANS, KEY) for _ in range(2))
    assert first == again
    (note,) = Archive(home.archive).notes()
    assert len(note.arrivals) == 1


def test_the_same_bytes_under_two_names_are_one_submission(home: Home, template: Path) -> None:
    drop(home, template, "a.xlsx")
    drop(home, template, "703/b.xlsx")
    taken = take_in(Inbox(home, now()), PLANS, KEY)
    assert len(taken.submissions) == 1
    assert len(taken.arrived) == 2
    assert taken.leave_inbox() == 2


def test_what_has_its_verdict_is_archived_but_not_read_again(home: Home, template: Path) -> None:
    drop(home, template, "a.xlsx")
    sha = hashlib.sha256(template.read_bytes()).hexdigest()
    taken = take_in(Inbox(home, now()), PLANS, KEY, known={sha: (PLAN.id, "703")})
    assert taken.submissions == ()
    assert [a.sha256 for a in taken.repeated] == [sha]
    assert taken.leave_inbox() == 1


@pytest.mark.parametrize("known", [{}, "itself"], ids=["new", "has its verdict"])
def test_a_copy_in_another_units_folder_is_refused_whatever_is_known_of_it(
    home: Home, template: Path, known: dict[str, tuple[str, str]] | str
) -> None:
    sha = hashlib.sha256(template.read_bytes()).hexdigest()
    for place in ("703/a.xlsx", "705/b.xlsx", "của ai/c.xlsx"):
        drop(home, template, place)
    taken = take_in(Inbox(home, now()), PLANS, KEY, known={sha: (PLAN.id, "703")} if known else {})
    assert [(a.folder, f[0].code) for a, f in taken.unusable] == [("705", C.WRONG_FOLDER)]
    assert len(taken.submissions) == (not known)
    assert {a.folder for a in taken.repeated} == ({"703", "của ai"} if known else set())


def test_a_misplaced_file_counts_once_it_is_moved_and_from_then_on(home: Home, template: Path) -> None:
    drop(home, template, "705/a.xlsx")
    moment = now()
    wrong = take_in(Inbox(home, moment), PLANS, KEY)
    assert wrong.submissions == ()
    assert [f[0].code for _, f in wrong.unusable] == [C.WRONG_FOLDER]
    wrong.leave_inbox()
    drop(home, template, "703/a.xlsx")
    later = now() + timedelta(minutes=1)
    right = take_in(Inbox(home, later), PLANS, KEY)
    ((submission, _),) = right.submissions
    assert submission.arrival.folder == "703"
    assert submission.arrival.received_at > moment
    archive = Archive(home.archive)
    assert read_archived(archive, archive.notes(), PLANS, kept, KEY) == (right.submissions, right.unusable)
    assert [a.folder for a, _ in right.unusable] == ["705"]


def test_the_archive_alone_gives_the_same_under_the_pinned_plan(home: Home, template: Path) -> None:
    drop(home, template, "a.xlsx")
    drop(home, b"", "rỗng.xlsx")
    taken = take_in(Inbox(home, now()), PLANS, KEY)
    taken.leave_inbox()
    archive = Archive(home.archive)
    archive.pin_plan(taken.submissions[0][0].sha256, PLAN.version)

    def gone(_: str) -> Plan | None:
        return None

    submissions, unusable = read_archived(archive, archive.notes(), gone, kept, KEY)
    assert submissions == taken.submissions
    assert unusable == taken.unusable


def test_one_file_is_checked_without_storing_anything(home: Home, template: Path) -> None:
    content = template.read_bytes()
    arrival = Arrival(hashlib.sha256(content).hexdigest(), now(), "a.xlsx", "")
    reading = read_one(content, arrival, PLANS, None)
    assert isinstance(reading.submission, Submission)
    assert reading.findings == ()
    assert Archive(home.archive).notes() == ()
    refused = read_one(b"", arrival, PLANS, None)
    assert refused.submission is None
    assert [f.code for f in refused.refused[0][1]] == [C.EMPTY_FILE]


def test_a_file_saved_by_another_program_reads_the_same(template: Path, tmp_path: Path) -> None:
    """Openpyxl drops every cached result; the template's own formulas are not the clerk's matter."""
    book = openpyxl.load_workbook(template)
    book["B2 Học tập"]["C10"] = 125
    book["B2 Học tập"]["D10"] = "=C10-5"
    book.save(tmp_path / "a.xlsx")
    content = (tmp_path / "a.xlsx").read_bytes()
    arrival = Arrival(hashlib.sha256(content).hexdigest(), now(), "a.xlsx", "")
    reading = read_one(content, arrival, PLANS, KEY)
    assert reading.submission is not None
    assert reading.findings == ()
    first = reading.submission.tables["hoc_tap"].records[0].cells
    assert first["tong_dang_vien"].value == 125
    assert str(first["du_hoi_nghi"].value) == "UncachedFormula(formula='=C10-5')"


def test_what_stood_outside_the_tables_goes_with_the_submission(template: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template)
    book.epoch = CALENDAR_MAC_1904
    book["B2 Học tập"]["C40"] = "tạm tính"
    book.create_sheet("Nháp")["B2"] = 5
    book.save(tmp_path / "a.xlsx")
    content = (tmp_path / "a.xlsx").read_bytes()
    reading = read_one(content, Arrival("0" * 64, now(), "a.xlsx", ""), PLANS, KEY)
    assert reading.submission is not None
    assert reading.submission.epoch_1904
    assert reading.submission.outside == (
        OutsideCell("B2 Học tập", "C40", "tạm tính"),
        OutsideCell("Nháp", "B2", "5"),
    )
    assert [(f.code.value, f.sheet, f.cell) for f in reading.findings] == [
        ("OUTSIDE_TABLE", "B2 Học tập", "C40"),
        ("FOREIGN_SHEET", "Nháp", "B2"),
    ]


def test_the_note_of_a_night_says_when_in_local_time(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGHOP_NOW", "2022-05-10T13:00:00+00:00")
    drop(home, b"x", "703/a.xlsx")
    (arrived,) = take_in(Inbox(home, now()), PLANS, KEY).arrived
    assert arrived.received_at.tzinfo is TIMEZONE
    told = json.loads(next(home.archive.glob("??/*.json")).read_text())
    (arrived,) = told["arrivals"]
    assert (arrived["at"], arrived["name"], arrived["folder"]) == ("2022-05-10T20:00:00+07:00", "a.xlsx", "703")
    assert arrived["seen_at"] == "2022-05-10T20:00:00+07:00"
    assert arrived["file_time"].endswith("+07:00")
