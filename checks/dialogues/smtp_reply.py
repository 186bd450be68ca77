"""Replies of a mail server (RFC 5321 §4.2, enhanced codes of RFC 3463): pure parsing, bounded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from checks.dialogues.reply_text import one_line

#: EHLO answers have a dozen lines; a banner of policy text has been seen with forty.
MAX_LINES = 100

_LINE = re.compile(r"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})(?:\s+|$)")


class ReplyError(ValueError):
    """What came is no SMTP reply. The message says what is wrong, in one line."""


class ReplyTooLongError(ReplyError):
    """The reply goes on after MAX_LINES lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    code: int
    enhanced: str | None
    """Enhanced status code, "4.7.1", from the first line that carries one."""
    lines: tuple[str, ...]
    """Texts without code and enhanced code."""

    @property
    def text(self) -> str:
        """One line for people, shortened; what could move a cursor is made visible."""
        return one_line(" ".join(self.lines))

    @property
    def shown(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part)

    @property
    def is_done(self) -> bool:
        return 200 <= self.code < 300  # noqa: PLR2004  # RFC 5321 §4.2.1: 2yz is completion

    @property
    def is_temporary(self) -> bool:
        return 400 <= self.code < 500  # noqa: PLR2004  # RFC 5321 §4.2.1: 4yz is transient

    @property
    def is_permanent(self) -> bool:
        return self.code >= 500  # noqa: PLR2004  # RFC 5321 §4.2.1: 5yz is permanent


@dataclass(slots=True)
class ReplyAssembly:
    """Collects the lines of one reply."""

    _code: int | None = None
    _texts: list[str] = field(default_factory=list)

    def feed(self, line: str) -> Reply | None:
        """Take one line without its ending; the whole reply once its last line is in. Raises ReplyError."""
        match = _LINE.fullmatch(line)
        if match is None:
            raise ReplyError("is no SMTP reply")
        code, text = int(match[1]), match[3] or ""
        if self._code not in {None, code}:
            raise ReplyError(f"changes its code from {self._code} to {code} within one reply (RFC 5321 §4.2.1)")
        self._code = code
        self._texts.append(text)
        if match[2] != "-":
            return _reply(code, self._texts)
        if len(self._texts) >= MAX_LINES:
            raise ReplyTooLongError(f"is still not complete after {MAX_LINES} lines")
        return None


def parse(lines: Sequence[str]) -> Reply:
    """The reply that `lines` make up, all of them. Raises ReplyError."""
    assembly = ReplyAssembly()
    for number, line in enumerate(lines, start=1):
        reply = assembly.feed(line)
        if reply is not None and number == len(lines):
            return reply
        if reply is not None:
            raise ReplyError(f"ends at line {number} of {len(lines)}")
    raise ReplyError("has no last line")


def capabilities(ehlo: Reply) -> dict[str, str]:
    """Keyword (upper case) to its parameters; the first line is the greeting (RFC 5321 §4.1.1.1).

    "AUTH=PLAIN LOGIN", as old servers spell it, counts as AUTH too.
    """
    found: dict[str, str] = {}
    for line in ehlo.lines[1:]:
        keyword, _, parameters = line.strip().replace("=", " ", 1).partition(" ")
        name = keyword.upper()
        found[name] = f"{found[name]} {parameters}".strip() if name in found else parameters.strip()
    return found


def _reply(code: int, texts: Sequence[str]) -> Reply:
    enhanced: str | None = None
    lines = []
    for text in texts:
        match = _ENHANCED.match(text)
        if match is None or match[1] != str(code)[0]:
            lines.append(text)
            continue
        enhanced = enhanced or f"{match[1]}.{match[2]}.{match[3]}"
        lines.append(text[match.end() :])
    return Reply(code=code, enhanced=enhanced, lines=tuple(lines))
