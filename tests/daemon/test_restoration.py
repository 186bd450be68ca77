"""The first minutes with a state that was put back."""

import asyncio

from alerts.restored import Restoration
from tests.support.desks import down, scene, watching
from tests.support.virtual_loop import run_virtual, virtual_clock
from watchdog.engine.quiet import Quiet
from watchdog.restoration import Homecoming
from watchdog.store.executor import Inline


def test_what_was_doubtful_is_believed_from_the_next_look_on_so_that_its_end_is_told_however_soon() -> None:
    async def play() -> None:
        async with scene(watching(("mx", down))) as here:
            now, subjects = virtual_clock()(), here.daemon.subjects
            restoration = Restoration(id="r1", at=now, copied_at=now, source="copy", settled_at=now)
            quiet = Quiet(restoration, [subject.current() for subject in subjects])
            assert quiet.doubtful == {here.incident}
            home = Homecoming(
                daemon=here.daemon, quiet=quiet, store=here.month.store, caller=Inline(), clock=virtual_clock()
            )
            coming = asyncio.create_task(home.forever())
            while not all(subject.judged_at > now for subject in subjects):
                assert quiet.doubtful
                await asyncio.sleep(0.5)
            await asyncio.sleep(1.5)
            assert not quiet.doubtful
            await coming

    run_virtual(play())
