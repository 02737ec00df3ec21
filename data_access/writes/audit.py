"""The one place that notes who did what: one row an action, in the transaction that does it.

Nothing ever changes or removes a row of `audit_log`. Persons stand in it by pseudonym (`data_access/pseudonyms.py`),
and no e-mail address stands in it at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from analytics.audit import Action, thing_of
from data_access.engines.base import Session, Store
from data_access.pseudonyms import pseudonym_of

# What stands for an e-mail address within a text.
MASKED: Final = "•••@•••"
# Longer values are told by their beginning: what a table keeps in full need not be kept here again.
MOST_CHARACTERS: Final = 2_000
_SHOWN: Final = 200
# Looked for where a word begins, so that a long one is read once.
_PARTS: Final = r"\s\"'<>,;:()\[\]{}|/\\"
_ADDRESS: Final = re.compile(rf"(?<![^{_PARTS}])[^{_PARTS}]+@[^{_PARTS}]+")
State = Mapping[str, Any]


def note(
    session: Session,
    actor: str,
    action: Action,
    thing: str,
    *,
    account: str | None = None,
    before: State | None = None,
    after: State | None = None,
    about: State | None = None,
) -> None:
    """Notes an action within its own transaction.

    actor: `Scope.person`; thing: id of what it was done to; account: whose it is, None for the company's and the
    installation's; before, after: fields and their values, None where there was or is nothing. Of both, fields that did
    not change are left out; about: what is told beside them, whether it changed or not. Raises StoreError.
    """
    if before is not None and after is not None:
        before, after = (
            {name: value for name, value in one.items() if name not in other or other[name] != value}
            for one, other in ((before, after), (after, before))
        )
    if about and before is not None and after is None:
        before = {**about, **before}
    elif about:
        after = {**about, **(after or {})}
    session.execute(
        "audit/put",
        actor=pseudonym_of(session, actor), action=action.value, thing=thing_of(action).value, id=masked(thing),
        account=account, before=_text(before), after=_text(after),
    )  # fmt: skip


def note_apart(
    store: Store,
    actor: str,
    action: Action,
    thing: str,
    *,
    account: str | None = None,
    after: State | None = None,
) -> None:
    """Notes what has no transaction of the operational store that it could be noted in. Raises StoreError."""
    with store.write() as session:
        note(session, actor, action, thing, account=account, after=after)


def masked(text: str) -> str:
    """A text without the e-mail addresses in it."""
    return _ADDRESS.sub(MASKED, text) if "@" in text else text


def _text(state: State | None) -> str | None:
    return None if state is None else json.dumps({name: _kept(value) for name, value in state.items()}, default=str)


def _kept(value: Any) -> Any:
    found = _masked(value)
    told = json.dumps(found, ensure_ascii=False, default=str)
    return found if len(told) <= MOST_CHARACTERS else f"{told[:_SHOWN]}…"


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {masked(str(name)): _masked(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(one) for one in value]
    return value
