"""Booking is whole or not at all, and what kept it from being done is what is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.dataset import open_dataset, read
from pipelines.merge import book_unusable


def test_a_transaction_that_is_gone_does_not_hide_why(tmp_path: Path) -> None:
    """A commit that fails on a full disk leaves nothing to roll back, and a rollback then raises too."""
    with open_dataset(tmp_path / "kho.duckdb") as connection:

        def full_disk() -> Iterator[Any]:
            connection.commit()
            raise OSError("No space left on device")
            yield

        with pytest.raises(OSError, match="No space left"):
            book_unusable(connection, full_disk())
        assert read(connection, "SELECT * FROM unusable") == []
