"""One incident told for an inquiry: who was warned, by which way, what came of each try, and who answered what."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from alerts.incident import Acknowledgement, Chase, EventKind
from alerts.links import Action
from alerts.message import NotificationState
from checks.estate import Estate
from checks.model import CheckId, Status
from tests.support.stored import at, change, incident, notification
from watchdog.cli.listing_json import history_object
from watchdog.cli.timeline import incident_lines
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store
from watchdog.store.views import DeliveryLine, IncidentHistory, LinkUse

ESTATE = Estate(name="Office", time_zone=ZoneInfo("Asia/Karachi"))
NOW = at(3600)


def told(history: IncidentHistory) -> str:
    return "\n".join(incident_lines(history, NOW, ESTATE))


def bare(**changed: object) -> IncidentHistory:
    one = replace(incident(), **changed)  # type: ignore[arg-type]  # fields of the tests' own
    return IncidentHistory(incident=one, events=(), deliveries=(), waiting=())


def kept(folder: Path) -> Store:
    """An incident that was told, answered by link, and that another one is part of."""
    store = open_store(folder)
    part = replace(incident("i2", subject="mx2"), check_id=CheckId("portal"), root="i1")
    opened = change("e1", EventKind.OPENED, incident())
    store.commit(Changes(incidents=(incident(), part), events=(opened,), notifications=(notification("n1"),)))
    store.bury("n1", at(12), NotificationState.REJECTED, "refused", "no such mailbox")
    store.use_link(LinkUse(nonce="n", at=at(90), action=Action.UNTIL_WELL, incident_id="i1", receiver="health-it"))
    return store


def test_links_that_were_pressed_and_parts_stand_in_it(tmp_path: Path) -> None:
    store = kept(tmp_path)
    history = store.listings.history("i1")
    store.close()
    assert history is not None
    text = told(history)
    assert "could not tell on-call at noc@example.org over on-call-1-mail: opened: no such mailbox [refused]" in text
    assert "health-it pressed the link of a message: at it until it is well" in text
    assert "it explains 1 other incident, told as part of this one:" in text
    assert "portal: mx2 refuses connections (i2)" in text


def test_a_link_that_changed_nothing_is_no_answer() -> None:
    use = LinkUse(
        nonce="n",
        at=at(90),
        action=Action.UNTIL_WELL,
        incident_id="i1",
        receiver="boss",
        already_by="asad by signed link",
    )
    history = replace(bare(), answers=(use,))
    assert "boss pressed the link of a message: at it until it is well, which changed nothing: asad by" in told(history)
    (answer,) = cast("list[dict[str, object]]", history_object(history)["answers"])
    assert (answer["changed"], answer["already_by"]) == (False, "asad by signed link")


def test_a_part_says_which_one_is_told_instead() -> None:
    text = told(bare(root="i0"))
    assert "part of incident i0, which explains it and is told instead" in text


def test_the_second_channel_says_which_one_failed() -> None:
    def line(name: str, channel: str, state: NotificationState, stands_for: str | None) -> DeliveryLine:
        return DeliveryLine(
            notification_id=name,
            event=EventKind.OPENED,
            receiver="on-call",
            channel=channel,
            recipient="",
            at=at(20),
            state=state,
            reason="refused",
            detail="",
            repeat=False,
            stands_for=stands_for,
        )

    tries = (
        line("n1", "on-call-1-apprise", NotificationState.REJECTED, None),
        line("n2", "on-call-2-mail", NotificationState.SENT, "n1"),
    )
    text = told(replace(bare(), deliveries=tries))
    assert "could not tell on-call over on-call-1-apprise: opened: [refused]" in text
    assert "told on-call over on-call-2-mail, since on-call-1-apprise failed: opened" in text


def test_how_it_stands_now_is_said_above_what_happened() -> None:
    text = told(
        bare(
            recovered_at=at(1800),
            is_unstable=True,
            acknowledged=Acknowledgement(by="asad", at=at(60), until=NOW + timedelta(hours=1)),
            chases=(
                Chase(
                    escalation="urgent", since=at(60), waits_from=at(60), severity=Status.CRITICAL, step=2, is_held=True
                ),
            ),
        )
    )
    assert "well since 09:30 on Mon 2 Nov 2026, over once it has stayed so" in text
    assert "it comes and goes" in text
    assert "acknowledged by asad at 09:01 on Mon 2 Nov 2026, until 11:00 on Mon 2 Nov 2026" in text
    assert "escalation urgent: 2 steps told, held, as somebody is at it" in text
