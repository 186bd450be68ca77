"""The real daemon behind a real link that is cut: one notice, one catch-up, and not a word of its forty targets."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon_process import ROOT, Home, clean_environ, start
from tests.support.namespace import namespace
from tests.support.peer import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.peer]

#: Longer than a blindness must last to be told.
CUT_S = 46.0
SINK_PORT = 8099

SETTINGS = """\
estate: {{name: Office of A, time_zone: Asia/Karachi}}
receivers: {{ops: {{channels: [{{kind: webhook, url: "http://127.0.0.1:{sink}/"}}]}}}}
routes: [{{match: {{}}, to: [ops]}}]
defaults: {{interval: 2s, timeout: 1s, retry_every: 1s, failures_to_open: 1, passes_to_close: 1,
  settle: 0s, flap_hold: 0s}}
anchors: [{anchors}]
checks:
{checks}
"""


@contextlib.contextmanager
def accepting(address: str) -> Iterator[int]:
    """Takes every connection to `address` and hangs up."""
    with socket.create_server((address, 0), backlog=500) as server:
        ended = threading.Event()
        server.settimeout(0.2)

        def accept() -> None:
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    server.accept()[0].close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def subjects(file: Path) -> list[str]:
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [json.loads(line)["subject"] for line in lines]


def test_a_link_that_is_cut_is_told_once_and_no_target_is(tmp_path: Path) -> None:
    number = os.getpid() % 200
    with contextlib.ExitStack() as stack:
        net = stack.enter_context(namespace(f"nh{os.getpid() % 100000}", f"10.99.{number}"))
        port = stack.enter_context(accepting(net.addresses[0]))
        kept = tmp_path / "told"
        sink = subprocess.Popen(
            [*net.inside, sys.executable, "-m", "tests.support.sink_child", str(SINK_PORT), str(kept)],
            cwd=ROOT,
            env=clean_environ(),
        )
        stack.callback(sink.wait)
        stack.callback(sink.kill)
        home = Home(tmp_path)
        checks = [f"  - {{id: t{n}, kind: tcp, host: {net.addresses[0]}, port: {port}}}" for n in range(40)]
        home.write(SETTINGS.format(sink=SINK_PORT, anchors=", ".join(net.addresses), checks="\n".join(checks)))
        daemon = start(home, under=net.inside)
        stack.callback(daemon.kill)
        daemon.wait_log("watching", 60)
        time.sleep(5)  # the link lives a while; what is watched is real
        net.cut()
        time.sleep(CUT_S)
        net.mend()
        daemon.wait_log("anchors answer again", 60)
        wait_until(lambda: len(subjects(kept)) >= 2, 60, daemon.text)
        assert daemon.terminate() == 0
    assert [subject.split(":")[0].split(",")[0] for subject in subjects(kept)] == [
        "NOTICE Nigehban is blind",
        "NOTICE Nigehban sees again",
    ]
