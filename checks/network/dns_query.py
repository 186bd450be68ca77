"""Questions of the resolver to one name server, as messages of dnspython. What comes back is untrusted."""

import secrets
from functools import partial

import dns.exception
import dns.message
import dns.name
import dns.rdatatype

from checks.network.dns_exchange import NoAnswerError as NoAnswerError  # noqa: PLC0414  # whoever asks catches it
from checks.network.dns_exchange import exchange, is_cut
from checks.network.name_servers import NameServer

#: The size that passes every path unfragmented (DNS flag day 2020).
UDP_PAYLOAD_BYTES = 1232
_ID_BYTES = 2
_MAX_ID = 0xFFFF


def question(name: str, kind: dns.rdatatype.RdataType, *, plain: bool = False) -> dns.message.QueryMessage:
    """A query with an unguessable id; `plain` leaves EDNS out, for servers that know nothing of it."""
    return dns.message.make_query(
        dns.name.from_text(name),
        kind,
        id=secrets.randbelow(_MAX_ID + 1),
        use_edns=-1 if plain else 0,
        payload=UDP_PAYLOAD_BYTES,
    )


async def ask(server: NameServer, query: dns.message.QueryMessage) -> dns.message.QueryMessage:
    """The server's answer to exactly this query, sent once. Waits for ever: the caller sets the time limit.

    Raises NoAnswerError where the server refuses the connection or sends what cannot be read.
    """
    answer, _ = await exchange(server, (query.to_wire(),), partial(parse, query=query))
    return answer


def parse(wire: bytes, query: dns.message.QueryMessage) -> dns.message.QueryMessage:
    """The message in `wire`, if it answers `query`: same id, same question. Raises NoAnswerError otherwise.

    A compression loop cannot hang it: dnspython follows pointers only backwards.
    """
    is_ours = wire[:_ID_BYTES] == query.id.to_bytes(_ID_BYTES, "big")
    # What follows the question of a cut answer may end in the middle of a record, and is not used anyway.
    try:
        answer = dns.message.from_wire(wire, ignore_trailing=True, question_only=is_cut(wire))
    except (dns.exception.DNSException, ValueError, IndexError, KeyError, AssertionError) as error:
        text = f"unreadable answer ({type(error).__name__})"
        raise NoAnswerError(text, heard=True, is_broken=is_ours) from None
    if not isinstance(answer, dns.message.QueryMessage) or not query.is_response(answer):
        raise NoAnswerError("an answer to another question", heard=True)
    return answer
