import pytest

from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.http_request import HttpHopRequest, first_hop, is_redirect, next_hop
from checks.network.http_target import parse_url
from checks.network.values import HttpRequest


def sent(request: HttpRequest) -> list[str]:
    return first_hop(request).wire.decode("latin-1").split("\r\n")


def refused(request: HttpRequest) -> ProbeError:
    with pytest.raises(ProbeError) as raised:
        first_hop(request)
    return raised.value


def test_a_plain_request_is_short() -> None:
    assert sent(HttpRequest(url="http://portal.example/a?b=c#d")) == [
        "GET /a?b=c HTTP/1.1",
        "Host: portal.example",
        "Connection: close",
        "User-Agent: nigehban",
        "Accept: */*",
        "",
        "",
    ]


def test_a_wanted_body_may_come_compressed_and_a_sent_one_has_its_length() -> None:
    lines = sent(HttpRequest(url="http://p.example:8080", method="post", body=b"hello", want_body=True))
    assert lines[:2] == ["POST / HTTP/1.1", "Host: p.example:8080"]
    assert "Accept-Encoding: gzip, deflate" in lines
    assert lines[-3:] == ["Content-Length: 5", "", "hello"]


def test_given_headers_replace_ours_except_those_of_the_framing() -> None:
    headers = {"user-agent": "x", "ACCEPT": "y", "Host": "other.example", "Content-Length": "9", "Connection": "z"}
    assert sent(HttpRequest(url="http://p.example/", headers=headers)) == [
        "GET / HTTP/1.1",
        "Connection: close",
        "user-agent: x",
        "ACCEPT: y",
        "Host: other.example",
        "",
        "",
    ]


def test_a_login_in_the_url_becomes_a_header_and_stands_nowhere_else() -> None:
    hop = first_hop(HttpRequest(url="http://us%3Aer:p%40ss@p.example/"))
    assert b"Authorization: Basic dXM6ZXI6cEBzcw==" in hop.wire
    assert (hop.target.url, hop.target.shown) == ("http://p.example/", "http://p.example/")
    assert hop.is_confidential


@pytest.mark.parametrize(
    ("url", "resource"),
    [
        ("http://p.example", "/"),
        ("http://p.example/a b\u00e9", "/a%20b%C3%A9"),
        ("http://p.example/a%20b?q=%2F&r=a b", "/a%20b?q=%2F&r=a%20b"),
        ("http://p.example/a\r\nX: y", "/aX:%20y"),
        ("http://p.example/\x00\x0b", "/%00%0B"),
    ],
)
def test_nothing_in_a_url_can_end_the_request_line(url: str, resource: str) -> None:
    assert parse_url(url).resource == resource


@pytest.mark.parametrize(
    "url",
    [
        "ftp://p.example/",
        "file:///etc/passwd",
        "gopher://p.example/",
        "data:text/plain,hello",
        "p.example",
        "http://",
        "http://[::1",
        "http://p.example:99999/",
        "http://p.example:x/",
    ],
)
def test_what_cannot_be_fetched_is_refused_without_repeating_it(url: str) -> None:
    error = refused(HttpRequest(url=url))
    assert error.cause is Cause.UNPARSABLE
    assert "example" not in error.detail


@pytest.mark.parametrize(
    "url",
    [
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://a..b/",
        "http://a b/",
        "http://\uff11\uff12\uff17.0.0.1/",
    ],
)
def test_an_address_in_disguise_is_no_host(url: str) -> None:
    assert refused(HttpRequest(url=url)).cause is Cause.NAME_NOT_FOUND


@pytest.mark.parametrize(
    ("url", "host", "authority"),
    [
        ("http://[2001:DB8::1]:8080/", "2001:db8::1", "[2001:db8::1]:8080"),
        ("https://P.Example:443/", "p.example", "p.example"),
        ("http://p.example:443/", "p.example", "p.example:443"),
        ("http://bücher.example/", "xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_hosts_have_one_spelling(url: str, host: str, authority: str) -> None:
    target = parse_url(url)
    assert (target.host, target.authority) == (host, authority)


@pytest.mark.parametrize("headers", [{"X-A": "b\r\nX-C: d"}, {"X-A\r\n": "b"}, {"X A": "b"}, {"": "b"}, {"X-A": "\0"}])
def test_headers_that_would_be_two_are_refused(headers: dict[str, str]) -> None:
    error = refused(HttpRequest(url="http://p.example/", headers=headers))
    assert error.cause is Cause.UNPARSABLE
    assert "X-C" not in error.detail


def test_a_method_that_would_be_a_request_is_refused() -> None:
    assert refused(HttpRequest(url="http://p.example/", method="GET / HTTP/1.1\r\n")).cause is Cause.UNPARSABLE


SECRETS = {"Authorization": "Bearer t0ken", "Cookie": "a=b", "X-Api-Key": "k", "Accept": "text/html"}


def moved(
    location: bytes, status: int = 302, *, method: str = "GET", body: bytes = b"", url: str = "https://p.example/a/b"
) -> HttpHopRequest:
    first = first_hop(HttpRequest(url=url, method=method, headers=SECRETS, body=body))
    return next_hop(first, status, location)


@pytest.mark.parametrize(
    "location", [b"/c", b"c?d", b"https://p.example/", b"//p.example/c", b"https://p.example:443/"]
)
def test_credentials_stay_with_their_origin(location: bytes) -> None:
    assert moved(location).headers == SECRETS


@pytest.mark.parametrize(
    "location",
    [b"https://q.example/", b"http://p.example/", b"https://p.example:8443/", b"//q.example/", b"https://p.example.q/"],
)
def test_credentials_never_follow_to_another_origin(location: bytes) -> None:
    hop = moved(location, url="https://user:pass@p.example/a/b")
    assert hop.headers == {"Accept": "text/html"}
    assert not hop.is_confidential
    assert b"Authorization" not in hop.wire


def test_a_login_of_the_url_stays_for_the_same_origin() -> None:
    hop = moved(b"/other", url="https://user:pass@p.example/a/b")
    assert hop.target.login is not None


@pytest.mark.parametrize(
    ("status", "method", "after"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
        (302, "HEAD", "HEAD"),
    ],
)
def test_only_307_and_308_keep_the_method(status: int, method: str, after: str) -> None:
    hop = moved(b"/c", status, method=method, body=b"" if method == "HEAD" else b"x")
    assert (hop.method, bool(hop.body)) == (after, after in {"POST", "PUT"})


def test_a_body_is_never_handed_to_another_origin() -> None:
    with pytest.raises(ProbeError, match="redirects a POST with its body"):
        moved(b"https://q.example/", 307, method="POST", body=b"secret")


@pytest.mark.parametrize(
    "location", [b"ftp://p.example/", b"file:///etc/passwd", b"http://[", b"http://127.1/", b"javascript:x"]
)
def test_a_redirect_elsewhere_than_the_web_is_not_followed(location: bytes) -> None:
    with pytest.raises(ProbeError) as raised:
        moved(location)
    assert raised.value.cause is Cause.PROTOCOL


def test_what_is_shown_leaves_out_the_query() -> None:
    assert parse_url("http://u:p@p.example/a?token=t0ken").shown == "http://p.example/a?…"


def test_only_some_answers_ask_to_be_followed() -> None:
    assert [status for status in range(300, 310) if is_redirect(status)] == [301, 302, 303, 307, 308]
