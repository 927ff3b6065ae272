"""No text from a submission becomes a formula, a link, markup or a path: every output of two hostile nights, walked."""

from __future__ import annotations

import csv
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import duckdb
import pytest
import typer
from markdown_it import MarkdownIt

from pipelines import cli
from pipelines.cli.work import show_outcome
from pipelines.clock import end_of_day
from pipelines.dataset import open_dataset
from pipelines.export import export_files
from pipelines.spelling import tidy
from pipelines.spoken_text import spoken, spoken_lines
from pipelines.status_page.wording import sound
from pipelines.summing_up import markdown_headline, markdown_summary, markdown_units, outcome_lines
from pipelines.watching.telling import told
from tests.homes import tonghop_here
from tests.hostile_home import REASON, TYPED, UNIT_NAMES, HostileHome, hostile_home
from tests.hostile_texts import MARK, MARKUP, TEXTS
from tests.inert_outputs import (
    alive_in_package,
    alive_in_page,
    as_typed,
    formulas_in_cell,
    obeyed_by_terminal,
    strings_of,
)
from tests.windows_names import LONGEST_PATH, clashes, faults

NOW = "2022-05-12T23:00:00+07:00"
FORGED = re.compile(r"\s*09\W05\W2022")
"""A line that begins so was written by a text, and by nobody else."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileHome]:
    """Both nights, played once; the clock stays at the evening of the second."""
    with pytest.MonkeyPatch.context() as patch:
        yield hostile_home(tmp_path_factory.mktemp("thu-dich") / "nha", patch)


def all_inert(paths: list[Path], walker: Callable[[Path], Iterator[str]]) -> None:
    """Nothing in any of the files is alive; there is at least one, and some bear hostile texts."""
    assert paths
    found = {path.name: list(walker(path)) for path in paths}
    assert {name: alive for name, alive in found.items() if alive} == {}


# --- Files


def test_workbooks_hold_text_as_text(hostile: HostileHome) -> None:
    books = hostile.published(".xlsx")
    all_inert(books, alive_in_package)
    kinds = {book.relative_to(hostile.home.outbox).parts[2] for book in books if MARK in " ".join(strings_of(book))}
    assert kinds >= {"mau", "phieu-tiep-nhan", "tra-lai", "theo-don-vi", "theo-nhom", "tong-hop.xlsx"}


def test_a_marked_copy_gives_back_what_was_typed(hostile: HostileHome) -> None:
    for copy in hostile.home.outbox.glob("mini/dot_1/tra-lai/*/*.xlsx"):
        strings = strings_of(copy)
        assert [text for text in TYPED if text not in strings] == []


def test_documents_hold_text_as_text(hostile: HostileHome) -> None:
    papers = hostile.published(".docx")
    all_inert(papers, alive_in_package)
    texts = {paper.name: "\n".join(p.text for p in docx.Document(str(paper)).paragraphs) for paper in papers}
    assert MARK in texts["cong-van-CQ.docx"]
    assert MARKUP["markdown"] in texts["cong-van-CQ.docx"], "the reason of the withdrawal, as it was given"


def test_the_page_holds_text_as_text(hostile: HostileHome) -> None:
    pages = sorted(hostile.home.outbox.rglob("*.html"))
    all_inert(pages, alive_in_page)
    from tests.html_tree import Parsed

    said = Parsed(hostile.published(".html")[0].read_text(encoding="utf-8")).root.raw
    assert [name for name in UNIT_NAMES.values() if str(sound(tidy(name))) not in said] == []


def test_notes_and_messages_hold_nothing_a_terminal_obeys(hostile: HostileHome) -> None:
    notes = hostile.published(".txt")
    all_inert(notes, lambda path: iter(obeyed_by_terminal(path.read_text(encoding="utf-8-sig"))))
    lines = [line for note in notes for line in note.read_text(encoding="utf-8-sig").splitlines()]
    assert [line for line in lines if FORGED.match(line)] == []


# --- Tables for other programs


@pytest.fixture(scope="module")
def exported(hostile: HostileHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of the second night as CSV and as Parquet."""
    folder = tmp_path_factory.mktemp("so-lieu")
    with open_dataset(hostile.home.dataset) as connection:
        result = hostile.nights[1].results[0]
        for form in ("csv", "parquet"):
            moment = end_of_day(result.as_of)
            export_files(connection, result.plan, (result.round,), moment, folder, form)  # type: ignore[arg-type]
    return folder


def test_parquet_and_duckdb_hold_every_text_exactly(hostile: HostileHome, exported: Path) -> None:
    expected = Counter(tidy(text) for text in TYPED)
    (copy,) = hostile.published(".duckdb")
    with duckdb.connect(str(copy), read_only=True) as connection:
        kept = connection.execute("SELECT ten FROM khen").fetchall()
    parquet = duckdb.execute("SELECT ten FROM read_parquet($1)", [str(exported / "khen.parquet")]).fetchall()
    assert Counter(ten for (ten,) in kept) == Counter(ten for (ten,) in parquet) == expected


def test_csv_holds_nothing_a_spreadsheet_takes_for_a_formula(exported: Path) -> None:
    tables = sorted(exported.glob("*.csv"))
    cells = [cell for table in tables for row in rows_of(table) for cell in row.values()]
    assert any(MARK in cell for cell in cells)
    assert [cell for cell in cells if formulas_in_cell(cell)] == []


def test_csv_can_be_looked_at_in_a_terminal(exported: Path) -> None:
    for table in sorted(exported.glob("*.csv")):
        text = table.read_text(encoding="utf-8")
        assert spoken_lines(text) == text, table.name


def test_csv_can_be_read_back_as_it_is_spoken(exported: Path) -> None:
    for table in sorted(exported.glob("*.csv")):
        path = table.with_suffix(".parquet")
        exact = duckdb.execute("SELECT * FROM read_parquet($1)", [str(path)])
        texts = [n for n, (_, kind, *_) in enumerate(exact.description) if kind == "VARCHAR"]
        kept = Counter(tuple(spoken(row[n] or "") for n in texts) for row in exact.fetchall())
        cells = [[as_typed(cell) for cell in row.values()] for row in rows_of(table)]
        assert Counter(tuple(row[n] for n in texts) for row in cells) == kept


def rows_of(table: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, by column."""
    with table.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


# --- The terminal


COMMANDS = [
    ("status", "--plan", "mini", "--round", "dot_1"),
    ("history", "HU", "--plan", "mini"),
    ("history", "DU", "--plan", "mini"),
    ("history", "CQ", "--plan", "mini"),
    ("history", "DIEU-HANH", "--plan", "mini"),
    ("changes", "--plan", "mini", "--round", "dot_1", "--since", "2022-05-04"),
    ("refused",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_is_asked_is_said_plainly(hostile: HostileHome, command: tuple[str, ...]) -> None:
    answer = tonghop_here(hostile.home, *command, now=NOW)
    assert answer.exit_code == 0, answer.output
    said_plainly(answer.output)
    assert MARK in answer.output or command[1:2] == ("DIEU-HANH",)
    shown = tonghop_here(hostile.home, *command, "--json", now=NOW)
    said_plainly(shown.stdout)
    json.loads(shown.stdout)


def test_json_gives_every_text_exactly(hostile: HostileHome) -> None:
    def asked(*command: str) -> Any:
        return json.loads(tonghop_here(hostile.home, *command, "--json", now=NOW).stdout)

    units = asked("status", "--plan", "mini", "--round", "dot_1")["units"]
    assert {unit["code"]: unit["name"] for unit in units} == {code: tidy(name) for code, name in UNIT_NAMES.items()}
    (withdrawn,) = asked("history", "CQ", "--plan", "mini")
    assert REASON in withdrawn["reason"]
    refused = {(unusable["folder"], unusable["name"]) for unusable in asked("refused")}
    assert refused >= {(shown(folder), shown(name)) for folder, name in hostile.dropped}


def test_markup_of_rich_and_names_of_emoji_are_words(hostile: HostileHome) -> None:
    said = tonghop_here(hostile.home, "refused", now=NOW).output + tonghop_here(hostile.home, "status", now=NOW).output
    for words in ("[red]", "[∕bold]", ":bomb:"):
        assert words in said
    assert not {"\N{BOMB}", "\N{SKULL}"} & set(said)


def test_a_check_says_and_names_everything_plainly(hostile: HostileHome, tmp_path: Path) -> None:
    du = next(n for n in hostile.nights[0].results[0].sources if n.unit.code == "DU").sha256
    file = tmp_path / f"=1+1 {MARKUP['rich'].replace('/', ':')}\x1b[2J\n09-05-2022 .xlsx"
    try:
        file.write_bytes((hostile.home.archive / du[:2] / du).read_bytes())
    except OSError:
        pytest.skip("this system takes no such name")
    for more in ((), ("--json",)):
        answer = tonghop_here(hostile.home, "check", str(file), "--out", str(tmp_path / "ra"), *more, now=NOW)
        assert answer.exit_code == 1, answer.output
        said_plainly(answer.output)
        assert "[red]" in answer.output
    assert json.loads(answer.stdout)[0]["file"] == str(file)
    (copy,) = (tmp_path / "ra").iterdir()
    assert faults(copy.name) == []
    missing = tonghop_here(hostile.home, "check", f"{tmp_path}/không có \x1b[31m[red]\n09-05-2022.xlsx", now=NOW)
    assert missing.exit_code == 2
    said_plainly(missing.output)


def test_a_run_and_a_watch_say_a_line_for_each_thing(hostile: HostileHome, capsys: pytest.CaptureFixture[str]) -> None:
    for night in hostile.nights:
        show_outcome(hostile.home, night)
        said = capsys.readouterr().out
        said_plainly(said)
        lines = outcome_lines(night)
        assert sum(line.startswith("- ") for line in said.splitlines()) == len(lines)
    assert "[red]dở[∕red]" in said
    lines = watch_lines(hostile)
    from pipelines.cli.watching import say

    for line in lines:
        say(line)
    said = capsys.readouterr().out
    said_plainly(said)
    assert len(said.splitlines()) == len(lines) > len(TEXTS)


def watch_lines(hostile: HostileHome) -> list[str]:
    """What a watch would have said of all that ever arrived: its answers are there."""
    from types import SimpleNamespace

    from pipelines.archive import Archive

    arrived = [a for note in Archive(hostile.home.archive).notes() for a in note.arrivals]
    taken = SimpleNamespace(arrived=arrived, unusable=(), refused=())
    with open_dataset(hostile.home.dataset, read_only=True) as connection:
        lines = [line for _, line in told(connection, hostile.home, taken)]  # type: ignore[arg-type]
    assert all("Trả lời: outbox/" in line for line in lines), "each arrival has an answer, and its line says where"
    return lines


def test_a_fault_of_the_system_is_said_on_its_own_line(capsys: pytest.CaptureFixture[str]) -> None:
    @cli.said_plainly
    def denied() -> None:
        raise PermissionError(13, "không được", "a\x1b[31m\n09/05/2022\udcff.xlsx")

    with pytest.raises(typer.Exit):
        denied()
    said = capsys.readouterr().err
    said_plainly(said)
    assert len(said.splitlines()) == 1


def said_plainly(said: str) -> None:
    """Nothing a terminal obeys, nothing half, no line that a text has forged."""
    assert obeyed_by_terminal(said) == []
    assert [line for line in said.splitlines() if FORGED.match(line)] == []


# --- Prefect's pages


def test_prefect_is_given_words(hostile: HostileHome) -> None:
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for night in hostile.nights:
        (result,) = night.results
        cells = [str(cell) for row in markdown_units(result) for cell in row.values()]
        for text in (markdown_summary(night), markdown_headline(result), *cells):
            kinds = {t.type for block in markdown.parse(text) for t in (block, *(block.children or ()))}
            lists = {f"{kind}_{end}" for kind in ("bullet_list", "list_item", "paragraph") for end in ("open", "close")}
            assert kinds <= {"inline", "text", "text_special", "softbreak", *lists}
            assert obeyed_by_terminal(text) == []
            assert re.search(r"(?<!\\)://|www\.|(?<!\\)@", text) is None, "what becomes a link without any markup"
        (summary,) = [t for t in markdown.parse(markdown_summary(night)) if t.type == "bullet_list_open"]
        assert summary.level == 0


# --- Names of files


def test_every_name_in_the_outbox_does_on_every_system(hostile: HostileHome) -> None:
    outbox = hostile.home.outbox
    paths = [path.relative_to(outbox) for path in outbox.rglob("*")]
    assert {str(path): found for path in paths if (found := faults(path.name))} == {}
    assert clashes(path.as_posix() for path in paths) == []
    room = LONGEST_PATH - max(len(str(path)) for path in paths) - len("\\outbox\\")
    assert room >= 100, "a home may lie that deep, and Windows still opens every file"


def test_every_file_has_an_answer_of_its_own(hostile: HostileHome) -> None:
    notes = [path.name for path in (hostile.home.outbox / "khong-doc-duoc").glob("20220504*b7d082ee.txt")]
    assert len(notes) == len({(shown(folder), shown(name)) for folder, name in hostile.dropped})


def shown(name: str) -> str:
    """A name as it is told: what is no UTF-8 replaced, in NFC."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
