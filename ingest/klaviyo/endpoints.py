"""The endpoints that a sync reads: path, rate tier and the scope that its key needs."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.klaviyo.limits import REPORT, XL, XS, L, M, S, Tier


class Endpoint(NamedTuple):
    """`path` holds `{id}` where the address names one thing. All requests of one endpoint share its windows."""

    name: str
    path: str
    tier: Tier
    scope: str


ACCOUNTS = Endpoint("accounts", "/api/accounts", XS, "accounts:read")
METRICS = Endpoint("metrics", "/api/metrics", M, "metrics:read")
EVENTS = Endpoint("events", "/api/events", XL, "events:read")
PROFILES = Endpoint("profiles", "/api/profiles", L, "profiles:read")
# Klaviyo's predictions beside each profile have narrower windows.
PREDICTED_PROFILES = Endpoint("predicted-profiles", "/api/profiles", M, "profiles:read")
CAMPAIGNS = Endpoint("campaigns", "/api/campaigns", M, "campaigns:read")
FLOWS = Endpoint("flows", "/api/flows", S, "flows:read")
FLOW_ACTIONS = Endpoint("flow-actions", "/api/flows/{id}/flow-actions", S, "flows:read")
FLOW_MESSAGES = Endpoint("flow-messages", "/api/flow-actions/{id}/flow-messages", S, "flows:read")
LISTS = Endpoint("lists", "/api/lists", L, "lists:read")
# With the number of its members, which only one list at a time tells, and seldom.
LIST_SIZE = Endpoint("list-size", "/api/lists/{id}", XS, "lists:read")
SEGMENTS = Endpoint("segments", "/api/segments", L, "segments:read")
SEGMENT_PROFILES = Endpoint("segment-profiles", "/api/segments/{id}/profiles", L, "segments:read and profiles:read")
FORMS = Endpoint("forms", "/api/forms", S, "forms:read")
FORM_VERSIONS = Endpoint("form-versions", "/api/forms/{id}/form-versions", S, "forms:read")
TAGS = Endpoint("tags", "/api/tags", S, "tags:read")
CATALOG_ITEMS = Endpoint("catalog-items", "/api/catalog-items", XL, "catalogs:read")
CATALOG_VARIANTS = Endpoint("catalog-variants", "/api/catalog-variants", XL, "catalogs:read")
CATALOG_CATEGORIES = Endpoint("catalog-categories", "/api/catalog-categories", XL, "catalogs:read")
CAMPAIGN_VALUES = Endpoint("campaign-values-report", "/api/campaign-values-reports", REPORT, "campaigns:read")
FLOW_SERIES = Endpoint("flow-series-report", "/api/flow-series-reports", REPORT, "flows:read")
FORM_SERIES = Endpoint("form-series-report", "/api/form-series-reports", REPORT, "forms:read")
SEGMENT_SERIES = Endpoint("segment-series-report", "/api/segment-series-reports", REPORT, "segments:read")

_SAFE_ID = re.compile(r"^[A-Za-z0-9_.:\-]{1,128}$")


def address(endpoint: Endpoint, id: str | None = None) -> str:
    """The path of a request; ValueError for an id that could change the address."""
    if id is None:
        return endpoint.path
    if not _SAFE_ID.match(id):
        raise ValueError(f"{id[:40]!r} is not an id that can stand in an address")
    return endpoint.path.replace("{id}", id)
