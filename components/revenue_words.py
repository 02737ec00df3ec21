"""The revenue page in sentences: what is shown, what moved, what is left out. Everything said is computed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from analytics.account import Account, OrderFiles
from analytics.periods import Against
from analytics.revenue import YOUNG_HISTORY_DAYS, RevenueFigures, largest_shift, movement
from components import wording
from components.revenue_comparison import comparable, too_early
from components.revenue_series import Shown

KINDS = {"campaign": "Campaigns", "flow": "Flows", "none": "Unattributed orders"}
CHANNELS = {"email": "e-mail", "sms": "SMS", "push": "push", "whatsapp": "WhatsApp", "none": "no message"}


def caption(shown: Shown, filtered: Sequence[str], *, compared: bool = True) -> str:
    """The page in one sentence: days, comparison, zone, currency, what a value holds, filters, freshness.

    `compared`: False where nothing of the compared period can be shown, so that it is not named.
    """
    pieces = [shown.account.name, wording.days(shown.period)]
    if shown.comparison and compared:
        pieces[1] += f" {wording.versus(shown.comparison)}"
        if shown.running:
            assert shown.as_of is not None
            reached = shown.as_of.astimezone(shown.account.zone)
            day = "the last day" if reached.date() == shown.period.end else wording.day(reached.date())
            pieces[1] += f", both up to {reached:%H:%M} on {day}"
    pieces.append(f"{shown.account.timezone} time")
    pieces.append(f"{shown.account.currency}, {shown.account.value_wording}")
    pieces.append(", ".join(filtered) if filtered else "all orders")
    pieces.append(freshness(shown))
    return " · ".join(pieces)


def freshness(shown: Shown) -> str:
    """How far the data reach."""
    files = shown.account.files
    if files is not None:
        return _loaded(files, shown)
    if shown.as_of is None:
        return "never synced"
    return f"data up to {wording.moment(shown.as_of, shown.account.zone, shown.now)}"


def _loaded(files: OrderFiles, shown: Shown) -> str:
    """The same for a store that is filled from files: its orders are known up to the end of a day."""
    if shown.as_of is None or files.loaded_at is None:
        return "no file loaded yet"
    last = (shown.as_of - timedelta(microseconds=1)).astimezone(shown.account.zone).date()
    on = files.loaded_at.astimezone(shown.account.zone).date()
    return f"orders up to {wording.day(last)}, loaded from {files.name} on {wording.day(on)}"


def orders_up_to(as_of: date, account: Account) -> str:
    """The last day whose orders are in figures of an as-of date: that day, as far as it is synced; files end before."""
    return wording.day(as_of - timedelta(days=1) if account.files is not None else as_of)


def known_since(first_day: date) -> str:
    """How far the history reaches back."""
    return f"Orders are known since {wording.day(first_day)}"


def without_rate(figures: RevenueFigures, shown: Shown) -> str:
    """Orders of the period that no sum holds, and what to do; '' where there are none."""
    if not figures.unpriced:
        return ""
    told = [f"{_orders(number)} in {currency}" for currency, number in sorted(figures.unpriced.items())]
    one = sum(figures.unpriced.values()) == 1
    return (
        f"{', '.join(told)} {'has' if one else 'have'} no exchange rate to {shown.account.currency} and "
        f"{'is' if one else 'are'} in no sum. Add a rate in Settings."
    )


def nothing_found(first_day: date, shown: Shown) -> str:
    """Since when orders are known, and what to do where a period holds nothing."""
    if shown.as_of is not None and shown.as_of.astimezone(shown.account.zone).date() < shown.period.start:
        if shown.account.files is not None:
            return f"This period begins after the last order ({freshness(shown)}). Choose earlier days."
        return f"The {freshness(shown)}, before this period begins. Press **Sync now**, or choose earlier days."
    return f"{known_since(first_day)}. Choose other days, or take a filter away."


def no_orders(shown: Shown) -> str:
    """What to do for a store without an order."""
    if shown.account.files is not None:
        return "This store has no orders here yet: load a file with `promolens load-orders`."
    return "This store has no orders here yet: press **Sync now** in the sidebar."


def not_computed(account: Account, what: str) -> str:
    """What to do where a page over tables that are derived from orders has none. what: such as 'its customers'."""
    if account.files is not None:
        return (
            f"This store has no orders here yet, or {what} have not been computed: load a file with `promolens "
            "load-orders`, or run `promolens aggregate`."
        )
    return (
        f"This store has no orders here yet, or {what} have not been computed: press **Sync now** in the sidebar; they "
        "are computed at its end."
    )


def against_words(against: Against) -> str:
    """What the value before a change on a card is."""
    return {Against.PREVIOUS: "Before", Against.LAST_YEAR: "Last year", Against.NONE: ""}[against]


def what_moved(figures: RevenueFigures, shown: Shown) -> str:
    """Why gross revenue changed, in a sentence or two; '' where nothing is compared."""
    if shown.as_of is None:
        return (
            "The first sync is not complete. It brings the newest orders first, so earlier days may be missing and "
            "nothing is compared yet."
        )
    if figures.compared is None:
        return ""
    if too_early(figures, shown):
        assert figures.first_day is not None
        return f"{known_since(figures.first_day)}: the days compared with begin before that, so no change can be given."
    other = comparable(figures, shown).sums
    if other is None:
        return "Too many orders have no exchange rate: no change of revenue can be given."
    moved = movement(figures.this.total, other.total)
    if moved is None and other.total.gross:
        return "This period holds no revenue; the period compared with does."
    if moved is None:
        return "The period compared with holds no revenue, so no change can be given."
    if abs(moved.change_pct) < 0.05:
        said = "Gross revenue stood still."
    else:
        verb = "rose" if moved.change_pct > 0 else "fell"
        said = f"Gross revenue {verb} {wording.rate(abs(moved.change_pct))}: {_points(moved.orders_points)} from "
        said += f"{'more' if moved.orders_points >= 0 else 'fewer'} orders, {_points(moved.value_points)} from "
        said += f"{'larger' if moved.value_points >= 0 else 'smaller'} ones."
    shift = largest_shift(figures.this, other)
    # Files tell no campaign or flow: all of it would be said of orders without one.
    if shift is None or shown.account.files is not None:
        return said
    (kind, channel), amount = shift
    who = KINDS.get(kind, kind) if kind == "none" else f"{KINDS.get(kind, kind)} by {CHANNELS.get(channel, channel)}"
    sign = "+" if amount > 0 else ""
    return f"{said} {who} moved most: {sign}{wording.money_short(amount, shown.account.currency)}."


def discounts(figures: RevenueFigures, shown: Shown, against: Against) -> str:
    """What discounts took, against the period compared with."""
    this = figures.this.total
    said = f"Discounts took {wording.rate(this.discount_share)} of list value"
    other = comparable(figures, shown).sums
    if other is not None:
        before = "a year before" if against is Against.LAST_YEAR else "before"
        said += f" ({wording.rate(other.total.discount_share)} {before})"
    return f"{said}; {wording.rate(this.discounted_orders_share)} of orders had one."


def notes(figures: RevenueFigures, shown: Shown, *, in_part: bool = False) -> list[str]:
    """What is left out, what is not final, and how figures are made. `in_part`: only first, repeat or cancelled orders
    are shown."""
    said = []
    if in_part:
        said.append(
            "First, repeat and cancelled orders are parts that add up to all orders. One that was cancelled, or has no "
            "value above 0, is nobody's purchase: it is neither a first nor a repeat order and stands under cancelled."
        )
    for currency, number in sorted(figures.unpriced.items()):
        said.append(
            f"{_orders(number)} in {currency} without an exchange rate to {shown.account.currency}: in the number of "
            "orders and in no sum. Add a rate on the settings page."
        )
    for currency, number in sorted(figures.unconverted.items()):
        said.append(
            f"{wording.count(number)} refund(s) in {currency} have no exchange rate to {shown.account.currency}: they "
            "are deducted nowhere. Add a rate on the settings page."
        )
    if figures.immature:
        said.append(
            f"{wording.count(figures.immature)} order(s) are younger than the usual return time of "
            f"{shown.account.return_days} days: their refund rate is not final."
        )
    if figures.first_day and shown.period.start < figures.first_day + timedelta(days=YOUNG_HISTORY_DAYS):
        said.append(
            f"{known_since(figures.first_day)}. Before that history is 12 months old, some "
            "customers counted as new may have bought earlier."
        )
    if figures.rejected:
        said.append(
            f"{wording.count(figures.rejected)} event(s) of these days could not be read as an order or refund and are "
            "left out."
        )
    if figures.rejected_lines:
        said.append(
            f"{wording.count(figures.rejected_lines)} product line(s) of these days could not be read: their orders "
            "count, their products lack them."
        )
    said.append(
        "Net revenue deducts refunds and cancellations on the day they came; the refund rate relates them to their own "
        "orders. "
        + (
            "Attribution is each order's own, from Klaviyo's last message touch before it."
            if shown.account.files is None
            else "Files of orders do not tell which campaign or flow won an order: that is not shown."
        )
    )
    return said


def _orders(number: int) -> str:
    return f"{wording.count(number)} {'order' if number == 1 else 'orders'}"


def _points(value: float) -> str:
    rounded = wording.points(abs(value)).removeprefix("+").removesuffix(" pp")
    return f"{wording.MINUS if value <= -0.05 else ''}{rounded} {'point' if rounded == '1.0' else 'points'}"
