"""One look at all anchors: an answer, silence, or nobody could ask."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from checks.model import Cause
from checks.network.errors import BlindError, ProbeError, StarvedError
from checks.network.values import Connection, Family, TlsTerms
from tests.support.blind_estate import Answering
from tests.support.scripted import NoNetwork
from tests.support.virtual_loop import run_virtual
from watchdog.engine.anchor_look import look_at
from watchdog.settings.values import Anchor

BY_ADDRESS, BY_NAME = Anchor("192.0.2.1", 443), Anchor("gw.example.gov.pk", 443)


@dataclass(slots=True)
class Road(NoNetwork):
    """A network on which names and connections fail as they are told."""

    name: Exception | None = None
    way: Exception | None = None

    async def addresses(self, host: str, family: Family) -> Sequence[str]:
        del family
        if self.name is not None:
            raise self.name
        return (host,)

    async def connect(self, host: str, port: int, family: Family, tls: TlsTerms | None = None) -> Connection:
        del host, port, family, tls
        if self.way is not None:
            raise self.way
        return Answering()


def said(anchor: Anchor, road: Road) -> bool | None:
    (view,) = run_virtual(look_at((anchor,), lambda: road))
    return view.ok


@pytest.mark.parametrize("anchor", [BY_ADDRESS, BY_NAME])
@pytest.mark.parametrize(
    ("way", "answer"),
    [
        (None, True),
        (ProbeError(Cause.REFUSED, "refused"), True),
        (ProbeError(Cause.UNREACHABLE, "host unreachable"), False),
        (BlindError("no route"), False),
        (StarvedError("too many open files"), None),
        (RuntimeError("a bug"), None),
    ],
)
def test_what_we_lack_ourselves_says_nothing_of_the_way_out(
    anchor: Anchor, way: Exception | None, *, answer: bool | None
) -> None:
    assert said(anchor, Road(way=way)) is answer


@pytest.mark.parametrize("error", [ProbeError(Cause.NAME_FAILED, "SERVFAIL"), BlindError("name servers are silent")])
def test_an_anchor_whose_name_nobody_knows_was_not_asked(error: Exception) -> None:
    assert said(BY_NAME, Road(name=error)) is None
