"""An e-office whose counter a test writes down, looked at again and again with the memory that a check has."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from checks.eoffice import eoffice_capacity
from checks.model import Finding
from checks.network.values import ApiAnswer, ApiRequest
from tests.support.fake_network import NOW, DictMemory, FakeNetwork, context, look


def api_answer(body: bytes, status: int = 200, location: str = "") -> ApiAnswer:
    return ApiAnswer(status, "application/json", location, body, "192.0.2.80", 0.01)


def instant(value: object, at: float = NOW.timestamp(), kind: str = "vector", **more: object) -> bytes:
    """What Prometheus answers to an instant query that gives one number."""
    result: object = [at, value]
    if kind == "vector":
        result = [{"metric": {"job": "eoffice"}, "value": [at, value]}]
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": result}, **more}).encode()


def seen(answer: ApiAnswer, **options: object) -> Finding:
    """What one look says of `answer`, without any history."""
    source = {} if "prometheus" in options else {"url": "https://eoffice.example/load", "pointer": "/sessions"}
    network = FakeNetwork(api=lambda _request: answer)
    (finding,) = asyncio.run(look(eoffice_capacity.KIND, {**source, **options}, context(network)))
    return finding


@dataclass(slots=True)
class EofficeDay:
    """`now` goes on by itself, a look at a time."""

    now: datetime = NOW
    every: timedelta = timedelta(minutes=1)
    options: dict[str, object] = field(default_factory=dict)
    memory: DictMemory = field(default_factory=DictMemory)
    asked: list[ApiRequest] = field(default_factory=list)

    def count(self, *counts: float) -> Finding:
        """A look per count, the clock going on between them; the last look's finding."""
        return self.counts(counts)[-1]

    def counts(self, counts: Sequence[float]) -> Sequence[Finding]:
        return [self._look(json.dumps({"sessions": count}).encode()) for count in counts]

    def nonsense(self) -> Finding:
        return self._look(b"<html>")

    def wait(self, span: timedelta) -> None:
        self.now += span

    def _look(self, body: bytes) -> Finding:
        def answer(request: ApiRequest) -> ApiAnswer:
            self.asked.append(request)
            return api_answer(body)

        # As the store keeps it: JSON text.
        self.memory.values = json.loads(json.dumps(self.memory.values, allow_nan=False))
        source = {"url": "https://eoffice.example/load", "pointer": "/sessions"}
        ctx = context(FakeNetwork(api=answer), now=self.now, memory=self.memory)
        (finding,) = asyncio.run(look(eoffice_capacity.KIND, {**source, **self.options}, ctx))
        self.now += self.every
        return finding
