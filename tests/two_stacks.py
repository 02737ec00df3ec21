"""The stacks that a test of the whole program runs on: all embedded, and PostgreSQL with ClickHouse."""

from __future__ import annotations

import pytest

EMBEDDED, SERVERS = "embedded", "servers"
# The fixtures `settings` and `stores`, and whatever rests on them, are then of each stack in turn.
both_stacks = pytest.mark.parametrize("settings", [EMBEDDED, SERVERS], indirect=True)
