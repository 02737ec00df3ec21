"""Subject lines with a trait against those without: counts and gaps that can be worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.engagement import Campaign, Counts
from analytics.subject_lines import Trait, subject_lines, traits


def sent(number: int, subject: str, opened: int, *more: str, channel: str = "email") -> Campaign:
    counts = Counts(recipients=100, delivered=100, openable=100, opens=opened, clicks=10)
    return Campaign(f"c{number}", "", channel, date(2026, 11, 9), counts, subjects=(subject, *more))


def named(found: list[Trait], name: str) -> Trait:
    return next(each for each in found if each.name == name)


def test_a_gap_that_is_sure_and_one_that_is_none() -> None:
    # Ten questions opened by 50 % on the average (45 and 55), ten others by 30 (25 and 35).
    held = [sent(n, "Ready for autumn weather outdoors?", 45 + 10 * (n % 2)) for n in range(10)]
    held += [sent(10 + n, "Ready for autumn weather outdoors.", 25 + 10 * (n % 2)) for n in range(10)]
    held += [sent(30, "A?", 0, "B?"), sent(31, "Text?", 0, channel="sms")]
    found = traits(subject_lines(held))
    question = named(found, "Question")
    assert (question.having, question.lacking) == (10, 10)
    assert question.open_gap is not None
    assert question.open_gap.points == pytest.approx(20)
    # Variances are 250 / 9 on both sides; t(1 − 0.025 / 7, 18) = 3.034 times the square root of 2 × 2.7778.
    assert question.open_gap.low == pytest.approx(20 - 3.0338 * (2 * 250 / 9 / 10) ** 0.5, abs=0.01)
    assert question.open_gap.sure
    # All were clicked alike.
    assert question.click_gap is not None
    assert (question.click_gap.points, question.click_gap.sure) == (0, False)
    assert named(found, "Number").open_gap is None


def test_nothing_is_claimed_of_few_and_traits_are_told_apart() -> None:
    held = [sent(n, "50 % off today! \U0001f381", 90) for n in range(9)] + [sent(9, "Hi {{ first_name }}", 1)]
    found = traits(subject_lines(held))
    told = {each.name: (each.having, each.open_gap) for each in found}
    assert told == {
        "Up to 30 characters": (10, None), "Over 60 characters": (0, None), "Emoji": (9, None),
        "Person's own data": (1, None), "Question": (0, None), "Exclamation mark": (9, None), "Number": (9, None),
    }  # fmt: skip
