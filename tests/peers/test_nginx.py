from collections.abc import Callable
from datetime import timedelta

import pytest

from checks.model import Cause, Finding, Status
from tests.support.certificates import Authority, Pair, now, self_signed, weak_key
from tests.support.nginx import NginxServer
from tests.support.real_look import Eyes

pytestmark = pytest.mark.peer

EYES = Eyes()
DAY = timedelta(days=1)


@pytest.fixture
def good(nginx: NginxServer) -> NginxServer:
    nginx.use_certificate(nginx.authority.leaf("127.0.0.1", "::1", "localhost"))
    return nginx


def test_a_port_that_listens_is_ok(nginx: NginxServer) -> None:
    assert EYES.only("tcp", host=nginx.host, port=nginx.http_port).status is Status.OK


@pytest.mark.parametrize(
    ("path", "options", "status", "cause"),
    [
        ("/", {"body_regex": "Portal"}, Status.OK, Cause.NONE),
        ("/", {"body_regex": "Webmail"}, Status.CRITICAL, Cause.MISMATCH),
        ("/moved", {"body_regex": "Portal"}, Status.OK, Cause.NONE),
        ("/moved", {"max_redirects": 0, "status": "302"}, Status.OK, Cause.NONE),
        ("/loop", {}, Status.CRITICAL, Cause.REDIRECT_LOOP),
        ("/broken", {}, Status.CRITICAL, Cause.MISMATCH),
        ("/broken", {"status": "503"}, Status.OK, Cause.NONE),
        ("/limited", {}, Status.UNKNOWN, Cause.RATE_LIMITED),
        ("/asks", {}, Status.CRITICAL, Cause.MISMATCH),
        ("/asks", {"status": "401"}, Status.OK, Cause.NONE),
        ("/closed", {}, Status.CRITICAL, Cause.MISMATCH),
        ("/unpaid", {}, Status.CRITICAL, Cause.SUSPENDED),
        ("/cut-off", {}, Status.CRITICAL, Cause.SUSPENDED),
        ("/cut-off", {"max_redirects": 0}, Status.CRITICAL, Cause.SUSPENDED),
        ("/notice.html", {}, Status.CRITICAL, Cause.SUSPENDED),
        ("/notice.html", {"body_regex": "</html>"}, Status.CRITICAL, Cause.SUSPENDED),
        ("/notice.html", {"method": "HEAD"}, Status.OK, Cause.NONE),
        ("/", {"max_latency": "5s"}, Status.OK, Cause.NONE),
        ("/absent", {}, Status.CRITICAL, Cause.MISMATCH),
        ("/health.json", {"json_pointer": "/db/ready", "equals": True}, Status.OK, Cause.NONE),
        ("/health.json", {"json_pointer": "/queue", "equals": 0}, Status.CRITICAL, Cause.MISMATCH),
    ],
)
def test_a_page_is_judged(
    nginx: NginxServer, path: str, options: dict[str, object], status: Status, cause: Cause
) -> None:
    nginx.page("health.json", '{"db": {"ready": true}, "queue": 7}')
    nginx.page("notice.html", "<html><title>Account Suspended</title><h1>Account Suspended</h1></html>")
    finding = EYES.only("http", url=nginx.http_url + path, **options)
    assert (finding.status, finding.cause) == (status, cause)


def test_a_page_that_comes_compressed_is_read_whole(nginx: NginxServer) -> None:
    words = "<p>نگہبان</p>" * 20_000
    nginx.page("long.html", f"{words}<p>the end</p>")
    finding = EYES.only("http", url=f"{nginx.http_url}/long.html", body_regex="the end")
    assert finding.status is Status.OK
    received = next(one.value for one in finding.measurements if one.name == "body_bytes")
    assert 0 < received < len(words.encode()) / 10, "nginx did not compress it"


def test_redirects_to_https_and_back_to_http_are_judged_hop_by_hop(good: NginxServer) -> None:
    up = EYES.only("http", url=f"{good.http_url}/up", ca_file=good.ca_file)
    assert up.status is Status.OK
    assert ("Redirects", f"{good.http_url}/up → {good.https_url}/") in up.facts
    down = EYES.only("http", url=f"{good.https_url}/down", ca_file=good.ca_file)
    assert (down.status, down.cause) == (Status.WARNING, Cause.TLS_MISSING)
    assert f"from https to http, from {good.https_url}/down to {good.http_url}/" in down.summary


def test_a_redirect_to_a_bad_certificate_names_the_hop(nginx: NginxServer) -> None:
    nginx.use_certificate(self_signed(nginx.authority.folder, "127.0.0.1"))
    finding = EYES.only("http", url=f"{nginx.http_url}/up", ca_file=nginx.ca_file)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_UNTRUSTED)
    assert finding.summary.startswith(f"{nginx.http_url}/up leads over {nginx.https_url}/, which cannot be trusted")


def test_a_circle_names_its_hops_and_no_secret(nginx: NginxServer) -> None:
    finding = EYES.only("http", url=f"{nginx.http_url}/a")
    url = nginx.http_url
    assert f"redirects in a circle: {url}/a → {url}/b → {url}/a?… → {url}/b; cookies are set" in finding.summary
    assert not {"t0ken", "c00kie"} & set(finding.summary.replace("=", " ").split())


def test_how_long_to_wait_is_told(nginx: NginxServer) -> None:
    finding = EYES.only("http", url=f"{nginx.http_url}/later")
    assert (finding.status, finding.cause) == (Status.UNKNOWN, Cause.RATE_LIMITED)
    assert (
        finding.summary == f"{nginx.http_url}/later is asked too often and answers 429; it asks to come back in 120 s"
    )


def test_the_times_of_the_phases_add_up(good: NginxServer) -> None:
    finding = EYES.only("http", url=good.https_url + "/", ca_file=good.ca_file)
    times = {one.name: one.value for one in finding.measurements if one.unit == "s"}
    assert set(times) == {"resolve_s", "connect_s", "tls_s", "first_byte_s", "total_s"}
    assert sum(value for name, value in times.items() if name != "total_s") <= times["total_s"]


def test_a_good_certificate_is_trusted_by_every_kind(good: NginxServer) -> None:
    assert all(finding.status is Status.OK for finding in secure_looks(good))


MISTAKES: dict[str, tuple[Cause, Callable[[Authority], Pair]]] = {
    "self-signed": (Cause.TLS_UNTRUSTED, lambda authority: self_signed(authority.folder, "127.0.0.1")),
    "another authority": (
        Cause.TLS_UNTRUSTED,
        lambda authority: Authority.root(authority.folder, "Somebody Else").leaf("127.0.0.1"),
    ),
    "missing intermediate": (
        Cause.TLS_UNTRUSTED,
        lambda authority: authority.intermediate().leaf("127.0.0.1", send_parents=False),
    ),
    "wrong name": (Cause.TLS_NAME_MISMATCH, lambda authority: authority.leaf("portal.example")),
    "not yet valid": (Cause.NOT_YET_VALID, lambda authority: authority.leaf("127.0.0.1", not_before=now() + DAY)),
    "weak key": (Cause.TLS_WEAK, lambda authority: authority.leaf("127.0.0.1", key=weak_key())),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistaken_certificate_has_its_cause_in_every_kind(nginx: NginxServer, mistake: str) -> None:
    cause, make = MISTAKES[mistake]
    nginx.use_certificate(make(nginx.authority))
    page, fault, expiry = secure_looks(nginx)
    assert (page.cause, fault.cause) == (cause, cause)
    assert page.status is fault.status is (Status.WARNING if cause is Cause.TLS_WEAK else Status.CRITICAL)
    assert (expiry.status, expiry.deadline is None) == (Status.OK, False)


def test_a_lapsed_certificate_is_a_fault_of_the_page_and_a_deadline_of_the_certificate(nginx: NginxServer) -> None:
    nginx.use_certificate(nginx.authority.leaf("127.0.0.1", not_before=now() - 9 * DAY, not_after=now() - DAY))
    page, fault, expiry = secure_looks(nginx)
    assert (page.status, page.cause) == (Status.CRITICAL, Cause.EXPIRED)
    assert fault.status is Status.OK
    assert (expiry.status, expiry.cause) == (Status.CRITICAL, Cause.EXPIRED)
    assert expiry.measurements[0].value < now().timestamp()


def test_a_chain_with_its_intermediate_is_trusted(nginx: NginxServer) -> None:
    nginx.use_certificate(nginx.authority.intermediate("Good Issuer").leaf("127.0.0.1"))
    assert [finding.cause for finding in secure_looks(nginx)] == [Cause.NONE] * 3


def test_an_intermediate_that_lapses_first_sets_the_deadline(nginx: NginxServer) -> None:
    lapses = now().replace(microsecond=0) + 2 * DAY
    nginx.use_certificate(nginx.authority.intermediate("Short Issuer", not_after=lapses).leaf("127.0.0.1"))
    _, fault, expiry = secure_looks(nginx)
    assert fault.status is Status.OK
    assert expiry.deadline is not None
    assert (expiry.deadline.at, expiry.status) == (lapses, Status.CRITICAL)


def test_the_same_certificate_is_judged_by_the_day_we_are_told_it_is(good: NginxServer) -> None:
    later = Eyes(now=now() + 300 * DAY)
    _, expiry = later.look("tls_certificate", host=good.host, port=good.https_port, ca_file=good.ca_file)
    assert (expiry.status, expiry.cause) == (Status.WARNING, Cause.DUE)


def test_a_port_without_tls_fails_the_handshake(nginx: NginxServer) -> None:
    finding = EYES.only("tls_certificate", host=nginx.host, port=nginx.http_port)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.TLS_HANDSHAKE)
    assert finding.subject == f"{nginx.host}:{nginx.http_port}"


def test_a_stopped_server_refuses_in_every_kind(good: NginxServer) -> None:
    good.stop()
    page = EYES.only("http", url=good.https_url + "/")
    certificate = EYES.only("tls_certificate", host=good.host, port=good.https_port)
    assert (page.cause, certificate.cause) == (Cause.REFUSED, Cause.REFUSED)
    good.start()
    assert all(finding.status is Status.OK for finding in secure_looks(good))


def secure_looks(nginx: NginxServer) -> tuple[Finding, Finding, Finding]:
    """The page over HTTPS, the certificate's faults, its lapse."""
    (page,) = EYES.look("http", url=nginx.https_url + "/", ca_file=nginx.ca_file)
    fault, expiry = EYES.look("tls_certificate", host=nginx.host, port=nginx.https_port, ca_file=nginx.ca_file)
    return page, fault, expiry
