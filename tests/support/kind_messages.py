"""The examples of docs/messages-by-kind.md. `python -m tests.support.kind_messages` writes them anew."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from alerts.message import Message
from alerts.words.render import render
from checks.certificates import tls_certificate
from checks.domains import domain_expiry
from checks.eoffice import eoffice_capacity
from checks.mail import imap, pop3, smtp
from checks.model import Cause
from checks.names import dns
from checks.network.errors import ProbeError
from checks.network.values import DnsAnswer, DnsQuestion, TlsFault, TlsSession
from checks.secret import Secret
from checks.web import http, tcp
from tests.support.eoffice_day import api_answer
from tests.support.fake_network import FakeConnection, answer, certificate, tls
from tests.support.money_stories import MONEY_STORIES
from tests.support.registry import rdap_answer, rdap_document, stated
from tests.support.telling import FINANCE, INVOICE, bill_events, bill_look, directory
from tests.support.watched import NIGHT, Overheard, Spoken, Watched, refusing

PAGE = Path(__file__).parents[2] / "docs" / "messages-by-kind.md"
DAY = timedelta(days=1)

Told: TypeAlias = Iterator[Message]

_HEAD = """\
# Messages by kind

What each kind says to people when something goes bad and when it is well again, word for word: the kinds' own
judgement over written-down answers of servers. How messages are made up: [messages.md](messages.md); what each kind
looks at: [checks.md](checks.md). A test compares this page, `python -m tests.support.kind_messages` writes it anew.
"""


def _tcp() -> Told:
    watched = Watched("portal-port", tcp.KIND, {"host": "portal.example.gov.pk", "port": 443}, service="portal")
    refused = ProbeError(Cause.REFUSED, "portal.example.gov.pk:443: connection refused")
    yield from watched.looks([refusing(refused), Overheard(lambda _family: FakeConnection())])


def _http() -> Told:
    url = "https://portal.example.gov.pk/"
    watched = Watched("portal", http.KIND, {"url": url}, service="portal")
    notice = b"<html><title>Account Suspended</title><body>Contact your hosting provider.</body></html>"
    for response in (answer(200, notice), answer(200), answer(503), answer(200)):
        seen = response._replace(url=url, beginning=response.body, body=b"")
        yield from watched.look(Overheard(response=seen))


def _presented(session: TlsSession) -> Overheard:
    return Overheard(lambda _family: FakeConnection(tls=session))


def _certificate() -> Told:
    name = "mx1.example.gov.pk"
    watched = Watched("mx-certificate", tls_certificate.KIND, {"host": name, "port": 465})
    issuer = "CN=Example CA, O=Example Trust"

    def of(until: timedelta, fingerprint: str, **more: str) -> TlsSession:
        lives = (NIGHT + until - 90 * DAY, NIGHT + until)
        named: dict[str, Any] = {"subject": f"CN={name}", "issuer": issuer, "names": (name,), **more}
        return tls(certificate(lives=lives, fingerprint=fingerprint * 32, **named))

    old, new = of(80 * DAY, "ab"), of(140 * DAY, "cd")
    yield from watched.look(_presented(old))
    yield from watched.look(_presented(old), after=51 * DAY)
    yield from watched.look(_presented(old), after=29 * DAY)
    yield from watched.look(_presented(new))
    missing = TlsFault(cause=Cause.TLS_UNTRUSTED, text="the chain is incomplete: its issuer CN=Example CA is missing")
    yield from watched.looks([_presented(tls(*new.chain, faults=[missing])), _presented(new)])
    yield from watched.look(_presented(of(165 * DAY, "ef", issuer="CN=Somebody Else CA, O=Somebody Else")))


def _mail_server(answers: Mapping[str, Sequence[str]], greeting: str) -> Overheard:
    return Overheard(server=Spoken(answers, greeting=(greeting,), session=tls()))


def _smtp() -> Told:
    watched = Watched("mx", smtp.KIND, {"host": "mx1.example.gov.pk", "rcpt": "minister@example.gov.pk"})
    well = {"EHLO": ("250 mx1.example.gov.pk",), "MAIL": ("250 2.1.0 Ok",), "QUIT": ("221 bye",)}
    for reply in ("550 5.2.1 This account has been suspended, contact billing", "250 2.1.5 Ok"):
        yield from watched.look(_mail_server({**well, "RCPT": (reply,)}, "220 mx1.example.gov.pk ESMTP"))


def _login() -> dict[str, object]:
    return {"host": "mail.example.gov.pk", "user": "probe", "password": Secret("probe", lambda: "hunter2")}


def _imap() -> Told:
    watched = Watched("mailbox", imap.KIND, {**_login(), "mailbox": "INBOX"})
    well = {
        "CAPABILITY": ("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR", "{tag} OK done"),
        "EXAMINE": ("* 23 EXISTS", "{tag} OK [READ-ONLY] opened"),
        "LOGOUT": ("* BYE bye", "{tag} OK done"),
    }
    for reply in ("NO [AUTHENTICATIONFAILED] Authentication failed.", "OK welcome"):
        said = {**well, "AUTHENTICATE": ("+ ",), "AHByb2JlAGh1bnRlcjI=": (f"{{tag}} {reply}",)}
        yield from watched.look(_mail_server(said, "* OK ready"))


def _pop3() -> Told:
    watched = Watched("maildrop", pop3.KIND, _login())
    well = {"CAPA": ("+OK", "SASL PLAIN", "USER", "."), "STAT": ("+OK 2 320",), "QUIT": ("+OK bye",)}
    for reply in ("-ERR [AUTH] Your account has been suspended, contact billing", "+OK logged in"):
        said = {**well, "AUTH PLAIN": ("+ ",), "AHByb2JlAGh1bnRlcjI=": (reply,)}
        yield from watched.look(_mail_server(said, "+OK ready"))


def _dns() -> Told:
    wanted = ["10 mx1.example.gov.pk", "20 mx2.example.gov.pk"]
    watched = Watched("zone", dns.KIND, {"name": "example.gov.pk", "type": "MX", "equals": wanted})
    well = DnsAnswer(
        code="NOERROR",
        records=tuple(f"{record}." for record in wanted),
        aliases=(),
        ttl_s=300,
        is_authoritative=False,
        is_referral=False,
        server="192.0.2.53",
        took_s=0.002,
        over_tcp=False,
    )
    gone = well._replace(code="NXDOMAIN", records=(), ttl_s=None)
    for said in (well._replace(records=well.records[:1]), well, gone, well):
        heard = f"192.0.2.53 answers {said.code} in 2.0 ms | {', '.join(said.records)}".rstrip(" |")
        yield from watched.look(Overheard(answered=partial(_say, said), heard=heard))


def _say(answer_: DnsAnswer, _question: DnsQuestion) -> DnsAnswer:
    return answer_


def _domain() -> Told:
    options = {"domain": "mail.example.gov.pk", "rdap_url": "https://rdap.example.org/"}
    watched = Watched("names", domain_expiry.KIND, options)

    def states(days: float, *statuses: str, registrar: str = "PKNIC") -> Overheard:
        document = rdap_document("example.gov.pk", stated(NIGHT + days * DAY), statuses=statuses, registrar=registrar)
        body = rdap_answer(document).partition(b"\r\n\r\n")[2]
        return Overheard(response=answer(200, body)._replace(url="https://rdap.example.org/domain/example.gov.pk"))

    yield from watched.look(states(70, "active"))
    yield from watched.look(states(70, "active"), after=10 * DAY)
    yield from watched.look(states(70, "active"), after=53 * DAY)
    yield from watched.look(states(70, "client hold"), after=DAY)
    for _ in range(3):
        yield from watched.look(states(435, "active"), after=DAY)
    yield from watched.look(states(435, "active", registrar="Somebody Else"), after=DAY)


def _bills() -> Told:
    paid = replace(INVOICE, settled_on=INVOICE.due, evidence="Acme receipt 0991")
    for happened in bill_events(bill_look("2017-10-30 09:00"), bill_look("2017-11-28 11:00", paid)):
        yield render(happened, FINANCE, directory())


def _eoffice() -> Told:
    options = {"url": "https://eoffice.example.gov.pk/load", "pointer": "/sessions"}
    watched = Watched("e-office-load", eoffice_capacity.KIND, options, service=None, now=NIGHT - timedelta(hours=15))
    for sessions in (80, 85, 91, 97, 60, 92, 93, 5, 70):
        yield from watched.look(_load({"sessions": sessions}))


def _load(document: object) -> Overheard:
    body = json.dumps(document).encode()
    heard = f"200, {len(body)} bytes\nbody begins: {body.decode()}"
    return Overheard(api=lambda _request: api_answer(body), heard=heard)


#: In the order of docs/checks.md.
STORIES: Mapping[str, Callable[[], Told]] = {
    "tcp": _tcp,
    "http": _http,
    "tls_certificate": _certificate,
    "smtp": _smtp,
    "imap": _imap,
    "pop3": _pop3,
    "dns": _dns,
    "domain_expiry": _domain,
    "invoice_due": _bills,
    **MONEY_STORIES,
    "eoffice_capacity": _eoffice,
}


def page() -> str:
    """The whole page, as Markdown."""
    return _HEAD + "".join(f"\n## `{kind}`\n{''.join(map(_block, told()))}" for kind, told in STORIES.items())


def _block(message: Message) -> str:
    return f"\n```text\n{message.subject}\n\n{message.text}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
