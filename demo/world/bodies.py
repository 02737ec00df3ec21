"""Event bodies: `event_properties` of each kind, in the two flavours of shop and as Klaviyo writes its own events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from demo.world.build import World
from demo.world.cards import PROVIDERS, email_of, phone_of
from demo.world.identity import text
from demo.world.orders import CODE, CODES, DEPTHS, NO_AMOUNT
from demo.world.timeline import Kind

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
CLIENTS = (
    ("Mobile", "Apple Mail", "iOS", "iOS"),
    ("Browser", "Chrome", "Windows 11", "Windows"),
    ("Mobile", "Gmail image proxy", "Android", "Android"),
    ("Desktop", "Outlook", "Windows 10", "Windows"),
    ("Browser", "Safari", "OS X 14", "OS X"),
    ("Mobile", "Samsung Mail", "Android", "Android"),
)
PAGES = ("/", "/sale", "/new", "/account", "/blog", "/search", "/stores", "/help", "/collections/all", "/about", "/cart", "/gift")


def money(minor: int) -> float:
    return minor / 100


class Bodies:
    """`properties(kind, ref, profile, ts)` gives the JSON object of one event as bytes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._lines = world.orders.first_line.tolist()
        self._counts = world.orders.lines.tolist()
        self._ids = text(world.people.ids)
        self._urls = [f"{world.plan.website}/products/{c}" for c in world.catalog.external_id]
        self._sends = (world.sends.message.tolist(), world.sends.variation.tolist(), world.sends.ts.tolist())
        self._reaction_send = world.sends.reaction_send.tolist()
        self._machine = world.sends.reaction_machine.tolist()
        self._link = world.sends.reaction_link.tolist()
        self._message = [self._static(number) for number in range(len(world.marketing.messages))]
        self.write: dict[int, Callable[[int, int, int], bytes]] = {
            Kind.PLACED: self.placed,
            Kind.PLACED_TWICE: self.placed_twice,
            Kind.ORDERED: self.ordered,
            Kind.FULFILLED: self.after,
            Kind.CANCELLED: self.after,
            Kind.REFUNDED: self.after,
            Kind.CHECKOUT: self.checkout,
            Kind.CART: self.product_seen,
            Kind.VIEWED: self.product_seen,
            Kind.ACTIVE: self.active,
            Kind.RECEIVED_EMAIL: self.received,
            Kind.RECEIVED_SMS: self.text_message,
            Kind.FAILED_SMS: self.text_failed,
            Kind.RECEIVED_PUSH: self.push,
            Kind.BOUNCED_EMAIL: self.bounced,
            Kind.OPENED_EMAIL: self.opened,
            Kind.CLICKED_EMAIL: self.clicked,
            Kind.SPAM_EMAIL: self.plain_reaction,
            Kind.UNSUBSCRIBED_EMAIL: self.plain_reaction,
            Kind.UNSUBSCRIBED_SMS: self.sms_reaction,
            Kind.CLICKED_SMS: self.sms_reaction,
            Kind.OPENED_PUSH: self.push_opened,
            Kind.SUBSCRIBED_LIST: self.subscribed,
            Kind.SUBMITTED_FORM: self.submitted,
        }

    # orders

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
            "discount_allocations": [{"amount": f"{discount / 100:.2f}", "discount_application_index": 0}] if discount else [],
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
                    {"code": code, "amount": f"{discount / 100:.2f}", "type": "percentage", "percent": DEPTHS[orders.code[order]]}
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

    def placed(self, order: int, profile: int, ts: int) -> bytes:
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

    def ordered(self, line: int, profile: int, ts: int) -> bytes:
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

    def after(self, row: int, profile: int, ts: int) -> bytes:
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

    def checkout(self, line: int, profile: int, ts: int) -> bytes:
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

    def product_seen(self, product: int, profile: int, ts: int) -> bytes:
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
            self.world.plan.website.encode(), PAGES[page].encode(), client[1].encode(), client[2].encode(), ts,
        )

    # messages

    def _static(self, number: int) -> list[bytes]:
        """What every event of a message repeats, one entry a variation, without the braces."""
        market = self.world.marketing
        message = market.messages[number]
        name = market.campaigns[message.campaign].name if message.flow < 0 else message.name
        body: dict[str, Any] = {"$message": message.id, "Campaign Name": name, "Subject": message.subject}
        if message.flow >= 0:
            body |= {"$flow": market.flows[message.flow].id, "Message Name": message.name}
        found = []
        for key, label in message.variations:
            extra = {"$variation": key, "Variation Name": label} if len(message.variations) > 1 else {}
            found.append(orjson.dumps(body | extra)[1:-1])
        return found

    def _common(self, send: int) -> tuple[bytes, bytes, int]:
        messages, variations, sent = self._sends
        number = messages[send]
        return self._message[number][variations[send]], self.world.marketing.messages[number].id.encode(), sent[send]

    def _mail(self, send: int, profile: int, extra: bytes) -> bytes:
        static, key, sent = self._common(send)
        domain, inbox = PROVIDERS[self.world.people.provider[profile]]
        return b'{%b,"Email Domain":"%b","Inbox Provider":"%b"%b,"$event_id":"%b:%b:%d","$_cohort$message_send_cohort":"%d:%b"}' % (
            static, domain.encode(), inbox.encode(), extra, key, self._ids[profile].encode(), sent, sent, key,
        )

    def received(self, send: int, profile: int, ts: int) -> bytes:
        return self._mail(send, profile, b',"$group_ids":[]')

    def bounced(self, send: int, profile: int, ts: int) -> bytes:
        return self._mail(send, profile, b',"Bounce Type":"Hard"' if send % 3 == 0 else b',"Bounce Type":"Soft"')

    def _client(self, profile: int) -> bytes:
        kind, name, system, family = CLIENTS[profile % 6]
        return b',"Client Type":"%b","Client Name":"%b","Client OS":"%b","Client OS Family":"%b"' % (
            kind.encode(), name.encode(), system.encode(), family.encode(),
        )

    def opened(self, reaction: int, profile: int, ts: int) -> bytes:
        flag = b',"machine_open":true' if self._machine[reaction] else b',"machine_open":false'
        return self._mail(self._reaction_send[reaction], profile, self._client(profile) + flag)

    def clicked(self, reaction: int, profile: int, ts: int) -> bytes:
        page = PAGES[self._link[reaction] * 2 % 12].encode()
        extra = b',"URL":"%b%b","Bot Click":%b' % (
            self.world.plan.website.encode(), page, b"true" if self._machine[reaction] else b"false",
        )
        return self._mail(self._reaction_send[reaction], profile, self._client(profile) + extra)

    def plain_reaction(self, reaction: int, profile: int, ts: int) -> bytes:
        return self._mail(self._reaction_send[reaction], profile, b"")

    def _sms(self, send: int, profile: int, extra: bytes) -> bytes:
        static, key, sent = self._common(send)
        return b'{%b,"To Number":"%b","From Number":"30303","Segment Count":1%b,"$event_id":"%b:%b:%d"}' % (
            static, (phone_of(self.world, profile) or "").encode(), extra, key, self._ids[profile].encode(), sent,
        )

    def text_message(self, send: int, profile: int, ts: int) -> bytes:
        return self._sms(send, profile, b',"Message Format":"SMS"')

    def text_failed(self, send: int, profile: int, ts: int) -> bytes:
        return self._sms(send, profile, b',"Failure Source":"carrier","Failure Type":"unreachable"')

    def sms_reaction(self, reaction: int, profile: int, ts: int) -> bytes:
        page = PAGES[self._link[reaction] % 12].encode()
        extra = b',"URL":"%b%b"' % (self.world.plan.website.encode(), page)
        return self._sms(self._reaction_send[reaction], profile, extra)

    def push(self, send: int, profile: int, ts: int) -> bytes:
        static, key, sent = self._common(send)
        return b'{%b,"$event_id":"%b:%b:%d","Push Platform":"ios"}' % (static, key, self._ids[profile].encode(), sent)

    def push_opened(self, reaction: int, profile: int, ts: int) -> bytes:
        return self.push(self._reaction_send[reaction], profile, ts)

    # sign-ups

    def subscribed(self, place: int, profile: int, ts: int) -> bytes:
        group = self.world.audience.lists[place]
        return orjson.dumps({"List": group.name, "$list_id": group.id, "$event_id": f"{group.id}:{profile}"})

    def submitted(self, version: int, profile: int, ts: int) -> bytes:
        found = self.world.audience.versions[version]
        form = self.world.audience.forms[found.form]
        return orjson.dumps(
            {
                "form_id": form.id,
                "form_version_id": int(found.id),
                "Form Name": form.name,
                "Email": email_of(self.world, profile),
                "$step_name": "Email Opt-In",
                "$event_id": f"{form.id}:{profile}",
            }
        )
