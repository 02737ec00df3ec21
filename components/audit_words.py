"""What the page Audit says: each action in a sentence, each thing and field by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from analytics.access import GROUP
from analytics.audit import Action, Entry, Thing
from components import wording

TITLE: Final = "Audit"
ERASED: Final = "Somebody who was erased"
NO_STORE: Final = "No store"
_PSEUDONYM: Final = re.compile(r"\bp-[a-z0-9]{10}\b")
OF_NOBODY: Final = {
    "local admin": "The admin at this machine",
    "command line": "Command line",
    "schedule": "The schedule",
}
DONE: Final[Mapping[Action, str]] = {
    Action.SCENARIO_SAVE: "Saved a scenario",
    Action.SCENARIO_SUBMIT: "Submitted a scenario",
    Action.SCENARIO_WITHDRAW: "Took a scenario back to draft",
    Action.SCENARIO_APPROVE: "Approved a scenario",
    Action.SCENARIO_REJECT: "Rejected a scenario",
    Action.SCENARIO_ARCHIVE: "Archived a scenario",
    Action.BRIEF_SAVE: "Saved a creative brief",
    Action.TARGET_SAVE: "Changed a target",
    Action.PROMO_SETTINGS_SAVE: "Changed the promotions' settings",
    Action.UPLIFT_ACTIVE: "Put a model of uplift in force",
    Action.UPLIFT_PROPOSED: "Proposed a model of uplift",
    Action.POST_MORTEM_SAVE: "Computed a post-mortem",
    Action.POST_MORTEM_CLOSE: "Closed a post-mortem",
    Action.WORKBOOKS_LOAD: "Loaded a workbook",
    Action.SETTINGS_SAVE: "Changed a store's settings",
    Action.RFM_LIMITS: "Changed the limits of RFM scores",
    Action.RATES_SAVE: "Changed exchange rates",
    Action.ANNOTATION_ADD: "Wrote a note",
    Action.ANNOTATION_CHANGE: "Changed a note",
    Action.ANNOTATION_REMOVE: "Removed a note",
    Action.VIEW_SAVE: "Saved a view",
    Action.VIEW_CHANGE: "Changed a view",
    Action.VIEW_REMOVE: "Removed a view",
    Action.HOLDOUT_NAME: "Named who was left out of a campaign",
    Action.HOLDOUT_REMOVE: "Removed who was left out of a campaign",
    Action.GRANT_GIVE: "Gave a role",
    Action.GRANT_TAKE: "Took a role back",
    Action.STORE_CONNECT: "Connected a store",
    Action.STORE_FORGET_KEY: "Disconnected a store",
    Action.STORE_SYNC: "Started a sync",
    Action.STORE_IMPORT: "Took data over from an earlier system",
    Action.ORDERS_LOAD: "Loaded a file of orders",
    Action.ORDERS_REMOVE: "Took a load of orders out",
    Action.EXPORT: "Exported a file",
    Action.DIGEST_SEND: "Sent the digest",
    Action.PERSON_FORGET: "Erased a customer",
    Action.PERSON_EXPORT: "Exported what is held of a customer",
    Action.KEY_ROTATE: "Encrypted keys anew",
    Action.ROLES_APPLY: "Set the database's roles up",
    Action.BACKUP: "Made a backup",
    Action.TRIAL_RESTORE: "Restored a backup on trial",
    Action.RESTORE: "Restored a backup",
    Action.RETENTION: "Removed rows that were too old",
    Action.MAINTAIN: "Brought the databases into order",
}
THINGS: Final[Mapping[Thing, str]] = {
    Thing.SCENARIO: "Scenario",
    Thing.BRIEF: "Creative brief",
    Thing.TARGET: "Target",
    Thing.PROMO_SETTINGS: "Promotions' settings",
    Thing.UPLIFT_MODEL: "Model of uplift",
    Thing.POST_MORTEM: "Post-mortem",
    Thing.WORKBOOKS: "Workbook",
    Thing.SETTINGS: "Store's settings",
    Thing.RATES: "Exchange rates",
    Thing.ANNOTATION: "Note",
    Thing.VIEW: "Saved view",
    Thing.HOLDOUT: "Holdout",
    Thing.GRANT: "Role",
    Thing.STORE: "Store",
    Thing.ORDERS: "Orders",
    Thing.FILE: "File",
    Thing.PERSON: "Customer",
    Thing.DATABASE: "Database",
}
_FIELDS: Final = {"pii": "Sees who customers are", "margin_pct": "Margin, %", "rows": "Rows of it"}
_KNOWN: Final = frozenset(action.value for action in Action)
NOTES: Final = (
    "Entries are added and never changed or removed; no retention takes them away, and a restore keeps those from after"
    " the backup.",
    "People stand in the log by a pseudonym. Who was erased has no name here any more; what they did stays.",
    "E-mail addresses in texts are masked. Of long values only the beginning is kept.",
    "Noted is what changes something, and each file that is taken away: not what somebody looks at, and not what the"
    " program computes by itself.",
)


def done(entry: Entry) -> str:
    """What was done, in words; of another version of the program as it was noted."""
    return DONE.get(Action(entry.action), entry.action) if entry.action in _KNOWN else entry.action


def who(name: str, names: Mapping[str, str]) -> str:
    """A person by name, as far as it is known still."""
    if _PSEUDONYM.fullmatch(name):
        return names.get(name) or ERASED
    return OF_NOBODY.get(name, name)


def thing(entry: Entry, names: Mapping[str, str], stores: Mapping[str, str]) -> str:
    """What it was done to: by its name where the entry has one, else by its id."""
    said = next(
        (str(one[key]) for one in (entry.after, entry.before) if one for key in ("label", "name", "promotion", "note")
         if one.get(key)), ""
    )  # fmt: skip
    if entry.thing_id.startswith(GROUP):
        return f"Group {entry.thing_id.removeprefix(GROUP)}"
    return said or stores.get(entry.thing_id) or _named(entry.thing_id, names)


def store(account: str | None, stores: Mapping[str, str]) -> str:
    """A store's name; of one that is gone its id."""
    return wording.NOT_AVAILABLE if account is None else stores.get(account, account)


def field(name: str) -> str:
    """A field's name as people read it."""
    said = _FIELDS.get(name) or name.replace("_", " ")
    return said[:1].upper() + said[1:]


def value(found: Any, names: Mapping[str, str]) -> str:
    """A field's value as people read it."""
    if found is None or found == "":
        return wording.NOT_AVAILABLE
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, Mapping):
        return "; ".join(f"{field(str(name))}: {value(one, names)}" for name, one in found.items())
    if isinstance(found, list | tuple):
        return ", ".join(value(one, names) for one in found) or wording.NOT_AVAILABLE
    if isinstance(found, int):
        return wording.count(found)
    return _named(str(found), names)


def _named(text: str, names: Mapping[str, str]) -> str:
    return _PSEUDONYM.sub(lambda match: names.get(match.group()) or ERASED, text)
