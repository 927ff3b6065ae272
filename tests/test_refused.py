"""What no stamp, plan and folder agree on: refused, answered, kept as evidence, listed, and counted nowhere."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive
from pipelines.dataset import open_dataset, quoted, read
from pipelines.store import Home
from schemas.control import CONTROL_ROUND, CONTROL_UNIT, control_id, control_plan
from schemas.finding import FindingCode
from schemas.plan import Plan
from schemas.plan_file import load_plan
from tests.control_books import Office
from tests.edits import Edit, edited, identity_of
from tests.homes import MINI, MiniHome, mini_report, tonghop_here
from tests.reports import plan_as_it_is

pytestmark = pytest.mark.unpublished

C = FindingCode
EVENING = "2022-05-09T22:00:00+07:00"
NEXT = "2022-05-11T22:00:00+07:00"


@dataclass(frozen=True)
class Sent:
    """A file in the inbox: of whose report it was made, what was done to it, and what must be said of it."""

    of: str
    edits: Sequence[Edit]
    code: FindingCode
    folder: str = ""


def says(**said: str) -> list[Edit]:
    """What `_meta` and the properties say now."""
    return [{"identity": said}]


FORGED = "0" * 64
OTHER_PLAN = plan_as_it_is()
FORGERIES: Mapping[str, Sent] = {
    "another unit": Sent("DU", says(unit="HU"), C.WRONG_STAMP),
    "another round": Sent("DU", says(round="dot_2"), C.WRONG_STAMP),
    "another plan": Sent("DU", says(plan=OTHER_PLAN.id, round="ket_qua", unit="703"), C.WRONG_STAMP),
    "another version": Sent("DU", says(template_version="0123456789ab"), C.WRONG_STAMP),
    "a stamp of zeros": Sent("DU", says(stamp=FORGED), C.WRONG_STAMP),
    "a stamp cut short": Sent("DU", says(stamp="0" * 32), C.WRONG_STAMP),
    "a stamp of another key": Sent("DU", [{"stamped_by": "khoá của ai đó"}], C.WRONG_STAMP),
    "a stamp of an empty key": Sent("DU", [{"stamped_by": ""}], C.WRONG_STAMP),
    "no stamp": Sent("DU", says(stamp=""), C.NO_STAMP),
    "no unit": Sent("DU", says(unit=""), C.NO_STAMP),
    "anonymous": Sent("DU", [{"anonymous": True}], C.NO_STAMP),
    "another unit's folder": Sent("DU", [], C.WRONG_FOLDER, folder="HU"),
    "the office's folder": Sent("DU", [], C.WRONG_FOLDER, folder=CONTROL_UNIT),
    "a control workbook in a unit's folder": Sent(CONTROL_UNIT, [], C.WRONG_FOLDER, folder="DU"),
    "a control workbook of another key": Sent(CONTROL_UNIT, [{"stamped_by": "khoá của ai đó"}], C.WRONG_STAMP),
    "a control workbook of a unit": Sent(CONTROL_UNIT, says(unit="DU"), C.UNKNOWN_UNIT),
    "a unit that is no unit": Sent("DU", says(unit="../../HU"), C.UNKNOWN_UNIT),
    "a plan that is no plan": Sent("DU", says(plan="../mini"), C.UNKNOWN_PLAN),
}
COPIED = {
    "the stamp of another unit's file": Sent("DU", [], C.WRONG_STAMP),
    "another unit's name and stamp, its own sheets": Sent("DU", [], C.WRONG_FOLDER, folder="DU"),
    "a unit's report as a control workbook": Sent("DU", [], C.WRONG_STAMP),
    "a control workbook with a unit's stamp": Sent(CONTROL_UNIT, [], C.WRONG_STAMP),
}
"""Their stamps are taken from files as issued, so what is done to them is known only then."""


@dataclass(frozen=True)
class Evening:
    """A night on which all of them lay in the inbox, beside one right report (CQ)."""

    mini: MiniHome
    plan: Plan
    contents: Mapping[str, bytes]
    said: str
    listed: Mapping[str, Mapping[str, Any]]

    @property
    def home(self) -> Home:
        return self.mini.home


def copied(right: Mapping[str, bytes], plan: Plan) -> dict[str, list[Edit]]:
    """What is done to the files of `COPIED`."""
    unit, other = (identity_of(right[name]) for name in ("DU", "HU"))
    office = {"plan": control_id(plan.id), "round": CONTROL_ROUND, "unit": CONTROL_UNIT}
    return {
        "the stamp of another unit's file": says(stamp=other["stamp"]),
        "another unit's name and stamp, its own sheets": says(**other),
        "a unit's report as a control workbook": says(**office, template_version=control_plan(plan).version),
        "a control workbook with a unit's stamp": says(stamp=unit["stamp"]),
    }


@pytest.fixture(scope="module")
def evening(mini_issued: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> Evening:
    with pytest.MonkeyPatch.context() as patch:
        mini = mini_issued.copy(tmp_path_factory.mktemp("gia") / "nha", patch)
        mini.at(EVENING)
        plan = load_plan(MINI)
        right = {unit: mini.drop(mini_report(unit), f"../aside/{unit}.xlsx").read_bytes() for unit in ("DU", "HU")}
        office = Office(mini, plan)
        right[CONTROL_UNIT] = office.book("../aside/so.xlsx", office.exemption("DU")).read_bytes()
        done = copied(right, plan)
        contents = {name: edited(right[sent.of], [*sent.edits, *done.get(name, [])]) for name, sent in ALL.items()}
        for name, content in contents.items():
            path = mini.home.inbox / ALL[name].folder / f"{name}.xlsx"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        mini.drop(mini_report("CQ"))
        run = tonghop_here(mini.home, "run", "--direct", "--plan", "mini", now=EVENING)
        assert run.exit_code == 0, run.output
        answer = tonghop_here(mini.home, "refused", "--json", now=EVENING)
        assert answer.exit_code == 0, answer.output
        listed = {Path(row["name"]).stem: row for row in json.loads(answer.stdout)}
        return Evening(mini, plan, contents, run.output, listed)


ALL: Mapping[str, Sent] = {**FORGERIES, **COPIED}


@pytest.mark.parametrize("name", ALL)
def test_a_file_that_is_not_what_it_says_is_refused_and_kept(evening: Evening, name: str) -> None:
    sent, content = ALL[name], evening.contents[name]
    row = evening.listed[name]
    sha = hashlib.sha256(content).hexdigest()
    assert (row["code"], row["folder"], row["sha256"]) == (sent.code, sent.folder, sha), row["message"]
    assert Archive(evening.home.archive).bytes_of(sha) == content
    assert (evening.home.root / row["bytes"]).read_bytes() == content
    assert not (evening.home.inbox / sent.folder / f"{name}.xlsx").exists()


@pytest.mark.parametrize("name", ALL)
def test_it_is_answered_by_a_note_that_says_why(evening: Evening, name: str) -> None:
    sha = evening.listed[name]["sha256"]
    (note,) = (evening.home.outbox / "khong-doc-duoc").glob(f"* {name} {sha[:8]}.txt")
    assert evening.listed[name]["message"].split(". ")[0] in note.read_text("utf-8-sig").replace("\n", " ")


def test_nothing_else_is_listed_and_the_night_says_how_many(evening: Evening) -> None:
    assert evening.listed.keys() == ALL.keys()
    assert f"{len(ALL)} không dùng được" in evening.said
    assert "tonghop refused" in evening.said


def test_they_are_counted_nowhere(evening: Evening) -> None:
    shas = {row["sha256"] for row in evening.listed.values()}
    with open_dataset(evening.home.dataset) as connection:
        tables = read(connection, "SELECT schema_name, table_name FROM duckdb_tables() WHERE table_name <> 'unusable'")
        columns = read(connection, "SELECT schema_name, table_name FROM duckdb_columns() WHERE column_name = 'sha256'")
        asked = [row for row in columns if row in tables]
        assert len(asked) >= 8
        for row in asked:
            name = f"{quoted(row['schema_name'])}.{quoted(row['table_name'])}"
            found = {one["sha256"] for one in read(connection, f"SELECT sha256 FROM {name}")}
            assert not found & shas, name
    told = json.loads(tonghop_here(evening.home, "status", "--plan", "mini", "--json", now=EVENING).stdout)
    states = {unit["code"]: (unit["state"], unit["version"]) for unit in told["units"]}
    assert states == {
        "HU": ("chua_den_han", None),
        "DU": ("chua_den_han", None),
        "CQ": ("dung_han", 1),
        "MIEN": ("mien", None),
    }
    for unit in ("HU", "DU"):
        history = tonghop_here(evening.home, "history", unit, "--plan", "mini", "--json", now=EVENING)
        assert json.loads(history.stdout) == []


def test_a_rebuild_refuses_the_same(evening: Evening) -> None:
    assert tonghop_here(evening.home, "rebuild", now=NEXT).exit_code == 0
    answer = tonghop_here(evening.home, "refused", "--json", now=NEXT)
    assert {Path(row["name"]).stem: row for row in json.loads(answer.stdout)} == evening.listed


def test_nothing_refused_is_said_so(mini: MiniHome) -> None:
    answer = tonghop_here(mini.home, "refused")
    assert (answer.exit_code, answer.stdout) == (0, "Chưa có tệp nào không dùng được.\n")
    assert json.loads(tonghop_here(mini.home, "refused", "--json").stdout) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_and_folders_are_only_text_on_a_terminal(mini: MiniHome) -> None:
    folder = mini.home.inbox / "\x1b]0;thư mục\a"
    folder.mkdir()
    name = "[red]\x1b[2J\x9b1;1H\rNhận được 99 tệp \u202exslx.xlsx"
    (folder / name).write_bytes(b"<html></html>")
    (mini.home.inbox / "sau.xlsx").write_bytes(b"%PDF-1.7")
    os.utime(folder / name, (1_652_000_000, 1_652_000_000))
    assert mini.night("2022-05-09").verdicts["unusable"] == 2
    answer = tonghop_here(mini.home, "refused")
    assert answer.exit_code == 0, answer.output
    assert all(line.isprintable() for line in answer.stdout.splitlines()), ascii(answer.stdout)
    assert "[red]" in answer.stdout
    said = tonghop_here(mini.home, "refused", "--json").stdout
    assert {row["name"] for row in json.loads(said)} == {name, "sau.xlsx"}
    assert all(line.isprintable() for line in said.splitlines()), ascii(said)


def test_the_newest_stand_first_and_every_arrival_is_listed(mini: MiniHome) -> None:
    mini.at("2022-05-07")
    made = mini.drop(mini_report("DU"), "../bao-cao.xlsx").read_bytes()
    for day, folder in (("2022-05-07", "HU"), ("2022-05-08", "CQ"), ("2022-05-09", "HU")):
        path = mini.home.inbox / folder / "bao-cao.xlsx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)
        assert mini.night(day).verdicts["unusable"] >= 1
    rows = json.loads(tonghop_here(mini.home, "refused", "--json").stdout)
    assert [(row["received_at"][:10], row["folder"]) for row in rows] == [
        ("2022-05-09", "HU"),
        ("2022-05-08", "CQ"),
        ("2022-05-07", "HU"),
    ]
    assert len({row["sha256"] for row in rows}) == 1
    assert "đơn vị CQ" in rows[1]["message"]


def test_a_copy_of_a_report_in_another_units_folder_is_refused_and_the_report_stands(mini: MiniHome) -> None:
    """In the night of the report and in a later one; a rebuild knows both."""
    made = mini.drop(mini_report("DU"), folder="DU").read_bytes()
    for day, folder in (("2022-05-08", "HU"), ("2022-05-09", "CQ")):
        (mini.home.inbox / folder).mkdir(exist_ok=True)
        (mini.home.inbox / folder / "chep.xlsx").write_bytes(made)
        outcome = mini.night(day)
        assert outcome.verdicts["unusable"] == 1
        ((unit,),) = [[u for u in outcome.results[0].units if u.unit.code == "DU"]]
        assert unit.state == "dung_han"
    told = tonghop_here(mini.home, "refused", "--json").stdout
    assert [(row["folder"], row["code"]) for row in json.loads(told)] == [
        ("CQ", C.WRONG_FOLDER),
        ("HU", C.WRONG_FOLDER),
    ]
    receipts = (mini.home.outbox / "mini" / "dot_1" / "phieu-tiep-nhan").rglob("*.xlsx")
    assert [path.parent.name for path in receipts] == ["DU"]
    assert len(list((mini.home.outbox / "khong-doc-duoc").glob("*chep*.txt"))) == 2
    assert tonghop_here(mini.home, "verify", "--dataset").exit_code == 0
    assert tonghop_here(mini.home, "rebuild").exit_code == 0
    assert tonghop_here(mini.home, "refused", "--json").stdout == told


def test_bytes_that_are_gone_are_said(mini: MiniHome) -> None:
    (mini.home.inbox / "sai.xlsx").write_bytes(b"%PDF-1.7")
    mini.night("2022-05-09")
    (row,) = json.loads(tonghop_here(mini.home, "refused", "--json").stdout)
    (mini.home.root / row["bytes"]).unlink()
    (row,) = json.loads(tonghop_here(mini.home, "refused", "--json").stdout)
    assert row["bytes"] is None
    assert "không còn trong kho lưu" in tonghop_here(mini.home, "refused").stdout
