"""Looking at a target over one family of addresses, or over both, each with a finding of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, TypeAlias

from checks.model import Cause, Finding, Status
from checks.network.errors import ProbeError
from checks.network.values import Family
from checks.plugin import CheckContext

#: As an option: "any" takes whichever answers, "both" judges IPv4 and IPv6 each for itself.
FamilyChoice: TypeAlias = Literal["any", "4", "6", "both"]

#: One look: (family to dial, subject to speak about) to findings.
Look: TypeAlias = Callable[[Family, str], Awaitable[Sequence[Finding]]]


#: Of the run's time, what is left to put the findings together when one family hangs.
_REST = 0.05


async def look_over(choice: FamilyChoice, subject: str, ctx: CheckContext, look: Look) -> Sequence[Finding]:
    """The findings of `look`; with "both" those of IPv4 and of IPv6, looked at side by side.

    The subjects of "both" are `subject` followed by "IPv4" or "IPv6", so that one family can be down alone.
    With one family a ProbeError or the run's timeout is the runner's; with both each family has its own, so that
    a hanging IPv6 does not take the word from IPv4.
    """
    if choice != "both":
        return await look(choice, subject)
    four, six = await asyncio.gather(
        _look_alone(look, "4", subject, ctx),
        _look_alone(look, "6", subject, ctx),
    )
    return (*four, *six)


async def _look_alone(look: Look, family: Family, target: str, ctx: CheckContext) -> Sequence[Finding]:
    subject = f"{target} IPv{family}"
    try:
        async with asyncio.timeout(ctx.timeout_s * (1 - _REST)):
            return await look(family, subject)
    except TimeoutError:
        cause, detail = Cause.TIMEOUT, f"no complete answer within {ctx.timeout_s:g} s"
    except ProbeError as error:
        cause, detail = error.cause, error.detail
    return (
        Finding(
            subject=subject,
            status=Status.UNKNOWN if cause is Cause.BLIND else Status.CRITICAL,
            cause=cause,
            summary=f"{subject}: {detail.removeprefix(f'{target}: ')}",
            evidence=ctx.net.transcript(),
        ),
    )
