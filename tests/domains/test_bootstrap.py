import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.domains.bootstrap import BadBootstrapError, domain_url, parse_bootstrap, shipped
from checks.domains.dates import DayOrder
from checks.domains.whois_servers import server_for, shipped_servers


def bootstrap_file(*services: object, publication: object = "2026-10-01T18:00:01Z") -> bytes:
    return json.dumps({"version": "1.0", "publication": publication, "services": services}).encode()


def test_the_longest_suffix_wins() -> None:
    found = parse_bootstrap(
        bootstrap_file(
            [["example"], ["https://rdap.example/"]],
            [["gov.example"], ["https://rdap.gov.example/v1/"]],
        )
    )
    assert found.servers_for("mail.example") == ["https://rdap.example/"]
    assert found.servers_for("office.gov.example") == ["https://rdap.gov.example/v1/"]
    assert found.servers_for("notgov.example") == ["https://rdap.example/"]
    assert found.servers_for("example.org") == ()


def test_only_https_is_asked() -> None:
    found = parse_bootstrap(
        bootstrap_file(
            [["a"], ["http://rdap.example/a/", "https://rdap.example/a/"]],
            [["b"], ["http://rdap.example/b/"]],
            [["c"], ["https://user:word@rdap.example/", "file:///etc/passwd", "https:///x", "https://[::1/"]],
        )
    )
    assert found.servers == {"a": ["https://rdap.example/a/"]}


def test_a_service_of_the_form_with_more_members_is_taken() -> None:
    found = parse_bootstrap(bootstrap_file([["A."], ["https://rdap.example"], "later addition"]))
    assert domain_url(found.servers_for("x.a")[0], "x.a") == "https://rdap.example/domain/x.a"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"version": "2.0", "publication": "2026-10-01T18:00:01Z", "services": []}',
        bootstrap_file(),
        bootstrap_file([["a"], ["http://rdap.example/"]]),
        bootstrap_file([["a"]]),
        bootstrap_file([[1], ["https://rdap.example/"]]),
        bootstrap_file("ab"),
        bootstrap_file([["a"], ["https://rdap.example/"]], publication="yesterday"),
        bootstrap_file([["a"], ["https://rdap.example/"]], publication=None),
        b" " * 2_000_000,
    ],
)
def test_a_bad_file_is_refused(body: bytes) -> None:
    with pytest.raises(BadBootstrapError):
        parse_bootstrap(body)


@given(body=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_file_or_refused(body: bytes) -> None:
    with pytest.raises(BadBootstrapError):
        parse_bootstrap(body)


def test_the_shipped_copy_is_dated_and_knows_the_large_registries() -> None:
    copy = shipped()
    assert copy.published_at > datetime(2026, 7, 1, tzinfo=UTC)
    assert copy.servers_for("example.com") == ["https://rdap.verisign.com/com/v1/"]
    assert copy.servers_for("example.org") == ["https://rdap.publicinterestregistry.org/rdap/"]
    assert len(copy.servers) > 1000


@pytest.mark.parametrize("domain", ["kp.gov.pk", "example.pk", "xn--mgbh0fb.xn--mgbai9azgqp6j"])
def test_pakistan_has_no_rdap_service(domain: str) -> None:
    assert shipped().servers_for(domain) == ()


def test_pknic_answers_for_all_of_pk() -> None:
    server = server_for("kp.gov.pk")
    assert server is not None
    assert (server.host, server.port, server.question("kp.gov.pk")) == ("whois.pknic.net.pk", 43, "kp.gov.pk")
    assert server.layout.order is None


def test_the_suffix_itself_and_unknown_ones_have_no_server() -> None:
    assert server_for("pk") is None
    assert server_for("xn--mgbh0fb.xn--mgbai9azgqp6j") is None
    assert server_for("example.invalid") is None


def test_a_server_is_asked_in_its_own_way() -> None:
    com, hong_kong = server_for("example.com"), server_for("example.hk")
    assert com is not None
    assert com.question("example.com") == "domain example.com"
    assert hong_kong is not None
    assert hong_kong.layout.order is DayOrder.DAY_FIRST


def test_every_shipped_server_is_a_plain_host_and_is_sent_the_name_on_one_line() -> None:
    for suffix, server in shipped_servers().items():
        assert server.host.replace(".", "").replace("-", "").isalnum(), suffix
        assert "x.test" in server.question("x.test")
        assert server.question("x.test").isprintable()
