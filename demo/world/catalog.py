"""Products: a long tail of demand over categories and brands, variants, pairs that sell together, and substitutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demo.world.identity import mix
from demo.world.profile import AccountPlan

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SIZES = ("XS", "S", "M", "L", "XL")
COLOURS = ("Moss", "Slate", "Rust", "Night", "Sand", "Fern", "Clay", "Ice")
SERIES = (
    "Alta",
    "Birk",
    "Cirro",
    "Dorn",
    "Enzian",
    "Firn",
    "Grat",
    "Holm",
    "Isar",
    "Joch",
    "Kar",
    "Lund",
    "Mons",
    "Nova",
)
TAGS = ("bestseller", "new", "sale", "organic", "vegan", "limited", "gift", "outlet")
COMPLEMENT = 0.42


@dataclass(frozen=True)
class Catalog:
    """Arrays by product (P) and by variant (V). Prices in minor units.

    `group` names products that replace each other: two of one group are never in one basket. `partner` is the product
    that is added to a basket with probability COMPLEMENT once this one is in it, -1 for most.
    """

    title: list[str]
    external_id: list[str]
    category: Ints
    brand: Ints
    kind: list[str]
    group: Ints
    price: Ints
    popularity: Floats
    partner: Ints
    tags: list[list[str]]
    created: Ints
    published: npt.NDArray[np.bool_]
    variant_product: Ints
    variant_title: list[str]
    variant_sku: list[str]
    variant_external_id: list[str]
    variant_stock: Ints
    first_variant: Ints
    variants: Ints

    @property
    def size(self) -> int:
        return len(self.title)


def build_catalog(plan: AccountPlan, rng: np.random.Generator, events: int, start: int, end: int) -> Catalog:
    count = int(np.clip(events // 700, 36, 1800) * (1.0 if plan.number == 0 else 0.7))
    weights = np.array([category.weight for category in plan.categories])
    category = np.sort(rng.choice(len(weights), size=count, p=weights / weights.sum()))
    category[: len(weights)] = np.arange(len(weights))
    category = np.sort(category)
    brand = (rng.zipf(1.4, count) - 1) % len(plan.brands)
    kind_no = np.array([int(rng.integers(len(plan.categories[c].kinds))) for c in category])
    kinds = [plan.categories[c].kinds[k] for c, k in zip(category, kind_no, strict=True)]
    base = np.array([plan.categories[c].price for c in category], dtype=np.float64)
    price = np.round(base * np.exp(rng.normal(0, 0.35, count)) / 100).astype(np.int64) * 100 - 5
    price = np.maximum(price, 295)
    rank = rng.permutation(count) + 1
    popularity = weights[category] / rank**0.85
    group = np.full(count, -1, dtype=np.int64)
    partner = np.full(count, -1, dtype=np.int64)
    number = 0
    by_popularity = np.argsort(-popularity, kind="stable")
    for cat in range(len(plan.categories)):  # the two or three leading products of a kind replace each other
        for kind in range(len(plan.categories[cat].kinds)):
            members = [p for p in by_popularity if category[p] == cat and kind_no[p] == kind][:3]
            if len(members) >= 2:
                group[members] = number
                popularity[members] = popularity[members].mean()
                number += 1
    candidates = by_popularity[: max(8, count // 3)]
    for product in candidates[::2]:  # a partner comes from another category, so both facts stay apart
        others = candidates[category[candidates] != category[product]]
        if len(others) and partner[product] < 0:
            other = int(others[rng.integers(len(others))])
            partner[product] = other
    keys = mix(np.arange(count), 97 + plan.number)
    title = [
        f"{plan.brands[b]} {SERIES[int(k % len(SERIES))]} {kind}{'' if i < 40 else f' {i}'}"
        for i, (b, k, kind) in enumerate(zip(brand, keys.tolist(), kinds, strict=True))
    ]
    age = rng.random(count)
    created = (start - 200 * 86400 + age * 200 * 86400 + (age > 0.8) * (age - 0.8) * 5 * (end - start) * 0.8).astype(
        np.int64
    )
    variants = 1 + (keys % np.uint64(5)).astype(np.int64)
    variant_product = np.repeat(np.arange(count), variants)
    first = np.concatenate([[0], np.cumsum(variants)[:-1]])
    place = np.arange(len(variant_product)) - first[variant_product]
    return Catalog(
        title=title,
        external_id=[str(7_100_000_000 + 137 * i + plan.number) for i in range(count)],
        category=category,
        brand=brand,
        kind=kinds,
        group=group,
        price=price,
        popularity=popularity / popularity.sum(),
        partner=partner,
        tags=[[TAGS[int(k % 8)]] if k % 3 else [TAGS[int(k % 8)], TAGS[int(k % 7)]] for k in keys.tolist()],
        created=np.minimum(created, end - 86400),
        published=rng.random(count) > 0.04,
        variant_product=variant_product,
        variant_title=[
            f"{SIZES[n % 5]} / {COLOURS[(p + n) % 8]}"
            for p, n in zip(variant_product.tolist(), place.tolist(), strict=True)
        ],
        variant_sku=[
            f"{plan.categories[category[p]].name[:3].upper()}-{p:04d}-{n + 1}"
            for p, n in zip(variant_product.tolist(), place.tolist(), strict=True)
        ],
        variant_external_id=[str(41_000_000_000 + 11 * i + plan.number) for i in range(len(variant_product))],
        variant_stock=rng.poisson(40, len(variant_product)).astype(np.int64),
        first_variant=first.astype(np.int64),
        variants=variants,
    )
