"""Event bodies of the shop: orders in two flavours, what happens to them later, baskets, views, sessions."""

from __future__ import annotations

from typing import Any

import orjson

from demo.world.build import World
from demo.world.cards import CLIENTS, PAGES, phone_of
from demo.world.orders import CODE, CODES, DEPTHS, NO_AMOUNT

DEVICES = ("Mobile", "Desktop", "Tablet")
SOURCES = ("web", "pos", "iphone", "draft_orders")
REASONS = ("customer", "inventory", "damaged", "fraud", "other")
UTM = (
    "",
    "utm_source=klaviyo&utm_medium=email&utm_campaign=newsletter",
    "utm_source=google&utm_medium=cpc&utm_campaign=brand",
    "utm_source=instagram&utm_medium=social&utm_campaign=story&utm_content=reel",
    "utm_source=google&utm_medium=organic",
    "utm_source=newsletter&utm_medium=referral&utm_campaign=partners&utm_term=outdoor",
)


def money(minor: int) -> float:
    return minor / 100


class OrderBodies:
    """Each method gives the JSON object `event_properties` of one event as bytes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._lines = world.orders.first_line.tolist()
        self._counts = world.orders.lines.tolist()
        self._urls = [f"{world.plan.website}/products/{c}" for c in world.catalog.external_id]

    def order_id(self, order: int) -> str:
        """The shop's order number; a few orders carry none and are known by their $event_id."""
        return f"{'NW' if self.world.plan.number == 0 else 'HL'}{self.world.orders.number[order]}"

    def order_key(self, order: int) -> str:
        """What other events of the order, and the tables, call it: the order's number, else its $event_id."""
        return f"placed-{self.order_id(order)}" if self.world.orders.event_id_only[order] else self.order_id(order)

    def _address(self, profile: int) -> dict[str, str]:
        people, plan = self.world.people, self.world.plan
        city = plan.cities[people.city[profile]]
        return {
            "FirstName": plan.first_names[people.first_name[profile]],
            "LastName": plan.last_names[people.last_name[profile]],
            "Address1": f"{plan.street} {profile % 190 + 1}",
            "City": city.name,
            "RegionCode": city.region,
            "CountryCode": city.code,
            "Zip": city.postcode,
            "Phone": phone_of(self.world, profile) or "",
        }

    def _currency(self, order: int) -> str:
        number = int(self.world.orders.currency[order])
        return self.world.plan.foreign[number - 1] if number else self.world.plan.currency

    def _line_facts(self, line: int) -> tuple[int, int, int, int, int]:
        orders = self.world.orders
        return (
            int(orders.line_product[line]),
            int(orders.line_variant[line]),
            int(orders.line_quantity[line]),
            int(orders.line_price[line]),
            int(orders.line_discount[line]),
        )

    def _item(self, line: int) -> dict[str, Any]:
        """One entry of Items (the plain flavour): RowTotal is before the order's discount."""
        catalog, plan = self.world.catalog, self.world.plan
        product, variant, quantity, price, _ = self._line_facts(line)
        return {
            "ProductID": catalog.external_id[product],
            "VariantID": catalog.variant_external_id[variant],
            "SKU": catalog.variant_sku[variant],
            "ProductName": catalog.title[product],
            "Quantity": quantity,
            "ItemPrice": money(price),
            "RowTotal": money(price * quantity),
            "ProductURL": self._urls[product],
            "ImageURL": f"{self._urls[product]}.jpg",
            "ProductCategories": [plan.categories[catalog.category[product]].name, catalog.kind[product]],
            "Brand": plan.brands[catalog.brand[product]],
        }

    def _shop_line(self, line: int, first: int) -> dict[str, Any]:
        catalog, plan = self.world.catalog, self.world.plan
        product, variant, quantity, price, discount = self._line_facts(line)
        return {
            "id": 14_000_000_000_000 + line,
            "product_id": int(catalog.external_id[product]),
            "variant_id": int(catalog.variant_external_id[variant]),
            "sku": catalog.variant_sku[variant],
            "title": catalog.title[product],
            "name": f"{catalog.title[product]} - {catalog.variant_title[variant]}",
            "variant_title": catalog.variant_title[variant],
            "vendor": plan.brands[catalog.brand[product]],
            "product_type": plan.categories[catalog.category[product]].name,
            "quantity": quantity,
            "price": f"{price / 100:.2f}",
            "total_discount": "0.00",
            "discount_allocations": [{"amount": f"{discount / 100:.2f}", "discount_application_index": 0}]
            if discount
            else [],
            "product": {"tags": catalog.tags[product], "handle": f"p-{product}"},
            "line_price": f"{price * quantity / 100:.2f}",
            "position": line - first,
        }

    def _names(self, lines: range) -> dict[str, list[str]]:
        catalog, plan, orders = self.world.catalog, self.world.plan, self.world.orders
        products = [int(p) for p in orders.line_product[lines.start : lines.stop]]
        return {
            "Categories": sorted({plan.categories[catalog.category[p]].name for p in products}),
            "ItemNames": [catalog.title[p] for p in products],
            "Brands": sorted({plan.brands[catalog.brand[p]] for p in products}),
        }

    def order(self, order: int, profile: int) -> dict[str, Any]:
        """Placed Order without $value and $event_id."""
        orders = self.world.orders
        first = self._lines[order]
        lines = range(first, first + self._counts[order])
        address = self._address(profile)
        kind, code, discount = int(orders.discount_kind[order]), CODES[orders.code[order]], int(orders.discount[order])
        landing = UTM[orders.landing[order]]
        names = self._names(lines)
        body: dict[str, Any] = {} if orders.event_id_only[order] else {"OrderId": self.order_id(order)}
        if not orders.shopify[order]:
            body |= names | {
                "DiscountCode": code if kind == CODE else "",
                "DiscountValue": money(discount),
                "Items": [self._item(line) for line in lines],
                "BillingAddress": address,
                "ShippingAddress": address,
                "ShippingCost": money(int(orders.shipping[order])),
                "source_name": SOURCES[orders.source[order]],
                "device_type": DEVICES[orders.device[order]],
            }
            if landing:
                body |= dict(part.split("=", 1) for part in landing.split("&"))
            return body
        codes = [code] if kind == CODE else []
        if kind == CODE and order % 23 == 0:
            codes.append("FREESHIP")
        site = self.world.plan.website
        return body | {
            "Collections": [*names["Categories"], "All products"],
            "Item Count": int(sum(self._line_facts(line)[2] for line in lines)),
            "Items": names["ItemNames"],
            "Discount Codes": codes,
            "Total Discounts": f"{discount / 100:.2f}",
            "Source Name": SOURCES[orders.source[order]],
            "Client Type": DEVICES[orders.device[order]],
            "Billing Address": address,
            "Shipping Address": address,
            "tags": ["first-order"] if order % 9 == 0 else [],
            "$extra": {
                "id": 5_500_000_000_000 + order,
                "order_number": int(orders.number[order]),
                "landing_site": f"{site}/{'?' + landing if landing else ''}",
                "line_items": [self._shop_line(line, first) for line in lines],
                "discount_codes": [
                    {
                        "code": code,
                        "amount": f"{discount / 100:.2f}",
                        "type": "percentage",
                        "percent": DEPTHS[orders.code[order]],
                    }
                ]
                if kind == CODE
                else [],
                "total_discounts": f"{discount / 100:.2f}",
                "subtotal_price": f"{(int(orders.subtotal[order]) - discount) / 100:.2f}",
                "total_shipping": f"{int(orders.shipping[order]) / 100:.2f}",
                "total_price": f"{int(orders.value[order]) / 100:.2f}",
                "currency": self._currency(order),
                "presentment_currency": self._currency(order),
                "shipping_lines": [{"title": "Standard", "price": f"{int(orders.shipping[order]) / 100:.2f}"}],
                "tags": "",
            },
        }

    def placed(self, order: int, profile: int, _ts: int) -> bytes:
        return orjson.dumps(
            {
                **self.order(order, profile),
                "$value": money(int(self.world.orders.value[order])),
                "$value_currency": self._currency(order),
                "$event_id": f"placed-{self.order_id(order)}",
            }
        )

    def placed_twice(self, order: int, profile: int, ts: int) -> bytes:
        return self.placed(order, profile, ts)

    def ordered(self, line: int, _profile: int, _ts: int) -> bytes:
        order = int(self.world.orders.line_order[line])
        item = self._item(line)
        _, _, quantity, price, discount = self._line_facts(line)
        return orjson.dumps(
            {
                "OrderId": self.order_key(order),
                "ProductID": item["ProductID"],
                "VariantID": item["VariantID"],
                "SKU": item["SKU"],
                "ProductName": item["ProductName"],
                "Quantity": quantity,
                "ProductURL": item["ProductURL"],
                "ImageURL": item["ImageURL"],
                "Categories": item["ProductCategories"],
                "ProductBrand": item["Brand"],
                "$value": money(price * quantity - discount),
                "$value_currency": self._currency(order),
                "$event_id": f"{self.order_key(order)}:{line - self._lines[order] + 1}",
            }
        )

    def after(self, row: int, _profile: int, _ts: int) -> bytes:
        """Fulfilled, cancelled, refunded: the order's number, the lines concerned and a reason."""
        orders = self.world.orders
        if row < 0:  # an order from before the history
            return orjson.dumps(
                {"OrderId": f"OLD{-row}", "Reason": "customer", "$value": 25.0 * -row, "$event_id": f"refund-OLD{-row}"}
            )
        order, line = int(orders.after_order[row]), int(orders.after_line[row])
        known = self.order_key(order)
        amount = int(orders.after_amount[row])
        body: dict[str, Any] = {"OrderId": known, "Reason": REASONS[orders.after_reason[row]]}
        if line >= 0:
            item = self._item(line)
            net = orders.line_price[line] * orders.line_quantity[line] - orders.line_discount[line]
            item["RowTotal"] = money(int(net))
            body |= {"Categories": item["ProductCategories"], "Brands": [item["Brand"]], "Items": [item]}
        if amount != NO_AMOUNT:
            body["$value"] = money(amount)
        body |= {"$value_currency": self._currency(order), "$event_id": f"after-{known}-{row}"}
        return orjson.dumps(body)

    def checkout(self, line: int, _profile: int, ts: int) -> bytes:
        item = self._item(line)
        return orjson.dumps(
            {
                "Categories": item["ProductCategories"],
                "ItemNames": [item["ProductName"]],
                "Items": [item],
                "CheckoutURL": f"{self.world.plan.website}/checkouts/{line:x}",
                "$value": item["RowTotal"],
                "$value_currency": self.world.plan.currency,
                "$event_id": f"checkout-{line}-{ts}",
            }
        )

    def product_seen(self, product: int, _profile: int, _ts: int) -> bytes:
        catalog, plan = self.world.catalog, self.world.plan
        return orjson.dumps(
            {
                "ProductID": catalog.external_id[product],
                "ProductName": catalog.title[product],
                "SKU": catalog.variant_sku[catalog.first_variant[product]],
                "Categories": [plan.categories[catalog.category[product]].name, catalog.kind[product]],
                "Brand": plan.brands[catalog.brand[product]],
                "Price": money(int(catalog.price[product])),
                "URL": self._urls[product],
                "ImageURL": f"{self._urls[product]}.jpg",
            }
        )

    def active(self, page: int, profile: int, ts: int) -> bytes:
        client = CLIENTS[profile % 6]
        return b'{"page":"%b%b","$is_session_activity":true,"browser":"%b","os":"%b","$event_id":"%d"}' % (
            self.world.plan.website.encode(),
            PAGES[page].encode(),
            client[1].encode(),
            client[2].encode(),
            ts,
        )
