"""Strings as a client of IMAP sends them (RFC 9051 §4.3, mailbox names of RFC 3501 §5.1.3)."""

import base64
import itertools


def quotable(text: str) -> bool:
    """Whether `text` may stand between quotation marks as it is; anything else goes as a literal.

    A quotation mark could be escaped; as a literal it travels unchanged, so that a server that quotes it is understood.
    """
    return text.isascii() and text.isprintable() and not set(text) & {'"', "\\"}


def quoted(text: str) -> str:
    return f'"{text}"'


def literal_head(text: str) -> str:
    """What announces `text` as a synchronising literal: the server asks for it by a "+"."""
    return f"{{{len(text.encode('utf-8'))}}}"


def mailbox_name(name: str) -> str:
    """`name` in modified UTF-7, which every server reads (RFC 3501 §5.1.3)."""
    parts = itertools.groupby(name, key=lambda char: " " <= char <= "~")
    return "".join("".join(run).replace("&", "&-") if plain else _shifted("".join(run)) for plain, run in parts)


def _shifted(text: str) -> str:
    packed = base64.b64encode(text.encode("utf-16-be"), altchars=b"+,").decode("ascii").rstrip("=")
    return f"&{packed}-"
