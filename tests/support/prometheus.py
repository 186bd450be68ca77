"""A private Debian Prometheus: one target, storage of its own, and its HTTP API."""

import http.client
import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.support.peer import free_port, installed, wait_for_port, wait_until

_CONFIGURATION = """\
global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}
scrape_configs: [{{job_name: nigehban, static_configs: [{{targets: ["{target}"]}}]}}]
"""


@dataclass(frozen=True, slots=True)
class Prometheus:
    port: int

    def get(self, path: str) -> Any:  # noqa: ANN401  # whatever its API answers
        status, body = self._fetch(path)
        assert status == 200, body
        return json.loads(body)["data"]

    def is_ready(self) -> bool:
        """It listens before it can answer."""
        return self._fetch("/-/ready")[0] == 200

    def _fetch(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def query(self, expression: str) -> list[tuple[Mapping[str, str], float]]:
        """Labels and value of every series of an instant query."""
        found = self.get(f"/api/v1/query?query={quote(expression)}")["result"]
        return [(one["metric"], float(one["value"][1])) for one in found]

    def wait_query(self, expression: str, count: int, within_s: float = 60.0) -> list[tuple[Mapping[str, str], float]]:
        """The answer once it has at least `count` series."""
        wait_until(lambda: len(self.query(expression)) >= count, within_s, f"{expression}: {self.query(expression)}")
        return self.query(expression)


@contextmanager
def running_prometheus(folder: Path, target: str) -> Iterator[Prometheus]:
    """Scrapes `target` five times a second."""
    program = installed("prometheus")
    configuration = folder / "prometheus.yml"
    configuration.write_text(_CONFIGURATION.format(target=target))
    server = Prometheus(free_port())
    process = subprocess.Popen(
        [
            program,
            f"--config.file={configuration}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{server.port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(server.port)
        wait_until(server.is_ready, 60, "Prometheus is not ready")
        yield server
    finally:
        process.terminate()
        process.wait(60)


def promtool(*arguments: str, text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [installed("promtool"), *arguments], input=text, capture_output=True, text=True, timeout=60, check=False
    )
