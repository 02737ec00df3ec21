"""Event bodies that Klaviyo writes itself: messages sent and what people did with them, sign-ups to lists and forms."""

from __future__ import annotations

from typing import Any

import orjson

from demo.world.build import World
from demo.world.cards import CLIENTS, PAGES, PROVIDERS, email_of, phone_of
from demo.world.identity import text

MAIL = b'{%b,"Email Domain":"%b","Inbox Provider":"%b"%b,"$event_id":"%b:%b:%d","$_cohort$message_send_cohort":"%d:%b"}'


class MessageBodies:
    """Each method gives the JSON object `event_properties` of one event as bytes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._ids = text(world.people.ids)
        self._sends = (world.sends.message.tolist(), world.sends.variation.tolist(), world.sends.ts.tolist())
        self._reaction_send = world.sends.reaction_send.tolist()
        self._machine = world.sends.reaction_machine.tolist()
        self._link = world.sends.reaction_link.tolist()
        self._message = [self._static(number) for number in range(len(world.marketing.messages))]

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
        person = self._ids[profile].encode()
        return MAIL % (static, domain.encode(), inbox.encode(), extra, key, person, sent, sent, key)

    def received(self, send: int, profile: int, _ts: int) -> bytes:
        return self._mail(send, profile, b',"$group_ids":[]')

    def bounced(self, send: int, profile: int, _ts: int) -> bytes:
        return self._mail(send, profile, b',"Bounce Type":"Hard"' if send % 3 == 0 else b',"Bounce Type":"Soft"')

    def _client(self, profile: int) -> bytes:
        kind, name, system, family = CLIENTS[profile % 6]
        return b',"Client Type":"%b","Client Name":"%b","Client OS":"%b","Client OS Family":"%b"' % (
            kind.encode(),
            name.encode(),
            system.encode(),
            family.encode(),
        )

    def opened(self, reaction: int, profile: int, _ts: int) -> bytes:
        flag = b',"machine_open":true' if self._machine[reaction] else b',"machine_open":false'
        return self._mail(self._reaction_send[reaction], profile, self._client(profile) + flag)

    def clicked(self, reaction: int, profile: int, _ts: int) -> bytes:
        page = PAGES[self._link[reaction] * 2 % 12].encode()
        extra = b',"URL":"%b%b","Bot Click":%b' % (
            self.world.plan.website.encode(),
            page,
            b"true" if self._machine[reaction] else b"false",
        )
        return self._mail(self._reaction_send[reaction], profile, self._client(profile) + extra)

    def plain_reaction(self, reaction: int, profile: int, _ts: int) -> bytes:
        return self._mail(self._reaction_send[reaction], profile, b"")

    def _sms(self, send: int, profile: int, extra: bytes) -> bytes:
        static, key, sent = self._common(send)
        return b'{%b,"To Number":"%b","From Number":"30303","Segment Count":1%b,"$event_id":"%b:%b:%d"}' % (
            static,
            (phone_of(self.world, profile) or "").encode(),
            extra,
            key,
            self._ids[profile].encode(),
            sent,
        )

    def text_message(self, send: int, profile: int, _ts: int) -> bytes:
        return self._sms(send, profile, b',"Message Format":"SMS"')

    def text_failed(self, send: int, profile: int, _ts: int) -> bytes:
        return self._sms(send, profile, b',"Failure Source":"carrier","Failure Type":"unreachable"')

    def sms_reaction(self, reaction: int, profile: int, _ts: int) -> bytes:
        page = PAGES[self._link[reaction] % 12].encode()
        extra = b',"URL":"%b%b"' % (self.world.plan.website.encode(), page)
        return self._sms(self._reaction_send[reaction], profile, extra)

    def push(self, send: int, profile: int, _ts: int) -> bytes:
        static, key, sent = self._common(send)
        return b'{%b,"$event_id":"%b:%b:%d","Push Platform":"ios"}' % (static, key, self._ids[profile].encode(), sent)

    def push_opened(self, reaction: int, profile: int, ts: int) -> bytes:
        return self.push(self._reaction_send[reaction], profile, ts)

    def subscribed(self, place: int, profile: int, _ts: int) -> bytes:
        group = self.world.audience.lists[place]
        return orjson.dumps({"List": group.name, "$list_id": group.id, "$event_id": f"{group.id}:{profile}"})

    def submitted(self, version: int, profile: int, _ts: int) -> bytes:
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
