"""One session with a mail server, whatever it speaks: what it showed, and the finding that comes of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from checks.fault import Fault, gravest_first
from checks.mail.access import Access
from checks.mail.refused_login import Logins
from checks.model import Cause, Finding, Measurement, Status
from checks.network.values import Family, LineDialogue, TlsSession
from checks.plugin import CheckContext
from checks.suspension.signature import Signature
from checks.trust import clause, is_trusted, session_faults, severity
from checks.wording import moment


@dataclass(slots=True)
class Seen:
    """What one session showed, step by step."""

    faults: list[Fault] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    """What went well, to stand behind the server's name: "greets"."""
    logins: Logins | None = None
    """None where nobody is to log in."""

    def lacks(self, cause: Cause, text: str) -> None:
        self.faults.append(Fault(cause, Status.CRITICAL, text))

    def refused(self, fault: Fault, suspension: Signature | None, *, is_login: bool) -> None:
        """What ended the session is told before what was only noticed on the way."""
        self.faults.insert(0, fault)
        if is_login and self.logins is not None:
            self.logins.refused(fault)
        if suspension is not None and fault.cause is Cause.SUSPENDED:
            self.facts.append(("Likely reason", suspension.meaning.in_words))

    def measured(self, name: str, value: float, unit: str = "s") -> None:
        self.measurements.append(Measurement(name=name, value=value, unit=unit))


#: Talks as far as the options ask and the server allows, and says good-bye; a refusal stands in `Seen` at its end.
Talk = Callable[[LineDialogue, Seen], Awaitable[None]]


async def look_at(options: Access, ctx: CheckContext, family: Family, subject: str, talk: Talk) -> Finding:
    started_s = loop_s()
    implicit = options.terms if options.encryption == "implicit" else None
    lines = await ctx.net.dialogue(options.host, options.dialled_port, family, implicit)
    seen = Seen(logins=None if options.user is None else Logins(ctx, options.user, family, options.family))
    if options.password is not None:
        lines.hide(options.password.reveal(), options.user or "")
    seen.measured("connect_s", lines.connect_s)
    seen.facts.append(("Address", lines.address))
    if lines.tls is not None:
        weigh(lines.tls, ctx, seen)
    await talk(lines, seen)
    lines.close()
    seen.measured("total_s", loop_s() - started_s)
    return _finding(subject, seen, ctx)


def weigh(session: TlsSession, ctx: CheckContext, seen: Seen) -> None:
    seen.measured("tls_s", session.handshake_s)
    seen.facts.append(("Encryption", f"{session.version}, {session.cipher}"))
    seen.done.append("encrypts")
    for fault in session_faults(session, ctx.now, ctx.estate.time_zone):
        seen.faults.append(Fault(fault.cause, severity(fault), clause(fault)))


def is_safe_for_password(session: TlsSession | None, options: Access, ctx: CheckContext, seen: Seen) -> bool:
    """Whether the password may travel; a "no" stands in `seen`.

    An untrusted session is no protection: whoever sits in the middle has such a certificate too.
    """
    if session is None and not options.allow_plain_password:
        seen.lacks(Cause.TLS_MISSING, "is not encrypted, so the password stays here")
        return False
    if session is not None and not is_trusted(session, ctx.now):
        seen.facts.append(("Login", "not tried: the certificate is not to be trusted with a password"))
        return False
    return True


async def try_login(seen: Seen, ctx: CheckContext, login: Callable[[], Awaitable[None]]) -> bool:
    """Log in unless it failed too often of late; whether the user is in. Raises what `login` raises."""
    if seen.logins is None:
        return False
    if resting := seen.logins.rest():
        fault, again = resting
        seen.faults.insert(0, fault)
        seen.facts.append(("Next try", moment(again, ctx.estate.time_zone)))
        return False
    started_s = loop_s()
    with seen.logins.trying():
        await login()
    seen.measured("login_s", loop_s() - started_s)
    seen.done.append("lets the user in")
    return True


def loop_s() -> float:
    return asyncio.get_running_loop().time()


def _finding(subject: str, seen: Seen, ctx: CheckContext) -> Finding:
    worst, *others = gravest_first(seen.faults) or (Fault(Cause.NONE, Status.OK, _listed(seen.done)),)
    return Finding(
        subject=subject,
        status=worst.status,
        cause=worst.cause,
        summary=f"{subject} {worst.text}",
        measurements=tuple(seen.measurements),
        facts=(*seen.facts, *(("Also", fault.text) for fault in others)),
        evidence=ctx.net.transcript() if seen.faults else "",
    )


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
