"""What waited for a channel that was out, as it is read: on a phone, by whose clock, in which language."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from alerts.directory import Directory
from alerts.incident import EventKind, Incident, IncidentEvent
from alerts.message import Message
from alerts.plan import Digest, plan, plan_digests, plan_notice
from alerts.return_digest import Waiting, digest
from alerts.route import Language, Medium, Receiver, Route
from alerts.words.media import in_medium
from alerts.words.sms import MAX_PARTS, parts
from checks.estate import Office
from checks.model import Status
from tests.support.telling import ESTATE, NIGHT, OUTAGE, directory, mail

LONDON = Office(
    id="london", week={day: (time(9), time(17)) for day in range(1, 6)}, time_zone=ZoneInfo("Europe/London")
)
ABROAD = replace(ESTATE, offices={**ESTATE.offices, "london": LONDON})


def reader(language: Language = Language.ENGLISH, office: str | None = None) -> Receiver:
    return Receiver(id="noc", channels=(mail("noc-1-mail", "noc@example.org"),), language=language, office=office)


def people(receiver: Receiver) -> Directory:
    return directory(receiver, routes=(Route(to=(receiver.id,)),), estate=ABROAD)


def outage(number: int, *, service: str | None = "official-email", severity: Status = Status.CRITICAL) -> Incident:
    return replace(OUTAGE, id=f"{number:024x}", service=service, severity=severity)


def gathered(known: Directory, *incidents: Incident, over: Sequence[Incident] = ()) -> Message:
    opened = [(EventKind.OPENED, one) for one in (*incidents, *over)]
    ended = [(EventKind.RESOLVED, replace(one, closed_at=NIGHT + timedelta(hours=1))) for one in over]
    waiting = [
        Waiting(row=row, opened_at=one.opened_at, closed_at=one.closed_at)
        for kind, one in (*opened, *ended)
        for row in plan(IncidentEvent(id=f"{kind.value}-{one.id}", kind=kind, at=NIGHT, incident=one), known)
    ]
    return digest(waiting, NIGHT + timedelta(hours=2), known).message


def on_a_phone(message: Message) -> str:
    text = in_medium(message, Medium.SHORT).text
    assert parts(text) <= MAX_PARTS
    return text


def test_a_phone_shows_what_is_down_the_worst_first_and_how_much_there_is_in_all() -> None:
    slow = outage(9, service="portal", severity=Status.WARNING)
    message = gathered(people(reader()), slow, *(outage(number) for number in range(5)))
    assert on_a_phone(message).startswith("6 things: DOWN Official e-mail, 5 things. DEGRADED Citizens' portal")


def test_the_subject_names_what_is_worst() -> None:
    slow = outage(9, service="portal", severity=Status.WARNING)
    message = gathered(people(reader()), slow, outage(1), over=[outage(2)])
    assert message.subject.startswith("DIGEST DOWN Official e-mail: mx1.example.gov.pk:25 refused the connection, ")
    assert message.subject.endswith("1 more, 1 over again (all in one message)")


def test_a_digest_of_what_is_over_says_so_on_a_phone() -> None:
    message = gathered(people(reader()), over=[outage(number) for number in range(3)])
    assert on_a_phone(message) == "3 over again."


def test_hours_are_those_of_whoever_reads_it() -> None:
    here, abroad = (gathered(people(reader(office=office)), outage(1)).text for office in (None, "london"))
    assert "02:14 on Sat 14 Oct 2017" in here
    assert "22:14 on Fri 13 Oct 2017" in abroad
    assert "02:14" not in abroad


def test_who_reads_urdu_gets_it_in_urdu() -> None:
    message = gathered(people(reader(Language.URDU)), outage(1), outage(2))
    assert message.language is Language.URDU
    assert message.subject.startswith("خلاصہ: خرابی")
    assert "DIGEST" not in message.subject
    assert "سب سے ضروری سب سے پہلے" in message.text
    assert on_a_phone(message).startswith("2 معاملات")


def test_who_left_the_settings_has_rows_that_are_gathered_all_the_same() -> None:
    known = people(reader())
    row = plan(IncidentEvent(id="e", kind=EventKind.OPENED, at=NIGHT, incident=outage(1)), known)[0]
    gone = replace(row, receiver="nobody-of-that-name")
    assert "Official e-mail" in digest([Waiting(row=gone)], NIGHT, known).message.text


def test_a_notice_says_on_a_phone_as_much_as_fits() -> None:
    text = "ali refuses what is meant for him. Mend the address. " + "And so on. " * 60
    told = plan_notice(event_id="n", at=NIGHT, subject="a thing", text=text, directory=people(reader()), labels={})
    assert on_a_phone(told[0].message).startswith(
        "NOTICE a thing. ali refuses what is meant for him. Mend the address."
    )


def test_a_notice_in_urdu_has_an_urdu_frame_and_the_clock_of_its_reader() -> None:
    known = people(reader(Language.URDU, office="london"))
    told = plan_notice(event_id="n", at=NIGHT, subject="a thing", text="It broke.", directory=known, labels={})[
        0
    ].message
    assert told.subject.startswith("اطلاع: ")
    assert "جمعہ 13 اکتوبر 2017، 22:14 بجے" in told.text
    assert "It broke." in on_a_phone(told)


def test_a_list_of_the_daemons_own_goes_by_the_clock_of_its_reader() -> None:
    abroad = reader(office="london")
    page = Digest(receiver=abroad, subject="s", text="t", severity="warning", urgent=True, short=("DOWN mx",))
    message = plan_digests([page], event_id="d", at=NIGHT, directory=people(abroad))[0].message
    assert "22:14 on Fri 13 Oct 2017" in message.text
    assert on_a_phone(message) == "DOWN mx"
