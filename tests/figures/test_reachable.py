"""Who may be sent messages, and the day of their last reaction: consent, suppression, merges, machines."""

from __future__ import annotations

import json
from typing import Any

from data_access.aggregates import recompute
from data_access.entities import Entity, delete
from tests.figures.literal import CLICKED, OPENED, SMS_CLICKED, Event, Ledger, insert_rows, placed

NEVER = {"consent": "NEVER_SUBSCRIBED", "can_receive_email_marketing": True, "suppression": []}


def mail(consent: str = "SUBSCRIBED", can: bool = True, suppression: tuple[Any, ...] = ()) -> dict[str, Any]:
    told = {"consent": consent, "can_receive_email_marketing": can, "suppression": list(suppression)}
    return {"email": {"marketing": told}}


def text(consent: str = "SUBSCRIBED", can: bool = True) -> dict[str, Any]:
    return {"sms": {"marketing": {"consent": consent, "can_receive_sms_marketing": can}}}


def profile(ledger: Ledger, id: str, told: dict[str, Any] | None, **more: Any) -> None:
    """A profile with its consents, as a load of profiles brings it."""
    made = "2024-01-01T00:00:00+00:00"
    row = {"klaviyo_public_id": ledger.account, "id": id, "created_at": made, "updated_at": made}
    with ledger.stores.operational.write() as session:
        session.execute_text(f"DELETE FROM klaviyo_profiles WHERE id = '{id}'")
        subscriptions = None if told is None else json.dumps(told)
        insert_rows(session, "klaviyo_profiles", [row | {"subscriptions": subscriptions} | more])
        insert_rows(session, "reach_changed", [{"klaviyo_public_id": ledger.account, "profile_id": id}])
    ledger.touch("profiles", "rows", "profiles")


def counted(ledger: Ledger) -> set[tuple[Any, ...]]:
    return set(ledger.table("reachable_profiles", "channel", "engaged_on", "profiles"))


def same_as_rebuilt(ledger: Ledger, then: set[tuple[Any, ...]]) -> None:
    """What was brought up to date step by step stands, and a rebuild from all events leaves the same rows."""
    assert counted(ledger) == then
    assert ledger.rows("reach_changed") == []
    kept = {name: ledger.rows(name) for name in ("profile_reactions", "reachable_people", "merged_before")}
    recompute(ledger.stores, ledger.account)
    assert counted(ledger) == then
    assert {name: ledger.rows(name) for name in kept} == kept


def test_reachable_is_consent_without_suppression_and_engaged_the_last_reaction(ledger: Ledger) -> None:
    profile(ledger, "opens", mail() | text())
    profile(ledger, "machine", mail())
    profile(ledger, "buys", mail() | text("UNSUBSCRIBED", can=False))
    profile(ledger, "silent", mail())
    profile(ledger, "never", {"email": {"marketing": NEVER}})  # may be written to, but never said so
    profile(ledger, "gone", mail("UNSUBSCRIBED", can=False))
    profile(ledger, "bounced", mail(can=False, suppression=({"reason": "HARD_BOUNCE"},)))
    profile(ledger, "hushed", mail(suppression=({"reason": "USER_SUPPRESSED"},)))
    profile(ledger, "deleted", mail(), deleted_at="2025-01-01T00:00:00+00:00")
    profile(ledger, "stub", None, is_stub=True)
    profile(ledger, "app", {"mobile_push": {"marketing": {"consent": "SUBSCRIBED", "can_receive_push_marketing": True}},
                            "whatsapp": {"marketing": {"consent": "SUBSCRIBED", "can_receive": True}}})  # fmt: skip
    ledger.load(
        # 23:30 UTC on 30 April is 1 May in Berlin.
        Event("o1", OPENED, "2025-04-30T23:30:00+00:00", "opens", {"machine_open": False}),
        Event("o0", OPENED, "2025-03-01T12:00:00+00:00", "opens", {}),
        Event("o2", OPENED, "2025-05-03T12:00:00+02:00", "machine", {"machine_open": True}),
        Event("c1", CLICKED, "2025-05-03T12:00:00+02:00", "machine", {"Bot Click": "True"}),
        Event("c2", CLICKED, "2025-05-02T12:00:00+02:00", "never", {}),
        Event("s1", SMS_CLICKED, "2025-05-04T12:00:00+02:00", "opens", {}),
        placed("A", "2025-05-05T12:00:00+02:00", 10, "buys"),
    )
    ledger.refresh()
    first = {
        ("email", "2025-05-01", 1), ("email", None, 2), ("email", "2025-05-05", 1),
        ("sms", "2025-05-04", 1), ("push", None, 1), ("whatsapp", None, 1),
    }  # fmt: skip
    assert counted(ledger) == first
    # A day later the silent one clicks, the buyer unsubscribes, and an earlier open changes nothing.
    ledger.load(
        Event("c3", CLICKED, "2025-05-06T12:00:00+02:00", "silent", {}),
        Event("o3", OPENED, "2025-02-01T12:00:00+00:00", "opens", {}),
    )
    profile(ledger, "buys", mail("UNSUBSCRIBED", can=False))
    ledger.refresh()
    then = (first - {("email", None, 2), ("email", "2025-05-05", 1)}) | {
        ("email", None, 1), ("email", "2025-05-06", 1),
    }  # fmt: skip
    assert counted(ledger) == then
    same_as_rebuilt(ledger, then)


def test_profiles_that_merged_count_once_with_what_both_did(ledger: Ledger) -> None:
    for id in ("a", "b", "c"):
        profile(ledger, id, mail())
    ledger.load(
        Event("o1", OPENED, "2025-05-01T12:00:00+02:00", "a", {}), placed("A", "2025-05-07T12:00:00+02:00", 1, "b")
    )
    ledger.refresh()
    assert counted(ledger) == {("email", "2025-05-01", 1), ("email", "2025-05-07", 1), ("email", None, 1)}
    profile(ledger, "b", mail(), merged_into="c")
    profile(ledger, "c", mail(), merged_into="a")
    ledger.refresh()
    assert counted(ledger) == {("email", "2025-05-07", 1)}
    # C, where B ended, ends in D now and not in A any longer: what B bought goes with it.
    profile(ledger, "d", mail())
    profile(ledger, "c", mail(), merged_into="d")
    ledger.refresh()
    assert counted(ledger) == {("email", "2025-05-01", 1), ("email", "2025-05-07", 1)}
    # B stands alone again.
    profile(ledger, "b", mail())
    ledger.refresh()
    apart = {("email", "2025-05-01", 1), ("email", "2025-05-07", 1), ("email", None, 1)}
    same_as_rebuilt(ledger, apart)


def test_only_profiles_of_whom_something_changed_are_looked_at(ledger: Ledger) -> None:
    for id in ("a", "b"):
        profile(ledger, id, mail())
    ledger.load(Event("o1", OPENED, "2025-05-01T12:00:00+02:00", "a", {}))
    ledger.refresh()
    both = {("a", "2025-05-01"), ("b", None)}
    assert set(ledger.table("reachable_people", "profile_id", "engaged_on")) == both
    # Were everybody looked at, B's consent would be gone: nobody said that it changed.
    with ledger.stores.operational.write() as session:
        session.execute_text("UPDATE klaviyo_profiles SET subscriptions = NULL WHERE id = 'b'")
    ledger.load(
        Event("o2", OPENED, "2025-05-03T12:00:00+02:00", "a", {}),
        Event("o3", OPENED, "2025-05-02T12:00:00+02:00", "a", {}),
    )
    ledger.refresh()
    assert set(ledger.table("reachable_people", "profile_id", "engaged_on")) == {("a", "2025-05-03"), ("b", None)}
    with ledger.stores.operational.write() as session:
        delete(session, Entity.PROFILES, ledger.account, "b")
    ledger.touch("profiles", "rows", "profiles")
    ledger.refresh()
    same_as_rebuilt(ledger, {("email", "2025-05-03", 1)})
