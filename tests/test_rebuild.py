"""The dataset is a cache: from the archive alone the same comes again, withdrawals and all."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive, Note
from pipelines.dataset import open_dataset, read
from pipelines.demo.clerk import fill
from pipelines.demo.figures import Report
from pipelines.demo.figures import report as figures
from pipelines.demo.scenario import DROPS, LAST, NIGHTS
from pipelines.intake import Reading
from pipelines.nightly import Night, Request
from pipelines.plans import Plans
from pipelines.store import Home
from schemas.catalogue import say
from schemas.finding import FindingCode
from tests.control_books import office_of
from tests.homes import EVENING, PLAN, ROUND, MiniHome, Province, mini_report, tonghop, tonghop_here, unit_said
from tests.kept_homes import forge

pytestmark = pytest.mark.unpublished

Slip = Callable[[Report], Report]
AFTER = "2022-05-22T23:00:00+07:00"

UNITS = ("711", "DU-BP", "708", "710", "CQ-VP", "DD-CCB")
"""An updated report, the same bytes twice, a corrected one, a rejected one, a late one, none."""


@pytest.fixture(scope="module")
def home(province: Province, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return province.copy(tmp_path_factory.mktemp("dung-lai") / "nha")


def ask(home: Home, *arguments: str, now: str = EVENING) -> str:
    answer = tonghop_here(home, *arguments, now=now)
    assert answer.exit_code == 0, answer.output
    assert answer.stderr == ""
    return answer.stdout


def asked(home: Home) -> list[str]:
    """The status of the last night and of every earlier one, and the history of some units: as printed."""
    whole = tonghop(home, "status", "--json")
    assert (whole.returncode, whole.stderr) == (0, "")
    said = [ask(home, "status", "--json", "--as-of", day.isoformat()) for day in NIGHTS]
    assert said[3] == whole.stdout, "a process of its own says the same"
    return said + [ask(home, "history", unit, "--json") for unit in UNITS]


def test_the_same_again_byte_for_byte(home: Home, province: Province) -> None:
    before = asked(home)
    assert json.loads(before[3]) == province.said[NIGHTS[3]]
    outputs = {p: p.stat().st_mtime_ns for p in home.outbox.rglob("*") if p.is_file()}
    home.dataset.unlink()
    missing = tonghop_here(home, "status", "--json")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "tonghop rebuild" in missing.stderr
    assert tonghop(home, "rebuild").returncode == 0
    assert tonghop(home, "run", "--direct").returncode == 0
    assert asked(home) == before
    after = {p: p.stat().st_mtime_ns for p in home.outbox.rglob("*") if p.is_file()}
    assert {p: t for p, t in after.items() if p in outputs and "ket_qua" in p.parts} == {
        p: t for p, t in outputs.items() if "ket_qua" in p.parts
    }, "nothing that says the same is written again"


def test_a_withdrawal_in_the_archive_survives(home: Home) -> None:
    first, second = json.loads(ask(home, "history", "711", "--json"))
    assert (first["counts"], second["counts"]) == (False, True)
    ask(home, "withdraw", second["sha256"][:12], "--reason", "Gửi nhầm bản nháp")
    withdrawn = ask(home, "history", "711", "--json")
    told = json.loads(withdrawn)
    assert [v["counts"] for v in told] == [True, False]
    assert told[1]["reason"] == "Đã rút: Gửi nhầm bản nháp"
    status = ask(home, "status", "--json")
    assert unit(status, "711")["sha256"] == first["sha256"]
    home.dataset.unlink()
    ask(home, "rebuild")
    assert ask(home, "history", "711", "--json") == withdrawn
    assert ask(home, "status", "--json") == status
    assert unit(ask(home, "status", "--json", "--as-of", "2022-05-11"), "711")["sha256"] == first["sha256"]


def every_row(home: Home) -> dict[str, list[str]]:
    """Every table of the dataset that has rows, with all of them."""
    asked = "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary AND NOT internal"
    with open_dataset(home.dataset) as connection:
        named = [(row["schema_name"], row["table_name"]) for row in read(connection, asked)]
        rows = {(s, t): read(connection, f'SELECT * FROM "{s}"."{t}"') for s, t in named}
    return {".".join(table): sorted(repr(sorted(r.items())) for r in found) for table, found in rows.items() if found}


def report_of(home: Home, unit: str, name: str, folder: str = "", slip: Slip | None = None) -> Path:
    """Fills a unit's template as it is issued now, as its clerk did in the demo, and drops it; returns where."""
    plan = Plans(home).base(PLAN)
    drop = next((d for d in DROPS if d.unit == unit), DROPS[0])
    made = figures(plan, plan.unit(unit), LAST, drop.effort, 7)
    path = home.inbox / folder / name
    path.parent.mkdir(exist_ok=True)
    fill(home.outbox / PLAN / ROUND / "mau" / f"{unit}.xlsx", path, slip(made) if slip else made)
    return path


def answered(home: Home) -> None:
    """A night up to the answers."""
    night = Night(Request(home, PLAN))
    for stage in Night.ANSWERING:
        getattr(night, stage)()


def later_nights(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two nights more: the key is replaced, a unit renamed, files are refused for every reason a key or folder gives,
    one of them comes again in the right folder, one is withdrawn."""
    office = office_of(MiniHome(home, monkeypatch), Plans(home).base(PLAN))
    office.mini.at("2022-05-21T08:00:00+07:00")
    report_of(home, "710", "mẫu phát trước khi thay khoá.xlsx")
    expired = report_of(home, "712", "dấu hết hạn.xlsx")
    expired = expired.rename(home.root / expired.name)
    ask(home, "key", "rotate", "--until", "2022-05-21", now="2022-05-21T09:00:00+07:00")
    for code in ("BCS-TAND", "703", "709"):
        ask(home, "templates", "--plan", PLAN, "--round", ROUND, "--unit", code, now="2022-05-21T10:00:00+07:00")
    report_of(home, "BCS-TAND", "mẫu phát sau khi thay khoá.xlsx")
    forge(report_of(home, "DD-CCB", "dấu giả.xlsx"))
    misplaced = report_of(home, "703", "sai thư mục.xlsx", folder="705")
    moved = misplaced.read_bytes()
    (home.inbox / "trang.xlsx").write_text("<html></html>")
    office.book("đổi tên.xlsx", office.changes(office.renamed("709", "Huyện uỷ Tân Biên mới", date(2022, 5, 21))))
    office.mini.at("2022-05-21")
    answered(home)
    office.mini.at("2022-05-22T08:00:00+07:00")
    expired.rename(home.inbox / expired.name)
    (home.inbox / "703").mkdir(exist_ok=True)
    (home.inbox / "703" / "đúng thư mục.xlsx").write_bytes(moved)
    report_of(home, "709", "sau khi đổi tên.xlsx")
    office.mini.at("2022-05-22")
    answered(home)
    counting = unit(ask(home, "status", "--json", now=AFTER), "703")["sha256"]
    ask(home, "withdraw", counting[:12], "--reason", "gửi nhầm", now=AFTER)


def test_after_all_that_may_happen_the_archive_alone_gives_every_row_again(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later_nights(home, monkeypatch)
    notes = Archive(home.archive).notes()
    refused = [r.code for note in notes for r in note.refusals]
    assert Counter(refused) == {"NOT_A_WORKBOOK": 2, "WRONG_STAMP": 1, "EXPIRED_STAMP": 1, "WRONG_FOLDER": 1}
    assert len({note.plan_version for note in notes if note.plan_version}) == 2, "a renamed unit is another version"
    assert sum(len(note.withdrawals) for note in notes) >= 1
    before = [ask(home, "status", "--json", now=AFTER), *(ask(home, "history", u, "--json", now=AFTER) for u in UNITS)]
    told = json.loads(ask(home, "verify", "--dataset", "--json", now=AFTER))
    assert (told["intact"], told["dataset"]["compared"], told["undecided"]) == (True, True, 0)
    rows = every_row(home)
    assert set(told["dataset"]["tables"]) >= {name.removeprefix("main.") for name in rows}
    assert {"main.submissions", "main.findings", "main.unusable", "main.withdrawals"} <= rows.keys()
    home.dataset.unlink()
    home.secret_key.rename(tmp_path / "secret.key")
    home.former_keys.rename(tmp_path / "former.keys")
    ask(home, "rebuild", now=AFTER)
    assert every_row(home) == rows
    after = [ask(home, "status", "--json", now=AFTER), *(ask(home, "history", u, "--json", now=AFTER) for u in UNITS)]
    assert after == before


def test_withdrawing_the_only_version(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    outcome = mini.night("2022-05-09")
    sha = unit_said(outcome, "DU")["sha256"]
    answer = tonghop_here(mini.home, "withdraw", sha, "--reason", "Nhầm", now="2022-05-12T08:00:00+07:00")
    assert answer.exit_code == 0, answer.output
    after = unit_said(mini.night("2022-05-12"), "DU")
    assert (after["state"], after["days_overdue"], after["sha256"], after["version"]) == ("qua_han", 2, None, None)
    assert after["first_submitted_at"] is not None
    day_before = unit_said(mini.night("2022-05-12", as_of=date(2022, 5, 11)), "DU")
    assert (day_before["state"], day_before["sha256"]) == ("dung_han", sha), "known on that day: not yet withdrawn"


@pytest.mark.parametrize(
    ("name", "says"),
    [("abcdef12", "không khớp"), ("ab", "quá ngắn"), ("", "quá ngắn")],
    ids=["none", "short", "empty"],
)
def test_what_names_no_archived_file_is_not_withdrawn(mini: MiniHome, name: str, says: str) -> None:
    answer = tonghop_here(mini.home, "withdraw", name, "--reason", "x")
    assert answer.exit_code == 2
    assert says in answer.stderr


def test_a_withdrawal_has_a_reason(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    sha = unit_said(mini.night("2022-05-09"), "DU")["sha256"]
    answer = tonghop_here(mini.home, "withdraw", sha, "--reason", "  ")
    assert answer.exit_code == 2
    assert Archive(mini.home.archive).note(sha).withdrawals == ()


def test_a_night_without_its_dataset_makes_it_again(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    mini.drop(mini_report("CQ", nam=7), name="sai.xlsx")
    before = mini.night("2022-05-09")
    mini.home.dataset.unlink()
    mini.drop(mini_report("HU"), name="moi.xlsx")
    after = mini.night("2022-05-10")
    assert unit_said(after, "DU") == unit_said(before, "DU")
    assert [unit_said(after, code)["state"] for code in ("HU", "DU", "CQ")] == ["dung_han", "dung_han", "loi"]


def test_an_unfinished_rebuild_is_begun_again(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    before = mini.night("2022-05-09")
    (mini.home.store / "tonghop.new").write_bytes(b"half a database")
    answer = tonghop_here(mini.home, "rebuild")
    assert answer.exit_code == 0, answer.output
    assert unit_said(mini.night("2022-05-09"), "DU") == unit_said(before, "DU")
    assert not list(mini.home.store.glob("*.new*"))


def test_verdicts_stay_under_the_plan_they_were_given_under(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    before = unit_said(mini.night("2022-05-09"), "DU")
    rules = mini.home.root / "plans" / "mini" / "rules.csv"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text + "da_hoc_moi,hoc_tap,at_most,error,value=tong;limit=da_hoc,II.1\n", encoding="utf-8")
    rebuilt = tonghop(mini.home, "rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    said = tonghop(mini.home, "status", "--json", "--plan", "mini", now="2022-05-09T23:00:00+07:00")
    assert unit(said.stdout, "DU") == before


def unit(status: str, code: str) -> dict[str, Any]:
    (found,) = (u for u in json.loads(status)["units"] if u["code"] == code)
    return dict(found)


def test_the_archive_is_all_there_is(mini: MiniHome, tmp_path: Path) -> None:
    """A home with nothing but the archive and the plan says the same; new files it cannot take without the key."""
    mini.drop(mini_report("DU"))
    mini.night("2022-05-09")
    said = tonghop_here(mini.home, "status", "--json", "--plan", "mini").stdout
    bare = Home(tmp_path / "tran").prepare()
    bare.archive.rmdir()
    mini.home.archive.rename(bare.archive)
    (mini.home.root / "plans").rename(bare.root / "plans")
    assert tonghop_here(bare, "rebuild").exit_code == 0
    assert tonghop_here(bare, "status", "--json", "--plan", "mini").stdout == said
    refused = tonghop_here(bare, "run", "--direct", "--plan", "mini")
    assert refused.exit_code == 2
    assert "Khôi phục tệp khoá" in refused.stderr
    assert tonghop_here(bare, "doctor").exit_code == 1
    mini.home.secret_key.rename(bare.secret_key)
    assert tonghop_here(bare, "run", "--direct", "--plan", "mini").exit_code == 0


def test_without_the_key_a_forged_stamp_stays_forged(mini: MiniHome) -> None:
    forge(mini.drop(mini_report("DU")))
    assert mini.night("2022-05-09").verdicts["unusable"] == 1
    mini.home.secret_key.unlink()
    assert tonghop_here(mini.home, "rebuild").exit_code == 0
    assert json.loads(tonghop_here(mini.home, "history", "DU", "--json", "--plan", "mini").stdout) == []


def test_what_was_refused_is_refused_unread(mini: MiniHome) -> None:
    """A plan added since, a key that has come back, a quieter machine: what was said to the unit stays said."""
    shutil.move(mini.home.root / "plans" / "mini", mini.home.root / "mini")
    path = mini.drop(mini_report("DU"))
    sent = path.read_bytes()
    mini.at("2022-05-08")
    answered(mini.home)
    (mini.home.root / "plans").mkdir(exist_ok=True)
    shutil.move(mini.home.root / "mini", mini.home.root / "plans" / "mini")
    (note,) = Archive(mini.home.archive).notes()
    assert [(r.code, r.value) for r in note.refusals] == [("UNKNOWN_PLAN", "mini")]
    rows = every_row(mini.home)["main.unusable"]
    bytes_of = mini.home.archive / note.sha256[:2] / note.sha256
    bytes_of.unlink()
    assert "Chấp nhận mất" in ask(mini.home, "rebuild", "--force")
    assert every_row(mini.home)["main.unusable"] == rows
    assert "main.submissions" not in every_row(mini.home)
    bytes_of.write_bytes(sent)
    path.write_bytes(sent)
    again = unit_said(mini.night("2022-05-09"), "DU")
    assert (again["state"], again["first_submitted_at"][:10]) == ("dung_han", "2022-05-09"), "sent again, it is read"
    whole = every_row(mini.home)
    assert whole["main.unusable"] == rows
    ask(mini.home, "rebuild")
    assert every_row(mini.home) == whole


def test_a_refusal_pinned_by_a_run_that_died_stands(mini: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reader had no time left, say: the next run would read it, and the archive says it was refused."""
    mini.drop(mini_report("DU"))
    mini.at("2022-05-09")
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.intake._read", _too_slow)
        night = Night(Request(mini.home, "mini", "dot_1"))
        night.take_in()
        night.judge()
    outcome = mini.night("2022-05-09")
    assert outcome.verdicts == {"unusable": 1}
    assert [p.name for p in (mini.home.outbox / "khong-doc-duoc").iterdir()]
    assert mini.waiting() == []
    rows = every_row(mini.home)
    assert len(rows["main.unusable"]) == 1
    ask(mini.home, "rebuild")
    assert every_row(mini.home) == rows


def _too_slow(_: Archive, notes: Sequence[Note], *__: object) -> Iterator[Reading]:
    for note in notes:
        finding = say(FindingCode.READER_FAILED, detail="quá 30 giây")
        yield Reading(None, (), tuple((arrival, (finding,)) for arrival in note.eligible))


def test_a_verdict_pinned_by_a_run_that_died_is_given_under_the_same_plan(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    mini.at("2022-05-09")
    night = Night(Request(mini.home, "mini", "dot_1"))
    night.take_in()
    night.judge()
    rules = mini.home.root / "plans" / "mini" / "rules.csv"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text + "da_hoc_moi,hoc_tap,at_most,error,value=tong;limit=da_hoc,II.1\n", encoding="utf-8")
    mini.drop(mini_report("CQ"), name="cq.xlsx")
    outcome = mini.night("2022-05-09")
    assert [unit_said(outcome, code)["state"] for code in ("DU", "CQ")] == ["dung_han", "loi"], "two plan versions"
    rows = every_row(mini.home)
    ask(mini.home, "rebuild")
    assert every_row(mini.home) == rows


def test_a_copy_seen_later_is_not_taken_for_the_one_that_was_judged(mini: MiniHome) -> None:
    """The first copy was held open, so the second was judged; then the first is taken in, with its earlier arrival."""
    path = mini.drop(mini_report("DU"), name="một.xlsx")
    second = mini.home.inbox / "hai.xlsx"
    shutil.copyfile(path, second)
    lock = path.with_name("~$một.xlsx")
    lock.write_bytes(b"x")
    mini.at("2022-05-09T09:00:00+07:00")
    answered(mini.home)
    assert mini.waiting() == ["một.xlsx", "~$một.xlsx"]
    lock.unlink()
    mini.at("2022-05-09T08:00:00+07:00")
    answered(mini.home)
    (note,) = Archive(mini.home.archive).notes()
    assert [a.source_name for a in note.arrivals] == ["một.xlsx", "hai.xlsx"]
    rows = every_row(mini.home)
    ask(mini.home, "rebuild")
    assert every_row(mini.home) == rows


def test_without_a_key_nothing_undecided_is_refused_for_good(mini: MiniHome, tmp_path: Path) -> None:
    mini.drop(mini_report("DU"))
    mini.at("2022-05-09")
    Night(Request(mini.home, "mini", "dot_1")).take_in()
    mini.home.secret_key.rename(tmp_path / "secret.key")
    ask(mini.home, "rebuild")
    (note,) = Archive(mini.home.archive).notes()
    assert note.refusals == ()
    (tmp_path / "secret.key").rename(mini.home.secret_key)
    assert unit_said(mini.night("2022-05-09"), "DU")["state"] == "dung_han"


def test_a_file_that_waits_for_its_plan_is_not_refused_by_a_rebuild(mini: MiniHome) -> None:
    rules = mini.home.root / "plans" / "mini" / "rules.csv"
    honest = rules.read_text(encoding="utf-8")
    rules.write_text(honest + "sai,sai,sai,sai,sai,sai\n", encoding="utf-8")
    mini.drop(mini_report("DU"))
    mini.at("2022-05-09")
    answered(mini.home)
    assert mini.waiting() == ["bao-cao.xlsx"]
    ask(mini.home, "rebuild")
    assert every_row(mini.home) == {}
    rules.write_text(honest, encoding="utf-8")
    assert unit_said(mini.night("2022-05-10"), "DU")["state"] == "dung_han"
