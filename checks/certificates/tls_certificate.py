"""When the certificate a TLS server presents lapses, and whether it can be trusted now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from checks.certificates.replacement import notice, shown_names
from checks.certificates.revocation_finding import is_revoked, revocation_finding
from checks.deadline import CERTIFICATE_LADDER, Ladder, grade, resolve
from checks.dialogues.starttls import PLAIN_PORTS, MailProtocol, start_tls
from checks.model import Cause, Deadline, Finding, Measurement, Rung, Status
from checks.network.errors import ProbeError
from checks.network.values import Certificate, TlsSession, TlsTerms
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.target import Host, Port, host_and_port
from checks.trust import clause, needed, session_faults, severity

_HTTPS = 443
_KEPT_DEADLINES = 10_000
#: Lapse and revocation are told by findings of their own, and not denied by this one.
_HOLDS = "presents a certificate whose chain, name and key hold"


class Options(OptionsBase):
    host: Host
    port: Port | None = Field(None, description="left out: 443; with starttls 25 for smtp, 143 for imap, 110 for pop3")
    starttls: MailProtocol | None = Field(None, description="begin in plain text, then encrypt: smtp, imap, pop3")
    server_name: Host | None = Field(None, description="name asked for and expected; left out: host")
    ca_file: Path | None = Field(None, description="trust these authorities instead of the system's")
    crl_file: Path | None = Field(None, description="revocation lists of the issuers, PEM or DER")
    ladder: Ladder = Field(CERTIFICATE_LADDER, description='shares of the lifetime and lead times, like ["1/3", "7d"]')

    @property
    def dialled_port(self) -> int:
        if self.port is not None:
            return self.port
        return _HTTPS if self.starttls is None else PLAIN_PORTS[self.starttls]

    @property
    def terms(self) -> TlsTerms:
        return TlsTerms(server_name=self.server_name or self.host, ca_file=self.ca_file, crl_file=self.crl_file)


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    session = await _session(options, ctx)
    first = min(needed(session), key=lambda certificate: certificate.not_after)
    faults, expiry = _fault_finding(options, session, first, ctx), _expiry_finding(options, session, first, ctx)
    if options.crl_file is None:
        return (faults, expiry)
    return (faults, expiry, revocation_finding(_subject(options), session, ctx.now, ctx.estate.time_zone))


async def _session(options: Options, ctx: CheckContext) -> TlsSession:
    if options.starttls is not None:
        lines = await ctx.net.dialogue(options.host, options.dialled_port, "any")
        session = await start_tls(options.starttls, lines, options.terms)
        lines.close()
        return session
    connection = await ctx.net.connect(options.host, options.dialled_port, "any", options.terms)
    connection.close()
    if connection.tls is None:
        raise ProbeError(Cause.TLS_HANDSHAKE, f"{_subject(options)} did not encrypt")
    return connection.tls


def _fault_finding(options: Options, session: TlsSession, first: Certificate, ctx: CheckContext) -> Finding:
    """Everything but the lapse, which is a deadline of its own and must not hide what is wrong today."""
    subject, leaf = _subject(options), session.leaf
    zone = ctx.estate.time_zone
    with_lapse = session_faults(session, ctx.now, zone)
    trusted = not is_revoked(session) and all(severity(fault) is Status.WARNING for fault in with_lapse)
    told = notice(leaf, ctx.memory, subject, ctx.now, zone, is_trusted=trusted)
    faults = [fault for fault in with_lapse if fault.cause is not Cause.EXPIRED]
    return Finding(
        subject=subject,
        status=severity(faults[0]) if faults else Status.OK,
        cause=faults[0].cause if faults else Cause.NONE,
        summary=f"{subject} {clause(faults[0]) if faults else _HOLDS}",
        measurements=(
            Measurement(name="tls_s", value=session.handshake_s, unit="s"),
            # Else the expiry says it, and one date would be two series.
            *(() if first == leaf else (_not_after(leaf),)),
        ),
        facts=(*(("Also", fault.text) for fault in faults[1:]), *_facts(session), *told.facts),
        evidence=_described(session) if faults else "",
        changes=told.changes,
    )


def _expiry_finding(options: Options, session: TlsSession, first: Certificate, ctx: CheckContext) -> Finding:
    deadline = _deadline(first, options.ladder, ctx)
    status = grade(deadline, ctx.now)
    return Finding(
        subject=f"{_subject(options)} expiry",
        status=status,
        cause=_expiry_cause(first, status, ctx.now),
        summary=f"{_whose(first, session)} of {_subject(options)}",
        measurements=(_not_after(first),),
        deadline=deadline,
        facts=(("Certificate", first.subject), ("Issuer", first.issuer), ("Names", shown_names(session.leaf))),
        evidence="" if status is Status.OK else _described(session),
    )


def _deadline(certificate: Certificate, ladder: Ladder, ctx: CheckContext) -> Deadline:
    at = certificate.not_after
    lifetime = max(at - certificate.not_before, timedelta())  # some end before they begin
    if not ladder.counts_working_days:
        return _elapsed_deadline(ladder, at, lifetime)
    try:
        rungs = resolve(ladder, at, calendar=ctx.calendars.of(None), lifetime=lifetime, now=ctx.now)
    except OverflowError:
        rungs = _at_the_end(at)
    return Deadline(at=at, rungs=rungs)


@lru_cache(_KEPT_DEADLINES)
def _elapsed_deadline(ladder: Ladder, at: datetime, lifetime: timedelta) -> Deadline:
    """Without working days it hangs on the certificate alone: worked out once, not at every look."""
    try:
        rungs = resolve(ladder, at, lifetime=lifetime, now=at)
    except OverflowError:
        rungs = _at_the_end(at)
    return Deadline(at=at, rungs=rungs)


def _at_the_end(at: datetime) -> tuple[Rung, ...]:
    """For a certificate of the year 1: there is no day before it on which anybody could be told."""
    return (Rung(name="0d", at=at, status=Status.CRITICAL),)


def _expiry_cause(certificate: Certificate, status: Status, now: datetime) -> Cause:
    if certificate.not_after <= now:
        return Cause.EXPIRED
    return Cause.NONE if status is Status.OK else Cause.DUE


def _whose(first: Certificate, session: TlsSession) -> str:
    return "certificate" if first == session.leaf else f"certificate of the issuer {first.subject}, needed by that"


def _facts(session: TlsSession) -> Sequence[tuple[str, str]]:
    leaf = session.leaf
    return (
        ("Certificate", leaf.subject),
        ("Issuer", leaf.issuer),
        ("Names", shown_names(leaf)),
        ("Key", f"{leaf.key}, signed with {leaf.signature}"),
        ("SHA-256", leaf.fingerprint_sha256),
        ("Encryption", f"{session.version}, {session.cipher}"),
    )


def _not_after(certificate: Certificate) -> Measurement:
    return Measurement(name="certificate_not_after", value=certificate.not_after.timestamp(), unit="timestamp_seconds")


def _described(session: TlsSession) -> str:
    lines = [f"{session.version} {session.cipher}"]
    lines.extend(
        f"{place}: {one.subject} | issued by {one.issuer} | {one.not_before:%Y-%m-%d} to {one.not_after:%Y-%m-%d %H:%M}"
        f" UTC | {one.key}, {one.signature} | serial {one.serial} | SHA-256 {one.fingerprint_sha256}"
        for place, one in enumerate(session.chain)
    )
    lines.extend(f"{fault.cause.value}: {fault.text}" for fault in session.faults)
    return "\n".join(lines)


def _subject(options: Options) -> str:
    return host_and_port(options.host, options.dialled_port)


KIND = CheckKind(
    name="tls_certificate",
    options=Options,
    run=run,
    subject=_subject,
    host=lambda options: options.host,
    dated=lambda subject: subject.endswith(" expiry"),
    exports={"certificate_not_after": "When the certificate, or an issuer it needs, lapses."},
)
