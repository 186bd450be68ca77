"""The name that is registered, and lapses, for a name that is used: mail.kp.gov.pk → kp.gov.pk."""

from functools import lru_cache
from ipaddress import ip_address

from publicsuffixlist import PublicSuffixList

from checks.domains.domain_name import BadNameError, a_label


class NoRegistrableNameError(BadNameError):
    """Nothing that a registry keeps a date for; the message says what would be right."""


def registrable(name: str) -> str:
    """The registrable name of `name`, in A-label form, by the public suffix list that comes with publicsuffixlist.

    Only registries' suffixes count, the list's ICANN section. Below a suffix of its private section (github.io,
    uk.com) the name above has a date, which is not the date of the name asked for: an error, no answer.
    Raises NoRegistrableNameError, BadNameError. The first call reads the list: 60 ms and 6 MB; later ones 20 µs.
    """
    if _is_address(name):
        raise NoRegistrableNameError("an address is not registered; give a domain name like kp.gov.pk")
    host = a_label(name)
    found = _icann().privatesuffix(host)
    if found is None:
        raise NoRegistrableNameError(_why_not(host))
    private = _whole().publicsuffix(host)
    if private is not None and host != found and private.endswith(found):
        raise NoRegistrableNameError(f"names below {private} are given out by its owner; watch {found} itself")
    return str(found)


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip().strip("[]"))
    except ValueError:
        return False
    return True


def _why_not(host: str) -> str:
    if _icann().publicsuffix(host) is None:
        return f"{host} ends in nothing the public suffix list knows, so nobody can say what of it is registered"
    return f"{host} is a suffix under which names are registered, and not itself one; give a name below it"


# Read once, when first asked for: most checks never do.
@lru_cache(maxsize=1)
def _icann() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


@lru_cache(maxsize=1)
def _whole() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
