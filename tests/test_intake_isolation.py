"""A file that crashes, hangs or fills the memory of its reader is a finding on that file; the others are read."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import wait
from pathlib import Path

import pytest

from pipelines.intake import confinement, isolation
from pipelines.intake.isolation import NoReaders, Outcome, ReaderStopped, kept_warm, read_each
from schemas.finding import FindingCode
from schemas.submission import RawWorkbook
from tests.hostile_readers import SECRET, hostile_reader, no_child
from tests.xlsx_parts import number, row, text, workbook

ROOT = Path(__file__).parents[1]
GOOD = workbook({"B1": row(1, number("A1", 5), text("B1", SECRET))})
C = FindingCode

only_posix = pytest.mark.skipif(sys.platform == "win32", reason="no signals and no memory limit there")


@pytest.fixture(autouse=True)
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "reader", hostile_reader)


def read(*contents: bytes) -> list[Outcome]:
    outcomes = list(read_each(((str(n), content) for n, content in enumerate(contents)), len(contents)))
    assert [sha for sha, _ in outcomes] == [str(n) for n in range(len(contents))]
    return [outcome for _, outcome in outcomes]


def said(outcome: Outcome) -> tuple[FindingCode, str] | None:
    """What was found; None: it could be read."""
    if isinstance(outcome, RawWorkbook):
        return None
    (finding,) = outcome
    return finding.code, finding.message


def alone() -> Outcome:
    (outcome,) = read(GOOD)
    assert isinstance(outcome, RawWorkbook)
    return outcome


KILLERS = {
    b"SIGABRT": (C.READER_FAILED, "ngừng đột ngột, mã -6"),
    b"deaf": (C.READER_FAILED, "quá 2 giây"),
    b"panic": (C.READER_FAILED, "Panic, hostile_readers.py:"),
    b"SIGSEGV": (C.READER_FAILED, "ngừng đột ngột, mã -11"),
    b"SIGKILL": (C.READER_FAILED, "ngừng đột ngột, mã -9"),
    b"fault": (C.READER_FAILED, "KeyError, hostile_readers.py:"),
    b"greedy": (C.READER_FAILED, "quá giới hạn bộ nhớ"),
    b"left": (C.READER_FAILED, "quá 2 giây"),
    b"long": (C.TOO_LARGE, "nội dung các ô quá 32 MiB"),
    b"": (C.EMPTY_FILE, ""),
}


@only_posix
def test_where_every_second_file_kills_its_reader_the_others_are_read_as_ever(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(isolation, "SECONDS_LIMIT", 2)
    outcomes = read(*(content for killer in KILLERS for content in (killer, GOOD)))
    for outcome, (code, words) in zip(outcomes[::2], KILLERS.values(), strict=True):
        found = said(outcome)
        assert found is not None
        assert found[0] is code
        assert words in found[1]
        assert SECRET not in found[1]
    assert {pickle.dumps(outcome) for outcome in outcomes[1::2]} == {pickle.dumps(alone())}
    assert capfd.readouterr() == ("", ""), "a child's last words may quote the file"


@only_posix
def test_a_file_is_not_judged_by_a_child_that_others_killed(tmp_path: Path) -> None:
    """As the system does that is out of memory, which may be somebody else's doing."""
    before, killed, after = read(b"who", f"once {tmp_path / 'killed'}".encode(), b"who")
    for outcome in (before, killed, after):
        assert isinstance(outcome, RawWorkbook)
    assert (tmp_path / "killed").exists()


@only_posix
def test_children_that_die_while_nobody_asks_them_cost_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_AHEAD", 1)
    seen = 0
    for seen, (_, outcome) in enumerate(read_each([(str(n), GOOD) for n in range(20)], 20), start=1):
        assert said(outcome) is None
        for child in _children() if seen in (3, 9) else ():
            child.kill()
            child.join()
    assert seen == 20


def _children() -> Iterator[multiprocessing.process.BaseProcess]:
    yield from (child for child in multiprocessing.active_children() if child.name == "pebble_pool_worker")


@only_posix
@pytest.mark.parametrize("warm", [False, True])
def test_children_that_answer_no_more_are_replaced(monkeypatch: pytest.MonkeyPatch, warm: bool) -> None:
    """As where one was killed in the middle of saying something: the others wait for it to end."""
    monkeypatch.setattr(isolation._standing, "open", warm)
    monkeypatch.setattr(isolation, "SECONDS_LIMIT", 2)
    asked: list[object] = []

    def impatient(futures: Sequence[isolation.Future], seconds: float) -> None:
        asked.append(futures)
        if len(asked) != 2:
            wait(futures, seconds)

    monkeypatch.setattr(isolation, "wait", impatient)
    first, bad, last = read(GOOD, b"sleep", GOOD)
    assert said(first) is said(last) is None
    assert said(bad) == said((isolation._too_long(),))


@only_posix
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_where_no_child_can_be_started_no_file_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_begin", no_child)
    monkeypatch.setattr(isolation._standing, "open", False)
    with pytest.raises(NoReaders):
        read(GOOD)


@only_posix
def test_a_child_is_confined() -> None:
    (outcome,) = read(b"who")
    assert isinstance(outcome, RawWorkbook)
    assert int(outcome.properties["RLIMIT_AS"]) == confinement.MEMORY_LIMIT
    core = 1 if sys.platform == "linux" else 0
    assert int(outcome.properties["RLIMIT_CORE"]) == core, "no core: not even for a program that collects them"


@only_posix
def test_a_child_ends_itself_where_nobody_else_does() -> None:
    code = "from pipelines.intake.confinement import ended_after\nwith ended_after(-4.8):\n    while True: pass"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == -signal.SIGALRM


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the sizes are those of a 64-bit system")
def test_the_structures_for_windows_have_the_sizes_windows_asks_for() -> None:
    assert (ctypes.sizeof(confinement.BasicLimits), ctypes.sizeof(confinement.ExtendedLimits)) == (64, 144)


def _pid_of_reader() -> int:
    (outcome,) = read(b"who")
    assert isinstance(outcome, RawWorkbook)
    return int(outcome.properties["pid"])


@only_posix
def test_a_child_that_stays_is_replaced_only_when_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    with kept_warm():
        first = _pid_of_reader()
        assert _pid_of_reader() == first
        outcomes = read(b"SIGABRT", GOOD)
        assert [isinstance(outcome, RawWorkbook) for outcome in outcomes] == [False, True]
        second = _pid_of_reader()
        assert second != first
        os.kill(second, signal.SIGKILL)  # while nobody asks for it
        third = _pid_of_reader()
        assert third not in {first, second}
        monkeypatch.setattr(isolation, "_RENEWED_AFTER", 0)
        assert _pid_of_reader() != third
    assert _pid_of_reader() != third


@only_posix
@pytest.mark.parametrize("warm", [False, True])
def test_a_reader_that_is_told_to_end_is_no_finding(warm: bool) -> None:
    def told_to_end() -> None:
        with pytest.raises(ReaderStopped):
            read(b"SIGTERM")

    if warm:
        with kept_warm():
            told_to_end()
            assert _pid_of_reader()
    else:
        told_to_end()


def test_nothing_to_read_starts_no_child() -> None:
    assert list(read_each([], 0)) == []


@pytest.mark.parametrize(("ahead", "bytes_ahead"), [(2, 10**9), (64, 2 * len(GOOD))])
def test_files_are_drawn_only_as_children_come_free(
    monkeypatch: pytest.MonkeyPatch, ahead: int, bytes_ahead: int
) -> None:
    monkeypatch.setattr(isolation, "_AHEAD", ahead)
    monkeypatch.setattr(isolation, "_BYTES_AHEAD", bytes_ahead)
    drawn: list[int] = []

    def contents() -> Iterator[tuple[str, bytes]]:
        for n in range(6):
            drawn.append(n)
            yield str(n), GOOD

    waiting: list[int] = []
    outcomes = dict(read_each(contents(), 6, lambda done, _: waiting.append(len(drawn) - done)))
    assert list(outcomes) == [str(n) for n in range(6)]
    assert max(waiting) <= 2
    assert len(waiting) == 6


def test_the_child_imports_no_heavy_library() -> None:
    code = "import sys, pipelines.intake.workbook; print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"pandas", "pandera", "prefect", "duckdb", "xlsxwriter", "openpyxl"}
    assert not set(done.stdout.split()) & heavy
