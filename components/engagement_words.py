"""The engagement page in sentences: what is shown, what moved, which campaigns did best and why, what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from analytics.campaign_standing import Verdict
from analytics.deliverability import TREND_DAYS, Standing, State
from analytics.engagement import EngagementFigures, Part
from analytics.message_value import moved, reconcile
from components import wording
from components.revenue_series import Shown
from components.revenue_words import CHANNELS, freshness

CHANNEL_CHOICES: Final = {"All": "", "E-mail": "email", "SMS": "sms", "Push": "push", "WhatsApp": "whatsapp"}
MACHINE_CHOICES: Final = {"By people": False, "With machines": True}
KIND_CHOICES: Final = {"All": "", "Campaigns": "campaign", "Flows": "flow"}
NAMES: Final = {"email": "E-mail", "sms": "SMS", "push": "Push", "whatsapp": "WhatsApp", "none": "No message"}
STATUS: Final = {"live": "Live", "manual": "Paused (manual)", "draft": "Draft", "": "Not known"}

FUNNEL: Final = "Bars: of all recipients. Table: delivered of recipients, the other rates of those delivered."
DELIVERABILITY: Final = (
    "The state goes by the last 14 whole days; the line shows complaints of the 14 days up to each. Gmail does not "
    "report complaints to senders, so the true rate is higher: Google Postmaster Tools tells it. Limits: complaints "
    "0.1 % (0.3 % at most), bounces 2\N{NO-BREAK SPACE}%."
)

AS_REPORTED: Final = "Opens and clicks here are as Klaviyo's reports count them, with those of machines."


def channel(name: str) -> str:
    """A channel's name at the beginning of something."""
    return NAMES.get(name, name.capitalize() or "Not known")


def flow_status(status: str, *, archived: bool) -> str:
    """A flow's state as people say it."""
    said = STATUS.get(status, status.capitalize())
    return f"Archived ({said.lower()})" if archived else said


def part_said(part: Part) -> str:
    """Which messages are looked at."""
    kind = {"": "campaigns and flows", "campaign": "campaigns", "flow": "flows"}[part.kind]
    return f"{kind}, {CHANNELS.get(part.channel, part.channel)} only" if part.channel else f"{kind}, all channels"


def caption(shown: Shown, part: Part, *, compared: bool) -> str:
    """Days against the comparison, zone, currency, what is looked at, how fresh."""
    days = f"messages sent {wording.days(shown.period)}"
    if compared and shown.comparison:
        days += f" {wording.versus(shown.comparison)}"
        if shown.running:
            days += ", without the day that is not over"
    return " · ".join(
        [
            shown.account.name,
            days,
            f"{shown.account.timezone} time",
            f"{shown.account.currency}, attributed by Klaviyo",
            part_said(part),
            reached(shown),
        ]
    )


def reached(shown: Shown) -> str:
    """How far statistics reach: orders may be newer than the reports."""
    until = shown.account.messages_until
    if until is None or shown.as_of != until:
        return freshness(shown)
    return f"statistics up to {wording.moment(until, shown.account.zone, shown.now)}"


def too_early(figures: EngagementFigures, shown: Shown) -> str:
    """Why nothing is compared although it was asked for; '' where it is."""
    if shown.comparison is None or figures.compared is not None or figures.first_day is None:
        return ""
    if shown.comparison.period.start < figures.first_day:
        return (
            f"Statistics are known since {wording.day(figures.first_day)}: the days compared with begin before that, "
            "so no change can be given."
        )
    return "No day of this period is over and in the statistics yet, so nothing is compared."


def what_moved(figures: EngagementFigures, part: Part, shown: Shown) -> str:
    """What messages brought and why it changed, in a sentence."""
    currency, this = shown.account.currency, figures.this.of(part)
    if this.recipients is None:
        return ""
    brought = f"Messages brought **{wording.money_short(this.value, currency)}**"
    if figures.compared is None:
        return f"{brought}. {too_early(figures, shown)}".strip()
    found = moved(figures.whole.of(part), figures.compared.of(part))
    if found is None:
        return f"{brought}; there is nothing to compare it with."
    return (
        f"{brought}, {_direction(found.change_pct)}: {wording.points(found.recipients_points)} from the number of "
        f"recipients, {wording.points(found.value_points)} from what a recipient brings."
    )


def _direction(change: float) -> str:
    if abs(change) < 0.05:
        return "as much as before"
    return f"{wording.rate(abs(change))} {'more' if change > 0 else 'less'} than before"


def verdict(found: Verdict, currency: str) -> str:
    """How a campaign did against its channel's year, and what weighs most in it."""
    campaign = found.campaign
    head = (
        f"{wording.money(campaign.counts.per_recipient, currency)} a recipient, "
        f"{found.index:.1f} × the usual of {CHANNELS.get(campaign.channel, campaign.channel)}"
    )
    if found.index <= 0:
        why = {
            "delivered": "nothing was delivered",
            "reacted": "nobody opened it" if campaign.counts.opens is not None else "nobody clicked",
        }.get(found.factor, "nobody bought")
        return f"{head}: {why}"
    own, usual = wording.rate(found.own * 100), wording.rate(found.usual * 100)
    reaction = "opened it" if campaign.counts.opens is not None else "clicked"
    return head + {
        "delivered": f": {own} were delivered, usually {usual}",
        "reacted": f": {own} {reaction}, usually {usual}",
        "bought": f": {own} of those who {reaction} bought, usually {usual}",
        "spent": f": a buyer spent {wording.money(found.own, currency)}, "
        f"usually {wording.money(found.usual, currency)}",
    }.get(found.factor, "")


def warning(found: Standing) -> str:
    """What an e-mail rate at its limit, or heading for it, means and asks for; '' where it is fine."""
    limit = found.limit
    if found.state in (State.GOOD, State.UNKNOWN) or limit.limit is None:
        return ""
    judged = found.recent if found.recent is not None else found.share
    over = f"{TREND_DAYS} days" if found.recent is not None else "these days"
    now = f"{limit.name} of e-mail stand at {fine(judged)} over {over}"
    act = {
        "Bounces": "Take out addresses that bounced, and check where new ones come from.",
        "Spam complaints": "Send to engaged subscribers only until it falls, and make it easy to unsubscribe.",
    }[limit.name]
    if found.state is State.HEADING and found.reached is not None:
        return f"{now}; at this pace they reach the limit of {fine(limit.limit)} on {wording.day(found.reached)}. {act}"
    line = limit.critical if found.state is State.CRITICAL and limit.critical is not None else limit.limit
    meant = "mailbox providers may refuse all mail" if found.state is State.CRITICAL else "mail may land in spam"
    return f"{now}, above the limit of {fine(line)}: {meant}. {act}"


def fine(value: float | None) -> str:
    """A small rate with two decimals."""
    return wording.NOT_AVAILABLE if value is None else f"{value:.2f} %"


def attribution(figures: EngagementFigures, shown: Shown) -> str:
    """One line that reconciles the orders' attribution with Klaviyo's, to the cent."""
    currency, found = shown.account.currency, reconcile(figures.won, figures.this)
    said = f"Orders of these days give messages {wording.money(found.orders, currency)}"
    if found.earlier:
        said += f" {wording.MINUS} {wording.money(found.earlier, currency)} won by campaigns sent before them"
    if found.rest:
        said += (
            f" {'+' if found.rest > 0 else wording.MINUS} {wording.money(abs(found.rest), currency)} for orders "
            "outside of these days, flow messages sent before them and Klaviyo's own rules"
        )
    if not found.earlier and not found.rest:
        return f"{said}, and so does Klaviyo."
    return f"{said} = {wording.money(found.klaviyo, currency)}, what Klaviyo gives to messages of these days."


def notes(figures: EngagementFigures, shown: Shown, part: Part) -> list[str]:
    """What is left out, what is not final, which method."""
    this = figures.this.of(part)
    said = [
        "Counts are Klaviyo's, by the day of sending. A rate is the sum of its numerators over the sum of its "
        "denominators. People are counted by message and day and added up: a *sum of uniques*, not a number of people.",
        opens_said(figures),
        "Revenue here is Klaviyo's attribution, by send date, not reduced by refunds; messages of the last days go on "
        "winning orders for as long as the attribution window is open, so their figures still grow.",
        "A campaign's rates stand beside the median of the store's campaigns of that channel in the year up to the "
        "period's end. Best and worst are told by revenue per recipient against all of the channel's campaigns of "
        "that year; campaigns to a fifth of the usual recipients or fewer are left out.",
        "Limits of e-mail: spam complaints below 0.1 %, never 0.3 %; bounces below 2 %. Gmail does not report "
        "complaints to senders, so the true rate is higher. A warning comes where the line through the last 14 whole "
        "days, weighted by messages, reaches a limit within 14 days and its rise is more than chance (one-sided 5 %).",
    ]
    if shown.running:
        said.append("The day that is not over is in the figures, and left out of every change.")
    if this.recipients and abs(this.unexplained) > 0:
        said.append(
            f"{wording.count(abs(this.unexplained))} recipients are "
            + ("neither delivered nor bounced nor failed" if this.unexplained > 0 else "counted twice")
            + " in Klaviyo's statistics: delivered is taken as reported."
        )
    return said


def opens_said(figures: EngagementFigures) -> str:
    """Whether machines are among the opens and clicks, and why."""
    texts = "Text messages tell no opens and are left out of open rates."
    if not figures.people:
        return (
            "Opens by machines and clicks by bots are in, since Klaviyo's reports do not tell them apart; open rates "
            f"are too high by that. They are left out where the events of e-mail of all these days are known. {texts}"
        )
    held = (
        "In the tables of campaigns and tags they are left out, too."
        if figures.campaigns_people
        else "In the tables of campaigns and tags they are in: not all of the year's campaigns have events."
    )
    return (
        "Opens and clicks of e-mail are people's, from events by the day of sending, each person once a day and "
        f"message: opens by machines and clicks by bots are left out. {held} In the table of flows, and of a "
        f"campaign's variations, they are as Klaviyo's reports count them, with those of machines. {texts}"
    )


def no_statistics(shown: Shown) -> str:
    """What to do for a store without statistics."""
    if shown.account.files is not None:
        return "This store is filled from order files: campaigns and flows come with a Klaviyo account."
    return "Campaigns, flows and forms come with a sync: press **Sync now** in the sidebar."


def nothing_sent(figures: EngagementFigures) -> str:
    """What to do where nothing was sent in the chosen days or part."""
    since = f"Messages are known since {wording.day(figures.first_day)}. " if figures.first_day else ""
    return f"{since}Choose other days, or take a filter away."


def usual_since(shown: Shown) -> str:
    """The days that 'usual' refers to."""
    first = shown.period.end - timedelta(days=364)
    return f"{wording.day(first)} – {wording.day(shown.period.end)}"
