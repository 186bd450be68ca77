"""Looking one name up: over all servers, along its aliases, within a bounded time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from checks.network.dns_query import NoAnswerError, ask, question
from checks.network.name_servers import NameServer, NameServers
from checks.network.race import Race

#: Questions asked along one chain of aliases (dnspython follows up to 16 more within each answer).
_MAX_QUESTIONS = 8

#: Every server is asked this often before a name counts as failed; packets get lost.
_ROUNDS = 3

#: How long a silent server is asked last.
_SILENCE_S = 60.0

#: Loops' timers fire up to a millisecond early, so a server whose whole patience is up has had a little less.
SURE = 0.9

#: Addresses kept of one name.
_MAX_ADDRESSES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the resolver waits: for one server before it asks the next, for one name in all."""

    server_s: float = 1.0
    name_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Found:
    addresses: tuple[str, ...]
    ttl_s: float


@dataclass(frozen=True, slots=True)
class Missing:
    """The name does not exist, or has no such record.

    `is_gone` when there is nothing of that name at all, of whatever kind (RFC 8020 §2).
    """

    text: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """No server gave an answer; `silent` when none even spoke to us, so that it says nothing about the name.

    `is_refused` where the machines are there, and no server of names on them: they refused the connection.
    """

    text: str
    silent: bool
    is_refused: bool = False


Outcome: TypeAlias = Found | Missing | Failed


class Standing:
    """Which servers have lately kept us waiting: they are asked last, or each look-up would wait for a dead one."""

    def __init__(self) -> None:
        self._silent_until: dict[NameServer, float] = {}

    def in_order(self, servers: Sequence[NameServer]) -> list[NameServer]:
        now = asyncio.get_running_loop().time()
        return sorted(servers, key=lambda server: self._silent_until.get(server, 0.0) > now)

    def note(self, server: NameServer, *, answered: bool) -> None:
        self._silent_until.pop(server, None)
        if not answered:
            self._silent_until[server] = asyncio.get_running_loop().time() + _SILENCE_S


async def look_up(
    servers: NameServers,
    name: str,
    kind: dns.rdatatype.RdataType,
    patience: Patience,
    standing: Standing,
    *,
    heard: list[str],
) -> Outcome:
    """What the servers say of `name` (an A-label form without the final dot). Takes at most `patience.name_s`.

    What they say instead of an answer is added to `heard` as it comes.
    """
    if not servers.servers:
        return Failed("no name server is configured", silent=True)
    try:
        async with asyncio.timeout(patience.name_s):
            return await _first_found(servers, name, kind, _Asking(patience.server_s, heard, standing))
    except TimeoutError:
        return given_up(heard, f"no name server answered within {patience.name_s:g} s")


def given_up(heard: Sequence[str], silence: str) -> Failed:
    """What is to be said when a look-up ends without an answer; `silence` where nothing was heard."""
    return Failed("; ".join(dict.fromkeys(heard)) or silence, silent=not heard)


async def _first_found(servers: NameServers, name: str, kind: dns.rdatatype.RdataType, asking: "_Asking") -> Outcome:
    """As resolv.conf(5) does with ndots:1: a name without a dot is tried in the search domains first."""
    outcome: Outcome = Missing(f"{name} does not exist", is_gone=True)
    candidates = [] if "." in name else [f"{name}.{domain}" for domain in servers.search]
    for candidate in (*candidates, name):
        outcome = await asking.chase(servers.servers, candidate, kind)
        if not isinstance(outcome, Missing):
            return outcome
    return outcome


@dataclass(frozen=True, slots=True)
class _Asking:
    server_s: float
    heard: list[str]
    standing: Standing

    async def chase(self, servers: tuple[NameServer, ...], name: str, kind: dns.rdatatype.RdataType) -> Outcome:
        """Follow aliases from answer to answer until there are addresses."""
        asked: set[str] = set()
        ttl_s = float("inf")
        while name not in asked and len(asked) < _MAX_QUESTIONS:
            asked.add(name)
            try:
                answer = await self._any_answer(servers, name, kind)
                chain = answer.resolve_chaining()
            except NoAnswerError as error:
                return Failed(str(error), silent=not error.heard, is_refused=error.is_refused)
            except dns.exception.DNSException:
                return Failed(f"{name}: its chain of aliases (CNAME) loops or contradicts itself", silent=False)
            ttl_s = min(ttl_s, chain.minimum_ttl)
            if chain.answer is not None:
                return Found(tuple(record.address for record in chain.answer)[:_MAX_ADDRESSES], ttl_s)
            if answer.rcode() == dns.rcode.NXDOMAIN:
                return Missing(f"{name} does not exist", is_gone=True)
            if not chain.cnames:
                return Missing(f"{name} has no {dns.rdatatype.to_text(kind)} record", is_gone=False)
            name = chain.canonical_name.to_text(omit_final_dot=True).lower()
        return Failed(f"{name}: its chain of aliases (CNAME) loops or is too long", silent=False)

    async def _any_answer(
        self, servers: tuple[NameServer, ...], name: str, kind: dns.rdatatype.RdataType
    ) -> dns.message.QueryMessage:
        attempts = [partial(self._definite, server, name, kind) for server in self.standing.in_order(servers) * _ROUNDS]
        race = Race(attempts, self.server_s, lambda _answer: None)
        answer = await race.winner()
        if answer is not None:
            return answer
        errors = [error for error in race.errors if isinstance(error, NoAnswerError)]
        if len(errors) < len(race.errors):
            raise next(error for error in race.errors if not isinstance(error, NoAnswerError))
        raise next((error for error in errors if error.heard), errors[0])

    async def _definite(self, server: NameServer, name: str, kind: dns.rdatatype.RdataType) -> dns.message.QueryMessage:
        """An answer that settles the question: records, none, or no such name. Raises NoAnswerError otherwise."""
        began = asyncio.get_running_loop().time()
        try:
            answer = await self._settled(server, name, kind)
        except NoAnswerError as error:
            if error.heard:
                self.heard.append(str(error))
            self.standing.note(server, answered=error.heard)
            raise
        except asyncio.CancelledError:
            # Another server was faster, or the time is over.
            if asyncio.get_running_loop().time() - began >= SURE * self.server_s:
                self.standing.note(server, answered=False)
            raise
        self.standing.note(server, answered=True)
        return answer

    async def _settled(self, server: NameServer, name: str, kind: dns.rdatatype.RdataType) -> dns.message.QueryMessage:
        answer = await ask(server, question(name, kind))
        if answer.rcode() in {dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.BADVERS}:
            answer = await ask(server, question(name, kind, plain=True))
        code = answer.rcode()
        if code not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
            raise NoAnswerError(f"name server {server.shown} answers {dns.rcode.to_text(code)} for {name}", heard=True)
        return answer
