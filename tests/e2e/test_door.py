"""The server's door: names, origins, headers, the pace of sign-ins, uploads. Real requests to a real server."""

from __future__ import annotations

import http.client
import re
import selectors
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.e2e.conftest import Served, Visitor, serving

HEADERS = {
    "content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy",
    "cross-origin-opener-policy", "cross-origin-resource-policy", "x-frame-options",
}  # fmt: skip
TOKEN = "2|00000000|30313233343536373839616263646566|1700000000"
MB = 1024 * 1024
# The largest file, and as much again for the form around it.
TAKEN = 2 * MB


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app without a store, which takes files up to a megabyte and three sign-ins a minute."""
    with serving(
        tmp_path_factory.mktemp("bare"),
        "",
        PUBLIC_URL="https://promolens.example.com/",
        SIGN_INS_PER_MINUTE="3",
        STREAMLIT_SERVER_MAX_UPLOAD_SIZE="1",
    ) as app:
        yield app


def asked(app: Served, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    """An answer, read to its end. headers: by name, with _ for -."""
    line = http.client.HTTPConnection(urlsplit(app.url).netloc, timeout=20)
    line.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = line.getresponse()
    answer.read()
    return answer


@contextmanager
def talking(app: Served, *, origin: str = "", host: str = "") -> Iterator[ClientConnection]:
    """A browser's lasting connection to the app, from a page of `origin`, by the name `host`; by default its own."""
    address = urlsplit(app.url)
    with (
        socket.create_connection((address.hostname or "", address.port or 0)) as sock,
        connect(
            f"ws://{host or address.netloc}/_stcore/stream",
            sock=sock,
            origin=Origin(origin or app.url),
            subprotocols=[Subprotocol("streamlit"), Subprotocol(TOKEN)],
            additional_headers={"Cookie": f"_streamlit_xsrf={TOKEN}"},
        ) as line,
    ):
        yield line


def session_of(line: ClientConnection) -> str:
    """The id that the app has given the session of a connection."""
    wanted = BackMsg()
    wanted.rerun_script.query_string = ""
    line.send(wanted.SerializeToString())
    while True:
        told = ForwardMsg()
        told.ParseFromString(line.recv(timeout=60))
        if told.WhichOneof("type") == "new_session":
            return str(told.new_session.initialize.session_id)


# --- headers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200), ("/revenue", 200), ("/readyz", 200), ("/_stcore/health", 200), ("/_stcore/host-config", 200),
        ("/media/none.csv", 404), ("/component/none/x.js", 404), ("/revenue/../../etc/passwd", 400),
        ("/_stcore/agent/interact", 405),
    ],
)  # fmt: skip
def test_every_answer_carries_the_headers(bare: Served, path: str, status: int) -> None:
    answer = asked(bare, path)
    assert answer.status == status
    given = {name.lower() for name, _ in answer.getheaders()}
    assert given >= HEADERS
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Access-Control-Allow-Origin") is None
    # Over plain http nothing is promised about the future.
    assert "strict-transport-security" not in given


def test_static_files_and_the_connection_of_a_page_carry_them_too(bare: Served) -> None:
    line = http.client.HTTPConnection(urlsplit(bare.url).netloc, timeout=20)
    line.request("GET", "/")
    script = re.search(r'src="\.(/static/js/index\.[^"]+)"', line.getresponse().read().decode())
    assert script
    answer = asked(bare, script.group(1))
    assert answer.status == 200
    assert {name.lower() for name, _ in answer.getheaders()} >= HEADERS
    with talking(bare) as connection:
        assert connection.response is not None
        assert {name.lower() for name in connection.response.headers} >= HEADERS


def test_scripts_run_from_the_server_alone_and_nobody_frames_the_app(bare: Served) -> None:
    told = asked(bare, "/").getheader("Content-Security-Policy") or ""
    policy = dict(part.split(" ", 1) for part in told.split("; "))
    assert re.fullmatch(r"'self' 'sha256-[\w+/=]{44}'", policy["script-src"])
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["connect-src"] == policy["form-action"] == "'self'"
    assert not re.search(r"https?:|\*|unsafe-eval", told)


def test_behind_tls_browsers_keep_to_it_and_cookies_too(bare: Served) -> None:
    """This machine's own proxy is believed; it says how people reached it."""
    answer = asked(bare, "/_stcore/health", X_Forwarded_Proto="https", X_Forwarded_For="203.0.113.7")
    assert answer.getheader("Strict-Transport-Security") == "max-age=31536000"
    assert (answer.getheader("Set-Cookie") or "").endswith("; Secure")
    plain = asked(bare, "/_stcore/health")
    assert "Secure" not in (plain.getheader("Set-Cookie") or "")


# --- names and origins ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example:8501", "127.0.0.1.evil.example", "", "localhost@evil.example", "1.2.3.4"]
)
def test_another_name_is_refused(bare: Served, host: str) -> None:
    """A foreign page can have its own name point to this machine; the browser then says that name."""
    answer = asked(bare, "/", Host=host)
    assert answer.status == 400


def test_nor_does_it_open_a_connection(bare: Served) -> None:
    with pytest.raises(InvalidStatus) as refused, talking(bare, host="evil.example", origin="http://evil.example"):
        pass
    assert refused.value.response.status_code == 400
    assert refused.value.response.body == b"This server does not answer to that name (setting ALLOWED_HOSTS)."


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "LOCALHOST."])
def test_this_machines_names_are_answered(bare: Served, host: str) -> None:
    assert asked(bare, "/", Host=host).status == 200


def test_whoever_watches_over_the_server_asks_by_any_name(bare: Served) -> None:
    assert asked(bare, "/readyz", Host="10.0.0.7:8501").status == 200
    assert asked(bare, "/_stcore/health", Host="app.internal").status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000", "http://127.0.0.1:1"])
def test_a_page_of_somebody_else_opens_no_connection(bare: Served, origin: str) -> None:
    """Not even one of another program on this machine."""
    with pytest.raises(InvalidStatus) as refused, talking(bare, origin=origin):
        pass
    assert refused.value.response.status_code == 403
    assert asked(bare, "/_stcore/upload_file/a/b", "PUT", Origin=origin).status == 403


def test_a_proxy_may_ask_by_another_name_than_people_do(bare: Served) -> None:
    for host in ("", "promolens.example.com"):
        with talking(bare, origin="https://promolens.example.com", host=host) as line:
            assert session_of(line)


def test_a_page_of_somebody_else_reads_nothing_and_shows_nothing(bare: Served, visitor: Visitor) -> None:
    """In a real browser: a page under another name of this machine."""
    visit = visitor(bare)
    other = bare.url.replace("127.0.0.1", "localhost")
    page = visit.page
    page.goto(f"{bare.url}/_stcore/host-config")
    framed = page.evaluate(
        """async other => {
          const read = await fetch(other + '/_stcore/health').then(() => 'read', () => 'refused');
          const line = await new Promise(done => {
            const socket = new WebSocket(other.replace('http', 'ws') + '/_stcore/stream');
            socket.onopen = () => done('open');
            socket.onerror = () => done('refused');
          });
          return [read, line];
        }""",
        other,
    )
    assert framed == ["refused", "refused"]
    # The policy of the page itself said so before the server was asked; that is no fault of the app.
    visit.faults.clear()


# --- sign-in ----------------------------------------------------------------------------------------------------------


def test_who_tries_to_sign_in_too_often_waits(bare: Served) -> None:
    from_one = {"X_Forwarded_For": "203.0.113.9"}
    assert [asked(bare, "/auth/login", **from_one).status for _ in range(4)] == [302, 302, 302, 429]
    refused = asked(bare, "/auth/login", **from_one)
    assert 1 <= int(refused.getheader("Retry-After") or 0) <= 60
    assert refused.getheader("Content-Type") == "text/html; charset=utf-8"
    # Coming back from the provider is counted by itself, and so is everybody else.
    assert asked(bare, "/oauth2callback", **from_one).status == 302
    assert asked(bare, "/auth/login", X_Forwarded_For="203.0.113.10").status == 302
    assert [asked(bare, "/oauth2callback", **from_one).status for _ in range(3)] == [302, 302, 429]
    # An address of IPv6 is one of very many that the same person has.
    many = [asked(bare, "/auth/login", X_Forwarded_For=f"2001:db8::{number}").status for number in range(4)]
    assert many == [302, 302, 302, 429]


def test_the_page_that_says_so_is_a_page(bare: Served, visitor: Visitor) -> None:
    visit = visitor(bare)
    for _ in range(4):
        visit.page.goto(f"{bare.url}/auth/login?provider=none")
    expect(visit.page.get_by_role("heading", name="Too many sign-ins")).to_be_visible()


def test_no_foreign_page_signs_anybody_out(bare: Served) -> None:
    assert asked(bare, "/auth/logout", Sec_Fetch_Site="cross-site").status == 403
    assert asked(bare, "/auth/logout", Sec_Fetch_Site="same-origin").status == 302


# --- uploads ----------------------------------------------------------------------------------------------------------


def put(app: Served, session: str, size: int, token: str | None = TOKEN) -> tuple[int, int]:
    """Sends a file of so many bytes piece by piece, without saying how long it is: the status, and what was sent before
    the server answered."""
    line = http.client.HTTPConnection(urlsplit(app.url).netloc, timeout=20)
    line.putrequest("PUT", f"/_stcore/upload_file/{session}/one")
    line.putheader("Content-Type", "multipart/form-data; boundary=part")
    line.putheader("Transfer-Encoding", "chunked")
    line.putheader("Cookie", f"_streamlit_xsrf={TOKEN}")
    if token:
        line.putheader("X-Xsrftoken", token)
    line.endheaders()
    start = b'--part\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n'
    pieces = [start, *[b"x" * 65536] * (size // 65536), b"\r\n--part--\r\n"]
    sent = 0
    # Who is refused is answered before the end, and the line is closed behind the answer.
    with suppress(BrokenPipeError, ConnectionResetError), selectors.DefaultSelector() as answered:
        answered.register(line.sock, selectors.EVENT_READ)
        for piece in pieces:
            # Beyond what is taken, the answer comes before the end; whoever goes on sending may not get to read it.
            if answered.select(5 if sent > TAKEN else 0):
                break
            line.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            sent += len(piece)
        else:
            line.send(b"0\r\n\r\n")
    return line.getresponse().status, sent


def test_a_file_is_taken_from_the_apps_own_page_alone_and_up_to_its_limit(bare: Served) -> None:
    with talking(bare) as line:
        session = session_of(line)
        assert put(bare, session, MB // 2)[0] == 204
        assert put(bare, session, 0, token=None)[0] == 403
        assert put(bare, session, 0, token=TOKEN.replace("30", "31", 1))[0] == 403
        assert put(bare, "nobody", 0)[0] == 400
        # It is refused as soon as it is too much, not when it has ended.
        status, sent = put(bare, session, 64 * MB)
    assert status == 413
    assert TAKEN < sent < TAKEN + MB
