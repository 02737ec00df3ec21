"""Rate windows under a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.api.contract import operations
from demo.api.errors import ApiError
from demo.api.limits import Limiter
from demo.api.query import parse_query
from demo.emulator import RunningEmulator, running_emulator
from tests.demo.conftest import HEADERS, NOW


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0  # the start of an hour, so of every window but the day

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limited(clock: Clock, cache: Path) -> Iterator[RunningEmulator]:
    with running_emulator(events=1_000, now=NOW, limits=True, clock=clock, cache=cache) as running:
        yield running


def admit(limiter: Limiter, name: str, raw: str = "", account: str = "A") -> dict[str, str]:
    operation = operations()[name]
    return limiter.admit(account, operation, parse_query(operation, "http://x", operation.path, raw))


def refusal(limiter: Limiter, name: str, raw: str = "") -> int:
    with pytest.raises(ApiError) as caught:
        admit(limiter, name, raw)
    assert caught.value.status == 429
    assert set(caught.value.headers) == {"Retry-After"}
    return int(caught.value.headers["Retry-After"])


@pytest.mark.parametrize("name", sorted(operations()))
def test_the_burst_of_every_endpoint_holds_for_a_second(name: str, clock: Clock) -> None:
    limiter = Limiter(clock)
    raw = 'filter=equals(messages.channel,"email")' if name == "get_campaigns" else ""
    for _ in range(operations()[name].burst):
        admit(limiter, name, raw)
    assert refusal(limiter, name, raw) == 1
    clock.seconds += 1
    admit(limiter, name, raw)


def test_the_minute_holds_across_seconds(clock: Clock) -> None:
    limiter = Limiter(clock)
    for _ in range(60):
        admit(limiter, "get_flows")
        clock.seconds += 0.5
    assert refusal(limiter, "get_flows") == 30
    clock.seconds += 30
    assert admit(limiter, "get_flows")["RateLimit-Remaining"] == "59"


def test_reports_have_two_a_minute_and_225_a_day(clock: Clock) -> None:
    limiter = Limiter(clock)
    clock.seconds = 1_800_057_600.0  # the start of a day
    for number in range(225):
        admit(limiter, "query_flow_series")
        clock.seconds += 30
        if number == 0:
            clock.seconds += 1
            admit(limiter, "query_form_series")  # each endpoint has its own windows
            clock.seconds -= 1
    wait = refusal(limiter, "query_flow_series")
    assert wait == 86_400 - 225 * 30
    clock.seconds += wait
    admit(limiter, "query_flow_series")


def test_accounts_have_windows_of_their_own(clock: Clock) -> None:
    limiter = Limiter(clock)
    admit(limiter, "get_accounts", account="A")
    admit(limiter, "get_accounts", account="B")


@pytest.mark.parametrize(
    ("name", "raw", "burst"),
    [
        ("get_profiles", "additional-fields[profile]=predictive_analytics", 10),
        ("get_profile", "include=lists", 1),
        ("get_segment", "additional-fields[segment]=profile_count", 1),
        ("get_list", "additional-fields[list]=profile_count", 1),
    ],
)
def test_some_parameters_are_dearer(name: str, raw: str, burst: int, clock: Clock) -> None:
    limiter = Limiter(clock)
    for _ in range(burst):
        admit(limiter, name, raw)
    assert refusal(limiter, name, raw) == 1
    admit(limiter, name)  # without them the usual window


def get(emulator: RunningEmulator, path: str, key: str = "pk_a") -> httpx.Response:
    return httpx.get(emulator.base_url + path, headers={**HEADERS, "Authorization": f"Klaviyo-API-Key {key}"})


def test_headers_tell_the_state_and_a_refusal_only_when_to_return(limited: RunningEmulator, clock: Clock) -> None:
    good = get(limited, "/api/accounts")
    assert good.status_code == 200
    told = {name: good.headers[name] for name in ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")}
    assert told == {"RateLimit-Limit": "15", "RateLimit-Remaining": "14", "RateLimit-Reset": "60"}
    assert "Retry-After" not in good.headers
    refused = get(limited, "/api/accounts", key="pk_b")  # another key of the same account shares the quota
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    assert not [name for name in refused.headers if name.lower().startswith("ratelimit")]
    assert refused.json()["errors"][0]["code"] == "throttled"
    assert get(limited, "/api/accounts", key="pk_demo2").status_code == 200
    clock.seconds += 1
    assert get(limited, "/api/accounts").status_code == 200


def test_a_refused_request_costs_nothing(limited: RunningEmulator, clock: Clock) -> None:
    for _ in range(5):
        get(limited, "/api/accounts")
    clock.seconds += 1
    assert get(limited, "/api/accounts").headers["RateLimit-Remaining"] == "13"


def test_a_bad_question_still_answers_with_its_error(limited: RunningEmulator) -> None:
    body: dict[str, Any] = get(limited, "/api/events?page[size]=9999").json()
    assert body["errors"][0]["code"] == "invalid"
