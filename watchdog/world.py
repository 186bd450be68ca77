"""What the daemon stands on, handed in by the composition root, or by a test."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.channel import Channel
from alerts.mutes.mute import Mute
from alerts.record import SubjectRecord
from checks.ledger.journal import Journal
from checks.ledger.taxpayers import NoLists
from checks.model import CheckId
from checks.plugin import Json, Ledger, Taxpayers
from watchdog.clock import Clock, Ids, since_boot_s
from watchdog.engine.hold import Hold
from watchdog.engine.lookout import OnSight
from watchdog.engine.mutes import Mutes
from watchdog.engine.outgoing import NewLoop
from watchdog.engine.quiet import Quiet
from watchdog.engine.runner import NetworkSession
from watchdog.engine.timekeeper import Steady
from watchdog.engine.writer import StoreWriter, Trouble
from watchdog.settings.values import ConfiguredCheck, Settings
from watchdog.steady_clock import SinceBoot


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the daemon stands on: real in watchdog/app.py, virtual in tests."""

    clock: Clock
    ids: Ids
    new_writer: Callable[[Trouble], StoreWriter]
    records: Sequence[SubjectRecord]
    memories: Mapping[CheckId, Mapping[str, Json]]
    open_network: Callable[[], NetworkSession]
    open_channels: Callable[[Settings], Sequence[Channel]]
    new_delivery_loop: NewLoop
    on_late: Callable[[float], None]
    own_checks: Sequence[ConfiguredCheck] = ()
    """What the daemon checks of its own accord, whatever the settings say."""
    hold: Hold = field(default_factory=Hold)
    """Shut while we are blind; the outbox that the delivery loops read must heed it."""
    mutes: Mutes = field(default_factory=Mutes)
    """What must not be said for now; the outbox that the delivery loops read must heed it."""
    ledger_of: Callable[[Settings], Ledger] = lambda settings: Journal(settings.invoices)
    """The bills as checks of those settings see them."""
    taxpayers: Taxpayers = field(default_factory=NoLists)
    windows: Callable[[Settings], Sequence[Mute]] = lambda _settings: ()
    """The next times of the windows of maintenance that settings name."""
    on_sight: OnSight = lambda *, is_blind, blind_s: None  # noqa: ARG005  # nobody counts
    since_boot: SinceBoot = since_boot_s
    steady: Steady | None = None
    """`clock`, if it is one that does not follow jumps at once."""
    is_vouched: Callable[[datetime], bool] = lambda _since: False
    """Whether a time service set or confirmed the wall clock since it showed that instant."""
    quiet: Quiet = field(default_factory=Quiet)
    """What is told to nobody, where the state was put back from a copy."""
