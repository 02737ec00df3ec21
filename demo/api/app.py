"""The emulator as an ASGI application: keys, revision, limits, faults, routing, and a control endpoint of its own."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from demo.api import entities, profiles
from demo.api.account import AccountView
from demo.api.aggregates import metric_aggregates
from demo.api.ask import Ask
from demo.api.contract import Operation, operations
from demo.api.errors import MEDIA_TYPE, ApiError, error_response
from demo.api.events import event_page, one_event
from demo.api.faults import Faults, UnknownFault
from demo.api.limits import Limiter
from demo.api.oauth import PREFIX as OAUTH
from demo.api.oauth import OAuth
from demo.api.query import parse_query
from demo.api.reports import report
from demo.store import Store

Handler = Callable[[Ask], bytes]
CONTROL = "/_control"
REVISION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")
RETIRED_BEFORE = "2024-10-15"
ACCOUNT_PREFIX = "pk_demo2"
LIVE_STEP = 10

READERS: dict[str, Handler] = {
    "get_accounts": entities.accounts,
    "get_account": entities.one_account,
    "get_metrics": entities.metrics,
    "get_metric": entities.one_metric,
    "get_events": lambda ask: event_page(ask.view, ask.query),
    "get_event": lambda ask: one_event(ask.view, ask.query, ask.key),
    "get_profiles": profiles.profiles,
    "get_profile": profiles.one_profile,
    "get_campaigns": entities.campaigns,
    "get_campaign": entities.one_campaign,
    "get_messages_for_campaign": entities.campaign_messages,
    "get_campaign_message": entities.one_campaign_message,
    "get_tags_for_campaign": entities.campaign_tags,
    "get_tags": entities.tags,
    "get_flows": entities.flows,
    "get_flow": entities.one_flow,
    "get_actions_for_flow": entities.flow_actions,
    "get_flow_action_messages": entities.flow_action_messages,
    "get_flow_message": entities.one_flow_message,
    "get_tags_for_flow": entities.flow_tags,
    "get_lists": profiles.groups,
    "get_list": profiles.one_group,
    "get_profiles_for_list": profiles.group_members,
    "get_profile_ids_for_list": profiles.group_members,
    "get_segments": profiles.groups,
    "get_segment": profiles.one_group,
    "get_profiles_for_segment": profiles.group_members,
    "get_profile_ids_for_segment": profiles.group_members,
    "get_forms": entities.forms,
    "get_form": entities.one_form,
    "get_versions_for_form": entities.form_versions,
    "get_catalog_items": entities.catalog_items,
    "get_catalog_variants": entities.catalog_variants,
    "get_catalog_categories": entities.catalog_categories,
}


@dataclass(frozen=True)
class Route:
    pattern: re.Pattern[str]
    operation: Operation


def _routes() -> list[Route]:
    found = []
    for operation in operations().values():
        pattern = re.compile("^" + operation.path.replace("{id}", "(?P<id>[^/]+)") + "/?$")
        found.append(Route(pattern, operation))
    return found


@dataclass
class Emulator:
    """The application. `clock` gives UTC seconds for rate windows; `at` fixes the stores' present (None: the clock)."""

    store: Store
    limits: bool = True
    clock: Callable[[], float] = time.time
    at: int | None = None
    faults: Faults = field(default_factory=Faults)
    requests: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)
    errors: int = 0

    def __post_init__(self) -> None:
        self.limiter = Limiter(self.clock, self.limits)
        self.views = [AccountView(files, self.faults, self.present) for files in self.store.accounts]
        self.routes = _routes()
        names = [f"Store {number} ({view.world.plan.public_id})" for number, view in enumerate(self.views, 1)]
        self.oauth = OAuth(names, self.clock, self.requests)
        if self.at is None and self.store.now is not None:
            self.at = int(self.store.now.timestamp())

    def present(self) -> int:
        return int(self.clock()) // LIVE_STEP * LIVE_STEP if self.at is None else self.at

    def prepare(self) -> None:
        """Renders what pages of events are made of, so that a benchmark measures its client."""
        for view in self.views:
            view.prepare()
            view.rows(None)
            for kind in range(len(view.metric_ids)):
                view.rows(kind)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path.startswith(CONTROL):
            response = await self._control(Request(scope, receive))
            await response(scope, receive, send)
            return
        request = Request(scope, receive)
        response = await (self._sign_in(request) if path.startswith(OAUTH) else self._answer(request))
        if self.faults.latency:
            await asyncio.sleep(self.faults.latency)
        if response.status_code == 200 and self.faults.cuts(path):
            await _cut(response, send)
            return
        await response(scope, receive, send)

    async def _sign_in(self, request: Request) -> Response:
        try:
            self.faults.before(request.url.path)
        except ApiError as error:
            self.errors += 1
            return error_response(error, self.errors)
        return await self.oauth.answer(request)

    async def _answer(self, request: Request) -> Response:
        name = "unknown"
        headers: dict[str, str] = {}
        try:
            operation, key = self._find(request)
            name = operation.name
            self.requests[name] += 1
            self.log.append(f"{request.method} {request.url.path}?{request.url.query}".rstrip("?"))
            view = self._authenticate(request, operation)
            base = f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}"
            query = parse_query(operation, base, request.url.path, request.url.query)
            self.faults.before(request.url.path)
            headers = self.limiter.admit(view.world.plan.public_id, operation, query)
            self._late(name)
            if operation.method == "POST":
                raw = await request.body()
                handle = metric_aggregates if name == "query_metric_aggregates" else report
                body = handle(view, operation, query, raw)
            else:
                body = READERS[name](Ask(view, operation, query, key))
        except ApiError as error:
            self.errors += 1
            self.answers[f"{name} {error.status}"] += 1
            return error_response(error, self.errors, {} if error.status == 429 else headers)
        self.answers[f"{name} 200"] += 1
        return Response(body, media_type=MEDIA_TYPE, headers=headers)

    def _late(self, name: str) -> None:
        after = self.faults.get("late_after")
        if after and name == "get_events" and self.requests[name] > after:
            self.faults.update({"late_events": 0, "late_after": 0})

    def _find(self, request: Request) -> tuple[Operation, str]:
        known = False
        for route in self.routes:
            match = route.pattern.match(request.url.path)
            if match:
                known = True
                if route.operation.method == request.method:
                    return route.operation, match.groupdict().get("id", "")
        if known:
            raise ApiError(405, f'Method "{request.method}" not allowed.')
        raise ApiError(404, "The path does not exist.")

    def _authenticate(self, request: Request, operation: Operation) -> AccountView:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if not scheme:
            raise ApiError(401, "Missing or invalid private key.")
        if scheme == "Bearer":
            signed_in = self.oauth.bearer(key)
            if signed_in is None:
                raise ApiError(401, "The access token is invalid or has expired.")
            missing = operation.scopes - signed_in.scopes
            if missing:
                raise ApiError(403, f"The app lacks the scopes {', '.join(sorted(missing))}.")
            number = signed_in.store
        elif scheme == "Klaviyo-API-Key" and key.startswith("pk_"):
            number = 1 if key.startswith(ACCOUNT_PREFIX) else 0
        else:
            raise ApiError(401, "Incorrect authentication credentials.")
        revision = request.headers.get("revision", "")
        if not REVISION.fullmatch(revision):
            raise ApiError(400, "Revision header is required (format: YYYY-MM-DD).")
        if revision < RETIRED_BEFORE and request.headers.get("x-klaviyo-revision-fall-forward-opt-out") == "1":
            raise ApiError(410, f"Revision {revision} is retired.")
        return self.views[number]

    # control

    async def _control(self, request: Request) -> Response:
        """GET: state. POST {"faults": {…}, "now": ISO or null, "limits": bool, "reset": true,
        "oauth": {"expires_in": seconds, "end": account id or "all"}}. GET /_control/ledger."""
        if request.method == "POST":
            try:
                self.control(orjson.loads(await request.body() or b"{}"))
            except (UnknownFault, ValueError) as error:
                return Response(orjson.dumps({"error": str(error)}), 400, media_type="application/json")
        if request.url.path.rstrip("/") == f"{CONTROL}/ledger":
            from demo.ledger import build_ledger

            return Response(orjson.dumps(build_ledger(self).as_json()), media_type="application/json")
        return Response(orjson.dumps(self.state()), media_type="application/json")

    def control(self, wanted: dict[str, Any]) -> None:
        """Raises UnknownFault (a ValueError) for a switch or value that does not exist."""
        sign_in = wanted.get("oauth") or {}
        self.oauth.expires_in = int(sign_in.get("expires_in", self.oauth.expires_in))
        if "end" in sign_in:
            ids = [view.world.plan.public_id for view in self.views]
            self.oauth.end(None if sign_in["end"] == "all" else ids.index(sign_in["end"]))
        self.faults.update(wanted.get("faults") or {})
        if "now" in wanted:
            moment = wanted["now"]
            self.at = None if moment is None else int(datetime.fromisoformat(str(moment)).timestamp())
        if "limits" in wanted:
            self.limiter.enabled = bool(wanted["limits"])
        if wanted.get("reset"):
            self.requests.clear()
            self.answers.clear()
            self.log.clear()
            self.limiter.counts.clear()

    def state(self) -> dict[str, Any]:
        return {
            "now": datetime.fromtimestamp(self.present(), UTC).isoformat(),
            "since": self.store.since.isoformat(),
            "seed": self.store.seed,
            "events": self.store.events,
            "limits": self.limiter.enabled,
            "faults": self.faults.current(),
            "requests": dict(self.requests),
            "answers": dict(self.answers),
            "refused": self.limiter.refused,
            "accounts": [
                {"id": view.world.plan.public_id, "events": int((view.rows(None) < view.cut()).sum())}
                for view in self.views
            ],
        }

    def close(self) -> None:
        for view in self.views:
            view.close()


class ConnectionCut(Exception):
    """Ends a connection in the middle of a body, on purpose."""


async def _cut(response: Response, send: Send) -> None:
    body = bytes(response.body)
    await send({"type": "http.response.start", "status": 200, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    raise ConnectionCut
