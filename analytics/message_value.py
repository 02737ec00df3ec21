"""What messages brought: by two attributions that are reconciled, and why it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from analytics.engagement import Counts, Key, Part, Sends, Won


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """orders − earlier + rest = klaviyo, always.

    orders: gross value of the period's orders that a message won. earlier: won by campaigns sent before the period.
    klaviyo: what Klaviyo gives to messages sent in the period. rest: orders that came after the period, flow messages
    sent before it, and Klaviyo's own rules. total: all of the period's orders.
    """

    orders: Decimal
    earlier: Decimal
    rest: Decimal
    klaviyo: Decimal
    total: Decimal


def reconcile(won: Mapping[Key, Won], sends: Sends) -> Reconciliation:
    """What the period's orders give to messages against what Klaviyo gives to the period's messages."""
    own = [each for (kind, _), each in won.items() if kind != "none"]
    orders = sum((each.gross for each in own), Decimal(0))
    earlier = sum((each.earlier for each in own), Decimal(0))
    klaviyo = sends.of(Part()).value or Decimal(0)
    everything = sum((each.gross for each in won.values()), Decimal(0))
    return Reconciliation(orders, earlier, klaviyo - orders + earlier, klaviyo, everything)


@dataclass(frozen=True, slots=True)
class Moved:
    """Why the value of messages moved, in per cent of the compared one: in total, by recipients, by value for each."""

    change_pct: float
    recipients_points: float
    value_points: float


def moved(this: Counts, other: Counts) -> Moved | None:
    """Splits the change of value between recipients N and value per recipient V: each factor's Shapley value, no rest.

    N₁V₁ − N₀V₀ = (N₁ − N₀)(V₁ + V₀)/2 + (V₁ − V₀)(N₁ + N₀)/2. None where either has no recipients, or the compared no
    value.
    """
    if not this.recipients or not other.recipients or this.value is None or not other.value:
        return None
    v1, v0 = this.value / this.recipients, other.value / other.recipients
    scale = 100 / abs(other.value)
    by_recipients = (this.recipients - other.recipients) * (v1 + v0) / 2 * scale
    by_value = (v1 - v0) * (this.recipients + other.recipients) / 2 * scale
    return Moved(float((this.value - other.value) * scale), float(by_recipients), float(by_value))
