"""The documentation is tested: every command is in it, its links lead somewhere, its examples parse."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from pipelines.cli import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"^(?:\w+=\S+\s+)*(?:\./tonghop|tonghop(?:\.cmd)?)(?=\s|$)(.*)$")


def pages() -> list[Any]:
    return [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in PAGES]


def commands() -> dict[str, Any]:
    """Every command by its words: `run`, `plan check`."""
    found: dict[str, Any] = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {word}": one for word, one in inner.items()} if inner else {name: command}
    return found


def table_rows() -> list[str]:
    """The first cells of the README's table of commands."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `tonghop ((?:[^`])*)` \|", text, re.MULTILINE)


def calls(text: str) -> Iterator[list[str]]:
    """The arguments of every `tonghop …` line in the fenced blocks of a page."""
    for language, block in FENCE.findall(text):
        for line in block.splitlines():
            found = CALL.match(line.strip())
            if found and language != "text":
                yield shlex.split(found[1], posix="\\" not in found[1])


def parse(arguments: list[str]) -> None:
    """Parses as the command line would, without running. Raises what a wrong command or option raises."""
    group: Any = get_command(app)
    context = group.make_context("tonghop", list(arguments), resilient_parsing=arguments[:1] == ["--version"])
    rest = [*context._protected_args, *context.args]
    while rest and hasattr(group, "resolve_command"):
        name, group, rest = group.resolve_command(context, rest)
        context = group.make_context(name, rest, parent=context)
        rest = [*context._protected_args, *context.args] if hasattr(group, "resolve_command") else []


def test_every_command_stands_in_the_readme() -> None:
    listed = {re.split(r" (?=[\[A-Z-])", row)[0] for row in table_rows()}
    assert listed == set(commands())


def test_the_readme_names_every_option() -> None:
    rows = {re.split(r" (?=[\[A-Z-])", row)[0]: row for row in table_rows()}
    for name, command in commands().items():
        options = {p.opts[0] for p in command.params if p.opts[0].startswith("--")}
        assert set(re.findall(r"--[a-z-]+", rows[name])) == options, name


@pytest.mark.parametrize("page", pages())
def test_links_lead_to_files(page: Path) -> None:
    targets = [t.partition("#")[0] for t in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in t]
    assert [t for t in targets if t and not (page.parent / t).exists()] == []


@pytest.mark.parametrize("page", pages())
def test_examples_parse(page: Path) -> None:
    for arguments in calls(page.read_text(encoding="utf-8")):
        parse(arguments)


def test_examples_are_found() -> None:
    found = {words[0] for page in PAGES for words in calls(page.read_text(encoding="utf-8")) if words}
    assert {name.split()[0] for name in commands()} <= found


@pytest.mark.parametrize("page", pages())
def test_pages_are_composed_text(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)


def test_every_picture_is_shown_and_small() -> None:
    shown = {Path(t).name for page in PAGES for t in LINK.findall(page.read_text(encoding="utf-8"))}
    pictures = list((ROOT / "docs" / "pictures").glob("*.png"))
    assert {p.name for p in pictures} <= shown
    assert [p.name for p in pictures if p.stat().st_size > 300_000] == []


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert set(LINK.findall(index)) == {p.name for p in (ROOT / "docs" / "decisions").glob("0*.md")}


@pytest.mark.parametrize("wrong", ["forget", "run --nightly", "status --as-of ngay", "plan mend kh70_2022"])
def test_a_wrong_example_would_be_seen(wrong: str) -> None:
    with pytest.raises(Exception, match=r"(?i)no such|invalid|không phải|got unexpected"):
        parse(wrong.split())
