"""Make the project's own ``.venv`` and put the locked packages in it.

Run as a script by the wrappers ``tonghop`` and ``tonghop.cmd``::

    python -I pipelines/bootstrap.py              make or renew .venv if it is not up to date
    python -I pipelines/bootstrap.py run ARGS...  the same, then ``python -m pipelines ARGS...``

``-I`` keeps this folder off the import path, where a module of the project could stand in
for one of the standard library.

It uses the standard library only and imports nothing of the project, because it runs
before any package is installed. The mark of a finished install is a copy of
``requirements.lock`` inside the environment: it is written last, so an install that was
interrupted, or a lock that has changed since, makes the next call install again.

Exit code 2 means that the environment could not be made; the reason is on standard error.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MINIMUM_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV_NAME = ".venv"
LOCK_NAME = "requirements.lock"
MARK_NAME = "tonghop-requirements.lock"
PTH_NAME = "tonghop.pth"
GUARD_NAME = ".venv.guard"
GUARD_POLL_SECONDS = 0.5
EXIT_ENVIRONMENT = 2

# What pip says when it cannot reach the place that packages come from.
NETWORK_SIGNS = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ConnectionResetError",
    "ReadTimeoutError",
    "ProxyError",
    "SSLError",
    "MaxRetryError",
    "Max retries exceeded",
    "NameResolutionError",
    "Name or service not known",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "getaddrinfo failed",
    "connection broken by",
    "Read timed out",
)


class BootstrapError(Exception):
    """The environment cannot be made; the message is meant for the user."""


def say(message: str) -> None:
    """Write one message for the user to standard error."""
    print(message, file=sys.stderr, flush=True)


def venv_python(venv: Path) -> Path:
    """Return where the environment's interpreter is, whether or not it exists."""
    if os.name == "nt":
        return venv / "Scripts" / "python.exe"
    return venv / "bin" / "python"


def site_packages(venv: Path, version: tuple[int, int]) -> Path:
    """Return the environment's ``site-packages`` folder."""
    if os.name == "nt":
        return venv / "Lib" / "site-packages"
    return venv / "lib" / f"python{version[0]}.{version[1]}" / "site-packages"


def is_ready(root: Path) -> bool:
    """Tell whether the environment was finished with the lock as it is now."""
    mark = root / VENV_NAME / MARK_NAME
    try:
        same_lock = mark.read_bytes() == (root / LOCK_NAME).read_bytes()
    except FileNotFoundError:
        return False
    return same_lock and venv_python(root / VENV_NAME).exists()


def check_python() -> None:
    """Stop if this interpreter cannot carry the environment."""
    if sys.version_info[:2] < MINIMUM_PYTHON:
        wanted = ".".join(map(str, MINIMUM_PYTHON))
        found = ".".join(map(str, sys.version_info[:3]))
        raise BootstrapError(
            f"Cần Python {wanted} trở lên; bản đang dùng là {found}.\n"
            f"Python {wanted} or newer is needed; this one is {found}."
        )
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise BootstrapError(
            f"Python này thiếu mô-đun {' và '.join(missing)} nên không tạo được môi trường riêng.\n"
            f"This Python lacks {' and '.join(missing)}, so no environment can be made and pip cannot be "
            "put in it.\n"
            "Debian, Ubuntu: sudo apt-get install python3-venv"
        )


def _lock_file(handle: int) -> bool:
    """Try to take the operating system's exclusive lock on an open file, without waiting."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextmanager
def exclusive(guard: Path) -> Iterator[None]:
    """Hold the guard file's lock; wait while another process holds it.

    The operating system gives the lock back when its holder ends, however it ends, so a
    killed install leaves nothing behind that would have to be cleaned up by hand. The
    file itself stays: removing it would let two processes lock two different files.
    """
    handle = os.open(guard, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        told = False
        while not _lock_file(handle):
            if not told:
                say("Một lệnh tonghop khác đang cài đặt; đang chờ…\n(Another tonghop command is installing; waiting.)")
                told = True
            time.sleep(GUARD_POLL_SECONDS)
        yield
    finally:
        os.close(handle)


def _child_environment() -> dict[str, str]:
    """Return the environment for children: UTF-8 text, nothing that redirects Python."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "__PYVENV_LAUNCHER__")
    }
    environment["PYTHONUTF8"] = "1"
    environment["PIP_USER"] = "0"  # some machines set it for every install, which an environment refuses
    return environment


def _quiet(python: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run a Python apart from the current folder; return its exit code and its output, which is not shown."""
    done = subprocess.run(
        [str(python), "-I", "-X", "utf8", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=_child_environment(),
        check=False,
    )
    return done.returncode, done.stdout


def _tail(text: str, lines: int = 15) -> str:
    """Return the last lines of a program's output, indented."""
    return "\n".join("    " + line for line in text.strip().splitlines()[-lines:])


def _explain_install_failure(output: str) -> str:
    """Turn pip's complaint into plain words."""
    if "THESE PACKAGES DO NOT MATCH THE HASHES" in output:
        reason = (
            "Gói tải về không đúng mã băm trong requirements.lock nên không được cài.\n"
            "A package that was fetched does not match its hash in requirements.lock; nothing of it is used."
        )
    elif "No space left on device" in output or "WinError 112" in output:
        reason = "Ổ đĩa đã đầy.\nThe disk is full."
    elif any(sign in output for sign in NETWORK_SIGNS):
        reason = (
            "Không tải được gói: hãy kiểm tra mạng hoặc thiết lập proxy rồi chạy lại.\n"
            "Packages could not be fetched: check the network or the proxy settings, then run this again."
        )
    else:
        reason = "Cài đặt thất bại.\nThe installation failed."
    return f"{reason}\n{_tail(output)}"


def _create_venv(venv: Path) -> None:
    """Make an empty environment with pip, over whatever stood there."""
    # Resolved, so that the environment belongs to one version of Python and not to whatever
    # `python3` will mean after an upgrade of the machine.
    python = Path(sys.executable) if os.name == "nt" else Path(sys.executable).resolve()
    code, output = _quiet(python, "-m", "venv", "--clear", venv)
    if code == 0 and venv_python(venv).exists():
        return
    hint = ""
    if "ensurepip" in output:
        hint = "\nPython này không đưa pip vào được (Debian, Ubuntu: sudo apt-get install python3-venv)."
    raise BootstrapError(
        f"Không tạo được môi trường {VENV_NAME}.{hint}\n"
        f"The environment {VENV_NAME} could not be made; Python's venv module said:\n{_tail(output)}"
    )


def _install(venv: Path, lock: Path) -> None:
    """Install exactly what the lock names, each file checked against its hash."""
    code, output = _quiet(
        venv_python(venv),
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--require-hashes", "--requirement", lock),
    )
    if code != 0:
        raise BootstrapError(_explain_install_failure(output))


def _write_pth(root: Path, venv: Path) -> None:
    """Put the checkout on the environment's import path, whatever the current folder is.

    The line is relative to the file's own folder. So it needs no letters outside ASCII,
    which Python 3.11 and 3.12 would garble on Windows, and holds when the checkout moves.
    """
    folder = site_packages(venv, sys.version_info[:2])
    (folder / PTH_NAME).write_text(os.path.relpath(root, folder) + "\n", encoding="ascii")


def _usable_venv(venv: Path) -> bool:
    """Tell whether a finished environment of this very Python may be brought up to date in place."""
    if not (venv / MARK_NAME).exists() or not venv_python(venv).exists():
        return False
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    code, output = _quiet(venv_python(venv), "-c", "import pip, sys; print('%d.%d' % sys.version_info[:2])")
    return code == 0 and output.strip() == wanted


def prepare(root: Path = ROOT, announce: Callable[[str], None] = say) -> bool:
    """Make the environment fit the lock; return whether anything had to be done."""
    if is_ready(root):
        return False
    check_python()
    venv, lock = root / VENV_NAME, root / LOCK_NAME
    if not lock.exists():
        raise BootstrapError(f"Thiếu tệp {LOCK_NAME}.\nThe file {LOCK_NAME} is missing.")
    with exclusive(root / GUARD_NAME):
        if is_ready(root):
            return False
        announce(
            "Đang cài đặt các gói vào .venv (chỉ lần đầu hoặc khi requirements.lock thay đổi; "
            "khoảng 1 đến 5 phút, tùy mạng)…\n"
            "(Installing packages into .venv: only the first time or when requirements.lock has changed; "
            "1 to 5 minutes.)"
        )
        started = time.monotonic()
        # Read before installing: if the lock changes meanwhile, the mark is old and the next call installs.
        content = lock.read_bytes()
        if _usable_venv(venv):
            (venv / MARK_NAME).unlink()
        else:
            _create_venv(venv)
        _install(venv, lock)
        _write_pth(root, venv)
        partial = venv / (MARK_NAME + ".part")
        partial.write_bytes(content)
        partial.replace(venv / MARK_NAME)
        seconds = round(time.monotonic() - started)
        announce(f"Đã cài xong sau {seconds} giây. (Installed in {seconds} s.)")
    return True


def run(root: Path, arguments: Sequence[str]) -> int:
    """Hand the arguments to ``python -m pipelines`` in the environment; return its exit code.

    ``-P`` keeps the user's current folder off the import path: a folder or file there may
    happen to be called ``pipelines`` or ``pandas``.
    """
    command = [str(venv_python(root / VENV_NAME)), "-P", "-m", "pipelines", *arguments]
    environment = _child_environment()
    if os.name != "nt":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(command[0], command, environment)  # noqa: S606 - a list, no shell
    child = subprocess.Popen(command, env=environment)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # Ctrl+C reaches the child as well; its exit code is what counts.


def _use_utf8() -> None:
    """Let Vietnamese messages through on consoles that are set to another encoding."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _use_utf8()
    try:
        prepare()
    except BootstrapError as error:
        say(f"tonghop: {error}")
        return EXIT_ENVIRONMENT
    except OSError as error:
        say(f"tonghop: Không ghi được vào {VENV_NAME}. ({VENV_NAME} could not be written.)\n    {error}")
        return EXIT_ENVIRONMENT
    except KeyboardInterrupt:
        say("tonghop: Đã dừng; lần chạy sau sẽ cài lại từ đầu. (Stopped; the next run installs again.)")
        return 130
    if given[:1] == ["run"]:
        return run(ROOT, given[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
