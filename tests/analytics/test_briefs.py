"""Creative briefs: filled from a scenario's own data, in the shape in which they are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from analytics.promo.breakdown import Kpis
from analytics.promo.briefs import Audience, NoBrief, brief_of
from analytics.promo.mechanics import Mechanic
from analytics.promo.scenarios import Content
from analytics.promo.terms import Form

LOYAL = Audience("LOYAL_HIGH_VALUE", "Loyal, high value", Decimal("0.1200"), Decimal("180.00"), "low")
MEMBERS = Content(
    "Members", date(2026, 10, 5), date(2026, 10, 11),
    (Mechanic("TV", "online", 20, ("LOYAL_HIGH_VALUE",), form=Form.MEMBER_ONLY),
     Mechanic("Gaming", "online", 15, ("LOYAL_HIGH_VALUE",), form=Form.MEMBER_ONLY, stock_cap=100)),
    "member_only",
)  # fmt: skip
KPIS = Kpis(
    Decimal(9000), Decimal(2000), Decimal("22.22"), Decimal(1100), 900, Decimal(1400), Decimal(-700), Decimal(-840),
    350, {},
)  # fmt: skip


def test_a_scenario_tells_all_of_its_brief() -> None:
    found = brief_of(MEMBERS, KPIS, [LOYAL], {"legal": ["Terms apply"], "brand": ["Logo"]}, below_target=True)
    assert found.stored() == (
        {
            "objectives": {
                "primary": "Close the sales gap of October 2026",
                "secondary": ["Hold a margin of 22.2 %", "Drive online traffic"],
            },
            "target_audience": {
                "segments": ["LOYAL_HIGH_VALUE"],
                "demographics": "Loyal, high value: 12 % of customers, 180 a basket, low sensitivity to discounts",
            },
            "key_messages": [
                "Exclusive member pricing",
                "Up to 20 % off TV and Gaming for members",
                "Limited time offer: 5–11 October 2026",
                "Only online",
            ],
            "tone": "exclusive and appreciative",
            "mandatory_elements": {
                "legal": ["Valid 5–11 October 2026", "While stocks last", "For members only", "Terms apply"],
                "brand": ["Logo"],
            },
        },
        [
            {
                "type": kind,
                "headline": "Member-exclusive TV and Gaming sale",
                "subheadline": "Up to 20 % off TV and Gaming for members · 5–11 October 2026",
                "cta": f"{cta} – members only",
                "product_focus": ["TV", "Gaming"],
            }
            for kind, cta in (("homepage_hero", "Shop now"), ("email_banner", "See the offers"))
        ],
    )


def test_objectives_follow_from_what_the_scenario_is_expected_to_bring() -> None:
    def primary(kpis: Kpis | None) -> str:
        return brief_of(MEMBERS, kpis, [], {}, currency="EUR").objectives.primary

    assert primary(KPIS) == "Win 1,400 EUR of sales beyond what would be sold anyway"
    assert primary(replace(KPIS, sales_value_delta=Decimal(-5))) == "Sell 350 pieces beyond what would be sold anyway"
    assert primary(None) == "Bring attention to TV and Gaming"
    gain = brief_of(MEMBERS, replace(KPIS, ebit_delta=Decimal(60)), [], {}, currency="EUR").objectives.secondary
    assert gain[0] == "Gain 60 EUR of EBIT (contribution)"


def test_both_channels_several_forms_and_dates_over_the_new_year() -> None:
    rows = (
        Mechanic("TV", "online", 10),
        Mechanic("TV", "offline", 10),
        Mechanic("Toys", "offline", 25, form=Form.COUPON),
    )
    found = brief_of(Content("New", date(2026, 12, 28), date(2027, 1, 9), rows), None, [], {})
    assert found.key_messages == (
        "10 % off TV", "25 % off Toys with a coupon", "28 December 2026 – 9 January 2027"
    )  # fmt: skip
    assert found.target_audience.segments == ("ALL",)
    assert [(asset.type, asset.product_focus) for asset in found.assets] == [
        ("homepage_hero", ("TV",)), ("email_banner", ("TV",)),
        ("in_store_poster", ("Toys", "TV")), ("store_window", ("Toys", "TV")),
    ]  # fmt: skip
    with pytest.raises(NoBrief):
        brief_of(Content("New", date(2026, 12, 28), date(2027, 1, 9), ()), None, [], {})
