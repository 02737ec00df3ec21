"""What a post-mortem says to a model, on figures that a person can check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import isclose
from typing import Any

from analytics.promo.lessons import LeftOut, Unfit, told_by
from analytics.promo.terms import Cell, CrossEffect
from tests.analytics.test_promo_learning import AUDIO, CURVE, TV, model

START, END = date(2026, 3, 2), date(2026, 3, 8)


def row(cell: Cell = TV, **others: object) -> dict[str, Any]:
    """80 % more at a seen 20 %, of 25 % that were planned."""
    plain = {
        "department": cell.department, "channel": cell.channel, "promoted": True, "days": 7, "discount_pct": 25.0,
        "seen_discount_pct": 20.0, "uplift_pct": 80.0, "uplift_error_pct": 18.0,
    }  # fmt: skip
    return plain | others


def told(*rows: dict[str, Any], doubts: object = (), **others: Any) -> Any:
    return told_by("p1", START, END, {"cells": rows, "doubts": doubts}, replace(model(TV=CURVE, Audio=CURVE), **others))


def test_an_outcome_is_what_the_report_says() -> None:
    found = told(row(), row(AUDIO, promoted=False))
    (one,) = found.outcomes
    assert (one.source, one.cell, one.discount, one.days, one.first, one.last) == ("p1", TV, 0.2, 7, START, END)
    assert isclose(one.uplift, 0.8)
    assert isclose(one.error, 0.18)
    assert found.left_out == ()


def test_the_planned_discount_stands_in_where_sales_tell_none() -> None:
    assert told(row(seen_discount_pct=None)).outcomes[0].discount == 0.25


def test_what_others_of_the_promotion_took_is_put_back() -> None:
    # Audio sells 50 % more at 20 %, and takes a fifth of that from TV: 0.9 of its units. 1.8 / 0.9 = 2.
    taken = CrossEffect(AUDIO, TV, -0.2)
    both = told(row(), row(AUDIO), crosses=(taken,))
    own = {one.cell: one for one in both.outcomes}
    assert isclose(own[TV].uplift, 1.0)
    assert isclose(own[TV].error, 0.2)
    assert isclose(own[AUDIO].uplift, 0.8)
    assert isclose(told(row(), crosses=(taken,)).outcomes[0].uplift, 0.8)


def test_what_cannot_be_learned_from_says_why() -> None:
    def why(doubts: object = (), **others: object) -> Unfit:
        found = told(row(**others), doubts=doubts)
        assert found.outcomes == ()
        (one,) = found.left_out
        assert one == LeftOut(TV, one.why)
        return one.why

    assert why(days=2) is Unfit.FEW_DAYS
    assert why(uplift_pct=None, uplift_error_pct=None) is Unfit.NO_UPLIFT
    assert why(seen_discount_pct=None, discount_pct=None) is Unfit.NO_DISCOUNT
    assert why(seen_discount_pct=0.0) is Unfit.NO_DISCOUNT
    for kind in ("overlap", "already_on", "not_on_promo"):
        assert why([{"kind": kind, "cells": [["TV", "online"]]}]) is Unfit(kind)
    # Doubts of other cells, and those of the whole, are no hindrance.
    fine = told(row(), doubts=[{"kind": "overlap", "cells": [["Audio", "online"]]}, {"kind": "no_controls"}])
    assert len(fine.outcomes) == 1


def test_what_it_did_to_eager_buyers_is_set_back_to_usual_ones() -> None:
    # 65 % more among buyers who are 1.3 times as eager: 50 % among usual ones.
    (one,) = told(row(uplift_pct=65.0, uplift_error_pct=13.0, sensitivity=1.3)).outcomes
    assert isclose(one.uplift, 0.5)
    assert isclose(one.error, 0.1)
    # Audio offered to them sells 1.3 × 50 % more and takes a fifth of that from TV: 0.87 of its units.
    both = told(row(), row(AUDIO, sensitivity=1.3), crosses=(CrossEffect(AUDIO, TV, -0.2),))
    assert isclose({one.cell: one for one in both.outcomes}[TV].uplift, 1.8 / 0.87 - 1)
