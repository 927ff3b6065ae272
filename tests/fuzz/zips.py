"""Zips that are the same bytes whenever they are made."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

_MOVING = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(?=<)")


def unzipped(content: bytes) -> dict[str, bytes]:
    """The parts by name, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as one file, without the hour."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, compress_type=method, compresslevel=1)
    return file.getvalue()


def timeless(content: bytes) -> bytes:
    """The same workbook without the hour at which it was saved."""
    return zipped({name: _MOVING.sub(rb"\g<1>2022-05-09T00:00:00Z", part) for name, part in unzipped(content).items()})
