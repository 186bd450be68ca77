"""The kinds of docs/writing-a-check.md work as the page says, registered by entry point as a third party would."""

import asyncio
import importlib.util
import io
import re
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.model import Cause, Status
from checks.registry import load_registry
from tests.support.tree import ROOT
from watchdog.cli.probe import probe

PAGE = (ROOT / "docs" / "writing-a-check.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """What importlib.metadata says of an entry point."""

    name: str
    value: str
    load: Callable[[], object]


def module_of(block: str, folder: Path) -> ModuleType:
    """The block as the file that its first line names."""
    found = re.match(r'"""(\w+)\.py:', block)
    assert found is not None
    path = folder / f"{found[1]}.py"
    path.write_text(block, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(found[1], path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[found[1]] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def kinds(tmp_path: Path) -> Iterator[dict[str, Any]]:
    modules = [module_of(block, tmp_path) for block in BLOCKS]
    yield {module.__name__: module.KIND for module in modules}
    for module in modules:
        del sys.modules[module.__name__]


class Greeter(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 ftp.example.org ready\r\n")


@pytest.fixture
def greeter_port() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeter) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield server.server_address[1]
        server.shutdown()
        serving.join()


def probed(kinds: dict[str, Any], *arguments: str) -> tuple[int, str]:
    entries = [Entry(name, f"office_checks.{name}:KIND", partial(kinds.__getitem__, name)) for name in kinds]
    registry = load_registry(entries)
    assert registry.broken == {}
    out = io.StringIO()
    code = probe("greeting", list(arguments), registry=registry, out=out, err=out)
    return code, out.getvalue()


def test_the_page_holds_both_kinds_and_the_entry_points_that_name_them(kinds: dict[str, Any]) -> None:
    named = re.findall(r'^(\w+) = "office_checks\.(\w+):KIND"$', PAGE, re.MULTILINE)
    assert named == [("greeting", "greeting"), ("contract_end", "contract_end")]
    assert sorted(kinds) == ["contract_end", "greeting"]


def test_the_greeting_is_judged_over_a_real_connection(kinds: dict[str, Any], greeter_port: int) -> None:
    place = ("host=127.0.0.1", f"port={greeter_port}")
    assert probed(kinds, *place, "expect=220")[0] == 0
    code, told = probed(kinds, *place, "expect=ESMTP")
    assert code == 2
    assert told.startswith("CRITICAL: ")
    assert "greets with other words" in told


def test_a_closed_port_needs_no_code_in_the_kind(kinds: dict[str, Any], greeter_port: int) -> None:
    code, told = probed(kinds, "host=127.0.0.1", "port=1", "expect=220")
    assert greeter_port != 1
    assert (code, told.partition(":")[0]) == (2, "CRITICAL")


@pytest.mark.parametrize(
    ("now", "status", "cause"),
    [
        (datetime(2026, 1, 5, tzinfo=UTC), Status.OK, Cause.NONE),
        (datetime(2026, 11, 2, tzinfo=UTC), Status.WARNING, Cause.DUE),
        (datetime(2027, 1, 1, tzinfo=UTC), Status.CRITICAL, Cause.OVERDUE),
    ],
)
def test_the_contract_is_told_of_ahead(kinds: dict[str, Any], now: datetime, status: Status, cause: Cause) -> None:
    kind = kinds["contract_end"]
    options = kind.options(name="mail hosting", ends="2026-12-01")
    estate = Estate(name="x", time_zone=ZoneInfo("Asia/Karachi"))

    @dataclass(frozen=True)
    class Context:
        now: datetime
        calendars: OfficeCalendars

    (finding,) = asyncio.run(kind.run(options, Context(now, OfficeCalendars(estate))))
    assert (finding.status, finding.cause) == (status, cause)
    assert finding.deadline.at.date().isoformat() == "2026-12-01"
