"""The daemon itself: engine, judgement and delivery over handed-in parts. Knows no files, signals or sockets."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from alerts.directory import Directory
from alerts.incident import Acknowledgement, IncidentEvent
from alerts.judging.acknowledge import acknowledge, take_back
from alerts.judging.episode import Judgement
from alerts.message import Notification
from alerts.plan import plan, plan_notice
from alerts.words.framed import Said
from checks.model import CheckId
from checks.spec import CheckSpec
from watchdog.engine.alarm import Alarm
from watchdog.engine.anchor_look import look_at
from watchdog.engine.blindness import Sight, unjudged
from watchdog.engine.ending import WRITE_OUT_WITHIN_S, ended
from watchdog.engine.kinship import Kinship
from watchdog.engine.lookout import LOOKED_AGAIN_WITHIN_S, Lookout
from watchdog.engine.mutes import Mutes
from watchdog.engine.outgoing import Outgoing
from watchdog.engine.process import Process
from watchdog.engine.quiet import Quiet
from watchdog.engine.runner import run_check
from watchdog.engine.scheduler import Again, Scheduler
from watchdog.engine.spokesman import Spokesman
from watchdog.engine.subjects import Subjects
from watchdog.engine.timekeeper import Timekeeper
from watchdog.engine.vitals import TimedWriter, Vitals
from watchdog.engine.writer import Standstill
from watchdog.own_checks import RESOLVER_CHECK
from watchdog.prepared import Prepared, prepared
from watchdog.pressed import with_outcome
from watchdog.settings.values import Settings
from watchdog.sight_check import SIGHT_CHECK, sight_check, told_of
from watchdog.store.errors import StoreBusyError, StoreError
from watchdog.store.views import LinkUse
from watchdog.world import World


class Daemon:
    """Watches what the settings say until told to stop."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.settings = settings
        self.subjects = Subjects(world.records)
        self._world = world
        self._alarm = Alarm(world.clock)
        self._writer = world.new_writer(self._alarm)
        self._timed = TimedWriter(self._writer)
        self._scheduler = Scheduler(self._run_once, on_late=world.on_late)
        self._kinship = Kinship(self.subjects, clock=world.clock, ids=world.ids, look_soon=self._scheduler.hurry)
        self._process = Process(
            writer=self._timed,
            subjects=self.subjects,
            memories=world.memories,
            clock=world.clock,
            ids=world.ids,
            on_told=lambda: self._outgoing.wake(),  # noqa: PLW0108  # made below
            trouble=self._alarm,
            sight_check=RESOLVER_CHECK,
            is_blind=lambda: self._lookout.is_blind,
            on_tick=lambda: self._time.tick(),  # noqa: PLW0108  # made below
            kinship=self._kinship,
        )
        self._outgoing = Outgoing(world.new_delivery_loop)
        self._lookout = self._new_lookout()
        self._time = self._timekeeper()
        self._sight_check = sight_check(lambda: self.sight)
        self._in_force: Prepared
        self.configure(settings)

    def _new_lookout(self) -> Lookout:
        world = self._world
        look = partial(look_at, open_network=world.open_network)
        spokesman = Spokesman(
            look_again=self._scheduler.hurry,
            release=self.wake,
            alarm=self._alarm,
            announce=self.announce,
            subjects=self.subjects,
            hold=world.hold,
            zone=lambda: self.settings.estate.time_zone,
            sight_check=SIGHT_CHECK,
        )
        owed = told_of(world.memories.get(SIGHT_CHECK, {}))
        return Lookout(look, spokesman, world.hold, world.clock, world.on_sight, told_of=owed, names=RESOLVER_CHECK)

    def configure(self, settings: Settings, ready: Prepared | None = None) -> None:
        """Take other settings, whole. Raises, and changes nothing, where something cannot be made of them.

        `ready` is what `prepare` made of these settings, where that was done before.
        """
        ready = ready or self.prepare(settings)
        channels = self._world.open_channels(settings)
        directory, quiet, hold = ready.directory, self._world.quiet, self._world.hold

        def planner(event: IncidentEvent) -> Sequence[Notification]:
            rows = () if quiet.hides(event) else plan(event, directory)
            hold.planned(event, rows)
            return rows

        self.settings, self._in_force = settings, ready
        self._process.configure(ready.facts, planner)
        self._kinship.configure(ready.family, ready.facts, settings.estate)
        self._scheduler.configure(ready.jobs)
        self._outgoing.configure(channels)
        self.mutes.renamed(self._process.former_ids)
        self.mutes.plan(ready.windows)
        self._alarm.configure(directory, channels)
        self._lookout.configure(settings.anchors, ready.specs)

    def _timekeeper(self) -> Timekeeper:
        world = self._world
        return Timekeeper(
            world.clock,
            world.since_boot,
            steady=world.steady,
            is_vouched=world.is_vouched,
            on_woken=self._woke,
            on_turn=self._turned,
            tell=lambda notice: self.announce(notice.subject, notice.text, urdu=notice.urdu),
            zone=lambda: self.settings.estate.time_zone,
        )

    def _woke(self) -> None:
        """The loop's own clock may have stood still: whatever is due in an hour by it was due long ago."""
        self._process.woke()
        self._scheduler.hurry(self._in_force.specs, LOOKED_AGAIN_WITHIN_S)

    def look_soon(self, check_ids: Iterable[CheckId], within_s: float) -> None:
        """Have these looked at within so many seconds, then at their regular times again."""
        self._scheduler.hurry(check_ids, within_s)

    def _turned(self) -> None:
        """Time has become another; what waited by the old one may be due."""
        self._process.turned()
        self.wake()

    def prepare(self, settings: Settings) -> Prepared:
        """Everything that plugins or contradictions can break. Touches nothing, so any thread may do it."""
        return prepared(settings, self._world, self._sight_check)

    @property
    def directory(self) -> Directory:
        """Who there is to tell, by the settings in force."""
        return self._in_force.directory

    @property
    def mutes(self) -> Mutes:
        """What must not be said for now."""
        return self._world.mutes

    @property
    def specs(self) -> Mapping[CheckId, CheckSpec]:
        """Every check in force, the daemon's own among them."""
        return self._in_force.specs

    @property
    def distress(self) -> Alarm:
        """What was told straight from memory."""
        return self._alarm

    @property
    def sight(self) -> Sight:
        """Whether we can see at all."""
        return self._lookout.sight

    @property
    def standstill(self) -> Standstill | None:
        """Why nothing is being written, and since when; None while all is well."""
        return self._writer.standstill

    @property
    def vitals(self) -> Vitals:
        """Whether it does its work; to be asked in the loop it runs in."""
        return Vitals(
            overdue_s=self._scheduler.overdue_s,
            unwritten_s=self._timed.unwritten_s,
            unanswered_s=self._writer.unanswered_s,
        )

    def wake(self) -> None:
        """There may be something to send."""
        self._outgoing.wake()

    async def acknowledge(self, incident_id: str, said: Acknowledgement, pressed: LinkUse | None = None) -> str | None:
        """Returns once it is durable: the id of the event, None where it was acknowledged already.

        `pressed` is the link by which it was said. Raises KeyError where no such incident is open, StoreError where it
        could not be written.
        """
        record = self.subjects.holding(incident_id).current()
        judged = acknowledge(record, incident_id, said, self._world.ids)
        return await self._said(judged, None if pressed is None else with_outcome(pressed, judged))

    async def take_back(self, incident_id: str, by: str) -> str | None:
        """The same for taking it back: None where it was not acknowledged."""
        record, at = self.subjects.holding(incident_id).current(), self._world.clock()
        return await self._said(take_back(record, incident_id, by=by, at=at, new_id=self._world.ids))

    async def judged(self, judged: Judgement, pressed: LinkUse | None = None) -> None:
        """Take what was decided of a subject; durable when it returns. Raises StoreError."""
        await self._process.say(judged, pressed)

    async def let_go(self, check_id: CheckId, subject: str) -> None:
        """The subject is watched no more; durable when it returns. Raises StoreError."""
        self._process.let_go(check_id, subject)
        await self.settled()

    async def _said(self, judged: Judgement, pressed: LinkUse | None = None) -> str | None:
        """Also where nothing is new: what stands may not be written yet, and is not confirmed before."""
        await self.judged(judged, pressed)
        return next((event.id for event in judged.events), None)

    @property
    def quiet(self) -> Quiet:
        """What is told to nobody after the state was put back."""
        return self._world.quiet

    def tell(self, rows: Sequence[Notification]) -> None:
        """Put `rows` that are planned already into the outbox."""
        self._process.announce(rows)

    async def sweep(self) -> None:
        """Judge the passing of time now, not only when it is its turn."""
        await self._process.sweep()

    async def settled(self) -> None:
        """All that was judged so far is written."""
        await self._process.flush()

    def announce(self, subject: str, text: str, *, severity: str = "warning", urdu: Said | None = None) -> None:
        """Tell people something about the daemon itself, over the outbox; `urdu` says the same."""
        id_, now, labels = self._world.ids(), self._world.clock(), {"severity": severity}
        rows = plan_notice(
            event_id=id_, at=now, subject=subject, text=text, directory=self.directory, labels=labels, urdu=urdu
        )
        self.tell(rows)

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until `stop` is set, then end in order: no new looks, all written, all sends finished.

        Raises what broke, if one of the loops does: the service manager starts us anew.
        """
        watching = asyncio.create_task(self._lookout.forever(), name="lookout")
        scheduling = asyncio.create_task(self._scheduler.run(), name="scheduler")
        timing = asyncio.create_task(self._process.keep_time(), name="sweep")
        writing = asyncio.create_task(self._process.run(), name="process")
        sending = asyncio.create_task(self._outgoing.run(), name="delivery")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        loops = [scheduling, timing, writing, sending, watching]
        try:
            await asyncio.wait([*loops, stopping], return_when=asyncio.FIRST_COMPLETED)
            broken = [error for task in loops if task.done() and (error := task.exception()) is not None]
            await ended(scheduling, timing, watching)
            if not writing.done():
                self._process.finish()
                try:
                    await self._last_words(writing)
                except StoreError as error:  # to be told before it ends us
                    broken.append(error)
            await asyncio.gather(self._outgoing.finish(), self._alarm.finish())
            if broken:
                raise broken[0]
        finally:
            await ended(*loops, stopping)

    async def _last_words(self, writing: asyncio.Task[None]) -> None:
        """What waits is written, unless the store stays locked or full for too long: then it is said and lost."""
        _, late = await asyncio.wait([writing], timeout=WRITE_OUT_WITHIN_S)
        if late:
            raise StoreBusyError(f"the store took nothing for {WRITE_OUT_WITHIN_S:g} s; the last looks are lost")
        await writing

    async def _run_once(self, spec: CheckSpec, timeout_s: float) -> Again:
        self._time.tick()
        sleeps, turns, began_s = self._time.sleeps, self._time.turns, asyncio.get_running_loop().time()
        run = await run_check(
            spec,
            self._in_force.around,
            now=self._world.clock(),
            kept=self._process.memory_of(spec.id),
            timeout_s=timeout_s,
        )
        self._time.tick()
        if not spec.kind.is_local:
            run = await self._lookout.judged(spec.id, run, began_s)
            if self._time.sleeps != sleeps:
                run = unjudged(run, "not judged, since we were asleep meanwhile")
        if self._in_force.specs.get(spec.id) != spec:  # it looked under settings that hold no more
            return Again(soon=False)
        if self._time.turns != turns:
            return Again(soon=True)
        if run.starved:
            self._scheduler.give_way()
            self._alarm("out of resources", f"checks cannot be run: {run.starved}")
        return Again(soon=await self._process.take(spec.id, run))
