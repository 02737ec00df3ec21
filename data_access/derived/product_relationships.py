"""product_relationships_optimized: every tested pair of products, both directions, from the counts of baskets.

The counts are the state (`baskets`): what changed is added to them. Measures, tests and types, which every new basket
changes for all pairs, are then derived from them in one pass.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa

from analytics.account import DEFAULT_MINIMUM_PAIR_COUNT
from analytics.pair_counts import Numbers
from analytics.product_pairs import KINDS, NO_DAY, Relationships, Shop, candidates, relationships
from data_access.derived.baskets import Totals, count_all, count_changed, pair_counts, variants
from data_access.derived.frame import Changes, DerivedTable, Details, Run
from data_access.engines.base import Session

NAME: Final = "product_relationships_optimized"


def rebuild(run: Run) -> Details:
    """All baskets anew, then all relationships. Raises StoreError."""
    names, minimum = variants(run), _minimum(run)
    with run.pair.warehouse() as session:
        totals = count_all(session, run, names)
        found = told(session, run, totals, minimum)
    return _details(totals, minimum, found, names)


def update(run: Run, changes: Changes) -> Details:
    """Changed baskets, then all relationships. Raises StoreError."""
    names, minimum = variants(run), _minimum(run)
    if run.kept.get("variants") != _mark(names):
        return rebuild(run)
    with run.pair.warehouse() as session:
        before = Totals(int(run.kept["baskets"]), int(run.kept["baskets_with_others"]))
        totals = count_changed(session, run, changes, names, before)
        found = told(session, run, totals, minimum)
    return _details(totals, minimum, found, names)


def _minimum(run: Run) -> int:
    """Baskets that must hold both products for a pair to be tested: what an admin chose, else the usual number."""
    with run.pair.operational() as session:
        row = session.one("derive/pair_terms", account=run.account)
    return int((json.loads(row["value"]) if row else None) or DEFAULT_MINIMUM_PAIR_COUNT)


def told(session: Session, run: Run, totals: Totals, minimum: int) -> int:
    """Puts the relationships in place that the counts tell; how many pairs were tested. Raises StoreError."""
    products = session.query("derive/basket_products", account=run.account)
    shop = _shop(products, totals)
    looked_at = np.unique(np.concatenate(candidates(shop))).astype(np.int32)
    session.stage("looked_at", pa.table({"code": looked_at}))
    counted = pair_counts(session.query("derive/pairs", account=run.account, minimum=minimum))
    found = relationships(shop, counted, minimum)
    session.stage("related", _table(found))
    session.execute("derive/relationships_put", account=run.account)
    return len(found) // 2


def _shop(products: pa.Table, totals: Totals) -> Shop:
    code = products["code"].to_numpy()
    size = int(code.max()) + 1 if len(code) else 0

    def by_code(values: Any, otherwise: int) -> Numbers:
        placed = np.full(size, otherwise, np.int64)
        placed[code] = values
        return placed

    named = products["category"].combine_chunks().dictionary_encode()
    empty = [place for place, name in enumerate(named.dictionary.to_pylist()) if not name]
    category = named.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    category[np.isin(category, empty)] = -1
    return Shop(
        by_code(products["baskets"].to_numpy(), 0),
        by_code(products["baskets_with_others"].to_numpy(), 0),
        by_code(category, -1),
        totals.baskets,
        totals.with_others,
    )


def _table(found: Relationships) -> pa.Table:
    def days(values: Numbers) -> pa.Array:
        return pa.array(values.astype(np.int32), mask=values == NO_DAY).cast(pa.date32())

    def number(values: Any) -> pa.Array:
        return pa.array(values, pa.float64(), mask=np.isnan(values))

    kinds = pa.DictionaryArray.from_arrays(pa.array(found.kind.astype(np.int8)), pa.array(KINDS))
    return pa.table(
        {
            "code_a": found.a.astype(np.int32),
            "code_b": found.b.astype(np.int32),
            "baskets": found.n.astype(np.int64),
            "first_date": days(found.first),
            "last_date": days(found.last),
            "support": number(found.support),
            "confidence": number(found.confidence),
            "lift": number(found.lift),
            "lift_low": number(found.low),
            "lift_high": number(found.high),
            "false_discovery_rate": number(found.q),
            "similarity": number(found.similarity),
            "kind": kinds.cast(pa.string()),
        }
    )


def _mark(names: pa.Table) -> str:
    return hashlib.sha256(json.dumps(names.to_pydict(), sort_keys=True).encode()).hexdigest()[:16]


def _details(totals: Totals, minimum: int, pairs: int, names: pa.Table) -> Details:
    return {
        "baskets": totals.baskets,
        "baskets_with_others": totals.with_others,
        "minimum": minimum,
        "pairs": pairs,
        "variants": _mark(names),
    }


TABLE: Final = DerivedTable(
    name=NAME, dataset="pairs", every=timedelta(hours=4), edition=1, rebuild=rebuild, update=update,
    rests_on=("catalog",),
)  # fmt: skip
