"""What Debian must bring for the comparison, and what is said where it is missing."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PLACES = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/lib/nagios/plugins:/usr/lib/nginx/modules"


@dataclass(frozen=True, slots=True)
class Peer:
    program: str
    package: str
    why: str

    def path(self, places: str = _PLACES) -> Path | None:
        found = shutil.which(self.program, mode=os.F_OK, path=places)
        return None if found is None else Path(found)

    def require(self) -> Path:
        path = self.path()
        if path is None:
            raise LookupError(f"{self.program} is not installed (Debian: apt-get install {self.package})")
        return path

    def version(self) -> str:
        """Debian's own, with its revision."""
        command = ["dpkg-query", "--show", "--showformat=${Version}", self.package]
        try:
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return "not from Debian"


NGINX = Peer("nginx", "nginx-light", "the server that is probed")
BLACKBOX = Peer("prometheus-blackbox-exporter", "prometheus-blackbox-exporter", "the peer of every row")
NGINX_MAIL = Peer("ngx_mail_module.so", "libnginx-mod-mail", "the mail server that is probed")
NAMED = Peer("named", "bind9", "the name server that is probed")
CHECK_HTTP = Peer("check_http", "monitoring-plugins-basic", "one process per look, as Nagios runs it")
CHECK_SMTP = Peer("check_smtp", "monitoring-plugins-basic", "the same for SMTP with STARTTLS")
CHECK_IMAP = Peer("check_imap", "monitoring-plugins-basic", "the same for IMAP over TLS")
CHECK_TCP = Peer("check_tcp", "monitoring-plugins-basic", "the same for a TLS handshake")
PUSHGATEWAY = Peer("prometheus-pushgateway", "prometheus-pushgateway", "a Go program that serves a page of metrics")
TASKSET = Peer("taskset", "util-linux", "pins every process to its core")

PEERS: Sequence[Peer] = (
    NGINX,
    NGINX_MAIL,
    NAMED,
    BLACKBOX,
    CHECK_HTTP,
    CHECK_SMTP,
    CHECK_IMAP,
    CHECK_TCP,
    PUSHGATEWAY,
    TASKSET,
)


def missing(peers: Sequence[Peer] = PEERS, places: str = _PLACES) -> list[Peer]:
    return [peer for peer in peers if peer.path(places) is None]


def how_to_get(absent: Sequence[Peer]) -> str:
    lines = [f"  {peer.program}: {peer.why} (Debian package {peer.package})" for peer in absent]
    packages = " ".join(dict.fromkeys(peer.package for peer in absent))
    return "\n".join(["missing for the comparison:", *lines, f"get them with: apt-get install {packages}"])
