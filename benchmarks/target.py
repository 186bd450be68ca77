"""The server that is probed: a private nginx on loopback; web and mail, plain, with an ECDSA and an RSA chain."""

import http.client
import os
import re
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from benchmarks.peers import NGINX, NGINX_MAIL
from benchmarks.process import family_cpu_s, running

HOST = "127.0.0.1"
_PAGE = "<!doctype html><title>Portal</title><h1>Portal</h1>" + "<p>All services are open.</p>" * 20

_CONFIGURATION = """
load_module {mail_module};
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
  uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
  default_type text/html;
  root {folder}/pages;
  server {{ listen {host}:{ports[0]} backlog=4096; }}
  server {{ listen {host}:{ports[1]} ssl backlog=4096; ssl_certificate {folder}/ecdsa.pem;
    ssl_certificate_key {folder}/ecdsa.key; }}
  server {{ listen {host}:{ports[2]} ssl backlog=4096; ssl_certificate {folder}/rsa.pem;
    ssl_certificate_key {folder}/rsa.key; }}
  server {{ listen {host}:{ports[3]}; location = /status {{ stub_status; }} }}
  server {{ listen {host}:{ports[4]} backlog=4096 deferred; }}
}}
mail {{
  server_name mail.example.org;
  auth_http {host}:{ports[3]}/nobody;
  ssl_certificate {folder}/ecdsa.pem;
  ssl_certificate_key {folder}/ecdsa.key;
  server {{ listen {host}:{ports[5]} backlog=4096; protocol smtp; smtp_auth none; starttls on; }}
  server {{ listen {host}:{ports[6]} ssl backlog=4096; protocol imap; }}
}}
"""
_HANDLED = re.compile(r"^ \d+ (\d+) \d+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Target:
    pid: int
    http_port: int
    ecdsa_port: int
    rsa_port: int
    status_port: int
    deferred_port: int
    """Plain HTTP too; here nginx is woken by the request, not already by the connection."""
    smtp_port: int
    """Offers STARTTLS, with the ECDSA chain."""
    imaps_port: int
    ca_file: Path

    @property
    def http_url(self) -> str:
        return f"http://{HOST}:{self.http_port}/"

    @property
    def deferred_url(self) -> str:
        return f"http://{HOST}:{self.deferred_port}/"

    @property
    def https_url(self) -> str:
        return f"https://{HOST}:{self.ecdsa_port}/"

    def taken(self) -> int:
        """Connections taken since the start, those that ask for it included: else one per probe."""
        asking = http.client.HTTPConnection(HOST, self.status_port, timeout=10)
        try:
            asking.request("GET", "/status")
            found = _HANDLED.search(asking.getresponse().read().decode())
        finally:
            asking.close()
        if found is None:
            raise LookupError("nginx's status page cannot be read")
        return int(found[1])

    @property
    def taken_by_asking(self) -> int:
        return 1

    def cpu_s(self) -> float:
        return family_cpu_s(self.pid)


@contextmanager
def running_target(folder: Path, cores: Sequence[int]) -> Iterator[Target]:
    plain, ecdsa, rsa, status, deferred, smtp, imaps = ports = free_ports(7)
    (folder / "pages").mkdir(parents=True)
    (folder / "pages" / "index.html").write_text(_PAGE)
    # Started by root, a worker of another user could not enter our folder.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        _CONFIGURATION.format(folder=folder, host=HOST, ports=ports, user=user, mail_module=NGINX_MAIL.require())
    )
    ca_file = _write_chains(folder)
    command: list[str | Path] = [NGINX.require(), "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
    with running(command, cores, folder / "nginx.log") as process:
        for port in ports:
            wait_for_port(port)
        yield Target(process.pid, plain, ecdsa, rsa, status, deferred, smtp, imaps, ca_file)


def _write_chains(folder: Path) -> Path:
    """A leaf and the intermediate that signed it, of each kind of key; answers the file of the two roots."""
    ca_file = folder / "roots.pem"
    for name, kind in (("ecdsa", trustme.KeyType.ECDSA), ("rsa", trustme.KeyType.RSA)):
        root = trustme.CA(key_type=kind)
        leaf = root.create_child_ca(key_type=kind).issue_cert(HOST, key_type=kind)
        root.cert_pem.write_to_path(str(ca_file), append=True)
        leaf.private_key_pem.write_to_path(str(folder / f"{name}.key"))
        for blob in leaf.cert_chain_pems:
            blob.write_to_path(str(folder / f"{name}.pem"), append=True)
    return ca_file


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((HOST, 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def wait_for_port(port: int, within_s: float = 15.0) -> None:
    give_up_s = time.monotonic() + within_s
    while True:
        with socket.socket() as dialled:
            if dialled.connect_ex((HOST, port)) == 0:
                return
        if time.monotonic() > give_up_s:
            raise TimeoutError(f"nothing listens on port {port} after {within_s:g} s")
        time.sleep(0.05)
