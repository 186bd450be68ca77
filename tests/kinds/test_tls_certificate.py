import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from checks.certificates import tls_certificate
from checks.model import Cause, Finding, Status
from checks.network.errors import ProbeError
from checks.network.values import TlsFault, TlsSession
from tests.support.fake_network import NOW, DictMemory, FakeConnection, FakeNetwork, certificate, context, look, tls

DAY = timedelta(days=1)


def findings(
    session: TlsSession | None, *, now: datetime = NOW, memory: DictMemory | None = None, **options: object
) -> Sequence[Finding]:
    net = FakeNetwork(lambda _family: FakeConnection(tls=session))
    options = {"host": "mail.example.org", **options}
    return asyncio.run(look(tls_certificate.KIND, options, context(net, now=now, memory=memory)))


def lapsing_in(left: timedelta, lifetime: timedelta = 90 * DAY) -> TlsSession:
    return tls(certificate(lives=(NOW + left - lifetime, NOW + left)))


def test_a_good_certificate_is_one_fault_finding_and_one_deadline() -> None:
    fault, expiry = findings(lapsing_in(80 * DAY))
    assert (fault.subject, fault.status, fault.deadline) == ("mail.example.org:443", Status.OK, None)
    assert (expiry.subject, expiry.status) == ("mail.example.org:443 expiry", Status.OK)
    assert expiry.deadline is not None
    assert expiry.deadline.at == NOW + 80 * DAY


def test_the_date_is_measured_in_seconds_since_the_epoch() -> None:
    _, expiry = findings(lapsing_in(80 * DAY))
    (measured,) = expiry.measurements
    assert (measured.name, measured.unit) == ("certificate_not_after", "timestamp_seconds")
    assert measured.value == (NOW + 80 * DAY).timestamp()


@pytest.mark.parametrize(
    ("left", "status", "cause"),
    [
        (31 * DAY, Status.OK, Cause.NONE),
        (30 * DAY, Status.WARNING, Cause.DUE),
        (4 * DAY, Status.WARNING, Cause.DUE),
        (3 * DAY, Status.CRITICAL, Cause.DUE),
        (timedelta(), Status.CRITICAL, Cause.EXPIRED),
        (-5 * DAY, Status.CRITICAL, Cause.EXPIRED),
    ],
)
def test_the_lapse_is_graded_by_its_ladder(left: timedelta, status: Status, cause: Cause) -> None:
    fault, expiry = findings(lapsing_in(left))
    assert (expiry.status, expiry.cause) == (status, cause)
    assert expiry.measurements, "the date is exported in every state"
    assert fault.status is Status.OK, "a lapse is a deadline, not a fault"


def test_a_certificate_of_six_days_is_not_late_at_birth() -> None:
    _, expiry = findings(lapsing_in(6 * DAY, lifetime=6 * DAY))
    assert expiry.status is Status.OK


def test_an_issuer_that_lapses_first_sets_the_deadline() -> None:
    issuer = certificate(subject="CN=Test Issuer", issuer="CN=Test Root", lives=(NOW - DAY, NOW + 2 * DAY))
    fault, expiry = findings(tls(certificate(), issuer))
    assert expiry.deadline is not None
    assert expiry.deadline.at == NOW + 2 * DAY
    assert "issuer CN=Test Issuer" in expiry.summary
    (leaf_s,) = [one.value for one in fault.measurements if one.name == "certificate_not_after"]
    assert leaf_s == certificate().not_after.timestamp(), "the leaf's own date is told beside it"


def test_a_needless_certificate_in_the_chain_sets_no_deadline() -> None:
    other = certificate(subject="CN=Old Cross", issuer="CN=Gone", lives=(NOW - 9 * DAY, NOW - DAY))
    root = certificate(subject="CN=Test Issuer", issuer="CN=Test Issuer", lives=(NOW - 9 * DAY, NOW + DAY))
    _, expiry = findings(tls(certificate(), other, root))
    assert expiry.status is Status.OK


@pytest.mark.parametrize(
    "lives",
    [
        (datetime.max.replace(tzinfo=UTC) - DAY, datetime.max.replace(tzinfo=UTC)),
        (datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC) + DAY),
        (NOW + DAY, NOW - DAY),
        (NOW, NOW),
    ],
    ids=["year 9999", "year 1", "backwards", "of no time"],
)
@pytest.mark.parametrize("ladder", [["1/3", "7d", "0d"], ["10wd", "0wd"]], ids=["shares", "working days"])
def test_absurd_dates_are_a_deadline_like_any(lives: tuple[datetime, datetime], ladder: list[str]) -> None:
    _, expiry = findings(tls(certificate(lives=lives)), ladder=ladder)
    assert expiry.deadline is not None
    assert expiry.deadline.at == lives[1]
    assert (expiry.status is Status.CRITICAL) is (lives[1] <= NOW)


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (Cause.TLS_UNTRUSTED, Status.CRITICAL),
        (Cause.TLS_NAME_MISMATCH, Status.CRITICAL),
        (Cause.TLS_WEAK, Status.WARNING),
    ],
)
def test_a_fault_is_told_apart_from_the_date(cause: Cause, status: Status) -> None:
    fault, expiry = findings(tls(faults=[TlsFault(cause=cause, text="something is wrong")]))
    assert (fault.status, fault.cause) == (status, cause)
    assert [one.name for one in expiry.measurements] == ["certificate_not_after"]
    assert "SHA-256" in fault.evidence
    assert expiry.status is Status.OK


def test_a_certificate_from_the_future_is_a_fault() -> None:
    fault, _ = findings(tls(certificate(lives=(NOW + DAY, NOW + 90 * DAY))))
    assert (fault.status, fault.cause) == (Status.CRITICAL, Cause.NOT_YET_VALID)
    assert fault.summary.endswith("does not hold before 11:00 on Sat 21 Nov 2026"), "by the estate's clocks"


def test_a_grave_fault_is_told_before_a_mild_one() -> None:
    faults = [TlsFault(cause=Cause.TLS_WEAK, text="SHA-1"), TlsFault(cause=Cause.TLS_UNTRUSTED, text="unknown")]
    fault, _ = findings(tls(faults=faults))
    assert fault.cause is Cause.TLS_UNTRUSTED
    assert ("Also", "SHA-1") in fault.facts


def test_a_certificate_that_changed_is_mentioned_from_then_on() -> None:
    memory = DictMemory()
    first, _ = findings(tls(certificate(fingerprint="aa" * 32)), memory=memory)
    assert "Changed" not in dict(first.facts)
    second, _ = findings(tls(certificate(fingerprint="bb" * 32)), memory=memory)
    third, _ = findings(tls(certificate(fingerprint="bb" * 32)), memory=memory, now=NOW + DAY)
    told = f"first seen at 11:00 on Fri 20 Nov 2026; before it SHA-256 {'aa' * 32}"
    assert [dict(finding.facts)["Changed"] for finding in (second, third)] == [told, told]


def test_a_port_that_does_not_encrypt_is_a_failed_handshake() -> None:
    with pytest.raises(ProbeError) as failed:
        findings(None)
    assert failed.value.cause is Cause.TLS_HANDSHAKE


def test_a_ladder_of_one_s_own_takes_the_place_of_the_usual() -> None:
    _, expiry = findings(lapsing_in(50 * DAY), ladder=["60d", "0d"])
    assert (expiry.status, expiry.cause) == (Status.WARNING, Cause.DUE)


def test_a_ladder_in_working_days_asks_the_office_s_calendar() -> None:
    _, expiry = findings(lapsing_in(10 * DAY), ladder=["10wd", "0wd"])
    assert expiry.status is Status.WARNING
