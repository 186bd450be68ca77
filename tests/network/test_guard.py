import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Cause
from checks.network.errors import ProbeError
from checks.network.guard import Realm, realm_of, realms_of, refuse_foreign

REALMS = {
    Realm.PUBLIC: ["8.8.8.8", "2606:4700::1111", "203.99.50.1"],
    Realm.PRIVATE: ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fc00::1", "fd12::1"],
    Realm.LOOPBACK: ["127.0.0.1", "127.255.255.254", "::1"],
    Realm.LINK_LOCAL: ["169.254.0.1", "fe80::1", "febf::1"],
    Realm.METADATA: ["169.254.169.254", "fd00:ec2::254", "168.63.129.16", "100.100.100.200", "192.0.0.192"],
    Realm.MULTICAST: ["224.0.0.1", "239.255.255.250", "ff02::1"],
    Realm.TRANSITION: [
        "::ffff:8.8.8.8",
        "::ffff:a9fe:a9fe",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:0808:0808::1",
        "2001:0:4136:e378::1",
    ],
    Realm.RESERVED: [
        "0.0.0.0",
        "::",
        "0.1.2.3",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "2001:db8::1",
    ],
}


@pytest.mark.parametrize(
    ("address", "realm"), [(address, realm) for realm, listed in REALMS.items() for address in listed]
)
def test_every_special_address_is_known_for_what_it_is(address: str, realm: Realm) -> None:
    assert realm_of(address) is realm


@pytest.mark.parametrize(
    "address", [address for realm, listed in REALMS.items() for address in listed if realm is not Realm.PUBLIC]
)
def test_a_public_site_cannot_lead_to_any_place_that_is_not(address: str) -> None:
    with pytest.raises(ProbeError) as raised:
        refuse_foreign(["8.8.8.8", address], realms_of(["8.8.4.4"]), "http://x.example/")
    assert raised.value.cause is Cause.PROTOCOL


def test_a_private_site_may_lead_within_private_networks_and_out() -> None:
    home = realms_of(["10.1.1.1"])
    refuse_foreign(["192.168.0.1", "8.8.8.8"], home, "x")
    for address in ("127.0.0.1", "169.254.169.254", "fe80::1"):
        with pytest.raises(ProbeError):
            refuse_foreign([address], home, "x")


@given(st.ip_addresses())
def test_what_python_does_not_call_global_is_never_public(address: object) -> None:
    if not getattr(address, "is_global", False):
        assert realm_of(str(address)) is not Realm.PUBLIC
