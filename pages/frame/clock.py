"""The present, in one place."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The moment of this run, UTC."""
    return datetime.now(UTC)
