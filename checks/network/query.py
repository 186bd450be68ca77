"""A question of a kind of check to name servers, answered as it came: codes are the answer, not a failure."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import dns.exception
import dns.name
import dns.rdatatype

from checks.model import Cause
from checks.network.dns_exchange import NoAnswerError, exchange
from checks.network.dns_message import Asked, Said, broken_chain
from checks.network.errors import BlindError, ProbeError, StarvedError
from checks.network.lookup import SURE
from checks.network.name_questions import watched
from checks.network.name_servers import NameServer, split_server
from checks.network.old_address import noted_addresses
from checks.network.race import Race
from checks.network.resolver import Resolver
from checks.network.transcript import Stopwatch, Transcript, clipped
from checks.network.values import DnsAnswer, DnsQuestion

#: A query without a reply is sent again after each of these pauses: one lost packet is no outage. The third goes
#: without EDNS, since some firewalls swallow what they do not know.
_PAUSES_S = (1.0, 2.0, 4.0)
_PLAIN_FROM = 2
_ID_BYTES = 2

#: Questions asked along one chain of aliases; each answer may follow sixteen by itself.
_MAX_QUESTIONS = 8

_MAX_KEPT = 20_000

#: A server that knows nothing of EDNS says one of these (RFC 6891 §7).
_WITHOUT_EDNS = frozenset({"FORMERR", "NOTIMP", "BADVERS"})
#: What a server says of a zone that is not its own.
_BEYOND = frozenset({"REFUSED", "NOTAUTH"})
#: What settles a question for any of the system's servers; after anything else the next may know better.
_SETTLED = frozenset({"NOERROR", "NXDOMAIN"})


@dataclass(frozen=True, slots=True)
class _Heard:
    said: Said
    server: NameServer
    over_tcp: bool


class _UnsettledError(Exception):
    """One of the system's servers answered, but with a code that another may not have."""

    def __init__(self, heard: _Heard) -> None:
        super().__init__(heard.said.code)
        self.heard = heard


class Questions:
    """One for the whole daemon: questions once written, with the last answer to each."""

    def __init__(self, resolver: Resolver, stopwatch: Stopwatch) -> None:
        self._resolver = resolver
        self._stopwatch = stopwatch
        self._asked: dict[tuple[str, str], Asked] = {}

    async def answer(self, question: DnsQuestion, transcript: Transcript) -> DnsAnswer:
        """What the servers say of `question`. Waits for ever: the caller sets the time limit.

        Raises ProbeError: REFUSED, UNREACHABLE, PROTOCOL or TOO_LARGE by what came instead of an answer, NAME_NOT_FOUND
        or NAME_FAILED where the server's own name cannot be found, BLIND where it is our fault, also where our servers
        fail whatever is asked. A CancelledError has for its cause what was waited for.
        """
        answering = self._answer(question, transcript)
        return await (answering if question.server else watched(answering, question, self._resolver))

    async def _answer(self, question: DnsQuestion, transcript: Transcript) -> DnsAnswer:
        asked = self._prepared(question)
        servers = await self._servers(question.server, transcript)
        began_s = self._stopwatch()
        transcript.add("asks {} for {} {}", _Places(servers), question.name, question.type)
        asking = _Asking(self._resolver, servers, is_ours=question.server is None)
        heard = await asking.heard(asked)
        said, aliases, over_tcp = heard.said, heard.said.aliases, heard.over_tcp
        seen = {asked.name}
        while said.open_at is not None:
            if said.open_at in seen or len(seen) >= _MAX_QUESTIONS:
                raise asking.as_probe_error(broken_chain("loops" if said.open_at in seen else "does not end"))
            seen.add(said.open_at)
            transcript.add("asks on for {}, which that is an alias of", aliases[-1])
            heard = await asking.heard(Asked(said.open_at, asked.kind))
            if not asking.is_ours and said.is_authoritative and _is_beyond(heard.said):
                rest = await self._beyond(said.open_at, question, transcript)
                first = _answer(said, heard.server, aliases, self._stopwatch() - began_s, over_tcp=over_tcp)
                return _joined(first, rest)
            said, over_tcp = heard.said, over_tcp or heard.over_tcp
            aliases = (*aliases, *said.aliases)
        answer = _answer(said, heard.server, aliases, self._stopwatch() - began_s, over_tcp=over_tcp)
        transcript.add("{} answers {}", answer.server, _Spoken(answer))
        return answer

    async def _beyond(self, end: dns.name.Name, question: DnsQuestion, transcript: Transcript) -> DnsAnswer:
        """What our own servers say of where an alias leads that the server given does not serve."""
        transcript.add("which lies beyond what it serves")
        onward = DnsQuestion(name=end.to_text(omit_final_dot=True).lower(), type=question.type)
        return await self.answer(onward, transcript)

    def _prepared(self, question: DnsQuestion) -> Asked:
        key = question.name, question.type
        asked = self._asked.get(key)
        if asked is None:
            try:
                asked = Asked(dns.name.from_text(question.name), dns.rdatatype.from_text(question.type))
            except (dns.exception.DNSException, ValueError):
                text = f"{question.name!r} {question.type!r} is no question for a name server"
                raise ProbeError(Cause.UNPARSABLE, text) from None
            if len(self._asked) >= _MAX_KEPT:
                self._asked.clear()
            self._asked[key] = asked
        return asked

    async def _servers(self, server: str | None, transcript: Transcript) -> Sequence[NameServer]:
        if server is None:
            return self._resolver.servers_in_order()
        host, port = split_server(server)
        try:
            addresses = await noted_addresses(self._resolver, host, "any", transcript)
        except BlindError:
            raise
        except ProbeError as error:
            text = f"the name server cannot be found by its own name: {error.detail}"
            raise ProbeError(error.cause, text) from None
        return self._resolver.standing.in_order([NameServer(address, port) for address in addresses])


def _is_beyond(said: Said) -> bool:
    """Whether a server that answered for the alias has nothing to say of where it leads (RFC 1034 §4.3.2, 3.a)."""
    return said.code in _BEYOND or bool(said.referred_to)


def _joined(first: DnsAnswer, rest: DnsAnswer) -> DnsAnswer:
    """What one server says of a name, and others of where its alias leads."""
    return rest._replace(
        aliases=(*first.aliases, *rest.aliases),
        is_authoritative=first.is_authoritative,
        server=first.server,
        took_s=first.took_s,
        over_tcp=first.over_tcp or rest.over_tcp,
        beyond=rest.server,
    )


def _answer(said: Said, server: NameServer, aliases: tuple[str, ...], took_s: float, *, over_tcp: bool) -> DnsAnswer:
    return DnsAnswer(
        code=said.code,
        records=said.records,
        aliases=aliases,
        ttl_s=said.ttl_s,
        is_authoritative=said.is_authoritative,
        is_referral=bool(said.referred_to),
        server=server.shown,
        took_s=took_s,
        over_tcp=over_tcp,
        referred_to=said.referred_to,
        note=said.note,
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """Whom to ask. The addresses of a server that was given are all the same to us; the system's servers, where
    `is_ours`, are many who may know, and their silence says something about us.
    """

    resolver: Resolver
    servers: Sequence[NameServer]
    is_ours: bool
    unsettled: list[_Heard] = field(default_factory=list)

    async def heard(self, asked: Asked) -> _Heard:
        """Raises ProbeError."""
        self.unsettled.clear()
        try:
            if len(self.servers) == 1:
                return await _told(self.servers[0], asked)
            return await self._first(asked)
        except NoAnswerError as error:
            raise self.as_probe_error(error) from error
        except asyncio.CancelledError as cut:
            raise cut from self._silence(cut.__cause__)

    async def _first(self, asked: Asked) -> _Heard:
        """The next is asked when one has failed, or said nothing for a while; it may speak up yet."""
        patience = self.resolver.patience
        attempts = [partial(self._settled, server, asked) for server in self.servers]
        race = Race(attempts, patience.server_s, lambda _heard: None)
        try:
            async with asyncio.timeout(patience.name_s if self.is_ours else None):
                heard = await race.winner()
        except TimeoutError:
            heard = None
        if heard is not None:
            return heard
        if self.unsettled:
            return self.unsettled[0]
        raise _gravest(race.errors)

    async def _settled(self, server: NameServer, asked: Asked) -> _Heard:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            heard = await _told(server, asked)
        except NoAnswerError as error:
            self.resolver.standing.note(server, answered=error.heard)
            raise
        except asyncio.CancelledError:
            # Another server was faster, or the time is over.
            if loop.time() - began_s >= SURE * self.resolver.patience.server_s:
                self.resolver.standing.note(server, answered=False)
            raise
        self.resolver.standing.note(server, answered=True)
        if self.is_ours and heard.said.code not in _SETTLED:
            self.unsettled.append(heard)
            raise _UnsettledError(heard)
        return heard

    def as_probe_error(self, error: NoAnswerError) -> ProbeError:
        if isinstance(error.failure, StarvedError):
            return error.failure
        if self.is_ours and not error.heard:
            return BlindError(str(error) if len(self.servers) == 1 else f"none of our name servers answers; {error}")
        if error.failure is not None:
            return error.failure
        place = str(error) if str(error).startswith("name server") else f"{_Places(self.servers)}: {error}"
        return ProbeError(Cause.PROTOCOL, place)

    def _silence(self, waiting: BaseException | None) -> ProbeError:
        """What there is to say when the time of the run is over."""
        text = str(waiting) if isinstance(waiting, NoAnswerError) else f"{_Places(self.servers)}: silent"
        if self.unsettled:
            first = self.unsettled[0]
            return ProbeError(Cause.NAME_FAILED, f"name server {first.server.shown} answers {first.said.code}")
        if isinstance(waiting, NoAnswerError) and waiting.heard:
            return ProbeError(Cause.PROTOCOL, text)
        return BlindError(text) if self.is_ours else ProbeError(Cause.TIMEOUT, text)


async def _told(server: NameServer, asked: Asked) -> _Heard:
    query_id = secrets.token_bytes(_ID_BYTES)
    read = partial(asked.read, query_id)
    edns, plain = asked.wire(query_id), asked.wire(query_id, plain=True)
    said, over_tcp = await exchange(server, (edns,) * _PLAIN_FROM + (plain,), read, _PAUSES_S)
    if said.code in _WITHOUT_EDNS:
        said, over_tcp = await exchange(server, (plain,), read, _PAUSES_S)
    return _Heard(said, server, over_tcp)


def _gravest(errors: Sequence[BaseException]) -> BaseException:
    """Of why each server failed, what tells most: one that spoke, then one that was reached, then a fault of ours."""
    known = [error for error in errors if isinstance(error, NoAnswerError)]
    strange = [error for error in errors if not isinstance(error, NoAnswerError)]
    spoke = [error for error in known if error.heard]
    reached = [error for error in known if not isinstance(error.failure, BlindError)]
    starved = [error for error in known if isinstance(error.failure, StarvedError)]
    return next(iter((*strange, *starved, *spoke, *reached, *known)), NoAnswerError("silent", heard=False))


@dataclass(frozen=True, slots=True)
class _Places:
    """Servers as people read them; written out only if somebody asks."""

    servers: Sequence[NameServer]

    def __str__(self) -> str:
        many = "name servers" if len(self.servers) > 1 else "name server"
        return f"{many} {', '.join(server.shown for server in self.servers)}"

    __format__ = object.__format__


@dataclass(frozen=True, slots=True)
class _Spoken:
    """An answer as the transcript tells it."""

    answer: DnsAnswer

    def __str__(self) -> str:
        answer = self.answer
        told = [answer.code]
        told.extend(["with authority"] if answer.is_authoritative else [])
        told.extend(["over TCP"] if answer.over_tcp else [])
        told.append(f"in {answer.took_s * 1000:.1f} ms")
        rows = [f"alias of {alias}" for alias in answer.aliases]
        rows.extend(answer.records)
        rows.extend(f"ask {server} instead" for server in answer.referred_to)
        rows.extend([answer.note] if answer.note else [])
        return clipped(" ".join(told) + "".join(f" | {row}" for row in rows))

    __format__ = object.__format__
