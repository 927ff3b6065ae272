"""The real Prefect flow on its embedded server: the same night, a task a stage, and deployments that fit."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pipelines import own_server
from pipelines.clock import VARIABLE as CLOCK
from pipelines.fault_points import VARIABLE as FAULT
from pipelines.fault_points import FaultPoint
from pipelines.nightly import Night
from pipelines.published import status_json
from pipelines.store import CHECKOUT
from tests.homes import MiniHome, mini_report

NOW = "2022-05-10T22:00:00+07:00"
PREPARED_BY = "Zqbcdfgh"
FOREIGN = ("TONGHOP_", "PREFECT_", "DO_NOT_TRACK")


@pytest.fixture(scope="module")
def one(mini_issued: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> MiniHome:
    """A home with one report in its inbox."""
    with pytest.MonkeyPatch.context() as patch:
        home = mini_issued.copy(tmp_path_factory.mktemp("mot") / "nha", patch)
    home.drop(mini_report("DU").with_value("bia", "DU", "nguoi_lap", PREPARED_BY), name="du.xlsx")
    return home


@pytest.fixture(scope="module")
def many(one: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> MiniHome:
    """A home with five files: right, wrong, twice the same, and no workbook."""
    with pytest.MonkeyPatch.context() as patch:
        home = one.copy(tmp_path_factory.mktemp("nhieu") / "nha", patch)
    home.drop(mini_report("HU", nam=7), name="hu.xlsx")
    shutil.copyfile(home.drop(mini_report("CQ"), name="cq.xlsx"), home.home.inbox / "cq (1).xlsx")
    (home.home.inbox / "khong.xlsx").write_bytes(b"<html></html>")
    return home


@pytest.fixture(scope="module")
def direct(one: MiniHome, many: MiniHome, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the same two nights say without Prefect."""
    said = []
    for home in (one, many):
        with pytest.MonkeyPatch.context() as patch:
            twin = home.copy(tmp_path_factory.mktemp("truc-tiep") / "nha", patch)
            said.append(status_json(twin.night("2022-05-10").results[0]))
    return said


@pytest.fixture(scope="module")
def booked(
    one: MiniHome,
    many: MiniHome,
    direct: list[dict[str, Any]],  # noqa: ARG001 - has to take its copies before the inboxes are emptied
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """Both nights through Prefect, with one server."""
    environment = _environment(tmp_path_factory.mktemp("prefect"))
    command = [sys.executable, "-m", "tests.flow_runs", str(one.home.root), str(many.home.root)]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    loud = [line for line in done.stderr.splitlines() if "nanobind" not in line and "leaked" not in line]
    assert not any(word in line for line in loud for word in ("Traceback", "WARNING", "ERROR")), done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told | {"logged": done.stderr, "kept": environment["PREFECT_HOME"]}


@pytest.mark.prefect
def test_the_flow_says_what_the_direct_run_says(booked: dict[str, Any], direct: list[dict[str, Any]]) -> None:
    assert booked["one"] == direct[0]
    assert "1 được chấp nhận" not in booked["summary"]
    assert "2 được chấp nhận" in booked["summary"]
    assert "1 bị trả lại, 1 không dùng được; 1 nộp lại y hệt" in booked["summary"]


@pytest.mark.prefect
def test_the_deployed_flow_leaves_the_same_home(
    booked: dict[str, Any],  # noqa: ARG001
    many: MiniHome,
    direct: list[dict[str, Any]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        again = MiniHome(many.home, patch).night("2022-05-10")
    assert status_json(again.results[0]) == direct[1]
    assert again.published == [], "the flow has written everything"
    assert many.waiting() == []


@pytest.mark.prefect
def test_a_task_a_stage_however_many_files(booked: dict[str, Any]) -> None:
    stages = sorted([stage, "Completed"] for stage in Night.STAGES)
    assert booked["flows"] == ["Completed", "Completed"]
    assert booked["tasks"] == [stages, stages]


@pytest.mark.prefect
def test_artifacts_show_the_night(booked: dict[str, Any]) -> None:
    tables = [data for key, kind, data in booked["artifacts"] if (key, kind) == ("tonghop-mini-dot-1", "table")]
    assert len(tables) == 2
    rows = [{row["Mã"]: row["Trạng thái"] for row in json.loads(table)} for table in tables]
    assert {"HU": "Chưa đến hạn", "DU": "Đúng hạn", "CQ": "Chưa đến hạn", "MIEN": "Được miễn"} in rows
    assert {"HU": "Có lỗi", "DU": "Đúng hạn", "CQ": "Đúng hạn", "MIEN": "Được miễn"} in rows
    said = [data for key, kind, data in booked["artifacts"] if (key, kind) == ("tonghop-dem", "markdown")]
    assert booked["summary"] in said


@pytest.mark.prefect
def test_nothing_that_prefect_keeps_names_anybody(booked: dict[str, Any]) -> None:
    """Its logs, artifacts and database. A name in plain letters is the same however often it is escaped."""
    kept = [path.read_bytes() for path in Path(booked["kept"]).rglob("*") if path.is_file()]
    kept.append(json.dumps(booked).encode())
    assert any(b"tonghop-mini-dot-1" in content for content in kept[:-1]), "it keeps what it was told"
    assert not any(PREPARED_BY.encode() in content for content in kept)


@pytest.mark.prefect
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked up in /proc")
def test_a_run_that_is_killed_takes_its_server_with_it(mini_issued: MiniHome, tmp_path: Path) -> None:
    """And the next run, undisturbed, says what it would have said."""
    with pytest.MonkeyPatch.context() as patch:
        killed, calm = (mini_issued.copy(tmp_path / name, patch) for name in ("bi-dung", "yen"))
        for home in (killed, calm):
            home.drop(mini_report("DU"), name="du.xlsx")
        undisturbed = status_json(calm.night("2022-05-10").results[0])
    environment = _environment(tmp_path / "prefect") | {FAULT: f"{FaultPoint.CONSOLIDATED}:1:kill"}
    command = [sys.executable, "-m", "pipelines", "--home", str(killed.home.root), "run", "--round", "dot_1"]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, check=False, timeout=300)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (tmp_path / "prefect" / "prefect.db").is_file(), "there was a server"
    deadline = time.monotonic() + 60
    while _processes_with(environment["PREFECT_HOME"]) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _processes_with(environment["PREFECT_HOME"]) == []
    with pytest.MonkeyPatch.context() as patch:
        assert status_json(MiniHome(killed.home, patch).night("2022-05-10").results[0]) == undisturbed


def test_where_no_server_starts_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "sqlite+aiosqlite:////khong/co/cho.db")
    with pytest.raises(own_server.NoServer, match="--direct"):
        own_server.own_server()


def _environment(prefect_home: Path) -> dict[str, str]:
    """Nothing of ours or of Prefect's but a clock and a place for Prefect's files."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return environment | {CLOCK: NOW, "PREFECT_HOME": str(prefect_home), "PYTHONUTF8": "1"}


def _processes_with(prefect_home: str) -> list[str]:
    """The processes that were given that place for Prefect's files."""
    given = f"PREFECT_HOME={prefect_home}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if given in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().decode())
    return found


@pytest.fixture(scope="module")
def deployments() -> list[dict[str, Any]]:
    yaml = pytest.importorskip("yaml")
    told = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text(encoding="utf-8"))
    return list(told["deployments"])


def test_deployments_start_flows_that_exist(deployments: list[dict[str, Any]]) -> None:
    assert [d["name"] for d in deployments] == ["nightly", "correction", "templates"]
    for deployment in deployments:
        path, _, name = deployment["entrypoint"].partition(":")
        tree = ast.parse((CHECKOUT / path).read_text(encoding="utf-8"))
        (function,) = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name)
        assert any("flow" in ast.unparse(decorator) for decorator in function.decorator_list), name
        parameters = {argument.arg for argument in function.args.args}
        assert set(deployment["parameters"]) <= parameters, name
        assert len(function.args.defaults) == len(parameters), "all may be left out"


def test_the_night_is_planned_in_vietnamese_time_and_never_twice_at_once(deployments: list[dict[str, Any]]) -> None:
    nightly, *others = deployments
    assert nightly["schedules"] == [{"cron": "0 22 * * *", "timezone": "Asia/Ho_Chi_Minh"}]
    assert all(not other["schedules"] for other in others)
    assert all(d["concurrency_limit"]["limit"] == 1 for d in deployments)
    assert len({d["work_pool"]["name"] for d in deployments}) == 1


def test_prefect_is_the_version_that_is_locked() -> None:
    from importlib.metadata import version

    text = Path(CHECKOUT / "prefect.yaml").read_text(encoding="utf-8")
    assert f"prefect-version: {version('prefect')}\n" in text
