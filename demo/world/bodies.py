"""Which body an event of each kind has."""

from __future__ import annotations

from collections.abc import Callable

from demo.world.build import World
from demo.world.message_bodies import MessageBodies
from demo.world.order_bodies import OrderBodies
from demo.world.timeline import Kind


class Bodies:
    """`write[kind](ref, profile, ts)` gives the JSON object `event_properties` of an event as bytes."""

    def __init__(self, world: World) -> None:
        shop, mail = OrderBodies(world), MessageBodies(world)
        self.write: dict[int, Callable[[int, int, int], bytes]] = {
            Kind.PLACED: shop.placed,
            Kind.PLACED_TWICE: shop.placed_twice,
            Kind.ORDERED: shop.ordered,
            Kind.FULFILLED: shop.after,
            Kind.CANCELLED: shop.after,
            Kind.REFUNDED: shop.after,
            Kind.CHECKOUT: shop.checkout,
            Kind.CART: shop.product_seen,
            Kind.VIEWED: shop.product_seen,
            Kind.ACTIVE: shop.active,
            Kind.RECEIVED_EMAIL: mail.received,
            Kind.RECEIVED_SMS: mail.text_message,
            Kind.FAILED_SMS: mail.text_failed,
            Kind.RECEIVED_PUSH: mail.push,
            Kind.BOUNCED_EMAIL: mail.bounced,
            Kind.OPENED_EMAIL: mail.opened,
            Kind.CLICKED_EMAIL: mail.clicked,
            Kind.SPAM_EMAIL: mail.plain_reaction,
            Kind.UNSUBSCRIBED_EMAIL: mail.plain_reaction,
            Kind.UNSUBSCRIBED_SMS: mail.sms_reaction,
            Kind.CLICKED_SMS: mail.sms_reaction,
            Kind.OPENED_PUSH: mail.push_opened,
            Kind.SUBSCRIBED_LIST: mail.subscribed,
            Kind.SUBMITTED_FORM: mail.submitted,
        }
