"""Two at once: real processes in each other's way. Never another result than one after the other, always a sentence."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipelines import dataset_file
from pipelines.archive import Archive
from pipelines.fault_points import FaultPoint
from pipelines.store import CHECKOUT, Home
from tests.homes import MiniHome, mini_report, tonghop_here
from tests.second_process import Ended, SecondProcess, second_process
from tests.watches import until, watching

NOW = "2022-05-09T22:00:00+07:00"
RUN = ("run", "--direct", "--plan", "mini", "--round", "dot_1")
STATUS = ("status", "--plan", "mini", "--round", "dot_1", "--json")
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
    """All that a home says: status, history, archive, outbox and the register; nothing may be left lying about."""
    told = [STATUS, *(("history", unit, "--plan", "mini", "--json") for unit in ("DU", "CQ", "HU"))]
    answers = [ask(home, *arguments) for arguments in told]
    assert [answer.code for answer in answers] == [0, 0, 0, 0], [answer.stderr for answer in answers]
    store = {path.name for path in home.store.iterdir()} - {"prefect"}
    assert store <= {"archive", "outputs.json", "run.lock", "watch.lock", "secret.key", "tonghop.duckdb"}, store
    kept = sorted(path for path in home.outbox.rglob("*") if path.is_file())
    return {
        "said": [json.loads(answer.stdout) for answer in answers],
        "inbox": sorted(path.name for path in home.inbox.rglob("*")),
        "archive": {n.sha256: (n.plan_version, n.since, len(n.withdrawals)) for n in Archive(home.archive).notes()},
        "outbox": {path.relative_to(home.outbox).as_posix(): _content(path) for path in kept},
        "register": json.loads(home.outputs.read_text(encoding="utf-8")),
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
    for command in (
        RUN,
        ("rebuild",),
        ("templates", "--plan", "mini"),
        ("control", "--plan", "mini"),
        ("withdraw", sha_of(here, "du 1.xlsx"), "--reason", "nhầm"),
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
    for command in (("changes", "--since", "2022-05-08"), ("export", "--out", str(tmp_path / "ra"), "--plan", "mini")):
        assert ask(here, *command).code == 0, command
    other.goes_on()
    assert other.ended().code == 0
    assert state(here) == undisturbed


@linux
def test_who_asks_while_a_run_books_waits_and_is_told_so(
    other: SecondProcess, here: Home, undisturbed: dict[str, Any]
) -> None:
    other.begin(here, *RUN, now=NOW, stop_at=FaultPoint.BOOKING)
    command = [sys.executable, "-m", "pipelines", "--home", str(here.root), *STATUS]
    asking = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env={**os.environ, "TONGHOP_NOW": NOW, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert asking.stderr is not None
    said = asking.stderr.readline()
    assert "Kho dữ liệu đang được một lần chạy hoặc chương trình khác mở" in said
    assert f"tiến trình {other.pid}" in said + asking.stderr.readline()
    other.goes_on()
    assert other.ended().code == 0
    told, _ = asking.communicate()
    assert asking.returncode == 0
    states = {unit["code"]: unit["version"] for unit in json.loads(told)["units"]}
    assert states["DU"] == 2, "booked whole, or not at all"
    assert state(here) == undisturbed


def test_two_runs_begun_together(other: SecondProcess, here: Home, undisturbed: dict[str, Any]) -> None:
    other.begin(here, *RUN, now=NOW)
    ours = ask(here, *RUN)
    theirs = other.ended()
    assert {ours.code, theirs.code} <= {0, 2}
    assert 0 in {ours.code, theirs.code}
    assert all("đang giữ kho" in one.stderr for one in (ours, theirs) if one.code == 2)
    assert state(here) == undisturbed


def test_a_run_and_a_rebuild_begun_together(other: SecondProcess, here: Home, undisturbed: dict[str, Any]) -> None:
    other.begin(here, "rebuild", now=NOW)
    ours, theirs = ask(here, *RUN), other.ended()
    assert {ours.code, theirs.code} <= {0, 2}
    assert all("đang giữ kho" in one.stderr for one in (ours, theirs) if one.code == 2)
    assert ask(here, *RUN).code == 0
    assert ask(here, "rebuild").code == 0
    assert state(here) == undisturbed


@linux
def test_a_watch_a_run_and_a_rebuild(other: SecondProcess, here: Home, undisturbed: dict[str, Any]) -> None:
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
    other.process.send_signal(signal.SIGSTOP)
    os.kill(other.pid, signal.SIGCONT)
    ours, theirs = ask(here, *withdraw), other.ended()
    assert theirs.code == 0
    assert ours.code == 2
    assert "đã được rút từ 09/05/2022" in ours.stderr
    assert len(Archive(here.archive).note(sha_of(here, "du 1.xlsx")).withdrawals) == 1


# --- Somebody reads


@contextmanager
def reader(path: Path, *, read_only: bool, doing: str = "pass") -> Iterator[subprocess.Popen[str]]:
    """Another program that has a DuckDB file open, until it is told to go."""
    code = (
        f"import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only={read_only})\n"
        f"{doing}\nprint('open', flush=True); sys.stdin.readline(); print(c.sql('SELECT count(*) FROM nop_bao_cao')"
        ".fetchone()[0] if 'du-lieu' in sys.argv[1] else 0, flush=True)"
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


@pytest.mark.parametrize("read_only", [True, False])
def test_somebody_has_the_dataset_itself_open(
    here: Home, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, read_only: bool
) -> None:
    monkeypatch.setattr(dataset_file, "_PATIENCE", 0.2)
    waiting = sorted(path.name for path in here.inbox.iterdir())
    with reader(here.dataset, read_only=read_only) as process:
        for command in (RUN, ("rebuild",)):
            refused = ask(here, *command)
            assert refused.code == 2
            assert f"tiến trình {process.pid}. Chờ lần chạy đó xong, hoặc đóng chương trình đó" in refused.stderr
    assert sorted(path.name for path in here.inbox.iterdir()) == waiting
    (here.store / "tonghop.new").unlink()
    assert ask(here, *RUN).code == 0
    assert state(here) == undisturbed


@pytest.mark.parametrize("read_only", [True, False])
def test_somebody_has_the_published_copy_open(here: Home, undisturbed: dict[str, Any], read_only: bool) -> None:
    published = here.outbox / "mini" / "dot_1" / "du-lieu.duckdb"
    doing = "pass" if read_only else "c.execute('CREATE TABLE cua_toi AS SELECT 1 AS x')"
    with reader(published, read_only=read_only, doing=doing) as process:
        assert ask(here, *RUN).code == 0
        told, _ = process.communicate("\n")
        assert told == "1\n", "who has the old copy open goes on reading it"
    with reader(published, read_only=True) as process:
        assert process.communicate("\n")[0] == "4\n"
    assert state(here) == undisturbed


@linux
def test_a_reader_of_the_published_copy_died(here: Home, undisturbed: dict[str, Any]) -> None:
    published = here.outbox / "mini" / "dot_1" / "du-lieu.duckdb"
    doing = "c.execute(\"SET checkpoint_threshold = '1GB'\"); c.execute('CREATE TABLE cua_toi AS SELECT 1 AS x')"
    with reader(published, read_only=False, doing=doing) as process:
        process.kill()
    assert dataset_file.log_of(published).exists(), "or this proves nothing"
    assert ask(here, *RUN).code == 0
    with reader(published, read_only=True) as process:
        assert process.communicate("\n")[0] == "4\n"
    assert state(here) == undisturbed


def test_somebody_has_the_workbook_open(here: Home, undisturbed: dict[str, Any]) -> None:
    """Windows: an open file cannot be replaced."""
    workbook = here.outbox / "mini" / "dot_1" / "tong-hop.xlsx"
    real = Path.replace
    with pytest.MonkeyPatch.context() as patch:

        def replace(self: Path, target: Path) -> Path:
            if Path(target) == workbook:
                raise PermissionError("held open")
            return real(self, target)

        patch.setattr(Path, "replace", replace)
        while_open = ask(here, *RUN)
        assert while_open.code == 0
        assert ask(here, *RUN).code == 0
    beside = list(workbook.parent.glob("tong-hop (mới *).xlsx"))
    assert [path.name for path in beside] == ["tong-hop (mới 2022-05-09 220000).xlsx"]
    assert beside[0].name in while_open.stdout
    assert ask(here, *RUN).code == 0
    after = state(here)
    after["register"].pop(f"outbox/mini/dot_1/{beside[0].name}")
    assert after == undisturbed


# --- What a dead process leaves


@linux
@pytest.mark.parametrize("point", [FaultPoint.BOOKED, FaultPoint.REBUILT_BESIDE])
def test_a_process_that_is_killed_leaves_nothing_in_the_way(
    here: Home, undisturbed: dict[str, Any], point: FaultPoint
) -> None:
    with second_process() as mortal:
        command = RUN if point is FaultPoint.BOOKED else ("rebuild",)
        mortal.begin(here, *command, now=NOW, stop_at=point)
    assert (here.store / "run.json").exists(), "killed: it could not tidy up"
    told = json.loads((here.store / "run.json").read_text(encoding="utf-8"))
    (here.store / "run.json").write_text(json.dumps(told | {"pid": os.getppid()}), encoding="utf-8")
    assert ask(here, "rebuild").code == 0, "whoever has its number now does not matter"
    assert ask(here, *STATUS).code == 0, "what it had not yet written into the old file does not keep the new one shut"
    assert ask(here, *RUN).code == 0
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
