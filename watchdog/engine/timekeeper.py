"""Notices what time does to us: that we were asleep, and that the wall clock has jumped."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

import structlog

from alerts.words.framed import Said
from alerts.words.urdu import notices
from alerts.words.urdu.wording import moment as urdu_moment
from alerts.words.wording import period
from checks.wording import moment
from watchdog.clock import Clock
from watchdog.steady_clock import Believed, ClockTurn, Jumped, SetBack

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: How often time is looked at where nothing else happens.
TICK_EVERY_S = 10.0

#: Who notices nothing for so long was stopped, suspended or stuck.
ASLEEP_AFTER_S = 30.0

#: A sleep that is longer is told to people; a shorter one stands in the log.
SLEEP_TOLD_AFTER_S = 300.0


class Steady(Protocol):
    """watchdog.steady_clock.SteadyClock, as far as it is asked here."""

    def judge(self, is_vouched: Callable[[datetime], bool]) -> ClockTurn | None: ...


@dataclass(frozen=True, slots=True)
class TimeNotice:
    """What people are to hear of it."""

    subject: str
    text: str
    urdu: Said
    """The same."""


class Timekeeper:
    """`tick` is called before anything is judged, so nothing is judged by what was seen before a sleep."""

    def __init__(
        self,
        clock: Clock,
        since_boot: Callable[[], float],
        *,
        steady: Steady | None,
        is_vouched: Callable[[datetime], bool],
        on_woken: Callable[[], None],
        on_turn: Callable[[], None],
        tell: Callable[[TimeNotice], None],
        zone: Callable[[], tzinfo],
    ) -> None:
        """`on_woken` is called after a sleep, `on_turn` when time has become another; `tell` may be called in both.

        `zone` is where people who are told live.
        """
        self._clock = clock
        self._since_boot = since_boot
        self._steady = steady
        self._is_vouched = is_vouched
        self._on_woken = on_woken
        self._on_turn = on_turn
        self._tell = tell
        self._zone = zone
        self._ticked_s = self._judged_s = since_boot()
        self.sleeps = 0
        """How often we were asleep: what was begun under another number was disturbed."""
        self.turns = 0
        """How often time has become another: what was begun under another number has a date that is worth nothing."""

    def tick(self) -> None:
        """Costs next to nothing where nothing happened."""
        now_s = self._since_boot()
        asleep_s, self._ticked_s = now_s - self._ticked_s, now_s
        if asleep_s >= ASLEEP_AFTER_S:
            self._woke(asleep_s)
        if self._steady is not None and (now_s - self._judged_s >= TICK_EVERY_S or asleep_s >= ASLEEP_AFTER_S):
            self._judged_s = now_s
            self._turned(self._steady.judge(self._is_vouched))

    def _woke(self, asleep_s: float) -> None:
        self.sleeps += 1
        now = self._clock()
        since = now - timedelta(seconds=asleep_s)
        log.warning("was asleep", since=since.isoformat(), asleep_s=round(asleep_s))
        self._on_woken()
        if asleep_s >= SLEEP_TOLD_AFTER_S:
            self._tell(sleep_notice(since, now, self._zone()))

    def _turned(self, turn: ClockTurn | None) -> None:
        match turn:
            case Jumped(should_be, stands_at, at_start):
                log.warning("the clock has jumped", should_be=should_be.isoformat(), stands_at=stands_at.isoformat())
                self._tell(jump_notice(should_be, stands_at, self._zone(), at_start=at_start))
            case Believed(was, now, vouched, at_once):
                log.warning("the clock is believed", was=was.isoformat(), now=now.isoformat(), vouched=vouched)
                self.turns += 1
                self._on_turn()
                self._tell(belief_notice(was, now, self._zone(), vouched=vouched, at_once=at_once))
            case SetBack():
                log.info("the clock was set back to where it should be")
                self._tell(set_back_notice(self._clock(), self._zone()))
            case None:
                pass


def sleep_notice(since: datetime, until: datetime, zone: tzinfo) -> TimeNotice:
    minutes = round((until - since).total_seconds() / 60)
    return TimeNotice(
        f"Nigehban was asleep for {minutes} minutes",
        f"Nothing was watched {period(since, until, zone)}: the machine was suspended, or the program was"
        " stopped or stuck. Everything is looked at anew within a minute; what came due meanwhile is told now.",
        notices.asleep(urdu_moment(since, zone), urdu_moment(until, zone), until - since),
    )


def jump_notice(should_be: datetime, stands_at: datetime, zone: tzinfo, *, at_start: bool = False) -> TimeNotice:
    expected, shown = moment(should_be, zone), moment(stands_at, zone)
    begun = "the clock of the watching machine may be wrong" if at_start else "the clock of the watching machine jumped"
    found = f"By the last look before this start it is {expected}" if at_start else f"It should be {expected}"
    return TimeNotice(
        begun,
        f"{found}, and the clock says {shown}. Until somebody can believe it, everything goes by the first of the two,"
        " so that no deadline is told too early or twice. If the clock is wrong, set it right; if it is right, there is"
        " nothing to do: it is taken as soon as a time service confirms it, after six hours at the latest.",
        notices.clock_jumped(urdu_moment(should_be, zone), urdu_moment(stands_at, zone), at_start=at_start),
    )


def set_back_notice(now: datetime, zone: tzinfo) -> TimeNotice:
    """The end of what `jump_notice` began."""
    return TimeNotice(
        "the clock of the watching machine is right again",
        f"It says {moment(now, zone)}, as it should. Nothing went by the wrong time; there is nothing to do.",
        notices.clock_right(urdu_moment(now, zone)),
    )


def belief_notice(was: datetime, now: datetime, zone: tzinfo, *, vouched: bool, at_once: bool) -> TimeNotice:
    why = "a time service confirms it" if vouched else "it has stood there for six hours"
    begun = "the clock of the watching machine jumped" if at_once else "the clock that jumped is believed now"
    return TimeNotice(
        begun,
        f"From now on it is {moment(now, zone)}, since {why}; until now everything went by"
        f" {moment(was, zone)}. What came due in between is told now.",
        notices.clock_believed(urdu_moment(was, zone), urdu_moment(now, zone), vouched=vouched, at_once=at_once),
    )
