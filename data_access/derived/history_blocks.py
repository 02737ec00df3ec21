"""customer_history_blocks: all customers' orders as pages read them, and which place each customer has in them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.packed import packed
from data_access.engines.base import Session

# Customers of one row.
BLOCK: Final = 65_536


def put_blocks(session: Session, account: str) -> None:
    """Makes the blocks anew from the account's customer_histories, and leaves who stands where in `history_places`.

    `session`: of the warehouse. Raises StoreError.
    """
    found = session.query("derive/customer_histories", account=account)
    found = found.take(_in_order(found))
    lists = found["orders"].combine_chunks()
    starts, orders = _starts(lists), lists.flatten()
    days = orders.field("day").cast(pa.date32()).cast(pa.int32()).to_numpy(zero_copy_only=False)
    cents = orders.field("cents").cast(pa.int64()).to_numpy(zero_copy_only=False)
    blocks = []
    for first in range(0, found.num_rows, BLOCK):
        end = min(first + BLOCK, found.num_rows)
        span = slice(int(starts[first]), int(starts[end]))
        kinds = {"orders": np.diff(starts[first : end + 1]), "days": days[span], "cents": cents[span]}
        blocks.append({"block": first // BLOCK, "customers": end - first} | _columns(kinds))
    session.stage("history_blocks", pa.Table.from_pylist(blocks, _BLOCKS))
    places = pa.array(np.arange(found.num_rows, dtype=np.int32))
    session.stage("history_places", pa.table({"place": places, "customer_id": found["customer_id"]}))
    session.execute("derive/history_blocks_put", account=account)


def _in_order(found: pa.Table) -> pa.Array:
    """The highest net revenue first, so that the first of a list of customers stand together; of equal ones by id: the
    same places on each engine, after an update as after a rebuild."""
    lists = found["orders"].combine_chunks()
    earned = np.append(0, np.cumsum(lists.flatten().field("cents").cast(pa.int64()).to_numpy(zero_copy_only=False)))
    lost = -np.diff(earned[_starts(lists)])
    by_id = pc.sort_indices(found["customer_id"]).to_numpy()
    return pa.array(by_id[np.argsort(lost[by_id], kind="stable")])


def _starts(lists: pa.ListArray) -> npt.NDArray[np.int64]:
    """Where each customer's orders begin, and at the end the number of all."""
    return np.append(0, np.cumsum(pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)))


def _columns(kinds: dict[str, npt.NDArray[Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, values in kinds.items():
        found[f"{name}_bytes"], found[name] = packed(values)
    return found


_BLOCKS: Final = pa.schema(
    [
        ("block", pa.int32()),
        ("customers", pa.int32()),
        *((name, kind) for of in ("orders", "days", "cents")
          for name, kind in ((f"{of}_bytes", pa.int32()), (of, pa.list_(pa.int64())))),
    ]
)  # fmt: skip
