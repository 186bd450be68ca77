"""A message by every way out, once per period, whatever happens to the daemon between."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path

from alerts.directory import Directory
from alerts.message import Notification
from alerts.proof import ProofRule
from tests.support.telling import ESTATE, directory
from tests.support.virtual_loop import run_virtual, virtual_clock
from watchdog.proving import Proving
from watchdog.settings.values import Settings

DAY_S = 86_400.0


@dataclass(slots=True)
class Telling:
    directory: Directory = field(default_factory=directory)
    told: list[Notification] = field(default_factory=list)

    def tell(self, rows: Sequence[Notification]) -> None:
        self.told.extend(rows)


def settings(rule: ProofRule | None) -> Settings:
    return Settings(
        source=Path("nigehban.yaml"), estate=ESTATE, checks=(), receivers={}, routes=(), dead_mans_switch=rule
    )


DAILY = ProofRule(every=timedelta(days=1), at=time(9))


def test_one_a_day_and_channel_and_one_at_the_start() -> None:
    async def main() -> None:
        telling = Telling()
        task = asyncio.create_task(
            Proving(daemon=telling, settings=lambda: settings(DAILY), clock=virtual_clock()).forever()
        )
        await asyncio.sleep(3 * DAY_S - 60)
        task.cancel()
        ways = {row.channel for row in telling.told}
        assert len(telling.told) == 3 * len(ways)

    run_virtual(main())


def test_a_restart_plans_the_same_rows_again_which_the_outbox_has_already() -> None:
    async def main() -> None:
        clock, telling = virtual_clock(), Telling()
        for _ in range(3):
            Proving(daemon=telling, settings=lambda: settings(DAILY), clock=clock).look()
            await asyncio.sleep(60)
        assert len({row.id for row in telling.told}) == len(telling.told) / 3

    run_virtual(main())


def test_without_the_setting_nothing_is_sent() -> None:
    async def main() -> None:
        telling = Telling()
        Proving(daemon=telling, settings=lambda: settings(None), clock=virtual_clock()).look()
        assert telling.told == []

    run_virtual(main())
