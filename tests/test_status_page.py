"""The status page: its figures are the consolidation's, it is inert and self-contained, and everyone can read it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from pipelines import styles as palette
from pipelines.status_page import found_links, page_digest, write_page
from pipelines.status_page.palette import HEAT_STEPS, heat_colour, heat_step
from pipelines.status_page.wording import count, day, moment, rate_words, sound
from schemas.consolidation import Consolidation
from schemas.plan import Unit
from schemas.results import UNIT_STATES, Source, percent
from tests.html_tree import Element, Parsed
from tests.status_pages import AS_OF, HOSTILE, PROVINCES, every_link, hostile, mixed, province


def written(result: Consolidation, folder: Path, links: dict[str, str] | None = None) -> str:
    path = folder / "tinh-hinh.html"
    write_page(result, path, every_link(result) if links is None else links)
    return path.read_bytes().decode("utf-8")


def page_of(result: Consolidation, folder: Path, links: dict[str, str] | None = None) -> Parsed:
    return Parsed(written(result, folder, links))


@pytest.fixture(params=PROVINCES)
def result(request: pytest.FixtureRequest) -> Consolidation:
    return PROVINCES[request.param]()


def test_totals_are_the_consolidations(result: Consolidation, tmp_path: Path) -> None:
    page = page_of(result, tmp_path)
    tiles = {tile.one(name="label").text: tile.one("strong").text for tile in page.root.one("ul", "tiles").all("li")}
    counts = result.state_counts()
    returned = sum(u.errors > 0 and u.accepted_at is None for u in result.units)
    assert tiles == {
        "Phải báo cáo": str(len(result.units) - counts["mien"]),
        "Đã được chấp nhận": str(counts["dung_han"] + counts["tre_han"]),
        "Đúng hạn": str(counts["dung_han"]),
        "Trễ hạn": str(counts["tre_han"]),
        "Quá hạn": str(counts["qua_han"]),
        "Bị trả lại": str(returned),
    }
    said = [int(n) for n in re.findall(r"\d+", page.root.one("div", "said").one("p", "small").text)]
    assert sum(said[:-1]) == said[-1] == len(result.units)


def test_every_unit_is_a_row(result: Consolidation, tmp_path: Path) -> None:
    table = page_of(result, tmp_path).by_id("bang")
    rows = [[cell.text for cell in row.parts if isinstance(cell, Element)] for row in table.one("tbody").all("tr")]
    assert len(rows) == len(result.units)
    for number, (row, status) in enumerate(zip(rows, result.units, strict=True), 1):
        assert row[:5] == [
            str(number), status.unit.code, status.unit.name, status.group, UNIT_STATES[status.state]
        ]  # fmt: skip
        assert row[5].startswith(day(status.due) if status.due else "–")
        assert row[6] == (moment(status.first_submitted_at) if status.first_submitted_at else "–")
        assert row[7] == (moment(status.accepted_at) if status.accepted_at else "–")
        days = (
            f"trễ {status.days_late}" if status.days_late else
            f"quá hạn {status.days_overdue}" if status.days_overdue else "–"
        )  # fmt: skip
        assert row[8] == days
        assert row[9:12] == [str(status.errors or "–"), str(status.warnings or "–"), status.note]


def test_indicators_and_volumes_are_the_consolidations(result: Consolidation, tmp_path: Path) -> None:
    page = page_of(result, tmp_path)
    (rates,) = (t for t in page.root.all("table") if "rates" in t.classes)
    totals = {total.id: total for total in result.indicators}
    rows = [row.all("td") + row.all("th") for row in rates.one("tbody").all("tr")]
    assert [row[0].text for row in rows] == [i.id for i in result.indicators if i.kind != "volume"]
    for cells in rows:
        code, rate, done, whole, _, deadline, state, coverage, remark, label = cells
        total = totals[code.text]
        assert label.text == total.label
        if total.rate is not None:
            assert rate.one(name="figure").text == percent(total.rate)
            assert float(rate.all("rect")[1].attributes["width"]) == round(min(total.rate, 1) * 100, 2)
        else:
            assert rate.text in ("–", "chưa báo cáo")
            assert rate.all("svg") == []
        assert done.text == ("–" if total.numerator is None else count(total.numerator))
        assert whole.text == ("–" if total.denominator is None else count(total.denominator))
        assert deadline.text == (day(total.deadline) if total.deadline else "–")
        assert coverage.text == f"{total.units_reported}/{total.units_expected}"
        assert (f"quá hạn {total.days_overdue} ngày" in state.text.lower()) == (total.days_overdue > 0)
        assert ("Một phần" in remark.text) == total.partial
        assert ("ít nhất 50,0 %" in remark.text) == (total.lower_bound is not None)
    (volumes,) = (t for t in page.root.all("table") if "volumes" in t.classes)
    said = [[cell.text for cell in row.all("td")][:2] for row in volumes.one("tbody").all("tr")]
    assert said == [
        [i.id, "–" if i.numerator is None else count(i.numerator)] for i in result.indicators if i.kind == "volume"
    ]


def test_the_heat_map_says_every_rate(result: Consolidation, tmp_path: Path) -> None:
    heat = page_of(result, tmp_path).root.one("table", "heat")
    rates = [i for i in result.indicators if i.kind == "rate"]
    assert [th.one("strong").text for th in heat.one("thead").all("th")[1:]] == [i.id for i in rates]
    rows = [row for body in heat.all("tbody") for row in body.all("tr")]
    groups = dict.fromkeys(u.group for u in result.units)
    assert [row.one("th").text for row in rows if row.classes] == ["Toàn tỉnh", *groups]
    figures = {(f.unit, f.indicator): f for f in result.by_unit}
    of_units = [row for row in rows if not row.classes]
    in_order = [u for group in groups for u in result.units if u.group == group]
    for row, status in zip(of_units, in_order, strict=True):
        assert row.one("th").text == status.unit.name
        for cell, rate in zip(row.all("td"), rates, strict=True):
            figure = figures.get((status.unit.code, rate.id))
            if figure is None or figure.rate is None:
                assert cell.text in ("– không áp dụng", "chưa báo cáo"), "never a 0"
            else:
                assert cell.text.startswith(percent(figure.rate))
                assert cell.classes == [f"h{heat_step(figure.rate)}"]
                assert ("quá hạn" in cell.text) == (figure.state == "qua_han"), "not by colour alone"
    totals = {(t.group, t.id): t for t in (*result.indicators, *result.by_group)}
    for row, group in zip([row for row in rows if row.classes], ["", *groups], strict=True):
        for cell, rate in zip(row.all("td"), rates, strict=True):
            total = totals[group, rate.id]
            if total.rate is not None:
                assert cell.text.startswith(percent(total.rate))
                assert f"{total.units_reported}/{total.units_expected} đơn vị" in cell.text


def test_charts_have_their_figures_as_text(result: Consolidation, tmp_path: Path) -> None:
    figures = page_of(result, tmp_path).root.all("figure")
    assert len(figures) == 3
    for figure in figures:
        svg = figure.one("svg")
        said = {e.attributes["id"]: e.text for e in svg.all() if "id" in e.attributes}
        assert svg.attributes["role"] == "img"
        assert all(said[name] for name in svg.attributes["aria-labelledby"].split())
    tables = [[[c.text for c in r.all("th") + r.all("td")] for r in f.one("tbody").all("tr")] for f in figures]
    assert tables[0] == [[UNIT_STATES[state], str(n)] for state, n in result.state_counts().items()]
    asked = [u for u in result.units if u.state != "mien"]
    assert sum(int(row[1]) for row in tables[1]) == sum(u.first_submitted_at is not None for u in asked)
    assert int(tables[1][-1][2]) == sum(u.first_submitted_at is not None for u in asked)
    assert int(tables[1][-1][4]) == sum(u.accepted_at is not None for u in asked)
    rates = [i for i in result.indicators if i.kind == "rate"]
    assert [row[1] for row in tables[2]] == ["–" if i.rate is None else percent(i.rate) for i in rates]
    drawn = figures[2].one("svg").all("g")
    assert [bar.all("text")[1].text for bar in drawn] == [row[1] for row in tables[2]]


def test_what_an_unhappy_unit_needs_is_on_top(tmp_path: Path) -> None:
    result = mixed()
    urged = page_of(result, tmp_path).root.one("ul", "urged")
    late = [u for u in result.units if u.state == "qua_han"]
    assert sorted(item.one("span", "who").text for item in urged.all("li") if item.all("span", "who")) == sorted(
        u.unit.name for u in late
    )
    assert "Công văn đôn đốc" in urged.text
    assert "Quá hạn 10 ngày" in urged.text


def test_of_many_to_urge_some_are_folded(tmp_path: Path) -> None:
    page = page_of(province(lambda _: "qua_han", AS_OF), tmp_path)
    assert [len(shown.all("span", "who")) for shown in page.root.all("ul", "urged")] == [8, 21]
    assert "Còn 21 đơn vị nữa" in page.root.text


def test_changes_signs_and_extensions_are_told(tmp_path: Path) -> None:
    page = page_of(mixed(), tmp_path)
    told = page.root.one("div", "changes").text
    for words in (
        "Thay đổi so với hết ngày 19/05/2022",
        "bản số 2, 20/05/2022 21:00, thay bản số 1, 1.234 ô khác trước",
        "lý do: gửi nhầm",
        "Quá hạn → Trễ hạn",
        "50,0 % (3/26 đơn vị) →",
        "Gia hạn cho Huyện uỷ Tân Biên đến 15/05/2022 (12-CV/BTG)",
    ):
        assert words in told
    assert "Dấu hiệu cần xem lại: 3" in page.root.text
    assert "gia hạn từ 10/05/2022, 12-CV/BTG" in page.by_id("bang").text
    assert "1 đơn vị được gia hạn" in page.root.one("div", "countdown").text


@pytest.mark.parametrize(
    ("days", "words"),
    [(-5, "còn 5 ngày"), (0, "hôm nay là ngày cuối cùng"), (1, "đã quá hạn 1 ngày")],
)
def test_the_countdown_names_its_day(days: int, words: str, tmp_path: Path) -> None:
    as_of = date(2022, 5, 10) + timedelta(days=days)
    said = page_of(replace(mixed(), as_of=as_of), tmp_path).root.one("div", "countdown").text
    assert "Hạn nộp 10/05/2022" in said
    assert f"{words} tính đến hết ngày {day(as_of)}" in said


def test_a_round_without_due_date_and_a_province_without_units(tmp_path: Path) -> None:
    result = mixed()
    open_round = replace(result, round=replace(result.round, due=None))
    assert "không ấn định hạn nộp" in page_of(open_round, tmp_path).root.one("div", "countdown").text
    nobody = replace(result, units=(), indicators=(), by_group=(), by_unit=(), progress=None, signs=())
    page = page_of(nobody, tmp_path)
    assert "Chưa có đơn vị nào." in page.by_id("bang").text
    assert "Kỳ này không có chỉ tiêu tỷ lệ." in page.root.text


def test_the_page_of_a_group_says_whose_it_is(tmp_path: Path) -> None:
    page = page_of(replace(mixed(), scope="Ban cán sự đảng"), tmp_path)
    assert "· Ban cán sự đảng ·" in page.root.one("header").text
    assert page.root.one("tr", "total").one("th").text == "Ban cán sự đảng"


def test_nothing_typed_comes_alive(tmp_path: Path) -> None:
    html = written(hostile(), tmp_path)
    page = Parsed(html)
    assert len(page.root.all("script")) == 1
    assert page.root.all("img") == []
    names = [th.raw for th in page.by_id("bang").all("th", "name")]
    assert sound(HOSTILE) in names
    assert not set("\x00\u202e") & set(html)
    for element in page.root.below():
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"], element


def test_the_page_needs_nothing_from_anywhere(result: Consolidation, tmp_path: Path) -> None:
    html = written(result, tmp_path)
    assert not re.search(r"https?:|//\w", html.replace("data://", ""))
    page = Parsed(html)
    assert not {e.tag for e in page.root.below()} & {"link", "img", "iframe", "object", "embed", "base"}
    assert not [e for e in page.root.below() if "src" in e.attributes]
    assert "@import" not in html
    assert "url(" not in html


def test_the_policy_allows_our_own_style_and_script_only(tmp_path: Path) -> None:
    page = page_of(mixed(), tmp_path)
    (policy,) = (m.attributes["content"] for m in page.root.all("meta") if "http-equiv" in m.attributes)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        text = page.root.one(tag).raw
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        assert rules[rule] == f"'sha256-{digest}'"


def test_links_are_those_given_and_relative(tmp_path: Path) -> None:
    result = mixed()
    links = every_link(result)
    hrefs = [a.attributes["href"] for a in page_of(result, tmp_path).root.all("a")]
    outside = [href for href in hrefs if not href.startswith("#")]
    assert {unquote(href) for href in outside} == set(links.values())
    assert all(re.fullmatch(r"[A-Za-z0-9._~%/-]+", href) and href[0] != "/" for href in outside)
    bare = page_of(result, tmp_path, {})
    assert all(a.attributes["href"].startswith("#") for a in bare.root.all("a"))
    targets = {e.attributes["id"] for e in bare.root.below() if "id" in e.attributes}
    assert {a.attributes["href"][1:] for a in bare.root.all("a")} <= targets


@pytest.mark.parametrize("path", ["/etc/passwd", "//host/share", "\\\\host\\share", "C:/tong-hop.xlsx", ""])
def test_a_link_that_works_on_one_machine_only_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a relative path"):
        write_page(mixed(), tmp_path / "tinh-hinh.html", {"tong-hop.xlsx": path})


def test_a_link_is_never_a_script(tmp_path: Path) -> None:
    html = written(mixed(), tmp_path, {"tong-hop.xlsx": "javascript:alert(1)"})
    assert 'href="javascript%3Aalert%281%29"' in html


def test_links_are_found_in_the_outbox(tmp_path: Path) -> None:
    result = mixed()
    unit, sha = result.units[0].unit, "ab" * 32
    result = replace(
        result, sources=tuple(_source(unit, version, sha if version == 2 else "cd" * 32) for version in (1, 2))
    )
    receipts = tmp_path / "phieu-tiep-nhan" / unit.code
    for path in (
        tmp_path / "tong-hop.xlsx",
        tmp_path / "theo-nhom" / "a.xlsx",
        tmp_path / "don-doc" / f"cong-van-{unit.code}.docx",
        receipts / "20220429-220000 a cdcdcdcd.xlsx",
        receipts / "20220510-220000 a abababab.xlsx",
        receipts / "20220520-220000 a abababab.xlsx",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    groups = {result.units[0].group: "theo-nhom/a.xlsx", "no such": "theo-nhom/b.xlsx"}
    assert found_links(result, tmp_path, groups, up="../../") == {
        "tong-hop.xlsx": "../../tong-hop.xlsx",
        f"group:{result.units[0].group}": "../../theo-nhom/a.xlsx",
        f"letter:{unit.code}": f"../../don-doc/cong-van-{unit.code}.docx",
        f"receipt:{unit.code}": f"../../phieu-tiep-nhan/{unit.code}/20220510-220000 a abababab.xlsx",
    }


def _source(unit: Unit, version: int, sha: str) -> Source:
    at = mixed().units[0].first_submitted_at
    assert at is not None
    return Source(unit, sha, "a.xlsx", unit.code, at, "accepted", version, True, "", "1", "1")


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written(mixed(), tmp_path) == written(mixed(), tmp_path)
    assert "\r" not in written(mixed(), tmp_path)
    digest = page_digest(mixed(), {})
    assert digest == page_digest(mixed()) == page_digest(mixed(), {})
    assert digest != page_digest(mixed(), {"tong-hop.xlsx": "tong-hop.xlsx"})
    assert digest != page_digest(replace(mixed(), as_of=AS_OF + timedelta(days=1)))
    assert digest == hashlib.sha256(written(mixed(), tmp_path, {}).encode()).hexdigest()


def test_tables_and_controls_can_be_read_aloud(result: Consolidation, tmp_path: Path) -> None:
    page = page_of(result, tmp_path)
    every = list(page.root.below())
    ids = [e.attributes["id"] for e in every if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    assert page.root.one("html").attributes["lang"] == "vi"
    assert all(th.attributes.get("scope") in ("col", "row", "rowgroup") for th in page.root.all("th"))
    assert all(table.all("caption") for table in page.root.all("table"))
    labelled = {label.attributes["for"] for label in page.root.all("label")}
    assert {e.attributes["id"] for e in every if e.tag in ("input", "select")} == labelled
    for element in every:
        named = f"{element.attributes.get('aria-labelledby', '')}".split()
        assert set(named) <= set(ids)
        if element.attributes.get("role") == "region":
            assert element.attributes["tabindex"] == "0"
            assert named
    levels = [int(e.tag[1]) for e in every if re.fullmatch(r"h\d", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert {"header", "nav", "main", "footer"} <= {e.tag for e in every}
    assert page.by_id("dang-hien").attributes["aria-live"] == "polite"
    assert page.root.all("a")[0].attributes["href"] == "#noi-dung"


def test_colours_are_far_enough_apart() -> None:
    pairs = [
        (palette.GOOD_INK, palette.GOOD_FILL),
        (palette.WARNING_INK, palette.WARNING_FILL),
        (palette.ERROR_INK, palette.ERROR_FILL),
        (palette.NEUTRAL_INK, palette.NEUTRAL_FILL),
        *((palette.INK_SOFT, fill) for fill in ("#FFFFFF", palette.LOCKED_FILL, palette.HEADER_FILL)),
        *((palette.LINK_INK, fill) for fill in ("#FFFFFF", palette.LOCKED_FILL, palette.TOTAL_FILL)),
        *((palette.ACCENT, fill) for fill in ("#FFFFFF", palette.LOCKED_FILL, palette.HEADER_FILL)),
        *(
            (ink, heat_colour(n / HEAT_STEPS))
            for n in range(HEAT_STEPS + 1)
            for ink in (palette.INK, palette.ERROR_INK)
        ),
    ]
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


def contrast(ink: str, fill: str) -> float:
    """The contrast ratio of WCAG 2.1."""
    lighter, darker = sorted((_luminance(ink), _luminance(fill)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_only_the_whole_has_the_last_colour() -> None:
    assert [heat_step(rate) for rate in (0, 0.001, 0.5, 0.999, 1, 1.2)] == [0, 1, 5, 9, 10, 10]


def test_figures_are_written_the_vietnamese_way() -> None:
    assert count(1234567) == "1.234.567"
    assert rate_words(0.785) == "78,5\N{NO-BREAK SPACE}%"
    assert rate_words(0.99999) == "99,9\N{NO-BREAK SPACE}%"
    assert rate_words(None) == "–"
