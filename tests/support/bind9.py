"""A private Debian BIND: zones, configuration and port of its own on loopback."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.peer import free_port, installed, wait_until

#: It is served well.
ZONE = "office.example"
#: It is configured, yet its file is broken: every question about it is SERVFAIL.
BROKEN_ZONE = "broken.example"

_AUTHORITY = """
options {{
  directory "{folder}"; pid-file none; session-keyfile none; managed-keys-directory "{folder}";
  listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 port {port} {{ ::1; }};
  recursion no; minimal-responses yes; dnssec-validation no; max-udp-size 1232;
}};
controls {{ }};
zone "{zone}" {{ type primary; file "{folder}/office.zone"; check-names ignore; }};
zone "{broken}" {{ type primary; file "{folder}/broken.zone"; }};
"""

_RECORDS = """$TTL 300
@ IN SOA ns1 hostmaster 7 3600 600 86400 60
@ IN NS ns1
@ IN NS ns2.Elsewhere.example.
@ IN MX 10 mx1
@ IN MX 20 MX2
@ IN TXT "v=spf1 mx " "ip4:192.0.2.0/24 -all"
@ IN CAA 0 issue "ca.example"
ns1 IN A 127.0.0.1
mx1 IN A 192.0.2.25
mx1 IN AAAA 2001:db8::25
mx2 IN A 192.0.2.26
www IN CNAME web
web IN A 192.0.2.80
web IN A 192.0.2.81
abroad IN CNAME www.elsewhere.example.
_25._tcp.mx1 IN TLSA 3 1 1 {digest}
_submission._tcp IN SRV 0 5 587 mx1
odd IN TYPE65280 \\# 4 0A000001
bells IN TXT "\\007ding\\027[2J\\000"
xn--mgbai9azgqp6j IN A 192.0.2.9
xn--mgbai9azgqp6j IN MX 5 xn--mgbai9azgqp6j
long IN TXT {long}
below IN NS ns1.below
ns1.below IN A 127.0.0.1
"""

DIGEST = "5A" * 32


@dataclass(slots=True)
class BindServer:
    """One `named`."""

    folder: Path
    configuration: str
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def start(self) -> None:
        path = self.folder / "named.conf"
        path.write_text(self.configuration)
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [installed("named"), "-g", "-n", "1", "-c", path], stdout=log, stderr=log, cwd=self.folder
            )
        wait_until(self._runs, 60, f"named does not run: {self.log[-500:]}")

    def _runs(self) -> bool:
        return any(line.endswith(" running") for line in self.log.splitlines())

    def reload(self) -> None:
        """Read zones whose files have changed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(60)
            self._process = None


@contextmanager
def running_bind(folder: Path) -> Iterator[BindServer]:
    """Knows `ZONE`, fails on `BROKEN_ZONE`, and refuses whatever else is asked."""
    long = " ".join(f'"{"k" * 250}{number:05d}"' for number in range(20))
    (folder / "office.zone").write_text(_RECORDS.format(digest=DIGEST, long=long))
    (folder / "broken.zone").write_text("this is no zone\n")
    server = BindServer(folder, "")
    server.configuration = _AUTHORITY.format(folder=folder, port=server.port, zone=ZONE, broken=BROKEN_ZONE)
    server.start()
    try:
        yield server
    finally:
        server.stop()
