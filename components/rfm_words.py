"""What the page RFM says in words: what each segment means and asks for, and what its figures come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from analytics.account import Account
from analytics.rfm_figures import GONE, NOBODY, RfmFigures, Scheme
from components import wording

# What a segment means, and what to do about it.
MEANING: Final = {
    "Champions": ("Bought lately, often and for much.", "Reward them, ask for reviews, show them what is new first."),
    "Loyal": ("Buy often and spend well.", "Offer more of what they like; a loyalty programme fits them."),
    "Potential Loyalist": (
        "Bought lately, more than once or for a fair sum.", "Recommend the next purchase before they look elsewhere."
    ),
    "New Customers": ("Bought for the first time lately.", "Welcome them and help with the first purchase."),
    "Promising": ("Bought lately, but little so far.", "Give a reason for the second order: a small offer, a guide."),
    "Recent": ("Bought within half a year, not much yet.", "Build the habit: a welcome series, the second order."),
    "Need Attention": (
        "Better than most, but not lately.", "Remind them with an offer for a limited time, from what they bought."
    ),
    "Needs attention": ("Once good, not lately.", "Remind them with an offer for a limited time."),
    "About To Sleep": ("Neither lately nor often.", "Bring back what sells best to them before they forget the shop."),
    "At Risk": ("Spent well and often, long ago.", "Write in person, offer help, win them back while it is possible."),
    "At risk": ("Bought more than half a year ago.", "Win them back now: a strong offer, a question what was missing."),
    "Cannot Lose Them": ("Spent the most, and have gone silent.", "Call on them: the best offer, a person, a survey."),
    "Hibernating": ("Long ago, few orders, little money.", "One reminder of what is new; otherwise write seldom."),
    "Inactive": ("Not for over a year, and little then.", "One last campaign, then leave them out of sends."),
    "Lost": ("The longest ago, the fewest, the least.", "Leave them out of sends, unless a campaign costs nothing."),
}  # fmt: skip
MEASURE_NAMES: Final = {"recency": "Recency", "frequency": "Frequency", "monetary": "Monetary"}


def caption(found: RfmFigures, account: Account, window: str, at: datetime, now: datetime | None) -> str:
    """For whom, up to when, in which scheme, in whose time and money, and how fresh.

    now: None for a text that is kept, where no day is today's.
    """
    return " · ".join(
        [
            account.name,
            f"as of {wording.day(found.as_of)}",
            window.lower() if window == "All history" else f"orders of the last {window}",
            {
                Scheme.QUINTILES: "scored by quintile",
                Scheme.KLAVIYO: "scored as Klaviyo does",
                Scheme.FIXED: "scored by fixed limits",
            }[found.scheme],
            f"moves since {wording.day(found.before)}",
            f"{account.timezone} time",
            f"{account.currency}, {account.value_wording}, net of refunds",
            f"computed {wording.moment(at, account.zone, now)}",
        ]
    )


def share(part: float, whole: float) -> float:
    """A part in per cent of the whole, 0 of nothing."""
    return 100 * part / whole if whole else 0.0


def what_it_comes_to(found: RfmFigures, currency: str) -> str:
    """Who brings the most, and whom the shop is losing."""
    said = []
    best = max(found.groups, key=lambda group: group.cents)
    said.append(
        f"**{best.name}** are {wording.rate(share(best.customers, found.customers))} of customers and bring "
        f"{wording.rate(share(best.cents, found.cents))} of net revenue."
    )
    left = {to: n for (come, to), n in found.moves.items() if come == "Champions" and to != "Champions"}
    came = sum(n for (come, to), n in found.moves.items() if to == "Champions" and come != "Champions")
    if left or came:
        most = max(left, key=lambda name: left[name]) if left else ""
        said.append(
            f"Since {wording.day(found.before)}, {wording.count(sum(left.values()))} left Champions"
            + (f", most of them for {most} ({wording.count(left[most])})" if left else "")
            + f", and {wording.count(came)} joined."
        )
    losing = [group for group in found.groups if group.name in ("At Risk", "At risk", "Cannot Lose Them")]
    if losing:
        cents, number = (sum(group.cents for group in losing), sum(group.customers for group in losing))
        said.append(
            f"{wording.count(number)} {'customer' if number == 1 else 'customers'} who brought "
            f"{wording.money_short(cents / 100, currency)} {'is' if number == 1 else 'are'} to be won back "
            f"({' and '.join(group.name for group in losing)})."
        )
    return " ".join(said)


def why(measure: str, score: int, value: int, found: RfmFigures, currency: str) -> str:
    """Why a customer has this score, as a sentence."""
    limits, groups = found.limits[measure], found.scheme.groups
    told = {
        "recency": f"The last order was {value:,} day{'' if value == 1 else 's'} before {wording.day(found.as_of)}",
        "frequency": f"{value:,} order{'' if value == 1 else 's'}",
        "monetary": f"{wording.money(value / 100, currency)} net of refunds",
    }[measure]
    if not limits:
        return f"**{MEASURE_NAMES[measure]} {score}** of {groups}: {told}; all customers are alike in this."
    if measure == "recency":
        better = [limit for limit in limits if limit < value]
        nearest = (
            f"for {score + 1} it would be {value_said(measure, better[-1], currency)} or fewer"
            if better
            else "no score is better"
        )
    else:
        better = [limit for limit in limits if limit > value]
        nearest = (
            f"for {score + 1} it would be {value_said(measure, better[0], currency)} or more"
            if better
            else "no score is better"
        )
    return f"**{MEASURE_NAMES[measure]} {score}** of {groups}: {told}; {nearest}."


def value_said(measure: str, value: int, currency: str) -> str:
    """A value of a measure with its unit."""
    if measure == "monetary":
        return wording.money(value / 100, currency)
    unit = "day" if measure == "recency" else "order"
    return f"{value:,} {unit}{'' if value == 1 else 's'}"


def risk(details: Mapping[str, Any]) -> str:
    """How the risk of being gone was found."""
    told = details.get("churn") or {}
    if told.get("method") == "silence":
        gap = details.get("median_gap_days")
        if gap is None:
            usual = "90 days, since nobody has bought twice"
        else:
            least = max(gap, 1)
            usual = (
                f"the median gap of {least:,.0f} day{'' if round(least) == 1 else 's'} between orders (two of one day "
                "are a gap of 0; 1 day is the least)"
            )
        return (
            "Risk of being gone: from how long a customer has been silent against twice "
            f"{usual}. The model MBG/NBD could not be fitted ({told.get('reason', 'no orders')})."
        )
    return (
        f"Risk of being gone: 1 − P(alive) under {told.get('method')} (Batislam et al. 2007), "
        + ", ".join(f"{name} {told[name]:.3g}" for name in ("r", "alpha", "a", "b") if name in told)
        + "; orders of one day count once."
    )


def notes(found: RfmFigures, account: Account, details: Mapping[str, Any]) -> list[str]:
    """What counts, how scores are made, what is not final."""
    quintile = (
        "A score is min(5, 1 + ⌊5 × share of customers with a strictly worse value⌋): equal values score equal, and a "
        "measure in which all are alike scores 3."
    )
    return [
        "Customers with at least one order that counts (not cancelled, value above 0) in the window, up to the as-of "
        "date. Recency is days since the last order, frequency orders, monetary their net revenue.",
        {
            Scheme.QUINTILES: quintile,
            Scheme.KLAVIYO: "As Klaviyo does: recency 3 up to 180 days, 2 up to 365, else 1; frequency and monetary "
            "in thirds of customers.",
            Scheme.FIXED: "Limits that an admin set by hand; they do not move with the other customers.",
        }[found.scheme],
        f"Refunds count for the order that they belong to, whenever they came; of orders younger than "
        f"{account.return_days} days more may come. Orders without an exchange rate count as orders, not as revenue.",
        f"Moves: '{NOBODY}' are customers who came since {wording.day(found.before)}; '{GONE}' had "
        "orders in the window then and have none in it now.",
        risk(details),
    ]
