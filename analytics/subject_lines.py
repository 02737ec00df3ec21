"""Whether subject lines of a kind are opened and clicked more often: campaigns with a trait against those without.

A campaign counts once, whatever its size: mails of one campaign are no independent trials of its subject line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, variance
from typing import Final, NamedTuple

from analytics.engagement import Campaign

Rates = Sequence[float | None]
# With fewer campaigns on either side nothing is claimed.
FEWEST: Final = 10
_EMOJI: Final = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]")
TRAITS: Final[Mapping[str, Callable[[str], bool]]] = {
    "Up to 30 characters": lambda text: len(text) <= 30,
    "Over 60 characters": lambda text: len(text) > 60,
    "Emoji": lambda text: bool(_EMOJI.search(text)),
    "Person's own data": lambda text: "{{" in text or "{%" in text,
    "Question": lambda text: "?" in text,
    "Exclamation mark": lambda text: "!" in text,
    "Number": lambda text: bool(re.search(r"\d", text)),
}


class SubjectLine(NamedTuple):
    """A campaign's subject line; rates in per cent, None where they are not known."""

    text: str
    open_rate: float | None
    click_rate: float | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Mean rate of campaigns with a trait less that of those without, in points; interval for all traits together."""

    points: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Trait:
    """Campaigns with and without a trait; gaps None where either side has fewer than FEWEST campaigns."""

    name: str
    having: int
    lacking: int
    open_gap: Gap | None
    click_gap: Gap | None


def subject_lines(campaigns: Iterable[Campaign]) -> tuple[SubjectLine, ...]:
    """Those of e-mail campaigns with one subject line; campaigns with several (tests of subjects) are left out."""
    return tuple(
        SubjectLine(each.subjects[0], each.counts.open_rate, each.counts.click_rate)
        for each in campaigns
        if each.channel == "email" and len(each.subjects) == 1 and each.counts.delivered
    )


def traits(held: Sequence[SubjectLine]) -> list[Trait]:
    """Every trait over campaigns with one subject line."""
    found = []
    for name, has in TRAITS.items():
        sides: tuple[list[Rates], list[Rates]] = ([], [])
        for subject, *rates in held:
            sides[not has(subject)].append(rates)
        own, rest = sides
        opens, clicks = (_gap(*([rates[place] for rates in side] for side in sides)) for place in (0, 1))
        found.append(Trait(name, len(own), len(rest), opens, clicks))
    return found


def _gap(own: Rates, rest: Rates) -> Gap | None:
    """Welch's interval of the difference of two means, at 95 % for all traits together (Bonferroni)."""
    a, b = ([rate for rate in rates if rate is not None] for rates in (own, rest))
    if min(len(a), len(b)) < FEWEST:
        return None
    first, second = variance(a) / len(a), variance(b) / len(b)
    points = fmean(a) - fmean(b)
    if first + second == 0:
        return Gap(points, points, points)
    freedom = (first + second) ** 2 / (first**2 / (len(a) - 1) + second**2 / (len(b) - 1))
    half = _student(1 - 0.025 / len(TRAITS), freedom) * math.sqrt(first + second)
    return Gap(points, points - half, points + half)


def _student(chance: float, freedom: float) -> float:
    """Student's t by the Cornish–Fisher expansion of the normal quantile: to 0.01 from nine degrees of freedom on."""
    z = NormalDist().inv_cdf(chance)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
