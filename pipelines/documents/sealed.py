"""A document → a file whose bytes depend on nothing but what it says."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_MADE_BY = "docProps/app.xml"
_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)


def save_sealed(document: WordDocument, path: Path) -> None:
    """Saves a document with parts that bear no time. Raises OSError."""
    plain = io.BytesIO()
    document.save(plain)
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as sealed:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, _NO_TIME)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            sealed.writestr(entry, _PROPERTIES if part.filename == _MADE_BY else parts.read(part))
