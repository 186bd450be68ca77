"""Behind the system call filters of its unit the whole daemon works: TLS, mail, Apprise, reload, the store."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support import sandbox
from tests.support.certificates import Authority
from tests.support.daemon_process import running_daemon
from tests.support.http_sink import Posted
from tests.support.peer import wait_until
from tests.support.small_estate import prompt, small_estate
from tests.support.smtp_sink import server_tls

#: Calls that the unit must refuse, as a program would make them, and what it gets to hear.
TRIALS = """
import json, mmap, os, socket
def tried(act):
    try:
        act()
    except OSError as error:
        return error.errno
    return 0
print(json.dumps([
    tried(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)),
    tried(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
    tried(lambda: os.chroot("/")),
    tried(lambda: os.nice(1)),
    tried(lambda: socket.socket(socket.AF_INET)),
]))
"""


def behind_the_filters() -> list[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    return [sys.executable, sandbox.__file__]


@pytest.mark.peer
def test_the_filters_refuse_what_the_unit_says() -> None:
    command = [*behind_the_filters(), sys.executable, "-c", TRIALS]
    tried = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(tried.stdout) == [1, 97, 1, 1, 0]


@pytest.mark.peer
@pytest.mark.slow
def test_the_daemon_does_all_its_work_behind_them(tmp_path: Path) -> None:
    authority = Authority.root(tmp_path)
    tls = server_tls(authority.leaf("127.0.0.1"))
    down, other = prompt(2)
    with small_estate(tmp_path, tls=tls) as here:
        ways = ["mail", "webhook", f"{{kind: apprise, url: json://127.0.0.1:{here.hook.port}/by-apprise}}"]
        text = here.text([down, other], ways, mail=f"ca_file: {authority.ca_file}")
        relay = f"host: 127.0.0.1, port: {here.mail.port}, ca_file: {authority.ca_file}"
        extra = [
            f"  - {{id: relay, kind: smtp, {relay}}}",
            f"  - {{id: certificate, kind: tls_certificate, starttls: smtp, {relay}}}",
            "  - {id: name, kind: http, url: http://localhost:1/}",
            f'heartbeat: {{url: "{here.hook.url("/alive")}", every: 1s}}',
        ]
        here.home.write("\n".join([text.rstrip("\n"), *extra, ""]))
        here.pages.down = frozenset({down})
        with running_daemon(here.home, under=behind_the_filters()) as daemon:
            here.wait_told("opened", down[1:])
            wait_until(lambda: {"/hook", "/by-apprise", "/alive"} <= paths(here.hook.posted), 20, "a way out is shut")
            daemon.wait_series("check_status", 0, check="relay")
            daemon.wait_series("check_status", 0, check="certificate", count=2)
            daemon.wait_series("check_cause", 1, check="name", cause="refused")
            daemon.signal(signal.SIGHUP)
            daemon.wait_log("settings reloaded")
            assert daemon.terminate() == 0
        assert daemon.logged("stopped")
        assert "Traceback" not in daemon.text


def paths(posted: Sequence[Posted]) -> set[str]:
    return {one.path for one in posted}
