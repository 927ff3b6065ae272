"""`python -m tests.fuzz.guard_atheris [--runs N]`: coverage-guided fuzzing of the guard and of the scan behind it.

Needs atheris (Linux; requirements-fuzz.lock). What it is given is either a whole file, or the parts of one, so that
what lies behind the zip is reached as well. Anything but a refusal is a fault: it ends the run with 1, the input kept.
"""

from __future__ import annotations

import argparse
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

_MISSING = (
    "atheris is not installed here (it is built for Linux alone). In a virtual environment of its own:\n"
    "  python -m pip install --require-hashes --requirement requirements-fuzz.lock"
)
KEPT = str(Path(tempfile.gettempdir()) / "tonghop-fuzz")
_LARGEST = 64 * 1024
_LONGEST = 10
"""Seconds that one input may take."""
_MEMORY = 1024
"""MiB that one input may cost."""
_PARTS = b"\x01"
"""The first byte of an input that is the parts of a workbook; any other is a whole file's."""
_WORDS = (
    *("<c ", "</c>", "<row ", "</row>", "<v>", "</v>", "<f>", "</f>", "<is>", "<t>", "<sheetData>", "<si>", "<r>"),
    *(' r="A1"', ' t="s"', ' t="str"', ' t="e"', ' t="b"', ' t="inlineStr"', ' t="shared" si="0"', ' s="1"', "&#49;"),
    *("<!--", "-->", "<![CDATA[", "]]>", "<?pi ?>", "<sheet ", ' sqref="A1:B2"', "<dataValidation ", "<mergeCell "),
    *(' xmlns="urn:x"', ' xmlns:x="urn:x"', "<x:", "</x:", "#REF!", "PK\x03\x04", "PK\x01\x02", "PK\x05\x06"),
)
"""What the fuzzer may put in as a whole."""
_DONE = re.compile(r"Done (\d+) runs in (\d+) second")
_COVERED = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)")


def main() -> int:
    """Starts the fuzzer on a corpus of real templates, then says what came of it."""
    asked = _arguments()
    if find_spec("atheris") is None:
        print(_MISSING, file=sys.stderr)
        return 2
    if asked.corpus:
        return _fuzz(asked)
    kept = Path(asked.keep)
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tonghop-") as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        seeds = _seed(corpus)
        command = [sys.executable, "-m", "tests.fuzz.guard_atheris", f"--corpus={corpus}", f"--keep={kept}"]
        command += [f"--runs={asked.runs}", f"--seconds={asked.seconds}", f"--seed={asked.seed}"]
        run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace")
        assert run.stderr is not None
        told = [line for line in run.stderr if not print(line, end="", file=sys.stderr)]
        code = run.wait()
    return _summed_up("".join(told), seeds, code, asked.keep)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guard_atheris")
    parser.add_argument("--runs", type=int, default=100_000, help="how many inputs (default: 100000)")
    parser.add_argument("--seconds", type=int, default=0, help="stop after so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", default=KEPT, metavar="DIR", help="where inputs that went wrong are put")
    parser.add_argument("--corpus", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _summed_up(told: str, seeds: int, code: int, keep: str) -> int:
    done, covered = _DONE.search(told), _COVERED.findall(told)
    edges, features, found = covered[-1] if covered else ("?", "?", "?")
    runs, seconds = done.groups() if done else ("?", "?")
    print(f"{'seeds':>8}{'inputs':>10}{'seconds':>9}{'edges':>8}{'features':>10}{'corpus':>8}  faults")
    print(f"{seeds:>8}{runs:>10}{seconds:>9}{edges:>8}{features:>10}{found:>8}  {int(code != 0)}")
    if code:
        print(f"something other than a refusal; the input is in {keep}")
    return int(code != 0)


def _seed(folder: Path) -> int:
    """Writes what the fuzzer begins with; how many inputs."""
    from tests.fuzz.desks import desks
    from tests.fuzz.zips import unzipped
    from tests.xlsx_parts import number, parts_of, row, run, shared, styled, text, zipped

    small = parts_of({"A": row(1, number("A1", 5), text("B1", "x")), "B": ""})
    fonts = styled(parts_of({"A": row(1, shared("A1", 0), shared("B1", 1, 1))}), [".VnTime", "Arial"], ["a", run("b")])
    seeds = [b"\0" + zipped(parts) for parts in (small, fonts)]
    seeds += [_PARTS + packed({name: part.encode() for name, part in parts.items()}) for parts in (small, fonts)]
    for report in desks()[0].reports:
        parts = {name.lower(): part for name, part in unzipped(report).items()}
        shared_parts = {name: part for name, part in parts.items() if "/worksheets/" not in name}
        seeds.append(b"\0" + report)
        for name in sorted(parts.keys() - shared_parts.keys()):
            seeds.append(_PARTS + packed({**_led(name), name: parts[name]}))
        seeds.append(_PARTS + packed({n: p for n, p in shared_parts.items() if n.startswith(("_rels", "xl/_rels"))}))
    for n, seed in enumerate(seeds):
        (folder / f"{n:03}").write_bytes(seed)
    return len(seeds)


def _led(name: str) -> dict[str, bytes]:
    """The small parts that lead to one worksheet."""
    from tests.xlsx_parts import parts_of

    parts = {part: text.encode() for part, text in parts_of({"A": ""}).items() if "worksheets/" not in part}
    led = "xl/_rels/workbook.xml.rels"
    parts[led] = parts[led].replace(b"worksheets/sheet1.xml", b"/" + name.encode())
    return parts


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Parts as one input: length and name, length and content, each in turn."""
    return b"".join(
        struct.pack("<B", len(name)) + name.encode() + struct.pack("<L", len(part)) + part
        for name, part in parts.items()
    )


def unpacked(made: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each part; whatever the fuzzer has done to the lengths, it is read to its end."""
    at = 0
    while at < len(made):
        name = made[at + 1 : at + 1 + made[at]]
        at += 1 + len(name)
        (length,) = struct.unpack("<L", made[at : at + 4].ljust(4, b"\0"))
        yield name.decode("latin-1").lower(), made[at + 4 : at + 4 + length]
        at += 4 + min(length, len(made))


def _coded(word: str) -> str:
    """As libFuzzer's dictionaries are written."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def _fuzz(asked: argparse.Namespace) -> int:
    import atheris

    with atheris.instrument_imports(include=["pipelines.intake"], enable_loader_override=False):
        from pipelines.intake.cells import scan
        from pipelines.intake.guard import inspect
        from pipelines.intake.package import custom_properties
        from pipelines.intake.refusal import Refusal

    def look_at(made: bytes) -> None:
        parts: Mapping[str, bytes]
        if made.startswith(_PARTS):
            parts = {"xl/workbook.xml": b"", **dict(unpacked(made[1:]))}
        else:
            parts = inspect(made[1:]).parts
        if parts:
            try:
                scan(parts)
                custom_properties(parts)
            except Refusal:
                pass

    limits = [f"-max_len={_LARGEST}", f"-timeout={_LONGEST}", f"-rss_limit_mb={_MEMORY}"]
    wanted = [f"-runs={asked.runs}", f"-seed={asked.seed}", f"-artifact_prefix={asked.keep}/guard-"]
    if asked.seconds:
        wanted.append(f"-max_total_time={asked.seconds}")
    words = Path(asked.corpus).with_suffix(".words")
    words.write_text("".join(f'"{_coded(word)}"\n' for word in _WORDS), encoding="ascii")
    atheris.Setup([sys.argv[0], asked.corpus, f"-dict={words}", *limits, *wanted], look_at)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
