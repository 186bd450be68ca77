"""After the state was put back: quiet first, then one digest to each, and ends only of what people know to stand."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from alerts.incident import EventKind
from alerts.judging.fault import Held, Open
from alerts.message import Notification
from alerts.record import SubjectRecord
from alerts.restored import Aftermath, Restoration, is_quiet, plan_aftermath, plan_damage, plan_threads, unconfirmed
from alerts.route import Receiver, Route
from tests.support.telling import (
    BILL,
    CHANGED,
    ESTATE,
    FINANCE,
    NIGHT,
    OFFICE,
    ON_CALL,
    OUTAGE,
    directory,
    event,
    local,
    mail,
)

COPIED = local("2017-10-14 02:00")
PUT_BACK = local("2017-10-14 09:00")
NOW = PUT_BACK + timedelta(minutes=5)
RESTORATION = Restoration(id="r1", at=PUT_BACK, copied_at=COPIED, source="copy.sqlite3", open_then=3)
STANDING = replace(OUTAGE, opened_at=COPIED - timedelta(hours=1))
FOUND = Aftermath(standing=(STANDING, BILL), doubtful=frozenset({BILL.id}), noticed=(CHANGED,), over=1)


def record(**more: object) -> SubjectRecord:
    seen = COPIED - timedelta(minutes=1)
    base = SubjectRecord(
        check_id=STANDING.check_id, subject=STANDING.subject, seen_at=seen, judged_at=seen, fault_incident=STANDING
    )
    return replace(base, **more)  # type: ignore[arg-type]  # what a test changes is its own business


def test_until_the_digest_nobody_is_told_anything() -> None:
    assert all(is_quiet(event(OUTAGE, kind), frozenset(), settling=True) for kind in EventKind)


def test_after_it_only_the_end_of_what_nothing_has_confirmed_is_quiet() -> None:
    doubtful = frozenset({OUTAGE.id})
    quiet = {kind for kind in EventKind if is_quiet(event(OUTAGE, kind), doubtful, settling=False)}
    assert quiet == {EventKind.RESOLVED}
    assert not is_quiet(event(BILL, EventKind.RESOLVED), doubtful, settling=False)


def test_an_incident_is_doubtful_until_a_look_after_the_restoration_confirms_it() -> None:
    assert unconfirmed([record()], RESTORATION) == {STANDING.id}
    assert unconfirmed([record(judged_at=NOW)], RESTORATION) == frozenset()


def test_an_incident_that_is_about_to_close_is_not_confirmed() -> None:
    assert unconfirmed([record(judged_at=NOW, fault=Open(COPIED, passes=1))], RESTORATION) == {STANDING.id}


def test_an_incident_that_looks_well_but_is_held_is_not_confirmed() -> None:
    assert unconfirmed([record(judged_at=NOW, fault=Held(COPIED, NOW))], RESTORATION) == {STANDING.id}


def test_what_opened_after_the_copy_is_never_doubtful() -> None:
    young = replace(STANDING, opened_at=PUT_BACK)
    assert unconfirmed([record(fault_incident=young)], RESTORATION) == frozenset()


def test_a_state_that_began_empty_has_nothing_doubtful() -> None:
    assert unconfirmed([record()], replace(RESTORATION, copied_at=None)) == frozenset()


def by_recipient(rows: tuple[Notification, ...]) -> dict[str, Notification]:
    found = {row.recipient or row.address: row for row in rows}
    assert len(found) == len(rows)
    return found


def test_each_address_gets_one_digest_of_what_concerns_it_and_the_daemons_own_people_the_sum() -> None:
    rows = by_recipient(plan_aftermath(RESTORATION, FOUND, NOW, directory()))
    outages, bills = rows["noc@example.org"].message, rows["so.finance@example.gov.pk"].message
    assert outages.event is bills.event is EventKind.DIGEST
    assert "from a copy that ends at 02:00 on Sat 14 Oct 2017" in outages.text
    assert "Open in the copy: 3 incidents. Of these 1 is over" in outages.text
    assert "1 incident that is open now concerns others, who are told." in outages.text
    assert "Open now:\n- STILL DOWN Official e-mail" in outages.text
    assert "Noticed, perhaps for the second time:\n- CHANGED" in outages.text
    assert "INV-7" not in outages.text
    assert "Open then, and perhaps over by now:\n- " in bills.text


def test_who_hears_of_a_part_is_told_no_sum_that_does_not_add_up() -> None:
    bills = by_recipient(plan_aftermath(RESTORATION, FOUND, NOW, directory()))["so.finance@example.gov.pk"].message
    assert bills.subject.endswith(": 1 incident of yours is open")
    assert "Open in the copy" not in bills.text
    assert "Below stands what concerns you; others are told of the rest." in bills.text
    assert "STILL DOWN" not in bills.text


def test_what_no_route_takes_is_told_to_those_who_hear_of_the_daemon_itself() -> None:
    nowhere = directory(routes=(Route(match={"kind": "invoice_due"}, to=("finance",)),))
    rows = by_recipient(plan_aftermath(RESTORATION, FOUND, NOW, nowhere))
    assert "STILL DOWN" in rows["noc@example.org"].message.text


def test_a_digest_of_bills_alone_waits_for_the_office() -> None:
    found = Aftermath(standing=(BILL,), doubtful=frozenset())
    rows = by_recipient(plan_aftermath(RESTORATION, found, NIGHT, directory()))
    assert rows["so.finance@example.gov.pk"].not_before > NIGHT
    assert rows["noc@example.org"].not_before == NIGHT


def test_a_digest_with_nothing_open_says_so() -> None:
    rows = plan_aftermath(RESTORATION, Aftermath(standing=(), doubtful=frozenset()), NOW, directory())
    assert {row.message.subject for row in rows} == {
        "DIGEST state put back from a copy of 02:00 on Sat 14 Oct 2017: nothing is open"
    }


def test_one_address_of_two_receivers_gets_one_digest() -> None:
    both = Receiver(id="finance", channels=(mail("finance-1-mail", "noc@example.org"),))
    rows = plan_aftermath(RESTORATION, FOUND, NOW, directory(ON_CALL, both))
    assert len({row.address for row in rows}) == len(rows)
    (shared,) = [row.message.text for row in rows if row.recipient == "noc@example.org"]
    assert "STILL DOWN" in shared
    assert "INV-7" in shared


def test_planned_again_a_digest_has_the_same_ids() -> None:
    first, second = (plan_aftermath(RESTORATION, FOUND, at, directory()) for at in (NOW, NOW + timedelta(hours=1)))
    assert [row.id for row in first] == [row.id for row in second]


def test_a_thread_leads_to_whom_the_incident_concerns() -> None:
    rows = plan_threads(RESTORATION, [STANDING], NOW, directory())
    assert {(row.incident_id, row.receiver) for row in rows} == {(STANDING.id, "on-call")}


def test_damage_is_told_with_what_was_put_in_its_place() -> None:
    damaged = replace(RESTORATION, why="page 7 is bad; the file lies in set-aside")
    (text,) = {row.message.text for row in plan_damage(damaged, directory())}
    assert "page 7 is bad" in text
    assert "A copy that ends at 02:00 on Sat 14 Oct 2017 was put in its place" in text


def test_damage_without_a_copy_says_what_is_lost() -> None:
    damaged = replace(RESTORATION, why="page 7 is bad", copied_at=None, source="")
    rows = plan_damage(damaged, directory())
    assert {row.urgency for row in rows} == {0}
    assert all("Nigehban begins anew" in row.message.text for row in rows)


def test_finance_is_not_told_of_what_does_not_concern_it() -> None:
    rows = plan_aftermath(RESTORATION, Aftermath(standing=(STANDING,), doubtful=frozenset()), NOW, directory())
    assert FINANCE.id not in {row.receiver for row in rows}


def test_what_fails_because_of_another_is_counted_behind_it_and_not_listed() -> None:
    parts = [replace(OUTAGE, id=f"part-{n}", root=STANDING.id, subject=f"server-{n}") for n in range(12)]
    found = replace(FOUND, standing=(*FOUND.standing, *parts))
    text = by_recipient(plan_aftermath(RESTORATION, found, NOW, directory()))["noc@example.org"].message.text
    assert text.count("STILL DOWN") == 1
    assert ", and 12 more because of it" in text
    assert "12 incidents more are open because of another one." in text
    assert "server-3" not in text


def test_what_fails_because_of_something_others_hear_of_is_named() -> None:
    orphan = replace(OUTAGE, id="part", root="elsewhere", subject="server-3")
    found = replace(FOUND, standing=(orphan,))
    text = by_recipient(plan_aftermath(RESTORATION, found, NOW, directory()))["noc@example.org"].message.text
    assert "Open because of what others are told of:\n- Official e-mail: server-3" in text


def test_what_is_well_for_now_is_not_said_to_be_down() -> None:
    held = replace(STANDING, recovered_at=NOW - timedelta(minutes=3))
    found = replace(FOUND, standing=(held,))
    message = by_recipient(plan_aftermath(RESTORATION, found, NOW, directory()))["noc@example.org"].message
    assert "STILL DOWN" not in message.text
    assert "Well for now, which is not believed yet:\n- Official e-mail" in message.text
    assert message.short == "1 incident is open. Well for now: Official e-mail."


def test_a_phone_shows_what_is_down_after_a_restore_and_hours_are_the_readers() -> None:
    london = replace(OFFICE, id="london", time_zone=ZoneInfo("Europe/London"))
    abroad = replace(ON_CALL, office="london")
    estate = replace(ESTATE, offices={**ESTATE.offices, "london": london})
    found = replace(FOUND, standing=(STANDING,), noticed=())
    rows = plan_aftermath(RESTORATION, found, NOW, directory(abroad, FINANCE, estate=estate))
    message = by_recipient(rows)["noc@example.org"].message
    assert "from a copy that ends at 22:00 on Fri 13 Oct 2017" in message.text
    assert message.short == "1 incident is open. STILL DOWN Official e-mail."
