"""Every query and every write, asked by somebody to whom nothing was granted for it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import data_access.derived
import data_access.operations
import data_access.personal
import data_access.queries
import data_access.writes
import ingest
from analytics.access import Grant, Role
from data_access.grants import scope_of
from data_access.scope import NotPermitted, Scope
from data_access.stores import Stores
from tests.warehouse_rows import ACCOUNT, insert, store

NOBODY = Scope("nobody")
# Everything that there is, for another store.
STRANGER = scope_of("eve", [Grant("eve", role, "Other1", pii=True) for role in Role])
VIEWER = scope_of("vic", [Grant("vic", Role.VIEWER, pii=True)])

# They answer whether somebody may.
PREDICATES = {"data_access.queries.grants.administers", "data_access.writes.annotations.may_change"}


def asked_for_somebody(*packages: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions that take a scope, by their address."""
    for package in packages:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for name, one in vars(module).items():
                own = callable(one) and inspect.isfunction(inspect.unwrap(one))
                if not own or name.startswith("_") or inspect.unwrap(one).__module__ != found.name:
                    continue
                if "scope" in inspect.signature(one).parameters and f"{found.name}.{name}" not in PREDICATES:
                    yield f"{found.name}.{name}", one


QUERIES = dict(asked_for_somebody(data_access.queries))
WRITES = dict(
    asked_for_somebody(data_access.writes, data_access.operations, data_access.personal, data_access.derived, ingest)
)
# Notes and views are everybody's own who sees the store; these only read.
OF_VIEWERS = {"annotations", "saved_views"}
READING = {"ingest.digest.content.compose", "ingest.discovery.company_today"}
OF_AN_ACCOUNT = [name for name, one in (QUERIES | WRITES).items() if "account" in inspect.signature(one).parameters]


def asked(stores: Stores, one: Callable[..., Any], scope: Scope) -> object:
    """What it answers to somebody who asks for the account; what else it takes may be anything."""
    # A store as the monthly report knows it, and several of them.
    some = MagicMock(public_id=ACCOUNT)
    given: dict[str, Any] = {
        "accounts": [ACCOUNT],
        "known": [ACCOUNT],
        "stores": stores,
        "store": stores.operational,
        "scope": scope,
        "account": ACCOUNT,
        "persons": [MagicMock(account=ACCOUNT)],
    }
    taken = inspect.signature(one).parameters
    if one.__name__ == "monthly":
        given["account"] = some
    positional = [given.get(name, MagicMock()) for name, how in taken.items() if how.kind is not how.KEYWORD_ONLY]
    by_name = {name: given.get(name, MagicMock()) for name, how in taken.items() if how.kind is how.KEYWORD_ONLY}
    answer = one(*positional, **by_name)
    if hasattr(answer, "__enter__"):
        with answer:
            return None
    return list(answer) if inspect.isgenerator(answer) else answer


def let_in(stores: Stores, names: Iterable[str], scope: Scope) -> list[str]:
    """Those that do not refuse."""
    found = []
    for name in names:
        try:
            asked(stores, (QUERIES | WRITES)[name], scope)
        except NotPermitted:
            continue
        except Exception as error:  # whatever comes before the refusal has looked at something already
            found.append(f"{name}: {type(error).__name__}")
        else:
            found.append(name)
    return found


CHANGING = [name for name in WRITES if name.split(".")[2] not in OF_VIEWERS and name not in READING]


def test_whoever_was_granted_nothing_is_refused_before_anything_is_looked_at(stores: Stores) -> None:
    insert(stores, "stores", store())
    assert len(QUERIES) > 80
    assert len(WRITES) > 50
    assert let_in(stores, QUERIES | WRITES, NOBODY) == []


def test_every_right_for_another_store_opens_nothing_of_this_one(stores: Stores) -> None:
    insert(stores, "stores", store())
    assert len(OF_AN_ACCOUNT) > 60
    assert let_in(stores, OF_AN_ACCOUNT, STRANGER) == []


def test_a_viewer_changes_nothing(stores: Stores) -> None:
    insert(stores, "stores", store())
    assert let_in(stores, CHANGING, VIEWER) == []
