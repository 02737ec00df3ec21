"""What the page Cohorts says in words: its caption, what the figures come to, and its notes."""

from __future__ import annotations

from datetime import datetime, timedelta

from analytics.account import Account
from analytics.cohorts import average_growth, share_returned, usual_return
from analytics.customer_base import CustomerBase
from analytics.lifetime_value import Calibration, Terms
from analytics.order_value import GammaGamma
from analytics.repeat_buying import LEAST_REPEAT_CUSTOMERS, NotFitted, Reason
from components import wording
from components.cohort_cards import SOON_DAYS, first_year
from components.revenue_words import orders_up_to


def caption(base: CustomerBase, account: Account, now: datetime | None) -> str:
    """For whom, up to when, in whose time and money, and how fresh. now: None for a text that is kept."""
    return " · ".join(
        [
            account.name,
            f"all orders up to {orders_up_to(base.as_of, account)}",
            "customers by the month of their first order",
            f"{account.timezone} time",
            f"{account.currency}, {account.value_wording}, net of refunds",
            f"computed {wording.moment(base.computed_at, account.zone, now)}",
        ]
    )


def what_it_comes_to(base: CustomerBase, currency: str) -> str:
    """How many come back soon, what a first year brings, and how much of it the first month has brought."""
    said = []
    if base.returned:
        said.append(
            f"{wording.rate(share_returned(base.returned, SOON_DAYS))} of new customers come back within "
            f"{SOON_DAYS} days, {wording.rate(share_returned(base.returned, 365))} within a year."
        )
    else:
        said.append("No customer has come back yet.")
    year, grown = first_year(base), average_growth(base.cohorts, "revenue")
    if year is not None and year > 0:
        said.append(
            f"A customer brings {wording.money(year, currency)} in the first year, "
            f"{wording.rate(100 * grown[0].value / year)} of it in the month of the first order."
        )
    return " ".join(said)


def after_deductions(terms: Terms) -> str:
    """What expected money is less than orders × their value: refunds, discounting, what is no margin."""
    said = [f"{wording.rate(100 * terms.refund_rate)} refunds off"]
    if terms.discount_rate:
        said.append(f"discounted by {wording.rate(100 * terms.discount_rate)} a year")
    if terms.margin_rate is not None:
        said.append(f"at a margin of {wording.rate(100 * terms.margin_rate)}")
    return f" ({', '.join(said)})"


def not_fitted(found: NotFitted) -> str:
    """Why there is no model, and what stands in its place."""
    if found.reason is Reason.FEW_REPEAT_CUSTOMERS:
        why = (
            f"The model of repeat buying needs {LEAST_REPEAT_CUSTOMERS} customers who ordered on a second day; there "
            f"{'is' if found.repeat_customers == 1 else 'are'} {wording.count(found.repeat_customers)}."
        )
    else:
        why = "No model of repeat buying fits these orders."
    return (
        f"{why} Who is still active is told from how long customers have been silent against the median gap between "
        "orders (at least 1 day; here two orders of one day are a gap of 0), and what they will bring is not available."
    )


def gaps(base: CustomerBase) -> str:
    """The usual time between orders, with and without those who have not come back."""
    if base.median_gap is None:
        return "Nobody has ordered a second time yet."
    half = usual_return(base.returned)
    back = (
        f"half of all customers order a second time within {half:,} days of their first."
        if half is not None
        else "fewer than half of all customers ever ordered a second time."
    )
    return (
        f"Median {base.median_gap:,.0f} days, of gaps that have ended. With those counted who are yet to return, {back}"
    )


def calibration(found: Calibration | NotFitted | None, base: CustomerBase) -> str:
    """How well orders that were held out are foretold."""
    if found is None:
        return "The history is too short to hold a part of it out: twelve weeks are needed."
    if isinstance(found, NotFitted):
        return "Too few customers had ordered on a second day before the held-out days: nothing can be foretold."
    split = base.as_of - timedelta(days=found.held_out_days)
    error = found.error_pct
    if error is None:
        return f"Fitted on orders before {wording.day(split)}; no orders came in the {found.held_out_days} days after."
    off = "as many" if abs(error) < 0.05 else f"{wording.rate(abs(error))} too {'many' if error > 0 else 'few'}"
    return (
        f"Fitted on orders before {wording.day(split)}, held against the {found.held_out_days} days after: "
        f"{wording.count(found.predicted)} orders foretold, {wording.count(found.actual)} came ({off})."
    )


def notes(base: CustomerBase, account: Account) -> list[str]:
    """What is left out, what is not final, which method."""
    found = [
        "All orders are looked at: the period and the comparison of the sidebar do not apply here.",
        "Orders that count: not cancelled, with a value above 0. Revenue is what these orders brought less their "
        "refunds, whenever those came.",
        f"Refunds of orders younger than {account.return_days} days are not final.",
        "Months are calendar months; hollow cells and points belong to a month that is not over, and no average "
        "holds them.",
        "Orders without an exchange rate count as orders and not as revenue. Who looks new may have bought before the "
        "store's history begins.",
    ]
    if isinstance(base.model, NotFitted):
        return [*found, not_fitted(base.model)]
    model = base.model
    found.append(
        f"{model.model} (Batislam, Denizel, Filiztekin 2007), orders of one day once: r {model.r:.3f}, "
        f"α {model.alpha:.2f} days, a {model.a:.3f}, b {model.b:.3f}."
    )
    values = base.order_values
    if isinstance(values, GammaGamma):
        found.append(
            f"Value of an order: Gamma-Gamma (Fader, Hardie 2013) on repeat orders: p {values.p:.2f}, "
            f"q {values.q:.2f}, γ {values.gamma:.2f}."
        )
    else:
        found.append(
            "Value of an order: the customer's mean shrunk to the account's, since order values spread too widely for "
            "the Gamma-Gamma model."
        )
    terms = base.terms
    found.append(
        f"Expected within {terms.months} months, after {wording.rate(100 * terms.refund_rate)} refunds, "
        + (f"discounted by {wording.rate(100 * terms.discount_rate)} a year" if terms.discount_rate else "undiscounted")
        + ("; no margin is set, so it is revenue." if terms.margin_rate is None else
           f"; margin {wording.rate(100 * terms.margin_rate)}.")
    )  # fmt: skip
    return found
