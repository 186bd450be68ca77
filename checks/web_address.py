"""An http or https address as people write it in options."""

from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from checks.target import check_host

_NO_WEB_ADDRESS = "is no web address; write it like https://portal.example.gov.pk/login"


def check_web_address(url: str) -> str:
    """`url` without its fragment. Raises ValueError for what no look could ever fetch, or what would be shown."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address
        raise ValueError(_NO_WEB_ADDRESS) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isprintable() or " " in url:
        raise ValueError(_NO_WEB_ADDRESS)
    try:
        check_host(unquote(parts.hostname))
    except ValueError as error:
        raise ValueError(f"names a host that {error}") from None
    if not _has_good_port(parts):
        raise ValueError("has a port that is none; a port is a number from 1 to 65535")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or password; whatever is written here is shown in messages")
    return urlunsplit(parts._replace(fragment=""))


def shown_address(url: str) -> str:
    """`url` fit to be shown: what stands behind the question mark may be a key, so it is not."""
    place, mark, _ = url.partition("?")
    return f"{place}{mark}***" if mark else url


def _has_good_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # it quotes the port in its words
        return False
