"""One question of a kind of check to a name server, answered as it came: codes are the answer, not a failure."""

import asyncio

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from checks.model import Cause
from checks.network.dns_query import NoAnswerError, ask, question
from checks.network.errors import ProbeError
from checks.network.name_servers import NameServer
from checks.network.values import DnsAnswer, DnsQuestion


async def query(server: NameServer, asked: DnsQuestion) -> DnsAnswer:
    """What `server` says. Waits for ever: the caller sets the time limit.

    Raises ProbeError(UNREACHABLE) where it cannot be asked, ProbeError(PROTOCOL) where it sends what cannot be read.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    kind = dns.rdatatype.from_text(asked.type)
    try:
        answer = await ask(server, question(asked.name, kind))
    except NoAnswerError as error:
        raise ProbeError(Cause.PROTOCOL if error.heard else Cause.UNREACHABLE, str(error)) from None
    return _as_value(answer, server, loop.time() - began)


def _as_value(answer: dns.message.QueryMessage, server: NameServer, took_s: float) -> DnsAnswer:
    try:
        chain = answer.resolve_chaining()
    except dns.exception.DNSException:
        raise ProbeError(Cause.PROTOCOL, f"name server {server.shown}: its chain of aliases (CNAME) loops") from None
    return DnsAnswer(
        code=dns.rcode.to_text(answer.rcode()),
        records=() if chain.answer is None else tuple(record.to_text() for record in chain.answer),
        aliases=tuple(rrset[0].target.to_text() for rrset in chain.cnames),
        ttl_s=chain.minimum_ttl if chain.answer is not None else None,
        is_authoritative=bool(answer.flags & dns.flags.AA),
        is_referral=not answer.answer and any(rrset.rdtype is dns.rdatatype.NS for rrset in answer.authority),
        server=server.shown,
        took_s=took_s,
        over_tcp=False,
    )
