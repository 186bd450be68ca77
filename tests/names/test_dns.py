import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from checks.model import Cause, Finding, Status
from checks.names.dns import KIND
from checks.network.errors import ProbeError
from checks.network.values import DnsAnswer, DnsQuestion
from tests.support.fake_network import FakeNetwork, context, look

REFUSED = " refuses to answer (REFUSED): it does not serve this zone, or not to us"
MX = ("10 mx1.example.org.", "20 MX2.example.org.")


def said(code: str = "NOERROR", records: tuple[str, ...] = (), **more: Any) -> DnsAnswer:  # noqa: ANN401  # its own fields
    answer = DnsAnswer(
        code=code,
        records=records,
        aliases=(),
        ttl_s=300 if records else None,
        is_authoritative=True,
        is_referral=False,
        server="192.0.2.53",
        took_s=0.002,
        over_tcp=False,
    )
    return answer._replace(**more)


def seen(answer: DnsAnswer, **options: object) -> Finding:
    """What the kind makes of `answer`; asked for the MX of example.org at a server that is given."""
    wanted: Mapping[str, object] = {"name": "example.org", "type": "MX", "server": "ns1.example.org", **options}
    net = FakeNetwork(answered=lambda _question: answer)
    (finding,) = asyncio.run(look(KIND, {key: one for key, one in wanted.items() if one is not None}, context(net)))
    return finding


def test_records_that_are_there_are_shown_with_how_long_they_live() -> None:
    finding = seen(said(records=MX))
    assert (finding.status, finding.cause) == (Status.OK, Cause.NONE)
    assert finding.summary == "example.org MX at ns1.example.org is 10 mx1.example.org, 20 MX2.example.org"
    assert [tuple(one)[:3] for one in finding.measurements] == [
        ("query_s", 0.002, "s"),
        ("ttl_s", 300, "s"),
        ("records", 2, ""),
    ]


def test_whoever_was_asked_beyond_the_server_s_zone_is_named_and_blamed() -> None:
    more: dict[str, Any] = {"aliases": ("cdn.example.",), "beyond": "10.0.0.2"}
    assert dict(seen(said(records=MX, **more)).facts)["Beyond its zone"] == "10.0.0.2 was asked where its alias leads"
    assert "and name server 10.0.0.2 cannot find out (SERVFAIL)" in seen(said("SERVFAIL", **more)).summary


def test_the_order_in_which_a_server_shuffles_its_records_changes_no_word() -> None:
    assert seen(said(records=MX)).summary == seen(said(records=MX[::-1])).summary


@pytest.mark.parametrize(
    "options",
    [
        {"equals": ["20 mx2.example.org", "10 MX1.example.org."]},
        {"equals": '["10 mx1.example.org", "20 mx2.example.org"]'},
        {"contains": "20 mx2.example.org"},
        {"contains": ["10 mx1.example.org."]},
    ],
)
def test_expected_records_are_found_in_any_order_and_spelling(options: Mapping[str, object]) -> None:
    assert seen(said(records=MX), **options).status is Status.OK


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"equals": "10 mx1.example.org"}, "has 20 MX2.example.org, which is not expected"),
        ({"equals": [*MX, "30 mx3.example.org"]}, "lacks 30 mx3.example.org"),
        (
            {"equals": ["10 mx1.example.org", "30 mx3.example.org"]},
            "lacks 30 mx3.example.org and has 20 MX2.example.org, which is not expected",
        ),
        ({"equals": "5 evil.example"}, "is 10 mx1.example.org, 20 MX2.example.org, expected 5 evil.example"),
        (
            {"contains": ["10 mx1.example.org", "30 mx3.example.org"]},
            "lacks 30 mx3.example.org, has 10 mx1.example.org, 20 MX2.example.org",
        ),
    ],
)
def test_other_records_than_expected_are_a_mismatch_that_names_them(options: Mapping[str, object], words: str) -> None:
    finding = seen(said(records=MX), **options)
    assert (finding.status, finding.cause) == (Status.CRITICAL, Cause.MISMATCH)
    assert finding.summary == f"example.org MX at ns1.example.org {words}"


@pytest.mark.parametrize(
    ("answer", "cause", "words"),
    [
        (said("NXDOMAIN"), Cause.NAME_NOT_FOUND, " does not exist, nor does the name itself"),
        (said(), Cause.MISMATCH, " exists, but has no MX record"),
        (said("SERVFAIL"), Cause.NAME_FAILED, ": the server cannot find out (SERVFAIL)"),
        (
            said("SERVFAIL", note="DNSSEC bogus: no valid signature"),
            Cause.NAME_FAILED,
            ": the server cannot find out (SERVFAIL), saying 'DNSSEC bogus: no valid signature'",
        ),
        (
            said("REFUSED"),
            Cause.REJECTED,
            f": the server{REFUSED}",
        ),
        (said("NOTAUTH"), Cause.REJECTED, ": the server says that it does not serve this zone (NOTAUTH)"),
        (
            said(is_referral=True, referred_to=("a.example.", "b.example.")),
            Cause.NAME_FAILED,
            ": the server does not serve this zone: it knows no answer and names a.example, b.example instead",
        ),
        (said("NOTIMP"), Cause.PROTOCOL, ": the server makes nothing of the question (NOTIMP)"),
        (
            said("NXDOMAIN", aliases=("gone.example.",)),
            Cause.NAME_NOT_FOUND,
            " is an alias of gone.example, which does not exist",
        ),
        (
            said(aliases=("a.example.", "b.example.")),
            Cause.MISMATCH,
            " is an alias of b.example, and the server names no MX record there",
        ),
        (
            said("REFUSED", aliases=("cdn.example.",)),
            Cause.REJECTED,
            f" is an alias of cdn.example, and the server{REFUSED}",
        ),
    ],
)
def test_each_way_to_have_no_records_has_its_cause_and_its_words(answer: DnsAnswer, cause: Cause, words: str) -> None:
    finding = seen(answer)
    assert (finding.status, finding.cause) == (Status.CRITICAL, cause)
    assert finding.summary == f"example.org MX at ns1.example.org{words}"


def test_one_of_this_machine_s_servers_is_named_where_it_fails() -> None:
    finding = seen(said("SERVFAIL"), server=None)
    assert finding.summary == "example.org MX: name server 192.0.2.53 cannot find out (SERVFAIL)"


def test_no_record_is_no_ttl() -> None:
    assert [one.name for one in seen(said("NXDOMAIN")).measurements] == ["query_s"]


def test_facts_tell_the_way_of_the_answer() -> None:
    finding = seen(said(records=MX, aliases=("web.example.",), over_tcp=True))
    assert finding.facts == (
        ("Name server", "192.0.2.53, with authority, over TCP"),
        ("Records", "10 mx1.example.org, 20 MX2.example.org"),
        ("Alias of", "web.example"),
    )


def test_texts_without_end_are_cut_to_a_line() -> None:
    finding = seen(said(records=tuple(f'"{number} {"x" * 60_000}"' for number in range(30))), type="TXT")
    assert len(finding.summary) < 700
    assert "and 26 more" in finding.summary


def test_what_ends_a_question_is_left_to_the_runner() -> None:
    def refused(_question: DnsQuestion) -> DnsAnswer:
        raise ProbeError(Cause.REFUSED, "connection refused")

    with pytest.raises(ProbeError):
        asyncio.run(look(KIND, {"name": "example.org"}, context(FakeNetwork(answered=refused))))


@pytest.mark.parametrize(
    ("options", "question"),
    [
        ({"name": "Example.ORG."}, DnsQuestion(name="example.org", type="A")),
        ({"name": "پاکستان", "type": "ns"}, DnsQuestion(name="xn--mgbai9azgqp6j", type="NS")),
        ({"name": ".", "type": "NS"}, DnsQuestion(name=".", type="NS")),
        ({"name": "192.0.2.25", "type": "PTR"}, DnsQuestion(name="25.2.0.192.in-addr.arpa", type="PTR")),
        ({"name": "a.example", "type": "TYPE15"}, DnsQuestion(name="a.example", type="MX")),
        ({"name": "a.example", "type": "type65280"}, DnsQuestion(name="a.example", type="TYPE65280")),
        ({"name": "a.example", "server": "[::1]:5353"}, DnsQuestion(name="a.example", type="A", server="[::1]:5353")),
    ],
)
def test_what_is_asked_is_spelled_as_servers_know_it(options: Mapping[str, object], question: DnsQuestion) -> None:
    assert KIND.options.model_validate(options).question == question


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "a..b"}, "name is no name"),
        ({"name": "192.0.2.1"}, "name is an address"),
        ({"name": "a.example", "type": "MXX"}, "is no type of a record"),
        ({"name": "a.example", "type": "AXFR"}, "is no type that a record can have"),
        ({"name": "a.example", "type": "ANY"}, "is no type that a record can have"),
        ({"name": "a.example", "type": "MX", "equals": "mx1"}, "equals is no MX record; write it like 10 mx1"),
        ({"name": "a.example", "contains": ["192.0.2.1", "x"]}, "contains is no A record"),
        ({"name": "a.example", "equals": "192.0.2.1", "contains": "192.0.2.1"}, "give one of them"),
        ({"name": "a.example", "equals": []}, "at least 1 item"),
        ({"name": "a.example", "server": "x:99999"}, "is no server"),
        ({"name": "a.example", "server": "a b"}, "is no host name"),
        ({"name": "a.example", "server": "127.1"}, "ends in a number"),
    ],
)
def test_a_mistaken_option_is_told_with_what_would_be_right(options: Mapping[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        KIND.options.model_validate(options)


def test_checks_that_ask_one_server_burden_one_host() -> None:
    options = KIND.options.model_validate({"name": "a.example", "server": "[2001:db8::53]:53"})
    assert (KIND.host(options), KIND.host(KIND.options.model_validate({"name": "a.example"}))) == ("2001:db8::53", None)
