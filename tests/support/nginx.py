"""A private nginx: pages over HTTP and HTTPS, on ports of its own, with any certificate."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.certificates import Authority, Pair
from tests.support.peer import free_port, installed, wait_for_port, wait_until

_CONFIGURATION = """
user root;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
  uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
  types {{ text/html html; application/json json; }}
  gzip on; gzip_min_length 1; gzip_types application/json;
  server {{
    listen 127.0.0.1:{http_port}; listen [::1]:{http_port};
    listen 127.0.0.1:{https_port} ssl; listen [::1]:{https_port} ssl;
    ssl_certificate {folder}/chain.pem; ssl_certificate_key {folder}/key.pem;
    root {folder}/pages;
    location = /moved {{ return 302 /; }}
    location = /loop {{ return 302 /loop; }}
    location = /broken {{ return 503 "out of order"; }}
    location = /up {{ return 301 https://{host}:{https_port}/; }}
    location = /down {{ return 302 http://{host}:{http_port}/; }}
    location = /a {{ return 302 /b; }}
    location = /b {{ add_header Set-Cookie "id=c00kie" always; return 302 /a?token=t0ken; }}
    location = /asks {{ add_header WWW-Authenticate 'Basic realm="office"' always; return 401; }}
    location = /closed {{ deny all; }}
    location = /unpaid {{ return 402; }}
    location = /cut-off {{ return 302 /cgi-sys/suspendedpage.cgi; }}
    location = /later {{ add_header Retry-After 120 always; return 429; }}
    location = /limited {{ return 429; }}
  }}
}}
"""


# Else nginx itself would refuse the weak keys that we want to see served.
_LENIENT_OPENSSL = """
openssl_conf = init
[init]
ssl_conf = modules
[modules]
system_default = lenient
[lenient]
CipherString = DEFAULT@SECLEVEL=0
"""


@dataclass(slots=True)
class NginxServer:
    """Pages lie in `pages`; "/moved" redirects to "/", "/loop" to itself, "/broken" is 503, "/limited" 429.

    "/up" leads to HTTPS, "/down" to HTTP, "/a" and "/b" to each other, "/cut-off" to the path of a provider's notice.
    """

    folder: Path
    authority: Authority
    host: str = "127.0.0.1"
    http_port: int = field(default_factory=free_port)
    https_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def ca_file(self) -> Path:
        return self.authority.ca_file

    @property
    def http_url(self) -> str:
        return f"http://{self.host}:{self.http_port}"

    @property
    def https_url(self) -> str:
        return f"https://{self.host}:{self.https_port}"

    def page(self, name: str, text: str) -> None:
        (self.folder / "pages" / name).write_text(text)

    def use_certificate(self, pair: Pair) -> None:
        """Serve this chain from now on; returns once new connections get it."""
        self._install(pair)
        process = self._process
        if process is not None:
            before = _children(process.pid)
            process.send_signal(signal.SIGHUP)
            # An old worker goes on accepting for a moment beside the new one.
            wait_until(
                lambda: not before & _children(process.pid), 60, f"{self.folder}: nginx kept its old certificate"
            )

    def start(self) -> None:
        program = installed("nginx")
        arguments = [program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-g", "daemon off;"]
        self._process = subprocess.Popen(
            arguments,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"OPENSSL_CONF": str(self.folder / "openssl.cnf")},
        )
        wait_for_port(self.https_port)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)
            self._process = None

    def _install(self, pair: Pair) -> None:
        (self.folder / "chain.pem").write_bytes(pair.chain_file.read_bytes())
        (self.folder / "key.pem").write_bytes(pair.key_file.read_bytes())


def _children(pid: int) -> frozenset[str]:
    return frozenset(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


@contextmanager
def running_nginx(folder: Path) -> Iterator[NginxServer]:
    """A started nginx whose files lie in `folder`, with a good certificate for 127.0.0.1, ::1 and localhost."""
    server = NginxServer(folder, Authority.root(folder))
    (folder / "pages").mkdir()
    server.page("index.html", "<h1>Portal</h1>")
    text = _CONFIGURATION.format(
        folder=folder, host=server.host, http_port=server.http_port, https_port=server.https_port
    )
    (folder / "nginx.conf").write_text(text)
    (folder / "openssl.cnf").write_text(_LENIENT_OPENSSL)
    server.use_certificate(server.authority.leaf("127.0.0.1", "::1", "localhost"))
    try:
        server.start()
        yield server
    finally:
        server.stop()
