"""RFM as it is read: five customers whose scores can be counted on the fingers, on each warehouse."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from analytics.rfm import CutOffs, rank_scores, score_limits, scores_above
from analytics.rfm_figures import NOBODY, Scheme
from components.rfm_tables import import_rows
from data_access.derived import customer_profiles
from data_access.derived.frame import compute
from data_access.queries.customer_history import customer_history, still_holds
from data_access.queries.rfm import EVERYBODY, MembersQuery, RfmQuery, masked, members, orders_of, rfm, would_move
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.scoped import scoped_read
from data_access.stores import Stores
from tests.repeat_orders import covered
from tests.warehouse_rows import ACCOUNT, SEEN, deduction, insert, order, store

ADMIN = local_admin()
TODAY, BEFORE = date(2026, 11, 21), date(2026, 10, 22)
QUERY = RfmQuery(TODAY, BEFORE)


def bought(number: str, who: str, value: str, day: str, **other: Any) -> dict[str, Any]:
    return order(number, value, f"{day} 12:00", customer_id=who, customer_email=f"{who}@example.com") | other


@pytest.fixture
def shop(warehouse: Stores) -> Stores:
    """After it, days since the last order, orders, net revenue."""
    orders = [
        bought("a1", "ann", "100.00", "2026-11-19"), bought("a2", "ann", "50.00", "2026-10-01"),  # 2, 2, 150
        bought("b1", "bob", "30.00", "2026-11-10"),  # 11, 1, 30
        bought("c1", "cem", "200.00", "2026-05-05"),  # 200, 1, 80
        bought("d1", "dot", "20.00", "2025-06-01"), bought("d2", "dot", "20.00", "2025-07-01"),
        bought("d3", "dot", "20.00", "2025-08-01"),  # 477, 3, 60
        bought("d4", "dot", "500.00", "2026-11-01", order_status="cancelled"),
        bought("e1", "eve", "10.00", "2026-09-02"), bought("e2", "eve", "0.00", "2026-11-02"),  # 80, 1, 10
        bought("f1", "fay", "10.00", "2026-11-22"),  # after the as-of date
    ]  # fmt: skip
    cuts = [
        deduction("c1", "120.00", "2026-11-20T10:00", "2026-05-05") | {"customer_id": "cem"},
        # Refunded in part before it was cancelled: of an order that does not count.
        deduction("d4", "10.00", "2026-11-02T10:00", "2026-11-01") | {"customer_id": "dot"},
    ]
    insert(warehouse, "klaviyo_orders", *orders)
    insert(warehouse, "order_deductions", *cuts)
    return warehouse


def codes(stores: Stores, asked: RfmQuery) -> dict[str, str]:
    listed = members(stores, ADMIN, ACCOUNT, MembersQuery(asked))
    return {member.id: "".join(map(str, member.scores)) for member in listed.members}


def test_scores_segments_and_moves(shop: Stores) -> None:
    assert codes(shop, QUERY) == {"ann": "545", "cem": "214", "dot": "153", "bob": "412", "eve": "311"}
    found = rfm(shop, ADMIN, ACCOUNT, QUERY)
    assert (found.customers, found.repeat, found.cents) == (5, 2, 33_000)
    assert [(group.name, group.customers, group.cents) for group in found.groups] == [
        ("Champions", 1, 15_000), ("New Customers", 2, 4_000), ("At Risk", 1, 6_000), ("Cannot Lose Them", 1, 8_000),
    ]  # fmt: skip
    assert found.cells == {(5, 4): (1, 15_000), (4, 1): (1, 3_000), (3, 1): (1, 1_000), (2, 1): (1, 8_000),
                           (1, 5): (1, 6_000)}  # fmt: skip
    # Four limits a measure, each what the next score asks for: at most 476 days for 2, at most 10 for 5.
    assert found.limits["recency"] == (10, 79, 199, 476)
    assert found.best_fifth == pytest.approx(100 * 150 / 330)
    assert sum(found.moves.values()) == 5
    assert sum(count for (come, _), count in found.moves.items() if come == NOBODY) == 1
    assert sum(bar.customers for bar in found.bars["monetary"]) == 5


def test_a_window_and_an_earlier_date(shop: Stores) -> None:
    year = codes(shop, RfmQuery(TODAY, BEFORE, months=12))
    assert sorted(year) == ["ann", "bob", "cem", "eve"]  # dot's orders are older
    assert sorted(codes(shop, RfmQuery(date(2026, 5, 5), date(2025, 6, 1)))) == ["cem", "dot"]
    assert rfm(shop, ADMIN, ACCOUNT, RfmQuery(date(2025, 1, 1), date(2024, 1, 1))).customers == 0


def test_kept_histories_tell_what_the_orders_tell(shop: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    insert(shop, "stores", store())
    insert(shop, "order_deductions", deduction("e2", "5.00", "2026-11-03T10:00", "2026-11-02") | {"customer_id": "eve"})
    asked = [
        QUERY,
        RfmQuery(TODAY, BEFORE, months=12),
        RfmQuery(TODAY, date(2025, 7, 1), scheme=Scheme.KLAVIYO),
        RfmQuery(date(2026, 5, 5), date(2025, 6, 1), months=24),
        RfmQuery(date(2025, 1, 1), date(2024, 1, 1)),
    ]

    def answers() -> list[Any]:
        read = [
            (rfm(shop, ADMIN, ACCOUNT, one), members(shop, ADMIN, ACCOUNT, listed))
            for one in asked
            for listed in (MembersQuery(one, most=2), MembersQuery(one, frequency=1, most=1))
        ]
        moved = would_move(shop, ADMIN, ACCOUNT, (QUERY, CutOffs((10, 100, 200, 365), (2, 3, 4, 5), (1, 2, 3, 4))))
        return [*((figures, [m.id for m in told.members], told.customers) for figures, told in read), moved]

    from_orders = answers()
    assert customer_history(shop, ADMIN, ACCOUNT, TODAY) is None
    covered(shop, TODAY.isoformat())
    compute(shop, ACCOUNT, customer_profiles.TABLE)
    kept = customer_history(shop, ADMIN, ACCOUNT, TODAY)
    assert kept is not None
    assert customer_history(shop, ADMIN, ACCOUNT, TODAY) is kept
    # Fay's order lies after the as-of date, eve's second and dot's fourth do not count.
    everybody = members(shop, ADMIN, ACCOUNT, MembersQuery(QUERY, most=EVERYBODY))
    assert [m.id for m in everybody.members] == ["ann", "cem", "dot", "bob", "eve"]
    assert len(kept.orders.day) == 8
    assert customer_history(shop, ADMIN, ACCOUNT, date(2026, 11, 22)) is None
    assert answers() == from_orders
    # The highest net revenue stands first.
    with scoped_read(shop.warehouse, ADMIN, ACCOUNT) as session:
        at = {row["place"]: row["customer_id"] for row in session.rows("read/rfm/everybody")}
    assert at == {0: "ann", 1: "cem", 2: "dot", 3: "bob", 4: "eve"}
    # The first of a list may be among the highest of all, or beyond them.
    for near in (1, 3):
        monkeypatch.setattr("data_access.queries.rfm.NEAR", near)
        assert answers() == from_orders
    # What was computed anew gives new places.
    assert still_holds(kept, shop, ADMIN, ACCOUNT)
    compute(shop, ACCOUNT, customer_profiles.TABLE)
    assert not still_holds(kept, shop, ADMIN, ACCOUNT)


def test_klaviyos_groups_and_fixed_limits(shop: Stores) -> None:
    # Thirds of 2, 1, 1, 3, 1 orders: three customers are not better than anybody.
    klaviyo = codes(shop, RfmQuery(TODAY, BEFORE, scheme=Scheme.KLAVIYO))
    assert klaviyo == {"ann": "333", "cem": "213", "dot": "132", "bob": "311", "eve": "311"}
    limits = CutOffs((10, 100, 200, 365), (2, 3, 4, 5), (30.0, 60.01, 100.0, 150.0))
    fixed = codes(shop, RfmQuery(TODAY, BEFORE, scheme=Scheme.FIXED, cut_offs=limits))
    assert fixed == {"ann": "525", "cem": "313", "dot": "132", "bob": "412", "eve": "411"}


def test_customers_of_a_segment_with_consent_and_one_time_line(shop: Stores) -> None:
    said = {"email": {"marketing": {"consent": "SUBSCRIBED", "suppression": [{"reason": "HARD_BOUNCE"}]}}}
    at = {"created_at": SEEN, "updated_at": SEEN}
    insert(
        shop, "klaviyo_profiles",
        {"klaviyo_public_id": ACCOUNT, "id": "ann", "subscriptions": json.dumps(said), "first_name": "Ann",
         "phone_number": "+4915112345678", **at},
    )  # fmt: skip
    insert(
        shop, "customer_profiles",
        {"klaviyo_public_id": ACCOUNT, "customer_email": "ann@example.com", "customer_id": "ann",
         "churn_risk_score": 0.25, "last_updated": SEEN},
        {"klaviyo_public_id": ACCOUNT, "customer_email": "bob", "customer_id": "bob", "last_updated": SEEN},
    )  # fmt: skip
    (ann,) = members(shop, ADMIN, ACCOUNT, MembersQuery(QUERY, recency=5, frequency=4)).members
    assert (ann.id, ann.email, ann.first_name, ann.net_revenue) == ("ann", "ann@example.com", "Ann", Decimal(150))
    assert (ann.consent, ann.suppressed, ann.risk) == ("SUBSCRIBED", True, 0.25)
    # Under the headings and in the words of Klaviyo's list import.
    assert list(import_rows([ann])[0].items())[:7] == [
        ("Email", "ann@example.com"), ("Phone Number", "+4915112345678"), ("First Name", "Ann"), ("Last Name", ""),
        ("Email Marketing Consent", "Subscribed"), ("Email Suppressed", "TRUE"), ("SMS Marketing Consent", ""),
    ]  # fmt: skip
    assert import_rows([replace(ann, consent="NEVER_SUBSCRIBED")])[0]["Email Marketing Consent"] == "Never subscribed"
    (bob,) = members(shop, ADMIN, ACCOUNT, MembersQuery(QUERY, customer="bob")).members
    assert (bob.email, bob.consent, bob.suppressed) == (None, "", None)
    reader = granted("reader", [ACCOUNT], [Right.VIEW])
    (seen,) = members(shop, reader, ACCOUNT, MembersQuery(QUERY, customer="ann")).members
    assert (seen.email, seen.first_name, seen.phone) == ("a•••@•••.com", None, None)
    assert masked("ann@example.com") == "a•••@•••.com"
    with scoped_read(shop.warehouse, reader, ACCOUNT) as session:
        told = session.rows("read/rfm/people", ids=["ann", "bob"])
    assert sorted(row["customer_email"] for row in told) == ["a•••@•••.com", "bob"]
    with pytest.raises(NotPermitted):
        members(shop, reader, ACCOUNT, MembersQuery(QUERY, most=10_000))
    line = orders_of(shop, ADMIN, ACCOUNT, ("dot", TODAY))
    assert [(row["order_id"], row["order_status"], row["deducted"]) for row in line][-2:] == [
        ("d3", "placed", 0), ("d4", "cancelled", 10),
    ]  # fmt: skip


def test_limits_give_the_scores_of_ranks() -> None:
    dice = np.random.default_rng(5)
    for size in (1, 2, 3, 4, 5, 6, 7, 11, 50, 501):
        for spread in (1, 2, 3, 10, 10_000):
            values = dice.integers(-spread, spread, size)
            for groups in (3, 5):
                by_limits = scores_above(values, score_limits(values, groups))
                assert by_limits.tolist() == rank_scores(values, groups=groups).tolist()
