"""The demo's daemon: a child that is listened to and never left behind."""

import asyncio
import os
import re
from pathlib import Path

import pytest

from watchdog.demo.daemon_child import child_environ, running_daemon
from watchdog.demo.errors import DaemonEndedError


def test_a_daemon_that_refuses_its_settings_is_told_with_its_reason(tmp_path: Path) -> None:
    settings = tmp_path / "nigehban.yaml"
    settings.write_text("estate: {name: Nowhere, time_zone: Asia/Karachi}\nchekcs: []\n", "utf-8")

    async def start() -> list[str]:
        async with running_daemon(settings, tmp_path / "state", os.environ) as daemon:
            with pytest.raises(DaemonEndedError, match=re.escape("ended by itself, with exit code 2")):
                await daemon.ended()
            return daemon.last_lines

    assert any("nigehban.yaml:2:1: chekcs" in line for line in asyncio.run(start()))


def test_it_watches_where_it_says_and_ends_when_it_is_told(tmp_path: Path) -> None:
    settings = tmp_path / "nigehban.yaml"
    settings.write_text(
        "estate: {name: Nowhere, time_zone: Asia/Karachi}\nlisten: 127.0.0.1:0\n"
        "receivers: {noc: {channels: [{kind: webhook, url: http://127.0.0.1:9/}]}}\n"
        "routes: [{match: {}, to: [noc]}]\n"
        "checks: [{id: one, kind: tcp, host: 127.0.0.1, port: 9}]\n",
        "utf-8",
    )

    async def live() -> str:
        async with running_daemon(settings, tmp_path / "state", os.environ) as daemon:
            await daemon.watches()
            return daemon.address

    assert re.fullmatch(r"127\.0\.0\.1:[1-9]\d+", asyncio.run(live()))


def test_other_settings_and_service_managers_of_the_demo_are_not_the_daemons() -> None:
    ours = {"NIGEHBAN_CONFIG": "/etc", "NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "1"}
    ours |= {"STATE_DIRECTORY": "/var", "RUNTIME_DIRECTORY": "/run"}
    assert child_environ({**ours, "PATH": "/bin", "LANG": "C"}) == {"PATH": "/bin", "LANG": "C"}
