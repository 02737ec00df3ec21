"""How a table that is derived from orders is kept: what it rests on, what has changed since, and its publication.

A derived table is a module beside this one that offers a `DerivedTable`, and stands in `registry.TABLES`:

    TABLE = DerivedTable(
        name="products_master",          # of the table, of `--only`, and in derived_states
        dataset="products",              # in data_versions: pages name it when they read (queries.accounts.data_state)
        every=timedelta(hours=1),
        edition=1,                       # another number where the same orders give other rows: all is computed anew
        rebuild=rebuild,                 # def rebuild(run: Run) -> Details
        update=update,                   # def update(run: Run, changes: Changes) -> Details
        rests_on=(),                     # datasets beside orders; it is updated when one of them has changed, too
    )

`rebuild` puts the rows of an account in place from all its orders; its own state (tables of the warehouse of that
module) too. `update` does the same from its state and what changed, with exactly the result of a rebuild. Both write in
`run.pair.warehouse()`, read entities in `run.pair.operational()`, and carry rows from one to the other by a `Handover`.
They return what is worth keeping beside the table (plain JSON values), such as how a score was made: `run.kept` is what
the last computation returned, and pages read it in derived_states.details.

The frame calls `rebuild` where there is no state, it is dirty or of another edition, the as-of date went back, a large
part of the orders changed, or somebody asked for it; otherwise `update`, unless neither orders nor anything else that
the table rests on changed and the as-of date is the same. On one database a computation and its publication are one
transaction. On two, the table is marked dirty and its dataset as being published before, and both marks are taken back
at the end: readers see all of it or nothing, and a run that breaks off leaves the mark, so that the next one rebuilds.

Orders that lie after the as-of date count once it has passed them: `Changes.days_from` says since which day days have
come into view.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from data_access.account_days import ONE_DAY
from data_access.conversion import AccountBasis
from data_access.engines.base import Session
from data_access.projections import Pair, basis_in, open_pair
from data_access.stores import Stores

Details = Mapping[str, Any]
# Changed orders in per cent of all from which on a rebuild is less work than an update.
LARGE_PART: Final = 20
# In the details of a table that rests on more than orders: which version of each dataset.
RESTS_ON: Final = "rests_on"


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the table was computed.

    orders: order_id, day, known (it was in the warehouse when the table was computed), one row an order and day that it
    stood or stands on; orders that are known may have been told anew, cancelled, refunded or moved. customers:
    customer_id, day of all whose known orders changed, or were moved from or to them, and whose e-mail changed, one row
    a customer and day of such an order. A customer of whom only new orders came is not among them. days_from: the as-of
    date of before; orders dated after it have not been counted yet, whether they are among `orders` or not.
    """

    orders: pa.Table
    customers: pa.Table
    days_from: date

    @property
    def new_orders(self) -> pa.Table:
        """Those of `orders` that were not there when the table was computed: order_id, day."""
        return self.orders.filter(pa.compute.invert(self.orders["known"])).select(["order_id", "day"])


@dataclass(frozen=True, slots=True)
class Run:
    """One computation of one table. as_of: the as-of date, None where the account has no order and was never synced."""

    pair: Pair
    basis: AccountBasis
    as_of: date | None
    kept: Details = field(default_factory=dict)

    @property
    def account(self) -> str:
        return self.basis.account


@dataclass(frozen=True, slots=True)
class DerivedTable:
    """A derived table as the module docstring describes it."""

    name: str
    dataset: str
    every: timedelta
    edition: int
    rebuild: Callable[[Run], Details]
    update: Callable[[Run, Changes], Details]
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """What a run did with a table. how: 'rebuilt', 'updated', or 'unchanged'. orders, customers: what had changed."""

    name: str
    how: str
    as_of: date | None
    orders: int = 0
    customers: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    seq: int = 0
    as_of: date | None = None
    edition: int = 0
    dirty: bool = True
    details: Details = field(default_factory=dict)
    computed_at: datetime | None = None


def compute(stores: Stores, account: str, table: DerivedTable, *, full: bool = False) -> Derived:
    """Brings a table up to date with the account's orders, which are themselves up to date. Raises StoreError.

    Raises UnknownAccount as well.
    """
    with open_pair(stores) as pair:
        return _compute_in(pair, basis_in(pair, account), table, full)


def due(stores: Stores, account: str, tables: Iterable[DerivedTable], now: datetime) -> list[DerivedTable]:
    """Those of the tables that were never computed, were left half done or made otherwise, or whose time has come.

    Raises StoreError.
    """
    with stores.operational.read() as session:
        states = _states(session, account)
        versions = _versions(session, account)
    found = []
    for table in tables:
        state = states.get(table.name, _State())
        other = state.edition != table.edition or state.details.get(RESTS_ON, {}) != _basis(table, versions)
        if state.dirty or other or state.computed_at is None or state.computed_at + table.every <= now:
            found.append(table)
    return found


def as_of_date(pair: Pair, basis: AccountBasis) -> date | None:
    """The day after the last day that is whole: of a synced account the last that a sync covered to its end, of a
    loaded file the day of its last order."""
    with pair.operational() as session:
        until: datetime | None = session.rows("derive/known_until", account=basis.account)[0]["known_until"]
    if until is not None:
        return until.astimezone(ZoneInfo(basis.timezone)).date()
    with pair.warehouse() as session:
        last: date | None = session.rows("derive/last_day", account=basis.account)[0]["last_day"]
    return None if last is None else last + ONE_DAY


def _compute_in(pair: Pair, basis: AccountBasis, table: DerivedTable, full: bool) -> Derived:
    account = basis.account
    as_of = as_of_date(pair, basis)
    with pair.operational() as session:
        state = _states(session, account).get(table.name, _State())
        upto = max(state.seq, int(session.rows("derive/newest", account=account)[0]["seq"]))
        span = {"account": account, "after": state.seq, "upto": upto}
        orders, customers = session.query("derive/orders", **span), session.query("derive/customers", **span)
        rests_on = _basis(table, _versions(session, account))
    run = Run(pair, basis, as_of, state.details)
    rebuild = full or state.dirty or state.edition != table.edition or _back(state.as_of, as_of)
    settled = not orders.num_rows and not customers.num_rows and as_of == state.as_of
    settled = settled and state.details.get(RESTS_ON, {}) == rests_on
    if not rebuild and settled:
        with pair.operational() as session:
            session.execute("derive/looked", account=account, derived=table.name)
        return Derived(table.name, "unchanged", as_of)
    if not rebuild and orders.num_rows:
        with pair.warehouse() as session:
            known = int(session.rows("derive/last_day", account=account)[0]["orders"])
        rebuild = orders.num_rows * 100 > known * LARGE_PART
    if not pair.single:
        with pair.operational() as session:
            session.execute("derive/begin", account=account, derived=table.name, dataset=table.dataset)
    if rebuild or state.as_of is None:
        details = table.rebuild(run)
    else:
        details = table.update(run, Changes(orders, customers, state.as_of))
    if rests_on:
        details = {**details, RESTS_ON: rests_on}
    with pair.operational() as session:
        session.execute(
            "derive/done",
            account=account,
            derived=table.name,
            dataset=table.dataset,
            seq=upto,
            as_of=as_of,
            edition=table.edition,
            details=json.dumps(details, sort_keys=True),
        )
        session.execute("derive/looked", account=account, derived=table.name)
    how = "rebuilt" if rebuild or state.as_of is None else "updated"
    return Derived(table.name, how, as_of, orders.num_rows, len(customers["customer_id"].unique()))


def _back(before: date | None, now: date | None) -> bool:
    return before is not None and (now is None or now < before)


def _basis(table: DerivedTable, versions: Mapping[str, int]) -> dict[str, int]:
    """Of each dataset that a table rests on the version."""
    return {dataset: versions.get(dataset, 0) for dataset in table.rests_on}


def _versions(session: Session, account: str) -> dict[str, int]:
    return {row["dataset"]: int(row["version"]) for row in session.rows("derive/versions", account=account)}


def _states(session: Session, account: str) -> dict[str, _State]:
    found = {}
    for row in session.rows("derive/states", account=account):
        at: datetime | None = row["computed_at"]
        found[row["derived"]] = _State(
            seq=int(row["seq"]),
            as_of=row["as_of"],
            edition=int(row["edition"]),
            dirty=bool(row["dirty"]),
            details=json.loads(row["details"]),
            computed_at=None if at is None else at.astimezone(UTC),
        )
    return found
