"""A source of bills as the daemon looks at it, and what people were told."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from checks.billing.intake.request import Layout
from checks.estate import Estate, Vendor
from checks.secret import Secret
from tests.support.bill_lists import csv_list
from tests.support.ledgers import keeper_with
from watchdog.billing.importing import Importer
from watchdog.billing.sources import BillSources
from watchdog.engine.runner import NetworkSession
from watchdog.settings.intake_values import IntakeSettings, Place, Source
from watchdog.store.executor import Inline

if TYPE_CHECKING:
    from watchdog.settings.values import Settings

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
ESTATE = Estate(
    name="Test", time_zone=ZoneInfo("Asia/Karachi"), vendors={"acme": Vendor(id="acme", name="Acme Hosting")}
)
LIST = csv_list("acme,INV-7,5,2026-12-01")


def no_network() -> NetworkSession:
    raise AssertionError("this source needs no network")


def secret(value: str) -> Secret:
    return Secret("accounts-url", lambda: value)


@dataclass
class Watched:
    """One source, and any others beside it, and what people were told."""

    place: Place
    others: Sequence[Place] = ()
    look_within_s: float = 60.0
    layout: Layout | None = None
    every: timedelta = timedelta(0)
    open_network: Callable[[], NetworkSession] = no_network
    told: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keeper = keeper_with([])
        self.settings = self._settings()
        self.sources = BillSources(
            settings=lambda: self.settings,
            importer=Importer(ledger=self.keeper, settings=lambda: self.settings, reading=Inline(), clock=lambda: NOW),
            open_network=self.open_network,
            announce=self._announce,
            clock=lambda: NOW,
            round_every_s=0.01,
            look_within_s=self.look_within_s,
        )

    def _settings(self) -> "Settings":
        source = Source(
            id="share", place=self.place, every=self.every, layout=None if self.layout is None else "theirs"
        )
        others = [Source(id=f"other{i}", place=one, every=self.every) for i, one in enumerate(self.others)]
        intake = IntakeSettings(layouts={"theirs": self.layout or Layout()}, sources=(source, *others))
        return cast("Settings", SimpleNamespace(estate=ESTATE, intake=intake))

    def reload(self, place: Place | None = None, layout: Layout | None = None) -> None:
        """The settings say another thing of the source."""
        self.place, self.layout = place or self.place, layout or self.layout
        self.settings = self._settings()

    def _announce(self, subject: str, text: str, *, severity: str = "warning") -> None:
        self.told.append((subject, text))
        assert severity == "warning"

    def rounds(self, number: int = 1) -> None:
        async def go() -> None:
            for _ in range(number):
                await self.sources.round()

        asyncio.run(go())

    @property
    def keys(self) -> list[str]:
        return [bill.key for bill in self.keeper.rows.bills()]

    @property
    def subjects(self) -> list[str]:
        return [subject for subject, _ in self.told]


def put(folder: Path, name: str, raw: bytes, *, age_s: float = 60) -> Path:
    file = folder / name
    file.write_bytes(raw)
    at = NOW.timestamp() - age_s
    os.utime(file, (at, at))
    return file


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []
