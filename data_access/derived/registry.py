"""The derived tables that there are, and how they are brought up to date with the account's orders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from data_access.derived import basket_parts, customer_profiles, customer_values, product_relationships, products_master
from data_access.derived.frame import Derived, DerivedTable, compute, due
from data_access.errors import StatementRefused
from data_access.stores import Stores

TABLES: Final[tuple[DerivedTable, ...]] = (
    customer_profiles.TABLE,
    customer_values.TABLE,
    products_master.TABLE,
    product_relationships.TABLE,
    basket_parts.TABLE,
)
NAMES: Final = tuple(table.name for table in TABLES)


def derive(stores: Stores, account: str, only: Collection[str] | None = None, *, full: bool = False) -> list[Derived]:
    """Brings the derived tables up to date with orders that are themselves up to date; `full`: from all orders.

    only: names of NAMES. Raises ValueError for a name that is none, UnknownAccount, StoreError.
    """
    unknown = set(only or ()) - set(NAMES)
    if unknown:
        raise ValueError(f"There is no derived table {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    return [compute(stores, account, table, full=full) for table in TABLES if not only or table.name in only]


def derive_due(stores: Stores, account: str, now: datetime) -> dict[str, str]:
    """The same for those that were never computed, were left half done, or whose time has come.

    Those that could not be computed are left as they were, by name with the reason; the others do not wait for them.
    Raises StoreError where the database itself cannot be used, UnknownAccount.
    """
    refused = {}
    for table in TABLES:
        # Looked at one after another: what rests on a table is due once that was computed.
        if not due(stores, account, [table], now):
            continue
        try:
            compute(stores, account, table)
        except StatementRefused as refusal:
            refused[table.name] = str(refusal)
    return refused
