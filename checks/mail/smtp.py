"""Whether a mail server greets, encrypts, lets a user in and takes mail for an address. Never sends a message."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from checks.dialogues.smtp import RefusedError, SmtpDialogue, Stage
from checks.dialogues.smtp_reply import Reply
from checks.family import FamilyChoice, look_over
from checks.fault import Fault, gravest_first
from checks.mail.smtp_verdict import cause_of, is_suspension, status_of
from checks.model import Cause, Finding, Measurement, Status
from checks.network.values import Family, TlsSession, TlsTerms
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.secret import Secret
from checks.target import Host, Port, host_and_port
from checks.trust import clause, is_trusted, session_faults, severity

_SUBMISSION, _SUBMISSIONS = 587, 465


class Options(OptionsBase):
    host: Host
    port: Port = 25
    tls: Literal["none", "starttls", "implicit"] | None = Field(
        None, description="left out: implicit on 465, starttls on 587 and where a user logs in, none otherwise"
    )
    user: str | None = None
    password: Secret | None = None
    rcpt: str | None = Field(None, description="an address that must be taken; asked with RCPT TO, nothing is sent")
    family: FamilyChoice = Field("any", description="any, 4, 6, or both: one finding per family")
    ca_file: Path | None = Field(None, description="trust these authorities instead of the system's")
    allow_plain_password: bool = Field(default=False, description="send the password even without TLS")

    @field_validator("rcpt")
    @classmethod
    def _is_one_address(cls, address: str | None) -> str | None:
        if address is not None and not _is_address(address):
            raise ValueError("is no plain address; write it like postmaster@example.gov.pk")
        return address

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together; give both or neither")
        if self.user is not None and self.encryption == "none" and not self.allow_plain_password:
            raise ValueError(
                "a password is not sent without TLS; set tls to starttls or implicit (or allow_plain_password: true)"
            )
        return self

    @property
    def encryption(self) -> Literal["none", "starttls", "implicit"]:
        if self.tls is not None:
            return self.tls
        if self.port == _SUBMISSIONS:
            return "implicit"
        return "starttls" if self.port == _SUBMISSION or self.user is not None else "none"

    @property
    def terms(self) -> TlsTerms:
        return TlsTerms(server_name=self.host, ca_file=self.ca_file)


def _is_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(local and at and domain) and text.isascii() and text.isprintable() and not set(text) & set(" <>")


@dataclass(slots=True)
class _Seen:
    """What one session showed, step by step."""

    faults: list[Fault] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def took(self, name: str, seconds: float) -> None:
        self.measurements.append(Measurement(name=name, value=seconds, unit="s"))


async def run(options: Options, ctx: CheckContext) -> Sequence[Finding]:
    async def look(family: Family, subject: str) -> Sequence[Finding]:
        return (await _look(options, ctx, family, subject),)

    return await look_over(options.family, _subject(options), ctx, look)


async def _look(options: Options, ctx: CheckContext, family: Family, subject: str) -> Finding:
    started_s = _loop_s()
    implicit = options.terms if options.encryption == "implicit" else None
    lines = await ctx.net.dialogue(options.host, options.port, family, implicit)
    dialogue, seen = SmtpDialogue(lines), _Seen()
    seen.took("connect_s", lines.connect_s)
    seen.facts.append(("Address", lines.address))
    try:
        await _converse(dialogue, options, ctx, seen)
    except RefusedError as refusal:
        seen.faults.insert(0, _refused(refusal))
    await dialogue.leave()
    lines.close()
    seen.took("total_s", _loop_s() - started_s)
    return _finding(subject, seen, ctx.net.transcript())


def _refused(refusal: RefusedError) -> Fault:
    cause = cause_of(refusal.stage, refusal.reply)
    return Fault(cause, status_of(cause), f"answers {refusal.stage.value} with {refusal.reply.shown}")


async def _converse(dialogue: SmtpDialogue, options: Options, ctx: CheckContext, seen: _Seen) -> None:
    """As far as the options ask and the server allows; raises RefusedError."""
    if dialogue.lines.tls is not None:
        _weigh(dialogue.lines.tls, ctx, seen)
    started_s = _loop_s()
    await dialogue.greet()
    seen.took("greeting_s", _loop_s() - started_s)
    _note_greeting(dialogue.ehlo_refusal, seen)
    if options.encryption == "starttls":
        if "STARTTLS" not in dialogue.offers:
            seen.faults.append(Fault(Cause.TLS_MISSING, Status.CRITICAL, "does not offer STARTTLS"))
            return
        _weigh(await dialogue.start_tls(options.terms), ctx, seen)
    if options.user is not None and options.password is not None:
        if not _may_log_in(dialogue, options, ctx, seen):
            return
        await dialogue.log_in(options.user, options.password.reveal())
        seen.done.append("lets the user in")
    if options.rcpt is not None:
        await dialogue.offer_recipient(options.rcpt)
        seen.done.append(f"takes mail for {options.rcpt}")


def _note_greeting(ehlo_refusal: Reply | None, seen: _Seen) -> None:
    if ehlo_refusal is None:
        seen.done.append("greets")
        return
    if is_suspension(ehlo_refusal):
        raise RefusedError(Stage.EHLO, ehlo_refusal)
    seen.done.append("greets by HELO alone")
    seen.facts.append(("EHLO", f"answered with {ehlo_refusal.shown}; greeted by HELO, so without any extension"))


def _weigh(session: TlsSession, ctx: CheckContext, seen: _Seen) -> None:
    seen.took("tls_s", session.handshake_s)
    seen.facts.append(("Encryption", f"{session.version}, {session.cipher}"))
    seen.done.append("encrypts")
    for fault in session_faults(session, ctx.now, ctx.estate.time_zone):
        seen.faults.append(Fault(fault.cause, severity(fault), clause(fault)))


def _may_log_in(dialogue: SmtpDialogue, options: Options, ctx: CheckContext, seen: _Seen) -> bool:
    """Whether the password may travel and the server would take it; a "no" stands in `seen`.

    An untrusted session is no protection: whoever sits in the middle has such a certificate too.
    """
    session = dialogue.lines.tls
    if session is None and not options.allow_plain_password:
        seen.faults.append(Fault(Cause.TLS_MISSING, Status.CRITICAL, "is not encrypted, so the password stays here"))
        return False
    if session is not None and not is_trusted(session, ctx.now):
        seen.facts.append(("Login", "not tried: the certificate is not to be trusted with a password"))
        return False
    if not dialogue.mechanisms:
        seen.faults.append(Fault(Cause.AUTH_FAILED, Status.CRITICAL, "offers no login by AUTH PLAIN or LOGIN"))
        return False
    return True


def _finding(subject: str, seen: _Seen, transcript: str) -> Finding:
    worst, *others = gravest_first(seen.faults) or (Fault(Cause.NONE, Status.OK, _listed(seen.done)),)
    return Finding(
        subject=subject,
        status=worst.status,
        cause=worst.cause,
        summary=f"{subject} {worst.text}",
        measurements=tuple(seen.measurements),
        facts=(*seen.facts, *(("Also", fault.text) for fault in others)),
        evidence=transcript if seen.faults else "",
    )


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _loop_s() -> float:
    return asyncio.get_running_loop().time()


def _subject(options: Options) -> str:
    return host_and_port(options.host, options.port)


KIND = CheckKind(name="smtp", options=Options, run=run, subject=_subject, host=lambda options: options.host)
