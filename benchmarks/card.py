"""What is measured: every contest by name, with its bar (docs/performance.md)."""

from collections.abc import Mapping, Sequence

from benchmarks.blackbox import Blackbox
from benchmarks.name_server import NAME, NameServer
from benchmarks.ours import Nigehban
from benchmarks.peers import CHECK_IMAP, CHECK_SMTP, CHECK_TCP
from benchmarks.plugin import Plugin
from benchmarks.rounds import Contest
from benchmarks.target import HOST, Target

ROWS: Sequence[str] = (
    "http",
    "http-deferred",
    "tls-ecdsa",
    "tls-rsa",
    "https",
    "smtp",
    "dns",
    "check_smtp",
    "check_imap",
    "check_tcp",
)


def contests(target: Target, name_server: NameServer) -> Mapping[str, Contest]:
    """All of ROWS."""
    return {
        **_web(target),
        **_tls(target),
        "smtp": Contest(
            work="SMTP EHLO + STARTTLS, ECDSA chain read",
            peer=Blackbox("smtp_starttls", f"{HOST}:{target.smtp_port}", target.ca_file),
            ours=_smtp(target),
            bar=0.85,
            target=target,
        ),
        "dns": Contest(
            work="DNS query, one A record compared",
            peer=Blackbox("dns_a", name_server.place, target.ca_file),
            ours=Nigehban("dns", {"name": NAME, "contains": ["192.0.2.25"], "server": name_server.place}),
            bar=0.8,
            target=name_server,
        ),
        **_plugins(target),
    }


def _web(target: Target) -> Mapping[str, Contest]:
    https = {"url": target.https_url, "ca_file": str(target.ca_file)}
    return {
        "http": Contest(
            work="plain HTTP GET, fresh connection",
            peer=Blackbox("http_2xx", target.http_url, target.ca_file),
            ours=Nigehban("http", {"url": target.http_url}),
            bar=0.25,
            target=target,
        ),
        "http-deferred": Contest(
            work="the same, target woken once",
            peer=Blackbox("http_2xx", target.deferred_url, target.ca_file),
            ours=Nigehban("http", {"url": target.deferred_url}),
            bar=None,
            target=target,
        ),
        "https": Contest(
            work="HTTPS GET, ECDSA chain",
            peer=Blackbox("http_2xx", target.https_url, target.ca_file),
            ours=Nigehban("http", https),
            bar=0.85,
            target=target,
        ),
    }


def _tls(target: Target) -> Mapping[str, Contest]:
    ports = {"ecdsa": target.ecdsa_port, "rsa": target.rsa_port}
    return {
        f"tls-{key}": Contest(
            work=f"TLS handshake, {key.upper()} chain read",
            peer=Blackbox("tcp_tls", f"{HOST}:{port}", target.ca_file),
            ours=_handshake(target, port),
            bar=1.0,
            target=target,
        )
        for key, port in ports.items()
    }


def _plugins(target: Target) -> Mapping[str, Contest]:
    imap = {"host": HOST, "port": target.imaps_port, "tls": "implicit", "ca_file": str(target.ca_file)}
    pairs = {
        "check_smtp": (
            "SMTP with STARTTLS, beside a process per look",
            Plugin([CHECK_SMTP.require(), "-H", HOST, "-p", str(target.smtp_port), "-S"]),
            _smtp(target),
        ),
        "check_imap": (
            "IMAP over TLS, beside a process per look",
            Plugin([CHECK_IMAP.require(), "-H", HOST, "-p", str(target.imaps_port), "-S"]),
            Nigehban("imap", imap),
        ),
        "check_tcp": (
            "TLS handshake, beside a process per look",
            Plugin([CHECK_TCP.require(), "-H", HOST, "-p", str(target.ecdsa_port), "-S"]),
            _handshake(target, target.ecdsa_port),
        ),
    }
    return {
        name: Contest(work=work, peer=peer, ours=ours, bar=0.25, target=target)
        for name, (work, peer, ours) in pairs.items()
    }


def _smtp(target: Target) -> Nigehban:
    options = {"host": HOST, "port": target.smtp_port, "tls": "starttls", "ca_file": str(target.ca_file)}
    return Nigehban("smtp", options)


def _handshake(target: Target, port: int) -> Nigehban:
    return Nigehban("tls_certificate", {"host": HOST, "port": port, "ca_file": str(target.ca_file)})
