"""What is written is there whole or not at all; what a dead process left beside is swept up, and nothing else."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import fault_points
from pipelines.durable import beside_of, hidden_beside, is_beside, sweep, write_durably
from pipelines.fault_points import VARIABLE, Fault, FaultPoint
from pipelines.store import CHECKOUT

OUTPUTS = ("a.xlsx", "b (mới 2022-05-10 200000).docx", "du-lieu.duckdb", "hoc_tap.parquet", "tin-nhan.txt", "x.html")
KEPT = ("0" * 64, f"{'0' * 64}.json", "af07c1d2-7e", "outputs.json")
NOT_OURS = (
    *("a.xlsx", ".gitkeep", ".~lock.a.xlsx#", "~$a.xlsx", "._a.xlsx", ".DS_Store", ".a.xlsx", "deadbeef"),
    *(".nomedia", ".bao-cao.2022", ".0123456789abcdef", ".ABCDEF012345.xlsx", "0123456789ab.xlsx"),
)


def test_what_was_written_beside_is_known_by_its_name() -> None:
    for name in OUTPUTS:
        assert is_beside(hidden_beside(Path(name)).name)
    for name in KEPT:
        assert is_beside(beside_of(Path(name)).name)
    assert is_beside(hidden_beside(Path("du-lieu.duckdb")).name + ".wal"), "DuckDB's log of one"
    assert [name for name in NOT_OURS if is_beside(name)] == []


def test_only_what_a_dead_process_left_is_swept_up(tmp_path: Path) -> None:
    folder = tmp_path / "don-doc" / "cu"
    folder.mkdir(parents=True)
    for name in NOT_OURS:
        (folder / name).write_text("của người khác")
    for name in KEPT:
        beside_of(folder / name).write_text("dở")
    for name in OUTPUTS:
        hidden_beside(folder / name).write_text("dở")
    plan = beside_of(tmp_path / "phien-ban")
    plan.mkdir()
    (plan / "units.csv").write_text("dở")
    assert sweep(tmp_path, below=False) == 1
    assert sweep(tmp_path) == len(OUTPUTS) + len(KEPT)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == sorted(NOT_OURS)


def test_a_full_disk_leaves_the_old_file_and_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    path.write_bytes(b"cu")
    fault_points.arm(Fault(f"{FaultPoint.NOTE_BESIDE}:1:disk"))
    try:
        with pytest.raises(OSError, match="space") as full:
            write_durably(path, b"moi", FaultPoint.NOTE_BESIDE)
    finally:
        fault_points.arm(None)
    assert full.value.errno == errno.ENOSPC
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("note.json", b"cu")]
    write_durably(path, b"moi", FaultPoint.NOTE_BESIDE)
    assert path.read_bytes() == b"moi"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="killed by signal")
def test_the_variable_kills_at_its_point_the_second_time(tmp_path: Path) -> None:
    twice = (
        "import pathlib; from pipelines.durable import write_durably; from pipelines.fault_points import FaultPoint\n"
        "for n in (b'1', b'2'): write_durably(pathlib.Path('n'), n, FaultPoint.NOTE_BESIDE)"
    )
    environment = {**os.environ, VARIABLE: f"{FaultPoint.NOTE_BESIDE}:2", "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run([sys.executable, "-c", twice], cwd=tmp_path, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "n").read_bytes() == b"1", "the first is whole, the second never came"
    assert sweep(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["n"]


def test_a_point_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="khong-co"):
        Fault("khong-co:1")
