"""A connection made on the loop, for a thread to talk over, that the loop can cut at any moment."""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from checks.network.dial import STAGGER_S, most_telling
from checks.network.errnos import probe_error
from checks.network.race import Race


@dataclass(frozen=True, slots=True)
class Line:
    """`open` belongs to the thread, which closes it. `cut` belongs to the loop."""

    open: socket.socket
    address: str
    _handle: socket.socket
    """A descriptor of its own, so that cutting never meets one that the thread has closed and the kernel given away."""

    def cut(self) -> None:
        """Shut the connection: whatever the thread reads or writes on it ends at once. Twice is harmless."""
        with contextlib.suppress(OSError):  # the peer was faster
            self._handle.shutdown(socket.SHUT_RDWR)
        self._handle.close()


async def dial_line(addresses: Sequence[str], port: int, place: str) -> Line:
    """Connect to the first of the numeric `addresses` that answers. Raises ProbeError as `dial` does."""
    race = Race([partial(_attempt, address, port, place) for address in addresses], STAGGER_S, _close)
    won = await race.winner()
    if won is None:
        raise most_telling(race.errors)
    return won


async def _attempt(address: str, port: int, place: str) -> Line:
    connection = None
    try:
        connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        connection.setblocking(False)  # noqa: FBT003  # the standard library's signature
        await asyncio.get_running_loop().sock_connect(connection, (address, port))
        connection.setblocking(True)  # noqa: FBT003
        return Line(connection, address, connection.dup())
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, OSError):
            raise probe_error(error, place, address) from None
        raise


def _close(line: Line) -> None:
    line.cut()
    line.open.close()
