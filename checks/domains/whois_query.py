"""Asking a WHOIS server (RFC 3912): one line there, text back until it closes."""

from checks.domains.whois_servers import PORT, WhoisServer
from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.guard import realms_of, refuse_foreign
from checks.network.name_servers import split_server
from checks.plugin import CheckContext
from checks.target import check_host, host_and_port

#: Between two questions of ours to one server, whatever they are about: registries count per minute or day.
WHOIS_GAP_S = 2.0

#: Addresses tried of a server that somebody else named.
_REFERRED_ADDRESSES = 2
#: Answers have some hundred at most; each takes a few µs to read, and meanwhile nobody else is looked at.
_MAX_LINES = 5000


def parse_place(text: str) -> tuple[str, int]:
    """Host and port of "whois.pknic.net.pk", "127.0.0.1:4343" or "[::1]:43". Raises ValueError."""
    host, port = split_server(text, PORT)
    return check_host(host), port


def shown(server: WhoisServer) -> str:
    return server.host if server.port == PORT else host_and_port(server.host, server.port)


async def ask_whois(server: WhoisServer, domain: str, ctx: CheckContext) -> bytes:
    """The answer about `domain` (A-label form), at most 256 KiB. Raises ProbeError."""
    return await _asked(server.host, server.port, server.question(domain), ctx)


async def ask_referred(referral: str, referring: WhoisServer, domain: str, ctx: CheckContext) -> bytes:
    """The same from a server that `referring` has named: only at public addresses, or where `referring` is itself.

    Its addresses are looked up once and dialled as they are, so that no second answer of DNS can lead elsewhere.
    Raises ProbeError.
    """
    host, port = _referred_place(referral, referring)
    if not await ctx.net.turn(host_and_port(host, port), WHOIS_GAP_S, ctx.timeout_s / 4):
        raise ProbeError(Cause.RATE_LIMITED, f"{host} was not asked: other checks were first")
    home = realms_of(await ctx.net.addresses(referring.host, "any"))
    addresses = (await ctx.net.addresses(host, "any"))[:_REFERRED_ADDRESSES]
    refuse_foreign(addresses, home, host_and_port(host, port))
    for address in addresses[:-1]:
        try:
            return await _asked(address, port, domain, ctx)
        except ProbeError:
            continue
    return await _asked(addresses[-1], port, domain, ctx)


def _referred_place(referral: str, referring: WhoisServer) -> tuple[str, int]:
    try:
        host, port = parse_place(referral)
    except ValueError:
        host, port = "", PORT
    if "." not in host and ":" not in host:  # one word would be looked up within our own domain
        raise ProbeError(Cause.PROTOCOL, f"{shown(referring)} refers to something that is no server")
    return host, port


async def _asked(host: str, port: int, question: str, ctx: CheckContext) -> bytes:
    dialogue = await ctx.net.dialogue(host, port, "any")
    try:
        await dialogue.send_line(question)
        raw = await dialogue.read_to_end()
    finally:
        dialogue.close()
    if max(raw.count(b"\n"), raw.count(b"\r")) > _MAX_LINES:
        raise ProbeError(Cause.TOO_LARGE, f"{host_and_port(host, port)}: an answer of more than {_MAX_LINES} lines")
    return raw
