"""Tells the service manager how we are: sd_notify(3), the datagram protocol of `Type=notify` units."""

import os
import socket
from collections.abc import Mapping

_US_PER_S = 1_000_000


class ServiceManager:
    """Datagrams to NOTIFY_SOCKET; without one, every call does nothing.

    No call raises or waits: a manager that does not listen must not stop the daemon.
    """

    def __init__(self, address: str | None, *, watchdog_s: float | None = None) -> None:
        self._address = _socket_address(address)
        self.watchdog_s = watchdog_s if self._address else None
        """How long the manager waits for `alive` before it kills us; None when it does not watch."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], *, pid: int | None = None) -> "ServiceManager":
        """What systemd.exec(5) hands to a unit's main process. A watchdog meant for another process is not ours."""
        mine = environment.get("WATCHDOG_PID") in {None, str(os.getpid() if pid is None else pid)}
        limit_us = environment.get("WATCHDOG_USEC", "")
        watchdog_s = int(limit_us) / _US_PER_S if mine and limit_us.isascii() and limit_us.isdigit() else None
        return cls(environment.get("NOTIFY_SOCKET"), watchdog_s=watchdog_s or None)

    def ready(self, status: str = "") -> None:
        """Start-up or reload is complete."""
        self._tell("READY=1", status)

    def reloading(self) -> None:
        self._tell("RELOADING=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """To be called at least every `watchdog_s`, best at half of it, by the loop that must not be stuck."""
        self._tell("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._tell("", text)

    def _tell(self, state: str, status: str = "") -> None:
        if self._address is None:
            return
        # A line break would begin a new assignment.
        one_line = " ".join(status.split())
        lines = [line for line in (state, f"STATUS={one_line}" if one_line else "") if line]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.settimeout(0)
                sender.sendto("\n".join(lines).encode(), self._address)
        except OSError:
            return


def _socket_address(address: str | None) -> str | None:
    """A path, or an abstract name, written with "@" for its leading zero byte. Other families are not for us."""
    if not address or address[0] not in "/@":
        return None
    return "\0" + address[1:] if address.startswith("@") else address
