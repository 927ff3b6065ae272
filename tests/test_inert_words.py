"""The rooms that foreign text passes on its way out: hostile words lose what is dangerous, Vietnamese ones nothing."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path

import docx
import duckdb
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipelines.cli.options import PlainConsole, pieces
from pipelines.documents.tables import add_text
from pipelines.documents.wording import sound_text
from pipelines.export import _inert
from pipelines.file_names import LONGEST_BYTES, LONGEST_PATH, room_in, safe_name
from pipelines.returned.words import inert
from pipelines.spoken_text import json_text, markdown_text, spoken, spoken_lines
from pipelines.status_page.wording import sound
from pipelines.styles import WORKBOOK_OPTIONS, cell_text, footer_text, property_text
from pipelines.template.notes import write_comment
from tests.hostile_home import WINDOWS_NAMES
from tests.hostile_texts import CONTROLS, HALF, HARMLESS, TEXTS
from tests.inert_outputs import alive_in_package, as_typed, formulas_in_cell, obeyed_by_terminal
from tests.windows_names import faults

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
VIETNAMESE = st.text(LETTERS + LETTERS.upper() + "0123456789", min_size=1, max_size=12)
SENTENCES = st.lists(VIETNAMESE, min_size=1, max_size=8).map(" ".join)
"""Words of Vietnamese letters (NFC) and digits with single blanks between: nothing in them is dangerous anywhere."""
PUNCTUATED = st.lists(
    st.sampled_from([", ", "; ", " – ", " (", ") ", "/", ": ", "“", "”", ". ", " % "]) | VIETNAMESE
).map(lambda parts: re.sub(" +", " ", f"a{''.join(parts)}a"))
"""And with the punctuation of official papers."""
SHORT = {name: text for name, text in TEXTS.items() if len(text) < 1_000}
EVERY = [*TEXTS.values(), HALF]
NO_BREAK = "\N{NO-BREAK SPACE}"
ANY = st.text() | st.sampled_from(sorted(SHORT.values()))


def as_cell(text: str) -> str:
    """A text as the CSV export writes it."""
    connection = _connection()
    connection.execute("CREATE OR REPLACE TABLE t AS SELECT $1::VARCHAR AS v", [text])
    (row,) = connection.execute(_inert(connection, "SELECT v FROM t")).fetchall()
    return str(row[0])


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def printed(text: str) -> str:
    """A text as the terminal shows it."""
    out = io.StringIO()
    PlainConsole(file=out, width=10_000, highlight=False, markup=False, emoji=False).print(text, soft_wrap=True)
    return out.getvalue().removesuffix("\n")


def rendered(text: str) -> str:
    """A text as a page of Markdown shows it."""
    (inline,) = [
        t for t in MarkdownIt("gfm-like", {"linkify": False}).parse(f"- a {markdown_text(text)}") if t.children
    ]
    assert {child.type for child in inline.children or ()} <= {"text", "text_special"}, inline.children
    return inline.content and "".join(child.content for child in inline.children or ()).removeprefix("a ")


ROOMS: dict[str, Callable[[str], str]] = {
    "terminal": spoken,
    "terminal, of several lines": spoken_lines,
    "console": printed,
    "pieces": lambda text: pieces(text, (text, "bold")).plain[: len(text)],
    "json": lambda text: str(json.loads(json_text([text]))[0]),
    "json as seen": lambda text: json_text([text]).splitlines()[1].strip()[1:-1],
    "markdown": rendered,
    "cell": cell_text,
    "answer": inert,
    "document": sound_text,
    "page": lambda text: str(sound(text)),
    "property": property_text,
    "csv": as_cell,
}


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS)
def test_vietnamese_passes_unchanged(room: Callable[[str], str]) -> None:
    @given(SENTENCES | PUNCTUATED)
    @settings(max_examples=30, deadline=None)
    def law(text: str) -> None:
        assert room(text) == text

    law()
    assert [words for words in HARMLESS if room(words) != words] == []


@given(SENTENCES)
def test_vietnamese_names_stay(words: str) -> None:
    name = f"bc {words[:60].strip()}.xlsx"
    assert safe_name(name) == name
    assert footer_text(words[:59]) == words[:59]


# --- What is dangerous goes


@given(ANY)
@settings(deadline=None)
def test_a_terminal_obeys_nothing(text: str) -> None:
    for said in (
        spoken(text),
        json_text({text: [text]}).replace("\n", ""),
        printed(text),
        pieces(text, (text, "red")).plain,
    ):
        assert obeyed_by_terminal(said) == []
        assert "\n" not in said
    assert spoken(spoken(text)) == spoken(text)
    assert len(spoken(text)) == len(text)


@given(st.text(st.characters(codec="utf-8")) | st.sampled_from(sorted(SHORT.values())))
def test_json_is_exact(text: str) -> None:
    assert json.loads(json_text({"a": text})) == {"a": text}


@pytest.mark.parametrize("text", [*SHORT.values(), HALF], ids=[*SHORT, "half"])
def test_markdown_says_just_the_words(text: str) -> None:
    assert " ".join(rendered(text).split()) == " ".join(spoken(text).split())


def test_console_takes_no_text_for_markup() -> None:
    assert printed("[red]a[/red] :bomb: [link=http://x]y[/link]\\") == "[red]a[/red] :bomb: [link=http://x]y[/link]\\"


@settings(max_examples=60, deadline=None)
@given(ANY | st.text("=+-@'\",;|\t\r\n \u00a0\u200b＝a1"))
def test_csv_is_inert_and_can_be_read_back_as_it_is_spoken(text: str) -> None:
    written = as_cell(text)
    assert formulas_in_cell(written) == []
    assert as_typed(written) == spoken(text)


# --- Names of files


@given(st.text(min_size=1) | st.sampled_from([*SHORT.values(), *WINDOWS_NAMES, HALF]), st.integers(9, 100))
def test_names_do_on_every_system(text: str, limit: int) -> None:
    for wanted in (text, f"{text}.xlsx"):
        name = safe_name(wanted, limit)
        assert faults(name) == []
        assert len(name) <= limit
        assert len(name.encode()) <= LONGEST_BYTES
        assert safe_name(name, limit) == name, "a name that is safe stays"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("COM¹.xlsx", "_COM¹.xlsx"),
        ("conin$", "_conin$"),
        ("NUL .xlsx", "_NUL.xlsx"),
        ("a:b", "a_b"),
        ("-rf", "_-rf"),
        ("=1+1.xlsx", "_=1+1.xlsx"),
        ("~$bao-cao.xlsx", "_~$bao-cao.xlsx"),
        ("c\u200don", "_con"),
        ("e\u200d\u0301", "é"),
        ("CONG AN", "CONG AN"),
    ],
)
def test_names_that_programs_misread(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_a_name_leaves_room_for_its_folder() -> None:
    assert room_in("C:/ra", 80) == 80
    assert room_in("C:/" + "a" * 200, 80, words=20) == LONGEST_PATH - 203 - 1 - 20
    assert room_in("C:/" + "a" * 400, 80) == 8


# --- Where the libraries themselves protect nothing


def test_comments_footers_and_properties_stay_xml(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = xlsxwriter.Workbook(str(path), WORKBOOK_OPTIONS)
    for text in EVERY:
        sheet = workbook.add_worksheet()
        write_comment(sheet, 1, 1, [text, "đoạn hai"])
        sheet.write_string(2, 0, cell_text(text))
        sheet.set_footer(f"&L{footer_text(text)}&C{footer_text(text)}")
        assert "&" not in footer_text(text).replace("&&", "")
        assert obeyed_by_terminal(property_text(text)) == []
        assert len(property_text(text)) <= 255
    workbook.set_properties({"title": property_text("".join(CONTROLS.values()))})
    workbook.close()
    assert list(alive_in_package(path)) == []


def test_a_run_of_a_document_holds_any_text() -> None:
    document = docx.Document()
    for text in EVERY:
        add_text(document.add_paragraph(), text)
    kept = io.BytesIO()
    document.save(kept)
    said = [paragraph.text.replace(NO_BREAK, " ") for paragraph in docx.Document(kept).paragraphs]
    assert said == [sound_text(text).replace(NO_BREAK, " ") for text in EVERY]
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") for text in said for c in text)
