"""The status page says what the oracle says: every figure of every table, and the sentences above them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from pipelines.demo.scenario import NIGHTS
from tests.homes import PLAN, ROUND, Province
from tests.html_tree import Element, Parsed, rows_of
from tests.oracle_changes import Changes, changes
from tests.oracle_facts import (
    DASH,
    PENDING,
    PROVINCE,
    STATES,
    Facts,
    Said,
    count,
    coverage,
    day_words,
    facts,
    moment_words,
    rate,
    share,
    state_words,
)

nights = pytest.mark.parametrize("day", NIGHTS, ids=str)
Pages = dict[date, Parsed]


@pytest.fixture(scope="module")
def pages(province: Province) -> Pages:
    kept = province.home.outbox / PLAN / ROUND / "lich-su"
    return {day: Parsed((kept / day.isoformat() / "tinh-hinh.html").read_text("utf-8")) for day in NIGHTS}


def of_day(province: Province, day: date) -> Facts:
    return facts(province.played.answers, day)


def table(page: Parsed, caption: str) -> list[list[str]]:
    """The rows of the table of that caption, its head left out."""
    captioned = [t for t in page.root.all("table") if any(caption in c.text for c in t.all("caption"))]
    (found,) = captioned
    return rows_of(found)[len(found.one("thead").all("tr")) :]


def returned(now: Facts) -> list[str]:
    """Units that have sent only what was sent back, as the scenario has it."""
    return [c for c, u in now.said["units"].items() if u["first_submitted_at"] and not u["accepted_at"]]


@nights
def test_the_headline_the_tiles_and_the_states(province: Province, pages: Pages, day: date) -> None:
    now, page = of_day(province, day), pages[day]
    states, back = now.states(), len(returned(now))
    done, whole = states["dung_han"] + states["tre_han"], len(now.said["units"]) - states["mien"]
    said = (
        f"Đến hết ngày {day_words(day)}, {done}/{whole} đơn vị đã có báo cáo được chấp nhận ({share(done, whole)}), "
        f"trong đó {states['dung_han']} đơn vị đúng hạn"
    )
    said += f"; {states['qua_han']} đơn vị quá hạn" if states["qua_han"] else ""
    said += f"; {states['loi']} đơn vị có lỗi, chưa đến hạn" if states["loi"] else ""
    said += f"; {states['chua_den_han']} đơn vị chưa đến hạn" if states["chua_den_han"] else ""
    said += "." + (
        f" Trong các đơn vị chưa được chấp nhận, {back} đơn vị mới chỉ có bản bị trả lại, phải sửa." if back else ""
    )
    assert page.root.one("p", "headline").text == said
    tiles = {tile.one(name="label").text: tile.one("strong").text for tile in page.root.one("ul", "tiles").all("li")}
    assert {label: int(figure) for label, figure in tiles.items()} == {
        "Phải báo cáo": whole,
        "Đã được chấp nhận": done,
        "Đúng hạn": states["dung_han"],
        "Trễ hạn": states["tre_han"],
        "Quá hạn": states["qua_han"],
        "Bị trả lại": back,
    }
    named = " + ".join(f"{n} {STATES[state].lower()}" for state, n in states.items() if n)
    partition = f"Trạng thái cộng lại bằng số đơn vị: {named} = {sum(states.values())} đơn vị."
    assert partition in [p.text for p in page.root.all("p")]


@nights
def test_the_countdown_and_the_deadlines_of_indicators(province: Province, pages: Pages, day: date) -> None:
    now, page = of_day(province, day), pages[day]
    box = page.root.one("div", "countdown")
    assert box.one("p", "due").text == f"Hạn nộp {day_words(now.known.due)}"
    assert now.known.due is not None
    assert box.one("p", "left").text == _left(now.known.due, day, waiting=True)
    extended = [p.text for p in box.all("p", "aside") if "gia hạn" in p.text]
    own = len(now.known.decided.extensions)
    assert extended == ([f"{own} đơn vị được gia hạn, có hạn riêng (xem bảng)."] if own else [])
    stones = {item.one("strong").text: item for item in page.root.one("ul", "milestones").all("li")}
    rates = {i: now.total(i) for i in now.of_kind("rate")}
    deadlines = sorted({t["deadline"] for t in rates.values() if t["deadline"]})
    assert list(stones) == [day_words(deadline) for deadline in deadlines]
    for deadline in deadlines:
        own_rates = [f"{i} – {now.labels[i]}" for i, t in rates.items() if t["deadline"] == deadline]
        stone = stones[day_words(deadline)]
        assert stone.one("span", "small").text == "; ".join(own_rates)
        assert stone.one("span", "badge").text == _left(date.fromisoformat(deadline), day, waiting=True)


def _left(limit: date, day: date, *, waiting: bool) -> str:
    left = (limit - day).days
    if left >= 0:
        return f"còn {left} ngày" if left else "hôm nay là ngày cuối cùng"
    return f"đã quá hạn {-left} ngày" if waiting else f"hạn đã qua {-left} ngày"


@nights
def test_every_unit(province: Province, pages: Pages, day: date) -> None:
    now = of_day(province, day)
    shown = {row[1]: row for row in table(pages[day], "Tình hình nộp báo cáo của từng đơn vị")}
    assert list(shown) == list(now.said["units"])
    for number, (code, unit) in enumerate(now.said["units"].items(), 1):
        row = shown[code]
        assert row[0] == str(number)
        assert row[2:5] == [now.names[code], now.known.group(now.known.unit(code)), STATES[unit["state"]]], code
        extension = now.known.decided.extensions.get(code)
        mark = f" gia hạn từ {day_words(now.known.due)}, {extension[1]}" if extension else ""
        assert row[5] == day_words(unit["due"]) + mark, code
        assert row[6:8] == [moment_words(unit["first_submitted_at"]), moment_words(unit["accepted_at"])], code
        days = f"trễ {unit['days_late']}" if unit["days_late"] else DASH
        days = f"quá hạn {unit['days_overdue']}" if unit["days_overdue"] else days
        assert row[8] == days, code
        numbers = [count(n) if n else DASH for n in (now.errors(code), now.warnings(code))]
        assert row[9:11] == numbers, code


@nights
def test_whom_to_urge(province: Province, pages: Pages, day: date) -> None:
    now = of_day(province, day)
    wanted = [c for c in now.said["units"] if c in now.in_state("qua_han") or c in returned(now)]
    heading = next(h for h in pages[day].root.all("h3") if h.text.startswith("Cần đôn đốc"))
    assert heading.text in (f"Cần đôn đốc: {len(wanted)} đơn vị", "Cần đôn đốc: 0 đơn vị", "Cần đôn đốc")
    card = heading.parent
    assert card is not None
    said = card.text
    named = [now.codes[name] for name in now.codes if name in said]
    assert sorted(named) == sorted(wanted)
    assert all(f"Quá hạn {now.said['units'][c]['days_overdue']} ngày" in said for c in now.in_state("qua_han"))


@nights
def test_the_signs(province: Province, pages: Pages, day: date) -> None:
    seen = int(of_day(province, day).known.counting("709") is not None)
    headings = [h.text for h in pages[day].root.all("h3")]
    assert f"Dấu hiệu cần xem lại: {seen}" in headings


@nights
def test_every_indicator(province: Province, pages: Pages, day: date) -> None:
    now, page = of_day(province, day), pages[day]
    shown = {row[0]: row for row in table(page, "Tỷ lệ thực hiện các chỉ tiêu")}
    assert list(shown) == [*now.of_kind("rate"), *now.of_kind("reporting", "on_time")]
    for indicator, row in shown.items():
        total = now.total(indicator)
        figures = [rate(total), count(total["numerator"]), count(total["denominator"])]
        target = DASH if total["target"] is None else share(round(total["target"] * 100), 100)
        assert row[1:5] == [now.labels[indicator], *figures], indicator
        assert row[5:9] == [target, day_words(total["deadline"]), state_words(total), coverage(total)], indicator
        assert row[9].startswith(_partial(indicator, total)), indicator
    volumes = {row[0]: row for row in table(page, "Khối lượng công việc")}
    assert list(volumes) == now.of_kind("volume")
    for indicator, row in volumes.items():
        total = now.total(indicator)
        assert row[1:4] == [now.labels[indicator], count(total["numerator"]), coverage(total)], indicator
        assert row[4].startswith(_partial(indicator, total)), indicator


def _partial(indicator: str, total: Said) -> str:
    missing = total["units_expected"] - total["units_reported"]
    return f"Một phần: thiếu {missing} đơn vị" if missing and not indicator.startswith("NB") else ""


@nights
def test_every_cell_of_the_heat_map(province: Province, pages: Pages, day: date) -> None:
    now, page = of_day(province, day), pages[day]
    rates = now.of_kind("rate")
    heat = page.root.one("table", "heat")
    head, *rows = rows_of(heat)
    assert head[1:] == [f"{i} {now.labels[i]}" for i in rates]
    shown = {row[0]: row[1:] for row in rows}
    assert [row[0] for row in rows] == [PROVINCE, *(n for g, own in now.groups.items() for n in (g, *_named(now, own)))]
    for label in (PROVINCE, *now.groups):
        assert shown[label] == [_total_cell(now.total(i, label)) for i in rates], label
    for name, code in now.codes.items():
        assert shown[name] == [_unit_cell(now.said["by_unit"][code, i]) for i in rates], code


def _named(now: Facts, codes: list[str]) -> list[str]:
    return [now.names[code] for code in codes]


def _total_cell(total: Said) -> str:
    if total["state"] == "khong_ap_dung" or not total["units_expected"]:
        return f"{DASH} không áp dụng"
    if not total["units_reported"]:
        return PENDING
    late = " !" if total["state"] == "qua_han" else ""
    return f"{rate(total)}{late} {coverage(total)} đơn vị"


def _unit_cell(figure: Said) -> str:
    if figure["state"] == "chua_bao_cao":
        return PENDING
    return rate(figure) + (" !" if figure["state"] == "qua_han" else "")


@nights
def test_the_figures_of_the_charts(province: Province, pages: Pages, day: date) -> None:
    now, page = of_day(province, day), pages[day]
    assert table(page, "Số đơn vị theo trạng thái") == [[STATES[s], str(n)] for s, n in now.states().items()]
    units = now.said["units"].values()
    sent = sorted(u["first_submitted_at"][:10] for u in units if u["first_submitted_at"])
    taken = sorted(u["accepted_at"][:10] for u in units if u["accepted_at"])
    assert table(page, "Nộp báo cáo theo ngày, so với hạn") == [
        [
            day_words(on),
            str(sent.count(on)),
            str(sum(s <= on for s in sent)),
            str(taken.count(on)),
            str(sum(t <= on for t in taken)),
        ]
        for on in sorted({*sent, *taken})
    ]
    assert table(page, "Tỷ lệ hoàn thành theo chỉ tiêu") == [
        [f"{i} – {now.labels[i]}", rate(now.total(i)), coverage(now.total(i))] for i in now.of_kind("rate")
    ]
    bars = page.by_id("c-trang-thai").parent
    assert bars is not None
    drawn = {
        text.text: value.text for text, value in zip(bars.all("text", "left"), bars.all("text", "value"), strict=True)
    }
    assert drawn == {STATES[s]: str(n) for s, n in now.states().items()}


@pytest.mark.parametrize(("since", "day"), list(pairwise(NIGHTS)), ids=str)
def test_what_has_changed(province: Province, pages: Pages, since: date, day: date) -> None:
    made, card = changes(province.played.answers, since, day), pages[day].root.one("div", "changes")
    assert card.one("h3").text == f"Thay đổi so với hết ngày {day_words(since)}"
    lists = {d.one("summary").text: [item.text for item in d.all("li")] for d in card.all("details")}
    assert lists == {heading: said for heading, said in _changed(made).items() if said} | {
        heading: said for heading, said in lists.items() if heading.startswith("Quyết định điều hành")
    }
    decided = [said for heading, said in lists.items() if heading.startswith("Quyết định điều hành")]
    documents = made.documents
    assert [len(said) for said in decided] == ([len(documents)] if documents else [])
    assert all(any(f"({document})" in line for line in decided[0]) for document in documents)


def _changed(made: Changes) -> dict[str, list[str]]:
    names, labels = made.after.names, made.after.labels
    sent = {"new": [], "corrected": [], "rejected": []}  # type: dict[str, list[str]]
    for event in made.sent:
        said = f"{names[event.unit]}: bản số {event.version.number}, {day_words(event.version.night)} 22:00"
        if event.kind == "corrected":
            said += f", thay bản số {event.since}, {count(event.cells)} ô khác trước"
        sent[event.kind].append(said)
    states = [f"{names[code]}: {STATES[was]} → {STATES[now]}" for code, was, now in made.states]
    totals = [
        f"{i} – {labels[i]}: {_figure(i, made.before.total(i))} → {_figure(i, made.after.total(i))}"
        for i in made.totals
    ]
    return {
        f"Báo cáo mới: {len(sent['new'])}": sent["new"],
        f"Đính chính: {len(sent['corrected'])}": sent["corrected"],
        f"Bị trả lại: {len(sent['rejected'])}": sent["rejected"],
        f"Đổi trạng thái: {len(states)} đơn vị": states,
        f"Chỉ tiêu toàn tỉnh có số khác trước: {len(totals)}": totals,
    }


def _figure(indicator: str, total: Said) -> str:
    if indicator.startswith("NB"):
        return f"{rate(total)} ({count(total['numerator'])})"
    figure = count(total["numerator"]) if indicator.startswith("KL") else rate(total)
    return f"{figure} ({coverage(total)} đơn vị)"


def test_every_link_of_the_newest_page_opens_a_file_that_is_there(province: Province) -> None:
    folder = province.home.outbox / PLAN / ROUND
    page = Parsed((folder / "tinh-hinh.html").read_text("utf-8"))
    now = of_day(province, NIGHTS[-1])
    addresses = [unquote(a.attributes["href"]) for a in page.root.all("a") if not a.attributes["href"].startswith("#")]
    assert addresses
    assert [a for a in addresses if not (folder / a).is_file()] == []
    letters = sorted({Path(a).stem.removeprefix("cong-van-") for a in addresses if a.startswith("don-doc/cong-van-")})
    assert letters == sorted(now.in_state("qua_han"))
    with_organisations = {c for c in now.said["units"] if now.known.organisations(c) != [c]}
    assert {Path(a).stem for a in addresses if a.startswith("theo-don-vi/")} == with_organisations
    assert len({a for a in addresses if a.startswith("theo-nhom/")}) == len(now.groups)


def test_the_newest_page_is_that_of_the_last_night(province: Province, pages: Pages) -> None:
    folder = province.home.outbox / PLAN / ROUND
    newest = Parsed((folder / "tinh-hinh.html").read_text("utf-8"))
    assert [rows_of(t) for t in newest.root.all("table") if not _units(t)] == [
        rows_of(t) for t in pages[NIGHTS[-1]].root.all("table") if not _units(t)
    ]


def _units(table: Element) -> bool:
    return "units" in table.classes
