"""Responses of a POP3 server (RFC 1939 §3, codes of RFC 2449 §8 and RFC 3206): pure parsing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from checks.dialogues.reply_text import one_line

_STATUS = re.compile(r"(\+OK|-ERR)(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(r"\[([A-Za-z][A-Za-z0-9/_-]{0,63})\]\s*(.*)", re.DOTALL)
_STAT = re.compile(r"([0-9]{1,9}) ([0-9]{1,19})(?: .*)?", re.DOTALL)


class ReplyError(ValueError):
    """What came is no POP3 response. The message says what is wrong, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    is_ok: bool
    code: str | None = None
    """Response code in upper case: "AUTH", "SYS/TEMP"."""
    rest: str = ""
    """The text for people, without the code."""

    @property
    def text(self) -> str:
        """One line for people, shortened; what could move a cursor is made visible."""
        return one_line(self.rest)

    @property
    def shown(self) -> str:
        parts = ("+OK" if self.is_ok else "-ERR", f"[{one_line(self.code)}]" if self.code else "", self.text)
        return " ".join(filter(None, parts))

    def redacted(self, taken_out: Callable[[str], str]) -> "Reply":
        """With secrets taken out of all that is shown."""
        return replace(self, code=None if self.code is None else taken_out(self.code), rest=taken_out(self.rest))


def parse(line: str) -> Reply:
    """The response that `line` begins. Raises ReplyError."""
    found = _STATUS.fullmatch(line)
    if found is None:
        raise ReplyError("is no POP3 response")
    rest = found[2] or ""
    code = _CODE.fullmatch(rest)
    return Reply(
        is_ok=found[1].upper() == "+OK",
        code=None if code is None else code[1].upper(),
        rest=rest if code is None else code[2],
    )


def capabilities(lines: Sequence[str]) -> dict[str, str]:
    """Keyword (upper case) to its parameters (RFC 2449 §3)."""
    parted = [line.strip().partition(" ") for line in lines]
    return {keyword.upper(): parameters.strip() for keyword, _, parameters in parted if keyword}


def message_count(text: str) -> int:
    """Of "2 320", the answer to STAT (RFC 1939 §5). Raises ReplyError."""
    found = _STAT.fullmatch(text)
    if found is None:
        raise ReplyError("does not count the messages")
    return int(found[1])
