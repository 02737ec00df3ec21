"""Rebuilds the emulator's endpoint table from the vendor's OpenAPI document.

``python -m tests.demo.contract_source`` rewrites ``demo/api/contract.json``; the test compares the two.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parents[2].parent / "shared" / "klaviyo" / "openapi-2026-07-15.json"
CONTRACT = Path(__file__).resolve().parents[2] / "demo" / "api" / "contract.json"

OPERATIONS: tuple[tuple[str, str], ...] = (
    ("get", "/api/accounts"),
    ("get", "/api/accounts/{id}"),
    ("get", "/api/metrics"),
    ("get", "/api/metrics/{id}"),
    ("get", "/api/profiles"),
    ("get", "/api/profiles/{id}"),
    ("get", "/api/events"),
    ("get", "/api/events/{id}"),
    ("get", "/api/campaigns"),
    ("get", "/api/campaigns/{id}"),
    ("get", "/api/campaigns/{id}/campaign-messages"),
    ("get", "/api/campaign-messages/{id}"),
    ("get", "/api/campaigns/{id}/tags"),
    ("get", "/api/tags"),
    ("get", "/api/flows"),
    ("get", "/api/flows/{id}"),
    ("get", "/api/flows/{id}/flow-actions"),
    ("get", "/api/flow-actions/{id}/flow-messages"),
    ("get", "/api/flow-messages/{id}"),
    ("get", "/api/flows/{id}/tags"),
    ("get", "/api/lists"),
    ("get", "/api/lists/{id}"),
    ("get", "/api/lists/{id}/profiles"),
    ("get", "/api/lists/{id}/relationships/profiles"),
    ("get", "/api/segments"),
    ("get", "/api/segments/{id}"),
    ("get", "/api/segments/{id}/profiles"),
    ("get", "/api/segments/{id}/relationships/profiles"),
    ("get", "/api/forms"),
    ("get", "/api/forms/{id}"),
    ("get", "/api/forms/{id}/form-versions"),
    ("get", "/api/catalog-items"),
    ("get", "/api/catalog-variants"),
    ("get", "/api/catalog-categories"),
    ("post", "/api/metric-aggregates"),
    ("post", "/api/campaign-values-reports"),
    ("post", "/api/flow-values-reports"),
    ("post", "/api/flow-series-reports"),
    ("post", "/api/form-values-reports"),
    ("post", "/api/form-series-reports"),
    ("post", "/api/segment-values-reports"),
    ("post", "/api/segment-series-reports"),
)


def load_document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DOCUMENT.read_text())
    return document


def resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].split("/")[1:]:
            target = target[part]
        node = target
    return node


def _rates(limits: dict[str, str]) -> dict[str, int]:
    return {name: int(re.split(r"[/ ]", text)[0]) for name, text in sorted(limits.items())}


def _filters(source: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for field, rule in source.items():
        operators = rule["operators"]
        value = rule.get("value", {})
        found[field] = {
            "single": sorted(operators.get("single", [])),
            "list": sorted(operators.get("list", [])),
            "none": sorted(operators.get("none", [])),
            "type": value.get("format") or value.get("type", "string"),
            "enum": value.get("enum"),
        }
    return found


def operation_entry(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    operation = document["paths"][path][method]
    entry: dict[str, Any] = {
        "operation": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "rates": _rates(operation["x-klaviyo-ratelimit"]),
        "scopes": operation["x-klaviyo-scopes"],
        "filters": _filters(operation.get("x-klaviyo-filters", {})),
        "filter_required": False,
        "include": [],
        "sort": [],
        "fields": {},
        "additional": {},
        "page": None,
        "cursor": None,
    }
    for raw in operation.get("parameters", []):
        parameter = resolve(document, raw)
        name, schema = parameter["name"], parameter["schema"]
        if name == "filter":
            entry["filter_required"] = bool(parameter.get("required"))
        elif name == "include":
            entry["include"] = schema["items"]["enum"]
        elif name == "sort":
            entry["sort"] = schema["enum"]
        elif name.startswith("fields["):
            entry["fields"][name[7:-1]] = schema["items"]["enum"]
        elif name.startswith("additional-fields["):
            entry["additional"][name[18:-1]] = schema["items"]["enum"]
        elif name == "page[size]":
            entry["page"] = {key: schema[key] for key in ("default", "minimum", "maximum")}
        elif name in ("page[cursor]", "page_cursor"):
            entry["cursor"] = name
    if method == "post":
        body = resolve(document, operation["requestBody"])
        schema = resolve(document, next(iter(body["content"].values()))["schema"])
        data = resolve(document, schema["properties"]["data"])
        attributes = resolve(document, data["properties"]["attributes"])
        kind = resolve(document, data["properties"]["type"])["enum"][0]
        entry["body"] = {"type": kind, "required": attributes["required"]}
        for name, rule in attributes["properties"].items():
            node = resolve(document, rule)
            items = resolve(document, node.get("items", {}))
            values = items.get("enum") or node.get("enum")
            entry["body"][name] = values or True
    return entry


def build_contract() -> list[dict[str, Any]]:
    document = load_document()
    return [operation_entry(document, method, path) for method, path in OPERATIONS]


def main() -> None:
    CONTRACT.write_text(json.dumps(build_contract(), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
