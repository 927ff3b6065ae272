"""A headless Chromium to open pages with, and to take pictures of them. Only tests and docs/pictures.py use it."""

from __future__ import annotations

import base64
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

PHONE, DESK = (360, 740), (1280, 900)
"""Widths and heights (CSS pixels) that the page is looked at in."""

_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    *("--disable-extensions", "--disable-default-apps", "--lang=vi"),
)


def browser_missing() -> str:
    """What has to be installed before pages can be opened; empty: all there."""
    programs = {"Chromium": _chromium(), "chromedriver": shutil.which("chromedriver")}
    missing = [name for name, found in programs.items() if found is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def chromium() -> Iterator[Any]:
    """A Selenium driver of a Chromium of its own, closed with everything it wrote."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = _chromium() or ""
        for flag in (*_FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            yield driver
        finally:
            driver.quit()


def resize(driver: Any, size: tuple[int, int], scale: float = 1) -> None:
    """Gives the page this many CSS pixels; narrower than a window could be."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@contextmanager
def reading_on(driver: Any, day: date) -> Iterator[None]:
    """Pages opened meanwhile are read at noon of this day."""
    source = f"""{{ const Real = Date, at = Real.parse("{day}T12:00:00+07:00");
        globalThis.Date = class extends Real {{
            constructor(...given) {{ super(...(given.length ? given : [at])); }}
            static now() {{ return at; }} }}; }}"""
    added = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def page_picture(
    driver: Any,
    page: Path,
    target: Path,
    size: tuple[int, int],
    day: date,
    *,
    part: str = "",
    scale: float = 1,
    tallest: int | None = None,
) -> Path:
    """Writes a PNG of a page as read on a day: whole, or (`part`, a CSS selector) only that part of it.

    `tallest`: CSS pixels after which the picture ends.
    """
    resize(driver, size, scale)
    with reading_on(driver, day):
        driver.get(page.resolve().as_uri())
    box = driver.execute_script(
        "const part = arguments[0] && document.querySelector(arguments[0]);"
        "if (!part) return [0, 0, innerWidth, document.documentElement.scrollHeight];"
        "const box = part.getBoundingClientRect();"
        "return [box.x + scrollX, box.y + scrollY, box.width, box.height];",
        part,
    )
    x, y, width, height = box
    clip = {"x": x, "y": y, "width": width, "height": min(height, tallest or height), "scale": 1}
    asked = {"format": "png", "captureBeyondViewport": True, "clip": clip}
    target.write_bytes(base64.b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", asked)["data"]))
    return target


def page_pdf(driver: Any, page: Path, target: Path) -> Path:
    """Writes the page as it prints."""
    driver.get(page.resolve().as_uri())
    asked = {"preferCSSPageSize": True, "printBackground": True}
    target.write_bytes(base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", asked)["data"]))
    return target


def console(driver: Any) -> list[str]:
    """What the page has complained of since last asked."""
    return [entry["message"] for entry in driver.get_log("browser")]
