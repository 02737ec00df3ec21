"""What is noted of what people and the program do: the actions, and what each is done to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class Thing(StrEnum):
    """What something was done to; its id stands beside it."""

    SCENARIO = "scenario"
    BRIEF = "brief"
    TARGET = "target"
    PROMO_SETTINGS = "promo_settings"
    UPLIFT_MODEL = "uplift_model"
    POST_MORTEM = "post_mortem"
    WORKBOOKS = "workbooks"
    SETTINGS = "settings"
    RATES = "exchange_rates"
    ANNOTATION = "annotation"
    VIEW = "saved_view"
    HOLDOUT = "holdout"
    GRANT = "grant"
    STORE = "store"
    ORDERS = "orders"
    FILE = "file"
    PERSON = "person"
    DATABASE = "database"


class Action(StrEnum):
    """What was done. The part before the dot groups them."""

    SCENARIO_SAVE = "scenario.save"
    SCENARIO_SUBMIT = "scenario.submitted"
    SCENARIO_WITHDRAW = "scenario.draft"
    SCENARIO_APPROVE = "scenario.approved"
    SCENARIO_REJECT = "scenario.rejected"
    SCENARIO_ARCHIVE = "scenario.archived"
    BRIEF_SAVE = "brief.save"
    TARGET_SAVE = "targets.save"
    PROMO_SETTINGS_SAVE = "promo_settings.save"
    UPLIFT_ACTIVE = "uplift.active"
    UPLIFT_PROPOSED = "uplift.proposed"
    POST_MORTEM_SAVE = "post_mortem.save"
    POST_MORTEM_CLOSE = "post_mortem.close"
    WORKBOOKS_LOAD = "workbooks.load"
    SETTINGS_SAVE = "settings.save"
    RFM_LIMITS = "rfm.limits"
    RATES_SAVE = "rates.save"
    ANNOTATION_ADD = "annotation.add"
    ANNOTATION_CHANGE = "annotation.change"
    ANNOTATION_REMOVE = "annotation.remove"
    VIEW_SAVE = "view.save"
    VIEW_CHANGE = "view.change"
    VIEW_REMOVE = "view.remove"
    HOLDOUT_NAME = "holdout.name"
    HOLDOUT_REMOVE = "holdout.remove"
    GRANT_GIVE = "grant.give"
    GRANT_TAKE = "grant.take"
    STORE_CONNECT = "store.connect"
    STORE_FORGET_KEY = "store.forget_key"
    STORE_SYNC = "store.sync"
    STORE_IMPORT = "store.import"
    ORDERS_LOAD = "orders.load"
    ORDERS_REMOVE = "orders.remove"
    EXPORT = "export.file"
    DIGEST_SEND = "digest.send"
    PERSON_FORGET = "person.forget"
    PERSON_EXPORT = "person.export"
    KEY_ROTATE = "key.rotate"
    ROLES_APPLY = "roles.apply"
    BACKUP = "backup.make"
    TRIAL_RESTORE = "backup.trial"
    RESTORE = "backup.restore"
    RETENTION = "retention.remove"
    MAINTAIN = "upkeep.maintain"


_BY_GROUP: Final = {
    "scenario": Thing.SCENARIO,
    "brief": Thing.BRIEF,
    "targets": Thing.TARGET,
    "promo_settings": Thing.PROMO_SETTINGS,
    "uplift": Thing.UPLIFT_MODEL,
    "post_mortem": Thing.POST_MORTEM,
    "workbooks": Thing.WORKBOOKS,
    "settings": Thing.SETTINGS,
    "rfm": Thing.SETTINGS,
    "rates": Thing.RATES,
    "annotation": Thing.ANNOTATION,
    "view": Thing.VIEW,
    "holdout": Thing.HOLDOUT,
    "grant": Thing.GRANT,
    "store": Thing.STORE,
    "orders": Thing.ORDERS,
    "export": Thing.FILE,
    "digest": Thing.FILE,
    "person": Thing.PERSON,
    "key": Thing.DATABASE,
    "roles": Thing.DATABASE,
    "backup": Thing.DATABASE,
    "retention": Thing.DATABASE,
    "upkeep": Thing.DATABASE,
}
# The company's promotions: their entries belong to no store, and the right to see promotions decides.
OF_PROMOTIONS: Final = frozenset(
    {
        Thing.SCENARIO, Thing.BRIEF, Thing.TARGET, Thing.PROMO_SETTINGS, Thing.UPLIFT_MODEL, Thing.POST_MORTEM,
        Thing.WORKBOOKS,
    }
)  # fmt: skip


def thing_of(action: Action) -> Thing:
    """What an action is done to."""
    return _BY_GROUP[action.partition(".")[0]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are looked at. start, after: instants (UTC), the latter not among them; actor, thing_id: '' for
    all; actions, things, accounts: empty for all; in accounts '' stands for those of no store."""

    start: datetime
    after: datetime
    actor: str = ""
    actions: tuple[Action, ...] = ()
    things: tuple[Thing, ...] = ()
    accounts: tuple[str, ...] = ()
    thing_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody did. actor: a pseudonym, or who is no person; action, thing: as noted, also by another version of
    the program; account: None for the company's and the installation's; before, after: fields that changed."""

    id: str
    at: datetime
    actor: str
    action: str
    thing: str
    thing_id: str
    account: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def fields(self) -> list[tuple[str, Any, Any]]:
        """Name, value before and value after of each field."""
        before, after = self.before or {}, self.after or {}
        return [(name, before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])]
