"""Whoever pays and sits at the desk, too, hears of one bill once a morning, and of every step of either ladder."""

from collections.abc import Callable, Coroutine
from datetime import date, datetime
from pathlib import Path

import pytest

from alerts.concern import BILLS, STAGES
from alerts.incident import EventKind
from alerts.message import Notification
from alerts.route import Audience
from tests.support.paying_office import PayingOffice, paying_office
from tests.support.settings_files import load_text
from tests.support.telling import KARACHI, local
from tests.support.virtual_loop import run_virtual

SETTINGS = """\
estate: {{name: Lab, time_zone: Asia/Karachi, public_url: https://nigehban.example.gov.pk}}
offices: {{hq: {{week: {{mon-fri: "09:00-17:00"}}}}}}
vendors: {{acme: {{name: Acme Mail (Pvt) Ltd, taxpayer_lists: []}}}}
services: {{official-email: {{title: Official e-mail, vendor: acme}}}}
receivers:
  clerk: {{audience: {audience}, office: hq, hold_for_office_hours: true,
    channels: [{{kind: mail, to: [clerk@office.example]}}]}}
  desk: {{audience: finance, office: hq, channels: [{{kind: mail, to: [desk@office.example]}}]}}
mail: {{relay: localhost, tls: none, from: nigehban@told.example}}
routes:
  - {{match: {{kind: outage_forecast}}, to: [desk]}}
  - {{match: {{}}, to: [clerk]}}
billing: {{owners: {{verification: {owner}}}}}
checks: [{{id: bills, kind: invoice_due, interval: 5m}}]
"""
pytestmark = pytest.mark.slow

SAYS = frozenset({EventKind.OPENED, EventKind.REMINDER})


#: On which both ladders have a step.
MORNINGS = 3


def lived(
    folder: Path,
    owner: str,
    body: Callable[[PayingOffice], Coroutine[None, None, None]],
    audience: Audience = Audience.FINANCE,
) -> list[Notification]:
    """What is sent of a bill that comes on Wednesday 18 October and is due on the 27th."""

    async def play() -> list[Notification]:
        settings = load_text(folder, SETTINGS.format(owner=owner, audience=audience.value))
        async with paying_office(settings, start=local("2017-10-18 09:30")) as office:
            bill = {"vendor": "acme", "number": "INV-7", "amount": "134000", "due": "2017-10-27"}
            await office.add(**bill, service="official-email")
            await body(office)
            return office.sent

    return run_virtual(play())


async def paid_late(office: PayingOffice) -> None:
    await office.until("2017-11-01 11:00")
    await office.say("acme/INV-7", "acknowledged", evidence="receipt 4711")
    await office.until("2017-11-01 12:00")


def of(sent: list[Notification], kind: str, to: str, said: frozenset[EventKind] = SAYS) -> dict[date, Notification]:
    """By day; no day has two of a kind."""
    theirs = [
        row
        for row in sent
        if row.message.fields.get("kind") == kind and row.receiver == to and row.message.event in said
    ]
    by_day = {_day(row.not_before): row for row in theirs}
    assert len(by_day) == len(theirs)
    return by_day


def _day(at: datetime) -> date:
    return at.astimezone(KARACHI).date()


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> list[Notification]:
    """The desk is somebody else: each hears what is theirs."""
    return lived(tmp_path_factory.mktemp("apart"), "desk", paid_late)


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> list[Notification]:
    """The clerk is both."""
    return lived(tmp_path_factory.mktemp("joined"), "clerk", paid_late)


def test_two_who_hear_of_one_bill_each_hear_every_step_of_theirs(apart: list[Notification]) -> None:
    bill, stage = of(apart, BILLS, "clerk"), of(apart, STAGES, "desk")
    assert len(bill.keys() & stage.keys()) >= MORNINGS
    assert not of(apart, STAGES, "clerk")


def test_one_who_is_both_hears_of_the_bill_once_a_morning(joined: list[Notification]) -> None:
    bill, stage = of(joined, BILLS, "clerk"), of(joined, STAGES, "clerk")
    twice = bill.keys() & stage.keys()
    assert all(bill[day].message.fields["severity"] == "warning" for day in twice)
    assert all(stage[day].message.fields["severity"] == "critical" for day in twice)
    assert len(twice) <= 1


def test_no_step_of_either_ladder_is_lost_by_it(apart: list[Notification], joined: list[Notification]) -> None:
    bill, stage = of(joined, BILLS, "clerk"), of(joined, STAGES, "clerk")
    assert bill.keys() == of(apart, BILLS, "clerk").keys()
    asked = of(apart, STAGES, "desk")
    assert asked.keys() <= bill.keys() | stage.keys()
    for day in asked.keys() - stage.keys():
        assert "verification" in bill[day].message.text
        assert "Act by" in bill[day].message.text


def test_a_late_stage_is_named_in_the_message_of_the_bill_that_tells_it(joined: list[Notification]) -> None:
    bill, stage = of(joined, BILLS, "clerk"), of(joined, STAGES, "clerk")
    last = max(bill.keys() - stage.keys())
    text = " ".join(bill[last].message.text.split())
    assert "It lies in verification, which it had to leave by" in text
    assert "Usually in the way" in text


def test_the_end_of_a_paid_bill_is_told_once(apart: list[Notification], joined: list[Notification]) -> None:
    ends = frozenset({EventKind.RESOLVED})
    assert len(of(joined, BILLS, "clerk", ends)) == 1
    assert not of(joined, STAGES, "clerk", ends)
    assert len(of(apart, STAGES, "desk", ends)) == 1


def test_a_stage_that_was_told_with_its_bill_says_that_it_moved_on_and_the_next_is_told_by_itself(
    tmp_path: Path,
) -> None:
    async def body(office: PayingOffice) -> None:
        await office.until("2017-10-20 11:00")
        await office.say("acme/INV-7", "verified")
        await office.until("2017-10-20 12:00")

    sent = lived(tmp_path, "clerk", body)
    ends = [row for row in sent if row.message.event is EventKind.RESOLVED and row.receiver == "clerk"]
    stages = [row.message.fields["stage"] for row in of(sent, STAGES, "clerk").values()]
    assert stages[-1] == "payee check"
    assert "MOVED" in {row.message.subject.partition(" ")[0] for row in ends}


@pytest.mark.parametrize("audience", [Audience.FINANCE, Audience.SECRETARY])
def test_nobody_reads_that_a_stage_moved_on_who_never_read_that_the_bill_lay_there(
    tmp_path: Path, audience: Audience
) -> None:
    async def body(office: PayingOffice) -> None:
        await office.until("2017-10-18 14:00")
        await office.say("acme/INV-7", "verified")
        await office.until("2017-10-18 15:00")

    texts = [row.message.text for row in lived(tmp_path, "clerk", body, audience) if row.receiver == "clerk"]
    moved = next(place for place, text in enumerate(texts) if "lies in payee check" in text)
    assert any("verification" in text for text in texts[:moved])
