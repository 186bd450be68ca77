"""One look at all anchors: who is there."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from checks.model import Cause
from checks.network.errors import ProbeError, StarvedError
from watchdog.engine.blindness import AnchorView
from watchdog.engine.runner import NetworkSession
from watchdog.settings.fields import is_address
from watchdog.settings.values import Anchor

log: structlog.stdlib.BoundLogger = structlog.get_logger()

#: How long an anchor may take: a lost SYN is sent again after one second (RFC 6298 §2), so this bears one loss.
ANSWER_WITHIN_S = 3.0

#: Somebody is there who says no, or hangs up.
_ANSWERS = frozenset({Cause.REFUSED, Cause.PROTOCOL})


async def look_at(anchors: Sequence[Anchor], open_network: Callable[[], NetworkSession]) -> tuple[AnchorView, ...]:
    """Connect to each, all at once; takes at most ANSWER_WITHIN_S. Never raises but when cancelled."""
    network = open_network()
    try:
        return tuple(await asyncio.gather(*(_view(anchor, network) for anchor in anchors)))
    finally:
        network.close()


async def _view(anchor: Anchor, network: NetworkSession) -> AnchorView:
    name, is_found = anchor.name, is_address(anchor.host)
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            if not is_found:
                await network.addresses(anchor.host, "any")
                is_found = True
            connection = await network.connect(anchor.host, anchor.port, "any")
    except TimeoutError:
        what = "no answer" if is_found else "no address"
        return AnchorView(name, ok=False if is_found else None, words=f"{what} within {ANSWER_WITHIN_S:g} s")
    except ProbeError as error:
        is_asked = is_found and not isinstance(error, StarvedError)
        return AnchorView(name, ok=error.cause in _ANSWERS if is_asked else None, words=error.detail)
    except Exception as error:  # a bug of ours must not end the one who decides whether we see
        log.exception("an anchor could not be looked at", anchor=name)
        return AnchorView(name, ok=None, words=f"the look itself failed ({type(error).__name__})")
    words = f"answered in {connection.connect_s * 1000:.0f} ms"
    connection.close()
    return AnchorView(name, ok=True, words=words)
