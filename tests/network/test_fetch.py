import asyncio
import re
import ssl
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from checks.model import Cause
from checks.network import caps
from checks.network.errors import ProbeError
from checks.network.network import ProbeNetwork, Transport
from checks.network.resolver import Resolver
from checks.network.values import HttpRequest, HttpResponse
from tests.support.certificates import Authority, now
from tests.support.network import (
    NOW,
    Handler,
    answering,
    cause_of,
    listening,
    open_files,
    run,
    run_on_asyncio,
    saying,
    session,
    tls_context,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: id=c00kie\r\nServer: test\r\n\r\nhello"


class Web:
    """Answers by path and remembers what it was asked."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.asked.append(head)
        writer.write(self.pages[head.split(" ")[1]])
        await writer.drain()


def redirect(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize("location", ["http://127.0.0.1:1/GONE?x", "http://10.0.0.1/gone", "/gone", "ftp://x/gone"])
def test_a_redirect_to_where_it_stops_is_told_and_not_followed(location: str) -> None:
    web = Web({"/": redirect(location)})
    response, _ = page(web, HttpRequest(url="http://127.0.0.1:PORT/", stops_at=frozenset({"/gone"})))
    assert (response.status, [hop.location for hop in response.hops]) == (302, [location])
    assert len(web.asked) == 1


def page(web: Web, request: HttpRequest, hosts: Path | None = None) -> tuple[HttpResponse, str]:
    """Fetch `request` ("PORT" in its URL is the server's) and the transcript. Raises ProbeError."""

    async def look() -> tuple[HttpResponse, str]:
        async with listening(web) as port, session(hosts_file=hosts) as net:
            for path, text in web.pages.items():
                web.pages[path] = text.replace(b"PORT", str(port).encode())
            answer = await net.fetch(_at(request, port))
            return answer, net.transcript()

    return run(look())


def _at(request: HttpRequest, port: int) -> HttpRequest:
    return HttpRequest(
        url=request.url.replace("PORT", str(port)),
        method=request.method,
        headers=request.headers,
        body=request.body,
        max_redirects=request.max_redirects,
        want_body=request.want_body,
        ca_file=request.ca_file,
        stops_at=request.stops_at,
    )


def test_a_page_is_fetched_with_its_times() -> None:
    answer, transcript = page(Web({"/": OK}), HttpRequest(url="http://127.0.0.1:PORT/", want_body=True))
    assert (answer.status, answer.body, answer.address, answer.tls) == (200, b"hello", "127.0.0.1", None)
    assert (answer.header("server"), answer.header("X-None")) == ("test", "")
    assert 0 < answer.connect_s < answer.total_s
    assert 0 < answer.first_byte_s < answer.total_s
    assert "GET http://127.0.0.1:" in transcript
    assert "200, 5 bytes; Content-Length: 5; Server: test" in transcript
    assert "c00kie" not in transcript


def test_redirects_are_followed_and_listed() -> None:
    web = Web({"/": redirect("/a"), "/a": redirect("http://127.0.0.1:PORT/b"), "/b": OK})
    answer, _ = page(web, HttpRequest(url="http://127.0.0.1:PORT/"))
    assert [hop.status for hop in answer.hops] == [302, 302, 200]
    assert answer.url.endswith("/b")


def test_with_no_redirects_allowed_the_redirect_is_the_answer() -> None:
    answer, _ = page(
        Web({"/": redirect("http://u:p@x.example/")}), HttpRequest(url="http://127.0.0.1:PORT/", max_redirects=0)
    )
    assert answer.status == 302
    assert answer.hops[0].location == "http://x.example/"


@pytest.mark.parametrize(("allowed", "asked"), [(2, 3), (5, 6), (99, 6)])
def test_a_redirect_loop_ends_at_the_cap(allowed: int, asked: int) -> None:
    web = Web({"/": redirect("/")})
    with pytest.raises(ProbeError) as raised:
        page(web, HttpRequest(url="http://127.0.0.1:PORT/", max_redirects=allowed))
    assert raised.value.cause is Cause.REDIRECT_LOOP
    assert len(web.asked) == asked


def endless(pages: Mapping[str, bytes], *, allowed: int = 5) -> str:
    with pytest.raises(ProbeError) as raised:
        page(Web(pages), HttpRequest(url="http://127.0.0.1:PORT/", max_redirects=allowed))
    assert raised.value.cause is Cause.REDIRECT_LOOP
    return re.sub(r"http://127\.0\.0\.1:\d+", "HOST", raised.value.detail)


def test_a_circle_is_told_by_its_places_without_their_queries() -> None:
    pages = {"/": redirect("/a?key=t0ken"), "/a?key=t0ken": redirect("/b"), "/b": redirect("/a?key=t0ken")}
    assert endless(pages) == "redirects in a circle: HOST/ → HOST/a?… → HOST/b → HOST/a?…"


def test_a_way_without_end_is_told_by_its_places() -> None:
    pages = {f"/{'x' * number}": redirect(f"/{'x' * (number + 1)}") for number in range(5)}
    assert endless(pages, allowed=2) == "more than 2 redirects: HOST/ → HOST/x → HOST/xx → HOST/xxx"


def test_a_circle_that_sets_cookies_says_that_none_are_sent_back() -> None:
    pages = {"/": redirect("/").replace(b"Content-Length", b"Set-Cookie: a=c00kie\r\nContent-Length")}
    detail = endless(pages)
    assert detail.endswith("HOST/ → HOST/; cookies are set on the way, and none are sent back here")
    assert "c00kie" not in detail


def test_long_places_are_cut() -> None:
    assert len(endless({"/": redirect("/" + "x" * 5000), "/" + "x" * 5000: redirect("/")})) < 400


def test_the_beginning_of_a_body_that_nobody_wanted_is_kept() -> None:
    text = bytes(range(256)) * 100
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text)
    answer, _ = page(Web({"/": head + text}), HttpRequest(url="http://127.0.0.1:PORT/"))
    assert (answer.body, answer.body_bytes, answer.beginning) == (b"", len(text), text[: caps.BEGINNING_BYTES])


def test_a_redirect_without_a_place_is_an_answer() -> None:
    answer, _ = page(Web({"/": b"HTTP/1.1 304 Not Modified\r\n\r\n"}), HttpRequest(url="http://127.0.0.1:PORT/"))
    assert answer.status == 304


@pytest.mark.parametrize("place", ["169.254.169.254", "10.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0", "[fe80::1]"])
def test_a_redirect_to_another_kind_of_place_is_not_followed(place: str) -> None:
    with pytest.raises(ProbeError, match="not followed") as raised:
        page(Web({"/": redirect(f"http://{place}/")}), HttpRequest(url="http://127.0.0.1:PORT/"))
    assert raised.value.cause is Cause.PROTOCOL


def test_credentials_go_to_their_own_host_alone(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 a.example b.example\n")
    web = Web({"/": redirect("/same"), "/same": redirect("http://b.example:PORT/other"), "/other": OK})
    request = HttpRequest(url="http://us3r:pa55@a.example:PORT/", headers={"X-Token": "t0ken"})
    _, transcript = page(web, request, hosts)
    assert ["X-Token: t0ken" in head and "Authorization: Basic" in head for head in web.asked] == [True, True, False]
    assert not any(secret in transcript for secret in ("t0ken", "pa55", "us3r"))


def test_a_failing_look_keeps_secrets_out_of_its_error() -> None:
    web = Web({"/?key=t0ken": redirect("ftp://x.example/?key=t0ken")})
    with pytest.raises(ProbeError) as raised:
        page(web, HttpRequest(url="http://u:pa55@127.0.0.1:PORT/?key=t0ken"))
    assert "t0ken" not in raised.value.detail
    assert "pa55" not in raised.value.detail


@pytest.fixture
def root(tmp_path: Path) -> Authority:
    return Authority.root(tmp_path)


def over_tls(web: Web, context: ssl.SSLContext, request: HttpRequest) -> HttpResponse:
    async def look() -> HttpResponse:
        async with listening(web, context) as port, session() as net:
            return await net.fetch(_at(request, port))

    run_on_asyncio(look())
    return run(look())


def test_a_page_over_tls_brings_its_session(root: Authority) -> None:
    request = HttpRequest(url="https://127.0.0.1:PORT/", want_body=True, ca_file=root.ca_file)
    answer = over_tls(Web({"/": OK}), tls_context(root.leaf("127.0.0.1")), request)
    assert answer.body == b"hello"
    assert answer.tls is not None
    assert answer.tls.faults == ()


def test_a_large_page_over_tls_is_read_whole(root: Authority) -> None:
    body = bytes(range(256)) * 4000
    text = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    request = HttpRequest(url="https://127.0.0.1:PORT/", want_body=True, ca_file=root.ca_file)
    assert over_tls(Web({"/": text}), tls_context(root.leaf("127.0.0.1")), request).body == body


def test_an_untrusted_site_is_read_and_reported(root: Authority) -> None:
    answer = over_tls(Web({"/": OK}), tls_context(root.leaf("x.example")), HttpRequest(url="https://127.0.0.1:PORT/"))
    assert answer.status == 200
    assert answer.tls is not None
    assert {fault.cause for fault in answer.tls.faults} == {Cause.TLS_UNTRUSTED, Cause.TLS_NAME_MISMATCH}


@pytest.mark.parametrize(
    ("site", "cause"),
    [
        (("x.example", -10, 30), Cause.TLS_NAME_MISMATCH),
        (("127.0.0.1", -10, -1), Cause.EXPIRED),
        (("127.0.0.1", 1, 30), Cause.NOT_YET_VALID),
    ],
)
@pytest.mark.parametrize("confidential", [{"headers": {"Authorization": "x"}}, {"method": "POST", "body": b"x"}])
def test_nothing_confidential_is_sent_to_a_site_that_cannot_prove_itself(
    root: Authority, site: tuple[str, int, int], cause: Cause, confidential: dict[str, object]
) -> None:
    name, start_days, end_days = site
    start, end = NOW + timedelta(days=start_days), NOW + timedelta(days=end_days)
    pair = root.leaf(name, not_before=start, not_after=end)
    web = Web({"/": OK})

    async def look() -> Cause:
        async with listening(web, tls_context(pair)) as port, session() as net:
            url = f"https://127.0.0.1:{port}/"
            return await cause_of(net.fetch(HttpRequest(url=url, ca_file=root.ca_file, **confidential)))  # type: ignore[arg-type]

    assert run(look()) is cause
    assert web.asked == []


def test_something_confidential_is_sent_to_a_site_that_can(root: Authority) -> None:
    request = HttpRequest(url="https://127.0.0.1:PORT/", headers={"Authorization": "x"}, ca_file=root.ca_file)
    pair = root.leaf("127.0.0.1", not_before=NOW - timedelta(days=1), not_after=now() + timedelta(days=9000))
    assert over_tls(Web({"/": OK}), tls_context(pair), request).status == 200


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """For as long as somebody listens."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    "handler",
    [saying(b""), saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), drip],
    ids=["silent", "half", "drip"],
)
def test_a_tarpit_costs_its_deadline_and_leaves_nothing_open_but_its_transcript(handler: Handler) -> None:
    """None of these ever ends by itself."""

    async def look() -> str:
        async with listening(handler) as port:
            net, before = session(), 0
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.3), net:
                        await net.fetch(HttpRequest(url=f"http://127.0.0.1:{port}/"))
                before = before or open_files()
            while open_files() > before:  # noqa: ASYNC110  # the server's ends close in turns of their own
                await asyncio.sleep(0.01)
            return net.transcript()

    assert "GET http://127.0.0.1:" in run(look())


def test_a_closed_connection_before_any_answer_says_so() -> None:
    async def look() -> tuple[Cause, str]:
        async with listening(answering(b"")) as port, session() as net:
            return await cause_of(net.fetch(HttpRequest(url=f"http://127.0.0.1:{port}/"))), net.transcript()

    cause, transcript = run(look())
    assert cause is Cause.PROTOCOL
    assert "closed unanswered" in transcript


def test_two_hundred_tarpits_delay_no_healthy_page() -> None:
    """All of them come while the tarpits, which let nobody go, still hold all whom they hold."""
    held = asyncio.Event()
    number = 0

    async def tarpit(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        nonlocal number
        number += 1
        if number == 200:
            held.set()
        await reader.read()
        await asyncio.Event().wait()

    async def look() -> tuple[int, int]:
        transport = Transport(Resolver(), lambda: NOW)

        async def fetch(net: ProbeNetwork, port: int) -> None:
            async with net:
                await net.fetch(HttpRequest(url=f"http://127.0.0.1:{port}/"))

        async with listening(tarpit) as pit, listening(Web({"/": OK})) as healthy:
            stuck = [asyncio.ensure_future(fetch(transport.session(), pit)) for _ in range(200)]
            await held.wait()
            came = await asyncio.gather(*[fetch(transport.session(), healthy) for _ in range(50)])
            still = sum(not one.done() for one in stuck)
            for one in stuck:
                one.cancel()
            await asyncio.gather(*stuck, return_exceptions=True)
            return len(came), still

    assert run(look()) == (50, 200)
