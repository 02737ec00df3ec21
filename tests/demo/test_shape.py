"""The synthetic stores are lifelike: shares, seasons, people, money, flavours."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from demo.emulator import make_emulator
from demo.ledger import build_ledger
from demo.world.build import World, build_world
from demo.world.clock import black_friday, since_for
from demo.world.timeline import Kind

SINCE = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(0, 7, 100_000, SINCE)


def inside(world: World) -> np.ndarray:
    return (world.timeline.ts >= world.start) & (world.timeline.ts < world.full)


def test_the_size_is_what_was_asked_for(world: World) -> None:
    seen = inside(world) & (world.timeline.kind != Kind.PLACED_TWICE)
    assert int(seen.sum()) == 100_000


def test_orders_are_five_to_eight_per_cent_of_the_events(world: World) -> None:
    placed = int((inside(world) & (world.timeline.kind == Kind.PLACED)).sum())
    assert 0.05 <= placed / 100_000 <= 0.08


def test_every_metric_has_events(world: World) -> None:
    counts = np.bincount(world.timeline.kind, minlength=len(Kind))
    assert [Kind(number).name for number in np.flatnonzero(counts == 0)] == []


def test_black_friday_stands_out(world: World) -> None:
    days = Counter(world.zone.day(world.orders.ts).tolist())
    epoch = date(1970, 1, 1)
    friday = black_friday(2025)
    usual = np.mean([days[(friday - timedelta(days=n) - epoch).days] for n in range(14, 42)])
    assert days[(friday - epoch).days] > 2 * usual


def test_the_fourth_friday_is_found() -> None:
    assert [black_friday(year) for year in (2024, 2025, 2026)] == [
        date(2024, 11, 29),
        date(2025, 11, 28),
        date(2026, 11, 27),
    ]


def test_buyers_come_back_and_some_never_do(world: World) -> None:
    orders = Counter(world.orders.profile.tolist())
    repeat = sum(count > 1 for count in orders.values()) / len(orders)
    assert 0.25 < repeat < 0.65
    assert max(orders.values()) > 8


def test_partners_sell_together_and_substitutes_never(world: World) -> None:
    catalog, orders = world.catalog, world.orders
    baskets: dict[int, set[int]] = defaultdict(set)
    for order, product in zip(orders.line_order.tolist(), orders.line_product.tolist(), strict=True):
        baskets[order].add(product)
    count = Counter(product for basket in baskets.values() for product in basket)
    pairs = Counter(frozenset((a, b)) for basket in baskets.values() for a in basket for b in basket if a < b)
    lifts = []
    for product, partner in enumerate(catalog.partner.tolist()):
        if partner >= 0 and count[product] >= 40:
            expected = count[product] * count[partner] / orders.size
            lifts.append(pairs[frozenset((product, partner))] / expected)
    assert np.median(lifts) > 5
    for pair in pairs:
        a, b = sorted(pair)
        assert catalog.group[a] < 0 or catalog.group[a] != catalog.group[b]


def test_some_orders_have_touches_of_one_second(world: World) -> None:
    found, sends = world.attributions, world.sends
    when, message = sends.reaction_ts[found.reaction], sends.message[sends.reaction_send[found.reaction]]
    tied = (found.order[1:] == found.order[:-1]) & (when[1:] == when[:-1])
    assert tied.sum() > 5
    names = [entry.id for entry in world.marketing.messages]
    for place in np.flatnonzero(tied & found.wins[:-1]).tolist():
        assert names[message[place]] < names[message[place + 1]]


def test_a_large_mailing_leaves_within_a_second() -> None:
    """More events in one second than a page holds, so a page's edge lies among equals."""
    _, counts = np.unique(build_world(0, 7, 200_000, SINCE).timeline.ts, return_counts=True)
    assert counts.max() > 1_000


def test_all_kinds_of_orders_and_people_occur(tmp_path: Path) -> None:
    emulator = make_emulator(60_000, 7, datetime(2026, 3, 31, tzinfo=UTC), cache=tmp_path, limits=False)
    account: dict[str, Any] = build_ledger(emulator).account(0)
    orders, deductions = account["orders"], account["deductions"]
    assert {order["discount_type"] for order in orders} == {"", "code", "automatic"}
    assert {order["channel"] for order in orders} == {"none", "email", "sms", "push"}
    assert len({order["currency"] for order in orders}) >= 2
    assert any(order["value"] == 0 for order in orders)
    assert any(order["order_id"].startswith("placed-") for order in orders)
    by_order = defaultdict(set)
    for row in deductions:
        by_order[row["order_id"]].add(row["kind"])
    assert {"cancelled", "refund"} in by_order.values()
    assert any(row["amount"] is None for row in deductions)
    assert any(not row["known"] for row in deductions)
    placed = {order["order_id"]: order["ts"] for order in orders}
    gaps = [
        datetime.fromisoformat(row["ts"]) - datetime.fromisoformat(placed[row["order_id"]])
        for row in deductions
        if row["known"]
    ]
    assert max(gaps) > timedelta(days=120)
    people = emulator.views[0].world.people
    assert (~people.has_email).any()
    assert (~people.has_email <= people.has_phone).all()
    assert people.deleted.any()
    assert people.guest.any()
    emulator.close()


def test_history_begins_two_years_before_the_quarter() -> None:
    assert since_for(datetime(2026, 11, 21, tzinfo=UTC)) == datetime(2024, 10, 1, tzinfo=UTC)
    assert since_for(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2024, 1, 1, tzinfo=UTC)


def test_the_clock_knows_gaps_and_repeats(world: World) -> None:
    spring = int(datetime(2025, 3, 30, 1, 0, tzinfo=UTC).timestamp())
    assert world.zone.local(np.array([spring - 1, spring]))[1] - world.zone.local(np.array([spring - 1]))[0] == 3601
    days = np.arange(world.start // 86400, world.end // 86400)
    midnights = world.zone.midnight(days)
    assert (world.zone.day(midnights) == days).all()
    assert (world.zone.day(midnights - 1) == days - 1).all()
    lengths = set(np.diff(midnights).tolist())
    assert lengths == {82_800, 86_400, 90_000}
