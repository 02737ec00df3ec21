"""What became of messages by event date: by message and by mailbox, machines apart, and how many a week people get."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from data_access.aggregates import recompute
from data_access.stores import Stores
from tests.figures.literal import CLICKED, OPENED, RECEIVED, SMS_CLICKED, SMS_RECEIVED, Event, Ledger

COUNTS = (
    "received", "opened", "machine_opened", "openers", "clicked", "bot_clicked", "clickers", "bounced", "unsubscribed",
    "marked_spam",
)  # fmt: skip
FIRST, SECOND = "2025-05-01T12:00:00+02:00", "2025-05-02T12:00:00+02:00"
# 1 May 2025, 00:10 in Berlin, which is still April in UTC.
SENT = {"$_cohort$message_send_cohort": "1746051000:m1"}


def mail(id: str, metric: str, profile: str, at: str = FIRST, domain: str = "web.de", **more: Any) -> Event:
    told = {"$message": "m1", "Email Domain": domain, "machine_open": False, "Bot Click": False}
    return Event(id, metric, at, profile, told | more)


def metric(ledger: Ledger, id: str, name: str) -> None:
    made = datetime(2024, 1, 1, tzinfo=UTC)
    row = {"id": id, "name": name, "created_at": made, "updated_at": made, "integration_id": "klaviyo"}
    ledger.insert("klaviyo_metrics", {"klaviyo_public_id": ledger.account, **row})


def by_message(ledger: Ledger) -> list[tuple[Any, ...]]:
    return ledger.table("message_days", "date", "source_type", "channel", "message_id", *COUNTS)


def by_mailbox(ledger: Ledger) -> list[tuple[Any, ...]]:
    return ledger.table("mailbox_days", "date", "sent_on", "source_type", "channel", "domain", *COUNTS)


def test_events_by_message_and_by_mailbox_with_machines_apart(ledger: Ledger) -> None:
    for id, name in (("x", "Bounced Email"), ("u", "Unsubscribed Email"), ("s", "Marked Email as Spam")):
        metric(ledger, id, name)
    ledger.profile("p3", "Cem@Own.example")
    ledger.load(
        mail("r1", RECEIVED, "p1"), mail("r2", RECEIVED, "p2", domain="GMX.de"), mail("b", "x", "p4", domain="gmx.de"),
        # Without a domain of its own the event has that of the profile's address.
        Event("r3", RECEIVED, FIRST, "p3", {"$message": "m1"}),
        mail("r5", RECEIVED, "p5", SECOND, **{"$flow": "f1", "$message": "w1"}),
        Event("t", SMS_RECEIVED, FIRST, "p1", {"$message": "t1", "Email Domain": "web.de"}),
        Event("tc", SMS_CLICKED, FIRST, "p1", {"$message": "t1"}),
        # p1 opened twice on the first day and once on the second; a machine opened for p2, and p2 later.
        mail("o1", OPENED, "p1"), mail("o2", OPENED, "p1"), mail("o3", OPENED, "p1", SECOND),
        mail("o4", OPENED, "p2", domain="gmx.de", machine_open="True"),
        mail("o5", OPENED, "p2", SECOND, "gmx.de", **SENT),
        mail("c1", CLICKED, "p1"), mail("c2", CLICKED, "p1", **{"Bot Click": True}),
        mail("u1", "u", "p2", SECOND, "gmx.de", **SENT), mail("s1", "s", "p1", SECOND),
    )  # fmt: skip
    ledger.refresh()
    messages = [
        ("2025-05-01", "campaign", "email", "m1", 3, 3, 1, 1, 2, 1, 1, 1, 0, 0),
        ("2025-05-01", "campaign", "sms", "t1", 1, 0, 0, 0, 1, 0, 1, 0, 0, 0),
        ("2025-05-02", "campaign", "email", "m1", 0, 2, 0, 2, 0, 0, 0, 0, 1, 1),
        ("2025-05-02", "flow", "email", "w1", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ]
    mailboxes = [
        ("2025-05-01", "2025-05-01", "campaign", "email", "gmx.de", 1, 1, 1, 0, 0, 0, 0, 1, 0, 0),
        ("2025-05-01", "2025-05-01", "campaign", "email", "own.example", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ("2025-05-01", "2025-05-01", "campaign", "email", "web.de", 1, 2, 0, 1, 2, 1, 1, 0, 0, 0),
        ("2025-05-01", "2025-05-01", "campaign", "sms", "", 1, 0, 0, 0, 1, 0, 1, 0, 0, 0),
        ("2025-05-02", "2025-05-01", "campaign", "email", "gmx.de", 0, 1, 0, 1, 0, 0, 0, 0, 1, 0),
        ("2025-05-02", "2025-05-02", "campaign", "email", "web.de", 0, 1, 0, 1, 0, 0, 0, 0, 0, 1),
        ("2025-05-02", "2025-05-02", "flow", "email", "web.de", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ]
    assert by_message(ledger) == messages
    assert by_mailbox(ledger) == mailboxes
    # Less machines it is what fact_engagement says.
    facts = dict(
        ledger.table("fact_engagement", "metric_type", "count", where="channel = 'email' AND date = '2025-05-01'")
    )
    assert facts == {"received": 3, "opened": 2, "clicked": 1, "bounced": 1}
    # A day that is touched again is counted anew, others stay; a rebuild says the same.
    ledger.load(mail("o6", OPENED, "p1"), mail("o7", OPENED, "p3", domain="own.example"))
    ledger.refresh()
    messages[0] = ("2025-05-01", "campaign", "email", "m1", 3, 5, 1, 2, 2, 1, 1, 1, 0, 0)
    assert by_message(ledger) == messages
    recompute(ledger.stores, ledger.account)
    assert by_message(ledger) == messages


def test_messages_that_people_get_in_a_week_from_monday(ledger: Ledger) -> None:
    # Sunday 4 May 2025, 23:30 in Berlin, and Monday 5 May 00:30: two weeks.
    ledger.load(
        Event("a", RECEIVED, "2025-05-04T23:30:00+02:00"), Event("b", RECEIVED, "2025-05-05T00:30:00+02:00"),
        Event("c", RECEIVED, "2025-05-07T10:00:00+02:00"), Event("d", SMS_RECEIVED, "2025-05-08T10:00:00+02:00"),
        Event("e", RECEIVED, "2025-05-09T10:00:00+02:00", "p2"), Event("f", OPENED, "2025-05-09T10:00:00+02:00", "p3"),
    )  # fmt: skip
    ledger.refresh()
    told = [
        ("2025-04-28", "", 1, 1), ("2025-04-28", "email", 1, 1),
        # p1 got two mails and a text message, p2 a mail.
        ("2025-05-05", "", 1, 1), ("2025-05-05", "", 3, 1), ("2025-05-05", "email", 1, 1),
        ("2025-05-05", "email", 2, 1), ("2025-05-05", "sms", 1, 1),
    ]  # fmt: skip
    columns = ("week", "channel", "messages", "profiles")
    assert ledger.table("contact_weeks", *columns) == told
    ledger.load(Event("g", RECEIVED, "2025-05-11T10:00:00+02:00", "p2"))
    ledger.refresh()
    told = [*told[:2], ("2025-05-05", "", 2, 1), ("2025-05-05", "", 3, 1), ("2025-05-05", "email", 2, 2), told[-1]]
    assert ledger.table("contact_weeks", *columns) == told


def test_another_zone_takes_the_old_days_and_weeks_away(ledger_stores: Stores) -> None:
    ledger = Ledger(ledger_stores)
    ledger.store()
    ledger.load(mail("r", RECEIVED, "p1", "2025-05-05T00:30:00+02:00"))
    ledger.refresh()
    assert ledger.table("contact_weeks", "week", where="channel = ''") == [("2025-05-05",)]
    with ledger_stores.operational.write() as session:
        session.execute_text("UPDATE stores SET timezone = 'UTC'")
    ledger.refresh()
    assert ledger.table("contact_weeks", "week", where="channel = ''") == [("2025-04-28",)]
    assert [row[0] for row in by_message(ledger)] == ["2025-05-04"]
