"""Campaigns, flows, lists, segments, forms, tags and the catalog as JSON:API resources at a moment."""

from __future__ import annotations

from typing import Any

from demo.world.audience import Form, FormVersion, Group
from demo.world.build import World
from demo.world.cards import BASE
from demo.world.clock import DAY, iso
from demo.world.marketing import EMAIL, SMS, Campaign, Flow, Message, Tag

Resource = dict[str, Any]


def links(path: str, name: str) -> dict[str, str]:
    return {"self": f"{BASE}/{path}/relationships/{name}/", "related": f"{BASE}/{path}/{name}/"}


def related(path: str, name: str, kind: str | None = None, ids: list[str] | str | None = None) -> Resource:
    """A relationship: its links, and its data where ids are given."""
    found: Resource = {"links": links(path, name)}
    if kind is not None and ids is not None:
        found["data"] = {"type": kind, "id": ids} if isinstance(ids, str) else [{"type": kind, "id": key} for key in ids]
    return found


def account(world: World) -> Resource:
    plan = world.plan
    city = plan.cities[0]
    return {
        "type": "account",
        "id": plan.public_id,
        "attributes": {
            "test_account": False,
            "contact_information": {
                "default_sender_name": plan.organization,
                "default_sender_email": plan.sender,
                "website_url": plan.website,
                "organization_name": plan.organization,
                "street_address": {
                    "address1": f"{plan.street} 1",
                    "address2": None,
                    "city": city.name,
                    "region": city.region,
                    "country": city.country,
                    "zip": city.postcode,
                },
            },
            "industry": plan.industry,
            "timezone": plan.zone,
            "preferred_currency": plan.currency,
            "public_api_key": plan.public_id,
            "locale": plan.locale,
        },
        "links": {"self": f"{BASE}/accounts/{plan.public_id}/"},
    }


def campaign_status(campaign: Campaign, now: int) -> str:
    if campaign.status != "Sent":
        return campaign.status
    return "Sent" if campaign.sent + 900 <= now else "Sending" if campaign.sent <= now else "Scheduled"


def campaign(world: World, found: Campaign, now: int) -> Resource:
    market, audience = world.marketing, world.audience
    path = f"campaigns/{found.id}"
    status = campaign_status(found, now)
    waiting = status in ("Draft", "Scheduled")
    options: Resource = {"use_smart_sending": found.number % 3 != 0}
    tracking: Resource = {"add_tracking_params": True, "custom_tracking_params": []}
    if found.channel == EMAIL:
        tracking |= {"is_tracking_clicks": True, "is_tracking_opens": True}
    strategy = (
        {"method": "immediate"}
        if found.number % 5 == 0
        else {"method": "static", "datetime": iso(found.sent), "options": {"is_local": False}}
    )
    included = audience.lists[found.channel].id if found.audience == 0 else audience.segments[found.audience % 2].id
    return {
        "type": "campaign",
        "id": found.id,
        "attributes": {
            "name": found.name,
            "status": status,
            "archived": found.archived,
            "audiences": {"included": [included], "excluded": []},
            "send_options": options,
            "tracking_options": tracking,
            "send_strategy": strategy,
            "created_at": iso(found.created),
            "scheduled_at": None if status == "Draft" else iso(found.created + DAY),
            "updated_at": iso(min(found.updated, now) if not waiting else found.created + 3600),
            "send_time": None if waiting else iso(found.sent),
        },
        "relationships": {
            "campaign-messages": related(
                path, "campaign-messages", "campaign-message", [market.messages[n].id for n in found.messages]
            ),
            "tags": related(path, "tags", "tag", [market.tags[n].id for n in found.tags]),
        },
        "links": {"self": f"{BASE}/{path}/"},
    }


def campaign_message(world: World, message: Message, now: int) -> Resource:
    plan = world.plan
    parent = world.marketing.campaigns[message.campaign]
    path = f"campaign-messages/{message.id}"
    definition: Resource
    if message.channel == EMAIL:
        definition = {
            "channel": "email",
            "label": message.name,
            "content": {
                "subject": message.subject,
                "preview_text": f"{plan.organization}: {message.subject}",
                "from_email": plan.sender,
                "from_label": plan.organization,
                "reply_to_email": None,
                "cc_email": None,
                "bcc_email": None,
            },
        }
    elif message.channel == SMS:
        definition = {
            "channel": "sms",
            "content": {"body": f"{plan.organization}: {message.subject} {plan.website}", "media_url": None},
            "render_options": {
                "shorten_links": True, "add_org_prefix": True, "add_info_link": True, "add_opt_out_language": True,
            },
        }
    else:
        definition = {
            "channel": "mobile_push",
            "notification_type": "standard",
            "content": {"title": plan.organization, "body": message.subject},
            "kv_pairs": None,
            "options": {"on_open": {"type": "open_app"}, "badge": {"display": False}, "play_sound": False},
        }
    sent = parent.sent <= now and parent.status == "Sent"
    return {
        "type": "campaign-message",
        "id": message.id,
        "attributes": {
            "definition": definition,
            "send_times": [{"datetime": iso(parent.sent), "is_local": False}] if sent else [],
            "created_at": iso(parent.created),
            "updated_at": iso(min(parent.updated, now) if sent else parent.created + 3600),
        },
        "relationships": {
            "campaign": related(path, "campaign", "campaign", parent.id),
            "template": related(path, "template"),
            "image": related(path, "image"),
        },
        "links": {"self": f"{BASE}/{path}/"},
    }


def tag(world: World, found: Tag) -> Resource:
    return {
        "type": "tag",
        "id": found.id,
        "attributes": {"name": found.name},
        "relationships": {
            "tag-group": related(f"tags/{found.id}", "tag-group", "tag-group", world.marketing.tag_group),
            **{name: {"links": links(f"tags/{found.id}", name)} for name in ("lists", "segments", "campaigns", "flows")},
        },
        "links": {"self": f"{BASE}/tags/{found.id}/"},
    }


def tag_group(world: World) -> Resource:
    key = world.marketing.tag_group
    return {
        "type": "tag-group",
        "id": key,
        "attributes": {"name": "Default", "exclusive": False, "default": True},
        "relationships": {"tags": {"links": links(f"tag-groups/{key}", "tags")}},
        "links": {"self": f"{BASE}/tag-groups/{key}/"},
    }


def flow(world: World, found: Flow, now: int) -> Resource:
    market = world.marketing
    path = f"flows/{found.id}"
    return {
        "type": "flow",
        "id": found.id,
        "attributes": {
            "name": found.name,
            "status": found.status,
            "archived": found.archived,
            "created": iso(found.created),
            "updated": iso(min(found.updated, now)),
            "trigger_type": found.trigger,
        },
        "relationships": {
            "flow-actions": related(path, "flow-actions", "flow-action", action_ids(world, found)),
            "tags": related(path, "tags", "tag", [market.tags[n].id for n in found.tags]),
        },
        "links": {"self": f"{BASE}/{path}/"},
    }


def action_ids(world: World, found: Flow) -> list[str]:
    """A wait before every message, then the message."""
    return [f"{world.marketing.messages[n].action_id}{end}" for n in found.messages for end in ("0", "1")]


def flow_actions(world: World, found: Flow, now: int) -> list[Resource]:
    market = world.marketing
    resources = []
    keys = action_ids(world, found)
    for place, number in enumerate(found.messages):
        message = market.messages[number]
        before = market.messages[found.messages[place - 1]].delay if place else 0
        wait, send = keys[2 * place], keys[2 * place + 1]
        following = keys[2 * place + 2] if 2 * place + 2 < len(keys) else None
        kind = ("send-email", "send-sms", "send-mobile-push")[message.channel]
        definitions: list[Resource] = [
            {
                "id": wait,
                "type": "time-delay",
                "links": {"next": send},
                "data": {"unit": "minutes", "value": max((message.delay - before) // 60, 0), "timezone": world.plan.zone},
            },
            {
                "id": send,
                "type": kind,
                "links": {"next": following},
                "data": {"message": flow_definition(world, message), "status": found.status},
            },
        ]
        for key, definition in zip((wait, send), definitions, strict=True):
            path = f"flow-actions/{key}"
            resources.append(
                {
                    "type": "flow-action",
                    "id": key,
                    "attributes": {
                        "created": iso(found.created),
                        "updated": iso(min(found.updated, now)),
                        "definition": definition,
                    },
                    "relationships": {
                        "flow": related(path, "flow", "flow", found.id),
                        "flow-messages": related(path, "flow-messages", "flow-message", [message.id] if key == send else []),
                    },
                    "links": {"self": f"{BASE}/{path}/"},
                }
            )
    return resources


def flow_definition(world: World, message: Message) -> Resource:
    plan = world.plan
    common = {"id": message.id, "name": message.name, "smart_sending_enabled": True}
    if message.channel == EMAIL:
        return common | {
            "from_email": plan.sender,
            "from_label": plan.organization,
            "reply_to_email": None,
            "cc_email": None,
            "bcc_email": None,
            "subject_line": message.subject,
            "preview_text": message.name,
            "template_id": f"T{message.id}",
            "transactional": False,
            "add_tracking_params": True,
            "custom_tracking_params": None,
            "additional_filters": None,
        }
    if message.channel == SMS:
        return common | {
            "body": f"{plan.organization}: {message.name} {plan.website}",
            "shorten_links": True,
            "include_contact_card": False,
            "add_org_prefix": True,
            "add_info_link": True,
            "add_opt_out_language": False,
            "sms_quiet_hours_enabled": True,
            "transactional": False,
            "add_tracking_params": True,
        }
    return common | {"title": plan.organization, "body": message.name, "sound": True, "badge": True}


def flow_message(world: World, message: Message, now: int) -> Resource:
    parent = world.marketing.flows[message.flow]
    path = f"flow-messages/{message.id}"
    return {
        "type": "flow-message",
        "id": message.id,
        "attributes": {
            "channel": ("email", "sms", "mobile_push")[message.channel],
            "created": iso(parent.created),
            "updated": iso(min(parent.updated, now)),
            "definition": flow_definition(world, message),
        },
        "relationships": {
            "flow-action": related(path, "flow-action", "flow-action", f"{message.action_id}1"),
            "template": related(path, "template"),
        },
        "links": {"self": f"{BASE}/{path}/"},
    }


def group(world: World, found: Group, kind: str, now: int) -> Resource:
    """A list or a segment."""
    path = f"{kind}s/{found.id}"
    market = world.marketing
    attributes: Resource = {
        "name": found.name,
        "created": iso(found.created),
        "updated": iso(max(found.created, min(found.updated, now))),
    }
    if kind == "list":
        attributes["opt_in_process"] = found.kind
    else:
        newsletter = world.audience.lists[0].id
        attributes |= {
            "definition": {
                "condition_groups": [
                    {"conditions": [{"type": "profile-group-membership", "is_member": True, "group_ids": [newsletter]}]}
                ]
            },
            "is_active": found.active,
            "is_processing": False,
            "is_starred": found.starred,
        }
    chosen = [market.tags[0].id] if found.name in ("Newsletter", "Engaged 30 days") else []
    return {
        "type": kind,
        "id": found.id,
        "attributes": attributes,
        "relationships": {
            "profiles": {"links": links(path, "profiles")},
            "tags": related(path, "tags", "tag", chosen),
            "flow-triggers": {"links": links(path, "flow-triggers")},
        },
        "links": {"self": f"{BASE}/{path}/"},
    }


def form(world: World, found: Form, now: int) -> Resource:
    versions = [world.audience.versions[n].id for n in found.versions]
    return {
        "type": "form",
        "id": found.id,
        "attributes": {
            "name": found.name,
            "status": found.status,
            "ab_test": found.ab_test,
            "created_at": iso(found.created),
            "updated_at": iso(min(found.updated, now)),
        },
        "relationships": {"form-versions": related(f"forms/{found.id}", "form-versions", "form-version", versions)},
        "links": {"self": f"{BASE}/forms/{found.id}/"},
    }


def form_version(world: World, found: FormVersion, now: int) -> Resource:
    parent = world.audience.forms[found.form]
    attributes: Resource = {
        "form_type": found.kind,
        "variation_name": found.name,
        "status": found.status,
        "created_at": iso(found.created),
        "updated_at": iso(min(found.updated, now)),
    }
    if parent.ab_test:
        attributes["ab_test"] = {"variation_name": found.name}
    return {
        "type": "form-version",
        "id": found.id,
        "attributes": attributes,
        "relationships": {"form": related(f"form-versions/{found.id}", "form", "form", parent.id)},
        "links": {"self": f"{BASE}/form-versions/{found.id}/"},
    }


def catalog_id(world: World, external: str) -> str:
    return f"$shopify:::$default:::{external}"


def catalog_item(world: World, product: int) -> Resource:
    catalog, plan = world.catalog, world.plan
    key = catalog_id(world, catalog.external_id[product])
    url = f"{plan.website}/products/{catalog.external_id[product]}"
    first, count = int(catalog.first_variant[product]), int(catalog.variants[product])
    variants = [catalog_id(world, catalog.variant_external_id[v]) for v in range(first, first + count)]
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
    key = catalog_id(world, catalog.variant_external_id[variant])
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
    key = catalog_id(world, external)
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

