"""One connection for httpx, against a server of plain sockets that writes exactly what a test says."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ingest.klaviyo.transport import OneConnection

BIG = bytes(range(256)) * 12_000


class Server:
    """Answers the n-th request with `answers[n]`; an answer that ends with None closes the connection."""

    def __init__(self, answers: list[list[bytes | float | None]]) -> None:
        self.answers = answers
        self.heads: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(x[16:]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length: ")), 0
                )
                self.heads.append(head + await reader.readexactly(length))
                for piece in self.answers[len(self.heads) - 1]:
                    if piece is None:
                        return
                    if isinstance(piece, float):
                        await asyncio.sleep(piece)
                        continue
                    writer.write(piece)
                    await writer.drain()
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


@asynccontextmanager
async def client(
    server: Server, *, patience: float = 5.0, tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls[0] if tls else None)
    port = listening.sockets[0].getsockname()[1]
    scheme = "https" if tls else "http"
    transport = OneConnection(tls[1] if tls else ssl.create_default_context())
    async with (
        listening,
        httpx.AsyncClient(base_url=f"{scheme}://127.0.0.1:{port}", transport=transport, timeout=patience) as asking,
    ):
        yield asking


async def body_of(server: Server, patience: float = 5.0) -> httpx.Response:
    async with client(server, patience=patience) as asking:
        return await asking.get("/api/events", params={"filter": 'equals(metric_id,"A")'})


def test_a_body_of_known_length_comes_whole_however_it_is_cut() -> None:
    announced = head(f"Content-Length: {len(BIG)}", "Content-Type: application/vnd.api+json")
    server = Server([[announced[:20], announced[20:] + BIG[:10], BIG[10:1_000_001], BIG[1_000_001:]]])
    response = asyncio.run(body_of(server))
    assert response.content == BIG
    assert response.headers["content-type"] == "application/vnd.api+json"
    assert server.heads[0].startswith(b"GET /api/events?filter=equals%28metric_id%2C%22A%22%29 HTTP/1.1\r\n")


def test_a_chunked_and_a_compressed_body_are_the_same_to_the_caller() -> None:
    packed = gzip.compress(BIG)
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(x), x) for x in (packed[:7], packed[7:])) + b"0\r\n\r\n"
    server = Server([[head("Transfer-Encoding: chunked", "Content-Encoding: gzip"), chunks]])
    assert asyncio.run(body_of(server)).content == BIG


def test_one_connection_serves_many_requests_and_is_made_anew_after_it_was_closed() -> None:
    good: list[bytes | float | None] = [head("Content-Length: 2") + b"ok"]
    bye: list[bytes | float | None] = [head("Content-Length: 3", "Connection: close") + b"bye", None]
    server = Server([good, good, bye, good])

    async def ask() -> list[bytes]:
        async with client(server) as asking:
            found = [(await asking.get("/")).content for _ in range(2)]
            found.append((await asking.post("/", content=b'{"data":1}')).content)
            found.append((await asking.get("/")).content)
            return found

    assert asyncio.run(ask()) == [b"ok", b"ok", b"bye", b"ok"]
    assert server.connections == 2
    assert server.heads[2].endswith(b'\r\n\r\n{"data":1}')


def test_an_answer_without_a_body_leaves_the_connection_usable() -> None:
    server = Server([[head(status="204 No Content")], [head("Content-Length: 0")], [head("Content-Length: 1") + b"x"]])

    async def ask() -> list[bytes]:
        async with client(server) as asking:
            return [(await asking.get("/")).content for _ in range(3)]

    assert asyncio.run(ask()) == [b"", b"", b"x"]
    assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        [None],
        [head("Content-Length: 10")[:30], None],
        [head("Content-Length: 10") + b"half", None],
        [head("Transfer-Encoding: chunked") + b"a\r\nhalf", None],
        [b"no HTTP at all\r\n\r\n", None],
        [head("Content-Length: 2") + b"too much"],
    ],
    ids=["silence", "cut head", "cut body", "cut chunk", "no HTTP", "more than announced"],
)
def test_what_is_no_whole_answer_is_an_error_of_the_transport(answer: list[bytes | float | None]) -> None:
    with pytest.raises(httpx.TransportError):
        asyncio.run(body_of(Server([answer])))


def test_waiting_ends_where_nothing_comes_and_goes_on_while_something_does() -> None:
    silent = Server([[head("Content-Length: 4") + b"ab", 5.0]])
    with pytest.raises(httpx.ReadTimeout):
        asyncio.run(body_of(silent, patience=0.2))
    slow = Server([[head("Content-Length: 6"), 0.2, b"a", 0.2, b"b", 0.2, b"c", 0.2, b"def"]])
    assert asyncio.run(body_of(slow, patience=0.7)).content == b"abcdef"


def test_nobody_listening_is_a_failed_connection() -> None:
    async def ask() -> None:
        async with httpx.AsyncClient(transport=OneConnection(ssl.create_default_context())) as asking:
            await asking.get("http://127.0.0.1:9/")

    with pytest.raises(httpx.ConnectError):
        asyncio.run(ask())


def test_through_tls_and_only_with_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    serving, trusting = _certificate(tmp_path)
    server = Server([[head(f"Content-Length: {len(BIG)}") + BIG]] * 2)

    async def ask(context: ssl.SSLContext) -> bytes:
        async with client(server, tls=(serving, context)) as asking:
            return (await asking.get("/")).content

    assert asyncio.run(ask(trusting)) == BIG
    with pytest.raises(httpx.ConnectError, match="certificate"):
        asyncio.run(ask(ssl.create_default_context()))


def _certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    return serving, ssl.create_default_context(cafile=str(file))
