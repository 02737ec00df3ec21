"""Briefs as people change them: what is refused, and what is said to have changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.promo.brief_edits import InvalidBrief, brief_from, changes, checked
from analytics.promo.briefs import Asset, Brief, MandatoryElements, Objectives, TargetAudience
from components.brief_words import changes_said

HERO = Asset("hero", "Sale", "", "Shop now", ("TV",))
BRIEF = Brief(
    Objectives("Sell", ("Earn",)), TargetAudience(("ALL",), ""), ("20 % off", "This week"), "calm",
    MandatoryElements(("Terms apply",), ()), (HERO,),
)  # fmt: skip


def test_a_brief_of_another_program_is_read_with_what_it_has() -> None:
    nothing = Brief(Objectives(""), TargetAudience(()), (), "", MandatoryElements(), ())
    assert brief_from({"a": 1}, None) == nothing
    assert brief_from(*BRIEF.stored()) == BRIEF


def test_texts_are_trimmed_and_what_cannot_be_kept_is_refused() -> None:
    typed = replace(BRIEF, key_messages=(" 20 % off", "", "This week", "20 % off"), tone="calm ")
    assert checked(replace(typed, assets=(HERO, Asset("", "", "", "", ())))) == BRIEF
    for wrong, said in (
        (replace(BRIEF, objectives=Objectives(" ")), "no primary objective"),
        (replace(BRIEF, target_audience=TargetAudience(())), "no audience"),
        (replace(BRIEF, target_audience=TargetAudience(("ALL", "LOYAL"))), "choose it alone"),
        (replace(BRIEF, assets=(replace(HERO, type=" "),)), "has no type"),
        (replace(BRIEF, tone="x" * 501), "has 501 characters"),
        (replace(BRIEF, key_messages=tuple(map(str, range(51)))), "has 51 lines"),
    ):
        with pytest.raises(InvalidBrief, match=said):
            checked(wrong)


def test_what_changed_is_said_a_part_at_a_time() -> None:
    other = replace(
        BRIEF, tone="", key_messages=("This week", "Only online"),
        mandatory_elements=MandatoryElements(("Terms apply",), ("Logo",)),
        assets=(replace(HERO, cta="Buy"), replace(HERO, headline="Two"), Asset("poster", "", "", "", ())),
    )  # fmt: skip
    assert changes_said(changes(BRIEF, other)) == [
        "Key messages: added “Only online”; left out “20 % off”.",
        "Tone: – instead of “calm”.",
        "Mandatory, brand: added “Logo”.",
        "Assets: added hero (2), poster; changed hero.",
    ]
    turned = replace(BRIEF, key_messages=("This week", "20 % off"))
    assert changes_said(changes(BRIEF, turned)) == ["Key messages: in another order."]
    assert changes(BRIEF, BRIEF) == {}
