"""A store as pages and jobs see it: its place, its money and the choices that its admin made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from analytics.watched import Thresholds

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DEFAULT_RETURN_DAYS: Final = 30
DEFAULT_ENGAGED_DAYS: Final = 90
DEFAULT_MINIMUM_PAIR_COUNT: Final = 5
SUNDAY_FIRST: Final = frozenset({"US", "CA", "MX", "BR", "JP", "KR", "IN", "IL", "ZA", "TW", "HK", "PH", "CO", "PE"})


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """What an admin chose; None where nothing was, so that the default holds.

    conversion_metric_id: the 'Placed Order' metric whose events are orders. currency: ISO 4217 code of all sums.
    country: ISO 3166 alpha-2, for holidays. includes_vat, includes_shipping: what order values hold. return_days: usual
    return time in days. first_weekday: 1 Monday … 7 Sunday. value_months: how far ahead expected value looks;
    value_discount_pct: what a year takes off it; value_margin_pct: the share of revenue that counts (None: all, and
    it is called expected revenue). minimum_pair_count: baskets that must hold two products for the pair to be tested.
    anomaly_…: what is called an unusual day: robust deviations, smallest change in per cent, keys of the figures that
    are watched, comma-separated ('' for none). digest_…: e-mail addresses, comma-separated; 'daily' or 'weekly';
    weekday (1 Monday … 7 Sunday) and hour of the account's clock. engaged_days: how many days back an open, a click
    or an order makes a person engaged. version: grows with each save.
    """

    conversion_metric_id: str | None = None
    currency: str | None = None
    country: str | None = None
    includes_vat: bool | None = None
    includes_shipping: bool | None = None
    return_days: int | None = None
    first_weekday: int | None = None
    value_months: int | None = None
    value_discount_pct: float | None = None
    value_margin_pct: float | None = None
    minimum_pair_count: int | None = None
    anomaly_sensitivity: float | None = None
    anomaly_least_change_pct: float | None = None
    anomaly_metrics: str | None = None
    digest_recipients: str | None = None
    digest_rhythm: str | None = None
    digest_weekday: int | None = None
    digest_hour: int | None = None
    engaged_days: int | None = None
    version: int = 0

    @property
    def thresholds(self) -> Thresholds:
        """What is called an unusual day."""
        usual = Thresholds()
        watched = (
            usual.metrics if self.anomaly_metrics is None else tuple(filter(None, self.anomaly_metrics.split(",")))
        )
        least = self.anomaly_least_change_pct
        return Thresholds(
            self.anomaly_sensitivity or usual.sensitivity, usual.least_change_pct if least is None else least, watched
        )

    @property
    def digest_addresses(self) -> tuple[str, ...]:
        """Who is sent the digest."""
        return tuple(filter(None, (each.strip() for each in (self.digest_recipients or "").split(","))))


NOTHING_CHOSEN: Final = AccountSettings()


@dataclass(frozen=True, slots=True)
class OrderFiles:
    """Where the orders of a store without Klaviyo come from: the file that was loaded last ('' before the first)."""

    name: str = ""
    loaded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A store that may be chosen. `own_…` is what Klaviyo says of it, or what was said when it was made.

    currency and timezone are those of the published figures: a choice is in `settings` at once, and in force once the
    figures are computed anew. country is the chosen one, else its own. files: None for a store that syncs from Klaviyo.
    messages_until, segments_until: the UTC moments up to which Klaviyo's reports of campaigns and flows, and of
    segments, are complete; None where none is.
    """

    public_id: str
    name: str
    timezone: str
    currency: str
    country: str
    own_currency: str = ""
    own_country: str = ""
    settings: AccountSettings = NOTHING_CHOSEN
    files: OrderFiles | None = None
    messages_until: datetime | None = None
    segments_until: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days the figures use."""
        return ZoneInfo(self.timezone)

    @property
    def first_weekday(self) -> int:
        """1 Monday … 7 Sunday: the chosen one, else that of the country."""
        return self.settings.first_weekday or self.usual_first_weekday

    @property
    def usual_first_weekday(self) -> int:
        """That of the country."""
        return 7 if self.country in SUNDAY_FIRST else 1

    @property
    def return_days(self) -> int:
        """Usual return time in days."""
        return self.settings.return_days or DEFAULT_RETURN_DAYS

    @property
    def engaged_days(self) -> int:
        """Within how many days a reaction makes a person engaged."""
        return self.settings.engaged_days or DEFAULT_ENGAGED_DAYS

    def reported(self, as_of: datetime) -> datetime:
        """How far statistics of messages reach of what is known up to a moment (UTC): reports may be older."""
        return min(as_of, self.messages_until or as_of)

    def last_of_messages(self, last: date) -> date:
        """The last day, at most `last`, whose messages are all in the statistics."""
        return self._whole(self.messages_until, last)

    def last_of_segments(self, last: date) -> date:
        """The last day, at most `last`, of which the segments are all in the statistics."""
        return self._whole(self.segments_until, last)

    def _whole(self, until: datetime | None, last: date) -> date:
        return last if until is None else min(last, until.astimezone(self.zone).date() - timedelta(days=1))

    @property
    def value_wording(self) -> str:
        """What an order value holds, in words."""
        vat, shipping = self.settings.includes_vat, self.settings.includes_shipping
        said = []
        if vat is not None:
            said.append("with VAT" if vat else "without VAT")
        if shipping is not None:
            said.append("with shipping" if shipping else "without shipping")
        return " and ".join(said) if said else "values as the shop sends them"


# Behind the version of a dataset whose new figures are being put in place.
PUBLISHING = "~"


@dataclass(frozen=True, slots=True)
class DataState:
    """Which state of the data is published: part of every cache key.

    version: changes with every publication of orders, statistics and entities. as_of: the moment up to which orders are
    known, None before the first sync. derived: the versions of datasets that are derived from orders by the clock and
    of people's notes, by name: only what shows them rests on them.
    """

    version: str
    as_of: datetime | None
    derived: tuple[tuple[str, str], ...] = ()

    def including(self, datasets: Collection[str]) -> DataState:
        """The state of what rests on these derived datasets as well."""
        marks = [mark for name, mark in self.derived if name in datasets]
        return DataState(" ".join([self.version, *marks]), self.as_of, self.derived) if marks else self

    def known_up_to(self, as_of: datetime) -> DataState:
        """The same state, of which only what was known up to an earlier moment (UTC) counts."""
        return DataState(self.version, as_of, self.derived)

    @property
    def publishing(self) -> bool:
        """Whether new figures are being put in place."""
        return PUBLISHING in self.version

    @property
    def settled(self) -> str:
        """The version that was whole before."""
        return self.version.replace(PUBLISHING, "")


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that may be the account's conversion metric. `usual`: the one that holds without a choice."""

    id: str
    name: str
    integration: str
    events: int
    usual: bool
