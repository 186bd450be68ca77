import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.domains.rdap import error_code, parse_rdap
from checks.domains.registration import (
    AmbiguousDateError,
    Precision,
    RateLimitedError,
    Registration,
    RegistryAnswerError,
    Source,
    UnreadableError,
)
from tests.support.registry import rdap_document

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DOMAIN = "office.example"

DOCUMENT: dict[str, Any] = {
    "rdapConformance": ["rdap_level_0"],
    "objectClassName": "domain",
    "ldhName": "OFFICE.EXAMPLE",
    "status": ["client hold", "auto renew period", "clientTransferProhibited", 7],
    "events": [
        {"eventAction": "registration", "eventDate": "2003-05-06T07:08:09Z"},
        {"eventAction": "expiration", "eventDate": "2027-01-02T03:04:05Z"},
        {"eventAction": "registrar expiration", "eventDate": "2028-01-02T03:04:05Z"},
        {"eventAction": "last update of RDAP database", "eventDate": "2026-11-20T10:00:00Z"},
    ],
    "nameservers": [
        {"objectClassName": "nameserver", "ldhName": "NS1.HOST.EXAMPLE."},
        {"objectClassName": "nameserver", "ldhName": "ns2.host.example"},
    ],
    "entities": [
        {"roles": ["registrant"], "vcardArray": ["vcard", [["fn", {}, "text", "A Person"]]]},
        {
            "roles": ["registrar"],
            "handle": "9999",
            "publicIds": [{"type": "IANA Registrar ID", "identifier": "9999"}],
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar"]]],
        },
    ],
}


def with_members(**members: object) -> bytes:
    return json.dumps(DOCUMENT | members).encode()


def with_events(*events: object) -> bytes:
    return with_members(events=list(events))


def expiration(date: object, action: str = "expiration") -> dict[str, object]:
    return {"eventAction": action, "eventDate": date}


def parsed(body: bytes) -> Registration:
    return parse_rdap(body, DOMAIN, now=NOW)


def outcome(body: bytes) -> Registration | RegistryAnswerError:
    try:
        return parsed(body)
    except RegistryAnswerError as error:
        return error


def test_everything_that_is_stated_is_read() -> None:
    told = parsed(with_members())
    assert told.expires_at == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (told.expiry_text, told.precision, told.source) == ("2027-01-02T03:04:05Z", Precision.INSTANT, Source.RDAP)
    assert told.registrar == "Example Registrar"
    assert told.statuses == {"clientHold", "autoRenewPeriod", "clientTransferProhibited"}
    assert told.name_servers == {"ns1.host.example", "ns2.host.example"}


def test_contacts_are_not_kept() -> None:
    assert "Person" not in parsed(with_members()).raw_excerpt


@pytest.mark.parametrize("action", ["registrar expiration", "soft expiration", "reregistration", "deletion", ""])
def test_other_events_are_not_the_expiry(action: str) -> None:
    told = parsed(with_events(expiration("2027-01-02T03:04:05Z", action)))
    assert (told.expires_at, told.is_registrars_date) == (None, False)


@pytest.mark.parametrize("date", ["", None, "REDACTED FOR PRIVACY"])
def test_an_expiry_that_is_withheld_is_none(date: object) -> None:
    assert parsed(with_events(expiration(date))).expires_at is None


def test_an_answer_without_events_states_no_date() -> None:
    assert parsed(b'{"objectClassName": "domain", "ldhName": "office.example."}').expires_at is None


@pytest.mark.parametrize("date", ["2027-01-02T08:04:05+05:00", "2027-01-02T03:04:05.000Z", "2027-01-02t03:04:05z"])
def test_an_instant_is_read_in_every_form_of_rfc_3339(date: str) -> None:
    assert parsed(with_events(expiration(date))).expires_at == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_same_date_twice_is_one() -> None:
    event = expiration("2027-01-02T03:04:05Z")
    assert parsed(with_events(event, event)).expires_at == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_contradictory_expirations_are_none_and_the_rest_is_kept() -> None:
    with pytest.raises(AmbiguousDateError, match="several dates") as caught:
        parsed(with_events(expiration("2027-01-02T03:04:05Z"), expiration("2028-01-02T03:04:05Z")))
    assert caught.value.rest is not None
    assert "clientHold" in caught.value.rest.statuses


@pytest.mark.parametrize(
    "date", ["soon", "2027-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "01/02/2027"]
)
def test_an_expiry_nobody_can_read_is_an_error(date: str) -> None:
    with pytest.raises(UnreadableError, match="cannot be relied on"):
        parsed(with_events(expiration(date)))


@pytest.mark.parametrize("name", ["other.example", "sub.office.example", "example", "", "a..b", 7, None])
def test_an_answer_about_another_name_is_not_believed(name: object) -> None:
    with pytest.raises(UnreadableError, match="not about office"):
        parsed(with_members(ldhName=name))


def test_the_unicode_name_serves_where_no_other_is_given() -> None:
    body = json.dumps({"objectClassName": "domain", "unicodeName": "مثال.پاکستان"}).encode()
    assert parse_rdap(body, "xn--mgbh0fb.xn--mgbai9azgqp6j", now=NOW).expires_at is None


@pytest.mark.parametrize("kind", ["entity", "nameserver", "", None])
def test_another_object_is_not_believed(kind: object) -> None:
    with pytest.raises(UnreadableError, match="does not describe a domain"):
        parsed(with_members(objectClassName=kind))


@pytest.mark.parametrize(
    ("entity", "registrar"),
    [
        ({"roles": ["registrar"], "publicIds": [{"identifier": "9999"}], "handle": "R-1"}, "9999"),
        ({"roles": ["registrar"], "handle": "R-1"}, "R-1"),
        ({"roles": ["registrar"], "vcardArray": ["vcard", [["org", {}, "text", "Org"]]]}, "Org"),
        ({"roles": ["registrar"], "vcardArray": ["vcard", "fn"]}, ""),
        ({"roles": ["registrar"], "vcardArray": [[], [["fn"], 3, ["fn", {}, "text", 5]]]}, ""),
        ({"roles": "registrar"}, ""),
    ],
)
def test_the_registrar_is_named_as_well_as_possible(entity: object, registrar: str) -> None:
    assert parsed(with_members(entities=[entity])).registrar == registrar


def test_an_error_object_is_no_answer() -> None:
    with pytest.raises(UnreadableError, match="error object: Not here"):
        parsed(b'{"errorCode": 404, "title": "Not here"}')
    with pytest.raises(RateLimitedError):
        parsed(b'{"errorCode": 429, "title": "Too many"}')


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"errorCode": 404, "title": "Not Found"}', 404),
        (b'{"errorCode": "404"}', None),
        (b'{"errorCode": true}', None),
        (b"{}", None),
        (b"<html>404</html>", None),
        (b"", None),
    ],
)
def test_only_an_error_object_has_a_code(body: bytes, code: int | None) -> None:
    assert error_code(body) == code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"null",
        b"[]",
        b'"x"',
        b"<html></html>",
        b"{" * 1000,
        b"[" * 200_000,
        b'{"a":' * 40_000,
        b'{"objectClassName": "domain", "ldhName": "office.example", "events": '
        + b"[" * 100_000
        + b"]" * 100_000
        + b"}",
        b'{"ldhName": "office.example", "ldhName": "other.example", "objectClassName": "domain"}',
        b'{"objectClassName": "domain", "ldhName": "office.example", "x": NaN}',
        b"1" * 200_000,
        b'{"a": ' + b"9" * 100_000 + b"}",
        b'"\xff\xfe"',
        b'{"ldhName": "\\ud800"}',
        b" " * 300_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_hostile_body_is_an_error_and_costs_little(body: bytes) -> None:
    began = time.process_time()
    with pytest.raises(UnreadableError):
        parsed(body)
    assert time.process_time() - began < 3


def test_long_lists_are_cut() -> None:
    many = [{"ldhName": f"ns{i}.host.example"} for i in range(3000)]
    told = parsed(with_members(nameservers=many, status=[f"word {i}" for i in range(3000)], entities=[{}] * 3000))
    assert len(told.name_servers) <= 100
    assert len(told.statuses) <= 100


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(member=st.sampled_from([*DOCUMENT, "errorCode", "unicodeName"]), value=JSON)
def test_any_member_of_any_type_is_taken_or_the_documented_error(member: str, value: object) -> None:
    match outcome(with_members(**{member: value})):
        case Registration(expires_at=expires_at):
            assert expires_at in {None, datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)}
        case RegistryAnswerError(reason=reason):
            assert reason


@given(body=st.binary(max_size=300))
def test_any_bytes_are_the_documented_error(body: bytes) -> None:
    with pytest.raises(RegistryAnswerError):
        parsed(body)


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": [{"eventAction": "expiration", "eventDate": 1801440000}]},
        {"events": {"eventAction": "expiration", "eventDate": "2027-02-01T00:00:00Z"}},
        {"status": "client hold"},
    ],
)
def test_members_of_another_type_than_they_should_be_are_unreadable(wrong: dict[str, object]) -> None:
    body = json.dumps({**rdap_document(), **wrong}).encode()
    with pytest.raises(UnreadableError):
        parse_rdap(body, "kp.gov.pk", now=NOW)
