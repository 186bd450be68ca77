"""The real daemon and a real link that is cut, six services behind it: one message, and one more for what stays."""

import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon_process import ROOT, Home, clean_environ, start
from tests.support.namespace import namespace
from tests.support.peer import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.peer]

SINK_PORT = 8098

SETTINGS = """\
estate: {{name: Office of A, time_zone: Asia/Karachi}}
receivers: {{ops: {{channels: [{{kind: webhook, url: "http://127.0.0.1:{sink}/"}}]}}}}
routes: [{{match: {{}}, to: [ops]}}]
sites: {{hq: {{title: Head office, uplink: link}}}}
defaults: {{interval: 1s, timeout: 1s, retry_every: 1s, failures_to_open: 3, passes_to_close: 1,
  settle: 2s, flap_hold: 0s}}
checks:
  - {{id: link, kind: tcp, host: {router}, port: {port}}}
{checks}
"""


@contextlib.contextmanager
def accepting(address: str, port: int = 0) -> Iterator[int]:
    """Takes every connection to `address` and hangs up."""
    with socket.create_server((address, port), backlog=500) as server:
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


WELL = "SELECT count(*) FROM subjects WHERE status = 'ok'"
PARTS = "SELECT count(*) FROM incidents WHERE root IS NOT NULL AND closed_at IS NULL"


def counted(home: Home, question: str) -> int:
    if not home.database.exists():
        return 0
    with contextlib.closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as database:
        try:
            return int(database.execute(question).fetchone()[0])
        except sqlite3.OperationalError:  # not made yet
            return 0


def subjects(file: Path) -> list[str]:
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [json.loads(line)["subject"] for line in lines]


def test_six_services_behind_a_link_that_is_cut_are_one_message_and_one_that_stays_down_its_own(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack, contextlib.ExitStack() as short_lived:
        net = stack.enter_context(namespace(f"ns{os.getpid() % 100000}", f"10.98.{os.getpid() % 200}"))
        router, host, doomed = net.addresses
        port = stack.enter_context(accepting(router))
        stack.enter_context(accepting(host, port))
        short_lived.enter_context(accepting(doomed, port))
        told = tmp_path / "told"
        sink = subprocess.Popen(
            [*net.inside, sys.executable, "-m", "tests.support.sink_child", str(SINK_PORT), str(told)],
            cwd=ROOT,
            env=clean_environ(),
        )
        stack.callback(sink.wait)
        stack.callback(sink.kill)
        home = Home(tmp_path)
        places = [host] * 5 + [doomed]
        checks = [f"  - {{id: s{n}, kind: tcp, host: {one}, port: {port}, site: hq}}" for n, one in enumerate(places)]
        home.write(SETTINGS.format(sink=SINK_PORT, router=router, port=port, checks="\n".join(checks)))
        daemon = start(home, under=net.inside)
        stack.callback(daemon.kill)
        wait_until(lambda: counted(home, WELL) == 7, 60, daemon.text)
        net.cut()
        wait_until(lambda: counted(home, PARTS) == 6, 60, daemon.text)
        short_lived.close()
        net.mend()
        wait_until(lambda: len(subjects(told)) >= 3, 60, daemon.text)
        assert daemon.terminate() == 0
    assert subjects(told)[0].startswith("DOWN Link of Head office:")
    assert subjects(told)[0].endswith("and 6 more because of it")
    ends = sorted(subject.partition(":")[0] for subject in subjects(told)[1:])
    assert ends == ["DOWN s5", "RESOLVED Link of Head office"]
