"""What is said where channels are not all loaded up to the same day."""

from __future__ import annotations

from analytics.gaps import Reach
from components import wording


def channels_end(reach: Reach | None) -> str:
    """Which channels end first, and that figures end there; '' where all are loaded up to the same day."""
    if reach is None or not reach.behind:
        return ""
    names = " and ".join(name.capitalize() for name in reach.behind)
    are = "is" if len(reach.behind) == 1 else "are"
    return (
        f"{names} {are} loaded up to {wording.day(reach.until)}, other sales up to"
        f" {wording.day(reach.newest)}: figures end where the first channel does, as days that it lacks yet are no days"
        " without its sales."
    )
