"""Who asks, and what they are told when something is in the way. No page shows anything without passing here."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components import sign_in as sign_in_page
from components import states
from data_access.errors import SchemaOutdated, StoreBusy, StoreDamaged, StoreError, StoreFull, TextRefused
from data_access.jobs import end_dead
from data_access.migrate import require_current
from data_access.queries.grants import scope_for
from data_access.scope import SCHEDULE, NotPermitted, Right, Scope, local_admin
from data_access.stores import Stores, open_stores
from data_access.writes.workbook_jobs import end_dead_jobs
from logs import conceal, impersonal, logger
from pages.frame import clock, returning
from pages.frame.identity import Identity, SignInNeeded, identity
from settings import Settings, get_settings
from sign_in import OWN_MACHINE, SignInFileError, providers, secrets_within

_current: set[tuple[str, str]] = set()
LOG = logger("promolens.app")

_STORE_ERRORS: dict[type[StoreError], tuple[str, str]] = {
    StoreBusy: ("The database is in use by another program", "No figures can be shown until it lets go of the file."),
    StoreDamaged: ("The database cannot be read", "No figures can be shown. What Klaviyo holds is not affected."),
    StoreFull: ("The disk is full", "Figures may be shown, but nothing new can be stored."),
    TextRefused: ("A text cannot be taken", "Nothing was looked up or saved with it."),
    SchemaOutdated: (
        "The database does not fit this version of Promolens",
        "No figures are shown, because they could be wrong.",
    ),
}


# Sign-ins that were ended before their time.
_ended: set[tuple[str, str, int]] = set()
_CHANGED: Final = "You signed out, or what you may do has changed since this page was drawn. Nothing was done."


def keep_secrets(settings: Settings) -> None:
    """What this process knows and no line, page or traceback may hold."""
    conceal(settings.secrets() | secrets_within(settings))


def is_stranger(settings: Settings) -> bool:
    """Whether nobody is signed in who would have to be: they see no menu."""
    try:
        return bool(providers(settings)) and _who(settings) is None
    except SignInFileError:
        return True


def _who(settings: Settings) -> Identity | None:
    try:
        return _identified(settings, st.user.to_dict())
    except SignInNeeded:
        return None


def _identified(settings: Settings, claims: Mapping[str, Any]) -> Identity:
    found = identity(claims, settings, clock.now())
    if found.ticket in _ended:
        raise SignInNeeded("You signed out.")
    return found


def known(settings: Settings, claims: Mapping[str, Any]) -> bool:
    """Whether what a cookie says is a sign-in that stands, for what is asked for without a page's run."""
    try:
        _identified(settings, claims)
    except SignInNeeded:
        return False
    return True


def sign_out(settings: Settings) -> None:
    """Ends this sign-in in all of the browser's tabs, which each keep their own copy of it."""
    if (found := _who(settings)) is not None:
        _ended.add(found.ticket)
        # What would be over by now without that needs to be known no longer.
        over = (clock.now() - timedelta(hours=settings.sign_in_hours)).timestamp()
        _ended.difference_update([ticket for ticket in tuple(_ended) if ticket[2] < over - 1])
    st.logout()


def signed_in(settings: Settings) -> Scope:
    """The scope of the person in front of the browser. Raises NotPermitted with the way out, SignInNeeded, StoreError.

    Without a sign-in provider the app is for the person at this machine, who may do everything.
    """
    return _scope_of(settings, st.user.to_dict() if providers(settings) else {})


def _scope_of(settings: Settings, claims: Mapping[str, Any]) -> Scope:
    if providers(settings):
        found = _identified(settings, claims)
        scope = scope_for(ready_stores(settings), found.person, found.groups, found.roles)
        if scope.everywhere or scope.by_account:
            return scope
        raise NotPermitted(
            f"You are signed in as {found.person}, and nothing was granted to you yet. Ask an admin for a role; they"
            " need this name."
        )
    address = st.get_option("server.address")
    if address in OWN_MACHINE or settings.allow_remote_without_sign_in:
        return local_admin()
    raise NotPermitted(
        "This server has no sign-in and listens on an address that others can reach, so it shows nothing. Serve it on "
        "127.0.0.1, or set ALLOW_REMOTE_WITHOUT_SIGN_IN=true if everybody who reaches it may see everything."
    )


def still(scope: Scope, claims: Mapping[str, Any] | None = None) -> None:
    """For what runs before a page or long after it: whether the person has this scope still. Raises NotPermitted.

    claims: what the provider says of them, where there is no page's run to ask.
    """
    if not _stands(scope, claims):
        raise NotPermitted(_CHANGED)


def later(scope: Scope, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """A file that is made on a click, without a page's run: who may not have it any more gets none."""
    claims = st.user.to_dict() if providers(get_settings()) else {}

    def made() -> bytes:
        still(scope, claims)
        return make()

    return made


def _stands(scope: Scope, claims: Mapping[str, Any] | None = None) -> bool:
    settings = get_settings()
    try:
        if not providers(settings):
            return True
        return _scope_of(settings, st.user.to_dict() if claims is None else claims) == scope
    except (SignInNeeded, NotPermitted, SignInFileError, StoreError):
        return False


def _runs_alone() -> bool:
    """Whether this is the run of a dialog or of another part of a page, which `app.py` has no part in."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and bool(context.fragment_ids_this_run)


def of_the_server() -> Scope:
    """The scope of what the server does by the clock, for nobody in particular."""
    return local_admin(SCHEDULE)


def ready_stores(settings: Settings) -> Stores:
    """The process's stores; their schema is compared with this program's once, and dead syncs and loads are ended.

    Raises StoreError.
    """
    stores = open_stores(settings)
    key = (stores.operational.url, stores.warehouse.url)
    if key not in _current:
        require_current(stores)
        end_dead(stores.operational)
        end_dead_jobs(stores.operational)
        _current.add(key)
    return stores


def forget_checked() -> None:
    """Has the next run compare the schema again."""
    _current.clear()


def on_script_error(error: Exception) -> bool:
    """What the server calls for errors outside of `explained`: in callbacks, and in fragments that run alone."""
    opened = st.session_state.get("view")
    with _told(getattr(opened, "scope", None)):
        raise error
    return True


@contextmanager
def explained(scope: Scope | None = None, title: str = "") -> Iterator[None]:
    """Turns whatever goes wrong inside into a state that a person can act on; nobody ever sees a traceback.

    What runs alone, a dialog for one, has the whole page run instead where its person has not this scope any more.
    title: of the page, where it has not drawn its own yet; '' where it has.
    """
    if scope is not None and _runs_alone() and not _stands(scope):
        st.rerun()
    with _told(scope, title):
        yield


@contextmanager
def _told(scope: Scope | None = None, title: str = "") -> Iterator[None]:
    try:
        yield
    except NotPermitted as reason:
        _titled(title)
        states.not_permitted(str(reason))
    except SignInNeeded as reason:
        sign_in_page.draw(providers(get_settings()), str(reason), returning.remember)
    except SignInFileError as error:
        LOG.error("sign_in_file", error=str(error))
        states.failed(
            "Nobody can sign in", "The file with the providers of sign-in cannot be used.", "Tell your admin.", None
        )
    except StoreError as error:
        _titled(title)
        what, meaning = _STORE_ERRORS.get(
            type(error), ("The database does not answer", "No figures can be shown until it does.")
        )
        LOG.warning("store_error", error=str(error))
        told = _may_see(scope) or isinstance(error, TextRefused)
        states.failed(what, meaning, impersonal(str(error)) if told else "Tell your admin.", None)
    # The outermost boundary: an unforeseen error must become a sentence for the person and a line in the log.
    except Exception as error:
        LOG.exception("page_failed")
        _titled(title)
        states.failed(
            "This page could not be drawn",
            "Its figures are missing, not zero. Other pages may work.",
            "Try again. If it stays, send the details to whoever runs this server.",
            impersonal("".join(traceback.format_exception(error))) if _may_see(scope) else None,
        )


def _titled(title: str) -> None:
    if title:
        st.title(title, anchor=False)


def _may_see(scope: Scope | None) -> bool:
    return scope is not None and scope.allows(Right.ADMIN)
