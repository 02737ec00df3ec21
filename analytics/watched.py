"""The daily figures that are watched for unusual days, and what a person calls unusual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DEFAULT_SENSITIVITY: Final = 4.0
DEFAULT_LEAST_CHANGE_PCT: Final = 10.0
ORDERS: Final = "orders"
MESSAGES: Final = "messages"
# People open, click and complain for some days.
RIPE_DAYS: Final = 3


class Nature(StrEnum):
    """What a metric is made of, which says how chance moves it."""

    COUNT = "count"
    MONEY = "money"
    RATE = "rate"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Metric:
    """A daily figure that is watched. world: 'orders' or 'messages'. good_up: whether more of it is good. ripe_days: so
    many of the last days are not judged yet, since what they hold still grows."""

    key: str
    name: str
    nature: Nature
    world: str
    good_up: bool = True
    ripe_days: int = 0


METRICS: Final = (
    Metric("net", "Net revenue", Nature.MONEY, ORDERS),
    Metric("gross", "Gross revenue", Nature.MONEY, ORDERS),
    Metric("orders", "Orders", Nature.COUNT, ORDERS),
    Metric("aov", "Average order value", Nature.MEAN, ORDERS),
    Metric("new_customers", "New customers", Nature.COUNT, ORDERS),
    Metric("deductions", "Refunds and cancellations", Nature.MONEY, ORDERS, good_up=False),
    Metric("recipients", "Recipients", Nature.COUNT, MESSAGES),
    Metric("open_rate", "Open rate", Nature.RATE, MESSAGES, ripe_days=RIPE_DAYS),
    Metric("click_rate", "Click rate", Nature.RATE, MESSAGES, ripe_days=RIPE_DAYS),
    Metric("bounce_rate", "Bounce rate", Nature.RATE, MESSAGES, good_up=False),
    Metric("complaint_rate", "Spam complaint rate", Nature.RATE, MESSAGES, good_up=False, ripe_days=RIPE_DAYS),
    Metric("unsubscribe_rate", "Unsubscribe rate", Nature.RATE, MESSAGES, good_up=False, ripe_days=RIPE_DAYS),
)
BY_KEY: Final[Mapping[str, Metric]] = {metric.key: metric for metric in METRICS}
# What people do with messages, and machines too: counted with or without those of machines.
REACTIONS: Final = frozenset({"open_rate", "click_rate"})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a person calls unusual. sensitivity: robust deviations; least_change_pct: smallest change from what was
    expected that matters; metrics: keys of those that are watched."""

    sensitivity: float = DEFAULT_SENSITIVITY
    least_change_pct: float = DEFAULT_LEAST_CHANGE_PCT
    metrics: tuple[str, ...] = tuple(BY_KEY)
