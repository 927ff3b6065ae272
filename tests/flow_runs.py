"""Runs two nights through Prefect in a process of its own, and prints as JSON what Prefect has booked of them.

    python -m tests.flow_runs HOME_OF_ONE_FILE HOME_OF_MANY

The first is run as `tonghop run` runs it, the second as a deployment does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pipelines import flow
from pipelines.nightly import RUNNING, Request, quiet
from pipelines.published import status_json
from pipelines.store import Home, run_lock


def main() -> None:
    """Both runs, then what the client knows of them."""
    one, many = (Home(Path(folder)) for folder in sys.argv[1:])
    with run_lock(one, RUNNING):
        outcome = flow.run_flow(Request(one, "mini", "dot_1"), quiet)
    with flow.on_a_server():
        summary = flow.nightly(plan="mini", round="dot_1", as_of="2022-05-10", home=str(many.root))
        told = {"one": status_json(outcome.results[0]), "summary": summary, **_booked()}
    json.dump(told, sys.stdout, ensure_ascii=False)


def _booked() -> dict[str, Any]:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs()
        tasks = client.read_task_runs()
        artifacts = client.read_artifacts()
    runs.sort(key=lambda run: str(run.start_time))
    return {
        "flows": [run.state_name for run in runs],
        "tasks": [
            sorted((t.name.rsplit("-", 1)[0], t.state_name) for t in tasks if t.flow_run_id == run.id) for run in runs
        ],
        "artifacts": [[a.key, a.type, a.data] for a in artifacts],
    }


if __name__ == "__main__":
    main()
