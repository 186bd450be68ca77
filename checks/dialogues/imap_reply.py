"""Responses of an IMAP server (RFC 9051 §7, RFC 3501 §7, codes of RFC 5530): pure parsing, bounded."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from checks.dialogues.reply_text import one_line

#: Words of a response that carries a text for people.
STATUS_WORDS = frozenset({"OK", "NO", "BAD", "BYE", "PREAUTH"})
#: RFC 9051 §9: a number of 63 bits.
_MAX_DIGITS = 19

_LITERAL = re.compile(r"~?\{([0-9]+)\+?\}\Z")
_RESPONSE = re.compile(
    r"(?P<tag>\*|[^\s(){%*\"\\+\]]{1,64}) (?:(?P<number>[0-9]{1,20}) )?"
    r"(?P<word>[A-Za-z][A-Za-z0-9.=_-]{0,63})(?: (?P<rest>.*))?",
    re.DOTALL,
)
_CODE = re.compile(r"\[([^\s\]]{1,64})(?: ([^\]]*))?\] ?(.*)", re.DOTALL)


class ReplyError(ValueError):
    """What came is no IMAP response. The message says what is wrong, in one line."""


class ReplyTooLongError(ReplyError):
    """A literal is announced with more digits than a number has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One response. Literals in it are left out."""

    tag: str
    """Of the command it ends; "*" where it ends none, "+" where the server waits for more."""
    word: str
    """In upper case: "OK", "NO", "BYE", "CAPABILITY", "EXISTS"; "" behind a "+"."""
    code: str | None = None
    """Response code in upper case: "AUTHENTICATIONFAILED"."""
    code_data: str = ""
    """What stands behind the code within its brackets."""
    number: int | None = None
    """That of "* 23 EXISTS"."""
    rest: str = ""
    """The text for people, or the data."""

    @property
    def text(self) -> str:
        """One line for people, shortened; what could move a cursor is made visible."""
        return one_line(self.rest)

    @property
    def shown(self) -> str:
        code = f"[{one_line(self.code)}]" if self.code else ""
        return " ".join(filter(None, (self.word, code, self.text)))

    def redacted(self, taken_out: Callable[[str], str]) -> "Reply":
        """With secrets taken out of all that is shown."""
        code = None if self.code is None else taken_out(self.code)
        return replace(self, code=code, code_data=taken_out(self.code_data), rest=taken_out(self.rest))


@dataclass(slots=True)
class ReplyAssembly:
    """Collects the lines of one response; those with literals have several."""

    _pieces: list[str] = field(default_factory=list)
    _holds_text: bool = False

    def feed(self, line: str) -> Reply | int:
        """Take one line without its ending.

        The whole response once its last line is in; before that the bytes of the literal that comes next, to be
        thrown away. Raises ReplyError.
        """
        if not self._pieces:
            found = _RESPONSE.match(line)
            self._holds_text = line.startswith("+") or (found is not None and found["word"].upper() in STATUS_WORDS)
        self._pieces.append(line)
        literal = None if self._is_text(line) else _LITERAL.search(line)
        if literal is None:
            return _parsed("".join(self._pieces))
        if len(literal[1]) > _MAX_DIGITS:
            raise ReplyTooLongError(f"announces a literal whose size has {len(literal[1])} digits")
        self._pieces[-1] = line[: literal.start()]
        return int(literal[1])

    def _is_text(self, line: str) -> bool:
        """Whether `line` ends in words for people, where "{5}" announces nothing: a literal stands in a code only."""
        if self._holds_text and (len(self._pieces) > 1 or _opens_code(line)):
            return "]" in line
        return self._holds_text


def parse(line: str) -> Reply:
    """The response that `line` is, whole. Raises ReplyError."""
    reply = ReplyAssembly().feed(line)
    if isinstance(reply, int):
        raise ReplyError("ends in a literal")
    return reply


def capabilities(data: str) -> frozenset[str]:
    """In upper case, "AUTH=PLAIN" and the like as they stand (RFC 9051 §7.2.2)."""
    return frozenset(data.upper().split())


def _opens_code(line: str) -> bool:
    found = _RESPONSE.match(line)
    return found is not None and (found["rest"] or "").startswith("[")


def _parsed(line: str) -> Reply:
    if line.startswith("+"):
        return Reply(tag="+", word="", rest=line[1:].strip())
    found = _RESPONSE.fullmatch(line)
    if found is None:
        raise ReplyError("is no IMAP response")
    tag, number, word, rest = found["tag"], found["number"], found["word"].upper(), found["rest"] or ""
    is_status = word in STATUS_WORDS and number is None
    if tag != "*" and (not is_status or word in {"BYE", "PREAUTH"}):
        raise ReplyError("is no IMAP response")
    code = _CODE.fullmatch(rest) if is_status else None
    return Reply(
        tag=tag,
        word=word,
        code=None if code is None else code[1].upper(),
        code_data="" if code is None else code[2] or "",
        number=None if number is None else int(number),
        rest=rest if code is None else code[3],
    )
