"""What goes over the transport, as frozen values and small protocols. No I/O here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeAlias

from checks.model import Cause

#: One family of addresses to dial; "any" takes whichever answers first in the resolver's order.
Family: TypeAlias = Literal["any", "4", "6"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsTerms:
    """How to shake hands. Trust is always judged and reported; it never stops the handshake.

    `server_name` is sent as SNI and is the name the certificate must carry (an address is compared with the
    certificate's addresses). `ca_file` replaces the system's trust store. `crl_file` holds revocation lists, PEM or
    DER; without it nobody asks whether a certificate is revoked.
    """

    server_name: str
    ca_file: Path | None = None
    alpn: tuple[str, ...] = ()
    crl_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate as presented. Texts come from outside: escape them where they are shown."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    """DNS names and addresses of subjectAltName, at most 100 of them kept."""
    not_before: datetime
    not_after: datetime
    serial: str
    fingerprint_sha256: str
    key: str
    """Algorithm and size, "RSA 2048", "EC secp256r1"."""
    signature: str
    """Signature hash, "sha256"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFault:
    """Something wrong with a session or its chain, apart from the date."""

    cause: Cause
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What the revocation lists at hand say of one certificate; whether they are of today is the caller's to judge."""

    subject: str
    issuer: str
    unjudged: str = ""
    """Why no list says anything of it, in words for people; "" where one does."""
    revoked_at: datetime | None = None
    reason: str = ""
    """RFC 5280 §5.3.1 in words, "key compromise"; "" where none is given."""
    listed_from: datetime | None = None
    listed_until: datetime | None = None
    """When the next list is due; None where the list does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSession:
    """What one handshake showed: the whole chain and OpenSSL's verdict on it.

    Dates are not judged here (the caller does, from its own `now`); everything else is in `faults`.
    """

    version: str
    cipher: str
    chain: tuple[Certificate, ...]
    faults: tuple[TlsFault, ...]
    handshake_s: float
    path: tuple[Certificate, ...] = ()
    """The way OpenSSL found from the leaf to a trusted anchor, that included; () where it found none. Servers present
    certificates that are not on it, and those may lapse without harm."""
    revocations: tuple[Revocation, ...] = ()
    """Of each certificate on the path but its anchor, leaf first; () where no `crl_file` was given."""

    @property
    def leaf(self) -> Certificate:
        return self.chain[0]


class Connection(Protocol):
    """A dialled connection; closing twice is harmless. Closes itself when the run ends."""

    @property
    def address(self) -> str: ...

    @property
    def connect_s(self) -> float: ...

    @property
    def tls(self) -> TlsSession | None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsQuestion:
    """One question for records of a name."""

    name: str
    """A-label form without the final dot, "_25._tcp.mx1.example.gov.pk"."""
    type: str
    """Mnemonic of RFC 1035 and its followers, "MX", "TXT", or RFC 3597's "TYPE65280"."""
    server: str | None = None
    """"host", "host:port" or "[::1]:5353"; None asks the system's servers."""


class DnsAnswer(NamedTuple):
    """What a name server said, whatever its code; texts come from outside."""

    code: str
    """"NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED" …"""
    records: tuple[str, ...]
    """Of the asked type, at the end of the alias chain, in presentation form: "10 mx1.example.gov.pk."."""
    aliases: tuple[str, ...]
    """The CNAME chain's targets in order."""
    ttl_s: int | None
    is_authoritative: bool
    is_referral: bool
    """No answer, but other servers named: this one knows nothing of the zone (lame, where it should)."""
    server: str
    """Who answered, "address:port"."""
    took_s: float
    over_tcp: bool
    referred_to: tuple[str, ...] = ()
    """The servers it names instead of an answer, at most 8."""
    note: str = ""
    """Its own words on what is wrong, say with DNSSEC (RFC 8914); control characters escaped."""
    beyond: str = ""
    """Who was asked for what the aliases lead to, where `server` does not serve that zone; "" where it said all."""


class LineDialogue(Connection, Protocol):
    """A protocol of lines ended by CRLF (a bare LF is taken too).

    `read_line` returns the line without its ending, as text (bytes over 127 as latin-1), at most 16 KiB;
    longer raises ProbeError(TOO_LARGE); the peer's close raises ProbeError(PROTOCOL). `send_line` writes to the
    transcript what `shown` says instead of the line where a secret travels, "***" standing for the secret; a peer
    that quotes it does not bring it into the transcript, and `redacted` keeps it out of whatever else is said of
    the peer's lines. `start_tls` discards nothing silently: plaintext already received behind the server's go-ahead
    is an error (CVE-2011-0411).
    """

    @property
    def has_unread(self) -> bool:
        """Whether the peer has already sent more than was read."""
        ...

    async def read_line(self) -> str: ...

    async def read_bytes(self, count: int) -> bytes:
        """Exactly `count` bytes behind the last line read, say an IMAP literal. Raises ProbeError(TOO_LARGE) at once
        where `count` is over what a dialogue may receive.
        """
        ...

    async def read_to_end(self) -> bytes:
        """All that comes until the peer closes, at most what a dialogue may receive; more raises TOO_LARGE."""
        ...

    async def send_line(self, line: str, *, shown: str | None = None) -> None: ...

    def hide(self, secret: str, user: str = "") -> None:
        """Keep `secret` out of all that is shown from now on, before it is sent: a peer may know it already."""
        ...

    def redacted(self, text: str) -> str: ...

    async def start_tls(self, terms: TlsTerms) -> TlsSession: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One GET-like request. `max_redirects` hops are followed, each resolved and guarded anew."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    family: Family = "any"
    ca_file: Path | None = None
    max_redirects: int = 5
    want_body: bool = False
    """True: a body over the cap raises ProbeError(TOO_LARGE). False: it is thrown away and only counted, up to the
    cap; what lies beyond is left unread, and that is no error."""
    is_confidential: bool = False
    """The URL alone is a secret: the request goes only to whom the certificate says it goes. A body, a login and most
    headers ask for that by themselves."""
    stops_at: frozenset[str] = frozenset()
    """Paths, in lower case: a redirect to one of them says all by its place, and is not followed on any host."""


class HttpHop(NamedTuple):
    url: str
    status: int
    location: str | None
    address: str
    tls: TlsSession | None = None


class HttpResponse(NamedTuple):
    """The last hop's answer. `body` is decoded (gzip, deflate) and capped."""

    url: str
    status: int
    fields: Sequence[tuple[bytes, bytes]]
    """Header fields as they came."""
    body: bytes
    body_bytes: int
    hops: tuple[HttpHop, ...]
    address: str
    tls: TlsSession | None
    resolve_s: float
    connect_s: float
    first_byte_s: float
    total_s: float
    beginning: bytes = b""
    """The first 4 KiB, as they came, of a body that was not wanted."""

    def header(self, name: str) -> str:
        """The first field of that name (in any case) as text, "" where there is none."""
        wanted = name.lower().encode("latin-1")
        return next((value.decode("latin-1") for key, value in self.fields if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """A GET to an API that the office runs itself: a counter, Prometheus. Redirects are never followed."""

    url: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Added to the query. Unlike the URL's own query they stand in the transcript, so no secret belongs here."""
    token: str | None = field(default=None, repr=False)
    """A bearer token (RFC 6750 §2.1). Goes out over TLS that can be trusted, and in plain text only to loopback."""
    allow_plain_token: bool = False
    """Send the token without TLS to wherever it is."""
    ca_file: Path | None = None


class ApiAnswer(NamedTuple):
    """What the API said, whatever its status. `body` is decoded and capped."""

    status: int
    content_type: str
    location: str
    """Where a redirect would have led, "" for none."""
    body: bytes
    address: str
    total_s: float
