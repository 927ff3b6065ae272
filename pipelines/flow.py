"""The only Prefect file: the night as a flow of thin tasks, one a stage, and the templates as a flow.

Without `PREFECT_API_URL` a run opens a server for itself; with it, the run is booked on that server.
Nothing here reaches the network otherwise: analytics and telemetry are off before Prefect is imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from pipelines.store import Home, run_lock

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}
"""Set unless the operator has set them: no telemetry, and time enough for a first start."""
EMBEDDED = {"PREFECT_LOGGING_LEVEL": "WARNING", "PREFECT_LOGGING_SERVER_LEVEL": "ERROR"}
"""Besides, where a run opens its own server: what it has to say is said by the command line."""

for _name, _value in QUIET.items():
    os.environ.setdefault(_name, _value)
if "PREFECT_API_URL" not in os.environ:
    for _name, _value in EMBEDDED.items():
        os.environ.setdefault(_name, _value)
    os.environ.setdefault("PREFECT_HOME", str(Home.locate().prefect_home))
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)

from prefect import flow, get_run_logger, task  # noqa: E402
from prefect.artifacts import create_markdown_artifact, create_table_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: E402

from pipelines.issuing import issue_templates  # noqa: E402
from pipelines.nightly import RUNNING, Outcome, Progress, Request, quiet, run_held  # noqa: E402
from pipelines.own_server import own_server  # noqa: E402
from pipelines.spoken_text import spoken  # noqa: E402
from pipelines.summing_up import markdown_headline, markdown_summary, markdown_units  # noqa: E402

RETRIES = {"take_in": 2, "answer": 2, "publish": 2}
"""Stages that touch folders people work in: a file share that is away comes back. The others cannot mend."""


@flow(name="tonghop-nightly", validate_parameters=False, persist_result=False)
def nightly(
    plan: str | None = None,
    round: str | None = None,  # noqa: A002 - the deployments' own word
    as_of: date | str | None = None,
    home: str | None = None,
    since: date | str | None = None,
) -> str:
    """The night, as deployments start it. Returns a summary (Vietnamese, Markdown).

    `as_of`, `since`: a date or `YYYY-MM-DD`. Raises what `pipelines.nightly.Night` raises, and Busy beside another run.
    """
    days = [date.fromisoformat(day) if isinstance(day, str) else day for day in (as_of, since)]
    request = Request(Home.locate(Path(home) if home else None), plan, round, *days)
    with run_lock(request.home, RUNNING):
        return markdown_summary(_as_tasks(request, quiet))


@flow(name="tonghop-templates", validate_parameters=False, persist_result=False)
def templates(
    plan: str | None = None,
    round: str | None = None,  # noqa: A002 - the deployments' own word
    home: str | None = None,
) -> str:
    """The blank workbooks of every active round, or of the one named."""
    place = Home.locate(Path(home) if home else None)
    issue = task(name="templates", cache_policy=NO_CACHE)(issue_templates)
    return f"{len(issue(place, plan, round))} biểu mẫu"


def run_flow(request: Request, progress: Progress) -> Outcome:
    """Runs a night as a flow run from this process, which holds the run lock.

    Raises what `Night` raises, and NoServer.
    """

    @flow(name="tonghop-nightly", validate_parameters=False, persist_result=False)
    def run() -> None:
        outcomes.append(_as_tasks(request, progress))

    outcomes: list[Outcome] = []
    with on_a_server():
        run()
    return outcomes[0]


@contextmanager
def on_a_server() -> Iterator[None]:
    """Somewhere to book a run: the server that the operator has named, else one of this process's own."""
    if PREFECT_API_URL.value():
        yield
    else:
        with temporary_settings({PREFECT_API_URL: own_server()}):
            yield


def _as_tasks(request: Request, progress: Progress) -> Outcome:
    """The stages as tasks: their number does not grow with the number of files."""

    def as_task(name: str, stage: Callable[[], str]) -> str:
        retried = task(name=name, retries=RETRIES.get(name, 0), retry_delay_seconds=5, cache_policy=NO_CACHE)
        said = retried(stage)()
        get_run_logger().info("%s: %s", name, spoken(said))
        return said

    outcome = run_held(request, progress, step=as_task)
    _book(outcome)
    return outcome


def _book(outcome: Outcome) -> None:
    """The artifacts of a night."""
    for result in outcome.results:
        key = f"tonghop-{result.plan.id}-{result.round.id}".replace("_", "-").lower()
        create_table_artifact(markdown_units(result), key=key, description=markdown_headline(result))
    create_markdown_artifact(markdown_summary(outcome), key="tonghop-dem", description="Kết quả lần chạy")
