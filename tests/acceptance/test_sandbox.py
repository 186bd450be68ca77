"""Behind the system call filters of its unit the whole daemon works: TLS, mail, Apprise, reload, the store."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support import sandbox
from tests.support.certificates import Authority
from tests.support.daemon_process import clean_environ, running_daemon
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


#: How the clock answers to who reads it and to who would set it, as errors.
CLOCK = """
import ctypes, json, time
from watchdog.clock import kernel_clock_state
library = ctypes.CDLL(None, use_errno=True)
def sets():
    offset = ctypes.create_string_buffer(1024)
    ctypes.c_uint.from_buffer(offset).value = 0x0100  # ADJ_SETOFFSET, by nothing
    if library.adjtimex(offset) < 0:
        return ctypes.get_errno()
    return 0
print(json.dumps([kernel_clock_state() >= 0, sets()]))
"""
DROP_IN = sandbox.UNIT.with_name("chrony.conf")


def clock_behind(*further: str) -> object:
    """Without capabilities, as in the unit, where this is run by root."""
    strip = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"] if os.geteuid() == 0 else []
    command = [*strip, *behind_the_filters(), *further, sys.executable, "-c", CLOCK]
    tried = subprocess.run(command, env=clean_environ(), capture_output=True, text=True, timeout=60, check=True)
    return json.loads(tried.stdout)


@pytest.mark.peer
def test_the_unit_may_not_even_read_whether_the_clock_is_kept() -> None:
    assert clock_behind() == [False, errno.EPERM]


@pytest.mark.peer
def test_with_its_drop_in_for_chrony_the_unit_may_read_that_and_set_nothing() -> None:
    assert clock_behind("--and", str(DROP_IN)) == [True, errno.EPERM]


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
            wait_until(lambda: {"/hook", "/by-apprise", "/alive"} <= paths(here.hook.posted), 60, "a way out is shut")
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
