"""The six answers on top of the revenue page."""

from __future__ import annotations

from analytics.periods import change_pct
from analytics.revenue import RevenueFigures, Span
from components import wording
from components.cards import Card
from components.definitions import told
from components.revenue_comparison import comparable
from components.revenue_series import Shown, Value, attributed_trend, trend


def revenue_cards(figures: RevenueFigures, shown: Shown) -> list[Card]:
    """Gross revenue with net, orders, order value, customers with new and repeat, refund rate, attributed share."""
    this, currency = figures.this, shown.account.currency
    held = comparable(figures, shown)
    other, sums = held.counts, held.sums
    missing = wording.NOT_AVAILABLE if figures.compared is not None else ""
    total = this.total
    cards = [
        Card(
            "gross",
            "Gross revenue",
            wording.money_short(total.gross, currency),
            _relative(total.gross, sums.total.gross if sums else None, sums, missing),
            "up",
            wording.money_short(sums.total.gross, currency) if sums else "",
            [f"Net **{wording.money_short(this.net, currency)}**"],
            told(
                "revenue.gross",
                f"Order values: {shown.account.value_wording}. Exact: gross {wording.money(total.gross, currency)}, "
                f"net {wording.money(this.net, currency)}.",
            ),
            trend(figures, shown, lambda a, _d: a.gross),
        ),
        Card(
            "orders",
            "Orders",
            wording.count_short(total.orders),
            _relative(total.orders, other.total.orders if other else None, other, missing),
            "up",
            wording.count_short(other.total.orders) if other else "",
            [f"**{_a_day(total.orders / _days(shown))}** a day"],
            told("revenue.orders"),
            trend(figures, shown, lambda a, _d: a.orders),
        ),
        Card(
            "aov",
            "Order value",
            wording.money(total.aov, currency),
            _relative(total.aov, sums.total.aov if sums else None, sums, missing),
            "up",
            wording.money(sums.total.aov, currency) if sums else "",
            [f"Discounts **{wording.rate(total.discount_share)}**"],
            told("revenue.aov"),
            trend(figures, shown, lambda a, _d: a.aov),
        ),
        Card(
            "customers",
            "Customers",
            wording.count_short(this.customers),
            _relative(this.customers, other.customers if other else None, other, missing),
            "up",
            wording.count_short(other.customers) if other else "",
            [
                f"**{wording.count_short(total.new)}** new",
                f"**{wording.count_short(this.repeat_customers)}** repeat",
            ],
            told("revenue.customers"),
            [float(figures.bucket_customers.get(start, 0)) for start in shown.starts[shown.whole]],
        ),
        Card(
            "refunds",
            "Refund rate",
            wording.rate(total.refund_rate),
            _points(total.refund_rate, sums.total.refund_rate if sums else None, sums, missing),
            "down",
            wording.rate(sums.total.refund_rate) if sums else "",
            [f"**{wording.money_short(total.deducted, currency)}** deducted"],
            told("revenue.refunds"),
            trend(figures, shown, lambda a, _d: a.refund_rate),
        ),
    ]
    # Files of orders tell no campaign or flow: 0 % would say that none won anything.
    if shown.account.files is not None:
        return cards
    attributed = Card(
        "attributed",
        "From Klaviyo",
        wording.rate(this.attributed_share),
        _points(this.attributed_share, sums.attributed_share if sums else None, sums, missing),
        "up",
        wording.rate(sums.attributed_share) if sums else "",
        [f"**{wording.money_short(this.attributed, currency)}** attributed"],
        told("revenue.attributed"),
        attributed_trend(figures, shown),
    )
    return [*cards, attributed]


def _relative(this: Value, before: Value, other: Span | None, missing: str) -> str:
    if other is None:
        return missing
    pct = change_pct(None if this is None else float(this), None if before is None else float(before))
    return wording.change(pct)


def _points(this: Value, before: Value, other: Span | None, missing: str) -> str:
    if other is None:
        return missing
    return wording.points(None if this is None or before is None else float(this) - float(before))


def _a_day(orders: float) -> str:
    return wording.count(orders) if orders >= 10 or not orders else f"{orders:.1f}" if orders >= 0.05 else "under 0.1"


def _days(shown: Shown) -> int:
    if shown.as_of is None:
        return shown.period.days
    reached = shown.as_of.astimezone(shown.account.zone).date()
    return max((min(reached, shown.period.end) - shown.period.start).days + 1, 1)
