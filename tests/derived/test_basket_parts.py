"""What is kept of parts of the baskets: it is what would be counted, and falls away with the pairs that it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from analytics.basket import Basket, Level
from data_access.derived import basket_parts, product_relationships
from data_access.derived.frame import compute, due
from data_access.queries import basket as reads
from data_access.queries.basket_counts import added_up
from data_access.queries.basket_query import BasketQuery, BundleQuery
from data_access.scope import local_admin
from data_access.scoped import scoped_read
from data_access.stores import Stores
from tests.embedded_clickhouse import WAREHOUSES
from tests.warehouse_rows import ACCOUNT, insert, line, migrated, order, store

ADMIN = local_admin()
# Who bought what how often.
BOUGHT = (
    ("ann", ("pasta", "sauce", "cheese"), 5),
    ("ann", ("pasta", "sauce"), 3),
    ("ann", ("soap",), 8),
    ("bob", ("pasta", "cheese"), 6),
    ("bob", ("soap",), 2),
    ("cyd", ("soap", "sauce"), 1),
)
KINDS = {"pasta": "dry", "sauce": "wet", "cheese": "wet", "soap": "wash"}
ASKED = (
    BasketQuery(level=Level.CATEGORY, related=False),
    BasketQuery(level=Level.CATEGORY),
    BasketQuery(level=Level.CATEGORY, related=False, given=("dry",)),
    BasketQuery(segments=("Champions",), related=False),
    BasketQuery(segments=("Champions",), related=False, lift=1.5),
    BasketQuery(segments=("Champions",), related=False, given=("sauce",)),
    BasketQuery(segments=("Lost",), related=False, support=0.5),
    BasketQuery(level=Level.CATEGORY, segments=("Champions",), related=False),
    BasketQuery(level=Level.CATEGORY, segments=("Lost", "Champions"), related=False),
    BasketQuery(level=Level.CATEGORY, segments=("Lost", "Champions"), related=False, given=("wet",), lift=1.1),
)


@pytest.fixture(scope="module", params=WAREHOUSES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """25 orders, one a day, of three customers in two segments; the pairs and the parts of them."""
    with migrated(tmp_path_factory.mktemp("parts"), request.param) as stores:
        insert(stores, "stores", store())
        orders: list[dict[str, Any]] = []
        lines: list[dict[str, Any]] = []
        for who, products, often in BOUGHT:
            for _ in range(often):
                id, day = f"o{len(orders)}", (date(2026, 6, 1) + timedelta(days=len(orders))).isoformat()
                orders.append(order(id, "10.00", f"{day}T12:00", customer_id=who))
                lines += [line(id, product, "10.00", day) | {"product_type": KINDS[product]} for product in products]
        insert(stores, "klaviyo_orders", *orders)
        insert(stores, "klaviyo_order_line_items", *lines)
        segments = {"ann": "Champions", "bob": "Lost", "cyd": "Lost"}
        own = {"klaviyo_public_id": ACCOUNT, "last_updated": datetime.now(UTC)}
        for id, segment in segments.items():
            insert(stores, "customer_profiles", own | {"customer_id": id, "customer_email": id, "rfm_segment": segment})
        computed(stores)
        yield stores


def computed(stores: Stores) -> str:
    compute(stores, ACCOUNT, product_relationships.TABLE, full=True)
    return compute(stores, ACCOUNT, basket_parts.TABLE).how


def asked_of(stores: Stores, asked: BasketQuery) -> Basket:
    found = reads.basket(stores, ADMIN, ACCOUNT, asked)
    assert found is not None
    return found


def counted(stores: Stores, asked: BasketQuery) -> Basket:
    """The same of all days that there are, which nobody keeps."""
    return asked_of(stores, replace(asked, start=date(2000, 1, 1)))


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_kept_is_what_would_be_counted(
    shop: Stores, asked: BasketQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = counted(shop, asked)
    monkeypatch.setattr(reads, "anew", None)
    kept = asked_of(shop, asked)
    assert replace(kept, segments_at=None) == expected
    assert (kept.segments_at is None) == (not asked.segments)


def test_figures_of_a_segment_and_of_categories(shop: Stores) -> None:
    """Ann's 16 baskets: sauce in 8, cheese in 5, both in 5. All 25: dry in 14, wet in 15, both in 14."""
    champions = asked_of(shop, ASKED[3])
    (rule,) = [one for one in champions.rules if (one.given.id, one.other.id) == ("sauce", "cheese")]
    assert (champions.baskets, champions.with_others, champions.pairs) == (16, 8, 3)
    assert (rule.given.baskets, rule.other.baskets, rule.baskets, rule.lift) == (8, 5, 5, 5 * 16 / (8 * 5))
    assert (rule.given.name, rule.first, rule.last) == ("Product sauce", date(2026, 6, 1), date(2026, 6, 5))
    categories = asked_of(shop, ASKED[0])
    (rule,) = [one for one in categories.rules if (one.given.id, one.other.id) == ("dry", "wet")]
    assert (categories.baskets, categories.with_others, categories.pairs) == (25, 15, 1)
    assert (rule.given.baskets, rule.other.baskets, rule.baskets) == (14, 15, 14)


def test_counts_of_segments_are_added_up_before_they_are_tested(shop: Stores) -> None:
    """Dry and wet: in 8 of Ann's 16 baskets and in 6 of the 9 others, which 10 together are not until they are added
    up. Lines of Champions: 8 × dry + wet, 8 × wash; of Lost: 6 × dry + wet, 2 × wash, 1 × wash + wet."""
    totals = {
        "Champions": {"baskets": 16, "with_others": 8, "held": 24},
        "Lost": {"baskets": 9, "with_others": 7, "held": 16},
    }
    with scoped_read(shop.warehouse, ADMIN, ACCOUNT) as session:
        alone, both = (
            added_up(
                session,
                BasketQuery(level=Level.CATEGORY, segments=segments, related=False),
                [totals[segment] for segment in segments],
                minimum=10,
                most=9,
            )
            for segments in (("Lost",), ("Lost", "Champions"))
        )
    assert (alone["pairs"], alone["rules"]) == (0, [])
    (rule,) = [one for one in both["rules"] if one.given.id == "dry"]
    assert (both["baskets"], both["with_others"], both["mean_size"], both["pairs"]) == (25, 15, 40 / 25, 1)
    assert (rule.given.baskets, rule.other.id, rule.other.baskets, rule.baskets) == (14, "wet", 15, 14)
    assert (rule.first, rule.last, rule.lift) == (date(2026, 6, 1), date(2026, 6, 22), 14 * 25 / (14 * 15))


def test_bundles_are_kept(shop: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = reads.found_bundles(shop, ADMIN, ACCOUNT, BundleQuery(BasketQuery(start=date(2000, 1, 1)), 5))
    fewer = reads.found_bundles(shop, ADMIN, ACCOUNT, BundleQuery(BasketQuery(), 6))
    monkeypatch.setattr(reads, "counted", None)
    kept = reads.found_bundles(shop, ADMIN, ACCOUNT, BundleQuery(BasketQuery(), 5))
    assert kept == expected
    assert [(sorted(item.id for item in one.items), one.baskets) for one in kept.sets] == [
        (["cheese", "pasta", "sauce"], 5)
    ]
    assert fewer.sets == []


def test_it_falls_away_with_the_pairs_that_it_rests_on(shop: Stores) -> None:
    champions = ASKED[3]
    assert compute(shop, ACCOUNT, basket_parts.TABLE).how == "unchanged"
    insert(shop, "settings", {"klaviyo_public_id": ACCOUNT, "key": "minimum_pair_count", "value": "6"})
    compute(shop, ACCOUNT, product_relationships.TABLE, full=True)
    found = asked_of(shop, champions)
    assert (found.minimum, found.pairs, found.segments_at) == (6, 1, None)
    # It is due as soon as the pairs were computed, whatever its own rhythm.
    before = datetime.now(UTC) - timedelta(days=1)
    assert due(shop, ACCOUNT, [basket_parts.TABLE], before) == [basket_parts.TABLE]
    compute(shop, ACCOUNT, basket_parts.TABLE)
    assert due(shop, ACCOUNT, [basket_parts.TABLE], before) == []
    again = asked_of(shop, champions)
    assert again.segments_at is not None
    assert replace(again, segments_at=None) == found
