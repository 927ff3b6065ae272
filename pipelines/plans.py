"""Which plans there are: found by id in the plan folders, or by version in the archive."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipelines.archive import Archive
from pipelines.store import Home
from schemas.plan import Plan, Round, Unit
from schemas.plan_fault import PlanFault, PlanFaults, did_you_mean
from schemas.plan_file import load_plan, plan_texts
from schemas.tables import TABLES


class UnknownName(LookupError):
    """A plan, round or unit that does not exist; its text says so in Vietnamese, with what may have been meant."""


class Shelf:
    """Plans kept from run to run by a process that lives long, each for as long as its tables hold the same bytes."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[str, Plan | PlanFaults]] = {}

    def load(self, folder: Path) -> Plan:
        """The plan in a folder as it is now. Raises PlanFaults where its tables are wrong."""
        tables = _digest(folder)
        kept = self._kept.get(folder)
        if kept is None or kept[0] != tables:
            kept = (tables, _plan_or_faults(folder))
            if _digest(folder) == tables:  # else it was edited while it was loaded
                self._kept[folder] = kept
        if isinstance(kept[1], PlanFaults):
            raise kept[1].with_traceback(None)
        return kept[1]


def _plan_or_faults(folder: Path) -> Plan | PlanFaults:
    try:
        return load_plan(folder)
    except PlanFaults as faults:
        return faults


def _digest(folder: Path) -> str:
    """Of the eight tables as they lie in a folder; a missing or unreadable one counts as such."""
    digest = hashlib.sha256()
    for table in TABLES:
        try:
            content = (folder / f"{table}.csv").read_bytes()
        except OSError as fault:
            content = repr(fault).encode()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


class Plans:
    """The plans of a home, loaded once each: a run sees one version of a plan, whatever is edited meanwhile.

    `shelf`: where plans loaded by earlier runs are found again.
    """

    def __init__(self, home: Home, shelf: Shelf | None = None) -> None:
        self._home = home
        self._shelf = shelf or Shelf()
        self._archive = Archive(home.archive)
        self._loaded: dict[Path, Plan] = {}
        self._folders = {
            folder.name: folder
            for place in home.plan_folders
            for folder in sorted(place.iterdir())
            if (folder / "settings.csv").is_file()
        }

    @property
    def ids(self) -> list[str]:
        """The ids of all plans, active or not."""
        return list(self._folders)

    def folder(self, plan_id: str) -> Path:
        """Where a plan's tables are. Raises UnknownName."""
        if plan_id not in self._folders:
            known = ", ".join(self._folders)
            raise UnknownName(f"Không có kế hoạch “{plan_id}”.{did_you_mean(plan_id, self.ids)} Hiện có: {known}.")
        return self._folders[plan_id]

    def get(self, plan_id: str) -> Plan:
        """The plan as it is now. Raises UnknownName, or PlanFaults where its tables are wrong."""
        plan = self._load(self.folder(plan_id))
        if plan.id != plan_id:
            raise PlanFaults(plan_id, [misnamed(plan_id, plan.id)])
        return plan

    def find(self, plan_id: str) -> Plan | None:
        """The plan as it is now; None where there is none, or its tables are wrong: such a plan takes no reports."""
        try:
            return self.get(plan_id)
        except (UnknownName, PlanFaults):
            return None

    def active(self) -> list[Plan]:
        """The plans that are run when none is named. A faulty one is left out (see `faulty`), not in the way of others.

        Raises PlanFaults where no plan is left.
        """
        faulty = self.faulty()
        plans = [self.get(plan_id) for plan_id in self._folders if plan_id not in faulty]
        if faulty and not plans:
            raise next(iter(faulty.values()))
        return [plan for plan in plans if plan.settings.active]

    def faulty(self) -> dict[str, PlanFaults]:
        """The plans whose tables are wrong, by id."""
        found = {}
        for plan_id in self._folders:
            try:
                self.get(plan_id)
            except PlanFaults as faults:
                found[plan_id] = faults
        return found

    def rounds(self, plan_id: str | None, round_id: str | None) -> list[tuple[Plan, Round]]:
        """The rounds that are meant: all active ones where none is named. Raises UnknownName or PlanFaults."""
        chosen = [self.get(plan_id)] if plan_id else self.active()
        if round_id is None:
            return [(plan, r) for plan in chosen for r in plan.rounds if r.active]
        named = [(plan, r) for plan in chosen for r in plan.rounds if r.id == round_id]
        return named or [(plan, round_named(plan, round_id)) for plan in chosen]

    def keep(self, plan: Plan) -> None:
        """Puts the plan's present version into the archive."""
        self._archive.keep_plan(plan.id, plan.version, plan_texts(self.folder(plan.id)))

    def kept(self, plan_id: str, version: str) -> Plan:
        """A version of a plan as the archive keeps it. Raises UnknownName where it is not there."""
        folder = self._archive.plan_folder(plan_id, version)
        if not folder.is_dir():
            raise UnknownName(f"Kho lưu không có phiên bản {version} của kế hoạch “{plan_id}”.")
        return self._load(folder)

    def _load(self, folder: Path) -> Plan:
        if folder not in self._loaded:
            self._loaded[folder] = self._shelf.load(folder)
        return self._loaded[folder]


def misnamed(folder: str, plan_id: str) -> PlanFault:
    """A plan whose folder has another name than its id: outputs of two plans would fall together."""
    text = f"mã kế hoạch “{plan_id}” khác tên thư mục “{folder}”; đặt hai tên giống nhau"
    return PlanFault("settings", None, "id", text)


def round_named(plan: Plan, name: str) -> Round:
    """The round of that id. Raises UnknownName."""
    try:
        return plan.round(name)
    except KeyError:
        ids = [r.id for r in plan.rounds]
        hint = did_you_mean(name, ids)
        raise UnknownName(
            f"Kế hoạch {plan.id} không có kỳ báo cáo “{name}”.{hint} Hiện có: {', '.join(ids)}."
        ) from None


def unit_named(plan: Plan, name: str) -> Unit:
    """The reporting unit of that code, in any case. Raises UnknownName; a unit's name is taken as a hint."""
    code = name.strip().upper()
    if plan.has_unit(code):
        return plan.unit(code)
    by_name = {u.name: u.code for u in plan.reporting_units}
    codes = [u.code for u in plan.reporting_units]
    if name in by_name:
        hint = f" Có phải mã “{by_name[name]}”?"
    else:
        hint = did_you_mean(code, codes) or did_you_mean(name, list(by_name))
    raise UnknownName(f"Kế hoạch {plan.id} không có đơn vị báo cáo “{name}”.{hint} Các mã: {', '.join(codes)}.")
