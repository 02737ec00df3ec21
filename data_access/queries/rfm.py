"""Customers by RFM: figures of a date and window, the customers of a segment or score, one customer's orders."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.rfm import CutOffs
from analytics.rfm_figures import Measured, Member, RfmFigures, Scheme, figures, named
from data_access.queries.customer_history import CustomerHistory, customer_history, customers_state, still_holds
from data_access.reference.rfm import klaviyo_groups, segments
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import ScopedSession, scoped_read
from data_access.stores import Stores

# What the figures rest on beside orders: in the cache's key.
DERIVED: Final = ("customers",)
EVERYBODY: Final = 2**31
SHOWN: Final = 100
# Who stands first is looked for among so many with the highest net revenue before it is among all.
NEAR: Final = 20_000
# From so many customers on all are read.
MANY: Final = 1_000
_EVER: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class RfmQuery:
    """as_of, before: the date of the scores, and the earlier one that they are compared with. months: the window in
    months up to each, None for all history. cut_offs: of the fixed scheme."""

    as_of: date
    before: date
    months: int | None = None
    scheme: Scheme = Scheme.QUINTILES
    cut_offs: CutOffs | None = None

    def bound(self) -> dict[str, date]:
        """The values of the statements' parameters."""
        return {
            "as_of": self.as_of,
            "after": _months_before(self.as_of, self.months),
            "before": self.before,
            "before_after": _months_before(self.before, self.months),
        }

    @property
    def names(self) -> Mapping[str, str]:
        """Segment by score."""
        return klaviyo_groups() if self.scheme is Scheme.KLAVIYO else segments()


@dataclass(frozen=True, slots=True)
class MembersQuery:
    """Customers of a segment, a recency and a frequency score (None: of any), highest net revenue first."""

    rfm: RfmQuery
    group: str | None = None
    recency: int | None = None
    frequency: int | None = None
    customer: str | None = None
    most: int = SHOWN


@dataclass(frozen=True, slots=True)
class Members:
    """The first of them, and how many there are."""

    members: tuple[Member, ...]
    customers: int


@dataclass(frozen=True, slots=True)
class Computed:
    """The as-of date of the last computation, when it was, and what it says of the risk."""

    as_of: date
    at: datetime
    details: Mapping[str, Any]


@repeatable
def computed(stores: Stores, scope: Scope, account: str, _asked: None = None) -> Computed | None:
    """What customer_profiles rests on; None before, or without orders. Raises NotPermitted, StoreError."""
    row = customers_state(stores, scope, account)
    if row is None or row["as_of"] is None:
        return None
    return Computed(row["as_of"], row["computed_at"].astimezone(UTC), json.loads(row["details"]))


@repeatable
def rfm(stores: Stores, scope: Scope, account: str, asked: RfmQuery) -> RfmFigures:
    """The figures of the page RFM. Raises NotPermitted, StoreError."""
    bound = asked.bound()
    history = customer_history(stores, scope, account, asked.as_of)
    if history is None:
        with scoped_read(stores.warehouse, scope, account) as session:
            found = session.query("read/rfm/moves", **bound)
        now, is_now = measured(found, asked.as_of)
        earlier, was = measured(found, asked.before, "_before")
    else:
        now, is_now = history.measured(asked.as_of, bound["after"])
        earlier, was = history.measured(asked.before, bound["before_after"])
        either = is_now | was
        is_now, was = is_now[either], was[either]
    return figures(
        now, earlier, is_now, was, asked.names, as_of=asked.as_of, before=asked.before, scheme=asked.scheme,
        cut_offs=asked.cut_offs,
    )  # fmt: skip


def measures(session: ScopedSession, as_of: date, months: int | None = None) -> pa.Table:
    """customer_id, last_order_date, orders, cents (net revenue) of each customer of a window. Raises StoreError."""
    return session.query("read/rfm/measures", as_of=as_of, after=_months_before(as_of, months))


@repeatable
def members(stores: Stores, scope: Scope, account: str, asked: MembersQuery) -> Members:
    """Customers of a segment or score. Raises NotPermitted, StoreError."""
    scope.require(Right.VIEW, account)
    if asked.most > SHOWN:
        scope.require(Right.EXPORT, account)
    standing = _standing(stores, scope, account, asked.rfm)
    now = standing.now
    scores = now.scores(now.limits(asked.rfm.scheme, asked.rfm.cut_offs))
    place, known = named(scores, asked.rfm.names)
    chosen = np.ones(len(place), bool)
    if asked.group is not None:
        chosen &= place == (known.index(asked.group) if asked.group in known else len(known))
    for score, wanted in ((scores[0], asked.recency), (scores[1], asked.frequency)):
        if wanted is not None:
            chosen &= score == wanted
    one = None if asked.customer is None else standing.person(stores, scope, account, asked.customer)
    if one is not None:
        chosen &= standing.places == one[0]
    at = np.flatnonzero(chosen)
    customers = len(at)
    if customers > asked.most:
        at = _first(now, at, asked.most)
    people = standing.people(stores, scope, account, standing.places[at]) if one is None else [one[1]] * customers
    if standing.history is not None and not still_holds(standing.history, stores, scope, account):
        # Computed anew meanwhile: others may stand at these places.
        return members(stores, scope, account, asked)
    # Of equal revenue the one with the lesser id, so that the list is the same on each day and engine.
    ids = np.array([person["customer_id"] for person in people], object)
    order = np.lexsort((ids, -now.cents[at]))[: asked.most]
    shown = [str(id) for id in ids[order]]
    consents, contacts = _told_by_klaviyo(stores, scope, account, shown)
    return Members(
        tuple(
            _member(
                id, (int(scores[0][n]), int(scores[1][n]), int(scores[2][n])), known[place[n]],
                (int(now.days[n]), int(now.orders[n]), int(now.cents[n])), people[which],
                consents.get(id, {}), contacts.get(id, {}), scope.allows(Right.PII, account),
            )
            for id, which, n in zip(shown, order.tolist(), at[order].tolist(), strict=True)
        ),
        customers,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Standing:
    """What customers measure at the as-of date, and at which place of all each stands: in the history, or, where there
    is none, among ids."""

    now: Measured
    places: npt.NDArray[np.int64]
    history: CustomerHistory | None
    ids: pa.ChunkedArray | None = None

    def people(
        self, stores: Stores, scope: Scope, account: str, places: npt.NDArray[np.int64]
    ) -> list[Mapping[str, Any]]:
        """customer_id and, where they are known, customer_email and churn_risk_score of who stands at these places."""
        ids = [] if self.ids is None else self.ids.take(pa.array(places)).to_pylist()
        with scoped_read(stores.warehouse, scope, account) as session:
            if self.ids is not None:
                known = {row["customer_id"]: row for row in session.rows("read/rfm/people", ids=ids)}
                return [known.get(id, {"customer_id": id}) for id in ids]
            if len(places) > MANY:
                rows = session.rows("read/rfm/everybody")
            else:
                rows = session.rows("read/rfm/people_at", places=places.tolist())
        at = {row["place"]: row for row in rows}
        # Nobody: all was computed anew since, and is asked again.
        return [at.get(place, {"customer_id": ""}) for place in places.tolist()]

    def person(self, stores: Stores, scope: Scope, account: str, customer: str) -> tuple[int, Mapping[str, Any]]:
        """Where a customer stands, -1 for nowhere, and who that is."""
        with scoped_read(stores.warehouse, scope, account) as session:
            row = session.one("read/rfm/person", customer=customer) or {"customer_id": customer, "place": None}
        if self.ids is not None:
            return int(pc.index(self.ids, customer).as_py()), row
        return -1 if row["place"] is None else int(row["place"]), row


def _first(now: Measured, at: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """Those of the customers with the highest net revenue, `most` and who is equal to the last of them."""
    best = now.by_cents
    if best is not None and best.size > NEAR:
        # Mostly enough of them are among the highest of all, whose limit is known.
        near = at[now.cents[at] >= best.at(best.size - NEAR)]
        at = near if len(near) >= most else at
    cents = now.cents[at]
    least = int(np.partition(cents, len(at) - most)[len(at) - most])
    return at[cents >= least]


def _standing(stores: Stores, scope: Scope, account: str, asked: RfmQuery) -> _Standing:
    history = customer_history(stores, scope, account, asked.as_of)
    if history is not None:
        now, held = history.measured(asked.as_of, asked.bound()["after"])
        return _Standing(now, np.flatnonzero(held), history)
    with scoped_read(stores.warehouse, scope, account) as session:
        found = measures(session, asked.as_of, asked.months)
    now, _ = measured(found, asked.as_of)
    return _Standing(now, np.arange(found.num_rows), None, found["customer_id"])


@dataclass(frozen=True, slots=True)
class FixedLimits:
    """Limits that an admin set, and the version of that setting: 0, and no limits, before the first."""

    limits: CutOffs | None
    version: int


@repeatable
def fixed_limits(stores: Stores, scope: Scope, account: str) -> FixedLimits:
    """The fixed limits of scores. Raises NotPermitted, StoreError."""
    with scoped_read(stores.operational, scope, account) as session:
        row = session.one("read/rfm/fixed_limits")
    if row is None:
        return FixedLimits(None, 0)
    held = {name: tuple(values) for name, values in json.loads(row["value"]).items()}
    return FixedLimits(CutOffs(**held), int(row["version"]))


@repeatable
def would_move(stores: Stores, scope: Scope, account: str, asked: tuple[RfmQuery, CutOffs]) -> Mapping[Any, int]:
    """(segment in the scheme in force, segment under these limits) → customers. Raises NotPermitted, StoreError."""
    scope.require(Right.VIEW, account)
    question, limits = asked
    now = _standing(stores, scope, account, question).now
    held, known = named(now.scores(now.limits(question.scheme, question.cut_offs)), question.names)
    then, others = named(now.scores(now.limits(Scheme.FIXED, limits)), segments())
    counts = np.bincount(held * np.uint8(16) + then)
    found = np.flatnonzero(counts)
    counts = counts[found]
    return {
        (known[move // 16], others[move % 16]): int(count)
        for move, count in zip(found.tolist(), counts.tolist(), strict=True)
    }


@repeatable
def orders_of(stores: Stores, scope: Scope, account: str, asked: tuple[str, date]) -> Sequence[Mapping[str, Any]]:
    """A customer's orders up to a date, oldest first, as read/rfm/orders_of tells. Raises NotPermitted, StoreError."""
    with scoped_read(stores.warehouse, scope, account) as session:
        return tuple(session.rows("read/rfm/orders_of", customer=asked[0], as_of=asked[1]))


def masked(email: str) -> str:
    """An e-mail as those may see it who may not know whose it is: a•••@•••.com."""
    name, _, host = email.partition("@")
    return f"{name[:1]}•••@•••.{host.rpartition('.')[2]}"


def measured(found: pa.Table, as_of: date, of: str = "") -> tuple[Measured, npt.NDArray[np.bool_]]:
    """What such rows measure, of those with an order, and who has one; of: '_before' for the earlier date."""
    orders = _whole(found[f"orders{of}"])
    held = orders > 0
    last = found["last_order_before" if of else "last_order_date"].cast(pa.date32()).cast(pa.int32()).fill_null(0)
    days = (as_of - _EVER).days - _whole(last)
    return Measured(days[held], orders[held], _whole(found[f"cents{of}"])[held]), held


def _told_by_klaviyo(
    stores: Stores, scope: Scope, account: str, ids: Sequence[str]
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    with scoped_read(stores.operational, scope, account) as session:
        consents = {row["id"]: json.loads(row["subscriptions"] or "{}") for row in _rows(session, "consents", ids)}
        contacts = (
            {row["id"]: row for row in _rows(session, "contacts", ids)} if scope.allows(Right.PII, account) else {}
        )
    return consents, contacts


def _rows(session: ScopedSession, name: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    return session.rows(f"read/rfm/{name}", ids=list(ids))


def _member(
    id: str, scores: tuple[int, int, int], group: str, measured: tuple[int, int, int], person: Mapping[str, Any],
    consent: Mapping[str, Any], contact: Mapping[str, Any], sees: bool,
) -> Member:  # fmt: skip
    email = person.get("customer_email")
    has = bool(email) and email != id and "@" in str(email)
    mail = ((consent or {}).get("email") or {}).get("marketing") or {}
    texts = ((consent or {}).get("sms") or {}).get("marketing") or {}
    return Member(
        id=id,
        email=(str(email) if sees else masked(str(email))) if has else None,
        scores=scores,
        group=group,
        days=measured[0],
        orders=measured[1],
        net_revenue=Decimal(measured[2]) / 100,
        risk=person.get("churn_risk_score"),
        consent=str(mail.get("consent") or ""),
        suppressed=bool(mail.get("suppression") or mail.get("list_suppressions")) if mail else None,
        sms_consent=str(texts.get("consent") or ""),
        phone=contact.get("phone_number"),
        first_name=contact.get("first_name"),
        last_name=contact.get("last_name"),
    )


def _whole(column: Any) -> npt.NDArray[np.int64]:
    return np.asarray(column.cast(pa.int64()).to_numpy(), np.int64)


def _months_before(day: date, months: int | None) -> date:
    if months is None:
        return _EVER
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = (date(years + (month == 11), (month + 1) % 12 + 1, 1) - date.resolution).day
    return date(years, month + 1, min(day.day, last))
