"""What the preview says of duty, lists and of who is next, beside the rungs of deadlines."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.digests.rule import DigestKind, DigestRule
from alerts.incident import EventKind
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from alerts.outlook.preview import Foretold, kept_back, sent
from alerts.people.escalation import Escalation, Step
from alerts.people.rota import Every, Rota, Turns
from alerts.record import SubjectRecord
from alerts.route import ChannelSpec, Receiver, Route
from checks.model import CheckId, Status
from tests.support.settings_files import load_text
from tests.support.stored import incident
from tests.support.telling import local
from watchdog.assembly import directory_of
from watchdog.billing.foreseen import OnRecord
from watchdog.explaining import Known
from watchdog.foretelling import preview
from watchdog.settings.values import Settings

#: A Monday.
NOW = local("2026-11-23 10:00")
SETTINGS = """\
estate: {name: KP Directorate of IT, time_zone: Asia/Karachi}
vendors: {acme: {name: Acme Mail (Pvt) Ltd}}
services: {official-email: {title: Official e-mail}}
receivers: {ops: {channels: [{kind: webhook, url: https://hooks.example.org/z}]}}
routes: [{match: {}, to: [ops]}]
checks: [{id: mx, kind: smtp, host: mx1.example.org}, {id: bills, kind: invoice_due}]
invoices: [{vendor: acme, number: INV-7, service: official-email, amount: "134000.00 PKR", due: 2027-06-01}]
"""


def way(name: str) -> Receiver:
    return Receiver(id=name, channels=(ChannelSpec(name=f"{name}-1-mail", kind="mail", to=(f"{name}@x.example",)),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_text(tmp_path, SETTINGS)


def down(at: datetime = NOW) -> SubjectRecord:
    open_one = replace(incident(), check_id=CheckId("mx"), opened_at=at, since=at)
    return SubjectRecord(
        check_id=CheckId("mx"),
        subject="mx1",
        status=Status.CRITICAL,
        seen_at=at,
        judged_at=at,
        fault_incident=open_one,
    )


def foretold(
    settings: Settings, *records: SubjectRecord, days: int = 7, mutes: tuple[Mute, ...] = ()
) -> list[Foretold]:
    directory = directory_of(settings, settings.checks)
    known = Known(settings=settings, directory=directory, now=NOW, records=records, mutes=mutes, is_watched=True)
    return preview(known, days, OnRecord())


def escalating(settings: Settings, *, repeat: timedelta | None = None) -> Settings:
    steps = (Step(after=timedelta(minutes=10), to=("boss",)), Step(after=timedelta(minutes=30), to=("chief",)))
    urgent = Escalation(id="urgent", steps=steps, repeat_every=repeat, repeats=2)
    return replace(
        settings,
        receivers={**settings.receivers, "boss": way("boss"), "chief": way("chief")},
        routes=(Route(to=("ops",), escalation="urgent"),),
        escalations={"urgent": urgent},
    )


def test_who_is_next_is_foretold_step_by_step(settings: Settings) -> None:
    told = [(one.row.receiver, one.at - NOW) for one in foretold(escalating(settings), down(), days=1)]
    assert told == [("boss", timedelta(minutes=10)), ("chief", timedelta(minutes=30))]


def test_repeats_are_foretold_as_often_as_they_come(settings: Settings) -> None:
    found = foretold(escalating(settings, repeat=timedelta(hours=1)), down(), days=1)
    repeats = [one for one in found if one.at - NOW > timedelta(minutes=30)]
    assert {one.at - NOW for one in repeats} == {timedelta(minutes=90), timedelta(minutes=150)}


def test_a_silence_holds_the_next_in_line_until_it_ends(settings: Settings) -> None:
    silence = Mute(
        id="s1",
        kind=MuteKind.SILENCE,
        matchers=matchers_of(["check=mx"]),
        author="asad",
        reason="moving",
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(hours=2),
    )
    found = foretold(escalating(settings), down(), days=1, mutes=(silence,))
    assert kept_back(found) == []
    first, *rest = sent(found)
    assert (first.row.receiver, first.at) == ("ops", silence.ends_at)
    assert [(one.row.receiver, one.at - silence.ends_at) for one in rest] == [
        ("boss", timedelta(minutes=10)),
        ("chief", timedelta(minutes=30)),
    ]


def test_changes_of_duty_are_foretold(settings: Settings) -> None:
    turns = Turns(
        members=("asad", "bina"),
        every=Every.WEEK,
        hand_off=time(9),
        zone=ZoneInfo("Asia/Karachi"),
        starts=date(2026, 11, 23),
    )
    people = {"asad": way("asad"), "bina": way("bina"), "team": Receiver(id="team", channels=(), rota="mail-team")}
    office = replace(
        settings,
        receivers=people,
        routes=(Route(to=("team",)),),
        rotas={"mail-team": Rota(id="mail-team", turns=turns)},
    )
    found = foretold(office, days=8)
    assert {(one.row.receiver, one.row.message.event) for one in found} == {
        ("asad", EventKind.HANDOFF),
        ("bina", EventKind.HANDOFF),
    }
    assert {one.at for one in found} == {local("2026-11-30 09:00")}


def test_the_list_of_bills_is_foretold_for_every_working_day(settings: Settings) -> None:
    rule = DigestRule(id="morning", kind=DigestKind.BILLS, to=("ops",), at=time(8, 30), tells_nothing=True)
    found = foretold(replace(settings, digests=(rule,)), days=7)
    days = [local(f"2026-11-{day} 08:30") for day in (24, 25, 26, 27, 30)]
    assert [one.at for one in found] == days
    assert {one.row.message.event for one in found} == {EventKind.DIGEST}


def test_the_week_of_on_call_is_foretold_without_numbers_that_nobody_knows_yet(settings: Settings) -> None:
    rule = DigestRule(id="week", kind=DigestKind.ON_CALL_SUMMARY, to=("ops",), at=time(9), weekdays=frozenset({1}))
    found = foretold(replace(settings, digests=(rule,)), down(), days=7)
    lists = [one for one in found if one.row.message.event is EventKind.DIGEST]
    assert [one.at for one in lists] == [local("2026-11-30 09:00")]
    assert lists[0].row.message.subject == "DIGEST On-call week: counted on the day"
    assert not any(sign.isdigit() for sign in lists[0].row.message.subject)


def test_nothing_is_left_running(settings: Settings) -> None:
    async def asked_from_a_loop() -> list[Foretold]:
        return foretold(escalating(settings), down(), days=1)

    assert asyncio.run(asked_from_a_loop()) == foretold(escalating(settings), down(), days=1)
