"""Signing in at a real OpenID Connect provider, in a real browser: who sees what, and until when."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Page, expect

from analytics.access import Grant, Role
from data_access.scope import local_admin
from data_access.stores import close_stores, open_stores
from data_access.writes.grants import give
from settings import PROJECT_ROOT, Settings
from tests.canaries import planted
from tests.e2e.conftest import Served, Visit, Visitor, _await
from tests.warehouse_rows import insert

# A machine that does other work as well.
expect.set_options(timeout=20_000)
PEOPLE = (
    User(sub="1", claims={"email": "Mia@Example.com", "email_verified": True}),
    User(sub="2", claims={"email": "admin@example.com", "email_verified": False}),
    User(sub="3", claims={"email": "otto@example.com", "email_verified": True, "groups": ["promo-team"]}),
    User(sub="4", claims={"email": "root@example.com", "email_verified": True}),
)
FILE = """
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{secret}"
[auth.acme]
label = "Acme"
client_id = "promolens"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
[auth.partner]
label = "Partner"
client_id = "promolens"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@dataclass(frozen=True, slots=True)
class Guarded:
    """An app with sign-in, and its provider's address."""

    app: Served
    provider: str


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """Two stores: Mia is a marketer of Anna's shop alone; whoever is in promo-team plans; root is an admin."""
    folder = tmp_path_factory.mktemp("guarded")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DATA_DIR": str(folder), "SCHEDULE": "off", "DATABASE_URL": "", "WAREHOUSE_URL": ""}
    promolens = [sys.executable, "-m", "cli"]
    subprocess.run([*promolens, "migrate"], env=environment, cwd=PROJECT_ROOT, check=True, capture_output=True)
    stores = open_stores(Settings(data_dir=folder))
    usual = {"timezone": "UTC", "currency": "EUR"}
    insert(
        stores, "stores",
        {"public_id": "1" * 32, "klaviyo_public_id": "AnnaId", "name": "Anna's shop", **usual},
        {"public_id": "2" * 32, "klaviyo_public_id": "BeaId", "name": "Bea's shop", **usual},
    )  # fmt: skip
    for grant in (
        Grant("mia@example.com", Role.MARKETER, "AnnaId"), Grant("group:promo-team", Role.PLANNER),
        Grant("root@example.com", Role.ADMIN), Grant("admin@example.com", Role.ADMIN),
    ):  # fmt: skip
        give(stores, local_admin(), grant)
    close_stores(stores)
    with run_server_in_thread(user_claims=PEOPLE) as server:
        provider = f"http://localhost:{server.server_port}"
        file = folder / "sign-in.toml"
        file.write_text(FILE.format(port=port, secret=planted("sign_in_file"), provider=provider), encoding="utf-8")
        log = folder / "server.log"
        with log.open("ab") as out:
            command = [*promolens, "run", "--port", str(port)]
            process = subprocess.Popen(
                command, env=environment | {"SIGN_IN_FILE": str(file)}, cwd=PROJECT_ROOT, stdout=out, stderr=out
            )
            url = f"http://127.0.0.1:{port}"
            try:
                _await(f"{url}/_stcore/health", process, log)
                yield Guarded(Served(url, environment, folder, process), provider)
            finally:
                process.terminate()
                process.wait(20)


def come_in(guarded: Guarded, visitor: Visitor, who: str, address: str = "/", through: str = "Acme") -> Visit:
    """A browser that comes to an address and signs in there."""
    visit = visitor(guarded.app, beside=guarded.provider)
    page = visit.open(address)
    page.get_by_role("button", name=f"Continue with {through}").click()
    page.get_by_role("button", name=who, exact=True).click()
    page.wait_for_url(re.compile(re.escape(guarded.app.url)))
    visit.settle()
    return visit


def look_for(page: Page, words: str) -> None:
    """A click's worth of work on the glossary."""
    page.get_by_label("Find").fill(words)
    page.keyboard.press("Enter")


def write_note(page: Page, text: str) -> None:
    """Fills in the dialog of notes, which is opened where it is not open, and saves."""
    if page.get_by_role("dialog").count() == 0:
        page.get_by_role("button", name="Notes").click()
    page.get_by_label("What happened").fill(text)
    page.get_by_role("button", name="Save note").click()


def said_in_log(guarded: Guarded, words: str) -> None:
    """Waits until the server has said something."""
    deadline = time.monotonic() + 20
    while words not in (guarded.app.data_dir / "server.log").read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, f"the server did not say: {words}"
        time.sleep(0.1)


def answered(guarded: Guarded, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    """What the server answers to a program that is no browser."""
    line = http.client.HTTPConnection(urlsplit(guarded.app.url).netloc, timeout=20)
    line.request(method, path, headers=headers)
    return line.getresponse()


def test_nobody_sees_anything_before_they_sign_in(guarded: Guarded, visitor: Visitor) -> None:
    visit = visitor(guarded.app)
    for address in ("/", "/revenue", "/settings?store=BeaId", "/scenarios", "/health"):
        page = visit.open(address)
        expect(page.get_by_text("Sign in to Promolens")).to_be_visible()
        for hidden in ("Anna's shop", "Bea's shop", "Revenue", "Scenarios", "AnnaId"):
            expect(page.get_by_text(hidden)).to_have_count(0)
    expect(page.get_by_role("button", name="Continue with Partner")).to_be_visible()


def test_a_marketer_of_one_store_sees_that_one_and_comes_back_to_the_link(guarded: Guarded, visitor: Visitor) -> None:
    visit = come_in(guarded, visitor, "1", "/revenue?store=Anna%27s+shop")
    page = visit.page
    expect(page.get_by_role("heading", name="Revenue", exact=True)).to_be_visible()
    assert re.search(r"/revenue\?.*Anna", page.url)
    expect(page.get_by_text("Signed in as mia@example.com")).to_be_visible()
    expect(page.get_by_text("Bea's shop")).to_have_count(0)
    # A link into the other store shows their own, and nothing of it.
    page = visit.open("/settings?store=Bea%27s+shop")
    expect(page.get_by_text("Anna's shop (AnnaId)")).to_be_visible()
    expect(page.get_by_text("BeaId")).to_have_count(0)
    expect(page.get_by_text("You may look at these settings")).to_be_visible()
    page = visit.open("/health")
    expect(page.get_by_text("No access")).to_be_visible()


def test_who_is_unverified_is_not_taken_for_somebody_with_that_address(guarded: Guarded, visitor: Visitor) -> None:
    """An admin's address that its provider has not verified opens nothing."""
    visit = come_in(guarded, visitor, "2", through="Partner")
    expect(visit.page.get_by_text("nothing was granted to you yet")).to_be_visible()
    expect(visit.page.get_by_text("Anna's shop")).to_have_count(0)


def test_a_group_brings_its_role(guarded: Guarded, visitor: Visitor) -> None:
    visit = come_in(guarded, visitor, "3", "/planning")
    expect(visit.page.get_by_role("heading", name="Planning", exact=True)).to_be_visible()
    visit.open("/health")
    expect(visit.page.get_by_text("No access")).to_be_visible()


def test_a_file_is_handed_out_to_who_is_signed_in_and_to_nobody_else(guarded: Guarded, visitor: Visitor) -> None:
    visit = come_in(guarded, visitor, "4", "/glossary")
    context = visit.page.context
    with visit.page.expect_download() as made:
        visit.page.get_by_role("button", name="Monthly report (PDF)").click()
    address = made.value.url
    assert urlsplit(address).path.startswith("/media/")
    own = context.request.get(address)
    assert (own.status, own.headers["cache-control"]) == (200, "private, no-store")
    assert own.body().startswith(b"%PDF")
    held = {one["name"]: (one.get("httpOnly"), one.get("sameSite")) for one in context.cookies()}
    assert held["_streamlit_user"] == held["_streamlit_user_tokens"] == (True, "Lax")
    kept = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())
    assert answered(guarded, urlsplit(address).path, Cookie=kept).status == 200
    assert answered(guarded, urlsplit(address).path).status == 401
    # A cookie that was kept is worth nothing after signing out.
    assert answered(guarded, "/_stcore/metrics", Cookie=kept).status == 200
    visit.page.get_by_role("button", name="Sign out").click()
    visit.page.wait_for_url(re.compile(re.escape(guarded.provider)))
    refused = answered(guarded, "/_stcore/metrics", Cookie=kept)
    assert (refused.status, refused.read()) == (401, b"Sign in first.")


def test_a_stranger_uploads_nothing_and_reads_nothing_of_the_server(guarded: Guarded, visitor: Visitor) -> None:
    assert answered(guarded, "/_stcore/upload_file/a/b", "PUT").status == 401
    assert answered(guarded, "/_stcore/metrics").status == 401
    # The logo above the sign-in is no file that somebody took out.
    logo = visitor(guarded.app).open("/").locator("img").first
    assert logo.evaluate("image => image.naturalWidth") > 0


def test_signing_out_ends_every_tab(guarded: Guarded, visitor: Visitor) -> None:
    visit = come_in(guarded, visitor, "4", "/glossary")
    second, writing = (visit.page.context.new_page() for _ in range(2))
    for tab in (second, writing):
        tab.goto(f"{guarded.app.url}/glossary")
        expect(tab.get_by_text("Signed in as root@example.com")).to_be_visible()
    with second.expect_download() as made:
        second.get_by_role("button", name="Monthly report (PDF)").click()
    assert made.value.path().read_bytes().startswith(b"%PDF")
    write_note(writing, "Kept")
    expect(writing.get_by_role("dialog")).to_have_count(0)
    writing.get_by_role("button", name="Notes").click()
    expect(writing.get_by_role("dialog").get_by_text("Kept", exact=True)).to_be_visible()
    visit.page.get_by_role("button", name="Sign out").click()
    visit.page.wait_for_url(re.compile(re.escape(guarded.provider)))  # the provider ends its own session as well
    visit.page.get_by_role("button").first.click()
    expect(visit.page.get_by_text("Sign in to Promolens")).to_be_visible(timeout=30_000)
    # Neither a dialog that stands open nor a file that is made on a click asks the page whether somebody is there.
    write_note(writing, "Of nobody")
    expect(writing.get_by_text("You signed out.")).to_be_visible()
    second.get_by_role("button", name="Monthly report (PDF)").click()
    said_in_log(guarded, "You signed out, or what you may do has changed")
    look_for(second, "orders")
    expect(second.get_by_text("You signed out.")).to_be_visible()
    second.close()
    writing.get_by_role("button", name="Continue with Acme").click()
    writing.get_by_role("button", name="4", exact=True).click()
    writing.get_by_role("button", name="Notes").click()
    expect(writing.get_by_role("dialog").get_by_text("Kept", exact=True)).to_be_visible()
    expect(writing.get_by_text("Of nobody")).to_have_count(0)
    writing.close()


def test_a_role_that_is_taken_back_is_gone_with_the_next_click(guarded: Guarded, visitor: Visitor) -> None:
    otto = come_in(guarded, visitor, "3", "/glossary")
    expect(otto.page.get_by_role("heading", name="Glossary", exact=True)).to_be_visible()
    root = come_in(guarded, visitor, "4", "/access")
    page = root.page
    expect(page.get_by_text("People sign in with Acme, Partner.")).to_be_visible()
    page.get_by_label("Grant to take back").click()
    page.get_by_role("option", name="group:promo-team · planner · All stores").click()
    root.settle()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("is no longer planner of All stores")).to_be_visible()
    look_for(otto.page, "orders")
    expect(otto.page.get_by_text("nothing was granted to you yet")).to_be_visible()
    # Given again, the next click is enough as well.
    page.get_by_label("Who", exact=True).fill("promo-team")
    page.get_by_text("A group's name").click()
    page.get_by_label("Role", exact=True).click()
    page.get_by_role("option", name="Planner").click()
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_text("is now planner of All stores")).to_be_visible()
    otto.open("/glossary")
    expect(otto.page.get_by_role("heading", name="Glossary", exact=True)).to_be_visible()
