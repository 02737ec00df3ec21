"""Relationships of a shop of literal baskets, and of shops where it is known what goes together."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.pair_counts import count_pairs
from analytics.product_pairs import KINDS, NO_DAY, Relationships, Shop, candidates, relationships


def related(
    baskets: list[list[int]], products: int, category: list[int] | None = None, minimum: int = 5
) -> Relationships:
    number = np.repeat(np.arange(len(baskets)), [len(held) for held in baskets])
    product = np.array([one for held in baskets for one in held], np.int32)
    several = np.array([len(held) > 1 for held in baskets], bool)
    day = number.astype(np.int32)
    shop = Shop(
        np.bincount(product, minlength=products),
        np.bincount(product[several[number]], minlength=products),
        np.array(category or [-1] * products, np.int64),
        len(baskets),
        int(several.sum()),
    )
    return relationships(shop, count_pairs(number, product, products, day=day), minimum)


def rows(found: Relationships) -> dict[tuple[int, int], str]:
    return {(int(a), int(b)): KINDS[kind] for a, b, kind in zip(found.a, found.b, found.kind, strict=True)}


def test_figures_of_both_directions() -> None:
    """Pasta (0) in 40 of 100 baskets, sauce (1) in 25, both in 20; soap (2) in 55, four times with pasta."""
    baskets = [[0, 1]] * 20 + [[0]] * 16 + [[1]] * 5 + [[0, 2]] * 4 + [[2]] * 51 + [[3]] * 4
    found = related(baskets, 4)
    assert list(zip(found.a, found.b, found.n, strict=True)) == [(0, 1, 20), (1, 0, 20)]
    assert found.support.tolist() == [0.2, 0.2]
    assert found.confidence.tolist() == pytest.approx([20 / 40, 20 / 25])
    assert found.lift.tolist() == pytest.approx([2, 2])
    assert (found.first.tolist(), found.last.tolist()) == ([0, 0], [19, 19])
    # 20 of 100 lie between 12.67 and 29.18 per cent; 10 are expected.
    assert found.low.tolist() == pytest.approx([1.2666, 1.2666], abs=1e-3)
    assert rows(found) == {(0, 1): "complement", (1, 0): "frequently_bought"}


def test_the_minimum_count_and_shops_without_pairs() -> None:
    assert len(related([[0, 1]] * 4 + [[2]] * 9, 3)) == 0
    assert len(related([[0, 1]] * 5 + [[2]] * 9, 3)) == 2
    assert len(related([], 0)) == 0
    assert len(related([[0]] * 50, 1)) == 0


def test_possible_substitutes_are_of_a_category_and_never_in_a_basket_together() -> None:
    """Two teas (0, 1) of one category, each bought with the same cakes (2, 3), never with each other; a kettle (4)."""
    tea = [[0, 2], [1, 2], [0, 3], [1, 3]] * 15
    baskets = tea + [[4, 2], [4, 3], [4, 2, 3]] * 5
    category = [7, 7, 8, 9, 7]
    found = related(baskets, 5, category)
    assert rows(found)[0, 1] == rows(found)[1, 0] == "substitute"
    place = list(zip(found.a, found.b, strict=True)).index((0, 1))
    assert (found.n[place], found.confidence[place], found.first[place]) == (0, 0, NO_DAY)
    assert found.similarity[place] == pytest.approx(1)
    # Of another category the same pair is not even looked at.
    assert (0, 1) not in rows(related(baskets, 5, [7, 6, 8, 9, 7]))
    # Baskets of one product say nothing about what is bought instead.
    more = related(baskets + [[0], [1]] * 100, 5, category)
    assert rows(more)[0, 1] == "substitute"
    assert more.high[list(zip(more.a, more.b, strict=True)).index((0, 1))] == found.high[place]


def test_candidates_are_all_pairs_of_a_category_with_ten_expected() -> None:
    dice = np.random.default_rng(5)
    shop = Shop(dice.integers(0, 400, 60), dice.integers(0, 400, 60), dice.integers(-1, 4, 60), 5000, 4000)
    found = set(zip(*(side.tolist() for side in candidates(shop)), strict=True))
    often, category = shop.with_others, shop.category
    assert found == {
        (a, b)
        for a in range(60)
        for b in range(a + 1, 60)
        if category[a] == category[b] >= 0 and often[a] * often[b] >= 10 * 4000
    }


def test_of_independent_products_hardly_one_is_called_related() -> None:
    dice = np.random.default_rng(11)
    shops, wrong = 30, 0
    for _ in range(shops):
        share = dice.uniform(0.05, 0.3, 25)
        bought = dice.random((1500, 25)) < share
        baskets = [np.flatnonzero(row).tolist() for row in bought if row.any()]
        wrong += any(rows(related(baskets, 25)).values())
    assert wrong <= 4


def test_a_pair_that_is_bought_together_is_found_among_noise() -> None:
    dice = np.random.default_rng(12)
    bought = dice.random((3000, 25)) < 0.1
    bought[:, 7] |= bought[:, 3] & (dice.random(3000) < 0.4)
    found = rows(related([np.flatnonzero(row).tolist() for row in bought], 25))
    assert found[3, 7] == "frequently_bought"
    assert {pair for pair, kind in found.items() if kind} == {(3, 7), (7, 3)}
