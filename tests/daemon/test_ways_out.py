"""What happens to messages when a way out fails: another way, no flood, nothing lost (FAULTS 3, 27, 28 and 30)."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta

import pytest

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.delivery import GRACE_S
from alerts.directory import Directory
from alerts.incident import EventKind, Incident
from alerts.message import Notification, NotificationState
from alerts.proof import ProofRule, plan_proof
from alerts.return_digest import HANDFUL, IN_DIGEST
from alerts.route import ChannelSpec, Order, Receiver
from checks.model import Status
from tests.support.telling import FINANCE, OUTAGE, chat, directory, mail
from tests.support.virtual_loop import run_virtual
from tests.support.ways_out import NOW, Answer, WaysOut, incident, seconds, ways_out
from watchdog.store.changes import Changes

MAIL, CHAT, SMS = "on-call-1-mail", "on-call-2-apprise", "on-call-3-webhook"
HOUR = 3600.0


def people(*channels: ChannelSpec) -> Directory:
    """On-call with these channels, one after the other."""
    used = channels or (mail(MAIL, "noc@example.org"), chat(CHAT))
    return directory(Receiver(id="on-call", order=Order.FIRST, channels=used), FINANCE)


def always(outcome: Outcome) -> Answer:
    return lambda _row, _now_s: outcome


def until(seconds_: float, outcome: Outcome) -> Answer:
    return lambda _row, now_s: outcome if now_s < seconds_ else Delivered()


def closed(standing: Incident, after_s: float) -> Incident:
    return replace(standing, closed_at=standing.opened_at + timedelta(seconds=after_s), close_reason="it answers")


def states(ways: WaysOut, incident_id: str = OUTAGE.id) -> list[tuple[str, NotificationState]]:
    """Every outcome on record of an incident's rows."""
    return [(line.reason, line.state) for line in ways.store.listings.deliveries(incident_id)]


@pytest.mark.parametrize(
    "failure",
    [Deferred("unreachable"), Deferred("busy", "HTTP 429", 3600.0), Rejected("refused", "HTTP 401")],
    ids=["down", "rate limited", "wrong token"],
)
def test_the_second_channel_has_it_within_two_minutes_whatever_the_first_says(failure: Outcome) -> None:
    async def main() -> None:
        async with ways_out(people(), {MAIL: always(failure)}) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(120)
            assert [row.incident_id for row in ways.told(CHAT) if row.incident_id] == [OUTAGE.id]

    run_virtual(main())


def test_the_second_channel_has_it_within_two_minutes_when_the_first_hangs_to_its_time_out() -> None:
    async def hang(_row: Notification, _now: object) -> Outcome:
        await asyncio.Event().wait()
        return Delivered()

    async def main() -> None:
        async with ways_out(people(), {}) as ways:
            ways.channels[MAIL].answer = hang
            ways.channels[MAIL].timeout_s = 300
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(120)
            assert ways.told_kinds(CHAT) == [EventKind.OPENED]

    run_virtual(main())


def test_what_reached_somebody_another_way_is_not_told_again_when_the_channel_returns() -> None:
    async def main() -> None:
        async with ways_out(people(), {MAIL: until(HOUR, Deferred("unreachable"))}) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(3 * HOUR)
            assert (ways.told_kinds(MAIL), ways.told_kinds(CHAT)) == ([], [EventKind.OPENED])
            assert states(ways)[-1] == ("reached another way", NotificationState.DROPPED)

    run_virtual(main())


def test_what_the_first_channel_took_after_all_is_not_told_again_by_the_second_when_that_returns() -> None:
    answers = {MAIL: until(600, Deferred("unreachable")), CHAT: until(2 * HOUR, Deferred("unreachable"))}

    async def main() -> None:
        async with ways_out(people(), answers) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(3 * HOUR)
            assert (ways.told_kinds(MAIL), ways.told_kinds(CHAT)) == ([EventKind.OPENED], [])

    run_virtual(main())


def test_somebody_whose_own_address_is_the_second_channel_of_another_is_told_all_the_same() -> None:
    async def main() -> None:
        first = Receiver(id="on-call", order=Order.FIRST, channels=(mail(MAIL, "noc@x.org"), mail(CHAT, "boss@x.org")))
        boss = Receiver(id="boss", channels=(mail("boss-1-mail", "boss@x.org"),))
        standing = directory(first, boss, FINANCE)
        to_both = replace(standing, routes=(replace(standing.routes[1], to=("on-call", "boss")),))
        down = {MAIL: until(HOUR, Deferred("unreachable")), CHAT: until(2 * HOUR, Deferred("unreachable"))}
        async with ways_out(to_both, down) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(3 * HOUR)
            assert [row.recipient for row in ways.told(CHAT)] == ["boss@x.org"]

    run_virtual(main())


def test_the_end_goes_the_way_that_worked_and_no_other() -> None:
    async def main() -> None:
        async with ways_out(people(), {MAIL: until(HOUR, Deferred("unreachable"))}) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(2 * HOUR)
            ways.happen(EventKind.RESOLVED, closed(OUTAGE, 2 * HOUR))
            await asyncio.sleep(HOUR)
            assert (ways.told_kinds(MAIL), ways.told_kinds(CHAT)) == ([], [EventKind.OPENED, EventKind.RESOLVED])

    run_virtual(main())


def test_the_end_of_what_the_first_channel_told_goes_by_the_second_when_the_first_is_down() -> None:
    def mail_dies(_row: Notification, now_s: float) -> Outcome:
        return Delivered() if now_s < 60 else Deferred("unreachable")

    async def main() -> None:
        async with ways_out(people(), {MAIL: mail_dies}) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(HOUR)
            ways.happen(EventKind.RESOLVED, closed(OUTAGE, HOUR))
            await asyncio.sleep(120)
            assert (ways.told_kinds(MAIL), ways.told_kinds(CHAT)) == ([EventKind.OPENED], [EventKind.RESOLVED])

    run_virtual(main())


def test_it_goes_on_to_the_third_channel_when_the_second_fails_too() -> None:
    used = (mail(MAIL, "noc@example.org"), chat(CHAT), ChannelSpec(name=SMS, kind="webhook", url="https://a.example/"))
    refused = always(Rejected("refused"))

    async def main() -> None:
        async with ways_out(people(*used), {MAIL: refused, CHAT: refused}) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(60)
            assert ways.told_kinds(SMS)[0] is EventKind.OPENED

    run_virtual(main())


def test_a_message_that_went_two_ways_on_is_not_told_again_by_the_first() -> None:
    used = (mail(MAIL, "noc@example.org"), chat(CHAT), ChannelSpec(name=SMS, kind="webhook", url="https://a.example/"))
    down = until(HOUR, Deferred("unreachable"))

    async def main() -> None:
        async with ways_out(people(*used), {MAIL: down, CHAT: down}) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(3 * HOUR)
            assert [len(ways.told(one)) for one in (MAIL, CHAT, SMS)] == [0, 0, 1]

    run_virtual(main())


def test_one_bad_mailbox_of_several_sends_nobody_another_way_and_is_told_of() -> None:
    def bad_mailbox(row: Notification, _now_s: float) -> Outcome:
        return Rejected("recipient_refused", "550 no such user") if row.recipient == "gone@x.org" else Delivered()

    async def main() -> None:
        used = (mail(MAIL, "gone@x.org", "noc@x.org"), chat(CHAT))
        async with ways_out(people(*used), {MAIL: bad_mailbox}) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(HOUR)
            assert ways.told(CHAT) == []
            [opened, notice] = ways.told(MAIL)
            assert (opened.recipient, opened.message.event) == ("noc@x.org", EventKind.OPENED)
            assert notice.recipient == "noc@x.org"
            assert "gone@x.org" in notice.message.subject
            assert "550 no such user" in notice.message.text

    run_virtual(main())


def test_a_message_nobody_took_and_that_has_no_other_way_is_told_of_as_critical() -> None:
    async def main() -> None:
        refused = always(Rejected("recipient_refused", "550 no such user"))
        others = Receiver(id="others", channels=(chat("others-1-apprise"),))
        standing = directory(Receiver(id="on-call", channels=(mail(MAIL, "gone@x.org"),)), others, FINANCE)
        to_all = replace(standing, routes=(replace(standing.routes[1], to=("on-call", "others")),))
        async with ways_out(to_all, {MAIL: refused}) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(60)
            notice = ways.told("others-1-apprise")[-1].message
            assert (notice.event, notice.fields["severity"]) == (EventKind.NOTICE, "critical")
            assert "It reached nobody" in notice.text

    run_virtual(main())


def test_a_refusal_by_one_of_two_channels_that_are_used_at_once_is_no_more_than_a_warning() -> None:
    async def main() -> None:
        both = directory(Receiver(id="on-call", channels=(mail(MAIL, "gone@x.org"), chat(CHAT))), FINANCE)
        async with ways_out(both, {MAIL: always(Rejected("recipient_refused", "550 no such user"))}) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            await asyncio.sleep(60)
            opened, notice = ways.told(CHAT)
            assert opened.message.event is EventKind.OPENED
            assert notice.message.fields["severity"] == "warning"

    run_virtual(main())


def test_a_mailbox_that_is_full_for_hours_does_not_stop_the_others() -> None:
    def full(row: Notification, _now_s: float) -> Outcome:
        return Deferred("temporary", "452 full", only_this=True) if row.recipient == "full@x.org" else Delivered()

    async def main() -> None:
        used = (mail(MAIL, "full@x.org", "noc@x.org"), chat(CHAT))
        async with ways_out(people(*used), {MAIL: full}) as ways:
            for number in range(8):
                ways.happen(EventKind.OPENED, incident(number, after_s=number * 600))
                await asyncio.sleep(600)
            prompt = [seconds(at) - seconds(row.created_at) for at, row in ways.channels[MAIL].told]
            assert (len(prompt), max(prompt)) == (8, 0)
            assert ways.told(CHAT) == []

    run_virtual(main())


def test_a_new_page_takes_the_second_channel_at_once_while_the_first_is_known_to_be_out() -> None:
    async def main() -> None:
        async with ways_out(people(), {MAIL: always(Deferred("unreachable"))}) as ways:
            for number in range(6):
                ways.happen(EventKind.OPENED, incident(number))
            await asyncio.sleep(HOUR)
            ways.happen(EventKind.OPENED, incident(99, after_s=HOUR))
            await asyncio.sleep(11)
            assert ways.told(CHAT)[-1].incident_id == "i099"

    run_virtual(main())


@pytest.mark.parametrize(
    "failure",
    [
        Deferred("temporary", "421 closing"),
        Deferred("busy", "HTTP 503"),
        Deferred("timeout"),
        Deferred("busy", "", 600.0),
    ],
    ids=["SMTP 421", "HTTP 503", "time-out", "429"],
)
def test_a_channel_that_was_out_for_six_hours_brings_one_digest_within_five_minutes(failure: Deferred) -> None:
    back_s = 6 * HOUR

    async def main() -> None:
        async with ways_out(people(mail(MAIL, "noc@example.org")), {MAIL: until(back_s, failure)}) as ways:
            for number in range(60):
                standing = incident(number, after_s=number * 300)
                ways.happen(EventKind.OPENED, standing)
                await asyncio.sleep(120)
                if number % 2:
                    ways.happen(EventKind.RESOLVED, closed(standing, 120))
                await asyncio.sleep(180)
            await asyncio.sleep(HOUR + 900)
            told = ways.told(MAIL)
            assert [row.message.event for row in told].count(EventKind.DIGEST) == 1
            assert len(told) == 2  # the one on trial, and the digest
            asked_s = failure.retry_after_s or 0.0
            assert ways.told_after_s(MAIL)[-1] <= back_s + max(asked_s, 240) + 60
            assert untold(ways, 60) == []
            assert ways.store.next_due(MAIL) is None

    run_virtual(main())


def untold(ways: WaysOut, number: int) -> list[int]:
    """Incidents that no delivered message names, by the subject of their own or in a digest."""
    words = "\n".join(f"{row.message.subject}\n{row.message.text}" for row in ways.told(MAIL))
    return [one for one in range(number) if f"mx{one:03}" not in " ".join(words.split())]


def test_what_is_over_meanwhile_is_one_line_of_the_digest_behind_all_that_stands() -> None:
    async def main() -> None:
        used = people(mail(MAIL, "noc@example.org"))
        async with ways_out(used, {MAIL: until(HOUR, Deferred("unreachable"))}) as ways:
            for number in range(8):
                ways.happen(EventKind.OPENED, incident(number))
            await asyncio.sleep(720)
            ways.happen(EventKind.RESOLVED, closed(incident(2), 720))
            await asyncio.sleep(2 * HOUR)
            digest = ways.told(MAIL)[-1].message
            lines = " ".join(digest.text.split())
            assert "over again after 12 min" in lines
            assert lines.index("mx007") < lines.index("mx002")
            assert "1 over again" in digest.subject

    run_virtual(main())


def test_the_end_of_what_a_digest_told_is_told_and_the_rows_it_took_say_so() -> None:
    async def main() -> None:
        used = people(mail(MAIL, "noc@example.org"))
        async with ways_out(used, {MAIL: until(HOUR, Deferred("unreachable"))}) as ways:
            for number in range(8):
                ways.happen(EventKind.OPENED, incident(number))
            await asyncio.sleep(2 * HOUR)
            assert states(ways, "i007")[-1] == (IN_DIGEST, NotificationState.DROPPED)
            ways.happen(EventKind.RESOLVED, closed(incident(7), 2 * HOUR))
            await asyncio.sleep(60)
            assert ways.told(MAIL)[-1].message.event is EventKind.RESOLVED

    run_virtual(main())


def test_a_handful_that_waited_is_told_one_by_one() -> None:
    async def main() -> None:
        used = people(mail(MAIL, "noc@example.org"))
        async with ways_out(used, {MAIL: until(HOUR, Deferred("unreachable"))}) as ways:
            for number in range(HANDFUL):
                ways.happen(EventKind.OPENED, incident(number))
            await asyncio.sleep(2 * HOUR)
            assert ways.told_kinds(MAIL) == [EventKind.OPENED] * HANDFUL

    run_virtual(main())


def _flood(ways: WaysOut, number: int) -> None:
    """So many pages at once; every tenth is critical."""
    for one in range(number):
        severity = Status.CRITICAL if one % 10 == 9 else Status.WARNING
        ways.happen(EventKind.OPENED, replace(incident(one), severity=severity))


def test_five_hundred_pages_at_a_channel_that_limits_us_are_all_told_critical_ones_first() -> None:
    taken_s: list[float] = []

    def ten_a_minute(_row: Notification, now_s: float) -> Outcome:
        if sum(now_s - 60 < one for one in taken_s) >= 10:
            return Deferred("busy", "HTTP 429", 30.0)
        taken_s.append(now_s)
        return Delivered()

    async def main() -> None:
        used = people(mail(MAIL, "noc@example.org"))
        async with ways_out(used, {MAIL: ten_a_minute}) as ways:
            _flood(ways, 500)
            await asyncio.sleep(300)
            assert untold(ways, 500) == []
            assert [row.urgency for row in ways.told(MAIL)][:10] == [0] * 10
            assert ways.told_kinds(MAIL).count(EventKind.DIGEST) == 1
            refused = [now for now, _ in ways.channels[MAIL].tries if seconds(now) not in ways.told_after_s(MAIL)]
            assert len(refused) <= 3  # it obeys: nobody knocks while asked to wait
            assert ways.store.next_due(MAIL) is None

    run_virtual(main())


def test_a_limit_of_our_own_is_kept_and_what_waits_for_it_is_gathered() -> None:
    async def main() -> None:
        used = people(mail(MAIL, "noc@example.org"))
        async with ways_out(used, {}, {MAIL: 4}) as ways:
            _flood(ways, 100)
            await asyncio.sleep(130)
            assert untold(ways, 100) == []
            at_s = ways.told_after_s(MAIL)
            assert max(sum(one <= other < one + 60 for other in at_s) for one in at_s) <= 4
            assert [row.urgency for row in ways.told(MAIL)][:4] == [0] * 4

    run_virtual(main())


def grey_tries(limits: dict[str, int]) -> int:
    """How often a mailbox that puts us off is knocked at within an hour."""

    def grey(row: Notification, _now_s: float) -> Outcome:
        return Deferred("temporary", "451 later", only_this=True) if row.recipient == "grey@x.org" else Delivered()

    async def tries() -> int:
        async with ways_out(people(mail(MAIL, "grey@x.org", "noc@x.org")), {MAIL: grey}, limits) as ways:
            ways.happen(EventKind.OPENED, incident(0))
            await asyncio.sleep(HOUR)
            return len(ways.channels[MAIL].tries)

    return run_virtual(tries())


def test_a_limit_of_our_own_makes_nobody_knock_more_often_at_a_mailbox_that_puts_us_off() -> None:
    assert grey_tries({MAIL: 1}) <= grey_tries({})


def test_what_was_asked_to_wait_waits_when_its_channel_is_back() -> None:
    """Mailbox `grey` puts us off at first; then all of the relay is down for five minutes."""

    def answer(row: Notification, now_s: float) -> Outcome:
        if 60 <= now_s < 360:
            return Deferred("unreachable")
        puts_off = row.recipient == "grey@x.org" and now_s < 60
        return Deferred("temporary", "451", 1800.0, only_this=True) if puts_off else Delivered()

    async def main() -> None:
        async with ways_out(people(mail(MAIL, "grey@x.org", "noc@x.org")), {MAIL: answer}) as ways:
            ways.happen(EventKind.OPENED, incident(0))
            await asyncio.sleep(60)
            for number in range(1, 4):
                ways.happen(EventKind.OPENED, incident(number, after_s=60))
            await asyncio.sleep(900)
            assert [row.recipient for row in ways.told(MAIL) if row.incident_id == "i000"] == ["noc@x.org"]
            await asyncio.sleep(1800)
            assert {row.recipient for row in ways.told(MAIL) if row.incident_id == "i000"} == {
                "noc@x.org",
                "grey@x.org",
            }

    run_virtual(main())


def test_an_open_breaker_knocks_once_and_then_rests() -> None:
    async def main() -> None:
        used = people(mail(MAIL, "noc@example.org"))
        async with ways_out(used, {MAIL: always(Deferred("unreachable"))}) as ways:
            _flood(ways, 200)
            await asyncio.sleep(HOUR)
            assert len(ways.channels[MAIL].tries) < 50
            health = ways.ways.health[MAIL]
            assert (health.is_out, health.reason) == (True, "unreachable")

    run_virtual(main())


@pytest.mark.slow
def test_after_days_without_a_channel_one_message_of_the_dead_mans_switch_comes_and_not_one_for_each_day() -> None:
    async def main() -> None:
        known = people(mail(MAIL, "noc@example.org"))
        async with ways_out(known, {MAIL: until(49 * HOUR, Deferred("unreachable"))}) as ways:
            for day in range(3):
                rows = plan_proof(ProofRule(every=timedelta(days=1), at=time(9)), day, at=NOW(), directory=known)
                ways.store.commit(Changes(notifications=rows))
                ways.wake()
                await asyncio.sleep(24 * HOUR)
            (alive,) = ways.told(MAIL)
            assert alive.event_id.endswith("-2")

    run_virtual(main())


def test_the_breaker_is_closed_again_for_all_to_see_after_one_delivery() -> None:
    async def main() -> None:
        used = people(mail(MAIL, "noc@example.org"))
        async with ways_out(used, {MAIL: until(HOUR, Deferred("unreachable"))}) as ways:
            _flood(ways, 10)
            await asyncio.sleep(60)
            assert ways.ways.open_ones[MAIL]
            await asyncio.sleep(2 * HOUR)
            assert not ways.ways.open_ones[MAIL]

    run_virtual(main())


def _sent_once(rows: Sequence[Notification]) -> dict[str, list[bool]]:
    """By id, whether each copy that arrived said that it is a repeat."""
    copies: dict[str, list[bool]] = {}
    for row in rows:
        copies.setdefault(row.id, []).append(row.repeat)
    return copies


@pytest.mark.parametrize("crashes", [1, 2])
@pytest.mark.parametrize("by", [MAIL, CHAT])
def test_every_copy_after_a_crash_between_sent_and_marked_sent_says_so_also_of_a_stand_in(
    by: str, crashes: int
) -> None:
    """The crash point is in the sink: it has the message, and the daemon ends before it knows (FAULTS 3)."""
    arrived: list[Notification] = []
    ended = asyncio.Event()

    async def take_and_die(row: Notification, _now: object) -> Outcome:
        arrived.append(row)
        if len(arrived) <= crashes:
            ended.set()
            await asyncio.Event().wait()
        return Delivered()

    async def main() -> None:
        first = {MAIL: always(Rejected("refused"))} if by == CHAT else {}
        async with ways_out(people(), first) as ways:
            ways.channels[by].answer = take_and_die
            ways.happen(EventKind.OPENED, OUTAGE)
            for _ in range(crashes):
                await ended.wait()
                ended.clear()
                await ways.crash()
                ways.begin()
            await asyncio.sleep(GRACE_S + 60)
            told = [row for row in arrived if row.incident_id]
            assert list(_sent_once(told).values()) == [[False, *[True] * crashes]]

    run_virtual(main())


def test_a_row_is_passed_on_once_however_often_the_round_is_cut_off() -> None:
    async def main() -> None:
        async with ways_out(people(), {MAIL: always(Deferred("unreachable"))}) as ways:
            ways.happen(EventKind.OPENED, OUTAGE)
            for _ in range(12):
                await asyncio.sleep(13)
                await ways.crash()
                ways.begin()
            await asyncio.sleep(120)
            assert ways.told_kinds(CHAT) == [EventKind.OPENED]
            assert NOW() > OUTAGE.opened_at

    run_virtual(main())
