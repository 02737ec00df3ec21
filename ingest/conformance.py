"""What only the real Klaviyo can tell: each assumption of the sync, asked read-only with an account's own key.

docs/klaviyo-unverified.md lists the same facts by the same names, and how the product copes where one does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from data_access.secrets import decrypt
from data_access.stores import Stores
from data_access.writes.oauth_tokens import held_tokens
from ingest.doctor import Check
from ingest.errors import IngestError
from ingest.klaviyo.client import BEARER, PRIVATE_KEY
from ingest.klaviyo.countries import country_code
from ingest.klaviyo.demo_keys import require_at_home
from ingest.tokens import TokenKeeper
from settings import Settings

Told = tuple[bool, str]
MADE_UP_KEY = "pk_" + "0" * 34
RATES = {
    "open_rate": ("opens_unique", "delivered"),
    "click_rate": ("clicks_unique", "delivered"),
    "conversion_rate": ("conversion_uniques", "delivered"),
    "unsubscribe_rate": ("unsubscribe_uniques", "delivered"),
    "bounce_rate": ("bounced", "recipients"),
    "delivery_rate": ("delivered", "recipients"),
}
CLOSE_ENOUGH = 0.0005


@dataclass(frozen=True, slots=True)
class Fact:
    """One assumption. `ask` gives whether it holds and what was seen; None where a private key cannot tell."""

    name: str
    claim: str
    ask: Callable[[httpx.Client], Told] | None


def conform(stores: Stores, settings: Settings, account: str | None) -> list[Check]:
    """Asks every fact of each account with a key or a sign-in, read-only. Raises SecretUnreadable, StoreError."""
    with stores.operational.read() as session:
        rows = [row for row in session.rows("doctor/freshness") if account in (None, row["account"])]
    checks: list[Check] = []
    for row in rows:
        try:
            known_by = _authorization(stores, settings, row)
        except IngestError as error:
            checks.append(Check(f"{row['account']} connection", False, str(error), "Klaviyo"))
            continue
        if known_by is None:
            continue
        headers = {"Authorization": known_by, "revision": settings.klaviyo_revision}
        with httpx.Client(base_url=settings.klaviyo_base_url, headers=headers, timeout=60) as client:
            checks += [_checked(fact, client, row["account"]) for fact in FACTS]
    return checks


def _authorization(stores: Stores, settings: Settings, row: Mapping[str, Any]) -> str | None:
    """How the account's requests are signed; None where its key was forgotten, or it has none."""
    if row["api_key_encrypted"]:
        key = decrypt(settings, row["api_key_encrypted"])
        require_at_home(settings, key)
        return f"{PRIVATE_KEY} {key}"
    if held_tokens(stores, settings, row["account"]) is None:
        return None
    return f"{BEARER} {TokenKeeper(stores, settings).fresh(row['account']).access}"


def _checked(fact: Fact, client: httpx.Client, account: str) -> Check:
    name = f"{account} {fact.name}"
    if fact.ask is None:
        return Check(name, True, f"{fact.claim}: a private key cannot tell")
    try:
        holds, seen = fact.ask(client)
    except httpx.HTTPError as error:
        return Check(name, False, f"{fact.claim}: Klaviyo did not answer ({type(error).__name__})")
    except (KeyError, TypeError, ValueError, IndexError) as error:
        return Check(name, False, f"{fact.claim}: the answer is of another form ({type(error).__name__}: {error})")
    return Check(name, holds, f"{fact.claim}: {seen}")


def _code(response: httpx.Response) -> str:
    errors = response.json().get("errors") or [{}]
    return str(errors[0].get("code", ""))


def _trailing_slash(client: httpx.Client) -> Told:
    seen = [client.get(path).status_code for path in ("/api/accounts", "/api/accounts/")]
    return seen[0] == 200, f"{seen[0]} without and {seen[1]} with a slash"


def _refused_key(client: httpx.Client) -> Told:
    response = client.get("/api/accounts", headers={"Authorization": f"Klaviyo-API-Key {MADE_UP_KEY}"})
    return response.status_code in (400, 401), f"{response.status_code} {_code(response)}"


def _refused_filter(client: httpx.Client) -> Told:
    response = client.get("/api/metrics", params={"filter": 'equals(nonsense,"x")'})
    return response.status_code == 400, f"{response.status_code} {_code(response)}"


def _not_found(client: httpx.Client) -> Told:
    response = client.get("/api/metrics/ZZZZZZ")
    return response.status_code == 404, f"{response.status_code} {_code(response)}"


def _rate_headers(client: httpx.Client) -> Told:
    headers = client.get("/api/metrics").headers
    seen = {name: headers.get(name) for name in ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")}
    return all(seen.values()), ", ".join(f"{name} {value}" for name, value in seen.items())


def _event_page(client: httpx.Client) -> Told:
    params = {"page[size]": "1000", "sort": "-datetime", "include": "profile,attributions"}
    response = client.get("/api/events", params=params)
    return response.status_code == 200, f"{response.status_code}, {len(response.json().get('data', []))} events"


def _order_properties(client: httpx.Client) -> Told:
    metrics = client.get("/api/metrics").json()["data"]
    placed = [m["id"] for m in metrics if m["attributes"]["name"].lower() == "placed order"]
    if not placed:
        return True, "the account has no 'Placed Order' yet"
    params = {"filter": f'equals(metric_id,"{placed[0]}")', "sort": "-datetime", "page[size]": "1"}
    found = client.get("/api/events", params=params).json()["data"]
    if not found:
        return True, "the account has no order yet"
    properties: dict[str, Any] = found[0]["attributes"]["event_properties"]
    wanted = ("$value", "$value_currency", "$event_id", "OrderId", "Items", "$extra")
    return "$value" in properties, "has " + ", ".join(name for name in wanted if name in properties)


def _integration_category(client: httpx.Client) -> Told:
    kinds = set()
    for metric in client.get("/api/metrics").json()["data"]:
        kinds.add(type((metric["attributes"].get("integration") or {}).get("category")).__name__)
    return kinds <= {"str", "dict", "NoneType"}, ", ".join(sorted(kinds)) or "no metrics"


def _account_country(client: httpx.Client) -> Told:
    attributes = client.get("/api/accounts").json()["data"][0]["attributes"]
    written = attributes["contact_information"]["street_address"]["country"]
    code = country_code(written, attributes.get("locale"))
    return code is not None, f"{written!r} is read as {code}"


def _report_rates(client: httpx.Client) -> Told:
    metrics = client.get("/api/metrics").json()["data"]
    placed = [m["id"] for m in metrics if m["attributes"]["name"].lower() == "placed order"]
    if not placed:
        return True, "the account has no 'Placed Order' to report on"
    statistics = sorted({*RATES, *(name for pair in RATES.values() for name in pair)})
    attributes = {
        "timeframe": {"key": "last_30_days"},
        "conversion_metric_id": placed[0],
        "statistics": statistics,
    }
    response = client.post("/api/campaign-values-reports", json=_query("campaign-values-report", attributes))
    if response.status_code != 200:
        return False, f"{response.status_code} {_code(response)}"
    results = response.json()["data"]["attributes"]["results"]
    off = [rate for rate, pair in RATES.items() if any(_apart(row["statistics"], rate, *pair) for row in results)]
    return not off, f"{len(results)} rows, {'differing: ' + ', '.join(off) if off else 'all equal'}"


def _apart(statistics: dict[str, float], rate: str, numerator: str, denominator: str) -> bool:
    below = statistics[denominator]
    return bool(below) and abs(statistics[rate] - statistics[numerator] / below) > CLOSE_ENOUGH


def _submits_unique(client: httpx.Client) -> Told:
    attributes = {"timeframe": {"key": "last_7_days"}, "statistics": ["submits_unique"]}
    response = client.post("/api/form-values-reports", json=_query("form-values-report", attributes))
    return response.status_code == 400, f"{response.status_code} for the statistic 'submits_unique'"


def _query(kind: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"type": kind, "attributes": attributes}}


FACTS = (
    Fact("trailing-slash", "Paths answer without a trailing slash", _trailing_slash),
    Fact("refused-key", "A key that is not accepted is a 401, or a 400", _refused_key),
    Fact("refused-filter", "A filter that does not exist is a 400", _refused_filter),
    Fact("not-found", "An unknown id is a 404", _not_found),
    Fact("rate-headers", "Answers carry the state of the steady window", _rate_headers),
    Fact("event-page-size", "A page of events holds up to 1,000", _event_page),
    Fact("order-properties", "An order's event carries $value", _order_properties),
    Fact("integration-category", "A metric's integration category is a text or an object", _integration_category),
    Fact("account-country", "The account's country is recognised", _account_country),
    Fact("report-rates", "The report's rates are the quotients that we recompute", _report_rates),
    Fact("submits-unique", "Form reports have no statistic 'submits_unique'", _submits_unique),
    Fact("oauth-lifetimes", "Access tokens live an hour, refresh tokens 90 days unused", None),
)
