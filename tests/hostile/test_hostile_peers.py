"""Each kind against each hostile peer that applies: the right cause, in time, in little memory, alone affected."""

from collections.abc import Callable, Mapping

import pytest

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
    SmtpPeer,
    answers,
    drip,
    gzip_bomb,
    server_context,
    tarpit,
)
from tests.support.look_child import Cost, Looker

TIMEOUT_S = 1.0
#: FAULTS rows 20 and 22.
LATE_S = 0.5
GROWTH_MIB = 20.0
#: What a busy machine may add to a healthy look beside the hostile one.
HEALTHY_S = 0.5


def bounded(cost: Cost) -> None:
    assert cost.duration_s <= TIMEOUT_S + LATE_S
    assert cost.growth_mib < GROWTH_MIB
    assert cost.healthy_all_ok
    assert cost.healthy_worst_s < HEALTHY_S


PLAIN: Mapping[str, Handler] = {
    "tarpit": tarpit,
    "drip": drip(b"220 "),
    "endless banner": ENDLESS_BANNER,
    "endless reply": ENDLESS_REPLY,
    "garbage": GARBAGE,
    "half handshake": HALF_HANDSHAKE,
    "header bomb": HEADER_BOMB,
    "big body": BIG_BODY,
    "chunked body": CHUNKED_BODY,
    "redirect loop": REDIRECT_LOOP,
}


@pytest.mark.parametrize("peer", PLAIN)
def test_an_open_port_is_open_whatever_it_says(host: HostileHost, looker: Looker, peer: str) -> None:
    cost = looker.look("tcp", {"host": "127.0.0.1", "port": host.serve(PLAIN[peer])}, TIMEOUT_S)
    assert cost.status == "ok"
    bounded(cost)


@pytest.mark.parametrize(
    ("peer", "cause"),
    [
        ("tarpit", "timeout"),
        ("drip", "protocol"),
        ("endless banner", "protocol"),
        ("endless reply", "protocol"),
        ("garbage", "protocol"),
        ("header bomb", "too_large"),
        ("redirect loop", "redirect_loop"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"body_regex": "welcome"}], ids=["counting", "reading"])
def test_a_page_from_a_hostile_server(
    host: HostileHost, looker: Looker, peer: str, cause: str, options: Mapping[str, object]
) -> None:
    url = f"http://127.0.0.1:{host.serve(PLAIN[peer])}/"
    cost = looker.look("http", {"url": url, **options}, TIMEOUT_S)
    assert (cost.status, cost.cause) == ("critical", cause)
    bounded(cost)


@pytest.mark.parametrize("peer", ["big body", "chunked body"])
def test_a_page_without_end_is_cut_and_its_size_matters_only_to_who_reads_it(
    host: HostileHost, looker: Looker, peer: str
) -> None:
    url = f"http://127.0.0.1:{host.serve(PLAIN[peer])}/"
    counted = looker.look("http", {"url": url}, TIMEOUT_S)
    read = looker.look("http", {"url": url, "body_regex": "welcome"}, TIMEOUT_S)
    assert (counted.cause, read.cause) == ("none", "too_large")
    bounded(counted)
    bounded(read)


def test_a_page_that_drips_its_headers(host: HostileHost, looker: Looker) -> None:
    port = host.serve(drip(b"HTTP/1.1 200 OK\r\nX: y\r\n"))
    cost = looker.look("http", {"url": f"http://127.0.0.1:{port}/"}, TIMEOUT_S)
    assert cost.cause == "timeout"
    bounded(cost)


def test_a_page_that_unpacks_without_end(host: HostileHost, looker: Looker) -> None:
    url = f"http://127.0.0.1:{host.serve(gzip_bomb())}/"
    cost = looker.look("http", {"url": url, "body_regex": "welcome"}, TIMEOUT_S)
    assert (cost.status, cost.cause) == ("critical", "too_large")
    bounded(cost)


@pytest.mark.parametrize(
    ("peer", "cause"),
    [
        ("tarpit", "timeout"),
        ("drip", "tls_handshake"),
        ("endless banner", "tls_handshake"),
        ("endless reply", "tls_handshake"),
        ("garbage", "tls_handshake"),
        ("half handshake", "timeout"),
        ("big body", "tls_handshake"),
    ],
)
@pytest.mark.parametrize("kind", ["tls_certificate", "http", "smtp"])
def test_a_handshake_with_a_hostile_server(host: HostileHost, looker: Looker, kind: str, peer: str, cause: str) -> None:
    cost = looker.look(kind, encrypted(kind, host.serve(PLAIN[peer])), TIMEOUT_S)
    # A peer that drips may run out of time before OpenSSL has a whole record to refuse.
    assert (cost.status, cost.cause) in {("critical", cause), *([("critical", "timeout")] if peer == "drip" else [])}
    bounded(cost)


def encrypted(kind: str, port: int) -> Mapping[str, object]:
    match kind:
        case "http":
            return {"url": f"https://127.0.0.1:{port}/"}
        case "smtp":
            return {"host": "127.0.0.1", "port": port, "tls": "implicit"}
        case _:
            return {"host": "127.0.0.1", "port": port}


@pytest.mark.parametrize(
    ("peer", "cause"),
    [
        ("tarpit", "timeout"),
        ("drip", "timeout"),
        ("endless banner", "too_large"),
        ("endless reply", "too_large"),
        ("garbage", "timeout"),
        ("half handshake", "timeout"),
        ("big body", "protocol"),
    ],
)
def test_a_mail_session_with_a_hostile_server(host: HostileHost, looker: Looker, peer: str, cause: str) -> None:
    cost = looker.look("smtp", {"host": "127.0.0.1", "port": host.serve(PLAIN[peer])}, TIMEOUT_S)
    assert (cost.status, cost.cause) == ("critical", cause)
    bounded(cost)


STARTTLS: Mapping[str, tuple[SmtpPeer, str]] = {
    "stripped": (SmtpPeer(offers=(b"SIZE 1000",)), "tls_missing"),
    "garbage": (SmtpPeer(after_go_ahead=GARBAGE), "tls_handshake"),
    "half": (SmtpPeer(after_go_ahead=HALF_HANDSHAKE), "timeout"),
    "silence": (SmtpPeer(after_go_ahead=tarpit), "timeout"),
    "injected": (SmtpPeer(after_go_ahead=tarpit, injected=b"250 plain text\r\n"), "protocol"),
}


@pytest.mark.parametrize("peer", STARTTLS)
def test_starttls_with_a_hostile_server(host: HostileHost, looker: Looker, peer: str) -> None:
    server, cause = STARTTLS[peer]
    options = {"host": "127.0.0.1", "port": host.serve(server), "tls": "starttls"}
    cost = looker.look("smtp", options, TIMEOUT_S)
    assert (cost.status, cost.cause) == ("critical", cause)
    bounded(cost)


#: TLS that is done well, with something foul inside.
INSIDE: Mapping[str, Callable[[], Handler]] = {
    "tarpit": lambda: tarpit,
    "drip": lambda: drip(b"HTTP/1.1 200 OK\r\nX: y\r\n"),
    "big body": lambda: BIG_BODY,
    "endless reply": lambda: ENDLESS_REPLY,
}


@pytest.mark.parametrize(
    ("kind", "peer", "cause"),
    [
        ("http", "tarpit", "timeout"),
        ("http", "drip", "timeout"),
        ("http", "big body", "none"),
        ("http", "endless reply", "protocol"),
        ("smtp", "tarpit", "timeout"),
        ("smtp", "endless reply", "too_large"),
        ("tls_certificate", "tarpit", "none"),
        ("tls_certificate", "endless reply", "none"),
    ],
)
def test_foul_things_inside_of_tls(
    host: HostileHost, looker: Looker, authority: Authority, *, kind: str, peer: str, cause: str
) -> None:
    port = host.serve(INSIDE[peer](), server_context(authority.leaf("127.0.0.1")))
    cost = looker.look(kind, {**encrypted(kind, port), "ca_file": str(authority.ca_file)}, TIMEOUT_S)
    assert cost.cause == cause
    bounded(cost)


@pytest.mark.parametrize(
    ("body", "options", "verdict"),
    [
        (b'[{"":0}' + b',{"":0}' * 149_000 + b"]", {"json_pointer": "/0"}, ("critical", "too_large")),
        (b'[{"":0}' + b',{"":0}' * 37_000 + b"]", {"json_pointer": "/0"}, ("ok", "none")),
        (b"a" * 2**20, {"body_regex": r"(.|\n)*zzz"}, ("unknown", "unparsable")),
        (b"x" * 2**20, {"body_regex": "x.*x.*y"}, ("unknown", "unparsable")),
        ("😀".encode() * 2**18, {"body_regex": "y+"}, ("critical", "mismatch")),
    ],
    ids=[
        "much JSON",
        "JSON of many parts",
        "a pattern that keeps much",
        "a pattern that takes long",
        "wide characters",
    ],
)
def test_a_page_that_is_dear_to_read(
    host: HostileHost, looker: Looker, *, body: bytes, options: Mapping[str, object], verdict: tuple[str, str]
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    cost = looker.look("http", {"url": f"http://127.0.0.1:{host.serve(answers(head + body))}/", **options}, 5.0)
    assert (cost.status, cost.cause) == verdict
    assert cost.growth_mib < GROWTH_MIB
    assert cost.healthy_all_ok
    assert cost.healthy_worst_s < HEALTHY_S
