"""One DNS question with its bytes ready, and what answers to it say (RFC 1035 §4). Answers are untrusted."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import dns.edns
import dns.exception
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.wire
from dns.rdtypes.ANY.CNAME import CNAME

from checks.model import Cause
from checks.network import caps
from checks.network.dns_exchange import NoAnswerError, is_cut
from checks.network.dns_query import UDP_PAYLOAD_BYTES
from checks.network.errors import ProbeError
from checks.network.transcript import clipped, escaped

_ID_BYTES = 2
#: An answer longer than this is read anew each time: one per question is kept.
_KEPT_BYTES = 4096
#: As many aliases as dnspython and BIND follow.
_MAX_ALIASES = 16
_MAX_NAMED_SERVERS = 8
_MAX_NOTES = 3

_RESPONSE, _AUTHORITATIVE, _RECURSION_DESIRED = 0x8000, 0x0400, 0x0100
_OPCODE_MASK = 0x7800
_CODE_MASK = 0x000F
#: RFC 2181 §8: a time to live with the highest bit set is none.
_MAX_TTL_S = 0x7FFFFFFF
#: RFC 8914 §2.
_EXTENDED_ERROR = 15

#: A server that makes nothing of a question need not repeat it.
_MAY_LACK_QUESTION = frozenset({dns.rcode.FORMERR, dns.rcode.SERVFAIL, dns.rcode.NOTIMP, dns.rcode.REFUSED})


class Said(NamedTuple):
    """What one answer says; see checks.network.values.DnsAnswer."""

    code: str
    records: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    ttl_s: int | None = None
    is_authoritative: bool = False
    referred_to: tuple[str, ...] = ()
    """Name servers it names instead of an answer; at most 8."""
    note: str = ""
    """Its own words on what is wrong (RFC 8914), escaped."""
    open_at: dns.name.Name | None = None
    """Where the aliases lead, when the answer says nothing of what is there."""


class Asked:
    """One question. Between two looks only its id changes, and mostly the answer stays the same to the byte."""

    def __init__(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        self.name = name
        self.kind = kind
        question = (name.to_wire() or b"") + struct.pack("!HH", kind, dns.rdataclass.IN)
        self._plain = struct.pack("!5H", _RECURSION_DESIRED, 1, 0, 0, 0) + question
        option = struct.pack("!BHHIH", 0, dns.rdatatype.OPT, UDP_PAYLOAD_BYTES, 0, 0)
        self._edns = struct.pack("!5H", _RECURSION_DESIRED, 1, 0, 0, 1) + question + option
        self._last: tuple[bytes, Said] | None = None

    def wire(self, query_id: bytes, *, plain: bool = False) -> bytes:
        """The query; `plain` leaves EDNS (RFC 6891) out, for servers and firewalls that know nothing of it."""
        return query_id + (self._plain if plain else self._edns)

    def read(self, query_id: bytes, data: bytes) -> Said:
        """What `data` answers to the query with `query_id`. Raises NoAnswerError where it does not answer it."""
        if data[:_ID_BYTES] != query_id:
            raise NoAnswerError("an answer to another question", heard=True)
        rest = data[_ID_BYTES:]
        if self._last is not None and rest == self._last[0]:
            return self._last[1]
        said = self._read(data)
        if len(rest) <= _KEPT_BYTES:
            self._last = rest, said
        return said

    def _read(self, data: bytes) -> Said:
        try:
            return _Reading(self, dns.wire.Parser(data)).said(whole=not is_cut(data))
        except NoAnswerError:
            raise
        except Exception as error:  # noqa: BLE001  # decoders of a hundred types, and bytes made to break them
            text = f"unreadable answer ({type(error).__name__})"
            raise NoAnswerError(text, heard=True, is_broken=True) from None


class _Record(NamedTuple):
    key: bytes
    """The owner's name in its canonical form. Names themselves are no keys: their hashes can be made to collide."""
    kind: int
    ttl_s: int
    data: dns.rdata.Rdata


@dataclass(slots=True)
class _Reading:
    """One answer while it is being read, section by section."""

    asked: Asked
    parser: dns.wire.Parser
    code: int = 0
    flags: int = 0
    answers: list[_Record] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    knows_end: bool = False
    """A SOA record: the answer is complete, there is no more to say of that name (RFC 2308 §2)."""
    notes: list[str] = field(default_factory=list)

    def said(self, *, whole: bool) -> Said:
        counts = self._read_head()
        if not whole:
            # What follows may end in the middle of a record, and is asked for again anyway.
            return Said(code="")
        if sum(counts) > caps.DNS_RECORDS:
            text = f"{sum(counts)} records in one answer; {caps.DNS_RECORDS} are read at most"
            raise NoAnswerError(text, heard=True, is_broken=True, failure=ProbeError(Cause.TOO_LARGE, text))
        answers, authorities, others = counts
        for _ in range(answers):
            self._read_answer()
        for _ in range(authorities):
            self._read_authority()
        for _ in range(others):
            self._read_other()
        return self._concluded()

    def _read_head(self) -> tuple[int, int, int]:
        """Raises NoAnswerError unless it answers our question."""
        _, self.flags, questions, *counts = self.parser.get_struct("!6H")
        self.code = self.flags & _CODE_MASK
        if not self.flags & _RESPONSE or self.flags & _OPCODE_MASK != dns.opcode.QUERY:
            raise NoAnswerError("no answer but something else", heard=True)
        bare = questions == 0 and self.code in _MAY_LACK_QUESTION
        if not bare and (questions != 1 or not self._repeats_question()):
            raise NoAnswerError("an answer to another question", heard=True)
        answers, authorities, others = counts
        return answers, authorities, others

    def _repeats_question(self) -> bool:
        name = dns.name.from_wire_parser(self.parser)
        kind, rdclass = self.parser.get_struct("!HH")
        return (kind, rdclass) == (self.asked.kind, dns.rdataclass.IN) and name == self.asked.name

    def _read_answer(self) -> None:
        wanted = (self.asked.kind, dns.rdatatype.CNAME)
        owner, kind, rdclass, ttl_s, size = self._record_head()
        with self.parser.restrict_to(size):
            if rdclass != dns.rdataclass.IN or kind not in wanted:
                self.parser.get_remaining()
                return
            data = dns.rdata.from_wire_parser(dns.rdataclass.IN, dns.rdatatype.RdataType(kind), self.parser)
        self.answers.append(_Record(owner.to_digestable(), kind, ttl_s if ttl_s <= _MAX_TTL_S else 0, data))

    def _read_authority(self) -> None:
        _, kind, _, _, size = self._record_head()
        with self.parser.restrict_to(size):
            if kind == dns.rdatatype.NS and len(self.servers) < _MAX_NAMED_SERVERS:
                self.servers.append(dns.name.from_wire_parser(self.parser).to_text())
            else:
                self.knows_end = self.knows_end or kind == dns.rdatatype.SOA
                self.parser.get_remaining()

    def _read_other(self) -> None:
        _, kind, _, extended, size = self._record_head()
        with self.parser.restrict_to(size):
            body = self.parser.get_remaining()
        if kind == dns.rdatatype.OPT:
            self.code |= (extended >> 24) << 4  # RFC 6891 §6.1.3
            self.notes.extend(_notes(body))

    def _record_head(self) -> tuple[dns.name.Name, int, int, int, int]:
        owner = dns.name.from_wire_parser(self.parser)
        kind, rdclass, ttl_s, size = self.parser.get_struct("!HHIH")
        return owner, kind, rdclass, ttl_s, size

    def _concluded(self) -> Said:
        aliases, found, ttl_s, end = self._follow()
        is_authoritative = bool(self.flags & _AUTHORITATIVE)
        is_plain = self.code == dns.rcode.NOERROR and not found and not self.knows_end
        return Said(
            code=dns.rcode.to_text(dns.rcode.Rcode(self.code)),
            records=tuple(dict.fromkeys(record.data.to_text() for record in found)),
            aliases=tuple(alias.to_text() for alias in aliases),
            ttl_s=ttl_s,
            is_authoritative=is_authoritative,
            referred_to=tuple(self.servers) if is_plain and not aliases and not is_authoritative else (),
            note="; ".join(self.notes[:_MAX_NOTES]),
            open_at=end if aliases and is_plain else None,
        )

    def _follow(self) -> tuple[list[dns.name.Name], list[_Record], int | None, dns.name.Name]:
        """The aliases' targets in order, the records where they end, the least time to live on the way, and the end."""
        name, aliases, ttls_s = self.asked.name, list[dns.name.Name](), list[int]()
        seen: set[bytes] = set()
        while (key := name.to_digestable()) not in seen and len(seen) <= _MAX_ALIASES:
            seen.add(key)
            here = [record for record in self.answers if record.key == key]
            found = [record for record in here if record.kind == self.asked.kind]
            ttls_s.extend(record.ttl_s for record in found or here)
            if found or not here:
                return aliases, found, min(ttls_s) if found else None, name
            name = _target(here)
            aliases.append(name)
        raise broken_chain("is longer than any in use" if len(seen) > _MAX_ALIASES else "loops")


def _target(aliases: list[_Record]) -> dns.name.Name:
    targets: list[dns.name.Name] = [record.data.target for record in aliases if isinstance(record.data, CNAME)]
    if any(target != targets[0] for target in targets):
        raise broken_chain("contradicts itself")
    return targets[0]


def broken_chain(how: str) -> NoAnswerError:
    return NoAnswerError(f"its chain of aliases (CNAME) {how}", heard=True, is_broken=True)


def _notes(options: bytes) -> Iterator[str]:
    """The extended errors (RFC 8914) among EDNS options; nonsense ends the list and is nobody's fault."""
    parser = dns.wire.Parser(options)
    try:
        while parser.remaining():
            (code,) = parser.get_struct("!H")
            body = parser.get_counted_bytes(2)
            if code == _EXTENDED_ERROR and len(body) >= 2:  # noqa: PLR2004  # the INFO-CODE
                yield _note(int.from_bytes(body[:2], "big"), body[2:])
    except dns.exception.FormError:
        return


def _note(code: int, text: bytes) -> str:
    name = dns.edns.EDECode(code).name
    words = f"extended error {code}" if name.isdigit() else name.replace("_", " ").capitalize()
    words = words.replace("Dnssec", "DNSSEC")
    more = escaped(clipped(text.rstrip(b"\0").decode(errors="replace")))
    return f"{words}: {more}" if more else words
