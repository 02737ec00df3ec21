"""Files that hold what a person's file holds, readable for their owner alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ingest.errors import IngestError


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """A new file that only its owner may read: rejected lines hold what the file holds. Raises IngestError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="", encoding="utf-8"
        ) as out:
            yield out
    except OSError as error:
        raise IngestError(f"The rejected lines cannot be written to {path}: {error.strerror}. Say --rejects") from error
