"""What a mail's headers and body look like on the wire, whatever the message says."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.mail_letter import letter, message_id, thread_id
from alerts.incident import EventKind
from alerts.words.escape import visible
from tests.support.notifications import MESSAGE, message, notification
from tests.support.virtual_loop import EPOCH

SENDER = "nigehban@example.org"

ANY_TEXT = st.text(st.characters(), max_size=200)


def received(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_mail_carries_the_headers_of_the_contract() -> None:
    mail = letter(notification(content=message(EventKind.REMINDER)), SENDER, EPOCH)
    headers = dict(received(mail.as_bytes()).items())
    opening = thread_id(notification(), SENDER)
    assert {name: headers[name] for name in sorted(headers) if not name.startswith(("Content", "MIME"))} == {
        "Auto-Submitted": "auto-generated",
        "Date": "Wed, 18 Oct 2017 04:00:00 +0000",
        "From": SENDER,
        "In-Reply-To": opening,
        "Message-ID": "<n1@example.org>",
        "References": opening,
        "Subject": MESSAGE.subject,
        "To": "noc@example.org",
        "X-Auto-Response-Suppress": "All",
        "X-Nigehban-Check": "mx/mx1.example.gov.pk",
        "X-Nigehban-Event": "reminder",
        "X-Nigehban-Incident": "inc1",
    }


def test_the_later_mails_of_an_incident_answer_the_one_that_opened_it() -> None:
    opened = letter(notification("n1"), SENDER, EPOCH)
    resolved = letter(notification("n2", content=message(EventKind.RESOLVED)), SENDER, EPOCH)
    assert resolved["In-Reply-To"] == resolved["References"] == opened["Message-ID"]
    assert opened["In-Reply-To"] is None
    assert resolved["Message-ID"] != opened["Message-ID"]


def test_each_address_has_a_thread_of_its_own_whatever_the_channel_is_called() -> None:
    threads = {
        message_id(notification(recipient=recipient, channel=channel), SENDER)
        for recipient in ("noc@example.org", "boss@example.org")
        for channel in ("on-call-1-mail", "finance-1-mail")
    }
    assert len(threads) == 2


def test_a_notice_belongs_to_no_thread() -> None:
    row = notification(content=replace(message(EventKind.NOTICE), incident="", check=""), incident_id=None)
    mail = letter(row, SENDER, EPOCH)
    assert mail["In-Reply-To"] is None
    assert mail["X-Nigehban-Incident"] is None
    assert mail["Message-ID"] == "<n1@example.org>"


def test_the_notice_of_a_change_stands_alone_and_names_its_incident() -> None:
    mail = letter(notification(content=message(EventKind.NOTICE)), SENDER, EPOCH)
    assert (mail["In-Reply-To"], mail["Message-ID"]) == (None, "<n1@example.org>")
    assert mail["X-Nigehban-Incident"] == message(EventKind.NOTICE).incident


def test_a_repeat_says_so_in_header_and_text() -> None:
    mail = received(letter(notification(repeat=True), SENDER, EPOCH).as_bytes())
    assert mail["X-Nigehban-Repeat"] == "1"
    assert mail.get_content().splitlines() == ["(repeat after a restart)", "", "Since 09:00.", "Call Acme NOC."]


def test_urdu_arrives_as_it_was_written() -> None:
    urdu = "سرکاری ای میل بند ہے: mx1 " * 8
    row = notification(content=message(subject=urdu.strip(), text=urdu))
    mail = received(letter(row, SENDER, EPOCH).as_bytes())
    assert mail["Subject"] == urdu.strip()
    assert mail.get_content().splitlines() == [urdu]


def test_ids_stay_whole_under_a_long_domain() -> None:
    sender = f"nigehban@{'sub.' * 30}example.org"
    raw = letter(notification(content=message(EventKind.RESOLVED)), sender, EPOCH).as_bytes()
    assert b"=?" not in raw
    assert received(raw)["References"] == thread_id(notification(), sender)


@given(row_id=ANY_TEXT, incident=ANY_TEXT, event=st.sampled_from(EventKind))
def test_a_message_id_is_one_valid_token_whatever_the_ids_are(row_id: str, incident: str, event: EventKind) -> None:
    row = notification(row_id, incident_id=incident, content=message(event))
    assert re.fullmatch(r"<[A-Za-z0-9_.-]{1,90}@example\.org>", message_id(row, SENDER))
    assert message_id(row, SENDER) == message_id(replace(row, repeat=True, attempts=7), SENDER)


@given(subject=ANY_TEXT, text=ANY_TEXT, check=ANY_TEXT, incident=ANY_TEXT)
def test_no_text_makes_a_second_header_or_leaves_seven_bits(subject: str, text: str, check: str, incident: str) -> None:
    content = replace(message(EventKind.REMINDER, subject=subject, text=text), check=check, incident=incident)
    raw = letter(notification(content=content), SENDER, EPOCH).as_bytes()
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    names = [name for name in received(raw) if name.startswith(("X-", "Subject", "To", "From", "Bcc"))]
    assert len(names) == len(set(names))
    assert not set(names) - {
        "From", "To", "Subject", "X-Nigehban-Incident", "X-Nigehban-Check", "X-Nigehban-Event",
        "X-Auto-Response-Suppress",
    }  # fmt: skip


@given(subject=st.one_of(ANY_TEXT, st.text("آب =?utf-8q_ \u200c", max_size=300), st.text("ab ", max_size=300)))
def test_a_subject_arrives_as_it_was_shown(subject: str) -> None:
    raw = letter(notification(content=message(subject=subject)), SENDER, EPOCH).as_bytes()
    assert str(make_header(decode_header(message_from_bytes(raw)["Subject"]))) == visible(subject.strip())


def test_a_target_cannot_smuggle_marks_in_an_encoded_word() -> None:
    smuggled = "DOWN =?utf-8?b?4oCu?= mx"
    mail = letter(notification(content=message(subject=smuggled)), SENDER, EPOCH)
    assert received(mail.as_bytes())["Subject"] == smuggled
