"""The marked copy: the unit's present template, filled with the clerk's own values, marked, "Cần sửa" in front."""

from __future__ import annotations

from pathlib import Path

from pipelines.legacy_text import legible
from pipelines.returned import Handback, Places, entries, front
from pipelines.template import write_template


def write_marked_copy(handback: Handback, path: Path, *, stamp: str, version: str = "") -> None:
    """Writes the marked copy of a submission; the same arguments give the same bytes.

    `stamp`, `version`: as `write_template` takes them. Raises OSError where `path` cannot be written.
    """
    places = Places(handback.plan, handback.unit, handback.round, handback.submission)
    write_template(
        handback.plan,
        handback.unit,
        handback.round,
        path,
        stamp=stamp,
        entries=entries(places, handback.findings, legible),
        front=front(handback, places),
        version=version,
    )
