"""The three faces of every named rule agree: words, pandera, Excel, each against a plain statement of the rule."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pandera.errors
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

from schemas.parsed import DTYPES
from schemas.plan import FieldType, RuleSpec
from schemas.plan_file import load_plan
from schemas.plan_links import params_of
from schemas.rules import ARRIVAL, NAMED, REPORT, Cells, Rule, rules_of
from schemas.rules.cells import NO_BREAK_SPACE, answer_meant, day_meant, number_meant

Row = Mapping[str, Any]
"""A row as a person means it: None is blank, counts are int, yes/no is bool."""

TODAY = date.today()  # noqa: DTZ011 - as the spreadsheet's TODAY() says
FIRST = date(2022, 4, 6)
CHOICES = ("hội nghị riêng", "báo, đài")
FIELDS: dict[str, FieldType] = {
    "a": "count",
    "b": "count",
    "c": "count",
    "day": "date",
    "yes": "yes_no",
    "pick": "choice",
    "word": "text",
    "again": "text",
    "khac.x": "count",
}
LABELS = {
    "a": "Số a",
    "b": "Số b",
    "c": "Số c",
    "day": "Ngày",
    "yes": "Có hay không",
    "pick": "Mục chọn",
    "word": "Nội dung",
    "again": "Nội dung khác",
    "khac.x": "Số x, biểu B6 Khác",
}


@dataclass(frozen=True)
class Case:
    """A rule with its parameters, and what it means in plain Python, written without a look at the rule."""

    rule: str
    params: str
    holds: Callable[[Row], bool]
    optional: str = ""
    """Counts that may be left blank."""

    def built(self) -> Rule:
        spec = RuleSpec("quy_tac", "bieu", self.rule, "error", params_of(self.params), "I")
        return NAMED[self.rule](spec, LABELS, frozenset(self.optional))

    @property
    def fields(self) -> list[str]:
        """The columns it looks at, of both sheets."""
        rule = self.built()
        return [*rule.fields, *rule.elsewhere]


def _all_there(*values: object) -> bool:
    return None not in values


CASES = {
    "at_most": Case("at_most", "value=a;limit=b", lambda r: not _all_there(r["a"], r["b"]) or r["a"] <= r["b"]),
    "at_most minus": Case(
        "at_most",
        "value=a;limit=b;minus=c",
        lambda r: not _all_there(r["a"], r["b"], r["c"]) or r["a"] + r["c"] <= r["b"],
    ),
    "at_most all optional": Case(
        "at_most", "value=a;limit=b;minus=c", lambda r: (r["a"] or 0) + (r["c"] or 0) <= (r["b"] or 0), "abc"
    ),
    "at_most optional limit": Case(
        "at_most", "value=a;limit=b", lambda r: r["a"] is None or r["a"] <= (r["b"] or 0), "b"
    ),
    "sum_at_most optional parts": Case(
        "sum_at_most",
        "parts=a,b;limit=c",
        lambda r: r["c"] is None or (r["a"] or 0) + (r["b"] or 0) <= r["c"],
        "ab",
    ),
    "sum_at_most": Case(
        "sum_at_most",
        "parts=a,b;limit=c",
        lambda r: not _all_there(r["a"], r["b"], r["c"]) or r["a"] + r["b"] <= r["c"],
    ),
    "sum_equals": Case(
        "sum_equals",
        "parts=a,b;total=c",
        lambda r: not _all_there(r["a"], r["b"], r["c"]) or r["a"] + r["b"] == r["c"],
    ),
    "required_when yes": Case(
        "required_when", "field=day;when=yes;equals=có", lambda r: r["yes"] is not True or r["day"] is not None
    ),
    "required_when no": Case(
        "required_when", "field=a;when=yes;equals=không", lambda r: r["yes"] is not False or r["a"] is not None
    ),
    "required_when a choice": Case(
        "required_when",
        "field=word;when=pick;equals=báo, đài",
        lambda r: r["pick"] != "báo, đài" or r["word"] is not None,
    ),
    "required_when_positive": Case(
        "required_when_positive", "field=pick;when=a", lambda r: not (r["a"] or 0) > 0 or r["pick"] is not None
    ),
    "required_when_complete": Case(
        "required_when_complete",
        "field=day;parts=a,b;limit=c",
        lambda r: (
            not (_all_there(r["a"], r["b"], r["c"]) and r["c"] > 0 and r["a"] + r["b"] == r["c"])
            or r["day"] is not None
        ),
    ),
    "zero_unless yes": Case(
        "zero_unless", "fields=a,b;when=yes;equals=có", lambda r: r["yes"] is not False or not (r["a"] or r["b"])
    ),
    "zero_unless a choice": Case(
        "zero_unless",
        "fields=a;when=pick;equals=hội nghị riêng",
        lambda r: r["pick"] in (None, "hội nghị riêng") or not r["a"],
    ),
    "between_dates": Case(
        "between_dates",
        "field=day;from=2022-04-06;to=arrival",
        lambda r: r["day"] is None or FIRST <= r["day"] <= TODAY,
    ),
    "between_dates fixed": Case(
        "between_dates",
        "field=day;from=2022-04-06;to=2022-05-19",
        lambda r: r["day"] is None or FIRST <= r["day"] <= date(2022, 5, 19),
    ),
    "any_given": Case("any_given", "fields=a,b,c", lambda r: any(r[f] is not None for f in "abc")),
    "not_before_when": Case(
        "not_before_when",
        "field=day;when=pick;equals=báo, đài;from=2022-04-06",
        lambda r: r["day"] is None or r["pick"] != "báo, đài" or r["day"] >= FIRST,
    ),
    "not_before_when yes": Case(
        "not_before_when",
        "field=day;when=yes;equals=có;from=2022-04-06",
        lambda r: r["day"] is None or r["yes"] is not True or r["day"] >= FIRST,
    ),
    "required_together": Case(
        "required_together",
        "fields=day,word,pick",
        lambda r: len({r[f] is None for f in ("day", "word", "pick")}) == 1,
    ),
    "blank_when": Case(
        "blank_when",
        "fields=word,again;when=pick;equals=báo, đài",
        lambda r: r["pick"] != "báo, đài" or (r["word"] is None and r["again"] is None),
    ),
    "blank_when no": Case(
        "blank_when", "fields=word;when=yes;equals=không", lambda r: r["yes"] is not False or r["word"] is None
    ),
    "blank_unless": Case(
        "blank_unless",
        "fields=word,again;when=pick;equals=báo, đài",
        lambda r: r["pick"] in (None, "báo, đài") or (r["word"] is None and r["again"] is None),
    ),
    "differs_from": Case(
        "differs_from",
        "field=word;other=again",
        lambda r: not _all_there(r["word"], r["again"]) or r["word"].upper() != r["again"].upper(),
    ),
    "none_of": Case(
        "none_of",
        "field=word;values=703,A-1," + ",".join(f"KHAC-{n}" for n in range(100)),
        lambda r: r["word"] is None or r["word"].upper() not in ("703", "A-1", "KHAC-99"),
    ),
    "is_code": Case(
        "is_code",
        "field=word",
        lambda r: r["word"] is None or r["word"] in ("A-1", "703", "KHAC-99", "A" * 20, "7-"),
    ),
    "same_as": Case(
        "same_as", "field=a;sheet=khac;other=x", lambda r: not _all_there(r["a"], r["khac.x"]) or r["a"] == r["khac.x"]
    ),
}

WORDS = ("chữ", "CHỮ", "A-1", "a-1", "703", "KHAC-99", "A" * 20, "A" * 21, "-A", "7-", "A 1", "Đ1", "~*?<>")
COUNT = st.none() | st.integers(-1, 6) | st.integers(0, 10**9)
VALUES: dict[FieldType, st.SearchStrategy[Any]] = {
    "count": COUNT,
    "date": st.none() | st.dates(FIRST - timedelta(2), FIRST + timedelta(60)) | st.just(TODAY + timedelta(1)),
    "yes_no": st.none() | st.booleans(),
    "choice": st.none() | st.sampled_from(CHOICES),
    "text": st.none() | st.sampled_from(WORDS),
}
ROWS = st.lists(st.fixed_dictionaries({name: VALUES[kind] for name, kind in FIELDS.items()}), min_size=1, max_size=6)

every_case = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    columns = {name: pd.Series([r[name] for r in rows], dtype=DTYPES[kind]) for name, kind in FIELDS.items()}
    frame = pd.DataFrame(columns)
    frame[ARRIVAL] = pd.Timestamp(TODAY)
    frame[REPORT] = "a"
    return frame


def _broken(rule: Rule, frame: pd.DataFrame) -> list[int]:
    """The failing positions as pandera gives them."""
    schema = pa.DataFrameSchema(checks=[rule.check()], coerce=False, strict=False)
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        (error,) = errors.schema_errors
        assert error.check is not None
        assert error.check.name == rule.id
        output = error.check_output
        assert isinstance(output, pd.Series)
        assert output.dtype == bool
        return [int(n) for n in output.index[~output]]
    return []


def test_every_named_rule_has_a_case() -> None:
    assert {case.rule for case in CASES.values()} == set(NAMED) - {"unique_rows"}


UNIQUE = Case("unique_rows", "fields=word,pick;also=again", lambda _: True)
"""It looks at the other rows of its report."""


REPEATED = (
    ("A-1", "hội nghị riêng", None, True),
    (f" a-1{NO_BREAK_SPACE}", "Hội nghị riêng", " ", True),
    ("A-1", "hội nghị riêng", "chữ", False),
    ("A-1", "báo, đài", "chữ", False),
    ("*", "báo, đài", None, False),
    ("<>", "báo, đài", None, True),
    ("<>", "báo, đài", None, True),
    ("#N/A", "báo, đài", None, False),
    ("#N/A", "báo, đài", None, False),
    (None, "báo, đài", "chữ", False),
    (" ", "báo, đài", "chữ", False),
    (None, None, None, False),
    (None, None, None, False),
)
"""`word`, `pick`, `again` as typed, and whether `UNIQUE` is broken."""


@settings(max_examples=40, deadline=None)
@given(ROWS, st.data())
def test_rows_of_one_report_that_say_the_same_are_told_all(rows: list[Row], data: st.DataObject) -> None:
    rows = [*rows, *data.draw(st.lists(st.sampled_from(rows), max_size=2))]
    reports = data.draw(st.lists(st.sampled_from("ab"), min_size=len(rows), max_size=len(rows)))
    frame = _frame(rows).assign(**{REPORT: reports})

    def key(n: int) -> tuple[object, ...]:
        said = [rows[n][f] for f in ("word", "pick", "again")]
        return reports[n], *(text.upper() if text else None for text in said)

    keys = [key(n) for n in range(len(rows))]
    asked = [row["word"] is not None and row["pick"] is not None for row in rows]
    wanted = [n for n, one in enumerate(keys) if asked[n] and keys.count(one) > 1]
    assert _broken(UNIQUE.built(), frame) == wanted


def test_a_repeated_row_says_what_it_repeats() -> None:
    rows = [{**dict.fromkeys(FIELDS), "word": "A-1", "pick": CHOICES[0]}] * 2
    rule, frame = UNIQUE.built(), _frame(rows)
    assert rule.breach({str(k): v for k, v in frame.iloc[1].items()}) == (
        "một dòng khác của biểu cũng ghi “Nội dung” (A-1), “Mục chọn” (hội nghị riêng) và “Nội dung khác” (để trống)"
    )
    assert rule.words() == "Không được có hai dòng cùng “Nội dung”, “Mục chọn” và “Nội dung khác”"


@every_case
def test_the_pandera_face_is_the_rule(case: Case) -> None:
    rule = case.built()

    @settings(max_examples=25, deadline=None)
    @given(ROWS)
    def law(rows: list[Row]) -> None:
        frame = _frame(rows)
        broken = _broken(rule, frame)
        assert broken == [n for n, row in enumerate(rows) if not case.holds(row)]
        for position in broken:
            row = {str(k): v for k, v in frame.iloc[position].items()}
            said = rule.breach(row)
            assert f"“{LABELS[rule.at(row)]}”" in said
            assert not {"nan", "NaT", "<NA>", "None"} & set(said.replace(")", " ").replace("(", " ").split())

    law()


def _holds(case: str, rows: Sequence[Row]) -> list[bool]:
    return [bool(held) for held in CASES[case].built().holds(_frame(rows))]


@every_case
def test_a_row_is_judged_by_itself(case: Case) -> None:
    rule = case.built()

    @settings(max_examples=10, deadline=None)
    @given(ROWS)
    def law(rows: list[Row]) -> None:
        together = list(rule.holds(_frame(rows)))
        assert together == [rule.holds(_frame([row])).iloc[0] for row in rows]

    law()


@settings(max_examples=30, deadline=None)
@given(ROWS, st.integers(0, 10**6))
def test_laws_of_amounts(rows: list[Row], more: int) -> None:
    def moved(*fields: str) -> Sequence[Row]:
        return [{**r, **{f: r[f] + more for f in fields if r[f] is not None}} for r in rows]

    def implies(before: list[bool], after: list[bool]) -> bool:
        return all(then or not held for held, then in zip(before, after, strict=True))

    for name in ("at_most", "at_most minus"):
        assert _holds(name, moved("a", "b")) == _holds(name, rows), "both sides grow by as much"
        assert implies(_holds(name, rows), _holds(name, moved("b"))), "a limit that grows breaks nothing"
    assert _holds("sum_equals", moved("a", "c")) == _holds("sum_equals", rows)
    assert implies(_holds("sum_equals", rows), _holds("sum_at_most", rows)), "what is equal is not more"
    for name in ("sum_at_most", "sum_equals"):
        turned = [{**r, "a": r["b"], "b": r["a"]} for r in rows]
        assert _holds(name, turned) == _holds(name, rows), "parts have no order"
        without = [{**r, "a": None} for r in rows]
        assert all(_holds(name, without)), "nothing is said of a sum that is not all there"


@settings(max_examples=20, deadline=None)
@given(ROWS)
def test_an_optional_count_that_is_given_is_like_any_other(rows: list[Row]) -> None:
    whole = [{**r, **{f: r[f] or 0 for f in "abc"}} for r in rows]
    assert _holds("at_most all optional", whole) == _holds("at_most minus", whole)
    assert _holds("at_most all optional", whole) == _holds("at_most all optional", rows), "a blank one is 0"
    assert _holds("sum_at_most optional parts", whole) == _holds("sum_at_most", whole)


@settings(max_examples=20, deadline=None)
@given(ROWS, st.integers(0, 400))
def test_a_day_that_was_in_time_stays_so(rows: list[Row], later: int) -> None:
    rule = CASES["between_dates"].built()
    frame = _frame(rows)
    after = frame.assign(**{ARRIVAL: frame[ARRIVAL] + pd.Timedelta(days=later)})
    assert bool((~rule.holds(frame) | rule.holds(after)).all())


@every_case
def test_the_words_name_every_label(case: Case) -> None:
    words = case.built().words()
    assert [label for label in (LABELS[f] for f in case.fields) if f"“{label}”" not in words] == []
    assert "{" not in words


def test_a_breach_says_the_numbers_it_is_about() -> None:
    def said(case: str, **values: Any) -> str:
        row = {**dict.fromkeys(FIELDS), **values}
        frame = _frame([row])
        return CASES[case].built().breach({str(k): v for k, v in frame.iloc[0].items()})

    assert said("at_most", a=5, b=3) == "“Số a” (5) lớn hơn “Số b” (3)"
    assert said("at_most minus", a=5, b=7, c=3) == "“Số a” (5) lớn hơn “Số b” (7) trừ “Số c” (3)"
    assert said("sum_at_most", a=5, b=3, c=7) == "tổng “Số a” (5) + “Số b” (3) bằng 8, lớn hơn “Số c” (7)"
    assert said("sum_equals", a=5, b=3, c=7) == "tổng “Số a” (5) + “Số b” (3) bằng 8, khác “Số c” (7)"
    assert said("between_dates", day=date(2022, 4, 5)) == "“Ngày” (05/04/2022) sớm hơn ngày 06/04/2022"
    tomorrow = TODAY + timedelta(1)
    assert said("between_dates", day=tomorrow) == (
        f"“Ngày” ({tomorrow:%d/%m/%Y}) muộn hơn ngày gửi báo cáo ({TODAY:%d/%m/%Y})"
    )
    assert said("zero_unless yes", a=0, b=2, yes=False) == (
        "“Số b” (2) phải để trống hoặc bằng 0 vì “Có hay không” là “không”"
    )
    assert said("not_before_when", day=date(2022, 4, 5), pick=CHOICES[1]) == (
        "“Ngày” (05/04/2022) sớm hơn ngày 06/04/2022 trong khi “Mục chọn” là “báo, đài”"
    )
    assert said("required_together", word="chữ") == ("chưa điền “Ngày”, “Mục chọn” trong khi đã điền “Nội dung” (chữ)")
    assert said("blank_unless", word="chữ", pick=CHOICES[0]) == (
        "“Nội dung” (chữ) phải để trống vì “Mục chọn” là “hội nghị riêng”"
    )
    assert said("differs_from", word="a-1", again="A-1") == "“Nội dung” (a-1) giống “Nội dung khác”"
    assert said("same_as", a=5, **{"khac.x": 4}) == "“Số a” (5) khác “Số x, biểu B6 Khác” (4)"


def test_a_rule_is_said_only_where_its_other_sheet_is_filled() -> None:
    plan = load_plan(Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022")
    alone = rules_of(plan, "cam_ket", frozenset({"cam_ket"}))
    beside = rules_of(plan, "cam_ket", frozenset({"cam_ket", "hoc_tap"}))
    assert {r.id for r in beside} - {r.id for r in alone} == {"cam_ket_tong_dang_vien_khop_hoc_tap"}
    (same,) = (r for r in beside if r.name == "same_as")
    assert same.words() == "“Tổng số đảng viên” phải bằng “Tổng số đảng viên, biểu B2 Học tập”"


REFUSED = "?"
NBSP = "\N{NO-BREAK SPACE}"
TYPED: dict[FieldType, dict[Any, Any]] = {
    "count": {
        None: None,
        " ": None,
        0: 0,
        1: 1,
        3: 3,
        "4": 4,
        f" 05{NBSP}": 5,
        -1: -1,
        2.5: REFUSED,
        "khoảng 5": REFUSED,
        "2.": REFUSED,
        "12/5": REFUSED,
    },
    "date": {
        None: None,
        "  ": None,
        **{day: day for day in (FIRST - timedelta(1), FIRST, TODAY, TODAY + timedelta(1))},
        "05/04/2022": date(2022, 4, 5),
        f" 28/04/2022{NBSP}": date(2022, 4, 28),
        "31/04/2022": REFUSED,
        "hôm qua": REFUSED,
        date(1999, 5, 1): REFUSED,
    },
    "yes_no": {
        None: None,
        " ": None,
        "có": True,
        " Có ": True,
        "x": True,
        "X": True,
        "không": False,
        "KHÔNG": False,
        "maybe": REFUSED,
    },
    "choice": {None: None, CHOICES[0]: CHOICES[0], "Báo, đài": CHOICES[1], " ": None, "#REF!": REFUSED},
    "text": {None: None, "   ": None, f" chữ{NBSP}": "chữ", "#N/A": REFUSED, **{word: word for word in WORDS}},
}
"""What a clerk types, and what it is read as. TRUE and FALSE follow: to Python they are 1 and 0."""
ANSWERS: tuple[tuple[Any, bool], ...] = ((True, True), (False, False))


def _typed_rows(case: Case, count: int = 60) -> list[Row]:
    """Interesting rows as typed: all there are, or a fixed choice with broken ones in it. Other fields are blank."""
    fields = list(dict.fromkeys(case.fields))
    kinds = [[*TYPED[FIELDS[f]], *(ANSWERS if FIELDS[f] == "yes_no" else ())] for f in fields]
    every: list[Row] = [{**dict.fromkeys(FIELDS), **dict(zip(fields, row, strict=True))} for row in product(*kinds)]
    Random(70).shuffle(every)
    broken = [row for row in every if _is_broken(case, row)][: count // 2]
    return [*broken, *(row for row in every if row not in broken)][:count]


ASKED_AT_ONCE = ("required_together",)
"""The workbook does not wait with them until a refused cell beside them is mended; the province does."""


def _refused(case: Case, row: Row) -> bool:
    return REFUSED in [_read(field, row[field]) for field in case.built().fields]


def _is_broken(case: Case, row: Row) -> bool:
    """As the province has it: not where one of the rule's own cells is refused; one elsewhere counts as blank."""
    if _refused(case, row):
        return False
    read = {name: _read(name, value) for name, value in row.items()}
    return not case.holds({name: None if value == REFUSED else value for name, value in read.items()})


def _read(name: str, value: Any) -> Any:
    return value[1] if isinstance(value, tuple) else TYPED[FIELDS[name]][value]


def _write_rules(path: Path) -> None:
    """One sheet a case: a row as typed in each line, then what is meant and the rule, by line and for all at once."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, case in CASES.items():
        sheet = book.create_sheet(title)
        rows = _typed_rows(case)
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row.values(), 1):
                _type(sheet.cell(line, column), value[0] if isinstance(value, tuple) else value)
            _write_formulas(sheet, case, line, line)
        _write_formulas(sheet, case, 1, len(rows))
    sheet = book.create_sheet("unique_rows")
    for line, (word, pick, again, _) in enumerate(REPEATED, 1):
        for name, value in (("word", word), ("pick", pick), ("again", again)):
            _type(sheet.cell(line, list(FIELDS).index(name) + 1), value)
    _write_formulas(sheet, UNIQUE, 1, len(REPEATED))
    book.save(path)


def _type(cell: Any, value: Any) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def _write_formulas(sheet: Any, case: Case, first: int, last: int) -> None:
    """What is meant and the rule over it: in each line, or as array formulas (answers are read line by line)."""
    rule, alone = case.built(), first == last
    names = list(FIELDS)

    def span(column: int) -> str:
        letter = get_column_letter(column)
        return f"{letter}{first}" if alone else f"{letter}{first}:{letter}{last}"

    def write(column: int, expression: str) -> None:
        place = f"{get_column_letter(column)}{first}"
        sheet[place] = f"={expression}" if alone else ArrayFormula(span(column), f"={expression}")

    def column_meant(name: str) -> int:
        by_line = alone or FIELDS[name] == "yes_no"
        return (2 if by_line else 4) * len(FIELDS) + names.index(name)

    cells = Cells(lambda name: span(names.index(name) + 1), lambda name: span(column_meant(name)))
    for name in rule.compared:
        typed, kind = cells.typed(name), FIELDS[name]
        if kind == "date":
            write(column_meant(name), day_meant(typed))
        elif kind == "count":
            write(column_meant(name), number_meant(typed, blank_is_zero=name in case.optional))
        elif alone:
            write(column_meant(name), answer_meant(typed))
    write(len(FIELDS) + (1 if alone else 2), f"IFERROR(IF({rule.formula(cells)},0,1),0)")


@pytest.mark.libreoffice
def test_the_excel_face_agrees_with_the_pandera_face(tmp_path: Path) -> None:
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    _write_rules(tmp_path / "rules.xlsx")
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(tmp_path / "out"),
            str(tmp_path / "rules.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    book = load_workbook(tmp_path / "out" / "rules.xlsx", data_only=True)
    different = []
    for title, case in CASES.items():
        rows = _typed_rows(case)
        broken = [_is_broken(case, row) for row in rows]
        assert True in broken, title
        assert False in broken, title
        for line, (row, wanted) in enumerate(zip(rows, broken, strict=True), 1):
            shown = [book[title].cell(line, len(FIELDS) + n).value for n in (1, 2)]
            if shown != [int(wanted)] * 2 and not (case.rule in ASKED_AT_ONCE and _refused(case, row)):
                different.append((title, {k: v for k, v in row.items() if v is not None}, shown, wanted))
    assert different == []
    told = [book["unique_rows"].cell(line, len(FIELDS) + 2).value for line in range(1, len(REPEATED) + 1)]
    assert [bool(one) for one in told] == [wanted for *_, wanted in REPEATED]
