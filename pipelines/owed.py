"""What the archive says and the dataset does not yet, because a process died in between: the next run makes up for it.

Bytes, verdicts and withdrawals are in the archive before they are booked. A file that is still in the inbox is simply
read again; these are the ones that nothing else would lead back to.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from pipelines.archive import Archive, Note
from pipelines.clock import now
from pipelines.dataset import Connection
from pipelines.durable import write_durably
from pipelines.fault_points import FaultPoint, reached
from pipelines.merge import book_withdrawals, known_submissions, known_unusable
from pipelines.store import Home


def unbooked(home: Home, connection: Connection) -> tuple[Note, ...]:
    """The archived files without a verdict in the dataset, or with an arrival that nobody has decided on.

    Those that still wait in the inbox are among them. Only the notes of files without a verdict are read.
    """
    archive = Archive(home.archive)
    booked, refused = known_submissions(connection), known_unusable(connection)
    notes = [archive.note(sha) for sha in archive.names() if sha not in booked]
    return tuple(note for note in notes if note.sha256 not in refused or (note.refusals and not note.is_decided))


def withdraw(home: Home, connection: Connection, sha: str, reason: str) -> Note:
    """Withdraws a file, in the archive and then in the dataset; killed in between, the dataset is owed it.

    The caller holds the run lock. Raises KeyError or OSError.
    """
    told = json.dumps({"sha256": sha}).encode("ascii")
    write_durably(_withdrawing(home), told, FaultPoint.WITHDRAWAL_BESIDE)
    note = Archive(home.archive).withdraw(sha, now(), reason)
    reached(FaultPoint.WITHDRAWN)
    book_owed_withdrawal(home, connection)
    return note


def book_owed_withdrawal(home: Home, connection: Connection) -> None:
    """Books what a `withdraw` that was killed may have noted in the archive alone. The caller holds the run lock."""
    path = _withdrawing(home)
    if not path.exists():
        return
    sha = json.loads(path.read_text(encoding="ascii"))["sha256"]
    with suppress(KeyError):  # an older archive has been restored since
        note = Archive(home.archive).note(sha)
        book_withdrawals(connection, ((sha, w.at, w.reason) for w in note.withdrawals))
    path.unlink(missing_ok=True)


def _withdrawing(home: Home) -> Path:
    """Names the file that is being withdrawn: there from before the archive is changed until the dataset is."""
    return home.store / "withdrawing.json"
