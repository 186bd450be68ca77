"""Asking an office's own API over `requests`: what is sent, what is trusted, and that no thread outlives its run."""

import asyncio
import gzip
import io
import logging
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.model import Cause
from checks.network.errors import BodyError, ProbeError
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.network.values import ApiAnswer, ApiRequest
from tests.support.certificates import Authority
from tests.support.network import (
    NOW,
    Handler,
    cause_of,
    listening,
    open_files,
    refused_port,
    run,
    run_on_asyncio,
    saying,
    session,
    tls_context,
)

JSON = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"sessions":87}'


class Api:
    """Answers `text` and remembers what it was asked."""

    def __init__(self, text: bytes = JSON) -> None:
        self.text = text
        self.asked: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        writer.write(self.text)
        await writer.drain()
        writer.close()


def hosts_of(tmp_path: Path, name: str = "eoffice.example") -> Path:
    hosts = tmp_path / "hosts"
    hosts.write_text(f"127.0.0.1 {name}\n")
    return hosts


def asked(
    handler: Handler,
    request: Callable[[int], ApiRequest],
    *,
    hosts: Path | None = None,
    context: ssl.SSLContext | None = None,
) -> tuple[ApiAnswer, str]:
    """The answer and the transcript. `request` is made of the server's port. Raises ProbeError."""

    async def look() -> tuple[ApiAnswer, str]:
        async with listening(handler, context) as port, session(servers=(), hosts_file=hosts) as net:
            return await net.ask_api(request(port)), net.transcript()

    return run(look())


def plain(port: int) -> ApiRequest:
    return ApiRequest(url=f"http://127.0.0.1:{port}/api/sessions")


def api_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("api ")]


async def no_threads(within_s: float = 2.0) -> None:
    async with asyncio.timeout(within_s):
        while api_threads():  # noqa: ASYNC110  # a thread's very end is no event
            await asyncio.sleep(0.01)


def test_an_answer_comes_with_its_status_body_and_time() -> None:
    answer, _ = asked(Api(), plain)
    assert (answer.status, answer.body, answer.address) == (200, b'{"sessions":87}', "127.0.0.1")
    assert answer.content_type == "application/json"
    assert 0 < answer.total_s < 5


def test_the_transcript_shows_what_was_asked_and_answered() -> None:
    _, transcript = asked(
        Api(), lambda port: ApiRequest(url=f"http://127.0.0.1:{port}/query?key=hidden", parameters={"query": "sum(x)"})
    )
    assert "/query?… query=sum(x) at 127.0.0.1" in transcript
    assert "200, 15 bytes; application/json" in transcript
    assert 'body begins: {"sessions":87}' in transcript
    assert "hidden" not in transcript


def test_parameters_join_the_query_that_the_url_has() -> None:
    api = Api()
    asked(api, lambda port: ApiRequest(url=f"http://127.0.0.1:{port}/q?a=1", parameters={"query": 'x{a="b"} + 1&c'}))
    assert api.asked[0].startswith("GET /q?a=1&query=x%7Ba%3D%22b%22%7D+%2B+1%26c HTTP/1.1\r\n")


def test_the_connection_goes_to_the_address_resolved_and_names_the_host(tmp_path: Path) -> None:
    api = Api()
    _, transcript = asked(api, lambda port: ApiRequest(url=f"http://eoffice.example:{port}/"), hosts=hosts_of(tmp_path))
    assert "Host: eoffice.example:" in api.asked[0]
    assert "at 127.0.0.1" in transcript


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, f"http://127.0.0.1:{refused_port()}")
    assert asked(Api(), plain)[0].status == 200


def test_no_password_of_a_netrc_file_is_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", os.fspath(netrc))
    api = Api()
    asked(api, plain)
    assert "authorization" not in api.asked[0].lower()


def logged(look: Callable[[], object]) -> str:
    """What reaches the root of the log during `look`; pytest's own fixture also sees what never gets there."""
    text = io.StringIO()
    root, handler = logging.getLogger(), logging.StreamHandler(text)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        look()
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    return text.getvalue()


def test_nothing_is_logged_of_an_address_with_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Api(JSON.replace(b"Content-Type", b"no header line\r\nContent-Type"))

    def look() -> None:
        asked(broken, lambda port: ApiRequest(url=f"http://127.0.0.1:{port}/?key=s3cret"))

    look()
    assert "s3cret" not in logged(look)
    monkeypatch.setattr(logging.getLogger("urllib3"), "propagate", True)
    assert "s3cret" in logged(look)  # or this test would see nothing


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    api = Api(b"HTTP/1.1 302 Found\r\nLocation: http://a:b@169.254.169.254/x?y=1\r\nContent-Length: 0\r\n\r\n")
    answer, transcript = asked(api, plain)
    assert (answer.status, answer.location) == (302, "http://a:b@169.254.169.254/x?y=1")
    assert len(api.asked) == 1
    assert "Location: http://169.254.169.254/x" in transcript
    assert "a:b" not in transcript


def test_a_token_goes_to_loopback_in_plain_text_and_is_never_shown() -> None:
    api = Api(JSON.replace(b"87}", b'"t0ken-abc"}').replace(b"15", b"24"))
    answer, transcript = asked(api, lambda port: ApiRequest(url=f"http://127.0.0.1:{port}/", token="t0ken-abc"))
    assert "\r\nAuthorization: Bearer t0ken-abc\r\n" in api.asked[0]
    assert b"t0ken-abc" in answer.body
    assert "t0ken" not in transcript


@pytest.mark.parametrize(
    ("request_", "cause"),
    [
        (ApiRequest(url="http://192.0.2.1/", token="t0ken-abc"), Cause.TLS_MISSING),
        (ApiRequest(url="https://192.0.2.1/", token="line\nbreak"), Cause.UNPARSABLE),
        (ApiRequest(url="ftp://192.0.2.1/"), Cause.UNPARSABLE),
    ],
)
def test_what_must_not_go_out_does_not(request_: ApiRequest, cause: Cause) -> None:
    async def look() -> Cause:
        async with session(servers=()) as net:
            return await cause_of(net.ask_api(request_))

    assert run(look()) is cause


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.root(tmp_path_factory.mktemp("authority"))


def over_tls(authority: Authority, tmp_path: Path, *, name: str = "eoffice.example", **leaf: object) -> Cause:
    """What the API's own certificate, made with `leaf`, is worth under the authority's trust."""
    pair = authority.leaf("eoffice.example", **leaf)  # type: ignore[arg-type]  # the authority's own keywords
    hosts = hosts_of(tmp_path, name)

    async def look() -> Cause:
        async with listening(Api(), tls_context(pair)) as port, session(servers=(), hosts_file=hosts) as net:
            request = ApiRequest(url=f"https://{name}:{port}/", ca_file=authority.ca_file)
            return await cause_of(net.ask_api(request))

    return run(look())


def test_a_chain_that_ends_at_the_given_authority_is_trusted(authority: Authority, tmp_path: Path) -> None:
    assert over_tls(authority, tmp_path) is Cause.NONE


def test_a_certificate_for_another_name_is_refused(authority: Authority, tmp_path: Path) -> None:
    assert over_tls(authority, tmp_path, name="other.example") is Cause.TLS_NAME_MISMATCH


def test_the_system_does_not_trust_a_private_authority(authority: Authority, tmp_path: Path) -> None:
    hosts = hosts_of(tmp_path)

    async def look() -> Cause:
        context = tls_context(authority.leaf("eoffice.example"))
        async with listening(Api(), context) as port, session(servers=(), hosts_file=hosts) as net:
            return await cause_of(net.ask_api(ApiRequest(url=f"https://eoffice.example:{port}/")))

    assert run(look()) is Cause.TLS_UNTRUSTED


@pytest.mark.parametrize("text", ["", "no certificate"])
def test_a_trust_store_that_cannot_be_used_is_our_own_fault(tmp_path: Path, text: str) -> None:
    store = tmp_path / "ca.pem"
    if text:
        store.write_text(text)

    async def look() -> Cause:
        async with listening(Api()) as port, session(servers=()) as net:
            return await cause_of(net.ask_api(ApiRequest(url=f"https://127.0.0.1:{port}/", ca_file=store)))

    assert run(look()) is Cause.BLIND


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (b"", Cause.PROTOCOL),
        (b"220 mail.example ESMTP\r\n", Cause.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", Cause.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Cause.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n87", Cause.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc", Cause.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", Cause.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\n" + b"X: %s\r\n" % (b"y" * 1000) * 80 + b"\r\n", Cause.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", Cause.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", Cause.TOO_LARGE),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 4000 + JSON, Cause.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * (1024 * 1024 + 1), Cause.TOO_LARGE),
    ],
    ids=[
        "nothing", "another protocol", "cut short", "broken chunk", "two lengths", "unknown coding", "broken gzip",
        "many long headers", "many headers", "one long header", "endless continue", "large body",
    ],
)  # fmt: skip
def test_a_broken_answer_has_its_cause(text: bytes, cause: Cause) -> None:
    async def look() -> Cause:
        async with listening(Api(text)) as port, session(servers=()) as net:
            return await cause_of(net.ask_api(plain(port)))

    assert run(look()) is cause


def test_an_unreadable_body_is_told_with_its_status() -> None:
    with pytest.raises(BodyError, match="ends too early") as caught:
        asked(Api(b"HTTP/1.1 503 Busy\r\nContent-Length: 50\r\n\r\nshort"), plain)
    assert caught.value.status == 503


def test_a_compressed_body_is_read(tmp_path: Path) -> None:
    del tmp_path
    packed = gzip.compress(b'{"a":1}')
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    assert asked(Api(head + packed), plain)[0].body == b'{"a":1}'


def test_an_api_on_ipv6_is_asked() -> None:
    api = Api()

    async def look() -> int:
        server = await asyncio.start_server(api, "::1", 0)
        async with server, session(servers=()) as net:
            port = server.sockets[0].getsockname()[1]
            return (await net.ask_api(ApiRequest(url=f"http://[::1]:{port}/"))).status

    assert run(look()) == 200
    assert "\r\nHost: [::1]:" in api.asked[0]


def test_a_closed_port_is_refused() -> None:
    async def look() -> Cause:
        async with session(servers=()) as net:
            return await cause_of(net.ask_api(plain(refused_port())))

    assert run(look()) is Cause.REFUSED


@pytest.mark.parametrize("run_on", [run, run_on_asyncio], ids=["uvloop", "asyncio"])
@pytest.mark.parametrize(
    "handler",
    [saying(b""), saying(b"HTTP/1.1 200 OK\r\n"), saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")],
    ids=["silence", "half a head", "half a body"],
)
def test_the_end_of_the_run_ends_its_thread_and_its_sockets(run_on: Callable[..., object], handler: Handler) -> None:
    async def look() -> None:
        async with listening(handler) as port, session(servers=()) as net:
            before = open_files()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await net.ask_api(plain(port))
            await no_threads()
            await asyncio.sleep(0.05)  # the server's half closes in a turn of its own
            assert open_files() <= before

    run_on(look())


def test_the_end_of_the_run_ends_a_handshake_that_hangs() -> None:
    async def look() -> None:
        async with listening(saying(b"")) as port, session(servers=()) as net:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await net.ask_api(ApiRequest(url=f"https://127.0.0.1:{port}/"))
            await no_threads()

    run(look())


def test_one_host_keeps_two_threads_busy_at_most() -> None:
    most = 0

    async def watch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal most
        await reader.readuntil(b"\r\n\r\n")
        most = max(most, len(api_threads()))
        await asyncio.sleep(0.02)
        writer.write(JSON)
        await writer.drain()

    async def look() -> list[int]:
        async with listening(watch) as port, session(servers=()) as net:
            answers = await asyncio.gather(*(net.ask_api(plain(port)) for _ in range(7)))
            await no_threads()
            return [answer.status for answer in answers]

    assert run(look()) == [200] * 7
    assert most == 2


def test_two_runs_that_hang_leave_their_places_to_the_next() -> None:
    async def look() -> int:
        transport = Transport(Resolver(servers=()), lambda: NOW)
        async with listening(saying(b"")) as silent, listening(Api()) as well, transport.session() as net:
            hanging = [asyncio.create_task(net.ask_api(plain(silent))) for _ in range(2)]
            await asyncio.sleep(0.1)
            for task in hanging:
                task.cancel()
            return (await net.ask_api(plain(well))).status

    assert run(look()) == 200


def test_where_no_thread_can_be_had_we_are_starved(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def look() -> Cause:
        async with listening(Api()) as port, session(servers=()) as net:
            before = open_files()
            with monkeypatch.context() as patched:
                patched.setattr(threading.Thread, "start", refuse)
                cause = await cause_of(net.ask_api(plain(port)))
            await asyncio.sleep(0.05)
            assert open_files() <= before
            return cause

    assert run(look()) is Cause.BLIND


def test_requests_is_imported_by_the_first_look_and_not_before() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, checks.registry, watchdog.app; print('requests' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "False\n"


def test_a_peer_that_resets_during_the_tls_handshake_is_no_broken_http() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        # Without lingering the kernel sends a reset instead of an end.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async def look() -> None:
        async with listening(reset) as port, session(servers=()) as net:
            with pytest.raises(ProbeError, match="by the peer during the TLS handshake") as caught:
                await net.ask_api(ApiRequest(url=f"https://127.0.0.1:{port}/"))
            assert caught.value.cause is Cause.TLS_HANDSHAKE

    run(look())
