"""Every panel that users import shows something: asked of a real Prometheus, over a daemon that watches every kind."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.eoffice.eoffice_capacity import Options
from checks.eoffice.history import History, Sample, as_json
from checks.model import CheckId
from tests.support.daemon_process import DaemonProcess, running_daemon
from tests.support.dashboards import panels, resolved
from tests.support.every_kind import EveryKind, every_kind
from tests.support.peer import free_port, wait_until
from tests.support.prometheus import Prometheus, running_prometheus
from watchdog.store.changes import Changes, MemoryWrite
from watchdog.store.store import open_store

pytestmark = [pytest.mark.peer, pytest.mark.slow]

SHOWN = [panel for panel in panels() if not panel.is_row]


def remember_a_rise(here: EveryKind) -> None:
    """The e-office filled over the last quarter of an hour: a daemon of ten seconds has not seen that by itself."""
    now_s = int(time.time())
    samples = tuple(Sample(now_s - 60 * minutes, 40 - minutes) for minutes in range(16, 0, -1))
    options = Options.model_validate({"url": here.load.url("/load"), "pointer": "/sessions"})
    rise = as_json(History(source=options.source, samples=samples))
    here.home.state.mkdir()
    store = open_store(here.home.state)
    try:
        store.commit(Changes(memories=(MemoryWrite(check_id=CheckId("office"), key="eoffice", value=rise),)))
    finally:
        store.close()


def leave_unheard(here: EveryKind) -> None:
    """What goes wrong is also told to somebody who does not answer."""
    text = here.home.settings.read_text("utf-8")
    deaf = f'{{channels: [{{kind: webhook, url: "http://127.0.0.1:{free_port()}/"}}]}}'
    text = text.replace("receivers:\n", f"receivers:\n  deaf: {deaf}\n").replace("to: [web]", "to: [web, deaf]")
    here.home.settings.write_text(text, "utf-8")


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[DaemonProcess]:
    """All kinds; one door is shut, a domain lapses soon, and a message about the door does not get through."""
    with every_kind(tmp_path) as here:
        remember_a_rise(here)
        leave_unheard(here)
        watch_money(here)
        here.door.close()
        here.state_lapse(10)
        with running_daemon(here.home) as daemon:
            yield daemon


def watch_money(here: EveryKind) -> None:
    """The way of bills, too: kinds that a section of its own brings."""
    text = here.home.settings.read_text("utf-8")
    kinds = ("payment_stage", "payee", "outage_forecast")
    more = "".join(f"  - {{id: {kind}, kind: {kind}}}\n" for kind in kinds)
    here.home.settings.write_text(text.replace("checks:\n", f"checks:\n{more}", 1), "utf-8")


def empty(prometheus: Prometheus) -> list[str]:
    """Panels that show nothing, with the query that answers nothing."""
    return [
        f"{panel.title}: {query}" for panel in SHOWN for query in panel.queries if not prometheus.query(resolved(query))
    ]


def test_every_panel_shows_something(watched: DaemonProcess, tmp_path: Path) -> None:
    with running_prometheus(tmp_path, watched.address) as prometheus:
        prometheus.wait_query("nigehban_incidents_open > 0", 1, 60)
        with contextlib.suppress(TimeoutError):
            wait_until(lambda: not empty(prometheus), 60, "said below")
        assert empty(prometheus) == []
        assert len(SHOWN) > 40
