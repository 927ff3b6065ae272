"""The only Prefect file: the night as a flow of thin tasks, one a stage, and the templates as a flow.

Without `PREFECT_API_URL` Prefect starts a server inside for the run; with it, the run is booked on that server.
Nothing here reaches the network otherwise: analytics and telemetry are off before Prefect is imported.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from pipelines.store import Home

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
    "PREFECT_SHOW_BANNER": "false",
}
"""Set unless the operator has set them: no telemetry, time enough for a first start, warnings only."""

for _name, _value in QUIET.items():
    os.environ.setdefault(_name, _value)
if "PREFECT_API_URL" not in os.environ:
    os.environ.setdefault("PREFECT_HOME", str(Home.locate().prefect_home))

from prefect import flow, task  # noqa: E402
from prefect.artifacts import create_markdown_artifact, create_table_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402

from pipelines.issuing import issue_templates  # noqa: E402
from pipelines.nightly import Outcome, Progress, Request, quiet, run_night  # noqa: E402
from schemas.results import UNIT_STATES, Consolidation  # noqa: E402

RETRIES = {"take_in": 2, "answer": 2, "publish": 2}
"""Stages that touch folders people work in: a file share that is away for a moment comes back. The others cannot mend."""


@flow(name="tonghop-nightly", validate_parameters=False, persist_result=False)
def nightly(
    plan: str | None = None,
    round: str | None = None,
    as_of: date | str | None = None,
    home: str | None = None,
) -> str:
    """The night: take in, check, merge, answer, consolidate, publish. Returns a summary (Vietnamese).

    `as_of`: a date or `YYYY-MM-DD`. Raises what `pipelines.nightly.Night` raises, and Busy where another run goes on.
    """
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    request = Request(Home.locate(Path(home) if home else None), plan, round, day)
    return summary(run_as_tasks(request))


@flow(name="tonghop-templates", validate_parameters=False, persist_result=False)
def templates(plan: str | None = None, round: str | None = None, home: str | None = None) -> str:
    """The blank workbooks of every active round, or of the one named."""
    place = Home.locate(Path(home) if home else None)
    written = task(issue_templates, name="templates", cache_policy=NO_CACHE)(place, plan, round)
    return f"{len(written)} biểu mẫu"


def run_as_tasks(request: Request, progress: Progress = quiet) -> Outcome:
    """Runs a night inside a flow, a task a stage: their number does not grow with the number of files."""

    def as_task(name: str, stage):  # type: ignore[no-untyped-def]
        return task(
            stage, name=name, retries=RETRIES.get(name, 0), retry_delay_seconds=5, cache_policy=NO_CACHE
        )()

    outcome = run_night(request, progress, step=as_task)
    for result in outcome.results:
        _show(result)
    create_markdown_artifact(summary(outcome), key="tonghop-dem", description="Kết quả lần chạy")
    return outcome


def summary(outcome: Outcome) -> str:
    """The night's outcome in Markdown (Vietnamese)."""
    verdicts = outcome.verdicts
    lines = [
        f"- Tệp mới: {verdicts['accepted']} được chấp nhận, {verdicts['accepted_with_warnings']} chấp nhận có lưu ý, "
        f"{verdicts['rejected']} bị trả lại, {verdicts['unusable']} không dùng được, {outcome.identical} nộp lại y hệt",
        f"- Tệp kết quả đã ghi: {len(outcome.published)}",
    ]
    lines += [f"- Còn đang ghi, để lần sau: {name} ({reason})" for name, reason in outcome.held]
    lines += [f"- Tệp đang có người mở nên ghi bên cạnh: {path.name}" for path in outcome.diverted]
    for result in outcome.results:
        states = ", ".join(f"{UNIT_STATES[s].lower()} {n}" for s, n in result.state_counts().items() if n)
        lines.append(
            f"- {result.plan.settings.number}, kỳ {result.round.id}, đến {result.as_of:%d/%m/%Y}: {states}"
        )
    return "\n".join(lines)


def _show(result: Consolidation) -> None:
    key = f"tonghop-{result.plan.id}-{result.round.id}".replace("_", "-").lower()
    create_table_artifact(
        [
            {
                "Mã": s.unit.code,
                "Đơn vị": s.unit.name,
                "Trạng thái": UNIT_STATES[s.state],
                "Ngày trễ": s.days_late,
                "Ngày quá hạn": s.days_overdue,
                "Ghi chú": s.note,
            }
            for s in result.units
        ],
        key=key,
        description=f"{result.plan.settings.number}, kỳ {result.round.label}, đến {result.as_of:%d/%m/%Y}",
    )
