"""The face that people and scrapers see: pages and /metrics on one listener."""

from collections.abc import Callable
from contextlib import closing
from ipaddress import ip_address
from socket import socket as Socket  # noqa: N812  # a type here, nothing is opened

from watchdog.clock import Ids
from watchdog.settings.values import Listen
from watchdog.web.door import Door
from watchdog.web.feed import Feed
from watchdog.web.gather import Sources
from watchdog.web.hosts import allowed_hosts
from watchdog.web.pages import Pages
from watchdog.web.server import Asgi, serve_app
from watchdog.web.site import Site

_ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104  # recognised, not bound


async def site_face(
    metrics: Asgi,
    sources: Sources,
    *,
    listen: Listen,
    ids: Ids,
    sock: Socket,
    door: Door | None = None,
    feed: Feed | None = None,
) -> None:
    """Serve until cancelled."""
    with closing(Pages(sources)) as pages:
        site = Site(
            metrics,
            pages,
            hosts=_hosts(sources, listen),
            any_address=listen.host in _ANY_ADDRESS,
            is_open=not ip_address(listen.host).is_loopback,
            ids=ids,
            door=door,
            feed=feed,
        )
        await serve_app(site, sock)


def _hosts(sources: Sources, listen: Listen) -> Callable[[], frozenset[str]]:
    """By the settings in force: `public_url` may change at a reload."""
    return lambda: allowed_hosts(listen.host, sources.daemon.settings.estate.public_url)
