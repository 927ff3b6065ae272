"""The dataset's tables and macros: made where they are missing or of another edition, else left alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipelines.clock import end_of_day
from pipelines.dataset import Connection, ensure_sheets, open_dataset, read
from pipelines.known import Known, known_by
from tests.typed import ROUND, books, mini_plan, whole

PLAN = mini_plan()
COUNTING = "SELECT unit, version FROM counting($plan, $round, $moment) ORDER BY unit"


def known(connection: Connection, day: str = "2022-05-20", which: int = 0) -> Known:
    ensure_sheets(connection, PLAN)
    return known_by(connection, PLAN, PLAN.rounds[which], end_of_day(date.fromisoformat(day)))


def test_opening_a_dataset_writes_nothing_into_it(tmp_path: Path) -> None:
    path = tmp_path / "kho.duckdb"
    with open_dataset(path):
        pass
    before = path.read_bytes(), path.stat().st_mtime_ns
    with open_dataset(path) as connection:
        assert read(connection, "SELECT count(*) AS n FROM submissions") == [{"n": 0}]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_dataset_of_another_edition_is_given_tables_and_macros_anew(tmp_path: Path) -> None:
    path = tmp_path / "kho.duckdb"
    with open_dataset(path) as connection:
        connection.execute("CREATE OR REPLACE MACRO edition() AS 'one before'")
        connection.execute("CREATE OR REPLACE MACRO counting(a, b, c) AS TABLE SELECT 'HU' AS unit, 7 AS version")
        connection.execute("DROP TABLE declarations")
    with open_dataset(path) as connection:
        assert known(connection).read(COUNTING) == []
        assert read(connection, "SELECT * FROM declarations") == []


def test_a_dataset_from_before_editions_is_given_them(tmp_path: Path) -> None:
    path = tmp_path / "kho.duckdb"
    with open_dataset(path) as connection:
        connection.execute("DROP MACRO edition")
        connection.execute("CREATE OR REPLACE MACRO counting(a, b, c) AS TABLE SELECT 'HU' AS unit, 7 AS version")
    with open_dataset(path) as connection:
        assert known(connection).read(COUNTING) == []


def test_what_was_known_is_what_was_booked_when_it_was_asked_for() -> None:
    with books(PLAN) as ledger:
        ledger.night(whole("DU", "2022-05-08"))
        first = known(ledger.connection)
        assert first.read(COUNTING) == [{"unit": "DU", "version": 1}]
        ledger.night(whole("DU", "2022-05-09", tong=12, nam=8), whole("HU", "2022-05-09"))
        assert first.read(COUNTING) == [{"unit": "DU", "version": 1}]
        now = known(ledger.connection)
        assert now.read(COUNTING) == [{"unit": "DU", "version": 2}, {"unit": "HU", "version": 1}]
        day_before = known(ledger.connection, "2022-05-08")
        assert day_before.read(COUNTING) == [{"unit": "DU", "version": 1}]
        assert now.read(COUNTING) == [{"unit": "DU", "version": 2}, {"unit": "HU", "version": 1}], "moments lie apart"


def test_earlier_rounds_are_known_by_the_same_moment() -> None:
    with books(PLAN) as ledger:
        ledger.night(whole("DU", "2022-05-08"))
        second = known(ledger.connection, which=1)
        assert second.read(COUNTING) == []
        (before,) = second.earlier()
        assert (before.round.id, before.moment) == (ROUND, second.moment)
        assert before.read(COUNTING) == [{"unit": "DU", "version": 1}]
        assert before.earlier() == ()
