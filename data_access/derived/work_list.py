"""What changes orders notes it here for the tables that are derived from them.

Nothing is noted for an account of which no derived table was computed yet: the first computation reads everything.
"""

from __future__ import annotations

import pyarrow as pa

from data_access.engines.base import Session


def watched(session: Session, account: str) -> bool:
    """Whether a derived table rests on the account's orders. `session`: of the operational store. Raises StoreError."""
    return bool(session.rows("derive/watched", account=account)[0]["tables"])


def changed_by_slice(session: Session, account: str) -> pa.Table:
    """What a slice of a projection is about to change: kind, key, day, known, one row an order and day or a customer.

    `session`: of the warehouse, which knows the slice's accepted_orders, affected_orders and revised_profiles.
    """
    return session.query("derive/slice_changed", account=account)


def note(session: Session, account: str, changed: pa.Table) -> None:
    """Puts changes on the work list; before the warehouse is written, so that a crash in between loses none."""
    if changed.num_rows:
        session.stage("changed_orders", changed)
        session.execute("derive/work_add", account=account)


def forget(session: Session, account: str) -> None:
    """All orders of an account are made anew: so are the tables derived from them, the next time."""
    session.execute("derive/forget", account=account)
