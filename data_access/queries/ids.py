"""Ids as an address names them: anything may stand there."""

from __future__ import annotations

import uuid


def as_id(asked: str) -> str | None:
    """The id of a scenario, report or opportunity as it is kept; None for what is none and can name nothing."""
    try:
        return str(uuid.UUID(asked))
    except ValueError:
        return None
