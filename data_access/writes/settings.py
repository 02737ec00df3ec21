"""What an admin chooses for a store: checked, saved in one transaction, noted in the audit log."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analytics.access import address_of
from analytics.account import AccountSettings
from analytics.audit import Action
from analytics.watched import BY_KEY
from data_access.derived import customer_values, product_relationships
from data_access.engines.base import Session
from data_access.pseudonyms import pseudonym_of
from data_access.queries.accounts import FIELDS
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note

MOST_RETURN_DAYS: Final = 365
MOST_ENGAGED_DAYS: Final = 730
MOST_VALUE_MONTHS: Final = 60
MOST_MINIMUM_PAIR_COUNT: Final = 10_000
# A change of these changes figures, so that they are computed anew.
RECOMPUTED: Final = frozenset({"conversion_metric_id", "currency", "country"})
# Of these, what customers are expected to bring, which the next sync or run by the clock computes anew.
REVALUED: Final = frozenset({"value_months", "value_discount_pct", "value_margin_pct"})
# Of this, which products are bought together, likewise.
RETESTED: Final = frozenset({"minimum_pair_count"})
LEAST_SENSITIVITY: Final = 2.0
MOST_SENSITIVITY: Final = 20.0
MOST_RECIPIENTS: Final = 50
# What stands on both sides of one @, with a dot behind it; no room for a second header or address.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")


class InvalidSetting(Exception):
    """A value that cannot be kept; says which and why."""


class SettingsChanged(Exception):
    """Somebody else saved since these settings were read; nothing was written."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did: the settings' new version, the fields that changed, whether figures must be computed anew."""

    version: int
    changed: tuple[str, ...]

    @property
    def recompute(self) -> bool:
        """Whether figures rest on a field that changed."""
        return bool(RECOMPUTED & set(self.changed))

    @property
    def revalue(self) -> bool:
        """Whether what customers are expected to bring rests on one."""
        return bool(REVALUED & set(self.changed))


def save_settings(stores: Stores, scope: Scope, account: str, chosen: AccountSettings) -> Saved:
    """Keeps `chosen`; its `version` is the one that was read before editing.

    Saving the same twice changes nothing the second time. Raises NotPermitted, InvalidSetting, SettingsChanged where
    somebody saved something else in between, and StoreError.
    """
    scope.require(Right.SETTINGS, account)
    wanted = {name: getattr(chosen, name) for name in sorted(FIELDS)}
    _check(wanted)
    with stores.operational.write() as session:
        rows = [row for row in session.rows("write/settings_read", account=account) if row["key"] in FIELDS]
        held = {row["key"]: json.loads(row["value"]) for row in rows}
        version = sum(int(row["version"]) for row in rows)
        changed = tuple(name for name, value in wanted.items() if held.get(name) != value)
        if not changed:
            return Saved(version, ())
        if version != chosen.version:
            raise SettingsChanged(
                "Somebody else saved these settings after you opened them. Nothing of yours was written: look at what "
                "stands there now, then change it again."
            )
        for name in changed:
            session.execute(
                "write/settings_put", account=account, key=name, value=json.dumps(wanted[name]), person=scope.person
            )
        if REVALUED & set(changed):
            session.execute("derive/outdated", account=account, derived=customer_values.NAME)
        if RETESTED & set(changed):
            session.execute("derive/outdated", account=account, derived=product_relationships.NAME)
        before, after = ({name: _told(session, name, of.get(name)) for name in changed} for of in (held, wanted))
        note(session, scope.person, Action.SETTINGS_SAVE, account, account=account, before=before, after=after)
    return Saved(version + len(changed), changed)


def _told(session: Session, name: str, value: Any) -> Any:
    """A field as it is noted: whom the digest is sent to by pseudonym."""
    if name != "digest_recipients" or not value:
        return value
    return [pseudonym_of(session, address_of(one) or one) for one in map(str.strip, value.split(",")) if one]


def _check(wanted: Mapping[str, Any]) -> None:
    currency, country = wanted["currency"], wanted["country"]
    if currency is not None and not _CURRENCY.match(currency):
        raise InvalidSetting(f"'{currency}' is not a currency code. Use three capital letters, like EUR.")
    if country is not None and not _COUNTRY.match(country):
        raise InvalidSetting(f"'{country}' is not a country code. Use two capital letters, like DE.")
    days = wanted["return_days"]
    if days is not None and not 1 <= days <= MOST_RETURN_DAYS:
        raise InvalidSetting(f"The usual return time must lie between 1 and {MOST_RETURN_DAYS} days, not {days}.")
    engaged = wanted["engaged_days"]
    if engaged is not None and not 1 <= engaged <= MOST_ENGAGED_DAYS:
        raise InvalidSetting(f"A reaction makes engaged for 1 to {MOST_ENGAGED_DAYS} days, not {engaged}.")
    months, discount, margin = (wanted[name] for name in ("value_months", "value_discount_pct", "value_margin_pct"))
    if months is not None and not 1 <= months <= MOST_VALUE_MONTHS:
        raise InvalidSetting(f"Expected value looks 1 to {MOST_VALUE_MONTHS} months ahead, not {months}.")
    if discount is not None and not 0 <= discount <= 100:
        raise InvalidSetting(f"The discount rate must lie between 0 and 100 % a year, not {discount}.")
    if margin is not None and not 0 < margin <= 100:
        raise InvalidSetting(f"The margin must lie above 0 and up to 100 %, not {margin}.")
    minimum = wanted["minimum_pair_count"]
    if minimum is not None and not 1 <= minimum <= MOST_MINIMUM_PAIR_COUNT:
        raise InvalidSetting(
            f"A pair must stand in 1 to {MOST_MINIMUM_PAIR_COUNT:,} baskets to be tested, not {minimum}."
        )
    first = wanted["first_weekday"]
    if first is not None and not 1 <= first <= 7:
        raise InvalidSetting("The first weekday must be one of Monday to Sunday.")
    _check_watched(wanted)
    _check_digest(wanted)


def _check_watched(wanted: Mapping[str, Any]) -> None:
    """What is called an unusual day."""
    far, least, watched = (wanted[f"anomaly_{name}"] for name in ("sensitivity", "least_change_pct", "metrics"))
    if far is not None and not LEAST_SENSITIVITY <= far <= MOST_SENSITIVITY:
        raise InvalidSetting(
            f"A day is unusual from {LEAST_SENSITIVITY:g} to {MOST_SENSITIVITY:g} deviations on, not {far:g}."
        )
    if least is not None and not 0 <= least <= 1000:
        raise InvalidSetting(f"The smallest change must lie between 0 and 1,000 %, not {least:g}.")
    if unknown := [name for name in (watched or "").split(",") if name and name not in BY_KEY]:
        raise InvalidSetting(f"'{unknown[0]}' is no figure that can be watched. There are: {', '.join(BY_KEY)}.")


def _check_digest(wanted: Mapping[str, Any]) -> None:
    """Who is sent the digest, and when."""
    rhythm, weekday, hour = (wanted[f"digest_{name}"] for name in ("rhythm", "weekday", "hour"))
    addresses = [each.strip() for each in (wanted["digest_recipients"] or "").split(",") if each.strip()]
    if wrong := [each for each in addresses if not _ADDRESS.match(each)]:
        raise InvalidSetting(f"'{wrong[0]}' is not an e-mail address. Write them with commas between.")
    if len(addresses) > MOST_RECIPIENTS:
        raise InvalidSetting(f"The digest goes to {MOST_RECIPIENTS} people at most, not {len(addresses)}.")
    if len({each.lower() for each in addresses}) < len(addresses):
        raise InvalidSetting("An e-mail address stands there twice.")
    if rhythm not in (None, "daily", "weekly"):
        raise InvalidSetting("The digest is sent daily or weekly, or not at all.")
    if rhythm is not None and not addresses:
        raise InvalidSetting("Nobody is named to send the digest to. Name somebody, or switch it off.")
    if weekday is not None and not 1 <= weekday <= 7:
        raise InvalidSetting("The digest's weekday must be one of Monday to Sunday.")
    if hour is not None and not 0 <= hour <= 23:
        raise InvalidSetting(f"The digest's hour must lie between 0 and 23, not {hour}.")
