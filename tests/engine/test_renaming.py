"""A check that was renamed, and says so, goes on; one that merely has another name begins anew."""

from dataclasses import replace

from alerts.incident import EventKind
from checks.model import CheckId
from tests.support.desks import down, scene, watching
from tests.support.virtual_loop import run_virtual
from watchdog.settings.values import Settings


def renamed(settings: Settings, former: str) -> Settings:
    return replace(settings, checks=tuple(replace(one, formerly=CheckId(former)) for one in settings.checks))


def test_what_is_open_goes_on_and_nobody_is_told_again() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            before, sent = here.incident, len(here.month.sent)
            here.daemon.configure(renamed(watching(("mail-server", down)), "mx"))
            await here.daemon.settled()
            assert here.incident == before
            (record,) = here.month.store.load_records()
            assert (record.check_id, record.incidents[0].check_id) == ("mail-server", "mail-server")
            assert len(here.month.sent) == sent

    run_virtual(play())


def test_its_end_is_told_under_the_new_name_in_the_same_thread() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            before = here.incident
            here.daemon.configure(renamed(watching(("mail-server", down)), "mx"))
            here.daemon.configure(watching())
            await here.daemon.settled()
            history = here.month.store.listings.history(before)
            assert history is not None
            assert [event.kind for event in history.events] == [EventKind.OPENED, EventKind.RESOLVED]
            assert history.incident.check_id == "mail-server"

    run_virtual(play())


def test_one_that_was_renamed_and_looks_elsewhere_was_not_taken_out() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            before = here.incident
            other = renamed(watching(("mail-server", down)), "mx")
            (check,) = other.checks
            spec = replace(check.spec, kind=replace(check.spec.kind, name="another"))
            here.daemon.configure(replace(other, checks=(replace(check, spec=spec),)))
            await here.daemon.settled()
            history = here.month.store.listings.history(before)
            assert history is not None
            assert history.incident.close_reason == "the check looks at something else now"

    run_virtual(play())


def test_without_a_word_of_it_the_old_one_ends() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            before = here.incident
            here.daemon.configure(watching(("mail-server", down)))
            await here.daemon.settled()
            history = here.month.store.listings.history(before)
            assert history is not None
            assert history.incident.close_reason == "the check was taken out of the settings"

    run_virtual(play())
