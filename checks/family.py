"""Looking at a target over one family of addresses, or over both, each with a finding of its own."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator

from checks.model import Finding
from checks.network.values import Family
from checks.plugin import CheckContext
from checks.verdict import verdict


def _as_text(choice: object) -> object:
    """YAML reads 4 as a number."""
    return str(choice) if isinstance(choice, int) and not isinstance(choice, bool) else choice


#: As an option: "any" takes whichever answers, "both" judges IPv4 and IPv6 each for itself.
FamilyChoice: TypeAlias = Annotated[Literal["any", "4", "6", "both"], BeforeValidator(_as_text)]

#: One look: (family to dial, subject to speak about) to findings.
Look: TypeAlias = Callable[[Family, str], Coroutine[Any, Any, Sequence[Finding]]]


#: Of the run's time, what is left to put the findings together when one family hangs.
_REST = 0.05


def look_over(
    choice: FamilyChoice, subject: str, ctx: CheckContext, look: Look
) -> Coroutine[Any, Any, Sequence[Finding]]:
    """The findings of `look`; with "both" those of IPv4 and of IPv6, looked at side by side.

    The subjects of "both" are `subject` followed by "IPv4" or "IPv6", so that one family can be down alone.
    With one family whatever fails is the runner's; with both each family has its own failures, so that a hanging
    IPv6 does not take the word from IPv4.
    """
    return _look_over_both(subject, ctx, look) if choice == "both" else look(choice, subject)


async def _look_over_both(subject: str, ctx: CheckContext, look: Look) -> Sequence[Finding]:
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
    except Exception as error:  # noqa: BLE001  # the runner's border, once per family
        status, cause, detail = verdict(error, ctx.timeout_s)
    return (
        Finding(
            subject=subject,
            status=status,
            cause=cause,
            summary=f"{subject}: {detail.removeprefix(f'{target}: ')}",
            evidence=ctx.net.transcript(),
        ),
    )
