"""What the story expects of the mail that comes."""

import asyncio
from email.message import EmailMessage

import pytest

from tests.support.virtual_loop import EPOCH, run_virtual, virtual_clock
from watchdog.demo.inbox import Expected, Inbox, MissingMessageError, UnexpectedMessageError

FINANCE, ON_CALL = "finance@example.org", "noc@example.org"
BILL_IS_DUE = Expected(FINANCE, "DUE", "INV-7")


def mail(subject: str, text: str = "text\n") -> EmailMessage:
    written = EmailMessage()
    written["Subject"] = subject
    written.set_content(text)
    return written


def inbox() -> Inbox:
    return Inbox(lambda: EPOCH)


def test_a_message_is_taken_by_reader_word_and_name_whatever_came_before_it() -> None:
    box = inbox()
    box.put(ON_CALL, mail("DUE Rs 1, bill INV-7: act now"))
    box.put(FINANCE, mail("RESOLVED Rs 1, bill INV-7"))
    box.put(FINANCE, mail("DUE Rs 1, bill INV-8: act now"))
    box.put(FINANCE, mail("DUE Rs 1, bill INV-7: act now", "first\r\nsecond\r\n"))
    letter = run_virtual(box.take(BILL_IS_DUE, within_s=1))
    assert (letter.recipient, letter.subject) == (FINANCE, "DUE Rs 1, bill INV-7: act now")
    assert letter.text == "first\nsecond\n"
    assert len(box.letters) == 3


def test_a_message_may_come_later_than_others() -> None:
    async def story() -> str:
        box = Inbox(virtual_clock())
        loop = asyncio.get_running_loop()
        loop.call_later(3, box.put, ON_CALL, mail("EXPIRES soon"))
        loop.call_later(8, box.put, FINANCE, mail("DUE bill INV-7"))
        letter = await box.take(BILL_IS_DUE, within_s=10)
        return f"{letter.subject} after {(letter.at - EPOCH).total_seconds():g} s"

    assert run_virtual(story()) == "DUE bill INV-7 after 8 s"


def test_a_message_that_does_not_come_is_missed_by_name() -> None:
    with pytest.raises(MissingMessageError, match=r"within 10 s: DUE … INV-7 to finance@example\.org$"):
        run_virtual(inbox().take(BILL_IS_DUE, within_s=10))


def test_a_second_copy_is_unexpected() -> None:
    box = inbox()
    box.put(FINANCE, mail("DUE bill INV-7"))
    run_virtual(box.take(BILL_IS_DUE, within_s=1))
    box.require_empty()
    box.put(FINANCE, mail("DUE bill INV-7"))
    with pytest.raises(UnexpectedMessageError, match=r"DUE bill INV-7 to finance@example\.org"):
        box.require_empty()


def test_a_message_that_must_say_something_is_not_taken_for_one_that_does_not() -> None:
    box = inbox()
    box.put(ON_CALL, mail("DOWN E-office: gone", "Cause     timeout\n"))
    wanted = Expected(ON_CALL, "DOWN", "E-office", saying="Cause mass_logout")
    with pytest.raises(MissingMessageError, match=r"saying 'Cause mass_logout'; instead there is DOWN E-office: gone"):
        run_virtual(box.take(wanted, within_s=1))
    box.put(ON_CALL, mail("DOWN E-office: gone", "Cause     mass_logout (users were logged out)\n"))
    assert "mass_logout" in run_virtual(box.take(wanted, within_s=1)).text


def test_behind_the_story_letters_are_shown_as_they_come() -> None:
    async def read() -> list[str]:
        box = Inbox(virtual_clock())
        box.put(ON_CALL, mail("first"))
        asyncio.get_running_loop().call_later(3, box.put, ON_CALL, mail("second"))
        return [(await box.next_letter()).subject, (await box.next_letter()).subject]

    assert run_virtual(read()) == ["first", "second"]
