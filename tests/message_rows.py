"""Literal rows of Klaviyo's statistics: a test states the counts that matter, everything else is 0."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.warehouse_rows import ACCOUNT, SEEN

COUNTS = (
    "recipients", "delivered", "bounced", "failed", "opens", "opens_unique", "clicks", "clicks_unique", "conversions",
    "conversion_uniques", "unsubscribes", "unsubscribe_uniques", "spam_complaints", "text_message_credit_usage_amount",
)  # fmt: skip


def counts(sent: int, **other: Any) -> dict[str, Any]:
    """`sent` recipients, all of them reached. value, spend: money as text; opened, clicked, bought: people."""
    row: dict[str, Any] = dict.fromkeys(COUNTS, 0) | {"recipients": sent, "delivered": sent}
    named = {"opened": "opens_unique", "clicked": "clicks_unique", "bought": "conversion_uniques"}
    for name, value in other.items():
        row[named.get(name, name)] = value
    row["conversions"] = row["conversions"] or row["conversion_uniques"]
    row["conversion_value"] = Decimal(row.pop("value", "0.00"))
    row["text_message_spend"] = Decimal(row.pop("spend", "0.0000"))
    return row


def campaign(id: str, day: str, sent: int, channel: str = "email", name: str = "", **other: Any) -> dict[str, Any]:
    """A campaign's statistics on its send date."""
    head = {"klaviyo_public_id": ACCOUNT, "campaign_id": id, "campaign_name": name or f"Campaign {id}"}
    row = head | {"send_channel": channel, "date": date.fromisoformat(day)} | counts(sent, **other)
    return row | {"updated_at": SEEN}


def variation(id: str, message: str, which: str, day: str, sent: int, **other: Any) -> dict[str, Any]:
    """A variation of a campaign's message."""
    row = campaign(id, day, sent, **other)
    return row | {
        "campaign_message_id": message, "variation_id": which, "variation_name": f"Variation {which}",
        "message_name": f"Message {message}",
    }  # fmt: skip


def flow(id: str, message: str, day: str, sent: int, channel: str = "email", **other: Any) -> dict[str, Any]:
    """A flow's message on one day."""
    head = {"klaviyo_public_id": ACCOUNT, "flow_id": id, "flow_name": f"Flow {id}", "flow_message_id": message}
    row = head | {"flow_message_name": f"Message {message}", "send_channel": channel, "date": date.fromisoformat(day)}
    return row | counts(sent, **other) | {"updated_at": SEEN}


def form(id: str, day: str, viewers: int, submitters: int, **other: Any) -> dict[str, Any]:
    """A form on one day; as many views and submits as people, unless told otherwise."""
    row = {
        "klaviyo_public_id": ACCOUNT, "form_id": id, "form_name": f"Form {id}", "date": date.fromisoformat(day),
        "viewed_form": viewers, "viewed_form_uniques": viewers, "submits": submitters, "submits_unique": submitters,
        "qualified_form": viewers, "qualified_form_uniques": viewers, "updated_at": SEEN,
    }  # fmt: skip
    return row | other


def segment(id: str, day: str, members: int, joined: int = 0, gone: int = 0) -> dict[str, Any]:
    """A segment on one day."""
    return {
        "klaviyo_public_id": ACCOUNT, "segment_id": id, "segment_name": f"Segment {id}",
        "date": date.fromisoformat(day), "total_members": members, "new_members": joined, "removed_members": gone,
        "daily_change": joined - gone, "updated_at": SEEN,
    }  # fmt: skip


def list_size(id: str, day: str, members: int) -> dict[str, Any]:
    """A list's size on one day."""
    row = {"klaviyo_public_id": ACCOUNT, "list_id": id, "date": date.fromisoformat(day), "members": members}
    return row | {"updated_at": SEEN}


def sent(id: str, at: str, name: str = "", channel: str = "email", *tags: str) -> dict[str, Any]:
    """A campaign as the operational store knows it, sent at a moment in UTC."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return {
        "klaviyo_public_id": ACCOUNT, "campaign_id": id, "name": name or f"Campaign {id}", "status": "Sent",
        "created_at": moment, "updated_at": moment, "sent_at": moment, "channel": channel, "archived": False,
        "tags": list(tags),
    }  # fmt: skip


def flow_fact(id: str, status: str = "live") -> dict[str, Any]:
    """A flow as the operational store knows it."""
    return {
        "klaviyo_public_id": ACCOUNT, "flow_id": id, "name": f"Flow {id}", "status": status, "created_at": SEEN,
        "updated_at": SEEN, "trigger_type": "Metric", "archived": False, "tags": [],
    }  # fmt: skip


def flow_place(id: str, message: str, position: int) -> dict[str, Any]:
    """A message's place in its flow."""
    return {
        "klaviyo_public_id": ACCOUNT, "message_id": message, "flow_id": id, "action_id": f"a-{message}",
        "position": position, "name": f"Mail {message}", "channel": "email", "subject": f"Subject {message}",
        "created_at": SEEN, "updated_at": SEEN, "metadata": "{}",
    }  # fmt: skip


EVENTS = (
    "received", "opened", "machine_opened", "openers", "clicked", "bot_clicked", "clickers", "bounced", "unsubscribed",
    "marked_spam",
)  # fmt: skip


def mailbox_day(day: str, sent_on: str, kind: str, domain: str, received: int, **other: int) -> dict[str, Any]:
    """Events of e-mail of a day to one mailbox, sent on a day."""
    days = {"date": date.fromisoformat(day), "sent_on": date.fromisoformat(sent_on)}
    head = {"klaviyo_public_id": ACCOUNT, **days, "source_type": kind, "channel": "email", "domain": domain}
    return head | dict.fromkeys(EVENTS, 0) | {"received": received} | other


def message_day(day: str, message: str, received: int, kind: str = "campaign", **other: int) -> dict[str, Any]:
    """Events of one message of e-mail on a day."""
    head = {"klaviyo_public_id": ACCOUNT, "date": date.fromisoformat(day), "source_type": kind, "channel": "email"}
    return head | {"message_id": message} | dict.fromkeys(EVENTS, 0) | {"received": received} | other


def contact_week(week: str, messages: int, profiles: int, channel: str = "") -> dict[str, Any]:
    """Profiles that got so many messages in a week."""
    head = {"klaviyo_public_id": ACCOUNT, "week": date.fromisoformat(week), "channel": channel}
    return head | {"messages": messages, "profiles": profiles}


def campaign_text(campaign: str, message: str, subject: str = "Hello") -> dict[str, Any]:
    """A campaign's message."""
    return {
        "klaviyo_public_id": ACCOUNT, "message_id": message, "campaign_id": campaign, "channel": "email",
        "subject": subject,
    }  # fmt: skip
