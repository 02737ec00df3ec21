"""Flows, their actions and messages as JSON:API resources at a moment."""

from __future__ import annotations

from demo.api.resources import Resource, related
from demo.world.build import World
from demo.world.cards import BASE
from demo.world.clock import iso
from demo.world.marketing import EMAIL, SMS, Flow, Message


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
                "data": {
                    "unit": "minutes",
                    "value": max((message.delay - before) // 60, 0),
                    "timezone": world.plan.zone,
                },
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
                        "flow-messages": related(
                            path, "flow-messages", "flow-message", [message.id] if key == send else []
                        ),
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
