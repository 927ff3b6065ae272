"""The free rows of the demo: propaganda (B3), commendations (B7), difficulties (B10). All invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipelines.demo import words
from schemas.plan import NO, YES, Plan, Unit

if TYPE_CHECKING:
    from random import Random

Value = int | date | str
Row = dict[str, Value]
DISTRICTS = ("huyen_uy", "thi_uy", "thanh_uy")


def propaganda(plan: Plan, unit: Unit, chance: Random) -> list[Row]:
    """Three to seven rows of B3, one a force; each carries at least one count, works entered ≤ works."""
    forces = plan.values("luc_luong")
    occasions = plan.values("dip_ky_niem")
    wide = unit.kind in (*DISTRICTS, "dang_uy_truc_thuoc")
    chosen = chance.sample(forces, chance.randint(4, 7) if wide else chance.randint(2, 3))
    return [_propaganda_row(chance, force, occasions, wide) for force in sorted(chosen, key=forces.index)]


def _propaganda_row(chance: Random, force: str, occasions: tuple[str, ...], wide: bool) -> Row:
    if force == "báo, đài":
        row: Row = {"luc_luong": force, "hinh_thuc": words.PROPAGANDA[2], "tin_bai": chance.randint(6, 48)}
    elif force == "văn học nghệ thuật":
        works = chance.randint(1, 9)
        row = {
            "luc_luong": force,
            "hinh_thuc": chance.choice(words.WORKS),
            "tac_pham": works,
            "tac_pham_du_giai": chance.randint(0, min(3, works)),
        }
    else:
        sessions = chance.randint(8, 60) if wide else chance.randint(1, 6)
        row = {
            "luc_luong": force,
            "hinh_thuc": chance.choice(words.PROPAGANDA),
            "so_buoi": sessions,
            "luot_nguoi": sessions * chance.randint(24, 46) + chance.randint(0, 19),
            "tin_bai": chance.randint(0, 12),
        }
    if chance.random() < 0.6:
        row["dip_ky_niem"] = chance.choice(occasions)
    return row


def emulation(plan: Plan, unit: Unit, chance: Random, signed: date) -> list[Row]:
    """None to four rows of B7, mostly collectives, none dated after `signed`."""
    rows: list[Row] = []
    honours = plan.values("hinh_thuc_khen")
    collectives = words.COLLECTIVES if unit.kind in DISTRICTS else words.OFFICE_COLLECTIVES
    for name in chance.sample(collectives, chance.randint(0, 3)):
        rows.append({"doi_tuong": "tập thể", "ten": name, **_honour(chance, unit, honours, signed)})
    if unit.kind in DISTRICTS and chance.random() < 0.3:
        person = chance.choice(words.PERSONS)
        rows.append({"doi_tuong": "cá nhân", "ten": person, **_honour(chance, unit, honours, signed)})
    return rows


def _honour(chance: Random, unit: Unit, honours: tuple[str, ...], signed: date) -> Row:
    return {
        "to_chuc": unit.name,
        "noi_dung": chance.choice(words.DEEDS if unit.kind in DISTRICTS else words.OFFICE_DEEDS),
        "hinh_thuc": chance.choice(honours[:4]),
        "cap_khen": chance.choice(words.LEVELS),
        "ngay": signed - timedelta(days=chance.randint(0, 12)),
        "dip_19_5": YES if chance.random() < 0.5 else NO,
    }


def difficulties(unit: Unit, chance: Random) -> list[Row]:
    """None to three rows of B10."""
    said = words.DIFFICULTIES if unit.kind in DISTRICTS else words.OFFICE_DIFFICULTIES
    chosen = chance.sample(said, chance.randint(0, 3))
    return [{"loai": kind, "noi_dung": text} for kind, text in sorted(chosen, key=said.index)]
