"""The six answers on top of the engagement page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from analytics.engagement import Counts, EngagementFigures, Part
from analytics.periods import change_pct
from components import wording
from components.cards import Card
from components.definitions import Told, told
from components.revenue_series import Shown, Value

CARDS = 6


def engagement_cards(figures: EngagementFigures, part: Part, shown: Shown) -> list[Card]:
    """Recipients, delivery, open, click and conversion rate, revenue per recipient; changes over whole days."""
    currency, this = shown.account.currency, figures.this.of(part)
    now = figures.whole.of(part)
    before = figures.compared.of(part) if figures.compared is not None else None
    missing = wording.NOT_AVAILABLE if shown.comparison is not None else ""
    series = figures.this.by_bucket(part, shown.starts)[shown.whole]

    def card(
        key: str,
        label: str,
        of: Callable[[Counts], Value],
        text: Callable[[Value], str],
        beneath: Sequence[str],
        definition: Told,
        *,
        is_rate: bool = True,
        good: Literal["up", "neither"] = "up",
    ) -> Card:
        change, was = missing, ""
        if before is not None:
            held, then = of(now), of(before)
            was = text(then)
            if is_rate:
                change = wording.points(None if held is None or then is None else float(held) - float(then))
            else:
                pct = change_pct(*(None if value is None else float(value) for value in (held, then)))
                change = wording.change(pct)
        values = [of(counts) for counts in series]
        trend = [round(float(value), 4) if value is not None else 0.0 for value in values]
        return Card(key, label, text(of(this)), change, good, was, beneath, definition, trend)

    running = "The change leaves out the day that is not over." if shown.running else ""
    no_opens = part.channel == "sms"
    whose = (
        "People's only: opens by machines and clicks by bots are left out of e-mail (a person counts once a day)."
        if figures.people
        else "Those of machines are in: Klaviyo's reports do not tell them apart."
    )
    return [
        card(
            "recipients", "Recipients", lambda c: c.recipients, wording.count_short,
            [f"**{wording.count_short(this.delivered)}** delivered"],
            told("engagement.recipients", running),
            is_rate=False, good="neither",
        ),
        card(
            "delivery", "Delivery rate", lambda c: c.delivery_rate, wording.rate,
            [f"Bounces **{wording.rate(this.bounce_rate)}**"],
            told("engagement.delivery", running),
        ),
        card(
            "open", "Open rate", lambda c: c.open_rate, wording.rate,
            ["SMS tells no opens" if no_opens else f"**{wording.count_short(this.opens)}** opens"],
            told("engagement.open", f"{whose} {running}"),
        ),
        card(
            "click", "Click rate", lambda c: c.click_rate, wording.rate,
            [f"**{wording.count_short(this.clicks)}** clicks"],
            told("engagement.click", f"{whose} {running}"),
        ),
        card(
            "conversion", "Conversion rate", lambda c: c.conversion_rate, wording.rate,
            [f"**{wording.count_short(this.conversions)}** orders"],
            told("engagement.conversion", running),
        ),
        card(
            "per_recipient", "Per recipient", lambda c: c.per_recipient,
            lambda value: wording.money(value, currency),
            [f"**{wording.money_short(this.value, currency)}** in all"],
            told("engagement.per_recipient", running),
            is_rate=False,
        ),
    ]  # fmt: skip
