"""Campaigns, tags, lists, segments and forms as JSON:API resources at a moment."""

from __future__ import annotations

from typing import Any

from demo.world.audience import Form, FormVersion, Group
from demo.world.build import World
from demo.world.cards import BASE
from demo.world.clock import DAY, iso
from demo.world.marketing import EMAIL, SMS, Campaign, Message, Tag

Resource = dict[str, Any]


def links(path: str, name: str) -> dict[str, str]:
    return {"self": f"{BASE}/{path}/relationships/{name}/", "related": f"{BASE}/{path}/{name}/"}


def related(path: str, name: str, kind: str | None = None, ids: list[str] | str | None = None) -> Resource:
    """A relationship: its links, and its data where ids are given."""
    found: Resource = {"links": links(path, name)}
    if kind is not None and ids is not None:
        found["data"] = (
            {"type": kind, "id": ids} if isinstance(ids, str) else [{"type": kind, "id": key} for key in ids]
        )
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
                "shorten_links": True,
                "add_org_prefix": True,
                "add_info_link": True,
                "add_opt_out_language": True,
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
            **{
                name: {"links": links(f"tags/{found.id}", name)} for name in ("lists", "segments", "campaigns", "flows")
            },
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
