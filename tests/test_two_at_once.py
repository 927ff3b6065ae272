"""Two at once: real processes in each other's way. Never another result than one after the other, always a sentence."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread, Timer
from typing import Any

import duckdb
import pytest

from pipelines import dataset_file
from pipelines.archive import Archive
from pipelines.consolidate import consolidate
from pipelines.dataset import open_dataset
from pipelines.fault_points import FaultPoint
from pipelines.outbox import Register
from pipelines.plans import Plans
from pipelines.published import status_json
from pipelines.store import Home
from tests.homes import MiniHome, mini_report, tonghop_here
from tests.second_process import Ended, SecondProcess, second_process
from tests.watches import watching

NOW = "2022-05-09T22:00:00+07:00"
RUN = ("run", "--direct", "--plan", "mini", "--round", "dot_1")
STATUS = ("status", "--plan", "mini", "--round", "dot_1", "--json")
LOCKS = {"run.lock", "watch.lock", "archive.lock", "backup.lock"}
linux = pytest.mark.skipif(sys.platform == "win32", reason="no process can be stopped and sent on there")


@pytest.fixture(scope="module")
def other() -> Iterator[SecondProcess]:
    """A second process for all these tests."""
    with second_process() as process:
        yield process


@pytest.fixture(scope="module")
def base(mini_issued: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> MiniHome:
    """A home with one accepted report (DU), and three files in the inbox: DU again, CQ, HU with an error. To copy."""
    with pytest.MonkeyPatch.context() as patch:
        mini = mini_issued.copy(tmp_path_factory.mktemp("hai") / "nha", patch)
        mini.drop(mini_report("DU"), name="du 1.xlsx")
        mini.night("2022-05-08")
        mini.drop(mini_report("DU", tong=12, nam=8, phai_hoc=10, da_hoc=9), name="du 2.xlsx")
        mini.drop(mini_report("CQ"), name="cq.xlsx")
        mini.drop(mini_report("HU", nam=7), name="hu.xlsx")
    return MiniHome(mini.home, None)


@pytest.fixture
def here(base: MiniHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of `base`."""
    return base.copy(tmp_path / "nha", monkeypatch).home


@pytest.fixture(scope="module")
def undisturbed(base: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a home is like after one run that nobody disturbed."""
    with pytest.MonkeyPatch.context() as patch:
        home = base.copy(tmp_path_factory.mktemp("yen") / "nha", patch).home
    assert ask(home, *RUN).code == 0
    return state(home)


def ask(home: Home, *arguments: str) -> Ended:
    """A command in this process."""
    done = tonghop_here(home, *arguments, now=NOW)
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return Ended(done.exit_code, done.stdout, done.stderr)


def state(home: Home) -> dict[str, Any]:
    """All that a home holds and says: every table, status, archive, outbox, register. Nothing may lie about."""
    store = {path.name for path in home.store.iterdir()} - {"prefect"}
    assert store <= {"archive", "outputs.json", "secret.key", "tonghop.duckdb"} | LOCKS, store
    with open_dataset(home.dataset) as connection:
        tables = connection.sql("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
        rows = {
            f"{schema}.{table}": sorted(map(repr, connection.sql(f'{columns} FROM "{schema}"."{table}"').fetchall()))
            for schema, table in tables
            for columns in ["SELECT * EXCLUDE (file_time)" if table == "submissions" else ""]
        }
        plan = Plans(home).base("mini")
        said = status_json(consolidate(connection, plan, plan.round("dot_1"), date(2022, 5, 9)))
    kept = sorted(path for path in home.outbox.rglob("*") if path.is_file())
    return {
        "rows": {table: there for table, there in rows.items() if there},
        "said": said,
        "inbox": sorted(path.name for path in home.inbox.rglob("*")),
        "archive": {n.sha256: (n.plan_version, n.since, n.withdrawals) for n in Archive(home.archive).notes()},
        "outbox": {path.relative_to(home.outbox).as_posix(): _content(path) for path in kept},
        "register": dict(Register(home.outputs, home.root)._said),
    }


def _content(path: Path) -> str:
    """What is in a file; of tables only that they are there: DuckDB does not write the same bytes twice."""
    return "" if path.suffix in (".duckdb", ".parquet") else hashlib.sha256(path.read_bytes()).hexdigest()


def sha_of(home: Home, name: str) -> str:
    """The file that arrived under a name."""
    (found,) = (n.sha256 for n in Archive(home.archive).notes() if n.arrivals[0].source_name == name)
    return found


# --- A run, and whatever else is begun beside it


@linux
def test_beside_a_run_nothing_is_changed_and_everything_is_answered(
    other: SecondProcess, here: Home, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    before = [
        json.loads(ask(here, *command).stdout) for command in (STATUS, ("history", "DU", "--plan", "mini", "--json"))
    ]
    other.begin(here, *RUN, now=NOW, stop_at=FaultPoint.JUDGED)
    backup = tmp_path / "sao-luu.zip"
    assert ask(here, "backup", str(backup)).code == 0
    assert ask(here, "verify").code == 0
    for command in (
        RUN,
        ("rebuild",),
        ("templates", "--plan", "mini"),
        ("control", "--plan", "mini"),
        ("withdraw", sha_of(here, "du 1.xlsx"), "--reason", "nhầm"),
        ("key", "rotate"),
        ("restore", str(backup), "--replace"),
    ):
        refused = ask(here, *command)
        assert refused.code == 2, command
        assert f"Một lần chạy khác đang giữ kho: “tổng hợp”, tiến trình {other.pid} trên máy" in refused.stderr
        assert "Chờ lần chạy đó xong rồi thử lại" in refused.stderr
        assert refused.stdout == ""
    after = [
        json.loads(ask(here, *command).stdout) for command in (STATUS, ("history", "DU", "--plan", "mini", "--json"))
    ]
    assert after == before, "judged, not yet booked"
    assert ask(here, "changes", "--plan", "mini", "--since", "2022-05-07").code == 0
    assert ask(here, "export", "--plan", "mini", "--out", str(tmp_path / "ra")).code == 0
    other.goes_on()
    assert other.ended().code == 0
    assert state(here) == undisturbed


@linux
def test_who_asks_while_a_run_books_waits_and_is_told_so(
    other: SecondProcess, here: Home, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_file, "_SAID_AFTER", 0.0)
    other.begin(here, *RUN, now=NOW, stop_at=FaultPoint.BOOKING)
    answers: list[Ended] = []
    asking = Thread(target=lambda: answers.append(ask(here, *STATUS)))
    asking.start()
    time.sleep(1)
    assert answers == []
    other.goes_on()
    assert other.ended().code == 0
    asking.join()
    (answer,) = answers
    assert answer.code == 0
    assert "Kho dữ liệu đang được một lần chạy hoặc chương trình khác mở" in answer.stderr
    assert f"tiến trình {other.pid}." in answer.stderr
    assert {u["code"]: u["version"] for u in json.loads(answer.stdout)["units"]}["DU"] == 2, "booked whole"
    assert state(here) == undisturbed


def test_runs_and_rebuilds_begun_together(other: SecondProcess, here: Home, undisturbed: dict[str, Any]) -> None:
    codes = set()
    for ours, theirs in ((RUN, RUN), (RUN, ("rebuild",)), (("rebuild",), RUN)):
        other.begin(here, *theirs, now=NOW)
        both = [ask(here, *ours), other.ended()]
        assert all("đang giữ kho" in one.stderr for one in both if one.code == 2)
        codes |= {one.code for one in both}
        assert 0 in {one.code for one in both}, "one of them has the store"
    assert codes <= {0, 2}
    assert ask(here, *RUN).code == 0
    assert state(here) == undisturbed


@linux
def test_a_watch_beside_runs_and_rebuilds(other: SecondProcess, here: Home, undisturbed: dict[str, Any]) -> None:
    with watching(here, "--publish-after", "0") as watch:
        other.begin(here, *RUN, now=NOW)
        ours = ask(here, "rebuild")
        theirs = other.ended()
        watch.until(lambda: not any(here.inbox.iterdir()))
        assert watch.stop() == 0
    assert {ours.code, theirs.code} <= {0, 2}, (ours, theirs, watch.text)
    assert "Traceback" not in watch.text
    assert ask(here, *RUN).code == 0
    assert state(here) == undisturbed


@linux
def test_two_withdraw_the_same(other: SecondProcess, here: Home) -> None:
    withdraw = ("withdraw", sha_of(here, "du 1.xlsx")[:12], "--reason", "ghi nhầm")
    other.begin(here, *withdraw, now=NOW, stop_at=FaultPoint.WITHDRAWN)
    Timer(0.5, other.goes_on).start()
    ours, theirs = ask(here, *withdraw), other.ended()
    assert theirs.code == 0
    assert ours.code == 2
    assert "đã được rút từ 09/05/2022" in ours.stderr
    assert len(Archive(here.archive).note(sha_of(here, "du 1.xlsx")).withdrawals) == 1


# --- Somebody reads


@contextmanager
def reader(path: Path, *, read_only: bool, doing: str = "pass") -> Iterator[subprocess.Popen[str]]:
    """Another program that has a DuckDB file open, and says how many reports it sees once it is told to."""
    code = (
        f"import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only={read_only})\n{doing}\n"
        "print('open', flush=True); sys.stdin.readline(); print(len(c.sql('FROM nop_bao_cao').fetchall()))"
    )
    command = [sys.executable, "-c", code, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def reports_in(published: Path) -> int:
    """How many reports the published copy tells of."""
    with duckdb.connect(str(published), read_only=True) as connection:
        return len(connection.sql("FROM nop_bao_cao").fetchall())


def test_somebody_has_the_dataset_itself_open(
    here: Home, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_file, "_PATIENCE", 0.2)
    waiting = sorted(path.name for path in here.inbox.iterdir())
    for read_only, command in ((True, RUN), (False, RUN), (False, ("rebuild",))):
        with reader(here.dataset, read_only=read_only) as process:
            refused = ask(here, *command)
        assert refused.code == 2
        assert f"tiến trình {process.pid}. Chờ lần chạy đó xong, hoặc đóng chương trình đó" in refused.stderr
    assert sorted(path.name for path in here.inbox.iterdir()) == waiting
    assert not (here.store / "tonghop.new").exists()
    assert ask(here, *RUN).code == 0
    assert state(here) == undisturbed


@linux
def test_somebody_has_the_published_copy_open(here: Home, undisturbed: dict[str, Any]) -> None:
    """On Windows it cannot be replaced then; the next run does, as of any file that is held open."""
    published = here.outbox / "mini" / "dot_1" / "du-lieu.duckdb"
    with reader(published, read_only=False, doing="c.execute('CREATE TABLE cua_toi AS SELECT 1')") as process:
        assert ask(here, *RUN).code == 0
        assert process.communicate("\n")[0] == "1\n", "who has the old copy open goes on reading it"
    assert reports_in(published) == 4
    assert state(here) == undisturbed


def test_somebody_has_the_workbook_open(here: Home, undisturbed: dict[str, Any]) -> None:
    """Windows: an open file cannot be replaced."""
    workbook = here.outbox / "mini" / "dot_1" / "tong-hop.xlsx"
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if Path(target) == workbook:
            raise PermissionError("held open")
        return real(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        while_open = ask(here, *RUN)
    assert while_open.code == 0
    (beside,) = workbook.parent.glob("tong-hop (mới *).xlsx")
    assert beside.name in while_open.stdout
    assert ask(here, *RUN).code == 0
    after = state(here)
    after["register"].pop(beside.relative_to(here.root).as_posix())
    assert after == undisturbed


# --- What dead processes leave


@linux
def test_killed_processes_leave_nothing_in_the_way(here: Home, undisturbed: dict[str, Any]) -> None:
    published = here.outbox / "mini" / "dot_1" / "du-lieu.duckdb"
    doing = "c.execute(\"SET checkpoint_threshold = '1GB'\"); c.execute('CREATE TABLE cua_toi AS SELECT 1')"
    with reader(published, read_only=False, doing=doing) as process:
        process.kill()
    with second_process() as mortal:
        mortal.begin(here, *RUN, now=NOW, stop_at=FaultPoint.BOOKED)
    assert dataset_file.log_of(published).exists(), "or this proves nothing"
    assert dataset_file.log_of(here.dataset).exists()
    told = json.loads((here.store / "run.json").read_text(encoding="utf-8"))
    (here.store / "run.json").write_text(json.dumps(told | {"pid": os.getppid()}), encoding="utf-8")
    assert ask(here, "rebuild").code == 0, "whoever has its number now does not matter"
    assert ask(here, *STATUS).code == 0, "what stood in the log does not keep the new dataset from opening"
    assert ask(here, *RUN).code == 0
    assert reports_in(published) == 4
    assert state(here) == undisturbed


def test_a_damaged_dataset_is_said_to_be_damaged(here: Home) -> None:
    right = ask(here, *STATUS).stdout
    content = bytearray(here.dataset.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start + 64 : start + 128] = bytes(64)
    here.dataset.write_bytes(content)
    for command in (STATUS, RUN, ("history", "DU")):
        refused = ask(here, *command)
        assert refused.code == 2
        assert "chạy “tonghop rebuild” để dựng lại" in refused.stderr
        assert "mở: " not in refused.stderr, "nobody has it open"
    assert ask(here, "rebuild").code == 0
    assert ask(here, *STATUS).stdout == right
