"""Known shapes of secrets never reach a log line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdog.redaction import redact, redact_text

CANARY = "kA9-canary-Zz7"


@pytest.mark.parametrize(
    "text",
    [
        f"POST https://noc:{CANARY}@example.org/x failed",
        f"POST https://{CANARY}@example.org/x failed",
        f"https://noc:p@ss{CANARY}@example.org",
        f"tgram://123456:{CANARY}/chat",
        f"slack://{CANARY}/B/C could not be reached",
        f"Authorization: Bearer {CANARY}",
        f"proxy-authorization: Basic {CANARY}==",
        f"{{'Authorization': 'Token {CANARY}'}}",
        f"Set-Cookie: session={CANARY}; HttpOnly",
        f"sent with bearer {CANARY}",
        f"password={CANARY}",
        f"password = {CANARY}, next",
        f'"password": "{CANARY} with spaces"',
        f"'relay_password': '{CANARY}'",
        f"?access_token={CANARY}&x=1",
        f"api-key: {CANARY}",
        f"AUTH PLAIN {CANARY.replace('-', '')}",
        f"C: PASS {CANARY}",
        f"GET https://portal.example.org/status?page=2&k={CANARY}",
        f"a1 LOGIN user {CANARY}",
        f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----",
        f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}",
    ],
)
def test_a_secret_in_a_known_shape_is_masked(text: str) -> None:
    shown = redact_text(text)
    assert CANARY not in shown
    assert CANARY.replace("-", "") not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    "text",
    [
        "connected to smtp://mx1.example.org:25 in 0.2 s",
        "https://portal.example.org/status",
        "535 5.7.8 authentication failed for noc@example.org",
        "bill INV-7 of Rs 134,000 is due",
        "secret relay: readable by everyone; chmod 0600 it",
        "the password was refused",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert redact_text(text) == text


def test_a_personal_number_is_masked() -> None:
    assert redact_text("officer 17301-1234567-1 signed") == "officer *****-*******-* signed"


def test_a_field_with_a_secret_name_is_masked_whatever_it_holds() -> None:
    assert redact({"relay_password": CANARY, "token": 5, "names": [f"pwd={CANARY}"]}) == {
        "relay_password": "***",
        "token": "***",
        "names": ["pwd=***"],
    }


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact_text(text)
    assert redact_text(once) == once


@given(st.text(alphabet="abAB:/@ =\"'pwd.", max_size=60))
def test_url_like_text_is_redacted_once_for_all(text: str) -> None:
    once = redact_text(text)
    assert redact_text(once) == once
