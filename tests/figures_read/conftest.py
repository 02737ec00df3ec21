"""A warehouse of literal rows, on each engine that serves one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.stores import Stores
from tests.embedded_clickhouse import WAREHOUSES
from tests.warehouse_rows import migrated


@pytest.fixture(params=WAREHOUSES)
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """An empty, migrated pair of stores; the warehouse on the engine of the parameter."""
    with migrated(tmp_path, request.param) as stores:
        assert stores.warehouse.dialect == request.param
        yield stores
