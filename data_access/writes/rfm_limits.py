"""The fixed limits of RFM scores that an admin sets for a store: kept, and noted in the audit log."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from analytics.audit import Action
from analytics.rfm import CutOffs
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note
from data_access.writes.settings import SettingsChanged

KEY: Final = "rfm_limits"


def save_limits(stores: Stores, scope: Scope, account: str, limits: CutOffs, version: int) -> None:
    """Keeps the limits; `version`: that of the ones that were read before editing, 0 where there were none.

    Raises NotPermitted, SettingsChanged where somebody saved others in between, and StoreError.
    """
    scope.require(Right.SETTINGS, account)
    wanted = json.dumps(asdict(limits), sort_keys=True)
    with stores.operational.write() as session:
        held = {row["key"]: row for row in session.rows("write/settings_read", account=account)}.get(KEY)
        if held is not None and json.loads(held["value"]) == json.loads(wanted):
            return
        if (0 if held is None else int(held["version"])) != version:
            raise SettingsChanged("Somebody else saved other limits after you opened them. Look at theirs first.")
        session.execute("write/settings_put", account=account, key=KEY, value=wanted, person=scope.person)
        before = None if held is None else json.loads(held["value"])
        note(
            session, scope.person, Action.RFM_LIMITS, account,
            account=account, before=before, after=json.loads(wanted),
        )  # fmt: skip
