"""`nigehban probe domain_expiry …`, without settings, as somebody reads it at night."""

import io
from collections.abc import Iterator

import pytest

from tests.support.hostile import HostileHost, hostile_host
from tests.support.network import refused_port
from tests.support.registry import serve, whois_text
from watchdog.cli.probe import probe


@pytest.fixture(scope="module")
def host() -> Iterator[HostileHost]:
    with hostile_host() as host:
        yield host


def probed(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    code = probe("domain_expiry", words, explain=True, timeout="5s", out=out, err=out)
    return code, out.getvalue()


def test_a_good_domain_is_told_with_its_date_its_source_and_the_dialogue(host: HostileHost) -> None:
    served = serve(host, whois_text(expires="2090-06-30"))
    code, text = probed("domain=mail.kp.gov.pk", f"whois_server={served.whois}")
    assert code == 0
    assert "OK: registration of kp.gov.pk: 30 Jun 2090 00:00 UTC" in text
    assert "Watched for: mail.kp.gov.pk, of which kp.gov.pk is the registered name" in text
    assert f"Source: WHOIS of {served.whois}" in text
    assert "> kp.gov.pk" in text
    assert "< Registry Expiry Date: 2090-06-30" in text


def test_an_answer_nobody_can_read_is_unknown_and_shown_without_what_moves_a_cursor(host: HostileHost) -> None:
    served = serve(host, b"Expires: \x1b[31mnever\r\nbye\r\n")
    code, text = probed("domain=kp.gov.pk", f"whois_server={served.whois}")
    assert code == 3
    assert "\x1b" not in text
    assert "< bye" in text


def test_a_declared_date_is_given_as_json() -> None:
    declared = '{"expires": "2090-06-30", "evidence": "PKNIC bill 4711", "confirm_by": "2001-01-01"}'
    code, text = probed("domain=kp.gov.pk", f"whois_server=127.0.0.1:{refused_port()}", f"declared={declared}")
    assert code == 1
    assert "WARNING: declared date of kp.gov.pk, to be confirmed: 01 Jan 2001" in text
    assert "OK: registration of kp.gov.pk, by its declared date: 30 Jun 2090" in text
    assert "UNKNOWN: kp.gov.pk cannot be judged" in text


def test_a_declaration_without_evidence_is_refused_in_words() -> None:
    declared = '{"expires": "2090-06-30", "evidence": "", "confirm_by": "2089-01-01"}'
    code, text = probed("domain=kp.gov.pk", f"declared={declared}")
    assert code == 3
    assert "must say how the date is known" in text
