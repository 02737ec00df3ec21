"""Events → orders, lines, refunds, deductions and attribution in the warehouse: set-based, idempotent, resumable.

A run extracts, on the operational store, the events above the account's watermark and those that the work list
(`touched`) names again, hands them over as Arrow, and replaces rows by key in the warehouse. The days and customers
that change go on the work list before the warehouse is written, and the watermark moves after it has acknowledged: a
crash in between leaves the projection behind, never wrong, and the next run does the same again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pyarrow as pa

from data_access.conversion import AccountBasis, account_basis
from data_access.derived import work_list
from data_access.engines.base import Keeps, Session
from data_access.stores import Stores

SLICE_EVENTS: Final = 100_000
NONE: Final = -1
# The kind of the entry that a rebuild leaves on the work list, its key the zone that held before: the aggregates start
# anew too, and drop the days of that zone.
EVERYTHING: Final = "everything"
_UNIT: Final = 10**8
_EVER: Final = (date(1, 1, 1), date(9999, 12, 31))
_RATES = pa.schema(
    [
        ("currency", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
    ]
)
_NO_REFUNDS: Final = pa.schema([("original_order_id", pa.string()), ("reason", pa.string())]).empty_table()
_NO_ACCEPTED: Final = pa.schema(
    [("order_id", pa.string()), ("event_id", pa.string()), ("customer_id", pa.string()), ("order_date", pa.date32())]
).empty_table()
_NO_PROFILES: Final = pa.schema(
    [(name, pa.string()) for name in ("profile_id", "customer_id", "customer_email")]
).empty_table()
_ROLES = pa.schema([("metric_id", pa.string()), ("channel", pa.string())])


@dataclass(frozen=True, slots=True)
class Projected:
    """What a run changed. `rebuilt`: the account's settings were others, so everything was projected again.

    orders, refunds: rows put in place; rejected: events and lines that could not become rows; attributed: orders whose
    winner changed; events_upto: the ingest_seq that the projection covers.
    """

    orders: int = 0
    lines: int = 0
    refunds: int = 0
    rejected: int = 0
    attributed: int = 0
    events_upto: int = 0
    rebuilt: bool = False


@dataclass(frozen=True, slots=True)
class _Slice:
    """Events with an ingest_seq in (after, upto], `orders` of them of orders, refunds and cancellations.

    Events up to `revised_before` that the work list names, up to its entry `touched_upto`, are read again (NONE: none).
    `watched`: tables are derived from these orders, and want to know which change.
    """

    after: int
    upto: int
    revised_before: int
    touched_upto: int
    orders: int = 0
    watched: bool = False

    @property
    def revised(self) -> bool:
        return self.revised_before > NONE


def project(stores: Stores, account: str, *, rebuild: bool = False) -> Projected:
    """Brings the account's orders up to date with its events. Raises UnknownAccount, StoreError.

    On one database all of it is one transaction. `rebuild` projects everything again, as other settings do by
    themselves.
    """
    with open_pair(stores) as pair:
        return project_in(pair, basis_in(pair, account), rebuild=rebuild)


class Pair:
    """The two sides of a run. On one database both are one transaction; otherwise each step commits by itself."""

    def __init__(self, stores: Stores, one: Session | None) -> None:
        self._stores = stores
        self._one = one
        self.single = one is not None

    @contextmanager
    def operational(self) -> Iterator[Session]:
        if self._one is not None:
            yield self._one
            return
        with self._stores.operational.write() as session:
            yield session

    @contextmanager
    def warehouse(self) -> Iterator[Session]:
        if self._one is not None:
            yield self._one
            return
        with self._stores.warehouse.write() as session:
            yield session


class Handover:
    """Rows that one side of a run makes and the other reads, by table name.

    On one database they stay within it; otherwise they travel as Arrow, and each session is given them anew.
    """

    def __init__(self, pair: Pair) -> None:
        self._stays = pair.single
        self._tables: dict[str, pa.Table] = {}

    def take(self, session: Session, name: str, statement: str, /, **params: Any) -> int:
        """Rows of a statement under that name; how many there are."""
        if self._stays and isinstance(session, Keeps):
            return session.keep(name, statement, **params)
        return self.put(session, name, session.query(statement, **params))

    def put(self, session: Session, name: str, table: pa.Table) -> int:
        """The same for rows that the program made."""
        if self._stays:
            session.stage(name, table)
        else:
            self._tables[name] = table
        return int(table.num_rows)

    def give(self, session: Session, *names: str) -> None:
        """This session knows the rows from now on: those of these names, or all."""
        if not self._stays:
            for name in names or self._tables:
                session.stage(name, self._tables[name])


@contextmanager
def open_pair(stores: Stores) -> Iterator[Pair]:
    """A run on both stores: one transaction where they are one database."""
    if stores.same:
        with stores.operational.write() as session:
            yield Pair(stores, session)
    else:
        yield Pair(stores, None)


def basis_in(pair: Pair, account: str) -> AccountBasis:
    """What the account's figures rest on, read once for a run. Raises UnknownAccount, StoreError."""
    with pair.operational() as session:
        return account_basis(session, account)


def project_in(pair: Pair, basis: AccountBasis, *, rebuild: bool = False) -> Projected:
    """`project` within a run that is already open, so that figures and orders can be published together."""
    account = basis.account
    channels = Handover(pair)
    with pair.operational() as session:
        known = session.one("project/watermark", account=account)
        mark = known or {"ingest_seq": 0, "basis": basis.fingerprint}
        after = int(mark["ingest_seq"])
        _note_roles(session, basis, known is not None)
        newest = session.rows("project/newest", account=account, after=after)[0]
        channels.take(session, "message_channels", "project/message_channels", account=account)
        watched = work_list.watched(session, account)
    rebuild = rebuild or mark["basis"] != basis.fingerprint
    if rebuild:
        _forget(pair, account, str(json.loads(mark["basis"])["timezone"]))
        after = 0
    counts: Counter[str] = Counter()
    due = rebuild or bool(newest["revised"])
    revised_before = after if newest["revised"] else NONE
    while due or after < newest["events"]:
        rest = _Slice(after, int(newest["events"]), revised_before, int(newest["touched"]), watched=watched)
        part = _slice(pair, basis, rest)
        _project_slice(pair, basis, part, channels, counts)
        after, due, revised_before = part.upto, False, NONE
    _follow_messages(pair, account, channels, counts)
    if rebuild:
        _revalue_kept(pair, basis)
    return Projected(events_upto=after, rebuilt=rebuild, **counts)


def _note_roles(session: Session, basis: AccountBasis, running: bool) -> None:
    """Events of a metric that is known, or named, only now: their days and the orders that they won are due again."""
    roles = {role.id: [role.channel, role.engagement] for role in basis.roles if role.channel}
    mark = session.one("project/roles", account=basis.account)
    before: dict[str, list[str]] = json.loads(mark["basis"]) if mark else {}
    if mark and roles == before:
        return
    changed = [id for id in sorted({*roles, *before}) if roles.get(id) != before.get(id)]
    # Before the first run every event is due anyway.
    if running and changed:
        session.execute("project/roles_touched", account=basis.account, metrics=changed)
    session.execute("project/roles_move", account=basis.account, basis=json.dumps(roles, sort_keys=True))


def _forget(pair: Pair, account: str, old_timezone: str) -> None:
    with pair.warehouse() as session:
        touched = session.query("project/all_touched", account=account, old_timezone=old_timezone)
    with pair.operational() as session:
        horizon: datetime | None = session.rows("project/horizon", account=account)[0]["horizon"]
        note_touched(session, account, touched)
        work_list.forget(session, account)
    with pair.warehouse() as session:
        session.execute("project/forget", account=account, horizon=horizon or datetime.max.replace(tzinfo=UTC))


def _slice(pair: Pair, basis: AccountBasis, rest: _Slice) -> _Slice:
    """The first slice of what is left: at most SLICE_EVENTS order events, so that memory stays bounded."""
    span = {
        "account": basis.account,
        "metrics": list(basis.order_metrics),
        "after": rest.after,
        "upto": rest.upto,
    }
    with pair.operational() as session:
        events = int(session.rows("project/slice_orders", **span)[0]["events"])
        if events <= SLICE_EVENTS:
            return replace(rest, orders=events)
        end = session.rows("project/slice_end", events=SLICE_EVENTS, **span)[0]["slice_end"]
        return replace(rest, orders=SLICE_EVENTS, upto=int(end))


def _extract(session: Session, basis: AccountBasis, part: _Slice, channels: Handover, rows: Handover) -> Counter[str]:
    """The slice by the names under which the warehouse's statements know it; how many rows each has."""
    account = basis.account
    span = {
        "account": account,
        "after": part.after,
        "upto": part.upto,
        "revised_before": part.revised_before,
        "touched_upto": part.touched_upto if part.revised else NONE,
    }
    placed = [basis.conversion_metric] if basis.conversion_metric else []
    roles = [{"metric_id": role.id, "channel": role.channel} for role in basis.roles]
    session.stage("metric_roles", pa.Table.from_pylist(roles, schema=_ROLES))
    channels.give(session)
    found: Counter[str] = Counter()

    def take(name: str, statement: str, **params: Any) -> None:
        found[name] = rows.take(session, name, statement, **params)

    take("incoming_attribution", "project/attribution_extract", metrics=placed, **span)
    if part.orders or part.revised:
        session.stage("merged_profiles", session.query("project/merged_profiles", account=account))
        place = {"timezone": basis.timezone, "currency": basis.own_currency}
        refunds, cancellations = list(basis.refund_metrics), list(basis.cancel_metrics)
        take("incoming_orders", "project/orders_extract", metrics=placed, **place, **span)
        take("incoming_lines", "project/lines_extract", metrics=placed, **span)
        take("incoming_refunds", "project/refunds_extract", refunds=refunds, cancellations=cancellations, **span)
    else:
        rows.put(session, "incoming_refunds", _NO_REFUNDS)
    if part.revised:
        take("revised_profiles", "project/revised_profiles", account=account, touched_upto=part.touched_upto)
    else:
        rows.put(session, "revised_profiles", _NO_PROFILES)
    return found


def _project_slice(pair: Pair, basis: AccountBasis, part: _Slice, channels: Handover, counts: Counter[str]) -> None:
    rows = Handover(pair)
    with pair.operational() as session:
        found = _extract(session, basis, part, channels, rows)
    if found.total():
        _replace(pair, basis, rows, found, part, counts)
    with pair.operational() as session:
        session.execute("project/watermark_move", account=basis.account, upto=part.upto, basis=basis.fingerprint)
        if part.revised:
            session.execute("project/touched_done", account=basis.account, upto=part.touched_upto)


def _replace(
    pair: Pair, basis: AccountBasis, rows: Handover, found: Counter[str], part: _Slice, counts: Counter[str]
) -> None:
    """Puts an extracted slice in place."""
    account = basis.account
    with pair.warehouse() as session:
        rows.put(session, "account_rates", account_rates(basis))
        rows.give(session)
        if found["incoming_orders"]:
            found["accepted_orders"] = rows.take(session, "accepted_orders", "project/orders_accepted", account=account)
        else:
            rows.put(session, "accepted_orders", _NO_ACCEPTED)
        rows.give(session, "accepted_orders")
        found["changed_attribution"] = rows.take(
            session, "changed_attribution", "project/attribution_changed", account=account
        )
        found["affected_orders"] = rows.take(session, "affected_orders", "project/affected_orders")
        rows.give(session, "changed_attribution", "affected_orders")
        touched = session.query("project/slice_touched", account=account)
        changed = work_list.changed_by_slice(session, account) if part.watched else None
        if found["incoming_orders"] or found["incoming_refunds"]:
            found.update(session.rows("project/slice_counts")[0])
    # The work list comes first: should the run end before the warehouse is written, the next one does both again.
    with pair.operational() as session:
        note_touched(session, account, touched)
        if changed is not None:
            work_list.note(session, account, changed)
    with pair.warehouse() as session:
        rows.give(session)
        if found["accepted_orders"]:
            session.execute("project/orders_replace", account=account)
        if found["incoming_refunds"]:
            session.execute("project/refunds_replace", account=account)
        if found["rejected"] or part.revised:
            session.execute("project/rejects_replace", account=account)
        if found["revised_profiles"]:
            session.execute("project/customers_replace", account=account)
        if found["affected_orders"]:
            place = {"timezone": basis.timezone, "currency": basis.own_currency}
            session.execute("project/settle", account=account, **place)
        if found["changed_attribution"]:
            session.execute("project/attribution_replace", account=account)
    counts.update({name: found[name] for name in ("lines", "refunds", "rejected")})
    counts.update(orders=found["accepted_orders"], attributed=found["changed_attribution"])


def _follow_messages(pair: Pair, account: str, channels: Handover, counts: Counter[str]) -> None:
    """A message that was loaded after the orders that it won tells their channel, and their campaign or flow, now."""
    with pair.warehouse() as session:
        channels.give(session)
        changed = session.query("project/attribution_renamed", account=account)
    if not changed.num_rows:
        return
    with pair.operational() as session:
        note_days(session, account, changed["order_date"].unique().to_pylist())
    with pair.warehouse() as session:
        session.stage("changed_attribution", changed)
        session.execute("project/attribution_replace", account=account)
    counts["attributed"] += changed.num_rows


def _revalue_kept(pair: Pair, basis: AccountBasis) -> None:
    """Orders that came from files, or whose events retention has removed, are not made of events again: only what they
    are worth here may change, by the currency and the rates in force."""
    account = basis.account
    with pair.operational() as session:
        frozen = session.rows("project/horizon", account=account)[0]["frozen"]
        if frozen is None and not session.rows("load_orders/loads", account=account):
            return
    with pair.warehouse() as session:
        session.stage("account_rates", account_rates(basis))
        session.execute("load_orders/revalued", account=account)
        session.stage("affected_orders", session.query("load_orders/cancelled", account=account))
        session.execute("project/settle", account=account, timezone=basis.timezone, currency=basis.own_currency)


def note_touched(session: Session, account: str, touched: pa.Table) -> None:
    """Puts kinds and keys on the work list of the aggregates."""
    if touched.num_rows:
        session.stage("touched_orders", touched)
        session.execute("project/touched_add", account=account)


def note_days(session: Session, account: str, days: Iterable[date]) -> None:
    """Puts days of orders on the work list of the aggregates."""
    rows = [{"kind": "order_day", "key": day.isoformat()} for day in days]
    if rows:
        note_touched(session, account, pa.Table.from_pylist(rows))


def account_rates(basis: AccountBasis) -> pa.Table:
    """Rates into the account's currency: currency, valid_from (in), valid_to (out), numerator / denominator.

    A pair may be told in either direction; of two rows of one day the direct one holds.
    """
    told: dict[str, dict[date, tuple[int, int]]] = {}
    for day, base, quote, rate in basis.rates:
        units = _units(rate)
        when = date.fromisoformat(day)
        if quote == basis.currency:
            told.setdefault(base, {})[when] = (units, _UNIT)
        else:
            told.setdefault(quote, {}).setdefault(when, (_UNIT, units))
    rows: list[dict[str, Any]] = [_rate(basis.currency, *_EVER, 1, 1)]
    for currency, by_day in told.items():
        days = sorted(by_day)
        for start, end in zip(days, [*days[1:], _EVER[1]], strict=True):
            rows.append(_rate(currency, start, end, *by_day[start]))
    return pa.Table.from_pylist(rows, schema=_RATES)


def _units(rate: str) -> int:
    whole, _, part = rate.partition(".")
    return int(whole) * _UNIT + int(part.ljust(8, "0")[:8] or 0)


def _rate(currency: str, start: date, end: date, numerator: int, denominator: int) -> dict[str, Any]:
    return {
        "currency": currency,
        "valid_from": start,
        "valid_to": end,
        "numerator": numerator,
        "denominator": denominator,
    }
