"""Makes docs/pictures/*.png from the demo: `.venv/bin/python docs/pictures.py`. Needs LibreOffice (Calc and Writer),
poppler-utils, Chromium with its driver, and the packages of the extra `test`.

Plays the province in miniature in a temporary folder (the nights run directly, without Prefect), or takes one that is
played already (`docs/pictures.py demo`). Prints its workbooks and documents to PDF, and keeps the pages that the guides
show, cut off below the last word; the status page is taken as a desk and a phone show it, side by side.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.controlling import issue_control
from pipelines.dataset import open_dataset
from pipelines.demo.province import play
from pipelines.demo.scenario import NIGHTS
from pipelines.issuing import issue_templates
from pipelines.nightly import Request, run_night
from pipelines.store import Home

PICTURES = Path(__file__).resolve().parent / "pictures"
PLAN, ROUND = "kh70_2022", "ket_qua"
LARGEST = 300_000
"""Bytes of a picture."""
MARGIN = 14.0
"""Points kept above the first word of a page and below the last."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: the first page of a workbook that says `wanted`.

    `within`: the workbook, below the round's folder; `pixels`: the width of the picture.
    """

    name: str
    within: str
    wanted: str
    pixels: int = 1200


SHOTS = (
    Shot("tong-quan", "tong-hop.xlsx", "BÁO CÁO TỔNG HỢP"),
    Shot("tien-do-nop", "tong-hop.xlsx", "TIẾN ĐỘ NỘP BÁO CÁO"),
    Shot("ty-le-hoan-thanh", "tong-hop.xlsx", "TỶ LỆ HOÀN THÀNH", 1150),
    Shot("qua-han", "tong-hop.xlsx", "ĐƠN VỊ VÀ CHỈ TIÊU QUÁ HẠN"),
    Shot("cong-van", "don-doc/cong-van-710.docx", "ĐẢNG CỘNG SẢN VIỆT NAM", 900),
    Shot("bao-cao", "bao-cao-ket-qua.docx", "ĐẢNG CỘNG SẢN VIỆT NAM", 900),
    Shot("so-dieu-hanh", "../dieu_hanh/so-dieu-hanh.xlsx", "Biểu D2.", 1100),
    Shot("huong-dan", "mau/703.xlsx", "BIỂU MẪU BÁO CÁO", 900),
    Shot("bieu-hoc-tap", "mau/703.xlsx", "Biểu B2."),
    Shot("kiem-tra", "mau/703.xlsx", "TỰ KIỂM TRA TRƯỚC KHI NỘP", 900),
    Shot("phieu-tiep-nhan", "phieu-tiep-nhan/710/*.xlsx", "PHIẾU TIẾP NHẬN", 900),
    Shot("can-sua", "tra-lai/710/*.xlsx", "CẦN SỬA"),
    Shot("o-danh-dau", "tra-lai/710/*.xlsx", "Biểu B2."),
)


def main() -> int:
    """Makes all pictures; 1 where a program is missing."""
    missing = [
        program
        for program in ("soffice", "pdftotext", "pdftoppm", "chromedriver", "convert")
        if shutil.which(program) is None
    ]
    if missing:
        print(f"missing: {', '.join(missing)}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        played = Home(Path(sys.argv[1])).outbox / PLAN / ROUND if sys.argv[1:] else _played(place / "demo")
        printed: dict[str, Path] = {}
        for shot in SHOTS:
            if shot.within not in printed:
                printed[shot.within] = _printed(
                    next(played.resolve().parent.glob(f"{played.name}/{shot.within}")), place
                )
            print(_taken(shot, printed[shot.within]))
        print(_page_taken(played / "tinh-hinh.html", place))
    return 0


def _played(directory: Path) -> Path:
    """Plays the demo; the folder of the round's outputs."""
    home = Home.locate(directory)

    def night(_: date) -> None:
        run_night(Request(home, PLAN, ROUND))

    def control() -> Path:
        with open_dataset(home.dataset) as connection:
            return issue_control(connection, home, PLAN)[0]

    play(directory, lambda: {path.stem: path for path in issue_templates(home, PLAN, ROUND)}, control, night, print)
    return home.outbox / PLAN / ROUND


def _page_taken(page: Path, place: Path) -> Path:
    """The status page at a desk and on a phone, side by side."""
    from tests.browser import DESK, PHONE, chromium, page_picture

    desk, phone = place / "may-tinh.png", place / "dien-thoai.png"
    with chromium() as driver:
        for target, size in ((desk, DESK), (phone, PHONE)):
            page_picture(driver, page, target, size, NIGHTS[-1], tallest=1500)
    picture = PICTURES / "tinh-hinh.png"
    frame = ["-bordercolor", "#B8C0CA", "-border", "2", "-background", "white", "-gravity", "north", "+append"]
    _run(["convert", str(desk), str(phone), *frame, "-resize", "1200x", "-colors", "128", str(picture)])
    return picture


def _printed(workbook: Path, place: Path) -> Path:
    """The workbook as PDF, through a LibreOffice profile of its own."""
    out = place / "pdf" / workbook.parent.parent.name / workbook.parent.name
    profile = (place / "libreoffice").as_uri()
    convert = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(out)]
    _run([*convert, str(workbook)])
    return out / f"{workbook.stem}.pdf"


def _taken(shot: Shot, pdf: Path) -> Path:
    """Writes the picture. Raises LookupError where no page says what is wanted, ValueError where it is too large."""
    pages = _run(["pdftotext", "-layout", str(pdf), "-"]).split("\f")
    number = next((n for n, text in enumerate(pages, 1) if shot.wanted in " ".join(text.split())), None)
    if number is None:
        raise LookupError(f"{pdf.name} has no page that says {shot.wanted}")
    width, top, bottom = _extent(pdf, number)
    scale = shot.pixels / width
    target = PICTURES / shot.name
    page = ["-f", str(number), "-l", str(number), "-singlefile", "-scale-to-x", str(shot.pixels), "-scale-to-y", "-1"]
    sides = (0, round(top * scale), shot.pixels, round((bottom - top) * scale))
    cut = [part for flag, size in zip("xyWH", sides, strict=True) for part in (f"-{flag}", str(size))]
    _run(["pdftoppm", "-png", *page, *cut, str(pdf), str(target)])
    picture = target.with_suffix(".png")
    if picture.stat().st_size > LARGEST:
        raise ValueError(f"{picture.name} has {picture.stat().st_size} bytes, at most {LARGEST}")
    return picture


def _extent(pdf: Path, number: int) -> tuple[float, float, float]:
    """The width of a page, and from where to where its words go (points), its footer left out."""
    told = _run(["pdftotext", "-bbox", "-f", str(number), "-l", str(number), str(pdf), "-"])
    size = re.search(r'<page width="([\d.]+)" height="([\d.]+)"', told)
    if size is None:
        raise LookupError(f"{pdf.name} has no page {number}")
    width, height = float(size[1]), float(size[2])
    words = [(float(y), float(z)) for y, z in re.findall(r'<word [^>]*yMin="([\d.]+)"[^>]*yMax="([\d.]+)"', told)]
    body = [(top, bottom) for top, bottom in words if bottom < height * 0.95] or [(0.0, height)]
    return width, max(min(body)[0] - MARGIN, 0.0), min(max(bottom for _, bottom in body) + MARGIN, height)


def _run(command: list[str]) -> str:
    """What a program says. Raises CalledProcessError where it fails."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8", env=dict(os.environ))
    return done.stdout


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    raise SystemExit(main())
