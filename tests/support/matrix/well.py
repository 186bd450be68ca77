"""Peers that are as they should be, one for each protocol: the first row of every table."""

import ssl
from datetime import timedelta
from typing import assert_never

from tests.support.certificates import now
from tests.support.eoffice_day import instant
from tests.support.hostile import Handler, SmtpPeer, answers, server_context
from tests.support.hostile_mailbox import ImapPeer, Pop3Peer
from tests.support.matrix.grid import Face, Place, Speech, Stage
from tests.support.registry import http_answer, rdap_answer, rdap_document, stated, whois_text

#: Far enough off for no reminder to be due.
_AHEAD = timedelta(days=400)


def speaker(speaks: Speech, context: ssl.SSLContext | None = None) -> Handler:
    """A server of that protocol with nothing wrong; `context` is for STARTTLS."""
    match speaks:
        case "smtp":
            return SmtpPeer(context=context)
        case "imap":
            return ImapPeer(context=context)
        case "pop3":
            return Pop3Peer(context=context)
        case "http" | "counter" | "prometheus" | "rdap" | "whois":
            return answers(_page(speaks))
        case "dns" | "file":
            raise ValueError(f"{speaks} is not spoken over a connection")
        case _:
            assert_never(speaks)


def _page(speaks: Speech) -> bytes:
    date = stated(now() + _AHEAD)
    match speaks:
        case "counter":
            return http_answer(body=b'{"sessions": 12}')
        case "prometheus":
            return http_answer(body=instant("12", at=now().timestamp()))
        case "rdap":
            return rdap_answer(rdap_document(expires=date))
        case "whois":
            return whois_text(expires=date)
        case _:
            return http_answer(body=b"welcome")


def well(stage: Stage, face: Face) -> Place:
    """Plain, over TLS or behind STARTTLS, as the column has it."""
    context = server_context(stage.authority.leaf("127.0.0.1"))
    handler = speaker(face.speaks, context)
    return str(stage.host.serve(handler, context if face.is_wrapped else None))
