"""Rates of messages, campaigns against what is usual, limits of e-mail, and whether a variation is the winner."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.campaign_standing import by_hour, by_tag, usual_of, verdicts
from analytics.deliverability import State, standings, trend
from analytics.engagement import NOTHING, Campaign, Counts, Part, Sends, rate, segment_of, total
from analytics.engagement_detail import FlowMessage, in_places
from analytics.message_value import moved, reconcile
from analytics.proportions import two_proportions, wilson, winner

DAY = date(2026, 11, 20)


def counts(recipients: int, opens: int, bought: int, value: int) -> Counts:
    return NOTHING._replace(
        recipients=recipients, delivered=recipients, openable=recipients, opens=opens, clicks=opens, converted=bought,
        value=Decimal(value),
    )  # fmt: skip


def campaign(id: str, of: Counts, channel: str = "email", *tags: str, at: datetime | None = None) -> Campaign:
    return Campaign(id, id, channel, DAY, of, at, tags)


def test_nothing_to_divide_by_is_no_rate() -> None:
    assert rate(0, 0) is None
    assert rate(None, 5) is None
    assert rate(0, 5) == 0
    assert NOTHING.open_rate is None
    assert NOTHING.per_recipient is None
    assert total([]) == NOTHING
    assert NOTHING.plus(counts(5, 1, 0, 0)).recipients == 5


def test_the_parts_of_a_change_add_up_to_it() -> None:
    found = moved(counts(300, 0, 0, 600), counts(100, 0, 0, 100))
    assert found is not None
    # (300 − 100)(2 + 1)/2 = 300 from recipients, (2 − 1)(300 + 100)/2 = 200 from value for each.
    assert (found.recipients_points, found.value_points, found.change_pct) == (300, 200, 500)
    assert moved(counts(300, 0, 0, 600), counts(100, 0, 0, 0)) is None
    assert reconcile({}, Sends()).rest == 0


def test_a_campaign_is_told_by_what_weighs_most() -> None:
    usual = [campaign(f"u{n}", counts(1000, 400, 40, 2000)) for n in range(8)]
    good = campaign("good", counts(1000, 440, 132, 6600))  # opened 1.1 ×, bought 3 ×, spent as usual
    bad = campaign("bad", counts(1000, 100, 10, 550))  # opened a quarter, spent 1.1 ×
    none = campaign("none", counts(1000, 400, 0, 0))
    small = campaign("small", counts(100, 100, 100, 9999))
    found = verdicts([bad, small, none, good], usual_of([*usual, good, bad, none, small], UTC))
    assert [one.campaign.id for one in found] == ["good", "bad", "none"]
    assert [one.factor for one in found] == ["bought", "reacted", "bought"]
    assert (found[0].own, found[1].own, found[2].index) == (0.3, 0.1, 0)
    assert found[0].index > 1 > found[1].index
    assert verdicts([none], usual_of([none], UTC)) == []


def test_medians_are_of_the_channel() -> None:
    held = [
        campaign("a", counts(100, 10, 1, 1)),
        campaign("b", counts(100, 30, 1, 1)),
        campaign("c", counts(9, 9, 9, 9)),
    ]
    text = campaign("t", NOTHING._replace(recipients=10, delivered=10, clicks=5), "sms")
    found = usual_of([*held, text], UTC).medians
    assert found["email"]["open"] == 30
    assert found["sms"]["click"] == 50
    assert "open" not in found["sms"]


def test_tags_and_send_times() -> None:
    at = datetime(2026, 7, 5, 22, 30, tzinfo=UTC)  # Monday 00:30 in Berlin
    held = [
        campaign("a", counts(10, 0, 0, 5), "email", "sale", "vip", at=at),
        campaign("b", counts(20, 0, 0, 7), "email", "sale", "sale"),
    ]
    assert {tag: (n, of.recipients) for tag, (n, of) in by_tag(held).items()} == {"sale": (2, 30), "vip": (1, 10)}
    assert {cell: n for cell, (n, _) in by_hour(held, ZoneInfo("Europe/Berlin")).items()} == {(1, 0): 1}


def test_a_segment_begins_before_its_first_day() -> None:
    found = segment_of("s", "S", None, (7, 3), [(DAY, 52, 4, 2)])
    assert (found.before, found.members, found.joined, found.gone, found.growth) == (50, 52, 7, 3, 4)
    assert segment_of("s", "S", None, (None, None), []).growth is None


def test_messages_stand_in_their_places() -> None:
    def message(id: str, position: int | None, recipients: int, channel: str = "email") -> FlowMessage:
        return FlowMessage(id, id, position, channel, "", "", NOTHING._replace(recipients=recipients))

    found = in_places([message("gone", None, 5), message("b", 2, 60), message("a", 1, 80)])
    assert [(each.id, each.drop_off) for each in found] == [("a", None), ("b", 25), ("gone", None)]
    # Each after the last of its own channel: 32 of 40 e-mails, not of 7 texts; twice as many texts as before.
    mixed = in_places([message("a", 1, 40), message("s", 2, 7, "sms"), message("b", 3, 32), message("t", 4, 14, "sms")])
    assert [(each.id, each.drop_off) for each in mixed] == [("a", None), ("s", None), ("b", 20), ("t", -100)]


# --- limits of e-mail -------------------------------------------------------------------------------------------------


def days(*complaints: int, sent: int = 10_000) -> dict[date, Counts]:
    first = DAY - timedelta(days=len(complaints) - 1)
    return {
        first + timedelta(days=place): NOTHING._replace(recipients=sent, delivered=sent, bounced=0, complaints=number)
        for place, number in enumerate(complaints)
    }


def state(*complaints: int, sent: int = 10_000) -> tuple[State, date | None]:
    held = days(*complaints, sent=sent)
    spam = standings(total(held.values()), held, DAY)[1]
    return spam.state, spam.reached


def test_complaints_against_their_limits() -> None:
    assert state(*[2] * 14) == (State.GOOD, None)
    assert state(*[10] * 14) == (State.HIGH, None)
    assert state(*[30] * 14) == (State.CRITICAL, None)
    assert standings(NOTHING, {}, DAY)[1].state is State.UNKNOWN
    # Of days before the last fourteen nothing is told.
    assert state(*[30] * 20, *[2] * 14)[0] is State.GOOD


def test_a_rise_that_reaches_the_limit_within_14_days_is_told() -> None:
    # 0.01 … 0.075 % of messages, 0.005 points a day: 0.1 % five days on.
    rising = [Counts(recipients=200_000, delivered=200_000, bounced=0, complaints=20 + 10 * n) for n in range(14)]
    held = {DAY - timedelta(days=13 - n): each for n, each in enumerate(rising)}
    spam = standings(total(rising), held, DAY)[1]
    assert (spam.state, spam.reached) == (State.HEADING, DAY + timedelta(days=5))
    assert spam.trend is not None
    assert spam.trend.now == pytest.approx(0.075)
    assert spam.trend.slope == pytest.approx(0.005)
    # The same rise a tenth as steep, and one that a few messages make.
    assert state(*[4 + n // 7 for n in range(14)], sent=20_000) == (State.GOOD, None)
    assert state(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, sent=120)[0] is State.GOOD


def test_a_trend_weighs_days_by_their_messages() -> None:
    found = trend({DAY - timedelta(days=2): (1, 100), DAY - timedelta(days=1): (0, 0), DAY: (3, 100)}, DAY)
    assert found is None
    found = trend({DAY - timedelta(days=n): (5 - n, 100 if n != 1 else 0) for n in range(4)}, DAY)
    assert found is not None
    assert found.slope == pytest.approx(1)


def test_chance_alone_seldom_warns() -> None:
    random = np.random.default_rng(7)
    told = 0
    for _ in range(400):
        drawn = random.binomial(5_000, 0.0006, 14)
        told += state(*(int(each) for each in drawn), sent=5_000)[0] is State.HEADING
    assert told / 400 < 0.07


# --- variations -------------------------------------------------------------------------------------------------------


def test_two_proportions_by_hand() -> None:
    # 56 of 70 against 48 of 80: Newcombe (1998), table II (a), method 10: 0.0524 to 0.3339.
    found = two_proportions(56, 70, 48, 80)
    assert found is not None
    assert found.points == pytest.approx(20)
    assert [found.low, found.high] == pytest.approx([5.24, 33.39], abs=0.01)
    # pooled 104/150, z = 0.2 / 0.0754613 = 2.650
    assert found.p_value == pytest.approx(0.00805, abs=5e-5)
    assert two_proportions(0, 50, 0, 50) is None
    assert two_proportions(50, 50, 50, 50) is None
    assert two_proportions(1, 0, 1, 50) is None
    assert wilson(0, 10)[0] == 0


def test_equal_variations_are_seldom_told_apart() -> None:
    """Simulated: no difference is found significant in at most one of twenty, a real one is mostly found."""
    random = np.random.default_rng(11)
    for number in (2, 4):
        false = sum(
            bool(
                (found := winner([(float(random.binomial(2_000, 0.05)), 2_000.0) for _ in range(number)]))
                and found.sure
            )
            for _ in range(1_500)
        )
        assert 0.0005 < false / 1_500 < 0.06
    right = 0
    for _ in range(400):
        found = winner([(float(random.binomial(2_000, share)), 2_000.0) for share in (0.05, 0.075)])
        right += found is not None and found.sure and found.place == 1
    assert right / 400 > 0.8


def test_the_interval_holds_the_true_difference() -> None:
    random = np.random.default_rng(5)
    held = 0
    for _ in range(1_500):
        found = two_proportions(random.binomial(400, 0.04), 400, random.binomial(300, 0.02), 300)
        held += found is not None and found.low <= 2 <= found.high
    assert 0.93 < held / 1_500 < 0.98


def test_there_is_no_winner_of_one() -> None:
    assert winner([(5, 10)]) is None
    assert winner([(5, 10), (0, 0)]) is None
    assert Part("flow").holds("flow", "sms")
