"""Signed links over a whole daemon: one click counts, confirmed once it is durable; scanners change nothing."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

import pytest

from alerts.incident import EventKind, Incident
from alerts.links import Action, Links, Ticket
from alerts.people.escalation import Escalation, Step
from alerts.route import ChannelSpec, Receiver, Route
from tests.support.desks import Scene, down, scene, watching
from tests.support.virtual_loop import run_virtual, virtual_clock
from watchdog.clock import random_ids
from watchdog.duty import Escalations
from watchdog.next_in_line import NextInLine
from watchdog.settings.values import Settings
from watchdog.store.changes import Changes
from watchdog.store.errors import StoreBusyError
from watchdog.store.executor import Inline
from watchdog.store.store import Store
from watchdog.store.views import LinkUse
from watchdog.web.door import Door
from watchdog.web.door_view import LinkPage

LINKS = Links(base_url="https://status.example.gov.pk", key=b"k" * 32)


@dataclass(frozen=True, slots=True)
class Clicking:
    """Somebody with the links of one message."""

    here: Scene
    door: Door

    def token(self, action: Action = Action.FOUR_HOURS, receiver: str = "health-it", event: str = "e1") -> str:
        offered = LINKS.offered(event_id=event, incident=self.here.incident, receiver=receiver, at=virtual_clock()())
        return offered[action].rpartition("/")[2]

    @property
    def standing(self) -> Incident:
        (one,) = self.here.month.store.listings.open_incidents()
        return one


@asynccontextmanager
async def clicking() -> AsyncIterator[Clicking]:
    async with scene(watching(("mx", down))) as here:
        yield Clicking(here, door_of(here))


def door_of(here: Scene, links: Links | None = LINKS) -> Door:
    return Door(
        links=lambda: links,
        estate=lambda: here.daemon.settings.estate,
        desk=here.desk,
        line=NextInLine(here.daemon, virtual_clock(), random_ids(random.Random(6))),
        uses=here.month.store,
        used=here.month.store.listings,
        writing=Inline(),
        reading=Inline(),
        clock=virtual_clock(),
    )


def with_boss() -> Settings:
    """Where nobody is at it for two hours, the boss is told."""
    settings = watching(("mx", down))
    boss = Receiver(id="boss", channels=(ChannelSpec(name="boss-1-mail", kind="mail", to=("boss@x.example",)),))
    urgent = Escalation(id="urgent", steps=(Step(after=timedelta(hours=2), to=("boss",)),))
    return replace(
        settings,
        receivers={**settings.receivers, "boss": boss},
        routes=(Route(to=("on-call",), escalation="urgent"),),
        escalations={"urgent": urgent},
    )


def words(page: LinkPage) -> str:
    return " ".join([page.title, *page.lines])


def test_following_a_link_asks_and_changes_nothing() -> None:
    async def play() -> None:
        async with clicking() as click:
            token = click.token()
            pages = [await click.door.look(token) for _ in range(3)]
            assert {(page.status, page.token) for page in pages} == {(HTTPStatus.OK, token)}
            assert "as said by health-it" in words(pages[0])
            assert click.standing.acknowledged is None

    run_virtual(play())


def test_pressing_the_button_acknowledges_for_four_hours_in_the_name_of_who_was_told() -> None:
    async def play() -> None:
        async with clicking() as click:
            page = await click.door.act(click.token())
            assert (page.status, page.title) == (HTTPStatus.OK, "It is on record")
            said = click.standing.acknowledged
            assert said is not None
            assert (said.by, said.until) == ("health-it by signed link", said.at + timedelta(hours=4))

    run_virtual(play())


def test_until_it_is_well_has_no_other_end() -> None:
    async def play() -> None:
        async with clicking() as click:
            await click.door.act(click.token(Action.UNTIL_WELL))
            said = click.standing.acknowledged
            assert said is not None
            assert said.until is None

    run_virtual(play())


def test_of_two_clicks_at_once_one_acts_and_the_other_is_shown_by_whom() -> None:
    async def play() -> None:
        async with clicking() as click:
            pages = await asyncio.gather(click.door.act(click.token()), click.door.act(click.token()))
            assert [page.title for page in pages] == ["It is on record", "This link was used already"]
            assert "health-it, at 09:05" in words(pages[1])
            history = click.here.month.store.listings.history(click.standing.id)
            assert history is not None
            assert [event.kind.value for event in history.events].count("acknowledged") == 1

    run_virtual(play())


def test_who_comes_second_by_a_link_of_their_own_learns_who_was_first() -> None:
    async def play() -> None:
        async with clicking() as click:
            mine, theirs = click.token(), click.token(receiver="on-call")
            pages = await asyncio.gather(click.door.act(mine), click.door.act(theirs))
            assert pages[1].title == "Somebody is at it already"
            assert "health-it by signed link" in words(pages[1])
            said = click.standing.acknowledged
            assert said is not None
            assert said.by == "health-it by signed link"

    run_virtual(play())


def test_a_used_link_says_so_and_does_nothing_even_after_its_act_is_over() -> None:
    async def play() -> None:
        async with clicking() as click:
            token = click.token()
            await click.door.act(token)
            await asyncio.sleep(5 * 3600)
            assert click.standing.acknowledged is None
            pages = [await click.door.look(token), await click.door.act(token)]
            assert [(page.status, page.title) for page in pages] == [
                (HTTPStatus.GONE, "This link was used already")
            ] * 2
            assert click.standing.acknowledged is None

    run_virtual(play())


def test_an_old_link_does_nothing_and_says_why() -> None:
    async def play() -> None:
        async with clicking() as click:
            token = click.token()
            await asyncio.sleep(49 * 3600)
            page = await click.door.act(token)
            assert page.status is HTTPStatus.GONE
            assert "too old" in words(page)
            assert click.standing.acknowledged is None

    run_virtual(play())


def test_a_forged_link_learns_nothing_of_the_estate() -> None:
    async def play() -> None:
        async with clicking() as click:
            other = Links(base_url="", key=b"x" * 32)
            ticket = Ticket(
                action=Action.UNTIL_WELL,
                incident=click.standing.id,
                receiver="on-call",
                expires_at=virtual_clock()() + timedelta(hours=1),
                nonce="n",
            )
            pages = [await click.door.look(other.token(ticket)), await click.door.act(other.token(ticket))]
            assert {page.status for page in pages} == {HTTPStatus.FORBIDDEN}
            assert all(page.estate == "" and "not made by this watchdog" in words(page) for page in pages)
            assert click.standing.acknowledged is None

    run_virtual(play())


def test_a_link_to_what_is_over_or_was_never_there_says_so() -> None:
    async def play() -> None:
        async with clicking() as click:
            ticket = LINKS.read(click.token(), virtual_clock()())
            assert isinstance(ticket, Ticket)
            gone = LINKS.token(replace(ticket, incident="0" * 24, nonce="n2"))
            page = await click.door.act(gone)
            assert (page.status, page.title) == (HTTPStatus.GONE, "There is nothing to do any more")

    run_virtual(play())


class Lockable:
    """A store that another program may have locked."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.is_locked = False

    def commit(self, changes: Changes) -> None:
        if self.is_locked:
            raise StoreBusyError("the database is locked")
        self.store.commit(changes)


@pytest.mark.parametrize("action", [Action.FOUR_HOURS, Action.PASS_ON])
def test_a_link_pressed_again_while_nothing_can_be_written_acts_once_and_never_calls_it_undone(action: Action) -> None:
    disks: list[Lockable] = []

    def locked(store: Store) -> Lockable:
        disks.append(Lockable(store))
        return disks[0]

    async def play() -> None:
        async with scene(with_boss(), disk=locked) as here:
            click = Clicking(here, door_of(here))
            await Escalations(here.daemon, virtual_clock(), random_ids(random.Random(5))).look()
            await asyncio.sleep(5)
            disks[0].is_locked = True
            pages = [await click.door.act(click.token(action)) for _ in range(3)]
            disks[0].is_locked = False
            await asyncio.sleep(120)
            after = await click.door.act(click.token(action))
            assert {page.status for page in pages} == {HTTPStatus.SERVICE_UNAVAILABLE}
            assert not any("nothing was changed" in words(page).lower() for page in pages)
            assert after.title == "This link was used already"
            history = here.month.store.listings.history(click.standing.id)
            assert history is not None
            assert [use.action for use in history.answers] == [action]
            assert [event.kind for event in history.events].count(EventKind.ACKNOWLEDGED) <= 1
            assert (click.standing.acknowledged is not None) == (action is Action.FOUR_HOURS)
            assert len([one for one in here.month.sent if one.notification.receiver == "boss"]) == (
                1 if action is Action.PASS_ON else 0
            )

    run_virtual(play())


def test_who_comes_second_is_on_record_as_having_changed_nothing() -> None:
    async def play() -> None:
        async with clicking() as click:
            await click.door.act(click.token())
            await click.door.act(click.token(Action.UNTIL_WELL, receiver="on-call"))
            again = await click.door.look(click.token(Action.UNTIL_WELL, receiver="on-call"))
            history = click.here.month.store.listings.history(click.standing.id)
            assert history is not None
            first, second = history.answers
            assert (first.has_changed, first.receiver) == (True, "health-it")
            assert (second.already_by, second.receiver) == ("health-it by signed link", "on-call")
            assert "changed nothing, since health-it by signed link was at it already" in words(again)

    run_virtual(play())


def test_an_answer_that_the_store_did_not_take_is_not_confirmed_and_can_be_given_again() -> None:
    class Full:
        def use_link(self, use: LinkUse) -> LinkUse:
            raise StoreBusyError(f"the database is locked, so {use.nonce} is not kept")

    async def play() -> None:
        async with clicking() as click:
            kept, click.door.uses = click.door.uses, Full()
            urls = LINKS.answers(
                event_id="d1", about="paid INV-7", receiver="finance", at=virtual_clock()(), answers={"Yes": "yes"}
            )
            token = urls["Yes"].rpartition("/")[2]
            page = await click.door.act(token)
            assert (page.status, page.title) == (HTTPStatus.SERVICE_UNAVAILABLE, "It is not confirmed")
            click.door.uses = kept
            assert (await click.door.act(token)).status is HTTPStatus.OK

    run_virtual(play())


def test_an_answer_to_a_question_is_kept_with_who_gave_it() -> None:
    async def play() -> None:
        async with clicking() as click:
            urls = LINKS.answers(
                event_id="d1", about="paid INV-7", receiver="finance", at=virtual_clock()(), answers={"Yes": "yes"}
            )
            token = urls["Yes"].rpartition("/")[2]
            asked, page = await click.door.look(token), await click.door.act(token)
            assert (asked.button, page.status) == ("yes", HTTPStatus.OK)
            (kept,) = click.here.month.store.listings.answers("paid INV-7")
            assert (kept.receiver, kept.answer, kept.incident_id) == ("finance", "yes", None)

    run_virtual(play())


def test_without_links_in_the_settings_no_token_is_read() -> None:
    async def play() -> None:
        async with clicking() as click:
            door = door_of(click.here, None)
            assert not door.is_open
            assert (await door.act(click.token())).status is HTTPStatus.FORBIDDEN

    run_virtual(play())


def test_who_cannot_has_the_next_in_line_told_now() -> None:
    async def play() -> None:
        async with scene(with_boss()) as here:
            click = Clicking(here, door_of(here))
            chore = Escalations(here.daemon, virtual_clock(), random_ids(random.Random(5)))
            await chore.look()
            assert all(sent.notification.receiver != "boss" for sent in here.month.sent)
            page = await click.door.act(click.token(Action.PASS_ON))
            assert (page.status, page.title) == (HTTPStatus.OK, "It is on record")
            await chore.look()
            await asyncio.sleep(120)
            told = [sent.notification for sent in here.month.sent if sent.notification.receiver == "boss"]
            assert len(told) == 1
            again = await click.door.act(click.token(Action.PASS_ON, event="e2"))
            assert again.status is HTTPStatus.CONFLICT

    run_virtual(play())


def test_where_no_escalation_is_nobody_is_next_and_the_link_stays_usable() -> None:
    async def play() -> None:
        async with clicking() as click:
            page = await click.door.act(click.token(Action.PASS_ON))
            assert (page.status, page.title) == (HTTPStatus.CONFLICT, "There is nobody to pass it on to")
            assert (await click.door.look(click.token(Action.PASS_ON))).status is HTTPStatus.OK

    run_virtual(play())
