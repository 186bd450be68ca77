"""Whoever hears of a bill still hears that nobody is at its stage, or is no longer."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.concern import STAGES
from alerts.incident import Acknowledgement
from alerts.message import Notification
from tests.support.paying_office import PayingOffice, paying_office
from tests.support.settings_files import load_text
from tests.support.telling import local
from tests.support.virtual_loop import run_virtual

SETTINGS = """\
estate: {name: Lab, time_zone: Asia/Karachi}
offices: {hq: {week: {mon-fri: "09:00-17:00"}}}
vendors: {acme: {name: Acme, taxpayer_lists: []}}
services: {official-email: {title: Official e-mail, vendor: acme}}
receivers:
  clerk: {audience: finance, office: hq, channels: [{kind: mail, to: [clerk@office.example]}]}
  chief: {audience: finance, office: hq, channels: [{kind: mail, to: [chief@office.example]}]}
mail: {relay: localhost, tls: none, from: nigehban@told.example}
routes:
  - {match: {kind: payment_stage}, to: [clerk], escalation: late}
  - {match: {}, to: [clerk, chief]}
escalations: {late: {steps: [{after: 2h, to: [chief]}]}}
billing: {owners: {verification: clerk}}
checks: [{id: bills, kind: invoice_due, interval: 5m}]
"""
pytestmark = pytest.mark.slow


async def acknowledge_the_stage(office: PayingOffice) -> None:
    now = office.clock()
    for subject in list(office.daemon.subjects):
        for incident in subject.record.incidents:
            if incident.kind == STAGES:
                said = Acknowledgement(by="clerk", at=now, until=now + timedelta(hours=2))
                await office.daemon.acknowledge(incident.id, said)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Notification]:
    return run_virtual(lived(tmp_path_factory.mktemp("late")))


async def lived(folder: Path) -> Sequence[Notification]:
    """The stage is acknowledged for two hours on the morning of a step of its bill."""
    async with paying_office(load_text(folder, SETTINGS), start=local("2017-10-18 09:30")) as office:
        bill = {"vendor": "acme", "number": "INV-7", "amount": "134000", "due": "2017-10-27"}
        await office.add(**bill, service="official-email")
        await office.until("2017-10-24 10:00")
        await acknowledge_the_stage(office)
        await office.until("2017-10-24 13:00")
        return [one.notification for one in office.month.sent if one.notification.message.fields.get("kind") == STAGES]


def said(sent: Sequence[Notification], receiver: str) -> str:
    return "\n".join(row.message.text for row in sent if row.receiver == receiver)


def test_the_next_in_line_hears_that_nobody_acknowledged_it(sent: Sequence[Notification]) -> None:
    assert "this is step 1 of 1" in said(sent, "chief")


def test_the_desk_hears_that_its_acknowledgement_is_over(sent: Sequence[Notification]) -> None:
    assert "the time given is over" in said(sent, "clerk")
