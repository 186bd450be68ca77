"""The columns: how each kind is pointed at a peer on loopback."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

from tests.support.matrix.grid import Face, Place, Speech, Stage
from tests.support.registry import DOMAIN

Options: TypeAlias = Mapping[str, object]


def _mail(protocol: Speech, tls: Literal["none", "starttls", "implicit"]) -> Face:
    return Face(
        title=f"`{protocol}`",
        kind=protocol,
        speaks=protocol,
        is_wrapped=tls == "implicit",
        options=lambda place, stage: {**_host(place), "tls": tls, **_trust(stage)},
    )


def _web(title: str, kind: str, speaks: Speech, options: Callable[[str], Options], *, is_wrapped: bool = False) -> Face:
    """`options` of the peer's base address."""

    def all_options(place: Place, stage: Stage) -> Options:
        base = f"{'https' if is_wrapped else 'http'}://127.0.0.1:{place}/"
        return {**options(base), **(_trust(stage) if is_wrapped else {})}

    return Face(title=title, kind=kind, speaks=speaks, is_wrapped=is_wrapped, options=all_options)


def _certificate(title: str, speaks: Speech, options: Options, *, is_wrapped: bool) -> Face:
    return Face(
        title=title,
        kind="tls_certificate",
        speaks=speaks,
        is_wrapped=is_wrapped,
        options=lambda place, stage: {**_host(place), **options, **_trust(stage)},
    )


def _host(place: Place) -> Options:
    return {"host": "127.0.0.1", "port": int(place)}


def _trust(stage: Stage) -> Options:
    return {"ca_file": str(stage.authority.ca_file)}


def _page(base: str) -> Options:
    return {"url": base}


def _registry(base: str) -> Options:
    return {"domain": DOMAIN, "rdap_url": base}


def _counter(base: str) -> Options:
    return {"url": base, "pointer": "/sessions"}


_MAIL: Sequence[Speech] = ("smtp", "imap", "pop3")
_BY_RDAP = "`domain_expiry` by RDAP"

TCP = Face(title="`tcp`", kind="tcp", speaks="smtp", options=lambda place, _: _host(place))
HTTP = _web("`http`", "http", "http", _page)
HTTP_WORDS = _web("`http` with `body_regex`", "http", "http", lambda base: {"url": base, "body_regex": "welcome"})
SMTP, IMAP, POP3 = (_mail(protocol, "none") for protocol in _MAIL)
RDAP = _web(_BY_RDAP, "domain_expiry", "rdap", _registry)
WHOIS = Face(
    title="`domain_expiry` by WHOIS",
    kind="domain_expiry",
    speaks="whois",
    options=lambda place, _: {"domain": DOMAIN, "whois_server": f"127.0.0.1:{place}"},
)
OFFICE = _web("`eoffice_capacity`", "eoffice_capacity", "counter", _counter)
PROMETHEUS = _web(
    "`eoffice_capacity` by Prometheus",
    "eoffice_capacity",
    "prometheus",
    lambda base: {"prometheus": base, "query": "sessions"},
)
DNS = Face(title="`dns` A", kind="dns", speaks="dns", options=lambda place, _: {"name": "a.example", "server": place})
DNS_TEXT = Face(
    title="`dns` TXT",
    kind="dns",
    speaks="dns",
    options=lambda place, _: {"name": "a.example", "type": "TXT", "server": place},
)
BILLS = Face(title="`invoice_due`", kind="invoice_due", speaks="file", options=lambda place, _: {"csv": place})

PLAIN = (TCP, HTTP, SMTP, IMAP, POP3, RDAP, WHOIS, OFFICE, PROMETHEUS)
PAGES = (HTTP, HTTP_WORDS, RDAP, OFFICE, PROMETHEUS)
WRAPPED = (
    _certificate("`tls_certificate`", "smtp", {}, is_wrapped=True),
    _web("`http`", "http", "http", _page, is_wrapped=True),
    *(_mail(protocol, "implicit") for protocol in _MAIL),
    _web(_BY_RDAP, "domain_expiry", "rdap", _registry, is_wrapped=True),
    _web("`eoffice_capacity`", "eoffice_capacity", "counter", _counter, is_wrapped=True),
)
STARTTLS = (
    *(_certificate(f"`tls_certificate` by `{one}`", one, {"starttls": one}, is_wrapped=False) for one in _MAIL),
    *(_mail(protocol, "starttls") for protocol in _MAIL),
)
