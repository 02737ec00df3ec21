"""What an account's metrics mean, and which of them makes an order: one rule, for jobs and for the settings page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from data_access.engines.base import Session

PLACED: Final = "placed"
REFUNDED: Final = "refunded"
CANCELLED: Final = "cancelled"

_SHOP: Final = {
    "placed order": PLACED,
    "refunded order": REFUNDED,
    "cancelled order": CANCELLED,
    "canceled order": CANCELLED,
}
_CHANNELS: Final = {"email": "email", "sms": "sms", "push": "push", "whatsapp": "whatsapp"}
_REACTIONS: Final = {"received": "received", "opened": "opened", "clicked": "clicked", "bounced": "bounced"}


class UnknownAccount(Exception):
    """No connected store has this account id."""


@dataclass(frozen=True, slots=True)
class MetricRole:
    """What one metric stands for.

    order_role: placed, refunded, cancelled or ''. channel: email, sms, push, whatsapp or ''. engagement: received,
    opened, clicked, bounced, unsubscribed, marked_spam or ''.
    """

    id: str
    name: str
    integration: str
    order_role: str = ""
    channel: str = ""
    engagement: str = ""


@dataclass(frozen=True, slots=True)
class AccountBasis:
    """What an account's figures rest on: its place, its money and the metrics that make orders and deductions.

    currency: that of all sums; own_currency: the account's at Klaviyo, which an order without one is in.
    conversion_metric is None where the account has no 'Placed Order' metric yet.
    """

    account: str
    timezone: str
    currency: str
    own_currency: str
    country: str
    roles: tuple[MetricRole, ...]
    conversion_metric: str | None
    refund_metrics: tuple[str, ...]
    cancel_metrics: tuple[str, ...]
    rates: tuple[tuple[str, str, str, str], ...] = ()

    @property
    def fingerprint(self) -> str:
        """Same text, same figures from the same events: kept beside the projection's watermark."""
        return json.dumps(
            {
                "conversion": self.conversion_metric,
                "refunds": self.refund_metrics,
                "cancellations": self.cancel_metrics,
                "timezone": self.timezone,
                "currency": self.currency,
                "own_currency": self.own_currency,
                "rates": self.rates,
            },
            sort_keys=True,
        )

    @property
    def order_metrics(self) -> tuple[str, ...]:
        """Every metric whose events become rows of the warehouse."""
        placed = (self.conversion_metric,) if self.conversion_metric else ()
        return (*placed, *self.refund_metrics, *self.cancel_metrics)


def metric_role(id: str, name: str, integration: str) -> MetricRole:
    """What a metric of that name stands for; names are compared without regard to case."""
    said = " ".join(name.lower().split())
    if said in _SHOP:
        return MetricRole(id, name, integration, order_role=_SHOP[said])
    words = said.split()
    channel = next((_CHANNELS[word] for word in words if word in _CHANNELS), "")
    if said == "marked email as spam":
        return MetricRole(id, name, integration, channel="email", engagement="marked_spam")
    if words and words[0] == "unsubscribed" and (len(words) == 1 or channel):
        return MetricRole(id, name, integration, channel=channel or "email", engagement="unsubscribed")
    if len(words) == 2 and channel and words[0] in _REACTIONS:
        return MetricRole(id, name, integration, channel=channel, engagement=_REACTIONS[words[0]])
    return MetricRole(id, name, integration, channel=channel)


def account_basis(session: Session, account: str) -> AccountBasis:
    """Reads an account's basis from the operational store. Raises UnknownAccount, StoreError."""
    found = session.rows("project/account", account=account)
    if not found:
        raise UnknownAccount(f"There is no connected store with the Klaviyo account '{account}'. Add it first.")
    chosen: dict[str, Any] = {row["key"]: json.loads(row["value"]) for row in found if row["key"] is not None}
    row = found[0]
    roles = tuple(
        metric_role(each["id"], each["name"], each["integration_id"] or "")
        for each in session.rows("project/metrics", account=account)
    )
    placed = [role for role in roles if role.order_role == PLACED]
    conversion = _conversion_metric(session, account, placed, chosen.get("conversion_metric_id"))
    home = next((role.integration for role in placed if role.id == conversion), None)
    currency = str(chosen.get("currency") or row["currency"]).upper()
    return AccountBasis(
        account=account,
        timezone=row["timezone"],
        currency=currency,
        own_currency=str(row["currency"]).upper(),
        country=str(chosen.get("country") or row["country"] or "").upper(),
        roles=roles,
        conversion_metric=conversion,
        refund_metrics=_of_integration(roles, REFUNDED, home),
        cancel_metrics=_of_integration(roles, CANCELLED, home),
        rates=tuple(
            (str(rate["date"]), rate["base"], rate["quote"], f"{rate['rate']:f}")
            for rate in session.rows("project/rates", currency=currency)
        ),
    )


def default_conversion_metric(session: Session, account: str) -> str | None:
    """The metric that holds without a choice: most orders in the 90 days up to the newest, ties by integration, id."""
    roles = [
        metric_role(each["id"], each["name"], each["integration_id"] or "")
        for each in session.rows("project/metrics", account=account)
    ]
    return _conversion_metric(session, account, [role for role in roles if role.order_role == PLACED], None)


def _conversion_metric(session: Session, account: str, placed: Sequence[MetricRole], chosen: str | None) -> str | None:
    ids = [role.id for role in placed]
    if chosen in ids:
        return chosen
    if len(ids) <= 1:
        return ids[0] if ids else None
    orders = {
        row["metric_id"]: row["orders"] for row in session.rows("project/recent_orders", account=account, metrics=ids)
    }
    return min(placed, key=lambda role: (-orders.get(role.id, 0), role.integration, role.id)).id


def _of_integration(roles: Sequence[MetricRole], order_role: str, home: str | None) -> tuple[str, ...]:
    """Metrics of that role from the orders' own integration; where it has none, everybody's."""
    every = [role for role in roles if role.order_role == order_role]
    own = [role for role in every if role.integration == home]
    return tuple(sorted(role.id for role in own or every))
