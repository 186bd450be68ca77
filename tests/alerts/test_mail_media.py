"""A mail for people: plain text and HTML side by side, files behind them, the same bytes at every try."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.mail_letter import REPEAT_LINE, letter, thread_id
from alerts.incident import EventKind
from alerts.message import Attachment
from alerts.route import Audience, Language
from alerts.words.bidi import bare
from tests.support.audiences import told
from tests.support.notifications import MESSAGE, notification
from tests.support.telling import OUTAGE, event
from tests.support.virtual_loop import EPOCH

SENDER = "nigehban@example.org"
FILE = Attachment(name="bills.csv", media_type="text/csv", text="\ufeffbill,vendor\r\nINV-7,نگہبان\r\n")


def received(**more: object) -> EmailMessage:
    content = replace(MESSAGE, **more)  # type: ignore[arg-type]
    mail = message_from_bytes(letter(notification(content=content), SENDER, EPOCH).as_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_plain_text_stands_first_and_html_beside_it() -> None:
    mail = received(html="<!DOCTYPE html><html><body><p>Since 09:00.</p></body></html>")
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert body(mail, "plain").startswith("Since 09:00.")


def test_a_message_without_html_stays_one_plain_text() -> None:
    assert received().get_content_type() == "text/plain"


def test_a_file_goes_with_it_and_arrives_as_it_was() -> None:
    mail = received(html="<html><body></body></html>", attachments=(FILE,))
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("bills.csv", "text/csv")
    assert file.get_payload(decode=True) == FILE.text.encode()
    assert body(mail, "plain").startswith("Since 09:00.")


@pytest.mark.parametrize("language", Language)
def test_it_is_the_same_at_every_try_and_seven_bits_wide(language: Language) -> None:
    row = notification(content=replace(told(event(OUTAGE), Audience.ON_CALL, language), attachments=(FILE,)))
    first = letter(row, SENDER, EPOCH).as_bytes()
    assert first == letter(row, SENDER, EPOCH).as_bytes()
    assert first.isascii()


def test_a_repeat_says_so_in_both_texts() -> None:
    row = notification(content=told(event(OUTAGE), Audience.ON_CALL), repeat=True)
    mail = message_from_bytes(letter(row, SENDER, EPOCH).as_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert REPEAT_LINE in body(mail, "plain")
    assert f"<p>{REPEAT_LINE}</p>" in body(mail, "html")


def test_urdu_arrives_with_its_isolates_and_its_direction() -> None:
    content = told(event(OUTAGE), Audience.DEPARTMENT, Language.URDU)
    mail = message_from_bytes(letter(notification(content=content), SENDER, EPOCH).as_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert str(mail["Subject"]) == content.subject
    assert body(mail, "plain").rstrip("\n") == content.text
    assert '<html lang="ur" dir="rtl">' in body(mail, "html")
    assert bare(content.text) != content.text


@given(st.text(st.characters(), max_size=60))
def test_marks_that_act_do_not_survive_in_urdu_mails_either(hostile: str) -> None:
    content = replace(MESSAGE, language=Language.URDU, subject=f"x{hostile}", text=f"\u2066a{hostile}\u202e\x1b")
    mail = message_from_bytes(letter(notification(content=content), SENDER, EPOCH).as_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    shown = str(mail["Subject"]) + body(mail, "plain")
    assert not {"\u202e", "\x1b", "\u202d", "\u200f", "\x07", "\x00"} & set(shown)
    for line in shown.split("\n"):
        assert line.count("\u2066") + line.count("\u2067") + line.count("\u2068") == line.count("\u2069")


class _Strict(HTMLParser):
    """Every element is closed, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("language", Language)
def test_every_page_closes_what_it_opens(audience: Audience, language: Language) -> None:
    assert _Strict(told(event(OUTAGE), audience, language).html).open == []


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind not in {EventKind.OPENED, EventKind.NOTICE}])
def test_whatever_follows_in_an_incident_stands_in_its_thread(kind: EventKind) -> None:
    """A reminder, another channel's copy, an escalation, a hand-off, the end."""
    first = letter(notification(), SENDER, EPOCH)
    for channel in ("on-call-1-mail", "on-call-2-mail"):
        later = notification("n2", content=replace(MESSAGE, event=kind), channel=channel, repeat=True)
        mail = letter(later, SENDER, EPOCH)
        assert mail["In-Reply-To"] == mail["References"] == first["Message-ID"] == thread_id(later, SENDER)


def test_a_list_stands_alone() -> None:
    digest = notification("d1", content=replace(MESSAGE, event=EventKind.DIGEST, incident=""), incident_id=None)
    assert letter(digest, SENDER, EPOCH)["In-Reply-To"] is None
