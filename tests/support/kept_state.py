"""A state folder as a daemon leaves it: one server down and told, one bill due and waiting for office hours."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from alerts.incident import EventKind, Nature
from alerts.message import NotificationState
from checks.model import Cause, CheckId, Deadline, Status
from tests.support.stored import at, change, closed, incident, notification, record
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

SETTINGS = """\
estate: {name: KP Directorate of IT, time_zone: Asia/Karachi}
services: {official-email: {title: Official e-mail}}
receivers: {on-call: {channels: [{kind: webhook, url: https://hooks.example.org/x}]}}
routes: [{match: {}, to: [on-call]}]
"""

#: Half past nine in Peshawar, half an hour after everything began.
NOW = at(1800)
BILL = "Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7"
DEADLINE = Deadline(at=at(20 * 86_400), act_by=at(-86_400), cuts_off_at=at(40 * 86_400))


@dataclass(frozen=True, slots=True)
class Kept:
    config: Path
    state: Path

    def clock(self) -> datetime:
        return NOW


def kept_state(folder: Path) -> Kept:
    kept = Kept(folder / "nigehban.yaml", folder / "state")
    kept.config.write_text(SETTINGS, "utf-8")
    kept.state.mkdir(mode=0o700)
    store = open_store(kept.state)
    try:
        _fill(store)
    finally:
        store.close()
    return kept


def _fill(store: Store) -> None:
    down = incident("i1", subject="mx2")
    due = replace(
        incident("i2", subject="acme/INV-7", nature=Nature.DEADLINE),
        check_id=CheckId("bills"),
        kind="invoice_due",
        severity=Status.WARNING,
        cause=Cause.DUE,
        summary=BILL,
        deadline=DEADLINE,
        opened_at=at(5),
    )
    over = closed(incident("i0", subject="mx3"), 600)
    store.commit(
        Changes(
            records=(
                replace(record(1790), summary="mx1:25 greets"),
                replace(
                    record(1795, subject="mx2", status=Status.CRITICAL),
                    cause=Cause.REFUSED,
                    summary="mx2 refuses",
                    evidence="connect: refused",
                    fault_incident=down,
                ),
                replace(
                    record(1200, check="bills", subject="acme/INV-7", status=Status.WARNING),
                    cause=Cause.DUE,
                    summary=BILL,
                    deadline=DEADLINE,
                    deadline_incident=due,
                ),
                replace(record(1700, check="dns", status=Status.UNKNOWN), cause=Cause.BLIND, summary="we cannot see"),
            ),
            incidents=(down, due, over),
            events=(
                change("e-1", EventKind.OPENED, down),
                replace(change("e-2", EventKind.OPENED, due), rung="20wd"),
                change("e-0", EventKind.OPENED, over),
                change("e-9", EventKind.RESOLVED, over, 600),
            ),
            notifications=(
                notification("1"),
                notification("2", channel="on-call-2-apprise", recipient=""),
                replace(
                    notification("3", incident_id="i2", channel="finance-1-mail", not_before=1860),
                    receiver="finance",
                    recipient="so@example.gov.pk",
                ),
                notification("4", incident_id="i0"),
            ),
        )
    )
    _deliver(store)


def _deliver(store: Store) -> None:
    assert store.claim_next("on-call-1-mail", at(20)) is not None
    store.mark_sent("1", at(21), "250 queued as 4711")
    assert store.claim_next("on-call-2-apprise", at(20)) is not None
    store.postpone("2", at(40), at(1900), "timeout", "no answer in 20 s")
    store.bury("4", at(601), NotificationState.DROPPED, "healed", "it healed before anybody was told")
