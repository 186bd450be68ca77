"""The text of a notice, whatever it came in: plain text, an e-mail, a PDF. For a process with little to lose.

Nothing here is safe against a hostile file by itself: memory and time are bounded by whoever runs it
(checks.billing.intake.notice_child).
"""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from io import BytesIO
from itertools import islice
from typing import Final

from checks.billing.intake.notice_lines import MAX_NOTICE_CHARS

MAX_FILE_BYTES: Final = 10 * 1024 * 1024
_MAX_PARTS: Final = 60
_MAX_PAGES: Final = 20
_MAX_PDFS: Final = 3

_HEADERS: Final = (
    b"from:",
    b"to:",
    b"subject:",
    b"received:",
    b"return-path:",
    b"delivered-to:",
    b"mime-version:",
    b"date:",
)
_PDF: Final = b"%PDF-"
_OTHERS: Final = {
    b"PK\x03\x04": "an office document; save it as PDF or as text",
    b"\xd0\xcf\x11\xe0": "an old office document; save it as PDF or as text",
    b"\x89PNG": "a picture; type what it says, or use the e-mail it came with",
    b"\xff\xd8\xff": "a picture; type what it says, or use the e-mail it came with",
}


class NoticeRefusedError(ValueError):
    """It cannot be read; the text says to a person why, and what would be right."""


def text_of(raw: bytes) -> str:
    """At most MAX_NOTICE_CHARS characters. Raises NoticeRefusedError."""
    if len(raw) > MAX_FILE_BYTES:
        raise NoticeRefusedError(f"larger than {MAX_FILE_BYTES // 1024 // 1024} MiB; no notice is")
    for magic, what in _OTHERS.items():
        if raw.startswith(magic):
            raise NoticeRefusedError(f"this is {what}")
    if _PDF in raw[:1024]:
        text = _of_pdf(raw)
    elif _is_mail(raw):
        text = _of_mail(raw)
    else:
        text = _of_text(raw)
    if not text.strip():
        raise NoticeRefusedError("there is no text in it (a scan is a picture); type what it says into a text file")
    return text[:MAX_NOTICE_CHARS]


def _is_mail(raw: bytes) -> bool:
    """It begins with the head of a message (RFC 5322, 2.2)."""
    head = raw[:16_384].replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")[0].lower()
    lines = [line for line in head.split(b"\n") if line and line[:1] not in b" \t"]
    if lines and lines[0].startswith(b"from "):
        lines = lines[1:]
    known = sum(line.startswith(_HEADERS) for line in lines)
    return known >= 2 and all(b":" in line for line in lines)  # noqa: PLR2004  # a letter may have one such line


def _of_text(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        # Windows writes Urdu in 1256 where it does not write UTF-8.
        encodings = ("utf-8-sig", "cp1256")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NoticeRefusedError("this is no text; save it as text in UTF-8, or as PDF")


def _of_mail(raw: bytes) -> str:
    message = message_from_bytes(raw, policy=default)
    head = [f"{name}: {_header(message, name)}" for name in ("From", "Date", "Subject") if _header(message, name)]
    parts = [part for part in islice(message.walk(), _MAX_PARTS) if not part.is_multipart()]
    plain = [_decoded(part) for part in parts if part.get_content_type() == "text/plain"]
    marked = [_of_html(_decoded(part)) for part in parts if part.get_content_type() == "text/html"]
    letters = [text for text in plain if text.strip()] or marked
    return "\n\n".join(["\n".join(head), *letters, *_of_pdfs(parts)])


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())[:300]
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""  # the standard library's own parser breaks on some


def _of_pdfs(parts: list[EmailMessage]) -> Iterator[str]:
    files = [part for part in parts if part.get_content_type() == "application/pdf"]
    for part in files[:_MAX_PDFS]:
        raw = part.get_payload(decode=True)
        if isinstance(raw, bytes) and _PDF in raw[:1024]:
            yield _of_pdf(raw)


def _decoded(part: EmailMessage) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        return raw.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError, OSError):  # a codec that cannot be opened any more
        return raw.decode("utf-8", "replace")


class _Letters(HTMLParser):
    """What somebody reads of a page."""

    _LINES: Final = frozenset({"p", "br", "div", "tr", "li", "table", "h1", "h2", "h3", "h4", "td", "th"})
    _UNSEEN: Final = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # its shape
        self._unseen += tag in self._UNSEEN
        if tag in self._LINES:
            self.texts.append(" " if tag in {"td", "th"} else "\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(self._unseen - (tag in self._UNSEEN), 0)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.texts.append(data if data.strip() else " ")


def _of_html(text: str) -> str:
    parser = _Letters()
    parser.feed(text[: 10 * MAX_NOTICE_CHARS])
    parser.close()
    return "".join(parser.texts)


def _of_pdf(raw: bytes) -> str:
    try:
        from pypdf import PdfReader  # noqa: PLC0415  # an extra
        from pypdf.errors import PyPdfError  # noqa: PLC0415
    except ImportError:
        raise NoticeRefusedError(
            "PDF files need the extra `notices`: install nigehban[notices], or save it as text"
        ) from None
    try:
        reader = PdfReader(BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise NoticeRefusedError("this PDF has a password; save it without")
        return "\n\n".join(page.extract_text() for page in islice(reader.pages, _MAX_PAGES))
    except PyPdfError as error:
        raise NoticeRefusedError("this PDF is damaged; print it anew, or save it as text") from error
