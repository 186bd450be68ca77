"""Which addresses somebody outside may send us to (security line 6)."""

import ipaddress
from collections.abc import Iterable
from enum import Enum

from checks.model import Cause
from checks.network.errors import ProbeError


class Realm(Enum):
    """What kind of place an address is."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"
    METADATA = "metadata"
    MULTICAST = "multicast"
    TRANSITION = "transition"
    RESERVED = "reserved"


# Where clouds keep the credentials of their machines: most of them, AWS over IPv6, Azure, Alibaba, Oracle.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "fd00:ec2::254", "168.63.129.16", "100.100.100.200", "192.0.0.192")
)

_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)

# Forms that carry an IPv4 address inside: mapped and compatible, NAT64 (RFC 6052, RFC 8215), 6to4, Teredo.
_TRANSITION = tuple(
    ipaddress.ip_network(text)
    for text in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


def realm_of(address: str) -> Realm:
    """The realm of a numeric address. What is not plainly public is never called so."""
    ip = ipaddress.ip_address(address)
    marks = (
        (ip in _METADATA, Realm.METADATA),
        (ip.is_loopback, Realm.LOOPBACK),
        (ip.is_multicast, Realm.MULTICAST),
        (ip.is_link_local, Realm.LINK_LOCAL),
        (ip.is_unspecified, Realm.RESERVED),
        (_within(ip, _TRANSITION), Realm.TRANSITION),
        (_within(ip, _PRIVATE), Realm.PRIVATE),
        (ip.is_global and not ip.is_reserved, Realm.PUBLIC),
    )
    return next((realm for applies, realm in marks if applies), Realm.RESERVED)


def realms_of(addresses: Iterable[str]) -> frozenset[Realm]:
    return frozenset(map(realm_of, addresses))


def refuse_foreign(addresses: Iterable[str], home: frozenset[Realm], place: str) -> None:
    """Raise ProbeError(PROTOCOL) unless every address is public or of a realm in `home`.

    `home` are the realms of the target that the administrator wrote: a portal on a private network may redirect
    within private networks, a public one may not lead there.
    """
    for address in addresses:
        realm = realm_of(address)
        if realm is not Realm.PUBLIC and realm not in home:
            raise ProbeError(Cause.PROTOCOL, f"redirected to {place}, a {realm.value} address: not followed")


def _within(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
    networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network],
) -> bool:
    return any(ip.version == network.version and ip in network for network in networks)
