"""What people type at a real daemon."""

import json
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

from tests.support.daemon_process import Home


@dataclass(frozen=True, slots=True)
class People:
    """Whoever sits at the terminal of a machine with this daemon."""

    home: Home

    def call(self, *words: str) -> CompletedProcess[str]:
        return self.home.call(*words)

    def listed(self, *words: str) -> Any:  # noqa: ANN401  # any JSON
        done = self.home.call(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def open_incident(self) -> str:
        (standing,) = self.listed("incidents")
        return str(standing["incident"])
