"""What each figure on a card means: one source for the text on hover and for the page Glossary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from components.calendar_definitions import CALENDAR
from components.discovery_definitions import DISCOVERY
from components.forecast_definitions import FORECAST
from components.holdout_definitions import HOLDOUTS
from components.overview_definitions import OVERVIEW
from components.post_mortem_definitions import POST_MORTEM
from components.scenario_definitions import SCENARIOS
from components.simulator_definitions import SIMULATOR
from components.workbook_definitions import WORKBOOKS


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure. text: what a person reads on hover; formula and source in a few words."""

    name: str
    formula: str
    source: str
    text: str


class Told(str):
    """A text about a figure of the glossary; `told` makes it, and a card takes no other."""

    __slots__ = ()


def page_of(figure: str) -> str:
    """The address of the page on which a figure stands."""
    subject = figure.partition(".")[0]
    return {"overview": "/", "product": "/revenue", "message": "/engagement"}.get(subject, f"/{subject}")


def told(figure: str, more: str = "") -> Told:
    """What to read on hover of a figure, and what there is to say beside it of the values shown. Raises KeyError."""
    return Told(f"{DEFINITIONS[figure].text} {more}".rstrip())


_ORDERS: Final = "orders (Klaviyo's Placed Order events)"
_LINES: Final = f"{_ORDERS}, lines"
_REPORTS: Final = "Klaviyo's reports"
_CUSTOMERS: Final = "orders, by customer"
_RUNS: Final = "the log of runs"
_CLOCK: Final = "the examination by the clock"

DEFINITIONS: Final[Mapping[str, Definition]] = {
    **{
        figure: Definition(*words)
        for figure, words in {
            **OVERVIEW,
            **SIMULATOR,
            **SCENARIOS,
            **CALENDAR,
            **WORKBOOKS,
            **FORECAST,
            **DISCOVERY,
            **POST_MORTEM,
            **HOLDOUTS,
        }.items()
    },
    "revenue.gross": Definition(
        "Gross revenue",
        "sum of order values by order date",
        _ORDERS,
        "Values of all orders by order date, cancelled ones included. Net (booked) deducts the refunds and "
        "cancellations that came in this period, whichever order they belong to.",
    ),
    "revenue.orders": Definition(
        "Orders",
        "number of orders with a value above 0",
        _ORDERS,
        "Orders with a value above 0 by order date, cancelled ones included.",
    ),
    "revenue.aov": Definition(
        "Order value",
        "value of orders above 0 / their number",
        _ORDERS,
        "Average order value: value of the orders above 0, cancelled ones included, divided by their number. "
        "Beneath: discounts as a share of what the orders would have cost without them.",
    ),
    "revenue.customers": Definition(
        "Customers",
        "distinct customers of the whole period",
        _ORDERS,
        "Distinct customers with an order that is not cancelled, counted over the whole period. New: their "
        "first known order lies in it.",
    ),
    "revenue.refunds": Definition(
        "Refund rate",
        "deductions of the period's orders / their gross revenue × 100",
        f"{_ORDERS}, refunds, cancellations",
        "Refunds and cancellations of this period's orders, whenever they came, divided by the gross revenue "
        "of those orders. The comparison counts refunds known at the same point: what came later to those "
        "orders is left out. Not final while orders are younger than the usual return time.",
    ),
    "revenue.attributed": Definition(
        "From Klaviyo",
        "gross revenue of orders that a message won / gross revenue × 100",
        f"{_ORDERS} and their attributions",
        "Share of gross revenue attributed to Klaviyo: orders that a campaign or flow won by the last message "
        "touch within Klaviyo's attribution window. Each order has at most one winner.",
    ),
    "product.sales": Definition(
        "Sales of a product",
        "sum of its line totals after discounts",
        _LINES,
        "Line totals of this product after discounts, by order date; cancelled orders are out.",
    ),
    "product.units": Definition(
        "Units of a product",
        "sum of quantities",
        _LINES,
        "Pieces of this product in those orders.",
    ),
    "product.orders": Definition(
        "Orders with a product",
        "number of orders that hold it",
        _LINES,
        "Orders with a value above 0 that hold this product; cancelled ones are out.",
    ),
    "product.price": Definition(
        "Price a unit",
        "sales / units",
        _LINES,
        "Sales divided by units: what a piece brought after discounts.",
    ),
    "engagement.recipients": Definition(
        "Recipients",
        "sum of recipients",
        _REPORTS,
        "Messages sent, by send date: one person counts once for each message.",
    ),
    "engagement.delivery": Definition(
        "Delivery rate",
        "delivered / recipients × 100",
        _REPORTS,
        "Delivered, as Klaviyo reports it, divided by recipients.",
    ),
    "engagement.open": Definition(
        "Open rate",
        "sum of unique opens / delivered × 100",
        _REPORTS,
        "Sum of unique opens divided by delivered, over the channels that tell opens (text messages do not).",
    ),
    "engagement.click": Definition(
        "Click rate",
        "sum of unique clicks / delivered × 100",
        _REPORTS,
        "Sum of unique clicks divided by delivered.",
    ),
    "engagement.conversion": Definition(
        "Conversion rate",
        "sum of unique buyers / delivered × 100",
        _REPORTS,
        "Sum of unique buyers divided by delivered, as Klaviyo attributes orders to messages, by send date.",
    ),
    "engagement.per_recipient": Definition(
        "Revenue per recipient",
        "conversion value / recipients",
        _REPORTS,
        "Revenue per recipient: conversion value that Klaviyo attributes, by send date, divided by "
        "recipients; not reduced by refunds.",
    ),
    "engagement.reachable": Definition(
        "Reachable",
        "profiles with consent that are not suppressed",
        "profiles",
        "Profiles that consented to marketing on the channel and that Klaviyo may send to: suppressed, deleted and "
        "merged ones are out.",
    ),
    "engagement.engaged": Definition(
        "Engaged",
        "reachable profiles with an open, click or order in the last days",
        "profiles and events",
        "Reachable profiles who opened or clicked on the channel, or ordered, in the last days (90, unless Settings "
        "say otherwise). Opens by machines and clicks by bots do not count.",
    ),
    "message.recipients": Definition(
        "Recipients of a campaign or flow",
        "sum of recipients",
        _REPORTS,
        "Messages sent: one person counts once for each message.",
    ),
    "message.open": Definition(
        "Open rate of a campaign or flow",
        "sum of unique opens / delivered × 100",
        _REPORTS,
        "Sum of unique opens / delivered; text messages tell none. Those of machines are in, but of a campaign whose "
        "events tell them apart.",
    ),
    "message.conversion": Definition(
        "Conversion rate of a campaign or flow",
        "sum of unique buyers / delivered × 100",
        _REPORTS,
        "Sum of unique buyers / delivered, attributed by Klaviyo.",
    ),
    "message.value": Definition(
        "Revenue of a campaign or flow",
        "sum of conversion values",
        _REPORTS,
        "Conversion value, attributed by Klaviyo by send date, before refunds.",
    ),
    "rfm.customers": Definition(
        "Customers",
        "customers with an order that counts",
        _CUSTOMERS,
        "Customers with at least one order that counts: not cancelled, with a value above 0. Bought again: "
        "two such orders or more, of one day, too.",
    ),
    "rfm.champions": Definition(
        "Champions",
        "customers of that segment",
        _CUSTOMERS,
        "Customers of the best scores: lately, often, and for much.",
    ),
    "rfm.fifth": Definition(
        "Best fifth brings",
        "net revenue of the fifth who spent the most / net revenue of all × 100",
        _CUSTOMERS,
        "Share of net revenue of the fifth of customers who spent the most.",
    ),
    "rfm.losing": Definition(
        "To win back",
        "customers of At Risk and Cannot Lose Them (of Klaviyo's groups: At risk)",
        _CUSTOMERS,
        "Customers who spent well or often, and have gone silent.",
    ),
    "rfm.away": Definition(
        "Gone quiet",
        "customers of Hibernating and Lost (of Klaviyo's groups: Inactive)",
        _CUSTOMERS,
        "Customers of the segments whose last order is longest ago and who never bought much.",
    ),
    "rfm.came": Definition(
        "New since then",
        "customers without an order in the window before the earlier date",
        _CUSTOMERS,
        "Customers whose first order in the window came after the earlier date.",
    ),
    "cohorts.customers": Definition(
        "Customers",
        "customers with an order that counts",
        _CUSTOMERS,
        "Customers with at least one order that counts: not cancelled, with a value above 0. The line: "
        "customers by month of their first order.",
    ),
    "cohorts.repeat": Definition(
        "Repeat rate",
        "customers with two orders or more / customers × 100",
        _CUSTOMERS,
        "Customers who bought again (two orders or more, of one day, too), as a share of all. Beneath, and "
        "the line: the share who come back on a later day, within so many days of their first order, by the "
        "product limit of Kaplan and Meier, so that customers who came lately do not count as lost.",
    ),
    "cohorts.gap": Definition(
        "Order interval",
        "median of the days between two order days of one customer",
        _CUSTOMERS,
        "Median of the days between two orders of one customer, orders of one day counted once; it knows only "
        "gaps that have ended. Beneath: days after which half of the customers have ordered a second time, "
        "with those who have not come back yet counted as such. The line: gaps by length.",
    ),
    "cohorts.year": Definition(
        "First year",
        "average net revenue per customer so far in the twelfth month",
        _CUSTOMERS,
        "Net revenue of orders per customer in the month of the first order and the eleven months after it, "
        "over the cohorts whose months are over. Beneath: in the month of the first order. The line: month by "
        "month.",
    ),
    "cohorts.active": Definition(
        "Still active",
        "mean P(alive) × 100",
        f"{_CUSTOMERS}; MBG/NBD",
        "Mean probability that a customer has not stopped buying.",
    ),
    "cohorts.expected": Definition(
        "Expected revenue",
        "Σ expected orders × expected order value × (1 − refund rate)",
        f"{_CUSTOMERS}; MBG/NBD and Gamma-Gamma",
        "What the customers of today are expected to bring in the months that come: expected orders (MBG/NBD) "
        "× expected value of an order × what refunds leave, × margin rate where one is set.",
    ),
    "products.revenue": Definition(
        "Revenue, 30 days",
        "line totals after discounts − refunds of those lines",
        _LINES,
        "Line totals after discounts less refunds of those lines, of orders of the 30 days before the as-of date.",
    ),
    "products.units": Definition(
        "Units, 30 days",
        "sum of quantities",
        _LINES,
        "Pieces in those orders.",
    ),
    "products.sold": Definition(
        "Products sold",
        "number of products with a unit",
        _LINES,
        "Products with at least one unit in the 30 days.",
    ),
    "products.new": Definition(
        "New products",
        "products first sold within 30 days",
        _LINES,
        "First sold within the last 30 days; their part of the net revenue of 90 days.",
    ),
    "products.fading": Definition(
        "Fading products",
        "velocity below 0.5",
        _LINES,
        "On sale for more than 90 days, at least 10 units in them, and in the last 30 days less than half of "
        "what an even pace would have been (velocity below 0.5).",
    ),
    "products.refunds": Definition(
        "Refund rate of products",
        "refunds of orders of 90 days / their line totals × 100",
        f"{_LINES}, refunds",
        "Refunds of the orders of 90 days / their line totals. Cancelled orders count for no product: their "
        "cancellations are not in it, unlike on Revenue. Young orders may still come back.",
    ),
    "basket.baskets": Definition(
        "Baskets",
        "number of orders with a product",
        _LINES,
        "Orders that count, with at least one product; a basket is the distinct products of one order.",
    ),
    "basket.size": Definition(
        "Size of a basket",
        "mean of distinct products or categories",
        _LINES,
        "Distinct ones of an order, on average.",
    ),
    "basket.several": Definition(
        "With several",
        "baskets of two or more / baskets × 100",
        _LINES,
        "Baskets of two distinct products or more / all baskets.",
    ),
    "basket.tested": Definition(
        "Pairs tested",
        "number of pairs tested",
        _LINES,
        "Pairs in at least the minimum number of baskets, and pairs of one category that chance would bring "
        "together ten times. The tests are corrected for their number (false discovery rate 5 %).",
    ),
    "basket.bound": Definition(
        "Bought together",
        "number of pairs whose lift is surely above 1",
        _LINES,
        "Pairs whose lift is surely above 1: the lower end of its 95 % interval, at a false discovery rate of 5 %.",
    ),
    "basket.surest": Definition(
        "Surest lift",
        "lower end of the 95 % interval of n(AB) · N / (n(A) · n(B))",
        _LINES,
        "Lower end of the 95 % interval of the lift of the first pair in the table.",
    ),
    "jobs.runs": Definition(
        "Runs",
        "number of runs",
        _RUNS,
        "Syncs, loads and computations that began in these days.",
    ),
    "jobs.well": Definition(
        "Ended well",
        "runs without a failure / runs that ended × 100",
        _RUNS,
        "Runs that ended without a failure, of all that ended. A cancelled one did not fail.",
    ),
    "jobs.events": Definition(
        "New events",
        "sum over runs",
        _RUNS,
        "Events that were not known before, over all runs.",
    ),
    "jobs.seconds": Definition(
        "Usual length",
        "median of the runs that ended well",
        _RUNS,
        "The median of the runs that ended well: half of them were shorter.",
    ),
    "jobs.rate": Definition(
        "Events a second",
        "new events / seconds",
        _RUNS,
        "New events over the time of the runs that brought some.",
    ),
    "jobs.rejected": Definition(
        "Left out or repaired",
        "number of items",
        _RUNS,
        "Items that could not be taken as they came. Each run says where and why.",
    ),
    "health.trouble": Definition(
        "Trouble",
        "number of checks that found something",
        _CLOCK,
        "Checks that found something to do. Each says what.",
    ),
    "health.fresh": Definition(
        "Data up to",
        "end of the last complete sync",
        _CLOCK,
        "The moment up to which this store's orders are known.",
    ),
    "health.failing": Definition(
        "Work that fails",
        "number of pieces of work",
        _CLOCK,
        "Work by the clock whose last try failed. It is tried again after a pause that doubles up to an hour.",
    ),
    "health.backup": Definition(
        "Last backup",
        "time since it was finished",
        _CLOCK,
        "The newest backup that was finished.",
    ),
    "health.taken": Definition(
        "Space taken",
        "bytes of both databases",
        _CLOCK,
        "What both databases take on their disks, as of the last examination.",
    ),
    "health.free": Definition(
        "Space free",
        "bytes",
        _CLOCK,
        "Free on the disk of DATA_DIR.",
    ),
}
