"""The vendor's OpenAPI document as a judge: response and request schemas made into JSON Schema.

Three things of the document are read loosely, because the service itself departs from them: `links.next` and
`links.prev` are null at the ends; `oneOf` without a discriminator matches several members, so it is read as `anyOf`;
`nullable` becomes a type that allows null.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.demo.contract_source import DOCUMENT, load_document, resolve

available = DOCUMENT.exists()


def _convert(node: Any, name: str = "") -> Any:
    if isinstance(node, list):
        return [_convert(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    found = {key: _convert(value, key) for key, value in node.items() if key not in ("nullable", "example", "format")}
    if "oneOf" in found:
        found["anyOf"] = found.pop("oneOf")
    if node.get("nullable") and "type" in found and isinstance(found["type"], str):
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    elif node.get("nullable") and ("anyOf" in found or "allOf" in found):
        found = {"anyOf": [found, {"type": "null"}]}
    if name in ("next", "prev") and found.get("type") == "string":
        found["type"] = ["string", "null"]
    if isinstance(found.get("$ref"), str):
        found["$ref"] = found["$ref"].replace("#/components/schemas/", "#/$defs/")
    return found


@lru_cache(maxsize=1)
def _definitions() -> dict[str, Any]:
    schemas = load_document()["components"]["schemas"]
    return {name: _convert(schema) for name, schema in schemas.items()}


@lru_cache(maxsize=256)
def _validator(method: str, path: str, part: str) -> Draft202012Validator:
    document = load_document()
    operation = document["paths"][path][method]
    if part == "request":
        holder = resolve(document, operation["requestBody"])
    else:
        holder = resolve(document, operation["responses"][part])
    schema = next(iter(holder["content"].values()))["schema"]
    return Draft202012Validator({**_convert(schema), "$defs": _definitions()})


def complaints(method: str, path: str, part: str, body: Any) -> list[str]:
    """What the document finds wrong with a body; `part` is '200', '4XX', … or 'request'."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in _validator(method, path, part).iter_errors(body)
    ]
