"""Who was granted what: roles add up, hold for one store or for all, and are given and taken by admins alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.access import Grant, Role
from data_access.grants import claimed, scope_of
from data_access.queries.grants import grants, scope_for
from data_access.scope import NotPermitted, Right, local_admin
from data_access.stores import Stores
from data_access.writes.grants import InvalidGrant, give, take
from tests.noted import noted
from tests.warehouse_rows import insert

ADMIN = local_admin()
ANN = "ann@example.com"


def filled(stores: Stores) -> None:
    usual = {"timezone": "UTC", "currency": "EUR"}
    rows = [{"public_id": f"{id:0>32}", "klaviyo_public_id": id, "name": id, **usual} for id in "AB"]
    insert(stores, "stores", *rows)


def test_roles_add_up_store_by_store() -> None:
    """A marketer of A who looks at B: exports A's figures, sees B's, and promo data by role alone."""
    scope = scope_of(ANN, [Grant(ANN, Role.MARKETER, "A"), Grant(ANN, Role.VIEWER, "B", pii=True)])
    assert [right for right in Right if scope.allows(right, "A")] == [
        Right.VIEW, Right.SYNC, Right.EXPORT, Right.CAMPAIGN_WRITE, Right.PROMO_READ,
    ]  # fmt: skip
    assert [right for right in Right if scope.allows(right, "B")] == [Right.VIEW, Right.PII, Right.PROMO_READ]
    assert [right for right in Right if scope.allows(right)] == [Right.VIEW, Right.EXPORT, Right.PROMO_READ]
    assert not scope.sees("C")


def test_each_role_may_what_it_is_for() -> None:
    assert {role: {right for right in Right if scope_of("x", [Grant("x", role)]).allows(right)} for role in Role} == {
        Role.VIEWER: {Right.VIEW, Right.PROMO_READ},
        Role.MARKETER: {Right.VIEW, Right.PROMO_READ, Right.EXPORT, Right.SYNC, Right.CAMPAIGN_WRITE},
        Role.PLANNER: {Right.VIEW, Right.PROMO_READ, Right.EXPORT, Right.PROMO_WRITE},
        Role.APPROVER: {Right.VIEW, Right.PROMO_READ, Right.EXPORT, Right.PROMO_APPROVE},
        Role.ADMIN: set(Right) - {Right.PII},
    }
    assert scope_of("x", [Grant("x", Role.ADMIN, pii=True)]).allows(Right.PII)


def test_an_admin_of_one_store_does_nothing_to_all_of_them() -> None:
    scope = scope_of("x", [Grant("x", Role.ADMIN, "A")])
    assert scope.allows(Right.SETTINGS, "A")
    assert not scope.allows(Right.ADMIN)
    assert not scope.allows(Right.SETTINGS, "B")


def test_claims_spell_grants_out() -> None:
    said = ["promolens-planner", "promolens-marketer@AbC123", "promolens-admin@*+pii", "planner", "promolens-king", "x"]
    assert claimed(ANN, said, "promolens-") == [
        Grant(ANN, Role.PLANNER), Grant(ANN, Role.MARKETER, "AbC123"), Grant(ANN, Role.ADMIN, None, pii=True),
    ]  # fmt: skip
    for odd in ("planner@", "planner@A B", "planner+PII", " planner", "planner\n", "adminadmin", ""):
        assert claimed(ANN, [odd]) == []


def test_grants_are_given_found_changed_and_taken(each_operational: Stores) -> None:
    stores = each_operational
    filled(stores)
    assert give(stores, ADMIN, Grant(" Ann@Example.com ", Role.MARKETER, "A")).holder == ANN
    give(stores, ADMIN, Grant("group:Promo Team", Role.PLANNER))
    give(stores, ADMIN, Grant("group:Promo Team", Role.PLANNER))  # twice is once
    give(stores, ADMIN, Grant(ANN, Role.MARKETER, "A", pii=True))  # and a change is no second one
    kept = [(grant.holder, grant.role, grant.account, grant.pii) for grant in grants(stores, ADMIN)]
    assert kept == [(ANN, Role.MARKETER, "A", True), ("group:Promo Team", Role.PLANNER, None, False)]
    scope = scope_for(stores, ANN, ["Promo Team", "Other"])
    assert scope.allows(Right.PII, "A")
    assert scope.sees("B")
    assert scope.allows(Right.PROMO_WRITE)
    assert not scope_for(stores, "Promo Team", ()).allows(Right.VIEW)
    assert scope_for(stores, "eve", (), [Grant("eve", Role.VIEWER, "B")]).sees("B")
    assert take(stores, ADMIN, Grant(ANN, Role.MARKETER, "A"))
    assert not take(stores, ADMIN, Grant(ANN, Role.MARKETER, "A"))
    assert not scope_for(stores, ANN, ()).sees("A")
    told = noted(stores)
    assert [(row["action"], row["id"], row["account"]) for row in told] == [
        ("grant.give", ANN, "A"), ("grant.give", "group:Promo Team", None), ("grant.give", ANN, "A"),
        ("grant.take", ANN, "A"),
    ]  # fmt: skip
    assert (told[2]["before"], told[2]["after"]) == ({"pii": False}, {"role": "marketer", "pii": True})
    assert (told[3]["before"], told[3]["after"]) == ({"role": "marketer", "pii": True}, None)


def test_only_admins_grant_and_for_their_own_stores(each_operational: Stores) -> None:
    stores = each_operational
    filled(stores)
    wanted = Grant("bob@example.com", Role.VIEWER, "B")
    give(stores, ADMIN, wanted)
    of_a = scope_of(ANN, [Grant(ANN, Role.ADMIN, "A")])
    planner = scope_of(ANN, [Grant(ANN, Role.PLANNER)])
    for scope, grant in ((of_a, wanted), (of_a, replace(wanted, account=None)), (planner, wanted)):
        with pytest.raises(NotPermitted):
            give(stores, scope, grant)
        with pytest.raises(NotPermitted):
            take(stores, scope, grant)
    give(stores, of_a, replace(wanted, account="A"))
    assert [(one.holder, one.account) for one in grants(stores, of_a)] == [("bob@example.com", "A")]
    assert len(grants(stores, ADMIN)) == 2
    with pytest.raises(NotPermitted):
        grants(stores, planner)


def test_nobody_takes_their_own_role_of_an_admin(each_operational: Stores) -> None:
    own = Grant(ANN, Role.ADMIN)
    give(each_operational, ADMIN, own)
    with pytest.raises(InvalidGrant, match="Another admin can"):
        take(each_operational, scope_of(ANN, [own]), own)
    assert grants(each_operational, ADMIN)[0].holder == ANN


def test_names_are_kept_as_sign_in_spells_them(stores: Stores) -> None:
    """Of an address A to Z in small letters (a Kelvin sign is no k), of a provider's id and a group every letter."""
    kept = {
        " Mike@Example.com": "mike@example.com", "Mi\u212ae@Example.com": "mi\u212ae@example.com",
        "https://Id.example.com#Ann@X": "https://Id.example.com#Ann@X",
        "group:Team@Example.com": "group:Team@Example.com",
    }  # fmt: skip
    assert {said: give(stores, ADMIN, Grant(said, Role.VIEWER)).holder for said in kept} == kept


@pytest.mark.parametrize("holder", ["", "  ", "group:", "group: ", "a" * 201, "eve\u202e@example.com"])
def test_a_name_that_is_none_is_refused(stores: Stores, holder: str) -> None:
    with pytest.raises(InvalidGrant):
        give(stores, ADMIN, Grant(holder, Role.VIEWER))
    assert grants(stores, ADMIN) == []


def test_a_store_that_is_not_there_is_refused(stores: Stores) -> None:
    with pytest.raises(InvalidGrant, match="no store 'Nope'"):
        give(stores, ADMIN, Grant(ANN, Role.VIEWER, "Nope"))
