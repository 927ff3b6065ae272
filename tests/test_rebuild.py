"""The dataset is a cache: from the archive alone the same comes again, withdrawals and all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipelines.archive import Archive
from pipelines.demo.scenario import NIGHTS
from pipelines.store import Home
from tests.homes import MiniHome, Province, mini_report, tonghop, tonghop_here, unit_said

UNITS = ("711", "DU-BP", "708", "710", "CQ-VP", "DD-CCB")
"""An updated report, the same bytes twice, a corrected one, a rejected one, a late one, none."""


@pytest.fixture(scope="module")
def home(province: Province, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return province.copy(tmp_path_factory.mktemp("dung-lai") / "nha")


def ask(home: Home, *arguments: str) -> str:
    answer = tonghop_here(home, *arguments)
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
    path = mini.drop(mini_report("DU"))
    book = load_workbook(path)
    book["_meta"]["B5"] = "0" * 64
    book.save(path)
    assert mini.night("2022-05-09").verdicts["unusable"] == 1
    mini.home.secret_key.unlink()
    assert tonghop_here(mini.home, "rebuild").exit_code == 0
    assert json.loads(tonghop_here(mini.home, "history", "DU", "--json", "--plan", "mini").stdout) == []
