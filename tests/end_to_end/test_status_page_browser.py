"""The status page in a headless Chromium: search, filter and sort, at a phone's and a desk's width, and on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.status_page import write_page
from schemas.consolidation import Consolidation
from tests.browser import DESK, PHONE, browser_missing, chromium, console, page_pdf, reading_on, resize
from tests.status_pages import AS_OF, HOSTILE, PROVINCES, every_link, hostile, mixed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(browser_missing()), reason=browser_missing() or "all there"),
]

WIDTHS = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
OLD = "Số liệu trên trang đến hết ngày 20/05/2022, cách đây "
Opened = Callable[[tuple[int, int]], Any]


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of all provinces, in a folder with a name of the kind people give."""
    folder = tmp_path_factory.mktemp("trang") / "Kết quả #1 (50%)"
    folder.mkdir()
    made: dict[str, Callable[[], Consolidation]] = {**PROVINCES, "hostile": hostile}
    for name, make in made.items():
        result = make()
        write_page(result, folder / f"{name}.html", every_link(result))
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def opened(driver: Any, pages: dict[str, Path]) -> Opened:
    """Opens the mixed province's page at a size."""

    def open_page(size: tuple[int, int]) -> Any:
        return shown(driver, pages["mixed"], size)

    return open_page


def shown(driver: Any, page: Path, size: tuple[int, int], day: date = AS_OF) -> Any:
    resize(driver, size)
    with reading_on(driver, day):
        driver.get(page.as_uri())
    return driver


def codes(driver: Any) -> list[str]:
    """The codes of the units shown, in the order shown."""
    script = "return Array.from(document.querySelectorAll('#bang tbody tr')).filter(r => r.offsetHeight)"
    found: list[str] = driver.execute_script(f"{script}.map(r => r.querySelector('.code').textContent)")
    return found


def status(driver: Any) -> str:
    return str(driver.find_element("id", "dang-hien").text)


def choose(driver: Any, name: str, value: str) -> None:
    from selenium.webdriver.support.select import Select

    Select(driver.find_element("id", name)).select_by_value(value)


def all_codes() -> list[str]:
    return [u.unit.code for u in mixed().units]


@WIDTHS
@pytest.mark.parametrize("name", [*PROVINCES, "hostile"])
def test_every_page_opens_without_complaint_and_fits(
    driver: Any, pages: dict[str, Path], name: str, size: tuple[int, int]
) -> None:
    shown(driver, pages[name], size)
    assert console(driver) == []
    assert driver.title.startswith("Tình hình thực hiện Kế hoạch số 70-KH/TU")
    wide, room = driver.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert (wide, room) == (size[0], size[0]), "the page itself never scrolls sideways"
    assert driver.find_element("id", "loc").is_displayed()
    assert len(codes(driver)) == len(all_codes())


@WIDTHS
def test_search_needs_no_accents(opened: Opened, size: tuple[int, int]) -> None:
    driver = opened(size)
    field = driver.find_element("id", "tim")
    for typed, found in (("tan bien", ["705"]), ("TÂN  BIÊN", ["705"]), ("dang doan hoi nong", ["DD-HND"])):
        field.clear()
        field.send_keys(typed)
        assert codes(driver) == found, typed
        assert status(driver) == "Đang hiện 1 trong 29 đơn vị."
    field.clear()
    field.send_keys("không có đâu")
    assert codes(driver) == []
    assert "Không có đơn vị nào khớp" in status(driver)
    driver.find_element("id", "xoa-loc").click()
    assert codes(driver) == all_codes()
    assert status(driver) == "Đang hiện tất cả 29 đơn vị."


@WIDTHS
def test_filters_work_together(opened: Opened, size: tuple[int, int]) -> None:
    driver, result = opened(size), mixed()
    choose(driver, "loc-trang-thai", "qua_han")
    assert codes(driver) == [u.unit.code for u in result.units if u.state == "qua_han"]
    group = result.units[5].group
    choose(driver, "loc-nhom", group)
    assert codes(driver) == [u.unit.code for u in result.units if u.state == "qua_han" and u.group == group]
    choose(driver, "loc-nhom", "")
    choose(driver, "loc-trang-thai", "tra_lai")
    assert codes(driver) == [u.unit.code for u in result.units if u.errors and not u.accepted_at]


def test_a_total_leads_to_its_units(opened: Opened) -> None:
    driver, result = opened(DESK), mixed()
    driver.find_element("css selector", "a[data-choice=tre_han]").click()
    assert codes(driver) == [u.unit.code for u in result.units if u.state == "tre_han"]
    assert driver.current_url.endswith("#don-vi")


CLICKS = """
return Array.from(document.querySelectorAll("#bang thead button")).flatMap(button => [1, 2].map(() => {
    button.click();
    return [button.closest("th").ariaSort, document.querySelectorAll("th[aria-sort]").length,
        Array.from(document.querySelectorAll("#bang tbody .code"), cell => cell.textContent)];
}));
"""


def test_every_column_sorts_both_ways(opened: Opened) -> None:
    driver = opened(DESK)
    clicked = driver.execute_script(CLICKS)
    assert len(clicked) == 2 * 12, "every column but that of the files"
    for first, second in zip(clicked[::2], clicked[1::2], strict=True):
        assert {first[0], second[0]} == {"ascending", "descending"}
        assert first[1] == second[1] == 1, "one column says that it is sorted"
        assert sorted(first[2]) == sorted(second[2]) == sorted(all_codes())
        assert first[2] != second[2]


def test_sorting_by_days_and_dates(opened: Opened) -> None:
    driver, units = opened(DESK), {u.unit.code: u for u in mixed().units}
    days = driver.find_element("css selector", "#bang thead th:nth-child(9) button")
    days.click()
    days.click()
    waited = [units[code].days_late or units[code].days_overdue for code in codes(driver)]
    assert waited == sorted(waited, reverse=True)
    accepted = driver.find_element("css selector", "#bang thead th:nth-child(8) button")
    for descending in (False, True):
        accepted.click()
        moments = [units[code].accepted_at for code in codes(driver)]
        known = [moment for moment in moments if moment]
        assert known == sorted(known, reverse=descending)
        assert moments == [*known, *[None] * (len(moments) - len(known))], "what is missing comes last both ways"


def test_the_keyboard_does_what_the_mouse_does(opened: Opened) -> None:
    from selenium.webdriver.common.keys import Keys

    driver = opened(DESK)
    body = driver.find_element("tag name", "body")
    body.send_keys(Keys.TAB)
    skip = driver.switch_to.active_element
    assert skip.get_attribute("class") == "skip"
    assert skip.rect["y"] >= 0, "seen once it has the focus"
    skip.send_keys(Keys.ENTER)
    assert driver.switch_to.active_element.get_attribute("id") == "noi-dung"
    field = driver.find_element("id", "tim")
    field.send_keys("huyen uy", Keys.TAB)
    assert driver.switch_to.active_element.get_attribute("id") == "loc-trang-thai"
    name = driver.find_element("css selector", "#bang thead th:nth-child(3)")
    button = name.find_element("tag name", "button")
    driver.execute_script("arguments[0].focus()", button)
    outline = driver.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "where the focus is can be seen"
    for key, direction in ((Keys.ENTER, "ascending"), (Keys.SPACE, "descending")):
        button.send_keys(key)
        assert name.get_attribute("aria-sort") == direction
    assert codes(driver)[0] == "706", "Tân Châu, last of the districts"


def test_on_a_phone_units_are_cards_with_sorting_of_their_own(opened: Opened) -> None:
    driver = opened(PHONE)
    rows = driver.find_elements("css selector", "#bang tbody tr")
    boxes = [row.rect for row in rows[:3]]
    assert all(box["width"] <= 328 for box in boxes)
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"], "below each other"
    choose(driver, "sap-xep", "2")
    assert codes(driver)[0] == "BCS-TAND", "Ban cán sự đảng Toà án, first by name"
    driver.find_element("id", "chieu").click()
    assert codes(driver)[-1] == "BCS-TAND"
    for element in driver.find_elements("css selector", "#loc input, #loc select, #loc button"):
        assert element.rect["height"] >= 44, "large enough for a thumb"


@WIDTHS
def test_the_heat_map_scrolls_in_its_own_frame(opened: Opened, size: tuple[int, int]) -> None:
    driver = opened(size)
    frame = driver.find_element("css selector", "[aria-labelledby=bang-ban-do]")
    driver.execute_script("arguments[0].scrollLeft = 400", frame)
    names = driver.find_elements("css selector", ".heat tbody .sticky")
    assert abs(names[3].rect["x"] - frame.rect["x"]) <= 2, "the names of the units stay"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2022, 5, 20), ""),
        (date(2022, 5, 23), f"Hôm nay, 23/05/2022: đã qua hạn 13 ngày. {OLD}3 ngày."),
        (date(2023, 5, 20), f"{OLD}365 ngày."),
        (date(2022, 1, 1), ""),
    ],
    ids=["same day", "three days on", "a year on", "a clock set back"],
)
def test_the_page_knows_how_old_it_is(driver: Any, pages: dict[str, Path], day: date, words: str) -> None:
    shown(driver, pages["mixed"], DESK, day)
    assert driver.find_element("id", "hom-nay").text == words


def test_what_was_typed_stays_text(driver: Any, pages: dict[str, Path]) -> None:
    shown(driver, pages["hostile"], DESK)
    assert driver.execute_script("return document.scripts.length") == 1
    assert "hỏng" not in driver.title
    choose(driver, "loc-nhom", driver.execute_script(
        "return Array.from(document.querySelectorAll('#loc-nhom option')).find(o => o.text.includes('img')).value"
    ))  # fmt: skip
    assert len(codes(driver)) == 1
    assert HOSTILE[:9] in driver.find_element("css selector", "#bang tbody tr:not([hidden]) .name").text
    assert console(driver) == []


def test_without_scripts_it_is_read_all_the_same(driver: Any, pages: dict[str, Path]) -> None:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.get(pages["mixed"].as_uri())
        assert not driver.find_element("id", "loc").is_displayed()
        assert len(driver.find_elements("css selector", "#bang tbody tr")) == 29
        assert driver.find_element("css selector", "#bang thead th").text == "TT"
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_on_paper_every_unit_is_there_and_no_control(opened: Opened, pages: dict[str, Path], tmp_path: Path) -> None:
    driver = opened(DESK)
    driver.find_element("id", "tim").send_keys("tan bien")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert codes(driver) == all_codes(), "whatever was searched for"
        assert not driver.find_element("id", "loc").is_displayed()
        assert not driver.find_element("css selector", ".top nav").is_displayed()
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    pdf = page_pdf(driver, pages["mixed"], tmp_path / "trang.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"/MediaBox [0 0 841" in pdf, "A4, across"
