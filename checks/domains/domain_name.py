"""Names of domains in the one spelling in which they are compared."""

import idna

# RFC 1035 §2.3.4, and room for what UTS 46 shortens.
_MAX_LENGTH = 500


class BadNameError(ValueError):
    """The text is not the name of a domain."""


def a_label(name: str) -> str:
    """`name` in A-label form ("xn--…"), lower case, no final dot (UTS 46, non-transitional). Raises BadNameError."""
    plain = name.strip().removesuffix(".")
    if not plain or len(plain) > _MAX_LENGTH:
        raise BadNameError("expected a domain name like kp.gov.pk")
    try:
        return idna.encode(plain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise BadNameError("not a domain name; letters, digits and hyphens, parts with dots between them") from None
