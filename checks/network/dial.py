"""Opening a connection to numeric addresses."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

from checks.network.errnos import probe_error
from checks.network.errors import BlindError
from checks.network.race import Race

#: How long one address may stay silent before the next is tried beside it (RFC 8305 §5).
STAGGER_S = 0.25

ProtocolT = TypeVar("ProtocolT", bound=asyncio.Protocol)


class Dialled(NamedTuple, Generic[ProtocolT]):
    """An open connection: close `transport` when done."""

    transport: asyncio.Transport
    protocol: ProtocolT
    address: str


def dial(
    addresses: Sequence[str], port: int, build: Callable[[], ProtocolT], place: str
) -> Awaitable[Dialled[ProtocolT]]:
    """Connect to the first of `addresses` that answers, so that a dead IPv6 does not hide a live IPv4.

    `place` names the target in errors. Raises ProbeError: that of the first address whose failure is the
    target's, BlindError where all of them are ours.
    """
    if len(addresses) == 1:
        return _attempt(addresses[0], port, build, place)
    return _race(addresses, port, build, place)


async def _race(addresses: Sequence[str], port: int, build: Callable[[], ProtocolT], place: str) -> Dialled[ProtocolT]:
    race = Race([partial(_attempt, address, port, build, place) for address in addresses], STAGGER_S, _hang_up)
    won = await race.winner()
    if won is None:
        raise most_telling(race.errors)
    return won


def most_telling(errors: Sequence[BaseException]) -> BaseException:
    """Of several addresses' failures the one to report: the first that is not our own."""
    return next((error for error in errors if not isinstance(error, BlindError)), errors[0])


async def _attempt(address: str, port: int, build: Callable[[], ProtocolT], place: str) -> Dialled[ProtocolT]:
    try:
        # A numeric address never reaches getaddrinfo, neither in asyncio nor in uvloop.
        transport, protocol = await asyncio.get_running_loop().create_connection(build, address, port)
    except OSError as error:
        raise probe_error(error, place, address) from None
    return Dialled(transport, protocol, address)


def _hang_up(dialled: Dialled[Any]) -> None:
    dialled.transport.abort()
