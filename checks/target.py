"""A host and a port as people write them in options."""

import ipaddress
import re
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

#: RFC 1123 §2.1 and RFC 5890 U-labels; underscores are met in real names. Length limits: RFC 1035 §2.3.4.
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}\w)?|_[\w-]{0,62}")
_MAX_NAME = 253
#: No top-level domain is a number (RFC 3696 §2), and some libraries read such names as addresses.
_NUMERIC = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


def check_host(text: str) -> str:
    """`text` without the brackets of an address. Raises ValueError for what no look could ever reach."""
    bare = text.removeprefix("[").removesuffix("]")
    if _is_address(bare):
        return bare
    if _NUMERIC.fullmatch(text.removesuffix(".").rpartition(".")[2]):
        raise ValueError("ends in a number, yet is no address; an address is written like 192.0.2.1")
    labels = text.removesuffix(".").split(".")
    if len(text) > _MAX_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(
            "is no host name or address; write it like mail.example.gov.pk, 192.0.2.1 or 2001:db8::1, "
            "without scheme and port"
        )
    return text


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # a link-local address holds for one interface of one machine only


#: A name or an address, as an administrator writes it; no port, no scheme.
Host: TypeAlias = Annotated[str, AfterValidator(check_host), Field(description="name or address")]

Port: TypeAlias = Annotated[int, Field(ge=1, le=65535, description="TCP port")]


def bracketed(host: str) -> str:
    """As a URL writes it: "mail.example.org", "[2001:db8::1]" (RFC 3986 §3.2.2)."""
    return f"[{host}]" if ":" in host else host


def host_and_port(host: str, port: int) -> str:
    """As in "mail.example.org:25" and "[2001:db8::1]:25"."""
    return f"{bracketed(host)}:{port}"
