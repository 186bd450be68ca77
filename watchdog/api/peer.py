"""Who is at the other end of a Unix socket: the kernel says so, nobody can pretend."""

import asyncio
import os
import pwd
import socket
import struct
from dataclasses import dataclass

#: pid, uid and gid of struct ucred (unix(7), SO_PEERCRED), taken when the peer connected.
_CREDENTIALS = struct.Struct("3i")

#: Names may come from a directory service, which may be what has failed.
_NAME_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True)
class Peer:
    """The process that connected. Through sudo it is the user sudo became; whoever typed it cannot be known."""

    pid: int
    uid: int

    async def name(self) -> str:
        """The user's name; "uid 1234" where there is none, or none in time."""
        try:
            async with asyncio.timeout(_NAME_WITHIN_S):
                return await asyncio.to_thread(_name_of, self.uid)
        except TimeoutError:
            return f"uid {self.uid}"


def peer_of(descriptor: int) -> Peer | None:
    """None where `descriptor` is not a connected Unix socket."""
    with socket.socket(fileno=os.dup(descriptor)) as sock:
        if sock.family is not socket.AF_UNIX:
            return None
        pid, uid, _gid = _CREDENTIALS.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return Peer(pid, uid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
