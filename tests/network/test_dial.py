import asyncio
import errno
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from checks.model import Cause
from checks.network.connection import IdleProtocol
from checks.network.dial import dial, most_telling
from checks.network.errnos import has_route, lost_error, probe_error
from checks.network.errors import BlindError, ProbeError
from tests.support.network import cause_of, listening, open_files, refused_port, run, run_on_asyncio, saying, session

OURS = {
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOBUFS,
    errno.ENOMEM,
    errno.EADDRNOTAVAIL,
    errno.EAFNOSUPPORT,
    errno.ENETDOWN,
    errno.EPERM,
    errno.EACCES,
}


@pytest.mark.parametrize("number", sorted(errno.errorcode), ids=errno.errorcode.get)
def test_every_error_of_the_kernel_has_a_cause_that_blames_the_right_side(number: int) -> None:
    seen = probe_error(OSError(number, os.strerror(number)), "mx.example:25", "127.0.0.1")
    assert isinstance(seen, BlindError) == (number in OURS)
    assert seen.detail.startswith("mx.example:25: ")


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.ECONNREFUSED, Cause.REFUSED),
        (errno.ETIMEDOUT, Cause.TIMEOUT),
        (errno.EHOSTUNREACH, Cause.UNREACHABLE),
        (errno.ECONNRESET, Cause.PROTOCOL),
        (errno.EPIPE, Cause.PROTOCOL),
        (errno.EMFILE, Cause.BLIND),
    ],
)
def test_the_common_errors_have_the_causes_people_expect(number: int, cause: Cause) -> None:
    assert probe_error(OSError(number, ""), "place").cause is cause


def test_an_unreachable_network_is_the_path_s_fault_only_where_we_have_a_route() -> None:
    unreachable = OSError(errno.ENETUNREACH, "")
    assert probe_error(unreachable, "place", "192.0.2.1", lambda _address: True).cause is Cause.UNREACHABLE
    assert probe_error(unreachable, "place", "192.0.2.1", lambda _address: False).cause is Cause.BLIND
    assert has_route("127.0.0.1")


def test_errors_without_a_number_have_causes_too() -> None:
    assert probe_error(TimeoutError(), "place").cause is Cause.TIMEOUT
    assert probe_error(ConnectionError(), "place").cause is Cause.PROTOCOL
    assert probe_error(OSError("odd"), "place").cause is Cause.UNREACHABLE


def test_what_ends_a_connection_is_told_from_its_plain_end() -> None:
    told = ProbeError(Cause.TLS_HANDSHAKE, "x")
    reset = lost_error(ConnectionResetError(errno.ECONNRESET, ""), "place")
    odd = lost_error(RuntimeError("odd"), "place")
    assert lost_error(None, "place") is None
    assert lost_error(told, "place") is told
    assert (reset and reset.cause, odd and odd.cause) == (Cause.PROTOCOL, Cause.PROTOCOL)


def test_an_open_port_connects_and_is_closed_with_its_session() -> None:
    async def look() -> tuple[str, bool, int, int]:
        async with listening(saying(b"220 hello\r\n")) as port:
            before = open_files()
            async with session() as net:
                connection = await net.connect("127.0.0.1", port, "any")
                connection.close()
                connection.close()
                other = await net.connect("127.0.0.1", port, "4")
            await asyncio.sleep(0.05)
            return other.address, other.connect_s > 0, before, open_files()

    address, took_time, before, after = run(look())
    assert (address, took_time) == ("127.0.0.1", True)
    # The server's own ends close a moment later; none of ours is left.
    assert after <= before + 2


def test_a_port_where_nobody_listens_is_refused() -> None:
    async def look() -> tuple[Cause, str]:
        async with session() as net:
            return await cause_of(net.connect("127.0.0.1", refused_port(), "any")), net.transcript()

    for runner in (run, run_on_asyncio):
        cause, transcript = runner(look())
        assert cause is Cause.REFUSED
        assert "connection refused" in transcript


@contextmanager
def full_port() -> Iterator[int]:
    """A port whose queue is full: the kernel drops further attempts, as a dead host would."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(server.getsockname())
        yield int(server.getsockname()[1])


def test_a_dead_address_does_not_hide_a_live_one() -> None:
    async def look() -> str:
        loop = asyncio.get_running_loop()
        with full_port() as port:
            server = await loop.create_server(asyncio.Protocol, "127.0.0.2", port)
            won = await dial(("127.0.0.1", "127.0.0.2"), port, IdleProtocol, "two")
            won.transport.abort()
            server.close()
            return won.address

    assert run_on_asyncio(look()) == "127.0.0.2"


def test_a_refusing_address_does_not_hide_one_that_answers() -> None:
    async def look() -> str:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(asyncio.Protocol, "127.0.0.2", 0)
        port = server.sockets[0].getsockname()[1]
        won = await dial(("127.0.0.1", "127.0.0.2"), port, IdleProtocol, "two")
        won.transport.abort()
        server.close()
        return won.address

    assert run(look()) == "127.0.0.2"


def test_the_target_s_failure_counts_more_than_ours() -> None:
    ours, theirs = BlindError("no IPv6 here"), ProbeError(Cause.REFUSED, "refused")
    assert most_telling([ours, theirs]) is theirs
    assert most_telling([ours, BlindError("no IPv4 either")]) is ours


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("127.0.0.1", "127.0.0.1")])
def test_a_cancelled_dial_leaves_nothing_open(addresses: tuple[str, ...]) -> None:
    async def look() -> tuple[int, int]:
        with full_port() as port:
            counts = []
            for _ in range(5):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await dial(addresses, port, IdleProtocol, "dead")
                await asyncio.sleep(0.05)
                counts.append(open_files())
            return counts[0], counts[-1]

    for runner in (run, run_on_asyncio):
        before, after = runner(look())
        assert after == before
