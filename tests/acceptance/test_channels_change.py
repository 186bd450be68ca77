"""Channels are mended and moved while messages wait: a real daemon, reloaded by HUP."""

import signal
from pathlib import Path

from tests.support.daemon_process import running_daemon
from tests.support.kept_and_told import kept
from tests.support.peer import wait_until
from tests.support.small_estate import prompt, small_estate

DEAD = '{kind: webhook, url: "http://127.0.0.1:1/"}'


def test_a_page_that_waited_for_a_wrong_url_goes_out_at_once_when_it_is_mended(tmp_path: Path) -> None:
    (path,) = prompt(1)
    with small_estate(tmp_path) as here:
        here.watch([path], (DEAD,))
        here.pages.down = frozenset({path})
        with running_daemon(here.home) as daemon:
            daemon.wait_series("outbox_pending", 1, channel="ops-1-webhook")
            here.watch([path], ("webhook",))
            daemon.signal(signal.SIGHUP)
            daemon.wait_log("settings reloaded")
            wait_until(lambda: bool(here.hook.posted), 60, "the mended webhook heard nothing")
            assert [posted.json["event"] for posted in here.hook.posted] == ["opened"]
            assert daemon.terminate() == 0


def test_whoever_heard_that_it_is_down_hears_that_it_is_over_after_channels_changed_places(tmp_path: Path) -> None:
    (path,) = prompt(1)
    with small_estate(tmp_path) as here:
        here.watch([path], ("mail", "webhook"))
        here.pages.down = frozenset({path})
        with running_daemon(here.home) as daemon:
            here.wait_settled(daemon)
            here.watch([path], ("webhook", "mail"))
            daemon.signal(signal.SIGHUP)
            daemon.wait_log("settings reloaded")
            here.pages.down = frozenset()
            here.wait_settled(daemon)
            assert daemon.terminate() == 0
        assert [posted.json["event"] for posted in here.hook.posted] == ["opened", "resolved"]
        opened, resolved = (taken.mail for taken in here.mail.taken)
        assert (opened["X-Nigehban-Event"], resolved["X-Nigehban-Event"]) == ("opened", "resolved")
        assert resolved["In-Reply-To"] == opened["Message-ID"]
        assert {row.state for row in kept(here.home).rows.values()} == {"sent"}
