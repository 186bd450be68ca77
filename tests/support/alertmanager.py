"""A private Debian Alertmanager: storage of its own, one receiver, and its HTTP API."""

import http.client
import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.peer import free_port, installed, wait_for_port, wait_until

_CONFIGURATION = """\
route: {{receiver: sink, group_by: [alertname, incident], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: sink, webhook_configs: [{{url: "{sink}", send_resolved: true}}]}}]
"""


@dataclass(frozen=True, slots=True)
class Alertmanager:
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def active(self) -> Sequence[dict[str, Any]]:
        """What fires now."""
        status, body = self._get("/api/v2/alerts?active=true")
        assert status == 200, body
        found: list[dict[str, Any]] = json.loads(body)
        return found

    def names(self) -> set[str]:
        return {alert["labels"]["alertname"] for alert in self.active()}

    def is_ready(self) -> bool:
        return self._get("/-/ready")[0] == 200

    def _get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def running_alertmanager(folder: Path, sink: str, port: int | None = None) -> Iterator[Alertmanager]:
    """Notifies `sink`. The same folder again is the same Alertmanager, restarted."""
    program = installed("prometheus-alertmanager")
    configuration = folder / "alertmanager.yml"
    configuration.write_text(_CONFIGURATION.format(sink=sink))
    server = Alertmanager(port or free_port())
    process = subprocess.Popen(
        [
            program,
            f"--config.file={configuration}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{server.port}",
            "--cluster.listen-address=",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(server.port)
        wait_until(server.is_ready, 60, "Alertmanager is not ready")
        yield server
    finally:
        process.terminate()
        process.wait(60)
