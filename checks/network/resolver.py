"""Names to addresses: hosts file, then name servers, cached by TTL, never blocking the loop (FAULTS row 14)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import dns.rdatatype

from checks.network.errors import BlindError, ProbeError
from checks.network.hosts import SYSTEM_HOSTS, HostsFile, address_literal, host_name
from checks.network.lookup import Failed, Found, Missing, Outcome, Patience, Standing, given_up, look_up
from checks.network.name_entry import Entry, Flight
from checks.network.name_servers import SYSTEM_RESOLV_CONF, NameServer, NameServers, ResolvConf, parse_servers
from checks.network.name_service import Health, NameService, Trouble
from checks.network.name_verdict import health_of, is_settled, of_family, verdict
from checks.network.transcript import Stopwatch
from checks.network.values import Family

_MIN_TTL_S = 1.0
_MAX_TTL_S = 3600.0
_NEGATIVE_S = 30.0

#: After a failure the last good address serves this long before the servers are asked again (RFC 8767 §5).
_FAILURE_S = 30.0

#: A name with nothing to fall back on is asked again sooner; not at once, or a dead server would be hammered.
_FAILURE_WITHOUT_GOOD_S = 5.0

#: How old a last good address may be, counted from the moment it was learnt.
_LAST_GOOD_S = 3600.0

#: A slow look-up is not waited for longer than this when there is a last good address (RFC 8767 §5: 1.8 s).
_STALE_PATIENCE_S = 1.5

#: How much longer one family is waited for once the other is known (RFC 8305 §3 says 50 ms; lossy lines need more).
_OTHER_FAMILY_S = 0.3

_MAX_ENTRIES = 50_000

LookUp: TypeAlias = Callable[..., Awaitable[Outcome]]
"""checks.network.lookup.look_up, or what stands for it."""

_Key: TypeAlias = tuple[str, dns.rdatatype.RdataType]

_KINDS: dict[Family, tuple[dns.rdatatype.RdataType, ...]] = {
    "any": (dns.rdatatype.AAAA, dns.rdatatype.A),
    "4": (dns.rdatatype.A,),
    "6": (dns.rdatatype.AAAA,),
}


class Resolved(NamedTuple):
    """Numeric addresses in the order to dial them; `stale` says why they are old, "" where they are fresh."""

    addresses: tuple[str, ...]
    stale: str = ""


class Resolver:
    """One for the whole daemon: it keeps the cache, and last good addresses for an hour."""

    def __init__(
        self,
        *,
        servers: Sequence[str] | None = None,
        hosts_file: Path | None = None,
        resolv_conf: Path = SYSTEM_RESOLV_CONF,
        clock: Stopwatch = time.monotonic,
        patience: Patience = Patience(),  # noqa: B008  # frozen
        look_up: LookUp = look_up,
    ) -> None:
        """`servers` ("address" or "address:port") and `hosts_file` replace the system's. Raises ValueError."""
        self._fixed = None if servers is None else parse_servers(servers)
        self._system = ResolvConf(resolv_conf)
        self._hosts = HostsFile(hosts_file or SYSTEM_HOSTS)
        self._clock = clock
        self._patience = patience
        self._entries: dict[_Key, Entry] = {}
        self._flights: dict[_Key, Flight] = {}
        self._standing = Standing()
        self._service = NameService()
        self._questions: dict[str, set[str]] = {}
        self._look_up = look_up

    def health(self) -> Health:
        """How name servers serve us, by all look-ups so far."""
        return health_of(self._service, self._servers().servers)

    async def examine(self) -> None:
        """Where something fails, ask for names that tell whether it is the servers. Takes as long as one look-up."""
        flights = {self._flight(self._witness_key(name)) for name in self._service.witnesses()}
        if flights:
            done, _ = await asyncio.wait(flights)
            for flight in done:
                flight.result()

    def _witness_key(self, name: str) -> _Key:
        keys = [(name, kind) for kind in _KINDS["any"]]
        return next((key for key in keys if key in self._entries and self._entries[key].good), keys[-1])

    @property
    def patience(self) -> Patience:
        return self._patience

    @property
    def standing(self) -> Standing:
        """Which servers have lately kept us waiting, whoever asked them."""
        return self._standing

    def servers_in_order(self) -> Sequence[NameServer]:
        """The servers asked, those lately silent last. Raises BlindError where none is configured."""
        servers = self._servers().servers
        if not servers:
            raise BlindError("no name server is configured on this machine")
        return self._standing.in_order(servers)

    async def addresses(self, host: str, family: Family) -> Resolved:
        """Where `host` is. Raises ProbeError(NAME_NOT_FOUND | NAME_FAILED), BlindError where no server speaks to us."""
        literal = address_literal(host)
        if literal is not None:
            return Resolved(of_family((literal,), family, host))
        name = host_name(host)
        listed = self._hosts.addresses(name)
        if listed:
            return Resolved(of_family(listed, family, host))
        keys = [(name, kind) for kind in _KINDS[family]]
        if not self._are_fresh(keys):
            try:
                await self._refresh(keys)
            except asyncio.CancelledError as cut:
                # A run whose time ends here has learnt nothing of its target: checks.verdict looks for this reason.
                raise cut from self._unfinished(name, keys)
        return self._judge(name, [self._entries[key] for key in keys if key in self._entries])

    def note_answer(self, name: str, kind: str, took_s: float) -> None:
        """Our servers gave records to a check's question."""
        self._questions.setdefault(name, set()).add(kind)
        self._answered(name, took_s)

    def note_failure(self, name: str, kind: str, way: Trouble, heard: str, *, is_refused: bool = False) -> None:
        """They gave none. What a zone that is well known never had, as a missing _dmarc, says nothing of them."""
        if kind in self._questions.get(name, ()) or not self._service.knows(name):
            self._service.failed(name, way, self._clock(), heard, is_refused=is_refused)

    def close(self) -> None:
        """Abandon look-ups still under way. Call it on the loop that they run on."""
        for flight in self._flights.values():
            flight.task.cancel()
        self._flights.clear()

    def _are_fresh(self, keys: Sequence[_Key]) -> bool:
        now = self._clock()
        return all((entry := self._entries.get(key)) is not None and now < entry.fresh_until for key in keys)

    async def _refresh(self, keys: Sequence[_Key]) -> None:
        """Look up what is not fresh. Gives up early when one family, or a last good address, will do."""
        wanted = [key for key in keys if not self._are_fresh([key])]
        flights = {self._flight(key) for key in wanted}
        # asyncio.wait leaves the flights alone when a run is cut short: others may wait for them.
        done, waiting = await asyncio.wait(
            flights, timeout=self._patience_s(keys, wanted), return_when=asyncio.FIRST_COMPLETED
        )
        if waiting and (done or not any(self._good(key, self._clock()) for key in keys)):
            more, _ = await asyncio.wait(waiting, timeout=_OTHER_FAMILY_S if self._will_do(keys) else None)
            done |= more
        for flight in done:
            flight.result()

    def _patience_s(self, keys: Sequence[_Key], wanted: Sequence[_Key]) -> float | None:
        """How long the first of the look-ups for `wanted` is waited for; None where nothing else will do."""
        if self._will_do(keys):
            # A family that failed before, say behind a firewall that drops AAAA, does not cost every look its time.
            has_failed = all(key in self._entries and isinstance(self._entries[key].outcome, Failed) for key in wanted)
            return 0.0 if has_failed else _OTHER_FAMILY_S
        now = self._clock()
        return _STALE_PATIENCE_S if any(self._good(key, now) for key in keys) else None

    def _will_do(self, keys: Sequence[_Key]) -> bool:
        """Whether what is known and fresh of one family makes the other needless: addresses, or no such name."""
        return any(self._are_fresh([key]) and is_settled(self._entries[key].outcome) for key in keys)

    def _unfinished(self, name: str, keys: Sequence[_Key]) -> ProbeError:
        heard = [text for key in keys if (flight := self._flights.get(key)) for text in flight.heard]
        return self._failure(name, [given_up(heard, "no name server has answered yet")])

    def _flight(self, key: _Key) -> "asyncio.Task[None]":
        """The one look-up of `key` under way, begun now if there is none."""
        flight = self._flights.get(key)
        if flight is None:
            heard: list[str] = []
            flight = Flight(asyncio.create_task(self._fly(key, heard), name=f"resolve {key[0]}"), heard)
            self._flights[key] = flight
        return flight.task

    async def _fly(self, key: _Key, heard: list[str]) -> None:
        loop, (name, kind) = asyncio.get_running_loop(), key
        began_s = loop.time()
        try:
            outcome = await self._look_up(self._servers(), name, kind, self._patience, self._standing, heard=heard)
            self._note(key, outcome, loop.time() - began_s)
            self._keep(key, outcome)
        finally:
            self._flights.pop(key, None)

    def _servers(self) -> NameServers:
        return self._system.servers() if self._fixed is None else self._fixed

    def _note(self, key: _Key, outcome: Outcome, took_s: float) -> None:
        """What the end of a look-up says of the servers. That a name has no address of one family says nothing."""
        name, now = key[0], self._clock()
        # A witness is asked before its time: what is known of it says nothing of the servers.
        keys = [] if self._is_found(key) else [(name, kind) for kind in _KINDS["any"]]
        match outcome:
            case Found():
                self._answered(name, took_s)
            case Failed(text, silent, is_refused) if not self._will_do(keys):
                self._service.failed(
                    name, Trouble.SILENT if silent else Trouble.FAILED, now, text, is_refused=is_refused
                )
            case Missing(text, is_gone=True) if not any(self._is_found(key) for key in keys):
                self._service.failed(name, Trouble.MISSING, now, text)
            case Missing(is_gone=False) if name in self._questions:
                self._answered(name, took_s)  # records of another type it has, so this is the answer hoped for
            case _:
                pass

    def _answered(self, name: str, took_s: float) -> None:
        now, had_trouble = self._clock(), self._service.trouble is not None
        self._service.answered(name, now, took_s)
        if had_trouble:
            self._doubt_failures(now)

    def _doubt_failures(self, now: float) -> None:
        """What servers said while they served nobody is asked anew."""
        for entry in self._entries.values():
            if not isinstance(entry.outcome, Found):
                entry.fresh_until = now

    def _is_found(self, key: _Key) -> bool:
        return self._are_fresh([key]) and isinstance(self._entries[key].outcome, Found)

    def _keep(self, key: _Key, outcome: Outcome) -> None:
        if self._is_found(key) and not isinstance(outcome, Found):
            return  # asked early, as a witness: what was known still holds
        now = self._clock()
        entry = self._entry(key, outcome, self._entries.pop(key, None), now)
        if len(self._entries) >= _MAX_ENTRIES:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = entry

    def _entry(self, key: _Key, outcome: Outcome, before: Entry | None, now: float) -> Entry:
        if isinstance(outcome, Found):
            ttl_s = min(max(outcome.ttl_s, _MIN_TTL_S), _MAX_TTL_S)
            return Entry(outcome, now + ttl_s, outcome.addresses, now)
        entry = Entry(outcome, now + _NEGATIVE_S)
        if self._is_doubtful(key[0]) or isinstance(outcome, Failed):
            if before is not None and before.good and now - before.good_since < _LAST_GOOD_S:
                entry.good, entry.good_since = before.good, before.good_since
            has_good = any(self._good((key[0], kind), now) for kind in _KINDS["any"]) or entry.good
            entry.fresh_until = now + (_FAILURE_S if has_good else _FAILURE_WITHOUT_GOOD_S)
        return entry

    def _is_doubtful(self, name: str) -> bool:
        """Whether what servers say of `name` may be their fault: even that it does not exist."""
        return self._service.trouble is not None or self._service.is_undecided(name)

    def _good(self, key: _Key, now: float) -> tuple[str, ...]:
        entry = self._entries.get(key)
        return entry.good if entry is not None and now - entry.good_since < _LAST_GOOD_S else ()

    def _judge(self, name: str, entries: Sequence[Entry]) -> Resolved:
        now = self._clock()
        fresh = [e.outcome.addresses for e in entries if isinstance(e.outcome, Found) and now < e.fresh_until]
        if fresh:
            return Resolved(tuple(address for addresses in fresh for address in addresses))
        believed = [] if self._is_doubtful(name) else [entry for entry in entries if isinstance(entry.outcome, Missing)]
        old = [e for e in entries if e.good and now - e.good_since < _LAST_GOOD_S and e not in believed]
        if old:
            age_s = max(now - entry.good_since for entry in old)
            text = f"last good address of {name}, {age_s:.0f} s old, since the resolver fails"
            return Resolved(tuple(address for entry in old for address in entry.good), text)
        raise self._failure(name, [entry.outcome for entry in entries])

    def _failure(self, name: str, outcomes: Sequence[Outcome]) -> ProbeError:
        error = verdict(name, outcomes, is_own_fault=self._service.is_own_fault(name))
        if self._service.trouble is None or isinstance(error, BlindError):
            return error
        return BlindError(f"cannot resolve {name}: {self.health().words}")
