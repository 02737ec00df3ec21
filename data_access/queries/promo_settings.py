"""The planners' settings that count now, and those that counted before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.promo.settings import PromoSettings, settings_of
from data_access.queries.accounts import accounts
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import promo_read
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """The settings as somebody saved them."""

    settings: PromoSettings
    author: str
    saved_at: datetime


@repeatable
def promo_settings(stores: Stores, scope: Scope, _asked: None = None) -> PromoSettings:
    """Those saved last; the defaults where nothing was. Raises NotPermitted, InvalidPromoSettings where what is kept
    was written by another program, StoreError."""
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/promo/settings")
    return PromoSettings() if row is None else settings_of(json.loads(row["settings"]), int(row["version"]))


def company_currency(stores: Stores, scope: Scope) -> str:
    """ISO 4217 code of all of the company's amounts, '' where none is known. Raises NotPermitted, StoreError."""
    of_stores = [account.currency for account in accounts(stores, scope)]
    return promo_settings(stores, scope).shown_currency(of_stores)


@repeatable
def settings_versions(stores: Stores, scope: Scope, most: int) -> Sequence[SettingsVersion]:
    """The last `most` versions, the newest first. Raises NotPermitted, InvalidPromoSettings, StoreError."""
    with promo_read(stores.operational, scope) as session:
        rows = session.rows("read/promo/settings_versions", most=most)
    return tuple(
        SettingsVersion(settings_of(json.loads(row["settings"]), int(row["version"])), row["author"], row["created_at"])
        for row in rows
    )
