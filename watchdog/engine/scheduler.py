"""When each check runs: a heap of due times on the loop's own clock."""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from checks.model import CheckId
from checks.spec import CheckSpec
from watchdog.engine.beat import next_regular_s, on_beat, phase
from watchdog.engine.capacity import Capacity

#: After a start every check has its first look within this time, spread by the hash of its id.
FIRST_LOOK_WITHIN_S = 60.0

#: A timer that fires so late says that the whole process was stopped. What it missed is caught up within this time.
STOPPED_AFTER_S = 30.0
CAUGHT_UP_WITHIN_S = 30.0

#: uvloop's timers count whole milliseconds and fire early; arming for the exact instant spins.
TIMER_SLACK_S = 0.001

DEFAULT_CONCURRENCY = 1000
DEFAULT_PER_HOST = 20


@dataclass(frozen=True, slots=True)
class Again:
    """When to look again: in haste, because something is suspect, or at the next regular time."""

    soon: bool


#: Runs one check and says how soon to look again. Gets the time-out in seconds.
RunOnce = Callable[[CheckSpec, float], Awaitable[Again]]


@dataclass(slots=True, eq=False)
class _Job:
    spec: CheckSpec
    host: str | None
    due_s: float
    """Loop time of the next run."""
    regular_s: float
    """Loop time of the next regular run: hasty ones do not move it."""
    hasty: bool = False
    removed: bool = False
    wished_s: float = float("inf")
    """Loop time by which somebody wished for another look while this one was under way."""
    heir: "_Job | None" = None
    """The same check under newer settings, waiting for this run to end."""


@dataclass(slots=True)
class _Host:
    running: int = 0
    waiting: deque[_Job] = field(default_factory=deque)


class Scheduler:
    """Runs every check on its time, never two runs of one check at once.

    A check that falls behind skips what it missed instead of catching up in a burst. `on_late` is told the
    lateness of each start in seconds.
    """

    def __init__(
        self,
        run_once: RunOnce,
        *,
        on_late: Callable[[float], None],
        concurrency: int = DEFAULT_CONCURRENCY,
        per_host: int = DEFAULT_PER_HOST,
    ) -> None:
        """Must be called in the loop that runs the checks."""
        self._loop = asyncio.get_running_loop()
        self._run_once = run_once
        self._on_late = on_late
        self._capacity = Capacity(concurrency)
        self._per_host = per_host
        self._jobs: dict[CheckId, _Job] = {}
        self._heap: list[tuple[float, int, _Job]] = []
        self._order = itertools.count()
        self._ready: deque[_Job] = deque()
        self._hosts: dict[str, _Host] = {}
        self._running: dict[CheckId, _Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._armed_s = float("inf")
        self._failed: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Keep the schedule until cancelled; raises if the engine itself breaks."""
        self._failed = self._loop.create_future()
        self._arm()
        try:
            await self._failed
        finally:
            await self._stop()

    def configure(self, specs: Iterable[tuple[CheckSpec, str | None]]) -> None:
        """Take `specs`, each with the host it burdens, as all there is. An unchanged one keeps its time."""
        wanted = {spec.id: (spec, host) for spec, host in specs}
        for check_id in self._jobs.keys() - wanted.keys():
            self._remove(check_id)
        for check_id, (spec, host) in wanted.items():
            standing = self._jobs.get(check_id)
            if standing is None or standing.spec != spec:
                self._add(spec, host)
        self._heap = [entry for entry in self._heap if not entry[2].removed]
        heapq.heapify(self._heap)
        self._arm()

    def give_way(self) -> None:
        """We have run out of what runs share with those who tell people of it: from now on fewer at once."""
        self._capacity.give_way(len(self._running), self._loop.time())

    def hurry(self, check_ids: Iterable[CheckId], within_s: float) -> None:
        """Look at these within `within_s`, spread, and then on their regular times again. One that is being looked at
        is looked at once more: what it was asked for may be newer than what it goes by.
        """
        wanted = frozenset(check_ids)
        now_s = self._loop.time()
        for _, _, job in self._heap:
            if job.spec.id in wanted:
                job.due_s = min(job.due_s, self._spread_s(job, now_s, within_s))
        for job in self._running.values():
            if job.spec.id in wanted:
                job.wished_s = min(job.wished_s, self._spread_s(job, now_s, within_s))
        self._reorder()

    @staticmethod
    def _spread_s(job: _Job, now_s: float, within_s: float) -> float:
        return on_beat(now_s + phase(job.spec.id) * min(job.spec.interval_s, within_s))

    def _reorder(self) -> None:
        """Due times of waiting jobs have changed."""
        self._heap = [(job.due_s, order, job) for _, order, job in self._heap]
        heapq.heapify(self._heap)
        self._arm()

    @property
    def overdue_s(self) -> float:
        """How long the check that is due longest has waited for its start; 0 when none waits.

        One that waits for its host's turn does not count: that is the host's slowness, not ours.
        """
        waiting = [job.due_s for job in self._ready if not job.removed]
        waiting += [self._heap[0][0]] if self._heap else []
        return max(0.0, self._loop.time() - min(waiting)) if waiting else 0.0

    def __len__(self) -> int:
        return len(self._jobs)

    def _add(self, spec: CheckSpec, host: str | None) -> None:
        self._remove(spec.id)
        first_s = on_beat(self._loop.time() + phase(spec.id) * min(spec.interval_s, FIRST_LOOK_WITHIN_S))
        job = _Job(spec, host, first_s, first_s)
        self._jobs[spec.id] = job
        self._push(job)

    def _remove(self, check_id: CheckId) -> None:
        job = self._jobs.pop(check_id, None)
        if job is not None:
            job.removed = True

    def _push(self, job: _Job) -> None:
        heapq.heappush(self._heap, (job.due_s, next(self._order), job))

    # The timer ------------------------------------------------------------------------------------------------

    def _arm(self) -> None:
        if self._failed is None or not self._heap:
            return
        due_s = self._heap[0][0]
        if self._timer is not None and self._armed_s <= due_s and not self._timer.cancelled():
            return
        if self._timer is not None:
            self._timer.cancel()
        self._armed_s = due_s
        self._timer = self._loop.call_at(due_s + TIMER_SLACK_S, self._on_timer)

    def _on_timer(self) -> None:
        self._timer, self._armed_s = None, float("inf")
        now_s = self._loop.time()
        if self._heap and now_s - self._heap[0][0] >= STOPPED_AFTER_S:
            self._spread_overdue(now_s)
        while self._heap and self._heap[0][0] <= now_s:
            job = heapq.heappop(self._heap)[2]
            if not job.removed:
                self._ready.append(job)
        self._start_ready()
        self._arm()

    def _spread_overdue(self, now_s: float) -> None:
        """We were stopped: everything is overdue at once, and is not to be done at once."""
        for due_s, _, job in self._heap:
            if due_s < now_s:
                job.due_s = self._spread_s(job, now_s, CAUGHT_UP_WITHIN_S)
        self._reorder()

    # Limits ---------------------------------------------------------------------------------------------------

    def _start_ready(self) -> None:
        at_once = self._capacity.at_once(self._loop.time())
        while self._failed is not None and len(self._running) < at_once and self._ready:
            job = self._ready.popleft()
            if not job.removed and self._is_alone(job) and self._takes_host(job):
                self._start(job)

    def _is_alone(self, job: _Job) -> bool:
        """Whether no run of the same check is under way; if one is, begun before a reload, the job waits for it."""
        former = self._running.get(job.spec.id)
        if former is not None:
            former.heir = job
        return former is None

    def _takes_host(self, job: _Job) -> bool:
        """Whether the job may burden its host now; if not, it waits for that host alone."""
        if job.host is None:
            return True
        host = self._hosts.setdefault(job.host, _Host())
        if host.running >= self._per_host:
            host.waiting.append(job)
            return False
        host.running += 1
        return True

    def _release_host(self, job: _Job) -> None:
        if job.host is None:
            return
        host = self._hosts[job.host]
        host.running -= 1
        while host.waiting and host.waiting[0].removed:
            host.waiting.popleft()
        if host.waiting:
            self._ready.appendleft(host.waiting.popleft())
        elif host.running == 0:
            del self._hosts[job.host]

    # Runs -----------------------------------------------------------------------------------------------------

    def _start(self, job: _Job) -> None:
        self._running[job.spec.id] = job
        task = self._loop.create_task(self._run(job))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _run(self, job: _Job) -> None:
        started_s = self._loop.time()
        self._on_late(started_s - job.due_s)
        spec = job.spec
        timeout_s = min(spec.timeout_s, spec.retry_every_s) if job.hasty else spec.timeout_s
        again = Again(soon=False)
        try:
            again = await self._run_once(spec, timeout_s)
        finally:
            del self._running[job.spec.id]
            self._release_host(job)
            self._reschedule(job, started_s, again)

    def _reschedule(self, job: _Job, started_s: float, again: Again) -> None:
        """However a run ended, the check runs again; only a check that was taken out does not."""
        if job.heir is not None:
            self._ready.append(job.heir)
        if job.removed:
            return
        now_s = self._loop.time()
        job.regular_s = next_regular_s(job.regular_s, job.spec.interval_s, now_s)
        hasty_s = max(started_s + job.spec.retry_every_s, now_s)
        job.hasty = again.soon and hasty_s < job.regular_s
        job.due_s = min(hasty_s if job.hasty else job.regular_s, max(job.wished_s, now_s))
        job.wished_s = float("inf")
        self._push(job)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            if self._failed is not None and not self._failed.done():
                self._failed.set_exception(error)
            return
        self._start_ready()
        self._arm()

    async def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._failed = None
        self._ready.clear()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
