"""Privacy by construction: what a clerk types comes up again only where it is meant to, whatever the plan asks for.

A plan says nothing of persons; so every free text counts as one that names somebody, and every field that is not
stored as one that nobody may see again. `ALLOWED` is the rule (docs/decisions: what may name a person).
"""

from __future__ import annotations

import ast
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import get_args

import docx
import duckdb
import openpyxl
import openpyxl.comments
import pytest

from pipelines.archive import Archive
from pipelines.demo.figures import Effort, report
from pipelines.issuing import issue_templates
from pipelines.plans import Plans
from pipelines.store import CHECKOUT, Home
from schemas.finding import HIDDEN
from schemas.plan import Plan
from tests.canaries import Canary, Kind, found_in, texts_in, with_canaries, with_misplaced, write_report
from tests.homes import tonghop_here
from tests.watches import watched

PLAN = "kh70_rieng"
ROUND = "ket_qua"
FIRST, WRONG, MISSING = "711", "710", "712"
NOW = "2022-05-11T22:00:00+07:00"
NEW_FIELDS = {
    "bia": "bia,thu_dien_tu,Thư điện tử,,text,no,,no,,30,III.1,Ghi địa chỉ thư điện tử của người lập báo cáo.",
    "hoc_tap": "hoc_tap,so_the,Số thẻ của bí thư,,count,no,,no,,12,II.1.2,Ghi số thẻ.",
    "thi_dua": "thi_dua,ngay_sinh,Ngày sinh,,date,no,,no,,13,II.4,Ghi ngày sinh của cá nhân được khen.",
    "kho_khan": "kho_khan,nguoi_neu,Người nêu,,text,no,,yes,,30,III.4,Ghi người nêu khó khăn hoặc kiến nghị.",
}
"""Asked for besides by this test's plan: three that must not be stored, one free text that may."""
NEW_RULES = (
    "so_the_nho,hoc_tap,at_most,warning,value=so_the;limit=tong_dang_vien,II.1.2",
    "sinh_trong_nam,thi_dua,between_dates,warning,field=ngay_sinh;from=2022-04-06;to=arrival,II.4",
)
"""Rules of that plan which every report breaks: they look at what must not be said."""

WHO = re.compile(r"<(?:dc:creator|cp:lastModifiedBy|Company|Manager|author)>([^<]*)<")
FOLDERS = ("tra-lai", "phieu-tiep-nhan", "theo-nhom", "theo-don-vi", "lich-su", "du-lieu", "xuat", "don-doc", "mau")


@dataclass(frozen=True)
class Aviary:
    """A home after its night, the canaries that were let in, and what was said: by logs, and in answer to questions."""

    home: Home
    plan: Plan
    canaries: tuple[Canary, ...]
    seen: list[tuple[Canary, PurePosixPath, str]]
    logs: str
    answers: dict[str, str]


@pytest.fixture(scope="module")
def aviary(tmp_path_factory: pytest.TempPathFactory) -> Aviary:
    """The plan kh70_2022 with a few units and fields more: one right report, its correction, one that is all wrong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONGHOP_NOW", NOW)
        home = Home(tmp_path_factory.mktemp("chim") / "nha").prepare()
        _write_plan(home.root / "plans" / PLAN)
        plan = Plans(home).base(PLAN)
        issued = {path.stem: path for path in issue_templates(home, PLAN, ROUND)}
        canaries: list[Canary] = []
        for unit, name in ((FIRST, "lan 1.xlsx"), (FIRST, "lan 2.xlsx"), (WRONG, "sai.xlsx")):
            told, typed = with_canaries(plan, report(plan, plan.unit(unit), date(2022, 5, 9), Effort()), name)
            told, misplaced = with_misplaced(plan, told) if unit == WRONG else (told, [])
            written_over = {canary.where for canary in misplaced}
            canaries += [*(canary for canary in typed if canary.where not in written_over), *misplaced]
            canaries += write_report(issued[unit], home.inbox / name, told)
        said: list[str] = []
        answers = {
            "check": _said(home, "check", str(home.inbox / "sai.xlsx")),
            "check --json": _said(home, "check", "--json", str(home.inbox / "sai.xlsx")),
        }
        said += watched(home)
        assert list(home.inbox.iterdir()) == []
        for command in (
            ("run", "--direct", "--plan", PLAN, "--round", ROUND),
            ("status", "--plan", PLAN),
            ("status", "--plan", PLAN, "--json"),
            ("changes", "--plan", PLAN, "--since", "2022-05-01"),
            ("changes", "--plan", PLAN, "--since", "2022-05-01", "--json"),
            ("control", "--plan", PLAN),
            ("refused",),
            ("doctor",),
        ):
            said.append(_said(home, *command))
        answers["history --json"] = _said(home, "history", FIRST, "--plan", PLAN, "--json")
        _said(home, "export", "--plan", PLAN, "--format", "csv", "--out", str(home.outbox / "xuat"))
    return Aviary(home, plan, tuple(canaries), sightings(canaries, home.root), "\n".join(said), answers)


def _write_plan(folder: Path) -> None:
    """The real plan under a name of its own, with a few units and the new fields."""
    shutil.copytree(CHECKOUT / "schemas" / "plans" / "kh70_2022", folder)
    settings = (folder / "settings.csv").read_text(encoding="utf-8")
    (folder / "settings.csv").write_text(settings.replace("id,kh70_2022", f"id,{PLAN}"), encoding="utf-8")
    head, *units = (folder / "units.csv").read_text(encoding="utf-8").splitlines()
    wanted = [
        line for line in units if re.search(rf"^({FIRST}|{WRONG}|{MISSING}|CQ-\w+),|,({FIRST}|{WRONG}),no,", line)
    ]
    (folder / "units.csv").write_text("\n".join([head, *wanted, ""]), encoding="utf-8")
    with (folder / "rules.csv").open("a", encoding="utf-8") as rules:
        rules.writelines(f"{rule}\n" for rule in NEW_RULES)
    head, *fields = (folder / "fields.csv").read_text(encoding="utf-8").splitlines()
    for sheet, line in NEW_FIELDS.items():
        fields.insert(max(n for n, one in enumerate(fields) if one.startswith(f"{sheet},")) + 1, line)
    (folder / "fields.csv").write_text("\n".join([head, *fields, ""]), encoding="utf-8")


def _said(home: Home, *arguments: str) -> str:
    done = tonghop_here(home, *arguments, now=NOW)
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code in (0, 1), done.stderr
    return done.stdout + done.stderr


# --- The rule


def allowed(plan: Plan, canary: Canary, path: PurePosixPath, part: str) -> bool:
    """Whether a canary may stand in a part of a file (its path below the home)."""
    match canary.kind:
        case "not stored" | "comment" | "property":
            return False
        case "beside":
            return _is_own(path, canary, "tra-lai")
        case "tab" | "misplaced":
            own = _is_own(path, canary, "tra-lai", "phieu-tiep-nhan")
            columns = {"bytes", *(f"main.findings.{column}" for column in ("sheet", "value", "message"))}
            return own or _in_workbook(path, canary) or (path.name == "tonghop.duckdb" and part in columns)
        case "typed":
            listed = plan.sheet(canary.sheet).kind == "list" and path.name == "bao-cao-ket-qua.docx"
            own = _is_own(path, canary, "tra-lai", "phieu-tiep-nhan")
            return own or listed or _in_workbook(path, canary) or _in_tables(plan, path, canary, part)


def _is_own(path: PurePosixPath, canary: Canary, *folders: str) -> bool:
    """Whether it goes back to the unit that wrote it."""
    return path.parts[:3] == ("outbox", PLAN, ROUND) and path.parts[3] in folders and path.parts[4] == canary.unit


def _in_workbook(path: PurePosixPath, canary: Canary) -> bool:
    """The office's workbooks; of those of single units, its own."""
    if path.parts[:3] != ("outbox", PLAN, ROUND) or path.suffix != ".xlsx":
        return False
    return (
        path.name == "tong-hop.xlsx"
        or path.parts[3] == "theo-nhom"
        or path.parts[3:]
        == (
            "theo-don-vi",
            f"{canary.unit}.xlsx",
        )
    )


def _in_tables(plan: Plan, path: PurePosixPath, canary: Canary, part: str) -> bool:
    """The field's own column, in the dataset and in what is published of it."""
    sheet, _, field = canary.where.partition(".")
    if path.suffix == ".duckdb":
        schema = plan.id if path.parts[0] == "store" else "main"
        return part in ("bytes", f"{schema}.{sheet}.{field}")
    if path.suffix == ".parquet":
        return path.stem == sheet and part in ("bytes", field)
    return path.suffix == ".csv" and path.stem == sheet


def sightings(canaries: Sequence[Canary], root: Path) -> list[tuple[Canary, PurePosixPath, str]]:
    """Where canaries stand, in every file of a home but those that came: the canary, the file, its part."""
    found = []
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        below = PurePosixPath(path.relative_to(root).as_posix())
        if not re.fullmatch(r"store/archive/../[0-9a-f]{64}", str(below)):
            found += [(canary, below, part) for canary, part in found_in(texts_in(path), canaries)]
    return found


def leaks(plan: Plan, seen: Iterable[tuple[Canary, PurePosixPath, str]]) -> list[str]:
    """The canaries that stand where they may not."""
    return [
        f"{c.kind} {c.where} of {c.unit}: {path} ({part})" for c, path, part in seen if not allowed(plan, c, path, part)
    ]


# --- What is found


def test_every_canary_is_in_the_files_that_came(aviary: Aviary) -> None:
    """Or the others prove nothing."""
    archive = Archive(aviary.home.archive)
    kept = [archive.folder / note.sha256[:2] / note.sha256 for note in archive.notes()]
    assert len(kept) == 3
    content = b"".join(part for path in kept for _, part in texts_in(path))
    assert {c.where for c in aviary.canaries if not c.sings_in(content)} == {"thi_dua.ngay_sinh"}, "a day is a number"
    typed = {
        f"{sheet.id}.{field.id}"
        for sheet in aviary.plan.sheets_for(aviary.plan.unit(FIRST), ROUND)
        for field in sheet.fields
        if (field.type == "text" or not field.stored) and not field.prefill
    }
    assert {c.where for c in aviary.canaries if c.unit == FIRST and c.kind in ("typed", "not stored")} == typed
    assert {c.kind for c in aviary.canaries} == set(get_args(Kind))


def test_what_is_typed_comes_up_only_where_it_may(aviary: Aviary) -> None:
    assert leaks(aviary.plan, aviary.seen) == []


def test_where_it_may_it_does(aviary: Aviary) -> None:
    """What the rule allows and never happens would hide a leak."""
    kinds: dict[str, set[str]] = {}
    for canary, path, _ in aviary.seen:
        place = next((name for name in path.parts if name in FOLDERS), path.name)
        kinds.setdefault(canary.kind, set()).add(place)
    anybody = {"tong-hop.xlsx", "theo-nhom", "theo-don-vi", "lich-su", "tra-lai", "phieu-tiep-nhan", "tonghop.duckdb"}
    assert kinds == {
        "typed": {*anybody, "du-lieu.duckdb", "du-lieu", "xuat", "bao-cao-ket-qua.docx"},
        "misplaced": anybody,
        "tab": anybody,
        "beside": {"tra-lai"},
    }
    written = {path.name for path in (aviary.home.outbox / PLAN).rglob("*")}
    letters = {"cong-van-712.docx", "cong-van-710.docx", "phu-luc.docx", "tin-nhan.txt"}
    assert written >= {"tinh-hinh.html", "so-dieu-hanh.xlsx", *letters}, "they were looked into too"


def test_logs_name_nobody(aviary: Aviary) -> None:
    assert "đơn vị 711, CHẤP NHẬN, CÓ CẢNH BÁO" in aviary.logs, "of the sheet that is none of ours"
    assert "đơn vị 710, BỊ TRẢ LẠI" in aviary.logs
    assert [c.where for c, _ in found_in([("", aviary.logs.encode())], aviary.canaries)] == []


def test_who_asks_about_a_report_is_told_of_that_report(aviary: Aviary) -> None:
    """`check` shows what is wrong in the file it is given, `history` what a unit changed."""
    for command, kinds in (
        ("check", {"misplaced", "tab"}),
        ("check --json", {"misplaced", "tab"}),
        ("history --json", {"typed"}),
    ):
        found = {c for c, _ in found_in([("", aviary.answers[command].encode())], aviary.canaries)}
        assert {c.kind for c in found} == kinds, command
        assert {c.unit for c in found} == {FIRST if command.startswith("history") else WRONG}


def test_a_broken_rule_does_not_say_what_must_not_be_said(aviary: Aviary) -> None:
    with duckdb.connect(str(aviary.home.dataset), read_only=True) as connection:
        said = connection.sql("SELECT DISTINCT rule, value, message FROM findings WHERE rule IS NOT NULL").fetchall()
    found = {rule: (value, message) for rule, value, message in said}
    assert found["so_the_nho"][0] == found["sinh_trong_nam"][0] == HIDDEN
    assert "không đúng quy định: “Số thẻ của bí thư” không được lớn hơn “Tổng số đảng viên”" in found["so_the_nho"][1]


def test_files_are_the_offices_own_work(aviary: Aviary) -> None:
    """Their properties, and the authors of their comments, name the office and no person."""
    office = {aviary.plan.settings.office, aviary.plan.settings.issuer, ""}
    named: set[str] = set()
    files = [p for p in aviary.home.outbox.rglob("*") if p.suffix in (".xlsx", ".docx")]
    for path in files:
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name.startswith("docProps/") or "comments" in name:
                    named |= set(re.findall(WHO, package.read(name).decode("utf-8")))
    assert len(files) > 15
    assert aviary.plan.settings.office in named
    assert named <= office


# --- A leak that is planted is found


def _in_workbook_of(tmp: Path, how: str, word: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if how == "cell":
        sheet["C7"] = f"Bà {word}"
    elif how == "hidden sheet":
        book.create_sheet("x").sheet_state = "hidden"
        book["x"]["A1"] = word
    elif how == "comment":
        sheet["A1"].comment = openpyxl.comments.Comment(word, "x")
    elif how == "property":
        book.properties.lastModifiedBy = word
    elif how == "tab":
        sheet.title = word
    elif how == "header":
        assert sheet.oddHeader is not None
        sheet.oddHeader.left.text = word
    book.save(tmp)


@pytest.mark.parametrize(
    "planted",
    [
        *(
            f"outbox/{PLAN}/{ROUND}/tong-hop.xlsx:{how}"
            for how in ("cell", "hidden sheet", "comment", "property", "tab")
        ),
        f"outbox/{PLAN}/{ROUND}/theo-don-vi/{FIRST}.xlsx:header",
        f"outbox/{PLAN}/{ROUND}/tra-lai/{FIRST}/a.xlsx:cell",
        f"outbox/{PLAN}/{ROUND}/bao-cao-ket-qua.docx",
        f"outbox/{PLAN}/{ROUND}/du-lieu.duckdb",
        f"outbox/{PLAN}/{ROUND}/du-lieu/bia.parquet",
        f"outbox/{PLAN}/{ROUND}/tinh-hinh.html",
        "outbox/khong-doc-duoc/a.txt",
        "store/outputs.json",
        "store/archive/ab/cd.json",
    ],
)
def test_a_planted_leak_is_found(aviary: Aviary, tmp_path: Path, planted: str) -> None:
    """A telephone number, wherever it is put."""
    canary = next(c for c in aviary.canaries if c.where == "bia.dien_thoai")
    word = canary.forms[0]
    name, _, how = planted.partition(":")
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    if path.suffix == ".xlsx":
        _in_workbook_of(path, how, word)
    elif path.suffix == ".docx":
        letter = docx.Document()
        letter.sections[0].header.paragraphs[0].text = word
        letter.save(str(path))
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE bia AS SELECT ? AS nguoi_lap", [word])
    elif path.suffix == ".parquet":
        duckdb.sql(f"COPY (SELECT '{word}' AS nguoi_lap) TO '{path.as_posix()}' (FORMAT parquet)")
    else:
        path.write_text(f"… {word} …", encoding="utf-8")
    assert leaks(aviary.plan, sightings(aviary.canaries, tmp_path)) != []


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("typed", f"outbox/{PLAN}/{ROUND}/tinh-hinh.html"),
        ("typed", f"outbox/{PLAN}/{ROUND}/don-doc/711.docx"),
        ("typed", f"outbox/{PLAN}/{ROUND}/phieu-tiep-nhan/{WRONG}/a.xlsx"),
        ("typed", f"outbox/{PLAN}/{ROUND}/theo-don-vi/{WRONG}.xlsx"),
        ("misplaced", f"outbox/{PLAN}/{ROUND}/theo-don-vi/{FIRST}.xlsx"),
        ("beside", f"outbox/{PLAN}/{ROUND}/tong-hop.xlsx"),
        ("tab", "store/outputs.json"),
    ],
)
def test_what_may_stand_somewhere_may_not_stand_elsewhere(
    aviary: Aviary, tmp_path: Path, kind: str, place: str
) -> None:
    """Nobody's names in another unit's papers; nobody's at all on the page, in letters, beside what they belong to."""
    owner = FIRST if kind == "typed" else WRONG
    canary = next(c for c in aviary.canaries if c.kind == kind and c.unit == owner)
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_text(canary.forms[0], encoding="utf-8")
    assert len(leaks(aviary.plan, sightings(aviary.canaries, tmp_path))) == 1


# --- What reads cells has no mouth

FRONT = (
    *("pipelines.cli", "pipelines.flow", "pipelines.__main__", "pipelines.bootstrap", "pipelines.demo.summary"),
    "pipelines.backing_up",  # sees files whole, no cells
)
"""Who may speak: they are told counts, states and places, as the tests above find."""
MOUTHS = {"print", "pprint", "secho", "echo", "warn", "breakpoint", "write_stdout"}


def test_only_the_front_speaks() -> None:
    """No module that a cell passes through prints, logs or warns; what it says of its progress is fixed words."""
    loud = []
    for package in ("pipelines", "schemas"):
        for path in sorted((CHECKOUT / package).rglob("*.py")):
            name = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__")
            if not any(name == front or name.startswith(f"{front}.") for front in FRONT):
                loud += [f"{name}:{line} {what}" for line, what in _spoken(path)]
    assert loud == []


def _spoken(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            named = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            if {"logging", "loguru", "traceback", "faulthandler"} & {n.partition(".")[0] for n in named}:
                yield node.lineno, "a log"
        elif isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr") and _is_sys(node.value):
            yield node.lineno, f"sys.{node.attr}"
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in MOUTHS:
                yield node.lineno, called
            if called in ("progress", "tell", "_progress") and node.args and isinstance(node.args[0], ast.JoinedStr):
                yield node.lineno, f"{called}({ast.unparse(node.args[0])})"


def _is_sys(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "sys"


def test_a_planted_word_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "loud.py"
    path.write_text("import logging\nprint(x)\nsys.stderr.write(x)\nprogress(f'{cell}', 1, 2)\n", encoding="utf-8")
    assert [line for line, _ in _spoken(path)] == [1, 2, 4, 3]
