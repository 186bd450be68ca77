"""A question pressed on a phone reaches finance at once, or as its office opens; once, whatever happens in between."""

from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from pathlib import Path

from alerts.bill_links import BillAnswer, BillWord
from alerts.links import Action, Ticket
from alerts.questions import Question
from checks.invoice import bill_key
from tests.support.paying_office import PayingOffice, paying_office
from tests.support.settings_files import load_text
from tests.support.telling import KARACHI, local
from tests.support.virtual_loop import run_virtual
from watchdog.questions import Questions
from watchdog.store.executor import Inline
from watchdog.web.bill_door import BillDoor

WORDS = "which account is it to go to?"
KEY = bill_key("acme", "INV-7")

SETTINGS = """\
estate: {name: Lab, time_zone: Asia/Karachi, public_url: https://nigehban.example.gov.pk}
offices: {hq: {week: {mon-fri: "09:00-17:00"}}}
vendors: {acme: {name: Acme Mail (Pvt) Ltd, taxpayer_lists: []}}
services: {official-email: {title: Official e-mail, vendor: acme}}
receivers:
  finance: {audience: finance, office: hq, hold_for_office_hours: true,
    channels: [{kind: mail, to: [so@office.example]}]}
  ag-desk: {audience: finance, office: hq, channels: [{kind: mail, to: [ag@office.example]}]}
mail: {relay: localhost, tls: none, from: nigehban@told.example}
routes:
  - {match: {kind: payment_stage}, to: [ag-desk]}
  - {match: {}, to: [finance]}
billing: {}
checks: [{id: bills, kind: invoice_due, interval: 5m}]
"""


def questions_of(office: PayingOffice) -> Questions:
    rows = office.month.store.listings.ledger
    return Questions(daemon=office.daemon, rows=rows, reading=Inline(), clock=office.clock)


async def press(office: PayingOffice, asked: Callable[[Sequence[Question]], None], nonce: str = "n1") -> None:
    """The desk of the accounts office presses its link, and asks."""
    settings = office.daemon.settings
    door = BillDoor(
        bills=office.month.store.listings.ledger,
        pressing=office.keeper,
        reading=Inline(),
        estate=lambda: settings.estate,
        receivers=lambda: settings.receivers,
        clock=office.clock,
        asked=asked,
    )
    ticket = Ticket(
        action=Action.BILL,
        incident="",
        receiver="ag-desk",
        expires_at=local("2017-12-31 00:00"),
        nonce=nonce,
        about=KEY,
        answer=BillAnswer(word=BillWord.QUESTION, moves=1).text(),
    )
    page = await door.act(ticket, "token", WORDS, None)
    assert page.status is HTTPStatus.OK


def heard(folder: Path, body: Callable[[PayingOffice], Coroutine[None, None, None]]) -> list[str]:
    """What goes out with a question between Wednesday evening and Thursday noon: when, to whom, what."""

    async def lived() -> list[str]:
        async with paying_office(load_text(folder, SETTINGS), start=local("2017-10-18 09:30")) as office:
            bill = {"vendor": "acme", "number": "INV-7", "amount": "134000", "due": "2018-01-26"}
            await office.add(**bill, service="official-email")
            await body(office)
            await office.until("2017-10-19 12:00")
            told = [
                (one.at, one.notification)
                for one in office.month.sent
                if "QUESTION" in one.notification.message.subject
            ]
            return [f"{at.astimezone(KARACHI):%a %H:%M} {row.recipient} {row.message.subject}" for at, row in told]

    return run_virtual(lived())


SAID = f"so@office.example QUESTION of ag-desk on bill INV-7: {WORDS}"


def test_what_is_asked_in_office_hours_is_told_within_the_minute(tmp_path: Path) -> None:
    async def body(office: PayingOffice) -> None:
        await office.until("2017-10-18 11:05")
        await press(office, questions_of(office).tell)

    assert heard(tmp_path, body) == [f"Wed 11:05 {SAID}"]


def test_what_is_asked_at_night_is_told_as_the_office_opens(tmp_path: Path) -> None:
    async def body(office: PayingOffice) -> None:
        await office.until("2017-10-18 23:40")
        await press(office, questions_of(office).tell)

    assert heard(tmp_path, body) == [f"Thu 09:00 {SAID}"]


def test_what_a_crash_kept_from_being_told_is_told_at_the_next_start_and_once(tmp_path: Path) -> None:
    async def body(office: PayingOffice) -> None:
        await office.until("2017-10-18 11:05")
        await press(office, lambda _asked: None)
        for _start in range(3):
            await questions_of(office).tell_what_waits()
            await office.until("2017-10-18 12:00")

    assert [line.partition(" ")[2].partition(" ")[2] for line in heard(tmp_path, body)] == [SAID]


def test_what_was_answered_meanwhile_is_not_told_at_a_start(tmp_path: Path) -> None:
    async def body(office: PayingOffice) -> None:
        await office.until("2017-10-18 11:05")
        await press(office, lambda _asked: None)
        await office.until("2017-10-18 11:10")
        await office.say("acme/INV-7", "noted", reason="the one on the bill")
        await questions_of(office).tell_what_waits()

    assert heard(tmp_path, body) == []
