"""What an answer says besides the date, and answers that describe no registration at all."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.domains.registration import (
    AmbiguousDateError,
    NotRegisteredError,
    Precision,
    RateLimitedError,
    Registration,
    RegistryAnswerError,
    Source,
    UnreadableError,
)
from checks.domains.whois import parse_whois

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DOMAIN = "office.gov.pk"

THICK = """\
Domain Name: OFFICE.GOV.PK
Registrar WHOIS Server: whois.registrar.example
Creation Date: 2003-05-06T07:08:09Z
Registry Expiry Date: 2027-01-02T03:04:05Z
Registrar Registration Expiration Date: 2028-01-02T03:04:05Z
Registrar: Example Registrar (Pvt) Ltd
Registrant Name: A Person
Registrant Email: person@example.org
Domain Status: clientHold https://icann.org/epp#clientHold
Domain Status: auto renew period
Name Server: NS1.HOST.EXAMPLE.
Name Server: ns2.host.example 192.0.2.7
"""


def parsed(text: str | bytes) -> Registration:
    return parse_whois(text.encode() if isinstance(text, str) else text, DOMAIN, now=NOW)


def outcome(raw: bytes) -> Registration | RegistryAnswerError:
    try:
        return parsed(raw)
    except RegistryAnswerError as error:
        return error


def test_everything_that_is_stated_is_read() -> None:
    told = parsed(THICK)
    assert told.expires_at == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (told.expiry_text, told.precision) == ("2027-01-02T03:04:05Z", Precision.INSTANT)
    assert told.registrar == "Example Registrar (Pvt) Ltd"
    assert told.statuses == {"clientHold", "autoRenewPeriod"}
    assert told.name_servers == {"ns1.host.example", "ns2.host.example"}
    assert (told.source, told.referral) == (Source.WHOIS, "whois.registrar.example")
    assert not told.is_registrars_date


def test_contacts_are_not_kept() -> None:
    assert "erson" not in parsed(THICK).raw_excerpt


def test_the_registrars_date_is_taken_only_where_nothing_else_is_and_marked() -> None:
    told = parsed(THICK.replace("Registry Expiry Date: 2027-01-02T03:04:05Z\n", ""))
    assert told.expires_at == datetime(2028, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert told.is_registrars_date


def test_a_registry_that_states_no_date_leaves_it_unknown() -> None:
    told = parsed("Domain: office.gov.pk\nNserver: ns1.host.example\nStatus: connect\nChanged: 2026-01-02\n")
    assert told.expires_at is None
    assert told.statuses == {"connect"}


@pytest.mark.parametrize("text", ["", "-", "REDACTED FOR PRIVACY", "None", "N/A", "not disclosed."])
def test_a_date_that_is_withheld_is_none(text: str) -> None:
    told = parsed(f"Domain Name: office.gov.pk\nRegistrar: R\nExpiry Date: {text}\n")
    assert told.expires_at is None


def test_two_dates_of_one_day_are_one_and_the_earlier_counts() -> None:
    told = parsed("Domain: office.gov.pk\nExpires: 2027-01-02\nExpiration Date: 2027-01-02T03:04:05Z\n")
    assert (told.expires_at, told.precision) == (datetime(2027, 1, 2, tzinfo=UTC), Precision.DAY)


def test_contradictory_dates_are_none() -> None:
    with pytest.raises(AmbiguousDateError, match="several dates of expiry, from 2027-01-02 to 2027-01-03") as caught:
        parsed(THICK + "Expiry Date: 2027-01-03T09:00:00Z\n")
    assert caught.value.rest is not None
    assert "clientHold" in caught.value.rest.statuses


@pytest.mark.parametrize("text", ["01/02/2027", "2027-02-30", "sometime in 2027", "02-01-27"])
def test_a_date_nobody_can_read_is_an_error_that_keeps_the_rest(text: str) -> None:
    with pytest.raises(UnreadableError, match="cannot be relied on") as caught:
        parsed(THICK.replace("2027-01-02T03:04:05Z", text))
    rest = caught.value.rest
    assert rest is not None
    assert (rest.expires_at, rest.registrar) == (None, "Example Registrar (Pvt) Ltd")
    assert text in caught.value.reason


def test_words_for_the_expiry_that_nobody_knows_are_told() -> None:
    with pytest.raises(UnreadableError, match='"Expires with the office" may be the date of expiry'):
        parsed("Domain: office.gov.pk\nRegistrar: R\nExpires with the office: 2027-01-02\n")


def test_dates_that_mean_something_else_are_not_taken() -> None:
    told = parsed("Domain: office.gov.pk\nCreated: 2003-05-06\nFree-date: 2027-03-01\nChanged: 2027-01-02\n")
    assert told.expires_at is None


def test_an_answer_that_ends_within_the_date_is_not_believed() -> None:
    with pytest.raises(UnreadableError, match="ends within the date of expiry"):
        parsed("Domain: office.gov.pk\nExpires: 2027-01-1")


@pytest.mark.parametrize("echo", ["other.gov.pk", "notoffice.gov.pk", "office.gov.pk.example.org", "gov.pk", "a..b"])
def test_an_answer_about_another_name_is_not_believed(echo: str) -> None:
    with pytest.raises(UnreadableError, match=r"not about office\.gov\.pk"):
        parsed(THICK.replace("OFFICE.GOV.PK", echo))


def test_an_answer_about_several_names_is_not_believed() -> None:
    with pytest.raises(UnreadableError, match="not about"):
        parsed(THICK + "\nDomain Name: OTHER.GOV.PK\nRegistry Expiry Date: 2027-01-02T03:04:05Z\n")


def test_an_answer_that_names_nothing_is_not_believed() -> None:
    with pytest.raises(UnreadableError, match=r"does not say that it is about office\.gov\.pk"):
        parsed("Expiry Date: 2027-01-02\nRegistrar: R\n")


def test_the_name_may_come_back_in_its_own_script() -> None:
    raw = "Domain Name: مثال.پاکستان\nExpiry Date: 2027-01-02\n".encode()
    told = parse_whois(raw, "xn--mgbh0fb.xn--mgbai9azgqp6j", now=NOW)
    assert told.expires_at == datetime(2027, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        'No match for "OFFICE.GOV.PK".\n>>> Last update of whois database: 2026-11-20T10:00:00Z <<<\n',
        'No match for domain "OFFICE.GOV.PK".\n',
        "Domain not found.\n>>> Last update of WHOIS database: 2026-11-20T10:00:00Z <<<\n",
        "NOT FOUND\n",
        "No Data Found\n",
        "% Terms of use\n%\n% No entries found for office.gov.pk\n",
        "%ERROR:101: no entries found\n%\n% No entries found.\n",
        "The queried object does not exist: no matching objects found\n",
        "Domain: office.gov.pk\nStatus: free\n",
        "Domain: office.gov.pk\nStatus: AVAILABLE\n",
        "Domain office.gov.pk not found.\n",
        "office.gov.pk is not registered\n",
        "The domain has not been registered.\n",
        "\n  No match for office.gov.pk\n\n  This domain name has not been registered.\n\n  Terms: do not ask often.\n",
        "No information available about domain name office.gov.pk in the Registry.\n",
    ],
)
def test_an_unmistakable_no_is_believed(text: str) -> None:
    with pytest.raises(NotRegisteredError, match=r"says that office\.gov\.pk is not registered"):
        parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        'No match for "OTHER.GOV.PK".\n',
        'No match for "OFFICE.GOV.PK.EXAMPLE.ORG".\n',
        'No match for "MY-OFFICE.GOV.PK".\n',
        "Domain: other.gov.pk\nStatus: free\n",
        "This server does not answer for .pk; the TLD was not found.\n",
        "Invalid query: no such command\n",
        "office.gov.pk is reserved by the registry and not available\n",
        "We could not say that office.gov.pk is not registered\n",
        "x\n" * 20 + "No match for office.gov.pk\n",
        "Object not found in cache, asking the other server\n",
        "Domain: office.gov.pk\n",
        "connect failed\n",
    ],
)
def test_anything_less_is_no_answer(text: str) -> None:
    with pytest.raises(UnreadableError):
        parsed(text)


@pytest.mark.parametrize(
    "line",
    [
        "Expiry Date: 2027-01-02",
        "Registrar: R",
        "Name Server: ns1.host.example",
        "Created: 2003-05-06",
        "Registrar Registration Expiration Date: 2027-01-02",
    ],
)
def test_a_no_beside_a_registration_is_not_believed(line: str) -> None:
    with pytest.raises(UnreadableError):
        parsed(f"No match for office.gov.pk\n{line}\n")


@pytest.mark.parametrize(
    "text",
    [
        "Quota exceeded\n",
        "% Query rate limit exceeded. Reduced information.\n",
        "WHOIS LIMIT EXCEEDED - SEE WWW.REGISTRY.EXAMPLE/WHOIS FOR DETAILS\n",
        "%ERROR:201: access denied for 192.0.2.7\n",
        "Too many connections from your address, please try again later.\n",
        "You have exceeded your allowed number of queries. No match for office.gov.pk\n",
        "Your IP 192.0.2.7 has been blacklisted\n",
        "Excessive querying, you have been banned; you queried too often\n",
        "No match for office.gov.pk\nquota exceeded\n",
        "Domain Name: office.gov.pk\nrate limit exceeded\n",
        "-1: Connection refused; please try again in 60 seconds\n",
    ],
)
def test_a_quota_is_not_taken_for_an_answer(text: str) -> None:
    with pytest.raises(RateLimitedError):
        parsed(text)


def test_terms_of_use_that_speak_of_limits_do_not_hide_a_registration() -> None:
    assert parsed("% Queries are limited; too many requests are blocked.\n" + THICK).expires_at is not None


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"\x00\x01\x02" + THICK.encode(), "is not text"),
        (THICK.encode("utf-16"), "is not text"),
        (b"<!DOCTYPE html>\n" + THICK.encode(), "is a web page"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n" + THICK.encode(), "is a web page"),
        (THICK.encode() + b" " * 300_000, "is larger than 256 KiB"),
    ],
)
def test_what_is_no_text_of_sensible_length_is_not_read(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        parsed(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"Expiry Date: " * 20_000,
        b":" * 260_000,
        b"[" * 260_000,
        b"a. [" * 60_000,
        b"(" * 260_000 + b":",
        b" " * 250_000 + b"x: y",
        b"\n" * 260_000 + b"x",
        b"Expires:\n" * 28_000,
        b"Expires:\n " * 26_000,
        b"Expires: 2027-01-02\n" * 13_000,
        b"domain " * 37_000,
        b"Domain: " + b"a." * 120_000,
        b"no match " * 28_000,
        b"you " * 60_000,
        b"expires on . . . . " * 13_000,
        b"Status: " + b"https://" * 30_000,
        b"Name Server: " + b"a" * 250_000,
        ("Domain: " + "ß" * 100_000).encode(),
        "Domain: ما.".encode() * 12_000,
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_a_hostile_answer_costs_little(raw: bytes) -> None:
    began = time.process_time()
    with pytest.raises(RegistryAnswerError):
        parsed(raw)
    assert time.process_time() - began < 3


LINES = st.sampled_from(
    [
        *THICK.splitlines(),
        "",
        "No match for office.gov.pk",
        "Quota exceeded",
        "Expires:",
        "    2027-01-02",
        "% x",
        "[x] y",
    ]
) | st.text(max_size=60)


@given(raw=st.binary(max_size=400) | st.lists(LINES, max_size=20).map(lambda lines: "\n".join(lines).encode()))
def test_any_bytes_are_an_answer_or_the_documented_error(raw: bytes) -> None:
    match outcome(raw):
        case Registration(domain=domain, expires_at=expires_at):
            assert domain == DOMAIN
            assert expires_at is None or expires_at.tzinfo is UTC
        case RegistryAnswerError(reason=reason, excerpt=excerpt):
            assert reason
            assert len(excerpt) <= 2000


SECTIONED = """Domain Name: office.gov.pk
Registrar: PKNIC
"""


@pytest.mark.parametrize(
    "section",
    [
        "Contact:\n   Name: X\n   Valid until: 2029-02-01\n",
        "SSL:\n   valid to: 2029-02-01\n",
        "SSL certificate of the registry\n  Expires: 2029-02-01\n",
        "Registrar: PKNIC\n   Accreditation:\n      Dates:\n         expires: 2029-02-01\n",
        "\nContact:\nName: X\nValid until: 2029-02-01\n\n",
        "Contact:\n  Expires on 2029-02-01\n",
        "Contact:\n  Registrar Registration Expiration Date: 2029-02-01\n",
    ],
)
def test_a_date_in_a_section_about_something_else_is_not_the_expiry(section: str) -> None:
    with pytest.raises(UnreadableError, match="stands in a section that may be about something else"):
        parsed(f"{SECTIONED}{section}")
    told = parsed(f"{SECTIONED}Expiry Date: 2027-02-01\n{section}")
    assert told.expires_at == datetime(2027, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        f"{SECTIONED}Relevant dates:\n   Expiry date: 2027-02-01\n",
        "Domain Name: office.gov.pk\n   Status: ok\n   Expiry date: 2027-02-01\n",
        "Answer of the registry\n   Domain Name: office.gov.pk\n   Expiry date: 2027-02-01\n",
        "Domain Name: office.gov.pk\n\nHolder:\n  X\nExpiry date: 2027-02-01\n",
    ],
)
def test_a_date_in_the_domains_own_section_is_the_expiry(text: str) -> None:
    assert parsed(text).expires_at == datetime(2027, 2, 1, tzinfo=UTC)


def test_the_province_and_the_standing_of_a_contact_are_no_statuses_unless_they_are_a_fault() -> None:
    told = parsed(f"{SECTIONED}Contact:\n  Status: hibernating\n  State: Punjab\nRegistrar:\n  Status: Suspended\n")
    assert told.statuses == {"Suspended"}
