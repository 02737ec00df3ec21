"""The same events in any order and slices give the same figures as a rebuild, and those that the definitions give."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as limited
from hypothesis import strategies as st

from data_access.aggregates import recompute
from data_access.stores import Stores
from tests.embedded_clickhouse import migrated_stores
from tests.figures import figures
from tests.figures.literal import (
    CLICKED,
    METRICS,
    OPENED,
    RECEIVED,
    SMS_CLICKED,
    SMS_RECEIVED,
    Event,
    Ledger,
    cancelled,
    item,
    placed,
    refunded,
)
from tests.figures.truth import World
from tests.two_stacks import SERVERS

# Hours around the days on which clocks change in Berlin and New York (2025), a day a week before each, midnights.
MOMENTS = [
    datetime(2025, 3, 2, 4, 30, tzinfo=UTC),
    datetime(2025, 3, 9, 6, 59, 59, tzinfo=UTC),
    datetime(2025, 3, 9, 7, 0, tzinfo=UTC),
    datetime(2025, 3, 23, 22, 59, tzinfo=UTC),
    datetime(2025, 3, 30, 0, 30, tzinfo=UTC),
    datetime(2025, 3, 30, 1, 30, tzinfo=UTC),
    datetime(2025, 3, 30, 22, 0, tzinfo=UTC),
    datetime(2025, 10, 25, 22, 0, tzinfo=UTC),
    datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
    datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
    datetime(2025, 11, 2, 5, 30, tzinfo=UTC),
    datetime(2025, 11, 2, 6, 30, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 30, tzinfo=UTC),
]
PEOPLE = ("p1", "p2", "p3", "p4")
# In this order; None: the profile stands alone again.
MERGES: list[list[tuple[str, str | None]]] = [
    [],
    [("p1", "p2")],
    [("p1", "p2"), ("p2", "p3")],
    [("p4", "p1")],
    [("p4", "p3"), ("p3", "p2"), ("p2", "p4"), ("p1", "p3")],
    [("p1", "p2"), ("p1", "p3")],
    [("p1", "p2"), ("p2", "p3"), ("p2", None)],
    [("p2", "p1"), ("p3", "p1"), ("p2", "p4"), ("p2", None)],
]
ACCOUNTS = (("Europe/Berlin", "EUR"), ("America/New_York", "USD"))

moments = st.builds(lambda base, step: base + timedelta(minutes=step), st.sampled_from(MOMENTS), st.integers(0, 180))
amounts = st.one_of(
    st.sampled_from([0.0, 0.01, 10.0, 99.99, -5.0, 1_234_567.89]), st.integers(1, 50_000).map(lambda n: n / 100)
)
money = st.sampled_from(["EUR", "USD", "GBP"])


@dataclass(frozen=True)
class Step:
    """One thing that a load brings in; steps on the same `key` keep their order."""

    kind: str
    key: str
    body: Any


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """What happened in a store, as steps in an order in which it may be learned."""
    steps: list[Step] = []

    def learn(kind: str, key: str, body: Any) -> None:
        steps.append(Step(kind, key, body))

    orders = draw(st.integers(0, 7))
    touches = draw(st.integers(0, 4))
    for n in range(touches):
        metric = draw(st.sampled_from([OPENED, CLICKED, SMS_CLICKED, RECEIVED, SMS_RECEIVED]))
        flags = draw(st.sampled_from([{}, {"machine_open": True}, {"machine_open": False, "Bot Click": False}]))
        event = Event(f"t{n}", metric, draw(moments), draw(st.sampled_from(PEOPLE)), flags)
        learn("event", event.id, event)
    for n in range(orders):
        number = draw(st.sampled_from([f"o{n}", f"o{n}", "o0"]))
        currency = {} if draw(st.booleans()) else {"currency": draw(money)}
        lines = draw(_lines)
        event = placed(
            f"e{n}",
            draw(moments),
            draw(amounts),
            draw(st.sampled_from(PEOPLE)),
            OrderId=number,
            Items=lines,
            **currency,
        )
        learn("event", event.id, event)
        for _ in range(draw(st.integers(0, 2))):
            learn("touches", f"a{n}", (event.id, draw(_attributions(touches))))
    for n in range(draw(st.integers(0, 6))):
        order = f"o{draw(st.integers(0, orders))}"
        at, who = draw(moments), draw(st.sampled_from(PEOPLE))
        make = draw(st.sampled_from([refunded, refunded, cancelled]))
        amount = draw(st.one_of(st.none(), amounts))
        currency = {"currency": draw(money)} if amount is not None and draw(st.booleans()) else {}
        event = make(f"r{n}", order, at, amount, who, Items=draw(_lines), **currency)
        learn("event", event.id, event)
    for who in PEOPLE:
        if draw(st.booleans()):
            learn("profile", who, (who, draw(st.sampled_from([None, f"{who}@x.de", f"{who.upper()}@X.de"])), None))
    for old, new in draw(st.sampled_from(MERGES)):
        learn("profile", old, (old, None, new))
    for n in range(2):
        if draw(st.booleans()):
            learn("message", f"msg{n}", (f"msg{n}", draw(st.sampled_from(["email", "sms", "push"]))))
    for n, rate in enumerate(draw(st.lists(_rates, max_size=3, unique_by=lambda r: r[:3]))):
        learn("rate", f"rate{n}", rate)
    if draw(st.booleans()):
        learn("setting", "currency", draw(money))
    for id in draw(st.lists(st.sampled_from([OPENED, SMS_CLICKED, RECEIVED]), max_size=2, unique=True)):
        learn("metric", id, id)
    return steps


_lines = st.lists(
    st.builds(item, st.sampled_from("abc"), st.sampled_from([0.05, 9.99, 120.0]), st.integers(1, 3)),
    max_size=3,
    unique_by=lambda line: line["ProductID"],
)
_rates = st.tuples(
    st.sampled_from(["2025-01-01", "2025-03-30", "2025-10-26"]),
    st.sampled_from(["EUR", "USD", "GBP"]),
    st.sampled_from(["EUR", "USD"]),
    st.sampled_from(["1.1", "0.85", "0.33333333", "8", "0.00000091"]),
).filter(lambda rate: rate[1] != rate[2])


@st.composite
def _attributions(draw: st.DrawFn, touches: int) -> list[dict[str, Any]]:
    found = []
    for n in draw(st.lists(st.integers(0, touches), max_size=3, unique=True)):
        owner = {"campaign_id": f"c{n}", "campaign_message_id": f"msg{n}"}
        if draw(st.booleans()):
            owner = {"flow_id": f"f{n}", "flow_message_id": f"msg{n}"}
            # The message alone may be named: whose it is becomes known with it.
            if draw(st.booleans()):
                del owner["flow_id"]
        found.append({"attributed_event_id": f"t{n}", **owner})
    return found


@st.composite
def shuffled(draw: st.DrawFn, steps: list[Step]) -> list[list[Step]]:
    """The steps in another order, those on the same key in theirs, cut into slices; some events come twice."""
    keys = draw(st.permutations([step.key for step in steps]))
    waiting = {key: iter([s for s in steps if s.key == key]) for key in {step.key for step in steps}}
    ordered = [next(waiting[key]) for key in keys]
    again = [step for step in ordered if step.kind == "event" and draw(st.integers(0, 9)) == 0]
    ordered += again
    cuts = sorted(draw(st.lists(st.integers(0, len(ordered)), max_size=4)))
    return [ordered[a:b] for a, b in itertools.pairwise([0, *cuts, len(ordered)])]


def apply(ledger: Ledger, steps: list[Step]) -> None:
    ledger.load(*(step.body for step in steps if step.kind == "event"))
    for step in steps:
        match step.kind:
            case "touches":
                ledger.attribute(step.body[0], *step.body[1])
            case "profile":
                ledger.profile(step.body[0], step.body[1], step.body[2])
            case "message":
                ledger.message(step.body[0], flow=f"f-{step.body[0]}", channel=step.body[1])
            case "setting":
                ledger.setting(step.key, step.body)
            case "metric":
                ledger.metric(step.body)


def learned(steps: list[Step], timezone: str, currency: str) -> World:
    """What is known in the end."""
    world = World(timezone, currency, currency)
    for step in steps:
        match step.kind:
            case "event":
                world.events[step.body.id] = step.body
            case "touches":
                world.touches[step.body[0]] = step.body[1]
            case "profile":
                who, email, into = step.body
                world.emails[who] = email
                world.merged.pop(who, None)
                if into:
                    world.merged[who] = into
            case "message":
                world.messages[step.body[0]] = step.body[1]
                world.flows[step.body[0]] = f"f-{step.body[0]}"
            case "setting":
                world.currency = step.body
            case "rate":
                world.rates.append(step.body)
    return world


accounts = itertools.count()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with migrated_stores(tmp_path_factory.mktemp("any_order"), "duckdb") as stores:
        yield stores


# A smaller example would cost minutes of database work; the one that is printed is small enough to read.
EXAMPLES = {
    "deadline": None,
    "derandomize": True,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": [
        HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture
    ],
}  # fmt: skip


# Forty seconds of a core by itself: a machine that is shared takes several times that.
@pytest.mark.timeout(900)
@given(data=st.data())
@limited(max_examples=16, **EXAMPLES)
def test_slices_in_any_order_equal_a_rebuild_and_the_definitions(embedded: Stores, data: st.DataObject) -> None:
    hold(embedded, data)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("settings", [SERVERS], indirect=True)
@given(data=st.data())
@limited(max_examples=3, **EXAMPLES)
def test_so_they_do_on_servers(stores: Stores, data: st.DataObject) -> None:
    hold(stores, data)


def hold(shared: Stores, data: st.DataObject) -> None:
    """Slices in any order end at the definitions' figures, and a rebuild changes none."""
    steps = data.draw(histories(), label="history")
    with shared.operational.write() as session:
        session.execute_text("DELETE FROM exchange_rates")
    ledgers = []
    for timezone, currency in ACCOUNTS:
        ledger = Ledger(shared, f"A{next(accounts)}")
        ledger.store(
            timezone, currency, metrics=METRICS.keys() - {step.body for step in steps if step.kind == "metric"}
        )
        ledgers.append(ledger)
    plans = [data.draw(shuffled(steps), label=zone) for zone, _ in ACCOUNTS]
    told: set[str] = set()
    for turn in itertools.zip_longest(*plans, fillvalue=[]):
        for ledger, slice_ in zip(ledgers, turn, strict=True):
            for step in slice_:
                # Rates belong to nobody: the account that learns one first brings it for both.
                if step.kind == "rate" and step.key not in told:
                    told.add(step.key)
                    ledger.rate(*step.body)
            apply(ledger, slice_)
            ledger.refresh()
    for ledger, (timezone, currency) in zip(ledgers, ACCOUNTS, strict=True):
        ledger.refresh()
        incremental = figures.stored(ledger), figures.stored_beside(ledger)
        assert ledger.rows("touched") == []
        assert incremental[0] == figures.true(learned(steps, timezone, currency))
        recompute(shared, ledger.account)
        assert (figures.stored(ledger), figures.stored_beside(ledger)) == incremental
