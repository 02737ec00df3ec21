"""One running emulator for the read-only tests of this folder, and a client that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.emulator import RunningEmulator, running_emulator

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
HEADERS = {"Authorization": "Klaviyo-API-Key pk_test", "revision": "2026-07-15", "accept": "application/vnd.api+json"}


class Api:
    """A thin client: `get` returns the document of a good answer, `pages` follows links.next to the end."""

    def __init__(self, base_url: str, key: str = "pk_test") -> None:
        headers = {**HEADERS, "Authorization": f"Klaviyo-API-Key {key}"}
        self.http = httpx.Client(base_url=base_url, headers=headers, timeout=60)

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        answer = self.http.get(path, params=params or None)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def status(self, path: str, **params: Any) -> tuple[int, dict[str, Any]]:
        answer = self.http.get(path, params=params or None)
        return answer.status_code, answer.json()

    def pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        page = self.get(path, **params)
        while True:
            yield page
            following = page["links"]["next"]
            if following is None:
                return
            page = self.get(following)

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        return [row for page in self.pages(path, **params) for row in page["data"]]

    def report(self, kind: str, **attributes: Any) -> dict[str, Any]:
        status, body = self.try_report(kind, **attributes)
        assert status == 200, body
        return body

    def try_report(self, kind: str, **attributes: Any) -> tuple[int, dict[str, Any]]:
        body = {"data": {"type": f"{kind}-report", "attributes": attributes}}
        answer = self.http.post(f"/api/{kind}-reports", json=body)
        return answer.status_code, answer.json()

    def metric(self, name: str) -> str:
        rows = self.get("/api/metrics")["data"]
        return next(row["id"] for row in rows if row["attributes"]["name"] == name)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("emulator-cache")


@pytest.fixture(scope="session")
def emulator(cache: Path) -> Iterator[RunningEmulator]:
    """12,000 events, no limits, no faults: for tests that only read."""
    with running_emulator(events=12_000, now=NOW, cache=cache) as running:
        yield running


@pytest.fixture
def api(emulator: RunningEmulator) -> Api:
    return Api(emulator.base_url)


@pytest.fixture
def second(emulator: RunningEmulator) -> Api:
    return Api(emulator.base_url, "pk_demo2_x")


@pytest.fixture
def own(cache: Path) -> Iterator[RunningEmulator]:
    """A small emulator of the test's own, whose faults and clock it may change."""
    with running_emulator(events=3_000, now=NOW, cache=cache) as running:
        yield running
