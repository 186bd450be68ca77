"""When the certificate a TLS server presents lapses, and whether it can be trusted now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from checks.deadline import CERTIFICATE_LADDER, Ladder, grade, resolve
from checks.model import Cause, Deadline, Finding, Measurement, Status
from checks.network.errors import ProbeError
from checks.network.values import Certificate, TlsSession, TlsTerms
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.target import Host, Port, host_and_port
from checks.trust import clause, needed, session_faults, severity
from checks.wording import moment

_SHOWN_NAMES = 5
_KEPT_DEADLINES = 10_000
#: The certificate last seen: {"fingerprint", "since": instant or None, "before": the fingerprint before it}.
_SERVED_KEY = "certificate/1"


class Options(OptionsBase):
    host: Host
    port: Port = 443
    server_name: Host | None = Field(None, description="name asked for and expected; left out: host")
    ca_file: Path | None = Field(None, description="trust these authorities instead of the system's")
    ladder: Ladder = Field(CERTIFICATE_LADDER, description='shares of the lifetime and lead times, like ["1/3", "7d"]')


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    session = await _session(options, ctx)
    return (_fault_finding(options, session, ctx), _expiry_finding(options, session, ctx))


async def _session(options: Options, ctx: CheckContext) -> TlsSession:
    terms = TlsTerms(server_name=options.server_name or options.host, ca_file=options.ca_file)
    connection = await ctx.net.connect(options.host, options.port, "any", terms)
    connection.close()
    if connection.tls is None:
        raise ProbeError(Cause.TLS_HANDSHAKE, f"{_subject(options)} did not encrypt")
    return connection.tls


def _fault_finding(options: Options, session: TlsSession, ctx: CheckContext) -> Finding:
    """Everything but the lapse, which is a deadline of its own and must not hide what is wrong today."""
    subject = _subject(options)
    faults = [
        fault for fault in session_faults(session, ctx.now, ctx.estate.time_zone) if fault.cause is not Cause.EXPIRED
    ]
    return Finding(
        subject=subject,
        status=severity(faults[0]) if faults else Status.OK,
        cause=faults[0].cause if faults else Cause.NONE,
        summary=f"{subject} {clause(faults[0]) if faults else 'presents a certificate that holds'}",
        measurements=(Measurement(name="tls_s", value=session.handshake_s, unit="s"),),
        facts=(
            *(("Also", fault.text) for fault in faults[1:]),
            *_facts(session),
            *_change(session.leaf, ctx),
        ),
        evidence=_described(session) if faults else "",
    )


def _expiry_finding(options: Options, session: TlsSession, ctx: CheckContext) -> Finding:
    first = min(needed(session), key=lambda certificate: certificate.not_after)
    deadline = _deadline(first, options.ladder, ctx)
    status = grade(deadline, ctx.now)
    return Finding(
        subject=f"{_subject(options)} expiry",
        status=status,
        cause=_expiry_cause(first, status, ctx.now),
        summary=f"{_whose(first, session)} of {_subject(options)}",
        measurements=(
            Measurement(name="certificate_not_after", value=first.not_after.timestamp(), unit="timestamp_seconds"),
        ),
        deadline=deadline,
        facts=(("Certificate", first.subject), ("Issuer", first.issuer), ("Names", _names(session.leaf))),
        evidence="" if status is Status.OK else _described(session),
    )


def _deadline(certificate: Certificate, ladder: Ladder, ctx: CheckContext) -> Deadline:
    at, lifetime = certificate.not_after, certificate.not_after - certificate.not_before
    if not ladder.counts_working_days:
        return _elapsed_deadline(ladder, at, lifetime)
    rungs = resolve(ladder, at, calendar=ctx.calendars.of(None), lifetime=lifetime, now=ctx.now)
    return Deadline(at=at, rungs=rungs)


@lru_cache(_KEPT_DEADLINES)
def _elapsed_deadline(ladder: Ladder, at: datetime, lifetime: timedelta) -> Deadline:
    """Without working days it hangs on the certificate alone: worked out once, not at every look."""
    return Deadline(at=at, rungs=resolve(ladder, at, lifetime=lifetime, now=at))


def _expiry_cause(certificate: Certificate, status: Status, now: datetime) -> Cause:
    if certificate.not_after <= now:
        return Cause.EXPIRED
    return Cause.NONE if status is Status.OK else Cause.DUE


def _whose(first: Certificate, session: TlsSession) -> str:
    return "certificate" if first == session.leaf else f"certificate of the issuer {first.subject}, needed by that"


def _change(leaf: Certificate, ctx: CheckContext) -> Sequence[tuple[str, str]]:
    """Since when this certificate is served; a swap nobody planned is how a hijack or a cut-off shows."""
    known = ctx.memory.get(_SERVED_KEY)
    if not isinstance(known, dict):
        ctx.memory.set(_SERVED_KEY, {"fingerprint": leaf.fingerprint_sha256, "since": None, "before": None})
        return ()
    if known["fingerprint"] != leaf.fingerprint_sha256:
        known = {
            "fingerprint": leaf.fingerprint_sha256,
            "since": ctx.now.isoformat(),
            "before": known["fingerprint"],
        }
        ctx.memory.set(_SERVED_KEY, known)
    if known["since"] is None:
        return ()
    since = moment(datetime.fromisoformat(str(known["since"])), ctx.estate.time_zone)
    return (("Changed", f"served since {since}; before it SHA-256 {known['before']}"),)


def _facts(session: TlsSession) -> Sequence[tuple[str, str]]:
    leaf = session.leaf
    return (
        ("Certificate", leaf.subject),
        ("Issuer", leaf.issuer),
        ("Names", _names(leaf)),
        ("Key", f"{leaf.key}, signed with {leaf.signature}"),
        ("SHA-256", leaf.fingerprint_sha256),
        ("Encryption", f"{session.version}, {session.cipher}"),
    )


def _names(certificate: Certificate) -> str:
    more = len(certificate.names) - _SHOWN_NAMES
    shown = ", ".join(certificate.names[:_SHOWN_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown or "none"


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
    return host_and_port(options.host, options.port)


KIND = CheckKind(
    name="tls_certificate",
    options=Options,
    run=run,
    subject=_subject,
    host=lambda options: options.host,
    exports={"certificate_not_after": "When the certificate, or an issuer it needs, lapses."},
)
