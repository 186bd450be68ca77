"""What those who go and those who come are told when duty passes on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from alerts.directory import Directory
from alerts.incident import Acknowledgement, Incident
from alerts.message import Notification
from alerts.people.hand_off import MOST_NAMED, plan_hand_off, plan_known
from alerts.people.rota import HandOff, Rota, Shift, hand_offs
from alerts.route import Language, Receiver, Route
from checks.model import Status
from tests.support.telling import NIGHT, OUTAGE, directory, mail
from tests.support.urdu_text import english_words

HOUR = timedelta(hours=1)
ALI, BOSS = (Receiver(id=name, channels=(mail(f"{name}-1-mail", f"{name}@example.org"),)) for name in ("ali", "boss"))
SHIFT = Shift(who="ali", begins=NIGHT + HOUR, ends=NIGHT + 9 * HOUR)
ROTA = Rota(id="noc", shifts=(SHIFT,), fallback="boss")


def people(rota: Rota) -> Directory:
    duty = Receiver(id="noc-duty", channels=(), rota="noc")
    return replace(directory(ALI, BOSS, duty, routes=(Route(to=("noc-duty",)),)), rotas={"noc": rota})


def of(rota: Rota) -> Sequence[HandOff]:
    return hand_offs(rota, NIGHT, NIGHT + 24 * HOUR)


def told(rota: Rota, number: int, *incidents: Incident) -> Sequence[Notification]:
    hand_off = of(rota)[number]
    return plan_hand_off(rota, hand_off, incidents, hand_off.at, people(rota))


def text(*incidents: Incident) -> str:
    return told(ROTA, 0, *incidents)[0].message.text


def test_whoever_stood_in_hears_that_it_is_over() -> None:
    comes, goes = told(ROTA, 0)
    assert (comes.receiver, goes.receiver) == ("ali", "boss")
    assert goes.message.text.startswith("Your duty in noc ended at 03:14 on Sat 14 Oct 2017. ali is on duty now.")
    assert "Before you it was boss." in comes.message.text.replace("\n", " ")


def test_whoever_stands_in_again_hears_that_too() -> None:
    comes, goes = told(ROTA, 1)
    assert (comes.receiver, goes.receiver) == ("boss", "ali")


def test_whoever_goes_on_duty_where_he_stood_in_is_told_nothing() -> None:
    assert told(replace(ROTA, shifts=(replace(SHIFT, who="boss"),)), 0) == ()


def test_what_is_well_for_now_is_not_called_down() -> None:
    said = text(replace(OUTAGE, recovered_at=NIGHT + timedelta(minutes=57)))
    assert "STILL DOWN" not in said
    assert "nobody has said" not in said
    assert "Well for now; the end is told once it has stayed so:\n- Official e-mail: mx1.example.gov.pk:25" in said
    assert "well since 03:11" in said


def test_what_is_down_comes_before_what_is_taken_and_what_is_well() -> None:
    taken = replace(OUTAGE, acknowledged=Acknowledgement(by="sana", at=NIGHT))
    said = text(replace(OUTAGE, recovered_at=NIGHT), taken, OUTAGE)
    places = [said.index(words) for words in ("nobody has said", "somebody is at it", "Well for now")]
    assert places == sorted(places)


def test_a_word_for_a_warning_is_none_for_what_is_critical() -> None:
    said = text(replace(OUTAGE, acknowledged=Acknowledgement(by="sana", at=NIGHT, severity=Status.WARNING)))
    assert "nobody has said to be at it" in said


def test_of_thousands_the_worst_are_named_and_the_rest_is_counted() -> None:
    slight = [replace(OUTAGE, id=f"{number:024x}", severity=Status.WARNING) for number in range(2 * MOST_NAMED)]
    grave = OUTAGE
    said = text(*slight, grave)
    assert said.count("\n- ") == MOST_NAMED
    assert f"And {MOST_NAMED + 1} more" in said
    hand_off = of(ROTA)[0]
    known = plan_known(ROTA, hand_off, [*slight, grave], hand_off.at, people(ROTA))
    assert len(known) == MOST_NAMED
    assert known[0].incident_id == grave.id


def test_whoever_reads_urdu_takes_over_in_urdu() -> None:
    at_it = Acknowledgement(by="sana", at=NIGHT, note="on the phone", until=NIGHT + 5 * HOUR)
    open_ones = (
        OUTAGE,
        replace(OUTAGE, id="b", acknowledged=at_it),
        replace(OUTAGE, id="c", recovered_at=NIGHT + timedelta(minutes=57)),
    )
    where = people(ROTA)
    readers = {id_: replace(one, language=Language.URDU) for id_, one in where.receivers.items()}
    hand_off = of(ROTA)[0]
    comes, goes = plan_hand_off(ROTA, hand_off, open_ones, hand_off.at, replace(where, receivers=readers))
    assert "آپ ڈیوٹی پر ہیں" in comes.message.text
    assert "آپ کی ڈیوٹی" in goes.message.text
    for row in (comes, goes):
        assert english_words(f"{row.message.subject}\n{row.message.text}") == set()
    assert "on the phone" in comes.message.text
