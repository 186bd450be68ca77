"""Each signature recognises what it is for; what is healthy, or wrong in another way, is nobody's."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.suspension.library import find_suspension, shipped
from checks.suspension.signature import Layer, Meaning, Place, Signature, find, folded

LIBRARY = shipped()

#: What servers say on ordinary and on bad days, without having cut anybody off.
HEALTHY = [
    (Layer.SMTP, "550 5.1.1 <x@example.org>: Recipient address rejected: User unknown in local table", "5.1.1"),
    (Layer.SMTP, "550 5.2.1 Mailbox unavailable", "5.2.1"),
    (Layer.SMTP, "450 4.2.1 mailbox off for now", "4.2.1"),
    (Layer.SMTP, "452 4.2.2 The email account that you tried to reach is over quota", "4.2.2"),
    (Layer.SMTP, "450 4.7.1 Client host rejected: cannot find your reverse hostname", "4.7.1"),
    (Layer.SMTP, "451 4.7.1 Greylisted, please come back later", "4.7.1"),
    (Layer.SMTP, "550 5.7.1 Your IP address 192.0.2.1 has been suspended for bad manners", "5.7.1"),
    (Layer.SMTP, "550 5.7.708 Access denied, traffic not accepted from this IP", "5.7.708"),
    (Layer.SMTP, "250 2.1.5 the account is not suspended", "2.1.5"),
    (Layer.SMTP, "550 5.2.1 the mailbox is not disabled, it is full", "5.2.1"),
    (Layer.SMTP, "421 4.3.2 Service shutting down", "4.3.2"),
    (Layer.SMTP, "535 5.7.8 Error: authentication failed", "5.7.8"),
    (Layer.SMTP, "454 4.7.0 TLS not available: certificate has expired", "4.7.0"),
    (Layer.IMAP, "NO [AUTHENTICATIONFAILED] Authentication failed.", "AUTHENTICATIONFAILED"),
    (Layer.IMAP, "NO [UNAVAILABLE] Temporary authentication failure.", "UNAVAILABLE"),
    (Layer.IMAP, "NO [EXPIRED] Your password has expired", "EXPIRED"),
    (Layer.IMAP, "NO [ALERT] Please log in via your web browser", "ALERT"),
    (Layer.IMAP, "NO [ALERT] Application-specific password required", "ALERT"),
    (Layer.IMAP, "NO [PRIVACYREQUIRED] Plaintext authentication disabled.", "PRIVACYREQUIRED"),
    (Layer.IMAP, "NO [LIMIT] too many logins, account is locked for a minute", "LIMIT"),
    (Layer.IMAP, "NO [CONTACTADMIN] anonymous login denied", "CONTACTADMIN"),
    (Layer.POP3, "-ERR [AUTH] Authentication failed.", "AUTH"),
    (Layer.POP3, "-ERR [IN-USE] Mailbox is locked by another session", "IN-USE"),
    (Layer.POP3, "-ERR Plaintext authentication disabled.", None),
    (Layer.SMTP, "535 5.7.8 account is locked after too many failed attempts", "5.7.8"),
    (Layer.SMTP, "535 5.7.13 account disabled: too many authentication failures", "5.7.13"),
    (Layer.SMTP, "550 5.2.1 account locked, 5 failed logins", "5.2.1"),
    (Layer.IMAP, "NO account is locked due to failed login attempts", "AUTHENTICATIONFAILED"),
    (Layer.IMAP, "NO [CONTACTADMIN] Account disabled after 5 failed attempts", "CONTACTADMIN"),
    (Layer.POP3, "-ERR [AUTH] account disabled: authentication failures", "AUTH"),
    (Layer.SMTP, "550 5.2.1 Your message was blocked", "5.2.1"),
    (Layer.SMTP, "550 5.2.1 mail to undisclosed recipients refused", "5.2.1"),
    (Layer.SMTP, "550 5.7.1 Connections from your network has been suspended", "5.7.1"),
    (Layer.SMTP, "554 5.7.1 Sending rights for host 192.0.2.1 has been suspended", "5.7.1"),
    (Layer.SMTP, "550 5.1.1 no such user; the mailing list has been suspended", "5.1.1"),
    (Layer.SMTP, "550 5.2.2 quota exceeded; delivery to this mailbox is suspended", "5.2.2"),
    (Layer.SMTP, "550 5.7.1 IP address 192.0.2.1 is suspended", "5.7.1"),
    (Layer.DNS, "ns1.example.org.", None),
    (Layer.DNS, "ns1.notbodis.com", None),
    (Layer.DNS, "ns1.hichina.com", None),
    (Layer.DNS, "dan.com.example.org", None),
    (Layer.DNS, "expirens.org", None),
    (Layer.REGISTRY, "ok", None),
    (Layer.REGISTRY, "active", None),
    (Layer.REGISTRY, "clientTransferProhibited", None),
    (Layer.REGISTRY, "serverDeleteProhibited", None),
    (Layer.REGISTRY, "autoRenewPeriod", None),
    (Layer.REGISTRY, "addPeriod", None),
]


def of(layer: Layer) -> list[Signature]:
    return [signature for signature in LIBRARY.signatures if signature.layer is layer]


@pytest.mark.parametrize("signature", LIBRARY.signatures, ids=lambda signature: signature.id)
def test_each_signature_recognises_its_own_samples_and_names_who_says_so(signature: Signature) -> None:
    samples = LIBRARY.samples[signature.id]
    assert samples
    assert len(signature.source) > 10
    for text, code in samples:
        found = LIBRARY.find(signature.layer, text, code, signature.place)
        assert found is not None, text
        assert found.layer is signature.layer


def test_every_signature_is_the_first_to_recognise_one_of_its_samples() -> None:
    """Otherwise it would never be told: another one stands before it."""
    firsts = {
        found.id
        for signature in LIBRARY.signatures
        for text, code in LIBRARY.samples[signature.id]
        if (found := LIBRARY.find(signature.layer, text, code, signature.place))
    }
    assert firsts == {signature.id for signature in LIBRARY.signatures}


@pytest.mark.parametrize(("layer", "text", "code"), HEALTHY)
def test_what_is_healthy_or_wrong_otherwise_is_no_suspension(layer: Layer, text: str, code: str | None) -> None:
    assert find_suspension(layer, text, code) is None


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("550 5.7.1 suspended for non payment", Meaning.BILLING),
        ("550 Account suspended for nonpayment", Meaning.BILLING),
        ("550 account blocked due to non-payment", Meaning.BILLING),
        ("550 mail is stopped for outstanding dues", Meaning.BILLING),
        ("550 this account was suspended", Meaning.UNCLEAR),
        ("550 The account x@example.org is not active", Meaning.UNCLEAR),
        ("550 This account has been suspended. Your IP address 192.0.2.1 was noted.", Meaning.UNCLEAR),
        ("550 Your IP address 192.0.2.1 was noted. This account has been suspended.", Meaning.UNCLEAR),
    ],
)
def test_providers_say_it_in_many_ways(text: str, meaning: Meaning) -> None:
    found = find_suspension(Layer.SMTP, text)
    assert found is not None
    assert found.meaning is meaning


@pytest.mark.parametrize("layer", list(Layer))
def test_every_layer_has_signatures(layer: Layer) -> None:
    assert of(layer)


def test_the_file_says_how_old_it_is() -> None:
    assert LIBRARY.version >= 1
    assert LIBRARY.as_of >= date(2026, 10, 1)


def test_words_are_found_over_the_lines_of_a_reply_in_any_case_and_width() -> None:
    text = "550-Your mail \uff33\uff25\uff32\uff36\uff29\uff23\uff25\r\n550-Has\u00a0Been\r\n550 SUSPENDED."
    assert find_suspension(Layer.SMTP, text.replace("550-", "").replace("550 ", "")) is not None


def test_a_named_reason_goes_before_the_bare_fact() -> None:
    found = find_suspension(Layer.SMTP, "550 this account has been suspended: unpaid invoice")
    assert found is not None
    assert found.meaning is Meaning.BILLING


def test_a_code_is_compared_without_case() -> None:
    assert find_suspension(Layer.IMAP, "NO", "contactadmin") is not None
    assert find_suspension(Layer.IMAP, "NO") is None


def test_a_name_below_another_is_recognised_by_whole_labels_only() -> None:
    below = Signature(
        id="x",
        layer=Layer.DNS,
        meaning=Meaning.PARKED,
        place=Place.NAME,
        codes=frozenset(),
        words=("dan.com", "gone*.example.org"),
        unless=(),
        source="here",
    )
    names = ["dan.com", "NS1.Dan.Com.", "jordan.com", "gone3.example.org", "gone.org"]
    assert [find([below], Layer.DNS, name) is not None for name in names] == [True, True, False, True, False]


@pytest.mark.parametrize("meaning", list(Meaning))
def test_every_meaning_is_said_in_words(meaning: Meaning) -> None:
    assert len(meaning.in_words) > 10


@given(layer=st.sampled_from(Layer), text=st.text(), code=st.none() | st.text(max_size=20))
def test_no_text_makes_the_search_fail(layer: Layer, text: str, code: str | None) -> None:
    find_suspension(layer, text, code)


@given(text=st.text())
def test_folded_text_has_single_blanks_and_no_capitals(text: str) -> None:
    assert folded(text).split() == folded(text).lower().split(" ") or not folded(text)


def test_only_the_beginning_of_an_endless_text_is_looked_at() -> None:
    assert find_suspension(Layer.SMTP, "x" * 10_000_000 + " has been suspended") is None
