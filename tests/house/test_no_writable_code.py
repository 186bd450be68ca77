"""Under `MemoryDenyWriteExecute`, as the unit asks for it, the transport still shakes hands and judges.

Callbacks from C into Python (cffi's) want memory that is writable and executable; this would show one that crept in.
"""

import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from tests.support.tree import ROOT

# prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN), Linux 6.3; what systemd sets up by seccomp.
CHILD = """
import ctypes, mmap, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) != 0:
    sys.exit(77)
try:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    sys.exit("the kernel gave out memory that is writable and executable")
except PermissionError:
    pass
import uvloop
from watchdog.cli.probe import probe
import alembic, apprise, sqlalchemy, uvicorn
sys.exit(probe("tls_certificate", sys.argv[1:], as_json=True))
"""
UNSUPPORTED = 77


@dataclass(frozen=True)
class TlsPeer:
    port: int
    ca_file: Path


@pytest.fixture
def tls_peer(tmp_path: Path) -> Iterator[TlsPeer]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        serving = threading.Thread(target=shake_hands_once, args=(listening, context))
        serving.start()
        yield TlsPeer(listening.getsockname()[1], tmp_path / "ca.pem")
        serving.join()


def shake_hands_once(listening: socket.socket, context: ssl.SSLContext) -> None:
    try:
        accepted, _ = listening.accept()
        accepted.settimeout(60)
        with context.wrap_socket(accepted, server_side=True) as encrypted:
            encrypted.recv(1)
    except OSError:
        return


@pytest.mark.slow
def test_a_certificate_is_judged_without_writable_code(tls_peer: TlsPeer) -> None:
    options = ["host=127.0.0.1", f"port={tls_peer.port}", f"ca_file={tls_peer.ca_file}"]
    ended = subprocess.run(
        [sys.executable, "-c", CHILD, *options], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    if ended.returncode == UNSUPPORTED:
        pytest.skip("this kernel cannot refuse writable code to one process (Linux 6.3)")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert [finding["status"] for finding in json.loads(ended.stdout)] == ["ok", "ok"]
