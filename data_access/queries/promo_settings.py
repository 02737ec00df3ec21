"""The planners' settings that count now."""

from __future__ import annotations

import json

from analytics.promo.settings import PromoSettings, settings_of
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import promo_read
from data_access.stores import Stores


@repeatable
def promo_settings(stores: Stores, scope: Scope, _asked: None = None) -> PromoSettings:
    """Those saved last; the defaults where nothing was. Raises NotPermitted, InvalidPromoSettings where what is kept
    was written by another program, StoreError."""
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/promo/settings")
    return PromoSettings() if row is None else settings_of(json.loads(row["settings"]), int(row["version"]))
