"""One synthetic store, synced into both stacks once; each module's tests read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_access.stores import Stores, close_stores
from demo.emulator import running_emulator
from settings import Settings
from tests.canaries import planted
from tests.embedded_clickhouse import require_chdb
from tests.ingest.synced import NOW, new_stores, registered_account, settings_for, sync
from tests.postgresql_servers import Server
from tests.two_stacks import EMBEDDED, SERVERS

EVENTS = 3_000


@dataclass(frozen=True)
class Stack:
    """A stack that holds both accounts of the synthetic store."""

    settings: Settings
    stores: Stores
    accounts: tuple[str, ...]


# Not for the session: a process has one embedded ClickHouse open at a time, and other tests want theirs.
@pytest.fixture(scope="module")
def stacks(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Stack]]:
    """The same store on one DuckDB file, and on PostgreSQL with ClickHouse."""
    require_chdb()
    folder: Path = tmp_path_factory.mktemp("stacks")
    urls = {
        EMBEDDED: {},
        SERVERS: {
            "database_url": postgres.url(postgres.create()),
            "warehouse_url": f"chdb:///{folder / 'warehouse'}",
        },
    }
    found: dict[str, Stack] = {}
    with running_emulator(events=EVENTS, seed=5, now=NOW, limits=False) as emulator:
        for name, more in urls.items():
            settings = settings_for(emulator, folder / name, **more)
            stores = new_stores(settings)
            accounts = [
                registered_account(stores, settings, key)
                for key in (f"pk_{planted('one')}", f"pk_demo2_{planted('two')}")
            ]
            for account in accounts:
                done = sync(stores, settings, account)
                assert done.state == "done", done.error
            found[name] = Stack(settings, stores, tuple(accounts))
        yield found
        for stack in found.values():
            close_stores(stack.stores)
