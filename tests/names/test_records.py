import contextlib
import string

import dns.rdata
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.names.records import a_labels, expected_form, plain_form, served_form


@pytest.mark.parametrize(
    ("kind", "written", "printed"),
    [
        ("A", "192.0.2.1", "192.0.2.1"),
        ("AAAA", "2001:DB8:0:0::25", "2001:db8::25"),
        ("MX", "10 mx1.example.org", "10 MX1.Example.org."),
        ("MX", "0 .", "0 ."),
        ("CNAME", "پاکستان.example", "xn--mgbai9azgqp6j.example."),
        ("MX", "5  پاکستان.example.", "5 xn--mgbai9azgqp6j.example."),
        ("NS", "ns1.example.org.", "NS1.example.org."),
        ("SRV", "0 5 587 Mail.example.org", "0 5 587 mail.example.org."),
        ("CAA", "0 issue ca.example", '0 issue "ca.example"'),
        ("CAA", '0 issue ";"', '0 issue ";"'),
        ("TLSA", "3 1 1 " + "AB" * 32, "3 1 1 " + "ab" * 32),
        ("HTTPS", "1 Svc.example.org alpn=h2", '1 svc.example.org. alpn="h2"'),
        ("TYPE65280", "\\# 4 0A000001", "\\# 4 0a000001"),
        ("TXT", "v=spf1 mx ip4:192.0.2.0/24 -all", '"v=spf1 mx " "ip4:192.0.2.0/24 -all"'),
        ("TXT", '"v=spf1 mx" " -all"', '"v=spf1 mx -all"'),
        ("TXT", "v=DKIM1; k=rsa; p=", '"v=DKIM1; k=rsa; p="'),
        ("TXT", 'say "hello"', '"say \\"hello\\""'),
        ("TXT", "سلام", '"\\216\\179\\217\\132\\216\\167\\217\\133"'),
    ],
)
def test_a_record_is_the_same_however_it_is_written(kind: str, written: str, printed: str) -> None:
    assert expected_form(kind, written) == served_form(kind, printed)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("MX", "10 mx1.example.org", "20 mx1.example.org."),
        ("A", "192.0.2.1", "192.0.2.2"),
        ("TXT", "v=spf1 -all", '"V=SPF1 -all"'),
        ("CAA", "0 issue ca.example", '128 issue "ca.example"'),
    ],
)
def test_records_that_differ_are_told_apart(kind: str, one: str, other: str) -> None:
    assert expected_form(kind, one) != served_form(kind, other)


@pytest.mark.parametrize(
    ("kind", "text", "right"),
    [
        ("A", "2001:db8::1", "192.0.2.1"),
        ("A", "mx1.example.org", "192.0.2.1"),
        ("MX", "mx1.example.org", "10 mx1.example.gov.pk"),
        ("MX", "10 mx1\n20 mx2", "one line"),
        ("CAA", "0 issue ca.example; validationmethods=dns-01", "quotes"),
        ("SOA", "1", "is no SOA record"),
    ],
)
def test_what_is_no_such_record_is_refused_with_what_would_be_right(kind: str, text: str, right: str) -> None:
    with pytest.raises(ValueError, match=right):
        expected_form(kind, text)


@given(st.lists(st.binary(max_size=255), min_size=1, max_size=4))
def test_a_text_is_compared_as_one_however_it_is_cut(parts: list[bytes]) -> None:
    printed = " ".join(
        dns.rdata.from_wire("IN", "TXT", b"%c%b" % (len(one), one), 0, len(one) + 1).to_text() for one in parts
    )
    assert served_form("TXT", printed) == b"".join(parts)


@given(st.text(alphabet=st.characters(exclude_characters='"', exclude_categories=["Cs"]), max_size=200))
def test_a_plain_text_stands_for_itself(text: str) -> None:
    wire = text.encode()
    strings = [wire[at : at + 255] for at in range(0, len(wire), 255)] or [b""]
    body = b"".join(bytes([len(one)]) + one for one in strings)
    printed = dns.rdata.from_wire("IN", "TXT", body, 0, len(body)).to_text()
    assert expected_form("TXT", text) == served_form("TXT", printed)


@given(st.sampled_from(["A", "MX", "TXT", "CAA", "SOA", "TYPE65280", "SVCB", "LOC"]), st.text(max_size=60))
def test_no_text_of_a_user_ends_in_anything_but_a_reason(kind: str, text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(expected_form(kind, text), bytes)


def test_a_record_of_a_server_that_cannot_be_read_back_stands_for_itself() -> None:
    assert served_form("MX", "what is this") == b"what is this"


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("MX", "10 mx1.example.org.", "10 mx1.example.org"),
        ("MX", "0 .", "0 ."),
        ("TXT", '"v=spf1 " "-all"', '"v=spf1 -all"'),
        ("TXT", '"ends in a dot."', '"ends in a dot."'),
        ("A", "192.0.2.1", "192.0.2.1"),
    ],
)
def test_records_are_shown_as_people_read_them(kind: str, text: str, shown: str) -> None:
    assert plain_form(kind, text) == shown


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Example.ORG.", "example.org"),
        ("_25._tcp.mx1.example.org", "_25._tcp.mx1.example.org"),
        ("*.example.org", "*.example.org"),
        ("0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"),
        ("mail.پاکستان", "mail.xn--mgbai9azgqp6j"),
        ("_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example"),
        ("例。example", "xn--fsq.example"),
    ],
)
def test_names_are_spelled_as_servers_know_them(written: str, asked: str) -> None:
    assert a_labels(written) == asked


@pytest.mark.parametrize(
    "name", ["", "..", "a..b", ".a", "a b", "x" * 64, ".".join(["x" * 60] * 5), 'a"b', "a\\b", "\u200d.pk"]
)
def test_what_no_server_can_know_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match=r"no name|no label"):
        a_labels(name)


@given(st.text(alphabet=string.printable + "پاکستان例ü\u202e", max_size=80))
def test_no_name_escapes_as_anything_but_ascii_or_a_reason(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert a_labels(text).isascii()


def test_tags_of_caa_are_the_same_in_any_case() -> None:
    assert expected_form("CAA", '0 ISSUE "ca.example"') == served_form("CAA", '0 issue "ca.example"')


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("TXT", r'"\195\169t\195\169"', '"été"'),
        ("TXT", r'"\195" "\169"', '"é"'),
        ("TXT", r'"\233t\233"', r'"\233t\233"'),
        ("TXT", r'"\226\128\174x"', r'"\226\128\174x"'),
        ("TXT", r'"\007\195\169"', r'"\007é"'),
        ("TXT", r'"\\195"', r'"\\195"'),
        ("SOA", "ns1.example. admin.example. 1 2 3 4 5", "ns1.example admin.example 1 2 3 4 5"),
    ],
    ids=["UTF-8", "cut in the middle", "Latin-1", "turns the line", "rings and letters", "a backslash", "SOA"],
)
def test_texts_are_shown_in_their_letters_and_names_without_their_final_dots(kind: str, text: str, shown: str) -> None:
    assert plain_form(kind, text) == shown
