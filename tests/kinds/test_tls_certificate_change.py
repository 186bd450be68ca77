"""A certificate that is another one than before: a change, told once; a renewal is one too, and told to nobody."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.certificates import tls_certificate
from checks.model import Cause, Change, Finding
from checks.network.values import Certificate, Revocation, TlsFault
from tests.support.fake_network import NOW, DictMemory, FakeConnection, FakeNetwork, certificate, context, look, tls

DAY = timedelta(days=1)
OLD = certificate(fingerprint="aa" * 32)
RENEWED = certificate(fingerprint="bb" * 32, lives=(NOW, NOW + 400 * DAY))


class Watch:
    """One check over several looks, a day apart unless told."""

    def __init__(self, **remembered: object) -> None:
        self.memory = DictMemory(dict(remembered))  # type: ignore[arg-type]
        self.at = NOW
        self.every = DAY

    def see(self, leaf: Certificate, *faults: TlsFault) -> Finding:
        net = FakeNetwork(lambda _family: FakeConnection(tls=tls(leaf, faults=faults)))
        ctx = context(net, now=self.at, memory=self.memory)
        self.at += self.every
        fault, *_ = asyncio.run(look(tls_certificate.KIND, {"host": "mail.example.org"}, ctx))
        return fault

    def changes(self, *leaves: Certificate) -> Sequence[Change]:
        return [change for leaf in leaves for change in self.see(leaf).changes]


def change(old: Certificate, new: Certificate, *faults: TlsFault) -> Change:
    watch = Watch()
    watch.see(old)
    (noticed,) = watch.see(new, *faults).changes
    return noticed


def test_the_first_certificate_is_no_change() -> None:
    assert Watch().changes(OLD) == []


def test_the_same_certificate_is_none_either_and_writes_nothing() -> None:
    watch = Watch()
    watch.see(OLD)
    kept = watch.memory.get("certificate/2")
    assert watch.changes(OLD, OLD) == []
    assert watch.memory.get("certificate/2") is kept


def numbered(number: int) -> Certificate:
    return certificate(fingerprint=f"{number:064x}")


def test_certificates_without_end_are_told_three_times_and_once_more_for_all() -> None:
    watch = Watch()
    watch.every = timedelta(minutes=1)
    told = [one for one in watch.changes(*map(numbered, range(40))) if not one.is_routine]
    assert len(told) == 4
    assert "is another one at nearly every look" in told[-1].summary


def test_after_a_calm_day_a_replacement_is_told_again() -> None:
    watch = Watch()
    watch.every = timedelta(minutes=1)
    watch.changes(*map(numbered, range(10)))
    watch.at += DAY
    (again,) = watch.changes(numbered(10))
    assert not again.is_routine
    assert "was replaced by one" in again.summary


def test_three_replacements_a_day_apart_are_no_storm() -> None:
    changes = Watch().changes(*map(numbered, range(6)))
    assert [one.is_routine for one in changes] == [False] * 5
    assert not [one for one in changes if "nearly every look" in one.summary]


def test_a_renewal_in_order_is_routine() -> None:
    noticed = change(OLD, RENEWED)
    assert noticed.is_routine
    assert noticed.what == "certificate"
    assert noticed.summary == "certificate of mail.example.org:443 was renewed and holds until Sat 25 Dec 2027"


def test_a_change_compares_before_and_now() -> None:
    assert change(OLD, RENEWED).facts == (
        ("Issuer", "CN=Test Issuer, as before"),
        ("Names", "mail.example.org, as before"),
        ("Key", "EC secp256r1, as before"),
        ("Valid from before", "11:00 on Wed 21 Oct 2026"),
        ("Valid from now", "11:00 on Fri 20 Nov 2026"),
        ("Valid until before", "11:00 on Thu 21 Oct 2027"),
        ("Valid until now", "11:00 on Sat 25 Dec 2027"),
        ("SHA-256 before", "aa" * 32),
        ("SHA-256 now", "bb" * 32),
    )


@pytest.mark.parametrize(
    ("new", "how"),
    [
        (certificate(fingerprint="bb" * 32, issuer="CN=Other", lives=(NOW, NOW + 400 * DAY)), "of another issuer"),
        (
            certificate(fingerprint="bb" * 32, names=("x.example", "mail.example.org"), lives=(NOW, NOW + 400 * DAY)),
            "for other names",
        ),
        (certificate(fingerprint="bb" * 32), "that lapses no later"),
        (certificate(fingerprint="bb" * 32, lives=(NOW + 5 * DAY, NOW + 400 * DAY)), "that cannot be trusted"),
        (
            certificate(fingerprint="bb" * 32, issuer="CN=Other", names=()),
            "of another issuer, for other names and that lapses no later",
        ),
    ],
)
def test_a_replacement_out_of_the_ordinary_is_told_and_says_how(new: Certificate, how: str) -> None:
    noticed = change(OLD, new)
    assert not noticed.is_routine
    assert noticed.summary == f"certificate of mail.example.org:443 was replaced by one {how}"


@pytest.mark.parametrize(
    ("cause", "is_routine"),
    [(Cause.TLS_UNTRUSTED, False), (Cause.TLS_NAME_MISMATCH, False), (Cause.TLS_WEAK, True)],
)
def test_only_a_trusted_replacement_is_routine(cause: Cause, *, is_routine: bool) -> None:
    assert change(OLD, RENEWED, TlsFault(cause=cause, text="something")).is_routine is is_routine


def test_a_revoked_replacement_is_not_routine() -> None:
    watch = Watch()
    watch.see(OLD)
    revoked = Revocation(subject="CN=mail.example.org", issuer="CN=Test Issuer", revoked_at=NOW)
    session = replace(tls(RENEWED), revocations=(revoked,))
    net = FakeNetwork(lambda _family: FakeConnection(tls=session))
    fault, *_ = asyncio.run(look(tls_certificate.KIND, {"host": "mail.example.org"}, context(net, memory=watch.memory)))
    assert [one.is_routine for one in fault.changes] == [False]


@pytest.mark.parametrize(
    ("before", "now", "is_routine"),
    [
        ("CN=R11,O=Let's Encrypt,C=US", "CN=E7,O=Let's Encrypt,C=US", True),
        ("CN=R11,O=Let's Encrypt,C=US", "CN=E7,O=Lets Encrypt,C=US", False),
        ("CN=Issuing CA 1", "CN=Issuing CA 2", False),
        (r"CN=a\,O=Let's Encrypt", r"CN=b\,O=Let's Encrypt", False),
        (r"CN=a\\,O=Let's Encrypt", "CN=b,O=Let's Encrypt", True),
    ],
)
def test_an_authority_may_sign_by_any_of_its_certificates(before: str, now: str, *, is_routine: bool) -> None:
    old = certificate(fingerprint="aa" * 32, issuer=before)
    new = certificate(fingerprint="bb" * 32, issuer=now, lives=(NOW, NOW + 400 * DAY))
    assert change(old, new).is_routine is is_routine


def test_servers_that_alternate_during_a_roll_out_are_one_change() -> None:
    watch = Watch()
    assert len(watch.changes(*[OLD, RENEWED] * 100)) == 1


def test_a_fleet_with_a_certificate_each_is_told_once_per_certificate() -> None:
    fleet = [certificate(fingerprint=f"{number:064x}") for number in range(64)]
    assert len(Watch().changes(*fleet * 5)) == 63


@given(st.lists(st.integers(0, 9), min_size=1))
def test_each_certificate_but_the_first_is_told_exactly_once_whatever_the_order(order: list[int]) -> None:
    watch = Watch()
    leaves = [certificate(fingerprint=f"{number:064x}") for number in order]
    told = [dict(one.facts)["SHA-256 now"] for one in watch.changes(*leaves)]
    assert told == list(dict.fromkeys(leaf.fingerprint_sha256 for leaf in leaves))[1:]


def test_what_is_remembered_stays_bounded() -> None:
    watch = Watch()
    for number in range(1000):
        watch.see(certificate(fingerprint=f"{number:064x}"))
    assert len(repr(watch.memory.values)) < 8000


def test_while_old_and_new_alternate_the_old_one_is_called_so() -> None:
    watch = Watch()
    for leaf in (OLD, RENEWED):
        watch.see(leaf)
    told = dict(watch.see(OLD).facts)["Changed"]
    assert told == f"an older one, served beside SHA-256 {'bb' * 32}, first seen at 11:00 on Sat 21 Nov 2026"


REMEMBERED_OF_OLD = {"fingerprint": "aa" * 32, "since": None, "before": None}


def test_what_earlier_releases_remembered_still_counts() -> None:
    assert Watch(**{"certificate/1": REMEMBERED_OF_OLD}).changes(OLD) == []
    (noticed,) = Watch(**{"certificate/1": REMEMBERED_OF_OLD}).changes(RENEWED)
    assert not noticed.is_routine, "of the old one nothing is known but its fingerprint"
    assert noticed.summary == "certificate of mail.example.org:443 was replaced by one with another fingerprint"
    assert ("Issuer before", "not known") in noticed.facts


def test_both_certificates_of_an_old_memory_are_known() -> None:
    old_memory = {"fingerprint": "bb" * 32, "since": NOW.isoformat(), "before": "aa" * 32}
    assert Watch(**{"certificate/1": old_memory}).changes(OLD, RENEWED, OLD) == []


@pytest.mark.parametrize(
    "rubbish", [None, [], "x", {}, {"fingerprint": 7}, {"served": "x", "since": None, "before": None, "known": []}]
)
@pytest.mark.parametrize("key", ["certificate/1", "certificate/2"])
def test_a_memory_that_cannot_be_read_is_none(key: str, rubbish: object) -> None:
    assert Watch(**{key: rubbish}).changes(OLD) == []
