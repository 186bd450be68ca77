"""`eoffice_capacity` against hostile APIs: the right cause, in time, in little memory, and no thread left behind."""

import asyncio
import gzip
import socket
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from checks.network.network import Transport
from checks.network.resolver import Resolver
from tests.support.certificates import Authority
from tests.support.hostile import (
    BIG_BODY,
    CHUNKED_BODY,
    ENDLESS_BANNER,
    ENDLESS_REPLY,
    GARBAGE,
    HALF_HANDSHAKE,
    HEADER_BOMB,
    REDIRECT_LOOP,
    Handler,
    HostileHost,
    answers,
    drip,
    endless,
    gzip_bomb,
    reset,
    server_context,
    tarpit,
)
from tests.support.look_child import Cost, Looker
from tests.support.network import refused_port
from tests.support.peer import wait_until
from tests.support.real_look import spec_of, surroundings
from watchdog.clock import system_clock
from watchdog.engine.runner import Run, run_check

TIMEOUT_S = 1.0

KIND = "eoffice_capacity"


def said(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> Handler:
    head = b"".join(field + b"\r\n" for field in fields)
    return answers(b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, head, len(body), body))


async def body_drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    await drip(b'{"sessions": ')(reader, writer)


PEERS: Mapping[str, tuple[Handler, str, str]] = {
    "tarpit": (tarpit, "critical", "timeout"),
    "drip of another protocol": (drip(b"220 "), "critical", "timeout"),
    "drip of headers": (drip(b"HTTP/1.1 200 OK\r\nX: y\r\n"), "critical", "timeout"),
    "drip of a body": (body_drip, "critical", "timeout"),
    "half a handshake": (HALF_HANDSHAKE, "critical", "timeout"),
    "trailers without end": (
        endless(b"X: y\r\n" * 1000, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n87\r\n0\r\n"),
        "critical", "timeout",
    ),
    "endless banner": (ENDLESS_BANNER, "critical", "too_large"),
    "endless reply": (ENDLESS_REPLY, "critical", "protocol"),
    "endless continue": (endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "critical", "too_large"),
    "garbage": (GARBAGE, "critical", "protocol"),
    "reset": (reset, "critical", "protocol"),
    "header bomb": (HEADER_BOMB, "critical", "too_large"),
    "cookie flood": (
        endless(b"", b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: a=b; expires=%s\r\n" % (b"1 " * 20_000) + b"\r\n"),
        "critical", "timeout",
    ),
    "1 GB body": (BIG_BODY, "unknown", "too_large"),
    "chunks without end": (CHUNKED_BODY, "unknown", "too_large"),
    "gzip bomb": (gzip_bomb(), "unknown", "too_large"),
    "gzip bomb in gzip": (
        said(gzip.compress(gzip.compress(b"\0" * (1 << 26), 9), 9), b"Content-Encoding: gzip, gzip"),
        "unknown", "protocol",
    ),
    "redirect loop": (REDIRECT_LOOP, "unknown", "unparsable"),
    "redirect with 1 GB behind": (
        endless(b"a" * 65_536, b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 1073741824\r\n\r\n"),
        "unknown", "too_large",
    ),
    "redirect to the metadata": (
        said(b"", b"Location: http://169.254.169.254/latest/meta-data/", status=b"302 Found"), "unknown", "unparsable",
    ),
    "HTML": (said(b"<!doctype html><title>Sign in</title>"), "unknown", "unparsable"),
    "deep JSON": (said(b'{"sessions":' * 20_000), "unknown", "unparsable"),
    "much JSON": (said(b"[" + b'{"":0},' * 140_000 + b"0]"), "unknown", "too_large"),
    "many digits": (said(b'{"sessions": 1%s}' % (b"0" * 200_000)), "unknown", "unparsable"),
    "endless number": (said(b'{"sessions": 1e999}'), "unknown", "unparsable"),
    "status 999": (said(b"", status=b"999 What"), "unknown", "unparsable"),
}  # fmt: skip


@pytest.fixture(scope="module")
def warm(host: HostileHost, looker: Looker) -> Looker:
    """Everything is imported and built once before memory is measured."""
    port = host.serve(said(b'{"sessions": 12}'))
    assert looker.look(KIND, {"url": f"http://127.0.0.1:{port}/", "pointer": "/sessions"}, 5).status == "ok"
    looker.look(KIND, {"url": f"https://127.0.0.1:{port}/", "pointer": "/sessions"}, 5)
    return looker


def threads(looker: Looker) -> int:
    return len(list(Path(f"/proc/{looker._child.pid}/task").iterdir()))


def looked(looker: Looker, options: Mapping[str, object], cause: str = "") -> Cost:
    """One look, within its bounds, that leaves no thread behind. Where no time-out is expected there is time enough."""
    before = threads(looker)
    cost = looker.look(KIND, options, TIMEOUT_S if cause == "timeout" else 30)
    wait_until(lambda: threads(looker) <= before, 60, "a thread outlives its look")
    assert cost.excess == ""
    return cost


@pytest.mark.parametrize("peer", PEERS)
def test_a_hostile_counter(host: HostileHost, warm: Looker, peer: str) -> None:
    handler, status, cause = PEERS[peer]
    cost = looked(warm, {"url": f"http://127.0.0.1:{host.serve(handler)}/", "pointer": "/sessions"}, cause)
    assert (cost.status, cost.cause) == (status, cause)


def test_a_counter_that_answers_in_chunks_of_one_byte(host: HostileHost, warm: Looker) -> None:
    """A fast machine reads up to the cap before the time is over, a slow one does not."""
    port = host.serve(endless(b"1\r\na\r\n" * 1000, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
    cost = looked(warm, {"url": f"http://127.0.0.1:{port}/", "pointer": "/sessions"}, "timeout")
    assert cost.cause in {"too_large", "timeout"}


@pytest.mark.parametrize(
    "peer",
    ["tarpit", "drip of headers", "reset", "header bomb", "1 GB body", "redirect to the metadata", "HTML", "deep JSON"],
)
def test_a_hostile_prometheus_is_never_the_eoffices_fault(host: HostileHost, warm: Looker, peer: str) -> None:
    handler, _, cause = PEERS[peer]
    cost = looked(warm, {"prometheus": f"http://127.0.0.1:{host.serve(handler)}", "query": "sessions"}, cause)
    assert (cost.status, cost.cause) == ("unknown", cause)


@pytest.mark.parametrize(
    ("handler", "cause"),
    [
        (tarpit, "timeout"),
        (HALF_HANDSHAKE, "timeout"),
        (GARBAGE, "tls_handshake"),
        (ENDLESS_BANNER, "tls_handshake"),
        (BIG_BODY, "tls_handshake"),
        (reset, "tls_handshake"),
    ],
    ids=["tarpit", "half a handshake", "garbage", "endless banner", "plain HTTP", "reset"],
)
def test_a_handshake_with_a_hostile_counter(host: HostileHost, warm: Looker, handler: Handler, cause: str) -> None:
    cost = looked(warm, {"url": f"https://127.0.0.1:{host.serve(handler)}/", "pointer": "/sessions"}, cause)
    assert (cost.status, cost.cause) == ("critical", cause)


@pytest.mark.parametrize(
    ("handler", "verdict"),
    [
        (tarpit, ("critical", "timeout")),
        (drip(b"HTTP/1.1 200 OK\r\nX: y\r\n"), ("critical", "timeout")),
        (BIG_BODY, ("unknown", "too_large")),
        (HEADER_BOMB, ("critical", "too_large")),
    ],
    ids=["tarpit", "drip", "1 GB body", "header bomb"],
)
def test_foul_things_inside_of_tls(
    host: HostileHost, warm: Looker, authority: Authority, *, handler: Handler, verdict: tuple[str, str]
) -> None:
    port = host.serve(handler, server_context(authority.leaf("127.0.0.1")))
    options = {"url": f"https://127.0.0.1:{port}/", "pointer": "/sessions", "ca_file": str(authority.ca_file)}
    cost = looked(warm, options, verdict[1])
    assert (cost.status, cost.cause) == verdict


def test_a_closed_port(warm: Looker) -> None:
    cost = looked(warm, {"url": f"http://127.0.0.1:{refused_port()}/", "pointer": "/sessions"})
    assert (cost.status, cost.cause) == ("critical", "refused")


def test_a_name_server_that_keeps_silent_costs_the_deadline_and_no_thread(tmp_path: Path) -> None:
    (tmp_path / "hosts").touch()
    spec = spec_of(KIND, {"url": "http://eoffice.example/", "pointer": "/sessions"}, 0.5)

    async def look(server: str) -> Run:
        transport = Transport(Resolver(servers=(server,), hosts_file=tmp_path / "hosts"), system_clock)
        try:
            return await run_check(spec, surroundings(transport), now=system_clock(), kept={}, timeout_s=0.5)
        finally:
            transport.close()

    before = threading.active_count()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        (seen,) = asyncio.run(look(f"127.0.0.1:{silent.getsockname()[1]}")).observations
    assert (seen.finding.status.value, seen.finding.cause.value) == ("unknown", "blind")
    wait_until(lambda: threading.active_count() <= before, 60, "a thread outlives its look")
