"""A network namespace of the test's own, with a link outward that can be cut. Needs root, and iproute2."""

import contextlib
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=60)


@dataclass(frozen=True, slots=True)
class Namespace:
    """`inside` is where a process lives; the other end of its link has `addresses`, in this namespace here."""

    name: str
    link: str
    addresses: Sequence[str]

    @property
    def inside(self) -> Sequence[str]:
        """The words that run a command in it."""
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        """The link is down: what is sent is lost, and nothing answers."""
        _ip("link", "set", self.link, "down")

    def mend(self) -> None:
        _ip("link", "set", self.link, "up")


@contextlib.contextmanager
def namespace(name: str, network: str) -> Iterator[Namespace]:
    """`network` are the first three numbers of a /24 that is only ours, say "10.99.7"; anchors are .1 to .3."""
    inner, outer = f"{name}-in", f"{name}-out"
    addresses = [f"{network}.{number}" for number in (1, 2, 3)]
    _ip("netns", "add", name)
    try:
        _ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name)
        try:
            for address in addresses:
                _ip("addr", "add", f"{address}/24", "dev", outer)
            _ip("link", "set", outer, "up")
            _ip("-n", name, "addr", "add", f"{network}.100/24", "dev", inner)
            _ip("-n", name, "link", "set", inner, "up")
            _ip("-n", name, "link", "set", "lo", "up")
            yield Namespace(name, outer, addresses)
        finally:
            _ip("link", "del", outer)
    finally:
        _ip("netns", "del", name)
