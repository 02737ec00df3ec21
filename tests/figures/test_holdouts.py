"""What people who were left out of a campaign bought, and those whom it reached: rows that a person can add up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.holdouts import Arm, Contact, Holdout, Measured, Source, Unmeasurable
from analytics.incrementality import Doubt, Kind
from data_access.account_days import days_gone
from data_access.aggregates import recompute
from data_access.queries.accounts import data_state
from data_access.queries.holdouts import AddedQuery, MembersKept, added, holdouts, members_kept
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.writes.holdouts import HoldoutRefused, Listed, Named, Wanted, name_holdout, remove_holdout
from tests.figures.literal import RECEIVED, Event, Ledger, cancelled, placed, refunded

ADMIN = local_admin("test")
# Sent at 00:30 on 10 June in Berlin, which is 9 June in UTC.
SENT = "2025-06-09T22:30:00+00:00"
# What stands in no statement that differs by engine.
ON_ONE = pytest.mark.parametrize("ledger_stores", ["duckdb"], indirect=True)
LATER = datetime(2025, 9, 1, tzinfo=UTC)


def sent(ledger: Ledger, campaign: str = "spring", message: str = "m1", at: str | None = SENT) -> None:
    """A campaign with one message, as a load brings it."""
    made = datetime(2025, 1, 1, tzinfo=UTC)
    ledger.insert(
        "klaviyo_campaigns",
        {
            "klaviyo_public_id": ledger.account, "campaign_id": campaign, "name": campaign.title(), "status": "Sent",
            "created_at": made, "sent_at": None if at is None else datetime.fromisoformat(at), "channel": "email",
        },
    )  # fmt: skip
    ledger.message(message, campaign=campaign)


def got(profile: str, message: str = "m1", at: str = SENT) -> Event:
    return Event(f"got-{message}-{profile}", RECEIVED, at, profile, {"$message": message})


def wanted(*entries: str, **more: Any) -> Wanted:
    """A list whose entries stand in rows 1, 2, …"""
    return Wanted(**{"campaign": "spring", "left_out": Listed("left-out.csv", list(enumerate(entries, 1)))} | more)


def name(ledger: Ledger, *entries: str, **more: Any) -> Named:
    return name_holdout(ledger.stores, ADMIN, ledger.account, wanted(*entries, **more))


def told(ledger: Ledger, as_of: datetime = LATER, campaign: str = "spring") -> Measured:
    found = added(ledger.stores, ADMIN, ledger.account, AddedQuery(campaign, as_of, "Europe/Berlin"))
    assert found is not None
    return found


def test_each_side_by_what_its_people_bought(ledger: Ledger) -> None:
    sent(ledger)
    for profile in ("ann", "bob", "cid", "dan", "eve", "fay"):
        ledger.profile(profile, email=f"{profile.title()}@Shop.example")
    ledger.load(
        *map(got, ("ann", "bob", "cid", "fay")),
        placed("first", "2024-01-01T12:00:00+00:00", 1, "gus"),
        # Ann: 30 and 20 in the days that count, of which 5 comes back months later; 10 before. The days are 10 to 23
        # June and 27 May to 9 June in Berlin: 21:59 UTC on 23 June is the last minute.
        placed("a1", "2025-06-10T08:00:00+02:00", 30, "ann"), placed("a2", "2025-06-23T21:59:00+00:00", 20, "ann"),
        refunded("r1", "a2", "2025-08-30T12:00:00+00:00", 5, "ann"),
        placed("a0", "2025-06-09T21:59:00+00:00", 10, "ann"),
        # Bob: an order that was cancelled, one a minute too late, one a minute too early.
        placed("b1", "2025-06-12T12:00:00+02:00", 50, "bob"), cancelled("x1", "b1", "2025-06-13T12:00:00+02:00"),
        placed("b2", "2025-06-23T22:00:00+00:00", 70, "bob"), placed("b0", "2025-05-26T21:59:00+00:00", 70, "bob"),
        # Cid buys nothing. Dan, left out: 8 after, 6 before. Eve, left out, buys nothing.
        placed("d1", "2025-06-10T00:00:00+02:00", 8, "dan"), placed("d0", "2025-05-27T00:00:00+02:00", 6, "dan"),
        # Fay was to be left out and got it all the same.
        placed("f1", "2025-06-11T12:00:00+02:00", 99, "fay"),
        # Gus is in neither.
        placed("g1", "2025-06-11T12:00:00+02:00", 1000, "gus"),
    )  # fmt: skip
    ledger.refresh()
    done = name(ledger, " DAN@shop.example ", "eve", "fay@shop.example", "nobody@shop.example", "dan", name="Control")
    assert done == Named("spring", listed=5, people=3, unknown=(4,), repeated=(5,), received=1)
    found = told(ledger)
    assert found.holdout == Holdout(
        "spring", "Control", Kind.CHANCE, Source.FILE, "left-out.csv", None, 14, 5, 1, 1,
        date(2025, 6, 10), date(2024, 1, 1), "test",
    )  # fmt: skip
    assert (found.holdout.before, found.holdout.last) == (date(2025, 5, 27), date(2025, 6, 23))
    assert found.arms == {
        "reached": Arm(
            people=3, buyers=1, buyers_before=1, orders=2, orders_before=1, orders_squares=4, orders_before_squares=1,
            orders_products=2, revenue=Decimal("45.00"), revenue_before=Decimal("10.00"),
            revenue_squares=Decimal("2025.0000"), revenue_before_squares=Decimal("100.0000"),
            revenue_products=Decimal("450.0000"),
        ),
        "left_out": Arm(
            people=2, buyers=1, buyers_before=1, orders=1, orders_before=1, orders_squares=1, orders_before_squares=1,
            orders_products=1, revenue=Decimal("8.00"), revenue_before=Decimal("6.00"),
            revenue_squares=Decimal("64.0000"), revenue_before_squares=Decimal("36.0000"),
            revenue_products=Decimal("48.0000"),
        ),
        "leaked": Arm(
            people=1, buyers=1, orders=1, orders_squares=1, revenue=Decimal("99.00"),
            revenue_squares=Decimal("9801.0000"),
        ),
    }  # fmt: skip
    assert (found.over, found.until, found.lacking) == (True, date(2025, 6, 23), None)
    assert found.revenue is not None
    assert found.revenue.doubts == (Doubt.FEW_PEOPLE, Doubt.LEAKED)
    assert (found.revenue.reached.mean, found.revenue.left_out.mean, found.revenue.difference) == (15.0, 4.0, None)
    # Addresses stand nowhere, the profiles that they name do.
    people = ledger.rows("holdout_people", "side, profile_id")
    assert sorted((row["side"], row["profile_id"]) for row in people) == [
        ("left_out", "dan"), ("left_out", "eve"), ("left_out", "fay"),
        ("reached", "ann"), ("reached", "bob"), ("reached", "cid"), ("reached", "fay"),
    ]  # fmt: skip


def test_what_comes_later_is_measured_anew_as_a_rebuild_would(ledger: Ledger) -> None:
    sent(ledger)
    for profile in ("ann", "bob", "dan"):
        ledger.profile(profile, email=f"{profile}@shop.example")
    ledger.refresh()
    # Named before anybody got it: nothing to compare yet.
    assert name(ledger, "dan").received == 0
    assert told(ledger).lacking is Unmeasurable.NOBODY_REACHED
    before = data_state(ledger.stores, ADMIN, ledger.account).including(("holdouts",)).version
    ledger.load(got("ann"), got("bob"), placed("a1", "2025-06-11T12:00:00+02:00", 30, "ann"))
    ledger.refresh()
    assert data_state(ledger.stores, ADMIN, ledger.account).including(("holdouts",)).version != before
    arms = told(ledger).arms
    assert (arms["reached"].people, arms["reached"].revenue, arms["left_out"].people) == (2, Decimal("30.00"), 1)
    # A refund, long after the days that count.
    ledger.load(refunded("r1", "a1", "2025-08-30T12:00:00+00:00", 10, "ann"))
    ledger.refresh()
    assert told(ledger).arms["reached"].revenue == Decimal("20.00")
    # Who was left out turns out to be one of those reached: they count on neither side, and what both bought is theirs.
    ledger.profile("dan", email="dan@shop.example", merged_into="ann")
    ledger.touch("profiles", "rows", "profiles")
    # One that is named meanwhile, of a campaign that is not sent yet, takes nothing of that away.
    sent(ledger, "other", "m7", at=None)
    assert name(ledger, "bob", campaign="other").people == 1
    assert told(ledger, campaign="other").lacking is Unmeasurable.NOT_SENT
    ledger.refresh()
    arms = told(ledger).arms
    assert {name: arm.people for name, arm in arms.items()} == {"reached": 1, "leaked": 1}
    assert arms["leaked"].revenue == Decimal("20.00")
    # Apart again. What a rebuild makes of all events is the same.
    ledger.profile("dan", email="dan@shop.example")
    ledger.touch("profiles", "rows", "profiles")
    ledger.load(placed("d1", "2025-06-12T12:00:00+02:00", 7, "dan"))
    ledger.refresh()
    last = told(ledger)
    assert {name: (arm.people, arm.revenue) for name, arm in last.arms.items()} == {
        "reached": (2, Decimal("20.00")), "left_out": (1, Decimal("7.00")),
    }  # fmt: skip
    recompute(ledger.stores, ledger.account)
    assert told(ledger) == last


@pytest.mark.parametrize("ledger_stores", ["duckdb", "postgresql"], indirect=True)
def test_another_campaign_that_one_side_got_is_told(ledger: Ledger) -> None:
    sent(ledger)
    sent(ledger, "summer", "m2", "2025-06-15T12:00:00+02:00")
    sent(ledger, "autumn", "m3", "2025-06-24T12:00:00+02:00")
    reached, left_out = [f"r{n:02}" for n in range(60)], [f"l{n:02}" for n in range(60)]
    ledger.load(
        *map(got, reached),
        *(got(profile, "m2", "2025-06-15T12:00:00+02:00") for profile in [*reached[:50], left_out[0]]),
        # The day after the last that counts.
        *(got(profile, "m3", "2025-06-24T12:00:00+02:00") for profile in reached),
    )
    for profile in left_out:
        ledger.profile(profile)
    ledger.refresh()
    name(ledger, *left_out)
    found = told(ledger)
    assert found.contacts == [Contact("summer", "Summer", 50, 1)]
    assert found.apart == found.contacts
    # So few buyers that nothing is said of what it added.
    assert found.revenue is not None
    assert found.revenue.doubts == (Doubt.FEW_BUYERS,)
    # One of those reached merges into a profile that gets the summer's campaign: the person got it.
    ledger.profile("new")
    ledger.profile("r59", merged_into="new")
    ledger.touch("profiles", "rows", "profiles")
    ledger.load(got("new", "m2", "2025-06-15T12:00:00+02:00"))
    ledger.refresh()
    assert told(ledger).contacts == [Contact("summer", "Summer", 51, 1)]


@ON_ONE
def test_a_segment_by_its_members_before_the_campaign(ledger: Ledger) -> None:
    sent(ledger)
    at = datetime(2025, 1, 1, tzinfo=UTC)
    ledger.insert(
        "klaviyo_segments",
        {"klaviyo_public_id": ledger.account, "segment_id": "s1", "name": "Control group", "created_at": at},
    )
    for day, profile in ((2, "old"), (9, "dan"), (9, "eve"), (16, "new")):
        ledger.profile(profile)
        ledger.insert(
            "segment_memberships",
            {
                "klaviyo_public_id": ledger.account, "segment_id": "s1", "snapshot_date": date(2025, 6, day),
                "profile_id": profile, "joined_at": at, "updated_at": at,
            },
        )  # fmt: skip
    ledger.load(got("ann"))
    ledger.refresh()
    kept = members_kept(ledger.stores, ADMIN, ledger.account)
    assert kept == (MembersKept("s1", "Control group", date(2025, 6, 2), date(2025, 6, 16)),)
    assert name(ledger, left_out="s1", days=7).people == 2
    found = told(ledger).holdout
    assert (found.name, found.kind, found.snapshot, found.days) == ("Control group", Kind.RULE, date(2025, 6, 9), 7)
    # Of a campaign that is not sent yet, the members of now.
    sent(ledger, "later", "m9", at=None)
    assert name(ledger, campaign="later", left_out="s1").people == 1
    assert told(ledger, campaign="later").holdout.snapshot == date(2025, 6, 16)
    # Compared with itself before, of which nothing is known here: nothing is concluded.
    assert [row.campaign for _, row in holdouts(ledger.stores, ADMIN, ledger.account)] == ["later", "spring"]


@ON_ONE
def test_days_that_are_not_over_are_told(ledger: Ledger) -> None:
    sent(ledger)
    ledger.profile("dan")
    ledger.load(got("ann"), placed("a1", "2025-06-11T12:00:00+02:00", 30, "ann"))
    ledger.refresh()
    name(ledger, "dan")
    # Six hours into 10 June, whole days until 12 June, and the very end of the days that count.
    early = told(ledger, datetime(2025, 6, 10, 4, tzinfo=UTC))
    assert (early.lacking, early.over, early.revenue) == (Unmeasurable.TOO_EARLY, False, None)
    running = told(ledger, datetime(2025, 6, 13, 4, tzinfo=UTC))
    assert (running.until, running.over) == (date(2025, 6, 12), False)
    assert running.revenue is not None
    assert Doubt.DAYS_OPEN in running.revenue.doubts
    assert not told(ledger, datetime(2025, 6, 23, 21, 59, tzinfo=UTC)).over
    assert told(ledger, datetime(2025, 6, 23, 22, 0, tzinfo=UTC)).over


@ON_ONE
def test_what_cannot_be_named_is_refused_and_nothing_is_kept(ledger: Ledger) -> None:
    sent(ledger)
    ledger.profile("dan")
    stores, account = ledger.stores, ledger.account
    ledger.load(got("ann"))
    ledger.refresh()
    for entries, more, why in (
        (("nobody",), {}, "None of the 1 entries"),
        ((), {}, "lists nobody"),
        (("dan",), {"campaign": "other"}, "no campaign"),
        (("dan",), {"days": 0}, "1 to 90 days"),
        ((), {"left_out": "s9"}, "no segment"),
    ):
        with pytest.raises(HoldoutRefused, match=why):
            name_holdout(stores, ADMIN, account, wanted(*entries, **more))
    reader = granted("eve", [account], [Right.VIEW])
    with pytest.raises(NotPermitted):
        name_holdout(stores, reader, account, wanted("dan"))
    with pytest.raises(NotPermitted):
        name_holdout(stores, granted("eve", ["X"], list(Right)), account, wanted("dan"))
    assert ledger.rows("holdouts") == ledger.rows("holdout_people") == []
    name(ledger, "dan")
    with pytest.raises(HoldoutRefused, match="named by test"):
        name(ledger, "dan")
    with pytest.raises(NotPermitted):
        remove_holdout(stores, reader, account, "spring")
    assert remove_holdout(stores, ADMIN, account, "spring")
    assert not remove_holdout(stores, ADMIN, account, "spring")
    for table in ("holdouts", "holdout_people", "holdout_arms", "holdout_contacts"):
        assert ledger.rows(table) == []
    assert added(stores, ADMIN, account, AddedQuery("spring", LATER, "Europe/Berlin")) is None


@ON_ONE
def test_another_account_s_people_and_orders_are_never_counted(ledger: Ledger) -> None:
    sent(ledger)
    ledger.profile("dan", email="dan@shop.example")
    ledger.load(got("ann"), placed("a1", "2025-06-11T12:00:00+02:00", 30, "ann"))
    ledger.refresh()
    other = Ledger(ledger.stores, "OtHeR1")
    other.store()
    sent(other)
    other.profile("zoe", email="zoe@shop.example")
    other.profile("dan", email="dan@shop.example")
    other.load(
        Event("o-got", RECEIVED, SENT, "dan", {"$message": "m1"}),
        Event("o-order", "m-placed", "2025-06-11T12:00:00+02:00", "dan", {"OrderId": "o1", "$value": 500}),
    )
    other.refresh()
    with pytest.raises(HoldoutRefused, match="None of the 1"):
        name(ledger, "zoe@shop.example")
    assert name(ledger, "dan@shop.example").received == 0
    arms = told(ledger).arms
    assert {name: (arm.people, arm.revenue) for name, arm in arms.items()} == {
        "reached": (1, Decimal("30.00")), "left_out": (1, Decimal("0.00")),
    }  # fmt: skip


def test_days_gone_are_those_of_the_wall_clock() -> None:
    # Clocks in Berlin go back on 26 October: 14 days from the 20th end at 23:00 UTC, an hour later than 14 × 24 hours.
    berlin, since = ZoneInfo("Europe/Berlin"), date(2025, 10, 20)
    assert days_gone(since, datetime(2025, 11, 2, 23, tzinfo=UTC), berlin) == 14
    assert days_gone(since, datetime(2025, 11, 2, 22, tzinfo=UTC), berlin) == pytest.approx(14 - 1 / 24)
    # In spring an hour less.
    assert days_gone(date(2025, 3, 24), datetime(2025, 4, 6, 22, tzinfo=UTC), berlin) == 14
