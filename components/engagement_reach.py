"""Which mailboxes let e-mail in, and how often people hear from the store."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from analytics.deliverability import LIMITS
from analytics.engagement import Part
from analytics.engagement_events import FEWEST_MESSAGES, Mailbox, Reach
from analytics.proportions import wilson
from components import bar_chart, charts, tables, wording
from components import engagement_words as words
from components.definitions import told
from components.engagement_words import fine
from components.hovers import hover
from components.plain import plain

MOST: Final = 6
CHANNELS: Final = ("email", "sms", "push", "whatsapp")


def mailbox_table(found: Reach) -> None:
    """Bounces, complaints and unsubscribes of e-mail by mailbox domain, those over a limit named."""
    if not found.mailboxes:
        st.caption("No event of e-mail that was sent in these days is known.")
        return
    held = [(each.domain or "All others", each.counts) for each in found.mailboxes]
    columns: dict[str, list[Any]] = {
        "Mailbox": [name for name, _ in held],
        "Sent": [counts.sent for _, counts in held],
        "Bounced": [counts.bounce_rate for _, counts in held],
        "Complaints": [counts.complaint_rate for _, counts in held],
        "Unsubscribed": [counts.unsubscribe_rate for _, counts in held],
        "Opened": [counts.open_rate for _, counts in held],
        "Clicked": [counts.click_rate for _, counts in held],
        "Machines": [counts.machine_share for _, counts in held],
    }
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(label, format="%.2f %%", help=told)
        for name, label, told in (
            ("Bounced", "Bounced", hover("engagement.bounced")),
            ("Complaints", "Complaints", hover("engagement.complaints")),
            ("Unsubscribed", "Unsubscribed", hover("engagement.unsubscribed")),
        )
    }
    config |= {
        "Sent": st.column_config.NumberColumn("Sent", format="%,d", help=hover("engagement.sent")),
        "Opened": st.column_config.NumberColumn("Opened", format="%.1f %%", help=hover("engagement.opened")),
        "Clicked": st.column_config.NumberColumn("Clicked", format="%.1f %%", help=hover("engagement.clicked")),
        "Machines": st.column_config.NumberColumn(
            "By machines", format="%.1f %%", help=hover("engagement.by_machines")
        ),
    }
    tables.show(columns, config, key="table_mailboxes", rows_seen=8)
    over = [said for each in found.mailboxes if (said := over_limit(each))]
    text = f"{' '.join(over)} " if over else ""
    st.caption(
        f"{text}From events of e-mail sent in these days. Domains of fewer than {FEWEST_MESSAGES} messages stand "
        "together."
    )


def over_limit(found: Mailbox) -> str:
    """Which limits a domain is over, beyond chance; '' where it is over none, or is not one domain.

    Beyond chance: the lower end of the rate's 95 % interval (Wilson) is. One complaint of a hundred says nothing.
    """
    if not found.domain:
        return ""
    counts = found.counts
    told = {"Bounces": (counts.bounced, counts.sent), "Spam complaints": (counts.marked_spam, counts.received)}
    said = [
        f"{limit.name.lower()} {fine(part / whole * 100)}, limit {fine(limit.limit)}"
        for limit in LIMITS
        if limit.limit is not None
        for part, whole in [told[limit.name]]
        if whole and wilson(min(part, whole), whole)[0] * 100 > limit.limit
    ]
    return f"**{plain(found.domain)}** is over a limit: {'; '.join(said)}." if said else ""


def reachable_table(found: Reach, days: int) -> None:
    """Who may be sent messages now, by channel, and how many of them reacted in the last so many days."""
    held = [(words.channel(name), found.reachable[name]) for name in CHANNELS if name in found.reachable]
    if not held or found.engaged_since is None:
        st.caption("No profile's consent is known: profiles come with the sync.")
        return
    columns: dict[str, list[Any]] = {
        "Channel": [name for name, _ in held],
        "Reachable": [each.profiles for _, each in held],
        "Engaged": [each.engaged for _, each in held],
        "Share": [each.engaged_share for _, each in held],
        "Silent": [each.profiles - each.engaged for _, each in held],
    }
    config: dict[str, Any] = {
        "Reachable": st.column_config.NumberColumn("Reachable", format="%,d", help=told("engagement.reachable")),
        "Engaged": st.column_config.NumberColumn(
            "Engaged", format="%,d", help=told("engagement.engaged", f"Here: {days} days.")
        ),
        "Share": st.column_config.NumberColumn("Of reachable", format="%.1f %%", help=hover("engagement.of_reachable")),
        "Silent": st.column_config.NumberColumn("Silent", format="%,d", help=hover("engagement.silent")),
    }
    tables.show(columns, config, key="table_reachable")
    st.caption(
        f"As profiles are now, whatever days are chosen. Engaged: opened, clicked or ordered since "
        f"{found.engaged_since:%d %b %Y} ({days} days, a setting of this store). Who never consented is not reachable "
        "here, though Klaviyo may permit to write to them."
    )


def contact_chart(found: Reach, part: Part, file: str) -> None:
    """Profiles by the number of messages that they got a week."""
    contacts = found.contacts.get(part.channel)
    if contacts is None or not contacts.profiles or contacts.mean is None:
        st.caption("No whole week from Monday to Sunday with a message that was received ends in these days.")
        return
    shares = contacts.shares(MOST)
    names = [f"{number} or more" if number == MOST else str(number) for number, _ in shares]
    figure = bar_chart.named_bars(
        names,
        [share for _, share in shares],
        [wording.rate(share) for _, share in shares],
        [
            f"{name} message{'' if name == '1' else 's'} a week: {wording.rate(share)} of profiles"
            for name, (_, share) in zip(names, shares, strict=True)
        ],
    )
    often = sum(share for number, share in shares if number >= 4)
    said = f"{contacts.mean:.1f} messages a week for each profile that gets any"
    alt = f"Profiles by messages a week: {said}; {wording.rate(often)} get four or more."
    charts.show(figure, key="chart_contacts", alt=alt, file=f"{file}-messages-a-week")
    which = "all channels" if not part.channel else words.channel(part.channel)
    weeks = f"{contacts.weeks} whole week{'' if contacts.weeks == 1 else 's'}"
    st.caption(
        f"**{said}** ({which}, {weeks} from Monday to Sunday); {wording.rate(often)} get four or more. "
        "By events received, campaigns and flows together; a profile counts once for each week."
    )
