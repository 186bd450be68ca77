"""What the daemon checks of its own accord, through the same engine, judgement and routes as all else.

Only the name servers so far: their failure is one incident, not one for every check whose name they know.
"""

from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from alerts.judging.fault import Threshold
from checks.model import Cause, CheckId, Finding, Measurement, Status
from checks.network.name_service import Health, Trouble
from checks.network.transcript import escaped
from checks.plugin import CheckContext, CheckKind, OptionsBase
from checks.spec import CheckSpec
from watchdog.settings.values import ConfiguredCheck

#: No check of the settings takes this id, so that none becomes `nigehban/resolver` by its targets.
OWN_ID: Final = "nigehban"

RESOLVER_CHECK: Final = CheckId(f"{OWN_ID}/resolver")
RESOLVER_KIND: Final = "resolver"

_SUBJECT: Final = "name servers"

#: As that of the checks of the settings is by default.
FLAP_HOLD_S: Final = 1800.0

#: Often, since every check that needs a name hangs on it; where nothing fails a look costs nothing.
_INTERVAL_S: Final = 10.0
_TIMEOUT_S: Final = 8.0

#: From here on a look-up takes too much of a check's time; the resolver itself prefers an old address by then.
_SLOW_S: Final = 1.5

#: In the check's memory: whether the servers failed everybody at its last look.
_TROUBLED: Final = "troubled"

#: After a start in trouble; until every check had its first look, silence says nothing.
_FIRST_LOOKS: Final = timedelta(seconds=90)

_SHOWN_NAMES: Final = 8

#: What people call it; without a service a message would name the check's id.
RESOLVER_TITLE: Final = "Name lookup (DNS)"
RESOLVER_RUNBOOK: Final = (
    "Ask them by hand from this machine, say: dig @ADDRESS example.org. If they answer there, look for a firewall; if "
    "not, wake whoever runs them. Other name servers can be named under `resolver:` in the settings."
)


class Resolving(Protocol):
    """checks.network.resolver.Resolver, as far as it is judged here."""

    def health(self) -> Health: ...

    def examine(self) -> Awaitable[None]: ...


class _NoOptions(OptionsBase):
    """There is nothing to set."""


def resolver_check(resolver: Resolving, began: datetime) -> ConfiguredCheck:
    """The check of the name servers, ready to run; it looks at all look-ups since `began`, whoever asked."""

    async def run(_options: _NoOptions, ctx: CheckContext) -> Sequence[Finding]:
        await resolver.examine()
        health = resolver.health()
        may_last = ctx.memory.get(_TROUBLED) is True and timedelta(0) <= ctx.now - began < _FIRST_LOOKS
        finding = _finding(health, may_last=may_last)
        if finding.status is not Status.UNKNOWN:
            ctx.memory.set(_TROUBLED, health.trouble is not None)
        return (finding,)

    kind = CheckKind(name=RESOLVER_KIND, options=_NoOptions, run=run, subject=lambda _options: _SUBJECT)
    spec = CheckSpec(
        id=RESOLVER_CHECK,
        kind=kind,
        options=_NoOptions(),
        interval_s=_INTERVAL_S,
        timeout_s=_TIMEOUT_S,
        retry_every_s=_INTERVAL_S,
        runbook=RESOLVER_RUNBOOK,
    )
    return ConfiguredCheck(spec=spec, threshold=Threshold(flap_hold_s=FLAP_HOLD_S))


def _finding(health: Health, *, may_last: bool) -> Finding:
    status, cause, summary = _verdict(health, may_last=may_last)
    facts = [("Name servers", ", ".join(health.servers))]
    if health.trouble is not None:
        shown, more = health.failing[:_SHOWN_NAMES], len(health.failing) - _SHOWN_NAMES
        facts.append(("Asked for", ", ".join(shown) + (f" and {more} more" if more > 0 else "")))
        facts.append(("Checks go on by", "the last addresses known, for at most an hour; after that, unknown"))
    return Finding(
        subject=_SUBJECT,
        status=status,
        cause=cause,
        summary=summary,
        facts=tuple(facts),
        measurements=(Measurement("slowest_s", health.slowest_s, "s"),) if health.slowest_s else (),
        evidence="" if health.trouble is None else _evidence(health),
    )


def _evidence(health: Health) -> str:
    """What was asked and what came of it, one name a line."""
    asked = f"asked: {', '.join(health.servers) or 'nobody'}"
    pairs = zip(health.failing[:_SHOWN_NAMES], health.heard, strict=False)
    return "\n".join((asked, *(escaped(f"{name}: {heard}") for name, heard in pairs)))


def _verdict(health: Health, *, may_last: bool) -> tuple[Status, Cause, str]:
    who = ", ".join(health.servers)
    if health.trouble is not None:
        silence = Cause.REFUSED if health.is_refused else Cause.TIMEOUT
        cause = silence if health.trouble is Trouble.SILENT else Cause.NAME_FAILED
        return Status.CRITICAL, cause, health.words
    if (health.is_idle or health.failing) and may_last:
        # It may be as bad as before the start: no word of an end until enough checks have asked.
        return Status.UNKNOWN, Cause.BLIND, "too few names were looked up yet"
    if health.is_idle:
        return Status.OK, Cause.NONE, "no name needs looking up"
    if health.failing:
        names = ", ".join(health.failing[:_SHOWN_NAMES])
        return Status.OK, Cause.NONE, f"nothing says that name servers ({who}) fail everybody; what fails is {names}"
    if health.slowest_s >= _SLOW_S:
        return Status.WARNING, Cause.SLOW, f"name servers ({who}) took {health.slowest_s:.1f} s and more each time"
    return Status.OK, Cause.NONE, f"name servers ({who}) answer"
