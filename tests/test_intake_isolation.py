"""A file that crashes, hangs or fills the memory of its reader is a finding on that file; the others are read."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from xlsx_parts import number, row, workbook

from pipelines.intake import isolation
from pipelines.intake.isolation import ReaderStopped, kept_warm, read_each
from schemas.finding import FindingCode
from schemas.submission import RawWorkbook

GOOD = workbook({"B1": row(1, number("A1", 5))})
CRASH, HANG, PANIC, GREEDY, STOPPED, WHO = b"crash", b"hang", b"panic", b"greedy", b"stopped", b"who"


class Panic(BaseException):
    """As calamine's PanicException: no Exception."""


def hostile_reader(content: bytes) -> object:
    """Stands in for the reader in the child: some contents do to it what hostile files do to calamine."""
    if content == CRASH:
        os.kill(os.getpid(), signal.SIGABRT)
    if content == STOPPED:
        os.kill(os.getpid(), signal.SIGTERM)
    if content == WHO:
        return RawWorkbook((), {"pid": str(os.getpid())})
    if content == HANG:
        time.sleep(60)
    if content == PANIC:
        return isolation._guarded(_panicking, content)
    if content == GREEDY:
        return isolation._guarded(lambda _: bytearray(4 * isolation.MEMORY_LIMIT), content)
    return isolation._read(content)


def _panicking(_: bytes) -> RawWorkbook:
    raise Panic


@pytest.mark.skipif(sys.platform == "win32", reason="no signals and no memory limit there")
def test_one_bad_file_does_not_take_the_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "reader", hostile_reader)
    monkeypatch.setattr(isolation, "SECONDS_LIMIT", 2)
    contents = {"1": GOOD, "2": CRASH, "3": GOOD, "4": HANG, "5": PANIC, "6": GREEDY, "7": GOOD, "8": b""}
    told: list[tuple[int, int]] = []
    outcomes = dict(read_each(contents.items(), len(contents), lambda done, of: told.append((done, of))))
    assert [sha for sha, outcome in outcomes.items() if isinstance(outcome, RawWorkbook)] == ["1", "3", "7"]
    failed = {
        sha: (outcome[0].code, outcome[0].message)
        for sha, outcome in outcomes.items()
        if not isinstance(outcome, RawWorkbook)
    }
    assert {sha: code for sha, (code, _) in failed.items()} == {
        "2": FindingCode.READER_FAILED,
        "4": FindingCode.READER_FAILED,
        "5": FindingCode.READER_FAILED,
        "6": FindingCode.READER_FAILED,
        "8": FindingCode.EMPTY_FILE,
    }
    assert "ngừng đột ngột" in failed["2"][1]
    assert "quá 2 giây" in failed["4"][1]
    assert "Panic" in failed["5"][1]
    assert "bộ nhớ" in failed["6"][1]
    assert told == [(n, 8) for n in range(1, 9)]


def _pid_of_reader() -> int:
    ((_, outcome),) = read_each([("1", WHO)], 1)
    assert isinstance(outcome, RawWorkbook)
    return int(outcome.properties["pid"])


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_a_child_that_stays_is_replaced_only_when_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "reader", hostile_reader)
    with kept_warm():
        first = _pid_of_reader()
        assert _pid_of_reader() == first
        outcomes = dict(read_each([("1", CRASH), ("2", GOOD)], 2))
        assert [isinstance(outcome, RawWorkbook) for outcome in outcomes.values()] == [False, True]
        second = _pid_of_reader()
        assert second != first
        os.kill(second, signal.SIGKILL)  # while nobody asks for it
        third = _pid_of_reader()
        assert third not in {first, second}
        monkeypatch.setattr(isolation, "_RENEWED_AFTER", 0)
        assert _pid_of_reader() != third
    assert _pid_of_reader() != third


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
@pytest.mark.parametrize("warm", [False, True])
def test_a_reader_that_is_told_to_end_is_no_finding(monkeypatch: pytest.MonkeyPatch, warm: bool) -> None:
    monkeypatch.setattr(isolation, "reader", hostile_reader)

    def read() -> None:
        with pytest.raises(ReaderStopped):
            list(read_each([("1", STOPPED)], 1))

    if warm:
        with kept_warm():
            read()
            assert _pid_of_reader()
    else:
        read()


def test_nothing_to_read_starts_no_child() -> None:
    assert list(read_each([], 0)) == []


def test_files_are_drawn_only_as_children_come_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_AHEAD", 2)
    drawn: list[int] = []

    def contents():  # type: ignore[no-untyped-def]
        for n in range(6):
            drawn.append(n)
            yield str(n), GOOD

    ahead: list[int] = []
    outcomes = dict(read_each(contents(), 6, lambda done, _: ahead.append(len(drawn) - done)))
    assert list(outcomes) == [str(n) for n in range(6)]
    assert max(ahead) <= 2


def test_the_child_imports_no_heavy_library() -> None:
    seen = isolation_modules()
    assert not seen & {"pandas", "pandera", "prefect", "duckdb", "xlsxwriter", "openpyxl"}


def isolation_modules() -> set[str]:
    """What a fresh interpreter has loaded once it can read a workbook."""
    import subprocess

    code = "import sys, pipelines.intake.workbook; print(*{m.split('.')[0] for m in sys.modules})"
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    return set(done.stdout.split())
