"""What a server of mail says, as one line for people."""

from checks.network.transcript import escaped

#: What a person can still read in a message.
MAX_TEXT = 500
#: Characters of an answer that is none, as they fit a terminal's line.
_QUOTED = 80


def one_line(text: str) -> str:
    """`text`, read as latin-1, folded and shortened; what could move a cursor is made visible."""
    shown = escaped(" ".join(_as_meant(text).split()))
    return shown if len(shown) <= MAX_TEXT else shown[: MAX_TEXT - 1] + "…"


def quoted(line: str) -> str:
    """The beginning of a line that could not be read, in quotation marks."""
    return repr(line if len(line) <= _QUOTED else line[:_QUOTED] + "…")


def _as_meant(text: str) -> str:
    """Servers write UTF-8 where they write more than ASCII (RFC 9051 §2.2, RFC 6855, RFC 6856)."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
