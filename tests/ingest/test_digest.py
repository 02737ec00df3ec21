"""The digest as it is received by a real mail server: its figures, once to each person, and what goes wrong."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from analytics.account import AccountSettings
from analytics.day_marks import Note
from analytics.periods import Comparison, Period
from components import wording
from data_access import schedule
from data_access.queries.revenue import RevenueQuery, revenue
from data_access.queries.rfm import masked
from data_access.scope import local_admin
from data_access.stores import Stores, close_stores, open_stores
from data_access.writes.annotations import add_note
from ingest.digest.content import compose
from ingest.digest.delivering import NAME, rhythm_of, send_now
from ingest.digest.sending import NotSent, mark_of, message
from ingest.schedule.scheduler import Done, Scheduler
from ingest.schedule.works import WORKS, Work
from settings import Settings
from tests.ingest.mail_server import PASSWORD, USER, Box, free_port, serving
from tests.unusual_rows import unusual_orders
from tests.warehouse_rows import ACCOUNT, deduction, insert, order, store, version

ADMIN = local_admin("test")
ANN, BOB = "ann@example.com", "bob@example.com"
DIGEST = tuple(kind for kind in WORKS if kind.work is Work.DIGEST)


class Clock:
    def __init__(self, start: str) -> None:
        self.now = datetime.fromisoformat(start).astimezone(UTC)

    def __call__(self) -> datetime:
        return self.now

    def to(self, text: str) -> None:
        self.now = datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, int, Path]]:
    with serving(tmp_path_factory.mktemp("mail")) as running:
        yield running


@pytest.fixture
def box(server: tuple[Box, int, Path]) -> Box:
    server[0].__init__()  # type: ignore[misc]
    return server[0]


@pytest.fixture
def mailing(settings: Settings, server: tuple[Box, int, Path]) -> Settings:
    return settings.model_copy(update={
        "smtp_host": "127.0.0.1", "smtp_port": server[1], "smtp_ca_file": server[2], "smtp_user": USER,
        "smtp_password": SecretStr(PASSWORD), "smtp_sender": "promolens@example.com", "smtp_timeout_seconds": 5.0,
        "public_url": "https://promolens.example.com/",
    })  # fmt: skip


@pytest.fixture(params=["duckdb", "postgresql"])
def told(request: pytest.FixtureRequest, stores: Stores, settings: Settings) -> Iterator[Stores]:
    """The store of the literal rows, its orders known up to 21 Nov, told to Ann and Bob each day at 07:00 in Berlin."""
    opened = stores
    if request.param == "postgresql":
        url = request.getfixturevalue("migrated_postgres_url")
        opened = open_stores(settings.model_copy(update={"database_url": url}))
    insert(opened, "stores", store())
    insert(opened, "data_versions", version())
    chosen = {"digest_recipients": f"{ANN}, {BOB}", "digest_rhythm": "daily", "digest_hour": 7}
    for key, value in chosen.items():
        insert(opened, "settings", {"klaviyo_public_id": ACCOUNT, "key": key, "value": json.dumps(value), "version": 1})
    insert(opened, "klaviyo_orders", *unusual_orders())
    insert(opened, "order_deductions", deduction("2026-11-01-1", "10.00", "2026-11-20 10:00", "2026-11-01"))
    yield opened
    if opened is not stores:
        close_stores(opened)


only_embedded = pytest.mark.parametrize("told", ["duckdb"], indirect=True)


def scheduler(stores: Stores, settings: Settings, clock: Clock) -> Scheduler:
    return Scheduler(settings, ADMIN, lambda: stores, clock=clock, works=DIGEST)


def due(stores: Stores, settings: Settings) -> tuple[Clock, Scheduler]:
    """A clock a minute after seven, at which the digest is due for the first time, and who sends it."""
    clock = Clock("2026-11-21T06:40+01:00")
    one = scheduler(stores, settings, clock)
    one.run_due()
    clock.to("2026-11-21T06:46+01:00")
    assert [done.outcome.state for done in one.run_due()] == ["done"]
    clock.to("2026-11-21T07:01+01:00")
    return clock, one


def ended(done: list[Done]) -> tuple[str, str]:
    (one,) = done
    return one.outcome.state, one.outcome.message


def test_the_digest_is_received_with_the_pages_figures_once(told: Stores, mailing: Settings, box: Box) -> None:
    clock, one = due(told, mailing)
    assert box.arrived == []
    other = scheduler(told, mailing, clock)
    both = [threading.Thread(target=each.run_due) for each in (one, other)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    for minute in ("07:16", "12:01", "23:46"):
        clock.to(f"2026-11-21T{minute}+01:00")
        assert ended(scheduler(told, mailing, clock).run_due())[0] == "done"
    assert sorted(box.recipients) == [ANN, BOB]
    received = box.arrived[0][1]
    assert received["Subject"] == "Demo store: net revenue €90.00 (−10.0 %), 20 Nov 2026"
    assert received["From"] == "Promolens <promolens@example.com>"
    plain = received.get_body(("plain",))
    page = received.get_body(("html",))
    assert plain is not None
    assert page is not None
    text, html = plain.get_content(), page.get_content()
    days = Period(date(2026, 11, 20), date(2026, 11, 20))
    before = Comparison(Period(date(2026, 11, 13), date(2026, 11, 13)), shift_days=7)
    figures = revenue(told, ADMIN, ACCOUNT, RevenueQuery(days, before, None, "Europe/Berlin", 1))
    assert figures.compared is not None
    net, then = (wording.money(span.net, "EUR") for span in (figures.this, figures.compared))
    assert (net, then) == ("€90.00", "€100.00")
    assert f"Net revenue: {net}; a week before {then} (−10.0 %)" in text
    assert "Orders: 10; a week before 10 (0.0 %)" in text
    assert "Order value: €10.00; a week before €10.00 (0.0 %)" in text
    assert "- Orders, Wed 18 Nov: 30 where 10 was expected (+200.0 %, 4.6 deviations)." in text
    assert "a year before" not in text  # orders are known since September
    for said in (net, then, "30 where 10 was expected"):
        assert said in html
    link = "https://promolens.example.com/revenue?store=Demo+store&period=Custom&from=2026-11-20&to=2026-11-20"
    assert link in text
    assert not any(word in html.lower() for word in ("<img", "src=", "<script", "<link", "url("))
    clock.to("2026-11-22T07:01+01:00")
    scheduler(told, mailing, clock).run_due()
    assert len(box.arrived) == 4
    last = box.arrived[-1][1].get_body(("plain",))
    assert last is not None
    assert "Data end with 20 Nov 2026: newer days are not known." in last.get_content()


@only_embedded
def test_who_says_not_now_is_asked_again_and_nobody_gets_it_twice(told: Stores, mailing: Settings, box: Box) -> None:
    box.says = {BOB: ["451 4.7.1 Greylisted, come back later"]}
    clock, one = due(told, mailing)
    state, said = ended(one.run_due())
    assert (state, "451 4.7.1 Greylisted" in said) == ("failed", True)
    assert box.recipients == [ANN]
    assert one.run_due() == []  # two minutes of rest
    clock.to("2026-11-21T07:04+01:00")
    assert ended(one.run_due()) == ("done", "Sent to 2 of 2.")
    assert box.recipients == [ANN, BOB]


@only_embedded
def test_who_says_never_is_told_and_not_asked_again(told: Stores, mailing: Settings, box: Box) -> None:
    box.says = {ANN: ["550 5.1.1 <Ann@example.com> No such person"]}
    clock, one = due(told, mailing)
    state, said = ended(one.run_due())
    assert state == "failed"
    # Whoever sees the page Health need not see whom the digest goes to.
    assert f"does not take mail for {masked(ANN)}: 550 5.1.1 <{masked(ANN)}> No such person" in said
    assert ANN not in said.lower()
    clock.to("2026-11-21T07:10+01:00")
    assert ended(one.run_due()) == ("failed", said)  # it stays told until the next one
    assert (box.recipients, box.asked) == ([BOB], [ANN, BOB])
    clock.to("2026-11-22T07:10+01:00")
    assert ended(one.run_due()) == ("done", "Sent to 2 of 2.")


@only_embedded
def test_a_wrong_password_is_told_without_it_and_sent_once_it_is_right(
    told: Stores, mailing: Settings, box: Box
) -> None:
    wrong = mailing.model_copy(update={"smtp_password": SecretStr("not-the-password")})
    clock, one = due(told, wrong)
    state, said = ended(one.run_due())
    assert state == "failed"
    assert "does not accept the user or the password (535)" in said
    assert "not-the-password" not in said
    clock.to("2026-11-21T07:04+01:00")
    assert ended(scheduler(told, mailing, clock).run_due()) == ("done", "Sent to 2 of 2.")
    assert len(box.arrived) == 2


@only_embedded
def test_a_server_that_is_away_silent_or_not_to_be_trusted_gets_nothing(
    told: Stores, mailing: Settings, box: Box
) -> None:
    now = datetime(2026, 11, 21, 6, tzinfo=UTC)
    away = mailing.model_copy(update={"smtp_port": free_port()})
    with pytest.raises(NotSent, match="cannot be used"):
        send_now(told, ADMIN, away, ACCOUNT, now)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        quiet = mailing.model_copy(update={"smtp_port": silent.getsockname()[1], "smtp_timeout_seconds": 0.2})
        with pytest.raises(NotSent, match="timed out"):
            send_now(told, ADMIN, quiet, ACCOUNT, now)
    with pytest.raises(NotSent, match="no certificate that can be trusted"):
        send_now(told, ADMIN, mailing.model_copy(update={"smtp_ca_file": None}), ACCOUNT, now)
    with pytest.raises(NotSent, match="AUTH extension not supported"):
        send_now(told, ADMIN, mailing.model_copy(update={"smtp_tls": "none"}), ACCOUNT, now)
    assert box.arrived == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
@only_embedded
def test_a_server_that_is_encrypted_from_the_start(told: Stores, mailing: Settings, box: Box, tmp_path: Path) -> None:
    now = datetime(2026, 11, 21, 6, tzinfo=UTC)
    with serving(tmp_path, at_once=True) as (own, port, trusted):
        right = mailing.model_copy(update={"smtp_port": port, "smtp_ca_file": trusted, "smtp_tls": "tls"})
        assert send_now(told, ADMIN, right, ACCOUNT, now) == [ANN, BOB]
        assert own.recipients == [ANN, BOB]
        with pytest.raises(NotSent, match="no certificate that can be trusted"):
            send_now(told, ADMIN, right.model_copy(update={"smtp_ca_file": mailing.smtp_ca_file}), ACCOUNT, now)
    with pytest.raises(NotSent, match="another kind of TLS"):
        send_now(told, ADMIN, mailing.model_copy(update={"smtp_tls": "tls"}), ACCOUNT, now)
    assert box.arrived == []


@only_embedded
def test_a_digest_that_was_being_sent_when_the_process_died_is_not_sent_twice(
    told: Stores, mailing: Settings, box: Box
) -> None:
    clock, one = due(told, mailing)
    with told.operational.read() as session:
        row = schedule.known_work(session)[ACCOUNT, NAME]
        held = schedule.last_found(session, ACCOUNT, NAME)
    assert held is not None
    state = {"day": "2026-11-21", "due": "2026-11-21T06:00:00+00:00", "sent": [], "refused": [], "unsure": []}
    state |= {"trying": mark_of(ANN), "open": True, "problem": "", "looked": clock.now.isoformat()}
    owner = "another-machine:1:dead"
    schedule.claim(told.operational, row, slot=clock.now, owner=owner, now=clock.now, lease=timedelta(0), failures=0)
    schedule.note(told.operational, ACCOUNT, NAME, state)
    clock.to("2026-11-21T07:02+01:00")
    ended_state, said = ended(one.run_due())
    assert (ended_state, box.recipients) == ("failed", [BOB])
    assert "whether it arrived is not known, and it is not sent twice" in said


@only_embedded
def test_the_weekly_digest_tells_seven_days(told: Stores, mailing: Settings) -> None:
    found = compose(told, ADMIN, mailing, ACCOUNT, "weekly", datetime(2026, 11, 21, 6, tzinfo=UTC))
    # 14–20 Nov: six days of 100.00 and one of 300.00 less 10.00; the week before seven of 100.00.
    assert [(line.name, line.now, line.week, line.week_change) for line in found.lines[:3]] == [
        ("Net revenue", "€890.00", "€700.00", "+27.1 %"),
        ("Gross revenue", "€900.00", "€700.00", "+28.6 %"),
        ("Orders", "90", "70", "+28.6 %"),
    ]
    assert found.subject == "Demo store: net revenue €890.00 (+27.1 %), 14–20 Nov 2026"
    assert not any("judged" in said for said in found.attention)
    with told.operational.write() as session:
        session.execute_text("UPDATE stores SET flow_values_last_update = TIMESTAMPTZ '2026-11-18 08:00:00+00'")
    found = compose(told, ADMIN, mailing, ACCOUNT, "weekly", datetime(2026, 11, 21, 6, tzinfo=UTC))
    assert "Messages are judged up to 17 Nov 2026: reports end there." in found.attention


@only_embedded
def test_notes_on_the_days_that_it_is_about_are_in_it(told: Stores, mailing: Settings) -> None:
    for first, last, text in (
        (date(2026, 11, 20), date(2026, 11, 20), "Shop <down> at noon"),
        (date(2026, 11, 10), date(2026, 11, 15), "Sale"),
        (date(2026, 11, 13), date(2026, 11, 13), "Before"),
        (date(2026, 11, 21), date(2026, 11, 21), "After"),
    ):
        add_note(told, ADMIN, ACCOUNT, Note(str(uuid4()), first, last, text))
    found = compose(told, ADMIN, mailing, ACCOUNT, "weekly", datetime(2026, 11, 21, 6, tzinfo=UTC))
    assert found.noted == ("10–15 Nov 2026: Sale", "20 Nov 2026: Shop <down> at noon")
    assert "Notes\n- 10–15 Nov 2026: Sale\n" in found.plain()
    assert "<li>20 Nov 2026: Shop &lt;down&gt; at noon</li>" in found.html()


@only_embedded
def test_sums_that_lack_orders_are_set_beside_none_and_stores_of_one_name_are_told_apart(
    told: Stores, mailing: Settings
) -> None:
    now = datetime(2026, 11, 21, 6, tzinfo=UTC)
    unpriced = order("pounds", "50.00", "2026-11-20 12:00", currency="GBP", order_value_account=None)
    insert(told, "klaviyo_orders", unpriced, *(row | {"klaviyo_public_id": "Other"} for row in unusual_orders()))
    insert(told, "stores", store("Other"))
    insert(told, "data_versions", version(account="Other"))
    found = compose(told, ADMIN, mailing, ACCOUNT, "daily", now)
    # One of eleven orders has no rate: the ten others' sum is not the day's, their number is.
    assert [(line.name, line.now, line.week, line.week_change) for line in found.lines] == [
        ("Net revenue", "€90.00", "", ""),
        ("Gross revenue", "€100.00", "", ""),
        ("Orders", "11", "10", "+10.0 %"),
        ("Order value", "€10.00", "", ""),
        ("New customers", "11", "10", "+10.0 %"),
    ]
    assert "1 order(s) in GBP have no exchange rate and are in no sum." in found.attention
    other = compose(told, ADMIN, mailing, "Other", "daily", now)
    assert (found.store, found.days) == (other.store, other.days)
    assert len({message(each, mailing, ANN, now)["Message-ID"] for each in (found, found, other)}) == 2


def test_the_hour_is_that_of_the_stores_clock_on_days_that_it_changes() -> None:
    zone = ZoneInfo("Europe/Berlin")
    chosen = AccountSettings(digest_recipients=ANN, digest_rhythm="daily", digest_hour=2)
    daily = rhythm_of(chosen)
    assert daily is not None
    moment = datetime(2026, 3, 28, 0, tzinfo=UTC)
    dues = []
    for _ in range(3):
        moment = daily.following(moment, zone)
        dues.append(f"{moment:%d %H:%M}")
    # 02:00 on 28 Mar; 29 Mar has no 02:00, its 03:00 is 01:00 UTC; then summer time.
    assert dues == ["28 01:00", "29 01:00", "30 00:00"]
    october = daily.following(datetime(2026, 10, 24, 12, tzinfo=UTC), zone)
    assert daily.following(october, zone) - october == timedelta(hours=25)  # 02:00 comes twice, it is due once
    assert rhythm_of(AccountSettings(digest_rhythm="daily")) is None
    weekly = rhythm_of(AccountSettings(digest_recipients=ANN, digest_rhythm="weekly", digest_weekday=5))
    assert weekly is not None
    assert f"{weekly.following(moment, zone):%a %H:%M}" == "Fri 05:00"
