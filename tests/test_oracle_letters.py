"""Reminders, phone messages and their annex say what the oracle says: whom, what is missing, by which day."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from pipelines.demo.scenario import NIGHTS
from pipelines.documents import reminder_files
from tests.docx_tables import ReadTable, tables_and_lines
from tests.homes import PLAN, ROUND, Province
from tests.oracle_facts import DASH, STATES, Facts, count, day_words, facts, missing, rate

ISSUED, LATE_BY = "06/04/2022", "27/05/2022"
FAULTY = {"710": ["B1 Hội nghị", "B2 Học tập"]}
"""Where a report that was sent back is wrong, as the scenario's slip has it: pasted over on two sheets."""
nights = pytest.mark.parametrize("day", NIGHTS, ids=str)
Folders = dict[date, Path]


@pytest.fixture(scope="module")
def folders(province: Province, tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """What would lie in `don-doc/` after each night; that of the last one does."""
    place = tmp_path_factory.mktemp("don-doc")
    made = {day: place / day.isoformat() for day in NIGHTS[:-1]}
    for day, folder in made.items():
        folder.mkdir()
        for file in reminder_files(province.nights[day]):
            file.write(folder / file.name)
    return {**made, NIGHTS[-1]: province.home.outbox / PLAN / ROUND / "don-doc"}


def of_day(province: Province, day: date) -> Facts:
    return facts(province.played.answers, day)


def dates(text: str) -> set[str]:
    return set(re.findall(r"\d\d/\d\d/\d{4}", text))


@nights
def test_a_letter_for_each_overdue_unit_and_no_other(province: Province, folders: Folders, day: date) -> None:
    now = of_day(province, day)
    wanted = {f"cong-van-{code}.docx" for code in now.in_state("qua_han")}
    if wanted:
        wanted.add("tin-nhan.txt")
    if wanted or now.in_state("loi") or now.overdue():
        wanted.add("phu-luc.docx")
    assert {p.name for p in folders[day].iterdir() if p.is_file()} == wanted


@pytest.mark.parametrize("day", NIGHTS[2:], ids=str)
def test_what_each_letter_says(province: Province, folders: Folders, day: date) -> None:
    now = of_day(province, day)
    office = now.known.decided.contacts["CQ-BTG"]
    for code in now.in_state("qua_han"):
        tables, lines = tables_and_lines(folders[day] / f"cong-van-{code}.docx")
        text, unit, name = " ".join(lines), now.said["units"][code], now.names[code]
        assert not tables
        contact = now.known.decided.contacts.get(code)
        assert lines[0] == f"Kính gửi: {name}" + (f" (qua {contact[0]})" if contact else ""), code
        assert f"chậm nhất ngày {day_words(now.known.due)} (mục III.1)" in text, code
        assert text.count(f"chậm nhất ngày {LATE_BY}") == 1, code
        assert f"điện thoại {office[1]}." in text, code
        received = {day_words(unit["first_submitted_at"])} if unit["first_submitted_at"] else set()
        assert dates(text) == {ISSUED, day_words(now.known.due), LATE_BY} | received, code
        if code in FAULTY:
            errors, tabs = now.errors(code), FAULTY[code]
            assert f"còn {errors} lỗi ở trang “{tabs[0]}” và trang “{tabs[1]}”" in text, code
            assert f"“tra-lai/{code}”" in text
        else:
            assert unit["first_submitted_at"] is None
            assert f"chưa nhận được báo cáo của {name}." in text


@pytest.mark.parametrize("day", NIGHTS[2:], ids=str)
def test_what_the_messages_say(province: Province, folders: Folders, day: date) -> None:
    now = of_day(province, day)
    text = (folders[day] / "tin-nhan.txt").read_text("utf-8-sig")
    head, together, *each = [part.strip() for part in text.split("-" * 40) if part.strip()]
    late = now.in_state("qua_han")
    assert "70-KH/TU" in head
    assert f"còn {len(late)} đơn vị quá hạn" in together
    assert f"chậm nhất ngày {LATE_BY}." in together
    sent = [now.names[c] for c in late if now.said["units"][c]["first_submitted_at"]]
    silent = [now.names[c] for c in late if now.names[c] not in sent]
    assert f"Chưa gửi: {'; '.join(silent)}." in together
    assert f"Đã gửi, cần sửa hoặc bổ sung: {'; '.join(sent)}." in together
    assert len(each) == len(late)
    for code, message in zip(late, each, strict=True):
        contact = now.known.decided.contacts.get(code, ("", ""))
        to, said = message.splitlines()
        assert to == " – ".join(filter(None, [f"Gửi: {now.names[code]} ({code})", *contact]))
        assert f"có hạn {day_words(now.known.due)}; " in said
        assert said.count(LATE_BY) == 1
        assert dates(said) == {day_words(now.known.due), LATE_BY}
        assert len(said) <= 300
        if code in FAULTY:
            errors, tabs = now.errors(code), FAULTY[code]
            assert f"bản đã gửi còn {errors} lỗi ({', '.join(tabs)})" in said
        else:
            assert "đến nay chưa gửi báo cáo" in said


def annex(folders: Folders, day: date) -> tuple[list[ReadTable], list[str]]:
    return tables_and_lines(folders[day] / "phu-luc.docx")


@nights
def test_the_annex_names_everyone_who_owes(province: Province, folders: Folders, day: date) -> None:
    now = of_day(province, day)
    listed = now.in_state("qua_han") + now.in_state("loi")
    if not listed and not now.overdue():
        return
    tables, lines = annex(folders, day)
    assert f"I. Đơn vị quá hạn hoặc có báo cáo bị trả lại: {len(listed)}" in lines
    owing = [t for t in tables if "Hạn chung" in t.columns]
    rows = [row for t in owing for row in t.rows]
    assert [(row[1], row[2]) for row in rows] == [(now.names[c], STATES[now.said["units"][c]["state"]]) for c in listed]
    for code, row in zip(listed, rows, strict=True):
        extension = now.known.decided.extensions.get(code)
        until = f"{day_words(extension[0])} ({extension[1]})" if extension else DASH
        first = day_words(now.said["units"][code]["first_submitted_at"])
        assert row[3:6] == (day_words(now.known.due), until, first), code
        assert (row[6] == "Chưa gửi báo cáo") == (first == DASH), code


@nights
def test_the_annex_names_every_indicator_that_is_behind(province: Province, folders: Folders, day: date) -> None:
    now = of_day(province, day)
    behind = now.overdue()
    if not behind and not now.in_state("qua_han", "loi"):
        return
    tables, lines = annex(folders, day)
    assert f"II. Chỉ tiêu quá thời hạn của từng đơn vị: {len(behind)}" in lines
    shown = [row for t in tables if "Tổ chức còn thiếu (số còn thiếu)" in t.columns for row in t.rows]
    expected: list[tuple[str, ...]] = []
    for indicator in now.of_kind("rate"):
        own = now.overdue(indicator)
        if own:
            deadline = day_words(now.total(indicator)["deadline"])
            expected.append((f"{indicator} – {now.labels[indicator]}; thời hạn {deadline}; chỉ tiêu 100 %",))
        for number, ((code, _), figure) in enumerate(own.items(), 1):
            numbers = (count(figure["numerator"]), count(figure["denominator"]), count(missing(figure)))
            expected.append((str(number), now.names[code], *numbers, rate(figure), _short(now, indicator, code)))
    assert shown == expected


def _short(now: Facts, indicator: str, unit: str) -> str:
    """The organisations that are not whole; one that can only be or not be is named without a count."""
    found = []
    for code, figure in now.short(indicator, unit).items():
        if code != unit:
            lacking = "" if figure["denominator"] == 1 else f" ({count(missing(figure))})"
            found.append(now.names[code] + lacking)
    return "; ".join(found) or DASH
