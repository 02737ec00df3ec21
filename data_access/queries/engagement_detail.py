"""What stands behind one campaign and one flow of the engagement page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from analytics.engagement import Counts, total
from analytics.engagement_detail import Bought, Buyer, CampaignDetail, FlowDetail, FlowMessage, Variation, in_places
from analytics.periods import Period
from data_access.queries.engagement import counts_by_row, counts_of
from data_access.queries.engagement_behind import WEEKS
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import ScopedSession, scoped_read
from data_access.stores import Stores

PRODUCTS, PEOPLE, EVERYBODY = 25, 25, 1_000_000
EVER = Period(date(1970, 1, 1), date(2199, 12, 31))


@dataclass(frozen=True, slots=True)
class FlowQuery:
    """A flow in a period."""

    flow: str
    period: Period


@repeatable
def campaign_detail(stores: Stores, scope: Scope, account: str, campaign: str) -> CampaignDetail | None:
    """A campaign over all of its life, None where the account has none of this id. Raises NotPermitted, StoreError."""
    with scoped_read(stores.operational, scope, account) as session:
        labels = session.rows("read/engagement/campaign_labels", campaign=campaign)
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.rows("read/engagement/campaign_messages", campaign=campaign)
        if not labels and not rows:
            return None
        bought = _bought(session, "campaign", campaign, EVER)
    bought = _named(stores, scope, account, bought)
    about = labels[0] if labels else {}
    texts = {row["message_id"]: row for row in labels}
    return CampaignDetail(
        id=campaign,
        name=about.get("name") or (rows[0]["name"] if rows else None) or campaign,
        channel=(rows[0]["channel"] if rows else "") or about.get("channel") or "",
        status=about.get("status") or "",
        sent_on=max((row["sent_on"] for row in rows), default=None),
        sent_at=about.get("sent_at"),
        tags=tuple(about.get("tags") or ()),
        variations=tuple(
            Variation(
                message_id=row["message_id"],
                id=row["variation_id"],
                name=row["variation"] or row["variation_id"] or row["message_id"],
                message=row["message"] or texts.get(row["message_id"], {}).get("label") or row["message_id"],
                subject=texts.get(row["message_id"], {}).get("subject") or "",
                preview=texts.get(row["message_id"], {}).get("preview") or "",
                counts=counts_of(row),
            )
            for row in rows
        ),
        bought=bought,
    )


@repeatable
def flow_detail(stores: Stores, scope: Scope, account: str, asked: FlowQuery) -> FlowDetail | None:
    """A flow's messages in a period, None where the account has none of this id. Raises NotPermitted, StoreError."""
    start, end = asked.period.start, asked.period.end
    with scoped_read(stores.operational, scope, account) as session:
        labels = session.rows("read/engagement/flow_labels", flow=asked.flow)
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.columns(
            "read/engagement/flow_messages",
            flow=asked.flow, start=start, weeks_start=end - timedelta(days=7 * WEEKS - 1), end=end,
        )  # fmt: skip
        if not labels and 1 not in rows["inside"]:
            return None
        days = session.rows("read/engagement/flow_days", flow=asked.flow, start=start, end=end)
        bought = _bought(session, "flow", asked.flow, asked.period)
    weeks: dict[str, list[Decimal]] = {}
    told: dict[str, list[tuple[str | None, str, Counts]]] = {}
    names: list[str] = []
    keys = zip(*(rows[name] for name in ("message_id", "message", "channel", "name", "week", "inside")), strict=True)
    for (id, message, channel, name, week, inside), counts in zip(keys, counts_by_row(rows), strict=True):
        if week >= 0:
            values = weeks.setdefault(id, [Decimal(0)] * WEEKS)
            values[WEEKS - 1 - week] += counts.value or Decimal(0)
        if inside:
            told.setdefault(id, []).append((message, channel, counts))
            names.append(name or "")
    bought = _named(stores, scope, account, bought)
    about = labels[0] if labels else {}
    facts = {row["message_id"]: row for row in labels if row["message_id"]}
    messages = []
    for id in sorted(facts.keys() | told.keys()):
        fact, own = facts.get(id, {}), told.get(id, [])
        messages.append(
            FlowMessage(
                id=id,
                name=fact.get("message") or max((message or "" for message, _, _ in own), default="") or id,
                position=fact.get("position"),
                channel=max((channel for _, channel, _ in own), default="") or fact.get("channel") or "",
                subject=fact.get("subject") or "",
                status=fact.get("action_status") or "",
                counts=total(counts for _, _, counts in own),
                weeks=tuple(weeks.get(id, ())),
            )
        )
    return FlowDetail(
        id=asked.flow,
        name=about.get("name") or max(names, default="") or asked.flow,
        status=about.get("status") or "",
        trigger=about.get("trigger_type") or "",
        archived=bool(about.get("archived")),
        tags=tuple(about.get("tags") or ()),
        messages=in_places(messages),
        days={row["date"]: (round(row["recipients"] or 0), row["value"] or Decimal(0)) for row in days},
        bought=bought,
    )


@repeatable
def buyers(stores: Stores, scope: Scope, account: str, asked: tuple[str, str, Period]) -> Sequence[Buyer]:
    """Everybody who bought by a 'campaign' or 'flow' of an id in some days. Raises NotPermitted, StoreError."""
    scope.require(Right.EXPORT, account)
    kind, source, period = asked
    with scoped_read(stores.warehouse, scope, account) as session:
        found = _people(session, kind, source, period, EVERYBODY)
    return _with_names(stores, scope, account, found)


def _people(session: ScopedSession, kind: str, source: str, period: Period, most: int) -> list[Buyer]:
    rows = session.rows(
        "read/engagement/won_people", kind=kind, source=source, start=period.start, end=period.end, most=most
    )
    return [
        Buyer(
            row["customer_id"], row["customer_email"], "", "", int(row["orders"]), row["gross_revenue"],
            bool(row["first_time"]),
        )
        for row in rows
    ]  # fmt: skip


def _with_names(stores: Stores, scope: Scope, account: str, found: Sequence[Buyer]) -> tuple[Buyer, ...]:
    """The same with names, for those who may see them."""
    if not found or not scope.allows(Right.PII, account):
        return tuple(found)
    with scoped_read(stores.operational, scope, account) as session:
        names = {row["id"]: row for row in session.rows("read/rfm/contacts", ids=[each.id for each in found])}
    return tuple(
        Buyer(
            each.id, each.email, names.get(each.id, {}).get("first_name") or "",
            names.get(each.id, {}).get("last_name") or "", each.orders, each.gross, each.first_time,
        )
        for each in found
    )  # fmt: skip


def _named(stores: Stores, scope: Scope, account: str, found: Bought) -> Bought:
    return Bought(
        found.days, found.customers, found.new_customers, found.orders, found.products,
        _with_names(stores, scope, account, found.people),
    )  # fmt: skip


def _bought(session: ScopedSession, kind: str, source: str, period: Period) -> Bought:
    asked: dict[str, Any] = {"kind": kind, "source": source, "start": period.start, "end": period.end}
    days = session.rows("read/engagement/won_days", **asked)
    if not days:
        return Bought({}, 0, 0, 0, ())
    buyers = session.rows("read/engagement/won_buyers", **asked)[0]
    orders = int(buyers["orders"])
    return Bought(
        days={row["ordered_on"]: (int(row["orders"]), row["gross"]) for row in days},
        customers=int(buyers["customers"]),
        new_customers=int(buyers["new_customers"]),
        orders=orders,
        products=tuple(session.rows("read/engagement/won_products", **asked, most=PRODUCTS)) if orders else (),
        people=_people(session, kind, source, period, PEOPLE) if orders else [],
    )
