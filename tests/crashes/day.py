"""A home whose next run has everything to do that a run can do, and what it means when it is done."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.archive import Archive
from pipelines.clock import VARIABLE as CLOCK
from pipelines.nightly import Request, run_night
from pipelines.plans import Plans
from pipelines.store import Home
from tests.control_books import office_of
from tests.homes import MiniHome, mini_report, mini_templates, tonghop_here

PLAN, ROUND = "mini", "dot_1"
BEFORE = "2022-05-12T22:00:00+07:00"
NOW = "2022-05-20T22:00:00+07:00"
AFTER = "2022-05-21T23:00:00+07:00"
RUN = ("run", "--direct", "--plan", PLAN, "--round", ROUND)
EDITED = "cong-van-CQ.docx"
"""A letter that the office went on writing in, and that the next run has something new to say in."""
_UNWANTED = "cong-van-HU.docx"
"""A letter that the next run no longer wants."""


def prepared(root: Path) -> Home:
    """After one night, with nine files in the inbox.

    A correction, a late report that was refused in a wrong folder the night before, a rejected one, one with a warning,
    a control workbook that extends and renames, the same bytes twice, a file in a wrong folder, and one that is no
    workbook.
    """
    with pytest.MonkeyPatch.context() as patch:
        mini = MiniHome(mini_templates(root).home, patch)
        mini.at(BEFORE)
        mini.drop(mini_report("DU"), name="du.xlsx")
        misplaced = mini.drop(mini_report("HU"), name="hu.xlsx", folder="CQ").read_bytes()
        run_night(Request(mini.home, PLAN, ROUND))
        with zipfile.ZipFile(mini.home.round_folder(PLAN, ROUND) / "don-doc" / EDITED, "a") as letter:
            letter.writestr("docProps/cua-van-phong.txt", "Đã sửa, chờ ký.")
        assert (mini.home.round_folder(PLAN, ROUND) / "don-doc" / _UNWANTED).is_file()
        patch.setenv(CLOCK, NOW)
        _drop(mini)
        for name in ("hu.xlsx", "hu chep.xlsx"):
            (mini.home.inbox / name).write_bytes(misplaced)
        return mini.home


def _drop(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", da_hoc=7), name="du sua.xlsx", folder="DU")
    mini.drop(mini_report("CQ", nam=70), name="cq sai.xlsx")
    mini.drop(mini_report("CQ"), name="cq nham cho.xlsx", folder="HU")
    (mini.home.inbox / "anh.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    (mini.home.inbox / "in ra.xlsx").write_bytes(b"%PDF-1.4\n" + bytes(500))
    office = office_of(mini, Plans(mini.home).base(PLAN))
    renamed = office.renamed("DU", "Đảng uỷ mới", date(2022, 5, 1))
    office.book("dieu hanh.xlsx", {**office.extension("CQ", date(2022, 5, 15)), **office.changes(renamed)})


def meaning(home: Home) -> dict[str, Any]:
    """All that a home says once nothing runs: archive, dataset, what is published, what still lies about.

    Left out is when the files of this copy of the home were made (`file_time`, `seen_at`): copies differ in that.
    """
    return {
        "archive": dict(_archived(home)),
        "dataset": _tables(home.dataset),
        "status": _status(home),
        "outbox": dict(_published(home.outbox)),
        "inbox": sorted(p.relative_to(home.inbox).as_posix() for p in home.inbox.rglob("*") if p.is_file()),
        "left over": leftovers(home),
    }


def leftovers(home: Home) -> list[str]:
    """What something left behind that was to be gone or renamed."""
    hidden = (p for folder in (home.outbox, home.archive) for p in folder.rglob(".*"))
    named = (p for p in home.store.iterdir() if p.name.startswith(".") or ".new" in p.name or p.suffix == ".wal")
    return sorted(p.relative_to(home.root).as_posix() for p in (*hidden, *named) if p.name != ".gitkeep")


def half_written(home: Home) -> list[str]:
    """The visible files of the outbox that do not open."""
    visible = (p for p in home.outbox.rglob("*") if p.is_file() and not p.name.startswith("."))
    return sorted(p.relative_to(home.root).as_posix() for p in visible if not _opens(p))


def _opens(path: Path) -> bool:
    if path.suffix in {".xlsx", ".docx"}:
        with zipfile.ZipFile(path) as file:
            return file.testzip() is None
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8").rstrip().endswith("</html>")
    if path.suffix == ".parquet":
        return path.read_bytes()[-4:] == b"PAR1"
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            return bool(connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone())
    return path.stat().st_size > 0


def _archived(home: Home) -> Iterator[tuple[str, Any]]:
    archive = Archive(home.archive)
    for note in archive.notes():
        arrivals = sorted((a.received_at.isoformat(), a.source_name, a.folder) for a in note.arrivals)
        archive.bytes_of(note.sha256)
        yield (
            note.sha256,
            {
                "arrivals": arrivals,
                "plan": note.plan_version,
                "since": note.since and dict(note.since),
                "withdrawn": [w.reason for w in note.withdrawals],
                "refused": sorted((r.source_name, r.folder, r.code, r.message) for r in note.refusals),
            },
        )
    for table in sorted((home.archive / "plans").rglob("*.csv")):
        yield table.relative_to(home.archive).as_posix(), hashlib.sha256(table.read_bytes()).hexdigest()


def _status(home: Home) -> Any:
    """What `status --json` says of the round on the day after."""
    asked = tonghop_here(home, "status", "--plan", PLAN, "--round", ROUND, "--json", now=AFTER)
    assert asked.exit_code == 0, asked.output
    return json.loads(asked.stdout)


def _tables(path: Path) -> dict[str, list[str]]:
    """The rows of every table of a DuckDB file, sorted, without the moments that are this copy's own."""
    said: dict[str, list[str]] = {}
    if not path.exists():
        return said
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
        names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
        for schema, table in sorted(names):
            rows = connection.execute(f'SELECT * FROM "{schema}"."{table}"')
            own = [n for n, column in enumerate(rows.description or ()) if column[0] == "file_time"]
            told = [[v for n, v in enumerate(row) if n not in own] for row in rows.fetchall()]
            said[f"{schema}.{table}"] = sorted(json.dumps(row, default=str, ensure_ascii=False) for row in told)
    return said


def _published(outbox: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(p for p in outbox.rglob("*") if p.is_file() and not p.name.startswith(".")):
        said = repr(_tables(path)).encode() if path.suffix == ".duckdb" else path.read_bytes()
        yield path.relative_to(outbox).as_posix(), hashlib.sha256(said).hexdigest()
