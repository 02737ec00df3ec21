"""Profiles, products and metrics as the API prints them (JSON:API resources as bytes)."""

from __future__ import annotations

from typing import Any

import orjson

from demo.world.build import World
from demo.world.clock import DAY, iso
from demo.world.identity import short_ids, text
from demo.world.timeline import Kind

BASE = "https://a.klaviyo.com/api"
PROVIDERS = (
    ("gmail.com", "Gmail"),
    ("icloud.com", "Apple iCloud"),
    ("gmx.de", "GMX"),
    ("outlook.com", "Outlook"),
    ("web.de", "WEB.DE"),
    ("yahoo.com", "Yahoo"),
)
CLIENTS = (
    ("Mobile", "Apple Mail", "iOS", "iOS"),
    ("Browser", "Chrome", "Windows 11", "Windows"),
    ("Mobile", "Gmail image proxy", "Android", "Android"),
    ("Desktop", "Outlook", "Windows 10", "Windows"),
    ("Browser", "Safari", "OS X 14", "OS X"),
    ("Mobile", "Samsung Mail", "Android", "Android"),
)
PAGES = (
    "/",
    "/sale",
    "/new",
    "/account",
    "/blog",
    "/search",
    "/stores",
    "/help",
    "/collections/all",
    "/about",
    "/cart",
    "/gift",
)
METRIC_NAMES: dict[Kind, str] = {
    Kind.PLACED: "Placed Order",
    Kind.ORDERED: "Ordered Product",
    Kind.FULFILLED: "Fulfilled Order",
    Kind.CANCELLED: "Cancelled Order",
    Kind.REFUNDED: "Refunded Order",
    Kind.CHECKOUT: "Checkout Started",
    Kind.CART: "Added to Cart",
    Kind.VIEWED: "Viewed Product",
    Kind.ACTIVE: "Active on Site",
    Kind.RECEIVED_EMAIL: "Received Email",
    Kind.OPENED_EMAIL: "Opened Email",
    Kind.CLICKED_EMAIL: "Clicked Email",
    Kind.BOUNCED_EMAIL: "Bounced Email",
    Kind.SPAM_EMAIL: "Marked Email as Spam",
    Kind.UNSUBSCRIBED_EMAIL: "Unsubscribed from Email Marketing",
    Kind.RECEIVED_SMS: "Received SMS",
    Kind.CLICKED_SMS: "Clicked SMS",
    Kind.FAILED_SMS: "Failed to Deliver SMS",
    Kind.UNSUBSCRIBED_SMS: "Unsubscribed from SMS Marketing",
    Kind.RECEIVED_PUSH: "Received Push",
    Kind.OPENED_PUSH: "Opened Push",
    Kind.SUBSCRIBED_LIST: "Subscribed to List",
    Kind.SUBMITTED_FORM: "Form submitted by profile",
    Kind.PLACED_TWICE: "Placed Order",
}
SHOP_KINDS = frozenset(
    {Kind.PLACED, Kind.ORDERED, Kind.FULFILLED, Kind.CANCELLED, Kind.REFUNDED, Kind.CHECKOUT, Kind.CART}
)


def metric_ids(world: World) -> list[str]:
    """The metric id of each Kind."""
    return text(short_ids(range(len(Kind)), 300 + world.plan.number))


def integration(kind: Kind) -> dict[str, Any]:
    if kind in SHOP_KINDS:
        return {"object": "integration", "id": "0eMvjm", "name": "Shopify", "category": "eCommerce"}
    if kind in (Kind.PLACED_TWICE, Kind.VIEWED, Kind.ACTIVE):
        return {"object": "integration", "id": "7FtS4J", "name": "API", "category": "API"}
    return {"object": "integration", "id": "0rG4eQ", "name": "Klaviyo", "category": "Internal"}


def metric_resources(world: World) -> list[dict[str, Any]]:
    """Metric resources by Kind; the second 'Placed Order' is last and shown only on request."""
    found = []
    for kind, key in zip(Kind, metric_ids(world), strict=True):
        name = world.plan.cancelled_name if kind == Kind.CANCELLED else METRIC_NAMES[kind]
        found.append(
            {
                "type": "metric",
                "id": key,
                "attributes": {
                    "name": name,
                    "created": iso(world.start - 30 * DAY + int(kind) * 40),
                    "updated": iso(world.start - 30 * DAY + int(kind) * 60),
                    "integration": integration(kind),
                },
                "relationships": {"flow-triggers": {"links": _links(f"metrics/{key}", "flow-triggers")}},
                "links": {"self": f"{BASE}/metrics/{key}/"},
            }
        )
    return found


def _links(path: str, name: str) -> dict[str, str]:
    return {"self": f"{BASE}/{path}/relationships/{name}/", "related": f"{BASE}/{path}/{name}/"}


def email_of(world: World, profile: int) -> str | None:
    people, plan = world.people, world.plan
    if not people.has_email[profile]:
        return None
    first = _ascii(plan.first_names[people.first_name[profile]])
    last = _ascii(plan.last_names[people.last_name[profile]])
    domain = PROVIDERS[people.provider[profile]][0]
    name = f"{first}.{last}.{profile}"
    return f"{name.title() if profile % 37 == 0 else name}@{domain}"


def phone_of(world: World, profile: int) -> str | None:
    return f"{world.plan.phone}{2_000_000 + profile}"[:16] if world.people.has_phone[profile] else None


def _ascii(name: str) -> str:
    table = str.maketrans(
        {"ü": "ue", "ö": "oe", "ä": "ae", "ß": "ss", "ı": "i", "é": "e", "ñ": "n", "ú": "u", "ë": "e", "'": "", " ": ""}
    )
    return name.lower().translate(table)


def profile_resource(world: World, profile: int, updated: int, last_event: int | None) -> dict[str, Any]:
    """A profile without the fields that must be asked for (subscriptions, predictive analytics)."""
    people, plan = world.people, world.plan
    city = plan.cities[people.city[profile]]
    guest = bool(people.guest[profile])
    key = people.ids[profile].decode("ascii")
    named = not guest and (people.buyer[profile] or profile % 3 == 0)
    properties: dict[str, Any] = {"Accepts Marketing": bool(people.email_consent[profile])}
    if people.buyer[profile] and not guest:
        properties["Shopify Tags"] = ["vip"] if profile % 19 == 0 else ["returning"] if profile % 3 == 0 else []
        properties["$consent"] = ["email"] if people.email_consent[profile] else []
    if profile % 11 == 0:
        properties["Favourite category"] = plan.categories[people.favourite[profile]].name
    return {
        "type": "profile",
        "id": key,
        "attributes": {
            "email": email_of(world, profile),
            "phone_number": phone_of(world, profile),
            "external_id": None if guest or not people.buyer[profile] else str(6_000_000_000 + profile),
            "first_name": plan.first_names[people.first_name[profile]] if named else None,
            "last_name": plan.last_names[people.last_name[profile]] if named else None,
            "organization": None,
            "locale": plan.locale if profile % 4 else None,
            "title": None,
            "image": None,
            "created": iso(int(people.created[profile])),
            "updated": iso(updated),
            "last_event_date": None if last_event is None else iso(last_event),
            "location": {
                "address1": f"{plan.street} {profile % 190 + 1}" if people.buyer[profile] else None,
                "address2": None,
                "city": city.name,
                "country": city.country,
                "latitude": None,
                "longitude": None,
                "region": city.region,
                "zip": city.postcode,
                "timezone": city.zone,
                "ip": f"203.0.113.{profile % 250}" if profile % 2 else None,
            },
            "properties": properties,
        },
        "relationships": {
            name: {"links": _links(f"profiles/{key}", name)}
            for name in ("lists", "segments", "push-tokens", "conversations")
        },
        "links": {"self": f"{BASE}/profiles/{key}/"},
    }


def subscriptions(world: World, profile: int) -> dict[str, Any]:
    people = world.people
    since = iso(int(people.created[profile]))
    mail, sms, push = (bool(flag[profile]) for flag in (people.email_consent, people.sms_consent, people.push_consent))

    def consent(given: bool, name: str) -> dict[str, Any]:
        return {
            f"can_receive_{name}_marketing": given,
            "consent": "SUBSCRIBED" if given else "NEVER_SUBSCRIBED",
            "consent_timestamp": since if given else None,
        }

    detail = {"method": "PREFERENCE_PAGE", "method_detail": "", "last_updated": since}
    return {
        "email": {
            "marketing": {
                **consent(mail, "email"),
                **detail,
                "custom_method_detail": None,
                "double_optin": mail,
                "suppression": [],
                "list_suppressions": [],
            }
        },
        "sms": {"marketing": {**consent(sms, "sms"), **detail}},
        "mobile_push": {"marketing": consent(push, "push")},
    }


def dumps(value: Any) -> bytes:
    return orjson.dumps(value)
