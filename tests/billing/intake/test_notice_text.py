"""Files that notices come in: what is read of text, mail and PDF, and that no file does harm to whoever reads it."""

import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.billing.intake.notice_text import MAX_FILE_BYTES, NoticeRefusedError, text_of
from watchdog.cli.notice_asking import UnreadError, text_apart

SAID = "Invoice INV-7, Rs 134,000, due date 1 December 2026"


_PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
)


def pdf(content: bytes, *, packed: bool = False) -> bytes:
    """One page that shows `content`, as operators of a page."""
    stream = zlib.compress(content, 9) if packed else content
    how = b"/Filter /FlateDecode " if packed else b""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE,
        b"<< " + how + b"/Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(made)
    made += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(made + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)


def page_saying(text: str) -> bytes:
    return b"BT /F1 12 Tf 40 700 Td (" + text.encode() + b") Tj ET"


def letter(body: str = SAID, subtype: str = "plain") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "billing@ntc.example"
    message["To"] = "it@office.example"
    message["Subject"] = "FINAL NOTICE"
    message["Date"] = "Mon, 16 Nov 2026 10:00:00 +0500"
    message.set_content(body, subtype=subtype)
    return message


def with_pdf() -> bytes:
    message = letter("see attached")
    message.add_attachment(pdf(page_saying(SAID)), maintype="application", subtype="pdf", filename="notice.pdf")
    return message.as_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        SAID.encode(),
        b"\xef\xbb\xbf" + SAID.encode(),
        SAID.encode("utf-16"),
        letter().as_bytes(),
        letter(f"<html><head><style>p {{}}</style></head><p>{SAID}</p><script>x</script></html>", "html").as_bytes(),
        pdf(page_saying(SAID)),
        pdf(page_saying(SAID), packed=True),
        with_pdf(),
    ],
    ids=["utf-8", "with a mark", "utf-16", "mail", "html mail", "pdf", "packed pdf", "mail with a pdf"],
)
def test_the_text_of_a_notice_is_found_whatever_it_came_in(raw: bytes) -> None:
    text = text_of(raw)
    assert SAID in " ".join(text.split())
    assert "script" not in text


def test_urdu_of_windows_is_read() -> None:
    assert text_of("آخری تاریخ".replace("ی", "ي").encode("cp1256")) == "آخري تاريخ".replace("ی", "ي")


def test_of_a_mail_its_subject_and_day_are_read_too() -> None:
    assert "Subject: FINAL NOTICE" in text_of(letter().as_bytes())
    assert "16 Nov 2026" in text_of(letter().as_bytes())


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no text in it"),
        (b" \n\t", "no text in it"),
        (b"PK\x03\x04" + b"\0" * 100, "an office document"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (bytes(range(256)) * 4, "no text"),
        (b"%PDF-1.4\nnothing else", "damaged"),
        (pdf(b""), "a scan is a picture"),
        (b"a" * (MAX_FILE_BYTES + 1), "larger than 10 MiB"),
    ],
    ids=["nothing", "blanks", "docx", "picture", "bytes", "torn pdf", "empty pdf", "too large"],
)
def test_what_is_no_notice_is_refused_with_what_would_be_right(raw: bytes, why: str) -> None:
    with pytest.raises(NoticeRefusedError, match=why):
        text_of(raw)


def nested_mail() -> bytes:
    head = b"From: a@b.example\r\nSubject: x\r\n"
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000))
    return head + parts + b"Content-Type: text/plain\r\n\r\n" + SAID.encode()


def many_parts() -> bytes:
    head = b'From: a@b.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    return head + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 100_000


BROKEN = b"From: <@<@<@:;,>\r\nTo: =?a?b?c?=\r\nSubject: =?utf-8?b?////?=\r\n\r\n"
HOSTILE: list[tuple[str, Callable[[], bytes]]] = [
    ("parts within parts", nested_mail),
    ("many parts", many_parts),
    ("a page of a gigabyte", lambda: pdf(b"\0" * 400_000_000, packed=True)),
    ("lists within lists", lambda: pdf(b"[" * 400_000, packed=True)),
    ("a page that is its own parent", lambda: pdf(b"").replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")),
    ("an odd charset", lambda: letter().as_bytes().replace(b"utf-8", b"x-nobody-knows")),
    (
        "a broken address",
        lambda: b"From: <@<@<@:;,>\r\nTo: =?a?b?c?=\r\nSubject: =?utf-8?b?////?=\r\n\r\n" + SAID.encode(),
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("make", [make for _, make in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_a_hostile_file_is_read_or_refused_in_words(make: Callable[[], bytes]) -> None:
    said = said_of(text_apart, make()[:MAX_FILE_BYTES])
    assert "Traceback" not in said
    assert SAID in said or "save it as" in said or "type what" in said or "FINAL NOTICE" in said


def said_of(read: Callable[[bytes], str], raw: bytes) -> str:
    """The text, or why there is none."""
    try:
        return read(raw)
    except (UnreadError, NoticeRefusedError) as error:
        return str(error)


def test_the_reader_apart_can_open_nothing() -> None:
    text = (
        "import checks.billing.intake.notice_child as c, checks.billing.intake.notice_text as t\n"
        "def evil(raw):\n    open('/etc/hostname')\n"
        "c.text_of = evil\n"
        "c.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", text], input=b"x", capture_output=True, check=True)
    assert "cannot be read" in json.loads(done.stdout)["refused"]


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda raw: b"From: a\r\nSubject: b\r\n" + raw)))
def test_no_bytes_break_the_reader_of_text_and_mail(raw: bytes) -> None:
    assert said_of(text_of, raw).strip()
