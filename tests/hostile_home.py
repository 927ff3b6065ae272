"""A small home in which everything that a stranger can type or name is hostile, and two nights in it.

Units of the plan `mini`: HU's report is accepted and then corrected, DU's is rejected, CQ's is accepted and withdrawn;
a control workbook gives every unit a hostile name. Beside them lie files that are no reports, under hostile names.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from pipelines.clock import VARIABLE as CLOCK
from pipelines.issuing import issue_templates
from pipelines.nightly import Outcome
from pipelines.store import Home
from schemas.control import CONTACTS, EXTENSIONS, UNIT_CHANGES
from schemas.control.names import RENAMED, round_choice, unit_choice
from schemas.plan_file import load_plan
from tests.control_books import Office, Row, office_of
from tests.homes import MINI, MiniHome, mini_report
from tests.hostile_texts import CONTROLS, FORMULAS, HALF, LINKS, MARKUP, TEXTS
from tests.windows_names import faults
from tests.worksheets import Workbook

FIRST_NIGHT, SECOND_NIGHT = "2022-05-04", "2022-05-12"
LIST_ROW = 10
"""Of the first row of the list `khen`, whose columns are its fields from C on."""
_ROWS = 90
_LONGEST_TEXT, _LONGEST_NAME = 1_000, 250
_LITERAL = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_WINDOWS = re.compile(r'[<>:"/\\|?*\x00-\x1f\ud800-\udfff]')
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f]")

TYPED = [text for text in TEXTS.values() if len(text) <= _LONGEST_TEXT]
UNIT_NAMES: Mapping[str, str] = {
    "HU": " ".join(MARKUP.values()),
    "DU": FORMULAS["link function"],
    "CQ": " ".join((*CONTROLS.values(), *FORMULAS.values())),
    "MIEN": " ".join(LINKS.values()),
}
OWN_TABS = [
    MARKUP["script"].replace("/", "|"),
    "[red]ZQ7[/red]",
    FORMULAS["link function"],
    f"'ZQ7'!A1 {FORMULAS['sum']}",
    "[a](http://ZQ7.test)",
    CONTROLS["right to left"],
    "a\n09/05/2022 ZQ7",
    "ZQ7" + "dài" * 80,
]
RENAMED_TAB = "\x9b31m\u202eZQ7\n09/05/2022 [red]=1"
"""A table's own sheet, as a clerk may call it."""
FOLDERS = ["HU;=1+1ZQ7", MARKUP["rich"].replace("/", ":"), CONTROLS["forged line"].replace("/", "-"), "CON", "-rf ZQ7"]
WINDOWS_NAMES = [
    *("CON.txt", "aux", "com1.tar.gz", "COM¹.xlsx", "lpt³", "CONIN$", "conout$.xlsx", "NUL .xlsx"),
    *("a:b.xlsx", "-rf.xlsx", "=1+1.xlsx", "..xlsx", "x. . .", "cuối ", " đầu", "a\\b\\..\\c"),
    *(
        "Báo cáo.xlsx",
        "Ba\u0301o ca\u0301o.xlsx",
        "BÁO CÁO.xlsx",
        "d" * 60 + "1.xlsx",
        "d" * 60 + "2.xlsx",
        "ệ" * 83,
        "a\ufffe\uffff",
    ),
]
REASON = MARKUP["markdown"] + CONTROLS["link of a terminal"] + CONTROLS["forged line"] + MARKUP["rich"]
"""Why a report is withdrawn."""


@dataclass(frozen=True)
class HostileHome:
    """The home after both nights. `dropped`: the files that are no reports, by folder, as they were shown."""

    mini: MiniHome
    nights: tuple[Outcome, Outcome]
    dropped: frozenset[tuple[str, str]]

    @property
    def home(self) -> Home:
        return self.mini.home

    def published(self, suffix: str) -> list[Path]:
        """Every file of that kind in the outbox, the day's copies left out."""
        found = (p for p in self.home.outbox.rglob(f"*{suffix}") if p.is_file() and "lich-su" not in p.parts)
        return sorted(found)


def hostile_home(root: Path, patch: pytest.MonkeyPatch) -> HostileHome:
    """Plays both nights in a folder."""
    shutil.copytree(MINI, root / "plans" / "mini")
    sheets = root / "plans" / "mini" / "sheets.csv"
    sheets.write_text(re.sub(r",5$", f",{_ROWS}", sheets.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8")
    patch.setenv(CLOCK, "2022-05-02T08:00:00+07:00")
    patch.setattr("pipelines.intake.arrivals.SECOND_LOOK", 0.0)
    mini = MiniHome(Home(root).prepare(), patch)
    issue_templates(mini.home, "mini", None)
    office = office_of(mini, load_plan(root / "plans" / "mini"))
    _control_book(office)
    _report(mini, "HU", f"{FORMULAS['sum']} [red]HU[/red].xlsx", TYPED)
    _report(mini, "DU", f"{MARKUP['markdown']} du.xlsx".replace("/", ":"), TYPED, wrong=True)
    withdrawn = _report(mini, "CQ", "cq.xlsx", ())
    dropped = frozenset(_strange_files(mini.home.inbox))
    first = mini.night(FIRST_NIGHT)
    _withdraw(mini, withdrawn)
    _report(mini, "HU", "hu 2.xlsx", [*TYPED[1:], TYPED[0]])
    (mini.home.inbox / _file_name(f"{CONTROLS['forged line']} [red]dở[/red].xlsx")).write_bytes(b"PK\x03\x04 half")
    second = mini.night(SECOND_NIGHT)
    for unit in ("HU", "CQ"):
        issue_templates(mini.home, "mini", "dot_1", unit)
    return HostileHome(mini, (first, second), dropped)


def in_xml(text: str) -> str:
    """A text as the XML of a workbook writes it: what XML cannot hold as Excel escapes it."""
    return _NOT_IN_XML.sub(lambda sign: f"_x{ord(sign[0]):04X}_", _LITERAL.sub("_x005F_", text))


def _report(mini: MiniHome, unit: str, name: str, texts: Sequence[str], *, wrong: bool = False) -> bytes:
    """A unit's report with hostile texts in its list, on its cover, beside its tables, on sheets of the clerk's own.

    `wrong`: they stand in cells that want a number, a day, an answer or an entry of a list.
    """
    path = mini.drop(mini_report(unit), "x.xlsx", folder=unit)
    book = Workbook(path.read_bytes())
    if texts:
        _fill_list(book, texts, wrong=wrong)
        cover, learning = book.sheet("M0 Bìa"), book.sheet("M1 Học tập")
        cover.write_text("C12", in_xml(texts[0]))
        cover.write_text("C13", in_xml(texts[1]))
        cover.write_text("G3", in_xml(texts[2]))
        learning.write_text("N30", in_xml(texts[4]))
        if wrong:
            learning.write_text(f"B{LIST_ROW}", in_xml(FORMULAS["dde"]))
            for column, text in zip("CDEFGHIJ", texts[8:], strict=False):
                learning.write_text(f"{column}{LIST_ROW}", in_xml(text))
        _own_sheets(book, texts)
    if wrong:
        book.entry("M2 Khen thưởng").set("name", RENAMED_TAB)
    path.unlink()
    made = book.saved()
    path.with_name(_file_name(name)).write_bytes(made)
    return made


def _fill_list(book: Workbook, texts: Sequence[str], *, wrong: bool) -> None:
    sheet = book.sheet("M2 Khen thưởng")
    for row, text in enumerate(texts, LIST_ROW):
        sheet.write_text(f"C{row}", in_xml(text) if wrong else "tập thể")
        sheet.write_text(f"D{row}", in_xml(text))
        if wrong:
            sheet.write_text(f"E{row}", in_xml(text))
        else:
            sheet.write(f"E{row}", row)


def _own_sheets(book: Workbook, texts: Sequence[str]) -> None:
    for tab in OWN_TABS:
        own = book.add(tab)
        own.write_text("A1", in_xml(f"{texts[3]}"))
    for row, text in enumerate((*texts, TEXTS["length"]), 2):
        own.write_text(f"A{row}", in_xml(text))


def _control_book(office: Office) -> None:
    """A control workbook whose every text is hostile: names, documents, reasons, contacts."""
    plan, said = office.plan, _in_turn(TYPED)
    renamed: list[Row] = [
        {"loai": RENAMED, "tu_ngay": date(2022, 5, 3), "don_vi": unit_choice(plan.unit(code)), "ten_moi": code}
        for code in UNIT_NAMES
    ]
    extended: list[Row] = [
        {"ky": round_choice(plan.round("dot_1")), "don_vi": unit_choice(plan.unit("DU")), "han_moi": date(2022, 5, 11)}
    ]
    reached: list[Row] = [{"don_vi": unit_choice(plan.unit(code))} for code in UNIT_NAMES]
    path = office.book("so.xlsx", {UNIT_CHANGES: renamed, EXTENSIONS: extended, CONTACTS: reached})
    book = Workbook(path.read_bytes())
    changes, extensions, contacts = (book.sheet(tab) for tab in ("D4 Thay đổi đơn vị", "D2 Gia hạn", "D5 Liên hệ"))
    for row, name in enumerate(UNIT_NAMES.values(), LIST_ROW):
        changes.write_text(f"F{row}", in_xml(name))
        changes.write_text(f"J{row}", in_xml(next(said)))
        changes.write_text(f"K{row}", in_xml(next(said)))
        for column in "DEF":
            contacts.write_text(f"{column}{row}", in_xml(next(said)))
    extensions.write_text(f"F{LIST_ROW}", in_xml(next(said)))
    extensions.write_text(f"G{LIST_ROW}", in_xml(next(said)))
    path.write_bytes(book.saved())


def _in_turn(texts: Iterable[str]) -> Iterator[str]:
    while True:
        yield from texts


def _strange_files(inbox: Path) -> Iterator[tuple[str, str]]:
    """Puts files that are no reports into the inbox, all of the same bytes, as far as this system takes their names."""
    names = [_file_name(text) for text in (*TEXTS.values(), HALF, *WINDOWS_NAMES)]
    places = [("", name) for name in dict.fromkeys(names)]
    places += [(folder, name) for folder in FOLDERS for name in ("a.xlsx", _file_name(MARKUP["rich"]))]
    for folder, name in places:
        if sys.platform == "win32" and (faults(folder or "a") or faults(name)):
            continue  # there it may be a device, or silently get another name
        path = inbox / folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"<html>")
        except (OSError, ValueError):
            continue
        yield folder, name
    link = inbox / _file_name(f"{CONTROLS['title']}{MARKUP['rich']}")
    try:
        link.symlink_to(inbox)
    except OSError:
        return


def _file_name(text: str) -> str:
    """A text as a name this system takes: in Linux any bytes but `/` and NUL, at most 255 of them."""
    if sys.platform == "win32":
        return _NOT_IN_WINDOWS.sub("_", text)[:100].rstrip(" .")
    named = os.fsencode(text.replace("/", "\N{DIVISION SLASH}").replace("\x00", "")) if text != HALF else b"\xff\xfeZQ7"
    return os.fsdecode(named[:_LONGEST_NAME])


def _withdraw(mini: MiniHome, content: bytes) -> None:
    from hashlib import sha256

    from tests.homes import tonghop_here

    done = tonghop_here(
        mini.home, "withdraw", sha256(content).hexdigest(), "--reason", REASON, now="2022-05-05T09:00:00+07:00"
    )
    assert done.exit_code == 0, done.output
