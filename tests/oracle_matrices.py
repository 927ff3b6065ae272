"""What the sheets of rates must say, by the oracle: units × indicators, organisations, numerators and denominators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.oracle_facts import DASH, PENDING, PROVINCE, Said, coverage, missing
from tests.oracle_scope import Scope
from tests.oracle_world import NOT_APPLICABLE, sheets_of
from tests.sheet_tables import Row, Sheets, as_saved


def rates(sheets: Sheets, scope: Scope) -> None:
    """`Tỷ lệ hoàn thành`: every cell, and the coverage of every sum."""
    now = scope.now
    shown = now.of_kind("rate") + now.of_kind("volume")
    rows = sheets["Tỷ lệ hoàn thành"]
    head = next(n for n, row in enumerate(rows) if str(row[3]).startswith("CT1\n"))
    assert [str(cell).split("\n", 1)[0] for cell in rows[head][3:]] == shown
    expected = [*_sums(scope.label or PROVINCE, [scope.total(i) for i in shown], shown)]
    number = 0
    for group, codes in scope.groups.items():
        expected += _sums(group, [scope.total(i, group) for i in shown], shown)
        for code in codes:
            number += 1
            figures = (now.said["by_unit"].get((code, i)) for i in shown)
            cells = [_figure(i, f) for i, f in zip(shown, figures, strict=True)]
            expected.append([number, code, now.names[code], *cells])
    assert rows[head + 1 : head + 1 + len(expected)] == expected


def _sums(label: str, totals: list[Said], shown: list[str]) -> list[Row]:
    cells = [_figure(i, total) for i, total in zip(shown, totals, strict=True)]
    covered = [coverage(total) for total in totals]
    return [[label, None, None, *cells], ["Số đơn vị có số liệu", None, None, *covered]]


def _figure(indicator: str, figure: Said | None) -> Any:
    if figure is None or figure["state"] == "khong_ap_dung":
        return DASH
    if figure["state"] == "chua_bao_cao":
        return PENDING
    return figure["numerator"] if indicator.startswith("KL") else as_saved(figure["rate"])


def fractions(sheets: Sheets, scope: Scope) -> None:
    """`Tử số, mẫu số`: what every rate is a quotient of; sums over groups and the whole."""
    now = scope.now
    shown = now.of_kind("rate") + now.of_kind("volume")
    rows = sheets["Tử số, mẫu số"]
    head = next(n for n, row in enumerate(rows) if row[3] == "Đã thực hiện")
    names = [f"{i} {now.labels[i]}" for i in shown]
    assert [cell for cell in rows[head - 1][3:] if cell] == names

    def parts(figures: list[Said | None], nothing: int | None) -> list[int | None]:
        found: list[int | None] = []
        for indicator, figure in zip(shown, figures, strict=True):
            kinds = ("numerator", "denominator") if indicator.startswith("CT") else ("numerator",)
            found += [nothing if figure is None or figure[k] is None else figure[k] for k in kinds]
        return found

    whole = "Cộng" if scope.label else PROVINCE
    expected = [[whole, None, None, *parts([scope.total(i) for i in shown], 0)]]
    number = 0
    for group, codes in scope.groups.items():
        expected.append([group, None, None, *parts([scope.total(i, group) for i in shown], 0)])
        for code in codes:
            number += 1
            figures = [now.said["by_unit"].get((code, i)) for i in shown]
            expected.append([number, code, now.names[code], *parts(figures, None)])
    assert rows[head + 1 : head + 1 + len(expected)] == expected


def organisations(sheets: Sheets, scope: Scope) -> None:
    """`Theo tổ chức`: each organisation's rates, and what is missing to each."""
    now, rows = scope.now, sheets["Theo tổ chức"]
    shown = [i for i in now.of_kind("rate") if any(key[2] == i for key in now.said["organisations"])]
    head = next((n for n, row in enumerate(rows) if len(row) > 3 and str(row[3]).startswith("CT1\n")), None)
    if head is None:
        assert any(row[0] == "Chưa có số liệu của tổ chức nào" for row in rows)
        return
    titles = [str(cell).split("\n", 1)[0] for cell in rows[head][3:]]
    assert titles == [*shown, *(f"{i} thiếu" for i in shown)]
    expected: list[Row] = []
    if scope.label not in now.codes:
        expected.append([None, None, scope.label or PROVINCE, *_short([scope.total(i) for i in shown])])
    for code in scope.codes:
        expected.append([code, None, now.names[code], *_short([now.said["by_unit"].get((code, i)) for i in shown])])
        if now.known.counting(code) is None or now.known.organisations(code) == [code]:
            continue
        for organisation in now.known.organisations(code):
            figures = [now.said["organisations"].get((code, organisation, i)) for i in shown]
            absent = [_absent(scope, code, organisation, i) for i in shown]
            expected.append([code, organisation, now.names[organisation], *_short(figures, absent)])
    assert [row for row in rows[head + 1 :] if any(cell is not None for cell in row)] == expected


def _absent(scope: Scope, unit: str, organisation: str, indicator: str) -> str:
    """What stands where an organisation has no figure: it declared a form not applicable, or it has no row."""
    known = scope.now.known
    version = known.counting(unit)
    (row,) = (i for i in known.indicators if i["id"] == indicator)
    declared = any(version and version.declares(s, organisation) == NOT_APPLICABLE for s in sheets_of(row))
    return f"{DASH} (khai)" if declared else "chưa có"


def _short(figures: Sequence[Said | None], absent: Sequence[str] = ()) -> Row:
    """The rates, and how many are missing to each; `absent`: what is said where there is no figure, else a dash."""
    cells: Row = []
    lacking: Row = []
    for n, figure in enumerate(figures):
        if figure is None:
            said: Any = absent[n] if absent else DASH
        else:
            said = PENDING if figure["state"] == "chua_bao_cao" else as_saved(figure["rate"])
        cells.append(said)
        lacking.append(said if figure is None or isinstance(said, str) else missing(figure))
    return [*cells, *lacking]
