"""Which plans there are: found by id in the plan folders, or by version in the archive."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.archive import Archive, ArchiveDamaged
from pipelines.shelf import Shelf
from pipelines.store import Home
from schemas.control import base_id, control_plan
from schemas.decisions import NO_DECISIONS, Decisions
from schemas.finding import Finding, FindingCode
from schemas.governing import base_version, in_force, unit_table
from schemas.plan import Plan, Round, Unit
from schemas.plan_fault import PlanFault, PlanFaults, did_you_mean
from schemas.plan_file import plan_texts
from schemas.templates import with_templates

_EDITED = PlanFault("settings", None, "", "các bảng vừa được sửa trong lúc đang chạy; chạy lại")


class UnknownName(LookupError):
    """A plan, round or unit that does not exist; its text says so in Vietnamese, with what may have been meant."""


class Plans:
    """The plans of a home, loaded once each: a run sees one version of a plan, whatever is edited meanwhile.

    A plan is known in three shapes. `base`, `active` and `rounds` give it as its tables say; `get` and `find` as the
    office's decisions put it in force (see `govern`), which is how reports are read; and under the id of its control
    plan they give that. `shelf`: where plans loaded by earlier runs are found again.
    """

    def __init__(self, home: Home, shelf: Shelf | None = None) -> None:
        self._home = home
        self._shelf = shelf or Shelf()
        self._archive = Archive(home.archive)
        self._loaded: dict[Path, Plan] = {}
        self._decisions: Mapping[str, Decisions] = {}
        self._day = date.max
        self._derived: dict[tuple[str, str], Plan] = {}
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

    def govern(self, decisions: Mapping[str, Decisions], day: date) -> None:
        """What the office has decided, by plan id, and the day as of which it is put in force.

        Told at the beginning of a run. A control workbook that arrives in that run changes how reports are read only
        from the next run on; each verdict's plan version is pinned in the archive, so a rebuild reads them the same.
        """
        self._decisions, self._day = dict(decisions), day
        self._derived.clear()

    def decisions(self, plan_id: str) -> Decisions:
        """The decisions on a plan that were told."""
        return self._decisions.get(plan_id, NO_DECISIONS)

    def base(self, plan_id: str) -> Plan:
        """The plan as its tables say. Raises UnknownName, or PlanFaults where they are wrong."""
        plan = self._load(self.folder(plan_id))
        if plan.id != plan_id:
            raise PlanFaults(plan_id, [misnamed(plan_id, plan.id)])
        return plan

    def get(self, plan_id: str) -> Plan:
        """The plan as it is in force, or a control plan. Raises UnknownName; PlanFaults where its tables are wrong."""
        base = self.base(base_id(plan_id) or plan_id)
        known = (plan_id, "")
        if known not in self._derived:
            self._derived[known] = self._in_force(base) if plan_id == base.id else control_plan(base)
        return self._derived[known]

    def find(self, plan_id: str) -> Plan | None:
        """The plan as `get` gives it; None where there is none, or its tables are wrong: it takes no reports then."""
        try:
            return self.get(plan_id)
        except (UnknownName, PlanFaults):
            return None

    def active(self) -> list[Plan]:
        """The plans that are run when none is named, as their tables say.

        A faulty one is left out (see `faulty`), not in the way of others. Raises PlanFaults where no plan is left.
        """
        faulty = self.faulty()
        plans = [self.base(plan_id) for plan_id in self._folders if plan_id not in faulty]
        if faulty and not plans:
            raise next(iter(faulty.values()))
        return [plan for plan in plans if plan.settings.active]

    def faulty(self) -> dict[str, PlanFaults]:
        """The plans whose tables are wrong, by id."""
        found = {}
        for plan_id in self._folders:
            try:
                self.base(plan_id)
            except PlanFaults as faults:
                found[plan_id] = faults
        return found

    def rounds(self, plan_id: str | None, round_id: str | None) -> list[tuple[Plan, Round]]:
        """The rounds that are meant: all active ones where none is named; of control plans, none.

        Raises UnknownName or PlanFaults.
        """
        chosen = [self.base(plan_id)] if plan_id else self.active()
        if round_id is None:
            return [(plan, r) for plan in chosen for r in plan.rounds if r.active]
        named = [(plan, r) for plan in chosen for r in plan.rounds if r.id == round_id]
        return named or [(plan, round_named(plan, round_id)) for plan in chosen]

    def at(self, plan_id: str, version: str | None) -> Plan:
        """The plan at a version: as it is now where that is the one, or none is named, else as the archive keeps it.

        Raises UnknownName; PlanFaults where the present tables are wrong.
        """
        now = self.find(plan_id) if version else self.get(plan_id)
        return now if now and version in (None, now.version) else self.kept(plan_id, version or "")

    def keep(self, plan: Plan) -> None:
        """Puts the plan's present version into the archive; of one in force, and of a control plan, its base too.

        One that the archive gave is there already. Raises PlanFaults where the tables were edited since it was loaded.
        """
        if self._archive.plan_folder(base_id(plan.id) or plan.id, plan.version).is_dir():
            return
        base = self.base(base_id(plan.id) or plan.id)
        texts = plan_texts(self.folder(base.id))
        if self._shelf.load(self.folder(base.id)).version != base.version:
            raise PlanFaults(base.id, [_EDITED])
        self._archive.keep_plan(base.id, base.version, texts)
        if plan.version != base.version:
            self._archive.keep_plan(base.id, plan.version, texts | {"units": unit_table(plan)})

    def kept(self, plan_id: str, version: str) -> Plan:
        """A version of a plan as the archive keeps it. Raises ArchiveDamaged where it is not there, or not as it was.

        A control plan is derived from the version of its plan; a version in force differs from its base in its units,
        and has the dates that the tables say: no verdict rests on others.
        """
        known = (plan_id, version)
        if known not in self._derived:
            self._derived[known] = self._from_archive(plan_id, version)
        return self._derived[known]

    def _from_archive(self, plan_id: str, version: str) -> Plan:
        governed = base_id(plan_id)
        if governed is not None:
            return control_plan(self.kept(governed, version))
        folder = self._archive.plan_folder(plan_id, version)
        if not folder.is_dir():
            raise ArchiveDamaged(f"{folder}: phiên bản kế hoạch này không còn; khôi phục thư mục này từ bản sao lưu")
        try:
            plan = self._load(folder)
        except PlanFaults as faults:
            raise ArchiveDamaged(
                f"{folder}: phiên bản kế hoạch này đã bị đổi ({len(faults.faults)} lỗi); khôi phục thư mục này từ bản "
                "sao lưu, đừng sửa tay"
            ) from faults
        if base_version(version) == version != plan.version:
            raise ArchiveDamaged(f"{folder}: các bảng đã bị đổi; khôi phục thư mục này từ bản sao lưu, đừng sửa tay")
        if version == base_version(version):
            return plan
        return with_templates(self.kept(plan_id, base_version(version)), replace(plan, version=version))

    def _in_force(self, base: Plan) -> Plan:
        decisions = self.decisions(base.id)
        return with_templates(base, in_force(base, decisions, self._day)) if decisions.version else base

    def _load(self, folder: Path) -> Plan:
        if folder not in self._loaded:
            self._loaded[folder] = self._shelf.load(folder)
        return self._loaded[folder]


def awaits_plan(findings: Iterable[Finding], faulty: Container[str]) -> bool:
    """Whether a file is unusable only because its plan's tables are wrong just now: not the unit has to mend it."""
    unknown = [f.value or "" for f in findings if f.code is FindingCode.UNKNOWN_PLAN]
    return any((base_id(plan_id) or plan_id) in faulty for plan_id in unknown)


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
