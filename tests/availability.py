"""What a machine cannot install is skipped with its reason; REQUIRE_ALL_ENGINES=1 turns such a skip into a failure."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def unavailable(reason: str) -> NoReturn:
    """Ends the test: skipped with the reason, or failed where every engine is required."""
    if os.environ.get("REQUIRE_ALL_ENGINES") == "1":
        pytest.fail(f"REQUIRE_ALL_ENGINES=1, but {reason}", pytrace=False)
    pytest.skip(reason)
