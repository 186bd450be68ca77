"""One root cause, one message: the whole daemon over a site behind one link, in virtual time."""

from dataclasses import replace
from datetime import date

from alerts.incident import EventKind
from alerts.judging.fault import Threshold
from alerts.route import Route
from tests.support.family_estate import RULE, SIX, Plan, bill, down, link_down, lived, minute, without
from watchdog.daemon import Daemon

HOUR = 60


def test_a_dead_link_with_six_services_behind_it_is_one_message_that_lists_them() -> None:
    seen = lived(Plan(truth=link_down(10, 40)), minutes=2 * HOUR)
    assert seen.told(EventKind.OPENED) == ["link"]
    assert seen.told(EventKind.RESOLVED) == ["link"]
    (text,) = seen.texts(EventKind.OPENED)
    assert "Also down because of it: Official e-mail (s1, s2, s3, s4, 2 more)." in text


def test_whoever_hears_of_a_service_hears_of_the_dead_link_before_it_once_and_of_its_end() -> None:
    routes = (Route(match={"service": "mail"}, to=("finance",)), Route(to=("on-call",)))
    seen = lived(Plan(truth=link_down(10, 40), routes=routes), minutes=2 * HOUR)
    assert {one.notification.message.check for one in seen.sent} == {"link"}
    opened, ended = seen.subjects("finance")
    assert opened.startswith("DOWN Official e-mail: ")
    assert ended.startswith("RESOLVED Official e-mail: ")
    assert [subject.split()[:2] for subject in seen.subjects()] == [["DOWN", "Link"], ["RESOLVED", "Link"]]


def test_what_is_part_of_a_dead_link_is_on_record_with_it_and_ends_with_it() -> None:
    seen = lived(Plan(truth=link_down(10, 40)), minutes=2 * HOUR)
    (link,) = seen.of("link")
    parts = seen.month.store.listings.parts_of(link.id)
    assert sorted(one.check_id for one in parts) == list(SIX)
    assert all(one.closed_at is not None for one in parts)
    joined = [note for kind, note in seen.events(link) if kind is EventKind.JOINED]
    assert sorted(note.partition(":")[0] for note in joined) == list(SIX)


def test_what_stays_down_after_its_link_is_well_again_is_told_by_itself_once() -> None:
    truth = (*link_down(10, 40), down("s3", 40, 90))
    seen = lived(Plan(truth=truth), minutes=3 * HOUR)
    assert seen.told(EventKind.OPENED) == ["link", "s3"]
    assert seen.told(EventKind.RESOLVED) == ["link", "s3"]
    at = next(one.at for one in seen.sent if one.notification.message.check == "s3")
    assert minute(40) < at < minute(44)


def test_a_part_whose_link_was_taken_out_of_the_settings_is_told_by_itself() -> None:
    plan = Plan(truth=link_down(10, 60))

    def take_out(daemon: Daemon) -> None:
        daemon.configure(without(plan, "link").settings())

    seen = lived(plan, minutes=2 * HOUR, then={30: take_out})
    assert seen.told(EventKind.OPENED)[0] == "link"
    assert sorted(seen.told(EventKind.OPENED)[1:]) == list(SIX)
    assert seen.of("link")[0].closed_at is not None


def test_a_fault_that_was_told_before_its_link_was_judged_becomes_part_of_it() -> None:
    slow = replace(RULE, failures_to_open=20)  # the link takes longer than what hangs on it may wait
    plan = Plan(truth=link_down(10, 40, ["s1"]), hosts=("link", "s1"), rules={"link": slow})
    seen = lived(plan, minutes=2 * HOUR)
    assert seen.told(EventKind.OPENED) == ["s1", "link"]
    (text,) = [one for one in seen.texts(EventKind.OPENED) if "link" in one.partition("\n")[0]]
    assert "Official e-mail (s1, told before)" in text
    (part,) = seen.of("s1")
    assert (part.root, part.was_told) == (seen.of("link")[0].id, True)
    assert sorted(seen.told(EventKind.RESOLVED)) == ["link", "s1"]


def test_a_fault_that_was_told_before_and_outlasts_its_link_is_reminded_of() -> None:
    slow = replace(RULE, failures_to_open=20)
    truth = (*link_down(10, 40, ["s1"]), down("s1", 40, 90))
    seen = lived(Plan(truth=truth, hosts=("link", "s1"), rules={"link": slow}), minutes=3 * HOUR)
    assert seen.told(EventKind.OPENED) == ["s1", "link"]
    assert seen.told(EventKind.REMINDER) == ["s1"]
    assert seen.told(EventKind.RESOLVED) == ["link", "s1"]


def test_a_part_that_came_and_went_before_and_outlasts_its_link_is_reminded_of_once_it_goes_on_failing() -> None:
    truth = (down("s1", 10, 14), *link_down(17, 40, ["s1"]), down("s1", 40, 240))
    seen = lived(Plan(truth=truth, hosts=("link", "s1")), minutes=6 * HOUR)
    assert [one.is_unstable for one in seen.of("s1")] == [True]
    assert seen.told(EventKind.REMINDER) == ["s1"]
    (at,) = [one.at for one in seen.sent if one.notification.message.event is EventKind.REMINDER]
    assert minute(45) <= at < minute(48)
    assert seen.told(EventKind.RESOLVED) == ["link", "s1"]


def test_a_part_that_goes_on_coming_and_going_after_its_link_is_nobodys_news() -> None:
    flaps = [down("s1", start, start + 3) for start in range(40, 120, 5)]
    truth = (down("s1", 10, 14), *link_down(17, 40, ["s1"]), *flaps)
    seen = lived(Plan(truth=truth, hosts=("link", "s1")), minutes=6 * HOUR)
    assert seen.told(EventKind.REMINDER) == []
    assert seen.told(EventKind.RESOLVED) == ["link", "s1"]


def test_a_link_that_is_down_for_a_week_does_not_hide_what_was_well_meanwhile() -> None:
    truth = (down("link", 10, 24 * HOUR), down("s1", 8 * HOUR, 9 * HOUR))
    seen = lived(Plan(truth=truth, hosts=("link", "s1")), minutes=10 * HOUR)
    assert seen.told(EventKind.OPENED) == ["link", "s1"]


def test_a_link_that_is_well_delays_nothing_that_hangs_on_it() -> None:
    alone = lived(Plan(truth=(down("s1", 10, 40),), sites={}), minutes=HOUR)
    behind = lived(Plan(truth=(down("s1", 10, 40),)), minutes=HOUR)
    assert behind.told(EventKind.OPENED) == alone.told(EventKind.OPENED) == ["s1"]
    assert (behind.of("s1")[0].opened_at - alone.of("s1")[0].opened_at).total_seconds() <= 5


def test_the_root_of_a_chain_is_its_top() -> None:
    plan = Plan(
        truth=[down(host, 10, 40) for host in ("core", "link", "s1")],
        hosts=("core", "link", "s1"),
        depends_on={"link": ["core"]},
    )
    seen = lived(plan, minutes=2 * HOUR)
    assert seen.told(EventKind.OPENED) == ["core"]
    assert {one.root for one in (*seen.of("link"), *seen.of("s1"))} == {seen.of("core")[0].id}


def test_a_link_that_comes_and_goes_is_one_message_for_all_of_it() -> None:
    truth = [outage for start in range(10, 130, 5) for outage in link_down(start, start + 3)]
    seen = lived(Plan(truth=truth), minutes=4 * HOUR)
    assert seen.told(EventKind.OPENED) == ["link"]
    assert seen.told(EventKind.RESOLVED) == ["link"]


def test_an_unpaid_bill_comes_first_and_goes_to_finance_and_on_call_as_one_incident() -> None:
    plan = Plan(truth=(down("s1", 10, 40),), bills=[bill(date(2017, 10, 6))])
    seen = lived(plan, minutes=2 * HOUR)
    faults = [one.notification for one in seen.sent if one.notification.message.check == "s1"]
    opened = [row for row in faults if row.message.event is EventKind.OPENED]
    assert sorted(row.receiver for row in opened) == ["finance", "on-call"]
    assert len({row.incident_id for row in faults}) == 1
    said = "probably unpaid: INV-7, Rs 134,000, 12 days past due"
    assert all(said in row.message.subject for row in opened)
    assert all(row.message.text.startswith("Probably unpaid: INV-7") for row in opened)
    assert {row.message.fields["probably_unpaid"] for row in opened} == {said}
    ended = [row for row in faults if row.message.event is EventKind.RESOLVED]
    assert sorted(row.receiver for row in ended) == ["finance", "on-call"]


def test_a_bill_that_is_paid_during_an_outage_is_held_against_nobody_any_more() -> None:
    owed = bill(date(2017, 10, 6))
    plan = Plan(truth=[down(host, 10, 90) for host in SIX], bills=[owed])
    paid = replace(plan, bills=[replace(owed, settled_on=date(2017, 10, 18), evidence="receipt 12")])

    def pay(daemon: Daemon) -> None:
        daemon.configure(paid.settings())

    seen = lived(plan, minutes=4 * HOUR, then={30: pay})
    (root,) = (one for one in seen.incidents if one.check_id in SIX and one.root is None)
    assert (root.debts, root.closed_at is not None) == ((), True)
    assert len([subject for subject in seen.subjects() if subject.startswith("DOWN")]) == 1
    ended = [one.notification.message for one in seen.sent if one.notification.incident_id == root.id][2:]
    assert {message.event for message in ended} == {EventKind.RESOLVED}
    assert not any("npaid" in message.subject + message.text for message in ended)


def test_a_bill_that_is_not_due_yet_is_not_held_against_anybody() -> None:
    plan = Plan(truth=(down("s1", 10, 40),), bills=[bill(date(2017, 11, 6))])
    seen = lived(plan, minutes=2 * HOUR)
    assert seen.of("s1")[0].debts == ()
    assert not any("unpaid" in subject for subject in seen.subjects())


def test_an_estate_where_nothing_hangs_on_anything_tells_of_each_by_itself() -> None:
    seen = lived(Plan(truth=link_down(10, 40), sites={}), minutes=HOUR)
    assert sorted(seen.told(EventKind.OPENED)) == ["link", *SIX]


def test_what_hangs_on_each_other_waits_no_longer_than_a_minute_for_a_link_that_cannot_be_judged() -> None:
    never = Threshold(failures_to_open=1000, flap_hold_s=1800)
    plan = Plan(truth=link_down(10, 40, ["s1"]), hosts=("link", "s1"), rules={"link": never})
    seen = lived(plan, minutes=HOUR)
    alone = lived(replace(plan, sites={}), minutes=HOUR)
    assert seen.told(EventKind.OPENED) == ["s1"]
    assert (seen.of("s1")[0].opened_at - alone.of("s1")[0].opened_at).total_seconds() <= 75


def test_all_that_a_vendor_cut_off_for_an_unpaid_bill_is_one_incident() -> None:
    truth = [down(host, 10, 40) for host in SIX]
    seen = lived(Plan(truth=truth, bills=[bill(date(2017, 10, 6))]), minutes=2 * HOUR)
    (root,) = (one for one in seen.incidents if one.debts)
    assert seen.told(EventKind.OPENED).count(root.check_id) == 2  # on-call, and finance
    assert {one.root for one in seen.incidents if one.check_id in SIX and one.id != root.id} == {root.id}
    assert any("and 5 others" in subject or "5 more" in subject for subject in seen.subjects("finance"))


def test_what_outlasts_the_first_that_an_unpaid_bill_cut_off_is_told_once_more_for_all_of_it() -> None:
    truth = [*(down(host, 10, 40) for host in SIX), down("s2", 40, 70), down("s5", 40, 70)]
    seen = lived(Plan(truth=truth, bills=[bill(date(2017, 10, 6))]), minutes=3 * HOUR)
    first = next(one.check_id for one in seen.incidents if one.debts)
    outages = [subject for subject in seen.subjects() if subject.startswith("DOWN")]
    assert len(outages) == (1 if first in {"s2", "s5"} else 2)


def test_root_and_part_stay_what_they_are_when_both_are_renamed() -> None:
    plan = Plan(truth=link_down(10, 40, ["s1"]), hosts=("link", "s1"))

    def rename(daemon: Daemon) -> None:
        daemon.configure(replace(plan, renamed={"link": "uplink", "s1": "portal"}).settings())

    seen = lived(plan, minutes=2 * HOUR, then={25: rename})
    assert [(kind, len(seen.told(kind))) for kind in (EventKind.OPENED, EventKind.RESOLVED)] == [
        (EventKind.OPENED, 1),
        (EventKind.RESOLVED, 1),
    ]
    (link,), (part,) = seen.of("uplink"), seen.of("portal")
    assert part.root == link.id
