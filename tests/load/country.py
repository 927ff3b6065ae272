"""A plan with as many reporting units as a load asks for: the plan `mini`, its table of units written anew.

Beside it stands the real plan `kh70_2022`, whose 29 units send large reports, version after version.
"""

from __future__ import annotations

import csv
import shutil
from datetime import date, timedelta
from pathlib import Path
from random import Random

from pipelines.demo.figures import Report, Value
from schemas.plan import Plan, Unit
from schemas.plan_file import load_plan
from tests.homes import MINI

PLAN, ROUND = "toan_quoc", "dot_1"
_SUBORDINATES = 10
_WITH_SUBORDINATES = 0.02
_SILENT = 20
"""One unit of so many more than report sends nothing."""
_FIRST_DAY = date(2022, 4, 6)


def make_plan(folder: Path, reporting: int, chance: Random) -> Plan:
    """Writes the plan's tables: a party committee for each reporting unit, a few of them with communes below."""
    shutil.copytree(MINI, folder, dirs_exist_ok=True)
    settings = (folder / "settings.csv").read_text(encoding="utf-8")
    settings = settings.replace("id,mini", f"id,{PLAN}").replace("01-KH/TN", "02-KH/TQ")
    (folder / "settings.csv").write_text(settings, encoding="utf-8")
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("code", "name", "kind", "parent", "reports", "basis"))
        for n in range(reporting + 1 + reporting // _SILENT):
            code = f"X{n:05}"
            wide = chance.random() < _WITH_SUBORDINATES
            kind, title = ("huyen_uy", "Huyện uỷ") if wide else ("dang_uy", "Đảng uỷ")
            table.writerow((code, f"{title} số {n}", kind, "", "yes", "thử tải"))
            for below in range(_SUBORDINATES if wide else 0):
                table.writerow(
                    (f"{code}-{below:02}", f"Đảng bộ xã số {n}.{below}", "dang_bo_xa", code, "no", "thử tải")
                )
    return load_plan(folder)


def right_report(plan: Plan, unit: Unit, chance: Random) -> Report:
    """A report that breaks no rule, its figures the unit's own."""
    rows: dict[str, dict[str, Value]] = {}
    for organisation in plan.organisations(unit):
        men, women = chance.randint(20, 400), chance.randint(20, 400)
        obliged = men + women - chance.randint(0, 20)
        rows[organisation.code] = {
            "tong": men + women,
            "nam": men,
            "nu": women,
            "phai_hoc": obliged,
            "da_hoc": obliged - chance.randint(5, 15),
            "da_kiem_tra": "có",
            "ngay_kiem_tra": _FIRST_DAY + timedelta(days=chance.randint(1, 20)),
        }
    praise: dict[str, dict[str, Value]] = {
        str(n): {"doi_tuong": "tập thể", "ten": f"Chi bộ {n} của {unit.name}", "so_luot": chance.randint(1, 9)}
        for n in range(1, chance.randint(1, 3) + 1)
    }
    cover: dict[str, Value] = {"nguoi_lap": f"Người lập ở {unit.code}", "ngay_ky": date(2022, 4, 28)}
    return Report(unit.code, {"bia": {unit.code: cover}, "hoc_tap": rows, "khen": praise})


def raised(report: Report, by: int) -> Report:
    """A correction that takes nothing back: a few more of those who must have studied."""
    return _studied(report, by)


def lowered(report: Report) -> Report:
    """A correction that takes something back: accepted, with a question."""
    return _studied(report, -3)


def broken(report: Report) -> Report:
    """A report that must be handed back: more have studied than there are to study."""
    key, row = next(iter(report.sheets["hoc_tap"].items()))
    assert isinstance(row["phai_hoc"], int)
    return report.with_value("hoc_tap", key, "da_hoc", row["phai_hoc"] + 1)


def _studied(report: Report, more: int) -> Report:
    key, row = next(iter(report.sheets["hoc_tap"].items()))
    assert isinstance(row["da_hoc"], int)
    return report.with_value("hoc_tap", key, "da_hoc", row["da_hoc"] + more)
