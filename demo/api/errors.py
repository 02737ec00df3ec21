"""Refusals as the service words them: a JSON:API error document with id, code, title, detail and source."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

MEDIA_TYPE = "application/vnd.api+json"
TITLES = {
    400: ("invalid", "Invalid input."),
    401: ("not_authenticated", "Authentication credentials were not provided."),
    403: ("permission_denied", "You do not have permission to perform this action."),
    404: ("not_found", "Not found."),
    405: ("method_not_allowed", "Method not allowed."),
    410: ("gone", "This revision is retired."),
    429: ("throttled", "Request was throttled."),
    500: ("error", "A server error occurred."),
    503: ("service_unavailable", "Service unavailable."),
}


class ApiError(Exception):
    """Raised by any handler; becomes one error document. `parameter` and `pointer` name the place in query or body."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        parameter: str | None = None,
        pointer: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.source: dict[str, str] = {}
        if parameter:
            self.source["parameter"] = parameter
        if pointer:
            self.source["pointer"] = pointer
        self.headers = headers or {}


def error_document(error: ApiError, number: int) -> dict[str, Any]:
    code, title = TITLES.get(error.status, TITLES[500])
    return {
        "errors": [
            {
                "id": f"00000000-0000-4000-8000-{number:012d}",
                "status": error.status,
                "code": code,
                "title": title,
                "detail": error.detail,
                "source": error.source or {"pointer": "/data/"},
                "links": {},
                "meta": {},
            }
        ]
    }


def error_response(error: ApiError, number: int, headers: dict[str, str] | None = None) -> Response:
    return Response(
        orjson.dumps(error_document(error, number)),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers={**(headers or {}), **error.headers},
    )
