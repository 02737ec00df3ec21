"""What planners and admins decide for all scenarios: checked, kept beside what was, noted in the audit log."""

from __future__ import annotations

import json
from typing import Final

from analytics.audit import Action
from analytics.promo.settings import PromoSettings, settings_of
from data_access.queries.promo_state import SETTINGS
from data_access.scope import Right, Scope
from data_access.scoped import promo_write
from data_access.stores import Stores
from data_access.writes.audit import note
from data_access.writes.settings import SettingsChanged

_CHANGED: Final = (
    "Somebody else saved these settings after you opened them. Nothing of yours was written: look at what stands there"
    " now, then change it again."
)


def save_promo_settings(stores: Stores, scope: Scope, chosen: PromoSettings) -> PromoSettings:
    """Keeps `chosen`, whose `version` is the one that was read before editing; what counts now.

    Saving the same twice changes nothing the second time. Raises NotPermitted, InvalidPromoSettings, SettingsChanged
    where somebody saved something else in between, and StoreError.
    """
    right = Right.PROMO_WRITE if scope.allows(Right.PROMO_WRITE) else Right.ADMIN
    wanted = settings_of(chosen.stored())
    with promo_write(stores.operational, scope, right) as session:
        row = session.one("scenarios/settings_held")
        version = 0 if row is None else int(row["version"])
        held = PromoSettings() if row is None else settings_of(json.loads(row["settings"]), version)
        if held.stored() == wanted.stored():
            return held
        if version != chosen.version:
            raise SettingsChanged(_CHANGED)
        text = json.dumps(wanted.stored(), sort_keys=True)
        session.execute("scenarios/settings_put", version=version + 1, settings=text, person=scope.person)
        session.execute("scenarios/publish", dataset=SETTINGS)
        before = None if row is None else held.stored()
        note(
            session, scope.person, Action.PROMO_SETTINGS_SAVE, str(version + 1), before=before, after=wanted.stored()
        )  # fmt: skip
    return settings_of(wanted.stored(), version + 1)
