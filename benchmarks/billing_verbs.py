"""What verbs about 10,000 open bills cost where no daemon runs, beside start and settings.

Run: python -m benchmarks.billing_verbs [BILLS].
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Final

from alerts.judging.episode import CheckFacts
from alerts.judging.judge import judge
from alerts.record import SubjectRecord
from benchmarks.billing_ledger import BEGAN, WAY, moved, put, received
from benchmarks.billing_pass import BILLS, ESTATE, NOW, Standing, bill_of, row_of
from benchmarks.facts import Fact
from checks.billing import invoice_due, payment_stage
from checks.calendars import OfficeCalendars
from checks.model import CheckId, Finding, Observation
from checks.plugin import AnyKind, CheckContext
from tests.support.fake_network import DictMemory, FakeNetwork
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

#: Names of the checks that watch bills by themselves, and the kind of each.
KINDS: Final[dict[str, AnyKind]] = {"billing/due": invoice_due.KIND, "billing/stages": payment_stage.KIND}
RUNS: Final = 3
#: One bill: start, settings, and a look into the database.
START: Final = ("invoices", "show", "vendor-0/INV-0")
#: Verbs, and seconds that each may take beside that.
VERBS: Final = {("deadlines",): 1.0, ("invoices", "list"): None, ("invoices", "forecast"): 2.0}


def settings() -> str:
    """JSON is YAML."""
    return json.dumps(
        {
            "estate": {"name": "Benchmark", "time_zone": "Asia/Karachi"},
            "receivers": {"on-call": {"channels": [{"kind": "webhook", "url": "https://hooks.example.org/x"}]}},
            "routes": [{"match": {}, "to": ["on-call"]}],
            "vendors": {id_: {"name": one.name} for id_, one in ESTATE.vendors.items()},
            "departments": {id_: {"name": one.name, "users": one.users} for id_, one in ESTATE.departments.items()},
            "services": {
                id_: {"title": one.title, "departments": [*one.departments]} for id_, one in ESTATE.services.items()
            },
            "billing": {},
        }
    )


def fill(store: Store, bills: int) -> None:
    """Open bills, each at a stage of its own, and what a daemon has seen of them."""
    put(store, [received(number) for number in range(bills)], BEGAN)
    for step in range(len(WAY) - 1):
        drafts = [moved(number, step) for number in range(bills) if number % (len(WAY) - 1) > step]
        if drafts:
            put(store, drafts, BEGAN + timedelta(days=step + 1))
    ledger = Standing()
    ledger.there = sorted((bill_of(number) for number in range(bills)), key=lambda bill: bill.key)
    ledger.written = [row_of(bill) for bill in ledger.there]
    for check, kind in KINDS.items():
        store.commit(Changes(records=tuple(_records(CheckId(check), kind, ledger))))


def _records(check: CheckId, kind: AnyKind, ledger: Standing) -> Iterator[SubjectRecord]:
    context = CheckContext(NOW, ESTATE, None, FakeNetwork(), OfficeCalendars(ESTATE), ledger, DictMemory())
    ids = count()

    findings = asyncio.run(_looked(kind, context))
    for finding in findings:
        seen = Observation(check_id=check, finding=finding, observed_at=NOW, duration_s=0.0)
        judged = judge(None, seen, CheckFacts(kind=kind.name), lambda: f"{check}{next(ids):024}").record
        yield replace(judged, fault_incident=None, deadline_incident=None, stale_incident=None)


async def _looked(kind: AnyKind, context: CheckContext) -> Sequence[Finding]:
    return await kind.run(kind.options(), context)


def cost(words: Sequence[str], folder: Path) -> tuple[float, int]:
    """CPU seconds of one run at best, and the lines that it told."""
    where = ["--config", str(folder / "nigehban.yaml"), "--state", str(folder)]
    used_s = min([_run([*words, *where], folder / "told") for _ in range(RUNS)])
    return used_s, (folder / "told").read_bytes().count(b"\n")


def _run(words: Sequence[str], told: Path) -> float:
    command = [str(Path(sys.executable).parent / "nigehban"), *words]
    with told.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime


def verbs_facts(bills: int = BILLS) -> Iterator[Fact]:
    with tempfile.TemporaryDirectory(prefix="nigehban-bench-") as name:
        folder = Path(name)
        (folder / "nigehban.yaml").write_text(settings(), "utf-8")
        store = open_store(folder)
        try:
            fill(store, bills)
        finally:
            store.close()
        start_s, _lines = cost(START, folder)
        yield Fact(what="start, settings and one bill shown", figure=f"{start_s:.2f} s")
        for words, bar_s in VERBS.items():
            whole_s, lines = cost(words, folder)
            own_s = whole_s - start_s
            yield Fact(
                what=f"`nigehban {' '.join(words)}` of {bills:,} open bills, {lines:,} lines, beside that, CPU",
                figure=f"{own_s:.2f} s",
                bar="" if bar_s is None else f"≤ {bar_s:g} s",
                holds=bar_s is None or own_s <= bar_s,
            )


def main(words: Sequence[str]) -> int:
    facts = list(verbs_facts(int(words[0]) if words else BILLS))
    for fact in facts:
        print(f"{fact.what}: {fact.figure}  {fact.bar}{'' if fact.holds else '  missed'}")
    return 0 if all(fact.holds for fact in facts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
