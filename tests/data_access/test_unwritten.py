"""What every run of a page asks: kept while nobody writes to the embedded database, asked anew where others may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.queries.accounts import accounts, data_state
from data_access.queries.jobs import newest
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from tests.warehouse_rows import ACCOUNT, insert, migrated, store, version

ADMIN = local_admin()


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with migrated(tmp_path) as found:
        insert(found, "stores", store())
        insert(found, "data_versions", version(number=4))
        yield found


def names(stores: Stores) -> list[str]:
    return [account.name for account in accounts(stores, ADMIN)]


def test_it_is_the_same_answer_until_something_is_written(stores: Stores) -> None:
    before = data_state(stores, ADMIN, ACCOUNT)
    assert before.version == "orders:4"
    assert data_state(stores, ADMIN, ACCOUNT) is before
    with stores.operational.write() as session:
        session.execute_text("UPDATE data_versions SET version = 5")
        # What is not committed is seen by nobody else.
        assert data_state(stores, ADMIN, ACCOUNT).version == "orders:4"
    assert data_state(stores, ADMIN, ACCOUNT).version == "orders:5"


def test_a_new_store_is_there_at_once(stores: Stores) -> None:
    assert names(stores) == ["Demo store"]
    accounts(stores, ADMIN).clear()  # the caller's own list
    assert names(stores) == ["Demo store"]
    insert(stores, "stores", store("XyZ987", "Another"))
    assert names(stores) == ["Another", "Demo store"]


def test_a_write_that_failed_leaves_the_answer_as_it_was(stores: Stores) -> None:
    assert names(stores) == ["Demo store"]

    def rename_and_fail() -> None:
        with stores.operational.write() as session:
            session.execute_text("UPDATE stores SET name = 'Lost'")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        rename_and_fail()
    assert names(stores) == ["Demo store"]


def test_nobody_is_handed_what_another_may_see(stores: Stores) -> None:
    assert newest(stores, ADMIN, ACCOUNT) is None
    assert names(stores) == ["Demo store"]
    assert accounts(stores, granted("reader", ["XyZ987"], [Right.VIEW])) == []
    for rights in ([], [Right.VIEW]):
        with pytest.raises(NotPermitted):
            newest(stores, granted("reader", ["XyZ987"], rights), ACCOUNT)


def test_another_database_has_its_own_answers(stores: Stores, tmp_path: Path) -> None:
    assert names(stores) == ["Demo store"]
    with migrated(tmp_path / "other") as other:
        assert names(other) == []
