"""The server that a run opens for itself, and that is gone when the run is, however it died.

Prefect would open one too, but that one outlives a run that is killed. Ours reads its standard input, whose other end
only the run holds: on every system that input ends with the run, and the server with it.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn

_APPLICATION = "prefect.server.api.server:create_app"
_AS_PREFECT_SETS = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
"""No pages, no services of a server that stays: what Prefect itself sets for a server that it opens for one run."""
_STARTS_WITHIN = 120.0
_ENDS_WITHIN = 5.0
_LOOK_AGAIN = 0.05


class NoServer(RuntimeError):
    """Prefect's server did not start; its text (Vietnamese) says what to do."""


@cache
def own_server() -> str:
    """The address of this process's server (`http://127.0.0.1:PORT/api`), opened at the first call. Raises NoServer."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.own_server"],
        cwd=Path(__file__).resolve().parent.parent,
        env=os.environ | _AS_PREFECT_SETS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl+C is for the run, which still books there how it ended
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    atexit.register(_end, process)
    clock = threading.Timer(_STARTS_WITHIN, process.kill)
    clock.start()
    try:
        port = process.stdout.readline().strip() if process.stdout else b""
    finally:
        clock.cancel()
    if not port:
        raise NoServer("Máy chủ tạm của Prefect không khởi động được. Chạy lại, hoặc chạy không qua Prefect: --direct.")
    return f"http://127.0.0.1:{port.decode()}/api"


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        process.wait(_ENDS_WITHIN + 1)
    process.kill()  # does nothing where it has ended
    process.wait()


def _serve() -> None:
    import uvicorn

    place = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(_APPLICATION, factory=True, log_level="error", lifespan="on"))
    threading.Thread(target=_end_with_the_run, args=(server, place.getsockname()[1]), daemon=True).start()
    server.run(sockets=[place])


def _end_with_the_run(server: uvicorn.Server, port: int) -> None:
    """Tells the run the port once it serves, then waits for the input's end, and not long for whoever still asks.

    The input is read below Python's own buffer, whose lock would keep an interrupted server from ending well.
    """
    try:
        while not server.started:
            time.sleep(_LOOK_AGAIN)
        os.write(1, b"%d\n" % port)
        while os.read(0, 1):
            pass
    finally:
        server.should_exit = True
        time.sleep(_ENDS_WITHIN)
        os._exit(0)


if __name__ == "__main__":
    _serve()
