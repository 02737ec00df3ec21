"""Products, variants and categories of the catalog as JSON:API resources."""

from __future__ import annotations

from demo.api.resources import Resource, links, related
from demo.world.build import World
from demo.world.cards import BASE
from demo.world.clock import iso


def catalog_id(external: str) -> str:
    return f"$shopify:::$default:::{external}"


def catalog_item(world: World, product: int) -> Resource:
    catalog, plan = world.catalog, world.plan
    key = catalog_id(catalog.external_id[product])
    url = f"{plan.website}/products/{catalog.external_id[product]}"
    first, count = int(catalog.first_variant[product]), int(catalog.variants[product])
    variants = [catalog_id(catalog.variant_external_id[v]) for v in range(first, first + count)]
    return {
        "type": "catalog-item",
        "id": key,
        "attributes": {
            "external_id": catalog.external_id[product],
            "title": catalog.title[product],
            "description": f"{catalog.kind[product]} by {plan.brands[catalog.brand[product]]}",
            "price": int(catalog.price[product]) / 100,
            "url": url,
            "image_full_url": f"{url}.jpg",
            "image_thumbnail_url": f"{url}-small.jpg",
            "images": [f"{url}.jpg"],
            "custom_metadata": {
                "tags": catalog.tags[product],
                "vendor": plan.brands[catalog.brand[product]],
                "product_type": plan.categories[catalog.category[product]].name,
            },
            "published": bool(catalog.published[product]),
            "created": iso(int(catalog.created[product])),
            "updated": iso(int(catalog.created[product]) + 3600),
        },
        "relationships": {"variants": related(f"catalog-items/{key}", "variants", "catalog-variant", variants)},
        "links": {"self": f"{BASE}/catalog-items/{key}/"},
    }


def catalog_variant(world: World, variant: int) -> Resource:
    catalog = world.catalog
    product = int(catalog.variant_product[variant])
    key = catalog_id(catalog.variant_external_id[variant])
    parent = catalog_item(world, product)
    same = {name: parent["attributes"][name] for name in ("url", "image_full_url", "image_thumbnail_url", "images")}
    return {
        "type": "catalog-variant",
        "id": key,
        "attributes": {
            "external_id": catalog.variant_external_id[variant],
            "title": f"{catalog.title[product]} {catalog.variant_title[variant]}",
            "description": parent["attributes"]["description"],
            "sku": catalog.variant_sku[variant],
            "inventory_policy": 1,
            "inventory_quantity": float(catalog.variant_stock[variant]),
            "price": parent["attributes"]["price"],
            **same,
            "custom_metadata": {},
            "published": parent["attributes"]["published"],
            "created": parent["attributes"]["created"],
            "updated": parent["attributes"]["updated"],
        },
        "relationships": {"item": related(f"catalog-variants/{key}", "item", "catalog-item", parent["id"])},
        "links": {"self": f"{BASE}/catalog-variants/{key}/"},
    }


def catalog_category(world: World, number: int) -> Resource:
    external = f"c{number + 1}"
    key = catalog_id(external)
    return {
        "type": "catalog-category",
        "id": key,
        "attributes": {
            "external_id": external,
            "name": world.plan.categories[number].name,
            "updated": iso(world.start),
        },
        "relationships": {"items": {"links": links(f"catalog-categories/{key}", "items")}},
        "links": {"self": f"{BASE}/catalog-categories/{key}/"},
    }
