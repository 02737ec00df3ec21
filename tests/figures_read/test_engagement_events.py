"""People apart from machines, mailboxes and messages a week, from rows that can be added up by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from analytics.engagement import EngagementFigures, Part
from analytics.engagement_events import EventCounts, Mailbox, Reachable, mailboxes
from analytics.periods import Against, Period, compared
from data_access.queries.engagement import EngagementQuery, engagement
from data_access.queries.engagement_events import ReachQuery, campaign_reactions, reach
from data_access.scope import local_admin
from data_access.stores import Stores
from tests.message_rows import campaign, campaign_text, contact_week, flow, mailbox_day, message_day
from tests.warehouse_rows import ACCOUNT, insert

ADMIN = local_admin()
WEEK = Period(date(2026, 11, 9), date(2026, 11, 15))


def read(stores: Stores, **other: Any) -> EngagementFigures:
    asked = EngagementQuery(WEEK, compared(WEEK, Against.PREVIOUS), "Europe/Berlin", 1, **other)
    return engagement(stores, ADMIN, ACCOUNT, asked)


def messages(stores: Stores, since: str = "2026-11-02") -> None:
    """A campaign and a flow in the week, one before it; machines opened, and people opened later. since: of events."""
    insert(
        stores, "campaign_statistics", campaign("a", "2026-11-10", 100, opened=60, clicked=20),
        campaign("t", "2026-11-10", 50, "sms", clicked=5), campaign("before", "2026-11-02", 100, opened=70, clicked=9),
    )  # fmt: skip
    insert(stores, "flow_statistics", flow("f", "m", "2026-11-12", 40, opened=30, clicked=3))
    insert(stores, "klaviyo_campaign_messages", campaign_text("a", "ma"), campaign_text("before", "mb"))
    insert(
        stores, "mailbox_days",
        mailbox_day(since, since, "campaign", "web.de", 100, opened=70, machine_opened=50, openers=20),
        mailbox_day("2026-11-10", "2026-11-10", "campaign", "gmx.de", 90, opened=40, machine_opened=30, openers=8,
                    clickers=4, bounced=10),
        # Opened after the week, of what was sent in it.
        mailbox_day("2026-11-17", "2026-11-10", "campaign", "gmx.de", 0, opened=5, openers=5, clickers=1,
                    marked_spam=2),
        mailbox_day("2026-11-12", "2026-11-12", "flow", "web.de", 40, opened=12, openers=12, clickers=2),
    )  # fmt: skip
    insert(
        stores, "message_days",
        message_day(since, "mb", 100, opened=70, machine_opened=50, openers=20),
        message_day("2026-11-10", "ma", 90, openers=8, clickers=4, bounced=10),
        message_day("2026-11-17", "ma", 0, openers=5, clickers=1, marked_spam=2),
        message_day("2026-11-17", "other", 0, openers=7),
    )  # fmt: skip


def test_opens_are_those_of_people_by_day_of_sending(warehouse: Stores) -> None:
    messages(warehouse)
    found = read(warehouse)
    assert (found.people, found.campaigns_people) == (True, True)
    # 8 + 5 people of the campaign and 12 of the flow, of 100 + 40 delivered; machines opened thirty times more.
    assert (found.this.of(Part()).opens, found.this.of(Part("flow")).opens) == (25, 12)
    assert found.this.of(Part("", "email")).open_rate == 25 / 140 * 100
    assert (found.this.of(Part("", "email")).clicks, found.this.of(Part("", "sms")).clicks) == (7, 5)
    assert found.compared is not None
    assert found.compared.of(Part()).open_rate == 20
    by_id = {each.id: each.counts for each in found.campaigns}
    assert (by_id["a"].opens, by_id["a"].clicks, by_id["t"].opens, by_id["t"].clicks) == (13, 5, None, 5)
    with_machines = read(warehouse, machines=True)
    assert (with_machines.people, with_machines.this.of(Part()).opens) == (False, 90)
    assert with_machines.compared is not None
    assert with_machines.compared.of(Part()).open_rate == 70


def test_where_events_do_not_reach_back_machines_stay_in(warehouse: Stores) -> None:
    messages(warehouse, since="2026-11-03")
    insert(warehouse, "campaign_statistics", campaign("older", "2026-11-02", 10, opened=9))
    # The days compared with begin on the 2nd, events on the 3rd: neither is told without machines.
    found = read(warehouse)
    assert (found.people, found.this.of(Part()).opens, found.campaigns_people) == (False, 90, False)
    insert(warehouse, "mailbox_days", mailbox_day("2026-11-02", "2026-11-02", "campaign", "web.de", 10, openers=1))
    found = read(warehouse)
    # Of one campaign of the year no event is known: all stand with machines, against a median with machines.
    assert (found.people, found.campaigns_people) == (True, False)
    assert {each.id: each.counts.opens for each in found.campaigns} == {"a": 60, "t": None}


def test_mailboxes_and_messages_a_week(warehouse: Stores) -> None:
    messages(warehouse)
    insert(
        warehouse, "contact_weeks",
        contact_week("2026-11-02", 1, 10), contact_week("2026-11-09", 1, 6), contact_week("2026-11-09", 3, 2),
        contact_week("2026-11-09", 9, 2), contact_week("2026-11-09", 3, 1, "email"), contact_week("2026-11-16", 1, 99),
    )  # fmt: skip
    email = {"klaviyo_public_id": ACCOUNT, "channel": "email"}
    insert(
        warehouse, "reachable_profiles", *(
            email | {"engaged_on": day and date.fromisoformat(day), "profiles": number}
            for day, number in ((None, 50), ("2026-11-10", 4), ("2026-11-11", 8), ("2026-11-21", 2))
        ), email | {"channel": "sms", "engaged_on": None, "profiles": 7},
    )  # fmt: skip
    found = reach(warehouse, ADMIN, ACCOUNT, ReachQuery(WEEK, "", date(2026, 11, 20), 10))
    # Ten days up to the 20th begin on the 11th.
    assert found.engaged_since == date(2026, 11, 11)
    assert found.reachable == {"email": Reachable(64, 10), "sms": Reachable(7, 0)}
    assert found.reachable["email"].engaged_share == 10 / 64 * 100
    # 90 + 10 sent to gmx.de; the 40 of web.de are too few to stand alone.
    assert [(each.domain, each.counts.sent) for each in found.mailboxes] == [("gmx.de", 100), ("", 40)]
    assert found.mailboxes[0].counts == EventCounts(90, 45, 30, 13, 0, 0, 5, 10, 0, 2)
    assert found.mailboxes[0].counts.bounce_rate == 10
    assert found.mailboxes[0].counts.complaint_rate == 2 / 90 * 100
    week = found.contacts[""]
    # 6 × 1 + 2 × 3 + 2 × 9 messages to ten people.
    assert (week.weeks, week.profiles, week.mean) == (1, 10, 3.0)
    assert week.shares(4) == [(1, 60.0), (2, 0.0), (3, 20.0), (4, 20.0)]
    assert found.contacts["email"].profiles == 1
    flows = reach(warehouse, ADMIN, ACCOUNT, ReachQuery(WEEK, "flow", date(2026, 11, 14)))
    assert [(each.domain, each.counts.sent) for each in flows.mailboxes] == [("", 40)]
    assert flows.contacts == {}


def test_domains_of_few_messages_stand_together() -> None:
    held = [Mailbox("b.de", EventCounts(100)), Mailbox("a.de", EventCounts(100)), Mailbox("", EventCounts(500))]
    found = mailboxes([*held, Mailbox("one.de", EventCounts(99))])
    assert [(each.domain, each.counts.sent) for each in found] == [("a.de", 100), ("b.de", 100), ("", 599)]
    assert mailboxes([]) == []


def test_one_campaigns_days(warehouse: Stores) -> None:
    messages(warehouse)
    found = campaign_reactions(warehouse, ADMIN, ACCOUNT, "a")
    assert {day: (counts.openers, counts.clickers) for day, counts in found.days.items()} == {
        date(2026, 11, 10): (8, 4), date(2026, 11, 17): (5, 1),
    }  # fmt: skip
    assert (found.total.openers, found.total.bounced, found.total.marked_spam) == (13, 10, 2)
    assert campaign_reactions(warehouse, ADMIN, ACCOUNT, "nobody").days == {}
